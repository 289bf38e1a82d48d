import pytest
import sqlglot

from common.project import PROJECT
from validation.athena.bundles import Bundle
from validation.checks import load_checks
from validation.facts.questions import (
    CHECKS_A_QUERY,
    breaches,
    count,
    in_queries,
    rows_by_file,
)
from validation.pipeline import DeclaredTable


def test_checks_share_queries_and_no_query_grows_past_athenas_limit() -> None:
    checks = load_checks(PROJECT / "athena_sql" / "checks")
    groups = in_queries(map(breaches, checks))

    assert [question.name for group in groups for question in group] == [it.id for it in checks]
    assert all(len(group) <= CHECKS_A_QUERY for group in groups)
    for group in groups:
        query = sqlglot.parse_one(Bundle("checks", group).sql, read="athena")
        assert isinstance(query, sqlglot.exp.Query)
        assert query.named_selects == ["check_id", "breaches", "examples"]


def test_a_table_or_column_that_is_no_name_never_reaches_sql() -> None:
    with pytest.raises(ValueError, match="may stand in SQL"):
        rows_by_file(DeclaredTable('t"; DROP TABLE x; --', "landing", "json", (("a", "int"),)))
    with pytest.raises(ValueError, match="may stand in SQL"):
        rows_by_file(DeclaredTable("t", "landing", "json", (('a" OR 1=1', "int"),)))
    with pytest.raises(ValueError, match="may stand in SQL"):
        count('t"; DROP TABLE x; --')

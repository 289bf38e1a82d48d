from collections import Counter
from dataclasses import replace

import pytest
import sqlglot

from common.project import PROJECT
from validation.athena.bundles import Bundle
from validation.checks import SqlCheck, load_checks
from validation.facts.questions import (
    CHECKS_A_QUERY,
    Questions,
    breaches,
    count,
    in_queries,
    rows_by_file,
)
from validation.model import Severity
from validation.pipeline import DeclaredTable, load


def test_checks_share_queries_and_no_query_grows_past_athenas_limit() -> None:
    checks = load_checks(PROJECT / "athena_sql" / "checks")
    groups = in_queries(map(breaches, checks), {}, None, CHECKS_A_QUERY)

    asked = [question.name for group in groups for question in group]
    assert sorted(asked) == [it.id for it in checks]
    assert all(len({it.sql for it in group}) <= CHECKS_A_QUERY for group in groups)
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


SIZES = {"a": 60, "b": 50, "c": 40}


def test_what_would_pass_the_limit_together_is_asked_apart() -> None:
    asked = [count(name) for name in "abcd"]

    def names(limit: int | None) -> list[list[str]]:
        return [[it.name for it in group] for group in in_queries(asked, SIZES, limit)]

    assert names(None) == [["a", "b", "c", "d"]]
    assert names(150) == [["a", "b", "c", "d"]]
    assert names(100) == [["a", "c", "d"], ["b"]]
    # What passes the limit by itself costs no other its answer; what is not known counts as none.
    assert names(45) == [["a"], ["b"], ["c", "d"]]


def test_a_table_is_read_as_often_as_a_check_names_it() -> None:
    sql = 'WITH w AS (SELECT x FROM "A") SELECT x AS example FROM w, "a", b WHERE x IN (SELECT x FROM b)'
    check = SqlCheck("a.b", "t", Severity.ERROR, "w", "r", ("a", "b"), sql)
    assert sorted(breaches(check).scans) == ["a", "a", "b", "b"]
    assert breaches(replace(check, sql="SELECT (")).scans == ("a", "b")


def test_checks_of_one_select_are_asked_and_counted_once() -> None:
    one = SqlCheck("a.b", "t", Severity.ERROR, "w", "r", ("a",), "TABLE a", sharing=("a.b", "c.d"))
    other = replace(one, id="e.f", sql="SELECT 1 AS example FROM a", sharing=())
    shared = [breaches(one), breaches(replace(one, id="c.d"))]

    assert in_queries([*shared, breaches(other)], {"a": 60}, 100) == (
        tuple(shared),
        (breaches(other),),
    )
    assert in_queries(shared, {"a": 60}, 100, 1) == (tuple(shared),)
    assert Bundle("x", (*shared, breaches(other))).sql.count("UNION ALL") == 1


def test_the_checks_read_a_json_table_of_readings_as_seldom_as_they_can() -> None:
    selects = {it.sql: it for it in load_checks(PROJECT / "athena_sql" / "checks")}.values()
    scans = Counter(name for check in selects for name in breaches(check).scans)

    assert scans["accelerometer_landing"] == 1
    # With its own checks: who used a trainer, and whether a serial number names somebody.
    assert scans["step_trainer_landing"] == 3


def test_a_json_table_is_read_once_and_a_parquet_tables_footers_count() -> None:
    pipeline = load(PROJECT)
    questions = Questions.of(pipeline, pipeline.in_order(()), ())
    assert set(questions.files) == {table.name for table in pipeline.json_tables}
    assert not set(questions.files) & set(questions.counts)
    assert questions.counts["customer_trusted"].scans == ()
    assert questions.counts["machine_learning_curated_by_customer"].scans
    assert pipeline.with_views({"machine_learning_curated": 7}) == {
        "machine_learning_curated": 7,
        "machine_learning_curated_by_customer": 7,
    }

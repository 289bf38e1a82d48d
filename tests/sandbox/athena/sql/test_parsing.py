import re

import pytest

from sandbox.athena.errors import MalformedQueryError
from sandbox.athena.sql.parsing import parse_query


def test_words_that_are_reserved_elsewhere_are_names() -> None:
    tree = parse_query('SELECT user, timestamp, date, "order" FROM t')
    assert [item.name for item in tree.expressions] == ["user", "timestamp", "date", "order"]


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("interval '1' week", "line 1:21: mismatched input 'week'. Expecting: 'DAY', 'HOUR',"),
        ("interval '7 days'", "line 1:25: mismatched input '<EOF>'. Expecting: 'DAY'"),
        ("interval -'1' days", "mismatched input 'days'"),
        ("interval 1 day", "line 1:17: mismatched input '1'"),
        ("array_agg(x)[1:2]", "line 1:22: mismatched input ':'"),
    ],
)
def test_what_other_databases_take_is_refused(expression: str, error: str) -> None:
    with pytest.raises(MalformedQueryError, match=re.escape(error)):
        parse_query(f"select {expression}")


def test_intervals_colons_and_columns_named_like_them() -> None:
    parse_query(
        "SELECT interval, interval - 1, interval -'1' day, INTERVAL '1-2' YEAR TO MONTH, "
        "a[json_array_length(JSON_OBJECT('k': 1))] FROM t"
    )

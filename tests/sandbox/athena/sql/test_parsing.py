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
        ("2 ^ 2", "line 1:10: mismatched input '^'"),
        ("2 << 2", "line 1:11: mismatched input '<'"),
        ("2 >> 2", "line 1:11: mismatched input '>'"),
        ("2 ** 2", "mismatched input '*'"),
        ("!true", "mismatched input '!'"),
        ("1 <=> 1", "mismatched input '<=>'"),
        ("a -> 1", "mismatched input '->'"),
        ("a ->> 'b'", "mismatched input '->>'"),
        ("a GLOB 'b'", "mismatched input 'GLOB'"),
        ("a SIMILAR TO 'b'", "mismatched input 'SIMILAR TO'"),
        ("a IS NOT TRUE", "line 1:17: mismatched input 'TRUE'"),
        ("(a IS NULL) IS FALSE", "line 1:23: mismatched input 'FALSE'"),
        ("1 WHERE a ISNULL", "mismatched input 'ISNULL'"),
        ("a BETWEEN SYMMETRIC 2 AND 1", "mismatched input 'SYMMETRIC'"),
        ("1 IN ()", "mismatched input ')'"),
        ("1 IN a", "mismatched input 'a'"),
        ("[1, 2]", "line 1:8: mismatched input '['"),
        ("'a' 'b'", "mismatched input ''b''"),
        ("1 AS 'b'", "mismatched input ''b''"),
        ("N'a'", "mismatched input 'N'a''"),
        ("1_000", "line 1:8: identifiers must not start with a digit; surround the"),
        ("0b11", "identifiers must not start with a digit"),
        ("0xFF", "identifiers must not start with a digit"),
        ("$path FROM t", "line 1:8: mismatched input '$path'"),
        ("current_date()", "mismatched input '('"),
        ("max(a) IGNORE NULLS", "mismatched input 'NULLS'"),
        ("first_value(a IGNORE NULLS) OVER (ORDER BY b)", "mismatched input 'IGNORE'"),
        (
            "sum(a) OVER (ORDER BY b ROWS 1 PRECEDING EXCLUDE CURRENT ROW)",
            "mismatched input 'EXCLUDE'",
        ),
        ("a FROM t LIMIT 2 OFFSET 1", "line 1:25: mismatched input 'OFFSET'"),
        ("a FROM t FETCH FIRST 1 ROW ONLY OFFSET 1", "mismatched input 'OFFSET'"),
        ("a FROM t LIMIT 2, 1", "line 1:24: mismatched input ','"),
        ("a FROM t LIMIT 1 + 1", "mismatched input '+'"),
        ("extract(year, a) FROM t", "line 1:20: mismatched input ','"),
        ("a FROM t LIMIT 50 PERCENT", "mismatched input 'PERCENT'"),
        ("a FROM t TABLESAMPLE (50 PERCENT)", "line 1:29: mismatched input '('"),
        ("a FROM t USING SAMPLE 1", "mismatched input 'SAMPLE'"),
        ("a FROM ROWS FROM (f(1))", "mismatched input 'FROM'"),
        ("a FROM t UNION ALL BY NAME SELECT a FROM t", "mismatched input 'BY'"),
    ],
)
def test_what_other_databases_take_is_refused(expression: str, error: str) -> None:
    with pytest.raises(MalformedQueryError, match=re.escape(error)):
        parse_query(f"select {expression}")


def test_what_looks_like_other_databases_is_taken() -> None:
    parse_query(
        "SELECT '^', \"a&b\", a[1], m['k'], ARRAY[ARRAY[1]][1][1], filter(a, x -> x > 1), X'0F', "
        "first_value(a) IGNORE NULLS OVER (ORDER BY b NULLS LAST), 1e3, .5, U&'\\0061', isnull, "
        "CAST(a AS array<array<int>>), json_object('k': 1), a LIKE 'b' ESCAPE '!' /* ~ */ "
        "FROM t TABLESAMPLE SYSTEM (10) WHERE a IN (1) AND a NOT IN (SELECT 1) AND a IS NOT NULL "
        "AND a IS DISTINCT FROM b ORDER BY a NULLS FIRST OFFSET 1 LIMIT ?"
    )


def test_intervals_colons_and_columns_named_like_them() -> None:
    parse_query(
        "SELECT interval, interval - 1, interval -'1' day, INTERVAL '1-2' YEAR TO MONTH, "
        "a[json_array_length(JSON_OBJECT('k': 1))] FROM t"
    )

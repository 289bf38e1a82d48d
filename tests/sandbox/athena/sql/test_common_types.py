"""Values come together, and are compared, where their types have a common one."""

import pytest

from tests.sandbox.athena.conftest import Lake

TOKYO, UTC = "TIMESTAMP '2020-01-01 10:00 Asia/Tokyo'", "TIMESTAMP '2020-01-01 01:00 UTC'"
VALUES = [
    ("typeof(ARRAY[ROW(1, 2), ROW(3, 4.5)])", "array(row(integer, double))"),
    ("ARRAY[ROW(1, NULL), ROW(NULL, 3)]", "[{field0=1, field1=null}, {field0=null, field1=3}]"),
    ("typeof(ARRAY[DATE '2020-01-01', TIMESTAMP '2020-01-01 00:00:00'])", "array(timestamp(0))"),
    (
        "typeof(ARRAY[TIMESTAMP '2020-01-01 00:00:00.1'] || TIMESTAMP '2020-01-01 00:00:00.12')",
        "array(timestamp(2))",
    ),
    (
        "coalesce(TIMESTAMP '2020-01-01 00:00:00', TIMESTAMP '2020-01-01 00:00:00.123456')",
        "2020-01-01 00:00:00.000000",
    ),
    ("IF(true, TIME '10:00', TIME '10:00:00.5')", "10:00:00.0"),
    (
        "typeof(IF(true, MAP(ARRAY['a'], ARRAY[1]), MAP(ARRAY['bc'], ARRAY[2.5])))",
        "map(varchar(2), double)",
    ),
    ("typeof(coalesce(now(), DATE '2020-01-01'))", "timestamp(3) with time zone"),
    ("contains(ARRAY[ARRAY[1]], ARRAY[1])", "true"),
    ("contains_sequence(ARRAY[1, 2], ARRAY[2])", "true"),
    ("coalesce(ARRAY[1], ARRAY[])", "[1]"),
    # A subquery's column is compared as another value is.
    ("1 = ANY (VALUES 1, 2)", "true"),
    ("1 <> ALL (VALUES 1, 2)", "false"),
    ("3 > ALL (VALUES 1, NULL)", None),
    ("1 < SOME (SELECT 2)", "true"),
    ("1 = ANY (SELECT 1 WHERE false)", "false"),
    ("1 = ALL (SELECT 1 WHERE false)", "true"),
    ("'a' IN (SELECT CAST('a' AS char(3)))", "true"),
    ("CAST('a' AS char(2)) NOT IN (VALUES CAST('a' AS char(3)))", "false"),
    ("CAST('a' AS char(2)) = ANY (SELECT CAST('a' AS char(3)))", "true"),
    (f"{UTC} = ANY (SELECT {TOKYO})", "true"),
    (f"{TOKYO} >= ALL (SELECT {UTC})", "true"),
    # So are a row's fields with columns.
    ("ROW(1, 2) = ANY (VALUES (1, 2), (3, 4))", "true"),
    ("CAST(ROW(1, 2) AS ROW(a int, b int)) <> ALL (SELECT 1, 3)", "true"),
]
FAILURES = [
    ("ARRAY[1, '5']", "Cannot find common type between integer and varchar(1), all types"),
    ("IF(true, 1, '5')", "TYPE_MISMATCH: Cannot find common type between integer and varchar(1)"),
    ("nullif(1, '5')", "TYPE_MISMATCH"),
    ("CASE 1 WHEN '5' THEN 1 END", "TYPE_MISMATCH"),
    ("ARRAY[1] || '5'", "TYPE_MISMATCH"),
    ("lag(1, 1, '5') OVER ()", "TYPE_MISMATCH"),
    ("1 FROM (VALUES 1, '5') t(x)", "TYPE_MISMATCH"),
    ("1 FROM (VALUES 1) t(x) JOIN (VALUES '1') u(x) USING (x)", "TYPE_MISMATCH"),
    (
        "greatest(1, '5')",
        "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (integer, varchar(1))",
    ),
    ("contains(ARRAY[1], '1')", "Unexpected parameters (array(integer), varchar(1)) for function"),
    ("array_union(ARRAY[1], ARRAY['1'])", "Unexpected parameters"),
    ("arrays_overlap(ARRAY[1], ARRAY['1'])", "Unexpected parameters"),
    ("ARRAY[1] = ARRAY['1']", "Cannot apply operator: array(integer) = array(varchar(1))"),
    ("ROW(1) = ROW('1')", "Cannot apply operator: row(integer) = row(varchar(1))"),
    ("ROW(1, 2) = ROW(1)", "Cannot apply operator: row(integer, integer) = row(integer)"),
    ("ROW(1, 2) IN (ROW(1, 2, 3))", "IN value and list items must be the same type"),
    ("1 = ARRAY[1]", "Cannot apply operator: integer = array(integer)"),
    ("INTERVAL '1' DAY = INTERVAL '1' MONTH", "Cannot apply operator: interval day to second"),
    ("coalesce(ARRAY[1], ARRAY['1'])", "All COALESCE operands must be the same type"),
    ("CASE WHEN true THEN ROW(1) ELSE ROW('1') END", "All CASE results must be the same type"),
    ("1 IN (SELECT '1')", "Value expression and result of subquery must be of the same type"),
    ("'1' = ANY (VALUES 1)", "Cannot apply operator: varchar(1) = integer"),
    ("ROW(1, 2) UNION ALL SELECT ROW('1', 2)", "column 1 in UNION query has incompatible types"),
    ("ROW(1, 2) UNION SELECT ROW(1, 2) UNION SELECT ROW(1, 2, 3)", "incompatible types: row(int"),
    ("ROW(1, 2) = ANY (SELECT ROW(1, 2))", "Value expression and result of subquery must be of"),
    ("ROW(1, 2) < SOME (VALUES (1, 2))", "compares rows with a subquery by IN, = ANY and <> ALL"),
    (
        "array_position(ARRAY[1], 1, 1)",
        "Unexpected parameters (array(integer), integer, integer) for",
    ),
    ("5 = ANY (ARRAY[5])", "ANY takes a subquery"),
]


@pytest.mark.parametrize(("call", "value"), VALUES)
def test_value(shared_lake: Lake, call: str, value: str | None) -> None:
    assert shared_lake.value(f"SELECT {call}") == value


@pytest.mark.parametrize(("call", "error"), FAILURES)
def test_failure(shared_lake: Lake, call: str, error: str) -> None:
    assert error in shared_lake.error(f"SELECT {call}")

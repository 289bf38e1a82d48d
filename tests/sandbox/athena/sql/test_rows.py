"""Rows are compared by the places of their fields, whatever these are called."""

import pytest

from tests.sandbox.athena.conftest import Lake

XY = "CAST(ROW(1, 2) AS ROW(x tinyint, y tinyint))"
AB = "CAST(ROW(1, 2) AS ROW(a bigint, b bigint))"
YX = "CAST(ROW(1, 2) AS ROW(y tinyint, x tinyint))"
PAIRS = "FROM (VALUES (1, 2), (3, 4)) AS t(a, b)"
VALUES = [
    (f"{XY} = {AB}", "true"),
    (f"{XY} = {YX}", "true"),
    (f"{XY} <> {AB}", "false"),
    (f"{XY} = ROW(1, 2)", "true"),
    (f"{XY} < CAST(ROW(1, 3) AS ROW(a bigint, b bigint))", "true"),
    (f"{XY} IN (ROW(3, 4), {AB})", "true"),
    (f"{XY} BETWEEN {AB} AND ROW(1, 3)", "true"),
    (f"{XY} IS DISTINCT FROM {AB}", "false"),
    (f"ARRAY[{XY}] = ARRAY[{AB}]", "true"),
    (f"CAST(ROW({XY}) AS ROW(p ROW(x tinyint, y tinyint))) = ROW({AB})", "true"),
    (f"r = s FROM (VALUES ({XY}, {AB})) AS t(r, s)", "true"),
    (f"CAST(NULL AS ROW(x tinyint, y tinyint)) = {AB}", None),
    # Where the names are the same, or one has none, values come together by their places, too.
    (f"coalesce(CAST(NULL AS ROW(x tinyint, y tinyint)), {XY})", "{x=1, y=2}"),
    (f"IF(false, {XY}, ROW(3, 4))", "{x=3, y=4}"),
    # A NULL within leaves it open whether values are equal, where nothing else tells them apart.
    ("ROW(1, NULL) = ROW(1, 2)", None),
    ("ROW(1, NULL) < ROW(2, NULL)", "true"),
    ("ARRAY[1, 2] < ARRAY[1, 2, NULL]", "true"),
    ("CAST(NULL AS ROW(x int)) < ROW(1)", None),
    ("ROW(1, ARRAY[2, 3]) BETWEEN ROW(1, ARRAY[2]) AND ROW(1, ARRAY[3, NULL])", "true"),
    (f"{XY} >= {AB}", "true"),
    ("ROW(1, NULL) = ROW(2, NULL)", "false"),
    ("ROW(1, NULL) <> ROW(1, NULL)", None),
    ("ROW(1, NULL) IS NOT DISTINCT FROM ROW(1, NULL)", "true"),
    ("(1, 2) IN ((1, NULL), (1, 2))", "true"),
    ("(1, 2) NOT IN ((1, NULL))", None),
    ("ARRAY[1, NULL] = ARRAY[1, NULL]", None),
    ("ARRAY[1, NULL] = ARRAY[2, NULL]", "false"),
    ("ARRAY[1, NULL] = ARRAY[1]", "false"),
    ("ARRAY[] = ARRAY[]", "true"),
    ("ROW(1, ARRAY[ROW(NULL)]) = ROW(1, ARRAY[ROW(2)])", None),
    ("filter(ARRAY[ARRAY[1], ARRAY[2]], x -> x = ARRAY[1])", "[[1]]"),
    ("ROW(CAST('a' AS char(2))) = ROW('a')", "true"),
    (f"CAST({XY} AS ROW(bigint, bigint)) = {AB}", "true"),
    (
        "count(*) FROM (VALUES (1, NULL), (1, 2)) t(a, b) JOIN (VALUES (1, NULL), (1, 2)) u(c, d) ON (a, b) = (c, d)",
        "1",
    ),
    # A row in front of a subquery is compared with its columns.
    (f"ROW(1, 2) IN (SELECT a, b {PAIRS})", "true"),
    (f"{XY} IN (SELECT a, b {PAIRS})", "true"),
    (f"{XY} NOT IN (SELECT b, a {PAIRS})", "true"),
    (f"CAST(ROW({XY}) AS ROW(\"one 'r'\" ROW(a bigint, b bigint))) IN (SELECT {AB})", "true"),
]
TOGETHER = "does not bring rows together whose fields are named differently"
REFUSED = [
    (f"coalesce({XY}, {AB})", TOGETHER),
    (f"nullif({XY}, {AB})", TOGETHER),
    (f"IF(true, {XY}, {AB})", TOGETHER),
    (f"CASE WHEN true THEN {XY} ELSE {AB} END", TOGETHER),
    (f"CASE {XY} WHEN {AB} THEN 1 END", TOGETHER),
    (f"ARRAY[{XY}, {AB}]", TOGETHER),
    (f"ARRAY[ROW(1, 2), {XY}, {AB}]", TOGETHER),
    (f"ARRAY[{XY}] || {AB}", TOGETHER),
    (f"concat(ARRAY[{XY}], ARRAY[{AB}])", TOGETHER),
    (f"greatest({XY}, {AB})", TOGETHER),
    (f"arrays_overlap(ARRAY[{XY}], ARRAY[{AB}])", TOGETHER),
    (f"ARRAY[{XY}] || ARRAY[{AB}]", TOGETHER),
    (f"contains(ARRAY[{XY}], {AB})", TOGETHER),
    (f"array_union(ARRAY[{XY}], ARRAY[{YX}])", TOGETHER),
    (f"{XY} UNION ALL SELECT {AB}", TOGETHER),
    (f"{XY} EXCEPT SELECT {YX}", TOGETHER),
    (f"r FROM (VALUES {XY}, {AB}) AS t(r)", TOGETHER),
    (f"map(ARRAY[1], ARRAY[{XY}]) UNION SELECT map(ARRAY[1], ARRAY[{AB}])", TOGETHER),
    (
        f"ROW(1, 2) IN (SELECT ROW(a, b) {PAIRS})",
        "Value expression and result of subquery must be of the same type",
    ),
    # What is no row, and a field that a row lacks.
    ("s.x FROM (VALUES 'a') t(s)", "TYPE_MISMATCH: line 1:8: Expression s is not of type ROW"),
    ("t.r.z FROM (VALUES CAST(ROW(1) AS ROW(y int))) t(r)", "1:8: Column 't.r.z' cannot be"),
    ("transform(ARRAY[1], q -> q.z)", "TYPE_MISMATCH: line 1:33: Expression q is not of type ROW"),
    (f"transform(ARRAY[{XY}], q -> q.z)", "COLUMN_NOT_FOUND"),
    ("m['a'].b FROM (VALUES map(ARRAY['a'], ARRAY[1])) t(m)", "Expression m['a'] is not of type"),
    # A NULL before what tells which is less.
    ("ROW(1, NULL) < ROW(1, 2)", "ROW comparison not supported for fields with null elements"),
    ("ROW(ROW(1, NULL)) >= ROW(ROW(1, 2))", "ROW comparison not supported"),
    ("ROW(1) BETWEEN ROW(0) AND ROW(NULL)", "ROW comparison not supported"),
    ("ARRAY[1, NULL] > ARRAY[1, 2]", "ARRAY comparison not supported for arrays with null elem"),
]


@pytest.mark.parametrize(("call", "value"), VALUES)
def test_value(shared_lake: Lake, call: str, value: str | None) -> None:
    assert shared_lake.value(f"SELECT {call}") == value


@pytest.mark.parametrize(("call", "error"), REFUSED)
def test_what_would_go_by_names_is_refused(shared_lake: Lake, call: str, error: str) -> None:
    assert error in shared_lake.error(f"SELECT {call}")

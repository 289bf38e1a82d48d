import pytest

from tests.sandbox.athena.conftest import Lake

CALLS: list[tuple[str, str | None]] = [
    # What fails is not worked out where it is not reached, not even of literals.
    ("IF(false, sequence(10, 0, 1), ARRAY[1])", "[1]"),
    ("IF(1 > 2, element_at(ARRAY[1], 0), 7)", "7"),
    ("CASE WHEN x > 5 THEN ARRAY[1][5] ELSE x END FROM (VALUES 1) AS t(x)", "1"),
    ("coalesce(1, MAP(ARRAY[1], ARRAY[2])[3])", "1"),
    ("IF(1 = 2, json_parse('{'), json_parse('{}'))", "{}"),
    ("TRY(element_at(ARRAY[1], 0))", None),
    ("TRY(sequence(10, 0, 1))", None),
    ("TRY(split_part('a', ',', 0))", None),
    ("TRY(CAST(12345 AS varchar(3)))", None),
    ("TRY(DATE '2020-01-01' + INTERVAL '1' HOUR)", None),
    ("element_at(CAST(NULL AS array(integer)), 0)", None),
    ("split_part('a', ',', NULL)", None),
    ("sequence(1, NULL, 0)", None),
    ("typeof(1)", "integer"),
    ("typeof(1.2)", "double"),
    ("typeof('a')", "varchar(1)"),
    ("typeof(ARRAY[1])", "array(integer)"),
    (
        "typeof(coalesce(MAP(ARRAY[1], ARRAY[1]), MAP(ARRAY[1], ARRAY[BIGINT '1'])))",
        "map(integer, bigint)",
    ),
    ("typeof(DATE '2020-01-01')", "date"),
    ("typeof(now())", "timestamp(3) with time zone"),
    ("typeof(NULL)", "unknown"),
    ("typeof(MAP(ARRAY['a'],ARRAY[1]))", "map(varchar(1), integer)"),
    ("typeof(ROW(1,'a'))", "row(integer, varchar(1))"),
    ("typeof(X'00')", "varbinary"),
    ("typeof(DECIMAL '1.2')", "decimal(2,1)"),
    ("typeof(current_timestamp)", "timestamp(3) with time zone"),
    ("typeof(localtimestamp)", "timestamp(3)"),
    ("typeof(current_date)", "date"),
    ("typeof(current_time)", "time(3) with time zone"),
]


@pytest.mark.parametrize(("call", "value"), CALLS)
def test_value(shared_lake: Lake, call: str, value: str | None) -> None:
    assert shared_lake.value(f"SELECT {call}") == value

import pytest

from tests.sandbox.athena.conftest import Lake

CALLS: list[tuple[str, str | None]] = [
    ("typeof(1)", "integer"),
    ("typeof(1.2)", "double"),
    ("typeof('a')", "varchar(1)"),
    ("typeof(ARRAY[1])", "array(integer)"),
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
    ("version()", "Athena engine version 3"),
]


@pytest.mark.parametrize(("call", "value"), CALLS)
def test_value(shared_lake: Lake, call: str, value: str | None) -> None:
    assert shared_lake.value(f"SELECT {call}") == value

import pytest

from sandbox.athena.sql import types
from sandbox.athena.sql.types import athena_type, result_column


@pytest.mark.parametrize(
    ("duckdb", "athena"),
    [
        ("HUGEINT", "bigint"),
        ("FLOAT", "real"),
        ("DECIMAL(10,2)", "decimal(10,2)"),
        ("INTEGER[][]", "array(array(integer))"),
        ("MAP(VARCHAR, DECIMAL(5,1))", "map(varchar, decimal(5,1))"),
        ('STRUCT(a INTEGER, "b c" VARCHAR[])', 'row(a integer, "b c" array(varchar))'),
        ("TUPLE(INTEGER, VARCHAR)", "row(field0 integer, field1 varchar)"),
        ("TIMESTAMP", "timestamp(3)"),
        ("TIMESTAMP WITH TIME ZONE", "timestamp(3) with time zone"),
        ("BLOB", "varbinary"),
    ],
)
def test_types_of_duckdb_in_athenas_names(duckdb: str, athena: str) -> None:
    assert athena_type(duckdb) == athena


def test_column_metadata() -> None:
    assert result_column("n", athena_type("DECIMAL(10,2)")).info() == {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": "n",
        "Label": "n",
        "Type": "decimal",
        "Precision": 10,
        "Scale": 2,
        "Nullable": "UNKNOWN",
        "CaseSensitive": False,
    }
    text = result_column("s", athena_type("VARCHAR"))
    assert (text.precision, text.info()["CaseSensitive"]) == (2147483647, True)
    assert [
        result_column("x", athena_type(kind)).type
        for kind in ("INTEGER[]", "STRUCT(a INTEGER)", "ENUM('a')")
    ] == ["array", "row", "varchar"]


@pytest.mark.parametrize(
    ("operator", "left", "right", "result"),
    [
        ("/", "integer", "bigint", "bigint"),
        ("/", "decimal(3,1)", "integer", "decimal(3,1)"),
        ("/", "integer", "decimal(2,1)", "decimal(12,1)"),
        ("*", "decimal(30,10)", "decimal(30,10)", "decimal(38,20)"),
        ("+", "decimal(5,2)", "bigint", "decimal(22,2)"),
        ("%", "decimal(5,2)", "integer", "decimal(5,2)"),
        ("+", "real", "double", "double"),
        ("-", "real", "integer", "real"),
        ("+", "date", "interval", "date"),
        ("-", "date", "date", "interval day to second"),
        ("+", "timestamp(3)", "interval", "timestamp(3)"),
        ("+", "varchar", "integer", None),
        ("+", None, "integer", None),
    ],
)
def test_types_of_arithmetic(
    operator: str, left: str | None, right: str | None, result: str | None
) -> None:
    assert types.arithmetic(operator, left, right) == result


@pytest.mark.parametrize(
    ("kinds", "result"),
    [
        (["integer", "bigint"], "bigint"),
        (["unknown", "date"], "date"),
        (["unknown"], "unknown"),
        (["decimal(2,1)", "integer"], "decimal(11,1)"),
        (["varchar(1)", "varchar"], "varchar"),
        (["varchar(1)", "varchar(3)", "varchar(2)"], "varchar(3)"),
        (["date", "timestamp(3)"], "timestamp(3)"),
        (["decimal(38,2)", "decimal(38,0)"], "decimal(38,2)"),
        (["row(integer, a varchar)", "row(bigint, varchar)"], "row(bigint, a varchar)"),
        (["row(integer)", "row(integer, integer)"], None),
        (["varchar", "integer"], None),
        ([None, "integer"], None),
    ],
)
def test_common_types(kinds: list[str | None], result: str | None) -> None:
    assert types.common(kinds) == result

import datetime as dt
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.athena.api.results import csv_line, metadata_bytes
from sandbox.athena.errors import Position, QueryError
from sandbox.athena.hive.types import parse_hive_type
from sandbox.athena.sql import types
from sandbox.athena.sql.values import (
    ResultColumn,
    athena_type,
    java_double,
    result_column,
    writer_of,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (0.001, "0.001"),
        (0.0009, "9.0E-4"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (1.5e300, "1.5E300"),
        (-123456789.5, "-1.234567895E8"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_doubles_are_written_as_java_does(value: float, text: str) -> None:
    assert java_double(value) == text


@given(st.floats(allow_nan=False))
def test_a_written_double_reads_back(value: float) -> None:
    assert float(java_double(value)) == value


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_written_real_reads_back(value: float) -> None:
    read = struct.unpack("f", struct.pack("f", float(java_double(value, single=True))))[0]
    assert read == value


@pytest.mark.parametrize(
    ("duckdb", "athena"),
    [
        ("HUGEINT", "bigint"),
        ("FLOAT", "real"),
        ("DECIMAL(10,2)", "decimal(10,2)"),
        ("INTEGER[][]", "array(array(integer))"),
        ("MAP(VARCHAR, DECIMAL(5,1))", "map(varchar, decimal(5,1))"),
        ('STRUCT(a INTEGER, "b c" VARCHAR[])', "row(a integer, b c array(varchar))"),
        ("TUPLE(INTEGER, VARCHAR)", "row(field0 integer, field1 varchar)"),
        ("TIMESTAMP", "timestamp(3)"),
        ("TIMESTAMP WITH TIME ZONE", "timestamp(3) with time zone"),
        ("BLOB", "varbinary"),
    ],
)
def test_types_of_duckdb_in_athenas_names(duckdb: str, athena: str) -> None:
    assert athena_type(duckdb) == athena


def test_nested_values() -> None:
    write = writer_of("map(varchar, array(row(a integer, b timestamp(3))))")
    moment = dt.datetime(2020, 1, 2, 3, 4, 5, 678_901)  # noqa: DTZ001 - a timestamp without zone
    value = [("k", [{"a": 1, "b": moment}, {"a": None, "b": None}, None])]
    assert write(value) == "{k=[{a=1, b=2020-01-02 03:04:05.678}, {a=null, b=null}, null]}"
    assert write([]) == "{}"


def test_column_metadata() -> None:
    assert result_column("n", "DECIMAL(10,2)").info() == {
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
    text = result_column("s", "VARCHAR")
    assert (text.precision, text.info()["CaseSensitive"]) == (2147483647, True)
    assert [
        result_column("x", kind).type for kind in ("INTEGER[]", "STRUCT(a INTEGER)", "ENUM('a')")
    ] == ["array", "row", "varchar"]


def test_csv_quotes_every_value_and_writes_null_as_nothing() -> None:
    assert csv_line(["a", None, "", 'say "x"', "1\n2"]) == '"a",,"","say ""x""","1\n2"\n'


def test_the_metadata_file_names_columns_and_types() -> None:
    written = metadata_bytes("an-id", [ResultColumn("total", "bigint", 19)])
    assert written.startswith(b"\x0a\x05an-id")
    assert b"total" in written
    assert b"bigint" in written


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
        ("-", "date", "date", None),
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
        (["varchar", "integer"], None),
        ([None, "integer"], None),
    ],
)
def test_common_types(kinds: list[str | None], result: str | None) -> None:
    assert types.common(kinds) == result


@pytest.mark.parametrize(
    ("text", "canonical", "athena"),
    [
        ("INT", "int", "integer"),
        ("integer", "int", "integer"),
        (" decimal ( 10 , 2 ) ", "decimal(10,2)", "decimal(10,2)"),
        ("decimal", "decimal(10,0)", "decimal(10,0)"),
        ("double precision", "double", "double"),
        ("float", "float", "real"),
        (
            "Struct<A:int,`b c`:Array<string>>",
            "struct<a:int,b c:array<string>>",
            "row(a integer, b c array(varchar))",
        ),
        ("map<string,varchar(5)>", "map<string,varchar(5)>", "map(varchar, varchar(5))"),
    ],
)
def test_hive_types(text: str, canonical: str, athena: str) -> None:
    kind = parse_hive_type(text)
    assert (str(kind), kind.athena()) == (canonical, athena)
    assert parse_hive_type(str(parse_hive_type("map<string,array<int>>"))).duckdb() == (
        "MAP(VARCHAR, INTEGER[])"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "strin",
        "array",
        "array<int",
        "map<int>",
        "struct<int>",
        "decimal(40,2)",
        "int>",
        "decimal(x)",
        "decimal(2",
        "a?",
    ],
)
def test_what_is_no_hive_type(text: str) -> None:
    with pytest.raises(QueryError, match="is not a valid Hive column type"):
        parse_hive_type(text)


def test_positions_count_from_one() -> None:
    assert Position.of_offset("ab\ncd", 0) == Position(1, 1)
    assert Position.of_offset("ab\ncd", 4) == Position(2, 2)

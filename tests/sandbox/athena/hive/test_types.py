import pytest

from sandbox.athena.errors import QueryError
from sandbox.athena.hive.types import parse_hive_type


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

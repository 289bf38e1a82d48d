import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.athena.hive.types import Column, parse_hive_type
from sandbox.athena.storage.serdes.base import Block, FatalLineError, Faults
from sandbox.athena.storage.serdes.json_lines import JsonSerde
from sandbox.athena.storage.serdes.lenient_json import InvalidJsonError, read_json

COLUMNS = "a bigint; b string; c double; d boolean"


def columns(text: str) -> tuple[Column, ...]:
    return tuple(
        Column(name, parse_hive_type(kind))
        for name, kind in (part.split(" ", 1) for part in text.split("; "))
    )


def decode(
    lines: list[str],
    text: str = COLUMNS,
    properties: dict[str, str] | None = None,
    *,
    hive: bool = False,
) -> tuple[list[dict[str, object]], Faults]:
    serde = JsonSerde(columns(text), properties or {}, hive=hive)
    faults = Faults()
    block = Block("\n".join(lines).encode(), 1, "s3://b/k")
    return serde.decode(block, faults).to_pylist(), faults


def only(line: str, text: str) -> object:
    rows, faults = decode([line], text)
    assert not faults.columns
    return next(iter(rows[0].values()))


def test_keys_are_found_whatever_their_case() -> None:
    rows, _ = decode(['{"A": 1, "b": "x"}', '{"a": 2, "B": "y", "extra": {"z": [1]}}'])
    assert [(row["a"], row["b"]) for row in rows] == [(1, "x"), (2, "y")]


def test_a_key_that_is_absent_is_null() -> None:
    rows, _ = decode(['{"a": 1}', "{}", '{"a": null}'])
    assert [row["a"] for row in rows] == [1, None, None]


def test_the_last_of_two_equal_keys_wins() -> None:
    rows, _ = decode(['{"a": 1, "A": 2}', '{"a": 3}'])
    assert [row["a"] for row in rows] == [2, 3]


@pytest.mark.parametrize("line", ["", "   ", "hello", "5"])
def test_a_line_that_is_no_object_is_a_row_of_nulls(line: str) -> None:
    rows, faults = decode(['{"a": 1}', line, '{"a": 2}'])
    assert [row["a"] for row in rows] == [1, None, 2]
    assert not faults.columns


@pytest.mark.parametrize("line", ['{"a": 1', '{"a" 1}', "{broken", '{"a": "x', '[1, {"b": 2}'])
def test_a_malformed_line(line: str) -> None:
    with pytest.raises(FatalLineError) as raised:
        decode(['{"a": 1}', line])
    assert str(raised.value).startswith(
        "HIVE_CURSOR_ERROR: Failed to read file at s3://b/k: Row is not a valid JSON Object - "
        "JSONException: "
    )
    assert "line 2]" in str(raised.value)
    rows, _ = decode(['{"a": 1}', line], properties={"ignore.malformed.json": "true"})
    assert rows[1] == {"a": None, "b": None, "c": None, "d": None}


def test_two_objects_on_one_line_are_one_row() -> None:
    rows, _ = decode(['{"a": 1}{"a": 2}', '{"a": 3}'])
    assert [row["a"] for row in rows] == [1, 3]


def test_a_value_over_two_lines_is_malformed() -> None:
    rows, _ = decode(['{"a":', " 1}", '{"a": 3}'], properties={"ignore.malformed.json": "true"})
    assert [row["a"] for row in rows] == [None, None, 3]


@pytest.mark.parametrize(
    ("line", "kind", "expected"),
    [
        ('{"v": "5"}', "bigint", 5),
        ('{"v": 5.9}', "bigint", 5),
        ('{"v": 0x1F}', "int", 31),
        ('{"v": 1}', "double", 1.0),
        ('{"v": "1.5"}', "double", 1.5),
        ('{"v": 1.50}', "string", "1.50"),
        ('{"v": true}', "string", "true"),
        ('{"v": {"a": [1, null, "x"]}}', "string", '{"a":[1,null,"x"]}'),
        ('{"v": "2020-01-02"}', "string", "2020-01-02"),
        ('{"v": "abcdef"}', "varchar(3)", "abc"),
        ('{"v": "TRUE"}', "boolean", True),
        ('{"v": 1}', "boolean", False),
        ('{"v": [1, 2]}', "array<int>", [1, 2]),
        ('{"v": 1}', "array<int>", [1]),
        ('{"v": ""}', "array<int>", None),
        ('{"v": {"k": 1}}', "map<string,int>", [("k", 1)]),
        ('{"v": " "}', "map<string,int>", None),
        ('{"v": {"X": 1, "y": "q"}}', "struct<x:int,y:string>", {"x": 1, "y": "q"}),
        ('{"v": [1]}', "struct<x:int,y:string>", {"x": 1, "y": None}),
        ('{"v": 1655564444103}', "timestamp", "2022-06-18 15:00:44.103000"),
        ('{"v": "1655564444"}', "timestamp", "2022-06-18 15:00:44"),
        ('{"v": "1655564444.5"}', "timestamp", "2022-06-18 15:00:44.500000"),
        ('{"v": "2020-01-02 03:04:05.6"}', "timestamp", "2020-01-02 03:04:05.600000"),
        ('{"v": "2020-01-02T03:04:05+01:00"}', "timestamp", "2020-01-02 02:04:05"),
        ('{"v": "2020-01-02T03:04:05Z"}', "timestamp", "2020-01-02 03:04:05"),
        ('{"v": "2020-01-02"}', "date", "2020-01-02"),
        ('{"v": "1.255"}', "decimal(5,2)", "1.26"),
        ('{"v": "YQ=="}', "binary", b"a"),
    ],
)
def test_openx_coerces(line: str, kind: str, expected: object) -> None:
    value = only(line, f"v {kind}")
    assert (str(value) if isinstance(value, Decimal | date) else value) == expected


@pytest.mark.parametrize(
    ("line", "kind", "reason"),
    [
        ('{"v": "x"}', "bigint", 'For input string: "x"'),
        ('{"v": ""}', "bigint", 'For input string: ""'),
        ('{"v": 3000000000}', "int", "out of range"),
        ('{"v": {"a": 1}}', "bigint", "can not be coerced"),
        ('{"v": "x"}', "map<string,int>", "Primitive can not be coerced to a MAP"),
        ('{"v": "x"}', "struct<a:int>", "Primitive can not be coerced to a ROW"),
        ('{"v": "x"}', "double", 'For input string: "x"'),
        ('{"v": "x"}', "date", "could not be parsed"),
        ('{"v": "12:99"}', "timestamp", "could not be parsed"),
        ('{"v": 123456}', "decimal(4,2)", "decimal"),
    ],
)
def test_a_value_that_does_not_fit(line: str, kind: str, reason: str) -> None:
    rows, faults = decode(["{}", line], f"v {kind}; w string")
    assert rows[1]["v"] is None
    assert faults.columns["v"].startswith("HIVE_BAD_DATA: Error parsing field value '")
    assert reason in faults.columns["v"]
    assert "file s3://b/k, line 2)" in faults.columns["v"]


def test_mapping_and_dots_in_keys() -> None:
    rows, _ = decode(
        ['{"Time": 5, "a.b": "x"}'],
        "ts bigint; a_b string",
        {"mapping.ts": "time", "dots.in.keys": "true"},
    )
    assert rows == [{"ts": 5, "a_b": "x"}]


def test_case_matters_when_the_table_says_so() -> None:
    properties = {"case.insensitive": "FALSE", "mapping.a": "A"}
    rows, _ = decode(['{"A": 1, "a": 2}'], "a bigint", properties)
    assert rows == [{"a": 1}]


@pytest.mark.parametrize("line", ["", "[1]", '{"a": 1', '{"a": 1} x'])
def test_hives_serde_is_strict(line: str) -> None:
    with pytest.raises(FatalLineError, match="HIVE_CURSOR_ERROR.*line 2"):
        decode(['{"a": 1}', line], hive=True, properties={"ignore.malformed.json": "true"})


def test_hives_serde_takes_no_text_for_a_number() -> None:
    rows, faults = decode(['{"A": "1", "b": "x"}'], hive=True)
    assert rows[0]["b"] == "x"
    assert "not numeric" in faults.columns["a"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{a: 'x', \"b\" = 1; c => true}", {"a": "x", "b": "1", "c": "true"}),
        ("{a: 1} and more", {"a": "1"}),
        ("[1,,2,]", ["1", None, "2", None]),
        ("{} ", {}),
        ("{/* why */ a: nUll} // end", {"a": None}),
        ('{"a": "\\u0041\\n\\x"}', {"a": "A\nx"}),
    ],
)
def test_lenient_json(text: str, expected: object) -> None:
    assert read_json(text) == expected


@pytest.mark.parametrize(
    "text",
    ["{", "[", "{a", "{a:", "{a:1", "{'a", '{"\\', '{"\\u00', "{:1}", "{[1]:1}", "", "[" * 5000],
)
def test_not_even_lenient_json(text: str) -> None:
    with pytest.raises(InvalidJsonError):
        read_json(text)


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
_OBJECTS = st.dictionaries(st.sampled_from(["a", "A", "b", "c", "d", "e"]), _SCALARS, max_size=5)


@given(st.lists(_OBJECTS, min_size=1, max_size=5))
def test_the_fast_reader_agrees_with_the_careful_one(objects: list[dict[str, object]]) -> None:
    block = Block("\n".join(map(json.dumps, objects)).encode(), 1, "s3://b/k")
    fast, careful = JsonSerde(columns(COLUMNS), {}), JsonSerde(columns(COLUMNS), {})
    careful._fast = False
    faults = Faults(), Faults()
    assert fast.decode(block, faults[0]).equals(careful.decode(block, faults[1]))
    assert faults[0] == faults[1]

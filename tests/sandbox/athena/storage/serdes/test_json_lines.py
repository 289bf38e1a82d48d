import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.athena.hive.types import Column, HiveType, parse_hive_type
from sandbox.athena.storage.serdes import json_arrow, json_lines
from sandbox.athena.storage.serdes.base import Block, FatalLineError, Faults
from sandbox.athena.storage.serdes.json_lines import JsonSerde
from sandbox.athena.storage.serdes.lenient_json import InvalidJsonError, read_json
from tests.sandbox.athena.storage.serdes.outcomes import outcome

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


def test_a_thread_that_began_before_a_spelling_was_learnt_reads_it_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_lines, "_SMALL", -1)
    serde = JsonSerde(columns("customername string; a bigint"), {})
    block = Block(b'{"customerName": "x", "a": 1}\n{"a": 2}', 1, "s3://b/k")
    fast = serde._vectors
    assert fast is not None
    before = fast._known
    read = serde.decode(block, Faults()).to_pylist()
    assert fast._known is not before
    fast._known = before  # what such a thread holds
    assert serde.decode(block, Faults()).to_pylist() == read
    assert [row["customername"] for row in read] == ["x", None]


def test_a_key_that_is_absent_is_null() -> None:
    rows, _ = decode(['{"a": 1}', "{}", '{"a": null}'])
    assert [row["a"] for row in rows] == [1, None, None]


@pytest.mark.parametrize("small", [json_lines._SMALL, -1])
@pytest.mark.parametrize(
    "line",
    [
        '{"a": 1, "A": 2}',
        '{"a": 1, "a": 2}',
        '{"a": 1, "X": 2, "x": 3}',
        '{"a": 1, "x": {"Y": 2, "y": 3}}',
        '{"a": 1, "x": [{"z": [{"Y": 2, "y": 3}]}]}',
        "{a: 1, A: 2}",
    ],
)
def test_a_key_comes_once_in_an_object(
    line: str, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "_SMALL", small)
    lines = ['{"a": 0, "x": {"y": {"x": 1}}}', line]
    with pytest.raises(FatalLineError, match=r'JSONException: Duplicate key "[axy]" at line 2$'):
        decode(lines)
    rows, _ = decode(lines, properties={"ignore.malformed.json": "true"})
    assert [row["a"] for row in rows] == [0, None]
    rows, _ = decode(['{"a": 3, "A": 2}'], hive=True)  # Hive's SerDe takes the last
    assert [row["a"] for row in rows] == [2]


def test_keys_that_differ_by_case_are_two_where_case_counts() -> None:
    rows, _ = decode(['{"a": 1, "A": 2}'], properties={"case.insensitive": "false"})
    assert [row["a"] for row in rows] == [1]


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
        (r'{"v": "x\ud83dy"}', "string", "x?y"),  # half of a surrogate pair
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


@pytest.mark.parametrize(
    ("properties", "key"),
    [({}, "userid"), ({"case.insensitive": "false"}, "userId")],
)
@pytest.mark.parametrize("small", [1 << 20, -1])
def test_keys_in_maps_and_in_texts_are_in_lower_case(
    monkeypatch: pytest.MonkeyPatch, small: int, properties: dict[str, str], key: str
) -> None:
    monkeypatch.setattr(json_lines, "_SMALL", small)
    line = '{"m": {"userId": "A"}, "t": {"userId": {"userId": "B"}}}'
    rows, faults = decode([line], "m map<string,string>; t string", properties)
    assert not faults.columns
    assert rows == [{"m": [(key, "A")], "t": f'{{"{key}":{{"{key}":"B"}}}}'}]


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
    serde = JsonSerde(columns(COLUMNS), {"ignore.malformed.json": "true"})
    faults = Faults(), Faults()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "_SMALL", -1)
        fast = serde.decode(block, faults[0])
    assert fast.equals(serde.decode_carefully(block, faults[1]))
    assert faults[0] == faults[1]


_TOKENS = st.sampled_from(
    [
        *("0", "-0", "1", "-1", "12", "127", "128", "-32769", "2147483648", "9007199254740993"),
        *("9223372036854775807", "9223372036854775808", "18446744073709551616", "1" * 30),
        *("1.0", "1.10", "1.5", "-1.5", "0.1", "-0.0", "-0e1", "1e5", "1E-7", "1e400", "2.5e-8"),
        *("0.30000000000000004", "123456789.123456789", "0.99999999999999999999", "1.125"),
        *("NaN", "nan", "Infinity", "-inf", "true", "false", "null", "TRUE", "True", "bare"),
        *('""', '" "', '"x"', '"5"', '" 5"', '"1.5"', '"0x1F"', '"017"', '"1e3"', '"NaN"', '"-0"'),
        *('"true"', '"TRUE"', '"null"', '"12345678901234567890"', '"9.995"', '"3.4e39"'),
        *('"2024-01-31"', '"2024-01-31 10:11:12"', '"2024-01-31T10:11:12.5Z"', '"2024-02-30"'),
        *('"2024-01-31T10:11:12+02:00"', '"1700000000"', '"1700000000000"', '"1700000000.5"'),
        *("1700000000", "1700000000000", "1700000000.25", "999999999999999", '"24:00:00"'),
        *(r'"é\u00e9\n"', r'"\ud83d\ude00"', r'"\ud83d"', r'"a\/b\"c"', r'"\x"', '"a\tb"', "'q'"),
        *('"\u20ac\U0001f600 long enough"', r'"\u0000"', "[", "{", "", "[1,]", '{"a":1,}', "{1:2}"),
    ]
)
_KEYS = st.sampled_from([*("a", "A", "b", "B", "c", "C", "x", "X", "y", "é", "a.b", r"\u0061")])


def _array(items: list[str]) -> str:
    return f"[{','.join(items)}]"


def _object(pairs: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f'"{key}": {value}' for key, value in pairs) + "}"


_VALUES = st.recursive(
    _TOKENS,
    lambda inner: (
        st.lists(inner, max_size=3).map(_array)
        | st.lists(st.tuples(_KEYS, inner), max_size=4).map(_object)
    ),
    max_leaves=6,
)


def _regular(kind: HiveType) -> st.SearchStrategy[str]:
    """What a type usually holds, so that most of a line is as declared."""
    if kind.kind == "array":
        made = st.lists(_regular(kind.children[0]), max_size=3).map(_array)
    elif kind.kind == "map":
        names = st.sampled_from(["p", "q", "P"])
        made = st.lists(st.tuples(names, _regular(kind.children[1])), max_size=3).map(_object)
    elif kind.kind == "struct":
        fields = [
            st.tuples(st.just(name), _regular(child))
            for name, child in zip(kind.names, kind.children, strict=True)
        ]
        made = st.tuples(*fields).map(list).map(_object)
    else:
        usual = {
            "string": ['"s"', r'"\u00e9"', '{"K": [1, "x\\n"], "l": {"M": 1.5}}', "[ ]"],
            "varchar": ['"éclair"'],
            "boolean": ["true", "false"],
            "double": ["1.5", "2"],
            "float": ["0.1"],
            "decimal": ["1.25", '"1.255"', "7"],
            "date": ['"2024-01-31"'],
            "timestamp": ['"2024-01-31 10:11:12"', "1700000000"],
        }
        made = st.sampled_from(usual.get(kind.kind, ["1", "-7", "100"]))
    return st.integers(0, 30).flatmap(lambda n: _VALUES if n == 0 else made)


_SCHEMAS = [
    "a bigint; b string; c double",
    "a tinyint; b varchar(3); c boolean; x decimal(10,2); y timestamp",
    "a struct<a:int,b:string,x:struct<y:double>>; b date; c float",
    "a array<string>; b array<bigint>; c array<struct<a:string,b:array<int>>>",
    "a map<string,bigint>; b map<string,string>; c struct<x:map<string,boolean>,y:timestamp>",
    "a array<array<decimal(5,1)>>; b array<timestamp>; c struct<a:array<struct<x:date>>>",
    "a binary; b int",
]


@st.composite
def _texts(draw: st.DrawFn) -> tuple[str, list[bytes]]:
    schema = draw(st.sampled_from(_SCHEMAS))
    return schema, [draw(_block(schema)) for _ in range(2)]


@st.composite
def _block(draw: st.DrawFn, schema: str) -> bytes:
    usual = {column.name: _regular(column.type) for column in columns(schema)}
    more = draw(st.lists(st.tuples(_KEYS, _VALUES), max_size=1)) if draw(st.booleans()) else []
    lines = []
    for _ in range(draw(st.integers(1, 8))):
        pairs = [(name, draw(value)) for name, value in usual.items() if draw(st.integers(0, 9))]
        if not draw(st.integers(0, 3)):
            pairs.insert(draw(st.integers(0, len(pairs))), (draw(_KEYS), draw(_VALUES)))
        line = _object(pairs + more) if draw(st.integers(0, 30)) else draw(_VALUES)
        lines.append(draw(_BEFORE) + line + draw(_AFTER))
    return "".join(lines).encode("utf-8", "replace") + draw(_LAST)


_BEFORE = st.sampled_from([*[""] * 12, " ", "\ufeff", "\u00a0", "\t", "#c\n", "/* */"])
_AFTER = st.sampled_from([*["\n"] * 12, "\r\n", "\n\n", " x\n", ",\n", "\r"])
_LAST = st.sampled_from([*[b""] * 6, b"\xff", b"{}", b'{"a": "\xe9"}'])


@given(
    _texts(),
    st.sampled_from(
        [
            {},
            {"ignore.malformed.json": "true"},
            {"ignore.malformed.json": "true", "mapping.a": "X"},
            {"ignore.malformed.json": "true", "case.insensitive": "false", "mapping.b": "B"},
            {"ignore.malformed.json": "true", "dots.in.keys": "true"},
        ]
    ),
    st.booleans(),
)
@example(("b array<bigint>", [b"0\n" * 8 + b'{"b": [nan]}\n'] * 2), {}, False)
@example(("a map<string,bigint>", [b"0\n", b'{"a": {"p": 1, "P": 1}}\n']), {}, False)
@example(("b varchar(3)", [b'{"b": "\\ud83d"}\n{"b": ["\\ud83d"]}\n'] * 2), {}, False)
def test_blocks_read_as_line_by_line(
    text: tuple[str, list[bytes]], properties: dict[str, str], hive: bool
) -> None:
    schema, (first, second) = text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "_SMALL", -1)
        patch.setattr(json_arrow, "_FEW", 1)
        serde = JsonSerde(columns(schema), properties, hive=hive)
        # What the blocks and files before have shown makes no difference.
        for data in (first, first, second):
            assert outcome(serde.decode, data) == outcome(serde.decode_carefully, data)
        another = serde.for_next_file()
        for data in (second, first):
            assert outcome(another.decode, data) == outcome(serde.decode_carefully, data)


@pytest.mark.parametrize(
    "value",
    [
        '{"K": 1, "l": {"M": [true, null, "\\u00e9\\/"]}}',
        '{"k": 1.10}',
        '{"k": 1, "K": 2}',
        '{"k": {"x": 1, "x": 2}}',
        '{"k": -0}',
        '{"k": 12345678901234567890123}',
        '[1, {"A": "10.0.0.10"}]',
        r'{"k": "\u007b\u007b"}, "d": {"x": 1, "x": 2}',
        "[]",
    ],
)
def test_objects_in_a_column_of_texts_read_as_line_by_line(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setattr(json_lines, "_SMALL", -1)
    serde = JsonSerde(columns("a string; b varchar(4)"), {"ignore.malformed.json": "true"})
    lines = f'{{"a": {value}}}\n{{"b": {value}, "a": "x"}}\n{{"a": {value}, "c": {{}}}}'.encode()
    for _ in range(2):
        assert outcome(serde.decode, lines) == outcome(serde.decode_carefully, lines)


@pytest.mark.parametrize("depth", [5, 40, 2000])
def test_what_is_nested_deep_and_not_declared_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, depth: int
) -> None:
    monkeypatch.setattr(json_lines, "_SMALL", -1)
    serde = JsonSerde(columns("a bigint"), {})
    line = f'{{"a": 1, "x": {"[" * depth}1{"]" * depth}}}'.encode()
    for _ in range(2):
        assert outcome(serde.decode, line) == ("[{'a': 1}]", Faults())


@pytest.mark.parametrize("same_file", [True, False])
@pytest.mark.parametrize(
    ("line", "other"),
    [
        ('{"a": 1, "b": "x", "c": 1.5}', '{"a": -7, "b": "y\\n", "c": 0.25e-3}'),
        ('{"a":1,"b":"x","c":null}', '{"a": null, "b": "\u20ac", "c": 12}'),
        ('{"b": 2.5, "d": 1.25}', '{"b": 0.75, "d": 12}'),
        ('{"b": "x", "more": {"k": [1, 2]}, "a": 5}', '{"b": true, "more": {"k": []}, "a": 0}'),
        # Other keys, or in another order.
        ('{"b": 2, "d": 1.25}', '{"d": 12, "b": 10}'),
        ('{"b": "x", "more": {"k": [1, 2]}, "a": 5}', '{"a": 0, "c": 1.5, "b": ""}'),
    ],
)
def test_a_line_whose_values_are_of_the_same_types_as_before_is_not_asked_for_its_shape(
    line: str, other: str, same_file: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "_SMALL", -1)
    serde = JsonSerde(columns("a bigint; b string; c double; d decimal(5,2)"), {})
    serde.decode(Block(line.encode(), 1, "s3://b/k"), Faults())
    serde = serde if same_file else serde.for_next_file()
    assert serde._vectors is not None
    monkeypatch.setattr(serde._vectors, "_by_shape", None)
    block = Block(other.encode(), 1, "s3://b/k")
    assert serde.decode(block, Faults()).equals(serde.decode_carefully(block, Faults()))

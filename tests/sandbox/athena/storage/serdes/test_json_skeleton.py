"""Blocks of lines that are alike but for their values are read as line by line, or not at all."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.athena.hive.types import Column, parse_hive_type
from sandbox.athena.storage.serdes import json_lines
from sandbox.athena.storage.serdes.base import Block, Faults
from sandbox.athena.storage.serdes.json_lines import JsonSerde
from sandbox.athena.storage.serdes.json_skeleton import Skeleton
from tests.sandbox.athena.storage.serdes.outcomes import outcome

_KINDS = {
    "s": "string",
    "v": "varchar(3)",
    "i": "int",
    "t": "tinyint",
    "l": "bigint",
    "d": "double",
    "f": "float",
    "b": "boolean",
    "day": "date",
    "at": "timestamp",
}
COLUMNS = tuple(Column(name, parse_hive_type(kind)) for name, kind in _KINDS.items())
_TEXTS = [
    '"x"',
    '""',
    '"a, b: {c}"',
    '"éclair €"',
    '"2024-01-31"',
    '"2024-01-31 10:11:12.5"',
    '"7"',
]
_INTEGERS = ["0", "7", "-12", "100", "-129", "2147483648", "123456789012345678", "007", "-0", "+1"]
_NUMBERS = [*_INTEGERS, "0.5", "-1.25", "1e5", "1e400", "3.5e38", ".5", "1.", "NaN", "12.10"]
_ODD = [
    r'"\u0041"',
    '"a\tb"',
    '"a\nb"',
    "null",
    "true",
    "false",
    "TRUE",
    "[1]",
    "{}",
    "0x1F",
    "",
    "'q'",
]
_USUAL = {
    **{key: ['"x"', '""', '"a, b: {c}"', '"éclair €"', '"2024-01-31"'] for key in "sv"},
    **{key: ["0", "7", "-12", "100"] for key in "il"},
    "t": ["0", "127", "-128"],
    **{key: ["0", "0.5", "-1.25", "12.10", "1e5", "7"] for key in "df"},
    "b": ["true", "false"],
    "day": ['"2024-01-31"', '"1999-12-01"'],
    "at": ['"2024-01-31 10:11:12"', '"1999-12-01 00:00:00.25"'],
}
_MORE = {"more": ["1", "-0.5", "null", "true"], "Text": ['"x"', '" y "']}


@st.composite
def _blocks(draw: st.DrawFn) -> tuple[str, str]:
    """A line, and a block of lines with the same keys, some of whose values are of another kind."""
    usual = _USUAL | _MORE
    keys = draw(st.lists(st.sampled_from(sorted(usual)), min_size=1, unique=True))
    colon, comma = draw(st.sampled_from([":", ": "])), draw(st.sampled_from([",", ", "]))
    spelt = {key: key.upper() if draw(st.integers(0, 5)) == 0 else key for key in keys}

    def line(odd: int) -> str:
        values = []
        for key in keys:
            other = odd and draw(st.integers(0, odd)) == 0
            choice = [*_TEXTS, *_NUMBERS, *_ODD] if other else usual[key]
            values.append(draw(st.sampled_from(choice)))
        made = zip(keys, values, strict=True)
        return "{" + comma.join(f'"{spelt[key]}"{colon}{value}' for key, value in made) + "}"

    odd = draw(st.sampled_from([0, 0, 40]))
    lines = [line(odd) for _ in range(draw(st.integers(1, 6)))]
    if draw(st.integers(0, 3)) == 0:  # a byte too many or too few, anywhere
        at = draw(st.integers(0, len(lines) - 1))
        place = draw(st.integers(0, len(lines[at])))
        inserted = draw(st.sampled_from(["", " ", '"', "\n", ",", "x", "}", "\r", "\x00", "é"]))
        lines[at] = lines[at][:place] + inserted + lines[at][place + draw(st.integers(0, 1)) :]
    return line(0), "\n".join(lines) + draw(st.sampled_from(["", "", "\n", " "]))


@given(_blocks(), st.sampled_from(["hive", "true", "false"]))
@example(('{"s": "x"}', '{"s": "a\nb"}'), "true")
@example(('{"s": "x", "i": 1}', '{"s": 1, "i": "2"}'), "true")
@example(('{"i": 1, "s": "x"}', '{"i": 1, "s": "x", "i": 2}\n{"s": "x"}'), "true")
@example(('{"s":"x"}', '{"s":""}\n{"s":""}{"s":""}'), "true")
@example(('{"s": "x"}', r'{"s": "\u0041"}'), "true")
@example(('{"i": 1}', '{"i": 017}'), "true")
@example(('{"more": 1, "i": 1}', '{"more": {, "i": 1}'), "true")
@example(('{"f": 1}', '{"f": 3.5e38}'), "true")
def test_a_block_is_read_as_line_by_line(blocks: tuple[str, str], insensitive: str) -> None:
    line, block = blocks
    hive = insensitive == "hive"
    properties = {"ignore.malformed.json": "true", "case.insensitive": insensitive}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "_SMALL", -1)
        serde = JsonSerde(COLUMNS, {} if hive else properties, hive=hive)
        for data in (line.encode(), block.encode()):
            assert outcome(serde.decode, data) == outcome(serde.decode_carefully, data)


@pytest.mark.parametrize("hive", [True, False])
def test_lines_that_are_alike_are_not_parsed(hive: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "_SMALL", -1)
    serde = JsonSerde(COLUMNS, {}, hive=hive)
    lines = [
        json.dumps(
            {
                "S": f"x{n}",
                "more": n,
                "d": n / 2,
                "i": n,
                "b": n > 1,
                "at": f"2024-01-0{n} 10:11:12",
            }
        )
        for n in range(1, 4)
    ]
    serde.decode(Block(lines[0].encode(), 1, "s3://b/k"), Faults())
    assert serde._vectors is not None
    monkeypatch.setattr(serde._vectors, "decode", None)
    block = Block("\n".join(lines).encode(), 1, "s3://b/k")
    read = serde.decode(block, Faults())
    assert read.equals(serde.decode_carefully(block, Faults()))
    assert read.column("i").to_pylist() == [1, 2, 3]


@pytest.mark.parametrize(
    "line", ["{}", '{"i": "1"}', '{"s": 1}', '{"s": null}', '{"x": [1]}', '{"x" : 1}', '[{"i": 1}]']
)
def test_of_other_lines_none_is_made(line: str) -> None:
    columns = {column.name: column.type for column in COLUMNS}
    assert Skeleton.of(line, columns, str.lower) is None

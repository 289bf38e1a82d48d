"""Lines of JSON by Arrow's reader: what is read, what is left, and what is learnt on the way."""

import json

import pyarrow as pa
import pytest

from sandbox.athena.storage.serdes import json_arrow
from sandbox.athena.storage.serdes.json_arrow import ArrowLines

_DECLARED = pa.schema([("a", pa.int64()), ("s", pa.struct([("x", pa.string())]))])


def _lines(*lines: str) -> pa.Array:
    return pa.array([f"{line}\n" for line in lines])


def _read(reader: ArrowLines, *lines: str) -> tuple[list[object], list[int]]:
    table, places = reader.read(_lines(*lines))
    assert table.schema == _DECLARED
    return table.column("a").to_pylist(), places.tolist()


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> ArrowLines:
    monkeypatch.setattr(json_arrow, "_FEW", 1)
    monkeypatch.setattr(json_arrow, "LOST", 1)
    return ArrowLines(_DECLARED, str.lower)


@pytest.mark.parametrize(
    "line",
    [
        '{"a": 1, "a": 2}',
        '{"a": 1, "A": 2}',
        '{"A": 1}',
        '{"a": 1, "s": {"x": "y", "x": "z"}}',
        '{"a": 1, "s": {"X": "y"}}',
        '{"a": 1, "more": {"k": 1, "K": 2}}',
        '{"a": 1, "more": [{"k": 1}, {"k": 1, "k": 2}]}',
        '{"a": "1"}',
        '{"a": 1.5}',
        '{"a": 9223372036854775808}',
        '{"a": 1, "s": {"x": 7}}',
        '{"a": 1, "s": "x"}',
        '{"a": 1, "s": {"x": "\\ud83d"}}',
        '{"a": 1, "more": NaN}',
        '{"a": 1,}',
        '{"a": 1} x',
        '{"a": 1}{"a": 2}',
        '{"a": 1, "s":',
        ' {"a": 1}',
        "[1]",
        "",
    ],
)
def test_a_line_that_is_not_certain_is_left_and_those_around_it_are_read(
    reader: ArrowLines, line: str
) -> None:
    assert _read(reader, '{"a": 5}', line, '{"a": 7, "s": null}') == ([5, 7], [0, 2])


def test_two_lines_that_are_one_object_are_left(reader: ArrowLines) -> None:
    halves = ['{"a": 1, "s": {}', ', "more": 2}']
    assert _read(reader, *halves, '{"a": 3}{"a": 4}') == ([], [])


def test_what_is_not_declared_is_learnt(reader: ArrowLines) -> None:
    assert _read(reader, '{"a": 1, "b": 2, "s": {"x": "y", "z": []}}') == ([1], [0])
    assert _read(reader, '{"a": 2, "b": 2.5, "s": {"z": [{"q": "2024-01-01"}]}}') == ([2], [0])
    assert _read(reader, '{"a": 3, "s": {"z": [{"q": "x"}, null]}}', '{"b": null}') == (
        [3, None],
        [0, 1],
    )


def test_what_is_not_declared_and_of_another_type_than_before_is_left(reader: ArrowLines) -> None:
    assert _read(reader, '{"a": 1, "b": 2}', '{"a": 2, "b": "x"}', '{"a": 3}') == ([1, 3], [0, 2])


def test_keys_without_end_are_not_learnt(
    reader: ArrowLines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_arrow, "_MAX_LEARNT", 3)
    lines = [json.dumps({"a": number, f"k{number}": 1}) for number in range(5)]
    assert _read(reader, *lines) == ([0, 1, 2], [0, 1, 2])


def test_reading_is_given_up_where_many_lines_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_arrow, "_FEW", 1)
    reader = ArrowLines(_DECLARED, str.lower)
    lines = ['{"a": 1}', '{"a": "x"}', '{"a": "x"}', '{"a": "x"}', *['{"a": 4}'] * 12]
    assert _read(reader, *lines) == ([1], [0])

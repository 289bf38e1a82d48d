"""Text SerDes: whole columns at once and line by line give the same rows."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.athena.errors import QueryError
from sandbox.athena.hive.types import Column, parse_hive_type
from sandbox.athena.storage.serdes import vectors
from sandbox.athena.storage.serdes.delimited import LazySimpleSerde, OpenCsvSerde, RegexSerde
from tests.sandbox.athena.storage.serdes.outcomes import outcome

_SCALARS = (
    "string; varchar(3); tinyint; smallint; int; bigint; double; float; decimal(10,2); "
    "decimal(38,10); boolean; date; timestamp; binary"
)
_NESTED = (
    "array<int>; map<string,bigint>; struct<a:int,b:string>; array<struct<x:date,y:double>>; "
    "map<int,array<string>>; struct<p:array<decimal(4,1)>,q:map<string,string>>"
)
_TEXTS = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                "\\N",
                "0",
                "-0",
                "+5",
                "007",
                " 5",
                "5 ",
                "1e3",
                "1.5",
                "-1.125",
                ".5",
                "5.",
                "٣",
            ),
            *("127", "128", "32768", "-2147483648", "2147483648", "9223372036854775808", "1_000"),
            *(
                "NaN",
                "Infinity",
                "inf",
                "1e400",
                "1.5f",
                "3.4e38",
                "3.5e38",
                "0x1F",
                "99999999.995",
            ),
            *(
                "12345678901234567890123456789.0123456789",
                "0.00000000005",
                "1234567890.123456789012",
            ),
            *("true", "TRUE", "False", "t", "1", "yes", "null", "NULL", "x" * 5, "é€😀x", "\0"),
            *("2024-01-31", "2024-02-30", "2024-1-5", "0000-01-01", "0001-01-01", "12024-01-01"),
            *("2024-01-31 10:11:12", "2024-01-31T10:11:12.5", "2024-01-31 24:00:00", "infinity"),
            *("2024-01-31 10:11:12.123456789", "0001-01-01 (BC)", "2024-01-31 10:11", "epoch"),
            *("0001-01-01 00:00:00 (BC)", "2024-01-31 10:11:60", "19000", "2932897", "-719163"),
            *("1700000000000", "253402300800000", "a:1", "a\x031\x02b\x032", "a\x031\x02a\x032"),
            *("1\x022\x02", "\x02", "1\x03x", "\x031", "1\x04x\x022024-01-05\x031.5", "\\N\x031"),
        ]
    ),
    st.text("0123456789-.:+eT abé", max_size=12),
)


def _columns(kinds: str) -> tuple[Column, ...]:
    return tuple(
        Column(f"c{index}", parse_hive_type(kind)) for index, kind in enumerate(kinds.split("; "))
    )


def _both(serde: Any, data: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "SMALL", -1)
        assert outcome(serde.decode, data) == outcome(serde.decode_carefully, data)


def _line(fields: list[str], by: str, wrap: Callable[[str], str] = str) -> str:
    return by.join(wrap(field) for field in fields)


_ENDS = st.sampled_from(["\n", "\r\n", "\n\n", "\r"])


@given(
    st.lists(st.tuples(st.lists(_TEXTS, max_size=16), _ENDS), min_size=1, max_size=6),
    st.sampled_from([_SCALARS, _NESTED, "int", "string"]),
    st.sampled_from(
        [
            {},
            {"escape.delim": "\\"},
            {"serialization.null.format": ""},
            {"serialization.last.column.takes.rest": "true"},
            {"field.delim": "é", "collection.delim": ":"},
        ]
    ),
    st.sampled_from([b"", b"\xff", b"\\\x01x"]),
)
def test_delimited_text_reads_alike(
    lines: list[tuple[list[str], str]],
    kinds: str,
    properties: dict[str, str],
    more: bytes,
) -> None:
    by = properties.get("field.delim", "\x01")
    text = "".join(_line(fields, by) + end for fields, end in lines)
    _both(LazySimpleSerde(_columns(kinds), properties), text.encode() + more)


_QUOTED = st.one_of(
    _TEXTS.map(lambda text: f'"{text}"'),
    _TEXTS,
    st.text('",\\ab1', max_size=8),
    st.sampled_from(['"a,b"', '"a""b"', '"a\\"b"', 'a"b', '"a"b', '"open', "\\", '""', "\\,"]),
)


@given(
    st.lists(st.tuples(st.lists(_QUOTED, max_size=15), _ENDS), min_size=1, max_size=8),
    st.sampled_from([_SCALARS, "string; string", "int", "date; timestamp; bigint; string"]),
    st.sampled_from(
        [
            {},
            {"quoteChar": "'"},
            {"escapeChar": '"'},
            {"separatorChar": "\t"},
            {"separatorChar": "\\t", "quoteChar": "|"},
        ]
    ),
    st.sampled_from([b"", b"\xff,\xfe"]),
)
@example([(['"open'], "\r")], _SCALARS, {}, b"")
@example([(['"2024-01-31"', '"2024-01-31 10:11:12"'], "\n")], "date; timestamp", {}, b"")
def test_quoted_text_reads_alike(
    lines: list[tuple[list[str], str]],
    kinds: str,
    properties: dict[str, str],
    more: bytes,
) -> None:
    by = "\t" if properties.get("separatorChar") else ","
    text = "".join(_line(fields, by) + end for fields, end in lines)
    _both(OpenCsvSerde(_columns(kinds), properties), text.encode() + more)


@given(
    st.lists(
        st.tuples(_TEXTS | st.text("a \t\x0b\u0661é0", max_size=4), _TEXTS, _ENDS), max_size=8
    ),
    st.sampled_from(
        [
            r"\[([^\]]*)\] ([^ ]*)(?: (\d+))?.*",
            r"\[(.*?)\]\s(-?[\d.]+|)(\S*)",
            r"(\W)(\w*)[\s\-\]]*(.*)",
            r"\[((?:[^\]\\]|\\.){0,3})(\]? ?)(.+)?",
            r"\[(?!x)(.*)\] (.++)()",
        ]
    ),
)
def test_text_by_a_regular_expression_reads_alike(
    lines: list[tuple[str, str, str]], pattern: str
) -> None:
    text = "".join(f"[{first}] {second}{end}" for first, second, end in lines)
    serde = RegexSerde(_columns("string; decimal(10,2); bigint"), {"input.regex": pattern})
    _both(serde, text.encode())


@pytest.mark.parametrize("pattern", ["([a-z&&[^b]])", "([a[0-9]])", r"\[([^\[[:alpha:]])"])
def test_a_class_within_a_class_is_refused(pattern: str) -> None:
    with pytest.raises(QueryError, match="class of signs within a class"):
        RegexSerde(_columns("string"), {"input.regex": pattern})


@pytest.mark.parametrize("pattern", [r"([a&b])", r"\[([^\[\]]*)\]", r"([^\\\[]*)", r"([\]a])"])
def test_a_class_may_hold_brackets_and_ampersands(pattern: str) -> None:
    RegexSerde(_columns("string"), {"input.regex": pattern})

"""Blocks of flat JSON lines that differ in their values only, read by where their quotes are.

A program writes all of a line but its values alike: keys, colons, commas, spaces. Where the quotes of
a block are, these constant parts are compared, eight bytes at a time; what lies between them are the
values. With DuckDB's parser and an expression (`json_templates`) the same takes half as long again.
A block with anything else in it, were it one escaped character, is left to these.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.athena.hive.types import HiveType
from sandbox.athena.storage.serdes import vectors
from sandbox.athena.storage.serdes.json_templates import BOOLEAN, NUMBER, WHOLE, matches

_QUOTE, _SPACE = b'" '
_WORD = 8  # bytes that are compared at a time
_MEMBER = re.compile(r'([{,] ?"([^"\\]*)": ?)("[^"\\]*"|[^"\\\s,{}\[\]]+)')
# By the declared type, what may stand without quotes.
_BARE = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), WHOLE),
    **dict.fromkeys(("double", "float"), NUMBER),
    "boolean": BOOLEAN,
}
_TEXTS = {"string", "varchar", "char", "date", "timestamp"}


@dataclass(frozen=True)
class _Slot:
    """A place of a line where a value stands.

    Attributes:
        column: the declared column's place; None where none is declared.
        kind: its type.
        pattern: what must stand there; None between quotes, where any text may.
    """

    column: int | None
    kind: HiveType
    pattern: str | None

    def values(self, texts: pa.Array) -> pa.Array | None:
        """Convert what is written there; None where that is not certain."""
        if self.pattern and not pc.all(matches(self.pattern, texts)).as_py():
            return None
        return vectors.of_texts(texts, self.kind)


@dataclass(frozen=True)
class Skeleton:
    """The constant parts of lines, and what stands between them.

    Attributes:
        kinds: of the declared columns.
        slots: in the order of a line.
        parts: the constant part before each slot; the first is the end of a line and the start of
            the next.
        end: the end of a line, with which `parts[0]` begins.
    """

    kinds: tuple[HiveType, ...]
    slots: tuple[_Slot, ...]
    parts: tuple[bytes, ...]
    end: bytes

    @classmethod
    def of(
        cls, line: str, columns: Mapping[str, HiveType], fold: Callable[[str], str]
    ) -> "Skeleton | None":
        """Make it of a line; None of one that is not flat, or has values that are not read here.

        Args:
            line: an object in JSON in which no declared key comes twice.
            columns: the declared types by folded key.
            fold: makes of a key what is compared.
        """
        slots, parts, constant, at = [], [], "", 0
        names = list(columns)
        while found := _MEMBER.match(line, at):
            start, key, value = found.groups()
            quote = '"' if value.startswith('"') else ""
            name = fold(key)
            kind = columns.get(name, HiveType("string"))
            bare = _BARE.get(kind.kind)
            if name not in columns:
                bare = f"{NUMBER}|{BOOLEAN}|null"
            if not (kind.kind in _TEXTS if quote else bare):
                return None
            column = names.index(name) if name in columns else None
            slots.append(_Slot(column, kind, None if quote else f"^(?:{bare})$"))
            parts.append(f"{constant}{start}{quote}".encode())
            constant, at = quote, found.end()
        if not line.startswith("{") or line[at:].removesuffix("\n") != "}":
            return None
        end = f"{constant}}}\n".encode()
        return cls(tuple(columns.values()), tuple(slots), (end + parts[0], *parts[1:]), end)

    def read(self, block: bytes) -> list[pa.Array] | None:
        """Give the declared columns' values of all lines; None where a line may differ."""
        if b"\\" in block:
            return None
        # A line's end before them and a start behind them, so that all are alike; and words may be
        # read beyond that.
        whole = self.end + block + b"\n" + self.parts[0].removeprefix(self.end)
        padded = whole + bytes(max(map(len, self.parts)) + _WORD)
        data = np.frombuffer(padded, np.uint8, len(whole))
        is_quote = data == _QUOTE
        counts = [part.count(b'"') for part in self.parts]
        lines, rest = divmod(int(np.count_nonzero(is_quote)) - counts[0], sum(counts))
        # No other control characters than the lines' ends: none in a value.
        if rest or lines < 1 or np.count_nonzero(data < _SPACE) != lines + 1:
            return None
        quotes = np.flatnonzero(is_quote)
        offsets = self._offsets(padded, quotes, counts, lines)
        if offsets is None:
            return None
        pieces = pa.Array.from_buffers(
            pa.string(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(padded)]
        )
        table = [pa.nulls(lines, kind.arrow()) for kind in self.kinds]
        for place, slot in enumerate(self.slots):
            at = np.arange(2 * place, len(pieces), 2 * len(self.slots))
            if slot.column is not None or slot.pattern:
                values = slot.values(pieces.take(pa.array(at)))
                if values is None:
                    return None
                if slot.column is not None:
                    table[slot.column] = values
        return table

    def _offsets(
        self, padded: bytes, quotes: np.ndarray, counts: list[int], lines: int
    ) -> np.ndarray | None:
        """Tell where each value begins and ends, line by line; None where a part is another."""
        words = np.ndarray((len(padded) - _WORD + 1,), "<u8", padded, strides=(1,))
        offsets = np.empty(2 * len(counts) * lines + 1, np.int32)
        bounds = offsets[:-1].reshape(lines, -1)
        seen = 0
        for place, part in enumerate(self.parts):
            begins = quotes[seen :: sum(counts)] - part.index(b'"')
            seen += counts[place]
            if not _are(words, begins, part):
                return None
            bounds[:, 2 * place] = begins[:lines] + len(part)
            # A value ends where the next part begins; the last one's is in the next line.
            bounds[:, 2 * place - 1] = begins if place else begins[1:]
        offsets[-1] = offsets[-2]
        # Arrow takes them as they are.
        return offsets if (np.diff(offsets) >= 0).all() else None


def _are(words: np.ndarray, begins: np.ndarray, part: bytes) -> bool:
    """Tell whether the same bytes begin in all these places."""
    for start in range(0, len(part), _WORD):
        piece = part[start : start + _WORD]
        mask = np.uint64((1 << 8 * len(piece)) - 1)
        wanted = np.uint64(int.from_bytes(piece, "little"))
        if ((words[begins + start] & mask) != wanted).any():
            return False
    return True

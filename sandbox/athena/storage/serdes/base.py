"""What all line-wise SerDes share: the lines of a file in, typed Arrow tables out."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import numpy as np
import pyarrow as pa

from sandbox.athena.hive.types import Column

NEWLINE = 10


@dataclass
class Faults:
    """What of a file can't be read.

    Athena decodes only the columns a query names, so a value that doesn't fit fails just those
    queries; a line that can't be split into fields at all fails each of them.

    Attributes:
        fatal: the reason that the whole file can't be read, with Athena's error name in front.
        columns: column name to the same, for the first bad value of that column.
    """

    fatal: str | None = None
    columns: dict[str, str] = field(default_factory=dict)


class FatalLineError(Exception):
    """A line that can't be read; `str()` begins with Athena's error name."""


@dataclass(frozen=True)
class Block:
    """Whole lines of one file. `first_line` counts from 1; the last newline is cut off."""

    data: bytes
    first_line: int
    uri: str

    @cached_property
    def text(self) -> bytes:
        """The lines as UTF-8; as in Java, bytes that are not UTF-8 become U+FFFD."""
        data = self.data
        if not data.isascii():
            try:
                data.decode("utf-8")
            except UnicodeDecodeError:
                data = data.decode("utf-8", errors="replace").encode()
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").removesuffix(b"\r")
        return data

    def lines(self) -> list[str]:
        """The lines one by one."""
        return self.text.decode("utf-8").split("\n")

    def column(self, *, newlines: bool = True) -> pa.Array:
        """The lines as an array, each but the last with its newline if these may stay."""
        data = self.text
        breaks = np.flatnonzero(np.frombuffer(data, np.uint8) == NEWLINE)
        ends = np.append(breaks + 1, len(data))
        if not newlines:
            ends -= np.minimum(np.arange(1, len(ends) + 1), len(breaks))
            data = data.translate(None, b"\n")
        offsets = np.concatenate([[0], ends]).astype(np.int32)
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
        return pa.Array.from_buffers(pa.string(), len(ends), buffers)


class LineSerde(ABC):
    """Reads lines as rows; threads may do so at the same time."""

    def for_next_file(self) -> Self:
        """Give one for another file of the table, which begins with what this one learnt."""
        return self

    @abstractmethod
    def decode(self, block: Block, faults: Faults) -> pa.Table:
        """Read a block; a value that doesn't fit becomes NULL and is noted in `faults`.

        Raises:
            FatalLineError: a line can't be read at all.
        """


def schema_of(columns: tuple[Column, ...]) -> pa.Schema:
    """Give the Arrow schema of the declared columns."""
    return pa.schema([pa.field(column.name, column.type.arrow()) for column in columns])


def to_table(columns: tuple[Column, ...], rows: list[list[object]]) -> pa.Table:
    """Make an Arrow table of rows whose values already are of the declared types."""
    if not columns:
        return pa.table({"__row": pa.nulls(len(rows), pa.int8())})
    arrays = [
        pa.array([row[index] for row in rows], type=column.type.arrow())
        for index, column in enumerate(columns)
    ]
    return pa.Table.from_arrays(arrays, schema=schema_of(columns))

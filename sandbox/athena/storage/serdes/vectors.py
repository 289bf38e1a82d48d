"""Whole columns at once, by DuckDB: the regular values here, the others one by one by the SerDe.

An expression comes in two: SQL of the value, and SQL that is true where this value is certainly the
one that the SerDe's own reading gives. What is not certain is read again, value by value.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from typing import TypeVar

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.athena.hive.types import HiveType

SMALL = 16 << 10  # bytes of text up to which preparing a query takes longer than reading them

_MEMORY_LIMIT = "200MB"
_FLOAT = r"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?)"
_TIMESTAMP = r"[1-9]\d{3}-\d\d-\d\d[ T]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?"

# The length of a date or timestamp that is whole, and the first of those that are read by columns.
_FIRST = {"date": (10, date(1, 1, 1)), "timestamp": (19, datetime(1000, 1, 1))}  # noqa: DTZ001

Expressions = tuple[str, str]
_Rows = TypeVar("_Rows", pa.Array, pa.Table)


class Query:
    """A query over one table `given`, planned once and run over many tables, in their rows' order.

    Planning costs as much as reading a megabyte. Threads may run it at the same time.
    """

    def __init__(self, sql: str) -> None:
        self._sql = sql
        self._idle: list[tuple[duckdb.DuckDBPyConnection, _Given]] = []

    def run(self, table: pa.Table) -> pa.Table:
        """Run over one table; all tables have the same columns."""
        try:
            connection, given = self._idle.pop()
        except IndexError:  # all are at work in other threads
            connection, given = self._planned(table)
        given.table = table
        found = connection.sql("EXECUTE planned").to_arrow_table().combine_chunks()
        given.table = table.slice(0, 0)  # what was read is free
        self._idle.append((connection, given))
        return found

    def _planned(self, table: pa.Table) -> tuple[duckdb.DuckDBPyConnection, "_Given"]:
        connection, given = _database().cursor(), _Given(table)
        connection.register("given", given)
        connection.execute(f"PREPARE planned AS {self._sql}")
        return connection, given


class _Given:
    """The table that a planned query reads next."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


@cache
def _database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "threads": "1",  # each thread that decodes runs its own query
            "memory_limit": _MEMORY_LIMIT,
            "temp_directory": "",
        },
    )


def quoted(text: str) -> str:
    """Write a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def named(name: str) -> str:
    """Write a name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def all_of(conditions: Sequence[str]) -> str:
    """Join conditions of which each must be true."""
    return " AND ".join(item for item in conditions if item != "true") or "true"


def from_text(text: str, kind: HiveType) -> Expressions:
    """Convert a text to a primitive type as Hive's text SerDes do."""
    name = kind.kind
    if name in {"string", "varchar", "char"}:
        return (f"left({text}, {kind.parameters[0]})" if kind.parameters else text), "true"
    value = f"TRY_CAST({text} AS {kind.duckdb()})"
    if name in {"tinyint", "smallint", "int", "bigint"}:
        return value, unless_null(text, f"CAST({value} AS VARCHAR) = {text}")
    if name in {"double", "float"}:
        value = f"TRY_CAST({text} AS DOUBLE)"
        if name == "float":
            value = f"TRY_CAST({value} AS REAL)"
        return value, unless_null(
            text, f"regexp_full_match({text}, '{_FLOAT}') AND isfinite({value})"
        )
    if name == "decimal":
        plain = f"regexp_full_match({text}, '-?\\d+(\\.\\d+)?')"
        return value, unless_null(text, f"{plain} AND {value} IS NOT NULL")
    if name == "boolean":
        return f"lower({text}) = 'true'", unless_null(text, f"lower({text}) IN ('true', 'false')")
    if name == "date":
        same = f"CAST({value} AS VARCHAR) = {text} AND strlen({text}) = 10"
        return value, unless_null(text, same)
    if name == "timestamp":
        plain = f"regexp_full_match({text}, '{_TIMESTAMP}')"
        return value, unless_null(text, f"{plain} AND {value} IS NOT NULL")
    return f"CAST(NULL AS {kind.duckdb()})", f"{text} IS NULL"


def of_texts(texts: pa.Array, kind: HiveType) -> pa.Array | None:
    """Convert a column of texts as Hive's text SerDes do, by Arrow alone.

    Returns:
        The values; None where there is a text of which Arrow may make something else, or nothing.
    """
    name, target = kind.kind, kind.arrow()
    if name in {"string", "varchar", "char"}:
        return pc.utf8_slice_codeunits(texts, 0, kind.parameters[0]) if kind.parameters else texts
    if name == "boolean":
        values = pc.utf8_lower(texts)
        known = pc.is_in(values, pa.array(["true", "false", None]))
        return pc.equal(values, "true") if pc.all(known).as_py() else None
    try:
        if name in {"tinyint", "smallint", "int", "bigint"}:
            data = bytes(texts.buffers()[2] or b"")
            # Arrow reads 0x1F, too.
            return None if b"x" in data or b"X" in data else pc.cast(texts, target)
        if name in {"double", "float"}:
            values = pc.cast(texts, pa.float64())
            if is_finite(values):
                return values.cast(target, safe=False)
        if name in _FIRST:
            # Of what Arrow reads, only times without seconds or without a day are shorter.
            length, first = _FIRST[name]
            values = pc.cast(texts, target)
            whole = pc.greater_equal(pc.binary_length(texts), length)
            late = pc.greater_equal(values, pa.scalar(first, target))
            return values if pc.all(pc.and_(whole, late)).as_py() is not False else None
    except pa.ArrowInvalid:
        pass
    return None


def is_finite(values: pa.Array | pa.ChunkedArray) -> bool:
    """Tell whether all numbers in an array are finite, however deep they are."""
    values = array_of(values)
    if pa.types.is_floating(values.type):
        return bool(pc.all(pc.is_finite(values), min_count=0).as_py())
    if pa.types.is_struct(values.type):
        return all(map(is_finite, values.flatten()))
    if pa.types.is_map(values.type):
        return is_finite(values.items)
    return not pa.types.is_list(values.type) or is_finite(values.flatten())


def unless_null(value: str, condition: str) -> str:
    """Give a condition that is true of NULL, and never NULL itself."""
    return f"coalesce({value} IS NULL OR ({condition}), false)"


def struct_of(names: Sequence[str], fields: Sequence[Expressions]) -> str:
    """Make a struct of the fields' values."""
    pairs = zip(names, fields, strict=True)
    return f"struct_pack({', '.join(f'{named(name)} := {value}' for name, (value, _) in pairs)})"


def places(values: pa.Array) -> np.ndarray:
    """Tell where an array is not NULL."""
    return np.flatnonzero(pc.is_valid(values).to_numpy(zero_copy_only=False))


def replaced(values: _Rows, at: np.ndarray, others: _Rows) -> _Rows:
    """Put `others` in the places `at` of an array or a table."""
    order = np.arange(len(values))
    order[at] = len(values) + np.arange(len(at))
    if isinstance(values, pa.Table):
        return pa.concat_tables([values, others]).take(pa.array(order)).combine_chunks()
    return pa.concat_arrays([values, others]).take(pa.array(order))


def mended(
    values: pa.Array,
    doubtful: pa.Array,
    kind: HiveType,
    read: Callable[[str], object],
    failed: Callable[[int, str, ValueError], None] | None = None,
) -> pa.Array:
    """Read again, one by one, the values that are not certain.

    Args:
        values: of a whole column.
        doubtful: the texts that are to be read again, NULL in all other places.
        kind: the column's type.
        read: reads one text; a ValueError makes the value NULL.
        failed: told of the first place of each text that cannot be read, and why.
    """
    values, doubtful = array_of(values).cast(kind.arrow()), array_of(doubtful)
    at = places(doubtful)
    if not len(at):
        return values
    texts = doubtful.take(pa.array(at)).dictionary_encode()
    indices = texts.indices.to_numpy()
    known: list[object] = []
    for index, text in enumerate(texts.dictionary.to_pylist()):
        try:
            known.append(read(text))
        except ValueError as error:
            known.append(None)
            if failed is not None:
                failed(int(at[np.argmax(indices == index)]), text, error)
    others = pa.array(known, type=kind.arrow()).take(texts.indices)
    return replaced(values, at, others)


def array_of(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Give a column as one array."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

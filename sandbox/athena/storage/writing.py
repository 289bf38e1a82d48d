"""Rows as files in a table's format: what CREATE TABLE AS SELECT, INSERT and UNLOAD leave."""

import base64
import datetime as dt
import gzip
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.orc as po
import pyarrow.parquet as pq

from sandbox.athena.errors import QueryError
from sandbox.athena.hive.catalog import Storage
from sandbox.athena.hive.model import LAZY_SIMPLE, STORED_AS
from sandbox.athena.hive.types import Column, HiveType
from sandbox.athena.numbers import java_double
from sandbox.athena.storage.serdes.delimited import separator

_MOST_WRITERS = 100  # partitions and buckets that Athena writes at once
_DEFAULT_PARTITION = "__HIVE_DEFAULT_PARTITION__"
_UNSAFE = frozenset("\"#%'*/:=?\\{[]^\x7f") | {chr(code) for code in range(1, 32)}
# Codecs by format; the first is the default ("write_compression" in the user guide).
_CODECS: dict[str, tuple[str, ...]] = {
    "PARQUET": ("GZIP", "SNAPPY", "ZSTD", "LZ4", "NONE"),
    "ORC": ("ZLIB", "SNAPPY", "ZSTD", "LZ4", "NONE"),
    "TEXTFILE": ("GZIP", "NONE"),
    "JSON": ("GZIP", "NONE"),
    "CSV": ("GZIP", "NONE"),
}
_OPENX = "org.openx.data.jsonserde.JsonSerDe"
_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
_BY_SERDE = {
    STORED_AS["PARQUET"][2]: "PARQUET",
    STORED_AS["ORC"][2]: "ORC",
    LAZY_SIMPLE: "TEXTFILE",
    STORED_AS["JSONFILE"][2]: "JSON",
    "org.apache.hadoop.hive.serde2.JsonSerDe": "JSON",
    _OPENX: "JSON",
    _CSV: "CSV",
}


@dataclass(frozen=True)
class FileFormat:
    """How rows are written.

    Attributes:
        name: PARQUET, ORC, TEXTFILE, JSON or CSV.
        codec: of the compression; NONE for none.
        parameters: the SerDe's, such as field.delim.
    """

    name: str
    codec: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def storage(self) -> dict[str, Any]:
        """What a Glue StorageDescriptor says of the format."""
        made = STORED_AS["JSONFILE" if self.name == "JSON" else self.name]
        parameters = {"serialization.format": "1", **self.parameters}
        return {
            "InputFormat": made[0],
            "OutputFormat": made[1],
            "SerdeInfo": {"SerializationLibrary": made[2], "Parameters": parameters},
        }

    @property
    def suffix(self) -> str:
        """How names of its files end."""
        if self.name in {"PARQUET", "ORC"}:
            return f".{self.name.lower()}"
        return ".gz" if self.codec == "GZIP" else ""


def named_format(name: str, codec: str = "", delimiter: str = "") -> FileFormat:
    """The format of CTAS and UNLOAD options.

    Raises:
        QueryError: it is not written, or not with this codec.
    """
    name = name.upper()
    if name not in _CODECS or name == "CSV":
        known = ", ".join(sorted(set(_CODECS) - {"CSV"}))
        raise QueryError(
            "NOT_SUPPORTED", f"The embedded Athena does not write {name}: it writes {known}"
        )
    parameters = {}
    if name == "TEXTFILE":
        delimiter = delimiter or "\x01"
        parameters = {"field.delim": delimiter, "serialization.format": delimiter}
    return FileFormat(name, _codec(name, codec), parameters)


def _codec(name: str, wanted: str) -> str:
    codec = wanted.upper() or _CODECS[name][0]
    codec = {"DEFLATE": "ZLIB", "UNCOMPRESSED": "NONE", "GZ": "GZIP"}.get(codec, codec)
    if codec not in _CODECS[name]:
        raise QueryError(
            "NOT_SUPPORTED", f"The embedded Athena does not write {name} with {codec} compression"
        )
    return codec


def format_of(storage: Storage, parameters: Mapping[str, str]) -> FileFormat:
    """The format that INSERT writes into a table.

    Raises:
        QueryError: it is not written.
    """
    name = _BY_SERDE.get(storage.serde)
    if name is None:
        raise QueryError(
            "NOT_SUPPORTED",
            f"The embedded Athena does not insert into tables with the SerDe '{storage.serde}'",
        )
    codec = parameters.get("write.compression") or parameters.get(
        f"{name.lower()}.compress", parameters.get("parquet.compression", "")
    )
    return FileFormat(name, _codec(name, codec), storage.serde_parameters)


@dataclass(frozen=True)
class WrittenFile:
    """A file of rows: its partition's values (none: no partition) and how many rows."""

    path: Path
    values: tuple[str, ...]
    rows: int


class _Writer(Protocol):
    def write(self, rows: pa.Table) -> None:
        """Write more rows."""

    def close(self) -> None:
        """Finish the file."""


def write_files(
    batches: Iterable[pa.RecordBatch],
    columns: Sequence[Column],
    names: Sequence[str],
    file_format: FileFormat,
    folder: Path,
    *,
    keys: Sequence[str] = (),
    buckets: tuple[Sequence[str], int] = ((), 0),
) -> list[WrittenFile]:
    """Write rows into local files, one for each partition and bucket.

    Args:
        batches: of the query.
        columns: of the table, its partition keys last; a column not named is NULL.
        names: of the query's columns, in their order.
        file_format: how they are written.
        folder: where the files go.
        keys: the partition keys among the columns.
        buckets: columns that rows are spread by, and over how many files.

    Raises:
        QueryError: a value does not fit its column, or there are too many partitions.
    """
    schema = pa.schema([pa.field(column.name, column.type.arrow()) for column in columns])
    stored = [column for column in columns if column.name not in keys]
    made: dict[tuple[tuple[str, ...], int], tuple[_Writer, Path]] = {}
    counts: dict[tuple[tuple[str, ...], int], int] = {}
    with ExitStack() as stack:
        for batch in batches:
            rows = _as_declared(batch, schema, names)
            for place, part in _placed(rows, columns, keys, buckets):
                if place not in made:
                    if len(made) >= _MOST_WRITERS:
                        raise QueryError(
                            "HIVE_TOO_MANY_OPEN_PARTITIONS",
                            f"Exceeded limit of {_MOST_WRITERS} open writers for partitions/buckets.",
                        )
                    path = folder / f"{uuid.uuid4().hex}{file_format.suffix}"
                    made[place] = _open(path, stored, file_format), path
                    stack.callback(made[place][0].close)
                made[place][0].write(part)
                counts[place] = counts.get(place, 0) + part.num_rows
    return [WrittenFile(path, place[0], counts[place]) for place, (_, path) in made.items()]


def _as_declared(batch: pa.RecordBatch, schema: pa.Schema, names: Sequence[str]) -> pa.Table:
    arrays = [
        _fitted(batch.column(names.index(item.name)), item)
        if item.name in names
        else pa.nulls(batch.num_rows, item.type)
        for item in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _fitted(array: pa.Array, item: pa.Field) -> pa.Array:
    if array.type == item.type:
        return array
    if pa.types.is_struct(item.type) and array.type.num_fields == item.type.num_fields:
        # By position: the fields of a ROW without names have DuckDB's names.
        parts = [
            _fitted(part, part_field)
            for part, part_field in zip(array.flatten(), item.type, strict=True)
        ]
        return pa.StructArray.from_arrays(parts, fields=list(item.type), mask=array.is_null())
    try:
        return array.cast(item.type)
    except pa.ArrowException as error:
        raise QueryError(
            "TYPE_MISMATCH",
            f"Insert query has mismatched column types: {item.name} is {item.type}, the query "
            f"gives {array.type}",
        ) from error


def _placed(
    rows: pa.Table,
    columns: Sequence[Column],
    keys: Sequence[str],
    buckets: tuple[Sequence[str], int],
) -> Iterator[tuple[tuple[tuple[str, ...], int], pa.Table]]:
    by, number = buckets
    if not rows.num_rows:
        return
    if not keys and not number:
        yield ((), 0), rows
        return
    kinds = {column.name: column.type for column in columns}
    texts = [[_partition_text(v, kinds[key]) for v in rows.column(key).to_pylist()] for key in keys]
    values = list(zip(*texts, strict=True)) if keys else [()] * rows.num_rows
    spread = [0] * rows.num_rows
    if number:
        listed = [rows.column(name).to_pylist() for name in by]
        spread = [_bucket(row, number) for row in zip(*listed, strict=True)]
    places = list(zip(values, spread, strict=True))
    rest = rows.drop_columns(list(keys))
    for place in sorted(set(places)):
        yield place, rest.filter(pa.array([item == place for item in places]))


def _partition_text(value: object, kind: HiveType) -> str:
    """A partition key's value as Trino's HiveWriteUtils writes it into the folder and the catalog."""
    if value is None:
        return _DEFAULT_PARTITION
    if kind.children or isinstance(value, bytes):
        raise QueryError("NOT_SUPPORTED", f"Unsupported type for partition: {kind.athena()}")
    text = hive_text(value, kind)
    if isinstance(value, dt.datetime):
        text = str(value).rstrip("0") if value.microsecond else str(value)
    elif isinstance(value, float):
        text = java_double(value, single=kind.kind == "float")
    elif isinstance(value, Decimal):
        text = format(value.normalize(), "f")
    elif kind.kind == "char":
        text = text.ljust(kind.parameters[0])
    if not (text.isascii() and (text.isprintable() or not text)):
        raise QueryError(
            "HIVE_INVALID_PARTITION_VALUE",
            "Hive partition keys can only contain printable ASCII characters (0x20 - 0x7E). "
            f"Invalid value: {text.encode().hex(' ').upper()}",
        )
    return text


def partition_folder(keys: Sequence[str], values: Sequence[str]) -> str:
    """The folder of a partition, `key=value/...`, with what a path cannot hold escaped."""
    parts = []
    for key, value in zip(keys, values, strict=True):
        safe = "".join(f"%{ord(char):02X}" if char in _UNSAFE else char for char in value)
        parts.append(f"{key}={safe}")
    return "/".join(parts)


def _bucket(row: Sequence[object], number: int) -> int:
    """Hive's bucket of a row."""
    result = 0
    for value in row:
        if isinstance(value, bool) or value is None:
            code = int(value or 0)
        elif isinstance(value, int):
            code = value if -(1 << 31) <= value < 1 << 31 else value ^ (value >> 32)
        else:
            code = 0
            for byte in str(value).encode():
                code = code * 31 + (byte - 256 if byte > 127 else byte)  # noqa: PLR2004 - signed
        result = (result * 31 + code) & 0xFFFFFFFF
    return (result & 0x7FFFFFFF) % number


# Files


def _open(path: Path, columns: Sequence[Column], file_format: FileFormat) -> _Writer:
    schema = pa.schema([pa.field(column.name, column.type.arrow()) for column in columns])
    codec = file_format.codec
    if file_format.name == "PARQUET":
        parquet: _Writer = pq.ParquetWriter(
            path, schema, compression=codec, use_deprecated_int96_timestamps=True
        )
        return parquet
    if file_format.name == "ORC":
        orc: _Writer = po.ORCWriter(
            str(path), compression="uncompressed" if codec == "NONE" else codec.lower()
        )
        return orc
    line = {"JSON": _json_line, "CSV": _csv_line}.get(file_format.name, _text_line)
    return _Lines(path, columns, line(columns, file_format.parameters), codec)


class _Lines:
    """A file of text, a row a line."""

    def __init__(
        self, path: Path, columns: Sequence[Column], line: Callable[[list[Any]], str], codec: str
    ) -> None:
        self._file: IO[bytes] = (
            gzip.GzipFile(path, "wb", compresslevel=6) if codec == "GZIP" else path.open("wb")  # type: ignore[assignment]
        )
        self._columns = columns
        self._line = line

    def write(self, rows: pa.Table) -> None:
        listed = [rows.column(column.name).to_pylist() for column in self._columns]
        text = "".join(self._line(list(row)) + "\n" for row in zip(*listed, strict=True))
        self._file.write(text.encode())

    def close(self) -> None:
        self._file.close()


def _text_line(
    columns: Sequence[Column], parameters: Mapping[str, str]
) -> Callable[[list[Any]], str]:
    """Lines as LazySimpleSerDe reads them."""
    first = parameters.get("field.delim") or parameters.get("serialization.format") or "\x01"
    marks = [
        separator(first),
        separator(
            parameters.get("collection.delim") or parameters.get("colelction.delim") or "\x02"
        ),
        separator(parameters.get("mapkey.delim") or "\x03"),
        *map(chr, range(4, 9)),
    ]
    escape = parameters.get("escape.delim")
    null = parameters.get("serialization.null.format", "\\N")

    def text(value: Any, kind: HiveType, depth: int) -> str:
        if value is None:
            return null
        mark = marks[min(depth, len(marks) - 1)]
        if kind.kind == "array":
            return mark.join(text(item, kind.children[0], depth + 1) for item in value)
        if kind.kind == "struct":
            return mark.join(
                text(value[name], child, depth + 1)
                for name, child in zip(kind.names, kind.children, strict=True)
            )
        if kind.kind == "map":
            inner = marks[min(depth + 1, len(marks) - 1)]
            key, item = kind.children
            return mark.join(
                f"{text(k, key, depth + 2)}{inner}{text(v, item, depth + 2)}" for k, v in value
            )
        written = hive_text(value, kind)
        if escape:
            for char in (escape, *marks[: depth + 1]):
                written = written.replace(char, escape + char)
        return written

    return lambda row: marks[0].join(
        text(value, column.type, 1) for value, column in zip(row, columns, strict=True)
    )


def _csv_line(
    columns: Sequence[Column], parameters: Mapping[str, str]
) -> Callable[[list[Any]], str]:
    """Lines as OpenCSVSerde reads them: every value quoted, NULL as nothing."""
    mark = separator(parameters.get("separatorChar") or ",")
    quote = separator(parameters.get("quoteChar") or '"')
    escape = separator(parameters.get("escapeChar") or "\\")

    def cell(value: Any, kind: HiveType) -> str:
        if value is None:
            return ""
        if isinstance(value, dt.datetime):
            value = round(value.replace(tzinfo=dt.UTC).timestamp() * 1000)
        elif isinstance(value, dt.date):
            value = (value - dt.date(1970, 1, 1)).days
        text = str(value) if isinstance(value, int) else hive_text(value, kind)
        for char in dict.fromkeys((escape, quote)):
            text = text.replace(char, escape + char)
        return quote + text + quote

    return lambda row: mark.join(
        cell(value, column.type) for value, column in zip(row, columns, strict=True)
    )


def _json_line(
    columns: Sequence[Column],
    parameters: Mapping[str, str],  # noqa: ARG001 - as the other formats
) -> Callable[[list[Any]], str]:
    """Lines of one JSON object."""

    def plain(value: Any, kind: HiveType) -> Any:
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if kind.kind == "array":
            return [plain(item, kind.children[0]) for item in value]
        if kind.kind == "map":
            return {hive_text(k, kind.children[0]): plain(v, kind.children[1]) for k, v in value}
        if kind.kind == "struct":
            return {
                name: plain(value[name], child)
                for name, child in zip(kind.names, kind.children, strict=True)
            }
        if isinstance(value, Decimal):
            return _Digits(value)
        return hive_text(value, kind)

    def line(row: list[Any]) -> str:
        made = {
            column.name: plain(value, column.type)
            for value, column in zip(row, columns, strict=True)
        }
        return json.dumps(made, ensure_ascii=False, separators=(",", ":"))

    return line


class _Digits(float):
    """A decimal that JSON writes with its own digits."""

    def __init__(self, value: Decimal) -> None:
        self._text = format(value, "f")

    def __repr__(self) -> str:
        return self._text


def hive_text(value: Any, kind: HiveType) -> str:
    """Write a value of a type without parts as Hive's text files have it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03d}"
    if isinstance(value, Decimal):
        return format(value, "f")
    if kind.kind == "char":
        return str(value).rstrip()
    return str(value)

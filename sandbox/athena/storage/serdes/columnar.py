"""Parquet and ORC: columns by name, and the declared type wins."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.orc as po
import pyarrow.parquet as pq

from sandbox.athena.hive.types import Column, HiveType
from sandbox.athena.storage.serdes.base import FatalLineError, Faults, schema_of, to_table

_BATCH = 65_536  # rows
_INTEGERS = [pa.int8(), pa.int16(), pa.int32(), pa.int64()]


@dataclass(frozen=True)
class ColumnarFile:
    """An opened Parquet or ORC file.

    Attributes:
        schema: as the file tells it.
        rows: how many.
        column_bytes: lower-case column name to the bytes that reading it takes; empty for ORC.
    """

    source: pq.ParquetFile | po.ORCFile
    schema: pa.Schema
    rows: int
    column_bytes: dict[str, int]


def open_columnar(path: Path, uri: str, *, orc: bool) -> ColumnarFile:
    """Open a file.

    Raises:
        FatalLineError: it is not such a file.
    """
    try:
        if orc:
            stripes = po.ORCFile(path)
            return ColumnarFile(stripes, stripes.schema, stripes.nrows, {})
        parquet = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        kind = "ORC" if orc else "Parquet"
        raise FatalLineError(
            f"HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split {uri}: "
            f"is not a valid {kind} File ({str(error).splitlines()[0]})"
        ) from error
    metadata = parquet.metadata
    sizes: dict[str, int] = {}
    for group in range(metadata.num_row_groups):
        for index in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(index)
            name = chunk.path_in_schema.split(".")[0].lower()
            sizes[name] = sizes.get(name, 0) + chunk.total_compressed_size
    return ColumnarFile(parquet, parquet.schema_arrow, metadata.num_rows, sizes)


def reads_as_declared(file: ColumnarFile, columns: tuple[Column, ...]) -> bool:
    """Tell whether each declared column is there under its name and in its very type."""
    if not isinstance(file.source, pq.ParquetFile) or not columns:
        return False
    folded = [name.lower() for name in file.schema.names]
    if len(set(folded)) != len(folded):
        return False
    return all(
        column.name in file.schema.names
        and file.schema.field(column.name).type == column.type.arrow()
        for column in columns
    )


def conform(
    file: ColumnarFile, columns: tuple[Column, ...], uri: str, faults: Faults
) -> Iterator[pa.Table]:
    """Give the rows in the declared types; a column that can't be is NULL and noted.

    A column that the file doesn't have is NULL.
    """
    names: dict[str, str] = {}
    for name in file.schema.names:
        names.setdefault(name.lower(), name)
    for column in columns:
        physical = names.get(column.name)
        if physical is None:
            continue
        found = file.schema.field(physical).type
        if not _is_compatible(found, column.type) and not _is_narrowed(found, column.type):
            names.pop(column.name)
            faults.columns[column.name] = (
                f"HIVE_BAD_DATA: Field {column.name}'s type {_physical_name(found)} in "
                f"{'ORC' if isinstance(file.source, po.ORCFile) else 'parquet'} file {uri} is "
                f"incompatible with type {column.type.athena()} defined in table schema"
            )
    for batch in _batches(file.source, [names[c.name] for c in columns if c.name in names]):
        if not columns:
            yield to_table((), [[]] * batch.num_rows)
            continue
        arrays = []
        for column in columns:
            target = column.type.arrow()
            if column.name in names:
                found_values = batch.column(names[column.name])
                if _is_narrowed(found_values.type, column.type):
                    found_values = _narrowed(found_values, column, uri, faults)
                arrays.append(_cast(found_values, target))
            else:
                arrays.append(pa.nulls(batch.num_rows, target))
        yield pa.Table.from_arrays(arrays, schema=schema_of(columns))


def _batches(source: pq.ParquetFile | po.ORCFile, names: list[str]) -> Iterator[pa.RecordBatch]:
    if isinstance(source, po.ORCFile):
        for stripe in range(source.nstripes):
            yield source.read_stripe(stripe, columns=names)
        return
    rows = source.metadata.num_rows
    if not names and rows:
        yield pa.record_batch({"__row": pa.nulls(rows, pa.int8())})
        return
    yield from source.iter_batches(batch_size=_BATCH, columns=names)


def _is_narrowed(found: pa.DataType, declared: HiveType) -> bool:
    """Tell a whole number in a wider type than declared, which is read as far as it fits."""
    return found in _INTEGERS and declared.kind in {"tinyint", "smallint", "int"}


def _narrowed(values: pa.Array, column: Column, uri: str, faults: Faults) -> pa.Array:
    try:
        return values.cast(column.type.arrow())
    except pa.ArrowInvalid:
        faults.columns.setdefault(
            column.name,
            f"HIVE_BAD_DATA: A value of column {column.name} in file {uri} is out of range for "
            f"type {column.type.athena()}",
        )
        return pa.nulls(len(values), column.type.arrow())


def _cast(array: pa.Array, target: pa.DataType) -> pa.Array:
    if array.type == target:
        return array
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_timestamp(array.type) and array.type.tz is not None:
        array = array.cast(pa.timestamp(array.type.unit, "UTC")).cast(pa.timestamp(array.type.unit))
    if pa.types.is_nested(target):
        return pa.array(_plain(array), type=target)
    return array.cast(target, safe=False)


def _plain(array: pa.Array) -> list[object]:
    return [_folded(value) for value in array.to_pylist()]


def _folded(value: object) -> object:
    if isinstance(value, dict):
        return {str(name).lower(): _folded(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_folded(item) for item in value]
    return value


def _is_compatible(found: pa.DataType, declared: HiveType) -> bool:  # noqa: C901, PLR0912 - a table of cases
    kind = declared.kind
    if pa.types.is_dictionary(found):
        found = found.value_type
    if kind in {"string", "varchar", "char", "binary"}:
        return bool(
            pa.types.is_string(found)
            or pa.types.is_large_string(found)
            or pa.types.is_binary(found)
            or pa.types.is_large_binary(found)
        )
    if kind in {"tinyint", "smallint", "int", "bigint"}:
        target = declared.arrow()
        if pa.types.is_unsigned_integer(found):
            return bool(found.bit_width < target.bit_width)
        # Parquet stores the three small ones all as INT32.
        if target.bit_width < 32:  # noqa: PLR2004 - bits
            return found in _INTEGERS[:3]
        return found in _INTEGERS[: _INTEGERS.index(target) + 1]
    if kind == "double":
        return found in {pa.float32(), pa.float64()}
    if kind == "decimal":
        return bool(pa.types.is_decimal(found)) and (
            found.precision - found.scale <= declared.parameters[0] - declared.parameters[1]
        )
    if kind == "timestamp":
        return bool(pa.types.is_timestamp(found))
    if kind == "date":
        return bool(pa.types.is_date(found))
    if kind == "array":
        return bool(pa.types.is_list(found) or pa.types.is_large_list(found)) and _is_compatible(
            found.value_type, declared.children[0]
        )
    if kind == "map":
        return (
            bool(pa.types.is_map(found))
            and _is_compatible(found.key_type, declared.children[0])
            and _is_compatible(found.item_type, declared.children[1])
        )
    if kind == "struct":
        if not pa.types.is_struct(found):
            return False
        fields = {field.name.lower(): field.type for field in found}
        return all(
            name not in fields or _is_compatible(fields[name], child)
            for name, child in zip(declared.names, declared.children, strict=True)
        )
    return bool(found == declared.arrow())


def _physical_name(found: pa.DataType) -> str:
    if pa.types.is_string(found) or pa.types.is_large_string(found):
        return "BINARY"
    names: dict[pa.DataType, str] = {
        pa.bool_(): "BOOLEAN",
        pa.int8(): "INT32",
        pa.int16(): "INT32",
        pa.int32(): "INT32",
        pa.int64(): "INT64",
        pa.float32(): "FLOAT",
        pa.float64(): "DOUBLE",
        pa.binary(): "BINARY",
        pa.date32(): "INT32",
    }
    if pa.types.is_timestamp(found):
        return "INT96" if found.unit == "ns" else "INT64"
    return names.get(found, str(found))

"""CREATE TABLE AS SELECT, INSERT INTO and UNLOAD: queries whose rows become objects in S3."""

import re
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sandbox.athena.engine.queries import QueryResult, QueryRunner
from sandbox.athena.errors import QueryError
from sandbox.athena.hive.catalog import Table
from sandbox.athena.hive.types import Column, hive_type
from sandbox.athena.sql.duck import query_error
from sandbox.athena.sql.statements import CreateTableAsSelect, Insert, Options, Unload
from sandbox.athena.storage.objects import ObjectStore

PARQUET_FORMAT = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        "Parameters": {"serialization.format": "1"},
    },
}
_PARQUET_SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"


@dataclass(frozen=True)
class Written:
    """How many rows were written, into which objects, and the bytes read for it."""

    rows: int
    objects: tuple[str, ...]
    scanned: int
    is_unload: bool = False


class Writer:
    """Writes queries' rows as Parquet.

    Args:
        runner: runs the query.
        store: takes the objects.
        output: the folder for tables whose statement gives no location.
    """

    def __init__(self, runner: QueryRunner, store: ObjectStore, output: str) -> None:
        self._runner = runner
        self._store = store
        self._output = output

    def run(self, body: CreateTableAsSelect | Insert | Unload) -> Written:
        """Run a statement that writes."""
        if isinstance(body, CreateTableAsSelect):
            return self.create_table(body)
        return self.insert(body) if isinstance(body, Insert) else self.unload(body)

    def create_table(self, statement: CreateTableAsSelect) -> Written:
        """Run CREATE TABLE AS SELECT.

        Raises:
            QueryError: the table exists, its place isn't empty, or the format isn't Parquet.
        """
        lookup = self._runner.lookup
        database, name = lookup.split(statement.name)
        if lookup.catalog.find_table(database, name) is not None:
            if statement.if_not_exists:
                return Written(0, (), 0)
            raise QueryError(
                "TABLE_ALREADY_EXISTS",
                f"Table 'awsdatacatalog.{database}.{name}' already exists",
            )
        if not lookup.catalog.has_database(database):
            raise QueryError("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist")
        options = statement.options
        _require_parquet(options)
        location = str(options.get("external_location") or "").rstrip("/")
        if not location:
            location = f"{self._output.rstrip('/')}/tables/{uuid.uuid4()}"
        if self._store.exists(location):
            raise QueryError(
                "HIVE_PATH_ALREADY_EXISTS",
                f"Target directory for table '{database}.{name}' "
                f"already exists: {location}. You may need to manually clean the data at this "
                "location before retrying.",
            )
        result = self._runner.run(statement.query)
        columns = _columns(result)
        keys = [key.lower() for key in _listed(options.get("partitioned_by"))]
        if keys != [column.name for column in columns[len(columns) - len(keys) :]]:
            raise QueryError(
                "HIVE_COLUMN_ORDER_MISMATCH",
                f"Partition keys must be the last columns in the table and in the same order as "
                f"the table properties: {keys}",
            )
        plain = columns[: len(columns) - len(keys)]
        raw: dict[str, Any] = {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {
                "EXTERNAL": "TRUE",
                "has_encrypted_data": "false",
                "classification": "parquet",
            },
            "PartitionKeys": [{"Name": c.name, "Type": str(c.type)} for c in columns[len(plain) :]],
            "StorageDescriptor": {
                **PARQUET_FORMAT,
                "Columns": [{"Name": c.name, "Type": str(c.type)} for c in plain],
                "Location": location,
            },
        }
        lookup.catalog.create_table(database, raw)  # type: ignore[arg-type]
        table = lookup.catalog.find_table(database, name)
        if table is None:
            raise QueryError("TABLE_NOT_FOUND", f"Table '{database}.{name}' is gone")
        try:
            return self._write(table, columns, result)
        except BaseException:
            lookup.catalog.drop_table(database, name)
            raise

    def insert(self, statement: Insert) -> Written:
        """Run INSERT INTO, into a Parquet table.

        Raises:
            QueryError: there is no such table, it isn't Parquet, or the columns don't fit.
        """
        lookup = self._runner.lookup
        relation = lookup(statement.name)
        table = relation.table
        if table is None or table.is_view:
            raise QueryError(
                "NOT_SUPPORTED", f"Inserting into {'.'.join(statement.name)} is not supported"
            )
        if table.storage.serde != _PARQUET_SERDE:
            raise QueryError(
                "NOT_SUPPORTED", "The embedded Athena inserts into Parquet tables only"
            )
        columns = (*table.columns, *table.partition_keys)
        result = self._runner.run(statement.query)
        targets = [column.name for column in columns]
        wanted = list(statement.columns) or targets
        unknown = [name for name in wanted if name not in targets]
        if unknown:
            raise QueryError(
                "COLUMN_NOT_FOUND",
                f"Insert column name does not exist in target table: {unknown[0]}",
            )
        if len(wanted) != len(result.columns):
            kinds = [column.type.athena() for column in columns if column.name in wanted]
            raise QueryError(
                "TYPE_MISMATCH",
                f"Insert query has mismatched column types: Table: [{', '.join(kinds)}], "
                f"Query: [{', '.join(result.types)}]",
            )
        return self._write(table, columns, result, wanted)

    def unload(self, statement: Unload) -> Written:
        """Run UNLOAD to Parquet files.

        Raises:
            QueryError: the folder isn't empty, or another format is asked for.
        """
        options = statement.options
        if str(options.get("format", "")).upper() != "PARQUET":
            raise QueryError("NOT_SUPPORTED", "The embedded Athena unloads as PARQUET only")
        if self._store.exists(statement.target):
            raise QueryError(
                "HIVE_PATH_ALREADY_EXISTS",
                f"Target directory already exists: {statement.target}",
            )
        result = self._runner.run(statement.query)
        columns = _columns(result)
        objects: list[str] = []
        rows = 0
        for path, count in _files(result, columns, [c.name for c in columns]):
            rows += count
            if count:
                objects.append(f"{statement.target.rstrip('/')}/{uuid.uuid4()}.parquet")
                self._store.put(objects[-1], path)
        return Written(rows, tuple(objects), result.scanned, is_unload=True)

    def _write(
        self,
        table: Table,
        columns: tuple[Column, ...],
        result: QueryResult,
        names: list[str] | None = None,
    ) -> Written:
        keys = [key.name for key in table.partition_keys]
        rows = 0
        objects: list[str] = []
        added: dict[tuple[str, ...], str] = {}
        for path, count in _files(result, columns, names or [c.name for c in columns]):
            rows += count
            if not keys:
                if count:
                    objects.append(_object_name(table.storage.location))
                    self._store.put(objects[-1], path)
                continue
            for values, part in _partitions(pq.read_table(path), keys):
                folder = f"{table.storage.location.rstrip('/')}/" + "/".join(
                    f"{key}={value}" for key, value in zip(keys, values, strict=True)
                )
                added[values] = folder
                objects.append(_object_name(folder))
                self._put_table(objects[-1], part)
        known = (
            {item.values for item in self._runner.lookup.catalog.partitions(table)}
            if keys
            else set()
        )
        new = {values: folder for values, folder in added.items() if values not in known}
        if new:
            self._runner.lookup.catalog.add_partitions(table, new)
        return Written(rows, tuple(objects), result.scanned)

    def _put_table(self, uri: str, part: pa.Table) -> None:
        sink = pa.BufferOutputStream()
        pq.write_table(part, sink, compression="snappy")
        self._store.put(uri, sink.getvalue().to_pybytes())


def _require_parquet(options: Options) -> None:
    kind = str(options.get("format", "PARQUET")).upper()
    if kind != "PARQUET" or str(options.get("table_type", "HIVE")).upper() != "HIVE":
        raise QueryError("NOT_SUPPORTED", "The embedded Athena writes Hive tables as PARQUET only")


def _listed(value: str | list[str] | None) -> list[str]:
    return list(value) if isinstance(value, list) else []


def _object_name(folder: str) -> str:
    return f"{folder.rstrip('/')}/{uuid.uuid4().hex}.parquet"


def _columns(result: QueryResult) -> tuple[Column, ...]:
    seen: set[str] = set()
    columns = []
    for index, (column, kind) in enumerate(zip(result.columns, result.types, strict=True)):
        if re.fullmatch(r"_col\d+", column.name):
            raise QueryError(
                "MISSING_COLUMN_NAME", f"Column name not specified at position {index + 1}"
            )
        name = column.name.lower()
        if name in seen:
            raise QueryError(
                "DUPLICATE_COLUMN_NAME", f"Column name '{name}' specified more than once"
            )
        seen.add(name)
        columns.append(Column(name, hive_type(kind)))
    return tuple(columns)


def _files(
    result: QueryResult, columns: tuple[Column, ...], names: list[str]
) -> Iterator[tuple[Path, int]]:
    """Write the rows into one local file in the columns' types; a column not named is NULL."""
    schema = pa.schema([pa.field(column.name, column.type.arrow()) for column in columns])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        rows = 0
        try:
            with pq.ParquetWriter(path, schema, compression="snappy") as writer:
                for batch in result.batches:
                    arrays = []
                    for item in schema:
                        if item.name in names:
                            arrays.append(_fitted(batch.column(names.index(item.name)), item))
                        else:
                            arrays.append(pa.nulls(batch.num_rows, item.type))
                    writer.write_batch(pa.record_batch(arrays, schema=schema))
                    rows += batch.num_rows
        except duckdb.Error as error:
            raise query_error(error) from error
        yield path, rows


def _fitted(array: pa.Array, item: pa.Field) -> pa.Array:
    if array.type == item.type:
        return array
    if pa.types.is_struct(item.type) and array.type.num_fields == item.type.num_fields:
        # By position: the fields of a ROW without names have DuckDB's names.
        parts = [
            _fitted(part, field) for part, field in zip(array.flatten(), item.type, strict=True)
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


def _partitions(table: pa.Table, keys: list[str]) -> Iterator[tuple[tuple[str, ...], pa.Table]]:
    texts = [
        tuple("__HIVE_DEFAULT_PARTITION__" if value is None else str(value) for value in values)
        for values in zip(*(table.column(key).to_pylist() for key in keys), strict=True)
    ]
    rest = table.drop_columns(keys)
    for values in sorted(set(texts)):
        yield values, rest.filter(pa.array([item == values for item in texts]))

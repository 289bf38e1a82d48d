"""CREATE TABLE AS SELECT, INSERT INTO and UNLOAD: queries whose rows become objects in S3."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.athena.engine.queries import QueryResult, QueryRunner, named_columns
from sandbox.athena.errors import Position, QueryError
from sandbox.athena.hive.catalog import Table
from sandbox.athena.hive.types import Column
from sandbox.athena.sql.statements import CreateTableAsSelect, Insert, Options, Unload
from sandbox.athena.sql.types import check_milliseconds, hive_type
from sandbox.athena.storage.objects import ObjectStore
from sandbox.athena.storage.writing import (
    FileFormat,
    WrittenFile,
    format_of,
    named_format,
    partition_folder,
    write_files,
)


@dataclass(frozen=True)
class Written:
    """How many rows were written, into which objects, and the bytes read for it."""

    rows: int
    objects: tuple[str, ...]
    scanned: int
    is_unload: bool = False


class Writer:
    """Writes queries' rows as objects.

    Args:
        runner: runs the query.
        store: takes the objects.
        output: the folder for tables whose statement gives no location.
        name: of the query.
    """

    def __init__(self, runner: QueryRunner, store: ObjectStore, output: str, name: str) -> None:
        self._runner = runner
        self._store = store
        self._output = output
        self._name = name

    def run(self, body: CreateTableAsSelect | Insert | Unload) -> Written:
        """Run a statement that writes."""
        if isinstance(body, CreateTableAsSelect):
            return self.create_table(body)
        return self.insert(body) if isinstance(body, Insert) else self.unload(body)

    def create_table(self, statement: CreateTableAsSelect) -> Written:
        """Run CREATE TABLE AS SELECT.

        Raises:
            QueryError: the table exists, its place is not empty, or the format is not written.
        """
        lookup = self._runner.lookup
        database, name = lookup.split(statement.name)
        if lookup.catalog.find_table(database, name) is not None:
            if statement.if_not_exists:
                return Written(0, (), 0)
            raise QueryError(
                "TABLE_ALREADY_EXISTS",
                f"Destination table 'awsdatacatalog.{database}.{name}' already exists",
                Position(1, 1),
            )
        options = _known_options(statement.options, _TABLE_OPTIONS)
        file_format = _format(options)
        location = str(options.get("external_location") or "").rstrip("/")
        if not location and not self._output:
            raise QueryError(
                "INVALID_TABLE_PROPERTY",
                "A work group with managed query results needs external_location for a new table",
            )
        if not location:
            location = f"{self._output.rstrip('/')}/tables/{self._name}"
        if self._store.exists(location):
            raise QueryError(
                "HIVE_PATH_ALREADY_EXISTS",
                f"Target directory for table '{database}.{name}' already exists: {location}",
            )
        result = self._runner.run(statement.query)
        if not lookup.catalog.has_database(database):
            # As recorded on AWS, where the query fails first if it is wrong too
            # (aoyagikouhei/athena-local, docs/dev/measurements/statements.md).
            message = f"Database {database} not found. Please check your query."
            raise QueryError("", message, error_type=1301)
        columns = _columns(result)
        keys = _keys(options, columns)
        buckets = _buckets(options)
        plain = columns[: len(columns) - len(keys)]
        raw: dict[str, Any] = {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {
                "EXTERNAL": "TRUE",
                "has_encrypted_data": "false",
                "classification": file_format.name.lower().removesuffix("file"),
            },
            "PartitionKeys": [{"Name": c.name, "Type": str(c.type)} for c in columns[len(plain) :]],
            "StorageDescriptor": {
                **file_format.storage,
                "Columns": [{"Name": c.name, "Type": str(c.type)} for c in plain],
                "Location": location,
                "BucketColumns": list(buckets[0]),
                "NumberOfBuckets": buckets[1] or -1,
            },
        }
        lookup.catalog.create_table(database, raw)  # type: ignore[arg-type]
        table = lookup.catalog.find_table(database, name)
        if table is None:
            raise QueryError("TABLE_NOT_FOUND", f"Table '{database}.{name}' is gone")
        if not statement.with_data:
            return Written(0, (), result.scanned)
        try:
            return self._write(table, columns, result, file_format)
        except BaseException:
            lookup.catalog.drop_table(database, name)
            raise

    def insert(self, statement: Insert) -> Written:
        """Run INSERT INTO.

        Raises:
            QueryError: there is no such table, its format is not written, or the columns do not
                fit.
        """
        lookup = self._runner.lookup
        relation = lookup(statement.name)
        table = relation.table
        if table is None or table.is_view:
            raise QueryError(
                "NOT_SUPPORTED", f"Inserting into {'.'.join(statement.name)} is not supported"
            )
        file_format = format_of(table.storage, table.parameters)
        columns = (*table.columns, *table.partition_keys)
        targets = [column.name for column in columns]
        wanted = list(statement.columns) or targets
        unknown = [name for name in wanted if name not in targets]
        if unknown:
            raise QueryError(
                "COLUMN_NOT_FOUND",
                f"Insert column name does not exist in target table: {unknown[0]}",
            )
        kinds = {column.name: column.type.athena() for column in columns}
        result = self._runner.run(statement.query, [kinds[name] for name in wanted])
        return self._write(table, columns, result, file_format, wanted)

    def unload(self, statement: Unload) -> Written:
        """Run UNLOAD.

        Raises:
            QueryError: the folder is not empty, or the format is not written.
        """
        options = _known_options(statement.options, _UNLOAD_OPTIONS)
        if "format" not in options:
            raise QueryError(
                "INVALID_PROPERTY", "UNLOAD needs the property format, such as 'PARQUET'"
            )
        file_format = _format(options)
        if self._store.exists(statement.target):
            raise QueryError(
                "HIVE_PATH_ALREADY_EXISTS",
                f"Target directory already exists: {statement.target}",
            )
        result = self._runner.run(statement.query)
        columns = _columns(result)
        keys = _keys(options, columns)
        with tempfile.TemporaryDirectory() as folder:
            files = self._files(result, columns, None, file_format, Path(folder), keys)
            objects = self._put(statement.target, keys, files)
        rows = sum(file.rows for file in files)
        return Written(rows, tuple(objects), result.scanned, is_unload=True)

    def _write(
        self,
        table: Table,
        columns: tuple[Column, ...],
        result: QueryResult,
        file_format: FileFormat,
        names: list[str] | None = None,
    ) -> Written:
        keys = [key.name for key in table.partition_keys]
        descriptor = table.raw.get("StorageDescriptor", {})
        buckets = (
            [name.lower() for name in descriptor.get("BucketColumns") or []],
            max(descriptor.get("NumberOfBuckets") or 0, 0),
        )
        if not buckets[0]:
            buckets = ([], 0)
        with tempfile.TemporaryDirectory() as folder:
            files = self._files(result, columns, names, file_format, Path(folder), keys, buckets)
            objects = self._put(table.storage.location, keys, files)
        if keys:
            catalog = self._runner.lookup.catalog
            known = {item.values for item in catalog.partitions(table)}
            base = table.storage.location.rstrip("/")
            new = {
                file.values: f"{base}/{partition_folder(keys, file.values)}"
                for file in files
                if file.values not in known
            }
            if new:
                catalog.add_partitions(table, new)
        return Written(sum(file.rows for file in files), tuple(objects), result.scanned)

    @staticmethod
    def _files(
        result: QueryResult,
        columns: tuple[Column, ...],
        names: list[str] | None,
        file_format: FileFormat,
        folder: Path,
        keys: list[str],
        buckets: tuple[list[str], int] = ([], 0),
    ) -> list[WrittenFile]:
        names = names or [column.name for column in columns]
        return write_files(
            result.batches, columns, names, file_format, folder, keys=keys, buckets=buckets
        )

    def _put(self, location: str, keys: list[str], files: list[WrittenFile]) -> list[str]:
        objects = []
        for file in files:
            folder = "/".join(
                filter(None, [location.rstrip("/"), partition_folder(keys, file.values)])
            )
            objects.append(f"{folder}/{file.path.name}")
            self._store.put(objects[-1], file.path)
        return objects


# What WITH (...) may say; of the rest Athena says that it does not exist.
_UNLOAD_OPTIONS = frozenset(
    {
        "compression",
        "compression_level",
        "field_delimiter",
        "format",
        "partitioned_by",
        "write_compression",
    }
)
_TABLE_OPTIONS = _UNLOAD_OPTIONS | {
    "bucket_count",
    "bucketed_by",
    "external_location",
    "is_external",
    "location",
    "orc_compression",
    "parquet_compression",
    "partitioning",
    "table_type",
}


def _known_options(options: Options, known: frozenset[str]) -> Options:
    # Before the names: Iceberg tables have properties of their own.
    if str(options.get("table_type", "HIVE")).upper() != "HIVE":
        raise QueryError(
            "NOT_SUPPORTED", "The embedded Athena has no Iceberg tables: it writes Hive tables"
        )
    for name in options:
        if name not in known:
            raise QueryError(
                "INVALID_TABLE_PROPERTY",
                f"Catalog 'awsdatacatalog' table property '{name}' does not exist",
            )
    return options


def _format(options: Options) -> FileFormat:
    codec = next(
        (
            str(options[name])
            for name in (
                "write_compression",
                "parquet_compression",
                "orc_compression",
                "compression",
            )
            if name in options
        ),
        "",
    )
    return named_format(
        str(options.get("format", "PARQUET")), codec, str(options.get("field_delimiter", ""))
    )


def _keys(options: Options, columns: tuple[Column, ...]) -> list[str]:
    keys = [key.lower() for key in _listed(options.get("partitioned_by"))]
    if keys != [column.name for column in columns[len(columns) - len(keys) :]]:
        raise QueryError(
            "HIVE_COLUMN_ORDER_MISMATCH",
            f"Partition keys must be the last columns in the table and in the same order as "
            f"the table properties: {keys}",
        )
    return keys


def _buckets(options: Options) -> tuple[list[str], int]:
    by = [name.lower() for name in _listed(options.get("bucketed_by"))]
    count = str(options.get("bucket_count", "0"))
    return by, int(count) if by and count.isdigit() else 0


def _listed(value: str | list[str] | None) -> list[str]:
    return list(value) if isinstance(value, list) else []


def _columns(result: QueryResult) -> tuple[Column, ...]:
    names = (column.name for column in result.columns)
    found = named_columns(zip(names, result.types, strict=True))
    columns = tuple(Column(name, hive_type(kind)) for name, kind in found)
    for name, kind in found:
        check_milliseconds(name, kind)
    return columns

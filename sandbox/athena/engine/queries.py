"""Running one query: resolve, read what it names, hand it to DuckDB."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from sandbox.athena.errors import Position, QueryCancelledError, QueryError
from sandbox.athena.hive.catalog import CATALOG, Partition, Table
from sandbox.athena.hive.types import HiveType
from sandbox.athena.sql.analysis import analyze
from sandbox.athena.sql.duck import query_error
from sandbox.athena.sql.lookup import CatalogLookup
from sandbox.athena.sql.parsing import parse_query
from sandbox.athena.sql.pruning import partition_conditions
from sandbox.athena.sql.relations import HIDDEN_COLUMNS, Analysis, Relation
from sandbox.athena.sql.rewrite import hidden_columns, to_duckdb, view_name
from sandbox.athena.sql.values import ResultColumn, athena_type, result_column
from sandbox.athena.storage.cache import CachedFile, ScanCache, error_of
from sandbox.athena.storage.objects import DataObject, ObjectStore
from sandbox.athena.storage.projection import is_projected, projected_partitions
from sandbox.athena.storage.serdes import scalars

_MAX_VIEW_DEPTH = 16
_FILES = "__files."
_BATCH = 10_000  # rows


@dataclass(frozen=True)
class QueryResult:
    """A running query's output.

    Attributes:
        columns: as Athena describes them.
        types: the full SQL types, as a view or a new table needs them.
        batches: the rows.
        scanned: bytes read from S3, as Athena would bill them.
    """

    columns: tuple[ResultColumn, ...]
    types: tuple[str, ...]
    batches: pa.RecordBatchReader
    scanned: int


@dataclass
class Scanner:
    """Registers the tables of one query on one DuckDB connection."""

    connection: duckdb.DuckDBPyConnection
    lookup: CatalogLookup
    store: ObjectStore
    cache: ScanCache
    check: Callable[[], None]
    scan_limit: int | None = None
    scanned: int = 0
    _registered: set[str] = field(default_factory=set)

    def run(self, sql: str) -> QueryResult:
        """Start a query; its rows come from the result as they are asked for.

        Raises:
            QueryError: the query is wrong, or what it reads is.
            QueryCancelledError: it was stopped.
        """
        text = self.prepare(sql)
        try:
            relation = self.connection.sql(text)
            described = [
                (name, str(kind))
                for name, kind in zip(relation.columns, relation.types, strict=True)
            ]
            batches = relation.to_arrow_reader(_BATCH)
        except duckdb.Error as error:
            raise _placed(query_error(error), sql) from error
        return QueryResult(
            tuple(result_column(name, kind) for name, kind in described),
            tuple(athena_type(kind) for _, kind in described),
            batches,
            self.scanned,
        )

    def check_only(self, sql: str) -> tuple[tuple[str | None, str], ...]:
        """Analyse a query without running it: its output's names and Athena types."""
        text = self.prepare(sql)
        try:
            self.connection.execute(f"DESCRIBE {text}")
            rows = self.connection.fetchall()
        except duckdb.Error as error:
            raise _placed(query_error(error), sql) from error
        return tuple((row[0], athena_type(row[1])) for row in rows)

    def prepare(self, sql: str) -> str:
        """Resolve a query and register its tables; give the SQL for DuckDB."""
        tree = parse_query(sql)
        analysis = analyze(tree, sql, self.lookup)
        self._register_all(analysis, self.lookup, analysis.used, 0)
        if self.scan_limit is not None and self.scanned > self.scan_limit:
            raise QueryCancelledError("Query cancelled! : Bytes scanned limit was exceeded")
        return to_duckdb(tree, sql, analysis)

    def _register_all(
        self, analysis: Analysis, lookup: CatalogLookup, used: set[str], depth: int
    ) -> None:
        hidden = hidden_columns(analysis)
        conditions = partition_conditions(analysis)
        for _, relation in analysis.relations:
            name = view_name(relation)
            if name in self._registered:
                continue
            self._registered.add(name)
            self.check()
            if relation.table is None:
                self.connection.register(name, lookup.rows(relation))
            elif relation.table.view is not None:
                self._register_view(relation, lookup, used, depth)
            else:
                self._register_table(relation.table, used, hidden, conditions.get(id(relation)))

    def _register_view(
        self, relation: Relation, lookup: CatalogLookup, used: set[str], depth: int
    ) -> None:
        table = relation.table
        if table is None or table.view is None:
            return
        where = f"{CATALOG}.{relation.database}.{relation.name}"
        if depth >= _MAX_VIEW_DEPTH:
            raise QueryError(
                "VIEW_IS_RECURSIVE", f"Statement would create a recursive view: {where}"
            )
        inner = CatalogLookup(lookup.catalog, table.view.schema.lower())
        sql = table.view.sql
        try:
            tree = parse_query(sql)
            analysis = analyze(tree, sql, inner)
        except QueryError as error:
            raise QueryError(
                "INVALID_VIEW", f"Failed analyzing stored view '{where}': {error}", Position(1, 1)
            ) from error
        names = [name for name, _ in table.view.columns]
        if names and len(names) != len(analysis.fields):
            raise QueryError(
                "VIEW_IS_STALE",
                f"View '{where}' is stale or in invalid state: it has {len(names)} columns, its "
                f"query gives {len(analysis.fields)}",
            )
        self._register_all(analysis, inner, used | analysis.used, depth + 1)
        listed = "(" + ", ".join(_quoted(name) for name in names) + ")" if names else ""
        text = to_duckdb(tree, sql, analysis)
        self._execute(
            f"CREATE OR REPLACE TEMP VIEW {_quoted(view_name(relation))}{listed} AS {text}"
        )

    def _register_table(
        self, table: Table, used: set[str], hidden: list[str], condition: str | None
    ) -> None:
        files, values = self._files(table, condition)
        for file in files:
            for name, fault in file.faults.items():
                if name in used:
                    raise error_of(fault)
        self.scanned += sum(file.scanned(frozenset(used)) for file in files)
        name = _quoted(f"{table.database}.{table.name}")
        if not files:
            columns = (*table.columns, *table.partition_keys)
            listed = [f"CAST(NULL AS {c.type.duckdb()}) AS {_quoted(c.name)}" for c in columns]
            # DuckDB's names of these types, but for their precision.
            listed += [
                f"CAST(NULL AS {HIDDEN_COLUMNS[item].replace('(3)', '')}) AS {_quoted(item)}"
                for item in hidden
            ]
            self._execute(
                f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT {', '.join(listed)} WHERE false"
            )
            return
        paths = ", ".join("'" + str(file.path).replace("'", "''") + "'" for file in files)
        listed = [f"f.{_quoted(column.name)}" for column in table.columns]
        source = f"read_parquet([{paths}])"
        if hidden or table.partition_keys:
            about = _file_table(table, files, values)
            files_name = f"{_FILES}{table.database}.{table.name}"
            self.connection.register(files_name, about)
            source = f"read_parquet([{paths}], filename = '__file')"
            join = f" JOIN {_quoted(files_name)} AS m ON f.__file = m.__file"
            listed += [f"m.{_quoted(key.name)}" for key in table.partition_keys]
            listed += [f"m.{_quoted(item)}" for item in hidden]
        else:
            join = ""
        listed = listed or ["1 AS __row"]
        self._execute(
            f"CREATE OR REPLACE TEMP VIEW {name} AS "
            f"FROM {source} AS f{join} SELECT {', '.join(listed)}"
        )

    def _files(
        self, table: Table, condition: str | None
    ) -> tuple[list[CachedFile], list[tuple[str, ...]]]:
        if not table.partition_keys:
            objects = self.store.list_objects(table.storage.location)
            files = self.cache.files(table, [(table.storage, item) for item in objects], self.check)
            return files, [()] * len(files)
        partitions = self._pruned(
            table,
            projected_partitions(table, self.store, condition)
            if is_projected(table)
            else self.lookup.catalog.partitions(table),
            condition,
        )
        found = [
            (partition, item)
            for partition in partitions
            for item in self.store.list_objects(partition.storage.location)
        ]
        files = self.cache.files(
            table, [(partition.storage, item) for partition, item in found], self.check
        )
        return files, [partition.values for partition, _ in found]

    def _pruned(
        self, table: Table, partitions: list[Partition], condition: str | None
    ) -> list[Partition]:
        if condition is None or not partitions:
            return partitions
        keys = _key_columns(table, [partition.values for partition in partitions])
        keys["__index"] = pa.array(range(len(partitions)))
        name = f"{_FILES}partitions"
        self.connection.register(name, pa.table(keys))
        try:
            self.connection.execute(f"FROM {_quoted(name)} SELECT __index WHERE {condition}")
            return [partitions[index] for (index,) in sorted(self.connection.fetchall())]
        except duckdb.Error:
            return partitions  # the query itself will tell what is wrong
        finally:
            self.connection.unregister(name)

    def _execute(self, statement: str) -> None:
        try:
            self.connection.execute(statement)
        except duckdb.Error as error:
            raise query_error(error) from error


def _file_table(table: Table, files: list[CachedFile], values: list[tuple[str, ...]]) -> pa.Table:
    columns = _key_columns(table, values)
    columns["__file"] = pa.array([str(file.path) for file in files])
    sources: list[DataObject] = [file.source for file in files]
    columns["$path"] = pa.array([source.uri for source in sources])
    columns["$file_size"] = pa.array([source.size for source in sources], pa.int64())
    columns["$file_modified_time"] = pa.array(
        [source.modified.astimezone(dt.UTC) for source in sources], pa.timestamp("ms", tz="UTC")
    )
    columns["$partition"] = pa.array(
        [
            "/".join(
                f"{key.name}={text}" for key, text in zip(table.partition_keys, value, strict=True)
            )
            for value in values
        ]
    )
    columns["$bucket"] = pa.nulls(len(files), pa.int32())
    return pa.table(columns)


def _key_columns(table: Table, values: list[tuple[str, ...]]) -> dict[str, pa.Array]:
    return {
        key.name: pa.array(
            [_partition_value(value[index], key.type, key.name) for value in values],
            type=key.type.arrow(),
        )
        for index, key in enumerate(table.partition_keys)
    }


def _partition_value(text: str, kind: HiveType, name: str) -> object:
    if text == "__HIVE_DEFAULT_PARTITION__":
        return None
    try:
        if kind.kind in {"tinyint", "smallint", "int", "bigint"}:
            return scalars.parse_integer(text, kind.kind)
        if kind.kind == "date":
            return scalars.parse_date(text)
        if kind.kind == "timestamp":
            return scalars.parse_timestamp(text)
        if kind.kind in {"double", "float"}:
            return scalars.parse_float(text)
        if kind.kind == "decimal":
            return scalars.parse_decimal(text, kind)
        if kind.kind == "boolean":
            return text.lower() == "true"
    except ValueError as error:
        raise QueryError(
            "HIVE_INVALID_PARTITION_VALUE",
            f"Invalid partition value '{text}' for {kind.athena()} partition key: {name}",
        ) from error
    return text


def _placed(error: Exception, sql: str) -> Exception:
    """Give an error of DuckDB's the place of the name that it is about."""
    if not isinstance(error, QueryError) or error.position is not None:
        return error
    quoted = {"EXPRESSION_NOT_AGGREGATE": "'", "FUNCTION_NOT_FOUND": "function "}.get(error.name)
    if quoted is None:
        return error
    start = error.detail.find(quoted) + len(quoted)
    name = error.detail[start:].split("'")[0].rstrip(".")
    at = sql.lower().find(name.lower())
    if at < 0:
        return error
    return QueryError(error.name, error.detail, Position.of_offset(sql, at))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

"""Tables of the catalog as views of DuckDB: which files they read, and what scanning them costs."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from sandbox.athena.hive.catalog import Catalog, Table
from sandbox.athena.hive.model import HIDDEN_COLUMNS
from sandbox.athena.storage.cache import CachedFile, ObjectCache, error_of
from sandbox.athena.storage.objects import DataObject, ObjectStore
from sandbox.athena.storage.partitions import (
    is_projected,
    key_columns,
    projected_partitions,
    pruned,
)

_FILES = "__files."


@dataclass
class TableViews:
    """Makes views of tables on the DuckDB connection of one query.

    Attributes:
        shown: gives the SQL of a column's value, of the SQL of what is in a file and its type.
    """

    connection: duckdb.DuckDBPyConnection
    catalog: Catalog
    store: ObjectStore
    cache: ObjectCache
    check: Callable[[], None]
    shown: Callable[[str, str], str]

    def register(
        self, table: Table, used: set[str], hidden: list[str], condition: str | None
    ) -> int:
        """Make a table's rows a view named `database.table`.

        Args:
            table: of the catalog.
            used: the columns that the query reads.
            hidden: the hidden columns among them.
            condition: what holds for the partition keys, as SQL.

        Returns:
            Bytes scanned.

        Raises:
            QueryError: an object cannot be read.
        """
        files, values = self._files(table, condition)
        for file in files:
            for name, fault in file.faults.items():
                if name in used:
                    raise error_of(fault)
        scanned = sum(file.scanned(frozenset(used)) for file in files)
        name = _quoted(f"{table.database}.{table.name}")
        if not files:
            columns = (*table.columns, *table.partition_keys)
            listed = [f"CAST(NULL AS {c.type.duckdb()}) AS {_quoted(c.name)}" for c in columns]
            # DuckDB's names of these types, but for their precision.
            listed += [
                f"CAST(NULL AS {HIDDEN_COLUMNS[item].replace('(3)', '')}) AS {_quoted(item)}"
                for item in hidden
            ]
            self.connection.execute(
                f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT {', '.join(listed)} WHERE false"
            )
            return scanned
        paths = ", ".join("'" + str(file.path).replace("'", "''") + "'" for file in files)
        listed = [
            f"{self.shown(f'f.{_quoted(c.name)}', c.type.athena())} AS {_quoted(c.name)}"
            for c in table.columns
        ]
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
        self.connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {name} AS "
            f"FROM {source} AS f{join} SELECT {', '.join(listed)}"
        )
        return scanned

    def _files(
        self, table: Table, condition: str | None
    ) -> tuple[list[CachedFile], list[tuple[str, ...]]]:
        if not table.partition_keys:
            objects = self.store.list_objects(table.storage.location)
            files = self.cache.files(table, [(table.storage, item) for item in objects], self.check)
            return files, [()] * len(files)
        partitions = pruned(
            self.connection,
            table,
            projected_partitions(table, self.store, condition)
            if is_projected(table)
            else self.catalog.partitions(table),
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


def _file_table(table: Table, files: list[CachedFile], values: list[tuple[str, ...]]) -> pa.Table:
    columns = key_columns(table, values)
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


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

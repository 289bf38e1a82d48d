"""Running what is neither query nor write: DDL, SHOW, DESCRIBE, EXPLAIN."""

import fnmatch
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import regex

from sandbox.athena.engine.queries import QueryRunner, named_columns
from sandbox.athena.errors import (
    GENERIC_USER_TYPE,
    HiveError,
    QueryError,
    database_not_found,
    table_not_found,
    task_failed,
)
from sandbox.athena.hive.catalog import CATALOG, Table, View
from sandbox.athena.hive.descriptors import (
    as_input,
    column_items,
    create_statement,
    describe,
    describe_column,
    table_input,
    view_input,
)
from sandbox.athena.hive.model import (
    AlterDatabase,
    AlterTable,
    CreateDatabase,
    CreateTable,
    Definition,
    Drop,
    PartitionSpec,
    Show,
)
from sandbox.athena.sql.lookup import CatalogLookup, fields_of
from sandbox.athena.sql.statements import CreateView, Explain
from sandbox.athena.sql.types import ResultColumn, hive_name, without_zone
from sandbox.athena.storage.objects import ObjectStore

Rows = list[Sequence[str | None]]
Answer = tuple[tuple[ResultColumn, ...], Rows]

_NOTHING: Answer = ((), [])


class Definitions:
    """Runs definitions.

    Args:
        lookup: the catalog and the session's schema.
        store: for partitions that are found by their folders.
        runner: checks the query of a view.
    """

    def __init__(self, lookup: CatalogLookup, store: ObjectStore, runner: QueryRunner) -> None:
        self._lookup = lookup
        self._catalog = lookup.catalog
        self._store = store
        self._runner = runner

    def run(self, made: Definition | CreateView | Explain) -> Answer:
        """Run one statement; give its columns and rows, of which most have none.

        Raises:
            QueryError: it fails, in Athena's words.
        """
        if isinstance(made, CreateView):
            return self._create_view(made)
        if isinstance(made, Explain):
            return self._explain(made)
        if isinstance(made, CreateTable):
            return self._create_table(made)
        if isinstance(made, CreateDatabase):
            return self._create_database(made)
        if isinstance(made, AlterDatabase):
            return self._alter_database(made)
        if isinstance(made, Drop):
            return self._drop(made)
        if isinstance(made, AlterTable):
            return self._alter(made)
        return self._show(made)

    # Databases, tables and views

    def _create_database(self, made: CreateDatabase) -> Answer:
        if self._catalog.has_database(made.name):
            if made.if_not_exists:
                return _NOTHING
            raise HiveError(task_failed(f"Database {made.name} already exists"), GENERIC_USER_TYPE)
        self._catalog.create_database(made.name, made.comment, made.location, made.parameters)
        return _NOTHING

    def _create_table(self, made: CreateTable) -> Answer:
        database, name = self._lookup.split(made.name)
        if not self._catalog.has_database(database):
            raise database_not_found(database)
        if self._catalog.find_table(database, name) is not None:
            if made.if_not_exists:
                return _NOTHING
            raise HiveError(
                task_failed(f"AlreadyExistsException(message:Table {name} already exist)"),
                GENERIC_USER_TYPE,
                told=f"Table {name} already exists.",
            )
        self._catalog.create_table(database, table_input(made, name))  # type: ignore[arg-type]
        return _NOTHING

    def _create_view(self, statement: CreateView) -> Answer:
        database, name = self._lookup.split(statement.name)
        if not self._catalog.has_database(database):
            raise QueryError("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist")
        outputs = named_columns(self._runner.describe(statement.query))
        columns = [(column, without_zone(kind)) for column, kind in outputs]
        existing = self._catalog.find_table(database, name)
        if existing is not None and not existing.is_view:
            raise QueryError(
                "TABLE_ALREADYGENERIC_USER_TYPE",
                f"Table already exists: '{CATALOG}.{database}.{name}'",
            )
        if existing is not None and not statement.replace:
            raise QueryError(
                "TABLE_ALREADYGENERIC_USER_TYPE",
                f"View already exists: '{CATALOG}.{database}.{name}'",
            )
        view = View(statement.query.text.strip(), self._lookup.schema or database, tuple(columns))
        wanted = view_input(name, view, [hive_name(kind) for _, kind in columns])
        if existing is not None:
            self._catalog.update_table(database, wanted)  # type: ignore[arg-type]
        else:
            self._catalog.create_table(database, wanted)  # type: ignore[arg-type]
        return _NOTHING

    def _drop(self, made: Drop) -> Answer:
        if made.kind == "database":
            return self._drop_database(made)
        database, name = self._lookup.split(made.name)
        table = self._catalog.find_table(database, name)
        if table is None:
            if made.if_exists:
                return _NOTHING
            if made.kind == "view":
                raise QueryError(
                    "TABLE_NOT_FOUND", f"View '{CATALOG}.{database}.{name}' does not exist"
                )
            raise table_not_found(database, name)
        if table.is_view != (made.kind == "view"):
            other = "a view: use DROP VIEW" if table.is_view else "a table: use DROP TABLE"
            raise HiveError(f"SemanticException {database}.{name} is {other}")
        self._catalog.drop_table(database, name)
        return _NOTHING

    def _drop_database(self, made: Drop) -> Answer:
        name = made.name[-1]
        if not self._catalog.has_database(name):
            if made.if_exists:
                return _NOTHING
            raise database_not_found(name)
        tables = self._catalog.tables(name)
        if tables and not made.cascade:
            raise HiveError(
                task_failed(
                    f"InvalidOperationException(message:Database {name} is not empty. "
                    "One or more tables exist.)"
                )
            )
        for table in tables:
            self._catalog.drop_table(name, table.name)
        self._catalog.drop_database(name)
        return _NOTHING

    def _table(self, parts: tuple[str, ...]) -> Table:
        database, name = self._lookup.split(parts)
        table = self._catalog.find_table(database, name)
        if table is None:
            raise table_not_found(database, name)
        return table

    # Partitions and properties

    def _alter(self, made: AlterTable) -> Answer:
        if made.failure:
            raise made.failure
        if made.action == "repair":
            return self._repair(made)
        if made.action == "rename":
            raise self._cannot_rename(made)
        table = self._table(made.name)
        if table.is_view:
            raise HiveError(f"SemanticException {table.name} is a view")
        if made.action == "add_partitions":
            return self._add_partitions(table, made)
        if made.action == "drop_partitions":
            return self._drop_partitions(table, made)
        if made.action == "rename_partition":
            return self._rename_partition(table, *made.partitions)
        if made.partitions:
            found = self._known_partition(table, made.partitions[0])
            storage = _altered(found.get("StorageDescriptor", {}), made)
            wanted = {**found, "StorageDescriptor": storage}
            self._catalog.change_partition(table, found["Values"], wanted)
            return _NOTHING
        raw: dict[str, Any] = dict(table.raw)
        if made.action == "set_properties":
            raw["Parameters"] = {**table.parameters, **made.parameters}
        else:
            raw["StorageDescriptor"] = _altered(raw["StorageDescriptor"], made)
        self._catalog.update_table(table.database, as_input(raw))  # type: ignore[arg-type]
        return _NOTHING

    def _add_partitions(self, table: Table, made: AlterTable) -> Answer:
        known = {partition.values for partition in self._catalog.partitions(table)}
        added: dict[tuple[str, ...], str] = {}
        for spec in made.partitions:
            values = _values(table, spec)
            if values in known or values in added:
                if made.lenient:
                    continue
                raise HiveError(
                    task_failed(
                        f"AlreadyExistsException(message:Partition already exists: {list(values)})"
                    )
                )
            folder = "/".join(
                f"{key.name}={value}"
                for key, value in zip(table.partition_keys, values, strict=True)
            )
            added[values] = spec.location or f"{table.storage.location.rstrip('/')}/{folder}"
        if added:
            self._catalog.add_partitions(table, added)
        return _NOTHING

    def _drop_partitions(self, table: Table, made: AlterTable) -> Answer:
        known = {partition.values for partition in self._catalog.partitions(table)}
        for spec in made.partitions:
            values = _values(table, spec)
            if values not in known:
                if made.lenient:
                    continue
                raise _no_partition(values)
            self._catalog.drop_partition(table, values)
        return _NOTHING

    def _known_partition(self, table: Table, spec: PartitionSpec) -> Mapping[str, Any]:
        values = _values(table, spec)
        found = self._catalog.find_partition(table, values)
        if found is None:
            raise _no_partition(values)
        return found

    def _rename_partition(self, table: Table, old: PartitionSpec, new: PartitionSpec) -> Answer:
        found, wanted = self._known_partition(table, old), _values(table, new)
        if wanted in {partition.values for partition in self._catalog.partitions(table)}:
            raise HiveError(
                task_failed(
                    f"AlreadyExistsException(message:Partition already exists: {list(wanted)})"
                )
            )
        self._catalog.change_partition(table, found["Values"], {**found, "Values": list(wanted)})
        return _NOTHING

    def _alter_database(self, made: AlterDatabase) -> Answer:
        if not self._catalog.has_database(made.name):
            raise database_not_found(made.name)
        self._catalog.set_database_parameters(made.name, made.parameters)
        return _NOTHING

    def _cannot_rename(self, made: AlterTable) -> HiveError:
        database, name = self._lookup.split(made.name)
        told = "Query type not supported by DDL engine."
        if self._catalog.find_table(database, name) is None:
            return table_not_found(database, name, GENERIC_USER_TYPE, told)
        return HiveError(
            task_failed("Unable to alter table. Table cannot be renamed"),
            GENERIC_USER_TYPE,
            told=told,
        )

    def _repair(self, made: AlterTable) -> Answer:
        # What is said of tables that are not there is as recorded on AWS (aoyagikouhei/athena-local,
        # docs/dev/measurements/statements.md).
        database, name = self._lookup.split(made.name)
        table = self._catalog.find_table(database, name)
        if table is None:
            return (), [[f"Tables not in metastore:\t{name}"]]
        if table.is_view:
            raise HiveError(task_failed("Can not create a Path from an empty string"), 1100)
        if not table.partition_keys:
            raise HiveError(task_failed(f"{table.name} is not a partitioned table"))
        if not self._store.exists(table.storage.location):
            return (), [[f"Tables missing on filesystem:\t{name}"]]
        return (), self._add_found_partitions(table)

    def _add_found_partitions(self, table: Table) -> Rows:
        known = {partition.values for partition in self._catalog.partitions(table)}
        keys = [key.name for key in table.partition_keys]
        added: dict[tuple[str, ...], str] = {}
        missing: set[str] = set()
        for folder in self._store.folders(table.storage.location):
            parts = [part.partition("=") for part in folder.split("/")[: len(keys)]]
            if [name.lower() for name, _, _ in parts] != keys:
                missing.add(f"{table.name}:{folder}")
                continue
            values = tuple(unquote(value) for _, _, value in parts)
            if values not in known:
                place = "/".join(folder.split("/")[: len(keys)])
                added[values] = f"{table.storage.location.rstrip('/')}/{place}"
                missing.add(f"{table.name}:{place}")
        if added:
            self._catalog.add_partitions(table, added)
        # What is added is told twice, as public READMEs show what Athena answered.
        rows: Rows = [["\t".join(["Partitions not in metastore:", *sorted(missing)])]]
        for values in sorted(added):
            named = "/".join(f"{k}={v}" for k, v in zip(keys, values, strict=True))
            rows.append([f"Repair: Added partition to metastore {table.name}:{named}"])
        return rows if missing else []

    # Showing

    def _show(self, made: Show) -> Answer:
        made_by = {
            "databases": self._show_databases,
            "tables": self._show_tables,
            "views": self._show_tables,
            "columns": self._show_columns,
            "partitions": self._show_partitions,
            "tblproperties": self._show_properties,
            "create_table": self._show_create_table,
            "create_view": self._show_create_view,
            "describe": self._describe,
        }
        return made_by[made.what](made)

    def _show_databases(self, made: Show) -> Answer:
        names = self._catalog.databases()
        if made.pattern not in {"", "*"}:
            pattern = _pattern_of_databases(made.pattern)
            names = [name for name in names if pattern.fullmatch(name)]
        return (_text("database_name"),), [[name] for name in names]

    def _show_tables(self, made: Show) -> Answer:
        database = made.name[-1] if made.name else self._lookup.schema
        if not database:
            raise QueryError("MISSING_SCHEMA_NAME", "Schema must be specified")
        if not self._catalog.has_database(database):
            raise database_not_found(database)
        found = [
            table.name
            for table in self._catalog.tables(database)
            if _is_like(table.name, made.pattern) and (made.what == "tables" or table.is_view)
        ]
        column = _text("tab_name") if made.what == "tables" else _engine_text("views")
        return (column,), [[name] for name in found]

    def _show_columns(self, made: Show) -> Answer:
        table = self._table(made.name)
        if table.is_view:
            return _describe_view(table)
        return (_text("field"),), [[f"{found.name:<20}"] for found in fields_of(table)]

    def _show_partitions(self, made: Show) -> Answer:
        table = self._table(made.name)
        if not table.partition_keys:
            raise HiveError(task_failed(f"Table {table.name} is not a partitioned table"))
        rows: Rows = [
            [
                "/".join(
                    f"{key.name}={value}"
                    for key, value in zip(table.partition_keys, partition.values, strict=True)
                )
            ]
            for partition in self._catalog.partitions(table)
        ]
        return (_text("partition"),), sorted(rows, key=str)

    def _show_properties(self, made: Show) -> Answer:
        table = self._table(made.name)
        rows: Rows = [
            [f"{name}\t{value}"]
            for name, value in sorted(table.parameters.items())
            if not made.pattern or name == made.pattern
        ]
        return (_text("prpt_name"), _text("prpt_value")), rows

    def _show_create_table(self, made: Show) -> Answer:
        table = self._table(made.name)
        if table.view is not None:
            return self._show_create_view(made)
        return (_text("createtab_stmt"),), [
            [line] for line in create_statement(table, ".".join(made.name)).split("\n")
        ]

    def _show_create_view(self, made: Show) -> Answer:
        table = self._table(made.name)
        if table.view is None:
            raise HiveError(f"SemanticException {table.name} is not a view")
        text = f"CREATE VIEW {table.database}.{table.name} AS\n{table.view.sql}"
        return (_engine_text("create view"),), [[line] for line in text.split("\n")]

    def _describe(self, made: Show) -> Answer:
        table = self._table(made.name)
        columns = (_text("col_name"), _text("data_type"), _text("comment"))
        if table.is_view:
            return _describe_view(table)
        partition = self._known_partition(table, made.partition) if made.partition else None
        if made.column:
            lines = describe_column(table, partition, made.column)
        else:
            lines = describe(table, partition, made.detail)
        return columns, [[line] for line in lines]

    def _explain(self, statement: Explain) -> Answer:
        outputs = self._runner.describe(statement.query)
        listed = ", ".join(f"{name}:{kind}" for name, kind in outputs)
        if statement.is_validated:
            return (ResultColumn("Valid", "boolean"),), [["Valid"], ["true"], [""]]
        plan = f"Fragment 0 [SINGLE]\n    Output layout: [{listed}]\n\n"
        # Its header and its lines are rows, and its last line break makes one more.
        column = ResultColumn("Query Plan", "varchar", len(plan))
        return (column,), [[line] for line in ["Query Plan", *f"{plan}\n".split("\n")]]


def _describe_view(table: Table) -> Answer:
    columns = (_engine_text("column"), _engine_text("type"))
    return columns, [[f"{found.name}\t{found.type}"] for found in fields_of(table)]


def _values(table: Table, spec: PartitionSpec) -> tuple[str, ...]:
    keys = [key.name for key in table.partition_keys]
    if sorted(spec.values) != sorted(keys):
        raise HiveError(
            "SemanticException Partition spec {"
            + ", ".join(f"{name}={value}" for name, value in spec.values.items())
            + f"}} doesn't name the partition keys {', '.join(keys) or '(none)'}",
        )
    return tuple(spec.values[key] for key in keys)


def _no_partition(values: tuple[str, ...]) -> QueryError:
    return HiveError(f"SemanticException [Error 10006]: Partition not found {list(values)}")


def _altered(descriptor: Mapping[str, Any], made: AlterTable) -> dict[str, Any]:
    """The storage of a table, or of a partition, with another location or other columns."""
    if made.action == "set_location":
        return {**descriptor, "Location": made.location}
    columns = descriptor.get("Columns", [])
    if made.action == "change_column":
        return {**descriptor, "Columns": _changed(columns, made)}
    kept = columns if made.action == "add_columns" else []
    added = column_items(made.columns)
    twice = {column["Name"].lower() for column in kept} & {column["Name"] for column in added}
    if twice:
        raise HiveError(f"SemanticException [Error 10036]: Duplicate column name: {min(twice)}")
    return {**descriptor, "Columns": [*kept, *added]}


def _changed(columns: list[dict[str, Any]], made: AlterTable) -> list[dict[str, Any]]:
    """The columns with one of them changed, and moved if that is asked for."""
    names = [column["Name"].lower() for column in columns]
    if made.changed not in names or (made.place and made.place not in names):
        raise HiveError(f"SemanticException [Error 10002]: Invalid column reference {made.changed}")
    (new,) = column_items(made.columns)
    if made.place is None:
        return [new if name == made.changed else c for name, c in zip(names, columns, strict=True)]
    rest = [c for name, c in zip(names, columns, strict=True) if name != made.changed]
    at = [c["Name"].lower() for c in rest].index(made.place) + 1 if made.place else 0
    return [*rest[:at], new, *rest[at:]]


def _pattern_of_databases(text: str) -> "regex.Pattern[str]":
    # Recorded on AWS (aoyagikouhei/athena-local, docs/dev/measurements/query-results.md): a regular
    # expression of Java's, not the pattern that SHOW TABLES takes.
    try:
        return regex.compile(text)
    except regex.error as error:
        raise HiveError(
            task_failed(
                "MetaException(message:Unable to get databases: java.util.regex."
                f"PatternSyntaxException: {error}\n{text})"
            ),
            GENERIC_USER_TYPE,
        ) from error


def _is_like(name: str, pattern: str) -> bool:
    if not pattern:
        return True
    # Hive's own patterns: * for anything, | between choices, .* and % are taken too.
    return any(
        fnmatch.fnmatchcase(name, choice.lower().replace(".*", "*").replace("%", "*"))
        for choice in pattern.split("|")
    )


# What describes tables are strings, as Hive has them; what describes views comes from the engine.
# Names, types and the shapes of rows are as recorded on AWS (aoyagikouhei/athena-local,
# docs/dev/measurements/query-results.md).
def _text(name: str) -> ResultColumn:
    return ResultColumn(name, "string")


def _engine_text(name: str) -> ResultColumn:
    return ResultColumn(name, "varchar", ignores_case=True)

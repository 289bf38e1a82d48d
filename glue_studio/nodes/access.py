"""What a node reads and writes outside of its graph, as the modules of node types declare it."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from glue_studio.model import Node, items, section, texts_at


@dataclass(frozen=True, order=True)
class TableRef:
    """A table of the Data Catalog."""

    database: str
    table: str

    def __str__(self) -> str:
        return f"{self.database}.{self.table}"


@dataclass(frozen=True)
class Access:
    """What a node, or a job, reads and writes outside of its graph, each thing once.

    Attributes:
        tables_read: tables of the Data Catalog.
        tables_written: tables of the Data Catalog.
        tables_changed: tables among those whose definition changes: partitions, columns, all of it.
        tables_elsewhere: tables among those whose data is not on S3.
        paths_read: S3 URIs of data.
        paths_written: S3 URIs of data, of quality results and of temporary files.
        files_read: S3 URIs of code and files that a job loads.
        connections: names of Glue connections.
        evaluates_quality: whether results of data quality rules are published.
        uses_hive_catalog: whether Spark's own catalog is the Data Catalog.
        unknown: what else is reached, which no job file tells: a noun phrase each.
    """

    tables_read: tuple[TableRef, ...] = ()
    tables_written: tuple[TableRef, ...] = ()
    tables_changed: tuple[TableRef, ...] = ()
    tables_elsewhere: tuple[TableRef, ...] = ()
    paths_read: tuple[str, ...] = ()
    paths_written: tuple[str, ...] = ()
    files_read: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    evaluates_quality: bool = False
    uses_hive_catalog: bool = False
    unknown: tuple[str, ...] = ()

    def __add__(self, other: "Access") -> "Access":
        joined: dict[str, Any] = {}
        for part in fields(self):
            one, two = getattr(self, part.name), getattr(other, part.name)
            joined[part.name] = one or two if isinstance(one, bool) else _once(one + two)
        return Access(**joined)


def table_of(node: Node) -> TableRef | None:
    """The table that a source or target names, if it names one."""
    policy = section(node.settings, "SchemaChangePolicy")
    if policy.get("Table") and policy.get("Database"):
        return TableRef(str(policy["Database"]), str(policy["Table"]))
    database, table = node.settings.get("Database"), node.settings.get("Table")
    if isinstance(database, str) and isinstance(table, str):
        return TableRef(database, table)
    return None


def reads_table(node: Node) -> Access:
    """The access of a source that names a table whose data is on S3."""
    return Access(tables_read=_tables(node))


def writes_table(node: Node) -> Access:
    """The access of a target that names a table whose data is on S3."""
    changed = _updates_catalog(node) or bool(items(node.settings, "PartitionKeys"))
    return Access(
        tables_written=_tables(node),
        tables_changed=_tables(node) if changed else (),
        evaluates_quality=_checks_itself(node),
    )


def reads_paths(node: Node) -> Access:
    """The access of a source that names S3 paths."""
    return Access(paths_read=tuple(map(str, items(node.settings, "Paths"))))


def writes_path(node: Node) -> Access:
    """The access of a target that names an S3 path, and a table if it makes one itself."""
    tables = _tables(node) if _updates_catalog(node) else ()
    return Access(
        tables_written=tables,
        tables_changed=tables,
        paths_written=texts_at(node.settings, "Path"),
        evaluates_quality=_checks_itself(node),
        unknown=tuple(f"the table {table}, which the target makes itself" for table in tables),
    )


def reads_table_elsewhere(node: Node) -> Access:
    """The access of a source that names a table whose data is not on S3."""
    tables = _tables(node)
    return Access(tables_read=tables, tables_elsewhere=tables, unknown=(_behind(node),))


def writes_table_elsewhere(node: Node) -> Access:
    """The access of a target that names a table whose data is not on S3."""
    tables = _tables(node)
    return Access(tables_written=tables, tables_elsewhere=tables, unknown=(_behind(node),))


def commits(table_format: str, writes: Callable[[Node], Access]) -> Callable[[Node], Access]:
    """The access of a target that commits to a table of this format, which takes more than writing."""
    return lambda node: writes(node) + Access(unknown=(f"what a commit to {table_format} needs",))


def _once(things: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(things))


def _tables(node: Node) -> tuple[TableRef, ...]:
    table = table_of(node)
    return () if table is None else (table,)


def _behind(node: Node) -> str:
    table = table_of(node)
    if table is None:
        return f"what the {node.type} “{node.name}” reaches"
    return f"the connection or store behind the table {table}"


def _updates_catalog(node: Node) -> bool:
    return section(node.settings, "SchemaChangePolicy").get("EnableUpdateCatalog") is True


def _checks_itself(node: Node) -> bool:
    return section(node.settings, "AutoDataQuality").get("IsEnabled") is True

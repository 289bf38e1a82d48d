"""What a node type's module declares, and what it is given to work with."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from glue_studio.errors import GraphError, UnsupportedNodeError
from glue_studio.model import Node, items, section
from glue_studio.nodes.reading import Block


@dataclass(frozen=True)
class Helper:
    """A function that Glue Studio puts into the header of a script that uses it.

    Attributes:
        name: The function which a node's text calls.
        text: The whole source, without the last newline.
        place: Where it stands among the helpers of a header; two can share a place.
        blank_after: Whether a blank line stands between it and what follows.
    """

    name: str
    text: str
    place: int
    blank_after: bool = False


@dataclass(frozen=True)
class Text:
    """The text of one node, and what it needs in the script's header.

    Attributes:
        body: The lines after the node's comment, without the last newline.
        imports: Whole import lines beyond those that every script has.
        helper: The helper function that the body calls.
        definition: A function of the node's own, put into the header under the node's comment.
        blank_after: Whether a blank line parts it from the next node.
        default_ruleset: Whether it uses the script's default data quality ruleset.
        older: Bodies that earlier eras of Glue Studio wrote for the same settings.
    """

    body: str
    imports: tuple[str, ...] = ()
    helper: Helper | None = None
    definition: str = ""
    blank_after: bool = True
    default_ruleset: bool = False
    older: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scope:
    """What a node may know of the graph around it while its text is written.

    Attributes:
        nodes: Node id to node.
        variables: Node id to the variable that holds the node's result.
        sql_numbers: Id of each SparkSQL node to the number of its query.
    """

    nodes: Mapping[str, Node]
    variables: Mapping[str, str]
    sql_numbers: Mapping[str, int] = field(default_factory=dict)

    def variable(self, node: Node) -> str:
        """The variable of a node."""
        return self.variables[node.id]

    def source(self, node: Node) -> Node:
        """The one node that this one reads."""
        return self.nodes[self._inputs(node, 1)[0]]

    def frame(self, node: Node) -> str:
        """The variable of the one node that this one reads."""
        return self.variables[self._inputs(node, 1)[0]]

    def frames(self, node: Node, count: int) -> tuple[str, ...]:
        """The variables of the nodes that this one reads, when they are `count`."""
        return tuple(self.variables[source] for source in self._inputs(node, count))

    def _inputs(self, node: Node, count: int) -> tuple[str, ...]:
        if len(node.inputs) != count:
            raise GraphError(
                f"{node}: it has {len(node.inputs)} inputs and needs {count}.", node.id, node.type
            )
        return node.inputs


Emit = Callable[[Node, Scope], Text]
Recognise = Callable[[Block], dict[str, Any]]
Columns = tuple[str, ...] | None
"""Names of columns in order; None where they are not known."""


class Role(StrEnum):
    """What a node does with data."""

    SOURCE = "source"
    TRANSFORM = "transform"
    TARGET = "target"


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
        tables_read: Tables of the Data Catalog.
        tables_written: Tables of the Data Catalog.
        tables_changed: Tables among those whose definition changes: partitions, columns, all of it.
        tables_elsewhere: Tables among those whose data is not on S3.
        paths_read: S3 URIs of data.
        paths_written: S3 URIs of data, of quality results and of temporary files.
        files_read: S3 URIs of code and files that a job loads.
        connections: Names of Glue connections.
        evaluates_quality: Whether results of data quality rules are published.
        uses_hive_catalog: Whether Spark's own catalog is the Data Catalog.
        unknown: What else is reached, which no job file tells: a noun phrase each.
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


def _once(things: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(things))


def _no_access(_: Node) -> Access:
    return Access()


def _no_names(_: Mapping[str, Any]) -> Iterator[str]:
    return iter(())


@dataclass(frozen=True)
class Kind:
    """Everything about one node type.

    Attributes:
        type: The API's name.
        role: What its nodes do with data; targets go to the end of a script.
        emit: Gives a node's text; raises GraphError where the text could not hold a setting. None
            where the text that Glue Studio generates is not known.
        recognise: Gives the settings (without Name) of the node that a block of a script is the
            text of, or raises `Unread`. It may be lax: what it gives is emitted again and compared
            with the block. None for a type whose text is another type's too.
        unshown: Settings that no script shows, and that a recovered node has made up.
        access: What a node reads and writes outside of its graph.
        collection: Whether a node gives a collection of frames, not a frame.
        members: Names of the frames in a node's collection, where they have names.
        acts: Whether a node does something by itself, so that it may end a graph.
        appends: Whether a target adds its rows to what is there.
        has_ruleset: Whether a node evaluates rules of data quality that it holds.
        streams: Whether a source never ends, so that its job is a streaming one.
        paths: Settings with paths to columns, which are lists in the API and texts on the console:
            `Columns[].Keys[]` is each of the Keys of each of the Columns.
        uses: Names of the columns that settings say must flow in.
        renames: Names that settings give to columns anew; None for a type that keeps names.
        columns: The columns that flow out, from those that flow in.
    """

    type: str
    role: Role = Role.TRANSFORM
    emit: Emit | None = None
    recognise: Recognise | None = None
    unshown: str = ""
    access: Callable[[Node], Access] = _no_access
    collection: bool = False
    members: Callable[[Node], tuple[str, ...]] | None = None
    acts: bool = False
    appends: bool = False
    has_ruleset: bool = False
    streams: bool = False
    paths: tuple[str, ...] = ()
    uses: Callable[[Mapping[str, Any]], Iterator[str]] = _no_names
    renames: Callable[[Mapping[str, Any]], Iterator[str]] | None = None
    columns: Callable[[Node, list[Columns]], Columns] | None = None

    def text(self, node: Node, scope: Scope) -> Text:
        """The text of a node of this type.

        Raises:
            UnsupportedNodeError: the text that Glue Studio writes for the type, or for one of the
                settings, is not known.
            GraphError: the text could not hold a setting.
        """
        if self.emit is None:
            raise UnsupportedNodeError(
                f"{node}: the text that Glue Studio generates for the node type {node.type} is not "
                "known, so no script can be generated.",
                node.id,
                node.type,
            )
        return self.emit(node, scope)


def source(
    node_type: str,
    access: Callable[[Node], Access],
    emit: Emit | None = None,
    recognise: Recognise | None = None,
    **more: Any,
) -> Kind:
    """The kind of a source."""
    return Kind(node_type, Role.SOURCE, emit, recognise, access=access, **more)


def target(
    node_type: str,
    access: Callable[[Node], Access],
    emit: Emit | None = None,
    recognise: Recognise | None = None,
    **more: Any,
) -> Kind:
    """The kind of a target, whose columns may part its files into folders."""
    paths = ("PartitionKeys[]",)
    return Kind(node_type, Role.TARGET, emit, recognise, access=access, paths=paths, **more)


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
    """A source that names a table whose data is on S3."""
    return Access(tables_read=_tables(node))


def writes_table(node: Node) -> Access:
    """A target that names a table whose data is on S3."""
    changed = _updates_catalog(node) or bool(items(node.settings, "PartitionKeys"))
    return Access(
        tables_written=_tables(node),
        tables_changed=_tables(node) if changed else (),
        evaluates_quality=_checks_itself(node),
    )


def reads_paths(node: Node) -> Access:
    """A source that names S3 paths."""
    return Access(paths_read=tuple(map(str, items(node.settings, "Paths"))))


def writes_path(node: Node) -> Access:
    """A target that names an S3 path, and a table if it makes one and keeps it current."""
    tables = _tables(node) if _updates_catalog(node) else ()
    return Access(
        tables_written=tables,
        tables_changed=tables,
        paths_written=texts_at(node.settings, "Path"),
        evaluates_quality=_checks_itself(node),
        unknown=tuple(f"the table {table}, which the target makes itself" for table in tables),
    )


def reads_table_elsewhere(node: Node) -> Access:
    """A source that names a table of the catalog whose data is not on S3."""
    tables = _tables(node)
    return Access(tables_read=tables, tables_elsewhere=tables, unknown=(_behind(node),))


def writes_table_elsewhere(node: Node) -> Access:
    """A target that names a table of the catalog whose data is not on S3."""
    tables = _tables(node)
    return Access(tables_written=tables, tables_elsewhere=tables, unknown=(_behind(node),))


def commits(table_format: str, writes: Callable[[Node], Access]) -> Callable[[Node], Access]:
    """A target that commits to a table of this format, for which reading and writing is not all."""
    return lambda node: writes(node) + Access(unknown=(f"what a commit to {table_format} needs",))


def texts_at(settings: Mapping[str, Any], *wheres: str) -> tuple[str, ...]:
    """The texts at places of the settings, such as `Data.Connection.Value`, that are not empty."""
    found = (item for where in wheres for item in values_at(settings, where))
    return tuple(item for item in found if isinstance(item, str) and item)


def values_at(settings: Mapping[str, Any], where: str) -> Iterator[Any]:
    """The values at a place of the settings: `Columns[].Keys[]` is each of the Keys of each."""
    step, _, rest = where.partition(".")
    name = step.removesuffix("[]")
    if name not in settings:
        return
    for value in items(settings, name) if step != name else [settings[name]]:
        if not rest:
            yield value
        elif isinstance(value, Mapping):
            yield from values_at(value, rest)


def objects_at(settings: Mapping[str, Any], where: str) -> Iterator[Mapping[str, Any]]:
    """The objects among the values at a place of the settings."""
    return (value for value in values_at(settings, where) if isinstance(value, Mapping))


def head(path: Any) -> str:
    """The column that a path of segments, or a path in one string, begins with."""
    if isinstance(path, list):
        return str(path[0]) if path else ""
    return str(path)


def heads_at(*wheres: str) -> Callable[[Mapping[str, Any]], Iterator[str]]:
    """The columns that the paths at these places of the settings begin with."""
    return lambda settings: (head(path) for where in wheres for path in values_at(settings, where))


def same_columns(_: Node, inputs: list[Columns]) -> Columns:
    """The columns of the first input."""
    return inputs[0]


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

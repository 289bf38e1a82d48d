"""The typed model of a visual job: the one form that every other part of the package works on.

A node's settings are those of the Glue API (`CodeGenConfigurationNode` of CreateJob), since that
is the only shape which Glue itself accepts and which botocore can check.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from glue_studio.errors import FormatError, GraphError

_NODE_ID = re.compile(r"[A-Za-z0-9_-]+\Z")
_NOT_IN_A_NAME = re.compile(r"[\n\r\0\ud800-\udfff]")


@dataclass(frozen=True)
class Node:
    """One node of a graph.

    Attributes:
        id: as in the graph's keys, for example `node-1712345678901`.
        type: the API's name of the node type, for example `SparkSQL`.
        settings: the members of that type, PascalCase, `Name` and `Inputs` among them.
    """

    id: str
    type: str
    settings: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name on the canvas."""
        return str(self.settings["Name"])

    @property
    def inputs(self) -> tuple[str, ...]:
        """Ids of the nodes that this one reads, in order; none for a source."""
        return tuple(self.settings.get("Inputs") or ())

    def __str__(self) -> str:
        return f"node {self.id} ({self.type} “{self.name}”)"


@dataclass(frozen=True)
class Layout:
    """What a script shows and its graph does not determine.

    Glue numbers SQL queries with a counter of its own, and puts helper and custom functions into
    the header in an order that the graph does not give. Few scripts have their nodes in another
    order than that of Glue's map of them.

    Attributes:
        functions: names of helpers and ids of custom code nodes, in the order of the header.
        sql_numbers: node id to the number of its query.
        nodes: ids of all nodes in the order of the script, where the graph gives another one.
    """

    functions: tuple[str, ...] = ()
    sql_numbers: Mapping[str, int] = field(default_factory=dict)
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """One Glue job.

    Attributes:
        name: the job's name.
        settings: members of CreateJob other than Name and CodeGenConfigurationNodes.
        nodes: node id to node, in the order of the file; empty for a script job.
        layout: for a recovered job, what its script shows beyond the graph; no part of the job's
            identity.
    """

    name: str
    settings: Mapping[str, Any]
    nodes: Mapping[str, Node]
    layout: Layout | None = field(default=None, compare=False)


def parse_nodes(graph: Mapping[str, Any]) -> Mapping[str, Node]:
    """Read the CodeGenConfigurationNodes map of the Glue API.

    Raises:
        FormatError: the graph is not a map.
        GraphError: a node is not one object with exactly one type, or lacks its Name, or its
            Inputs are not ids.
    """
    if not isinstance(graph, Mapping):
        raise FormatError(
            "CodeGenConfigurationNodes is not an object that maps a node id to a node."
        )
    return {node_id: _parse_node(node_id, entry) for node_id, entry in graph.items()}


def dump_nodes(nodes: Mapping[str, Node]) -> dict[str, Any]:
    """The CodeGenConfigurationNodes map of the Glue API: the inverse of `parse_nodes`."""
    return {node.id: {node.type: dict(node.settings)} for node in nodes.values()}


def _parse_node(node_id: Any, entry: Any) -> Node:
    if not isinstance(node_id, str) or not _NODE_ID.match(node_id):
        raise GraphError(
            f"node {node_id!r}: an id holds only letters, digits, '_' and '-'; rename it.",
            str(node_id),
        )
    if not isinstance(entry, Mapping):
        raise GraphError(
            f"node {node_id}: expected an object with one key, the node type.", node_id
        )
    present = [key for key, value in entry.items() if value is not None]
    if len(present) != 1 or not isinstance(present[0], str):
        found = ", ".join(sorted(map(str, present))) if present else "none"
        raise GraphError(
            f"node {node_id}: a node has exactly one type; this one has {found}.", node_id
        )
    node_type = present[0]
    settings = entry[node_type]
    where = f"node {node_id} ({node_type})"
    if not isinstance(settings, Mapping):
        raise GraphError(f"{where}: its settings are not an object.", node_id, node_type)
    name = settings.get("Name")
    if not isinstance(name, str):
        raise GraphError(f"{where}: it has no Name; give it one.", node_id, node_type)
    if _NOT_IN_A_NAME.search(name):
        raise GraphError(
            f"{where}: its Name has a line break or a character that no file can hold; "
            "a name is one line of text.",
            node_id,
            node_type,
        )
    inputs = settings.get("Inputs")
    if inputs is not None and not (
        isinstance(inputs, list) and all(isinstance(item, str) for item in inputs)
    ):
        raise GraphError(f"{where}: its Inputs are not a list of node ids.", node_id, node_type)
    return Node(node_id, node_type, settings)


# Of settings that nobody has checked yet, what has the wrong type counts as empty: the check of the
# API's shapes (GS002) tells that it is wrong, and everything else goes on.


def section(settings: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object of the settings, for example DefaultArguments; empty where there is none."""
    value = settings.get(key)
    return value if isinstance(value, Mapping) else {}


def items(settings: Mapping[str, Any], key: str) -> list[Any]:
    """A list of the settings; empty where there is none."""
    value = settings.get(key)
    return value if isinstance(value, list) else []


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


def texts_at(settings: Mapping[str, Any], *wheres: str) -> tuple[str, ...]:
    """The texts at places of the settings, such as `Data.Connection.Value`, that are not empty."""
    found = (item for where in wheres for item in values_at(settings, where))
    return tuple(item for item in found if isinstance(item, str) and item)


def head(path: Any) -> str:
    """The column that a path of segments, or a path in one string, begins with."""
    if isinstance(path, list):
        return str(path[0]) if path else ""
    return str(path)


def heads_at(*wheres: str) -> Callable[[Mapping[str, Any]], Iterator[str]]:
    """The columns that the paths at these places of the settings begin with."""
    return lambda settings: (head(path) for where in wheres for path in values_at(settings, where))

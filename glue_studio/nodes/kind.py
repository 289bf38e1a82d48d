"""What a node type's module declares, and what it is given to work with."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from glue_studio.errors import GraphError, UnsupportedNodeError
from glue_studio.model import Node
from glue_studio.nodes.access import Access
from glue_studio.nodes.reading import Block


@dataclass(frozen=True)
class Helper:
    """A function that Glue Studio puts into the header of a script that uses it.

    Attributes:
        name: the function which a node's text calls.
        text: the whole source, without the last newline.
        place: where it stands among the helpers of a header; two can share a place.
        blank_after: whether a blank line stands between it and what follows.
    """

    name: str
    text: str
    place: int
    blank_after: bool = False


@dataclass(frozen=True)
class Text:
    """The text of one node, and what it needs in the script's header.

    Attributes:
        body: the lines after the node's comment, without the last newline.
        imports: whole import lines beyond those that every script has.
        helper: the helper function that the body calls.
        definition: a function of the node's own, put into the header under the node's comment.
        blank_after: whether a blank line parts it from the next node.
        default_ruleset: whether it uses the script's default data quality ruleset.
        older: bodies that earlier eras of Glue Studio wrote for the same settings.
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
        nodes: node id to node.
        variables: node id to the variable that holds the node's result.
        sql_numbers: id of each SparkSQL node to the number of its query.
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


def _no_access(_: Node) -> Access:
    return Access()


def _no_names(_: Mapping[str, Any]) -> Iterator[str]:
    return iter(())


@dataclass(frozen=True)
class Kind:
    """Everything about one node type.

    Attributes:
        type: the API's name.
        role: what its nodes do with data; targets go to the end of a script.
        emit: gives a node's text; raises GraphError where the text could not hold a setting. None
            where the text that Glue Studio generates is not known.
        recognise: gives the settings (without Name) of the node that a block of a script is the
            text of, or raises `Unread`. It may be lax: what it gives is emitted again and compared
            with the block. None for a type whose text is another type's too.
        unshown: settings that no script shows, and that a recovered node has made up.
        access: what a node reads and writes outside of its graph.
        collection: whether a node gives a collection of frames, not a frame.
        members: names of the frames in a node's collection, where they have names.
        acts: whether a node does something by itself, so that it may end a graph.
        appends: whether a target adds its rows to what is there.
        has_ruleset: whether a node evaluates rules of data quality that it holds.
        streams: whether a source never ends, so that its job is a streaming one.
        paths: settings with paths to columns, which are lists in the API and texts on the console:
            `Columns[].Keys[]` is each of the Keys of each of the Columns.
        uses: names of the columns that settings say must flow in.
        renames: names that settings give to columns anew; None for a type that keeps names.
        columns: the columns that flow out, from those that flow in.
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


def same_columns(_: Node, inputs: list[Columns]) -> Columns:
    """The columns of the first input."""
    return inputs[0]

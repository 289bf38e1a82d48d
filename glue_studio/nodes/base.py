"""What a node type's module declares, and what it is given to work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from glue_studio.errors import GraphError
from glue_studio.model import Node
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


@dataclass(frozen=True)
class Kind:
    """One node type: how its text is written, and how it is read back.

    Attributes:
        type: The API's name.
        emit: Gives a node's text; raises GraphError where the text could not hold a setting.
        recognise: Gives the settings (without Name) of the node that a block of a script is the
            text of, or raises `Unread`. It may be lax: what it gives is emitted again and compared
            with the block. None for a type whose text is another type's too.
        target: Whether it writes data and so goes to the end of the script.
        unshown: Settings that no script shows, and that a recovered node has made up.
    """

    type: str
    emit: Callable[[Node, Scope], Text]
    recognise: Callable[[Block], dict[str, Any]] | None = None
    target: bool = False
    unshown: str = ""

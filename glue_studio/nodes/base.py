"""What a node type's module declares, and what it is given to work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from glue_studio.errors import GraphError
from glue_studio.model import Node


@dataclass(frozen=True)
class Text:
    """The text of one node, and what it needs in the script's header.

    Attributes:
        body: The lines after the node's comment, without the last newline.
        imports: Whole import lines beyond those that every script has.
        helpers: Texts of helper functions, whole.
        definition: A function of the node's own, put into the header under the node's comment.
        blank_after: Whether a blank line parts it from the next node.
        default_ruleset: Whether it uses the script's default data quality ruleset.
    """

    body: str
    imports: tuple[str, ...] = ()
    helpers: tuple["Helper", ...] = ()
    definition: str = ""
    blank_after: bool = True
    default_ruleset: bool = False


@dataclass(frozen=True)
class Helper:
    """A function that Glue Studio puts into the header of a script that uses it.

    Attributes:
        name: The function which a node's text calls.
        text: The whole source, without the last newline.
        blank_after: Whether a blank line stands between it and what follows.
    """

    name: str
    text: str
    blank_after: bool = False


@dataclass(frozen=True)
class Scope:
    """What a node may know of the graph around it while its text is written."""

    nodes: Mapping[str, Node]
    variables: Mapping[str, str]
    sql_numbers: Mapping[str, int] = field(default_factory=dict)

    def variable(self, node: Node) -> str:
        """The variable of a node."""
        return self.variables[node.id]

    def source(self, node: Node) -> Node:
        """The one node that this one reads."""
        return self.sources(node, 1)[0]

    def sources(self, node: Node, count: int) -> tuple[Node, ...]:
        """The nodes that this one reads, when they are `count`."""
        if len(node.inputs) != count:
            raise GraphError(
                f"{node}: it has {len(node.inputs)} inputs and needs {count}.", node.id, node.type
            )
        return tuple(self.nodes[source] for source in node.inputs)

    def frame(self, node: Node) -> str:
        """The variable of the one node that this one reads."""
        return self.variables[self.source(node).id]


@dataclass(frozen=True)
class Kind:
    """One node type: how its text is written.

    Attributes:
        type: The API's name.
        emit: Gives a node's text.
        target: Whether it writes data and so goes to the end of the script.
    """

    type: str
    emit: Callable[[Node, Scope], Text]
    target: bool = False

"""What can be wrong with a job file, a graph or a script, each told in one plain sentence."""

from common.command import CommandError


class GlueStudioError(CommandError):
    """Base of every error of this package: the message is one sentence meant for a user."""


class FormatError(GlueStudioError):
    """A job file is in none of the three shapes of Glue Studio, or is cut off or misencoded."""


class GraphError(GlueStudioError):
    """A node of a visual graph cannot be used: the message names the node and its type."""

    def __init__(self, message: str, node_id: str = "", node_type: str = "") -> None:
        super().__init__(message)
        self.node_id = node_id
        self.node_type = node_type


class UnsupportedNodeError(GraphError):
    """The text that Glue Studio generates for this type of node is not known."""


class RecoverError(GlueStudioError):
    """A script is not one that a visual graph can be rebuilt from; `line` is 1-based, 0 if none."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.line = line

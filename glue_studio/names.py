"""The Python names that Glue Studio makes of node names and ids."""

import keyword
import re

from glue_studio.errors import GraphError
from glue_studio.model import Node

_NON_WORD = re.compile(r"[^A-Za-z0-9_]")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def variable(node: Node) -> str:
    """The variable that holds a node's result, for example `SQLQuery_node1712345678901`.

    Raises:
        GraphError: Python could not read the name that Glue Studio would write.
    """
    name = f"{_NON_WORD.sub('', node.name)}_{node.id.replace('-', '')}"
    if not is_identifier(name):
        raise GraphError(
            f"{node}: Glue Studio would name its variable {name}, which Python cannot read; "
            "start the node's name with a letter.",
            node.id,
            node.type,
        )
    return name


def is_identifier(text: str) -> bool:
    """Whether the text is a Python name that is not a keyword, ASCII only."""
    return bool(_IDENTIFIER.match(text)) and not keyword.iskeyword(text)


def prefix(name: str) -> str:
    """What a node's name gives to its variable, before `_` and the id."""
    return _NON_WORD.sub("", name)

"""Typed access to a node's settings, and Python literals as Glue Studio writes them."""

import ast
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from glue_studio.errors import GraphError
from glue_studio.model import Node
from glue_studio.names import is_identifier

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_DELETE = 0x7F


def refuse(node: Node, reason: str) -> GraphError:
    """The error for a node whose text cannot be written, to be raised by the caller."""
    return GraphError(f"{node}: {reason}", node.id, node.type)


def text(node: Node, key: str) -> str:
    """A required string of the settings."""
    value = node.settings.get(key)
    if not isinstance(value, str):
        found = "missing" if value is None else "not a text"
        raise refuse(node, f"its {key} is {found}.")
    return value


def optional_text(node: Node, key: str) -> str | None:
    """A string of the settings, None where it is absent, null or empty."""
    return text(node, key) or None if node.settings.get(key) is not None else None


def flag(node: Node, key: str, *, default: bool = False) -> bool:
    """A boolean of the settings."""
    value = node.settings.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise refuse(node, f"its {key} is not true or false.")
    return value


def integer(node: Node, key: str, default: int | None = None) -> int:
    """A whole number of the settings."""
    value = node.settings.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, int) or isinstance(value, bool):
        raise refuse(node, f"its {key} is not a whole number.")
    return value


def items(node: Node, key: str) -> list[Any]:
    """A list of the settings, empty where it is absent."""
    value = node.settings.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise refuse(node, f"its {key} is not a list.")
    return value


def texts(node: Node, key: str) -> list[str]:
    """A list of strings of the settings, empty where it is absent."""
    value = items(node, key)
    if not all(isinstance(item, str) for item in value):
        raise refuse(node, f"its {key} holds something other than texts.")
    return value


def entries(node: Node, key: str) -> list[Mapping[str, Any]]:
    """A list of objects of the settings, empty where it is absent."""
    value = items(node, key)
    if not all(isinstance(item, Mapping) for item in value):
        raise refuse(node, f"its {key} holds something other than objects.")
    return value


def mapping(node: Node, key: str) -> Mapping[str, Any]:
    """An object of the settings, empty where it is absent."""
    value = node.settings.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise refuse(node, f"its {key} is not an object.")
    return value


def identifier(node: Node, key: str) -> str:
    """A required Python name of the settings."""
    value = text(node, key)
    if not is_identifier(value):
        raise refuse(node, f"its {key} {value!r} is not a Python name; use letters, digits and _.")
    return value


def quoted(value: str) -> str:
    """A string literal in double quotes; what could end it is escaped."""
    return '"' + "".join(_escaped(character) for character in value) + '"'


def quoted_list(values: Iterable[str]) -> str:
    """A list literal of strings: `["a", "b"]`."""
    return "[" + ", ".join(quoted(value) for value in values) + "]"


def literal_dict(value: Mapping[str, str]) -> str:
    """A dict literal of strings without spaces, as Glue Studio writes additional options."""
    return "{" + ",".join(f"{quoted(key)}:{quoted(item)}" for key, item in value.items()) + "}"


def block(node: Node, key: str, quotes: str, content: str) -> str:
    """A triple-quoted literal around a text that Glue Studio writes as it is.

    Raises:
        GraphError: the text holds what would end the literal, or an escape that Python refuses.
    """
    literal = f"{quotes}{content}{quotes}"
    if not _is_one_string(literal):
        raise refuse(
            node,
            f"its {key} cannot stand in the script: it holds {quotes} or a backslash that Python "
            "cannot read; write it without.",
        )
    return literal


def _is_one_string(literal: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `\d` is what people write in SQL, and Python takes it
            tree = ast.parse(literal, mode="eval")
    except (SyntaxError, ValueError):  # ValueError: a null byte
        return False
    return (
        isinstance(tree.body, ast.Constant)
        and isinstance(tree.body.value, str)
        and literal.count(literal[:3]) == 2  # noqa: PLR2004 - else it could be two literals in a row
    )


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if ord(character) < ord(" ") or ord(character) == _DELETE:
        return f"\\x{ord(character):02x}"
    if 0xD800 <= ord(character) <= 0xDFFF:  # noqa: PLR2004 - half a UTF-16 pair cannot be encoded
        return f"\\u{ord(character):04x}"
    return character

"""A node's settings, read typed, and written as the Python literals of Glue Studio.

Glue Studio puts texts between quotes as they are, escapes and all. So do we; a text that would end
its literal, or that Python could not read, is refused, and never becomes code of the script.
"""

import ast
import re
from collections.abc import Iterable, Mapping
from typing import Any

from glue_studio.errors import GraphError, UnsupportedNodeError
from glue_studio.model import Node
from glue_studio.names import is_identifier
from glue_studio.nodes.reading import parse_python

_PLAIN = re.compile(r"[^\x00-\x1f\x7f\"\\\ud800-\udfff]*\Z")


def refuse(node: Node, reason: str) -> GraphError:
    """The error for a node whose text cannot be written, to be raised by the caller."""
    return GraphError(f"{node}: {reason}", node.id, node.type)


def not_known(node: Node, what: str, remedy: str = "") -> UnsupportedNodeError:
    """The error for a node with a setting whose text is not known, to be raised by the caller.

    That is not a fault of the graph: Glue itself knows it, so the job can be published all the same.

    Args:
        node: the node.
        what: what Glue Studio writes it for, for example `for SkipFirst`.
        remedy: what to do, without a full stop.
    """
    reason = f"the text that Glue Studio writes {what} is not known"
    ending = f"; {remedy}." if remedy else "."
    return UnsupportedNodeError(f"{node}: {reason}{ending}", node.id, node.type)


def text(node: Node, key: str) -> str:
    """A required string of the settings."""
    value = node.settings.get(key)
    if not isinstance(value, str):
        found = "missing" if value is None else "not a text"
        raise refuse(node, f"its {key} is {found}.")
    return value


def optional_text(node: Node, key: str) -> str:
    """A string of the settings, empty where it is absent or null."""
    return "" if node.settings.get(key) is None else text(node, key)


def flag(node: Node, key: str, *, default: bool = False) -> bool:
    """A boolean of the settings."""
    value = node.settings.get(key)
    return default if value is None else boolean(node, key, value)


def boolean(node: Node, key: str, value: Any) -> bool:
    """A value that is true or false."""
    if not isinstance(value, bool):
        raise refuse(node, f"its {key} is not true or false.")
    return value


def integer(node: Node, key: str, default: int) -> int:
    """A whole number of the settings, which the API writes as a number or as a text."""
    value = node.settings.get(key)
    if value is None or value == "":
        return default
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        return int(value)
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
    return strings(node, key, items(node, key))


def strings(node: Node, key: str, value: Any) -> list[str]:
    """A value that is a list of strings."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise refuse(node, f"its {key} is not a list of texts.")
    return value


def entries(node: Node, key: str) -> list[Mapping[str, Any]]:
    """A list of objects of the settings, empty where it is absent."""
    return objects(node, key, items(node, key))


def objects(node: Node, key: str, value: Any) -> list[Mapping[str, Any]]:
    """A value that is a list of objects."""
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise refuse(node, f"its {key} is not a list of objects.")
    return value


def mapping(node: Node, key: str) -> Mapping[str, Any]:
    """An object of the settings, empty where it is absent."""
    value = node.settings.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise refuse(node, f"its {key} is not an object.")
    return value


def member(node: Node, key: str, entry: Mapping[str, Any], name: str) -> str:
    """A string inside an object of the settings."""
    value = entry.get(name)
    if not isinstance(value, str):
        raise refuse(node, f"its {key} has no {name}, or one that is not a text.")
    return value


def identifier(node: Node, key: str, value: str) -> str:
    """A text that must be a Python name, since it stands in the script as one."""
    if not is_identifier(value):
        raise refuse(node, f"its {key} {value!r} is not a Python name; use letters, digits and _.")
    return value


def absent(node: Node, *keys: str) -> None:
    """Refuse settings for which the generated text is not known."""
    for key in keys:
        if node.settings.get(key) not in (None, "", [], {}, False):
            raise not_known(node, f"for {key}", "leave it out")


def quoted(node: Node, key: str, value: str) -> str:
    """A text between double quotes.

    Raises:
        GraphError: the text would end the literal, or holds an escape that Python refuses.
    """
    literal = f'"{value}"'
    if not _PLAIN.match(value) and not is_one_string(literal):
        raise refuse(
            node,
            f"its {key} {value!r} cannot stand in the script: a quote, a line break or a broken "
            "backslash escape would end or spoil the text; write it without.",
        )
    return literal


def quoted_list(node: Node, key: str, values: Iterable[str]) -> str:
    """A list of texts: `["a", "b"]`."""
    return "[" + ", ".join(quoted(node, key, value) for value in values) + "]"


def quoted_block(node: Node, key: str, quotes: str, content: str) -> str:
    """A text between triple quotes.

    Raises:
        GraphError: the text would end the literal, or holds an escape that Python refuses.
    """
    literal = f"{quotes}{content}{quotes}"
    if not is_one_string(literal):
        raise refuse(
            node,
            f"its {key} cannot stand in the script: it holds {quotes}, or a backslash escape or a "
            "character that Python cannot read; write it without.",
        )
    return literal


def is_one_string(literal: str) -> bool:
    """Whether Python reads a text as one string literal and nothing else."""
    quotes = literal[:3] if literal[:3] in {"'''", '"""'} and len(literal) > 5 else literal[:1]  # noqa: PLR2004 - two times three quotes
    if len(quotes) == 1 and "\n" in literal:
        return False
    try:
        literal.encode()
        statements = parse_python(literal).body
    except (SyntaxError, ValueError):  # ValueError: a null byte or half a UTF-16 pair
        return False
    value = statements[0].value if isinstance(statements[0], ast.Expr) else None
    if len(statements) > 1 or not isinstance(value, ast.Constant):
        return False
    # Two literals in a row are one constant too: the quotes inside must all be escaped.
    inside = re.sub(r"\\.", "", literal[len(quotes) : -len(quotes)], flags=re.DOTALL)
    return quotes not in inside


def indented(content: str) -> str:
    """A text with every line but an empty one moved in by four, as its template does it."""
    first, *rest = content.split("\n")
    return "\n".join([f"    {first}", *(f"    {line}" if line else "" for line in rest)])


def outdented(content: str) -> str | None:
    """What `indented` made this of, or None if it made it of nothing."""
    first, *rest = content.split("\n")
    if not first.startswith("    ") or any(line and not line.startswith("    ") for line in rest):
        return None
    return "\n".join(line[4:] for line in (first, *rest))


_TICKED = re.compile(r"[.()]")
_PATH_SEGMENT = re.compile(r"(?:`(?P<ticked>[^`]*)`|(?P<plain>[^.`]*))(?P<end>\.|\Z)")


def path_text(segments: Iterable[str]) -> str:
    """A path as a script has it; a segment with a dot or parentheses is back-ticked."""
    return ".".join(f"`{part}`" if _TICKED.search(part) else part for part in segments)


def path_segments(text: str) -> list[str]:
    """The segments of a path, the inverse of `path_text`."""
    segments = []
    position = 0
    while True:
        match = _PATH_SEGMENT.match(text, position)
        if match is None:
            return [text]
        ticked = match["ticked"]
        segments.append(match["plain"] if ticked is None else ticked)
        position = match.end()
        if not match["end"]:
            return segments


def quoted_path(node: Node, key: str, segments: Any) -> str:
    """A path of the settings between double quotes."""
    return quoted(node, key, checked_path(node, key, segments))


def quoted_paths(node: Node, key: str, paths: Any) -> str:
    """A list of paths of the settings: `["a", "b.c"]`."""
    if not isinstance(paths, list):
        raise refuse(node, f"its {key} is not a list of paths.")
    return "[" + ", ".join(quoted_path(node, key, path) for path in paths) + "]"


def checked_path(node: Node, key: str, segments: Any) -> str:
    """The text of a path of the settings, once it is known to be a list of texts."""
    if not isinstance(segments, list) or not all(isinstance(part, str) for part in segments):
        raise refuse(node, f"its {key} holds something other than paths, which are lists of texts.")
    return path_text(segments)

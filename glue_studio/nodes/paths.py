"""Paths to columns: lists of segments in the API, one text in a script."""

import re
from collections.abc import Iterable
from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.values import quoted, refuse

_TICKED = re.compile(r"[.()]")
_SEGMENT = re.compile(r"(?:`(?P<ticked>[^`]*)`|(?P<plain>[^.`]*))(?P<end>\.|\Z)")


def path_text(segments: Iterable[str]) -> str:
    """A path as a script has it; a segment with a dot or parentheses is back-ticked."""
    return ".".join(f"`{part}`" if _TICKED.search(part) else part for part in segments)


def path_segments(text: str) -> list[str]:
    """The segments of a path, the inverse of `path_text`."""
    segments = []
    position = 0
    while True:
        match = _SEGMENT.match(text, position)
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

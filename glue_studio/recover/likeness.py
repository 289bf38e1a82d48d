"""Whether a block of a script is the text of a node, however it is laid out."""

import ast
from typing import Any

from glue_studio.nodes import Text
from glue_studio.nodes.reading import Block, parse_python


def difference(block: Block, text: Text) -> str | None:
    """What sets a block apart from a node's text in any era: nothing, its context, or all (None)."""
    first, last = block.statements[0], block.statements[-1]
    if block.source.lines(first.lineno, last.end_lineno or last.lineno) == text.body:
        return ""
    statements = list(block.statements)
    bodies = [parse_python(body).body for body in (text.body, *text.older)]
    for context in ("", "transformation_ctx"):
        canonical = _canonical(statements, context)
        if any(_canonical(body, context) == canonical for body in bodies):
            return context
    return None


def _canonical(part: Any, left_out: str) -> Any:
    """A syntax tree as nested tuples, without the order of keywords and of what a dict holds.

    Back-ticks in texts do not count: the oldest era wrote paths to columns without them.

    Args:
        part: The tree, or a part of it.
        left_out: A keyword of calls that does not count.
    """
    if isinstance(part, list):
        return tuple(_canonical(item, left_out) for item in part)
    if isinstance(part, str):
        return part.replace("`", "")
    if not isinstance(part, ast.AST):
        return part
    fields = [(name, _canonical(value, left_out)) for name, value in ast.iter_fields(part)]
    if isinstance(part, ast.Call):
        kept = [word for word in part.keywords if word.arg != left_out]
        kept.sort(key=lambda word: word.arg or "")
        fields[-1] = ("keywords", _canonical(kept, left_out))
    if isinstance(part, ast.Dict):
        fields = sorted(zip(fields[0][1], fields[1][1], strict=True), key=repr)
    return (type(part).__name__, *fields)

"""Whether a block of a script is the text of a node, however it is laid out and whatever has a name."""

import ast
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from glue_studio.nodes import Text
from glue_studio.nodes.reading import Block, parse_python
from glue_studio.recover.script import Script


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
        part: the tree, or a part of it.
        left_out: a keyword of calls that does not count.
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


def constants(script: Script) -> dict[str, str]:
    """Names that the header sets to a text, and that nothing sets again, to that text."""
    found: dict[str, str] = {}
    statements = [item.statement for item in script.items]
    if not any(isinstance(statement, ast.Assign) for statement in statements):
        return found
    for block in script.blocks:
        statements += block.statements
    stored = Counter(
        node.id
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    for item in script.items:
        match with_texts(item.statement, found):
            case ast.Assign([ast.Name(name)], ast.Constant(str(value))) if stored[name] == 1:
                found[name] = value
            case _:
                pass
    return found


def with_texts(statement: ast.stmt, texts: Mapping[str, str]) -> ast.stmt:
    """A statement with the texts in place of their names, and texts put together where it does."""
    changed: ast.stmt = _Texts(texts).visit(deepcopy(statement))
    return changed


def computed(statements: Sequence[ast.stmt]) -> ast.expr | None:
    """The first argument of a call that is not a plain value, where Glue Studio writes only such."""
    arguments: Iterable[ast.expr] = (
        part
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.keyword)
        for part in ast.walk(node.value)
        if isinstance(part, ast.JoinedStr | ast.BinOp | ast.Name | ast.Subscript | ast.Call)
    )
    return min(arguments, key=lambda part: (part.lineno, part.col_offset), default=None)


class _Texts(ast.NodeTransformer):
    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def visit_Name(self, node: ast.Name) -> ast.expr:
        value = self._texts.get(node.id) if isinstance(node.ctx, ast.Load) else None
        return node if value is None else ast.copy_location(ast.Constant(value), node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.BinOp(ast.Constant(str(left)), ast.Add(), ast.Constant(str(right))):
                return ast.copy_location(ast.Constant(left + right), node)
            case _:
                return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        self.generic_visit(node)
        parts = []
        for value in node.values:
            match value:
                case ast.Constant(str(part)) | ast.FormattedValue(
                    ast.Constant(str(part)), conversion=-1, format_spec=None
                ):
                    parts.append(part)
                case _:
                    return node
        return ast.copy_location(ast.Constant("".join(parts)), node)

"""Reading a generated script back: the pieces that the node types recognise their text with.

Nothing here runs any of the script: it is parsed, and literals are taken from its own text.
"""

import ast
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from glue_studio.model import Node

_PLAIN = re.compile(r'"(?P<raw>(?:[^"\\\n]|\\[^\n])*)"\Z')
_BLOCK = re.compile(r"(?P<quotes>'''|\"\"\")(?P<raw>.*)(?P=quotes)\Z", re.DOTALL)
# A tree is built with a depth, and warnings are ignored by filters, that all threads of Python 3.11
# share (CPython issue 95185).
_one_at_a_time = Lock()


def parse_python(text: str) -> ast.Module:
    """The syntax tree of a text; an odd backslash escape is up to its author.

    Raises:
        SyntaxError: the text is not Python.
        ValueError: it holds a null byte or half a UTF-16 pair.
    """
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def unparsed(node: ast.AST) -> str:
    """A piece of a script in Python's own layout, empty for an f-string that has none."""
    try:
        return ast.unparse(node)
    except ValueError:  # it would need a backslash where Python allows none
        return ""


class Unread(Exception):  # noqa: N818 - no error: the block is another node type's
    """A block of a script is not the text of the node type that looked at it."""


class Source:
    """The text of a script, from which pieces are cut by their syntax tree nodes."""

    def __init__(self, text: str) -> None:
        self.text = text
        # Until 2024 a formatter went over the scripts, and wrote other quotes.
        self.is_newest = "getResolvedOptions(sys.argv, ['JOB_NAME'])" in text
        self._lines = text.split("\n")

    def segment(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node of the tree, as it stands in the script."""
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        start, end = node.col_offset, node.end_col_offset
        if first == last:
            return self._cut(first, start, end)
        lines = [self._cut(first, start, None), *self._lines[first + 1 : last]]
        return "\n".join([*lines, self._cut(last, 0, end)])

    def lines(self, first: int, last: int) -> str:
        """Whole lines, 1-based and inclusive, joined without the last newline."""
        return "\n".join(self._lines[first - 1 : last])

    @property
    def line_count(self) -> int:
        """Number of lines."""
        return len(self._lines)

    def _cut(self, line: int, start: int, end: int | None) -> str:
        text = self._lines[line]
        if text.isascii():
            return text[start:end]
        return text.encode()[start:end].decode()  # columns count bytes


@dataclass(frozen=True)
class Block:
    """The statements of one node in a script.

    Attributes:
        name: the node's name, from the comment before it.
        line: 1-based line of that comment.
        statements: what follows the comment, up to the next one.
        variable: the variable that holds the node's result, empty where none could be told.
        source: the whole script.
        known: variable to node, for the nodes before this one.
        functions: Name to text of the body, for the custom functions of the header.
    """

    name: str
    line: int
    statements: tuple[ast.stmt, ...]
    variable: str
    source: Source
    known: Mapping[str, Node]
    functions: Mapping[str, str]

    @cached_property
    def first_call(self) -> "Call":
        """The call which the only statement assigns to the node's variable."""
        if len(self.statements) != 1:
            raise Unread
        return self.assigned(0, self.variable)

    def assigned(self, index: int, variable: str) -> "Call":
        """The call which one statement assigns to a variable."""
        return self.call(self.value(index, variable))

    def value(self, index: int, variable: str) -> ast.expr:
        """The expression which one statement assigns to a variable."""
        if index >= len(self.statements):
            raise Unread
        statement = self.statements[index]
        if (
            not isinstance(statement, ast.Assign)
            or len(statement.targets) != 1
            or not isinstance(statement.targets[0], ast.Name)
            or statement.targets[0].id != variable
        ):
            raise Unread
        return statement.value

    def called(self, index: int) -> "Call":
        """The call that one statement is."""
        if index >= len(self.statements):
            raise Unread
        statement = self.statements[index]
        if not isinstance(statement, ast.Expr):
            raise Unread
        return self.call(statement.value)

    def call(self, expression: ast.expr) -> "Call":
        """An expression that is a call."""
        if not isinstance(expression, ast.Call):
            raise Unread
        keywords = {keyword.arg: keyword.value for keyword in expression.keywords}
        if None in keywords:
            raise Unread
        named = {str(key): value for key, value in keywords.items()}
        return Call(self, expression.func, tuple(expression.args), named)

    def node(self, expression: ast.expr | None) -> Node:
        """The earlier node whose variable an expression is."""
        if not isinstance(expression, ast.Name) or expression.id not in self.known:
            raise Unread
        return self.known[expression.id]

    def raw(self, expression: ast.expr | None) -> str:
        """A string as it stands between its double quotes, escapes and all."""
        value = string_of(expression)
        assert expression is not None  # noqa: S101 - `string_of` refused it; this tells mypy
        match = _PLAIN.match(self.source.segment(expression))
        if match:
            return match["raw"]
        # Other quotes, as a person writes them: the text that means the same in double quotes.
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

    def raw_block(self, expression: ast.expr | None) -> str:
        """A triple-quoted string as it stands between its quotes."""
        value = string_of(expression)
        assert expression is not None  # noqa: S101 - `string_of` refused it; this tells mypy
        match = _BLOCK.match(self.source.segment(expression))
        return match["raw"] if match else value

    def raws(self, expression: ast.expr | None) -> list[str]:
        """A list of strings."""
        return [self.raw(item) for item in elements_of(expression)]


@dataclass(frozen=True)
class Call:
    """A call in a script: what is called and with what."""

    block: Block
    function: ast.expr
    positional: tuple[ast.expr, ...]
    keywords: Mapping[str, ast.expr]

    def expect(self, dotted: str) -> "Call":
        """The call itself, if it calls this dotted name."""
        if dotted_name(self.function) != dotted:
            raise Unread
        return self

    def method(self, name: str) -> ast.expr:
        """What the method of this name is called on."""
        if not isinstance(self.function, ast.Attribute) or self.function.attr != name:
            raise Unread
        return self.function.value

    def argument(self, index: int) -> ast.expr:
        """A positional argument."""
        if index >= len(self.positional):
            raise Unread
        return self.positional[index]

    def raw(self, keyword: str) -> str:
        """A keyword argument that is a string."""
        return self.block.raw(self.keywords.get(keyword))

    def raws(self, keyword: str) -> list[str]:
        """A keyword argument that is a list of strings."""
        return self.block.raws(self.keywords.get(keyword))

    def input(self, keyword: str) -> str:
        """Id of the earlier node whose variable a keyword argument is."""
        return self.block.node(self.keywords.get(keyword)).id

    def entries(self, keyword: str) -> dict[str, ast.expr]:
        """A keyword argument that is a dict with strings for keys."""
        return entries_of(self.keywords.get(keyword))


def dotted_name(expression: ast.expr) -> str:
    """The text `a.b.c` of an attribute chain, empty for anything else."""
    parts: list[str] = []
    while isinstance(expression, ast.Attribute):
        parts.append(expression.attr)
        expression = expression.value
    if not isinstance(expression, ast.Name):
        return ""
    return ".".join([expression.id, *reversed(parts)])


def string_of(expression: ast.expr | None) -> str:
    """The value of an expression that is a string."""
    if not isinstance(expression, ast.Constant) or not isinstance(expression.value, str):
        raise Unread
    return expression.value


def boolean_of(expression: ast.expr | None) -> bool:
    """The value of an expression that is True or False."""
    if not isinstance(expression, ast.Constant) or not isinstance(expression.value, bool):
        raise Unread
    return expression.value


def elements_of(expression: ast.expr | None) -> list[ast.expr]:
    """The elements of an expression that is a list."""
    if not isinstance(expression, ast.List):
        raise Unread
    return expression.elts


def entries_of(expression: ast.expr | None) -> dict[str, ast.expr]:
    """The entries of an expression that is a dict with strings for keys."""
    if not isinstance(expression, ast.Dict):
        raise Unread
    return {
        string_of(key): value for key, value in zip(expression.keys, expression.values, strict=True)
    }

"""The words of a ruleset, each with its place in the text."""

import re
from dataclasses import dataclass
from typing import Literal, cast

from glue_studio.dqdl.tree import DqdlError

Kind = Literal["word", "text", "number", "sign", "end"]


@dataclass(frozen=True)
class Token:
    """One word.

    Attributes:
        kind: a `text` is a quoted string, a `sign` an operator or bracket, `end` the end.
        value: a text without quotes and escapes; else as written.
        start, end: offsets in the ruleset, end exclusive.
    """

    kind: Kind
    value: str
    start: int
    end: int


def tokenize(source: str) -> list[Token]:
    """The words of `source`, comments left out, closed by one of kind `end`.

    Raises:
        DqdlError: a quote that never ends, or a character that DQDL has no use for.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise _unreadable(source, position)
        if match["text"] is not None:
            value = _ESCAPE.sub(r"\1", match["text"][1:-1])
            tokens.append(Token("text", value, *match.span()))
        elif match["blank"] is None:
            tokens.append(Token(cast("Kind", match.lastgroup), match[0], *match.span()))
        position = match.end()
    tokens.append(Token("end", "", len(source), len(source)))
    return tokens


def place(source: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    return source.count("\n", 0, offset) + 1, offset - source.rfind("\n", 0, offset)


_TOKEN = re.compile(
    r"""
    (?P<blank>\s+|\#[^\n]*)
    | (?P<text>"(?:\\["\\]|\\(?!["\\])|[^"\\])*")
    | (?P<number>\d+(?:\.\d+)?(?![A-Za-z0-9_.]))
    | (?P<word>[A-Za-z0-9_.]+)
    | (?P<sign>!=|>=|<=|[=<>\[\](){}:,+\-*/$])
    """,
    re.VERBOSE,
)
# Only these two are escapes of DQDL: in "\d+" the backslash belongs to the pattern.
_ESCAPE = re.compile(r'\\(["\\])')


def _unreadable(source: str, position: int) -> DqdlError:
    character = source[position]
    line, column = place(source, position)
    if character == '"':
        return DqdlError('this quote is never closed; end the text with ".', line, column)
    if character == "'":
        return DqdlError("texts stand in double quotes; replace the single quote.", line, column)
    if character == "!":
        return DqdlError("'!' stands only before '='; write != here.", line, column)
    return DqdlError(f"DQDL has no use for {character!r}; remove it.", line, column)

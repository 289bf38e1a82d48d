"""The tokens of a statement, read one by one from its text: what the readers of statements share."""

import re
from dataclasses import dataclass
from typing import NoReturn

from sandbox.athena.errors import MalformedQueryError, Position

_TOKEN = re.compile(
    r"""(?P<skip>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<string>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*")
    |(?P<quoted>`(?:[^`]|``)*`)
    |(?P<word>[A-Za-z0-9_$.{}-]*[A-Za-z_$][\w$.{}-]*)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<symbol>[<>!]=|<>|[^\s])""",
    re.VERBOSE | re.DOTALL,
)
_NAME_PARTS = 3  # catalog, database, table
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "'": "'", '"': '"', "\\": "\\"}
_ESCAPED = re.compile(r"\\(?:([01][0-7]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)


def _unescaped(found: re.Match[str]) -> str:
    octal, code, letter = found.groups()
    if letter is None:
        return chr(int(octal, 8) if octal else int(code, 16))
    return _ESCAPES.get(letter, "\\" + letter)


@dataclass(frozen=True)
class Token:
    """One word, string, quoted name, number or symbol, and where it stands in the text."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the text goes on after the token."""
        return self.start + len(self.text)

    @property
    def upper(self) -> str:
        """The token as keywords are compared."""
        return self.text.upper() if self.kind == "word" else self.text


class Tokens:
    """A place in the text of a statement that moves from token to token, over comments.

    The text after the place is not looked at, so it may be in another dialect.
    """

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self._tokens: list[Token] = []
        self._read = 0
        self._at = 0

    def peek(self, ahead: int = 0) -> Token:
        """The token at the place, or one further on."""
        wanted = self._at + ahead
        while len(self._tokens) <= wanted:
            match = _TOKEN.match(self.sql, self._read)
            if match is None:
                return Token("end", "<EOF>", len(self.sql))
            self._read = match.end()
            if match.lastgroup != "skip":
                self._tokens.append(Token(match.lastgroup or "", match[0], match.start()))
        return self._tokens[wanted]

    def next(self) -> Token:
        """The token at the place, which moves past it."""
        token = self.peek()
        self._at += 1
        return token

    def has(self, *words: str) -> bool:
        """Tell whether these words come next."""
        return all(self.peek(index).upper == word for index, word in enumerate(words))

    def take(self, *words: str) -> bool:
        """Move past these words if they come next."""
        if not self.has(*words):
            return False
        self._at += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Move past these words.

        Raises:
            MalformedQueryError: other words come next.
        """
        for word in words:
            if self.peek().upper != word:
                self.fail(expecting=f"'{word}'")
            self._at += 1

    def string(self) -> str:
        """The value of the string at the place."""
        token = self.next()
        if token.kind != "string":
            self.fail(token, "STRING")
        body = token.text[1:-1].replace("''", "'") if token.text[0] == "'" else token.text[1:-1]
        return _ESCAPED.sub(_unescaped, body)

    def identifier(self, reserved: frozenset[str] = frozenset()) -> str:
        """The name at the place, in lower case; reserved words must be quoted."""
        token = self.next()
        if token.kind == "quoted":
            return token.text[1:-1].replace("``", "`").lower()
        if token.kind == "string" and token.text.startswith('"'):
            return token.text[1:-1].lower()
        if token.kind not in {"word", "number"} or token.text.lower() in reserved:
            self.fail(token)
        return token.text.lower()

    def name(self) -> tuple[str, ...]:
        """The parts of the name at the place, `catalog.schema.table`, in lower case."""
        parts: list[str] = []
        while True:
            token = self.peek()
            if token.kind == "word" and "." in token.text:
                self._at += 1
                parts += [part for part in token.text.lower().split(".") if part]
                if token.text.endswith("."):
                    continue
            else:
                parts.append(self.identifier())
            follower = self.peek()
            if follower.text == ".":
                self._at += 1
                continue
            if follower.kind == "word" and follower.text.startswith("."):
                continue
            if len(parts) > _NAME_PARTS:
                raise MalformedQueryError(f"Invalid table name {'.'.join(parts)}")
            return tuple(parts)

    def finish(self) -> None:
        """Check that the statement ends here."""
        if self.peek().kind != "end":
            self.fail(expecting="<EOF>")

    def fail(self, token: Token | None = None, expecting: str = "") -> NoReturn:
        """Raise Athena's error for a token that does not fit."""
        raise self.unexpected(token or self.peek(), expecting)

    def unexpected(self, token: Token, expecting: str = "") -> MalformedQueryError:
        """Make Athena's error for a token that does not fit."""
        place = Position.of_offset(self.sql, token.start)
        if expecting:
            return MalformedQueryError(
                f"mismatched input '{token.text}' expecting {expecting}", place
            )
        upto = self.sql[: token.end if token.kind != "end" else None]
        return MalformedQueryError(f"no viable alternative at input '{upto.lstrip()}'", place)

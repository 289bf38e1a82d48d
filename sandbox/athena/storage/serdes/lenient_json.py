"""JSON as the OpenX SerDe reads it, which is more than JSON.

The rules are those of the org.json reader that the SerDe was built on, kept by Athena: names and
strings may be unquoted or in single quotes, `=` and `=>` stand for `:`, `;` for `,`, comments are
skipped, and whatever follows the closing bracket of the first value is ignored. A key that comes
twice in an object, at any depth, is an error (AWS, "OpenX JSON SerDe"). The SerDe makes keys lower
case as it reads them, so those of maps and of objects in a text column too (rcongiu/Hive-JSON-Serde,
JSONObject; AWS's queries of GuardDuty's findings count on it).
"""

import json
import re
from collections.abc import Callable
from functools import cache
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import NoReturn


class InvalidJsonError(ValueError):
    """The text is not JSON, not even leniently; `offset` counts from 0, None if it is of no place."""

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset


class Raw(str):
    """An unquoted scalar (number, true, false), as it is written."""

    __slots__ = ()


_LITERAL = re.compile(r"[^ \r\n\t\f{}\[\]/\\:,=;#]*")
_SKIPPED = re.compile(r"(?:[\t \n\r]|#[^\r\n]*|//[^\r\n]*|/\*.*?\*/)*", re.DOTALL)
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "v": "\v"}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


@cache
def _strict(fold: Callable[[str], str]) -> json.JSONDecoder:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = {fold(key): value for key, value in pairs}
        if len(found) < len(pairs):
            raise _duplicate([fold(key) for key, _ in pairs])
        return found

    return json.JSONDecoder(
        parse_int=Raw, parse_float=Raw, parse_constant=_refuse, object_pairs_hook=once
    )


def _duplicate(keys: list[str]) -> InvalidJsonError:
    key = next(key for place, key in enumerate(keys) if key in keys[:place])
    return InvalidJsonError(f'Duplicate key "{key}"')


def read_json(text: str, fold: Callable[[str], str] = str) -> object:
    """Read the first value of a text: dict, list, str, Raw, bool or None.

    Args:
        text: more or less JSON.
        fold: makes of a key as it is written what it is.

    Raises:
        InvalidJsonError: there is none, or an object in it has a key twice.
    """
    try:
        return _strict(fold).raw_decode(text)[0]
    except InvalidJsonError:
        raise
    except (ValueError, RecursionError):
        pass  # The lenient reader below decides, and says what is wrong.
    try:
        return _Reader(text, fold).value()
    except RecursionError as error:
        raise InvalidJsonError("Nested too deeply", 0) from error


def as_text(value: object) -> str:
    """Give what was read as a text column has it: objects and arrays without spaces."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return _json(value)


def _json(value: object) -> str:
    if isinstance(value, dict):
        items = [f"{encode_basestring_ascii(key)}:{_json(item)}" for key, item in value.items()]
        return "{" + ",".join(items) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    if isinstance(value, Raw):
        return str(value)
    return encode_basestring(value) if isinstance(value, str) else json.dumps(value)


class _Reader:
    def __init__(self, text: str, fold: Callable[[str], str]) -> None:
        self._text = text
        self._fold = fold
        self._at = 0

    def value(self) -> object:
        first = self._next()
        if first == "":
            self._fail("End of input")
        if first == "{":
            return self._object()
        if first == "[":
            return self._array()
        if first in "'\"":
            return self._string(first)
        self._at -= 1
        match = _LITERAL.match(self._text, self._at)
        literal = match[0] if match else ""
        if not literal:
            self._fail("Expected literal value")
        self._at += len(literal)
        return None if literal.lower() == "null" else Raw(literal)

    def _fail(self, message: str) -> NoReturn:
        raise InvalidJsonError(message, self._at)

    def _next(self) -> str:
        skipped = _SKIPPED.match(self._text, self._at)
        self._at = skipped.end() if skipped else self._at
        char = self._text[self._at : self._at + 1]
        self._at += len(char)
        return char

    def _object(self) -> dict[str, object]:
        found: dict[str, object] = {}
        if self._next() == "}":
            return found
        if self._at < len(self._text) or self._text[-1:] != "{":
            self._at -= 1
        while True:
            name = self.value()
            if not isinstance(name, str):
                self._fail("Names must be strings")
            separator = self._next()
            if separator not in {":", "="}:
                self._fail(f"Expected ':' after field {name}")
            if separator == "=" and self._text[self._at : self._at + 1] == ">":
                self._at += 1
            key = self._fold(str(name))
            value = self.value()
            if key in found:
                raise _duplicate([*found, key])
            found[key] = value
            end = self._next()
            if end == "}":
                return found
            if end not in {",", ";"}:
                self._fail("Unterminated object")

    def _array(self) -> list[object]:
        found: list[object] = []
        trailing = False
        while True:
            char = self._next()
            if char == "":
                self._fail("Unterminated array")
            if char == "]":
                return [*found, None] if trailing else found
            trailing = True
            if char in ",;":
                found.append(None)
                continue
            self._at -= 1
            found.append(self.value())
            end = self._next()
            if end == "]":
                return found
            if end not in {",", ";"}:
                self._fail("Unterminated array")

    def _string(self, quote: str) -> str:  # noqa: RET503 - _fail never returns
        parts: list[str] = []
        while self._at < len(self._text):
            char = self._text[self._at]
            self._at += 1
            if char == quote:
                return "".join(parts)
            if char == "\\":
                char = self._escape()
            parts.append(char)
        self._fail("Unterminated string")

    def _escape(self) -> str:
        escaped = self._text[self._at : self._at + 1]
        if not escaped:
            self._fail("Unterminated escape sequence")
        self._at += 1
        if escaped != "u":
            return _ESCAPES.get(escaped, escaped)
        digits = self._text[self._at : self._at + 4]
        self._at += 4
        if not re.fullmatch("[0-9a-fA-F]{4}", digits):
            self._fail(f"Invalid escape sequence: {digits}")
        return chr(int(digits, 16))

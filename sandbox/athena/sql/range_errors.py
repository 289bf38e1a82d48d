"""Numbers that do not fit their type: what DuckDB says of them, in Athena's words."""

import re
from collections.abc import Callable

from sandbox.athena.errors import QueryError
from sandbox.athena.numbers import java_double

INTEGERS = {"INT8": "tinyint", "INT16": "smallint", "INT32": "integer", "INT64": "bigint"}
_INTEGER = "(INT(?:8|16|32|64))"
_DECIMAL = r"DECIMAL\((\d+),\s*(\d+)\)"
_OUT_OF_RANGE = "NUMERIC_VALUE_OUT_OF_RANGE"
_INVALID = "INVALID_CAST_ARGUMENT"


def range_error(message: str) -> QueryError | None:
    """The error of Athena's that a message of DuckDB's stands for; None if it is of another kind."""
    for pattern, make in _MESSAGES.items():
        if found := re.search(pattern, message, re.DOTALL):
            return QueryError(*make(found))
    return None


def _out_of_type(found: re.Match[str]) -> tuple[str, str]:
    source, value, kind = found[1], found[2], INTEGERS[found[3]]
    if source == "INT128":  # what DuckDB sums whole numbers in
        return _OUT_OF_RANGE, f"bigint addition overflow: {value}"
    if source not in {"DOUBLE", "FLOAT"}:
        return _OUT_OF_RANGE, f"Out of range for {kind}: {value}"
    shown = java_double(float(value))
    if kind == "bigint":
        return _INVALID, f"Unable to cast {shown} to bigint"
    if shown == "NaN":
        return _INVALID, f"Cannot cast {'double' if source == 'DOUBLE' else 'real'} NaN to {kind}"
    return _OUT_OF_RANGE, f"Out of range for {kind}: {shown}"


def _text_to_decimal(found: re.Match[str]) -> tuple[str, str]:
    text, precision, scale = found.groups()
    number = re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text)
    why = "Value too large." if number else "Value is not a number."
    return _INVALID, f"Cannot cast VARCHAR '{text}' to DECIMAL({precision}, {scale}). {why}"


def _number_to_decimal(found: re.Match[str]) -> tuple[str, str]:
    text, precision, scale = found.groups()
    if re.fullmatch(r"-?\d+", text):
        shown = f"{'INTEGER' if -(1 << 31) <= int(text) < 1 << 31 else 'BIGINT'} '{text}'"
    else:
        shown = f"DOUBLE '{java_double(float(text))}'"
    return _INVALID, f"Cannot cast {shown} to DECIMAL({precision}, {scale})"


def _absolute(found: re.Match[str]) -> tuple[str, str]:
    kind = INTEGERS[f"INT{int(found[1]).bit_length()}"]  # 8 bits of -128
    return _OUT_OF_RANGE, f"Value {found[1]} is out of range for abs({kind})"


_MESSAGES: dict[str, Callable[[re.Match[str]], tuple[str, str]]] = {
    rf"Overflow in (addition|subtraction|multiplication) of {_INTEGER} \((.*)\)": lambda found: (
        _OUT_OF_RANGE,
        f"{INTEGERS[found[2]]} {found[1]} overflow: {found[3]}",
    ),
    "Overflow in division of (.*)": lambda found: (
        _OUT_OF_RANGE,
        f"bigint division overflow: {found[1]}",
    ),
    "Overflow in negation": lambda _: (_OUT_OF_RANGE, "negation overflow"),
    r"Overflow on abs\((.*)\)": _absolute,
    # Decimals, and the whole numbers that their quotients are worked out in.
    "Overflow in .* of (DECIMAL|INT128)": lambda _: (_OUT_OF_RANGE, "Decimal overflow"),
    rf"Type (\w+) with value (\S+) can't be cast .* destination type {_INTEGER}": _out_of_type,
    rf'Could not convert string "(.*)" to {_DECIMAL}': _text_to_decimal,
    rf"Could not cast value (\S+) to {_DECIMAL}": _number_to_decimal,
    rf'Casting value "(.*)" to type {_DECIMAL} failed': lambda found: (
        _INVALID,
        f"Cannot cast DECIMAL '{found[1]}' to DECIMAL({found[2]}, {found[3]})",
    ),
    rf"Failed to cast decimal value (\S+) to type {_INTEGER}": lambda found: (
        _INVALID,
        f"Cannot cast '{found[1]}' to {INTEGERS[found[2]].upper()}",
    ),
}

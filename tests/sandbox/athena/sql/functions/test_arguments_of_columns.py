"""A function gives of columns what it gives of literals: what only DuckDB wants constant shows here."""

import re
from importlib import import_module

import pytest

from tests.sandbox.athena.conftest import Lake

_LITERAL = re.compile(r"(?<![\w.])(?:X?'(?:[^']|'')*'|\d+(?:\.\d+)?(?:[eE]\d+)?)(?![\w.])")
# What stands before a literal that is part of a type or of a literal of another type.
_NO_ARGUMENT = re.compile(
    r"(?i)(?:date|timestamp|time|interval|decimal|zone|ipaddress|json|uuid|char|real|double|bigint"
    r"|(?:varchar|char|timestamp|time)\(|decimal\((?:\d+,\s*)?)\s*$"
)
# A time zone, a unit of time and the digits that a decimal is rounded to must be literals here.
_LITERAL_HERE = re.compile(r"(?i)zone|from_unixtime|date_add|date '|(?:round|truncate)\(DECIMAL")


@pytest.mark.parametrize(
    "room", ["arrays", "binary", "json", "maps", "numbers", "text", "times", "urls"]
)
def test_value(shared_lake: Lake, room: str) -> None:
    calls = import_module(f"tests.sandbox.athena.sql.functions.test_{room}").CALLS
    for call, value in calls:
        if _LITERAL_HERE.search(call) or " FROM " in call:
            continue
        literals: list[str] = []

        def column(found: re.Match[str], call: str = call, literals: list[str] = literals) -> str:
            if _NO_ARGUMENT.search(call[: found.start()]):
                return found[0]
            literals.append(found[0])
            return f"c{len(literals) - 1}"

        asked = _LITERAL.sub(column, call)
        if literals:
            names = ", ".join(f"c{place}" for place in range(len(literals)))
            row = f"(VALUES ({', '.join(literals)})) AS t({names})"
            assert (call, shared_lake.value(f"SELECT {asked} FROM {row}")) == (call, value)

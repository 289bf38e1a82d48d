"""Comparing generated scripts."""

import difflib
import re

from common.text import printable_lines


def same_script(left: str, right: str) -> bool:
    """Whether two scripts are one but for the counter in SqlQueryN and the last line's end.

    The counter is the service's own: it runs on with every script that the service generates.
    """
    return _renumbered(left) == _renumbered(right)


def script_diff(left: str, right: str, left_name: str, right_name: str) -> str:
    """A unified diff without differences in the SqlQueryN counter, safe to print."""
    lines = difflib.unified_diff(
        _renumbered(left).splitlines(),
        _renumbered(right).splitlines(),
        left_name,
        right_name,
        lineterm="",
    )
    return printable_lines("\n".join(lines))


_COUNTER = re.compile(r"\bSqlQuery(\d+)\b")


def _renumbered(script: str) -> str:
    numbers: dict[str, int] = {}

    def renumber(match: re.Match[str]) -> str:
        return f"SqlQuery{numbers.setdefault(match[1], len(numbers))}"

    return _COUNTER.sub(renumber, script.replace("\r\n", "\n").rstrip("\n"))

"""Lines of JSON that are written as another one, told by one regular expression.

A program writes the keys of each line in the same order and the values in the same way. What an
expression made of one line says of all that match it need not be asked of DuckDB again: which keys
and which JSON types there are, that no key comes twice, and that every number is a usual one.
"""

import json
import re
from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from sandbox.athena.hive.types import HiveType

# A path's steps from the line to a value: a field's folded name, or one of these.
ELEMENT, ENTRY = "[*]", ".*"
Path = tuple[str, ...]

_LONGEST = 16 << 10  # characters of an expression; what a table of some hundred columns takes
_TEXT = r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt])*"'
# No -0, which DuckDB reads as 0, and no more digits than its types hold.
WHOLE = "0|-?[1-9][0-9]{0,17}"
NUMBER = r"0|-?(?:0\.[0-9]+|[1-9][0-9]{0,17}(?:\.[0-9]+)?)(?:[eE][-+]?[0-9]{1,2})?"
BOOLEAN = "true|false"
# By DuckDB's type for a value, what may stand there.
_SCALARS = {
    "BIGINT": WHOLE,
    "DOUBLE": NUMBER,
    "BOOLEAN": BOOLEAN,
    "VARCHAR": f"{_TEXT}|{BOOLEAN}|{WHOLE}",
}
_ONLY_TEXT = {"date", "timestamp", "tinyint", "smallint", "int", "bigint", "double", "float"}


class _Object(list[tuple[str, object]]):
    """A JSON object's keys and values, in their order."""


def pattern_of(
    line: str,
    nodes: Mapping[Path, HiveType],
    types: Mapping[Path, str],
    fold: Callable[[str], str],
    *,
    plain: bool,
) -> str | None:
    """Make the expression of the lines that are written as one whose shape is known.

    Args:
        line: an object in JSON in which no object has a key twice.
        nodes: the declared types by their paths.
        types: DuckDB's type of each declared value that is not nested.
        fold: makes of a key what is compared.
        plain: whether it is looked at all the same how the lines' numbers are written.

    Returns:
        The expression, in RE2's syntax, for whole lines; None if the line itself does not match it,
        or is nested so deep that it would be too long.
    """
    if "\\" in line:
        return None  # perhaps in a key

    def one(path: Path) -> str:
        return _scalar(nodes.get(path), types.get(path, ""), plain=plain)

    def matching(value: object, path: Path) -> str:
        kind = nodes.get(path)  # what is below a path that is not declared is not either
        if isinstance(value, _Object) and kind is not None and kind.kind == "map":
            return _several("{", f"{_TEXT}: ?{one((*path, ENTRY))}", "}")
        if isinstance(value, _Object):
            members = (f'"{re.escape(k)}": ?{matching(v, (*path, fold(k)))}' for k, v in value)
            return r"\{" + ", ?".join(members) + r"\}"
        if isinstance(value, list):
            return _several("[", matching(value[0], (*path, ELEMENT)), "]") if value else r"\[\]"
        return "null" if kind is not None and kind.children else one(path)

    try:
        pattern = rf"^{matching(json.loads(line, object_pairs_hook=_Object), ())}\n?$"
        usual = len(pattern) <= _LONGEST and matches(pattern, pa.array([line]))[0].as_py()
    except (ValueError, RecursionError):
        return None  # DuckDB reads more than JSON, such as nan, and deeper than Python
    return pattern if usual else None


def matches(pattern: str, lines: pa.Array) -> pa.Array:
    """Tell of each line whether it matches."""
    return pc.match_substring_regex(lines, pattern)


def _scalar(kind: HiveType | None, duck: str, *, plain: bool) -> str:
    if kind is None or (duck == "VARCHAR" and plain and kind.kind not in _ONLY_TEXT):
        may_be = f"{_TEXT}|{BOOLEAN}|{NUMBER}"
    elif duck == "VARCHAR" and kind.kind in _ONLY_TEXT:
        may_be = _TEXT
    else:
        may_be = _SCALARS[duck]
    return f"(?:{may_be}|null)"


def _several(begin: str, one: str, end: str) -> str:
    if len(one) > _LONGEST:  # each level doubles it
        raise ValueError(f"longer than {_LONGEST}")
    return rf"\{begin}(?:{one}(?:, ?{one})*)?\{end}"

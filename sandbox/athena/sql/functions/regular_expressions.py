"""Functions of regular expressions: DuckDB's RE2 where it can, Python's where it cannot."""

import re

from sqlglot import exp

from sandbox.athena.errors import QueryError
from sandbox.athena.sql.functions.base import (
    HELPER_PREFIX,
    Arguments,
    Function,
    Helper,
    Kind,
    bad_argument,
    call,
    is_text,
    macro,
    macro_call,
    raw,
    rewritten,
    string,
)

# What Java knows and RE2 does not: looking around, groups again, atoms and possessive quantifiers.
_BEYOND_RE2 = re.compile(r"\(\?(?:[=!>]|<[=!])|\\[1-9]|\\k<|[*+?}]\+")
_NAMED = re.compile(r"\(\?<(?![=!])")
_GROUP = re.compile(r"\\(.)|\$\{(\w+)\}|\$(\d)", re.DOTALL)


def _replacement(text: str, pattern: str) -> str:
    """Java's replacement text (`$1`, `${name}`) as RE2's, with backslashes."""

    def one(found: re.Match[str]) -> str:
        escaped, name, number = found.groups()
        if escaped is not None:
            return "\\\\" if escaped == "\\" else escaped
        if number is not None:
            return f"\\{number}"
        names = re.findall(r"\((?!\?[^P<]|\?<[=!])(?:\?P?<(\w+)>)?", re.sub(r"\\.", "", pattern))
        if name not in names:
            raise bad_argument(f"No group with name <{name}>")
        return f"\\{names.index(name) + 1}"

    return _GROUP.sub(one, text)


def _function(name: str, kind: Kind) -> Function:
    def make(arguments: Arguments) -> exp.Expr:
        if len(arguments) < 2:  # noqa: PLR2004 - text and pattern
            raise ValueError
        if any(isinstance(item, exp.Lambda) for item in arguments):
            raise QueryError(
                "NOT_SUPPORTED", f"The embedded Athena has no {name} with a lambda expression"
            )
        pattern = arguments[1]
        if is_text(pattern) and _BEYOND_RE2.search(pattern.name):
            return _in_python(name, arguments)
        if is_text(pattern):
            arguments = [arguments[0], string(_NAMED.sub("(?P<", pattern.name)), *arguments[2:]]
        if name == "regexp_replace" and len(arguments) > 2 and is_text(arguments[2]):  # noqa: PLR2004
            text = _replacement(arguments[2].name, pattern.name if is_text(pattern) else "")
            return call("regexp_replace", arguments[0], arguments[1], string(text), string("g"))
        return macro_call(name, *arguments)

    return rewritten(name, make, kind)


def _in_python(name: str, arguments: Arguments) -> exp.Expr:
    made = list(arguments)
    if name in {"regexp_extract", "regexp_extract_all"} and len(made) == 2:  # noqa: PLR2004
        made.append(raw("0"))
    if name == "regexp_replace" and len(made) == 2:  # noqa: PLR2004
        made.append(string(""))
    if name == "regexp_position":
        made = [*made, raw("1"), raw("1")][:4]
    if name.startswith("regexp_extract"):
        made[2] = exp.cast(made[2], "BIGINT", dialect="duckdb")
    if name == "regexp_position":
        made[2:] = [exp.cast(item, "BIGINT", dialect="duckdb") for item in made[2:]]
    return call(f"{HELPER_PREFIX}{name}", *made)


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(_NAMED.sub("(?P<", pattern))
    except re.error as error:
        raise bad_argument(f"{error}: {pattern}") from None


def _group(found: re.Match[str], number: int) -> str | None:
    if number > (found.re.groups or 0):
        raise bad_argument(f"Pattern has {found.re.groups} groups. Cannot access group {number}")
    group: str | None = found[number]
    return group


def _extract(text: str, pattern: str, group: int) -> str | None:
    found = _compiled(pattern).search(text)
    return _group(found, group) if found else None


def _extract_all(text: str, pattern: str, group: int) -> list[str | None]:
    return [_group(found, group) for found in _compiled(pattern).finditer(text)]


def _replace(text: str, pattern: str, replacement: str) -> str:
    return _compiled(pattern).sub(_replacement(replacement, pattern), text)


def _position(text: str, pattern: str, start: int, occurrence: int) -> int:
    if start < 1:
        raise bad_argument("start position cannot be smaller than 1")
    for number, found in enumerate(_compiled(pattern).finditer(text, start - 1), 1):
        if number == occurrence:
            return found.start() + 1
    return -1


FUNCTIONS: list[Function] = [
    _function("regexp_count", "bigint"),
    _function("regexp_extract", "varchar"),
    _function("regexp_extract_all", "array(varchar)"),
    _function("regexp_like", "boolean"),
    _function("regexp_position", "integer"),
    _function("regexp_replace", "varchar"),
    _function("regexp_split", "array(varchar)"),
]

# What their calls become when RE2 knows the pattern, or only the rows tell it.
MACROS: list[Function] = [
    macro("regexp_count", ("s, p", "CAST(len(regexp_extract_all(s, p)) AS BIGINT)")),
    macro(
        "regexp_extract",
        ("s, p", "CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p) END"),
        ("s, p, g", "CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p, g) END"),
    ),
    macro(
        "regexp_extract_all",
        ("s, p", "regexp_extract_all(s, p)"),
        ("s, p, g", "regexp_extract_all(s, p, g)"),
    ),
    macro("regexp_like", ("s, p", "regexp_matches(s, p)")),
    macro(
        "regexp_position",
        ("s, p", "python_regexp_position(s, p, 1, 1)"),
        ("s, p, n", "python_regexp_position(s, p, CAST(n AS BIGINT), 1)"),
        ("s, p, n, o", "python_regexp_position(s, p, CAST(n AS BIGINT), CAST(o AS BIGINT))"),
    ),
    macro(
        "regexp_replace",
        ("s, p", "regexp_replace(s, p, '', 'g')"),
        ("s, p, r", r"regexp_replace(s, p, regexp_replace(r, '\$(\d)', '\\\1', 'g'), 'g')"),
    ),
    macro("regexp_split", ("s, p", "regexp_split_to_array(s, p)")),
]

HELPERS = [
    Helper(
        "regexp_count", lambda text, p: len(_extract_all(text, p, 0)), ("VARCHAR",) * 2, "BIGINT"
    ),
    Helper("regexp_extract", _extract, ("VARCHAR", "VARCHAR", "BIGINT"), "VARCHAR"),
    Helper("regexp_extract_all", _extract_all, ("VARCHAR", "VARCHAR", "BIGINT"), "VARCHAR[]"),
    Helper(
        "regexp_like", lambda text, p: bool(_compiled(p).search(text)), ("VARCHAR",) * 2, "BOOLEAN"
    ),
    Helper("regexp_position", _position, ("VARCHAR", "VARCHAR", "BIGINT", "BIGINT"), "BIGINT"),
    Helper("regexp_replace", _replace, ("VARCHAR", "VARCHAR", "VARCHAR"), "VARCHAR"),
    Helper(
        "regexp_split",
        lambda text, p: re.split(re.sub(r"\((?!\?)", "(?:", p), text),
        ("VARCHAR",) * 2,
        "VARCHAR[]",
    ),
]

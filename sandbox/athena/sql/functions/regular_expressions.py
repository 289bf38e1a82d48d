"""Functions of regular expressions: DuckDB's RE2 where it finds what Java finds, else Python's regex."""

from functools import cache

import regex
from sqlglot import exp

from sandbox.athena.errors import QueryError, bad_argument
from sandbox.athena.sql.functions.base import (
    HELPER_PREFIX,
    Arguments,
    Function,
    Helper,
    Kind,
    call,
    is_text,
    macro,
    macro_call,
    raw,
    rewritten,
    string,
    taking,
)

# What Java knows and RE2 does not: looking around, groups again, atoms, possessive quantifiers,
# classes by a word (`\p{Lower}`) and classes within classes.
_BEYOND_RE2 = regex.compile(
    r"\(\?(?:[=!>]|<[=!])|\\[1-9]|\\k<|[*+?}]\+|\\[pP]\{\^?\w{3}|\[[^]]*(?:\[(?!:)|&&)"
)
_NAMED = regex.compile(r"\(\?<(?![=!])")
# Groups that may take no part in a match: RE2 gives an empty text for them, Java NULL.
_OPTIONAL_GROUP = regex.compile(r"\||\)(?:[?*]|\{0)")
# A piece of Java's replacement text: a character, `${name}` or `$1`.
_PIECE = regex.compile(r"\\(.)|([^\\$])|\$\{([^}]*)\}?|\$([0-9]+)", regex.DOTALL)

# What follows text and pattern, where it is not given.
_DEFAULTS = {
    "regexp_extract": (raw("0"),),
    "regexp_extract_all": (raw("0"),),
    "regexp_position": (raw("1"), raw("1")),
    "regexp_replace": (string(""),),
}


@cache
def _compiled(pattern: str) -> regex.Pattern[str]:
    try:
        return regex.compile(pattern, regex.VERSION1)
    except regex.error as error:
        raise bad_argument(f"{error}: {pattern}") from None


@cache
def _as_re2(name: str, pattern: str) -> str | None:
    """The pattern as RE2 writes it; None where RE2 lacks it or would find something else."""
    if _BEYOND_RE2.search(pattern):
        return None
    if name not in {"regexp_like", "regexp_extract"}:
        # RE2 passes over an empty match right after another one.
        bare = regex.sub(r"\\(.)", lambda found: "" if found[1] in "bB" else found[0], pattern)
        if bare != pattern or _compiled(bare).search(""):
            return None
    return _NAMED.sub("(?P<", pattern)


def _function(name: str, kind: Kind) -> Function:
    def make(arguments: Arguments) -> exp.Expr:
        if len(arguments) - 2 not in range(len(_DEFAULTS.get(name, ())) + 1):
            raise ValueError
        if any(isinstance(item, exp.Lambda) for item in arguments):
            raise QueryError(
                "NOT_SUPPORTED", f"The embedded Athena has no {name} with a lambda expression"
            )
        text, pattern, *others = arguments
        known = _as_re2(name, pattern.name) if is_text(pattern) else None
        native = None if known is None else _native(name, text, pattern.name, known, others)
        return _in_python(name, arguments) if native is None else native

    return rewritten(name, make, kind)


def _native(
    name: str, text: exp.Expr, pattern: str, known: str, others: Arguments
) -> exp.Expr | None:
    """The call as RE2 answers it; None where the other arguments need more."""
    if name == "regexp_position":
        return None
    if not others:
        return macro_call(name, text, string(known))
    (other,) = others
    if name == "regexp_replace":
        replacement = _for_re2(other.name, pattern) if is_text(other) else None
        if replacement is None:
            return None
        return call(name, text, string(known), string(replacement), string("g"))
    group = other.name if isinstance(other, exp.Literal) and not other.is_string else ""
    if not group.isdigit() or int(group) > _compiled(pattern).groups:
        return None
    if int(group) > 0 and _OPTIONAL_GROUP.search(pattern):
        return None
    return macro_call(name, text, string(known), other)


def _in_python(name: str, arguments: Arguments) -> exp.Expr:
    made = [*arguments, *_DEFAULTS.get(name, ())[len(arguments) - 2 :]]
    if name != "regexp_replace":
        made[2:] = [exp.cast(item, "BIGINT", dialect="duckdb") for item in made[2:]]
    return call(f"{HELPER_PREFIX}{name}", *made)


@cache
def _replacement(text: str, pattern: str) -> tuple[str | int, ...]:
    """Java's replacement text as texts and numbers of groups."""
    groups, made, at = _compiled(pattern), list[str | int](), 0
    while at < len(text):
        found = _PIECE.match(text, at)
        if found is None:
            raise bad_argument(f"Illegal replacement sequence: {text}")
        escaped, plain, name, digits = found.groups()
        at = found.end()
        if digits:
            # As many digits as name a group, the others are text.
            fits = [n for n in range(1, len(digits) + 1) if int(digits[:n]) <= groups.groups]
            if not fits:
                raise bad_argument(f"Illegal replacement sequence: unknown group {digits[0]}")
            made += [int(digits[: fits[-1]]), digits[fits[-1] :]]
        elif name is not None:
            if name not in groups.groupindex:
                raise bad_argument(f"Illegal replacement sequence: unknown group {{ {name} }}")
            made.append(groups.groupindex[name])
        else:
            made.append(escaped or plain)
    return tuple(made)


def _for_re2(text: str, pattern: str) -> str | None:
    """Java's replacement text as RE2 writes it; None where that has no such thing."""
    try:
        pieces = _replacement(text, pattern)
    except QueryError:
        return None  # fails for the rows that match
    if any(isinstance(piece, int) and piece > 9 for piece in pieces):  # noqa: PLR2004 - one digit
        return None
    return "".join(
        f"\\{piece}" if isinstance(piece, int) else piece.replace("\\", r"\\") for piece in pieces
    )


def _group(found: regex.Match[str], number: int) -> str | None:
    if number < 0:
        raise bad_argument("Group cannot be negative")
    count = found.re.groups
    if number > count:
        raise bad_argument(f"Pattern has {count} groups. Cannot access group {number}")
    group: str | None = found[number]
    return group


def _extract(text: str, pattern: str, group: int) -> str | None:
    found = _compiled(pattern).search(text)
    return _group(found, group) if found else None


def _extract_all(text: str, pattern: str, group: int) -> list[str | None]:
    return [_group(found, group) for found in _compiled(pattern).finditer(text)]


def _replace(text: str, pattern: str, replacement: str) -> str:
    def one(found: regex.Match[str]) -> str:
        pieces = _replacement(replacement, pattern)
        return "".join(piece if isinstance(piece, str) else found[piece] or "" for piece in pieces)

    return _compiled(pattern).sub(one, text)


def _split(text: str, pattern: str) -> list[str]:
    pieces, last = [], 0
    for found in _compiled(pattern).finditer(text):
        pieces.append(text[last : found.start()])
        last = found.end()
    return [*pieces, text[last:]]


def _position(text: str, pattern: str, start: int, occurrence: int) -> int:
    if start < 1:
        raise bad_argument("start position cannot be smaller than 1")
    if occurrence < 1:
        raise bad_argument("occurrence cannot be smaller than 1")
    for number, found in enumerate(_compiled(pattern).finditer(text, start - 1), 1):
        if number == occurrence:
            return found.start() + 1
    return -1


FUNCTIONS = taking(
    "text",
    [
        _function("regexp_count", "bigint"),
        _function("regexp_extract", "varchar"),
        _function("regexp_extract_all", "array(varchar)"),
        _function("regexp_like", "boolean"),
        _function("regexp_position", "integer"),
        _function("regexp_replace", "varchar"),
        _function("regexp_split", "array(varchar)"),
    ],
)

# What their calls become when RE2 knows the pattern.
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
    macro("regexp_replace", ("s, p", "regexp_replace(s, p, '', 'g')")),
    macro("regexp_split", ("s, p", "regexp_split_to_array(s, p)")),
]

_TEXTS = ("VARCHAR", "VARCHAR")
HELPERS = [
    Helper("regexp_count", lambda text, p: len(_extract_all(text, p, 0)), _TEXTS, "BIGINT"),
    Helper("regexp_extract", _extract, (*_TEXTS, "BIGINT"), "VARCHAR"),
    Helper("regexp_extract_all", _extract_all, (*_TEXTS, "BIGINT"), "VARCHAR[]"),
    Helper("regexp_like", lambda text, p: bool(_compiled(p).search(text)), _TEXTS, "BOOLEAN"),
    Helper("regexp_position", _position, (*_TEXTS, "BIGINT", "BIGINT"), "BIGINT"),
    Helper("regexp_replace", _replace, (*_TEXTS, "VARCHAR"), "VARCHAR"),
    Helper("regexp_split", _split, _TEXTS, "VARCHAR[]"),
]

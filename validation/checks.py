"""Checks as data: SQL files in athena_sql/checks.

A check's SELECT gives one row for each breach, with one varchar column named `example` that may
be shown to anyone (a serial number or a file, never a name). Its first lines are comments
`-- member: value`: id, title, severity, why, remedy, tables, and optionally `of` (the table whose
rows the breaches are a share of). Checks that compare the same rows share a file, and so one pass
over them: each has its members, from `id` on (`tables` only the first), and the SELECT gives
`check_id`, `example` and `breaches`, the number of breaches that a row stands for.
docs/validation.md tells how to add one.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from common.command import UsageError
from validation.model import Severity
from validation.pipeline import is_identifier

_MEMBER = re.compile(r"--\s*([a-z_]+):\s*(.*\S)\s*")
_CONTINUED = re.compile(r"--\s{3,}(\S.*)")
_REQUIRED = ("id", "title", "severity", "why", "remedy", "tables")
_OPTIONAL = ("of",)
_ID = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)+")
_TEXT = re.compile(f"'({_ID.pattern})'")


class CheckFileError(UsageError):
    """A file of athena_sql/checks is not a check; the text says which, and what is wrong."""


@dataclass(frozen=True)
class SqlCheck:
    """A check of a file of athena_sql/checks.

    Attributes:
        sql: the file's SELECT, without the front matter.
        sharing: the ids of all checks of the file, if they are several.
    """

    id: str
    title: str
    severity: Severity
    why: str
    remedy: str
    tables: tuple[str, ...]
    sql: str
    of: str | None = None
    sharing: tuple[str, ...] = ()


def load_checks(directory: Path) -> tuple[SqlCheck, ...]:
    """The checks in every `*.sql` of a directory, by id.

    Raises:
        CheckFileError: a file is not a check, two have one id, or there is none at all.
    """
    checks = [check for path in sorted(directory.glob("*.sql")) for check in _checks(path)]
    if not checks:
        raise CheckFileError(f"There are no checks (*.sql) in {directory}: nothing would be shown.")
    ids = [check.id for check in checks]
    for check_id in ids:
        if ids.count(check_id) > 1:
            raise CheckFileError(f"Two checks of {directory} have the id {check_id}: rename one.")
    return tuple(sorted(checks, key=lambda check: check.id))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CheckFileError(f"{path} cannot be read: {error}.") from error


def _checks(path: Path) -> list[SqlCheck]:
    heads: list[dict[str, str]] = [{}]
    lines = _read(path).splitlines()
    last = None
    start = 0
    for start, line in enumerate(lines):  # noqa: B007  the SELECT begins where this stops
        if (match := _MEMBER.fullmatch(line)) and (match[1] not in heads[-1] or match[1] == "id"):
            last = match[1]
            if last in heads[-1]:
                heads.append({})
            heads[-1][last] = match[2]
        elif last and (continued := _CONTINUED.fullmatch(line)):
            heads[-1][last] += " " + continued[1].rstrip()
        else:
            break
    sql = "\n".join(lines[start:]).strip().removesuffix(";").rstrip()
    if not sql or any(";" in line.split("--")[0] for line in sql.splitlines()):
        raise CheckFileError(f"The check {path} needs one SELECT after its first lines.")
    sharing = tuple(head.get("id", "") for head in heads) if len(heads) > 1 else ()
    groups = {check_id.partition(".")[0] for check_id in sharing}
    given = {text for text in _TEXT.findall(sql) if text.partition(".")[0] in groups}
    # Rows of an id that no check has would be lost without a word.
    for check_id in sorted(given ^ {*sharing}):
        raise CheckFileError(
            f"The SELECT of {path} and its first lines differ in '{check_id}': each id stands in "
            "both, there in the column check_id."
        )
    if any("tables" in head for head in heads[1:]):
        raise CheckFileError(
            f"The check {path} says tables more than once: all its checks share them."
        )
    shared = {"tables": heads[0]["tables"]} if "tables" in heads[0] else {}
    return [_check(path, head | shared, sql, sharing) for head in heads]


def _check(path: Path, members: dict[str, str], sql: str, sharing: tuple[str, ...]) -> SqlCheck:
    missing = [name for name in _REQUIRED if name not in members]
    unknown = sorted(members.keys() - {*_REQUIRED, *_OPTIONAL})
    if missing or unknown:
        what = f"has no {', '.join(missing)}" if missing else f"says {', '.join(unknown)}"
        raise CheckFileError(
            f"The check {path} {what} in its first lines; it needs -- id:, title:, severity:, "
            "why:, remedy: and tables:, and may have of:."
        )
    tables = tuple(name.strip() for name in members["tables"].split(","))
    if not _ID.fullmatch(members["id"]):
        raise CheckFileError(f"The check {path} has the id {members['id']!r}: write group.name.")
    if members["severity"] not in set(Severity):
        raise CheckFileError(
            f"The check {path} has the severity {members['severity']!r}: error, warning or info."
        )
    if not all(is_identifier(table) for table in tables):
        raise CheckFileError(f"The check {path} lists tables that are not names: {tables}.")
    return SqlCheck(
        id=members["id"],
        title=members["title"],
        severity=Severity(members["severity"]),
        why=members["why"],
        remedy=members["remedy"],
        tables=tables,
        sql=sql,
        of=members.get("of"),
        sharing=sharing,
    )

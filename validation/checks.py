"""Checks as data: one SQL file a check, in athena_sql/checks, and the counts in counts.sql.

A check's SELECT gives one row for each breach, with one varchar column named `example` that may
be shown to anyone (a serial number or a file, never a name). Its first lines are comments
`-- member: value`: id, title, severity, why, remedy, tables, and optionally `of` (the table whose
rows the breaches are a share of). docs/validation.md tells how to add one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from validation.errors import UsageError
from validation.identifiers import is_identifier, quoted
from validation.model import Severity

# Enough of the smallest that a few differ, though a breach may repeat its example.
_EXAMPLES_ASKED = 100
# Trino ends a query of more than 150 stages, and a check with an anti-join takes four to six.
CHECKS_A_QUERY = 8

_MEMBER = re.compile(r"--\s*([a-z_]+):\s*(.*\S)\s*")
_CONTINUED = re.compile(r"--\s{3,}(\S.*)")
_REQUIRED = ("id", "title", "severity", "why", "remedy", "tables")
_OPTIONAL = ("of",)
_ID = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)+")
_COUNT = re.compile(
    r"SELECT\s+'(?P<name>\w+)'\s+AS\s+table_name\s*,\s*count\(\*\)\s+AS\s+row_count\s+"
    r'FROM\s+"?(?P<table>\w+)"?',
    re.IGNORECASE,
)


class CheckFileError(UsageError):
    """A file of athena_sql is no check; the text names the file and what is wrong with it."""


@dataclass(frozen=True)
class SqlCheck:
    """One file of athena_sql/checks. `sql` is its SELECT without the front matter."""

    id: str
    title: str
    severity: Severity
    why: str
    remedy: str
    tables: tuple[str, ...]
    sql: str
    of: str | None = None


def load_checks(directory: Path) -> tuple[SqlCheck, ...]:
    """Every `*.sql` of a directory, by id. Raises CheckFileError, also for none at all."""
    checks = [_check(path) for path in sorted(directory.glob("*.sql"))]
    if not checks:
        raise CheckFileError(f"There are no checks (*.sql) in {directory}: nothing would be shown.")
    ids = [check.id for check in checks]
    for check_id in ids:
        if ids.count(check_id) > 1:
            raise CheckFileError(f"Two files of {directory} have the id {check_id}: rename one.")
    return tuple(sorted(checks, key=lambda check: check.id))


def load_counts(path: Path) -> Mapping[str, str]:
    """The branches of counts.sql, by the table or view that each counts. Raises CheckFileError."""
    text = _read(path)
    sql = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    counts: dict[str, str] = {}
    for branch in re.split(r"\bUNION\s+ALL\b", sql.strip().removesuffix(";"), flags=re.IGNORECASE):
        match = _COUNT.fullmatch(branch.strip())
        if not match or match["name"] != match["table"] or not is_identifier(match["name"]):
            raise CheckFileError(
                f"{path} has a branch that does not count the rows of one table as the others do: "
                f"{' '.join(branch.split())[:120]!r}."
            )
        counts[match["name"]] = branch.strip()
    return counts


def counts_query(counts: Mapping[str, str]) -> str:
    """One query for all the given branches, with columns table_name and row_count."""
    return "\nUNION ALL\n".join(counts.values())


def breaches_query(checks: Sequence[SqlCheck]) -> str:
    """One query for all the given checks, with columns check_id, breaches and examples.

    `examples` holds the smallest examples, one a line, perhaps the same ones repeated.
    """
    tables = ",\n".join(f"{_name(check)} AS (\n{check.sql}\n)" for check in checks)
    rows = "\nUNION ALL\n".join(
        f"SELECT '{check.id}' AS check_id, count(*) AS breaches, "  # noqa: S608  ids are allow-listed
        f"array_join(min(example, {_EXAMPLES_ASKED}), chr(10)) AS examples FROM {_name(check)}"
        for check in checks
    )
    return f"WITH\n{tables}\n{rows}"


def rows_by_file_query(tables: Mapping[str, Sequence[str]]) -> str:
    """One query for the parsed and the malformed rows of each file of JSON tables.

    `tables` maps a table to its columns. A line that is not a record reads as NULL in every
    column (`ignore.malformed.json`). Columns: table_name, file, row_count, malformed.
    """
    return "\nUNION ALL\n".join(
        f"SELECT '{table}' AS table_name, \"$path\" AS file, count(*) AS row_count, "
        f"count_if({' AND '.join(f'{quoted(column)} IS NULL' for column in columns)}) AS malformed\n"
        f'FROM {quoted(table)} GROUP BY "$path"'
        for table, columns in tables.items()
    )


def bundles(checks: Iterable[SqlCheck]) -> tuple[tuple[SqlCheck, ...], ...]:
    """The checks in as few queries as Athena's limit on stages allows."""
    rest = iter(checks)
    return tuple(iter(lambda: tuple(islice(rest, CHECKS_A_QUERY)), ()))


def _name(check: SqlCheck) -> str:
    return quoted(check.id.replace(".", "__"))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CheckFileError(f"{path} cannot be read: {error}.") from error


def _check(path: Path) -> SqlCheck:
    members: dict[str, str] = {}
    lines = _read(path).splitlines()
    last = None
    start = 0
    for start, line in enumerate(lines):  # noqa: B007  the SELECT begins where this stops
        if (match := _MEMBER.fullmatch(line)) and match[1] not in members:
            last = match[1]
            members[last] = match[2]
        elif last and (continued := _CONTINUED.fullmatch(line)):
            members[last] += " " + continued[1].rstrip()
        else:
            break
    missing = [name for name in _REQUIRED if name not in members]
    unknown = sorted(members.keys() - {*_REQUIRED, *_OPTIONAL})
    if missing or unknown:
        what = f"has no {', '.join(missing)}" if missing else f"says {', '.join(unknown)}"
        raise CheckFileError(
            f"The check {path} {what} in its first lines; it needs -- id:, title:, severity:, "
            "why:, remedy: and tables:, and may have of:."
        )
    sql = "\n".join(lines[start:]).strip().removesuffix(";").rstrip()
    tables = tuple(name.strip() for name in members["tables"].split(","))
    if not _ID.fullmatch(members["id"]):
        raise CheckFileError(f"The check {path} has the id {members['id']!r}: write group.name.")
    if members["severity"] not in set(Severity):
        raise CheckFileError(
            f"The check {path} has the severity {members['severity']!r}: error, warning or info."
        )
    if not all(is_identifier(table) for table in tables):
        raise CheckFileError(f"The check {path} lists tables that are no names: {tables}.")
    if not sql or any(";" in line.split("--")[0] for line in sql.splitlines()):
        raise CheckFileError(f"The check {path} needs one SELECT after its first lines.")
    return SqlCheck(
        id=members["id"],
        title=members["title"],
        severity=Severity(members["severity"]),
        why=members["why"],
        remedy=members["remedy"],
        tables=tables,
        sql=sql,
        of=members.get("of"),
    )

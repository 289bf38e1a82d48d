"""What Athena is asked for the checks, and what its rows say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from validation.athena.bundles import Question
from validation.athena.queries import Row
from validation.checks import SqlCheck
from validation.fact import Fact
from validation.identifiers import quoted
from validation.model import EXAMPLES_SHOWN
from validation.pipeline import DeclaredTable
from validation.redaction import redacted

# Enough of the smallest that a few differ, though a breach may repeat its example.
_EXAMPLES_ASKED = 100
# Trino ends a query of more than 150 stages, and a check with an anti-join takes four to six.
CHECKS_A_QUERY = 8


@dataclass(frozen=True)
class FileRows:
    """What Athena reads of one file: all rows, and how many of them are NULL throughout."""

    file: str
    rows: int
    malformed: int


@dataclass(frozen=True)
class Breaches:
    """How many rows break a check, and a few examples."""

    count: int
    examples: tuple[str, ...] = ()


def count(table: str) -> Question[int]:
    """The question how many rows a table or view has."""
    return Question(
        name=table,
        key="table_name",
        sql=f"SELECT '{table}' AS table_name, count(*) AS row_count "  # noqa: S608  allow-listed
        f"FROM {quoted(table)}",
        tables=(table,),
        read=_read_count,
    )


def rows_by_file(table: DeclaredTable) -> Question[tuple[FileRows, ...]]:
    """The question how many rows each file of a JSON table has, and how many are malformed.

    A line that is not a record reads as NULL in every column (`ignore.malformed.json`).
    """
    malformed = " AND ".join(f"{quoted(column)} IS NULL" for column, _ in table.columns)
    return Question(
        name=table.name,
        key="table_name",
        sql=f"SELECT '{table.name}' AS table_name, \"$path\" AS file, count(*) AS row_count, "
        f'count_if({malformed}) AS malformed\nFROM {quoted(table.name)} GROUP BY "$path"',
        tables=(table.name,),
        read=_read_files,
    )


def breaches(check: SqlCheck) -> Question[Breaches]:
    """The question how many rows break a check, with the smallest examples, one a line."""
    return Question(
        name=check.id,
        key="check_id",
        sql=f"SELECT '{check.id}' AS check_id, count(*) AS breaches, "
        f"array_join(min(example, {_EXAMPLES_ASKED}), chr(10)) AS examples\nFROM (\n{check.sql}\n)",
        tables=check.tables,
        read=read_breaches,
    )


def in_queries(
    questions: Iterable[Question[Breaches]],
) -> tuple[tuple[Question[Breaches], ...], ...]:
    """The questions in as few queries as Athena's limit on stages allows."""
    rest = iter(questions)
    return tuple(iter(lambda: tuple(islice(rest, CHECKS_A_QUERY)), ()))


def read_breaches(rows: Sequence[Row]) -> Fact[Breaches]:
    """A check's breaches from the one row that answers it."""
    if len(rows) != 1:
        return _not_held()
    lines = str(rows[0].get("examples") or "").split("\n")
    examples = tuple(dict.fromkeys(redacted(line) for line in lines if line))
    return Fact(Breaches(int(str(rows[0]["breaches"])), examples[:EXAMPLES_SHOWN]))


def _read_count(rows: Sequence[Row]) -> Fact[int]:
    return Fact(int(rows[0]["row_count"])) if rows else _not_held()


def _read_files(rows: Sequence[Row]) -> Fact[tuple[FileRows, ...]]:
    return Fact(
        tuple(
            FileRows(str(row["file"]), int(row["row_count"]), int(row["malformed"])) for row in rows
        )
    )


def _not_held() -> Fact[Any]:
    return Fact(reason="Athena's answer does not hold it.")

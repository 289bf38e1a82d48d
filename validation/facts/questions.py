"""What Athena is asked for the checks, and what its rows say."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Self, TypeVar

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from validation.athena.bundles import Bundle, Question, by_select
from validation.athena.queries import Row
from validation.checks import SqlCheck
from validation.fact import Fact
from validation.model import EXAMPLES_SHOWN
from validation.pipeline import DeclaredTable, Pipeline, quoted
from validation.redaction import redacted

T = TypeVar("T")

# Enough of the smallest that a few differ, though a breach may repeat its example.
_EXAMPLES_ASKED = 100
# Trino ends a query of more than 150 stages, and a SELECT with an anti-join takes four to six.
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


@dataclass(frozen=True)
class Questions:
    """All that is asked of Athena for one report.

    Attributes:
        counts: by table or view that is not JSON; the rows of a JSON table are those of its files.
        files: by JSON table.
        breaches: by check.
    """

    counts: Mapping[str, Question[int]]
    files: Mapping[str, Question[tuple[FileRows, ...]]]
    breaches: Mapping[str, Question[Breaches]]

    @classmethod
    def of(cls, pipeline: Pipeline, tables: Iterable[str], checks: Iterable[SqlCheck]) -> Self:
        """The questions about some tables and views of a pipeline, and its checks."""
        files = {table.name: rows_by_file(table) for table in pipeline.json_tables}
        parquet = {table.name for table in pipeline.tables.values() if table.format == "parquet"}
        return cls(
            counts={
                # The rows of a Parquet table are told by the footers of its files.
                name: replace(count(name), scans=()) if name in parquet else count(name)
                for name in tables
                if name not in files
            },
            files=files,
            breaches={check.id: breaches(check) for check in checks},
        )

    def bundles(
        self, exists: Callable[[str], bool], sizes: Mapping[str, int], limit: int | None
    ) -> list[Bundle]:
        """The questions about what exists, in queries that Athena does not stop.

        Args:
            exists: whether there is a table or view of this name.
            sizes: bytes of each table, as far as they are known.
            limit: bytes after which the work group stops a query, if it does.
        """

        def named(name: str, questions: Iterable[Question[T]], most: int | None) -> list[Bundle]:
            asked = [question for question in questions if all(map(exists, question.tables))]
            groups = in_queries(asked, sizes, limit, most)
            numbered = len(groups) > 1 or most is not None
            return [
                Bundle(f"{name} {number} of {len(groups)}" if numbered else name, group)
                for number, group in enumerate(groups, start=1)
            ]

        return [
            *named("row counts", self.counts.values(), None),
            *named("rows by file", self.files.values(), None),
            *named("checks", self.breaches.values(), CHECKS_A_QUERY),
        ]


def count(table: str) -> Question[int]:
    """The question how many rows a table or view has."""
    return Question(
        name=table,
        key="table_name",
        sql=f"SELECT '{table}' AS table_name, count(*) AS row_count "  # noqa: S608  allow-listed
        f"FROM {quoted(table)}",
        tables=(table,),
        scans=(table,),
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
        scans=(table.name,),
        read=_read_files,
    )


def breaches(check: SqlCheck) -> Question[Breaches]:
    """The question how many rows break a check, with the smallest examples, one a line.

    Checks that share a SELECT have the same question: its rows are theirs by `check_id`.
    """
    examples = f"array_join(min(example, {_EXAMPLES_ASKED}), chr(10)) AS examples"
    if check.sharing:
        ids = ", ".join(f"'{check_id}'" for check_id in check.sharing)
        # A check that nothing breaks has its row all the same.
        sql = (
            "SELECT asked.check_id, coalesce(sum(found.breaches), 0) AS breaches, "
            f"{examples}\nFROM (VALUES {ids}) AS asked(check_id)\nLEFT JOIN (\n{check.sql}\n"
            ") AS found ON found.check_id = asked.check_id\nGROUP BY asked.check_id"
        )
    else:
        sql = (
            f"SELECT '{check.id}' AS check_id, count(*) AS breaches, "
            f"{examples}\nFROM (\n{check.sql}\n)"
        )
    return Question(
        name=check.id,
        key="check_id",
        sql=sql,
        tables=check.tables,
        scans=_scans(check),
        read=read_breaches,
    )


def in_queries(
    questions: Iterable[Question[T]],
    sizes: Mapping[str, int],
    limit: int | None,
    most: int | None = None,
) -> tuple[tuple[Question[T], ...], ...]:
    """The questions in as few queries as their limits allow.

    Args:
        questions: what is asked.
        sizes: bytes that reading a table or view takes at most; what is not known counts as none.
        limit: bytes after which Athena stops a query, if it does. A question that may read more is
            asked by itself, so that it costs no other one its answer.
        most: SELECTs in one query; questions of the same SELECT share it.
    """
    groups: list[list[tuple[Question[T], ...]]] = []
    read: list[int] = []
    for sharing in by_select(questions):
        size = sum(sizes.get(name, 0) for name in sharing[0].scans)
        for number, group in enumerate(groups):
            if (most is None or len(group) < most) and (
                limit is None or read[number] + size <= limit
            ):
                group.append(sharing)
                read[number] += size
                break
        else:
            groups.append([sharing])
            read.append(size)
    return tuple(tuple(chain.from_iterable(group)) for group in groups)


def read_breaches(rows: Sequence[Row]) -> Fact[Breaches]:
    """A check's breaches from the one row that answers it."""
    if len(rows) != 1:
        return _not_held()
    lines = str(rows[0].get("examples") or "").split("\n")
    examples = tuple(dict.fromkeys(redacted(line) for line in lines if line))
    return Fact(Breaches(int(str(rows[0]["breaches"])), examples[:EXAMPLES_SHOWN]))


def _scans(check: SqlCheck) -> tuple[str, ...]:
    try:
        query = sqlglot.parse_one(check.sql, read="athena")
    except SqlglotError:
        return check.tables  # Athena will tell what is wrong with it
    named = {cte.alias for cte in query.find_all(exp.CTE)}
    return tuple(it.name.lower() for it in query.find_all(exp.Table) if it.name not in named)


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

"""Many questions in few queries, and what to do when one question spoils its query."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from validation.athena.queries import Answer, Query, Row, Service, run
from validation.deadline import Deadline
from validation.fact import Fact, Reply
from validation.model import QueryRecord, QueryState

T = TypeVar("T")

# A query that ended so would end so again, or cost as much again: it is not asked in parts.
_NO_SECOND_TRY = re.compile(
    r"exhausted|exceed|cancel|time[d ]?\s?out|throttl|internal", re.IGNORECASE
)


@dataclass(frozen=True)
class Question(Generic[T]):
    """One thing to ask of Athena, and what the rows of its answer mean.

    Attributes:
        name: the table or check that is asked about.
        key: the column that holds `name` in each row of the answer.
        sql: a SELECT, which UNION ALL joins with others of the same columns; questions of the same
            SELECT share it.
        tables: every table and view that it reads.
        scans: the tables and views whose data it reads, each as often as the SQL names it: Athena
            reads it again every time.
        read: gives the answer that some rows are.
    """

    name: str
    key: str
    sql: str
    tables: tuple[str, ...]
    scans: tuple[str, ...]
    read: Callable[[Sequence[Row]], Fact[T]]


@dataclass(frozen=True)
class Bundle:
    """Questions that one query asks."""

    name: str
    questions: tuple[Question[Any], ...]

    @property
    def selects(self) -> list[tuple[Question[Any], ...]]:
        """The questions by their SELECTs, see `by_select`."""
        return by_select(self.questions)

    @property
    def sql(self) -> str:
        """The query."""
        return "\nUNION ALL\n".join(sharing[0].sql for sharing in self.selects)


def by_select(questions: Iterable[Question[T]]) -> list[tuple[Question[T], ...]]:
    """The questions that share a SELECT together, in the order of the first of each."""
    found: dict[str, list[Question[T]]] = {}
    for question in questions:
        found.setdefault(question.sql, []).append(question)
    return [tuple(sharing) for sharing in found.values()]


@dataclass(frozen=True)
class Replies:
    """What became of all questions, and the queries that were run."""

    answers: Mapping[Question[Any], Answer]
    queries: tuple[QueryRecord, ...] = ()

    def to(self, question: Question[T]) -> Reply[T]:
        """The reply to one of the questions that were asked."""
        answer = self.answers[question]
        record = answer.record
        if record.state is not QueryState.SUCCEEDED:
            fact = Fact[T](reason=record.reason or f"The query was {record.state}.")
        else:
            rows = [row for row in answer.rows if row.get(question.key) == question.name]
            fact = question.read(rows)
        return Reply(fact, question.sql, record.name)


def ask(
    service: Service,
    bundles: Iterable[Bundle],
    deadline: Deadline,
    *,
    run_id: str,
    on_answer: Callable[[Answer], None] = lambda _: None,
) -> Replies:
    """Ask all bundles at once; then the SELECTs of a bundle whose SQL failed, each by itself.

    So one broken table leaves every other check evaluated. A query that timed out, was cut off
    or cancelled is not asked again.
    """
    together = list(bundles)
    first = run(service, _queries(together, run_id), deadline, on_answer)
    alone = [
        Bundle(f"{bundle.name}: {', '.join(question.name for question in sharing)}", sharing)
        for bundle, answer in zip(together, first, strict=True)
        if len(bundle.selects) > 1 and _is_worth_splitting(answer.record)
        for sharing in bundle.selects
    ]
    second = run(service, _queries(alone, run_id), deadline, on_answer) if alone else ()
    asked = zip((*together, *alone), (*first, *second), strict=True)
    return Replies(
        {question: answer for bundle, answer in asked for question in bundle.questions},
        tuple(answer.record for answer in (*first, *second)),
    )


def _queries(bundles: Iterable[Bundle], run_id: str) -> list[Query]:
    return [
        # Athena wants tokens of at least 32 characters.
        Query(bundle.name, bundle.sql, f"{run_id}-{bundle.name}".ljust(32, "-")[:128])
        for bundle in bundles
    ]


def _is_worth_splitting(record: QueryRecord) -> bool:
    return record.state is QueryState.FAILED and not _NO_SECOND_TRY.search(record.reason or "")

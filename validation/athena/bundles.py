"""Many questions in few queries: bundles, and what to do when one question spoils its bundle."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from validation.athena.queries import Answer, Query, Row, Service, run
from validation.deadline import Deadline
from validation.fact import Fact
from validation.model import QueryRecord, QueryState

# A query that ended so would end so again, or cost as much again: it is not asked in parts.
_NO_SECOND_TRY = re.compile(
    r"exhausted|exceed|cancel|time[d ]?\s?out|throttl|internal", re.IGNORECASE
)


@dataclass(frozen=True)
class Bundle:
    """Questions that one query answers. `key` is the column that says which a row answers."""

    name: str
    parts: tuple[str, ...]
    key: str
    sql: Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class Reply:
    """The rows that answer one part, or why there are none, and the query that was asked."""

    rows: Fact[tuple[Row, ...]]
    query: str


@dataclass(frozen=True)
class Replies:
    """Every reply by bundle name and part, and the queries that were run."""

    by_part: Mapping[tuple[str, str], Reply]
    queries: tuple[QueryRecord, ...]


def ask(
    service: Service,
    bundles: Iterable[Bundle],
    deadline: Deadline,
    *,
    run_id: str,
    on_answer: Callable[[Answer], None] = lambda _: None,
) -> Replies:
    """Asks all bundles at once; then the parts of a bundle whose SQL failed, each by itself.

    So one broken table leaves every other check evaluated. A query that timed out, was cut off
    or cancelled is not asked again.
    """
    asked = {f"{bundle.name}": bundle for bundle in bundles if bundle.parts}
    first = run(service, _queries(asked, run_id), deadline, on_answer)
    alone = {
        f"{name}: {part}": Bundle(bundle.name, (part,), bundle.key, bundle.sql)
        for (name, bundle), answer in zip(asked.items(), first, strict=True)
        if len(bundle.parts) > 1 and _worth_splitting(answer.record)
        for part in bundle.parts
    }
    second = run(service, _queries(alone, run_id), deadline, on_answer) if alone else ()
    replies: dict[tuple[str, str], Reply] = {}
    for bundle, answer in zip((*asked.values(), *alone.values()), (*first, *second), strict=True):
        for part in bundle.parts:
            replies[bundle.name, part] = _reply(bundle, part, answer)
    return Replies(replies, tuple(answer.record for answer in (*first, *second)))


def _queries(bundles: Mapping[str, Bundle], run_id: str) -> list[Query]:
    return [
        # Athena wants tokens of at least 32 characters.
        Query(name, bundle.sql(bundle.parts), f"{run_id}-{name}".ljust(32, "-")[:128])
        for name, bundle in bundles.items()
    ]


def _worth_splitting(record: QueryRecord) -> bool:
    return record.state is QueryState.FAILED and not _NO_SECOND_TRY.search(record.reason or "")


def _reply(bundle: Bundle, part: str, answer: Answer) -> Reply:
    record = answer.record
    if record.state is not QueryState.SUCCEEDED:
        return Reply(Fact(reason=record.reason or f"The query was {record.state}."), record.name)
    rows = tuple(row for row in answer.rows if row.get(bundle.key) == part)
    return Reply(Fact(rows), record.name)

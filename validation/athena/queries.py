"""Queries with deadlines: started together, polled by one thread, stopped when given up.

`run` knows queries and time, not AWS: `Service` is what it needs of Athena, which wrangler.py
gives. A query that was cut off or timed out is never started again; only a start that Athena
throttled, which ran nothing, is tried again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from validation.deadline import Deadline
from validation.model import QueryRecord, QueryState
from validation.redaction import redacted

Row = Mapping[str, Any]
_FINAL = {"SUCCEEDED", "FAILED", "CANCELLED"}


class ThrottledError(Exception):
    """Athena took no query for now; asking again later is right."""


class ServiceError(Exception):
    """Athena refused or lost a query; its text is one plain sentence."""


@dataclass(frozen=True)
class Status:
    """What GetQueryExecution says. `state` is Athena's own word."""

    state: str
    reason: str | None = None
    bytes_scanned: int | None = None


class Service(Protocol):
    """Athena, as `run` needs it. Methods raise ThrottledError or ServiceError."""

    def start(self, sql: str, token: str) -> str:
        """Start a query and return its id; the same token never starts a second one."""

    def status(self, query_id: str) -> Status:
        """How the query stands."""

    def rows(self, query_id: str) -> Sequence[Row]:
        """The rows of a query that succeeded."""

    def stop(self, query_id: str) -> None:
        """Cancel the query."""

    def console_url(self, query_id: str) -> str | None:
        """Where a person sees the query, where there is such a place."""


@dataclass(frozen=True)
class Query:
    """One query to run; `token` is unique to it and to this run."""

    name: str
    sql: str
    token: str


@dataclass(frozen=True)
class Answer:
    """What became of a query. `rows` is empty unless the record says SUCCEEDED."""

    record: QueryRecord
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class _Running:
    query: Query
    query_id: str
    started: float


def run(
    service: Service,
    queries: Iterable[Query],
    deadline: Deadline,
    on_answer: Callable[[Answer], None] = lambda _: None,
) -> tuple[Answer, ...]:
    """Run all queries, at most `limits.at_once` together, and answer for each, in order.

    Whatever ends this call early (Ctrl-C, an error of ours) stops the running queries first.
    """
    runner = _Runner(service, deadline, on_answer)
    waiting = list(queries)
    try:
        return runner.all(waiting)
    finally:
        runner.close()


class _Runner:
    def __init__(
        self, service: Service, deadline: Deadline, on_answer: Callable[[Answer], None]
    ) -> None:
        self._service = service
        self._deadline = deadline
        self._limits = deadline.limits
        self._timing = deadline.timing
        self._on_answer = on_answer
        self._running: list[_Running] = []
        self._answers: dict[str, Answer] = {}
        self._reader = ThreadPoolExecutor(max_workers=deadline.limits.at_once)

    def all(self, queries: Sequence[Query]) -> tuple[Answer, ...]:
        waiting = list(queries)
        throttled = 0
        pause = 0.1
        while waiting or self._running:
            if self._deadline.passed():
                self._give_up(waiting, throttled=throttled > 0)
                break
            if waiting and len(self._running) < self._limits.at_once:
                if self._start(waiting[0]):
                    waiting.pop(0)
                    throttled = 0
                    continue
                throttled += 1
                # Full jitter: two reports that were throttled together do not come back together.
                self._sleep(self._timing.uniform(0.05, min(20.0, 0.5 * 2**throttled)))
            before = len(self._running)
            self._poll()
            pause = 0.1 if len(self._running) < before else min(pause * 1.5, 1.0)
            if self._running:
                self._sleep(pause)
        return tuple(self._answers[query.name] for query in queries)

    def close(self) -> None:
        """Stop what runs, and wait for no result."""
        self._reader.shutdown(wait=False, cancel_futures=True)
        self._stop_all()

    def _stop_all(self) -> None:
        """Stop what runs, all at once: where AWS does not answer, each takes its time."""

        def stop(running: _Running) -> None:
            with suppress(ServiceError, ThrottledError):
                self._service.stop(running.query_id)

        if self._running:
            with ThreadPoolExecutor(max_workers=len(self._running)) as pool:
                list(pool.map(stop, self._running))
        self._running.clear()

    def _sleep(self, seconds: float) -> None:
        self._timing.sleep(min(seconds, self._deadline.left()))

    def _start(self, query: Query) -> bool:
        """Start a query; False if Athena throttled it."""
        started = self._timing.clock()
        try:
            query_id = self._service.start(query.sql, query.token)
        except ThrottledError:
            return False
        except KeyboardInterrupt:
            # Athena may have it already: the same token gives that query's id, to stop it.
            with suppress(ServiceError, ThrottledError):
                self._service.stop(self._service.start(query.sql, query.token))
            raise
        except ServiceError as error:
            self._answer(
                QueryRecord(query.name, query.sql, QueryState.NOT_STARTED, 0.0, reason=str(error))
            )
            return True
        self._running.append(_Running(query, query_id, started))
        return True

    def _poll(self) -> None:
        for running in list(self._running):
            if self._deadline.passed():
                return
            try:
                status = self._service.status(running.query_id)
                if status.state in _FINAL:
                    self._running.remove(running)
                    self._finish(running, status)
                    continue
            except ThrottledError:
                return
            except ServiceError as error:
                self._stop(running, QueryState.LOST, str(error))
                continue
            limit = self._limits.query_seconds
            if self._timing.clock() - running.started >= limit:
                self._stop(
                    running,
                    QueryState.TIMED_OUT,
                    f"The query was stopped after {limit:g} s, its limit (--query-timeout).",
                    status.bytes_scanned,
                )

    def _finish(self, running: _Running, status: Status) -> None:
        if status.state != "SUCCEEDED":
            state = QueryState.FAILED if status.state == "FAILED" else QueryState.CANCELLED
            reason = status.reason or "Athena gave no reason."
            self._answer(self._record(running, state, reason, status.bytes_scanned))
            return
        try:
            rows = tuple(self._read(running.query_id))
        except ServiceError as error:
            # Lost, not failed: its SQL is right, so that asking it in parts would give no more.
            reason = f"The query's result could not be read. {error}"
            self._answer(self._record(running, QueryState.LOST, reason, status.bytes_scanned))
            return
        self._answer(self._record(running, QueryState.SUCCEEDED, None, status.bytes_scanned), rows)

    def _read(self, query_id: str) -> Sequence[Row]:
        # In a thread of its own: awswrangler tries S3 again for minutes where it does not answer.
        limit = min(self._limits.query_seconds, self._deadline.left())
        try:
            return self._reader.submit(self._rows, query_id).result(timeout=limit)
        except TimeoutError as error:
            raise ServiceError(f"S3 did not give it within {limit:.0f} s.") from error

    def _rows(self, query_id: str) -> Sequence[Row]:
        throttled = 0
        while True:
            try:
                return self._service.rows(query_id)
            except ThrottledError as error:
                throttled += 1
                if self._deadline.passed():
                    raise ServiceError("Athena throttled the reading of the result.") from error
                self._sleep(self._timing.uniform(0.05, min(20.0, 0.5 * 2**throttled)))

    def _stop(
        self, running: _Running, state: QueryState, reason: str, scanned: int | None = None
    ) -> None:
        with suppress(ServiceError, ThrottledError):
            self._service.stop(running.query_id)
        self._running.remove(running)
        self._answer(self._record(running, state, reason, scanned))

    def _give_up(self, waiting: Sequence[Query], *, throttled: bool) -> None:
        limit = self._limits.total_seconds
        reason = f"The time for all queries, {limit:g} s, was over (--timeout)."
        if throttled:
            reason = f"Athena throttled the start until it was too late. {reason}"
        stopped = list(self._running)
        self._stop_all()
        for running in stopped:
            self._answer(self._record(running, QueryState.TIMED_OUT, reason, None))
        for query in waiting:
            self._answer(
                QueryRecord(query.name, query.sql, QueryState.NOT_STARTED, 0.0, reason=reason)
            )

    def _record(
        self, running: _Running, state: QueryState, reason: str | None, scanned: int | None
    ) -> QueryRecord:
        return QueryRecord(
            name=running.query.name,
            sql=running.query.sql,
            state=state,
            seconds=round(self._timing.clock() - running.started, 3),
            query_id=running.query_id,
            bytes_scanned=scanned,
            reason=reason and redacted(reason),
            console_url=self._service.console_url(running.query_id),
        )

    def _answer(self, record: QueryRecord, rows: tuple[Row, ...] = ()) -> None:
        answer = Answer(record, rows)
        self._answers[record.name] = answer
        self._on_answer(answer)

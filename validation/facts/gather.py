"""Everything that AWS knows besides query results, gathered at once in threads."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, ParamSpec, Self, TypeVar

from glue_studio import Job
from glue_studio.aws import Clients
from glue_studio.lifecycle.drift import Drift
from validation import aws
from validation.deadline import Deadline
from validation.fact import Fact, attempt
from validation.facts import catalog, jobs, storage
from validation.facts.catalog import CatalogTable
from validation.facts.jobs import RuleOutcome
from validation.facts.storage import StoredObject
from validation.model import HistoryEntry, JobFacts
from validation.pipeline import Pipeline
from validation.settings import Settings

T = TypeVar("T")
P = ParamSpec("P")

# What is being answered when the time for all is over is still waited for so long, in seconds.
_GRACE = 5.0


@dataclass(frozen=True)
class Facts:
    """By table: objects, and for JSON tables the lines of each file. By job: the rest."""

    account: Fact[str]
    objects: Mapping[str, Fact[tuple[StoredObject, ...]]] = field(default_factory=dict)
    lines: Mapping[str, Fact[Mapping[str, int]]] = field(default_factory=dict)
    drifts: Mapping[str, Fact[Drift]] = field(default_factory=dict)
    runs: Mapping[str, Fact[JobFacts]] = field(default_factory=dict)
    rules: Mapping[str, Fact[tuple[RuleOutcome, ...]]] = field(default_factory=dict)
    history: Fact[tuple[HistoryEntry, ...]] = field(default_factory=lambda: Fact(()))


class Gatherer:
    """Gathers in the background, until a deadline.

    Leave its `with` block to end the work, also when interrupted.
    """

    def __init__(self, settings: Settings, deadline: Deadline) -> None:
        """Starts nothing yet."""
        self._settings = settings
        self._deadline = deadline
        self._session = aws.session(settings.region)
        self._clients: dict[str, Any] = {}
        self._glue_studio: Clients | None = None
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="gather")

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Waits for nothing: a call that AWS does not answer ends by itself, in its own time."""
        self._cancelled.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def tables(self) -> Fact[Mapping[str, CatalogTable]]:
        """The Data Catalog, if it takes no more than half of the time. Raises NoDatabaseError."""
        found = self._submit(lambda: catalog.tables(self._client("glue"), self._settings.database))
        wait([found], timeout=self._deadline.left() / 2)
        return self._known(found)

    def start(
        self,
        tables: Mapping[str, CatalogTable],
        declared: Pipeline,
        history: Callable[[Any], tuple[HistoryEntry, ...]],
    ) -> Callable[[], Facts]:
        """Starts gathering; what it returns waits for the facts. `history` gets an S3 client."""
        located = {name: table.location for name, table in tables.items() if table.location}
        account = self._submit(self._account)
        objects = {name: self._submit(self._objects, uri) for name, uri in located.items()}
        lines = {
            name: self._submit(self._lines, uri)
            for name, uri in located.items()
            if tables[name].classification == "json"
        }
        runs = {name: self._submit(self._run, name) for name in declared.jobs}
        drifts = {name: self._submit(self._drift, job.job) for name, job in declared.jobs.items()}
        entries = self._submit(lambda: history(self._client("s3")))

        every: list[Future[Any]] = [account, entries, *objects.values(), *lines.values()]
        every += [*drifts.values(), *runs.values()]

        def facts() -> Facts:
            wait(every, timeout=max(_GRACE, self._deadline.left()))
            ran = {name: self._known(future) for name, future in runs.items()}
            return Facts(
                account=self._known(account),
                objects={name: self._known(future) for name, future in objects.items()},
                lines={name: self._known(future) for name, future in lines.items()},
                drifts={name: self._known(future) for name, future in drifts.items()},
                runs={name: _job(known) for name, known in ran.items()},
                rules={name: _rules(known) for name, known in ran.items()},
                history=self._known(entries),
            )

        return facts

    def _submit(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[Fact[T]]:
        return self._pool.submit(attempt, lambda: call(*args, **kwargs))

    def _known(self, future: Future[Fact[T]]) -> Fact[T]:
        if future.done():
            return future.result()
        limit = self._deadline.limits.total_seconds
        return Fact(reason=f"AWS did not answer in time; {limit:g} s are for all (--timeout).")

    def _client(self, service: str) -> Any:
        # Clients may be shared between threads, a session may not: one thread at a time makes one.
        with self._lock:
            if service not in self._clients:
                self._clients[service] = aws.client(self._session, service)
            return self._clients[service]

    def _account(self) -> str:
        return str(self._client("sts").get_caller_identity()["Account"])

    def _objects(self, uri: str) -> tuple[StoredObject, ...]:
        return storage.objects(self._client("s3"), uri)

    def _drift(self, job: Job) -> Drift:
        with self._lock:
            if self._glue_studio is None:
                self._glue_studio = Clients(self._settings.region)
        return jobs.drift(job, self._glue_studio)

    def _lines(self, uri: str) -> Mapping[str, int]:
        s3 = self._client("s3")
        return storage.line_counts(s3, storage.objects(s3, uri), self._cancelled.is_set)

    def _run(self, job: str) -> tuple[JobFacts, Fact[tuple[RuleOutcome, ...]]]:
        glue = self._client("glue")
        run = jobs.last_run(glue, job)
        if run.run_id is None:
            return run, Fact(reason="The job has not run.")
        run_id = run.run_id
        return run, attempt(lambda: jobs.rule_outcomes(glue, job, run_id))


def _job(known: Fact[tuple[JobFacts, Any]]) -> Fact[JobFacts]:
    return Fact(reason=known.reason) if known.reason else Fact(known.value[0])


def _rules(
    known: Fact[tuple[JobFacts, Fact[tuple[RuleOutcome, ...]]]],
) -> Fact[tuple[RuleOutcome, ...]]:
    return Fact(reason=known.reason) if known.reason else known.value[1]

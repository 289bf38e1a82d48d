"""Everything that AWS knows besides query results, gathered at once in threads."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, ParamSpec, Self, TypeVar

from common import aws
from glue_studio import Job
from glue_studio.aws import Clients
from glue_studio.lifecycle.drift import Drift
from validation.deadline import Deadline
from validation.fact import Fact, attempt
from validation.facts import catalog, jobs, storage
from validation.facts.catalog import Catalog
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
    """What AWS knows besides query results.

    Attributes:
        account: the AWS account's number.
        objects: the objects of each declared table.
        lines: of each declared JSON table, how many lines each file has.
        runs: each declared job's last run.
        rules: the data quality rules that it published.
        drifts: how each declared job differs from its file.
        history: earlier runs of the report.
    """

    account: Fact[str]
    objects: Mapping[str, Fact[tuple[StoredObject, ...]]]
    lines: Mapping[str, Fact[Mapping[str, int]]]
    runs: Mapping[str, Fact[JobFacts]]
    rules: Mapping[str, Fact[tuple[RuleOutcome, ...]]]
    drifts: Mapping[str, Fact[Drift]]
    history: Fact[tuple[HistoryEntry, ...]]


@dataclass(frozen=True)
class Scans:
    """What there is to read, and how much of it one query may.

    Attributes:
        limit: bytes after which the work group stops a query; None if it does not, or is silent.
        sizes: bytes of each table whose objects could be listed.
    """

    limit: int | None
    sizes: Mapping[str, int]


class Gatherer:
    """What gathers in the background, until a deadline.

    Leave its `with` block to end the work, also when interrupted.
    """

    def __init__(self, settings: Settings, deadline: Deadline) -> None:
        """Start nothing yet."""
        self._settings = settings
        self._deadline = deadline
        self._session = aws.session(settings.region)
        self._clients: dict[str, Any] = {}
        self._glue_studio: Clients | None = None
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._objects: dict[str, Future[Fact[tuple[StoredObject, ...]]]] = {}
        self._limit: Future[Fact[int | None]] = Future()
        self._pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="gather")

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for nothing: a call that AWS does not answer ends by itself, in its own time."""
        self._cancelled.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def catalog(self) -> Catalog:
        """The Data Catalog, if it takes no more than half of the time.

        Raises:
            NoDatabaseError: the database does not exist.
        """
        found = self._submit(lambda: catalog.tables(self._client("glue"), self._settings.database))
        wait([found], timeout=self._deadline.left() / 2)
        return self._known(found)

    def scans(self) -> Scans:
        """What queries may read, as far as it is known in a quarter of the time that is left."""
        awaited: list[Future[Any]] = [self._limit, *self._objects.values()]
        wait(awaited, timeout=self._deadline.left() / 4)
        found = {name: self._known(future).or_none for name, future in self._objects.items()}
        return Scans(
            limit=self._known(self._limit).or_none,
            sizes={
                name: sum(item.size for item in objects)
                for name, objects in found.items()
                if objects is not None
            },
        )

    def start(
        self,
        deployed: Catalog,
        pipeline: Pipeline,
        history: Callable[[Any], tuple[HistoryEntry, ...]],
    ) -> Callable[[], Facts]:
        """Start gathering; what it returns waits for the facts. `history` gets an S3 client."""
        account = self._submit(self._account)
        self._limit = self._submit(self._scan_limit)
        self._objects = {name: self._submit(self._list, deployed, name) for name in pipeline.tables}
        lines = {
            table.name: self._submit(self._lines, deployed, table.name)
            for table in pipeline.json_tables
        }
        runs = {name: self._submit(self._run, name) for name in pipeline.jobs}
        drifts = {name: self._submit(self._drift, job.job) for name, job in pipeline.jobs.items()}
        entries = self._submit(lambda: history(self._client("s3")))

        every: list[Future[Any]] = [account, entries, *self._objects.values(), *lines.values()]
        every += [*drifts.values(), *runs.values()]

        def facts() -> Facts:
            wait(every, timeout=max(_GRACE, self._deadline.left()))
            ran = {name: self._known(future) for name, future in runs.items()}
            return Facts(
                account=self._known(account),
                objects={name: self._known(future) for name, future in self._objects.items()},
                lines={name: self._known(future) for name, future in lines.items()},
                runs={name: known.then(lambda pair: Fact(pair[0])) for name, known in ran.items()},
                rules={name: known.then(lambda pair: pair[1]) for name, known in ran.items()},
                drifts={name: self._known(future) for name, future in drifts.items()},
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

    def _scan_limit(self) -> int | None:
        found = self._client("athena").get_work_group(WorkGroup=self._settings.workgroup)
        limit: int | None = (
            found["WorkGroup"].get("Configuration", {}).get("BytesScannedCutoffPerQuery")
        )
        return limit

    def _list(self, deployed: Catalog, table: str) -> tuple[StoredObject, ...]:
        return storage.objects(self._client("s3"), catalog.location(deployed, table))

    def _drift(self, job: Job) -> Drift:
        with self._lock:
            if self._glue_studio is None:
                self._glue_studio = Clients(self._settings.region)
        return jobs.drift(job, self._glue_studio)

    def _lines(self, deployed: Catalog, table: str) -> Mapping[str, int]:
        files = self._list(deployed, table)
        return storage.line_counts(self._client("s3"), files, self._cancelled.is_set)

    def _run(self, job: str) -> tuple[JobFacts, Fact[tuple[RuleOutcome, ...]]]:
        glue = self._client("glue")
        run = jobs.last_run(glue, job)
        if run.run_id is None:
            return run, Fact(reason="The job has not run.")
        run_id = run.run_id
        return run, attempt(lambda: jobs.rule_outcomes(glue, job, run_id))

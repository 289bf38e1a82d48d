"""Query executions: a bounded pool of threads, each query's state, and stopping one."""

import contextlib
import datetime as dt
import logging
import math
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.athena.api.results import ResultWriter, StoredResult, metadata_bytes
from sandbox.athena.api.workgroups import ENGINE_VERSION
from sandbox.athena.engine import Engine, Session, StatementResult
from sandbox.athena.errors import SYSTEM_ERROR, HiveError, QueryCancelledError, QueryError
from sandbox.athena.sql.statements import Statement
from sandbox.athena.storage.objects import ObjectStore

_LOG = logging.getLogger(__name__)
_WORKERS = 20  # Athena's default number of active DML queries
_CANCEL_POLL = 0.05  # seconds
# Beside DML's, what has results of this content type; without columns, its `.metadata` file too.
# These, the places and contents of the files, and what is said of a failure are as recorded on AWS
# (aoyagikouhei/athena-local, docs/dev/measurements/result-files.md and metadata.md).
_APPLICATION = frozenset(
    {
        "ALTER_TABLE_ADD_COLUMN",
        "ALTER_TABLE_REPLACE_COLUMN",
        "CREATE_TABLE_AS_SELECT",
        "DESCRIBE_TABLE",
        "MSCK_REPAIR",
        "SHOW_CREATE_TABLE",
    }
)
_ADVICE = {
    "CREATE_TABLE_AS_SELECT": (
        "You may need to manually clean the data at location '{output}' before retrying."
    ),
    "INSERT": (
        "If a data manifest file was generated at '{output}-manifest.csv', you may need to manually "
        "clean the data from locations specified in the manifest."
    ),
}
_UPDATES = {"CREATE_TABLE_AS_SELECT": "CREATE TABLE", "INSERT": "INSERT"}  # in the .metadata file
FINAL = frozenset({"SUCCEEDED", "FAILED", "CANCELLED"})


@dataclass(frozen=True)
class Request:
    """What a query was started with, its work group's settings already applied.

    Attributes:
        context: the QueryExecutionContext, as it is shown.
        results: the ResultConfiguration, without its place.
        is_managed: the results go to no bucket.
        reuse_minutes: how old a result may be that is given again; None: the query runs.
    """

    sql: str
    statement: Statement
    work_group: str
    database: str | None
    context: dict[str, str]
    output_location: str
    results: dict[str, Any]
    scan_limit: int | None
    parameters: tuple[str, ...]
    prepared: Callable[[str], str | None]
    is_managed: bool = False
    reuse_minutes: int | None = None

    @property
    def encryption(self) -> dict[str, str] | None:
        """Give what the ResultConfiguration says of encryption."""
        return self.results.get("EncryptionConfiguration")

    def asks_the_same(self, other: "Request") -> bool:
        """Tell whether the result of another query is the answer to this one."""
        return (self.sql, self.database, self.work_group, self.parameters) == (
            other.sql,
            other.database,
            other.work_group,
            other.parameters,
        )


@dataclass
class Execution:
    """One query execution; its lock guards all that changes."""

    request: Request
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "QUEUED"
    reason: str | None = None
    error: QueryError | None = None
    submitted: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    completed: dt.datetime | None = None
    started_clock: float | None = None
    created_clock: float = field(default_factory=time.monotonic)
    finished_clock: float | None = None
    scanned: int = 0
    update_count: int | None = None
    result: StoredResult | None = None
    manifest: str | None = None
    reused: "Execution | None" = None
    stop: threading.Event = field(default_factory=threading.Event)
    connection: duckdb.DuckDBPyConnection | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def output(self) -> str:
        """Give the address of the query's result file."""
        if self.reused is not None:
            return self.reused.output
        kind, folder = self.request.statement.kind, self.request.output_location.rstrip("/")
        if kind == "CREATE_TABLE_AS_SELECT":
            return f"{folder}/tables/{self.id}"
        end = {"INSERT": "", "UNLOAD": "", "SELECT": ".csv", "EXECUTE": ".csv"}.get(kind, ".txt")
        return f"{folder}/{self.id}{end}"

    @property
    def has_only_reason(self) -> bool:
        """Tell whether it failed in Hive: its result is empty, its file says why."""
        return isinstance(self.error, HiveError) and self.request.statement.kind not in _ADVICE

    @property
    def content_type(self) -> str:
        """Give the type of the query's result file."""
        statement = self.request.statement
        is_engines = statement.type == "DML" or statement.kind in _APPLICATION
        return "application/octet-stream" if is_engines else "binary/octet-stream"

    def check(self) -> None:
        """Raise QueryCancelledError if the query is to stop."""
        if self.stop.is_set():
            raise QueryCancelledError("Query cancelled by user")

    def cancel(self) -> None:
        """Stop the query, wherever it is."""
        with self.lock:
            if self.state in FINAL:
                return
            if self.stop.is_set():
                return
            self.stop.set()
            if self.state == "QUEUED":
                self.finish("CANCELLED", "Query cancelled by user")
                return
        threading.Thread(target=self._interrupt, name=f"athena-stop-{self.id}", daemon=True).start()

    def _interrupt(self) -> None:
        # DuckDB forgets an interrupt that comes just before it starts, so again until it is over.
        while True:
            with self.lock:
                if self.state in FINAL:
                    return
                if self.connection is not None:
                    self.connection.interrupt()
            time.sleep(_CANCEL_POLL)

    def watch(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Remember the connection that works for this query."""
        with self.lock:
            self.connection = connection

    def finish(
        self, state: str, reason: str | None = None, error: QueryError | None = None
    ) -> None:
        """Set the final state, once."""
        with self.lock:
            if self.state in FINAL:
                return
            self.reason = reason
            self.error = error
            self.completed = dt.datetime.now(dt.UTC)
            self.finished_clock = time.monotonic()
            self.connection = None
            self.state = state

    def describe(self) -> dict[str, Any]:
        """Describe the execution as GetQueryExecution does."""
        with self.lock:
            request = self.request
            status: dict[str, Any] = {
                "State": self.state,
                "StateChangeReason": self.reason,
                "SubmissionDateTime": self.submitted,
                "CompletionDateTime": self.completed,
            }
            if self.error is not None:
                status["AthenaError"] = {
                    "ErrorCategory": self.error.category,
                    "ErrorType": self.error.error_type,
                    "Retryable": self.error.retryable,
                    "ErrorMessage": self.error.told or self.reason,
                }
            return {
                "QueryExecutionId": self.id,
                "Query": request.sql,
                "StatementType": request.statement.type,
                "SubstatementType": request.statement.kind,
                "ResultConfiguration": {
                    "OutputLocation": None if request.is_managed else self.output,
                    **request.results,
                },
                "ManagedQueryResultsConfiguration": (
                    {"Enabled": True} if request.is_managed else None
                ),
                "ResultReuseConfiguration": {
                    "ResultReuseByAgeConfiguration": {
                        "Enabled": request.reuse_minutes is not None,
                        "MaxAgeInMinutes": request.reuse_minutes,
                    },
                },
                "QueryExecutionContext": request.context,
                "Status": status,
                "Statistics": self._statistics(),
                "WorkGroup": request.work_group,
                "EngineVersion": dict(ENGINE_VERSION),
                "ExecutionParameters": list(request.parameters) or None,
            }

    def _statistics(self) -> dict[str, Any]:
        end = self.finished_clock or time.monotonic()
        start = self.started_clock if self.started_clock is not None else end
        statistics: dict[str, Any] = {
            "EngineExecutionTimeInMillis": _millis(end - start),
            "DataScannedInBytes": self.scanned,
            "TotalExecutionTimeInMillis": _millis(end - self.created_clock),
            "QueryQueueTimeInMillis": _millis(start - self.created_clock),
            "ServicePreProcessingTimeInMillis": 0,
            "QueryPlanningTimeInMillis": 0,
            "ServiceProcessingTimeInMillis": 0,
            "ResultReuseInformation": {"ReusedPreviousResult": self.reused is not None},
        }
        if self.manifest is not None:
            statistics["DataManifestLocation"] = self.manifest
        return statistics


def _millis(seconds: float) -> int:
    """A time in milliseconds, of which one that has begun counts."""
    return math.ceil(seconds * 1000)


class Executions:
    """Runs query executions.

    Args:
        engine: runs the statements.
        store: takes the result files.
        folder: for results on this machine.
        delay: seconds that every query takes at least, for tests of impatient clients.
    """

    def __init__(self, engine: Engine, store: ObjectStore, folder: Path, delay: float) -> None:
        self._engine = engine
        self._store = store
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._delay = delay
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="athena")
        self._lock = threading.Lock()
        self._known: dict[str, Execution] = {}

    def start(self, request: Request) -> Execution:
        """Queue a query."""
        execution = Execution(request)
        with self._lock:
            self._known[execution.id] = execution
        self._pool.submit(self._run, execution)
        return execution

    def find(self, name: str) -> Execution | None:
        """Find an execution by its id."""
        with self._lock:
            return self._known.get(name)

    def listed(self, work_group: str) -> list[str]:
        """List a work group's executions, the newest first."""
        with self._lock:
            found = [e.id for e in self._known.values() if e.request.work_group == work_group]
        return found[::-1]

    def forget(self, work_group: str) -> None:
        """Stop a work group's executions, and know them no more."""
        with self._lock:
            gone = [e for e in self._known.values() if e.request.work_group == work_group]
            for execution in gone:
                del self._known[execution.id]
        for execution in gone:
            execution.cancel()

    def close(self) -> None:
        """Stop all queries and wait until they have stopped."""
        with self._lock:
            known = list(self._known.values())
        for execution in known:
            execution.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, execution: Execution) -> None:
        with execution.lock:
            if execution.state != "QUEUED":
                return
            execution.state = "RUNNING"
            execution.started_clock = time.monotonic()
        try:
            self._execute(execution)
            execution.finish("SUCCEEDED")
        except QueryCancelledError as error:
            execution.finish("CANCELLED", str(error))
        except Exception as error:  # noqa: BLE001 - a query must end, whatever happens
            if execution.stop.is_set():
                # What DuckDB says of an interrupt depends on where it comes.
                execution.finish("CANCELLED", "Query cancelled by user")
                return
            self._fail(execution, _failure(error, execution.id))

    def _execute(self, execution: Execution) -> None:
        request = execution.request
        deadline = time.monotonic() + self._delay
        if self._reuse(execution):
            return
        session = Session(
            database=request.database,
            output=request.output_location,
            encryption=request.encryption,
            check=execution.check,
            scan_limit=request.scan_limit,
            watch=execution.watch,
            prepared=request.prepared,
            name=execution.id,
        )
        result = self._engine.run(request.statement, session)
        execution.scanned = result.scanned
        execution.update_count = result.update_count
        self._keep(execution, result)
        while (left := deadline - time.monotonic()) > 0:
            execution.stop.wait(min(left, _CANCEL_POLL))
            execution.check()
        execution.check()

    def _fail(self, execution: Execution, failure: QueryError) -> None:
        request, reason = execution.request, str(failure)
        if advice := _ADVICE.get(request.statement.kind):
            if not request.is_managed:
                reason = f"{reason.removesuffix('.')}. {advice.format(output=execution.output)}"
                reason += " Athena will not delete data in your account."
        elif isinstance(failure, HiveError) and not request.is_managed:
            with contextlib.suppress(QueryError):
                store = self._store.encrypting(request.encryption)
                store.put(execution.output, reason.encode(), "application/octet-stream")
        execution.finish("FAILED", reason, failure)

    def _reuse(self, execution: Execution) -> bool:
        """Take over the newest result that is young enough, if the query allows that."""
        request = execution.request
        if request.reuse_minutes is None or request.statement.kind != "SELECT":
            return False
        oldest = execution.submitted - dt.timedelta(minutes=request.reuse_minutes)
        with self._lock:
            known = list(self._known.values())
        for other in reversed(known):
            if (
                other.state == "SUCCEEDED"
                and other.reused is None
                and other.submitted >= oldest
                and request.asks_the_same(other.request)
            ):
                execution.reused, execution.result = other, other.result
                return True
        return False

    def _keep(self, execution: Execution, result: StatementResult) -> None:
        writer = ResultWriter(self._folder, execution.id, result.columns, is_table=result.is_table)
        try:
            execution.result = writer.write(_checked(result, execution))
            if execution.request.is_managed:
                return
            self._put(execution, result, writer.file)
        finally:
            writer.file.unlink(missing_ok=True)

    def _put(self, execution: Execution, result: StatementResult, file: Path) -> None:
        store = self._store.encrypting(execution.request.encryption)
        kind = execution.request.statement.kind
        if result.manifest is None:
            store.put(execution.output, file, execution.content_type)
        elif result.manifest or kind != "INSERT":
            manifest = "".join(f"{uri}\n" for uri in result.manifest)
            execution.manifest = f"{execution.output}-manifest.csv"
            store.put(execution.manifest, manifest.encode())
        if result.columns or kind in _APPLICATION:
            name = _UPDATES.get(kind)
            update = (name, execution.update_count or 0) if name else None
            metadata = metadata_bytes(execution.id, result.columns, update)
            store.put(f"{execution.output}.metadata", metadata, execution.content_type)


def _failure(error: Exception, name: str) -> QueryError:
    if isinstance(error, QueryError):
        return error
    text = str(error)
    if not isinstance(error, ClientError | BotoCoreError):
        _LOG.error("Query %s failed inside the sandbox", name, exc_info=error)
        text = f"{type(error).__name__}: {error}"
    return QueryError("GENERIC_INTERNAL_ERROR", text, category=SYSTEM_ERROR, retryable=True)


def _checked(result: StatementResult, execution: Execution) -> Any:
    for index, row in enumerate(result.rows):
        if index % 1000 == 0:
            execution.check()
        yield row

"""What a report is, before anyone shows it: frozen data without AWS, without layout.

Times are timezone-aware UTC, durations seconds, sizes bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

# The version of report.json. A new optional member keeps it; anything else raises it.
SCHEMA_VERSION = "1.0"
# Of a check's examples; more say no more.
EXAMPLES_SHOWN = 5


class Severity(StrEnum):
    """What a breach of a check means: a failure, a warning, or a figure that is only stated."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Outcome(StrEnum):
    """What became of a check. NOT_EVALUATED is never a pass."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    NOT_EVALUATED = "not_evaluated"


class Verdict(StrEnum):
    """What became of the whole run."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_EVALUATED = "not_evaluated"


class QueryState(StrEnum):
    """How an Athena query ended, as this report saw it."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    NOT_STARTED = "not_started"
    LOST = "lost"


@dataclass(frozen=True)
class QueryRecord:
    """One Athena query of the run; `name` is what CheckResult.query refers to."""

    name: str
    sql: str
    state: QueryState
    seconds: float
    query_id: str | None = None
    bytes_scanned: int | None = None
    reason: str | None = None
    console_url: str | None = None


@dataclass(frozen=True)
class CheckResult:
    """One check with its outcome.

    Attributes:
        expected, actual: numbers where the check counts, sentences where it compares definitions.
        examples: a few of what is wrong; never names, email addresses or phone numbers.
        tables: what it is about, its subject first.
        of: the rows that `actual` is a share of.
        query: the name of the query that answered it.
    """

    id: str
    title: str
    severity: Severity
    outcome: Outcome
    why: str
    message: str
    expected: int | str | None = None
    actual: int | str | None = None
    remedy: str | None = None
    examples: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    of: int | None = None
    sql: str | None = None
    query: str | None = None

    @property
    def group(self) -> str:
        """The part of the id before the first dot, which is the heading it stands under."""
        return self.id.split(".", 1)[0]

    @property
    def difference(self) -> int | None:
        """`actual` minus `expected`, where both are numbers."""
        if isinstance(self.actual, int) and isinstance(self.expected, int):
            return self.actual - self.expected
        return None


@dataclass(frozen=True)
class TableFacts:
    """A table (or, without location, a view) and what stands in it.

    Attributes:
        made_by: the job that writes it; an uploaded table has none.
        sources: the tables that it is made from.
    """

    name: str
    zone: str
    rows: int | None = None
    expected_rows: int | None = None
    format: str | None = None
    location: str | None = None
    objects: int | None = None
    bytes: int | None = None
    newest: datetime | None = None
    made_by: str | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class JobFacts:
    """A Glue job and its last run, as GetJobRuns tells it."""

    name: str
    state: str | None = None
    started: datetime | None = None
    seconds: int | None = None
    dpu_hours: float | None = None
    error: str | None = None
    run_id: str | None = None


@dataclass(frozen=True)
class Identity:
    """Which run this is, of which code, on what."""

    run_id: str
    started: datetime
    seconds: float
    environment: str
    account: str | None
    region: str | None
    workgroup: str
    database: str
    endpoint: str | None
    git_commit: str | None
    git_dirty: bool | None
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class HistoryEntry:
    """What later reports need of an earlier one."""

    run_id: str
    started: datetime
    verdict: Verdict
    counts: Mapping[str, int]
    outcomes: Mapping[str, Outcome]
    seconds: float
    bytes_scanned: int
    git_commit: str | None = None


@dataclass(frozen=True)
class Lane:
    """One lane of the funnel: tables of one kind of record, and what the rows of each are."""

    title: str
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Funnel:
    """The way of each kind of record through the pipeline."""

    title: str
    lanes: tuple[Lane, ...]


@dataclass(frozen=True)
class Report:
    """A whole run. `history` holds earlier runs, oldest first, without this one."""

    identity: Identity
    checks: tuple[CheckResult, ...]
    queries: tuple[QueryRecord, ...] = ()
    tables: tuple[TableFacts, ...] = ()
    jobs: tuple[JobFacts, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    notes: tuple[str, ...] = ()
    funnel: Funnel | None = None
    group_titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """FAILED if anything failed; PASSED only if every error and warning check ran."""
        if any(check.outcome is Outcome.FAILED for check in self.checks):
            return Verdict.FAILED
        unknown = any(
            check.outcome is Outcome.NOT_EVALUATED and check.severity is not Severity.INFO
            for check in self.checks
        )
        return Verdict.NOT_EVALUATED if unknown or not self.checks else Verdict.PASSED

    @property
    def exit_code(self) -> int:
        """0 passed, 1 failed, 2 could not be evaluated."""
        return {Verdict.PASSED: 0, Verdict.FAILED: 1, Verdict.NOT_EVALUATED: 2}[self.verdict]

    @property
    def bytes_scanned(self) -> int:
        """What Athena read for this report, as far as it told."""
        return sum(query.bytes_scanned or 0 for query in self.queries)

    def with_outcome(self, outcome: Outcome) -> tuple[CheckResult, ...]:
        """The checks that ended so, in their order."""
        return tuple(check for check in self.checks if check.outcome is outcome)

    @property
    def counts(self) -> Mapping[str, int]:
        """Rows by table, of the tables that could be counted."""
        return {table.name: table.rows for table in self.tables if table.rows is not None}

    def entry(self) -> HistoryEntry:
        """This run as later runs will see it."""
        return HistoryEntry(
            run_id=self.identity.run_id,
            started=self.identity.started,
            verdict=self.verdict,
            counts=self.counts,
            outcomes={check.id: check.outcome for check in self.checks},
            seconds=self.identity.seconds,
            bytes_scanned=self.bytes_scanned,
            git_commit=self.identity.git_commit,
        )

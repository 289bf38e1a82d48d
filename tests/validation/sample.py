"""Reports made by hand, for the renderers: nothing in them comes from AWS."""

from datetime import UTC, datetime, timedelta

from common.project import PROJECT
from validation.expectations import FILE, load
from validation.model import (
    CheckResult,
    HistoryEntry,
    Identity,
    JobFacts,
    Outcome,
    QueryRecord,
    QueryState,
    Report,
    Severity,
    TableFacts,
    Verdict,
)

_STEDI = load(PROJECT / FILE)
START = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
EVIL = '<script>alert("1")</script>&\'|`'
_COUNTS = {
    "customer_landing": 956,
    "accelerometer_landing": 81273,
    "step_trainer_landing": 28680,
    "customer_trusted": 482,
    "accelerometer_trusted": 40981,
    "step_trainer_trusted": 14460,
    "customers_curated": 482,
    "machine_learning_curated": 43681,
    "machine_learning_curated_by_customer": 40981,
}
_SOURCES = {
    "customer_trusted": ("customer_landing",),
    "accelerometer_trusted": ("accelerometer_landing", "customer_trusted"),
    "customers_curated": ("customer_trusted", "accelerometer_trusted", "step_trainer_landing"),
    "step_trainer_trusted": ("step_trainer_landing", "customers_curated"),
    "machine_learning_curated": (
        "step_trainer_trusted",
        "accelerometer_trusted",
        "customers_curated",
    ),
    "machine_learning_curated_by_customer": ("machine_learning_curated",),
}


def identity() -> Identity:
    return Identity(
        run_id="20260504T093000Z-0a1b2c3d",
        started=START,
        seconds=7.25,
        environment="dev",
        account="123456789012",
        region="us-east-1",
        workgroup="stedi-dev",
        database="stedi",
        endpoint=None,
        git_commit="5f2a9c1d3e4b5a6978877665544332211009f8e7",
        git_dirty=False,
        versions={"python": "3.11.9", "awswrangler": "3.17.1"},
    )


def check(
    check_id: str,
    outcome: Outcome = Outcome.PASSED,
    *,
    severity: Severity = Severity.ERROR,
    expected: int | str | None = 0,
    actual: int | str | None = 0,
    examples: tuple[str, ...] = (),
    message: str = "No row breaks it.",
    title: str = "Every row is right",
    tables: tuple[str, ...] = ("customer_trusted",),
    of: int | None = None,
) -> CheckResult:
    return CheckResult(
        id=check_id,
        title=title,
        severity=severity,
        outcome=outcome,
        why="A wrong row would mislead whoever reads it.",
        message=message,
        expected=expected,
        actual=actual,
        remedy=None if outcome is Outcome.PASSED else "Run the workflow again.",
        examples=examples,
        tables=tables,
        of=of,
        sql='SELECT serialnumber AS example\nFROM "customer_trusted"\nWHERE 1 < 0',
        query="checks 1 of 1",
    )


def count(table: str, rows: int | None = None) -> CheckResult:
    expected = _COUNTS[table]
    actual = expected if rows is None else rows
    return CheckResult(
        id=f"count.{table}",
        title=f"Rows of {table}",
        severity=Severity.ERROR,
        outcome=Outcome.PASSED if actual == expected else Outcome.FAILED,
        why="A table of another size was loaded twice, in part, or by another rule.",
        message=f"{actual:,} rows, expected {expected:,}.",
        expected=expected,
        actual=actual,
        remedy=None if actual == expected else "Run the job that makes it again.",
        tables=(table,),
        sql=f'SELECT count(*) FROM "{table}"',
        query="row counts",
    )


def tables(**rows: int) -> tuple[TableFacts, ...]:
    return tuple(
        TableFacts(
            name=name,
            zone=name.rsplit("_", 1)[1] if not name.endswith("by_customer") else "view",
            rows=rows.get(name, expected),
            expected_rows=expected,
            format=None if name.endswith("by_customer") else "json",
            location=None if name.endswith("by_customer") else f"s3://stedi/{name}/",
            objects=None if name.endswith("by_customer") else 3,
            bytes=None if name.endswith("by_customer") else expected * 104,
            newest=None if name.endswith("by_customer") else START - timedelta(minutes=5),
            made_by=name if name in _SOURCES and not name.endswith("by_customer") else None,
            sources=_SOURCES.get(name, ()),
        )
        for name, expected in _COUNTS.items()
    )


def queries() -> tuple[QueryRecord, ...]:
    return (
        QueryRecord(
            name="row counts",
            sql="SELECT 1",
            state=QueryState.SUCCEEDED,
            seconds=1.5,
            query_id="11111111-2222-3333-4444-555555555555",
            bytes_scanned=12_345_678,
            console_url="https://us-east-1.console.aws.amazon.com/athena/home?region=us-east-1&a=b",
        ),
        QueryRecord(
            name="checks 1 of 1",
            sql="SELECT 2",
            state=QueryState.SUCCEEDED,
            seconds=2.25,
            query_id="66666666-7777-8888-9999-000000000000",
            bytes_scanned=23_456_789,
        ),
    )


def pairs(outcome: Outcome = Outcome.WARNED, actual: int = 2700) -> CheckResult:
    return check(
        "pairs.two_customers",
        outcome,
        severity=Severity.WARNING,
        expected=2700,
        actual=actual,
        of=43681,
        title="Training rows that pair two different customers",
        message=f"{actual:,} of 43,681 rows, the known and accepted number.",
        examples=("trainer 0045f8e9 with the accelerometer of c064ac06",),
        tables=("machine_learning_curated",),
    )


def history(runs: int = 5) -> tuple[HistoryEntry, ...]:
    return tuple(
        HistoryEntry(
            run_id=f"2026050{number}T093000Z-0000000{number}",
            started=START - timedelta(days=runs - number),
            verdict=Verdict.FAILED if number == 1 else Verdict.PASSED,
            counts=_COUNTS
            if number != 1
            else {**_COUNTS, "machine_learning_curated": 46022, "customers_curated": 40981},
            outcomes={"pairs.two_customers": Outcome.WARNED},
            seconds=7.0 + number % 3,
            bytes_scanned=35_000_000,
            git_commit="5f2a9c1d3e4b5a6978877665544332211009f8e7",
        )
        for number in range(runs)
    )


def passed() -> Report:
    """All well but for the one warning, with five runs before it."""
    return Report(
        identity=identity(),
        checks=(
            *(count(name) for name in _COUNTS),
            check("consent.customer_trusted"),
            pairs(),
            check(
                "quality.customer_trusted",
                Outcome.NOT_EVALUATED,
                severity=Severity.INFO,
                expected=None,
                actual=None,
                message="Its last run published no data quality results.",
            ),
        ),
        queries=queries(),
        tables=tables(),
        jobs=(JobFacts("customer_trusted", "SUCCEEDED", START - timedelta(minutes=9), 62, 0.0344),),
        history=history(),
        funnel=_STEDI.funnel,
        group_titles=_STEDI.group_titles,
    )


def failed() -> Report:
    """A doubled table, a breach whose example is hostile, and a check that could not run."""
    return Report(
        identity=identity(),
        checks=(
            *(
                count(name, 87362 if name == "machine_learning_curated" else None)
                for name in _COUNTS
            ),
            check(
                "consent.customer_trusted",
                Outcome.FAILED,
                actual=1,
                message="1 row breaks it.",
                examples=(EVIL,),
                title=f"Every trusted customer agreed {EVIL}",
            ),
            pairs(Outcome.FAILED, 5400),
            check(
                "keys.customer_trusted",
                Outcome.NOT_EVALUATED,
                actual=None,
                message="COLUMN_NOT_FOUND: line 3:8: Column 'email' cannot be resolved",
            ),
        ),
        queries=queries(),
        tables=tables(machine_learning_curated=87362),
        jobs=(
            JobFacts("customer_trusted", "FAILED", START, 12, 0.01, f"An error occurred: {EVIL}"),
        ),
        notes=("The earlier runs could not be read: AWS denied the call.",),
        funnel=_STEDI.funnel,
        group_titles=_STEDI.group_titles,
    )


def empty() -> Report:
    """Nothing was checked, which is no pass."""
    return Report(identity=identity(), checks=())

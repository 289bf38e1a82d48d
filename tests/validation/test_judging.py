from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from validation.checks import SqlCheck
from validation.declared import Declared, DeclaredTable, DeclaredView
from validation.expectations import Expectations
from validation.gathering.catalog import CatalogTable
from validation.gathering.jobs import RuleOutcome
from validation.gathering.storage import StoredObject
from validation.judging import breaches, catalog, counts, freshness, ingestion, jobs
from validation.judging.breaches import Breaches
from validation.judging.ingestion import FileRows
from validation.known import Known
from validation.model import CheckResult, JobFacts, Outcome, Severity

NOW = datetime(2026, 5, 4, tzinfo=UTC)
UNKNOWN = "AWS denied the call."


def check(severity: Severity) -> SqlCheck:
    return SqlCheck("keys.t", "Keys", severity, "Why.", "Mend it.", ("t",), "SELECT 1")


def judged(severity: Severity, count: int, accepted: int | None = None) -> CheckResult:
    return breaches.judge(
        check(severity), Known(Breaches(count)), accepted=accepted, of=10, query="q"
    )


@pytest.mark.parametrize(
    ("severity", "count", "accepted", "outcome"),
    [
        (Severity.ERROR, 0, None, Outcome.PASSED),
        (Severity.ERROR, 1, None, Outcome.FAILED),
        (Severity.WARNING, 1, None, Outcome.WARNED),
        (Severity.WARNING, 0, 5, Outcome.PASSED),
        (Severity.WARNING, 5, 5, Outcome.WARNED),
        (Severity.WARNING, 4, 5, Outcome.FAILED),
        (Severity.WARNING, 6, 5, Outcome.FAILED),
        (Severity.ERROR, 5, 5, Outcome.WARNED),
        (Severity.INFO, 0, None, Outcome.PASSED),
        (Severity.INFO, 7, None, Outcome.PASSED),
    ],
)
def test_breaches_by_severity_and_acceptance(
    severity: Severity, count: int, accepted: int | None, outcome: Outcome
) -> None:
    result = judged(severity, count, accepted)
    assert result.outcome is outcome
    assert result.actual == count
    assert (result.remedy is None) == (outcome is Outcome.PASSED)


def test_a_check_that_could_not_run_is_never_a_pass() -> None:
    result = breaches.judge(
        check(Severity.ERROR), Known(reason=UNKNOWN), accepted=None, of=None, query=None
    )
    assert (result.outcome, result.message) == (Outcome.NOT_EVALUATED, UNKNOWN)
    # What mends a breach does not mend what kept the check from running.
    assert result.remedy is None
    assert breaches.read([]).reason


def test_an_address_is_withheld_from_the_examples() -> None:
    row = {"check_id": "x", "breaches": 2, "examples": "trainer a with b@c.test\nb@c.test"}
    examples = breaches.read([row]).value.examples
    assert examples == ("trainer a with (address withheld)", "(address withheld)")


def test_examples_differ_and_are_few() -> None:
    row = {"check_id": "x", "breaches": 9, "examples": "a\na\nb\nc\nd\ne\nf"}
    assert breaches.read([row]).value == Breaches(9, ("a", "b", "c", "d", "e"))


@pytest.mark.parametrize(
    ("rows", "outcome", "words"),
    [
        (5, Outcome.PASSED, "as expected"),
        (10, Outcome.FAILED, "exactly double"),
        (0, Outcome.FAILED, "the table is empty"),
        (7, Outcome.FAILED, "2 too many"),
        (4, Outcome.FAILED, "1 missing"),
    ],
)
def test_a_count_says_how_it_is_wrong(rows: int, outcome: Outcome, words: str) -> None:
    (result,) = counts.judge({"t": Known(rows)}, {"t": 5}, sql={"t": "SELECT"}, query="q")
    assert result.outcome is outcome
    assert words in result.message
    assert result.difference == rows - 5


def test_counts_without_a_number_or_without_a_query_are_not_evaluated() -> None:
    results = counts.judge({"a": Known(5)}, {"b": 5}, sql={}, query="q")
    assert [result.outcome for result in results] == [Outcome.NOT_EVALUATED] * 2
    assert "give no number" in results[0].message
    assert "does not count it" in results[1].message


def ingested(files: Known[tuple[FileRows, ...]], lines: Known[Mapping[str, int]]) -> CheckResult:
    return ingestion.judge("t", files, lines, sql="", query="q")


def test_every_line_is_a_record() -> None:
    result = ingested(Known((FileRows("f", 3, 0),)), Known({"f": 3}))
    assert (result.outcome, result.expected, result.actual) == (Outcome.PASSED, 3, 3)


def test_a_malformed_line_a_lost_line_and_an_unread_file_are_named() -> None:
    result = ingested(
        Known((FileRows("a", 3, 1), FileRows("b", 2, 0))), Known({"a": 3, "b": 3, "c": 1})
    )
    assert result.outcome is Outcome.FAILED
    assert result.examples == (
        "a: 1 line not a record",
        "b: 3 lines in the file, 2 read",
        "c: 1 line in the file, 0 read",
    )


def test_without_line_counts_only_malformed_rows_are_judged() -> None:
    unread: Known[Mapping[str, int]] = Known(reason=UNKNOWN)
    assert ingested(Known((FileRows("a", 3, 1),)), unread).outcome is Outcome.FAILED
    assert ingested(Known((FileRows("a", 3, 0),)), unread).outcome is Outcome.NOT_EVALUATED
    assert ingested(Known(reason=UNKNOWN), unread).message == UNKNOWN


TABLE = DeclaredTable(
    "t",
    "landing",
    "json",
    (("a", "string"), ("b", "int")),
    serde_parameters={"ignore.malformed.json": "true"},
)
FOUND = CatalogTable(
    "t",
    (("a", "string"), ("b", "int")),
    (),
    "s3://b/t/",
    "org.openx.data.jsonserde.JsonSerDe",
    "json",
    None,
    {"ignore.malformed.json": "true", "serialization.format": "1"},
)
VIEW = DeclaredView("v", "SELECT a FROM t WHERE a = b", ("t",))


def catalogued(found: CatalogTable, **privacy: tuple[str, ...]) -> dict[str, CheckResult]:
    results = catalog.judge(
        Known({found.name: found}),
        Declared({"t": TABLE}, {"v": VIEW}, {}),
        {"t": "s3://b/t"},
        Expectations("", {}, **privacy),  # type: ignore[arg-type]
    )
    return {result.id: result for result in results}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"columns": (("a", "string"),)}, "The column b is missing"),
        ({"columns": (("a", "int"), ("b", "int"))}, "The column a is int, declared string"),
        (
            {"columns": (("a", "string"), ("b", "int"), ("c", "int"))},
            "The column c is not declared",
        ),
        ({"columns": (("b", "int"), ("a", "string"))}, "another order"),
        ({"serde": "x.ParquetHiveSerDe"}, "Its SerDe is ParquetHiveSerDe"),
        ({"serde_parameters": {}}, "Its SerDe's ignore.malformed.json is none, in athena_sql true"),
        ({"classification": None}, "Its classification is none"),
        ({"location": "s3://other/t/"}, "Its location is s3://other/t/"),
        ({"partition_keys": ("day",)}, "partitioned by day"),
        ({"view_sql": "SELECT 1"}, "It is a view"),
    ],
)
def test_each_drift_of_a_table_is_told(change: dict[str, object], words: str) -> None:
    members = {name: getattr(FOUND, name) for name in FOUND.__dataclass_fields__}
    result = catalogued(CatalogTable(**members | change))["catalog.t"]
    assert result.outcome is Outcome.FAILED
    assert words in result.message


def test_a_table_as_declared_passes_and_one_that_is_not_there_fails() -> None:
    results = catalogued(FOUND)
    assert results["catalog.t"].outcome is Outcome.PASSED
    assert results["catalog.v"].message == "It does not exist."


@pytest.mark.parametrize(
    ("sql", "outcome"),
    [
        ('select "a" from "t"  where "a" = "b" -- as before', Outcome.PASSED),
        ("SELECT a FROM t", Outcome.FAILED),
        ("no SQL at all (", Outcome.FAILED),
    ],
)
def test_a_view_is_compared_by_meaning_not_by_layout(sql: str, outcome: Outcome) -> None:
    found = CatalogTable("v", (("a", "string"),), (), None, None, None, sql)
    assert catalogued(found)["catalog.v"].outcome is outcome


def test_a_table_in_the_place_of_a_view_is_told() -> None:
    found = CatalogTable("v", (), (), "s3://b/v/", None, "json", None)
    assert "It is a table" in catalogued(found)["catalog.v"].message


def test_personal_columns_are_found_and_an_empty_rule_is_no_pass() -> None:
    names = {"personal_columns": ("a",), "tables_without_personal_columns": ("t",)}
    assert catalogued(FOUND, **names)["privacy.columns"].examples == ("t.a",)
    names["personal_columns"] = ("x",)
    assert catalogued(FOUND, **names)["privacy.columns"].outcome is Outcome.PASSED
    assert catalogued(FOUND)["privacy.columns"].outcome is Outcome.NOT_EVALUATED
    names["tables_without_personal_columns"] = ("gone",)
    assert "gone does not exist" in catalogued(FOUND, **names)["privacy.columns"].message


def test_an_unreadable_catalog_is_no_pass() -> None:
    results = catalog.judge(
        Known(reason=UNKNOWN), Declared({"t": TABLE}, {}, {}), {}, Expectations("", {})
    )
    assert {result.outcome for result in results} == {Outcome.NOT_EVALUATED}


def test_a_table_older_than_allowed_is_stale() -> None:
    written = NOW - timedelta(hours=3)
    stored: tuple[StoredObject, ...] = (StoredObject("s3://b/t/x", 1, written),)
    objects = {"t": Known(stored)}
    declared = Declared({"t": TABLE}, {}, {})
    (fresh,) = freshness.judge(objects, declared, now=NOW, max_age_hours=4)
    (stale,) = freshness.judge(objects, declared, now=NOW, max_age_hours=2)
    assert fresh.outcome is Outcome.PASSED
    assert "more than 2 hours ago" in stale.message


@pytest.mark.parametrize(
    ("objects", "words"),
    [
        ({"t": Known(())}, "no object with data"),
        ({"t": Known(reason=UNKNOWN)}, UNKNOWN),
    ],
)
def test_a_table_of_unknown_age_is_not_evaluated(
    objects: dict[str, Known[tuple[StoredObject, ...]]], words: str
) -> None:
    (result,) = freshness.judge(objects, Declared({"t": TABLE}, {}, {}), now=NOW, max_age_hours=0)
    assert result.outcome is Outcome.NOT_EVALUATED
    assert words in result.message


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (JobFacts("j", "SUCCEEDED", NOW, 60, 0.03), Outcome.PASSED),
        (JobFacts("j", "FAILED", error="boom"), Outcome.FAILED),
        (JobFacts("j", "TIMEOUT"), Outcome.FAILED),
        (JobFacts("j", "RUNNING"), Outcome.NOT_EVALUATED),
        (JobFacts("j"), Outcome.NOT_EVALUATED),
    ],
)
def test_the_last_run_of_a_job(facts: JobFacts, outcome: Outcome) -> None:
    assert jobs.judge_run("j", Known(facts), ("t",)).outcome is outcome


def test_a_run_that_cannot_be_asked_for_is_no_pass() -> None:
    assert jobs.judge_run("j", Known(reason=UNKNOWN), ()).outcome is Outcome.NOT_EVALUATED


def test_quality_rules_fail_a_run_or_are_only_stated() -> None:
    good = RuleOutcome("RowCount > 0", "PASS", None)
    bad = RuleOutcome('IsComplete "a"', "FAIL", "Value: 0.5 does not meet the constraint")
    result = jobs.judge_quality("j", Known((good, bad)), ())
    assert result.outcome is Outcome.FAILED
    assert result.examples == ('IsComplete "a": Value: 0.5 does not meet the constraint',)
    assert jobs.judge_quality("j", Known((good,)), ()).outcome is Outcome.PASSED
    stated = jobs.judge_quality("j", Known(reason="It published none."), ())
    assert (stated.outcome, stated.severity) == (Outcome.NOT_EVALUATED, Severity.INFO)

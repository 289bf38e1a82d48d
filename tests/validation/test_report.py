"""The whole report on the sandbox, and what comes with it: history, learning, notifications."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from common.project import PROJECT
from tests.validation import sample
from tests.validation.fakes import Clock, FakeAthena, Script, answering
from tests.validation.lakehouse import BUCKETS, RESULTS, Lakehouse
from validation import expectations, history
from validation.checks import load_checks
from validation.deadline import Deadline, Limits, Timing
from validation.evaluate import Plan, evaluate
from validation.model import HistoryEntry, Outcome, Verdict
from validation.pipeline import load
from validation.rendering import json as json_report
from validation.report import main
from validation.settings import Settings

pytestmark = pytest.mark.slow


def run(lake: Lakehouse, out: Path, *flags: str) -> int:
    expect = lake.expectations(out)
    return main(
        [
            *[*lake.flags(), "--results", RESULTS, "--expect", str(expect)],
            *["--out", str(out / "report"), *flags],
        ]
    )


def document(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "report" / "report.json").read_text())
    return found


def test_each_run_is_kept_and_the_next_shows_the_change(
    lake: Lakehouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ["--environment", "history"]
    assert run(lake, tmp_path, *own) == 0
    first = document(tmp_path)["run"]["run_id"]
    lake.delete("accelerometer_trusted", "part-1.parquet")
    assert run(lake, tmp_path, *own) == 1
    page = (tmp_path / "report" / "report.html").read_text()
    assert "2 runs, 458 to 524" in page
    second = document(tmp_path)["run"]["run_id"]
    capsys.readouterr()

    flags = [*lake.flags(), "--results", RESULTS, *own]
    assert history.main(flags) == 0
    listed = capsys.readouterr().out
    assert listed.index(first) < listed.index(second)
    assert "-66" in listed

    assert history.main([*flags, "--compare", "previous", "last"]) == 0
    compared = " ".join(capsys.readouterr().out.split())
    assert "rows of accelerometer_trusted 524 458" in compared
    assert "missing.accelerometer_trusted passed failed" in compared

    assert history.main([*flags, "--compare", first, first]) == 0
    assert "The same rows in every table" in capsys.readouterr().out


def test_all_of_it_is_about_the_region_that_is_named(
    lake: Lakehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-west-1")  # where nothing is deployed, the jobs neither
    assert run(lake, tmp_path, "--no-history", "--region", "us-east-1") == 0


def test_history_says_what_it_cannot_find(
    lake: Lakehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = [*lake.flags(), "--results", RESULTS, "--environment", "nowhere"]
    assert history.main(flags) == 0
    assert "No run is kept" in capsys.readouterr().out
    assert history.main([*flags, "--compare", "previous", "last"]) == 3
    assert "There is no previous run: 0 runs kept" in capsys.readouterr().err
    assert history.main([*flags, "--compare", "2026", "2027"]) == 3
    assert "No run begins with '2026'" in capsys.readouterr().err
    assert history.main(lake.flags()) == 3
    assert "--results" in capsys.readouterr().err
    assert history.main([*lake.flags(), "--results", "s3://no-such-bucket-here/"]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_objects_that_are_no_runs_are_passed_over(lake: Lakehouse, tmp_path: Path) -> None:
    store = history.Store(BUCKETS["athena-results"], "other")
    for name, text in (("a", "{"), ("b", "[]"), ("c", '{"schema_version": "9.0"}')):
        store.keep(lake.s3, name, text)
    assert store.runs(lake.s3) == ()
    assert store.run_ids(lake.s3) == []


def test_a_run_of_another_version_is_told_when_it_is_asked_for(
    lake: Lakehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    store = history.Store(BUCKETS["athena-results"], "newer")
    for second in ("1", "2"):
        store.keep(lake.s3, f"20260504T09300{second}Z-0123abcd", '{"schema_version": "9.0"}')
    flags = [*lake.flags(), "--results", RESULTS, "--environment", "newer"]

    assert history.main(flags) == 0
    assert "No run is kept" in capsys.readouterr().out
    assert history.main([*flags, "--compare", "previous", "last"]) == 2
    assert "is not a report, or one of another version than 1.0" in capsys.readouterr().err


def test_a_narrow_list_of_runs_cuts_no_number(
    lake: Lakehouse, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    store = history.Store(BUCKETS["athena-results"], "narrow")
    unknown = replace(sample.passed(), checks=(sample.check("a.b", Outcome.NOT_EVALUATED),))
    for second, kept in enumerate((sample.passed(), unknown)):
        run_id = f"20260504T09300{second}Z-0123abcd"
        identity = replace(kept.identity, run_id=run_id)
        store.keep(lake.s3, run_id, json_report.render(replace(kept, identity=identity)))

    assert history.main([*lake.flags(), "--results", RESULTS, "--environment", "narrow"]) == 0

    listed = capsys.readouterr().out
    assert "…" not in listed
    assert listed.count(f"{sum(sample.passed().counts.values()):,}") == 2


def test_rows_that_were_not_counted_are_no_change() -> None:
    def entry(**counts: int) -> HistoryEntry:
        return replace(sample.history()[0], counts=counts)

    change = history._change
    assert change(entry(a=10, b=5), entry(a=12)) == 2
    assert change(entry(a=10), entry()) is None
    assert change(None, entry(a=10)) is None


def test_a_run_that_is_accepted_is_what_the_next_expects(lake: Lakehouse, tmp_path: Path) -> None:
    lake.delete("accelerometer_trusted", "part-1.parquet")
    learned = tmp_path / "learned.toml"
    assert run(lake, tmp_path, "--learn", str(learned)) == 1

    assert expectations.load(learned).counts["accelerometer_trusted"] == 458
    code = main(
        [*lake.flags(), "--no-history", "--expect", str(learned), "--out", str(tmp_path / "report")]
    )

    # The counts are accepted; that rows are missing is still told.
    assert code == 1
    failed = {check["id"] for check in document(tmp_path)["checks"] if check["outcome"] == "failed"}
    assert failed == {"missing.accelerometer_trusted", "parents.machine_learning_curated"}


def test_github_and_the_topic_are_told(
    lake: Lakehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    topic = "arn:aws:sns:us-east-1:123456789012:missing"

    assert run(lake, tmp_path, "--notify", "--topic-arn", topic) == 0

    printed = capsys.readouterr()
    assert "::warning title=Training rows that pair two different customers::" in printed.out
    assert summary.read_text().startswith("## ✅ Lakehouse validation: passed")
    # Nobody hears of it, and the verdict stays what it is.
    assert "WARNING Nobody was notified" in printed.err


def test_every_query_that_never_ends_is_stopped_and_the_rest_is_reported(lake: Lakehouse) -> None:
    clock = Clock()
    athena = FakeAthena(clock, lambda _: Script(seconds=1e9))
    plan = plan_of(lake)

    report = evaluate(
        plan, athena, clock.deadline(query_seconds=60, total_seconds=100), history=lambda _: ()
    )

    assert report.verdict is Verdict.NOT_EVALUATED
    assert len(athena.stopped) == len(athena.started) == 5
    outcomes = {check.id: check.outcome.value for check in report.checks}
    assert outcomes["count.customer_landing"] == "not_evaluated"
    assert outcomes["catalog.customer_landing"] == "passed"


def test_all_queries_run_at_the_same_time(lake: Lakehouse) -> None:
    clock = Clock()
    plan = plan_of(lake)
    breaches = {check.id: 0 for check in plan.checks}
    athena = FakeAthena(clock, answering(plan.expectations.counts, breaches))

    report = evaluate(
        plan,
        athena,
        Deadline(Limits(), Timing(lambda: clock.now, clock.sleep)),
        history=lambda _: (),
    )

    assert athena.most_at_once == 5
    assert len(report.queries) == 5


def plan_of(lake: Lakehouse) -> Plan:
    return Plan(
        settings=Settings("us-east-1", "stedi", "stedi-test", "test"),
        expectations=expectations.load(PROJECT / expectations.FILE),
        pipeline=load(PROJECT),
        checks=load_checks(PROJECT / "athena_sql" / "checks"),
    )

"""Jobs: the last run, the quality rules it evaluated, and the definition as deployed."""

from collections.abc import Iterator, Sequence

from glue_studio.lifecycle.diff import render
from glue_studio.lifecycle.drift import Drift
from validation.fact import Fact
from validation.facts.jobs import RuleOutcome
from validation.model import EXAMPLES_SHOWN, CheckResult, JobFacts, Outcome, Severity
from validation.pipeline import DeclaredJob

_RUN_WHY = "A table is as old, and as wrong, as the last run of the job that makes it."
_QUALITY_WHY = "The rules that a job's own graph sets for its rows are what its author promised."
_DRIFT_WHY = "What was reviewed is the file in glue_studio_json: a job edited in the console runs something else."
_RUNNING = {"STARTING", "RUNNING", "STOPPING", "WAITING"}
# Of the difference, as many as a reader takes in at a glance.
_DIFF_LINES = 12


def judge_run(declared: DeclaredJob, run: Fact[JobFacts]) -> CheckResult:
    """The result `run.<job>`: its last run succeeded."""
    job = declared.name

    def result(outcome: Outcome, message: str, remedy: str | None = None) -> CheckResult:
        return CheckResult(
            id=f"run.{job}",
            title=f"The last run of {job} succeeded",
            severity=Severity.ERROR,
            outcome=outcome,
            why=_RUN_WHY,
            message=message,
            expected="SUCCEEDED",
            actual=None if run.reason else run.value.state,
            remedy=remedy,
            tables=declared.writes,
        )

    if run.reason:
        return result(Outcome.NOT_EVALUATED, run.reason)
    facts = run.value
    if facts.state is None:
        return result(Outcome.NOT_EVALUATED, "Glue knows no run of it.", "Start the Glue workflow.")
    if facts.state == "SUCCEEDED":
        seconds = "" if facts.seconds is None else f" in {facts.seconds:,} s"
        cost = "" if facts.dpu_hours is None else f", {facts.dpu_hours:g} DPU-hours"
        return result(Outcome.PASSED, f"Succeeded{seconds}{cost}.")
    if facts.state in _RUNNING:
        return result(
            Outcome.NOT_EVALUATED, f"It is {facts.state}.", "Ask again when it has ended."
        )
    return result(
        Outcome.FAILED,
        f"{facts.state}: {facts.error or 'Glue gave no reason'}",
        "Read the run's log in Glue, mend the cause, run the workflow again.",
    )


def judge_quality(declared: DeclaredJob, rules: Fact[tuple[RuleOutcome, ...]]) -> CheckResult:
    """The result `quality.<job>`: every rule that its last run published has passed.

    Publishing is the job's choice: where nothing is published, that is stated and not judged.
    """
    job = declared.name
    if rules.reason:
        return CheckResult(
            id=f"quality.{job}",
            title=f"The data quality rules of {job} passed",
            severity=Severity.INFO,
            outcome=Outcome.NOT_EVALUATED,
            why=_QUALITY_WHY,
            message=rules.reason,
            tables=declared.writes,
        )
    bad = [rule for rule in rules.value if rule.result != "PASS"]
    return CheckResult(
        id=f"quality.{job}",
        title=f"The data quality rules of {job} passed",
        severity=Severity.ERROR,
        outcome=Outcome.FAILED if bad else Outcome.PASSED,
        why=_QUALITY_WHY,
        message=f"{len(bad)} of {len(rules.value)} rules did not pass."
        if bad
        else f"All {len(rules.value)} rules passed.",
        expected=0,
        actual=len(bad),
        remedy="Look at the rule's data, mend the source or the rule, run the workflow again."
        if bad
        else None,
        examples=tuple(
            f"{rule.rule}: {rule.message or rule.result}" for rule in bad[:EXAMPLES_SHOWN]
        ),
        tables=declared.writes,
    )


def judge_drift(declared: DeclaredJob, drift: Fact[Drift]) -> CheckResult:
    """The result `drift.<job>`: graph, settings and script are deployed as in the file."""

    def result(
        outcome: Outcome,
        message: str,
        actual: str | None,
        remedy: str | None = None,
        lines: Sequence[str] = (),
    ) -> CheckResult:
        return CheckResult(
            id=f"drift.{declared.name}",
            title=f"{declared.name} is deployed as in glue_studio_json",
            severity=Severity.ERROR,
            outcome=outcome,
            why=_DRIFT_WHY,
            message=message,
            expected="as in the file",
            actual=actual,
            remedy=remedy,
            examples=tuple(lines[:_DIFF_LINES]),
            tables=declared.writes,
        )

    if drift.reason:
        return result(Outcome.NOT_EVALUATED, drift.reason, None)
    found = drift.value
    if found.missing:
        return result(
            Outcome.FAILED, "It is not deployed.", "not deployed", "Run `terraform apply`."
        )
    if found.found:
        what = "; ".join(_differences(found))
        return result(
            Outcome.FAILED,
            f"{what}.",
            what,
            "Run `terraform apply` to publish the file, or `python -m glue_studio import` to keep "
            "the edit.",
            # What differs in a script follows from the graph, where that differs.
            render(found.diff) or found.script.splitlines(),
        )
    if found.unknown:
        return result(Outcome.NOT_EVALUATED, " ".join(found.unknown), None)
    notes = " ".join(("Graph, settings and script as in the file.", *found.notes))
    return result(Outcome.PASSED, notes, "as in the file")


def _differences(drift: Drift) -> Iterator[str]:
    for title, nodes in (("Nodes missing", drift.diff.removed), ("Nodes added", drift.diff.added)):
        if nodes:
            yield f"{title}: {', '.join(node.name for node in nodes)}"
    if drift.diff.changed:
        names = ", ".join(change.before.name for change in drift.diff.changed)
        yield f"Nodes changed: {names}"
    if drift.diff.settings:
        yield f"Settings changed: {', '.join(change.path for change in drift.diff.settings)}"
    if drift.script:
        yield "The script is not the one that the graph gives"

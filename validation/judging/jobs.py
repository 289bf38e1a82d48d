"""Jobs: the last run, the quality rules it evaluated, and the definition as deployed."""

from collections.abc import Iterator, Mapping
from typing import Any

import glue_studio
from validation.declared import DeclaredJob
from validation.gathering.jobs import RuleOutcome
from validation.judging.breaches import EXAMPLES_SHOWN
from validation.known import Known
from validation.model import CheckResult, JobFacts, Outcome, Severity

_RUN_WHY = "A table is as old, and as wrong, as the last run of the job that makes it."
_QUALITY_WHY = "The rules that a job's own graph sets for its rows are what its author promised."
_DRIFT_WHY = "What was reviewed is the file in glue_studio_json: a job edited in the console runs something else."
_RUNNING = {"STARTING", "RUNNING", "STOPPING", "WAITING"}
# What CreateJob takes and GetJob gives back changed, or what Terraform owns.
_NOT_COMPARED = {"Role", "JobMode", "Tags", "Description", "Timeout", "Command", "DefaultArguments"}


def judge_run(job: str, run: Known[JobFacts], tables: tuple[str, ...]) -> CheckResult:
    """The result `run.<job>`: its last run succeeded."""

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
            tables=tables,
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


def judge_quality(
    job: str, rules: Known[tuple[RuleOutcome, ...]], tables: tuple[str, ...]
) -> CheckResult:
    """The result `quality.<job>`: every rule that its last run published has passed.

    Publishing is the job's choice: where nothing is published, that is stated and not judged.
    """
    if rules.reason:
        return CheckResult(
            id=f"quality.{job}",
            title=f"The data quality rules of {job} passed",
            severity=Severity.INFO,
            outcome=Outcome.NOT_EVALUATED,
            why=_QUALITY_WHY,
            message=rules.reason,
            tables=tables,
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
        tables=tables,
    )


def judge_drift(declared: DeclaredJob, deployed: Known[Mapping[str, Any]]) -> CheckResult:
    """The result `drift.<job>`: the deployed graph and settings are those of the file."""
    differences: list[str] = []
    reason = deployed.reason
    if reason is None:
        try:
            differences = list(_differences(declared.job, deployed.value))
        except glue_studio.GlueStudioError as error:
            reason = f"The deployed graph cannot be read: {error}"
    outcome = Outcome.NOT_EVALUATED if reason else Outcome.FAILED if differences else Outcome.PASSED
    return CheckResult(
        id=f"drift.{declared.name}",
        title=f"{declared.name} is deployed as in glue_studio_json",
        severity=Severity.ERROR,
        outcome=outcome,
        why=_DRIFT_WHY,
        message=reason
        or (f"{'; '.join(differences)}." if differences else "Graph and settings as in the file."),
        expected="as in the file",
        actual=None if reason else "; ".join(differences) or "as in the file",
        remedy="Run `terraform apply` to publish the file, or `python -m glue_studio import` to keep the edit."
        if differences
        else None,
        tables=declared.writes,
    )


def _differences(job: glue_studio.Job, deployed: Mapping[str, Any]) -> Iterator[str]:
    nodes = glue_studio.parse_nodes(deployed.get("CodeGenConfigurationNodes") or {})
    if not nodes:
        yield "Glue holds no visual graph"
        return
    for node_id, node in job.nodes.items():
        if node_id not in nodes:
            yield f"the node {node.name!r} is missing"
        elif nodes[node_id] != node:
            changed = sorted(
                key
                for key in node.settings.keys() | nodes[node_id].settings.keys()
                if node.settings.get(key) != nodes[node_id].settings.get(key)
            )
            yield f"the node {node.name!r} differs in {', '.join(changed) or 'its type'}"
    for node_id, node in nodes.items():
        if node_id not in job.nodes:
            yield f"the node {node.name!r} is not in the file"
    for key, value in job.settings.items():
        if key not in _NOT_COMPARED and deployed.get(key) != value:
            yield f"{key} is {deployed.get(key)!r}, in the file {value!r}"

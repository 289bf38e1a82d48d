"""Jobs as Glue knows them: the last run, the quality rules of it, the definition."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glue_studio import GlueStudioError, Job
from glue_studio.aws import Clients
from glue_studio.lifecycle.drift import Drift, find_drift
from validation.errors import UnavailableError
from validation.model import JobFacts
from validation.redaction import redacted


@dataclass(frozen=True)
class RuleOutcome:
    """One rule of a data quality evaluation: its DQDL text and `PASS`, `FAIL` or `ERROR`."""

    rule: str
    result: str
    message: str | None


def drift(job: Job, clients: Clients) -> Drift:
    """What differs between a job's file and the job as deployed.

    Raises:
        UnavailableError: the job cannot be compared.
    """
    try:
        return find_drift(job, clients)
    except GlueStudioError as error:
        raise UnavailableError(str(error)) from error


def last_run(glue: Any, job: str) -> JobFacts:
    """The job's last run; no state if it never ran.

    Raises:
        UnavailableError: the job does not exist.
        BotoCoreError, ClientError: AWS refused the call.
    """
    try:
        runs = glue.get_job_runs(JobName=job, MaxResults=1).get("JobRuns", [])
    except glue.exceptions.EntityNotFoundException as error:
        raise UnavailableError(f"There is no Glue job {job}: run `terraform apply`.") from error
    if not runs:
        return JobFacts(job)
    run = max(runs, key=lambda item: item["StartedOn"])
    return JobFacts(
        name=job,
        state=run.get("JobRunState"),
        started=run.get("StartedOn"),
        seconds=run.get("ExecutionTime"),
        dpu_hours=_dpu_hours(run),
        error=redacted(run["ErrorMessage"]) if run.get("ErrorMessage") else None,
        run_id=run.get("Id"),
    )


def rule_outcomes(glue: Any, job: str, run_id: str) -> tuple[RuleOutcome, ...]:
    """The outcomes of the data quality rules that a job run evaluated.

    Raises:
        UnavailableError: the run published none.
        BotoCoreError, ClientError: AWS refused a call.
    """
    listed = glue.list_data_quality_results(Filter={"JobName": job, "JobRunId": run_id})
    ids = [result["ResultId"] for result in listed.get("Results", ())]
    if not ids:
        raise UnavailableError("Its last run published no data quality results.")
    results = [glue.get_data_quality_result(ResultId=result_id) for result_id in ids]
    return tuple(
        RuleOutcome(
            rule=rule.get("Description") or rule.get("Name", "?"),
            result=rule.get("Result", "?"),
            message=rule.get("EvaluationMessage"),
        )
        for result in results
        for rule in result.get("RuleResults", ())
    )


def _dpu_hours(run: Mapping[str, Any]) -> float | None:
    """DPU-hours: as billed where Glue says so, else capacity times time (DPU is a unit an hour)."""
    if run.get("DPUSeconds"):
        return round(float(run["DPUSeconds"]) / 3600, 4)
    if run.get("MaxCapacity") and run.get("ExecutionTime") is not None:
        return round(float(run["MaxCapacity"]) * float(run["ExecutionTime"]) / 3600, 4)
    return None

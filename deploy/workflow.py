"""Start the Glue workflow and wait for it, telling each job's progress."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from common.aws import CALL_ERRORS, explain, session
from deploy.errors import DeployError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mypy_boto3_glue import GlueClient

    from common.progress import Step


@dataclass(frozen=True)
class JobProgress:
    """One job of a workflow run.

    Attributes:
        job: its name.
        state: that of its last run, or WAITING before it has one.
        seconds: how long it has been running.
        error: what Glue says of a failure.
    """

    job: str
    state: str = "WAITING"
    seconds: int = 0
    error: str | None = None


def run(
    workflow: str,
    on_progress: Callable[[Sequence[JobProgress]], None],
    *,
    region: str | None = None,
    poll_seconds: float = 5.0,
) -> Sequence[JobProgress]:
    """Start a workflow, report progress until its run has ended, and return how the jobs ended.

    Ctrl-C, or any other end of this process's patience, stops the run.

    Raises:
        DeployError: it could not be started, a job failed, or a job never ran.
    """
    glue = session(region).client("glue")
    try:
        run_id = glue.start_workflow_run(Name=workflow)["RunId"]
    except CALL_ERRORS as error:
        raise DeployError(
            f"The workflow {workflow} could not be started: {explain(error)}"
        ) from error
    try:
        jobs = _wait(glue, workflow, run_id, on_progress, poll_seconds)
    except CALL_ERRORS as error:
        raise DeployError(
            f"The run {run_id} of {workflow} can't be followed any more: {explain(error)} It may still "
            "be running: look in the Glue console."
        ) from error
    except BaseException:
        # Not a wait for it to end: whoever interrupts wants to be gone.
        with suppress(*CALL_ERRORS):
            glue.stop_workflow_run(Name=workflow, RunId=run_id)
        raise
    _raise_if_failed(workflow, jobs)
    return jobs


def progress(run: Mapping[str, Any]) -> list[JobProgress]:
    """The jobs of a `GetWorkflowRun` answer that includes its graph, in the order of their start."""
    jobs = []
    for node in run.get("Graph", {}).get("Nodes", []):
        if node["Type"] != "JOB":
            continue
        runs = node.get("JobDetails", {}).get("JobRuns", [])
        if not runs:
            jobs.append((float("inf"), JobProgress(node["Name"])))
            continue
        last = max(runs, key=lambda one: one["StartedOn"])
        jobs.append(
            (
                last["StartedOn"].timestamp(),
                JobProgress(
                    node["Name"],
                    last["JobRunState"],
                    _seconds(last),
                    last.get("ErrorMessage"),
                ),
            )
        )
    return [job for _, job in sorted(jobs, key=lambda one: (one[0], one[1].job))]


class JobLines:
    """Print a line for each change of a job's state, and keep the step's line up to date."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._known: dict[str, str] = {}

    def __call__(self, jobs: Sequence[JobProgress]) -> None:
        """Take the jobs' states as they are now."""
        for job in jobs:
            if job.state == self._known.get(job.job, "WAITING"):
                continue
            self._known[job.job] = job.state
            if job.state not in {"STARTING", "WAITING"}:
                took = f"  {job.seconds} s" if job.state == "SUCCEEDED" else ""
                self._step.line(f"  {job.job:<26}{job.state.lower()}{took}")
        done = sum(job.state == "SUCCEEDED" for job in jobs)
        running = [f"{job.job} {job.seconds} s" for job in jobs if job.state == "RUNNING"]
        self._step.now(
            f"{done} of {len(jobs)} jobs done" + (f", {', '.join(running)}" if running else "")
        )


def _seconds(run: Mapping[str, Any]) -> int:
    """How long a job run has taken; Glue itself counts only when it has ended."""
    if run["JobRunState"] == "RUNNING":
        return max(0, int((datetime.now(UTC) - run["StartedOn"]).total_seconds()))
    return int(run.get("ExecutionTime", 0))


def _wait(
    glue: GlueClient,
    workflow: str,
    run_id: str,
    on_progress: Callable[[Sequence[JobProgress]], None],
    poll_seconds: float,
) -> list[JobProgress]:
    while True:
        run = glue.get_workflow_run(Name=workflow, RunId=run_id, IncludeGraph=True)["Run"]
        jobs = progress(run)
        on_progress(jobs)
        if run["Status"] not in {"RUNNING", "STOPPING"}:
            return jobs
        time.sleep(poll_seconds)


def _raise_if_failed(workflow: str, jobs: Sequence[JobProgress]) -> None:
    failed = [job for job in jobs if job.state not in {"SUCCEEDED", "WAITING"}]
    waiting = [job.job for job in jobs if job.state == "WAITING"]
    if failed:
        reasons = "\n".join(
            f"  - {job.job} {job.state}: {job.error or 'no reason given'}" for job in failed
        )
        not_run = f"\nNot run because of it: {', '.join(waiting)}." if waiting else ""
        raise DeployError(f"The workflow {workflow} failed:\n{reasons}{not_run}")
    if waiting or not jobs:
        raise DeployError(
            f"The workflow {workflow} ended without running "
            f"{', '.join(waiting) or 'a single job'}: look at its triggers."
        )

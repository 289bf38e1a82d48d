import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from rich.console import Console

from common.progress import Step
from deploy import workflow
from deploy.errors import DeployError
from deploy.workflow import JobLines, JobProgress

_START = datetime(2026, 1, 1, tzinfo=UTC)


def _job(name: str, *states: str, error: str | None = None, at: int = 0) -> dict[str, Any]:
    runs = [
        {
            "Id": f"jr_{index}",
            "StartedOn": _START + timedelta(seconds=at + index),
            "JobRunState": state,
            "ExecutionTime": 7,
            **({"ErrorMessage": error} if error else {}),
        }
        for index, state in enumerate(states)
    ]
    return {"Type": "JOB", "Name": name, "JobDetails": {"JobRuns": runs}}


def _run(status: str, *jobs: dict[str, Any]) -> dict[str, Any]:
    trigger = {"Type": "TRIGGER", "Name": "start"}
    return {"Run": {"Status": status, "Graph": {"Nodes": [trigger, *jobs]}}}


@pytest.fixture
def glue(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    client = boto3.client("glue")
    stubber = Stubber(client)
    monkeypatch.setattr(boto3.Session, "client", lambda *_: client)
    stubber.add_response("start_workflow_run", {"RunId": "wr_1"}, {"Name": "stedi"})
    stubber.activate()
    return stubber


def _follow(stubber: Stubber, *runs: dict[str, Any]) -> list[Sequence[JobProgress]]:
    for run in runs:
        stubber.add_response(
            "get_workflow_run", run, {"Name": "stedi", "RunId": "wr_1", "IncludeGraph": True}
        )
    seen: list[Sequence[JobProgress]] = []
    workflow.run("stedi", seen.append, poll_seconds=0)
    return seen


def test_a_run_is_followed_to_its_end(glue: Stubber) -> None:
    seen = _follow(
        glue,
        _run("RUNNING", _job("b"), _job("a", "RUNNING")),
        _run("COMPLETED", _job("b", "SUCCEEDED", at=9), _job("a", "SUCCEEDED")),
    )
    assert [[(job.job, job.state) for job in jobs] for jobs in seen] == [
        [("a", "RUNNING"), ("b", "WAITING")],
        [("a", "SUCCEEDED"), ("b", "SUCCEEDED")],
    ]


def test_a_running_job_counts_from_its_start(glue: Stubber) -> None:
    seen = _follow(
        glue, _run("RUNNING", _job("a", "RUNNING")), _run("COMPLETED", _job("a", "SUCCEEDED"))
    )
    assert seen[0][0].seconds >= (datetime(2026, 11, 1, tzinfo=UTC) - _START).total_seconds()
    assert seen[1][0].seconds == 7


def test_a_failed_job_is_told_with_what_did_not_run(glue: Stubber) -> None:
    with pytest.raises(DeployError) as error:
        _follow(glue, _run("COMPLETED", _job("a", "FAILED", error="killed"), _job("b")))
    assert "a FAILED: killed" in str(error.value)
    assert "Not run because of it: b." in str(error.value)


def test_a_job_that_was_tried_again_counts_by_its_last_run(glue: Stubber) -> None:
    jobs = _follow(glue, _run("COMPLETED", _job("a", "FAILED", "SUCCEEDED")))[-1]
    assert jobs == [JobProgress("a", "SUCCEEDED", 7)]


@pytest.mark.parametrize("jobs", [[], [_job("a", "SUCCEEDED"), _job("b")]])
def test_a_run_that_skips_jobs_is_no_success(glue: Stubber, jobs: list[dict[str, Any]]) -> None:
    with pytest.raises(DeployError, match="ended without running"):
        _follow(glue, _run("COMPLETED", *jobs))


def test_an_interrupt_stops_the_run(glue: Stubber) -> None:
    glue.add_response("get_workflow_run", _run("RUNNING", _job("a", "RUNNING")))
    glue.add_response("stop_workflow_run", {}, {"Name": "stedi", "RunId": "wr_1"})

    def interrupt(_jobs: Sequence[JobProgress]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workflow.run("stedi", interrupt, poll_seconds=0)
    glue.assert_no_pending_responses()


def test_a_workflow_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client("glue")
    monkeypatch.setattr(boto3.Session, "client", lambda *_: client)
    with Stubber(client) as stubber:
        stubber.add_client_error("start_workflow_run", "EntityNotFoundException")
        with pytest.raises(DeployError, match="could not be started"):
            workflow.run("nothing", lambda _: None)


def test_losing_sight_of_a_run_is_told(glue: Stubber) -> None:
    glue.add_client_error("get_workflow_run", "ExpiredTokenException")
    with pytest.raises(DeployError, match="can't be followed"):
        workflow.run("stedi", lambda _: None)


def test_job_lines_print_each_change_once() -> None:
    console = Console(file=io.StringIO(), width=100)
    with Step(console, "Running") as step:
        lines = JobLines(step)
        lines([JobProgress("a", "RUNNING", 1), JobProgress("b")])
        lines([JobProgress("a", "RUNNING", 2), JobProgress("b")])
        lines([JobProgress("a", "SUCCEEDED", 3), JobProgress("b", "FAILED", 1, "killed")])
    assert isinstance(console.file, io.StringIO)
    printed = console.file.getvalue()
    assert [line.split() for line in printed.splitlines()[1:4]] == [
        ["a", "running"],
        ["a", "succeeded", "3", "s"],
        ["b", "failed"],
    ]
    assert "1 of 2 jobs done" in printed

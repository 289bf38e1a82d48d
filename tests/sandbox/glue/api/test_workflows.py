"""Triggers and workflows: what starts when, and what the runs of the whole tell."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.glue.api.conftest import Glue

W = "flow"


def _when(*jobs: str, logical: str = "AND", state: str = "SUCCEEDED") -> dict[str, Any]:
    return {
        "Logical": logical,
        "Conditions": [
            {"LogicalOperator": "EQUALS", "JobName": job, "State": state} for job in jobs
        ],
    }


def _trigger(glue: Glue, name: str, *jobs: str, **settings: Any) -> None:
    conditional = "Predicate" in settings
    glue.api.create_trigger(
        **{
            "Name": name,
            "Type": "CONDITIONAL" if conditional else "ON_DEMAND",
            "Actions": [{"JobName": job} for job in jobs],
            **({"StartOnCreation": True} if conditional else {}),
            **settings,
        }
    )


def _diamond(glue: Glue, **scripts: str) -> None:
    """Job a, then b and c, then d."""
    for job in "abcd":
        glue.make_job(job, scripts.get(job, "succeed"))
    glue.api.create_workflow(Name=W, DefaultRunProperties={"day": "monday"})
    _trigger(glue, "start", "a", WorkflowName=W)
    _trigger(glue, "after-a", "b", "c", WorkflowName=W, Predicate=_when("a"))
    _trigger(glue, "after-bc", "d", WorkflowName=W, Predicate=_when("b", "c"))


def _counts(run: dict[str, Any]) -> dict[str, int]:
    return {name: n for name, n in run["Statistics"].items() if n}


def test_each_job_runs_once_and_after_those_it_needs(glue: Glue) -> None:
    _diamond(glue)
    run = glue.run_workflow(W, RunProperties={"hour": "3"})
    assert run["Status"] == "COMPLETED"
    assert _counts(run) == {"TotalActions": 4, "SucceededActions": 4}
    assert "ErrorMessage" not in run
    assert run["WorkflowRunProperties"] == {"day": "monday", "hour": "3"}
    started = [arguments["--JOB_NAME"] for arguments in glue.scripts.started]
    assert (started[0], sorted(started[1:3]), started[3]) == ("a", ["b", "c"], "d")
    for arguments in glue.scripts.started:
        assert arguments["--WORKFLOW_NAME"] == W
        assert arguments["--WORKFLOW_RUN_ID"] == run["WorkflowRunId"]
    last = glue.api.get_job_runs(JobName="d")["JobRuns"][0]
    assert last["TriggerName"] == "after-bc"
    assert sorted(p["JobName"] for p in last["PredecessorRuns"]) == ["b", "c"]


def test_the_graph_shows_triggers_jobs_and_runs(glue: Glue) -> None:
    _diamond(glue)
    run = glue.run_workflow(W)
    nodes = {node["UniqueId"]: node for node in run["Graph"]["Nodes"]}
    edges = {
        (nodes[edge["SourceId"]]["Name"], nodes[edge["DestinationId"]]["Name"])
        for edge in run["Graph"]["Edges"]
    }
    assert edges == {
        ("start", "a"),
        ("a", "after-a"),
        ("after-a", "b"),
        ("after-a", "c"),
        ("b", "after-bc"),
        ("c", "after-bc"),
        ("after-bc", "d"),
    }
    states = {
        node["Name"]: [r["JobRunState"] for r in node["JobDetails"]["JobRuns"]]
        for node in nodes.values()
        if node["Type"] == "JOB"
    }
    assert states == {job: ["SUCCEEDED"] for job in "abcd"}
    workflow = glue.api.get_workflow(Name=W, IncludeGraph=True)["Workflow"]
    assert len(workflow["Graph"]["Nodes"]) == 7
    assert workflow["LastRun"]["WorkflowRunId"] == run["WorkflowRunId"]
    assert "Graph" not in glue.api.get_workflow(Name=W)["Workflow"]


def test_what_needs_a_failed_job_does_not_start(glue: Glue) -> None:
    _diamond(glue, b="fail broken")
    run = glue.run_workflow(W)
    assert run["Status"] == "COMPLETED"
    assert _counts(run) == {"TotalActions": 4, "SucceededActions": 2, "FailedActions": 1}
    assert glue.api.get_job_runs(JobName="d")["JobRuns"] == []


def test_a_retried_job_counts_once_and_its_dependents_wait(glue: Glue) -> None:
    glue.make_job("a", "fail twice", MaxRetries=1)
    glue.make_job("b")
    glue.api.create_workflow(Name=W)
    _trigger(glue, "start", "a", WorkflowName=W)
    _trigger(glue, "on-failure", "b", WorkflowName=W, Predicate=_when("a", state="FAILED"))
    run = glue.run_workflow(W)
    assert _counts(run) == {"TotalActions": 2, "SucceededActions": 1, "FailedActions": 1}
    assert len(glue.api.get_job_runs(JobName="a")["JobRuns"]) == 2
    predecessors = glue.api.get_job_runs(JobName="b")["JobRuns"][0]["PredecessorRuns"]
    assert predecessors[0]["RunId"].endswith("_attempt_1")


def test_any_fires_once_at_the_first(glue: Glue) -> None:
    for job, script in (("a", "succeed"), ("b", "hold gate"), ("c", "succeed")):
        glue.make_job(job, script)
    glue.api.create_workflow(Name=W)
    _trigger(glue, "start", "a", "b", WorkflowName=W)
    _trigger(glue, "any", "c", WorkflowName=W, Predicate=_when("a", "b", logical="ANY"))
    run_id = glue.api.start_workflow_run(Name=W)["RunId"]
    glue.until(lambda: glue.api.get_job_runs(JobName="c"), lambda runs: bool(runs["JobRuns"]))
    glue.scripts.gate("gate").set()
    run = glue.workflow_ended(W, run_id)
    assert _counts(run) == {"TotalActions": 3, "SucceededActions": 3}
    assert len(glue.api.get_job_runs(JobName="c")["JobRuns"]) == 1


def test_a_trigger_that_is_not_activated_fires_nothing(glue: Glue) -> None:
    glue.make_job("a")
    glue.make_job("b")
    glue.api.create_workflow(Name=W)
    _trigger(glue, "start", "a", WorkflowName=W)
    _trigger(glue, "next", "b", WorkflowName=W, Predicate=_when("a"), StartOnCreation=False)
    assert _counts(glue.run_workflow(W)) == {"TotalActions": 2, "SucceededActions": 1}
    glue.api.start_trigger(Name="next")
    assert glue.api.get_trigger(Name="next")["Trigger"]["State"] == "ACTIVATED"
    assert _counts(glue.run_workflow(W)) == {"TotalActions": 2, "SucceededActions": 2}
    glue.api.stop_trigger(Name="next")
    assert glue.api.get_trigger(Name="next")["Trigger"]["State"] == "DEACTIVATED"
    assert _counts(glue.run_workflow(W)) == {"TotalActions": 2, "SucceededActions": 1}


def test_a_workflow_run_is_stopped(glue: Glue) -> None:
    _diamond(glue, b="wait")
    run_id = glue.api.start_workflow_run(Name=W)["RunId"]
    glue.until(
        lambda: glue.api.get_job_runs(JobName="b"),
        lambda runs: [run["JobRunState"] for run in runs["JobRuns"]] == ["RUNNING"],
    )
    glue.until(
        lambda: glue.workflow_run(W, run_id), lambda r: r["Statistics"]["SucceededActions"] == 2
    )
    glue.api.stop_workflow_run(Name=W, RunId=run_id)
    run = glue.workflow_ended(W, run_id)
    assert run["Status"] == "STOPPED"
    assert run["Statistics"]["StoppedActions"] == 1
    assert glue.api.get_job_runs(JobName="d")["JobRuns"] == []
    with pytest.raises(glue.api.exceptions.IllegalWorkflowStateException):
        glue.api.stop_workflow_run(Name=W, RunId=run_id)


def test_the_limit_on_concurrent_runs(glue: Glue) -> None:
    glue.make_job("a", "hold gate")
    glue.api.create_workflow(Name=W, MaxConcurrentRuns=1)
    _trigger(glue, "start", "a", WorkflowName=W)
    first = glue.api.start_workflow_run(Name=W)["RunId"]
    with pytest.raises(glue.api.exceptions.ConcurrentRunsExceededException):
        glue.api.start_workflow_run(Name=W)
    glue.scripts.gate("gate").set()
    glue.workflow_ended(W, first)
    second = glue.run_workflow(W)
    runs = glue.api.get_workflow_runs(Name=W)["Runs"]
    assert [run["WorkflowRunId"] for run in runs] == [second["WorkflowRunId"], first]


def test_a_job_that_cannot_start_is_told(glue: Glue) -> None:
    glue.make_job("a")
    glue.api.create_workflow(Name=W)
    _trigger(glue, "start", "a", "absent", WorkflowName=W)
    run = glue.run_workflow(W)
    assert _counts(run) == {"TotalActions": 2, "SucceededActions": 1, "ErroredActions": 1}
    assert run["ErrorMessage"] == "Trigger start could not start job absent: Job absent not found."


def test_a_workflow_in_which_nothing_starts_ends(glue: Glue) -> None:
    glue.api.create_workflow(Name=W)
    _trigger(glue, "start", "absent", WorkflowName=W)
    assert glue.run_workflow(W)["Status"] == "COMPLETED"


def test_run_properties(glue: Glue) -> None:
    _diamond(glue)
    run_id = glue.run_workflow(W)["WorkflowRunId"]
    glue.api.put_workflow_run_properties(Name=W, RunId=run_id, RunProperties={"rows": "7"})
    answer = glue.api.get_workflow_run_properties(Name=W, RunId=run_id)
    assert answer["RunProperties"] == {"day": "monday", "rows": "7"}


def test_a_standalone_trigger_starts_a_chain(glue: Glue) -> None:
    for job in "ab":
        glue.make_job(job)
    _trigger(glue, "go", "a")
    _trigger(glue, "then", "b", Predicate=_when("a"))
    # An ad hoc run fires no trigger, as in Glue.
    glue.run("a")
    assert glue.api.get_job_runs(JobName="b")["JobRuns"] == []
    glue.api.start_trigger(Name="go")
    runs = glue.until(
        lambda: glue.api.get_job_runs(JobName="b"),
        lambda runs: [r["JobRunState"] for r in runs["JobRuns"]] == ["SUCCEEDED"],
    )
    assert runs["JobRuns"][0]["TriggerName"] == "then"
    assert "--WORKFLOW_NAME" not in glue.scripts.started[-1]


def test_starting_the_start_trigger_starts_the_workflow(glue: Glue) -> None:
    _diamond(glue)
    glue.api.start_trigger(Name="start")
    run_id = glue.api.get_workflow_runs(Name=W)["Runs"][0]["WorkflowRunId"]
    assert glue.workflow_ended(W, run_id)["Statistics"]["SucceededActions"] == 4


def test_states_as_terraform_expects_them(glue: Glue) -> None:
    _diamond(glue)
    _trigger(glue, "nightly", "a", Type="SCHEDULED", Schedule="cron(0 3 * * ? *)")
    states = {t["Name"]: t["State"] for t in glue.api.get_triggers()["Triggers"]}
    assert states == {
        "after-a": "ACTIVATED",
        "after-bc": "ACTIVATED",
        "nightly": "CREATED",
        "start": "CREATED",
    }
    with pytest.raises(ClientError, match="not allowed when trigger is in state: CREATED"):
        glue.api.stop_trigger(Name="start")
    glue.api.stop_trigger(Name="after-a")
    assert glue.api.get_trigger(Name="after-a")["Trigger"]["State"] == "DEACTIVATED"


def test_trigger_calls(glue: Glue) -> None:
    _diamond(glue)
    assert glue.api.list_triggers(DependentJobName="d")["TriggerNames"] == ["after-bc"]
    assert [t["Name"] for t in glue.api.get_triggers(DependentJobName="a")["Triggers"]] == ["start"]
    found = glue.api.batch_get_triggers(TriggerNames=["start", "none"])
    assert [t["Name"] for t in found["Triggers"]] == ["start"]
    assert found["TriggersNotFound"] == ["none"]
    update = {"Description": "new", "Predicate": _when("b")}
    updated = glue.api.update_trigger(Name="after-bc", TriggerUpdate=update)["Trigger"]
    assert updated["Description"] == "new"
    assert updated["WorkflowName"] == W
    assert updated["State"] == "ACTIVATED"
    assert len(updated["Predicate"]["Conditions"]) == 1
    glue.api.delete_trigger(Name="after-bc")
    assert glue.api.delete_trigger(Name="after-bc")["Name"] == "after-bc"
    with pytest.raises(glue.api.exceptions.EntityNotFoundException):
        glue.api.get_trigger(Name="after-bc")


@pytest.mark.parametrize(
    ("settings", "code", "reason"),
    [
        ({"Type": "CONDITIONAL"}, "InvalidInputException", "Predicate"),
        ({"Type": "SCHEDULED"}, "InvalidInputException", "Schedule"),
        ({"Type": "SCHEDULED", "Schedule": "daily"}, "InvalidInputException", "cron"),
        ({"Type": "NEVER"}, "InvalidInputException", "'type'"),
        ({"Actions": []}, "InvalidInputException", "action"),
        ({"Actions": [{}]}, "InvalidInputException", "names no job"),
        ({"Actions": [{"CrawlerName": "c"}]}, "NotImplemented", "crawler"),
        ({"Predicate": {"Conditions": [{"JobName": "a"}]}}, "InvalidInputException", "State"),
        ({"Predicate": {**_when("b", state="RUNNING")}}, "InvalidInputException", "State RUNNING"),
        (
            {"Predicate": {"Conditions": [{"JobName": "b", "State": "FAILED"}]}},
            "InvalidInputException",
            "Logical operator cannot be null or empty",
        ),
        (
            {"Type": "CONDITIONAL", "Predicate": _when("b", "a")},
            "InvalidInputException",
            "Job cannot be a Predicate and Action for Conditional Trigger.",
        ),
        ({"StartOnCreation": True}, "InvalidInputException", "StartOnCreation is not supported"),
        ({"WorkflowName": "none"}, "EntityNotFoundException", "Workflow none"),
        ({"WorkflowName": W}, "InvalidInputException", "has a start trigger already"),
    ],
)
def test_triggers_that_make_no_sense(
    glue: Glue, settings: dict[str, Any], code: str, reason: str
) -> None:
    glue.api.create_workflow(Name=W)
    _trigger(glue, "first", "a", WorkflowName=W)
    given: Any = {"Name": "t", "Type": "ON_DEMAND", "Actions": [{"JobName": "a"}], **settings}
    with pytest.raises(ClientError, match=reason) as caught:
        glue.api.create_trigger(**given)
    assert caught.value.response["Error"]["Code"] == code


@pytest.mark.parametrize("job_is", ["watched", "started"])
def test_an_update_is_checked_as_a_creation_is(glue: Glue, job_is: str) -> None:
    _trigger(glue, "t", "a", Predicate=_when("b"))
    update: Any = (
        {"Predicate": _when("a")} if job_is == "watched" else {"Actions": [{"JobName": "b"}]}
    )
    with pytest.raises(ClientError, match="Job cannot be a Predicate and Action"):
        glue.api.update_trigger(Name="t", TriggerUpdate=update)


def test_an_event_trigger_is_neither_started_nor_stopped(glue: Glue) -> None:
    glue.api.create_workflow(Name=W)
    _trigger(glue, "event", "a", Type="EVENT", WorkflowName=W, StartOnCreation=True)
    with pytest.raises(ClientError, match="Trigger Type EVENT cannot be started"):
        glue.api.start_trigger(Name="event")
    with pytest.raises(ClientError, match="not allowed when trigger is in state: CREATED"):
        glue.api.stop_trigger(Name="event")


def test_workflow_calls(glue: Glue) -> None:
    _diamond(glue)
    glue.api.update_workflow(Name=W, Description="d", DefaultRunProperties={"x": "y"})
    workflow = glue.api.get_workflow(Name=W)["Workflow"]
    assert (workflow["Description"], workflow["DefaultRunProperties"]) == ("d", {"x": "y"})
    assert glue.api.list_workflows()["Workflows"] == [W]
    found = glue.api.batch_get_workflows(Names=[W, "none"], IncludeGraph=True)
    assert len(found["Workflows"][0]["Graph"]["Nodes"]) == 7
    assert found["MissingWorkflows"] == ["none"]
    with pytest.raises(glue.api.exceptions.EntityNotFoundException):
        glue.api.get_workflow_run(Name=W, RunId="wr_0")
    with pytest.raises(glue.api.exceptions.AlreadyExistsException):
        glue.api.create_workflow(Name=W)
    glue.api.create_workflow(Name="empty")
    with pytest.raises(glue.api.exceptions.InvalidInputException, match="no start trigger"):
        glue.api.start_workflow_run(Name="empty")
    glue.api.delete_workflow(Name=W)
    with pytest.raises(glue.api.exceptions.EntityNotFoundException):
        glue.api.get_workflow(Name=W)
    assert "WorkflowName" not in glue.api.get_trigger(Name="start")["Trigger"]

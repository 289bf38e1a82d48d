"""What a workflow looks like: its graph, and the statistics of one of its runs."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sandbox.glue.api.entities import shown
from sandbox.glue.api.flows import Flow
from sandbox.glue.api.runs import Run

_COUNTED = {
    "SUCCEEDED": "SucceededActions",
    "FAILED": "FailedActions",
    "TIMEOUT": "TimeoutActions",
    "STOPPED": "StoppedActions",
    "STOPPING": "RunningActions",
    "STARTING": "RunningActions",
    "RUNNING": "RunningActions",
    "WAITING": "WaitingActions",
}


def statistics(flow: Flow) -> dict[str, int]:
    """The WorkflowRunStatistics: how many of the flow's actions are in which state.

    An action that no trigger came to start is in the total only; a job that was tried again
    counts once, as its newest attempt.
    """
    states = Counter(_COUNTED[run.state] for run in _newest_attempts(flow.runs))
    return {
        "TotalActions": sum(len(trigger["Actions"]) for trigger in flow.triggers.values()),
        **{member: states[member] for member in dict.fromkeys(_COUNTED.values())},
        "ErroredActions": len(flow.failed_starts),
    }


def graph(
    workflow: str, triggers: Iterable[Mapping[str, Any]], runs: Sequence[Run] = ()
) -> dict[str, Any]:
    """The WorkflowGraph: a node a trigger and a job, an edge wherever one leads to the other."""
    triggers = list(triggers)
    jobs = dict.fromkeys(name for trigger in triggers for name in _jobs_of(trigger))
    nodes = [
        {
            "Type": "TRIGGER",
            "Name": trigger["Name"],
            "UniqueId": _node_id(workflow, "TRIGGER", trigger["Name"]),
            "TriggerDetails": {"Trigger": shown(trigger)},
        }
        for trigger in triggers
    ]
    for job in jobs:
        records = [shown(run.record) for run in runs if run.job_name == job]
        nodes.append(
            {
                "Type": "JOB",
                "Name": job,
                "UniqueId": _node_id(workflow, "JOB", job),
                "JobDetails": {"JobRuns": records} if records else {},
            }
        )
    edges = dict.fromkeys(edge for trigger in triggers for edge in _edges(workflow, trigger))
    return {"Nodes": nodes, "Edges": [{"SourceId": s, "DestinationId": d} for s, d in edges]}


def _newest_attempts(runs: Iterable[Run]) -> list[Run]:
    newest: dict[str, Run] = {}
    for run in runs:
        newest[run.id.partition("_attempt_")[0]] = run
    return list(newest.values())


def _edges(workflow: str, trigger: Mapping[str, Any]) -> list[tuple[str, str]]:
    own_id = _node_id(workflow, "TRIGGER", trigger["Name"])
    before = [_node_id(workflow, "JOB", name) for name in _condition_jobs(trigger)]
    after = [_node_id(workflow, "JOB", action["JobName"]) for action in trigger["Actions"]]
    return [(source, own_id) for source in before] + [(own_id, target) for target in after]


def _jobs_of(trigger: Mapping[str, Any]) -> list[str]:
    return [*_condition_jobs(trigger), *(action["JobName"] for action in trigger["Actions"])]


def _condition_jobs(trigger: Mapping[str, Any]) -> list[str]:
    conditions = (trigger.get("Predicate") or {}).get("Conditions") or []
    return [condition["JobName"] for condition in conditions]


def _node_id(workflow: str, kind: str, name: str) -> str:
    digest = hashlib.sha256(f"{workflow}\0{kind}\0{name}".encode())
    return f"wnode_{digest.hexdigest()}"

"""Workflows: a start trigger, the triggers and jobs after it, and the runs of the whole."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from threading import RLock
from typing import Any

from sandbox.aws_json import RequestContext
from sandbox.errors import AwsError
from sandbox.glue.api.entities import Registry, invalid_input, not_found, now, page, shown
from sandbox.glue.api.flows import START_TYPES, Flow, Flows
from sandbox.glue.api.runs import Run
from sandbox.glue.api.triggers import Triggers

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


class Workflows:
    """The workflows of one region."""

    def __init__(self, arn_prefix: str, lock: RLock, triggers: Triggers, flows: Flows) -> None:
        self.registry = Registry("Workflow", "workflow", arn_prefix)
        self._lock = lock
        self._triggers = triggers
        self._flows = flows
        self._runs: dict[str, list[Flow]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.registry

    def operations(self) -> dict[str, Any]:
        """Operation name to handler."""
        return {
            "CreateWorkflow": self._create,
            "GetWorkflow": self._get,
            "UpdateWorkflow": self._update,
            "DeleteWorkflow": self._delete,
            "BatchGetWorkflows": self._batch_get,
            "ListWorkflows": self._list,
            "StartWorkflowRun": self._start,
            "StopWorkflowRun": self._stop,
            "GetWorkflowRun": self._get_run,
            "GetWorkflowRuns": self._get_runs,
            "GetWorkflowRunProperties": self._get_properties,
            "PutWorkflowRunProperties": self._put_properties,
        }

    def start(self, name: str, properties: Mapping[str, str]) -> str:
        """Start a run and return its id.

        Raises:
            AwsError: EntityNotFoundException, ConcurrentRunsExceededException, or
                InvalidInputException when the workflow has no start trigger.
        """
        with self._lock:
            workflow = self.registry.get(name)
            triggers = self._triggers.of_workflow(name)
            first = next((t for t in triggers if t["Type"] in START_TYPES), None)
            if first is None:
                raise invalid_input(f"Workflow {name} has no start trigger.")
            runs = self._runs.setdefault(name, [])
            limit = workflow.get("MaxConcurrentRuns")
            if limit and sum(run.ended is None for run in runs) >= limit:
                raise AwsError(
                    "ConcurrentRunsExceededException",
                    f"Concurrent runs exceeded for workflow: {name}.",
                )
            given = {**(workflow.get("DefaultRunProperties") or {}), **properties}
            flow = self._flows.start(triggers, first["Name"], name, given)
            runs.append(flow)
            return flow.id

    def _create(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        name = parameters["Name"]
        created = now()
        workflow = {k: v for k, v in parameters.items() if k != "Tags"}
        workflow |= {"CreatedOn": created, "LastModifiedOn": created}
        with self._lock:
            self.registry.add(name, workflow, parameters.get("Tags"))
        return {"Name": name}

    def _update(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        name = parameters["Name"]
        with self._lock:
            before = self.registry.get(name)
            self.registry.replace(name, {**before, **parameters, "LastModifiedOn": now()})
        return {"Name": name}

    def _delete(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        name = parameters["Name"]
        with self._lock:
            self.registry.remove(name)
            self._triggers.leave_workflow(name)
            for flow in self._runs.pop(name, []):
                self._flows.stop(flow)
        return {"Name": name}

    def _get(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            workflow = self.registry.get(parameters["Name"])
            return {"Workflow": self._shown(workflow, parameters.get("IncludeGraph", False))}

    def _batch_get(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        names = parameters["Names"]
        with self._lock:
            return {
                "Workflows": [
                    self._shown(self.registry.get(n), parameters.get("IncludeGraph", False))
                    for n in names
                    if n in self.registry
                ],
                "MissingWorkflows": [n for n in names if n not in self.registry],
            }

    def _list(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            return page(parameters, "Workflows", self.registry.list({}), lambda w: w["Name"])

    def _start(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        return {"RunId": self.start(parameters["Name"], parameters.get("RunProperties") or {})}

    def _stop(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            flow = self._run(parameters)
            if flow.ended is not None:
                raise AwsError(
                    "IllegalWorkflowStateException",
                    f"Workflow run {flow.id} has ended already: {flow.status}.",
                )
            self._flows.stop(flow)
        return {}

    def _get_run(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            flow = self._run(parameters)
            return {"Run": _run_shown(flow, parameters.get("IncludeGraph", False))}

    def _get_runs(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            self.registry.get(parameters["Name"])
            newest_first = self._runs.get(parameters["Name"], [])[::-1]
            with_graph = parameters.get("IncludeGraph", False)
            return page(parameters, "Runs", newest_first, lambda run: _run_shown(run, with_graph))

    def _get_properties(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            return {"RunProperties": dict(self._run(parameters).properties)}

    def _put_properties(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            self._run(parameters).properties.update(parameters["RunProperties"])
        return {}

    def _run(self, parameters: Mapping[str, Any]) -> Flow:
        name, run_id = parameters["Name"], parameters["RunId"]
        self.registry.get(name)
        for flow in self._runs.get(name, []):
            if flow.id == run_id:
                return flow
        raise not_found("Workflow run", run_id)

    def _shown(self, workflow: Mapping[str, Any], with_graph: bool) -> dict[str, Any]:
        answer = shown(workflow)
        runs = self._runs.get(workflow["Name"])
        if runs:
            answer["LastRun"] = _run_shown(runs[-1], with_graph)
        if with_graph:
            answer["Graph"] = _graph(workflow["Name"], self._triggers.of_workflow(workflow["Name"]))
        return answer


def _run_shown(flow: Flow, with_graph: bool) -> dict[str, Any]:
    name = flow.workflow or ""
    run = {
        "Name": name,
        "WorkflowRunId": flow.id,
        "WorkflowRunProperties": dict(flow.properties),
        "StartedOn": flow.started,
        "CompletedOn": flow.ended,
        "Status": flow.status,
        "ErrorMessage": " ".join(flow.failed_starts) or None,
        "Statistics": _statistics(flow),
    }
    if with_graph:
        run["Graph"] = _graph(name, flow.triggers.values(), flow.runs)
    return run


def _statistics(flow: Flow) -> dict[str, int]:
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


def _graph(
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

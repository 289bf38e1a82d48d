"""Triggers: what starts jobs, on demand or when other jobs have ended."""

from collections.abc import Iterable, Mapping
from threading import RLock
from typing import Any, Protocol

from sandbox.aws_json import RequestContext
from sandbox.errors import not_implemented
from sandbox.glue.api.entities import Registry, invalid_input, not_found, page, shown
from sandbox.glue.api.flows import START_TYPES, Flows

# Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs-trigger.html (Condition)
_WATCHED_STATES = ("SUCCEEDED", "STOPPED", "FAILED", "TIMEOUT")


class StartsWorkflows(Protocol):
    """What triggers have to know of workflows."""

    def __contains__(self, name: str) -> bool:
        """Whether a workflow has this name."""

    def start(self, name: str, properties: Mapping[str, str]) -> str:
        """Start a workflow and return the run id."""


class Triggers:
    """The triggers of one region. `workflows` is set once both exist."""

    workflows: StartsWorkflows

    def __init__(self, arn_prefix: str, lock: RLock, flows: Flows) -> None:
        self.registry = Registry("Trigger", "trigger", arn_prefix)
        self._lock = lock
        self._flows = flows

    def operations(self) -> dict[str, Any]:
        """Operation name to handler."""
        return {
            "CreateTrigger": self._create,
            "GetTrigger": self._get,
            "GetTriggers": self._get_all,
            "UpdateTrigger": self._update,
            "DeleteTrigger": self._delete,
            "BatchGetTriggers": self._batch_get,
            "ListTriggers": self._list,
            "StartTrigger": self._start,
            "StopTrigger": self._stop,
        }

    def of_workflow(self, workflow: str | None) -> list[dict[str, Any]]:
        """The triggers of a workflow, or with None those of no workflow, by name."""
        found = self.registry.list({})
        return [shown(t) for t in found if t.get("WorkflowName") == workflow]

    def leave_workflow(self, workflow: str) -> None:
        """Let go of a workflow that was deleted."""
        for trigger in self.registry.list({}):
            if trigger.get("WorkflowName") == workflow:
                del trigger["WorkflowName"]

    def _create(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        name = parameters["Name"]
        trigger = {k: v for k, v in parameters.items() if k not in {"StartOnCreation", "Tags"}}
        activated = parameters.get("StartOnCreation", False)
        # Glue shows on-demand and event triggers as CREATED for ever: they are never switched on.
        if activated and trigger["Type"] == "ON_DEMAND":
            raise invalid_input("StartOnCreation is not supported for ON_DEMAND triggers.")
        switched_on = activated and trigger["Type"] != "EVENT"
        trigger["State"] = "ACTIVATED" if switched_on else "CREATED"
        with self._lock:
            self._check(trigger)
            self._check_workflow(trigger)
            self.registry.add(name, trigger, parameters.get("Tags"))
        return {"Name": name}

    def _get(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            return {"Trigger": shown(self.registry.get(parameters["Name"]))}

    def _get_all(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            return page(parameters, "Triggers", self._with_job(parameters), shown)

    def _list(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            return page(parameters, "TriggerNames", self._with_job(parameters), lambda t: t["Name"])

    def _batch_get(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        names = parameters["TriggerNames"]
        with self._lock:
            return {
                "Triggers": [shown(self.registry.get(n)) for n in names if n in self.registry],
                "TriggersNotFound": [n for n in names if n not in self.registry],
            }

    def _update(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        name, update = parameters["Name"], parameters["TriggerUpdate"]
        with self._lock:
            before = self.registry.get(name)
            kept = {k: before[k] for k in ("Name", "Type", "State", "WorkflowName") if k in before}
            trigger = {**before, **update, **kept}
            self._check(trigger)
            self.registry.replace(name, trigger)
            return {"Trigger": shown(trigger)}

    def _delete(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            self.registry.remove(parameters["Name"])
        return {"Name": parameters["Name"]}

    def _start(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        name = parameters["Name"]
        with self._lock:
            trigger = self.registry.get(name)
            if trigger["Type"] == "EVENT":
                raise invalid_input("Trigger Type EVENT cannot be started")
            if trigger["Type"] != "ON_DEMAND":
                trigger["State"] = "ACTIVATED"
            elif "WorkflowName" in trigger:
                self.workflows.start(trigger["WorkflowName"], {})
            else:
                self._flows.start(self.of_workflow(None), name)
        return {"Name": name}

    def _stop(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        name = parameters["Name"]
        with self._lock:
            trigger = self.registry.get(name)
            if trigger["State"] == "CREATED":
                raise invalid_input(
                    "The operation is not allowed when trigger is in state: CREATED"
                )
            trigger["State"] = "DEACTIVATED"
        return {"Name": name}

    def _with_job(self, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        job = parameters.get("DependentJobName")
        return [
            trigger
            for trigger in self.registry.list(parameters)
            if job is None or any(a.get("JobName") == job for a in trigger["Actions"])
        ]

    def _check(self, trigger: Mapping[str, Any]) -> None:
        conditions = (trigger.get("Predicate") or {}).get("Conditions") or []
        if trigger["Type"] == "CONDITIONAL" and not conditions:
            raise invalid_input("A CONDITIONAL trigger needs a Predicate with Conditions.")
        if trigger["Type"] == "SCHEDULED" and not trigger.get("Schedule", "").startswith("cron("):
            raise invalid_input("A SCHEDULED trigger needs a Schedule of the form cron(…).")
        if not trigger["Actions"]:
            raise invalid_input("A trigger needs an action at least.")
        for part in (*trigger["Actions"], *conditions):
            if part.get("CrawlerName"):
                raise not_implemented("A trigger that starts or watches a crawler")
            if not part.get("JobName"):
                raise invalid_input("An action or condition of the trigger names no job.")
        _check_conditions(conditions, trigger["Actions"])

    def _check_workflow(self, trigger: Mapping[str, Any]) -> None:
        workflow = trigger.get("WorkflowName")
        if workflow is None:
            return
        if workflow not in self.workflows:
            raise not_found("Workflow", workflow)
        others = [t for t in self.of_workflow(workflow) if t["Name"] != trigger["Name"]]
        if trigger["Type"] in START_TYPES and any(t["Type"] in START_TYPES for t in others):
            raise invalid_input(f"Workflow {workflow} has a start trigger already.")


def _check_conditions(
    conditions: Iterable[Mapping[str, Any]], actions: Iterable[Mapping[str, Any]]
) -> None:
    for condition in conditions:
        if not condition.get("State"):
            raise invalid_input("State cannot be null or empty")
        if condition["State"] not in _WATCHED_STATES:
            raise invalid_input(
                f"State {condition['State']} is not one that a trigger can watch: "
                f"{', '.join(_WATCHED_STATES)}."
            )
        if not condition.get("LogicalOperator"):
            raise invalid_input("Logical operator cannot be null or empty")
    watched = {condition["JobName"] for condition in conditions}
    if watched & {action["JobName"] for action in actions}:
        raise invalid_input("Job cannot be a Predicate and Action for Conditional Trigger.")

"""Flows: the runs that descend from one start, and the triggers that lead from one to the next.

A workflow run is a flow, and so is the chain of runs that a standalone on-demand trigger starts. As
in Glue, a conditional trigger looks only at runs of its own flow, so an ad hoc StartJobRun fires
none: https://docs.aws.amazon.com/glue/latest/dg/about-triggers.html
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from typing import Any

from sandbox.errors import AwsError
from sandbox.glue.api.entities import now
from sandbox.glue.api.runs import ACTIVE, Cause, Run, Runs

START_TYPES = frozenset({"ON_DEMAND", "SCHEDULED", "EVENT"})


@dataclass(eq=False)
class Flow:
    """One flow; changed only under the region's lock.

    Attributes:
        id: for a workflow run its id.
        workflow: the workflow's name; None for a chain.
        triggers: by name, as they were when the flow started.
        properties: the run properties.
        runs: every attempt of every job that it started, in order.
        fired: names of the triggers that fired.
        failed_starts: what a trigger could not start, and why, one sentence each.
    """

    id: str
    workflow: str | None
    triggers: Mapping[str, Mapping[str, Any]]
    properties: dict[str, str]
    started: datetime = field(default_factory=now)
    ended: datetime | None = None
    stopped: bool = False
    runs: list[Run] = field(default_factory=list)
    fired: set[str] = field(default_factory=set)
    failed_starts: list[str] = field(default_factory=list)

    @property
    def status(self) -> str:
        """The WorkflowRunStatus."""
        if self.stopped:
            return "STOPPED" if self.ended else "STOPPING"
        return "COMPLETED" if self.ended else "RUNNING"

    def latest(self) -> dict[str, Run]:
        """The newest run of each job, by job name."""
        return {run.job_name: run for run in self.runs}


class Flows:
    """Starts flows and moves them on when their runs end."""

    def __init__(self, runs: Runs, lock: RLock) -> None:
        self._runs = runs
        self._lock = lock
        self._flows: dict[str, Flow] = {}
        runs.on_start(self._run_started)
        runs.on_end(self._run_ended)

    def start(
        self,
        triggers: Iterable[Mapping[str, Any]],
        first: str,
        workflow: str | None = None,
        properties: Mapping[str, str] | None = None,
    ) -> Flow:
        """Start a flow by firing the trigger named `first` of these triggers."""
        flow = Flow(
            f"wr_{secrets.token_hex(32)}",
            workflow,
            {trigger["Name"]: trigger for trigger in triggers},
            dict(properties or {}),
        )
        with self._lock:
            self._flows[flow.id] = flow
            self._fire(flow, flow.triggers[first], ())
            self._end_if_done(flow)
        return flow

    def stop(self, flow: Flow) -> None:
        """Stop all that runs in a flow; nothing new starts in it."""
        with self._lock:
            flow.stopped = True
            for run in flow.runs:
                self._runs.stop(run)
            self._end_if_done(flow)

    def _fire(self, flow: Flow, trigger: Mapping[str, Any], predecessors: Iterable[Run]) -> None:
        flow.fired.add(trigger["Name"])
        arguments = (
            {"--WORKFLOW_NAME": flow.workflow, "--WORKFLOW_RUN_ID": flow.id}
            if flow.workflow
            else {}
        )
        cause = Cause(flow.id, trigger["Name"], tuple(predecessors), arguments)
        for action in trigger["Actions"]:
            try:
                self._runs.start(action["JobName"], action, cause)
            except AwsError as error:
                flow.failed_starts.append(
                    f"Trigger {trigger['Name']} could not start job {action['JobName']}: "
                    f"{error.message}"
                )

    def _run_started(self, run: Run) -> None:
        if run.flow is not None:
            self._flows[run.flow].runs.append(run)

    def _run_ended(self, run: Run) -> None:
        if run.flow is None:
            return
        flow = self._flows[run.flow]
        if not flow.stopped:
            for trigger in flow.triggers.values():
                if trigger["Name"] not in flow.fired and _holds(trigger, flow.latest()):
                    self._fire(flow, trigger, _watched(trigger, flow.latest()))
        self._end_if_done(flow)

    def _end_if_done(self, flow: Flow) -> None:
        if flow.ended is None and all(
            run.final and run.state not in ACTIVE for run in flow.latest().values()
        ):
            flow.ended = now()


def _holds(trigger: Mapping[str, Any], latest: Mapping[str, Run]) -> bool:
    """Whether a conditional trigger has to fire, seen from the newest run of each job."""
    if trigger["Type"] != "CONDITIONAL" or trigger["State"] != "ACTIVATED":
        return False
    predicate = trigger["Predicate"]
    met = [_met(condition, latest) for condition in predicate["Conditions"]]
    return any(met) if predicate.get("Logical") == "ANY" else all(met)


def _met(condition: Mapping[str, Any], latest: Mapping[str, Run]) -> bool:
    run = latest.get(condition.get("JobName", ""))
    return run is not None and run.final and run.state == condition["State"]


def _watched(trigger: Mapping[str, Any], latest: Mapping[str, Run]) -> list[Run]:
    conditions = trigger["Predicate"]["Conditions"]
    return [latest[c["JobName"]] for c in conditions if _met(c, latest)]

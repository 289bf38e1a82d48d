"""The Glue service of the sandbox: what answers a Glue call here and not in moto."""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.aws_json import Handler, RequestContext, Service
from sandbox.environment import ACCOUNT_ID, REGION
from sandbox.errors import not_implemented
from sandbox.glue.api.data_quality import QualityResults, Rulesets
from sandbox.glue.api.entities import Tags
from sandbox.glue.api.flows import Flows
from sandbox.glue.api.jobs import Jobs
from sandbox.glue.api.run_logs import RunLogs
from sandbox.glue.api.runs import Runs
from sandbox.glue.api.triggers import Triggers
from sandbox.glue.api.workflows import Workflows
from sandbox.glue.execution.job_process import JobProcess, ProcessFactory

_CRAWLS = ("StartCrawler", "StartCrawlerSchedule")
_BYTES_A_RUN = 3 << 30  # a Spark driver's heap and what is around it


class GlueService:
    """Glue, in as many regions as are spoken to.

    Args:
        endpoint_url: the sandbox's own.
        state_dir: runs keep their files in it.
        make_process: what runs a script; tests replace it.
    """

    def __init__(
        self,
        endpoint_url: str,
        state_dir: Path,
        make_process: ProcessFactory = JobProcess,
    ) -> None:
        self._endpoint_url = endpoint_url
        self._state_dir = state_dir
        self._make_process = make_process
        self._slots = threading.Semaphore(_slots())
        self._lock = threading.Lock()
        self._regions: dict[str, _Region] = {}

    def service(self) -> Service:
        """What the server has to register."""
        names = self._region(REGION).operations
        return Service(
            "glue",
            "AWSGlue",
            "InvalidInputException",
            {name: self._in_region(name) for name in names},
        )

    def close(self) -> None:
        """Kill what runs."""
        for region in list(self._regions.values()):
            region.runs.close()

    def _in_region(self, operation: str) -> Handler:
        def handle(parameters: dict[str, Any], context: RequestContext) -> dict[str, Any]:
            return self._region(context.region).operations[operation](parameters, context)

        return handle

    def _region(self, name: str) -> "_Region":
        with self._lock:
            if name not in self._regions:
                self._regions[name] = self._make_region(name)
            return self._regions[name]

    def _make_region(self, name: str) -> "_Region":
        prefix = f"arn:aws:glue:{name}:{ACCOUNT_ID}:"
        lock = threading.RLock()
        jobs = Jobs(prefix, lock)
        results = QualityResults(lock)
        runs = Runs(
            jobs.registry,
            lock,
            make_process=self._make_process,
            logs=RunLogs(self._endpoint_url, name),
            results=results,
            slots=self._slots,
            endpoint_url=self._endpoint_url,
            region=name,
            work_dir=self._state_dir,
        )
        jobs.on_delete(runs.forget)
        flows = Flows(runs, lock)
        triggers = Triggers(prefix, lock, flows)
        workflows = Workflows(prefix, lock, triggers, flows)
        triggers.workflows = workflows
        rulesets = Rulesets(prefix, lock)
        registries = (jobs, triggers, workflows, rulesets)
        tags = Tags([part.registry for part in registries], lock)
        parts = (jobs, runs, results, triggers, workflows, rulesets, tags)
        operations = {name: call for part in parts for name, call in part.operations().items()}
        return _Region(runs, {**operations, **dict.fromkeys(_CRAWLS, _refuse_to_crawl)})


def _refuse_to_crawl(parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
    """Refuse what moto would accept and never do: who waits for a crawler would wait for ever."""
    name = parameters.get("Name") or parameters["CrawlerName"]
    raise not_implemented(f"Running the crawler {name}")


def _slots() -> int:
    """How many scripts may run at a time: more JVMs than cores, or memory for them, slow all."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min(len(os.sched_getaffinity(0)), memory // _BYTES_A_RUN))


@dataclass(frozen=True)
class _Region:
    runs: Runs
    operations: Mapping[str, Handler]

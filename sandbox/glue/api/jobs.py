"""Job definitions: UpdateJob replaces them whole, and a given graph becomes the script."""

from collections.abc import Callable, Mapping
from threading import RLock
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

import glue_studio
from common.s3 import S3Uri, S3UriError
from sandbox import environment
from sandbox.aws_json import RequestContext
from sandbox.glue.api.entities import Registry, invalid_input, now, page, shown

_NODES = "CodeGenConfigurationNodes"
_COMMANDS = ("glueetl", "gluestreaming", "pythonshell", "glueray")
# DPUs of one worker: https://docs.aws.amazon.com/glue/latest/dg/worker-types.html
_WORKER_DPUS = {
    "Standard": 1.0,
    "G.025X": 0.25,
    "G.1X": 1.0,
    "G.2X": 2.0,
    "G.4X": 4.0,
    "G.8X": 8.0,
    "G.12X": 12.0,
    "G.16X": 16.0,
    "R.1X": 1.0,
    "R.2X": 2.0,
    "R.4X": 4.0,
    "R.8X": 8.0,
    "Z.2X": 2.0,
}
_DEFAULT_DPUS = {"pythonshell": 0.0625}
_LEGACY_TIMEOUT_MINUTES = 2880
_TIMEOUT_MINUTES = 480  # from Glue 5.0 on
_DEFAULT_GLUE_VERSION = "5.1"


class Jobs:
    """The jobs of one region."""

    def __init__(self, arn_prefix: str, lock: RLock) -> None:
        self.registry = Registry("Job", "job", arn_prefix)
        self._lock = lock
        self._on_delete: list[Callable[[str], None]] = []

    def operations(self) -> dict[str, Any]:
        """Operation name to handler."""
        return {
            "CreateJob": self._create,
            "GetJob": self._get,
            "GetJobs": self._get_all,
            "UpdateJob": self._update,
            "DeleteJob": self._delete,
            "BatchGetJobs": self._batch_get,
            "ListJobs": self._list,
        }

    def on_delete(self, forget: Callable[[str], None]) -> None:
        """Have `forget` called with the name of each job that is deleted."""
        self._on_delete.append(forget)

    def _create(self, parameters: dict[str, Any], context: RequestContext) -> dict[str, Any]:
        name = parameters["Name"]
        settings = {k: v for k, v in parameters.items() if k not in {"Name", "Tags"}}
        job = {"Name": name, **_definition(settings), "CreatedOn": now()}
        job["LastModifiedOn"] = job["CreatedOn"]
        with self._lock:
            self.registry.add(name, job, parameters.get("Tags"))
        try:
            _write_script(name, job, settings.get(_NODES), context)
        except BaseException:
            with self._lock:
                self.registry.remove(name)
            raise
        return {"Name": name}

    def _update(self, parameters: dict[str, Any], context: RequestContext) -> dict[str, Any]:
        name = parameters["JobName"]
        update = parameters["JobUpdate"]
        with self._lock:
            before = self.registry.get(name)
        job = {"Name": name, **_definition(update), "CreatedOn": before["CreatedOn"]}
        if _NODES not in update and _NODES in before:
            job[_NODES] = before[_NODES]
        job["LastModifiedOn"] = now()
        _write_script(name, job, update.get(_NODES), context)
        with self._lock:
            self.registry.get(name)
            self.registry.replace(name, job)
        return {"JobName": name}

    def _get(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            return {"Job": shown(self.registry.get(parameters["JobName"]))}

    def _get_all(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            return page(parameters, "Jobs", self.registry.list({}), shown)

    def _batch_get(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        names = parameters["JobNames"]
        with self._lock:
            return {
                "Jobs": [shown(self.registry.get(n)) for n in names if n in self.registry],
                "JobsNotFound": [n for n in names if n not in self.registry],
            }

    def _list(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            jobs = self.registry.list(parameters)
            return page(parameters, "JobNames", jobs, lambda job: job["Name"])

    def _delete(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        name = parameters["JobName"]
        with self._lock:
            self.registry.remove(name)
            for forget in self._on_delete:
                forget(name)
        return {"JobName": name}


def capacity(settings: Mapping[str, Any], command: str) -> dict[str, Any]:
    """MaxCapacity and AllocatedCapacity in DPUs, as Glue works them out.

    Raises:
        AwsError: InvalidInputException for settings that exclude one another.
    """
    worker, workers = settings.get("WorkerType"), settings.get("NumberOfWorkers")
    dpus = settings.get("MaxCapacity", settings.get("AllocatedCapacity"))
    if worker or workers:
        if dpus is not None:
            raise invalid_input(
                "Please do not set Max Capacity if using Worker Type and Number of Workers."
            )
        if not worker or not workers:
            raise invalid_input("Worker Type and Number of Workers must be set together.")
        if worker not in _WORKER_DPUS:
            raise invalid_input(f"Worker Type {worker!r} is not one of: {', '.join(_WORKER_DPUS)}.")
        dpus = workers * _WORKER_DPUS[worker]
    elif dpus is None:
        dpus = _DEFAULT_DPUS.get(command, 10.0)
    return {"MaxCapacity": float(dpus), "AllocatedCapacity": int(dpus)}


def _definition(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What Glue makes of the settings of CreateJob or a JobUpdate: with its defaults."""
    role, command = settings.get("Role"), settings.get("Command") or {}
    if not role:
        raise invalid_input("Role should not be null or empty.")
    if not command.get("Name"):
        raise invalid_input("Command should not be null or empty.")
    if command["Name"] not in _COMMANDS:
        raise invalid_input(
            f"Command name {command['Name']!r} is not one of: {', '.join(_COMMANDS)}."
        )
    version = settings.get("GlueVersion") or _DEFAULT_GLUE_VERSION
    modern = version.partition(".")[0].isdecimal() and int(version.partition(".")[0]) >= 5  # noqa: PLR2004
    definition = {
        "Timeout": _TIMEOUT_MINUTES if modern else _LEGACY_TIMEOUT_MINUTES,
        "MaxRetries": 0,
        "ExecutionProperty": {"MaxConcurrentRuns": 1},
        "GlueVersion": version,
        "JobMode": "SCRIPT",
        **shown(settings),
        "Command": {"PythonVersion": "3", **command},
        **capacity(settings, command["Name"]),
    }
    if not definition.get(_NODES):
        definition.pop(_NODES, None)
    return definition


def _write_script(
    name: str, job: Mapping[str, Any], nodes: Mapping[str, Any] | None, context: RequestContext
) -> None:
    """Generate the script of a job that came with a graph, as Glue does, to its location."""
    if not nodes:
        return
    location = job["Command"].get("ScriptLocation", "")
    try:
        place = S3Uri.parse_object(location)
    except S3UriError as error:
        raise invalid_input(
            f"Job {name}: ScriptLocation {location!r} is not an S3 URI, s3://bucket/key."
        ) from error
    try:
        script = glue_studio.generate_script(glue_studio.parse_nodes(nodes))
    except glue_studio.GlueStudioError as error:
        raise invalid_input(f"Job {name}: {error}") from error
    try:
        environment.client("s3", context.endpoint_url).put_object(
            Bucket=place.bucket, Key=place.key, Body=script.encode(), ContentType="text/x-python"
        )
    except (BotoCoreError, ClientError) as error:
        raise invalid_input(f"Job {name}: the script cannot be written: {error}") from error

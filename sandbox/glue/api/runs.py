"""Job runs: each is a thread that runs the job's script to its end and tells what became of it."""

import logging
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common.s3 import S3Uri, S3UriError
from sandbox import environment
from sandbox.aws_json import RequestContext
from sandbox.errors import AwsError, not_implemented
from sandbox.glue.api.data_quality import QualityResults
from sandbox.glue.api.entities import Registry, invalid_input, not_found, now, page, shown
from sandbox.glue.api.jobs import capacity
from sandbox.glue.api.run_logs import RunLogs
from sandbox.glue.execution.job_process import Process, ProcessFactory, RunResult

ACTIVE = frozenset({"WAITING", "STARTING", "RUNNING", "STOPPING"})
LOG_GROUP = "/aws-glue/jobs"

_LOG = logging.getLogger(__name__)
_SHUTDOWN_SECONDS = 30.0
_STOP_SECONDS = 0.5  # after which a run that waits for a slot sees that it was stopped


@dataclass(eq=False)
class Run:
    """One attempt of one job run; its record is changed only under the lock of its `Runs`.

    Attributes:
        record: the API's JobRun.
        job: the definition it runs, as it was when it started.
        flow: id of the workflow run, or of the chain of triggers, that it is part of; or None.
        arguments: all that the script is given.
        final: false while another attempt may follow.
    """

    record: dict[str, Any]
    job: Mapping[str, Any]
    arguments: Mapping[str, str]
    flow: str | None = None
    final: bool = False
    process: Process | None = None
    running_since: datetime | None = None
    stopped: bool = False
    timed_out: bool = False
    thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def id(self) -> str:
        """The run id."""
        return str(self.record["Id"])

    @property
    def job_name(self) -> str:
        """The job's name."""
        return str(self.record["JobName"])

    @property
    def state(self) -> str:
        """The JobRunState."""
        return str(self.record["JobRunState"])


@dataclass(frozen=True)
class Cause:
    """Why a run starts, other than that someone asked for it.

    Attributes:
        flow: see `Run`.
        trigger: the trigger's name.
        predecessors: the runs whose end made the trigger fire.
        arguments: what the workflow adds to the script's arguments.
    """

    flow: str
    trigger: str
    predecessors: Sequence[Run] = ()
    arguments: Mapping[str, str] = field(default_factory=dict)


class Runs:
    """The job runs of one region.

    Args:
        jobs: the definitions.
        lock: guards all of the region's state.
        make_process: makes what runs a script.
        logs: where the output of a run goes.
        results: where the outcomes of its quality rules go.
        slots: how many scripts run at a time, over all regions; the rest are STARTING.
        endpoint_url: the sandbox's own.
        region: for the script's AWS clients.
        work_dir: what the runs keep on disk is in it.
    """

    def __init__(
        self,
        jobs: Registry,
        lock: threading.RLock,
        *,
        make_process: ProcessFactory,
        logs: RunLogs,
        results: QualityResults,
        slots: threading.Semaphore,
        endpoint_url: str,
        region: str,
        work_dir: Path,
    ) -> None:
        self._jobs = jobs
        self._changed = threading.Condition(lock)
        self._make_process = make_process
        self._logs = logs
        self._results = results
        self._slots = slots
        self._endpoint_url = endpoint_url
        self._region = region
        self._work_dir = work_dir
        self._runs: dict[str, list[Run]] = {}
        self._live: set[Run] = set()
        self._start_listeners: list[Callable[[Run], None]] = []
        self._end_listeners: list[Callable[[Run], None]] = []
        self._closing = False

    def operations(self) -> dict[str, Any]:
        """Operation name to handler."""
        return {
            "StartJobRun": self._start_job_run,
            "GetJobRun": self._get_job_run,
            "GetJobRuns": self._get_job_runs,
            "BatchStopJobRun": self._batch_stop,
        }

    def on_start(self, listener: Callable[[Run], None]) -> None:
        """Have `listener` called, under the lock, with each run, and each attempt, that starts."""
        self._start_listeners.append(listener)

    def on_end(self, listener: Callable[[Run], None]) -> None:
        """Have `listener` called, under the lock, with each run that ended and is not retried."""
        self._end_listeners.append(listener)

    def forget(self, job_name: str) -> None:
        """Drop the runs of a job that was deleted; one that goes on ends by itself, unseen."""
        with self._changed:
            self._runs.pop(job_name, None)

    def start(self, job_name: str, options: Mapping[str, Any], cause: Cause | None = None) -> Run:
        """Start a run; it goes on after this returns.

        Args:
            job_name: the job.
            options: members of StartJobRun, or of a trigger's Action.
            cause: the trigger that started it.

        Raises:
            AwsError: EntityNotFoundException, ConcurrentRunsExceededException,
                InvalidInputException, NotImplemented for a streaming, Ray or Scala job.
        """
        with self._changed:
            job = shown(self._jobs.get(job_name))
            if job["Command"]["Name"] not in {"glueetl", "pythonshell"}:
                raise not_implemented(f"Running a job of type {job['Command']['Name']}")
            given = {**(job.get("DefaultArguments") or {}), **(options.get("Arguments") or {})}
            is_scala = job["Command"].get("ScriptLocation", "").endswith(".scala")
            language = given.get("--job-language", "scala" if is_scala else "python")
            if language.lower() != "python":
                raise not_implemented(f"Running a job in {language}")
            if self._full(job) and not _queues(job, options):
                raise AwsError(
                    "ConcurrentRunsExceededException", f"Concurrent runs exceeded for {job_name}"
                )
            return self._launch(job, options, cause)

    def stop(self, run: Run) -> None:
        """Stop a run that has not ended."""
        with self._changed:
            if run.state not in ACTIVE:
                return
            run.stopped = True
            self._set(run, "STOPPING")
            process = run.process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """Kill everything that runs and wait until it is gone."""
        with self._changed:
            self._closing = True
            live = list(self._live)
        for run in live:
            self.stop(run)
        for run in live:
            if run.thread is not None:
                run.thread.join(_SHUTDOWN_SECONDS)

    # The API

    def _start_job_run(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        return {"JobRunId": self.start(parameters["JobName"], parameters).id}

    def _get_job_run(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._changed:
            run = self._find(parameters["JobName"], parameters["RunId"])
            if run is None:
                raise not_found("Job run", parameters["RunId"])
            return {"JobRun": _shown(run)}

    def _get_job_runs(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        name = parameters["JobName"]
        with self._changed:
            self._jobs.get(name)
            newest_first = self._runs.get(name, [])[::-1]
            return page(parameters, "JobRuns", newest_first, _shown)

    def _batch_stop(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        name = parameters["JobName"]
        stopped, errors = [], []
        with self._changed:
            self._jobs.get(name)
            found = [(run_id, self._find(name, run_id)) for run_id in parameters["JobRunIds"]]
        for run_id, run in found:
            member = {"JobName": name, "JobRunId": run_id}
            if run is None:
                error = {"ErrorCode": "EntityNotFoundException", "ErrorMessage": "Run not found."}
                errors.append({**member, "ErrorDetail": error})
            elif run.state not in ACTIVE:
                error = {
                    "ErrorCode": "InvalidInputException",
                    "ErrorMessage": f"The run has ended already: {run.state}.",
                }
                errors.append({**member, "ErrorDetail": error})
            else:
                self.stop(run)
                stopped.append(member)
        return {"SuccessfulSubmissions": stopped, "Errors": errors}

    def _find(self, job_name: str, run_id: str) -> Run | None:
        return next((run for run in self._runs.get(job_name, []) if run.id == run_id), None)

    # The life of a run

    def _launch(
        self,
        job: Mapping[str, Any],
        options: Mapping[str, Any],
        cause: Cause | None,
        previous: Run | None = None,
    ) -> Run:
        run = _new_run(job, options, cause, previous)
        if self._full(job):
            run.record["JobRunState"] = "WAITING"
        self._runs.setdefault(run.job_name, []).append(run)
        self._live.add(run)
        for listener in self._start_listeners:
            listener(run)
        run.thread = threading.Thread(
            target=self._live_through, args=(run, options, cause), name=run.id[:12], daemon=True
        )
        run.thread.start()
        return run

    def _live_through(self, run: Run, options: Mapping[str, Any], cause: Cause | None) -> None:
        try:
            result = self._run_in_turn(run)
        except Exception as error:  # noqa: BLE001 - a run never ends without a state and a reason
            message = error.message if isinstance(error, AwsError) else str(error)
            result = RunResult(False, f"{getattr(error, 'code', type(error).__name__)}: {message}")
        try:
            # Under no lock, and first: a client that sees the end finds the logs.
            self._logs.write(run.id, run.arguments, result.log_path, result.error_message)
            self._results.keep(result.data_quality_results)
        except Exception:  # noqa: BLE001 - the run has to end, whatever it left behind
            _LOG.exception("What run %s left behind cannot be kept", run.id)
        with self._changed:
            self._end(run, result)
            self._live.discard(run)
            retries = 0 if run.stopped or self._closing else int(run.job.get("MaxRetries", 0))
            if run.state in {"FAILED", "TIMEOUT"} and run.record["Attempt"] < retries:
                self._launch(run.job, options, cause, previous=run)
                return
            run.final = True
            for listener in self._end_listeners:
                listener(run)
        self._logs.announce(run.record)

    def _run_in_turn(self, run: Run) -> RunResult:
        with self._changed:
            self._changed.wait_for(lambda: run.stopped or self._has_turn(run))
            if not run.stopped:
                self._set(run, "STARTING")
        while not self._slots.acquire(timeout=_STOP_SECONDS):
            if run.stopped:
                break
        else:
            try:
                return self._run_script(run)
            finally:
                self._slots.release()
        return RunResult(succeeded=False)

    def _run_script(self, run: Run) -> RunResult:
        process = self._make_process(
            self._fetch_script(run),
            run.arguments,
            self._work_dir,
            {
                **environment.environment_of(self._endpoint_url),
                "AWS_REGION": self._region,
                "AWS_DEFAULT_REGION": self._region,
            },
            run.job["Command"]["Name"],
        )
        return self._run_process(run, process)

    def _run_process(self, run: Run, process: Process) -> RunResult:
        with self._changed:
            if run.stopped:
                return RunResult(succeeded=False)
            run.process = process  # from here on, whoever stops the run kills it
        process.start()
        with self._changed:
            run.running_since = now()
            if not run.stopped:
                self._set(run, "RUNNING")
        timer = threading.Timer(run.record["Timeout"] * 60, self._time_out, [run])
        timer.daemon = True
        if run.record["Timeout"]:
            timer.start()
        try:
            return process.wait()
        finally:
            timer.cancel()

    def _time_out(self, run: Run) -> None:
        with self._changed:
            if run.state != "RUNNING" or run.process is None:
                return
            run.timed_out = True
        run.process.kill()

    def _end(self, run: Run, result: RunResult) -> None:
        if run.stopped:
            state, message = "STOPPED", None
        elif run.timed_out:
            minutes = run.record["Timeout"]
            state, message = "TIMEOUT", f"The run was not done within its {minutes} min timeout."
        elif result.succeeded:
            state, message = "SUCCEEDED", None
        else:
            state, message = "FAILED", result.error_message or "The job failed with no message."
        ended = now()
        seconds = (ended - run.running_since).total_seconds() if run.running_since else 0.0
        run.record.update(
            CompletedOn=ended,
            ExecutionTime=round(seconds),
            DPUSeconds=round(seconds * run.record["MaxCapacity"], 1),
        )
        if message:
            run.record["ErrorMessage"] = message
        run.process = None
        self._set(run, state)

    def _set(self, run: Run, state: str) -> None:
        run.record["JobRunState"] = state
        run.record["LastModifiedOn"] = now()
        self._changed.notify_all()

    def _full(self, job: Mapping[str, Any]) -> bool:
        active = [run for run in self._runs.get(job["Name"], []) if run.state in ACTIVE]
        return len(active) >= _max_concurrent_runs(job)

    def _has_turn(self, run: Run) -> bool:
        """Whether few enough runs of the job are before this one."""
        active = [r for r in self._runs.get(run.job_name, [run]) if r.state in ACTIVE]
        return run not in active or active.index(run) < _max_concurrent_runs(run.job)

    def _fetch_script(self, run: Run) -> Path:
        location = run.job["Command"].get("ScriptLocation", "")
        try:
            place = S3Uri.parse_object(location)
        except S3UriError as error:
            raise invalid_input(
                f"ScriptLocation {location!r} is not an S3 URI, s3://bucket/key."
            ) from error
        directory = self._work_dir / "scripts" / run.id
        directory.mkdir(parents=True)
        script = directory / Path(place.key).name
        try:
            environment.client("s3", self._endpoint_url).download_file(
                place.bucket, place.key, str(script)
            )
        except (BotoCoreError, ClientError) as error:
            raise AwsError("LAUNCH ERROR", f"{location} cannot be read: {error}") from error
        return script


def _new_run(
    job: Mapping[str, Any], options: Mapping[str, Any], cause: Cause | None, previous: Run | None
) -> Run:
    attempt = previous.record["Attempt"] + 1 if previous else 0
    first_id = previous.id.partition("_attempt_")[0] if previous else f"jr_{secrets.token_hex(32)}"
    run_id = f"{first_id}_attempt_{attempt}" if attempt else first_id
    # What the run is given replaces what the job says, capacity as one.
    own_capacity = {k: options[k] for k in _CAPACITY if k in options}
    job_capacity = {k: job[k] for k in ("WorkerType", "NumberOfWorkers") if k in job} or {
        "MaxCapacity": job["MaxCapacity"]
    }
    chosen = own_capacity or job_capacity
    started = now()
    record = {
        "Id": run_id,
        "Attempt": attempt,
        "PreviousRunId": previous.id if previous else options.get("JobRunId"),
        "TriggerName": cause.trigger if cause else None,
        "JobName": job["Name"],
        "JobMode": job["JobMode"],
        "JobRunQueuingEnabled": _queues(job, options),
        "StartedOn": started,
        "LastModifiedOn": started,
        "JobRunState": "STARTING",
        "Arguments": dict(options.get("Arguments") or {}),
        "PredecessorRuns": [
            {"JobName": r.job_name, "RunId": r.id} for r in (cause.predecessors if cause else ())
        ],
        "ExecutionTime": 0,
        "Timeout": options.get("Timeout", job["Timeout"]),
        "SecurityConfiguration": options.get(
            "SecurityConfiguration", job.get("SecurityConfiguration")
        ),
        "LogGroupName": LOG_GROUP,
        "GlueVersion": job["GlueVersion"],
        "ExecutionClass": options.get("ExecutionClass", job.get("ExecutionClass", "STANDARD")),
        **{k: v for k, v in chosen.items() if k in {"WorkerType", "NumberOfWorkers"}},
        **capacity(chosen, job["Command"]["Name"]),
    }
    arguments = {
        **(job.get("DefaultArguments") or {}),
        **(options.get("Arguments") or {}),
        **(job.get("NonOverridableArguments") or {}),
        **(cause.arguments if cause else {}),
        "--JOB_NAME": job["Name"],
        "--JOB_RUN_ID": run_id,
    }
    return Run(record, job, arguments, flow=cause.flow if cause else None)


_CAPACITY = ("WorkerType", "NumberOfWorkers", "MaxCapacity", "AllocatedCapacity")


def _queues(job: Mapping[str, Any], options: Mapping[str, Any]) -> bool:
    return bool(options.get("JobRunQueuingEnabled", job.get("JobRunQueuingEnabled", False)))


def _max_concurrent_runs(job: Mapping[str, Any]) -> int:
    return int(job["ExecutionProperty"].get("MaxConcurrentRuns", 1))


def _shown(run: Run) -> dict[str, Any]:
    record = shown(run.record)
    if run.state == "RUNNING" and run.running_since is not None:
        record["ExecutionTime"] = int((now() - run.running_since).total_seconds())
    return record

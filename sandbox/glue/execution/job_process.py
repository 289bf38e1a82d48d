"""One run of a Glue job script, unmodified, in processes of its own.

Needs a sandbox (AWS_ENDPOINT_URL on 127.0.0.1), PySpark and a Java. Gives `JobProcess`. The run's
own directory, `<work_dir>/runs/<JOB_RUN_ID>`, keeps

- `log`: what the script and Spark wrote, standard output and error together;
- `outcome.json`: how it ended;
- `data_quality/*.json`: one file a `process_rows` call, in the shape that
  `awsgluedq.publishing` documents, from which Glue's ListDataQualityResults and
  GetDataQualityResult can be served.

`<work_dir>/cache` holds objects of the emulated S3 by etag, shared by all runs.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from sandbox import environment as sandbox_environment
from sandbox.errors import SandboxError
from sandbox.glue.execution import mirror
from sandbox.glue.execution.installed import JavaNotFoundError, find_java

_RUNTIME = Path(__file__).parent.with_name("runtime")
_PACKAGES = _RUNTIME.parents[2]
# What a job needs of the machine; the user's own AWS, Spark and proxy settings stay outside.
_INHERITED = ("HOME", "JAVA_HOME", "LANG", "LC_ALL", "PATH", "TZ", "XDG_CACHE_HOME")
_LONGEST_MESSAGE = 1000  # characters


@dataclass(frozen=True)
class RunResult:
    """How a script ended.

    Attributes:
        succeeded: whether it came to its end without an error.
        error_message: why it did not; None when it did, or was told to stop.
        log_path: its output; None when there was none.
        data_quality_results: files with the outcomes of its quality rules, one a quality node.
    """

    succeeded: bool
    error_message: str | None = None
    log_path: Path | None = None
    data_quality_results: Sequence[Path] = ()


class Process(Protocol):
    """One script that runs: start it, wait for its end from one thread, kill it from another."""

    def start(self) -> None:
        """Start it."""

    def wait(self) -> RunResult:
        """Wait for its end, however it came."""

    def kill(self) -> None:
        """End it and all its children at once; harmless when it has ended."""


class ProcessFactory(Protocol):
    """Makes a process, not yet started."""

    def __call__(
        self,
        script: Path,
        arguments: Mapping[str, str],
        work_dir: Path,
        environment: Mapping[str, str],
        command: str,
    ) -> Process:
        """Make one.

        Args:
            script: a local copy of the job's script, unmodified.
            arguments: all job arguments, `--JOB_NAME` and the like among them.
            work_dir: shared by all runs; each keeps to a part of it that its run id names.
            environment: what AWS clients in the script need to reach the sandbox.
            command: `glueetl` for Spark, `pythonshell` for Python alone.
        """


@dataclass(frozen=True)
class Started:
    """The process of a run and the directory that it works in."""

    run_dir: Path
    process: subprocess.Popen[bytes]


TakeSpare = Callable[[Mapping[str, Any], Mapping[str, str]], Started | None]
"""Gives a process that was started ahead for an order and environment, if one fits."""


class JobProcess:
    """A job run: `start`, then `wait` from any thread; `kill` from any other.

    Args:
        script: the Python script, a local file.
        arguments: as Glue passes them, `--JOB_NAME` and so on, defaults and the run's own merged.
        work_dir: kept from run to run; holds the cache and each run's own directory.
        environment: of the sandbox; its endpoint must be on this machine.
        command: `glueetl` runs with Spark, `pythonshell` without.
        take_spare: asked for a process that was started ahead.

    Raises:
        NotLoopbackError: the environment points to another machine.
    """

    def __init__(
        self,
        script: str | Path,
        arguments: Mapping[str, str],
        work_dir: Path,
        environment: Mapping[str, str],
        command: str = "glueetl",
        take_spare: TakeSpare | None = None,
    ) -> None:
        self._take_spare = take_spare
        self._endpoint = sandbox_environment.require_loopback(
            environment.get("AWS_ENDPOINT_URL", "")
        )
        for name, value in environment.items():
            if name.startswith("AWS_ENDPOINT_URL"):
                sandbox_environment.require_loopback(value)
        self._script = Path(script).resolve()
        self._arguments = dict(arguments)
        self._command = command
        self._work_dir = Path(work_dir).resolve()
        self._environment = dict(environment)
        run_id = self._arguments.get("--JOB_RUN_ID") or f"jr_{uuid4().hex}"
        self.run_dir = self._work_dir / "runs" / Path(run_id).name
        self.log_path = self.run_dir / "log"
        self._started: Started | None = None
        self._killed = False
        self._failure: str | None = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """Of the Python process that runs the script, which is also its process group."""
        return self._started.process.pid if self._started else None

    def start(self) -> None:
        """Start the run; a reason not to start is told by `wait`."""
        self.run_dir.mkdir(parents=True, exist_ok=True)
        self.log_path.touch()
        try:
            order = self._order()
        except JavaNotFoundError as error:
            self._failure = str(error)
            return
        except (BotoCoreError, ClientError, SandboxError) as error:
            self._failure = f"The emulated S3 at {self._endpoint} cannot be listed: {error}"
            return
        with self._lock:
            if self._killed:
                return
            spare = self._take_spare(order, self._environment) if self._take_spare else None
            self._started = spare or launch(self.run_dir, order, self._environment)

    def wait(self) -> RunResult:
        """Wait for the end, whatever it is, and say how it came."""
        code = None
        if self._started:
            process = self._started.process
            code = process.wait()
            kill_group(process.pid)  # a Java that outlived its Python
            if process.stdin:
                process.stdin.close()
            _clean_up(self._started.run_dir)
            if self._started.run_dir != self.run_dir:
                shutil.rmtree(self.run_dir)
                self._started.run_dir.rename(self.run_dir)
        results = tuple(sorted((self.run_dir / "data_quality").glob("*.json")))
        message = self._error_message(code)
        return RunResult(message is None, message, self.log_path, results)

    def kill(self) -> None:
        """End the run at once, and every process of it; `wait` then says so."""
        with self._lock:
            self._killed = True
            if self._started and self._started.process.poll() is None:
                kill_group(self._started.process.pid)

    def _error_message(self, code: int | None) -> str | None:
        if self._failure:
            return self._failure
        if self._killed:
            return "The job run was stopped."
        try:
            outcome = json.loads((self.run_dir / "outcome.json").read_text())
        except (OSError, ValueError):
            return _death(code)
        message: str | None = outcome["error_message"]
        return message[:_LONGEST_MESSAGE] if message else None

    def _order(self) -> dict[str, Any]:
        s3 = sandbox_environment.client("s3", self._endpoint)
        cache = self._work_dir / "cache"
        data_bytes = mirror.tidy(s3, cache)
        java = find_java() if self._command == "glueetl" else None
        return {
            "script": str(self._script),
            "command": self._command,
            "arguments": self._arguments,
            "java": str(java.program) if java else None,
            "java_version": java.version if java else None,
            "run_dir": str(self.run_dir),
            "cache_dir": str(cache),
            "data_bytes": data_bytes,
        }


def launch(run_dir: Path, order: Mapping[str, Any], environment: Mapping[str, str]) -> Started:
    """Start the process of an order; one without a script waits for another order.

    Args:
        run_dir: its own; made if need be.
        order: what `job_main` reads.
        environment: of the sandbox.
    """
    for name in ("cwd", "tmp", "python"):
        (run_dir / name).mkdir(parents=True, exist_ok=True)
    file = run_dir / "order.json"
    file.write_text(json.dumps(order))
    with (run_dir / "log").open("ab") as log:
        # The job ends itself when this end of the pipe closes.
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.glue.execution.job_main", str(file)],
            cwd=run_dir / "cwd",
            env=_process_environment(run_dir, environment),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return Started(run_dir, process)


def _process_environment(run_dir: Path, environment: Mapping[str, str]) -> dict[str, str]:
    own = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    temporary = str(run_dir / "tmp")
    return {
        **own,
        **environment,
        "NO_PROXY": "*",
        # The runtime first: AWS's own awsglue may be installed beside it. extra-py-files
        # come before the project, whose packages only the runtime imports.
        "PYTHONPATH": os.pathsep.join([str(_RUNTIME), str(run_dir / "python"), str(_PACKAGES)]),
        "PYTHONUNBUFFERED": "1",
        "PYTHONHASHSEED": "0",
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": temporary,
        "TMPDIR": temporary,
        "GLUE_SANDBOX_RUN_DIR": str(run_dir),
    }


def _clean_up(run_dir: Path) -> None:
    for name in ("s3", "tmp", "cwd", "python", "conf"):
        shutil.rmtree(run_dir / name, ignore_errors=True)
    (run_dir / "order.json").unlink(missing_ok=True)


def _death(code: int | None) -> str:
    if code is None:
        return "The job process was never started."
    if code < 0:
        return f"The job's Python process was killed by {signal.Signals(-code).name}."
    return f"The job's Python process ended with exit code {code} before it told an outcome."


def kill_group(group: int) -> None:
    """End all processes of a group at once."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return

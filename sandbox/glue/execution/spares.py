"""A job process that is started ahead, so that a run need not wait for Java.

It is the process of a run in all but the script: Spark's Java is up, PySpark joined to it, and a
directory of its own made. A run takes it when all that it was started with fits, and no other run
ever does; else the run starts as without. The next one is started when one is taken.
"""

import argparse
import contextlib
import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from sandbox.glue.execution.installed import JavaNotFoundError, find_java
from sandbox.glue.execution.job_process import JobProcess, Started, kill_group, launch
from sandbox.glue.execution.spark_jvm import SMALL_DATA


def add_spare_flag(parser: argparse.ArgumentParser) -> None:
    """Add the flag that turns it off, as `options.spare`."""
    parser.add_argument(
        "--no-spare",
        dest="spare",
        action="store_false",
        help="start no Spark ahead for the next job (one that waits takes some 400 MB of memory)",
    )


class Spares:
    """Makes job processes, of which one is started ahead while `ready` says so."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spare: Started | None = None
        self._work_dir: Path | None = None
        self._environment: Mapping[str, str] = {}

    def __call__(
        self,
        script: Path,
        arguments: Mapping[str, str],
        work_dir: Path,
        environment: Mapping[str, str],
        command: str,
    ) -> JobProcess:
        """Make a job process, as `ProcessFactory` says."""
        return JobProcess(script, arguments, work_dir, environment, command, self._take)

    @contextlib.contextmanager
    def ready(
        self, work_dir: Path, environment: Mapping[str, str], *, wanted: bool = True
    ) -> Iterator[None]:
        """Keep one process ready for runs with this directory and environment, if it is wanted."""
        with self._lock:
            self._work_dir = work_dir.resolve() if wanted else None
            self._environment = dict(environment)
            self._start()
        try:
            yield
        finally:
            with self._lock:
                self._work_dir = None
                if self._spare is not None:
                    kill_group(self._spare.process.pid)
                    self._forget()

    def _take(self, order: Mapping[str, Any], environment: Mapping[str, str]) -> Started | None:
        """The process that waits, with the order given to it; None when there is none that fits."""
        with self._lock:
            spare = self._spare
            if spare is None or not self._fits(order, environment):
                return None
            if spare.process.poll() is not None:
                self._forget()
                self._start()
                return None
            self._spare = None
            self._start()
        file = spare.run_dir / "order.json"
        file.write_text(json.dumps({**order, "run_dir": str(spare.run_dir)}))
        assert spare.process.stdin is not None  # noqa: S101 -- `launch` makes the pipe
        with contextlib.suppress(BrokenPipeError):
            spare.process.stdin.write(f"{file}\n".encode())
            spare.process.stdin.flush()
        return spare

    def _fits(self, order: Mapping[str, Any], environment: Mapping[str, str]) -> bool:
        arguments: Mapping[str, str] = order["arguments"]
        modules = arguments.get("--extra-py-files", "").split(",")
        return (
            order["command"] == "glueetl"
            and Path(order["cache_dir"]).parent == self._work_dir
            and environment == self._environment
            and order["data_bytes"] <= SMALL_DATA
            and not arguments.get("--conf")
            and all(not name.strip() or name.strip().endswith(".py") for name in modules)
        )

    def _start(self) -> None:
        if self._work_dir is None:
            return
        try:
            java = find_java()
        except JavaNotFoundError:
            return  # the run that needs it will say so
        run_dir = self._work_dir / "runs" / f"spare-{uuid4().hex}"
        order: dict[str, Any] = {
            "script": None,
            "command": "glueetl",
            "arguments": {},
            "java": str(java.program),
            "java_version": java.version,
            "run_dir": str(run_dir),
            "cache_dir": str(self._work_dir / "cache"),
            "data_bytes": 0,
        }
        self._spare = launch(run_dir, order, self._environment)

    def _forget(self) -> None:
        if self._spare is not None:
            self._spare.process.wait()
            if self._spare.process.stdin is not None:
                self._spare.process.stdin.close()
            self._spare = None

"""Job processes whose script is one line that says what they do, so that a test takes no Spark.

`succeed`, `fail REASON`, `evaluate ID` (leaves one quality result), `litter` (a bad one), `wait` (until it is killed), `hold NAME` (until the test releases NAME).
"""

import json
import threading
from collections.abc import Mapping
from pathlib import Path

from sandbox.glue.execution.job_process import RunResult


class Scripts:
    """A factory of such processes, and what they were started with."""

    def __init__(self) -> None:
        self.started: list[Mapping[str, str]] = []
        self.environments: list[Mapping[str, str]] = []
        self.commands: list[str] = []
        self.killed = 0
        self._gates: dict[str, threading.Event] = {}

    def __call__(
        self,
        script: Path,
        arguments: Mapping[str, str],
        work_dir: Path,
        environment: Mapping[str, str],
        command: str,
    ) -> "ScriptedProcess":
        self.environments.append(environment)
        self.commands.append(command)
        return ScriptedProcess(self, script.read_text(), arguments, work_dir)

    def gate(self, name: str) -> threading.Event:
        return self._gates.setdefault(name, threading.Event())


class ScriptedProcess:
    def __init__(
        self, scripts: Scripts, script: str, arguments: Mapping[str, str], work_dir: Path
    ) -> None:
        self._scripts = scripts
        self._verb, _, self._rest = script.partition(" ")
        self._arguments = arguments
        self._log = work_dir / f"{arguments['--JOB_RUN_ID']}.log"
        self._killed = threading.Event()

    def start(self) -> None:
        self._scripts.started.append(self._arguments)
        self._log.write_text(f"hello from {self._arguments['--JOB_NAME']}\n\nbye\n")
        if self._verb == "explode":
            raise RuntimeError(self._rest)

    def wait(self) -> RunResult:
        if self._verb == "wait":
            self._killed.wait()
        if self._verb == "hold":
            gate = self._scripts.gate(self._rest)
            while not gate.wait(0.01) and not self._killed.is_set():
                pass
        if self._killed.is_set():
            return RunResult(succeeded=False, error_message="killed", log_path=self._log)
        if self._verb == "fail":
            return RunResult(succeeded=False, error_message=self._rest, log_path=self._log)
        return RunResult(
            succeeded=True, log_path=self._log, data_quality_results=self._quality_results()
        )

    def _quality_results(self) -> list[Path]:
        if self._verb == "litter":
            return [self._log.with_name("not-there.json")]
        if self._verb != "evaluate":
            return []
        result = {
            "ResultId": f"dqresult-{self._rest}",
            "Score": 0.5,
            "EvaluationContext": "frame",
            "JobName": self._arguments["--JOB_NAME"],
            "JobRunId": self._arguments["--JOB_RUN_ID"],
            "StartedOn": "2026-01-02T03:04:05+00:00",
            "CompletedOn": "2026-01-02T03:04:06+00:00",
            "RuleResults": [{"Name": "Rule_1", "Result": "FAIL", "EvaluationMessage": "no"}],
        }
        file = self._log.with_suffix(".json")
        file.write_text(json.dumps(result))
        return [file]

    def kill(self) -> None:
        self._scripts.killed += 1
        self._killed.set()

"""A sandbox whose jobs are scripted, and short ways to make and run them."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import environment
from sandbox.server.application import Sandbox
from tests.sandbox.glue.api.scripted import Scripts

ENDED = {"SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR"}
BUCKET = "scripts-bucket"


class Glue:
    """A boto3 Glue client with what the tests do again and again."""

    def __init__(self, sandbox: Sandbox, scripts: Scripts) -> None:
        self.sandbox = sandbox
        self.scripts = scripts
        self.api = environment.client("glue", sandbox.endpoint_url)
        self.s3 = environment.client("s3", sandbox.endpoint_url)
        self.s3.create_bucket(Bucket=BUCKET)

    def make_job(self, name: str, script: str = "succeed", **settings: Any) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=f"{name}.py", Body=script.encode())
        self.api.create_job(
            Name=name,
            Role="arn:aws:iam::123456789012:role/job",
            Command={"Name": "glueetl", "ScriptLocation": f"s3://{BUCKET}/{name}.py"},
            **settings,
        )

    def run(self, name: str, **options: Any) -> dict[str, Any]:
        """Run a job to its end; its last JobRun."""
        run_id = self.api.start_job_run(JobName=name, **options)["JobRunId"]
        return self.ended(name, run_id)

    def get_run(self, name: str, run_id: str) -> dict[str, Any]:
        run: dict[str, Any] = self.api.get_job_run(JobName=name, RunId=run_id)["JobRun"]
        return run

    def ended(self, name: str, run_id: str) -> dict[str, Any]:
        return self.until(
            lambda: self.get_run(name, run_id), lambda run: run["JobRunState"] in ENDED
        )

    def state_is(self, name: str, run_id: str, state: str) -> dict[str, Any]:
        return self.until(
            lambda: self.get_run(name, run_id), lambda run: run["JobRunState"] == state
        )

    def run_workflow(self, name: str, **options: Any) -> dict[str, Any]:
        """Run a workflow to its end; its WorkflowRun with the graph."""
        run_id = self.api.start_workflow_run(Name=name, **options)["RunId"]
        return self.workflow_ended(name, run_id)

    def workflow_run(self, name: str, run_id: str) -> dict[str, Any]:
        run: dict[str, Any] = self.api.get_workflow_run(Name=name, RunId=run_id, IncludeGraph=True)[
            "Run"
        ]
        return run

    def workflow_ended(self, name: str, run_id: str) -> dict[str, Any]:
        return self.until(
            lambda: self.workflow_run(name, run_id),
            lambda run: run["Status"] in {"COMPLETED", "STOPPED", "ERROR"},
        )

    @staticmethod
    def until(
        look: Callable[[], dict[str, Any]], holds: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any]:
        while not holds(seen := look()):
            time.sleep(0.02)
        return seen


@pytest.fixture
def glue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Glue]:
    scripts = Scripts()
    with Sandbox(state_dir=tmp_path / "state", make_process=scripts) as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield Glue(running, scripts)

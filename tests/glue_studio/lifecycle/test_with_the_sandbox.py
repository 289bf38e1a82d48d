"""Publishing and drift against the embedded AWS, which generates scripts as Glue does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glue_studio.cli import ExitCode, main
from sandbox import environment
from sandbox.server.application import Sandbox

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).parents[3]
_CREATE = ("--role", "arn:aws:iam::123456789012:role/etl", "--script-location", "s3://assets/s/")
_TIMES = {"Name", "CreatedOn", "LastModifiedOn", "MaxCapacity", "AllocatedCapacity"}


@pytest.fixture
def glue(no_aws: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """A Glue client of a running sandbox with a bucket for scripts."""
    with Sandbox(state_dir=tmp_path / "state") as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        environment.client("s3", running.endpoint_url).create_bucket(Bucket="assets")
        yield environment.client("glue", running.endpoint_url)


def _run(verb: str, *arguments: str) -> int:
    return main([verb, "--project", str(_ROOT), *arguments])


def test_publish_twice_then_no_drift_then_exactly_the_change_of_the_console(
    glue: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("publish", *_CREATE) == ExitCode.DONE
    assert capsys.readouterr().out.count(": created\n") == 5
    assert _run("publish") == ExitCode.DONE
    assert capsys.readouterr().out.count(": unchanged\n") == 5
    assert _run("drift") == ExitCode.DONE
    assert capsys.readouterr().out.count(": no drift\n") == 5

    job = glue.get_job(JobName="customer_trusted")["Job"]
    update = {key: value for key, value in job.items() if key not in _TIMES}
    update["CodeGenConfigurationNodes"]["node-1760000100020"]["SparkSQL"]["SqlQuery"] += "\nLIMIT 5"
    update["MaintenanceWindow"] = "Sun:1"  # the deployment's, so no drift
    glue.update_job(JobName="customer_trusted", JobUpdate=update)

    assert _run("drift") == ExitCode.FOUND
    shown = capsys.readouterr().out
    assert shown.count(": no drift\n") == 4
    changed = [line.strip() for line in shown.splitlines() if "node-1760000100020)" in line]
    assert changed == ["~ SparkSQL “Customers with research consent” (node-1760000100020)"]
    assert [line.strip() for line in shown.splitlines() if line.strip().startswith("+")] == [
        "+LIMIT 5",
        "+++ s3://assets/s/customer_trusted.py",
        "+LIMIT 5",
    ]

    assert _run("publish") == ExitCode.DONE
    assert capsys.readouterr().out.count(": unchanged\n") == 4
    assert _run("drift") == ExitCode.DONE
    assert glue.get_job(JobName="customer_trusted")["Job"]["MaintenanceWindow"] == "Sun:1"

"""A job process that is started ahead: who gets it, and that nothing of it is left or shared."""

import contextlib
import os
import signal
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from sandbox import environment
from sandbox.glue.execution import spares as spares_module
from sandbox.glue.execution.job_process import RunResult
from sandbox.glue.execution.spares import Spares
from sandbox.glue.execution.spark_jvm import SMALL_DATA
from tests.sandbox.glue.execution.separate_moto import moto_process

SCRIPT = """
import os, sys
from pyspark.context import SparkContext
sc = SparkContext()
print("sum", sc.parallelize(range(4)).map(lambda n: n + 1).sum(), sys.argv[1:3], __name__)
print("in", os.getcwd() == os.path.join(os.environ["GLUE_SANDBOX_RUN_DIR"], "cwd"), os.listdir())
print("pid", os.getpid(), os.environ["GLUE_SANDBOX_JOB_NAME"])
"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with moto_process() as url:
        yield url


@pytest.fixture
def sandbox(endpoint: str) -> Mapping[str, str]:
    """The environment of an emulated AWS with nothing in it."""
    reset = urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")
    with urllib.request.urlopen(reset):
        return environment.environment_of(endpoint)


def run(spares: Spares, folder: Path, sandbox: Mapping[str, str], **arguments: str) -> RunResult:
    script = folder / "script.py"
    script.write_text(SCRIPT)
    given = {"--JOB_NAME": "job", **{f"--{name}": value for name, value in arguments.items()}}
    process = spares(script, given, folder / "work", sandbox, "glueetl")
    process.start()
    return process.wait()


def told(result: RunResult) -> str:
    assert result.succeeded, result.error_message
    assert result.log_path is not None
    return result.log_path.read_text()


def waiting(spares: Spares) -> Any:
    assert spares._spare is not None
    return spares._spare


@pytest.mark.spark
def test_a_run_gets_the_process_that_waits_and_no_other_run_does(
    tmp_path: Path, sandbox: Mapping[str, str]
) -> None:
    spares = Spares()
    with spares.ready(tmp_path / "work", sandbox):
        first = waiting(spares)
        log = told(run(spares, tmp_path, sandbox, JOB_RUN_ID="jr_1"))
        assert "sum 10 ['--JOB_NAME', 'job'] __main__\n" in log
        assert "in True []\n" in log
        assert f"pid {first.process.pid} job\n" in log
        second = waiting(spares)
        assert second.process.pid != first.process.pid
        # Its Java died while it waited: the run that gets it starts another.
        assert second.process.poll() is None
        _kill_java(second.run_dir)
        log = told(run(spares, tmp_path, sandbox, JOB_RUN_ID="jr_2"))
        assert f"pid {second.process.pid} job\n" in log
        # The process itself died: the run starts without.
        third = waiting(spares)
        os.killpg(third.process.pid, signal.SIGKILL)
        third.process.wait()
        assert "sum 10" in told(run(spares, tmp_path, sandbox, JOB_RUN_ID="jr_3"))
        last = waiting(spares)
    assert last.process.poll() is not None
    names = {path.name for path in (tmp_path / "work/runs").iterdir()}
    assert {"jr_1", "jr_2", "jr_3"} <= names
    assert sorted(path.name for path in (tmp_path / "work/runs/jr_1").iterdir()) == [
        "log",
        "outcome.json",
    ]


def _kill_java(run_dir: Path) -> None:
    """Kill the Java of a directory, which may be about to come; it may take a while to be gone."""
    killed = False
    while not killed:
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit():
                    command = (entry / "cmdline").read_bytes().decode()
                    if "SparkSubmit" in command and str(run_dir) in command:
                        os.kill(int(entry.name), signal.SIGKILL)
                        killed = True


ORDER: Mapping[str, Any] = {"command": "glueetl", "data_bytes": 0, "arguments": {}}


@pytest.mark.parametrize(
    "other",
    [
        {"command": "pythonshell"},
        {"data_bytes": SMALL_DATA + 1},
        {"arguments": {"--conf": "spark.a=1"}},
        {"arguments": {"--extra-py-files": "s3://b/a.py, s3://b/c.zip"}},
        {"cache_dir": "/elsewhere/cache"},
    ],
)
def test_a_run_with_settings_of_its_own_starts_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: Mapping[str, Any]
) -> None:
    monkeypatch.setattr(spares_module, "launch", lambda *_: None)
    spares = Spares()
    with spares.ready(tmp_path, {"AWS_REGION": "us-east-1"}):
        order = {**ORDER, "cache_dir": str(tmp_path / "cache")}
        assert spares._fits(order, {"AWS_REGION": "us-east-1"})
        assert not spares._fits({**order, **other}, {"AWS_REGION": "us-east-1"})
        assert not spares._fits(order, {"AWS_REGION": "eu-west-1"})


def test_it_can_be_turned_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(spares_module, "launch", never)
    spares = Spares()
    with spares.ready(tmp_path, {}, wanted=False):
        assert spares._take({**ORDER, "cache_dir": str(tmp_path / "cache")}, {}) is None

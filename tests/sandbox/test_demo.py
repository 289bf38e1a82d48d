import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from common.command import ExitCode
from common.project import PROJECT
from deploy import terraform
from deploy.errors import DeployError
from sandbox import demo
from sandbox.cli import main
from sandbox.errors import SandboxError


def test_what_a_killed_demo_left_goes(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    left, own = tmp_path / f"demo-{ended.pid}-x1", tmp_path / f"demo-{os.getpid()}"
    for folder in (left, own, tmp_path / "demo-mine", tmp_path / "other"):
        folder.mkdir()
    demo.remove_left_overs(tmp_path, tmp_path / "not there")
    assert {path.name for path in tmp_path.iterdir()} == {own.name, "demo-mine", "other"}


def test_a_missing_tool_is_told_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(_: object) -> Path:
        raise DeployError("No Terraform", exit_code=ExitCode.UNABLE)

    monkeypatch.setattr(terraform, "environment", missing)
    assert main(["demo"]) == 2
    captured = capsys.readouterr()
    assert captured.err == "ERROR No Terraform\n"
    assert captured.out == ""


@pytest.mark.parametrize(
    ("memory", "disk", "message"),
    [
        (3 * 10**9, 10**12, r"scale 100 needs 4\.0 GB of memory, and 3\.0 GB are free"),
        (10**12, 10**9, r"scale 100 needs 3\.0 GB on the disk of .*, and 1\.0 GB are free"),
    ],
)
def test_a_machine_too_small_for_a_scale_is_told_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: int, disk: int, message: str
) -> None:
    monkeypatch.setattr(demo, "_free_memory", lambda: memory)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(disk, 0, disk))
    demo.require_room(1, tmp_path)
    with pytest.raises(SandboxError, match=message):
        demo.require_room(100, tmp_path)


def test_free_memory_is_that_of_this_machine() -> None:
    assert 0 < demo._free_memory() <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


class _Deployment(subprocess.Popen[str]):
    """A process that says a line when it is ready, and one for each request that it hears."""

    def __init__(self, on_request: str) -> None:
        code = (
            "import signal, sys\n"
            "requests = {signal.SIGTERM, signal.SIGINT}\n"
            "signal.pthread_sigmask(signal.SIG_BLOCK, requests)\n"
            "print('ready', flush=True)\n"
            "while True:\n"
            "    print(signal.sigwait(requests).name, flush=True)\n"
            f"    {on_request}\n"
        )
        super().__init__(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, process_group=0
        )
        assert self.heard() == "ready"

    def heard(self) -> str:
        assert self.stdout is not None
        return self.stdout.readline().rstrip()


def test_a_deployment_that_ends_when_asked_is_asked_once() -> None:
    with _Deployment("sys.exit(130)") as process:
        demo._stop(process)
        assert process.communicate()[0] == "SIGTERM\n"
    assert process.returncode == 130


def test_a_deployment_that_has_ended_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with _Deployment("sys.exit(130)") as process:
        process.terminate()
        process.communicate()
    monkeypatch.delattr(os, "killpg")  # whose number may be another process's by now
    demo._stop(process)
    assert process.returncode == 130


def test_a_deployment_that_goes_on_is_killed() -> None:
    requests = []

    class _Deaf(_Deployment):
        def wait(self, timeout: float | None = None) -> int:
            """Give up once the request was heard, as if the time was over."""
            if timeout is None:
                return super().wait()
            requests.append(self.heard())
            raise subprocess.TimeoutExpired(self.args, timeout)

    with _Deaf("continue") as process:
        demo._stop(process)
    assert requests == ["SIGTERM", "SIGINT"]
    assert process.returncode == -signal.SIGKILL


@pytest.mark.terraform
def test_a_deployment_that_was_killed_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    killed = tmp_path / "python"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(killed))
    assert main(["demo", "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "ERROR The deployment was killed by SIGKILL.\n"


@pytest.mark.terraform
def test_bad_landing_data_is_told_and_leaves_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "customer").mkdir()
    assert main(["demo", "--data", str(tmp_path), "--out", str(tmp_path / "report")]) == 1
    assert "has no folder accelerometer" in capfd.readouterr().err
    assert not (tmp_path / "report").exists()
    assert not list((PROJECT / ".sandbox").glob(f"demo-{os.getpid()}*"))

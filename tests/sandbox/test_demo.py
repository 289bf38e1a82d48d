import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import toolchain
from sandbox import demo
from sandbox.cli import main


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
    def missing() -> Path:
        raise toolchain.ToolchainError("No Terraform")

    monkeypatch.setattr(toolchain, "terraform", missing)
    assert main(["demo"]) == 2
    captured = capsys.readouterr()
    assert captured.err == "ERROR No Terraform\n"
    assert captured.out == ""


def test_the_deployment_is_ended_in_order_if_it_can_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def deployment(code: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", f"{code}\nprint(flush=True)\ntime.sleep(1000)"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, process_group=0)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    tidy = "import sys, time\nfrom signal import *\nsignal(SIGTERM, lambda *_: sys.exit(130))"
    with deployment(tidy) as process:
        demo._stop(process)
    assert process.returncode == 130
    demo._stop(process)  # which has ended and is no more
    monkeypatch.setattr(demo, "_GRACE", 0.1)
    deaf = "import time\nfrom signal import *\nfor n in (SIGTERM, SIGINT): signal(n, SIG_IGN)"
    with deployment(deaf) as process:
        demo._stop(process)
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
    assert not list((toolchain.PROJECT / ".sandbox").glob(f"demo-{os.getpid()}*"))

import os
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


@pytest.mark.terraform
def test_bad_landing_data_is_told_and_leaves_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "customer").mkdir()
    assert main(["demo", "--data", str(tmp_path), "--out", str(tmp_path / "report")]) == 1
    assert "has no folder accelerometer" in capfd.readouterr().err
    assert not (tmp_path / "report").exists()
    assert not list((toolchain.PROJECT / ".sandbox").glob(f"demo-{os.getpid()}*"))

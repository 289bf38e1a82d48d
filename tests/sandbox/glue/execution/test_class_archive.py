"""The archive of Spark's classes: whose it is, and that it appears whole or not at all."""

import subprocess
import sys
from pathlib import Path

import pytest

from common import project
from sandbox.glue.execution import class_archive, s3_file_system
from sandbox.glue.execution.installed import Java


def test_an_archive_belongs_to_one_java_and_one_spark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "TOOLS", tmp_path / "tools")
    here, there = Java(Path("/a/java"), "17.0.1"), Java(Path("/b/java"), "17.0.1")
    assert class_archive.find(here) is None
    assert class_archive.location(here) != class_archive.location(there)
    class_archive.location(here).parent.mkdir()
    class_archive.location(here).touch()
    assert class_archive.find(here) == class_archive.make(here)
    assert class_archive.find(there) is None


def test_a_failed_archive_leaves_nothing_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(project, "TOOLS", tmp_path / "tools")

    def fail(java: Java, folder: Path, archive: Path) -> None:
        archive.touch()
        raise OSError("disk full")

    monkeypatch.setattr(class_archive, "_train", fail)
    assert class_archive.main() == 1
    assert "jobs start slower: disk full" in capsys.readouterr().err
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.spark
def test_an_archive_is_made_by_a_spark_that_does_what_jobs_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import pathlib, sys\n"
        "from common import project\n"
        "project.TOOLS = pathlib.Path(sys.argv[1])\n"
        "from sandbox.glue.execution import class_archive\n"
        "sys.exit(class_archive.main())\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=project.PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    archive, classes = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert f"archived in {archive}" in answer.stdout
    assert answer.stderr == ""
    assert archive.stat().st_size > 50_000_000
    assert classes == tmp_path / s3_file_system.jar().name

"""The archive of Spark's classes: whose it is, and that it appears whole or not at all."""

import subprocess
from pathlib import Path

import pytest

from common import project
from sandbox.glue.execution import class_archive, s3_file_system
from sandbox.glue.execution.installed import Java, find_java
from sandbox.glue.execution.spark_jvm import base_options, class_path


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


def test_an_archive_takes_the_place_of_older_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "TOOLS", tmp_path)
    monkeypatch.setattr(class_archive, "_train", lambda java, folder, archive: archive.touch())
    (tmp_path / "spark-classes-0123456789abcdef.jsa").touch()
    (tmp_path / "s3.jar").touch()
    made = class_archive.make(Java(Path("/a/java"), "17.0.1"))
    assert {path.name for path in tmp_path.iterdir()} == {made.name, "s3.jar"}


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
def test_the_archive_that_setup_made_fits_the_java_that_jobs_run_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Java says nothing of one that does not fit, for jobs only start slower; here it must use it."""
    java = find_java()
    archive = class_archive.find(java)
    assert archive is not None, "`make setup` makes it"
    assert archive.stat().st_size > 50_000_000
    command = [str(java.program), "-cp", class_path(Path("settings")), *base_options(java)]
    options = [f"-XX:SharedArchiveFile={archive}", "-Xshare:on", "-version"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert s3_file_system.jar().is_file()
    assert class_archive.main() == 0
    assert f"archived in {archive}" in capsys.readouterr().out

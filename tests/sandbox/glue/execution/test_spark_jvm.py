"""How Java is told what to do, without starting it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import toolchain
from sandbox.glue.execution import class_archive, spark_jvm
from sandbox.glue.execution.java import Java
from sandbox.glue.execution.spark_files import class_path, spark_home


def test_conf_arguments_are_taken_apart() -> None:
    assert spark_jvm.conf_argument("spark.a=1 --conf spark.b=x=y") == {
        "spark.a": "1",
        "spark.b": "x=y",
    }
    assert spark_jvm.conf_argument("") == {}


def test_settings_survive_a_properties_file() -> None:
    text = spark_jvm._as_properties({"fs.viewfs.b": "file:///tmp/ü \\ x", "a:b": "line\nbreak"})
    assert text == ("fs.viewfs.b=file:///tmp/\\u00fc \\\\ x\na\\:b=line\\nbreak\n")


def test_every_bucket_is_mounted(tmp_path: Path) -> None:
    settings = spark_jvm._filesystems(tmp_path, ["one", "two.dots"])
    assert (
        settings["spark.hadoop.fs.viewfs.mounttable.two.dots.linkFallback"]
        == (tmp_path / "two.dots").as_uri()
    )
    assert len([name for name in settings if name.endswith(".impl")]) == 6


def test_everything_listens_on_this_machine_only(tmp_path: Path) -> None:
    settings = spark_jvm._properties(tmp_path)
    assert settings["spark.driver.host"] == settings["spark.driver.bindAddress"] == "127.0.0.1"
    assert settings["spark.ui.enabled"] == "false"


def test_old_java_opens_no_modules() -> None:
    assert not [
        option
        for option in spark_jvm.base_options(Java(Path("java"), "1.8.0_392"))
        if option.startswith("--add-opens")
    ]
    assert [
        option
        for option in spark_jvm.base_options(Java(Path("java"), "17.0.1"))
        if option.startswith("--add-opens")
    ]


def test_the_class_path_is_in_a_fixed_order(tmp_path: Path) -> None:
    parts = class_path(tmp_path).split(os.pathsep)
    assert parts[:-1] == sorted(parts[:-1])
    assert parts[-1] == str(tmp_path)
    assert (spark_home() / "jars").is_dir()


def test_an_archive_belongs_to_one_java_and_one_spark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toolchain, "TOOLS", tmp_path / "tools")
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
    monkeypatch.setattr(toolchain, "TOOLS", tmp_path / "tools")

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
        "from deploy import toolchain\n"
        "toolchain.TOOLS = pathlib.Path(sys.argv[1])\n"
        "from sandbox.glue.execution import class_archive\n"
        "sys.exit(class_archive.main())\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=toolchain.PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    (archive,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert f"archived in {archive}" in answer.stdout
    assert answer.stderr == ""
    assert archive.stat().st_size > 50_000_000

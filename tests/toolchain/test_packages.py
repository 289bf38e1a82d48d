import hashlib
import os
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from toolchain import packages
from toolchain.base import PROJECT, ToolchainError

pytestmark = pytest.mark.slow


def _wheel(folder: Path, name: str, version: str, *metadata: str) -> str:
    """Write the wheel of a package with one empty module; its line in a lock."""
    about = f"{name}-{version}.dist-info"
    file = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{name}.py", "")
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *metadata]
        archive.writestr(f"{about}/METADATA", "\n".join(lines) + "\n")
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a lock of its own, on a machine whose packages lie in a folder."""
    extra = "Provides-Extra: toml"
    lock = [
        _wheel(tmp_path, "plugin", "1.0", "Requires-Dist: measure[toml]>=1"),
        _wheel(tmp_path, "measure", "1.0", extra),
        _wheel(tmp_path, "checker", "1.0"),
    ]
    _wheel(tmp_path, "measure", "1.1", extra)  # released since
    (tmp_path / "requirements.lock").write_text("".join(lock))
    (tmp_path / "checkov.lock").write_text(_wheel(tmp_path, "scanner", "1.0"))
    (tmp_path / "names").write_text("measure\nplugin\n")
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(packages, "LOCK", tmp_path / "requirements.lock")
    monkeypatch.setattr(packages, "CHECKOV_LOCK", tmp_path / "checkov.lock")
    monkeypatch.setattr(packages, "CHECKOV", tmp_path / "checkov")
    monkeypatch.setattr(packages, "WITHOUT_TOOLS", tmp_path / "names")
    monkeypatch.setattr(packages, "VENV", tmp_path / "venv")
    monkeypatch.setattr(packages, "TOOLS", tmp_path / "tools")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return tmp_path


def _uv(project: Path) -> None:
    (project / "bin" / "uv").symlink_to(Path(sys.executable).with_name("uv"))


def _installed(project: Path, environment: str = "venv") -> set[str]:
    (folder,) = (project / environment / "lib").glob("*/site-packages")
    names = {path.name.removesuffix(".dist-info") for path in folder.glob("*.dist-info")}
    return {name for name in names if not name.startswith(("pip-", "setuptools-"))}


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_a_newer_release_does_not_disturb_the_lock(installer: str, project: Path) -> None:
    if installer == "uv":
        _uv(project)
    packages.install(development=False)
    assert _installed(project) == {"measure-1.0", "plugin-1.0"}
    assert not (project / "checkov").exists()
    packages.install(development=True)
    assert _installed(project) == {"measure-1.0", "plugin-1.0", "checker-1.0"}
    assert _installed(project, "checkov") == {"scanner-1.0"}


def test_what_developers_have_is_enough_for_the_demo(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _uv(project)
    packages.install(development=True)
    capsys.readouterr()
    packages.install(development=False)
    assert capsys.readouterr().out == "Packages  as locked (venv)\n"


def test_another_hash_is_refused_by_uv_and_by_pip(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _uv(project)
    _wheel(project, "measure", "1.0", "Summary: changed")
    with pytest.raises(ToolchainError, match="pip could not install requirements.lock"):
        packages.install(development=False)
    assert "uv could not install them" in capsys.readouterr().out
    assert not (project / "venv" / "installed-lock.sha256").exists()
    assert _installed(project) <= {"plugin-1.0"}


def test_another_python_is_told_in_one_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 13, 1))
    with pytest.raises(ToolchainError, match=r"Python 3.11 is needed \(the Python of Glue 5.1\)"):
        packages.install(development=False)
    assert not (project / "venv").exists()


def test_another_python_brings_a_3_11_by_uv(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _uv(project)
    monkeypatch.setattr(sys, "version_info", (3, 13, 1))
    (project / "bin" / "python3.11").symlink_to(sys.executable)  # else it would be downloaded
    packages.install(development=False)
    assert _installed(project) == {"measure-1.0", "plugin-1.0"}


def test_the_demo_s_packages_are_what_the_commands_need() -> None:
    """requirements-demo.txt names the dependencies of pyproject.toml, and theirs, and no more."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["sandbox"]]
    todo = [Requirement(text) for text in wanted]
    extras: dict[str, set[str]] = {}
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        if name in extras and requirement.extras <= extras[name]:
            continue
        extras.setdefault(name, set()).update(requirement.extras)
        for text in metadata.requires(name) or ():
            needed = Requirement(text)
            if needed.marker is None or any(
                needed.marker.evaluate({"extra": extra}) for extra in extras[name] | {""}
            ):
                todo.append(needed)
    names = packages.WITHOUT_TOOLS.read_text()
    assert names.split() == sorted(extras)
    assert packages.locked(packages.LOCK.read_text(), names).count("==") == len(extras)


def test_the_lock_is_whole() -> None:
    """Nothing that a package asks for is missing or of another version: pip does not look."""
    checked = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout

import hashlib
import io
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from toolchain import terraform
from toolchain.base import ToolchainError


def _program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def _fake_terraform(folder: Path, version: str) -> Path:
    return _program(folder / "terraform", f'echo \'{{"terraform_version": "{version}"}}\'')


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty .tools, and a PATH with nothing of ours on it."""
    monkeypatch.setattr(terraform, "TOOLS", tmp_path / "tools")
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setattr(shutil, "which", _which_in(tmp_path / "path"))
    return tmp_path / "tools"


def _which_in(folder: Path) -> Callable[[str], str | None]:
    return lambda name: str(folder / name) if (folder / name).exists() else None


def test_terraform_on_path_is_used_when_new_enough(tools: Path, tmp_path: Path) -> None:
    program = _fake_terraform(tmp_path / "path", "1.9.0")
    _fake_terraform(tools / "bin", "1.11.4")
    assert terraform.find() == program


def test_an_old_terraform_gives_way_to_the_projects_own(tools: Path, tmp_path: Path) -> None:
    _fake_terraform(tmp_path / "path", "1.8.5")
    own = _fake_terraform(tools / "bin", "1.11.4")
    assert terraform.find() == own


def test_what_is_not_terraform_is_not_used(tools: Path, tmp_path: Path) -> None:
    _program(tmp_path / "path" / "terraform", "exit 1")
    assert terraform.find() is None


def _archive(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("terraform", content)
    return packed.getvalue()


def test_a_download_with_the_right_sum_is_installed(tmp_path: Path) -> None:
    packed = _archive(b"the program")
    terraform.unpack(packed, hashlib.sha256(packed).hexdigest(), tmp_path)
    assert (tmp_path / "terraform").read_bytes() == b"the program"
    assert os.access(tmp_path / "terraform", os.X_OK)
    assert [file.name for file in tmp_path.iterdir()] == ["terraform"]


def test_a_download_with_another_sum_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match="nothing was installed"):
        terraform.unpack(_archive(b"evil"), "0" * 64, tmp_path / "bin")
    assert not (tmp_path / "bin").exists()

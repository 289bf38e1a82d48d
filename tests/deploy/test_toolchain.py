import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy import toolchain
from deploy.toolchain import ToolchainError


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
    monkeypatch.setattr(toolchain, "TOOLS", tmp_path / "tools")
    monkeypatch.setattr(toolchain, "TERRAFORM_CONFIG", tmp_path / "tools" / "terraform.rc")
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setattr(shutil, "which", _which_in(tmp_path / "path"))
    return tmp_path / "tools"


def _which_in(folder: Path) -> Callable[[str], str | None]:
    return lambda name: str(folder / name) if (folder / name).exists() else None


def test_terraform_on_path_is_used_when_new_enough(tools: Path, tmp_path: Path) -> None:
    program = _fake_terraform(tmp_path / "path", "1.9.0")
    _fake_terraform(tools / "bin", "1.11.4")
    assert toolchain.terraform() == program


def test_an_old_terraform_gives_way_to_the_projects_own(tools: Path, tmp_path: Path) -> None:
    _fake_terraform(tmp_path / "path", "1.8.5")
    own = _fake_terraform(tools / "bin", "1.11.4")
    assert toolchain.terraform() == own


def test_no_terraform_says_what_to_do(tools: Path, tmp_path: Path) -> None:
    _program(tmp_path / "path" / "terraform", "exit 1")
    with pytest.raises(ToolchainError, match="make setup"):
        toolchain.terraform()


def test_environment_drops_a_configuration_that_does_not_exist(tools: Path, tmp_path: Path) -> None:
    _fake_terraform(tmp_path / "path", "1.11.4")
    environment = toolchain.environment({"TF_CLI_CONFIG_FILE": str(tmp_path / "missing")})
    assert "TF_CLI_CONFIG_FILE" not in environment
    assert environment["CHECKPOINT_DISABLE"] == "1"


def test_environment_names_the_configuration_with_the_mirror(tools: Path, tmp_path: Path) -> None:
    _fake_terraform(tmp_path / "path", "1.11.4")
    tools.mkdir()
    toolchain.TERRAFORM_CONFIG.write_text("")
    assert toolchain.environment({})["TF_CLI_CONFIG_FILE"] == str(toolchain.TERRAFORM_CONFIG)


def _system() -> str:
    return next(
        name
        for name in toolchain.TERRAFORM_SHA256
        if name.startswith(platform.system().lower())
        and name.endswith({"x86_64": "amd64"}.get(platform.machine(), "arm64"))
    )


@pytest.mark.parametrize(
    ("entry", "fits"),
    [
        (f"5.100.0/{_system()}/provider", True),
        (f"terraform-provider-aws_6.2.1_{_system()}.zip", True),
        (f"5.99.0/{_system()}/provider", False),
        (f"7.0.0/{_system()}/provider", False),
        ("5.100.0/plan9_mips/provider", False),
    ],
)
def test_a_mirror_counts_only_with_a_fitting_provider(
    tmp_path: Path, entry: str, *, fits: bool
) -> None:
    mirror = tmp_path / "anywhere" / "plugins"
    file = mirror / toolchain.PROVIDER / entry
    file.parent.mkdir(parents=True)
    file.write_bytes(b"")
    found = toolchain.find_provider_mirror((str(tmp_path),))
    assert found == (mirror if fits else None)


def test_no_mirror_is_no_mirror(tmp_path: Path) -> None:
    assert toolchain.find_provider_mirror((str(tmp_path), "/does/not/exist")) is None


def _archive(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("terraform", content)
    return packed.getvalue()


def test_a_download_with_the_right_sum_is_installed(tmp_path: Path) -> None:
    packed = _archive(b"the program")
    toolchain.install_terraform_archive(packed, hashlib.sha256(packed).hexdigest(), tmp_path)
    assert (tmp_path / "terraform").read_bytes() == b"the program"
    assert os.access(tmp_path / "terraform", os.X_OK)
    assert [file.name for file in tmp_path.iterdir()] == ["terraform"]


def test_a_download_with_another_sum_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match="nothing was installed"):
        toolchain.install_terraform_archive(_archive(b"evil"), "0" * 64, tmp_path / "bin")
    assert not (tmp_path / "bin").exists()


def test_setup_refuses_another_python(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 13, 1))
    assert toolchain.main() == 2
    assert "Python 3.11 is needed" in capsys.readouterr().err


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


def test_a_newer_release_does_not_disturb_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = "Provides-Extra: toml"
    lock = [
        _wheel(tmp_path, "plugin", "1.0", "Requires-Dist: measure[toml]>=1"),
        _wheel(tmp_path, "measure", "1.0", extra),
    ]
    _wheel(tmp_path, "measure", "1.1", extra)  # released since
    (tmp_path / "lock").write_text("".join(lock))
    monkeypatch.setattr(toolchain, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(toolchain, "VENV", tmp_path / "venv")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    toolchain._install_packages()
    (packages,) = (tmp_path / "venv" / "lib").glob("*/site-packages")
    assert (packages / "measure-1.0.dist-info").is_dir()
    assert (packages / "plugin-1.0.dist-info").is_dir()


def test_the_lock_is_whole() -> None:
    """Nothing that a package asks for is missing or of another version: pip does not look."""
    checked = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def test_setup_finds_everything_on_a_machine_that_is_set_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # What `make test` did before these tests ran; it must be safe to do again.
    assert toolchain.main() == 0
    printed = capsys.readouterr().out
    for tool in ("Packages", "Terraform", "Provider"):
        assert tool in printed

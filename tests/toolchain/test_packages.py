import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from toolchain import packages


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
    monkeypatch.setattr(packages, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(packages, "VENV", tmp_path / "venv")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    packages.install()
    (installed,) = (tmp_path / "venv" / "lib").glob("*/site-packages")
    assert (installed / "measure-1.0.dist-info").is_dir()
    assert (installed / "plugin-1.0.dist-info").is_dir()


def test_the_lock_is_whole() -> None:
    """Nothing that a package asks for is missing or of another version: pip does not look."""
    checked = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout

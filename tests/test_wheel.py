"""What is installed elsewhere works there: no command needs the checkout that it came from."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from common.project import PROJECT

pytestmark = pytest.mark.slow

PACKAGES = ("common", "deploy", "glue_studio", "sandbox", "toolchain", "validation")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the project's wheel is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    # A build writes into its source.
    for package in PACKAGES:
        shutil.copytree(
            PROJECT / package, source / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, source / name)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", f"--target={folder / 'site'}", str(source)],
        check=True,
        capture_output=True,
    )
    return folder / "site"


def run(installed: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "command",
    [
        "glue_studio",
        "validation.report",
        "validation.history",
        "validation.counts",
        "sandbox",
        "deploy",
    ],
)
def test_every_command_starts_in_another_folder(
    installed: Path, tmp_path: Path, command: str
) -> None:
    done = run(installed, tmp_path, "-m", command, "--help")
    assert done.returncode == 0, done.stderr
    assert "usage: " in done.stdout


def test_the_source_of_sparks_s3_is_installed(installed: Path, tmp_path: Path) -> None:
    code = "from sandbox.glue.execution import s3_file_system; print(s3_file_system.jar().name)"
    done = run(installed, tmp_path, "-c", code)
    assert done.stdout.startswith("spark-s3-"), done.stderr


def test_what_is_installed_keeps_its_state_where_it_is_run(installed: Path, tmp_path: Path) -> None:
    code = (
        "from common.project import PROJECT; from sandbox.state_file import STATE_DIR\n"
        "print(PROJECT, STATE_DIR)"
    )
    done = run(installed, tmp_path, "-c", code)
    assert done.stdout.split() == [str(tmp_path), str(tmp_path / ".sandbox")], done.stderr


def test_the_reports_page_is_made_of_what_is_installed(installed: Path, tmp_path: Path) -> None:
    shop = PROJECT / "tests" / "validation" / "shop"
    code = (
        "import validation, common.project\n"
        "from validation.rendering import html\n"
        "from validation.model import Identity, Report\n"
        "from datetime import UTC, datetime\n"
        "names = dict(run_id='r', started=datetime.now(UTC), seconds=1, environment='e', account=None,\n"
        "    region=None, workgroup='w', database='d', endpoint=None, git_commit=None, git_dirty=None)\n"
        "assert 'No check was run' in html.render(Report(Identity(**names), ()))\n"
        "print(validation.__file__)\n"
    )
    done = run(installed, tmp_path, "-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(installed))
    counts = tmp_path / "athena_sql" / "counts.sql"
    shutil.copytree(shop, tmp_path, dirs_exist_ok=True)
    # A pipeline's folder is where the command is run, where that is not the checkout.
    assert run(installed, tmp_path, "-m", "validation.counts").returncode == 0
    assert "orders_raw" in counts.read_text()

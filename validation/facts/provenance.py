"""Which code this is: the git commit, and the versions that a report depends on."""

import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

# As the report names them, and as their distributions are named.
_PACKAGES = {"report": "stedi-lakehouse"} | {n: n for n in ("awswrangler", "boto3", "pandas")}


def commit(project: Path) -> tuple[str | None, bool | None]:
    """The commit of a checkout and whether it has changes; (None, None) outside of git."""
    head = _git(project, "rev-parse", "HEAD")
    if head is None:
        return None, None
    return head, bool(_git(project, "status", "--porcelain", "--untracked-files=no"))


def versions() -> Mapping[str, str]:
    """Python and the packages that the result depends on."""
    found = {"python": platform.python_version()}
    for name, package in _PACKAGES.items():
        try:
            found[name] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _git(project: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(project), *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None

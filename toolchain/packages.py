"""The packages of requirements.lock, in an environment of the project's own.

The installer is uv, which is itself installed by its hash; where it cannot be had, pip does it.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from toolchain.base import PROJECT, TOOLS, VENV, ToolchainError, last_lines, run, say

LOCK = PROJECT / "requirements.lock"
WITHOUT_TOOLS = PROJECT / "requirements-demo.txt"
"""Names of the packages that `make demo` and the commands need; the others are for developers."""
CHECKOV_LOCK = PROJECT / "tests" / "terraform" / "checkov.lock"
CHECKOV = TOOLS / "checkov"
"""The scanner of Terraform has an environment of its own: it pins other releases of boto3."""

_PYTHON = (3, 11)
_PIP = ("-m", "pip", "--disable-pip-version-check")
# The lock is whole. Left to look for dependencies, pip refuses it once one that is asked for with
# an extra, such as coverage[toml], has a newer release than the pinned one.
_AS_LOCKED = ("--no-deps", "--require-hashes", "--requirement")
_TOLD = re.compile(r"\s*(Downloading|Downloaded|Building|Built|Prepared|Installed) ")


def install(*, development: bool) -> None:
    """Install what the lock names into `.venv`, unless it is installed.

    Args:
        development: whether the tools of the tests and of lint are wanted too.

    Raises:
        ToolchainError: there is no Python 3.11, or the packages cannot be had.
    """
    whole = LOCK.read_text(encoding="utf-8")
    wanted = whole if development else locked(whole, WITHOUT_TOOLS.read_text(encoding="utf-8"))
    _install(LOCK, wanted, VENV, {_sum(whole), _sum(wanted)})
    if development:
        checkov = CHECKOV_LOCK.read_text(encoding="utf-8")
        _install(CHECKOV_LOCK, checkov, CHECKOV, {_sum(checkov)})


def _install(lock: Path, wanted: str, venv: Path, enough: set[str]) -> None:
    """Install a part of a lock, unless one of the parts whose sums are `enough` is installed."""
    stamp = venv / "installed-lock.sha256"
    if stamp.is_file() and stamp.read_text() in enough:
        say(f"Packages  as locked ({venv.name})")
        return
    started = time.monotonic()
    say(f"Packages  installing what {lock.name} names; the first time takes a minute")
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / lock.name
        requirements.write_text(locked(LOCK.read_text(encoding="utf-8"), "uv"), encoding="utf-8")
        uv = _find_uv(requirements)
        _make_environment(uv, venv)
        requirements.write_text(wanted, encoding="utf-8")
        if uv is None or not _by_uv(uv, requirements, venv):
            _by_pip(requirements, venv)
    stamp.write_text(_sum(wanted))
    say(f"Packages  installed in {time.monotonic() - started:.0f} s")


def locked(lock: str, names: str) -> str:
    """The part of a lock that is about the packages named, one a line."""
    wanted = set(names.split())
    entries = re.findall(r"^\S.*(?:\n .*)*", lock, re.MULTILINE)
    return "".join(f"{entry}\n" for entry in entries if re.split(r"[\[=]", entry)[0] in wanted)


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _find_uv(requirements: Path) -> str | None:
    """The uv on PATH, else the pinned one, which is installed; None where it cannot be had."""
    own = TOOLS / "uv" / "bin" / "uv"
    found = shutil.which("uv") or (str(own) if own.is_file() else None)
    if found is None:
        target = ("--target", str(own.parents[1]), "--quiet")
        done = run([sys.executable, *_PIP, "install", *target, *_AS_LOCKED, str(requirements)])
        if done.returncode == 0 and own.is_file():
            return str(own)
        say("Packages  uv cannot be had; pip installs, which takes longer")
    return found


def _make_environment(uv: str | None, venv: Path) -> None:
    if (venv / "bin" / "python").exists():
        return
    ours = sys.version_info[:2] == _PYTHON
    if uv is not None:
        python = sys.executable if ours else ".".join(map(str, _PYTHON))
        made = run([uv, "venv", "--quiet", "--clear", "--python", python, str(venv)])
        if made.returncode == 0:
            return
        reason = f" and none can be installed ({last_lines(made.stderr)})"
    else:
        reason = ""
    if not ours:
        raise ToolchainError(
            f"Python 3.11 is needed (the Python of Glue 5.1), this is {platform.python_version()}"
            f"{reason}: install it, or name it: make setup PYTHON=python3.11."
        )
    made = run([sys.executable, "-m", "venv", str(venv)])
    if made.returncode != 0:
        shutil.rmtree(venv, ignore_errors=True)
        raise ToolchainError(
            "Python's venv module can't make an environment (on Debian: "
            f"apt-get install python3-venv): {(made.stderr or made.stdout).strip()[-300:]}"
        )


def _by_uv(uv: str, requirements: Path, venv: Path) -> bool:
    """Install with uv, from where pip would take it; whether it succeeded."""
    options, environment = _pip_settings()
    command = [uv, "pip", "install", "--python", str(venv / "bin" / "python"), *options]
    command += [*_AS_LOCKED, str(requirements)]
    if sys.stderr and sys.stderr.isatty():  # uv draws its own progress, in bytes
        failed, reason = subprocess.call(command, env=environment), "see above"
    else:
        done = run(command, environment=environment, on_line=_tell)
        failed, reason = done.returncode, last_lines(done.stderr)
    if failed:
        say(f"Packages  uv could not install them ({reason}); pip tries")
    return not failed


def _tell(line: str) -> None:
    if _TOLD.match(line):
        say(f"          {line.strip()}")


def _by_pip(requirements: Path, venv: Path) -> None:
    python = str(venv / "bin" / "python")
    if run([python, "-m", "pip", "--version"]).returncode != 0:  # made by uv
        run([python, "-m", "ensurepip"])
    # --only-binary is not asked for: PySpark is published as a source archive only.
    done = run([python, *_PIP, "install", "--quiet", *_AS_LOCKED, str(requirements)])
    if done.returncode != 0:
        raise ToolchainError(
            f"pip could not install {requirements.name}; check the network, then run `make setup` "
            f"again. It said: {last_lines(done.stderr)}"
        )


def _pip_settings() -> tuple[list[str], dict[str, str]]:
    """What pip is told about package indexes on this machine, as uv's options and environment."""
    listed = run([sys.executable, *_PIP, "config", "list"])
    found = re.findall(r"^(\S+?)\.([\w-]+)='(.*)'$", listed.stdout, re.MULTILINE)
    # What the environment says wins over the files.
    settings = {name: value for _, name, value in sorted(found, key=lambda one: one[0] == ":env:")}
    options = ["--index-strategy", "unsafe-best-match"]  # as pip does; the hashes decide
    for name, option in (
        ("index-url", "--default-index"),
        ("extra-index-url", "--index"),
        ("find-links", "--find-links"),
        ("trusted-host", "--allow-insecure-host"),
    ):
        for value in settings.get(name, "").split():
            options += [option, value]
    if settings.get("no-index", "").lower() in {"1", "true", "yes", "on"}:
        options.append("--no-index")
    environment = dict(os.environ)
    for name, variable in (
        ("cert", "SSL_CERT_FILE"),
        ("timeout", "UV_HTTP_TIMEOUT"),
        ("proxy", "ALL_PROXY"),
    ):
        if name in settings:
            environment.setdefault(variable, settings[name])
    return options, environment

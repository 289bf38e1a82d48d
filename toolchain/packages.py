"""The packages of requirements.lock, in an environment of the project's own."""

import hashlib
import platform
import shutil
import sys
import time

from toolchain.base import PROJECT, VENV, ToolchainError, last_lines, run, say

LOCK = PROJECT / "requirements.lock"


def install() -> None:
    """Install what the lock names into `.venv`, unless just that is installed.

    Raises:
        ToolchainError: this is another Python, or the packages cannot be had.
    """
    if sys.version_info[:2] != (3, 11):
        raise ToolchainError(
            f"Python 3.11 is needed (the Python of Glue 5.1) and this is "
            f"{platform.python_version()}: install it, or name it: make setup PYTHON=python3.11."
        )
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    stamp = VENV / "installed-lock.sha256"
    if stamp.is_file() and stamp.read_text() == wanted:
        say(f"Packages  as locked ({VENV.name})")
        return
    started = time.monotonic()
    say("Packages  installing what requirements.lock names; the first time takes a minute or two")
    if not (VENV / "bin" / "python").exists():
        made = run([sys.executable, "-m", "venv", str(VENV)])
        if made.returncode != 0:
            shutil.rmtree(VENV, ignore_errors=True)
            raise ToolchainError(
                "Python's venv module can't make an environment (on Debian: "
                f"apt-get install python3-venv): {(made.stderr or made.stdout).strip()[-300:]}"
            )
    # --only-binary is not asked for: PySpark is published as a source archive only.
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install"]
    # The lock is whole. Left to look for dependencies, pip refuses it once one that is asked for
    # with an extra, such as coverage[toml], has a newer release than the pinned one.
    done = run([*pip, "--quiet", "--no-deps", "--require-hashes", "--requirement", str(LOCK)])
    if done.returncode != 0:
        raise ToolchainError(
            "pip could not install requirements.lock; check the network, then run `make setup` "
            f"again. It said: {last_lines(done.stderr)}"
        )
    stamp.write_text(wanted)
    say(f"Packages  installed in {time.monotonic() - started:.0f} s")

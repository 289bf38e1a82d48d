"""Where things are installed, how programs are run, and what the user is told."""

import os
import platform
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
TOOLS = PROJECT / ".tools"
VENV = PROJECT / ".venv"


class ToolchainError(Exception):
    """A tool is missing and can't be installed; the message says which, and what to do."""


def system() -> str:
    """The name that Terraform's releases and mirrors have for this machine: `linux_amd64`."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{platform.system().lower()}_{machine}"


def run(
    command: list[str], *, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, however it ends, and keep what it says."""
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def last_lines(text: str, count: int = 6) -> str:
    """The end of what a program said, in one line."""
    return " ".join(line.strip() for line in text.strip().splitlines()[-count:])


def say(line: str) -> None:
    """Print a line; a reader who has left, or a full disk, keeps nothing from being installed."""
    try:
        print(line, flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            print(f"WARNING Standard output cannot be used: {error.strerror}.", file=sys.stderr)

"""Where things are installed, how programs are run, and what the user is told."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PROJECT = Path(__file__).resolve().parent.parent
TOOLS = PROJECT / ".tools"
VENV = PROJECT / ".venv"

_running: set[subprocess.Popen[str]] = set()
_lock = threading.Lock()


class ToolchainError(Exception):
    """A tool is missing and can't be installed; the message says which, and what to do."""


def system() -> str:
    """The name that Terraform's releases and mirrors have for this machine: `linux_amd64`."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{platform.system().lower()}_{machine}"


def run(
    command: list[str],
    *,
    environment: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] = lambda _: None,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, however it ends, and keep what it says.

    Args:
        command: the program and its arguments.
        environment: default: this process's own.
        on_line: gets each line of its standard error at once.
    """
    with (
        subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as process,
        _stoppable(process),
    ):
        told: list[str] = []
        listener = threading.Thread(target=_listen, args=(process, told, on_line), daemon=True)
        listener.start()
        said = process.stdout.read() if process.stdout else ""
        listener.join()
    return subprocess.CompletedProcess(command, process.returncode, said, "".join(told))


def stop_all() -> None:
    """End the programs that still run, as one does that runs beside what has failed."""
    with _lock:
        for process in _running:
            process.terminate()


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


@contextmanager
def _stoppable(process: subprocess.Popen[str]) -> Iterator[None]:
    """The time in which `stop_all`, or an interrupt, ends a program."""
    with _lock:
        _running.add(process)
    try:
        yield
    except BaseException:
        process.terminate()
        raise
    finally:
        with _lock:
            _running.discard(process)


def _listen(
    process: subprocess.Popen[str], told: list[str], on_line: Callable[[str], None]
) -> None:
    for line in process.stderr or ():
        told.append(line)
        on_line(line.rstrip())

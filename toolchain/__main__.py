"""`python -m toolchain [--development]`: find, or install into the project, what it needs.

Exit codes: 0 ready, 2 something is missing, 3 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import json
import platform
import signal
import sys
import threading
from typing import TYPE_CHECKING

from toolchain import packages, provider, terraform
from toolchain.base import PROJECT, TOOLS, ToolchainError, say, stop_all

if TYPE_CHECKING:
    from types import FrameType


def main() -> int:
    """Install what is missing, say what was found, and return the exit code."""
    if sys.argv[1:] not in ([], ["--development"]):
        print("ERROR `python -m toolchain` takes nothing but --development.", file=sys.stderr)
        return 3
    try:
        _setup(development=bool(sys.argv[1:]))
    except ToolchainError as error:
        print(f"ERROR {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"ERROR {PROJECT} cannot be written: {error}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted. `make setup` goes on where it stopped.", file=sys.stderr)
        return 130
    finally:
        stop_all()
    return 0


def _setup(*, development: bool) -> None:
    say(f"Python    {platform.python_version()} ({sys.executable})")
    tools = _Tools()  # which are downloaded while packages are
    packages.install(development=development)
    tools.join()


class _Tools(threading.Thread):
    """Terraform and its provider, had in a thread; an error is raised by `join`."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            _terraform()
        except (ToolchainError, OSError) as error:
            self._error = error

    def join(self, timeout: float | None = None) -> None:
        super().join(timeout)
        if self._error:
            raise self._error


def _terraform() -> None:
    program = terraform.install()
    environment = provider.prepare(program)
    if program.is_relative_to(TOOLS):
        environment["PATH"] = program.parent  # comes before an older one of the user's own
    # What lies in .tools is named from there: the checkout may be moved.
    places = {
        name: str(place.relative_to(TOOLS) if place.is_relative_to(TOOLS) else place)
        for name, place in environment.items()
    }
    path, text = TOOLS / "environment.json", json.dumps(places, indent=2) + "\n"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        part = path.with_suffix(".new")
        part.write_text(text, encoding="utf-8")
        part.replace(path)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)
    sys.exit(main())

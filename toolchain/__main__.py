"""`python -m toolchain`: find, or install into the project, what it needs.

Exit codes: 0 ready, 2 something is missing, 3 wrong usage, 130 interrupted.
"""

import json
import platform
import signal
import sys
from types import FrameType

from toolchain import packages, provider, terraform
from toolchain.base import TOOLS, ToolchainError, say


def main() -> int:
    """Install what is missing, say what was found, and return the exit code."""
    if sys.argv[1:]:
        print("ERROR `python -m toolchain` takes no arguments.", file=sys.stderr)
        return 3
    try:
        _setup()
    except ToolchainError as error:
        print(f"ERROR {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"ERROR {TOOLS.parent} cannot be written: {error}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted. `make setup` goes on where it stopped.", file=sys.stderr)
        return 130
    return 0


def _setup() -> None:
    say(f"Python    {platform.python_version()} ({sys.executable})")
    packages.install()
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

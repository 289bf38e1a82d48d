"""What both command lines share: exit codes, and one line for each error."""

import argparse
import sys
from collections.abc import Callable, Sequence
from enum import IntEnum

from glue_studio.interrupts import ending_in_order
from validation.errors import UnavailableError, UsageError


class ExitCode(IntEnum):
    """How a command ends. PASSED also stands for a pass with warnings."""

    PASSED = 0
    FAILED = 1
    NOT_EVALUATED = 2
    USAGE = 3
    INTERRUPTED = 130


def run_command(
    parser: argparse.ArgumentParser,
    arguments: Sequence[str] | None,
    command: Callable[[argparse.Namespace], int],
) -> int:
    """Parses, runs and turns every expected error into one line and its exit code."""
    try:
        options = parser.parse_args(arguments)
    except SystemExit as error:  # argparse has said what is wrong, or printed the help
        return ExitCode.USAGE if error.code else ExitCode.PASSED
    try:
        with ending_in_order():
            return command(options)
    except KeyboardInterrupt:
        return _failed(
            ExitCode.INTERRUPTED,
            "Interrupted: running queries were stopped, and no file was written.",
        )
    except UsageError as error:
        return _failed(ExitCode.USAGE, str(error))
    except UnavailableError as error:
        return _failed(ExitCode.NOT_EVALUATED, str(error))


def _failed(code: ExitCode, text: str) -> int:
    print(f"ERROR {text}", file=sys.stderr)
    return code

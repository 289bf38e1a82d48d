"""What both command lines share: exit codes, one line for each error, and what they print on."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import IntEnum
from typing import NoReturn

from rich.console import Console

from common.interrupts import ending_in_order
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
        with ending_in_order(once=True):
            return command(options)
    except KeyboardInterrupt:
        return _failed(
            ExitCode.INTERRUPTED,
            "Interrupted: running queries were stopped, and no file is left half-written.",
        )
    except UsageError as error:
        return _failed(ExitCode.USAGE, str(error))
    except UnavailableError as error:
        return _failed(ExitCode.NOT_EVALUATED, str(error))


def _failed(code: ExitCode, text: str) -> int:
    tell(f"ERROR {text}")
    return code


def whole(text: str) -> int:
    """A flag's number, 1 or more. Raises ArgumentTypeError."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 1 or more")
    return int(text)


def positive(text: str) -> float:
    """A flag's number, more than 0. Raises ArgumentTypeError."""
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return number


def tell(line: str) -> None:
    """A line on standard error; where it cannot be written, nothing is changed by that."""
    with suppress(OSError):
        print(line, file=sys.stderr, flush=True)


@contextmanager
def standard_output() -> Iterator[Console]:
    """Where a command prints. A reader who leaves (`| head`) misses the rest, and that is all.

    Raises UnavailableError if it cannot be written for another reason, such as a full disk.
    """
    console = _Console(highlight=False)
    try:
        yield console
        console.file.flush()
    except OSError as error:
        # Else Python writes what is left when it ends, and fails with a code of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), console.file.fileno())
        if not isinstance(error, BrokenPipeError):
            raise UnavailableError(
                f"Standard output cannot be written: {error.strerror or error}."
            ) from error


def leave(code: int) -> NoReturn:
    """Ends the process now: Python itself would wait for calls that AWS does not answer."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.flush()
    os._exit(code)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        # Console's own way is to end the process with 1, which would say that a check failed.
        raise BrokenPipeError

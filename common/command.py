"""How every command runs and ends: its parser, one line for each error, and its exit code."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from enum import IntEnum
from importlib import import_module
from typing import ClassVar, Never, cast

from common.interrupts import ending_in_order
from common.streams import standard_streams
from common.text import printable, printable_lines


class ExitCode(IntEnum):
    """What the exit code of a command says; the same for every command of this project."""

    DONE = 0
    """Done; nothing was found, every check passed (perhaps with warnings)."""
    FOUND = 1
    """Done, and something was found or failed: an error, drift, a failed check, a failed step."""
    UNABLE = 2
    """Could not be done: unusable input, no AWS, no permission, no disk, no tool."""
    USAGE = 3
    """Wrong usage of the command line, or of a setting that the user gave."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C, SIGTERM or the end of the terminal."""


class CommandError(Exception):
    """What a command cannot go on without, as one plain sentence meant for its user.

    Attributes:
        exit_code: what the command ends with.
        several_lines: whether the message has line breaks of its own; others are escaped.
    """

    exit_code: ExitCode = ExitCode.UNABLE
    several_lines: ClassVar[bool] = False


class UsageError(CommandError):
    """A flag, a file or a setting that the user gave is wrong."""

    exit_code = ExitCode.USAGE


class Parser(argparse.ArgumentParser):
    """A parser whose user reads one line and gets `ExitCode.USAGE` for what is wrong."""

    def error(self, message: str) -> Never:
        """End with one line."""
        say(f"ERROR {printable(message)} (see {self.prog} --help)")
        raise SystemExit(ExitCode.USAGE)


def run(
    parser: Callable[[], argparse.ArgumentParser],
    command: Callable[[argparse.Namespace], int],
    arguments: Sequence[str] | None,
    *,
    files: str = "A file",
    interrupted: str = "Interrupted.",
    once: bool = False,
    verdict_stands: bool = False,
) -> int:
    """Parse, run, and turn every expected error into one line and its exit code.

    Whoever reads standard output and leaves misses the rest, and changes nothing. Standard output
    that fails otherwise is told in one line, and the command goes on: what was begun, such as a
    deployment, is ended.

    Args:
        parser: makes the parser; called where its errors and `--help` are heard of.
        command: what the command does; returns its exit code.
        arguments: those of the process by default.
        files: what an error of the file system is about, for example `A file of the report`.
        interrupted: the line that is told after Ctrl-C, SIGTERM and SIGHUP.
        once: as for `ending_in_order`.
        verdict_stands: whether the exit code stays what it is when standard output fails.
    """
    level = "WARNING" if verdict_stands else "ERROR"
    with standard_streams(
        lambda error: say(f"{level} Standard output cannot be used: {error.strerror or error}.")
    ) as output:
        code = _ended(parser, command, arguments, files, interrupted, once=once)
        sys.stdout.flush()
    if output.failed and not verdict_stands and code in {ExitCode.DONE, ExitCode.FOUND}:
        return ExitCode.UNABLE
    return code


def _ended(
    parser: Callable[[], argparse.ArgumentParser],
    command: Callable[[argparse.Namespace], int],
    arguments: Sequence[str] | None,
    files: str,
    interrupted: str,
    *,
    once: bool,
) -> int:
    try:
        with ending_in_order(once=once):
            return command(parser().parse_args(arguments))
    except SystemExit as stop:  # argparse: 0 after --help
        return cast("int", stop.code)
    except CommandError as error:
        shown = printable_lines if error.several_lines else printable
        say(f"ERROR {shown(str(error))}")
        return error.exit_code
    except KeyboardInterrupt:
        say(interrupted)
        return ExitCode.INTERRUPTED
    except OSError as error:
        say(f"ERROR {files} cannot be read or written: {printable(str(error))}.")
        return ExitCode.UNABLE


def launch(module: str, end: Callable[[int], Never] = sys.exit) -> Never:
    """Import the module of a command and end the process with the exit code of its `main`.

    The import of what a command stands on takes a second, in which Ctrl-C is one line too.
    """
    try:
        with ending_in_order():
            main = import_module(module).main
    except KeyboardInterrupt:
        say("Interrupted.")
        sys.exit(ExitCode.INTERRUPTED)
    end(main())


def leave(code: int) -> Never:
    """End the process now: Python itself would wait for calls that AWS does not answer."""
    os._exit(code)


def say(line: str) -> None:
    """Print a line on standard error, where it is seen at once."""
    print(line, file=sys.stderr, flush=True)


def whole(text: str) -> int:
    """The number of a flag, 1 or more, for `add_argument(type=…)`."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def positive(text: str) -> float:
    """The number of a flag, more than 0, for `add_argument(type=…)`."""
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number

"""Standard streams on which a command can answer, whoever reads them."""

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO


@dataclass
class Output:
    """How standard output fared.

    Attributes:
        failed: whether it could not be written, for another reason than a reader who left.
    """

    failed: bool = False


@contextlib.contextmanager
def standard_streams(on_failure: Callable[[OSError], None]) -> Iterator[Output]:
    """Put streams in place that never end the command that writes to them.

    A reader of standard output who leaves (`| head`) misses the rest, and so does one whose disk
    is full: `on_failure` is then called, once. Standard error that is full or unread changes
    nothing at all. A stream that is closed swallows what it gets.
    """
    output = Output()

    def failed(error: OSError) -> None:
        if not isinstance(error, BrokenPipeError):
            output.failed = True
            on_failure(error)

    _take_closed_numbers()
    before = sys.stdout, sys.stderr
    with contextlib.ExitStack() as opened:
        sys.stderr = _stream(sys.stderr, lambda _: None, opened, at_once=True)
        sys.stdout = _stream(sys.stdout, failed, opened)
        try:
            yield output
        finally:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            sys.stdout, sys.stderr = before


def _take_closed_numbers() -> None:
    """Let no file that is opened later stand where a child process has its standard streams."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def _stream(
    stream: TextIO | None,
    on_failure: Callable[[OSError], None],
    opened: contextlib.ExitStack,
    *,
    at_once: bool = False,
) -> TextIO:
    if stream is None:
        return opened.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
    # A terminal without UTF-8 shows escapes instead of ending the program.
    with contextlib.suppress(AttributeError):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[attr-defined]
    try:
        file = _Patient(stream.fileno(), on_failure)
    except OSError:  # a stream in memory
        return stream
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(file),
        stream.encoding,
        "backslashreplace",
        line_buffering=at_once or stream.isatty(),
    )


class _Patient(io.FileIO):
    """The file of a stream, which tells once that it cannot be written, and then swallows."""

    def __init__(self, number: int, on_failure: Callable[[OSError], None]) -> None:
        super().__init__(number, "w", closefd=False)
        self._on_failure: Callable[[OSError], None] | None = on_failure

    def write(self, data: Any) -> int:
        if self._on_failure:
            try:
                return super().write(data)
            except OSError as error:
                told, self._on_failure = self._on_failure, None
                told(error)
        return len(data)

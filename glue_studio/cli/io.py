"""Reading what a command is given, and the standard streams that it answers on."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from glue_studio.errors import GlueStudioError
from glue_studio.formats import load
from glue_studio.formats.json_text import MAX_BYTES
from glue_studio.model import Job
from glue_studio.project import ProjectError


def read_source(name: str) -> bytes:
    """The content of a file, or of standard input where the name is `-`.

    Raises:
        ProjectError: the file cannot be read.
    """
    if name == "-" and sys.stdin is None:
        raise ProjectError("Standard input is closed; give a file, or a pipe.")
    try:
        if name == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)  # more is told as too large
    except OSError as error:
        raise ProjectError(f"{label(name)} cannot be read: {error.strerror or error}.") from error


def load_source(name: str) -> Job:
    """The job in a file of any shape, or on standard input where the name is `-`.

    Raises:
        ProjectError: there is no job; the message begins with where it was looked for.
    """
    content = read_source(name)
    try:
        return load(content, "" if name == "-" else Path(name).stem)
    except GlueStudioError as error:
        raise ProjectError(f"{label(name)}: {error}") from error


def label(name: str) -> str:
    """What a person calls the input: the file's name, or standard input."""
    return "standard input" if name == "-" else name


@contextlib.contextmanager
def standard_streams() -> Iterator[None]:
    """Streams on which a command can answer, whoever reads them.

    A reader of standard output who leaves (`| head`) misses the rest: what was begun, such as
    publishing, goes on, and the exit code is the one of the whole. Standard error that is full or
    unread changes nothing at all. A stream that is closed swallows what it gets.
    """
    before = sys.stdout, sys.stderr
    with contextlib.ExitStack() as opened:
        sys.stdout = _stream(sys.stdout, BrokenPipeError, opened)
        sys.stderr = _stream(sys.stderr, OSError, opened)
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before


def _stream(stream: TextIO | None, spared: type[OSError], opened: contextlib.ExitStack) -> TextIO:
    if stream is None:
        return opened.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
    # A terminal without UTF-8 shows escapes instead of ending the program.
    with contextlib.suppress(AttributeError):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[attr-defined]
    try:
        file = _Patient(stream.fileno(), spared)
    except OSError:  # a stream in memory
        return stream
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(file),
        stream.encoding,
        "backslashreplace",
        line_buffering=spared is OSError or stream.isatty(),
    )


class _Patient(io.FileIO):
    """A stream's file, on which some failures to write are passed over."""

    def __init__(self, number: int, spared: type[OSError]) -> None:
        super().__init__(number, "w", closefd=False)
        self._spared = spared

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except self._spared:
            return len(data)

"""Reading what a command is given: a file, or standard input."""

import sys
from pathlib import Path

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

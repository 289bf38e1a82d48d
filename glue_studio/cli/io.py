"""Reading what a command is given."""

import sys
from pathlib import Path

from glue_studio.errors import GlueStudioError
from glue_studio.formats import load
from glue_studio.model import Job
from glue_studio.project import ProjectError


def read_source(name: str) -> bytes:
    """The content of a file, or of standard input where the name is `-`.

    Raises:
        ProjectError: the file cannot be read.
    """
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise ProjectError(f"{name} cannot be read: {error.strerror or error}.") from error


def load_source(name: str) -> Job:
    """The job in a file of any shape, or on standard input where the name is `-`.

    Raises:
        ProjectError: there is no job; the message begins with where it was looked for.
    """
    content = read_source(name)
    try:
        return load(content)
    except GlueStudioError as error:
        raise ProjectError(f"{label(name)}: {error}") from error


def label(name: str) -> str:
    """What a person calls the input: the file's name, or standard input."""
    return "standard input" if name == "-" else name

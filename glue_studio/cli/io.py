"""Reading what a command is given."""

import sys
from pathlib import Path

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

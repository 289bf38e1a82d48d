"""The report's files, written all or none."""

import errno
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from validation.errors import UnavailableError


def write(directory: Path, contents: Mapping[str, str]) -> None:
    """Writes each file under another name first, then renames all: a reader sees whole files.

    Raises UnavailableError if the disk is full or the directory is not to be written; the files
    that were there are then still there.
    """
    temporary: list[tuple[Path, Path]] = []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in contents.items():
            handle, beside = tempfile.mkstemp(prefix=f".{name}.", dir=directory)
            temporary.append((Path(beside), directory / name))
            if (directory / name).is_dir():
                # Told before the first is renamed, not between two.
                raise IsADirectoryError(errno.EISDIR, f"{name} is a directory")
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        mode = 0o666 & ~_umask()
        for path, target in temporary:
            path.chmod(mode)
            path.replace(target)
    except OSError as error:
        raise UnavailableError(
            f"{directory} cannot be written: {error.strerror or error}."
        ) from error
    finally:
        for path, _ in temporary:
            with suppress(FileNotFoundError):
                path.unlink()


def _umask() -> int:
    # The only way to read it is to set it.
    mask = os.umask(0)
    os.umask(mask)
    return mask

"""Files that are there whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from common.command import CommandError


class FileError(CommandError):
    """A file cannot be written."""


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that it is there whole or not at all.

    Raises:
        FileError: the folder cannot be written to, the disk is full, or no file can hold the text.
    """
    try:
        _write(path.parent, {path.name: text})
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror or error}.") from error
    except UnicodeEncodeError as error:
        raise FileError(
            f"{path} cannot be written: the text holds half a character (a lone UTF-16 "
            "surrogate), which no file can hold; correct it."
        ) from error


def write_all(folder: Path, texts: Mapping[str, str]) -> None:
    """Write all these files of a folder or none of them, each whole.

    Raises:
        FileError: as `write_whole`; the files that were there are then still there.
    """
    try:
        _write(folder, texts)
    except OSError as error:
        raise FileError(f"{folder} cannot be written: {error.strerror or error}.") from error


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write each file under another name first, then rename all."""
    temporary: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            handle, beside = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
            temporary.append((Path(beside), folder / name))
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                if (folder / name).is_dir():
                    # Told before the first is renamed, not between two.
                    raise IsADirectoryError(errno.EISDIR, f"{name} is a directory")
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        mode = 0o666 & ~_umask()  # mkstemp's 0600 would hide the file from the rest of the team
        for path, target in temporary:
            path.chmod(mode)
            path.replace(target)
    finally:
        for path, _ in temporary:
            with suppress(FileNotFoundError):
                path.unlink()


def _umask() -> int:
    # The only way to read it is to set it.
    mask = os.umask(0)
    os.umask(mask)
    return mask

"""Look through a folder of landing data before any of it is uploaded.

Needs a folder with one folder of JSON lines for each source; for STEDI these are customer,
accelerometer and step_trainer. Gives the files to upload, or one sentence that says which file and
line is wrong.
"""

import gzip
import json
import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from deploy.errors import DeployError

# The keys that the jobs join by: a file without them belongs to another source.
SOURCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "customer": ("email", "serialNumber"),
        "accelerometer": ("user", "timestamp"),
        "step_trainer": ("sensorReadingTime", "serialNumber"),
    }
)

# Beside the sources: what the report must find of them, as the generator of landing data writes it.
EXPECTATIONS = "expectations.toml"
_LONGEST_LINE = 1 << 20  # bytes; a record has some 300, so a longer line is another format
_REPORT_EVERY = 1 << 22  # bytes between two calls of progress
_BLOCK = 1 << 19  # bytes that are looked at together
# Lines that are an object of plain values, told many times as fast as they are parsed.
_TEXT = rb'"[^"\\\x00-\x1f]*+"'
_NUMBER = rb"-?(?:0|[1-9][0-9]{0,17}+)(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]{1,3})?+"
_MEMBER = rb"%b ?: ?(?:%b|%b|true|false|null)" % (_TEXT, _TEXT, _NUMBER)
_USUAL_LINES = re.compile(rb"(?:\{%b(?:, ?%b)*+\}\r?\n)*+" % (_MEMBER, _MEMBER))
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class LandingFolderError(DeployError):
    """The folder cannot be uploaded; the message says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class LandingFolder:
    """A folder whose every line was read and is a JSON object.

    Attributes:
        path: the folder.
        sources: source name (for STEDI customer, accelerometer, step_trainer) to its files, sorted.
        lines: source name to its number of lines, which is its number of rows.
        bytes: size of all the files as they lie on the disk.
        expectations: what the report must find of this data, where the folder holds that.
    """

    path: Path
    sources: Mapping[str, tuple[Path, ...]]
    lines: Mapping[str, int]
    bytes: int
    expectations: Path | None = None


def data_folder(text: str) -> Path:
    """The folder that a user names; not every shell expands the tilde in DATA=~/stedi."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 -- Path raises when there is no such user


def check_landing_folder(
    path: Path | str,
    *,
    sources: Mapping[str, tuple[str, ...]] = SOURCES,
    progress: Callable[[int, int], None] | None = None,
) -> LandingFolder:
    """Read every line of all sources, in flat memory.

    A source's files may have any name and lie in subfolders. Names that start with `.` or `_` are
    left out, as Athena and Spark leave them out; `.gz` files are decompressed.

    Args:
        path: the folder that holds a folder for each source.
        sources: the sources, and the keys that each record of one must have.
        progress: called now and then with the bytes read so far and the bytes in all.

    Raises:
        LandingFolderError: a source is missing or empty, a file is empty or unreadable, or a line
            is not a JSON object of that source.
    """
    folder = Path(path)
    found = _find_sources(folder, list(sources))
    sizes = {file: file.stat().st_size for files in found.values() for file in files}
    total = sum(sizes.values())
    lines = dict.fromkeys(found, 0)
    done = 0
    for source, files in found.items():
        for file in files:
            lines[source] += _check_file(
                file, sources[source], _file_progress(progress, done, sizes[file], total)
            )
            done += sizes[file]
    return LandingFolder(
        path=folder,
        sources=MappingProxyType(found),
        lines=MappingProxyType(lines),
        bytes=total,
        expectations=folder / EXPECTATIONS if (folder / EXPECTATIONS).is_file() else None,
    )


def _find_sources(folder: Path, names: Sequence[str]) -> dict[str, tuple[Path, ...]]:
    if not folder.is_dir():
        raise LandingFolderError(
            f"{folder} is not a folder; give one that holds {', '.join(names)}."
        )
    missing = [source for source in names if not (folder / source).is_dir()]
    if missing:
        raise LandingFolderError(
            f"{folder} has no folder {' and no folder '.join(missing)}; "
            f"landing data needs all of {', '.join(names)}."
        )
    sources = {source: tuple(sorted(_visible_files(folder / source))) for source in names}
    for source, files in sources.items():
        if not files:
            raise LandingFolderError(
                f"{folder / source} has no files; put the {source} records there as JSON lines."
            )
    return sources


def _visible_files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder, onerror=_raise_unreadable):
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        for name in names:
            file = Path(parent, name)
            if name.startswith((".", "_")):
                continue
            if not file.is_file():  # a link to nowhere, or a pipe that would wait for ever
                raise LandingFolderError(f"{file} is not a file; remove it or put its data there.")
            yield file


def _raise_unreadable(error: OSError) -> NoReturn:
    raise LandingFolderError(f"{error.filename} cannot be read: {error.strerror}.") from error


def _file_progress(
    progress: Callable[[int, int], None] | None, before: int, size: int, total: int
) -> Callable[[int], None]:
    if progress is None:
        return lambda _: None
    # A compressed file gives more bytes than it has, so its own part of the bar is cut off.
    return lambda read: progress(before + min(read, size), total)


def _check_file(file: Path, keys: tuple[str, ...], progress: Callable[[int], None]) -> int:
    number = 0
    read = reported = 0
    scan = json.JSONDecoder(parse_constant=_raise_constant).decode
    try:
        with _open(file) as stream:
            for block in _blocks(stream):
                for first, line in _unusual_lines(block, number + 1):
                    _check_line(file, first, line, keys if first == 1 else (), scan)
                number += block.count(b"\n") + (not block.endswith(b"\n"))
                read += len(block)
                if read - reported >= _REPORT_EVERY:
                    progress(read)
                    reported = read
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise LandingFolderError(
            f"{file} is not a whole gzip file (after line {number}): {error}; compress it again."
        ) from error
    except OSError as error:
        raise LandingFolderError(f"{file} cannot be read: {error.strerror}.") from error
    if number == 0:
        raise LandingFolderError(f"{file} is empty; remove it or put its records in.")
    return number


def _blocks(stream: BufferedReader | gzip.GzipFile) -> Iterator[bytes]:
    """Give a file in blocks of whole lines; of a line that is too long, what tells that it is."""
    pieces: list[bytes] = []
    while piece := stream.read1(_BLOCK):  # as far as a damaged file can be read
        pieces.append(piece)
        if sum(map(len, pieces)) >= _BLOCK:
            block = b"".join(pieces)
            end = block.rfind(b"\n") + 1 or (len(block) if len(block) > _LONGEST_LINE else 0)
            if end:
                yield block[:end]
            pieces = [block[end:]]
    if block := b"".join(pieces):
        yield block


def _unusual_lines(block: bytes, number: int) -> Iterator[tuple[int, bytes]]:
    """Give the lines, with their numbers, that are not certainly an object; and the file's first."""
    # A block holds a line that is too long only if it is that long itself.
    usual = len(block) <= _LONGEST_LINE and (block.isascii() or _is_utf_8(block))
    at = 0
    while at < len(block):
        found = _USUAL_LINES.match(block, at) if usual and number > 1 else None
        end = found.end() if found else at
        number += block.count(b"\n", at, end)
        if end < len(block):
            at = block.find(b"\n", end) + 1 or len(block)
            yield number, block[end:at]
            number += 1
        else:
            at = end


def _is_utf_8(block: bytes) -> bool:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _open(file: Path) -> BufferedReader | gzip.GzipFile:
    return gzip.GzipFile(file, "rb") if file.suffix.lower() == ".gz" else file.open("rb")


def _check_line(
    file: Path, number: int, line: bytes, keys: tuple[str, ...], scan: Callable[[str], object]
) -> None:
    if len(line) > _LONGEST_LINE:
        _raise_line(file, number, f"the line is longer than {_LONGEST_LINE:,} bytes")
    try:
        record = scan(line.decode("utf-8"))
    except UnicodeDecodeError:
        _raise_line(file, number, "it is not UTF-8 text")
    except (ValueError, RecursionError) as error:
        _raise_line(file, number, _reason(line, error))
    if not isinstance(record, dict):
        _raise_line(file, number, f"a JSON object was expected, this is {_kind(record)}")
    if keys:
        found = {key.lower() for key in record}
        missing = [key for key in keys if key.lower() not in found]
        if missing:
            raise LandingFolderError(
                f"{file}, line 1: the record has no {' and no '.join(missing)}; "
                f"is the file in the right folder?"
            )


def _reason(line: bytes, error: Exception) -> str:
    if not line.strip():
        return "the line is blank, which Athena would count as a row"
    if line.startswith(_BYTE_ORDER_MARK):
        return "it starts with a byte order mark, which does not belong to JSON"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at column {error.colno}"
    return "nested too deep" if isinstance(error, RecursionError) else str(error)


def _kind(value: object) -> str:
    if isinstance(value, list):
        return "an array"
    return "a string" if isinstance(value, str) else json.dumps(value)


def _raise_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _raise_line(file: Path, number: int, reason: str) -> NoReturn:
    raise LandingFolderError(
        f"{file} is not JSON lines: line {number}: {reason}; each line must be one JSON object."
    )

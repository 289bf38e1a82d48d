"""The objects of a table in S3, and the lines in them."""

import bz2
import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from common.s3 import S3Uri
from validation.errors import UnavailableError

# 4 GiB is 350 times the published data; past it the lines are left uncounted, and that is said.
LINES_LIMIT_BYTES = 4 * 1024**3
_CHUNK = 1024 * 1024
# https://docs.aws.amazon.com/athena/latest/ug/compression-formats.html
_COMPRESSED: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {"gz": lambda body: gzip.GzipFile(fileobj=body), "bz2": bz2.BZ2File}
)
_UNREAD = {"deflate", "lz4", "lzo", "snappy", "zst"}


@dataclass(frozen=True)
class StoredObject:
    """One object with data. `uri` is what Athena calls "$path"."""

    uri: str
    size: int
    modified: datetime


class CancelledError(UnavailableError):
    """The report was interrupted while it read objects."""


def objects(s3: Any, uri: str) -> tuple[StoredObject, ...]:
    """The objects under a table's location that Athena reads.

    Athena ignores empty objects and names that begin with `_` or `.`.

    Raises:
        S3UriError: the location is not a place in S3.
        BotoCoreError, ClientError: AWS refused the call.
    """
    folder = S3Uri.parse(uri).folder
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=folder.bucket, Prefix=folder.key)
    return tuple(
        StoredObject(
            str(S3Uri(folder.bucket, item["Key"])), int(item["Size"]), item["LastModified"]
        )
        for page in pages
        for item in page.get("Contents", ())
        if item["Size"] and not _is_hidden(item["Key"].removeprefix(folder.key))
    )


def line_counts(
    s3: Any, files: tuple[StoredObject, ...], cancelled: Callable[[], bool]
) -> Mapping[str, int]:
    """The lines of each file that hold more than white space, read in pieces, four at a time.

    Raises:
        UnavailableError: the files hold more than LINES_LIMIT_BYTES, or are compressed unreadably.
        CancelledError: `cancelled` says so.
        BotoCoreError, ClientError: AWS refused a call.
    """
    size = sum(file.size for file in files)
    if size > LINES_LIMIT_BYTES:
        raise UnavailableError(
            f"The files hold {size:,} bytes, more than the {LINES_LIMIT_BYTES:,} that are read to "
            "count lines."
        )
    with ThreadPoolExecutor(max_workers=4) as pool:
        counts = pool.map(lambda file: _lines(s3, file, cancelled), files)
        return {file.uri: count for file, count in zip(files, counts, strict=True)}


def _lines(s3: Any, file: StoredObject, cancelled: Callable[[], bool]) -> int:
    place = S3Uri.parse(file.uri)
    body = s3.get_object(Bucket=place.bucket, Key=place.key)["Body"]
    try:
        return sum(1 for line in _split(_chunks(body, file.uri), cancelled) if line)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnavailableError(f"{file.uri} is not what its name says: {error}.") from error
    finally:
        body.close()


def _chunks(body: Any, uri: str) -> Iterator[bytes]:
    """The text of an object in pieces, decompressed as Athena does by the end of its name."""
    suffix = uri.rsplit("/", 1)[-1].rpartition(".")[2].lower()
    if suffix in _UNREAD:
        raise UnavailableError(f"{uri} is compressed in a way that is not read here.")
    if suffix in _COMPRESSED:
        with _COMPRESSED[suffix](body) as text:
            yield from iter(lambda: text.read(_CHUNK), b"")
    else:
        yield from iter(lambda: body.read(_CHUNK), b"")


def _split(chunks: Iterator[bytes], cancelled: Callable[[], bool]) -> Iterator[bool]:
    """For each line, whether it holds anything; a line may be longer than a chunk."""
    anything = False
    for chunk in chunks:
        if cancelled():
            raise CancelledError("The report was interrupted.")
        first, *others = chunk.split(b"\n")
        anything = anything or bool(first.strip())
        for line in others:
            yield anything
            anything = bool(line.strip())
    yield anything


def _is_hidden(name: str) -> bool:
    return any(part.startswith(("_", ".")) for part in name.split("/"))

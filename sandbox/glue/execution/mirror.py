"""Objects of the emulated S3 as local files: a cache by etag, and folders of it for one run.

Spark reads and writes S3 itself (`s3_file_system`) and shares the cache, so an object is fetched once
per etag whoever asks for it. The runtime looks into files through `Mirror`.
"""

import logging
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

_LOG = logging.getLogger(__name__)
_UNPACKED = 5  # how many times as large as compressed text the text is, about
_CHUNK = 1 << 20  # bytes read at once
_LONGEST_NAME = 255  # bytes in one file name on Linux
_of_this_run: list["Mirror"] = []


@dataclass(frozen=True)
class S3Object:
    """One object as ListObjectsV2 shows it; size in bytes, etag without its quotes."""

    bucket: str
    key: str
    etag: str
    size: int

    @property
    def cached_name(self) -> str:
        """The name of its file in the cache, the same as in S3FileSystem.java."""
        return f"{self.etag}.{self.size}"


def tidy(client: Any, cache: Path) -> int:
    """Drop from the cache what is no longer in S3 and return the size of all that is, unpacked, in bytes.

    Runs that go on keep what they have open and fetch again what they miss.
    """
    buckets = [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]
    objects = [item for bucket in buckets for item in _listed(client, bucket, "")]
    names = {item.cached_name for item in objects}
    for path in cache.glob("[!.]*"):
        if path.name not in names:
            path.unlink(missing_ok=True)
    return sum(item.size * (_UNPACKED if item.key.endswith(".gz") else 1) for item in objects)


class Mirror:
    """Folders of S3 below `root`, as they were when last refreshed; for reading alone."""

    def __init__(self, root: Path, cache: Path, client: Any) -> None:
        self.root = root
        self._cache = cache
        self._client = client
        self._known: dict[tuple[str, str], S3Object] = {}
        cache.mkdir(parents=True, exist_ok=True)

    def path(self, bucket: str, key: str) -> Path | None:
        """Where an object's file is; None for a key that is not a path of this file system."""
        parts = key.removesuffix("/").split("/")
        if any(
            part in {"", ".", ".."} or "\0" in part or len(part.encode()) > _LONGEST_NAME
            for part in parts
        ):
            return None
        return self.root.joinpath(bucket, *parts)

    def refresh(self, bucket: str, prefix: str) -> int:
        """Make the files below a prefix those of S3 and return how many objects changed.

        The bucket's directory is there afterwards if, and only if, the bucket is.
        """
        try:
            current = list(_listed(self._client, bucket, prefix))
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise
            shutil.rmtree(self.root / bucket, ignore_errors=True)
            self._known = {place: item for place, item in self._known.items() if place[0] != bucket}
            return 0
        (self.root / bucket).mkdir(parents=True, exist_ok=True)
        stale = [item for item in current if self._known.get((bucket, item.key)) != item]
        gone = {
            place for place in self._known if place[0] == bucket and place[1].startswith(prefix)
        } - {(bucket, item.key) for item in current}
        for place in gone:
            self._known.pop(place)
            path = self.path(*place)
            if path is not None and not place[1].endswith("/"):
                path.unlink(missing_ok=True)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self._pull, stale))
        return len(stale) + len(gone)

    def _pull(self, item: S3Object) -> None:
        path = self.path(item.bucket, item.key)
        if path is None:
            _LOG.warning("s3://%s/%s makes no usable file name: left out", item.bucket, item.key)
            return
        try:
            if item.key.endswith("/"):
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                cached = self._cache / item.cached_name
                if not (_is_whole(cached, item.size) and link_or_copy(cached, path)):
                    self._fetch(item, path)
                    link_or_copy(path, cached)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            # S3 may hold both `a` and `a/b`; a file system cannot.
            _LOG.warning(
                "s3://%s/%s is at once an object and a folder: left out", item.bucket, item.key
            )
            return
        self._known[item.bucket, item.key] = item

    def _fetch(self, item: S3Object, path: Path) -> None:
        body = self._client.get_object(Bucket=item.bucket, Key=item.key)["Body"]
        part = self._cache / f".{uuid4().hex}"
        try:
            with part.open("wb") as stream:
                shutil.copyfileobj(body, stream, _CHUNK)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def set_current(mirror: Mirror) -> None:
    """Make it the mirror of this process's job run."""
    _of_this_run[:] = [mirror]


def current() -> Mirror | None:
    """The mirror of this process's job run, if it is one."""
    return _of_this_run[0] if _of_this_run else None


def link_or_copy(source: Path, target: Path) -> bool:
    """Make `target` the same file as `source`: a hard link where the disk allows it.

    False if there is no `source` any more: another run tidied the cache.
    """
    part = target.with_name(f".{uuid4().hex}")
    try:
        try:
            part.hardlink_to(source)
        except FileNotFoundError:
            return False
        except OSError:
            shutil.copy2(source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)  # also where the two were one file already
    return True


def _is_whole(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def _listed(client: Any, bucket: str, prefix: str) -> Iterator[S3Object]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for item in page.get("Contents", []):
            yield S3Object(bucket, item["Key"], item["ETag"].strip('"'), item["Size"])

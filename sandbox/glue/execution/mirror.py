"""A local mirror of the emulated S3, as the files that one Spark job sees behind `s3://`.

Needs an S3 client of the sandbox and two directories: a cache shared by all runs and a root of
this run alone. Gives `pull` (the buckets as directories) and `push` (what the job created,
changed and deleted, back to S3). Objects are fetched once per etag: the files of a run are hard
links into the cache, so a second run of the same data moves and copies nothing.
"""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

_LOG = logging.getLogger(__name__)
_CHUNK = 1 << 20  # bytes read at once
_MULTIPART = 64 << 20  # bytes from which an upload goes in parts
_DELETE_BATCH = 1000  # DeleteObjects takes no more
_LONGEST_NAME = 255  # bytes in one file name on Linux
# Hadoop's own bookkeeping, which a job on AWS does not leave in S3 either.
_TRANSIENT = ("_temporary", ".spark-staging")
_MARKERS = ("_SUCCESS",)
_of_this_run: list["Mirror"] = []


@dataclass(frozen=True)
class S3Object:
    """One object as ListObjectsV2 shows it; size in bytes, etag without its quotes."""

    bucket: str
    key: str
    etag: str
    size: int


@dataclass(frozen=True)
class Listing:
    """What is in S3 at one moment, and the buckets that are there even if empty."""

    buckets: tuple[str, ...]
    objects: tuple[S3Object, ...]

    @property
    def total_bytes(self) -> int:
        """The size of all objects."""
        return sum(item.size for item in self.objects)

    def dump(self) -> str:
        """As JSON, for `load`."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> "Listing":
        """The inverse of `dump`."""
        raw = json.loads(text)
        return cls(tuple(raw["buckets"]), tuple(S3Object(**item) for item in raw["objects"]))


@dataclass(frozen=True)
class _Known:
    """A file as it was when it last agreed with S3."""

    etag: str
    mtime_ns: int
    inode: int
    size: int


@dataclass(frozen=True)
class Changes:
    """What `push` did, in numbers of objects."""

    uploaded: int
    deleted: int


def list_objects(client: Any, left_out: Iterable[tuple[str, str]] = ()) -> Listing:
    """All objects of all buckets.

    Args:
        client: a boto3 S3 client.
        left_out: bucket and prefix of what no job reads, such as years of query results.
    """
    skipped = tuple(left_out)
    buckets = tuple(bucket["Name"] for bucket in client.list_buckets()["Buckets"])
    found: list[S3Object] = []
    for bucket in buckets:
        if (bucket, "") in skipped:
            continue
        prefixes = tuple(prefix for owner, prefix in skipped if owner == bucket)
        found += [
            item
            for item in _listed(client, bucket, "")
            if not (prefixes and item.key.startswith(prefixes))
        ]
    return Listing(buckets, tuple(found))


class Mirror:
    """The buckets as directories below `root`, in step with S3 when asked to be."""

    def __init__(self, root: Path, cache: Path, client: Any, buckets: Iterable[str]) -> None:
        self.root = root
        self._cache = cache
        self._client = client
        self._known: dict[tuple[str, str], _Known] = {}
        self._folders: set[tuple[str, str]] = set()
        for bucket in buckets:
            (root / bucket).mkdir(parents=True, exist_ok=True)

    def path(self, bucket: str, key: str) -> Path | None:
        """Where an object's file is; None for a key that is not a path of this file system."""
        parts = key.removesuffix("/").split("/")
        if any(
            part in {"", ".", ".."} or "\0" in part or len(part.encode()) > _LONGEST_NAME
            for part in parts
        ):
            return None
        return self.root.joinpath(bucket, *parts)

    def pull(self, objects: Iterable[S3Object]) -> int:
        """Make a file of each object and return how many had to be fetched."""
        wanted = list(objects)
        with ThreadPoolExecutor(4) as pool:
            return sum(pool.map(self._pull_one, wanted))

    def refresh(self, bucket: str, prefix: str) -> int:
        """Bring in what others put below a prefix since and return how many objects changed."""
        if not (self.root / bucket).is_dir():
            return 0
        current = list(_listed(self._client, bucket, prefix))
        stale = [item for item in current if not self._is_known(item)]
        self.pull(stale)
        gone = {
            place for place in self._known if place[0] == bucket and place[1].startswith(prefix)
        } - {(item.bucket, item.key) for item in current}
        for place in gone:
            self._known.pop(place)
            if path := self.path(*place):
                path.unlink(missing_ok=True)
        return len(stale) + len(gone)

    def push(self, bucket: str | None = None, prefix: str = "") -> Changes:
        """Upload what is new or changed and delete what is gone, below a prefix or anywhere."""
        buckets = (
            [bucket] if bucket is not None else sorted(item.name for item in self.root.iterdir())
        )
        changed: list[tuple[str, str, Path]] = []
        present: set[tuple[str, str]] = set()
        for name in buckets:
            for key, path in self._files(name):
                if not key.startswith(prefix):
                    continue
                present.add((name, key))
                if not self._is_unchanged(self._known.get((name, key)), path):
                    changed.append((name, key, path))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda item: self._upload(*item), changed))
        gone = [
            place
            for place in self._known
            if place[0] in buckets and place[1].startswith(prefix) and place not in present
        ]
        gone_folders = [
            (name, key)
            for name, key in self._folders
            if name in buckets and key.startswith(prefix) and not (self.root / name / key).is_dir()
        ]
        self._delete([*gone, *gone_folders])
        for place in gone:
            del self._known[place]
        self._folders.difference_update(gone_folders)
        return Changes(len(changed), len(gone) + len(gone_folders))

    def prune_cache(self, current: Listing) -> None:
        """Drop from the cache what is no longer in S3; other runs keep their own links."""
        keep = {self._cached(item).name for item in current.objects}
        for path in self._cache.glob("*/[!.]*"):
            if path.name not in keep:
                path.unlink(missing_ok=True)

    def _pull_one(self, item: S3Object) -> bool:
        path = self.path(item.bucket, item.key)
        if path is None:
            _LOG.warning("s3://%s/%s makes no usable file name: left out", item.bucket, item.key)
            return False
        try:
            if item.key.endswith("/"):
                path.mkdir(parents=True, exist_ok=True)
                self._folders.add((item.bucket, item.key))
                return False
            path.parent.mkdir(parents=True, exist_ok=True)
            cached = self._cached(item)
            fetched = not (_is_whole(cached, item.size) and link_or_copy(cached, path))
            if fetched:
                self._fetch(item, path)
                cached.parent.mkdir(exist_ok=True)
                link_or_copy(path, cached)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            # S3 may hold both `a` and `a/b`; a file system cannot.
            _LOG.warning(
                "s3://%s/%s is at once an object and a folder: left out", item.bucket, item.key
            )
            return False
        self._remember(item.bucket, item.key, item.etag, path)
        return fetched

    def _fetch(self, item: S3Object, path: Path) -> None:
        body = self._client.get_object(Bucket=item.bucket, Key=item.key)["Body"]
        part = self._cache / f".{uuid4().hex}"
        try:
            with part.open("wb") as stream:
                shutil.copyfileobj(body, stream, _CHUNK)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def _upload(self, bucket: str, key: str, path: Path) -> None:
        from boto3.s3.transfer import TransferConfig  # noqa: PLC0415 -- needed by few runs

        self._client.upload_file(
            str(path),
            bucket,
            key,
            Config=TransferConfig(multipart_threshold=_MULTIPART, multipart_chunksize=_MULTIPART),
        )
        head = self._client.head_object(Bucket=bucket, Key=key)
        item = S3Object(bucket, key, head["ETag"].strip('"'), head["ContentLength"])
        cached = self._cached(item)
        cached.parent.mkdir(exist_ok=True)
        link_or_copy(path, cached)
        self._remember(bucket, key, item.etag, path)

    def _delete(self, places: list[tuple[str, str]]) -> None:
        by_bucket: dict[str, list[str]] = {}
        for bucket, key in places:
            by_bucket.setdefault(bucket, []).append(key)
        for bucket, keys in by_bucket.items():
            for start in range(0, len(keys), _DELETE_BATCH):
                batch = [{"Key": key} for key in keys[start : start + _DELETE_BATCH]]
                answer = self._client.delete_objects(
                    Bucket=bucket, Delete={"Objects": batch, "Quiet": True}
                )
                for error in answer.get("Errors", []):
                    raise PermissionError(
                        f"s3://{bucket}/{error['Key']} cannot be deleted: {error['Message']}"
                    )

    def _files(self, bucket: str) -> Iterator[tuple[str, Path]]:
        top = self.root / bucket
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if not name.startswith(_TRANSIENT))
            for name in sorted(names):
                path = Path(folder, name)
                key = path.relative_to(top).as_posix()
                bookkeeping = name in _MARKERS or (name.startswith(".") and name.endswith(".crc"))
                if not bookkeeping or (bucket, key) in self._known:
                    yield key, path

    def _cached(self, item: S3Object) -> Path:
        name = hashlib.sha256(
            f"{item.bucket}\0{item.key}\0{item.etag}\0{item.size}".encode()
        ).hexdigest()
        return self._cache / name[:2] / name

    def _remember(self, bucket: str, key: str, etag: str, path: Path) -> None:
        status = path.stat()
        self._known[bucket, key] = _Known(etag, status.st_mtime_ns, status.st_ino, status.st_size)

    def _is_known(self, item: S3Object) -> bool:
        if item.key.endswith("/"):
            return (item.bucket, item.key) in self._folders
        known = self._known.get((item.bucket, item.key))
        return known is not None and known.etag == item.etag

    @staticmethod
    def _is_unchanged(known: _Known | None, path: Path) -> bool:
        status = path.stat()
        return known is not None and (known.mtime_ns, known.inode, known.size) == (
            status.st_mtime_ns,
            status.st_ino,
            status.st_size,
        )


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
    target.unlink(missing_ok=True)
    try:
        target.hardlink_to(source)
    except FileNotFoundError:
        return False
    except FileExistsError:
        return True  # another thread or run was quicker, with the same content
    except OSError:
        shutil.copy2(source, target)
    return True


def _is_whole(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def query_result_places(athena: Any) -> tuple[tuple[str, str], ...]:
    """Bucket and prefix of each Athena work group's results, which grow with every query."""
    places = []
    for group in athena.list_work_groups()["WorkGroups"]:
        described = athena.get_work_group(WorkGroup=group["Name"])["WorkGroup"]
        configuration: Mapping[str, Any] = described.get("Configuration") or {}
        location = (configuration.get("ResultConfiguration") or {}).get("OutputLocation", "")
        bucket, _, prefix = location.removeprefix("s3://").partition("/")
        if bucket:
            places.append((bucket, prefix))
    return tuple(places)


def _listed(client: Any, bucket: str, prefix: str) -> Iterator[S3Object]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for item in page.get("Contents", []):
            yield S3Object(bucket, item["Key"], item["ETag"].strip('"'), item["Size"])

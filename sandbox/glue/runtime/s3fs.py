# ruff: noqa: INP001 -- a module of its own on the path of a job
"""s3fs on the emulated S3: what pandas and fsspec read and write `s3://` with.

The published package needs another botocore than the one beside the sandbox. Here fsspec does all
that it does for every file system, on the few calls below; nothing is cached, so a script sees what
others wrote. Options of S3FileSystem (keys, endpoints, settings) change nothing.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError
from fsspec import AbstractFileSystem, __version__

from sandbox.environment import client

__all__ = ["S3FileSystem", "__version__"]

_ABSENT = {"404", "NoSuchKey", "NoSuchBucket"}
_FORBIDDEN = {"403", "AccessDenied"}


class S3FileSystem(AbstractFileSystem):  # type: ignore[misc]
    """Buckets are the first folders; a folder is there while a key begins with it."""

    protocol = ("s3", "s3a")
    root_marker = ""
    cachable = False

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """What is known of an object, a folder or a bucket."""
        path = self._strip_protocol(path)
        bucket, key = _split(path)
        if not bucket:
            return _folder("")
        with _as_os_errors(path):
            if not key:
                client("s3").head_bucket(Bucket=bucket)
                return _folder(path)
            try:
                return _object(path, client("s3").head_object(Bucket=bucket, Key=key))
            except ClientError as error:
                if error.response["Error"]["Code"] not in _ABSENT or not self._has(bucket, key):
                    raise
        return _folder(path)

    def exists(self, path: str, **_: Any) -> bool:
        """Whether there is one. An S3 that may not be asked is an error, not a no."""
        try:
            self.info(path)
        except FileNotFoundError:
            return False
        return True

    def ls(self, path: str, detail: bool = False, **_: Any) -> list[Any]:
        """The folders and objects right below a path, or the one object that it names."""
        path = self._strip_protocol(path)
        with _as_os_errors(path):
            found = sorted(self._below(path), key=lambda entry: str(entry["name"]))
        if path and not found:
            entry = self.info(path)
            found = [] if entry["type"] == "directory" else [entry]
        return found if detail else [entry["name"] for entry in found]

    def mkdir(self, path: str, create_parents: bool = True, **_: Any) -> None:
        """Make the bucket; a folder needs no making."""
        bucket, key = _split(self._strip_protocol(path))
        if self.exists(bucket):
            if not key:
                raise FileExistsError(path)
        elif create_parents or not key:
            with _as_os_errors(path):
                client("s3").create_bucket(Bucket=bucket)

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        """As mkdir. Before each write fsspec asks for the folder, with `exist_ok`.

        The published package then makes the bucket, if the role may; roles of jobs may not.
        """
        if not exist_ok:
            self.mkdir(path)

    def rmdir(self, path: str) -> None:
        """Remove an empty bucket; an empty folder is not there."""
        bucket, key = _split(self._strip_protocol(path))
        if not key:
            with _as_os_errors(path):
                client("s3").delete_bucket(Bucket=bucket)

    def rm_file(self, path: str) -> None:
        """Remove an object, or an empty bucket."""
        path = self._strip_protocol(path)
        bucket, key = _split(path)
        if not key:
            return self.rmdir(bucket)
        with _as_os_errors(path):
            client("s3").delete_object(Bucket=bucket, Key=key)
        return None

    def cp_file(self, path1: str, path2: str, **_: Any) -> None:
        """Copy an object within S3."""
        path1, path2 = self._strip_protocol(path1), self._strip_protocol(path2)
        bucket, key = _split(path2)
        from_bucket, from_key = _split(path1)
        with _as_os_errors(path1):
            client("s3").copy({"Bucket": from_bucket, "Key": from_key}, bucket, key)

    def modified(self, path: str) -> Any:
        """When an object was written."""
        return self.info(path)["LastModified"]

    def _open(self, path: str, mode: str = "rb", **_: Any) -> io.BytesIO:
        bucket, key = _split(path)
        if mode == "rb":
            return io.BytesIO(_body(path))
        if mode == "xb" and self.exists(path):
            raise FileExistsError(path)
        before = _body(path) if mode == "ab" and self.exists(path) else b""
        return _Upload(bucket, key, before)

    def _below(self, path: str) -> Iterator[dict[str, Any]]:
        bucket, key = _split(path)
        if not bucket:
            for found in client("s3").list_buckets()["Buckets"]:
                yield _folder(found["Name"])
            return
        prefix = f"{key}/" if key else ""
        pages = client("s3").get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=bucket, Prefix=prefix, Delimiter="/"):
            for found in page.get("CommonPrefixes", []):
                yield _folder(f"{bucket}/{found['Prefix'].rstrip('/')}")
            for found in page.get("Contents", []):
                if found["Key"] != prefix:
                    yield _object(f"{bucket}/{found['Key']}", found)

    def _has(self, bucket: str, key: str) -> bool:
        answer = client("s3").list_objects_v2(Bucket=bucket, Prefix=f"{key}/", MaxKeys=1)
        return bool(answer["KeyCount"])


class _Upload(io.BytesIO):
    """A file that is in S3 once it is closed."""

    def __init__(self, bucket: str, key: str, before: bytes) -> None:
        super().__init__()
        self._place = {"Bucket": bucket, "Key": key}
        self.write(before)

    def close(self) -> None:
        if not self.closed:
            with _as_os_errors("/".join(self._place.values())):
                try:
                    client("s3").put_object(**self._place, Body=self.getvalue())
                finally:
                    super().close()


def _split(path: str) -> tuple[str, str]:
    bucket, _, key = path.partition("/")
    return bucket, key


def _body(path: str) -> bytes:
    bucket, key = _split(path)
    with _as_os_errors(path):
        body: bytes = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def _folder(path: str) -> dict[str, Any]:
    return {
        "name": path,
        "Key": path,
        "size": 0,
        "Size": 0,
        "type": "directory",
        "StorageClass": "DIRECTORY",
    }


def _object(path: str, told: Any) -> dict[str, Any]:
    size = told["ContentLength"] if "ContentLength" in told else told["Size"]
    return {
        "name": path,
        "Key": path,
        "size": size,
        "Size": size,
        "type": "file",
        "StorageClass": told.get("StorageClass", "STANDARD"),
        "ETag": told["ETag"],
        "LastModified": told["LastModified"],
    }


@contextmanager
def _as_os_errors(path: str) -> Iterator[None]:
    """S3's refusals as the errors that files have, as the published package tells them."""
    try:
        yield
    except ClientError as error:
        code, message = (error.response["Error"].get(name) for name in ("Code", "Message"))
        told = f"{message}: s3://{path.removeprefix('s3://')}"
        if code in _ABSENT:
            raise FileNotFoundError(told) from error
        if code in _FORBIDDEN:
            raise PermissionError(told) from error
        raise OSError(f"{code}: {told}") from error

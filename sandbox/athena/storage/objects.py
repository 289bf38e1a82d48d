"""The S3 objects under a table's location."""

import fnmatch
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from sandbox.athena.errors import QueryError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class DataObject:
    """One object of a table. `modified` is UTC; `size` is in bytes."""

    bucket: str
    key: str
    etag: str
    size: int
    modified: datetime

    @property
    def uri(self) -> str:
        """Give the object's address, as the hidden column "$path" shows it."""
        return f"s3://{self.bucket}/{self.key}"


class ObjectStore:
    """Reads tables' objects through a boto3 S3 client (thread-safe)."""

    def __init__(self, client: "S3Client") -> None:
        self._client = client

    def list_objects(self, location: str) -> list[DataObject]:
        """List the data objects below `location`, in the order of their keys.

        As in Athena a location is a folder, nested folders belong to it, and names that begin
        with `_` or `.` are no data.

        Raises:
            QueryError: the location is no S3 address or its bucket can't be listed.
        """
        bucket, prefix = split_uri(location)
        folder = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
        found: list[DataObject] = []
        try:
            for page in self._client.get_paginator("list_objects_v2").paginate(
                Bucket=bucket, Prefix=folder
            ):
                for item in page.get("Contents", []):
                    key = item["Key"]
                    if item["Size"] == 0 or _is_hidden(key[len(folder) :]):
                        continue
                    found.append(
                        DataObject(
                            bucket,
                            key,
                            item["ETag"].strip('"'),
                            item["Size"],
                            item["LastModified"],
                        )
                    )
        except ClientError as error:
            raise _storage_error(error, location) from error
        return found

    def open(self, source: DataObject) -> IO[bytes]:
        """Open an object for reading, from its start, as a stream."""
        try:
            body = self._client.get_object(Bucket=source.bucket, Key=source.key)["Body"]
        except ClientError as error:
            raise _storage_error(error, source.uri) from error
        return cast("IO[bytes]", body)

    def put(self, uri: str, body: bytes | Path) -> None:
        """Write one object."""
        bucket, key = split_uri(uri)
        try:
            if isinstance(body, Path):
                self._client.upload_file(str(body), bucket, key)
            else:
                self._client.put_object(Bucket=bucket, Key=key, Body=body)
        except ClientError as error:
            raise _storage_error(error, uri) from error

    def exists(self, uri: str) -> bool:
        """Tell whether anything is stored under this folder."""
        bucket, prefix = split_uri(uri)
        folder = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
        try:
            answer = self._client.list_objects_v2(Bucket=bucket, Prefix=folder, MaxKeys=1)
        except ClientError as error:
            raise _storage_error(error, uri) from error
        return bool(answer.get("Contents"))

    def folders(self, location: str, pattern: str = "*") -> list[str]:
        """List all folders below a location that hold data, relative to it, sorted."""
        _, prefix = split_uri(location)
        folder = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
        names = {item.key[len(folder) :].rpartition("/")[0] for item in self.list_objects(location)}
        return sorted(name for name in names if name and fnmatch.fnmatch(name, pattern))


def split_uri(uri: str) -> tuple[str, str]:
    """Split `s3://bucket/key` into bucket and key.

    Raises:
        QueryError: it is no S3 address.
    """
    parts = urlsplit(uri, allow_fragments=False)
    if parts.scheme not in {"s3", "s3a", "s3n"} or not parts.netloc:
        raise QueryError("HIVE_UNKNOWN_ERROR", f"'{uri}' is not a location in Amazon S3.")
    key = uri.split("://", 1)[1].partition("/")[2]
    return parts.netloc, key


def _is_hidden(relative: str) -> bool:
    return any(part.startswith(("_", ".")) for part in relative.split("/") if part)


def _storage_error(error: ClientError, uri: str) -> QueryError:
    code = error.response.get("Error", {}).get("Code", "")
    text = error.response.get("Error", {}).get("Message", "")
    if code in {"403", "AccessDenied"}:
        return QueryError("PERMISSION_DENIED", f"Access Denied on S3 path: {uri}")
    if code == "NoSuchBucket":
        return QueryError(
            "HIVE_UNKNOWN_ERROR",
            f"{text} (Service: Amazon S3; Error Code: NoSuchBucket; Path: {uri})",
        )
    return QueryError("HIVE_CANNOT_OPEN_SPLIT", f"Error opening {uri}: {text} (Error Code: {code})")

"""The S3 objects under a table's location."""

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from common.s3 import S3Uri, S3UriError
from sandbox.athena.errors import QueryError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ONE_CALL = 1 << 20  # bytes up to which an upload in parts, with its threads, is not worth it


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
        return str(S3Uri(self.bucket, self.key))


class ObjectStore:
    """Reads and writes objects through a boto3 S3 client (thread-safe)."""

    def __init__(self, client: "S3Client") -> None:
        self._client = client
        self._encryption: dict[str, Any] = {}

    def encrypting(self, configuration: Mapping[str, str] | None) -> "ObjectStore":
        """Give the same store that writes objects as Athena's EncryptionConfiguration says."""
        store = ObjectStore(self._client)
        if configuration:
            option = {"SSE_S3": "AES256", "SSE_KMS": "aws:kms"}[configuration["EncryptionOption"]]
            store._encryption["ServerSideEncryption"] = option
            if "KmsKey" in configuration:
                store._encryption["SSEKMSKeyId"] = configuration["KmsKey"]
        return store

    def list_objects(self, location: str) -> list[DataObject]:
        """List the data objects below `location`, in the order of their keys.

        As in Athena a location is a folder, nested folders belong to it, and names that begin
        with `_` or `.` are not data.

        Raises:
            QueryError: the location is not in S3, or its bucket cannot be listed.
        """
        folder = place_of(location).folder
        found: list[DataObject] = []
        try:
            for page in self._client.get_paginator("list_objects_v2").paginate(
                Bucket=folder.bucket, Prefix=folder.key
            ):
                for item in page.get("Contents", []):
                    key = item["Key"]
                    if item["Size"] == 0 or _is_hidden(key[len(folder.key) :]):
                        continue
                    found.append(
                        DataObject(
                            folder.bucket,
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

    def put(self, uri: str, body: bytes | Path, content_type: str = "binary/octet-stream") -> None:
        """Write one object."""
        place = place_of(uri)
        more: dict[str, Any] = {**self._encryption, "ContentType": content_type}
        try:
            if isinstance(body, Path) and body.stat().st_size > _ONE_CALL:
                self._client.upload_file(str(body), place.bucket, place.key, ExtraArgs=more)
            else:
                content = body.read_bytes() if isinstance(body, Path) else body
                self._client.put_object(Bucket=place.bucket, Key=place.key, Body=content, **more)
        except ClientError as error:
            raise _storage_error(error, uri) from error

    def exists(self, uri: str) -> bool:
        """Tell whether anything is stored under this folder."""
        folder = place_of(uri).folder
        try:
            answer = self._client.list_objects_v2(
                Bucket=folder.bucket, Prefix=folder.key, MaxKeys=1
            )
        except ClientError as error:
            raise _storage_error(error, uri) from error
        return bool(answer.get("Contents"))

    def folders(self, location: str, pattern: str = "*") -> list[str]:
        """List all folders below a location that hold data, relative to it, sorted."""
        folder = place_of(location).folder.key
        names = {item.key[len(folder) :].rpartition("/")[0] for item in self.list_objects(location)}
        return sorted(name for name in names if name and fnmatch.fnmatch(name, pattern))


def place_of(uri: str) -> S3Uri:
    """The place that a location names.

    Raises:
        QueryError: it is not in Amazon S3.
    """
    try:
        return S3Uri.parse(uri)
    except S3UriError as error:
        raise QueryError(
            "HIVE_UNKNOWN_ERROR", f"'{uri}' is not a location in Amazon S3."
        ) from error


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

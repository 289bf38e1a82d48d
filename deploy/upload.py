"""Put a landing folder's files under the landing prefixes, replacing what was there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boto3.exceptions import S3UploadFailedError

from common.aws import CALL_ERRORS, explain, session
from common.s3 import S3Uri
from deploy.errors import DeployError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

    from deploy.landing_folder import LandingFolder


@dataclass(frozen=True)
class Uploaded:
    """What an upload did.

    Attributes:
        files: how many objects were written.
        bytes: their size in all.
        removed: how many older objects were deleted.
    """

    files: int
    bytes: int
    removed: int


def upload(
    folder: LandingFolder,
    prefixes: Mapping[str, str],
    on_bytes: Callable[[int], None],
) -> Uploaded:
    """Upload each source's files to its prefix, then remove older objects under it.

    New objects arrive before old ones go, so that a failure never leaves a source empty.

    Args:
        folder: the files.
        prefixes: the S3 URI of each source (customer, …).
        on_bytes: called with the number of bytes just sent.

    Raises:
        DeployError: S3 refused, or the connection broke; the message names the file.
    """
    s3 = session().client("s3")
    removed = 0
    for source, files in folder.sources.items():
        place = S3Uri.parse(prefixes[source])
        root = folder.path / source
        targets = {place / file.relative_to(root).as_posix(): file for file in files}
        for target, file in targets.items():
            try:
                s3.upload_file(str(file), target.bucket, target.key, Callback=on_bytes)
            except (*CALL_ERRORS, S3UploadFailedError, OSError) as error:
                raise DeployError(
                    f"{file} could not be uploaded to {target}: {explain(error)} Run the same "
                    "command again: files that are there are replaced."
                ) from error
        removed += _remove_others(s3, place, {target.key for target in targets})
    return Uploaded(
        files=sum(len(files) for files in folder.sources.values()),
        bytes=folder.bytes,
        removed=removed,
    )


def has_objects(uri: str) -> bool:
    """Whether any object lies under the S3 URI `uri`."""
    place = S3Uri.parse(uri)
    listed = (
        session().client("s3").list_objects_v2(Bucket=place.bucket, Prefix=place.key, MaxKeys=1)
    )
    return bool(listed["KeyCount"])


def _remove_others(s3: S3Client, place: S3Uri, keep: set[str]) -> int:
    removed = 0
    pages = s3.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=place.bucket, Prefix=place.key):
        stale: list[ObjectIdentifierTypeDef] = [
            {"Key": entry["Key"]} for entry in page.get("Contents", []) if entry["Key"] not in keep
        ]
        if stale:
            answer = s3.delete_objects(
                Bucket=place.bucket, Delete={"Objects": stale, "Quiet": True}
            )
            if answer.get("Errors"):
                first = answer["Errors"][0]
                raise DeployError(
                    f"An older file s3://{place.bucket}/{first.get('Key')} could not be removed "
                    f"({first.get('Message')}), and its rows would be counted twice: remove it."
                )
            removed += len(stale)
    return removed

"""Files of S3 that the runtime looks into, and S3 URIs; Spark itself reads and writes S3."""

import re
from pathlib import Path

from gluesandbox.messages import GlueException
from sandbox.glue.execution.mirror import Mirror, current

_URI = re.compile(r"s3[an]?://(?P<bucket>[^/]+)/?(?P<key>.*)\Z", re.DOTALL)


def mirror() -> Mirror:
    """The mirror of this process."""
    found = current()
    if found is None:
        raise GlueException(
            "This process is not a job run of the sandbox: it has no S3 to work on."
        )
    return found


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key of an `s3://`, `s3a://` or `s3n://` URI.

    Raises:
        GlueException: the URI is not one of S3.
    """
    match = _URI.match(uri)
    if match is None:
        raise GlueException(f"{uri!r} is not an S3 path: it must read s3://bucket/prefix.")
    return match["bucket"], match["key"]


def folder(uri: str) -> tuple[str, str, Path]:
    """Bucket, prefix (empty or ending in a slash) and local directory of an S3 folder."""
    bucket, key = split_uri(uri)
    prefix = key.rstrip("/") + "/" if key.rstrip("/") else ""
    path = mirror().path(bucket, prefix) if prefix else mirror().root / bucket
    if path is None:
        raise GlueException(f"{uri!r} has an empty or a dotted folder name in it.")
    return bucket, prefix, path


def refresh(uri: str) -> None:
    """Make the local files below a URI those of S3."""
    bucket, key = split_uri(uri)
    mirror().refresh(bucket, key)

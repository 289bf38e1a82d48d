"""Large S3 objects straight from moto's file to the socket.

moto reads a whole object into memory for each GET, and again for each range of it, so that a
download in parts takes time with the square of the size. Here its HEAD gives status and headers,
and the bytes come from the temporary file in which moto keeps an object that is this large.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from moto.s3.models import s3_backends

from sandbox.environment import ACCOUNT_ID

LARGE = 16 << 20  # bytes; moto has what is far smaller in files, too, see `memory`

_CHUNK = 1 << 20
_PARTITION = "aws"
_PLAIN_QUERY = {"x-id"}  # which some SDKs add, and which asks for nothing
_RANGE = re.compile(r"bytes (\d+)-(\d+)/\d+")

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def get(moto: Application, environ: dict[str, Any], start_response: Any) -> Iterable[bytes] | None:
    """Answer a GET of a large object; None when it is not one, or not one that is found."""
    descriptor = _open(environ)
    if descriptor is None:
        return None
    answered: list[tuple[str, list[tuple[str, str]]]] = []

    def remember(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        answered.append((status, headers))

    head = {**environ, "REQUEST_METHOD": "HEAD"}
    for _ in moto(head, remember):
        pass
    status, headers = answered[0]
    if status[:3] not in {"200", "206"}:
        os.close(descriptor)
        return None
    # In an answer to HEAD, moto names the checksum of parts as if it were that of the whole.
    headers = [item for item in headers if not item[0].lower().startswith("x-amz-checksum")]
    start_response(status, headers)
    named = {name.lower(): value for name, value in headers}
    found = _RANGE.match(named.get("content-range", ""))
    start = int(found[1]) if found else 0
    end = int(found[2]) + 1 if found else os.fstat(descriptor).st_size
    return _read(descriptor, start, end)


def _open(environ: Mapping[str, Any]) -> int | None:
    """A descriptor of its own for the object's file, which may be replaced while it is read."""
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    if environ.get("REQUEST_METHOD") != "GET" or not query.keys() <= _PLAIN_QUERY:
        return None
    path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
    bucket_name, _, key_name = path.lstrip("/").partition("/")
    bucket = s3_backends[ACCOUNT_ID][_PARTITION].buckets.get(bucket_name)
    key: Any = bucket.keys.get(key_name) if bucket is not None else None
    if getattr(key, "contentsize", 0) < LARGE:
        return None
    with key.lock:
        buffer = key._value_buffer  # noqa: SLF001 - moto has no other way to the file
        buffer.flush()
        return os.dup(buffer.fileno())


def _read(descriptor: int, start: int, end: int) -> Iterator[bytes]:
    try:
        while start < end:
            chunk = os.pread(descriptor, min(_CHUNK, end - start), start)
            if not chunk:
                return
            start += len(chunk)
            yield chunk
    finally:
        os.close(descriptor)

"""What the sandbox changes in moto, in one place: its state, and what it gets wrong.

Each change is of one method, holds while a sandbox runs, and says which behaviour of AWS it
restores.
"""

import base64
import copy
import hashlib
import io
import json
import mmap
import re
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from moto import backends
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.events.models import Rule
from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import EntityTooSmall, InvalidPart, MalformedXML
from moto.s3.models import (
    FakeBucket,
    FakeDeleteMarker,
    FakeKey,
    FakeMultipart,
    MultipartChecksumBuilder,
)
from moto.s3.utils import compute_checksum
from moto.sns.models import Subscription, sns_backends
from werkzeug.wsgi import get_input_stream

from sandbox.environment import is_loopback
from sandbox.server import bucket_policy

_SMALLEST_PART = 5 << 20  # bytes that each part of an upload but the last has, as in S3
_PLACEHOLDER = re.compile(r"<([\w-]+)>")
_QUOTE = re.compile(r'(?<!\\)"')
_CHUNK = 1 << 20
_headers: ContextVar[Mapping[str, str]] = ContextVar("headers")
_MODULES = tuple(backends.list_of_moto_modules())


def reset() -> None:
    """Forget everything that moto holds: buckets, roles, tables."""
    BackendDict.reset()
    reset_model_data()


@contextmanager
def corrected() -> Iterator[None]:
    """Within it, moto behaves as AWS does in the points below."""
    with (
        patch.object(FakeBucket, "get_permission", _bucket_permission),
        patch.object(FakeKey, "value", property(_moto_value.fget, _keep)),
        patch.object(FakeMultipart, "complete", _complete),
        patch.object(FakeDeleteMarker, "dispose", _dispose_of_nothing, create=True),
        patch.object(Rule, "send_to_targets", _send_to_targets),
        patch.object(Subscription, "publish", _publish_here),
        # moto lists its own directory for each request, which takes longer than most answers.
        patch.object(backends, "list_of_moto_modules", lambda: _MODULES),
    ):
        yield


@contextmanager
def request(environ: dict[str, Any]) -> Iterator[None]:
    """Around the request that moto answers.

    Bucket policies have conditions on its headers, and a large object that it stores goes to a file.
    """
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    token = _headers.set(headers)
    body = _Joined() if _stores_large(environ, headers) else None
    sent = _sent.set(body)
    try:
        if body is not None:
            body.file.rollover()
            stream = get_input_stream(environ)  # which fails if the client leaves
            while chunk := stream.read(_CHUNK):
                body.append(chunk)
                body.md5.update(chunk)
            environ |= {"wsgi.input": io.BytesIO(), "CONTENT_LENGTH": "0"}
        yield
    finally:
        if body is not None and _sent.get() is body:  # of no object: moto refused it
            body.file.close()
        _sent.reset(sent)
        _headers.reset(token)


def _stores_large(environ: Mapping[str, Any], headers: Mapping[str, str]) -> bool:
    """Tell a PutObject or UploadPart with a large body, of which moto need not see the bytes."""
    algorithm = headers.get("x-amz-sdk-checksum-algorithm", "").lower()
    return (
        environ.get("REQUEST_METHOD") == "PUT"
        and "/s3/" in headers.get("authorization", "")
        and int(environ.get("CONTENT_LENGTH") or 0) > _CHUNK
        and parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True).keys()
        <= {"x-id", "partNumber", "uploadId"}
        and "x-amz-copy-source" not in headers
        and not headers.get("x-amz-content-sha256", "").startswith("STREAMING")
        and (not algorithm or f"x-amz-checksum-{algorithm}" in headers)
    )


def _bucket_permission(bucket: Any, action: str, resource: str) -> Any:
    """S3 evaluates conditions; moto ignores them, and so denies what denies insecure transport."""
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    verdict = bucket_policy.judge(bucket.policy, action, resource, _headers.get({}))
    return PermissionResult[verdict]


class _Joined:
    """A file of what was uploaded, at once or in parts, which moto takes for the bytes in it."""

    def __init__(self) -> None:
        # It is the object's from here on, which closes it.
        self.file = tempfile.SpooledTemporaryFile(_CHUNK)  # noqa: SIM115
        self.size = 0
        self.md5 = hashlib.md5(usedforsecurity=False)

    def __len__(self) -> int:
        return self.size

    def append(self, value: bytes) -> None:
        self.size += self.file.write(value)

    def checksum(self, algorithm: str) -> str:
        self.file.seek(0)
        if algorithm == "CRC32":  # the usual one, of which the file need not be in memory
            value = 0
            while chunk := self.file.read(_CHUNK):
                value = zlib.crc32(chunk, value)
            return base64.b64encode(value.to_bytes(4, "big")).decode()
        if self.size <= _SMALLEST_PART:
            return compute_checksum(self.file.read(), algorithm).decode()
        self.file.flush()
        with mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return compute_checksum(content, algorithm).decode()  # type: ignore[arg-type]


_moto_value: Any = FakeKey.value
# What the request sent, until it is an object's.
_sent: ContextVar[_Joined | None] = ContextVar("sent", default=None)


def _keep(key: Any, value: bytes | _Joined) -> None:
    """What is large is in a file from the start; moto holds all of it in memory first."""
    if (sent := _sent.get()) is not None:
        value, key._etag = sent, sent.md5.hexdigest()  # noqa: SLF001 - moto reads it all again
        _sent.set(None)
    if isinstance(value, _Joined):
        key._value_buffer.close()  # noqa: SLF001 - moto has no other way to the file
        key._value_buffer, key.contentsize = value.file, len(value)  # noqa: SLF001
        return
    if len(value) > key._max_buffer_size:  # noqa: SLF001
        key._value_buffer.rollover()  # noqa: SLF001
    _moto_value.fset(key, value)


def _complete(
    upload: Any, body: Iterator[tuple[int, str]]
) -> tuple[_Joined, str, tuple[str, str, int] | None]:
    """S3 joins an upload's parts wherever it likes; moto does it in memory, three times over."""
    builder = MultipartChecksumBuilder(
        upload.metadata.get("x-amz-checksum-algorithm"), upload.metadata.get("x-amz-checksum-type")
    )
    digests, last = list[bytes](), _SMALLEST_PART
    with ExitStack() as failed:
        whole = _Joined()
        failed.callback(whole.file.close)
        for number, etag in body:
            part = upload.parts.get(number)
            if part is None or part.etag.strip('"') != etag.strip('"'):
                raise InvalidPart
            if last < _SMALLEST_PART:
                raise EntityTooSmall
            value, last = part.value, part.contentsize
            digests.append(bytes.fromhex(part.etag.strip('"')))
            whole.append(value)
            if builder.checksum_type == "COMPOSITE":
                builder.addPart(value)
        if not digests:
            raise MalformedXML
        failed.pop_all()
    checksum = (
        builder.build()
        if builder.checksum_type == "COMPOSITE"
        else (builder.checksum_type, whole.checksum(builder.checksum_algorithm), 1)
    )
    joined = hashlib.md5(b"".join(digests), usedforsecurity=False).hexdigest()
    return whole, f"{joined}-{len(digests)}", checksum


def _dispose_of_nothing(_marker: Any) -> None:
    """A key of which only delete markers are left can be deleted; moto fails on their lack of data."""


_moto_send_to_targets = Rule.send_to_targets
_moto_publish = Subscription.publish


def _send_to_targets(rule: Any, event: dict[str, Any], transform_input: bool = True) -> None:
    """EventBridge delivers to SNS topics; moto raises on them and skips the targets after them."""
    topics = [target for target in rule.targets if target["Arn"].split(":")[2] == "sns"]
    others = copy.copy(rule)
    others.targets = [target for target in rule.targets if target not in topics]
    _moto_send_to_targets(others, event, transform_input)  # type: ignore[arg-type]
    if not rule.event_pattern.matches_event(event):
        return
    for target in topics:
        _, _, _, region, account, _ = target["Arn"].split(":", 5)
        topic = sns_backends[account][region].topics.get(target["Arn"])
        if topic is not None:
            topic.publish(_message(target, event))


def _message(target: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """What a target gets: its own Input, or the event, transformed if it says how."""
    if "Input" in target:
        return str(target["Input"])
    time = datetime.fromtimestamp(float(event["time"]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    whole = {name: value for name, value in event.items() if name != "ingestion-time"}
    whole["time"] = time
    transformer = target.get("InputTransformer")
    if not transformer:
        return json.dumps(whole)
    paths = transformer.get("InputPathsMap") or {}
    values = {name: _at(path, whole) for name, path in paths.items()}
    return _filled(transformer["InputTemplate"], values)


def _at(path: str, event: Any) -> Any:
    """The value at a path such as `$.detail.jobName`; None when there is none."""
    for part in path.removeprefix("$").strip(".").split("."):
        event = event.get(part) if isinstance(event, dict) else None
    return event


def _filled(template: str, values: Mapping[str, Any]) -> str:
    """The template with values for `<name>`: in a string as text, elsewhere as JSON."""

    def value_of(found: re.Match[str]) -> str:
        value = values.get(found[1])
        in_string = len(_QUOTE.findall(template, 0, found.start())) % 2 == 1
        quoted = json.dumps(value)
        if not in_string:
            return quoted
        return quoted[1:-1] if isinstance(value, str) else quoted

    return _PLACEHOLDER.sub(value_of, template)


def _publish_here(subscription: Any, *arguments: Any, **named: Any) -> None:
    """A topic's web subscribers get its messages only on this machine: no call leaves it."""
    web = subscription.protocol in {"http", "https"}
    if web and not is_loopback(urlsplit(subscription.endpoint).hostname or ""):
        return
    _moto_publish(subscription, *arguments, **named)

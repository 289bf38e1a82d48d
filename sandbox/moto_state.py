"""What the sandbox changes in moto, in one place: its state, and what it gets wrong.

Each change is of one method, holds while a sandbox runs, and says which behaviour of AWS it
restores.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from unittest.mock import patch

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, FakeDeleteMarker

from sandbox import bucket_policy

_headers: ContextVar[Mapping[str, str]] = ContextVar("headers")


def reset() -> None:
    """Forget everything that moto holds: buckets, roles, tables."""
    BackendDict.reset()
    reset_model_data()


@contextmanager
def corrected() -> Iterator[None]:
    """Within it, moto behaves as AWS does in the points below."""
    with (
        patch.object(FakeBucket, "get_permission", _bucket_permission),
        patch.object(FakeDeleteMarker, "dispose", _dispose_of_nothing, create=True),
    ):
        yield


@contextmanager
def request(environ: Mapping[str, Any]) -> Iterator[None]:
    """Around the request that moto answers: bucket policies have conditions on its headers."""
    token = _headers.set(
        {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
    )
    try:
        yield
    finally:
        _headers.reset(token)


def _bucket_permission(bucket: Any, action: str, resource: str) -> Any:
    """S3 evaluates conditions; moto ignores them, and so denies what denies insecure transport."""
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    verdict = bucket_policy.judge(bucket.policy, action, resource, _headers.get({}))
    return PermissionResult[verdict]


def _dispose_of_nothing(_marker: Any) -> None:
    """A key of which only delete markers are left can be deleted; moto fails on their lack of data."""

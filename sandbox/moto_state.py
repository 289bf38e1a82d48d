"""What the sandbox changes in moto, in one place."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data


def reset() -> None:
    """Forget everything that moto holds: buckets, roles, tables."""
    BackendDict.reset()
    reset_model_data()


@contextmanager
def request(environ: dict[str, Any]) -> Iterator[None]:
    """Around the request that moto answers."""
    yield

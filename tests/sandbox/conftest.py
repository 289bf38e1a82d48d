"""A running sandbox for the tests of the sandbox."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import environment
from sandbox.server.application import Sandbox

Client = Callable[[str], Any]


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox on a free port, with its environment set for this process and its children."""
    with Sandbox(state_dir=tmp_path / "state") as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    """Makes boto3 clients of that sandbox."""
    return lambda service: environment.client(service, sandbox.endpoint_url)

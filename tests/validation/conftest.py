import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.server.application import Sandbox
from tests import published_shape
from tests.validation.lakehouse import Lakehouse, ToldProcess

GOLDEN = Path(__file__).parent / "rendering" / "golden"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with a file of rendering/golden; RENEW_GOLDENS=1 writes the file instead."""

    def same(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get("RENEW_GOLDENS"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), (
            f"{path} differs: look at the change, then renew it with RENEW_GOLDENS=1"
        )

    return same


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lakehouse]:
    folder = tmp_path_factory.mktemp("lakehouse")
    published_shape.write(folder / "landing", published_shape.SMALL)
    with Sandbox(state_dir=folder / "state", make_process=ToldProcess) as sandbox:
        yield Lakehouse(sandbox, folder / "landing")


@pytest.fixture
def lake(shared: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lakehouse]:
    """A lakehouse of ten customers, and the environment of its sandbox; restored afterwards."""
    for name, value in shared.environment.items():
        monkeypatch.setenv(name, value)
    yield shared
    ToldProcess.failing = {}
    shared.restore()

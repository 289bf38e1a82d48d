import os
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "rendering" / "golden"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compares a text with a file of rendering/golden; RENEW_GOLDENS=1 writes the file instead."""

    def same(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get("RENEW_GOLDENS"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), (
            f"{path} differs: look at the change, then renew it with RENEW_GOLDENS=1"
        )

    return same

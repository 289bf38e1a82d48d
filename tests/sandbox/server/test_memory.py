import ctypes
import subprocess
import sys
from collections.abc import Callable

import pytest

from sandbox.server import memory


class _CLibrary:
    def __init__(self, mallopt: Callable[[int, int], int]) -> None:
        self.mallopt = mallopt


def test_large_buffers_are_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[int, int] = {}

    def mallopt(parameter: int, value: int) -> int:
        asked[parameter] = value
        return 1

    monkeypatch.setattr(ctypes, "CDLL", lambda _name: _CLibrary(mallopt))
    memory.give_back()
    threshold, arenas = -3, -8  # M_MMAP_THRESHOLD and M_ARENA_MAX of malloc.h
    assert asked[threshold] <= 4 << 20  # less than the parts in which most clients upload
    assert asked[arenas] == 2


def test_another_c_library_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    memory.give_back()


def test_a_server_loads_no_pandas() -> None:
    code = (
        "import sys\n"
        "from sandbox.server import memory\n"
        "import sandbox.server.application\n"
        "import pyarrow as pa\n"
        "with memory.without_pandas():\n"
        "    assert pa.scalar(1.5).as_py() == 1.5\n"
        "assert 'pandas' not in sys.modules\n"
        "import pandas\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

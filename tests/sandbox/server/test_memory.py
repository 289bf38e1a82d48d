import ctypes
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

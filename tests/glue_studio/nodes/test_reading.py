import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from glue_studio.nodes.reading import parse_python

DEEP = "f(" * 30 + ")" * 30 + "\n"


@pytest.fixture
def busy_collector() -> Iterator[None]:
    """Lets other threads go on in the middle of C code that makes objects, and often."""

    def switch(_phase: str, _info: dict[str, int]) -> None:
        time.sleep(0)

    before = gc.get_threshold()
    gc.callbacks.append(switch)
    gc.set_threshold(20)
    yield
    gc.set_threshold(*before)
    gc.callbacks.remove(switch)


def test_scripts_are_parsed_in_many_threads(busy_collector: None) -> None:
    with ThreadPoolExecutor(8) as pool:
        trees = list(pool.map(parse_python, [DEEP * 20] * 64))
    assert {len(tree.body) for tree in trees} == {20}

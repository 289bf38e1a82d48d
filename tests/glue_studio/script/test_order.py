"""The order of nodes, proved against a naive java.util.HashMap of its own."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glue_studio.errors import GraphError
from glue_studio.model import Node
from glue_studio.names import hash_order, java_hash
from glue_studio.script.order import script_order


class NaiveHashMap:
    """java.util.HashMap's table, as its source describes it: put, grow, iterate."""

    def __init__(self) -> None:
        self._table: list[list[str]] = [[] for _ in range(16)]
        self._size = 0

    def put(self, key: str) -> None:
        bucket = self._table[self._place(key)]
        if key in bucket:
            return
        bucket.append(key)
        if len(bucket) > 8 and len(self._table) < 64:
            self._grow()
        self._size += 1
        if self._size > 0.75 * len(self._table):
            self._grow()

    def __iter__(self) -> Iterator[str]:
        return iter([key for bucket in self._table for key in bucket])

    def _place(self, key: str) -> int:
        value = 0
        for character in key:  # signed 32-bit arithmetic, one UTF-16 unit a character here
            value = (31 * value + ord(character)) % 2**32
        value ^= value >> 16
        return value % len(self._table)

    def _grow(self) -> None:
        old = self._table
        self._table = [[] for _ in range(2 * len(old))]
        for bucket in old:
            for key in bucket:
                self._table[self._place(key)].append(key)


def naive_order(inputs: dict[str, list[str]], targets: set[str]) -> list[str]:
    """Kahn's algorithm over the map's iteration, by scanning; targets last."""
    table = NaiveHashMap()
    for key in inputs:
        table.put(key)
    keys = list(table)
    missing = {key: len(inputs[key]) for key in keys}
    queue = [key for key in keys if missing[key] == 0]
    done: list[str] = []
    while queue:
        current = queue.pop(0)
        done.append(current)
        for key in keys:
            for source in inputs[key]:
                if source == current:
                    missing[key] -= 1
                    if missing[key] == 0:
                        queue.append(key)
    return [key for key in done if key not in targets] + [key for key in done if key in targets]


def _nodes(inputs: dict[str, list[str]]) -> dict[str, Node]:
    return {key: Node(key, "X", {"Name": "x", "Inputs": value}) for key, value in inputs.items()}


@st.composite
def _graphs(draw: st.DrawFn) -> tuple[dict[str, list[str]], set[str]]:
    size = draw(st.integers(1, 200))
    ids = [f"node-{draw(st.integers(1_600_000_000_000, 1_800_000_000_000))}" for _ in range(size)]
    ids = list(dict.fromkeys(ids))
    random = draw(st.randoms(use_true_random=False))
    inputs = {
        key: random.sample(ids[:place], random.randint(0, min(place, 3)))
        for place, key in enumerate(ids)
    }
    read = {source for sources in inputs.values() for source in sources}
    random.shuffle(ids)
    return {key: inputs[key] for key in ids}, {
        key for key in ids if key not in read and inputs[key]
    }


@settings(max_examples=40, deadline=None)
@given(_graphs())
def test_order_is_that_of_a_naive_hash_map(graph: tuple[dict[str, list[str]], set[str]]) -> None:
    inputs, targets = graph
    assert [node.id for node in script_order(_nodes(inputs), targets)] == naive_order(
        inputs, targets
    )


@pytest.mark.parametrize("size", range(1, 201))
def test_order_of_every_size(size: int) -> None:
    ids = [f"node-{1_700_000_000_000 + 104_729 * number}" for number in range(size)]
    inputs = {
        key: ids[place // 2 : place // 2 + 1] if place else [] for place, key in enumerate(ids)
    }
    assert [node.id for node in script_order(_nodes(inputs), set())] == naive_order(inputs, set())


@given(st.lists(st.text("Aa0B@", min_size=1, max_size=6), unique=True, max_size=40))
def test_colliding_keys_keep_their_order_of_insertion(keys: list[str]) -> None:
    table = NaiveHashMap()
    for key in keys:
        table.put(key)
    assert hash_order(keys) == list(table)


@pytest.mark.parametrize(
    ("text", "value"), [("", 0), ("a", 97), ("Aa", 2112), ("BB", 2112), ("é", 233), ("😀", 1772899)]
)
def test_java_hash(text: str, value: int) -> None:
    # From Java: "Aa" and "BB" collide, and an emoji counts as its two UTF-16 units.
    assert java_hash(text) == value


def test_java_hash_wraps_at_32_bits() -> None:
    text = "node-1775192884026"
    powers = reversed(range(len(text)))
    total = sum(ord(letter) * 31**power for letter, power in zip(text, powers, strict=True))
    assert total > 2**32
    assert java_hash(text) == total % 2**32


def test_a_script_of_glue_studio_has_this_order() -> None:
    """Twelve nodes of a public script of 2026; its queue puts the targets last, in this order."""
    chain = [884026, 1797088, 1930272, 1865095, 3123939, 2846912]  # each reads the one before
    inputs = {chain[0]: [], **{node: [before] for before, node in pairwise(chain)}}
    inputs |= {6193237: [2846912], 7294658: [2846912], 6767396: [6193237], 7657897: [7294658]}
    inputs |= {3388478: [6767396], 3333715: [7657897]}
    name = "node-177519{:07d}".format
    graph = {name(2_000_000 + n): [name(2_000_000 + i) for i in ids] for n, ids in inputs.items()}
    targets = {name(2_000_000 + n) for n in (3388478, 3333715)}
    ordered = [node.id for node in script_order(_nodes(graph), targets)]
    assert ordered == [name(2_000_000 + node) for node in inputs]


def test_an_input_that_does_not_exist_is_named() -> None:
    with pytest.raises(GraphError, match=r"node-1 \(X “x”\): its input node-9 is not in the graph"):
        script_order(_nodes({"node-1": ["node-9"]}), set())


def test_a_circle_is_named() -> None:
    inputs = {"a": [], "b": ["a", "d"], "c": ["b"], "d": ["c"], "e": ["d"]}
    with pytest.raises(GraphError, match="feeds itself") as raised:
        script_order(_nodes(inputs), set())
    assert all(f"{name} →" in str(raised.value) for name in "bcd")


def test_a_circle_of_many_nodes_is_told_in_a_line() -> None:
    ids = [f"n{number}" for number in range(5_000)]
    inputs = {key: [before] for before, key in zip([ids[-1], *ids], ids, strict=False)}
    with pytest.raises(GraphError, match="→ … →") as raised:
        script_order(_nodes(inputs), set())
    assert len(str(raised.value)) < 200


def test_a_node_that_feeds_itself_is_named() -> None:
    with pytest.raises(GraphError, match="a → a"):
        script_order(_nodes({"a": ["a"]}), set())

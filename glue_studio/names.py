"""What Glue Studio makes of names: variables of nodes, and the order of Java's hash map of them."""

import keyword
import re
from collections.abc import Iterable, Mapping

from glue_studio.errors import GraphError
from glue_studio.model import Node

_NON_WORD = re.compile(r"[^A-Za-z0-9_]")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_DEFAULT_CAPACITY = 16
_TREE_BIN = 8  # HashMap.TREEIFY_THRESHOLD
_MIN_TREE_CAPACITY = 64  # below this a crowded bin doubles the table instead


def variable(node: Node) -> str:
    """The variable that holds a node's result, for example `SQLQuery_node1712345678901`.

    Raises:
        GraphError: Python could not read the name that Glue Studio would write.
    """
    name = f"{_NON_WORD.sub('', node.name)}_{node.id.replace('-', '')}"
    if not is_identifier(name):
        raise GraphError(
            f"{node}: Glue Studio would name its variable {name}, which Python cannot read; "
            "start the node's name with a letter.",
            node.id,
            node.type,
        )
    return name


def is_identifier(text: str) -> bool:
    """Whether the text is a Python name that is not a keyword, ASCII only."""
    return bool(_IDENTIFIER.match(text)) and not keyword.iskeyword(text)


def prefix(name: str) -> str:
    """What a node's name gives to its variable, before `_` and the id."""
    return _NON_WORD.sub("", name)


def java_hash(text: str) -> int:
    """`String.hashCode()` as an unsigned 32-bit number: over UTF-16 units, as Java does it."""
    units = text.encode("utf-16-be", "surrogatepass")
    value = 0
    for position in range(0, len(units), 2):
        value = (31 * value + (units[position] << 8) + units[position + 1]) & 0xFFFFFFFF
    return value


def hash_order(keys: Iterable[str]) -> list[str]:
    """The keys in the order in which a HashMap (or HashSet) that they were put into iterates.

    A bin that Java turned into a tree (8 colliding keys in a table of 64 or more) is kept in
    insertion order here; it takes ids made for the purpose to get one.
    """
    spread: dict[str, int] = {}
    capacity = _DEFAULT_CAPACITY
    bins: dict[int, list[str]] = {}
    for key in keys:
        if key in spread:
            continue
        value = java_hash(key)
        spread[key] = value = value ^ (value >> 16)
        chain = bins.setdefault(value & (capacity - 1), [])
        chain.append(key)
        crowded = len(chain) > _TREE_BIN and capacity < _MIN_TREE_CAPACITY
        if crowded:
            capacity *= 2
            bins = _split(spread, capacity)
        if len(spread) > capacity * 3 // 4:
            capacity *= 2
            bins = _split(spread, capacity)
    return [key for index in sorted(bins) for key in bins[index]]


def _split(spread: Mapping[str, int], capacity: int) -> dict[int, list[str]]:
    bins: dict[int, list[str]] = {}
    for key, value in spread.items():  # insertion order, which a resize preserves within a bin
        bins.setdefault(value & (capacity - 1), []).append(key)
    return bins

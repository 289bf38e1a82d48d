"""The order in which Glue Studio writes the nodes of a graph.

Glue keeps the nodes in a `java.util.HashMap` and sorts them with Kahn's algorithm, first in first
out, over that map's own iteration order; then all targets go to the end. So the order depends on
the hash of each node id, and a byte-exact script needs the same hash.
"""

from collections import deque
from collections.abc import Collection, Mapping

from glue_studio.errors import GraphError
from glue_studio.model import Node
from glue_studio.names import hash_order

_SHOWN = 10  # nodes of a circle in an error


def script_order(nodes: Mapping[str, Node], targets: Collection[str]) -> list[Node]:
    """The nodes in the order in which the generated script holds them.

    Args:
        nodes: the graph, in the order of the file.
        targets: ids of the nodes that write, which go last.

    Raises:
        GraphError: an input does not exist, or nodes feed each other in a circle.
    """
    ids = hash_order(nodes)
    waiting: dict[str, int] = {}
    readers: dict[str, list[str]] = {node_id: [] for node_id in ids}
    for node_id in ids:
        node = nodes[node_id]
        waiting[node_id] = len(node.inputs)
        for source in node.inputs:
            if source not in readers:
                raise GraphError(
                    f"{node}: its input {source} is not in the graph; connect it to a node that is.",
                    node.id,
                    node.type,
                )
            readers[source].append(node_id)
    ready = deque(node_id for node_id in ids if not waiting[node_id])
    ordered: list[str] = []
    while ready:
        node_id = ready.popleft()
        ordered.append(node_id)
        for reader in readers[node_id]:
            waiting[reader] -= 1
            if not waiting[reader]:
                ready.append(reader)
    if len(ordered) < len(ids):
        _refuse_cycle(nodes, set(ids) - set(ordered))
    return [nodes[i] for i in ordered if i not in targets] + [
        nodes[i] for i in ordered if i in targets
    ]


def _refuse_cycle(nodes: Mapping[str, Node], stuck: set[str]) -> None:
    """Name one circle: from any stuck node, inputs lead back to a node seen before."""
    place: dict[str, int] = {}
    here = min(stuck)
    while here not in place:
        place[here] = len(place)
        here = next(source for source in nodes[here].inputs if source in stuck)
    circle = list(place)[place[here] :]
    shown = [circle[0], *reversed(circle[1:]), circle[0]]
    if len(shown) > _SHOWN:
        shown[_SHOWN // 2 : -_SHOWN // 2] = ["…"]
    first = nodes[circle[0]]
    raise GraphError(
        f"{first}: it feeds itself, through {' → '.join(shown)}; a graph has no circles.",
        first.id,
        first.type,
    )

"""The graph itself: circles, inputs, nodes without a reader, collections and frames."""

from collections.abc import Iterator

from glue_studio.check.context import Context, is_source, is_target
from glue_studio.check.findings import Finding
from glue_studio.model import Node
from glue_studio.nodes import kind_of

_SELECT = "SelectFromCollection"


def find(context: Context) -> Iterator[Finding]:
    """Every finding about the graph's form."""
    yield from _inputs(context)
    yield from _circles(context)
    yield from _loose_ends(context)
    yield from _collections(context)
    yield from _class_names(context)


def _inputs(context: Context) -> Iterator[Finding]:
    for node in context.nodes.values():
        for source in node.inputs:
            if source not in context.nodes:
                yield Finding(
                    "GS102",
                    f"It reads {source}, and there is no such node.",
                    "Connect it to a node of the graph, or remove the input.",
                    node,
                )
        if not is_source(node) and node.settings.get("Inputs") is None:
            yield Finding("GS103", "It has no input.", "Connect it to a node that it reads.", node)


def _circles(context: Context) -> Iterator[Finding]:
    ordered = {node.id for node in context.order}
    waiting = {node_id for node_id in context.nodes if node_id not in ordered}
    told: set[str] = set()
    for start in context.nodes:
        if start in waiting and start not in told:
            circle = _circle(context, start, waiting)
            if circle and not told & set(circle):
                names = " → ".join([*(context.nodes[node_id].name for node_id in circle), ""])
                yield Finding(
                    "GS101",
                    f"These nodes read each other in a circle: {names}{context.nodes[circle[0]].name}.",
                    "Remove one of the connections.",
                    context.nodes[circle[0]],
                )
            told |= set(circle)


def _circle(context: Context, start: str, waiting: set[str]) -> list[str]:
    """A circle that is reached from a node against the flow, in the flow's direction."""
    path: list[str] = []
    seen: dict[str, int] = {}
    current = start
    while current not in seen:
        seen[current] = len(path)
        path.append(current)
        upstream = [source for source in context.nodes[current].inputs if source in waiting]
        if not upstream:  # behind a missing input, not in a circle
            return []
        current = upstream[0]
    return path[seen[current] :][::-1]


def _loose_ends(context: Context) -> Iterator[Finding]:
    nodes = context.nodes.values()
    for node in nodes:
        if context.readers[node.id] or is_target(node) or kind_of(node).acts:
            continue
        yield Finding(
            "GS104",
            "No node reads it, so what it computes is lost.",
            "Connect it to the node that needs it, or remove it.",
            node,
        )
    if nodes and not any(is_target(node) or kind_of(node).acts for node in nodes):
        yield Finding(
            "GS105", "The graph has no target, so a run leaves nothing.", "Add a target node."
        )


def _collections(context: Context) -> Iterator[Finding]:
    for node in context.nodes.values():
        for source in (context.nodes[item] for item in node.inputs if item in context.nodes):
            gives_collection = kind_of(source).collection
            if gives_collection and node.type != _SELECT:
                yield Finding(
                    "GS106",
                    f"“{source.name}” ({source.type}) gives a collection of frames, not a frame.",
                    "Put a Select From Collection node between the two.",
                    node,
                )
            elif node.type == _SELECT and not gives_collection:
                yield Finding(
                    "GS107",
                    f"“{source.name}” ({source.type}) gives a frame, not a collection.",
                    "Remove this node and read the frame itself.",
                    node,
                )
            elif node.type == _SELECT:
                yield from _member(node, source)


def _member(node: Node, source: Node) -> Iterator[Finding]:
    named = kind_of(source).members
    if named is None:
        return
    members, index = named(source), node.settings.get("Index")
    if isinstance(index, int) and not 0 <= index < len(members):
        listed = ", ".join(f"{number} {name}" for number, name in enumerate(members))
        yield Finding(
            "GS108",
            f"It picks member {index} of “{source.name}”, which has {listed}.",
            "Pick one of those.",
            node,
        )
    elif node.name not in members:
        yield Finding(
            "GS110",
            f"Its script picks by the node's name, and “{source.name}” has no {node.name}.",
            f"Name the node after what it picks: {', '.join(members)}.",
            node,
        )


def _class_names(context: Context) -> Iterator[Finding]:
    owners: dict[str, Node] = {}
    for node in context.nodes.values():
        name = node.settings.get("ClassName")
        if node.type != "CustomCode" or not isinstance(name, str):
            continue
        owner = owners.setdefault(name, node)
        if owner.settings.get("Code") != node.settings.get("Code"):
            yield Finding(
                "GS109",
                f"Its function {name} is also that of “{owner.name}” ({owner.id}); "
                "both nodes would run this one.",
                "Give it a function name of its own.",
                node,
            )

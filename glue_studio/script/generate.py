"""From a graph to the script that Glue Studio would write for it."""

from collections.abc import Iterable, Iterator, Mapping

from glue_studio.errors import GraphError
from glue_studio.model import Job, Layout, Node
from glue_studio.names import hash_order, variable
from glue_studio.nodes import Role, Scope, kind_of
from glue_studio.script.header import header
from glue_studio.script.order import script_order


def generate_script(source: Job | Mapping[str, Node]) -> str:
    """The script of a visual job, byte for byte as the newest Glue Studio writes it.

    SQL queries are numbered from 0, since Glue numbers them with a counter of its own; a
    recovered job has the numbers of its script.

    Raises:
        GraphError: a node cannot be written; the message names it and its type.
        UnsupportedNodeError: the text for a node's type is not known.
    """
    nodes, layout = _graph_of(source)
    if not nodes:
        raise GraphError("The job has no visual graph, so there is no script to generate from it.")
    ordered, scope = _laid_out(nodes, layout)
    texts = [(node, kind_of(node).text(node, scope)) for node in ordered]
    parts = [header(texts, list(nodes), layout)]
    for node, text in texts:
        parts.append(f"# Script generated for node {node.name}\n{text.body}\n")
        if text.blank_after:
            parts.append("\n")
    parts.append("job.commit()")
    return "".join(parts)


def problems(source: Job | Mapping[str, Node]) -> Iterator[GraphError]:
    """Every reason why no script can be generated from a graph, each as the error of its node."""
    nodes, layout = _graph_of(source)
    found: GraphError | None = None
    try:
        ordered, scope = _laid_out(nodes, layout)
    except GraphError as error:
        found = error
        yield error
        ordered = [node for node in nodes.values() if kind_of(node).emit is None]
        scope = Scope(nodes, {})
    for node in ordered:
        try:
            kind_of(node).text(node, scope)
        except GraphError as error:
            if found is None or found.node_id != node.id:
                yield error


def variables(nodes: Iterable[Node]) -> dict[str, str]:
    """Node id to variable.

    Raises:
        GraphError: two nodes would have the same variable, or Python could not read one.
    """
    owners: dict[str, Node] = {}
    for node in nodes:
        name = variable(node)
        if name in owners:
            raise GraphError(
                f"{node}: its variable {name} is also that of {owners[name]}; rename one.",
                node.id,
                node.type,
            )
        owners[name] = node
    return {node.id: name for name, node in owners.items()}


def _graph_of(source: Job | Mapping[str, Node]) -> tuple[Mapping[str, Node], Layout]:
    if isinstance(source, Job):
        return source.nodes, source.layout or Layout()
    return source, Layout()


def _laid_out(nodes: Mapping[str, Node], layout: Layout) -> tuple[list[Node], Scope]:
    """The nodes in the order of the script, and what each may know while its text is written."""
    targets = {node.id for node in nodes.values() if kind_of(node).role is Role.TARGET}
    ordered = _as_in_script(nodes, layout) or script_order(nodes, targets)
    return ordered, Scope(nodes, variables(ordered), _sql_numbers(nodes, layout))


def _as_in_script(nodes: Mapping[str, Node], layout: Layout) -> list[Node]:
    """The nodes in the order of the script that they were recovered from, if that still fits."""
    seen: set[str] = set()
    for node_id in layout.nodes:
        if node_id not in nodes or not seen.issuperset(nodes[node_id].inputs):
            return []
        seen.add(node_id)
    return [nodes[node_id] for node_id in layout.nodes] if len(seen) == len(nodes) else []


def _sql_numbers(nodes: Mapping[str, Node], layout: Layout) -> dict[str, int]:
    """The numbers of the queries, which Glue counts in the order of its map of nodes."""
    queries = [node_id for node_id in hash_order(nodes) if nodes[node_id].type == "SparkSQL"]
    if set(layout.sql_numbers) == set(queries):
        return dict(layout.sql_numbers)
    return {node_id: number for number, node_id in enumerate(queries)}

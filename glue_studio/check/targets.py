"""What is read and written outside of the graph: twice, again on every run, or without permission."""

from collections.abc import Iterator

from glue_studio.access import table_of
from glue_studio.check.context import Context, is_target
from glue_studio.check.findings import Finding
from glue_studio.model import Node, section
from glue_studio.nodes import kind_of

_CLEARING = ("purge_table(", "purge_s3_path(", "delete_objects(", "overwrite", "TRUNCATE")


def find(context: Context) -> Iterator[Finding]:
    """Every finding about targets, S3 sources and permissions."""
    yield from _twice(context)
    yield from _appending(context)
    yield from _around_the_catalog(context)
    yield from _without_permissions(context)


def place_of(node: Node) -> str | None:
    """What a target writes: `database.table`, or its S3 folder."""
    path = node.settings.get("Path")
    if isinstance(path, str) and path:
        return folder(path)
    table = table_of(node)
    return str(table).lower() if table else None


def folder(path: str) -> str:
    """An S3 folder in one spelling, however it was written."""
    scheme, found, rest = path.partition("://")
    return (f"s3://{rest}" if found and scheme in ("s3", "s3a", "s3n") else path).rstrip("/") + "/"


def _twice(context: Context) -> Iterator[Finding]:
    owners: dict[str, Node] = {}
    for node in context.nodes.values():
        place = place_of(node) if is_target(node) else None
        if place is None:
            continue
        if place in context.written:
            jobs = ", ".join(context.written[place])
            verb = "do the jobs" if len(context.written[place]) > 1 else "does the job"
            yield Finding(
                "GS404",
                f"It writes {place}, and so {verb} {jobs}.",
                "Let one job own the table, or be sure that neither empties it and name it in the "
                "deployment's shared_targets.",
                node,
            )
        owner = owners.setdefault(place, node)
        if owner is not node:
            yield Finding(
                "GS405" if table_of(node) is None and table_of(owner) is None else "GS401",
                f"It writes {place}, and so does “{owner.name}” ({owner.id}).",
                "Write it once: unite the two flows before one target, or choose another place.",
                node,
            )


def _appending(context: Context) -> Iterator[Finding]:
    arguments = section(context.job.settings, "DefaultArguments")
    if arguments.get("--job-bookmark-option") == "job-bookmark-enable":
        return  # each run then reads only what is new
    for node in context.nodes.values():
        if kind_of(node).appends and not _cleared(node, context):
            yield Finding(
                "GS403",
                f"Every run adds all rows to {place_of(node) or 'its target'} again.",
                "Enable job bookmarks, or empty the target first in a custom transform "
                "(glueContext.purge_table or purge_s3_path).",
                node,
            )


def _cleared(node: Node, context: Context) -> bool:
    """Whether some custom code above a target empties something."""
    seen = {node.id}
    waiting = list(node.inputs)
    while waiting:
        node_id = waiting.pop()
        if node_id in seen or node_id not in context.nodes:
            continue
        seen.add(node_id)
        above = context.nodes[node_id]
        code = str(above.settings.get("Code", "")) if above.type == "CustomCode" else ""
        if any(word in code for word in _CLEARING):
            return True
        waiting += above.inputs
    return False


def _without_permissions(context: Context) -> Iterator[Finding]:
    for node in context.nodes.values():
        for what in kind_of(node).access(node).unknown:
            yield Finding(
                "GS406",
                f"No permission follows from the graph for {what}.",
                "Use a Data Catalog source or target on S3, or give the job's role the permission "
                "in the deployment (extra_policy_arns), which refuses the job else.",
                node,
            )


def _around_the_catalog(context: Context) -> Iterator[Finding]:
    by_name = {table.table.lower(): table for table in context.catalogued}
    for node in context.nodes.values():
        for path in kind_of(node).access(node).paths_read:
            place = folder(path)
            table = context.table_folders.get(place) or by_name.get(
                place.rstrip("/").rsplit("/", 1)[-1].lower()
            )
            if table is not None:
                yield Finding(
                    "GS402",
                    f"It reads {place}, where the table {table} has its files.",
                    "Read the table with a Data Catalog source, so that its schema holds and the "
                    "order of jobs shows.",
                    node,
                )

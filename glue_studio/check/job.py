"""The job as a whole: what belongs to one account, and whether a script can be generated."""

from collections.abc import Iterator
from dataclasses import replace

from glue_studio.check.context import Context
from glue_studio.check.findings import Finding
from glue_studio.errors import GraphError, UnsupportedNodeError
from glue_studio.lifecycle.importing import account_names, clean
from glue_studio.model import section
from glue_studio.nodes import kind_of
from glue_studio.script.generate import problems


def find(context: Context) -> Iterator[Finding]:
    """Every finding about what belongs to one account, streams, and generating a script."""
    yield from _environment(context)
    yield from _streaming(context)
    yield from _generation(context)


def _generation(context: Context) -> Iterator[Finding]:
    """One finding about the job's mode, and one a node of which no text can be generated."""
    if not context.nodes:
        yield Finding(
            "GS005",
            "The job has no visual graph.",
            "Rebuild one from its script with `recover`, or leave the job out of this project.",
        )
        return
    if context.job.settings.get("JobMode", "VISUAL") != "VISUAL":
        yield Finding(
            "GS005",
            f"Its JobMode is {context.job.settings['JobMode']}: what runs is a script, and the "
            "graph may be older than it.",
            "Rebuild the graph with `recover`, or set JobMode to VISUAL to run the graph.",
        )
    if len(context.order) < len(context.nodes):
        return  # told as a circle or a missing input
    for problem in problems(context.job):
        node = context.nodes.get(problem.node_id)
        if isinstance(problem, UnsupportedNodeError):
            remedy = "Publish it all the same; its script is then not compared."
            yield Finding("GS006", _reason(problem, context), remedy, node)
        else:
            yield Finding("GS007", _reason(problem, context), "Correct the node.", node)


def _streaming(context: Context) -> Iterator[Finding]:
    """At most one finding: about the first source that never ends, or about the job."""
    streams = [node for node in context.nodes.values() if kind_of(node).streams]
    command = section(context.job.settings, "Command").get("Name")
    if streams or command == "gluestreaming":
        yield Finding(
            "GS008",
            "The job reads a stream, so it never ends, and no job of a workflow comes after it.",
            "Deploy it apart from the pipeline, which refuses it.",
            streams[0] if streams else None,
        )


def _reason(error: GraphError, context: Context) -> str:
    """The error as a sentence, without the node that the finding names already."""
    text = str(error).removeprefix(f"{context.nodes.get(error.node_id)}: ").rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def _environment(context: Context) -> Iterator[Finding]:
    """One finding about the job's settings, and one a node that names an account."""
    cleaned = clean(replace(context.job, nodes={}))  # nodes are told one by one below
    if cleaned.removed:
        paths = ", ".join(removal.path for removal in cleaned.removed)
        yield Finding(
            "GS004",
            f"The file names what belongs to one account, to the deployment or to Glue: {paths}.",
            "Run `import` on the file, which takes it out.",
        )
    for node in context.nodes.values():
        for named in account_names(node):
            yield Finding(
                "GS004",
                f"{named}.",
                "Name a table of the Data Catalog, or pass the place as a job argument.",
                node,
            )

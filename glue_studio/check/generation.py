"""Whether a script can be generated, and whether the job is a visual one."""

from collections.abc import Iterator

from glue_studio.check.context import Context
from glue_studio.check.findings import Finding
from glue_studio.errors import GlueStudioError, GraphError, UnsupportedNodeError
from glue_studio.script.generate import generate_script


def find(context: Context) -> Iterator[Finding]:
    """At most one finding about generating, and one about the job's mode."""
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
    try:
        generate_script(context.job)
    except UnsupportedNodeError as error:
        yield Finding(
            "GS006",
            _reason(error, context),
            "Publish it all the same; its script is then not compared.",
            context.nodes.get(error.node_id),
        )
    except GraphError as error:
        yield Finding(
            "GS007",
            _reason(error, context),
            "Correct the node.",
            context.nodes.get(error.node_id),
        )
    except GlueStudioError as error:
        yield Finding("GS007", str(error).rstrip(".") + ".", "Correct the graph.")


def _reason(error: GraphError, context: Context) -> str:
    """The error as a sentence, without the node that the finding names already."""
    text = str(error).removeprefix(f"{context.nodes.get(error.node_id)}: ").rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."

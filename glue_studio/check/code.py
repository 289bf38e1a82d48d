"""Custom code: read as Python, never run."""

from collections.abc import Iterator

from glue_studio.check.context import Context
from glue_studio.check.findings import Finding
from glue_studio.model import Node, section
from glue_studio.nodes.custom import definition_text
from glue_studio.nodes.reading import parse_python


def find(context: Context) -> Iterator[Finding]:
    """Every finding about custom code and custom visual transforms."""
    for node in context.nodes.values():
        if node.type == "CustomCode":
            yield from _syntax(node)
        elif node.type == "DynamicTransform":
            yield from _file(node, context)


def _syntax(node: Node) -> Iterator[Finding]:
    code = str(node.settings.get("Code", ""))
    try:
        parse_python(definition_text("transform", code))
    except SyntaxError as error:
        line = max((error.lineno or 1) - 1, 1)
        yield Finding(
            "GS601",
            f"Line {line} of its code is not Python: {error.msg}.",
            "Correct the code; it is the body of a function.",
            node,
            line,
        )
    except (ValueError, RecursionError, MemoryError) as error:
        yield Finding("GS601", f"Its code is not Python: {error}.", "Correct the code.", node)


def _file(node: Node, context: Context) -> Iterator[Finding]:
    path = str(node.settings.get("Path", ""))
    arguments = section(context.job.settings, "DefaultArguments")
    loaded = [item.strip() for item in str(arguments.get("--extra-py-files", "")).split(",")]
    if path and path not in loaded:
        yield Finding(
            "GS602",
            f"Its file {path} is not among the job's --extra-py-files.",
            "Add it to DefaultArguments, or the run ends with an import error.",
            node,
        )

"""Custom Transform: code by definition, which Glue Studio puts into the script as it is."""

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.values import identifier, quoted, refuse, text


def _emit(node: Node, scope: Scope) -> Text:
    variable, name = scope.variable(node), identifier(node, "ClassName")
    if not node.inputs:
        raise refuse(node, "it has no input.")
    frames = [scope.variables[source] for source in node.inputs]
    collection = ", ".join(f"{quoted(frame)}: {frame}" for frame in frames)
    return Text(
        f"{variable} = {name}(glueContext, DynamicFrameCollection({{{collection}}}, glueContext))",
        imports=("from awsglue.dynamicframe import DynamicFrameCollection",),
        definition=(
            f"def {name}(glueContext, dfc) -> DynamicFrameCollection:\n{text(node, 'Code')}"
        ),
    )


KINDS = (Kind("CustomCode", _emit),)

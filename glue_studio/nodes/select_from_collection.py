"""Select From Collection."""

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.values import integer, quoted

QUALITY_KEYS = ("originalData", "ruleOutcomes", "rowLevelOutcomes")


def _emit(node: Node, scope: Scope) -> Text:
    variable, source = scope.variable(node), scope.source(node)
    index = integer(node, "Index")
    if source.type == "EvaluateDataQualityMultiFrame" and node.name in QUALITY_KEYS:
        key = quoted(node.name)
    else:
        key = f"list({scope.frame(node)}.keys())[{index}]"
    return Text(
        f"{variable} = SelectFromCollection.apply(dfc={scope.frame(node)}, key={key}, "
        f"transformation_ctx={quoted(variable)})"
    )


KINDS = (Kind("SelectFromCollection", _emit),)

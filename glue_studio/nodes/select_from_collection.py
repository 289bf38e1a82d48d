"""Select From Collection: one frame of several."""

import ast
from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.reading import Block, Unread, dotted_name
from glue_studio.nodes.values import integer, quoted

# Their collections have names, and the node is named after the frame that it takes.
_NAMED = ("EvaluateDataQualityMultiFrame", "Route")
_QUALITY_KEYS = ("originalData", "ruleOutcomes", "rowLevelOutcomes")


def _emit(node: Node, scope: Scope) -> Text:
    variable, source, frame = scope.variable(node), scope.source(node), scope.frame(node)
    if source.type in _NAMED:
        key = quoted(node, "Name", node.name)
    else:
        key = f"list({frame}.keys())[{integer(node, 'Index', 0)}]"
    return Text(
        f"{variable} = SelectFromCollection.apply(dfc={frame}, key={key}, "
        f'transformation_ctx="{variable}")'
    )


def _recognise(block: Block) -> dict[str, Any]:
    call = block.first_call.expect("SelectFromCollection.apply")
    source = block.node(call.keywords.get("dfc"))
    key = call.keywords.get("key")
    if source.type in _NAMED:
        return {"Inputs": [source.id], "Index": _index_of(source, block.raw(key))}
    if not isinstance(key, ast.Subscript) or not isinstance(key.slice, ast.Constant):
        raise Unread
    keys = block.call(key.value).expect("list")
    if not dotted_name(block.call(keys.argument(0)).function).endswith(".keys"):
        raise Unread
    index = key.slice.value
    if not isinstance(index, int):
        raise Unread
    return {"Inputs": [source.id], "Index": index}


def _index_of(source: Node, key: str) -> int:
    """Where a named frame stands in its collection; the script shows the name alone."""
    names = list(_QUALITY_KEYS)
    if source.type == "Route":
        names = [str(group["GroupName"]) for group in source.settings["GroupFiltersList"]]
    return names.index(key) if key in names else 0


KINDS = (Kind("SelectFromCollection", _emit, _recognise),)

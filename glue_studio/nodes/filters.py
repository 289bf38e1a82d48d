"""Filter, and Conditional Router, which is called Route."""

from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Helper, Kind, Scope, Text
from glue_studio.nodes.conditions import condition_text, read_conditions
from glue_studio.nodes.reading import Block, elements
from glue_studio.nodes.values import entries, member, quoted, refuse, text

_IMPORT = "import re"

HELPER = Helper(
    "threadedRoute",
    """\
class GroupFilter:
      def __init__(self, name, filters):
        self.name = name
        self.filters = filters

def apply_group_filter(source_DyF, group):
    return(Filter.apply(frame = source_DyF, f = group.filters))

def threadedRoute(glue_ctx, source_DyF, group_filters) -> DynamicFrameCollection:
    dynamic_frames = {}
    with concurrent.futures.ThreadPoolExecutor(max_workers=5) as executor:
        future_to_filter = {executor.submit(apply_group_filter, source_DyF, gf): gf for gf in group_filters}
        for future in concurrent.futures.as_completed(future_to_filter):
            gf = future_to_filter[future]
            if future.exception() is not None:
                print('%r generated an exception: %s' % (gf, future.exception()))
            else:
                dynamic_frames[gf.name] = future.result()
    return DynamicFrameCollection(dynamic_frames, glue_ctx)""",
    place=1,
    blank_after=True,
)


def _emit_filter(node: Node, scope: Scope) -> Text:
    variable = scope.variable(node)
    condition = condition_text(node, node.settings.get("Filters"), text(node, "LogicalOperator"))
    return Text(
        f"{variable} = Filter.apply(frame={scope.frame(node)}, f=lambda row: {condition}, "
        f'transformation_ctx="{variable}")',
        imports=(_IMPORT,),
    )


def _recognise_filter(block: Block) -> dict[str, Any]:
    call = block.first_call.expect("Filter.apply")
    return {
        "Inputs": [call.input("frame")],
        **read_conditions(block, call.keywords.get("f")),
    }


def _emit_route(node: Node, scope: Scope) -> Text:
    key = "GroupFiltersList"
    groups = []
    for group in entries(node, key):
        name = quoted(node, key, member(node, key, group, "GroupName"))
        operator = member(node, key, group, "LogicalOperator")
        condition = condition_text(node, group.get("Filters"), operator)
        groups.append(f"GroupFilter(name = {name}, filters = lambda row: {condition})")
    if not groups:
        raise refuse(node, "it has no group.")
    variable = scope.variable(node)
    return Text(
        f"{variable} = threadedRoute(glueContext,\n"
        f"  source_DyF = {scope.frame(node)},\n"
        f"  group_filters = [{', '.join(groups)}])",
        imports=(
            "from awsglue.dynamicframe import DynamicFrameCollection",
            "import concurrent.futures",
            _IMPORT,
        ),
        helper=HELPER,
    )


def _recognise_route(block: Block) -> dict[str, Any]:
    call = block.first_call.expect("threadedRoute")
    groups = []
    for item in elements(call.keywords.get("group_filters")):
        group = block.call(item).expect("GroupFilter")
        groups.append(
            {
                "GroupName": group.raw("name"),
                **read_conditions(block, group.keywords.get("filters")),
            }
        )
    return {"Inputs": [call.input("source_DyF")], "GroupFiltersList": groups}


KINDS = (
    Kind("Filter", _emit_filter, _recognise_filter),
    Kind("Route", _emit_route, _recognise_route),
)

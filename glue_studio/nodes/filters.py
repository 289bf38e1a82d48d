"""Filter, and Conditional Router, which is called Route: conditions on rows."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from glue_studio.model import Node, head, objects_at
from glue_studio.nodes.kind import Helper, Kind, Scope, Text, same_columns
from glue_studio.nodes.reading import Block, Unread, elements_of
from glue_studio.nodes.settings import (
    entries,
    member,
    not_known,
    objects,
    quoted,
    refuse,
    strings,
    text,
)

_IMPORT = "import re"

_OPERATORS = {"EQ": "==", "LT": "<", "GT": ">", "LTE": "<=", "GTE": ">="}
_SYNTAX: dict[type[ast.cmpop], str] = {
    ast.Eq: "EQ",
    ast.Lt: "LT",
    ast.Gt: "GT",
    ast.LtE: "LTE",
    ast.GtE: "GTE",
}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z")
_SIDES = 2

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
    condition = _condition_text(node, node.settings.get("Filters"), text(node, "LogicalOperator"))
    return Text(
        f"{variable} = Filter.apply(frame={scope.frame(node)}, f=lambda row: {condition}, "
        f'transformation_ctx="{variable}")',
        imports=(_IMPORT,),
    )


def _recognise_filter(block: Block) -> dict[str, Any]:
    call = block.first_call.expect("Filter.apply")
    return {
        "Inputs": [call.input("frame")],
        **_read_conditions(block, call.keywords.get("f")),
    }


def _emit_route(node: Node, scope: Scope) -> Text:
    key = "GroupFiltersList"
    groups = []
    for group in entries(node, key):
        name = quoted(node, key, member(node, key, group, "GroupName"))
        operator = member(node, key, group, "LogicalOperator")
        condition = _condition_text(node, group.get("Filters"), operator)
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
    for item in elements_of(call.keywords.get("group_filters")):
        group = block.call(item).expect("GroupFilter")
        groups.append(
            {
                "GroupName": group.raw("name"),
                **_read_conditions(block, group.keywords.get("filters")),
            }
        )
    return {"Inputs": [call.input("source_DyF")], "GroupFiltersList": groups}


def _condition_text(node: Node, filters: Any, operator: str) -> str:
    """What stands after `lambda row:`, in its parentheses.

    Args:
        node: the node, for errors.
        filters: the API's list of FilterExpression.
        operator: `AND` or `OR`.
    """
    parts = [_one(node, entry) for entry in objects(node, "Filters", filters)]
    if not parts:
        raise refuse(node, "it has no condition.")
    if operator not in {"AND", "OR"}:
        raise refuse(node, f"its LogicalOperator {operator!r} is neither AND nor OR.")
    return f"({f' {operator.lower()} '.join(parts)})"


def _read_conditions(block: Block, function: ast.expr | None) -> dict[str, Any]:
    """LogicalOperator and Filters of a `lambda row: …`, the inverse of `_condition_text`."""
    if not isinstance(function, ast.Lambda) or [arg.arg for arg in function.args.args] != ["row"]:
        raise Unread
    body = function.body
    operator, parts = "AND", [body]
    if isinstance(body, ast.BoolOp):
        operator, parts = "AND" if isinstance(body.op, ast.And) else "OR", body.values
    return {"LogicalOperator": operator, "Filters": [_read_one(block, part) for part in parts]}


def _one(node: Node, entry: Mapping[str, Any]) -> str:
    operation = member(node, "Filters", entry, "Operation")
    values = objects(node, "Filters.Values", entry.get("Values"))
    if operation == "REGEX":
        text = f"bool(re.match({_pattern(node, values)}, {_column_of(node, values)}))"
    elif operation in _OPERATORS:
        if len(values) != _SIDES:
            raise refuse(node, f"a condition {operation} compares two values.")
        left, right = (_value(node, value) for value in values)
        text = f"{left} {_OPERATORS[operation]} {right}"
    else:
        raise not_known(node, f"for the operation {operation!r}")
    return f"not({text})" if entry.get("Negated") else text


def _value(node: Node, value: Mapping[str, Any]) -> str:
    kind = member(node, "Filters.Values", value, "Type")
    parts = strings(node, "Filters.Values.Value", value.get("Value"))
    if kind == "COLUMNEXTRACTED" and parts:
        return "row" + "".join(f"[{quoted(node, 'Filters.Values', part)}]" for part in parts)
    if kind == "CONSTANT" and len(parts) == 1:
        constant = parts[0]
        return constant if _NUMBER.match(constant) else quoted(node, "Filters.Values", constant)
    raise refuse(node, f"a condition has a value of type {kind!r} with {len(parts)} parts.")


def _pattern(node: Node, values: list[Mapping[str, Any]]) -> str:
    for value in values:
        if value.get("Type") == "CONSTANT":
            parts = strings(node, "Filters.Values.Value", value.get("Value"))
            if len(parts) == 1:
                return quoted(node, "Filters.Values", parts[0])
    raise refuse(node, "a condition REGEX has no pattern.")


def _column_of(node: Node, values: list[Mapping[str, Any]]) -> str:
    for value in values:
        if value.get("Type") == "COLUMNEXTRACTED":
            return _value(node, value)
    raise refuse(node, "a condition REGEX has no column.")


def _read_one(block: Block, expression: ast.expr) -> dict[str, Any]:
    if isinstance(expression, ast.UnaryOp) and isinstance(expression.op, ast.Not):
        return {**_read_one(block, expression.operand), "Negated": True}
    if isinstance(expression, ast.Compare) and len(expression.ops) == 1:
        operation = _SYNTAX.get(type(expression.ops[0]))
        if operation is None:
            raise Unread
        sides = (expression.left, expression.comparators[0])
        return {
            "Operation": operation,
            "Negated": False,
            "Values": [_read_value(block, side) for side in sides],
        }
    outer = block.call(expression).expect("bool")
    match = block.call(outer.argument(0)).expect("re.match")
    return {
        "Operation": "REGEX",
        "Negated": False,
        "Values": [
            _read_value(block, match.argument(1)),
            {"Type": "CONSTANT", "Value": [block.raw(match.argument(0))]},
        ],
    }


def _read_value(block: Block, expression: ast.expr) -> dict[str, Any]:
    path: list[str] = []
    inner = expression
    while isinstance(inner, ast.Subscript):
        path.insert(0, block.raw(inner.slice))
        inner = inner.value
    if path and isinstance(inner, ast.Name) and inner.id == "row":
        return {"Type": "COLUMNEXTRACTED", "Value": path}
    shown = block.source.segment(expression)
    if not _NUMBER.match(shown):
        shown = block.raw(expression)
    return {"Type": "CONSTANT", "Value": [shown]}


def _compared(settings: Mapping[str, Any]) -> Iterator[str]:
    """The columns that conditions are about."""
    for value in objects_at(settings, "Filters[].Values[]"):
        if value.get("Type") == "COLUMNEXTRACTED" and value.get("Value"):
            yield head(value["Value"])


def _compared_in_groups(settings: Mapping[str, Any]) -> Iterator[str]:
    for group in objects_at(settings, "GroupFiltersList[]"):
        yield from _compared(group)


def _groups(node: Node) -> tuple[str, ...]:
    groups = objects_at(node.settings, "GroupFiltersList[]")
    return (*(str(group.get("GroupName")) for group in groups), "default_group")


KINDS = (
    Kind(
        "Filter",
        emit=_emit_filter,
        recognise=_recognise_filter,
        uses=_compared,
        columns=same_columns,
    ),
    Kind(
        "Route",
        emit=_emit_route,
        recognise=_recognise_route,
        collection=True,
        members=_groups,
        uses=_compared_in_groups,
    ),
)

"""The conditions on rows that Filter and Route share."""

import ast
import re
from collections.abc import Mapping
from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.reading import Block, Unread
from glue_studio.nodes.values import member, objects, quoted, refuse, strings

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


def condition_text(node: Node, filters: Any, operator: str) -> str:
    """What stands after `lambda row:`, in its parentheses.

    Args:
        node: The node, for errors.
        filters: The API's list of FilterExpression.
        operator: `AND` or `OR`.
    """
    parts = [_one(node, entry) for entry in objects(node, "Filters", filters)]
    if not parts:
        raise refuse(node, "it has no condition.")
    if operator not in {"AND", "OR"}:
        raise refuse(node, f"its LogicalOperator {operator!r} is neither AND nor OR.")
    return f"({f' {operator.lower()} '.join(parts)})"


def read_conditions(block: Block, function: ast.expr | None) -> dict[str, Any]:
    """LogicalOperator and Filters of a `lambda row: …`, the inverse of `condition_text`."""
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
        raise refuse(
            node,
            f"the text that Glue Studio writes for the operation {operation!r} is not known.",
        )
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

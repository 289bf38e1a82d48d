"""Join: of dynamic frames where keys are equal, of data frames for every other kind."""

import ast
from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.paths import checked_path, path_segments, quoted_paths
from glue_studio.nodes.reading import Block, Unread
from glue_studio.nodes.values import entries, quoted, refuse, text

_DATA_FRAME_JOINS = ("left", "right", "outer", "leftsemi", "leftanti")
_SIDES = 2


def _emit(node: Node, scope: Scope) -> Text:
    scope.frames(node, _SIDES)
    sides = entries(node, "Columns")
    if len(sides) != _SIDES:
        raise refuse(node, "its Columns are not those of two inputs.")
    for side in sides:
        if side.get("From") not in node.inputs:
            raise refuse(node, f"its Columns.From {side.get('From')!r} is not among its Inputs.")
    first, second = (scope.variables[str(side["From"])] for side in sides)
    keys = [side.get("Keys") for side in sides]
    variable, kind = scope.variable(node), text(node, "JoinType")
    if kind == "equijoin":
        keys1, keys2 = (quoted_paths(node, "Columns.Keys", side) for side in keys)
        return Text(
            f"{variable} = Join.apply(frame1={first}, frame2={second}, keys1={keys1}, "
            f'keys2={keys2}, transformation_ctx="{variable}")'
        )
    if kind not in _DATA_FRAME_JOINS:
        raise refuse(node, f"its JoinType {kind!r} is unknown.")
    left, right = (_columns(node, side) for side in keys)
    if len(left) != len(right) or not left:
        raise refuse(node, "its two sides have different numbers of keys, or none.")
    conditions = " & ".join(
        f"({first}DF[{a}] == {second}DF[{b}])" for a, b in zip(left, right, strict=True)
    )
    return Text(
        f"{first}DF = {first}.toDF()\n"
        f"{second}DF = {second}.toDF()\n"
        f"{variable} = DynamicFrame.fromDF({first}DF.join({second}DF, {conditions}, "
        f'"{kind}"), glueContext, "{variable}")',
        imports=("from awsglue.dynamicframe import DynamicFrame",),
    )


def _columns(node: Node, paths: Any) -> list[str]:
    if not isinstance(paths, list):
        raise refuse(node, "its Columns.Keys is not a list of paths.")
    columns = [checked_path(node, "Columns.Keys", path) for path in paths]
    for column in columns:
        quoted(node, "Columns.Keys", column)
        if "'" in column:
            raise refuse(node, f"its key {column!r} cannot stand in the script: it holds a quote.")
    return [f"'{column}'" for column in columns]


def _recognise(block: Block) -> dict[str, Any]:
    if len(block.statements) == 1:
        call = block.first_call.expect("Join.apply")
        first, second = call.input("frame1"), call.input("frame2")
        return _settings("equijoin", (first, call.raws("keys1")), (second, call.raws("keys2")))
    frame = block.assigned(len(block.statements) - 1, block.variable)
    join = block.call(frame.expect("DynamicFrame.fromDF").argument(0))
    first = _of_data_frame(block, join.method("join"))
    second = _of_data_frame(block, join.argument(0))
    keys: tuple[list[str], list[str]] = ([], [])
    for condition in _conjunction(join.argument(1)):
        if not isinstance(condition, ast.Compare) or len(condition.comparators) != 1:
            raise Unread
        for side, part in zip(keys, (condition.left, condition.comparators[0]), strict=True):
            if not isinstance(part, ast.Subscript):
                raise Unread
            side.append(_key(block, part.slice))
    return _settings(block.raw(join.argument(2)), (first, keys[0]), (second, keys[1]))


def _settings(kind: str, *sides: tuple[str, list[str]]) -> dict[str, Any]:
    return {
        "Inputs": [source for source, _ in sides],
        "JoinType": kind,
        "Columns": [
            {"From": source, "Keys": [path_segments(key) for key in keys]} for source, keys in sides
        ],
    }


def _of_data_frame(block: Block, expression: ast.expr) -> str:
    """The node of a variable such as `Filter_node1DF`."""
    name = getattr(expression, "id", "")
    if not name.endswith("DF") or name[:-2] not in block.known:
        raise Unread
    return block.known[name[:-2]].id


def _conjunction(expression: ast.expr) -> list[ast.expr]:
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.BitAnd):
        return [*_conjunction(expression.left), expression.right]
    return [expression]


def _key(block: Block, expression: ast.expr) -> str:
    shown = block.source.segment(expression)
    if shown.startswith("'") and shown.endswith("'") and len(shown) > 1:
        return shown[1:-1]
    return block.raw(expression)


KINDS = (Kind("Join", _emit, _recognise),)

"""Visual transforms that live in a Python file of their own, Glue's and the users'."""

import ast
import re
from collections.abc import Mapping
from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.reading import Block, Unread
from glue_studio.nodes.values import (
    entries,
    identifier,
    member,
    quoted,
    quoted_list,
    refuse,
    strings,
    text,
)

_NUMBERS = {
    "int": re.compile(r"-?(0|[1-9][0-9]*)\Z"),
    "float": re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z"),
}
_BOOLEANS = {"true": "True", "false": "False"}
_SCALARS = {bool: "bool", int: "int", float: "float"}


def _emit(node: Node, scope: Scope) -> Text:
    function = identifier(node, "FunctionName", text(node, "FunctionName"))
    arguments = []
    for parameter in entries(node, "Parameters"):
        value = strings(node, "Parameters.Value", parameter.get("Value") or [])
        if value:
            name = identifier(node, "Parameters", member(node, "Parameters", parameter, "Name"))
            arguments.append(f"{name}={_literal(node, parameter, value)}")
    return Text(
        f"{scope.variable(node)} = {scope.frame(node)}.{function}({', '.join(arguments)})",
        imports=(f"import {function}",),
    )


def _literal(node: Node, parameter: Mapping[str, Any], value: list[str]) -> str:
    kind = member(node, "Parameters", parameter, "Type")
    if kind == "str" and len(value) == 1:
        return quoted(node, "Parameters", value[0])
    if kind == "list" and parameter.get("ListType") in (None, "str"):
        return quoted_list(node, "Parameters", value)
    if kind in _NUMBERS and len(value) == 1 and _NUMBERS[kind].match(value[0]):
        return value[0]
    if kind == "bool" and len(value) == 1 and value[0].lower() in _BOOLEANS:
        return _BOOLEANS[value[0].lower()]
    raise refuse(
        node,
        f"the text that Glue Studio writes for the value {value!r} of its parameter "
        f"{parameter.get('Name')!r} of type {kind!r} is not known.",
    )


def _recognise(block: Block) -> dict[str, Any]:
    call = block.first_call
    function = call.function
    if not isinstance(function, ast.Attribute) or call.positional:
        raise Unread
    source = block.node(function.value)
    return {
        "Inputs": [source.id],
        "FunctionName": function.attr,
        # Neither stands in a script: the module's name is all there is.
        "TransformName": function.attr,
        "Path": f"{function.attr}.py",
        "Parameters": [_parameter(block, *item) for item in call.keywords.items()],
    }


def _parameter(block: Block, name: str, value: ast.expr) -> dict[str, Any]:
    if isinstance(value, ast.List):
        return {"Name": name, "Type": "list", "ListType": "str", "Value": block.raws(value)}
    number = value.operand if isinstance(value, ast.UnaryOp) else value
    if isinstance(number, ast.Constant) and type(number.value) in _SCALARS:
        kind = _SCALARS[type(number.value)]
        return {"Name": name, "Type": kind, "Value": [block.source.segment(value)]}
    return {"Name": name, "Type": "str", "Value": [block.raw(value)]}


KINDS = (Kind("DynamicTransform", _emit, _recognise, unshown="Path, TransformName"),)

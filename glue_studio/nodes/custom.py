"""Code of the users' own: Custom Transform, Select From Collection after it, custom visual transforms."""

import ast
import re
from collections.abc import Mapping
from typing import Any

from glue_studio.model import Node, texts_at
from glue_studio.nodes import filters, quality
from glue_studio.nodes.access import Access
from glue_studio.nodes.kind import Kind, Scope, Text
from glue_studio.nodes.reading import Block, Unread, dotted_name, entries_of, parse_python
from glue_studio.nodes.settings import (
    entries,
    identifier,
    indented,
    integer,
    member,
    not_known,
    quoted,
    quoted_list,
    refuse,
    strings,
    text,
)

_CODE_IMPORTS = (
    "from awsglue.dynamicframe import DynamicFrameCollection",
    "from awsglue.dynamicframe import DynamicFrame",
)


# Collections whose frames have names: a node that picks one is named after it.
_MEMBERS = {
    kind.type: kind.members for kind in (*filters.KINDS, *quality.KINDS) if kind.members is not None
}
_NUMBERS = {
    "int": re.compile(r"-?(0|[1-9][0-9]*)\Z"),
    "float": re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z"),
}
_BOOLEANS = {"true": "True", "false": "False"}
_SCALARS = {bool: "bool", int: "int", float: "float"}


def _emit_code(node: Node, scope: Scope) -> Text:
    variable, name = scope.variable(node), identifier(node, "ClassName", text(node, "ClassName"))
    if not node.inputs:
        raise refuse(node, "it has no input.")
    frames = [scope.variables[source] for source in node.inputs]
    collection = ", ".join(f'"{frame}": {frame}' for frame in frames)
    definition = definition_text(name, text(node, "Code"))
    problem = _code_problem(definition)
    if problem:
        raise refuse(node, f"its Code is not the body of a Python function: {problem}.")
    return Text(
        f"{variable} = {name}(glueContext, DynamicFrameCollection({{{collection}}}, glueContext))",
        imports=_CODE_IMPORTS,
        definition=definition,
    )


def definition_text(name: str, code: str) -> str:
    """The function that a custom transform becomes; the API holds its body without indentation."""
    return f"def {name}(glueContext, dfc) -> DynamicFrameCollection:\n{indented(code)}"


def _code_problem(definition: str) -> str:
    """Why a definition is not exactly one function, empty if it is."""
    try:
        definition.encode()
        body = parse_python(definition).body
    except SyntaxError as error:
        return f"{error.msg} at its line {(error.lineno or 1) - 1}"
    except ValueError as error:  # a null byte or half a UTF-16 pair
        return str(error)
    except (RecursionError, MemoryError):
        return "it nests too deep"
    return "" if len(body) == 1 else "it goes on after the function"


def _recognise_code(block: Block) -> dict[str, Any]:
    call = block.first_call
    name = getattr(call.function, "id", "")
    if name not in block.functions:
        raise Unread
    collection = block.call(call.argument(1)).expect("DynamicFrameCollection")
    frames = entries_of(collection.argument(0)).values()
    return {
        "Inputs": [block.node(frame).id for frame in frames],
        "ClassName": name,
        "Code": block.functions[name],
    }


def _emit_selection(node: Node, scope: Scope) -> Text:
    variable, source, frame = scope.variable(node), scope.source(node), scope.frame(node)
    if source.type in _MEMBERS:
        key = quoted(node, "Name", node.name)
    else:
        key = f"list({frame}.keys())[{integer(node, 'Index', 0)}]"
    return Text(
        f"{variable} = SelectFromCollection.apply(dfc={frame}, key={key}, "
        f'transformation_ctx="{variable}")'
    )


def _recognise_selection(block: Block) -> dict[str, Any]:
    call = block.first_call.expect("SelectFromCollection.apply")
    source = block.node(call.keywords.get("dfc"))
    key = call.keywords.get("key")
    members = _MEMBERS.get(source.type)
    if members is not None:  # the script shows the name alone
        names, name = members(source), block.raw(key)
        return {"Inputs": [source.id], "Index": names.index(name) if name in names else 0}
    if not isinstance(key, ast.Subscript) or not isinstance(key.slice, ast.Constant):
        raise Unread
    keys = block.call(key.value).expect("list")
    if not dotted_name(block.call(keys.argument(0)).function).endswith(".keys"):
        raise Unread
    index = key.slice.value
    if not isinstance(index, int):
        raise Unread
    return {"Inputs": [source.id], "Index": index}


def _emit_visual(node: Node, scope: Scope) -> Text:
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
    raise not_known(
        node, f"for the value {value!r} of its parameter {parameter.get('Name')!r} of type {kind!r}"
    )


def _recognise_visual(block: Block) -> dict[str, Any]:
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


def _recipe(node: Node) -> Access:
    recipes = texts_at(node.settings, "RecipeReference.RecipeArn")
    return Access(unknown=tuple(f"the recipe {recipe}" for recipe in recipes))


KINDS = (
    Kind(
        "CustomCode",
        emit=_emit_code,
        recognise=_recognise_code,
        collection=True,
        acts=True,
    ),
    Kind("SelectFromCollection", emit=_emit_selection, recognise=_recognise_selection),
    Kind("Recipe", access=_recipe),
    # Last of all kinds to be recognised: its text is a call of any method.
    Kind(
        "DynamicTransform",
        emit=_emit_visual,
        recognise=_recognise_visual,
        unshown="Path, TransformName",
    ),
)

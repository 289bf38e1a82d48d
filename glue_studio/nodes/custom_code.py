"""Custom Transform: code by definition, which Glue Studio puts into the script as it is."""

from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.reading import Block, Unread, entries, parse_python
from glue_studio.nodes.values import identifier, indented, refuse, text

_IMPORTS = (
    "from awsglue.dynamicframe import DynamicFrameCollection",
    "from awsglue.dynamicframe import DynamicFrame",
)


def _emit(node: Node, scope: Scope) -> Text:
    variable, name = scope.variable(node), identifier(node, "ClassName", text(node, "ClassName"))
    if not node.inputs:
        raise refuse(node, "it has no input.")
    frames = [scope.variables[source] for source in node.inputs]
    collection = ", ".join(f'"{frame}": {frame}' for frame in frames)
    definition = definition_text(name, text(node, "Code"))
    problem = _problem(definition)
    if problem:
        raise refuse(node, f"its Code is not the body of a Python function: {problem}.")
    return Text(
        f"{variable} = {name}(glueContext, DynamicFrameCollection({{{collection}}}, glueContext))",
        imports=_IMPORTS,
        definition=definition,
    )


def definition_text(name: str, code: str) -> str:
    """The function that a custom transform becomes; the API holds its body without indentation."""
    return f"def {name}(glueContext, dfc) -> DynamicFrameCollection:\n{indented(code)}"


def _problem(definition: str) -> str:
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


def _recognise(block: Block) -> dict[str, Any]:
    call = block.first_call
    name = getattr(call.function, "id", "")
    if name not in block.functions:
        raise Unread
    collection = block.call(call.argument(1)).expect("DynamicFrameCollection")
    frames = entries(collection.argument(0)).values()
    return {
        "Inputs": [block.node(frame).id for frame in frames],
        "ClassName": name,
        "Code": block.functions[name],
    }


KINDS = (Kind("CustomCode", _emit, _recognise),)

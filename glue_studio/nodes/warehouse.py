"""What sources and targets in a data warehouse have in common: options behind a Glue connection."""

import ast
from collections.abc import Mapping
from typing import Any

from glue_studio.model import Node
from glue_studio.names import hash_order
from glue_studio.nodes.base import Scope, Text
from glue_studio.nodes.reading import Block, Call, Unread
from glue_studio.nodes.values import quoted, refuse

_IMPORT = "from awsglue import DynamicFrame"


def reading_text(node: Node, scope: Scope, kind: str, options: Mapping[str, str]) -> Text:
    """The text of a source with a connection type and texts for options."""
    variable = scope.variable(node)
    return Text(
        f"{variable} = glueContext.create_dynamic_frame.from_options("
        f'connection_type="{kind}", connection_options={_dict(node, options)}, '
        f'transformation_ctx="{variable}")',
        imports=(_IMPORT,),
    )


def writing_text(node: Node, scope: Scope, kind: str, options: Mapping[str, str]) -> Text:
    """The text of a target with a connection type and texts for options."""
    variable = scope.variable(node)
    return Text(
        f"{variable} = glueContext.write_dynamic_frame.from_options(frame={scope.frame(node)}, "
        f'connection_type="{kind}", connection_options={_dict(node, options)}, '
        f'transformation_ctx="{variable}")',
        imports=(_IMPORT,),
    )


def read_source(block: Block, kind: str) -> dict[str, str]:
    """The options of a source, as they stand between their quotes."""
    return _options(block.first_call.expect("glueContext.create_dynamic_frame.from_options"), kind)


def read_target(block: Block, kind: str) -> tuple[str, dict[str, str]]:
    """The id of the node that a target reads, and its options."""
    call = block.first_call.expect("glueContext.write_dynamic_frame.from_options")
    return call.input("frame"), _options(call, kind)


def option(node: Node, data: Mapping[str, Any], key: str) -> str:
    """The Value of one of the API's Options (value, label, description), empty where absent."""
    entry = data.get(key)
    if entry is None:
        return ""
    value = entry.get("Value") if isinstance(entry, Mapping) else entry
    if value is None:
        return ""
    if not isinstance(value, str) or not isinstance(entry, Mapping):
        raise refuse(node, f"its Data.{key} is not an object with a Value.")
    return value


def plain(node: Node, data: Mapping[str, Any], key: str) -> str:
    """A text of the data, empty where absent."""
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise refuse(node, f"its Data.{key} is not a text.")
    return value


def present(node: Node, data: Mapping[str, Any], *keys: str) -> None:
    """Refuse data without one of these, all of which the API takes for optional."""
    for key in keys:
        value = data.get(key)
        if not (option(node, data, key) if isinstance(value, Mapping) else value):
            raise refuse(
                node,
                f"the text that Glue Studio writes for Data without {key} is not known; give one.",
            )


def unknown(node: Node, data: Mapping[str, Any], *keys: str) -> None:
    """Refuse data for which the generated text is not known."""
    for key in keys:
        value = data.get(key)
        empty = isinstance(value, Mapping) and not any(value.values())
        if value not in (None, "", [], {}, False) and not empty:
            raise refuse(node, f"the text that Glue Studio writes for Data.{key} is not known.")


def as_option(value: str) -> dict[str, str]:
    """An Option of the API, as the console fills it in."""
    return {"Value": value, "Label": value}


def _dict(node: Node, options: Mapping[str, str]) -> str:
    """The options that are not empty, in the order of the map that Glue keeps them in."""
    given = [key for key, value in options.items() if value]
    entries = (
        f"{quoted(node, 'Data', key)}: {quoted(node, 'Data', options[key])}"
        for key in hash_order(given)
    )
    return "{" + ", ".join(entries) + "}"


def _options(call: Call, kind: str) -> dict[str, str]:
    if call.raw("connection_type") != kind:
        raise Unread
    options = call.keywords.get("connection_options")
    if not isinstance(options, ast.Dict):
        raise Unread
    raw = call.block.raw
    return {raw(key): raw(value) for key, value in zip(options.keys, options.values, strict=True)}

"""Relational databases that a job reads through a Glue connection."""

from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.reading import Block
from glue_studio.nodes.values import absent, quoted, text


def _emit(node: Node, scope: Scope) -> Text:
    absent(node, "RedshiftTmpDir")
    variable = scope.variable(node)
    return Text(
        f"""\
{variable} = glueContext.create_dynamic_frame.from_options(
    connection_type = {quoted(node, "ConnectionType", text(node, "ConnectionType"))},
    connection_options = {{
        "useConnectionProperties": "true",
        "dbtable": {quoted(node, "Table", text(node, "Table"))},
        "connectionName": {quoted(node, "ConnectionName", text(node, "ConnectionName"))},
    }},
    transformation_ctx = "{variable}"
)"""
    )


def _recognise(block: Block) -> dict[str, Any]:
    call = block.first_call.expect("glueContext.create_dynamic_frame.from_options")
    options = call.entries("connection_options")
    return {
        "ConnectionType": call.raw("connection_type"),
        "Table": block.raw(options.get("dbtable")),
        "ConnectionName": block.raw(options.get("connectionName")),
        # The API wants a Database, which a script never shows: the connection holds it.
        "Database": "",
    }


KINDS = (Kind("DirectJDBCSource", _emit, _recognise, unshown="Database"),)

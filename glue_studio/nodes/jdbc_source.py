"""Relational databases that a job reads through a Glue connection."""

from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Helper, Kind, Scope, Text
from glue_studio.nodes.reading import Block, dotted_name
from glue_studio.nodes.values import absent, optional_text, quoted, text

OLDER_HELPER = Helper(
    "directJDBCSource",
    """\
def directJDBCSource(
    glueContext,
    connectionName,
    connectionType,
    database,
    table,
    redshiftTmpDir,
    transformation_ctx,
) -> DynamicFrame:
    connection_options = {
        "useConnectionProperties": "true",
        "dbtable": table,
        "connectionName": connectionName,
    }

    if redshiftTmpDir:
        connection_options["redshiftTmpDir"] = redshiftTmpDir

    return glueContext.create_dynamic_frame.from_options(
        connection_type=connectionType,
        connection_options=connection_options,
        transformation_ctx=transformation_ctx,
    )""",
    place=0,
)


def _emit(node: Node, scope: Scope) -> Text:
    absent(node, "RedshiftTmpDir")
    variable = scope.variable(node)
    kind, name, table = (
        quoted(node, key, text(node, key)) for key in ("ConnectionType", "ConnectionName", "Table")
    )
    database = quoted(node, "Database", optional_text(node, "Database"))
    older = (
        f"{variable} = {OLDER_HELPER.name}(glueContext, connectionName={name}, "
        f"connectionType={kind}, database={database}, table={table}, "
        f'redshiftTmpDir="", transformation_ctx="{variable}")'
    )
    return Text(
        f"""\
{variable} = glueContext.create_dynamic_frame.from_options(
    connection_type = {kind},
    connection_options = {{
        "useConnectionProperties": "true",
        "dbtable": {table},
        "connectionName": {name},
    }},
    transformation_ctx = "{variable}"
)""",
        older=(older,),
    )


def _recognise(block: Block) -> dict[str, Any]:
    call = block.first_call
    if dotted_name(call.function) == OLDER_HELPER.name:
        return {
            "ConnectionType": call.raw("connectionType"),
            "Table": call.raw("table"),
            "ConnectionName": call.raw("connectionName"),
            "Database": call.raw("database"),
        }
    call.expect("glueContext.create_dynamic_frame.from_options")
    options = call.entries("connection_options")
    return {
        "ConnectionType": call.raw("connection_type"),
        "Table": block.raw(options.get("dbtable")),
        "ConnectionName": block.raw(options.get("connectionName")),
        # The API wants a Database, which a script never shows: the connection holds it.
        "Database": "",
    }


KINDS = (Kind("DirectJDBCSource", _emit, _recognise, unshown="Database"),)

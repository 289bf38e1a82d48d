"""Relational databases and DynamoDB, through connections, catalog tables and exports."""

from typing import Any

from glue_studio.model import Node, texts_at
from glue_studio.nodes.access import Access, reads_table_elsewhere, writes_table_elsewhere
from glue_studio.nodes.kind import Helper, Scope, Text, source, target
from glue_studio.nodes.reading import Block, Unread, boolean_of, dotted_name
from glue_studio.nodes.settings import (
    absent,
    mapping,
    member,
    not_known,
    optional_text,
    quoted,
    text,
)

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


def _emit_jdbc(node: Node, scope: Scope) -> Text:
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


def _recognise_jdbc(block: Block) -> dict[str, Any]:
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


_EXPORT_OPTIONS = {
    "dynamodb.export": "DynamodbExport",
    "dynamodb.s3.bucket": "DynamodbS3Bucket",
    "dynamodb.s3.prefix": "DynamodbS3Prefix",
    "dynamodb.tableArn": "DynamodbTableArn",
}
_UNNESTED = "DynamodbUnnestDDBJson"


def _emit_dynamodb(node: Node, scope: Scope) -> Text:
    options = mapping(node, "ConnectionOptions")
    known = {*_EXPORT_OPTIONS.values(), _UNNESTED}
    odd = [key for key, value in options.items() if value and key not in known]
    if odd or options.get(_UNNESTED) is not True:
        what = odd[0] if odd else "nested DynamoDB JSON"
        raise not_known(node, f"for ConnectionOptions with {what}")
    variable = scope.variable(node)
    entries = "".join(
        f'"{key}": '
        f"{quoted(node, 'ConnectionOptions', member(node, 'ConnectionOptions', options, name))}, "
        for key, name in _EXPORT_OPTIONS.items()
    )
    return Text(
        f"{variable} = glueContext.create_dynamic_frame.from_options("
        f'connection_type="dynamodb", connection_options={{{entries}'
        f'"dynamodb.unnestDDBJson": True}}, transformation_ctx="{variable}")'
    )


def _recognise_dynamodb(block: Block) -> dict[str, Any]:
    call = block.first_call.expect("glueContext.create_dynamic_frame.from_options")
    if call.raw("connection_type") != "dynamodb":
        raise Unread
    entries = call.entries("connection_options")
    return {
        "ConnectionOptions": {
            **{name: block.raw(entries.get(key)) for key, name in _EXPORT_OPTIONS.items()},
            _UNNESTED: boolean_of(entries.get("dynamodb.unnestDDBJson")),
        }
    }


def _reads_database(node: Node) -> Access:
    return Access(
        paths_written=texts_at(node.settings, "RedshiftTmpDir"),
        connections=texts_at(node.settings, "ConnectionName"),
    )


def _reads_export(node: Node) -> Access:
    tables = texts_at(node.settings, "ConnectionOptions.DynamodbTableArn")
    return Access(unknown=tuple(f"the export of the DynamoDB table {table}" for table in tables))


KINDS = (
    source("DirectJDBCSource", _reads_database, _emit_jdbc, _recognise_jdbc, unshown="Database"),
    source("DynamoDBELTConnectorSource", _reads_export, _emit_dynamodb, _recognise_dynamodb),
    source("DynamoDBCatalogSource", reads_table_elsewhere),
    source("MicrosoftSQLServerCatalogSource", reads_table_elsewhere),
    source("MySQLCatalogSource", reads_table_elsewhere),
    source("OracleSQLCatalogSource", reads_table_elsewhere),
    source("PostgreSQLCatalogSource", reads_table_elsewhere),
    source("RelationalCatalogSource", reads_table_elsewhere),
    target("MicrosoftSQLServerCatalogTarget", writes_table_elsewhere),
    target("MySQLCatalogTarget", writes_table_elsewhere),
    target("OracleSQLCatalogTarget", writes_table_elsewhere),
    target("PostgreSQLCatalogTarget", writes_table_elsewhere),
)

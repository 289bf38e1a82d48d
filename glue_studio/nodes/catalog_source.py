"""Data Catalog sources: tables, and Iceberg tables, which are read as a data frame."""

from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.reading import Block, Unread
from glue_studio.nodes.values import absent, mapping, optional_text, quoted, text

_FROM_DF_IMPORT = "from awsglue import DynamicFrame"


def _emit_table(node: Node, scope: Scope) -> Text:
    bounds = mapping(node, "AdditionalOptions")
    if any(value is not None for value in bounds.values()):
        absent(node, "AdditionalOptions")
    variable = scope.variable(node)
    predicate = optional_text(node, "PartitionPredicate")
    pushed = (
        f"push_down_predicate={quoted(node, 'PartitionPredicate', predicate)}, "
        if predicate
        else ""
    )
    return Text(
        f"{variable} = glueContext.create_dynamic_frame.from_catalog("
        f"database={quoted(node, 'Database', text(node, 'Database'))}, {pushed}"
        f"table_name={quoted(node, 'Table', text(node, 'Table'))}, "
        f'transformation_ctx="{variable}")'
    )


def _recognise_table(block: Block) -> dict[str, Any]:
    call = block.first_call.expect("glueContext.create_dynamic_frame.from_catalog")
    settings = {"Database": call.raw("database"), "Table": call.raw("table_name")}
    if "push_down_predicate" in call.keywords:
        settings["PartitionPredicate"] = call.raw("push_down_predicate")
    return settings


def _emit_iceberg(node: Node, scope: Scope) -> Text:
    absent(node, "AdditionalIcebergOptions")
    variable = scope.variable(node)
    return Text(
        f"{variable}_df = glueContext.create_data_frame.from_catalog("
        f"database={quoted(node, 'Database', text(node, 'Database'))}, "
        f"table_name={quoted(node, 'Table', text(node, 'Table'))})\n"
        f'{variable} = DynamicFrame.fromDF({variable}_df, glueContext, "{variable}")',
        imports=(_FROM_DF_IMPORT,),
    )


def _recognise_iceberg(block: Block) -> dict[str, Any]:
    if len(block.statements) != 2:  # noqa: PLR2004 - the data frame, then the dynamic frame
        raise Unread
    call = block.assigned(0, f"{block.variable}_df")
    call.expect("glueContext.create_data_frame.from_catalog")
    return {"Database": call.raw("database"), "Table": call.raw("table_name")}


KINDS = (
    Kind("CatalogSource", _emit_table, _recognise_table),
    # The same text; a script does not tell whether the table's data is on S3.
    Kind("S3CatalogSource", _emit_table),
    Kind("CatalogIcebergSource", _emit_iceberg, _recognise_iceberg),
)

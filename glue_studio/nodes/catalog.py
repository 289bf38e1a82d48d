"""Tables of the Data Catalog whose data is on S3, read and written."""

from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.access import commits, reads_table, writes_table
from glue_studio.nodes.kind import Scope, Text, source, target
from glue_studio.nodes.quality import IMPORT, recognise_target_check, target_check
from glue_studio.nodes.reading import Block, Call, Unread
from glue_studio.nodes.settings import (
    absent,
    boolean,
    items,
    mapping,
    member,
    optional_text,
    path_segments,
    quoted,
    quoted_paths,
    text,
)

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


def _emit_target(node: Node, scope: Scope) -> Text:
    variable = scope.variable(node)
    policy = mapping(node, "SchemaChangePolicy")
    options = []
    if boolean(node, "EnableUpdateCatalog", policy.get("EnableUpdateCatalog") or False):
        behavior = member(node, "SchemaChangePolicy", policy, "UpdateBehavior")
        options.append('"enableUpdateCatalog": True')
        options.append(f'"updateBehavior": {quoted(node, "SchemaChangePolicy", behavior)}')
    keys = items(node, "PartitionKeys")
    if keys:
        options.append(f'"partitionKeys": {quoted_paths(node, "PartitionKeys", keys)}')
    additional = f"additional_options={{{', '.join(options)}}}, " if options else ""
    check = target_check(node, scope)
    return Text(
        f"{check}{variable} = glueContext.write_dynamic_frame.from_catalog("
        f"frame={scope.frame(node)}, database={quoted(node, 'Database', text(node, 'Database'))}, "
        f"table_name={quoted(node, 'Table', text(node, 'Table'))}, {additional}"
        f'transformation_ctx="{variable}")',
        imports=(IMPORT,) if check else (),
        default_ruleset=bool(check),
    )


def _recognise_s3_target(block: Block) -> dict[str, Any]:
    quality, skipped = recognise_target_check(block)
    call = _writer(block, skipped)
    options = call.entries("additional_options") if "additional_options" in call.keywords else {}
    if "updateBehavior" not in options and not quality:
        raise Unread
    settings = {**_table_settings(call), **quality}
    if "updateBehavior" in options:
        settings["SchemaChangePolicy"] = {
            "EnableUpdateCatalog": True,
            "UpdateBehavior": block.raw(options["updateBehavior"]),
        }
    return settings


def _recognise_target(block: Block) -> dict[str, Any]:
    return _table_settings(_writer(block, 0))


def _writer(block: Block, index: int) -> Call:
    if len(block.statements) != index + 1:
        raise Unread
    call = block.assigned(index, block.variable)
    return call.expect("glueContext.write_dynamic_frame.from_catalog")


def _table_settings(call: Call) -> dict[str, Any]:
    options = call.entries("additional_options") if "additional_options" in call.keywords else {}
    keys = call.block.raws(options["partitionKeys"]) if "partitionKeys" in options else []
    return {
        "Inputs": [call.input("frame")],
        "Database": call.raw("database"),
        "Table": call.raw("table_name"),
        "PartitionKeys": [path_segments(key) for key in keys],
    }


KINDS = (
    source("CatalogSource", reads_table, _emit_table, _recognise_table),
    # The same text; a script does not tell whether the table's data is on S3.
    source("S3CatalogSource", reads_table, _emit_table),
    source("GovernedCatalogSource", reads_table),
    source("CatalogIcebergSource", reads_table, _emit_iceberg, _recognise_iceberg),
    source("S3CatalogIcebergSource", reads_table),
    source("CatalogHudiSource", reads_table),
    source("S3CatalogHudiSource", reads_table),
    source("CatalogDeltaSource", reads_table),
    source("S3CatalogDeltaSource", reads_table),
    # Only a target on S3 can update the catalog or evaluate quality by itself.
    target("S3CatalogTarget", writes_table, _emit_target, _recognise_s3_target, appends=True),
    target("CatalogTarget", writes_table, _emit_target, _recognise_target, appends=True),
    target("GovernedCatalogTarget", writes_table, appends=True),
    target("S3HudiCatalogTarget", commits("Hudi", writes_table)),
    target("S3DeltaCatalogTarget", commits("Delta", writes_table)),
    target("S3IcebergCatalogTarget", commits("Iceberg", writes_table)),
)

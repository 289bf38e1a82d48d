"""Data Catalog targets."""

from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.evaluate_quality import IMPORT, recognise_target_check, target_check
from glue_studio.nodes.paths import path_segments, quoted_paths
from glue_studio.nodes.reading import Block, Call, Unread
from glue_studio.nodes.values import boolean, items, mapping, member, quoted, text


def _emit(node: Node, scope: Scope) -> Text:
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


def _recognise_s3(block: Block) -> dict[str, Any]:
    quality, skipped = recognise_target_check(block)
    call = _writer(block, skipped)
    options = call.entries("additional_options") if "additional_options" in call.keywords else {}
    if "updateBehavior" not in options and not quality:
        raise Unread
    settings = {**_table(call), **quality}
    if "updateBehavior" in options:
        settings["SchemaChangePolicy"] = {
            "EnableUpdateCatalog": True,
            "UpdateBehavior": block.raw(options["updateBehavior"]),
        }
    return settings


def _recognise(block: Block) -> dict[str, Any]:
    return _table(_writer(block, 0))


def _writer(block: Block, index: int) -> Call:
    if len(block.statements) != index + 1:
        raise Unread
    call = block.assigned(index, block.variable)
    return call.expect("glueContext.write_dynamic_frame.from_catalog")


def _table(call: Call) -> dict[str, Any]:
    options = call.entries("additional_options") if "additional_options" in call.keywords else {}
    keys = call.block.raws(options["partitionKeys"]) if "partitionKeys" in options else []
    return {
        "Inputs": [call.input("frame")],
        "Database": call.raw("database"),
        "Table": call.raw("table_name"),
        "PartitionKeys": [path_segments(key) for key in keys],
    }


KINDS = (
    # Only a target on S3 can update the catalog or evaluate quality by itself.
    Kind("S3CatalogTarget", _emit, _recognise_s3, target=True),
    Kind("CatalogTarget", _emit, _recognise, target=True),
)

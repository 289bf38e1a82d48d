"""S3 targets, with or without a table in the Data Catalog that they create and keep current."""

import ast
from typing import Any

from glue_studio.errors import UnsupportedNodeError
from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.evaluate_quality import IMPORT, recognise_target_check, target_check
from glue_studio.nodes.paths import path_segments, quoted_paths
from glue_studio.nodes.reading import Block, Call, Unread
from glue_studio.nodes.values import (
    boolean,
    integer,
    items,
    mapping,
    member,
    optional_text,
    quoted,
    text,
)

_GLUE_PARQUET = "glueparquet"
_FORMATS = ("json", "csv", "avro", "orc", "parquet", "xml")


def _emit_glue_parquet(node: Node, scope: Scope) -> Text:
    return _emit(node, scope, _GLUE_PARQUET)


def _emit_direct(node: Node, scope: Scope) -> Text:
    data_format = text(node, "Format")
    if data_format not in _FORMATS:
        raise UnsupportedNodeError(
            f"{node}: the text that Glue Studio generates for a {node.type} of format "
            f"{data_format!r} is not known, so no script can be generated.",
            node.id,
            node.type,
        )
    return _emit(node, scope, data_format)


def _emit(node: Node, scope: Scope, data_format: str) -> Text:
    check = target_check(node, scope)
    before = check + _coalesce(node, scope)
    policy = mapping(node, "SchemaChangePolicy")
    updates = boolean(node, "EnableUpdateCatalog", policy.get("EnableUpdateCatalog") or False)
    write = _sink if updates else _write
    bodies = write(node, scope, data_format)
    return Text(
        before + bodies[0],
        imports=(IMPORT,) if check else (),
        blank_after=not updates,
        default_ruleset=bool(check),
        older=tuple(before + body for body in bodies[1:]),
    )


def _write(node: Node, scope: Scope, data_format: str) -> list[str]:
    variable = scope.variable(node)
    compression = _compression(node)
    inside = outside = ""
    if compression and data_format == _GLUE_PARQUET:
        outside = f'format_options={{"compression": {compression}}}, '
    elif compression:
        inside = f'"compression": {compression}, '
    body = (
        f"{variable} = glueContext.write_dynamic_frame.from_options(frame={scope.frame(node)}, "
        f'connection_type="s3", format="{data_format}", connection_options='
        f'{{"path": {quoted(node, "Path", text(node, "Path"))}, {inside}'
        f'"partitionKeys": {_partition_keys(node)}}}, {outside}'
        f'transformation_ctx="{variable}")'
    )
    return [body]


def _sink(node: Node, scope: Scope, data_format: str) -> list[str]:
    """The newest text first, then the older ones, which gave the compression elsewhere."""
    variable = scope.variable(node)
    policy = mapping(node, "SchemaChangePolicy")
    compression = _compression(node)
    behavior, database, table = (
        quoted(node, "SchemaChangePolicy", member(node, "SchemaChangePolicy", policy, key))
        for key in ("UpdateBehavior", "Database", "Table")
    )
    in_sink = f"compression={compression}, " if compression else ""
    in_format = f", compression={compression}" if compression else ""
    glue_parquet = data_format == _GLUE_PARQUET
    ways = [("", in_format), (in_sink, ""), ("", "")] if glue_parquet else [(in_sink, "")]
    return [
        f"{variable} = glueContext.getSink("
        f'path={quoted(node, "Path", text(node, "Path"))}, connection_type="s3", '
        f"updateBehavior={behavior}, partitionKeys={_partition_keys(node)}, {sink}"
        f'enableUpdateCatalog=True, transformation_ctx="{variable}")\n'
        f"{variable}.setCatalogInfo(catalogDatabase={database},catalogTableName={table})\n"
        f'{variable}.setFormat("{data_format}"{ending})\n'
        f"{variable}.writeFrame({scope.frame(node)})"
        for sink, ending in ways
    ]


def _coalesce(node: Node, scope: Scope) -> str:
    partitions = integer(node, "NumberTargetPartitions", 0)
    frame = scope.frame(node)
    if not partitions:
        return ""
    return f"if ({frame}.count() >= 1):\n   {frame} = {frame}.coalesce({partitions})\n"


def _compression(node: Node) -> str:
    value = optional_text(node, "Compression")
    # The console's None: no text with it was ever seen, and many without any compression.
    return "" if value in {"", "none"} else quoted(node, "Compression", value)


def _partition_keys(node: Node) -> str:
    return quoted_paths(node, "PartitionKeys", items(node, "PartitionKeys"))


def _recognise_glue_parquet(block: Block) -> dict[str, Any]:
    data_format, settings = _read(block)
    if data_format != _GLUE_PARQUET:
        raise Unread
    return settings


def _recognise_direct(block: Block) -> dict[str, Any]:
    data_format, settings = _read(block)
    if data_format == _GLUE_PARQUET:
        raise Unread
    return {"Format": data_format, **settings}


def _read(block: Block) -> tuple[str, dict[str, Any]]:
    """The format and the settings of an S3 target of any format."""
    quality, index = recognise_target_check(block)
    settings: dict[str, Any] = {}
    if index < len(block.statements) and isinstance(block.statements[index], ast.If):
        settings["NumberTargetPartitions"] = str(_partitions(block, index))
        index += 1
    call = block.assigned(index, block.variable)
    more = len(block.statements) - index - 1
    sink = more == 3  # noqa: PLR2004 - setCatalogInfo, setFormat and writeFrame follow a getSink
    if more and not sink:
        raise Unread
    data_format, read = _read_sink(call, index) if sink else _read_write(call)
    return data_format, {**read, **settings, **quality}


def _read_write(call: Call) -> tuple[str, dict[str, Any]]:
    block = call.expect("glueContext.write_dynamic_frame.from_options").block
    options = call.entries("connection_options")
    settings: dict[str, Any] = {
        "Inputs": [call.input("frame")],
        "Path": block.raw(options.get("path")),
        "PartitionKeys": [path_segments(key) for key in block.raws(options.get("partitionKeys"))],
    }
    compression = options.get("compression")
    if compression is None and "format_options" in call.keywords:
        compression = call.entries("format_options").get("compression")
    if compression is not None:
        settings["Compression"] = block.raw(compression)
    return call.raw("format"), settings


def _read_sink(call: Call, index: int) -> tuple[str, dict[str, Any]]:
    block = call.expect("glueContext.getSink").block
    catalog, setting, writing = (block.called(index + step) for step in (1, 2, 3))
    settings: dict[str, Any] = {
        "Inputs": [block.node(writing.argument(0)).id],
        "Path": call.raw("path"),
        "PartitionKeys": [path_segments(key) for key in call.raws("partitionKeys")],
        "SchemaChangePolicy": {
            "EnableUpdateCatalog": True,
            "UpdateBehavior": call.raw("updateBehavior"),
            "Table": catalog.raw("catalogTableName"),
            "Database": catalog.raw("catalogDatabase"),
        },
    }
    for place in (call, setting):
        if "compression" in place.keywords:
            settings["Compression"] = place.raw("compression")
    return block.raw(setting.argument(0)), settings


def _partitions(block: Block, index: int) -> int:
    statement = block.statements[index]
    if not isinstance(statement, ast.If) or not isinstance(statement.body[0], ast.Assign):
        raise Unread
    count = block.call(statement.body[0].value).argument(0)
    if not isinstance(count, ast.Constant) or not isinstance(count.value, int):
        raise Unread
    return count.value


KINDS = (
    Kind("S3GlueParquetTarget", _emit_glue_parquet, _recognise_glue_parquet, target=True),
    Kind("S3DirectTarget", _emit_direct, _recognise_direct, target=True),
)

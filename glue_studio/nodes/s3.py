"""Files on S3, read and written, with or without a table that the target creates and keeps current."""

import ast
from typing import Any

from glue_studio.errors import UnsupportedNodeError
from glue_studio.model import Node
from glue_studio.nodes.access import commits, reads_paths, writes_path
from glue_studio.nodes.kind import Kind, Scope, Text, same_columns, source, target
from glue_studio.nodes.quality import IMPORT, recognise_target_check, target_check
from glue_studio.nodes.reading import Block, Call, Unread, boolean_of, string_of
from glue_studio.nodes.settings import (
    absent,
    boolean,
    flag,
    integer,
    items,
    mapping,
    member,
    not_known,
    optional_text,
    path_segments,
    quoted,
    quoted_list,
    quoted_paths,
    text,
    texts,
)

# The API's names, and what stands in a script; quillemet and Ctrl-A were never seen in one.
_QUOTES = {"quote": r'"\""', "single_quote": '"\'"', "disabled": "-1"}
_SEPARATORS = {"comma": ",", "pipe": "|", "semicolon": ";", "tab": r"\t"}
_GLUE_PARQUET = "glueparquet"
_FORMATS = ("json", "csv", "avro", "orc", "parquet", "xml")
_UNKNOWN = (
    "CompressionType",
    "Exclusions",
    "GroupFiles",
    "GroupSize",
    "MaxBand",
    "MaxFilesInBand",
)


def _emit_parquet(node: Node, scope: Scope) -> Text:
    return Text(_reading(node, scope, "parquet", "{}"))


def _emit_json(node: Node, scope: Scope) -> Text:
    path = optional_text(node, "JsonPath")
    start = f'"jsonPath": {quoted(node, "JsonPath", path)}, ' if path else ""
    multiline = flag(node, "Multiline")
    return Text(
        _reading(node, scope, "json", f'{{{start}"multiLine": {_lower(multiline)}}}'),
        older=tuple(
            _reading(node, scope, "json", f'{{{path}"multiline": {multiline}}}')
            for path in (start, start or '"jsonPath": "", ')
        ),
    )


def _emit_csv(node: Node, scope: Scope) -> Text:
    absent(node, "WriteHeader", "SkipFirst")
    options = [f'"quoteChar": {_choice(node, "QuoteChar", _QUOTES)}']
    escaper = optional_text(node, "Escaper")
    if escaper:
        raw = r"\\" if escaper == "\\" else escaper
        options.append(f'"escaper": {quoted(node, "Escaper", raw)}')
    if node.settings.get("WithHeader") is not None:
        options.append(f'"withHeader": {flag(node, "WithHeader")}')
    separator = _choice(node, "Separator", _SEPARATORS)
    options.append(f'"separator": "{separator}"')
    older = list(options)
    if node.settings.get("Multiline") is not None:
        options.append(f'"multiLine": {_lower(flag(node, "Multiline"))}')
        older.append(f'"multiline": {flag(node, "Multiline")}')
    if node.settings.get("OptimizePerformance") is not None:
        last = f'"optimizePerformance": {flag(node, "OptimizePerformance")}'
        options.append(last)
        older.append(last)
    return Text(
        _reading(node, scope, "csv", "{" + ", ".join(options) + "}"),
        older=tuple(
            _reading(node, scope, "csv", "{" + ", ".join(older + more) + "}")
            for more in ([], [] if escaper else ['"escaper": ""'])
        ),
    )


def _reading(node: Node, scope: Scope, data_format: str, options: str) -> str:
    absent(node, *_UNKNOWN)
    bounds = mapping(node, "AdditionalOptions")
    if bounds.get("BoundedSize") is not None or bounds.get("BoundedFiles") is not None:
        absent(node, "AdditionalOptions")
    variable = scope.variable(node)
    recurse = ', "recurse": True' if flag(node, "Recurse") else ""
    return (
        f"{variable} = glueContext.create_dynamic_frame.from_options(format_options={options}, "
        f'connection_type="s3", format="{data_format}", '
        f'connection_options={{"paths": {quoted_list(node, "Paths", texts(node, "Paths"))}'
        f'{recurse}}}, transformation_ctx="{variable}")'
    )


def _choice(node: Node, key: str, known: dict[str, str]) -> str:
    value = text(node, key)
    if value not in known:
        raise not_known(node, f"for the {key} {value!r}", f"use one of {', '.join(known)}")
    return known[value]


def _lower(value: bool) -> str:
    return '"true"' if value else '"false"'


def _recognise_parquet(block: Block) -> dict[str, Any]:
    return _location(_reader(block, "parquet"))


def _recognise_json(block: Block) -> dict[str, Any]:
    call = _reader(block, "json")
    settings = _location(call)
    options = call.entries("format_options")
    path = block.raw(options["jsonPath"]) if "jsonPath" in options else ""
    if path:
        settings["JsonPath"] = path
    multiline = _multiline(call)
    if multiline is not None:
        settings["Multiline"] = multiline
    return settings


def _recognise_csv(block: Block) -> dict[str, Any]:
    call = _reader(block, "csv")
    settings = _location(call)
    options = call.entries("format_options")
    quote = options.get("quoteChar")
    if quote is None:
        raise Unread
    shown = block.source.segment(quote)
    if shown.startswith(("'", '"')):
        shown = f'"{block.raw(quote)}"'
    settings["QuoteChar"] = _name_of(_QUOTES, shown)
    settings["Separator"] = _name_of(_SEPARATORS, block.raw(options.get("separator")))
    escaper = string_of(options["escaper"]) if "escaper" in options else ""
    if escaper:
        settings["Escaper"] = escaper
    for key, name in (("withHeader", "WithHeader"), ("optimizePerformance", "OptimizePerformance")):
        if key in options:
            settings[name] = boolean_of(options[key])
    multiline = _multiline(call)
    if multiline is not None:
        settings["Multiline"] = multiline
    return settings


def _reader(block: Block, data_format: str) -> Call:
    call = block.first_call.expect("glueContext.create_dynamic_frame.from_options")
    if call.raw("connection_type") != "s3" or call.raw("format") != data_format:
        raise Unread
    return call


def _location(call: Call) -> dict[str, Any]:
    options = call.entries("connection_options")
    settings: dict[str, Any] = {"Paths": call.block.raws(options.get("paths"))}
    if "recurse" in options:
        settings["Recurse"] = boolean_of(options["recurse"])
    return settings


def _multiline(call: Call) -> bool | None:
    options = call.entries("format_options")
    if "multiLine" in options:
        return string_of(options["multiLine"]) == "true"
    return boolean_of(options["multiline"]) if "multiline" in options else None


def _name_of(known: dict[str, str], shown: str) -> str:
    for name, literal in known.items():
        if literal == shown:
            return name
    raise Unread


def _emit_glue_parquet(node: Node, scope: Scope) -> Text:
    return _emit_target(node, scope, _GLUE_PARQUET)


def _emit_direct(node: Node, scope: Scope) -> Text:
    data_format = text(node, "Format")
    if data_format not in _FORMATS:
        raise UnsupportedNodeError(
            f"{node}: the text that Glue Studio generates for a {node.type} of format "
            f"{data_format!r} is not known, so no script can be generated.",
            node.id,
            node.type,
        )
    return _emit_target(node, scope, data_format)


def _emit_target(node: Node, scope: Scope, data_format: str) -> Text:
    check = target_check(node, scope)
    before = check + _coalesce(node, scope)
    policy = mapping(node, "SchemaChangePolicy")
    updates = boolean(node, "EnableUpdateCatalog", policy.get("EnableUpdateCatalog") or False)
    write = _sink if updates else _writing
    bodies = write(node, scope, data_format)
    return Text(
        before + bodies[0],
        imports=(IMPORT,) if check else (),
        blank_after=not updates,
        default_ruleset=bool(check),
        older=tuple(before + body for body in bodies[1:]),
    )


def _writing(node: Node, scope: Scope, data_format: str) -> list[str]:
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
    data_format, settings = _read_target(block)
    if data_format != _GLUE_PARQUET:
        raise Unread
    return settings


def _recognise_direct(block: Block) -> dict[str, Any]:
    data_format, settings = _read_target(block)
    if data_format == _GLUE_PARQUET:
        raise Unread
    return {"Format": data_format, **settings}


def _read_target(block: Block) -> tuple[str, dict[str, Any]]:
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
    source("S3CsvSource", reads_paths, _emit_csv, _recognise_csv),
    source("S3JsonSource", reads_paths, _emit_json, _recognise_json),
    source("S3ParquetSource", reads_paths, _emit_parquet, _recognise_parquet),
    source("S3ExcelSource", reads_paths),
    source("S3HudiSource", reads_paths),
    source("S3DeltaSource", reads_paths),
    target(
        "S3GlueParquetTarget",
        writes_path,
        _emit_glue_parquet,
        _recognise_glue_parquet,
        appends=True,
    ),
    target("S3DirectTarget", writes_path, _emit_direct, _recognise_direct, appends=True),
    target("S3HyperDirectTarget", writes_path, appends=True),
    target("S3HudiDirectTarget", commits("Hudi", writes_path)),
    target("S3DeltaDirectTarget", commits("Delta", writes_path)),
    target("S3IcebergDirectTarget", commits("Iceberg", writes_path)),
    # A sample of the rows that pass, written as JSON.
    Kind("Spigot", access=writes_path, acts=True, columns=same_columns),
)

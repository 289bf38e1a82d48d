"""S3 sources: CSV, JSON and Parquet files."""

from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.reading import Block, Call, Unread, boolean, string
from glue_studio.nodes.values import (
    absent,
    flag,
    mapping,
    optional_text,
    quoted,
    quoted_list,
    refuse,
    text,
    texts,
)

# The API's names, and what stands in a script; quillemet and Ctrl-A were never seen in one.
_QUOTES = {"quote": r'"\""', "single_quote": '"\'"', "disabled": "-1"}
_SEPARATORS = {"comma": ",", "pipe": "|", "semicolon": ";", "tab": r"\t"}
_UNKNOWN = (
    "CompressionType",
    "Exclusions",
    "GroupFiles",
    "GroupSize",
    "MaxBand",
    "MaxFilesInBand",
)


def _emit_parquet(node: Node, scope: Scope) -> Text:
    return Text(_source(node, scope, "parquet", "{}"))


def _emit_json(node: Node, scope: Scope) -> Text:
    path = optional_text(node, "JsonPath")
    start = f'"jsonPath": {quoted(node, "JsonPath", path)}, ' if path else ""
    multiline = flag(node, "Multiline")
    return Text(
        _source(node, scope, "json", f'{{{start}"multiLine": {_lower(multiline)}}}'),
        older=tuple(
            _source(node, scope, "json", f'{{{path}"multiline": {multiline}}}')
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
        _source(node, scope, "csv", "{" + ", ".join(options) + "}"),
        older=tuple(
            _source(node, scope, "csv", "{" + ", ".join(older + more) + "}")
            for more in ([], [] if escaper else ['"escaper": ""'])
        ),
    )


def _source(node: Node, scope: Scope, data_format: str, options: str) -> str:
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
        raise refuse(
            node,
            f"the text that Glue Studio writes for the {key} {value!r} is not known; "
            f"use one of {', '.join(known)}.",
        )
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
    settings["QuoteChar"] = _name(_QUOTES, shown)
    settings["Separator"] = _name(_SEPARATORS, block.raw(options.get("separator")))
    escaper = string(options["escaper"]) if "escaper" in options else ""
    if escaper:
        settings["Escaper"] = escaper
    for key, name in (("withHeader", "WithHeader"), ("optimizePerformance", "OptimizePerformance")):
        if key in options:
            settings[name] = boolean(options[key])
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
        settings["Recurse"] = boolean(options["recurse"])
    return settings


def _multiline(call: Call) -> bool | None:
    options = call.entries("format_options")
    if "multiLine" in options:
        return string(options["multiLine"]) == "true"
    return boolean(options["multiline"]) if "multiline" in options else None


def _name(known: dict[str, str], shown: str) -> str:
    for name, literal in known.items():
        if literal == shown:
            return name
    raise Unread


KINDS = (
    Kind("S3CsvSource", _emit_csv, _recognise_csv),
    Kind("S3JsonSource", _emit_json, _recognise_json),
    Kind("S3ParquetSource", _emit_parquet, _recognise_parquet),
)

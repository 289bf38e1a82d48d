"""Data warehouses: Amazon Redshift and Snowflake, through connections and catalog tables."""

import ast
from collections.abc import Mapping
from typing import Any

from glue_studio.model import Node, texts_at
from glue_studio.names import hash_order
from glue_studio.nodes.access import Access, reads_table_elsewhere, writes_table_elsewhere
from glue_studio.nodes.kind import Scope, Text, source, target
from glue_studio.nodes.reading import Block, Call, Unread
from glue_studio.nodes.settings import (
    absent,
    boolean,
    mapping,
    member,
    not_known,
    objects,
    optional_text,
    quoted,
    refuse,
    text,
)

_IMPORT = "from awsglue import DynamicFrame"


def _reading_text(node: Node, scope: Scope, kind: str, options: Mapping[str, str]) -> Text:
    """The text of a source with a connection type and texts for options."""
    variable = scope.variable(node)
    return Text(
        f"{variable} = glueContext.create_dynamic_frame.from_options("
        f'connection_type="{kind}", connection_options={_dict(node, options)}, '
        f'transformation_ctx="{variable}")',
        imports=(_IMPORT,),
    )


def _writing_text(node: Node, scope: Scope, kind: str, options: Mapping[str, str]) -> Text:
    """The text of a target with a connection type and texts for options."""
    variable = scope.variable(node)
    return Text(
        f"{variable} = glueContext.write_dynamic_frame.from_options(frame={scope.frame(node)}, "
        f'connection_type="{kind}", connection_options={_dict(node, options)}, '
        f'transformation_ctx="{variable}")',
        imports=(_IMPORT,),
    )


def _read_source(block: Block, kind: str) -> dict[str, str]:
    """The options of a source, as they stand between their quotes."""
    return _options_of_call(
        block.first_call.expect("glueContext.create_dynamic_frame.from_options"), kind
    )


def _read_target(block: Block, kind: str) -> tuple[str, dict[str, str]]:
    """The id of the node that a target reads, and its options."""
    call = block.first_call.expect("glueContext.write_dynamic_frame.from_options")
    return call.input("frame"), _options_of_call(call, kind)


def _option(node: Node, data: Mapping[str, Any], key: str) -> str:
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


def _plain(node: Node, data: Mapping[str, Any], key: str) -> str:
    """A text of the data, empty where absent."""
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise refuse(node, f"its Data.{key} is not a text.")
    return value


def _present(node: Node, data: Mapping[str, Any], *keys: str) -> None:
    """Refuse data without one of these, all of which the API takes for optional."""
    for key in keys:
        value = data.get(key)
        if not (_option(node, data, key) if isinstance(value, Mapping) else value):
            raise not_known(node, f"for Data without {key}", "give one")


def _refuse_unknown(node: Node, data: Mapping[str, Any], *keys: str) -> None:
    """Refuse data for which the generated text is not known."""
    for key in keys:
        value = data.get(key)
        empty = isinstance(value, Mapping) and not any(value.values())
        if value not in (None, "", [], {}, False) and not empty:
            raise not_known(node, f"for Data.{key}")


def _as_option(value: str) -> dict[str, str]:
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


def _options_of_call(call: Call, kind: str) -> dict[str, str]:
    if call.raw("connection_type") != kind:
        raise Unread
    options = call.keywords.get("connection_options")
    if not isinstance(options, ast.Dict):
        raise Unread
    raw = call.block.raw
    return {raw(key): raw(value) for key, value in zip(options.keys, options.values, strict=True)}


_REDSHIFT = "redshift"
_TEMPORARY = 'args["TempDir"]'
_OWN = {
    "aws_iam_role",
    "connectionName",
    "dbtable",
    "postactions",
    "preactions",
    "redshiftTmpDir",
    "sampleQuery",
    "useConnectionProperties",
}
_UNKNOWN = (
    "CatalogDatabase",
    "CatalogRedshiftSchema",
    "CatalogRedshiftTable",
    "CatalogTable",
    "TablePrefix",
)


def _emit_redshift_source(node: Node, scope: Scope) -> Text:
    data = mapping(node, "Data")
    return _reading_text(
        node, scope, _REDSHIFT, _redshift_options(node, data, _advanced(node, data))
    )


def _emit_redshift_target(node: Node, scope: Scope) -> Text:
    data = mapping(node, "Data")
    if data.get("SourceType") == "query":
        raise refuse(node, "its SourceType is query; a target writes to a table.")
    _refuse_unknown(node, data, "AdvancedOptions")
    options = _redshift_options(node, data, {})
    if data.get("Upsert"):
        # The console itself writes the statements of a merge, and keeps them in the node.
        _present(node, data, "StagingTable", "PostAction")
        options["dbtable"] = _plain(node, data, "StagingTable")
    options["preactions"] = _plain(node, data, "PreAction")
    options["postactions"] = _plain(node, data, "PostAction")
    return _writing_text(node, scope, _REDSHIFT, options)


def _advanced(node: Node, data: Mapping[str, Any]) -> dict[str, str]:
    """What the console calls additional options: any key with any text."""
    key = "Data.AdvancedOptions"
    given = objects(node, key, data.get("AdvancedOptions") or [])
    options = {member(node, key, one, "Key"): member(node, key, one, "Value") for one in given}
    if len(options) < len(given) or _OWN.intersection(options) or not all(options.values()):
        raise not_known(
            node,
            "for an advanced option that is empty, stands there twice or is one of "
            f"{', '.join(sorted(_OWN))}",
        )
    return options


def _redshift_options(
    node: Node, data: Mapping[str, Any], advanced: Mapping[str, str]
) -> dict[str, str]:
    _refuse_unknown(node, data, *_UNKNOWN)
    _present(node, data, "Connection", "TempDir")
    options = {
        **advanced,
        "redshiftTmpDir": _plain(node, data, "TempDir"),
        "useConnectionProperties": "true",
        "connectionName": _option(node, data, "Connection"),
        "aws_iam_role": _option(node, data, "IamRole"),
    }
    source_type = data.get("SourceType")
    if source_type == "query":
        _present(node, data, "SampleQuery")
        options["sampleQuery"] = _plain(node, data, "SampleQuery").replace("\n", " ")
    elif source_type in (None, "", "table"):
        _present(node, data, "Table")
        parts = (_option(node, data, "Schema"), _option(node, data, "Table"))
        options["dbtable"] = ".".join(filter(None, parts))
    else:
        raise not_known(node, f"for SourceType {source_type!r}")
    return options


def _recognise_redshift_source(block: Block) -> dict[str, Any]:
    options = _read_source(block, _REDSHIFT)
    data = _redshift_data(options)
    advanced = [{"Key": key, "Value": options[key]} for key in options if key not in _OWN]
    if advanced:
        data["AdvancedOptions"] = advanced
    return {"Data": data}


def _recognise_redshift_target(block: Block) -> dict[str, Any]:
    source, options = _read_target(block, _REDSHIFT)
    data = _redshift_data(options)
    for key, name in (("preactions", "PreAction"), ("postactions", "PostAction")):
        if key in options:
            data[name] = options[key]
    return {"Inputs": [source], "Data": data}


def _redshift_data(options: Mapping[str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {"AccessType": "Connection"}
    if "sampleQuery" in options:
        data |= {"SourceType": "query", "SampleQuery": options["sampleQuery"]}
    else:
        schema, dot, table = options.get("dbtable", "").partition(".")
        data["SourceType"] = "table"
        if dot:
            data["Schema"] = _as_option(schema)
        data["Table"] = _as_option(table if dot else schema)
    data["Connection"] = _as_option(options.get("connectionName", ""))
    data["TempDir"] = options.get("redshiftTmpDir", "")
    if "aws_iam_role" in options:
        data["IamRole"] = _as_option(options["aws_iam_role"])
    return data


def _emit_catalog_source(node: Node, scope: Scope) -> Text:
    return Text(_catalog_call(node, scope, "create_dynamic_frame", ""))


def _emit_catalog_target(node: Node, scope: Scope) -> Text:
    absent(node, "UpsertRedshiftOptions")
    frame = f"frame={scope.frame(node)}, "
    return Text(_catalog_call(node, scope, "write_dynamic_frame", frame))


def _catalog_call(node: Node, scope: Scope, function: str, frame: str) -> str:
    variable = scope.variable(node)
    directory, role = optional_text(node, "RedshiftTmpDir"), optional_text(node, "TmpDirIAMRole")
    if role and not directory:
        raise not_known(node, "for a TmpDirIAMRole without a RedshiftTmpDir", "give it both")
    location = f"redshift_tmp_dir={_TEMPORARY}, "
    if directory:
        options = f'{{"aws_iam_role": {quoted(node, "TmpDirIAMRole", role)}}}'
        location = (
            f"redshift_tmp_dir={quoted(node, 'RedshiftTmpDir', directory)},"
            f"{f'additional_options={options},' if role else ''} "
        )
    return (
        f"{variable} = glueContext.{function}.from_catalog({frame}"
        f"database={quoted(node, 'Database', text(node, 'Database'))}, "
        f"table_name={quoted(node, 'Table', text(node, 'Table'))}, {location}"
        f'transformation_ctx="{variable}")'
    )


def _recognise_catalog_source(block: Block) -> dict[str, Any]:
    return _catalog_table(
        block.first_call.expect("glueContext.create_dynamic_frame.from_catalog"), block
    )


def _recognise_catalog_target(block: Block) -> dict[str, Any]:
    call = block.first_call.expect("glueContext.write_dynamic_frame.from_catalog")
    return {"Inputs": [call.input("frame")], **_catalog_table(call, block)}


def _catalog_table(call: Call, block: Block) -> dict[str, Any]:
    settings = {"Database": call.raw("database"), "Table": call.raw("table_name")}
    directory = call.keywords.get("redshift_tmp_dir")
    if directory is None:
        raise Unread
    if block.source.segment(directory).replace("'", '"') == _TEMPORARY:
        return settings
    settings["RedshiftTmpDir"] = block.raw(directory)
    if "additional_options" in call.keywords:
        role = call.entries("additional_options").get("aws_iam_role")
        settings["TmpDirIAMRole"] = block.raw(role)
    return settings


_SNOWFLAKE = "snowflake"
_SNOWFLAKE_TEXTS = {"dbtable": "Table", "sfDatabase": "Database", "sfSchema": "Schema"}
_ACTIONS = {"preactions": "PreAction", "postactions": "PostAction"}


def _emit_snowflake_source(node: Node, scope: Scope) -> Text:
    return _reading_text(node, scope, _SNOWFLAKE, _snowflake_options(node, mapping(node, "Data")))


def _emit_snowflake_target(node: Node, scope: Scope) -> Text:
    data = mapping(node, "Data")
    options = _snowflake_options(node, data)
    options |= {key: _plain(node, data, name) for key, name in _ACTIONS.items()}
    if data.get("Upsert"):
        # The console itself writes the statements of a merge, and keeps them in the node.
        _present(node, data, "StagingTable", "PostAction")
        options["dbtable"] = _plain(node, data, "StagingTable")
    return _writing_text(node, scope, _SNOWFLAKE, options)


def _snowflake_options(node: Node, data: Mapping[str, Any]) -> dict[str, str]:
    _refuse_unknown(node, data, "AdditionalOptions", "TempDir", "IamRole", "SampleQuery")
    if data.get("SourceType") not in (None, "", "table"):
        raise not_known(node, f"for SourceType {data['SourceType']!r}")
    _present(node, data, "Connection", "Table")
    if not boolean(node, "Data.AutoPushdown", data.get("AutoPushdown") or False):
        raise not_known(node, "without AutoPushdown")
    return {
        "autopushdown": "on",
        "connectionName": _option(node, data, "Connection"),
        # Here because the map keeps those that share one of its bins in the order of insertion.
        **dict.fromkeys(_ACTIONS, ""),
        **{key: _plain(node, data, name) for key, name in _SNOWFLAKE_TEXTS.items()},
    }


def _recognise_snowflake_source(block: Block) -> dict[str, Any]:
    return {"Data": _snowflake_data(_read_source(block, _SNOWFLAKE))}


def _recognise_snowflake_target(block: Block) -> dict[str, Any]:
    source, options = _read_target(block, _SNOWFLAKE)
    data = _snowflake_data(options)
    data |= {name: options[key] for key, name in _ACTIONS.items() if key in options}
    return {"Inputs": [source], "Data": data}


def _snowflake_data(options: Mapping[str, str]) -> dict[str, Any]:
    if options.get("autopushdown") != "on":
        raise Unread
    return {
        "SourceType": "table",
        "Connection": _as_option(options.get("connectionName", "")),
        "AutoPushdown": True,
        **{name: options[key] for key, name in _SNOWFLAKE_TEXTS.items() if key in options},
    }


def _connected(node: Node) -> Access:
    connections = texts_at(node.settings, "Data.Connection.Value")
    return Access(
        paths_written=texts_at(node.settings, "Data.TempDir"),
        connections=connections,
        unknown=tuple(f"the warehouse of the connection {name}" for name in connections)
        or (f"the warehouse of the {node.type} “{node.name}”",),
    )


def _temporary(node: Node) -> Access:
    return Access(paths_written=texts_at(node.settings, "RedshiftTmpDir"))


_UNSHOWN = "Action, TableSchema"

KINDS = (
    source("AmazonRedshiftSource", _connected, _emit_redshift_source, _recognise_redshift_source),
    target(
        "AmazonRedshiftTarget",
        _connected,
        _emit_redshift_target,
        _recognise_redshift_target,
        unshown=_UNSHOWN,
    ),
    source(
        "RedshiftSource",
        lambda node: reads_table_elsewhere(node) + _temporary(node),
        _emit_catalog_source,
        _recognise_catalog_source,
    ),
    target(
        "RedshiftTarget",
        lambda node: writes_table_elsewhere(node) + _temporary(node),
        _emit_catalog_target,
        _recognise_catalog_target,
    ),
    source("SnowflakeSource", _connected, _emit_snowflake_source, _recognise_snowflake_source),
    target(
        "SnowflakeTarget",
        _connected,
        _emit_snowflake_target,
        _recognise_snowflake_target,
        unshown=_UNSHOWN,
    ),
)

"""Amazon Redshift, through a Glue connection or through tables in the Data Catalog."""

from collections.abc import Mapping
from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.reading import Block, Call, Unread
from glue_studio.nodes.values import (
    absent,
    mapping,
    member,
    objects,
    optional_text,
    quoted,
    refuse,
    text,
)
from glue_studio.nodes.warehouse import (
    as_option,
    option,
    plain,
    present,
    read_source,
    read_target,
    reading_text,
    unknown,
    writing_text,
)

_KIND = "redshift"
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


def _emit_source(node: Node, scope: Scope) -> Text:
    data = mapping(node, "Data")
    return reading_text(node, scope, _KIND, _options(node, data, _advanced(node, data)))


def _emit_target(node: Node, scope: Scope) -> Text:
    data = mapping(node, "Data")
    if data.get("SourceType") == "query":
        raise refuse(node, "its SourceType is query; a target writes to a table.")
    unknown(node, data, "AdvancedOptions")
    options = _options(node, data, {})
    if data.get("Upsert"):
        # The console itself writes the statements of a merge, and keeps them in the node.
        present(node, data, "StagingTable", "PostAction")
        options["dbtable"] = plain(node, data, "StagingTable")
    options["preactions"] = plain(node, data, "PreAction")
    options["postactions"] = plain(node, data, "PostAction")
    return writing_text(node, scope, _KIND, options)


def _advanced(node: Node, data: Mapping[str, Any]) -> dict[str, str]:
    """What the console calls additional options: any key with any text."""
    key = "Data.AdvancedOptions"
    given = objects(node, key, data.get("AdvancedOptions") or [])
    options = {member(node, key, one, "Key"): member(node, key, one, "Value") for one in given}
    if len(options) < len(given) or _OWN.intersection(options) or not all(options.values()):
        raise refuse(
            node,
            "the text that Glue Studio writes for an advanced option that is empty, stands there "
            f"twice or is one of {', '.join(sorted(_OWN))} is not known.",
        )
    return options


def _options(node: Node, data: Mapping[str, Any], advanced: Mapping[str, str]) -> dict[str, str]:
    unknown(node, data, *_UNKNOWN)
    present(node, data, "Connection", "TempDir")
    options = {
        **advanced,
        "redshiftTmpDir": plain(node, data, "TempDir"),
        "useConnectionProperties": "true",
        "connectionName": option(node, data, "Connection"),
        "aws_iam_role": option(node, data, "IamRole"),
    }
    source_type = data.get("SourceType")
    if source_type == "query":
        present(node, data, "SampleQuery")
        options["sampleQuery"] = plain(node, data, "SampleQuery").replace("\n", " ")
    elif source_type in (None, "", "table"):
        present(node, data, "Table")
        parts = (option(node, data, "Schema"), option(node, data, "Table"))
        options["dbtable"] = ".".join(filter(None, parts))
    else:
        raise refuse(
            node, f"the text that Glue Studio writes for SourceType {source_type!r} is not known."
        )
    return options


def _recognise_source(block: Block) -> dict[str, Any]:
    options = read_source(block, _KIND)
    data = _data(options)
    advanced = [{"Key": key, "Value": options[key]} for key in options if key not in _OWN]
    if advanced:
        data["AdvancedOptions"] = advanced
    return {"Data": data}


def _recognise_target(block: Block) -> dict[str, Any]:
    source, options = read_target(block, _KIND)
    data = _data(options)
    for key, name in (("preactions", "PreAction"), ("postactions", "PostAction")):
        if key in options:
            data[name] = options[key]
    return {"Inputs": [source], "Data": data}


def _data(options: Mapping[str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {"AccessType": "Connection"}
    if "sampleQuery" in options:
        data |= {"SourceType": "query", "SampleQuery": options["sampleQuery"]}
    else:
        schema, dot, table = options.get("dbtable", "").partition(".")
        data["SourceType"] = "table"
        if dot:
            data["Schema"] = as_option(schema)
        data["Table"] = as_option(table if dot else schema)
    data["Connection"] = as_option(options.get("connectionName", ""))
    data["TempDir"] = options.get("redshiftTmpDir", "")
    if "aws_iam_role" in options:
        data["IamRole"] = as_option(options["aws_iam_role"])
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
        raise refuse(
            node,
            "the text that Glue Studio writes for a TmpDirIAMRole without a RedshiftTmpDir is not "
            "known; give it both.",
        )
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


KINDS = (
    Kind("AmazonRedshiftSource", _emit_source, _recognise_source),
    Kind(
        "AmazonRedshiftTarget",
        _emit_target,
        _recognise_target,
        target=True,
        unshown="Action, TableSchema",
    ),
    Kind("RedshiftSource", _emit_catalog_source, _recognise_catalog_source),
    Kind("RedshiftTarget", _emit_catalog_target, _recognise_catalog_target, target=True),
)

"""Amazon Redshift, through a Glue connection or through tables in the Data Catalog."""

from collections.abc import Mapping
from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.reading import Block, Call, Unread
from glue_studio.nodes.values import absent, mapping, optional_text, quoted, refuse, text
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
_UNKNOWN = (
    "AdvancedOptions",
    "CatalogDatabase",
    "CatalogRedshiftSchema",
    "CatalogRedshiftTable",
    "CatalogTable",
    "TablePrefix",
)


def _emit_source(node: Node, scope: Scope) -> Text:
    data = mapping(node, "Data")
    return reading_text(node, scope, _KIND, _options(node, data))


def _emit_target(node: Node, scope: Scope) -> Text:
    data = mapping(node, "Data")
    if data.get("SourceType") == "query":
        raise refuse(node, "its SourceType is query; a target writes to a table.")
    options = _options(node, data)
    if data.get("Upsert"):
        # The console itself writes the statements of a merge, and keeps them in the node.
        present(node, data, "StagingTable", "PostAction")
        options["dbtable"] = plain(node, data, "StagingTable")
    options["preactions"] = plain(node, data, "PreAction")
    options["postactions"] = plain(node, data, "PostAction")
    return writing_text(node, scope, _KIND, options)


def _options(node: Node, data: Mapping[str, Any]) -> dict[str, str]:
    unknown(node, data, *_UNKNOWN)
    present(node, data, "Connection", "TempDir")
    options = {
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
    return {"Data": _data(read_source(block, _KIND))}


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
    if bool(directory) is not bool(role):
        raise refuse(
            node,
            "the text that Glue Studio writes for only one of RedshiftTmpDir and TmpDirIAMRole "
            "is not known; give it both or none.",
        )
    location = f"redshift_tmp_dir={_TEMPORARY}, "
    if directory:
        location = (
            f"redshift_tmp_dir={quoted(node, 'RedshiftTmpDir', directory)},"
            f'additional_options={{"aws_iam_role": {quoted(node, "TmpDirIAMRole", role)}}}, '
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
    role = call.entries("additional_options").get("aws_iam_role")
    return {**settings, "RedshiftTmpDir": block.raw(directory), "TmpDirIAMRole": block.raw(role)}


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

"""Snowflake, through a Glue connection."""

from collections.abc import Mapping
from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.reading import Block, Unread
from glue_studio.nodes.values import boolean, mapping, refuse
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

_KIND = "snowflake"
_TEXTS = {"dbtable": "Table", "sfDatabase": "Database", "sfSchema": "Schema"}
_ACTIONS = {"preactions": "PreAction", "postactions": "PostAction"}


def _emit_source(node: Node, scope: Scope) -> Text:
    return reading_text(node, scope, _KIND, _options(node, mapping(node, "Data")))


def _emit_target(node: Node, scope: Scope) -> Text:
    data = mapping(node, "Data")
    options = _options(node, data)
    options |= {key: plain(node, data, name) for key, name in _ACTIONS.items()}
    if data.get("Upsert"):
        # The console itself writes the statements of a merge, and keeps them in the node.
        present(node, data, "StagingTable", "PostAction")
        options["dbtable"] = plain(node, data, "StagingTable")
    return writing_text(node, scope, _KIND, options)


def _options(node: Node, data: Mapping[str, Any]) -> dict[str, str]:
    unknown(node, data, "AdditionalOptions", "TempDir", "IamRole", "SampleQuery")
    if data.get("SourceType") not in (None, "", "table"):
        raise refuse(
            node,
            f"the text that Glue Studio writes for SourceType {data['SourceType']!r} is not known.",
        )
    present(node, data, "Connection", "Table")
    if not boolean(node, "Data.AutoPushdown", data.get("AutoPushdown") or False):
        raise refuse(node, "the text that Glue Studio writes without AutoPushdown is not known.")
    return {
        "autopushdown": "on",
        "connectionName": option(node, data, "Connection"),
        # Here because the map keeps those that share one of its bins in the order of insertion.
        **dict.fromkeys(_ACTIONS, ""),
        **{key: plain(node, data, name) for key, name in _TEXTS.items()},
    }


def _recognise_source(block: Block) -> dict[str, Any]:
    return {"Data": _data(read_source(block, _KIND))}


def _recognise_target(block: Block) -> dict[str, Any]:
    source, options = read_target(block, _KIND)
    data = _data(options)
    data |= {name: options[key] for key, name in _ACTIONS.items() if key in options}
    return {"Inputs": [source], "Data": data}


def _data(options: Mapping[str, str]) -> dict[str, Any]:
    if options.get("autopushdown") != "on":
        raise Unread
    return {
        "SourceType": "table",
        "Connection": as_option(options.get("connectionName", "")),
        "AutoPushdown": True,
        **{name: options[key] for key, name in _TEXTS.items() if key in options},
    }


KINDS = (
    Kind("SnowflakeSource", _emit_source, _recognise_source),
    Kind(
        "SnowflakeTarget",
        _emit_target,
        _recognise_target,
        target=True,
        unshown="Action, TableSchema",
    ),
)

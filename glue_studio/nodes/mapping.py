"""Columns chosen, dropped, renamed and retyped."""

import ast
from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.paths import path_segments, quoted_path, quoted_paths
from glue_studio.nodes.reading import Block, Unread, elements
from glue_studio.nodes.values import entries, items, member, quoted, refuse


def _emit_mapping(node: Node, scope: Scope) -> Text:
    key = "Mapping"
    columns = []
    for column in entries(node, key):
        if column.get("Children"):
            raise refuse(
                node,
                "the text that Glue Studio writes for Mapping.Children is not known; "
                "map nested columns by their paths.",
            )
        if column.get("Dropped"):
            continue
        columns.append(
            f"({quoted_path(node, key, column.get('FromPath'))}, "
            f"{quoted(node, key, member(node, key, column, 'FromType'))}, "
            f"{quoted(node, key, member(node, key, column, 'ToKey'))}, "
            f"{quoted(node, key, member(node, key, column, 'ToType'))})"
        )
    variable = scope.variable(node)
    return Text(
        f"{variable} = ApplyMapping.apply(frame={scope.frame(node)}, "
        f'mappings=[{", ".join(columns)}], transformation_ctx="{variable}")'
    )


def _recognise_mapping(block: Block) -> dict[str, Any]:
    call = block.first_call.expect("ApplyMapping.apply")
    columns = []
    for entry in elements(call.keywords.get("mappings")):
        if not isinstance(entry, ast.Tuple) or len(entry.elts) != 4:  # noqa: PLR2004
            raise Unread
        source, from_type, target, to_type = (block.raw(part) for part in entry.elts)
        columns.append(
            {
                "ToKey": target,
                "FromPath": path_segments(source),
                "FromType": from_type,
                "ToType": to_type,
                "Dropped": False,
            }
        )
    return {"Inputs": [call.input("frame")], "Mapping": columns}


def _emit_paths(function: str, node: Node, scope: Scope) -> Text:
    variable = scope.variable(node)
    return Text(
        f"{variable} = {function}.apply(frame={scope.frame(node)}, "
        f"paths={quoted_paths(node, 'Paths', items(node, 'Paths'))}, "
        f'transformation_ctx="{variable}")'
    )


def _recognise_paths(function: str, block: Block) -> dict[str, Any]:
    call = block.first_call.expect(f"{function}.apply")
    return {
        "Inputs": [call.input("frame")],
        "Paths": [path_segments(path) for path in call.raws("paths")],
    }


def _emit_rename(node: Node, scope: Scope) -> Text:
    variable = scope.variable(node)
    return Text(
        f"{variable} = RenameField.apply(frame={scope.frame(node)}, "
        f"old_name={quoted_path(node, 'SourcePath', node.settings.get('SourcePath'))}, "
        f"new_name={quoted_path(node, 'TargetPath', node.settings.get('TargetPath'))}, "
        f'transformation_ctx="{variable}")'
    )


def _recognise_rename(block: Block) -> dict[str, Any]:
    call = block.first_call.expect("RenameField.apply")
    return {
        "Inputs": [call.input("frame")],
        "SourcePath": path_segments(call.raw("old_name")),
        "TargetPath": path_segments(call.raw("new_name")),
    }


def _paths_kind(function: str) -> Kind:
    return Kind(
        function,
        lambda node, scope: _emit_paths(function, node, scope),
        lambda block: _recognise_paths(function, block),
    )


KINDS = (
    Kind("ApplyMapping", _emit_mapping, _recognise_mapping),
    _paths_kind("SelectFields"),
    _paths_kind("DropFields"),
    Kind("RenameField", _emit_rename, _recognise_rename),
)

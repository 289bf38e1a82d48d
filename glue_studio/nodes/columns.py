"""Columns chosen, dropped, renamed, retyped and filled."""

import ast
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from glue_studio.model import Node, head, heads_at, objects_at, values_at
from glue_studio.nodes.kind import Columns, Kind, Scope, Text
from glue_studio.nodes.reading import Block, Unread, elements_of
from glue_studio.nodes.settings import (
    entries,
    items,
    member,
    not_known,
    path_segments,
    quoted,
    quoted_path,
    quoted_paths,
)


def _emit_mapping(node: Node, scope: Scope) -> Text:
    key = "Mapping"
    columns = []
    for column in entries(node, key):
        if column.get("Children"):
            raise not_known(node, "for Mapping.Children", "map nested columns by their paths")
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
    for entry in elements_of(call.keywords.get("mappings")):
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


def _mapped(settings: Mapping[str, Any], key: str) -> Iterator[Any]:
    return (
        column.get(key) for column in objects_at(settings, "Mapping[]") if not column.get("Dropped")
    )


def _mapped_columns(node: Node, _: list[Columns]) -> Columns:
    if any(column.get("Children") for column in objects_at(node.settings, "Mapping[]")):
        return None
    return tuple(map(str, _mapped(node.settings, "ToKey")))


def _selected_columns(node: Node, _: list[Columns]) -> Columns:
    return tuple(dict.fromkeys(heads_at("Paths[]")(node.settings)))


def _left_columns(node: Node, inputs: list[Columns]) -> Columns:
    if inputs[0] is None:
        return None
    paths = values_at(node.settings, "Paths[]")
    gone = {str(path[0]).lower() for path in paths if isinstance(path, list) and len(path) == 1}
    return tuple(name for name in inputs[0] if name.lower() not in gone)


def _renamed_columns(node: Node, inputs: list[Columns]) -> Columns:
    source, target = (
        list(values_at(node.settings, where)) for where in ("SourcePath[]", "TargetPath[]")
    )
    if inputs[0] is None or len(source) != 1 or len(target) != 1:
        return None
    old = str(source[0]).lower()
    return tuple(str(target[0]) if name.lower() == old else name for name in inputs[0])


KINDS = (
    Kind(
        "ApplyMapping",
        emit=_emit_mapping,
        recognise=_recognise_mapping,
        uses=lambda settings: map(head, _mapped(settings, "FromPath")),
        renames=lambda settings: map(str, _mapped(settings, "ToKey")),
        columns=_mapped_columns,
    ),
    Kind(
        "SelectFields",
        emit=partial(_emit_paths, "SelectFields"),
        recognise=partial(_recognise_paths, "SelectFields"),
        paths=("Paths[]",),
        uses=heads_at("Paths[]"),
        columns=_selected_columns,
    ),
    Kind(
        "DropFields",
        emit=partial(_emit_paths, "DropFields"),
        recognise=partial(_recognise_paths, "DropFields"),
        paths=("Paths[]",),
        columns=_left_columns,
    ),
    Kind(
        "RenameField",
        emit=_emit_rename,
        recognise=_recognise_rename,
        paths=("SourcePath", "TargetPath"),
        uses=heads_at("SourcePath"),
        renames=heads_at("TargetPath"),
        columns=_renamed_columns,
    ),
    Kind("SplitFields", collection=True, paths=("Paths[]",), uses=heads_at("Paths[]")),
    Kind("FillMissingValues"),
    Kind("PIIDetection"),
)

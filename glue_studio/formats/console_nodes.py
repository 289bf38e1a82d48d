"""Nodes as the console keeps them: flat, camelCase, with its own names for sources and targets."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from glue_studio.errors import GraphError
from glue_studio.model import Node
from glue_studio.names import prefix
from glue_studio.nodes import KINDS, Role, kind_of
from glue_studio.nodes.settings import path_segments

_QUOTES = {"quote": '"', "single_quote": "'", "quillemet": "»", "disabled": "-1"}
_SEPARATORS = {"comma": ",", "pipe": "|", "semicolon": ";", "tab": "\t", "ctrla": "\x01"}
_S3_SOURCES = {"S3CsvSource": "csv", "S3JsonSource": "json", "S3ParquetSource": "parquet"}
_CLASSIFICATIONS = {
    Role.SOURCE: "DataSource",
    Role.TRANSFORM: "Transform",
    Role.TARGET: "DataSink",
}
_SCHEMA_POLICY = {"schemaChangePolicy", "autoDataQuality"}
# What the console adds to every node, or keeps for its own screens.
_NOISE = frozenset(
    {
        "calculatedType",
        "classification",
        "codeGenVersion",
        "columnConditions",
        "dataPreview",
        "generatedNodeName",
        "iconUrl",
        "inferSchemaChanged",
        "isCatalog",
        "nodeId",
        "parentsValid",
        "previewAmount",
        "runtimeParameters",
        "streamingBatchInterval",
        "type",
        "updateCatalogOptions",
    }
)
_Shapes = Mapping[str, Mapping[str, Any]]
_NEEDS_TICKS = re.compile(r"[.`]")


def node_to_console(node: Node) -> tuple[dict[str, Any], list[str]]:
    """A node of the `dag`, and what it cannot hold."""
    settings = dict(node.settings)
    notes: list[str] = []
    _map_paths(node.type, settings, _path_to_console)
    if isinstance(settings.get("OutputSchemas"), list):
        settings["OutputSchemas"] = [_schema_to_console(one) for one in settings["OutputSchemas"]]
    classification, console_type, extra = _console_type(node)
    if node.type == "S3CsvSource":
        for key, known in (("QuoteChar", _QUOTES), ("Separator", _SEPARATORS)):
            settings[key] = known.get(str(settings.get(key)), settings.get(key))
        settings.setdefault("OptimizePerformance", None)
    settings.pop("Name")
    inputs = list(settings.pop("Inputs", None) or [])
    settings.pop("Format", None) if console_type == "S3" else None
    flat = _renamed(_shape_of(node.type), settings, _lower)
    clash = sorted(set(flat) & _NOISE)
    if clash:
        notes.append(f"{node}: {', '.join(clash)} is the console's own word; it was left out.")
    return {
        "nodeId": node.id,
        "dataPreview": False,
        "previewAmount": 0,
        "inputs": inputs,
        "name": node.name,
        "generatedNodeName": f"{prefix(node.name)}_{node.id.replace('-', '')}",
        "classification": classification,
        "type": console_type,
        **extra,
        **{key: value for key, value in flat.items() if key not in _NOISE},
        "calculatedType": "",
        "codeGenVersion": 2,
    }, notes


def node_from_console(node_id: str, node: Any) -> tuple[str, dict[str, Any], list[str]]:
    """API type, API settings and what was left out, of a node of the `dag`."""
    if not isinstance(node, Mapping):
        raise GraphError(f"node {node_id}: it is not an object.", node_id)
    node_type = _api_type(node_id, node)
    notes = []
    conditions = node.get("columnConditions") or []
    if any(condition != "=" for condition in conditions):
        notes.append(
            f"node {node_id}: the join compares with {', '.join(map(str, conditions))}, and the "
            "API knows equality only; it was left out."
        )
    settings: dict[str, Any] = {"Name": node.get("name")}
    if node.get("inputs"):
        settings["Inputs"] = node["inputs"]
    more = {key: value for key, value in node.items() if key not in {*_NOISE, "name", "inputs"}}
    settings |= _without_nulls(_renamed(_shape_of(node_type), more, _upper))
    if node_type == "S3CsvSource" and "optimizePerformance" not in node:
        settings["OptimizePerformance"] = False  # what the form does not say, its script does
    _tidy(node_type, settings)
    _map_paths(node_type, settings, _path_from_console)
    notes += [
        f"node {node_id}: {name} has no counterpart in the API; it was left out."
        for name in dict.fromkeys(_prune(node_type, settings))
    ]
    return node_type, settings, notes


def _tidy(node_type: str, settings: dict[str, Any]) -> None:
    """Make the API's values of those that the console writes otherwise."""
    if node_type in _S3_SOURCES or node_type == "S3GlueParquetTarget":
        settings.pop("Format", None)
    if node_type == "S3CsvSource":
        for key, known in (("QuoteChar", _QUOTES), ("Separator", _SEPARATORS)):
            literals = {literal: name for name, literal in known.items()}
            if key in settings:
                settings[key] = literals.get(str(settings[key]), settings[key])
    if isinstance(settings.get("OutputSchemas"), list):
        settings["OutputSchemas"] = [_schema_from_console(one) for one in settings["OutputSchemas"]]


def _console_type(node: Node) -> tuple[str, str, dict[str, Any]]:
    """Classification, type and fields that the console tells a node type by."""
    kind = node.type
    if kind in _S3_SOURCES:
        return "DataSource", "S3", {"isCatalog": False, "format": _S3_SOURCES[kind]}
    if kind == "S3CatalogSource":
        return "DataSource", "S3", {"isCatalog": True}
    if kind == "CatalogSource":
        return "DataSource", "Catalog", {"isCatalog": True, "runtimeParameters": []}
    if kind == "S3GlueParquetTarget":
        return "DataSink", "S3", {"format": "glueparquet"}
    if kind == "S3DirectTarget":
        return "DataSink", "S3", {"format": node.settings.get("Format")}
    if kind == "S3CatalogTarget":
        return "DataSink", "Catalog", {"schemaChangePolicy": None}
    if kind == "CatalogTarget":
        return "DataSink", "Catalog", {}
    return _CLASSIFICATIONS[kind_of(node).role], kind, {}


def _api_type(node_id: str, node: Mapping[str, Any]) -> str:
    kind, role = node.get("type"), node.get("classification")
    if not isinstance(kind, str) or not kind:
        raise GraphError(f"node {node_id}: it has no type.", node_id)
    data_format = _format(node_id, node)
    if kind == "S3" and role == "DataSource":
        formats = {value: key for key, value in _S3_SOURCES.items()}
        if node.get("isCatalog"):
            return "S3CatalogSource"
        if data_format in formats:
            return formats[data_format]
        return f"S3{str(data_format).capitalize()}Source"
    if kind == "S3" and role == "DataSink":
        if data_format == "glueparquet":
            return "S3GlueParquetTarget"
        tables = {"hudi": "Hudi", "delta": "Delta", "iceberg": "Iceberg"}
        if data_format in tables:
            return f"S3{tables[data_format]}DirectTarget"
        return "S3DirectTarget"
    if kind == "Catalog" and role == "DataSource":
        return "CatalogSource"
    if kind == "Catalog" and role == "DataSink":
        return "S3CatalogTarget" if _SCHEMA_POLICY & set(node) else "CatalogTarget"
    return kind


def _format(node_id: str, node: Mapping[str, Any]) -> str | None:
    value = node.get("format")
    if not isinstance(value, str | None):
        raise GraphError(f"node {node_id}: its format is not a text.", node_id)
    return value


def _renamed(shape: str, value: Any, rename: Callable[[str], str]) -> Any:
    """A value with the names of its members changed, but not the keys of maps: these are the user's.

    Args:
        shape: name of its shape in the Glue API; empty where that is not known.
        value: as the API or the console has it.
        rename: from the one's way of writing a name to the other's.
    """
    known = _shapes().get(shape, {})
    if isinstance(value, Mapping) and known.get("type") != "map":
        members = known.get("members", {})
        return {
            rename(key): _renamed(members.get(_upper(key), {}).get("shape", ""), item, rename)
            for key, item in value.items()
        }
    if isinstance(value, list):
        member = known.get("member", {}).get("shape", "")
        return [_renamed(member, item, rename) for item in value]
    return value


def _shape_of(node_type: str) -> str:
    """The name of a node type's shape, empty for one that the API does not know."""
    types = _shapes()["CodeGenConfigurationNode"]["members"]
    return str(types[node_type]["shape"]) if node_type in types else ""


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _map_paths(node_type: str, settings: dict[str, Any], convert: Callable[[Any], Any]) -> None:
    """Paths to columns: lists of segments in the API, plain texts in the console."""
    for where in KINDS[node_type].paths if node_type in KINDS else ():
        settings.update(_converted(settings, where, convert))


def _converted(
    settings: Mapping[str, Any], where: str, convert: Callable[[Any], Any]
) -> Mapping[str, Any]:
    """Settings with the values at one place converted; what has another form stays."""
    step, _, rest = where.partition(".")
    name = step.removesuffix("[]")

    def change(value: Any) -> Any:
        if not rest:
            return convert(value)
        return _converted(value, rest, convert) if isinstance(value, Mapping) else value

    if name not in settings:
        return settings
    value = settings[name]
    if step == name:
        return {**settings, name: change(value)}
    return {
        **settings,
        name: [change(item) for item in value] if isinstance(value, list) else value,
    }


def _path_to_console(path: Any) -> Any:
    if not isinstance(path, list):
        return path
    if len(path) == 1 and not _NEEDS_TICKS.search(str(path[0])):
        return path[0]
    return ".".join(f"`{part}`" if re.search(r"[.()]", str(part)) else str(part) for part in path)


def _path_from_console(path: Any) -> Any:
    if not isinstance(path, str):
        return path
    # `sum(a.b)` is one column, as Aggregate names it.
    return [path] if "(" in path and "`" not in path else path_segments(path)


def _schema_to_console(schema: Any) -> list[dict[str, Any]]:
    columns = schema.get("Columns") if isinstance(schema, Mapping) else None
    return [
        _column_to_console(column)
        for column in (columns if isinstance(columns, list) else [])
        if isinstance(column, Mapping)
    ]


def _column_to_console(column: Mapping[str, Any]) -> dict[str, Any]:
    name = column.get("Name")
    shown = {"key": name, "fullPath": [name], "type": column.get("Type")}
    if "GlueStudioType" in column:
        shown["glueStudioType"] = column["GlueStudioType"]
    return {**shown, "children": None}


def _schema_from_console(schema: Any) -> dict[str, Any]:
    columns = []
    for column in schema if isinstance(schema, list) else []:
        if isinstance(column, Mapping):
            shown = {"Name": column.get("Key"), "Type": column.get("Type")}
            if column.get("GlueStudioType") is not None:
                shown["GlueStudioType"] = column["GlueStudioType"]
            columns.append({key: value for key, value in shown.items() if value is not None})
    return {"Columns": columns}


def _upper(key: str) -> str:
    return key[:1].upper() + key[1:]


def _lower(key: str) -> str:
    return key[:1].lower() + key[1:]


def _prune(node_type: str, settings: dict[str, Any]) -> list[str]:
    """Take out of a node's settings what the API does not know, in place.

    Returns:
        The dotted names of what was taken out and held something.
    """
    shapes = _shapes()
    members = shapes["CodeGenConfigurationNode"]["members"]
    if node_type not in members:
        return []
    return list(_pruned(shapes, members[node_type]["shape"], settings, ""))


def _pruned(shapes: _Shapes, name: str, value: Any, where: str) -> Iterator[str]:
    shape = shapes[name]
    if shape["type"] == "structure" and isinstance(value, dict):
        for key in list(value):
            member = shape["members"].get(key)
            if member is None:
                if value.pop(key) not in (None, "", [], {}, False):
                    yield f"{where}{key}"
            else:
                yield from _pruned(shapes, member["shape"], value[key], f"{where}{key}.")
    elif shape["type"] == "list" and isinstance(value, list):
        for item in value:
            yield from _pruned(shapes, shape["member"]["shape"], item, where)


@cache
def _shapes() -> _Shapes:
    # botocore is large: only who reads a console download waits for it.
    from botocore.loaders import Loader  # noqa: PLC0415

    shapes: _Shapes = Loader().load_service_model("glue", "service-2")["shapes"]
    return shapes

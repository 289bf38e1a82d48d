"""Targets that a random graph draws: the node, what it must write, and what it wrote."""

import csv
import gzip
import io
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.orc as po
import pyarrow.parquet as pq

from tests.sandbox.glue.runtime.awsglue.random_graphs.model import (
    Model,
    Record,
    Settings,
    Types,
    data_frame,
    spelled,
)
from tests.sandbox.glue.runtime.conftest import DATABASE

NOTHING = "__HIVE_DEFAULT_PARTITION__"
HIVE = {"long": "bigint", "decimal": "decimal(5,2)"}


@dataclass(frozen=True)
class Target:
    """A target: its type and settings, and what of its records must be in S3.

    Attributes:
        kind: the node type.
        settings: without Inputs.
        location: where it writes.
        format: of its files.
        rows: what must be there, as the format has it.
        table: the table whose columns it keeps up to date, empty for none.
        columns: names and types that the table must have then.
    """

    kind: str
    settings: Settings
    location: str
    format: str
    rows: list[Record]
    table: str = ""
    columns: dict[str, str] | None = None

    def check(self, lake: Any) -> None:
        """Compare what is in S3, and in the Data Catalog, with what must be."""
        found = [
            row | _parts(key) for key in lake.keys(self.location) for row in self._read(lake, key)
        ]
        assert sorted(map(spelled, found)) == sorted(map(spelled, self.rows)), self
        if self.columns is not None:
            made = lake.glue.get_table(DatabaseName=DATABASE, Name=self.table)["Table"]
            listed = [*made["StorageDescriptor"]["Columns"], *made["PartitionKeys"]]
            types = {column["Name"]: re.sub("<.*", "", column["Type"]) for column in listed}
            assert types == self.columns, self
        if self.table and self.settings["PartitionKeys"]:
            values = {tuple(_parts(key).values()) for key in lake.keys(self.location)}
            pages = lake.glue.get_partitions(DatabaseName=DATABASE, TableName=self.table)
            assert {tuple(p["Values"]) for p in pages["Partitions"]} == values, self

    def _read(self, lake: Any, key: str) -> list[Record]:
        body = lake.body(self.location, key)
        if self.format in {"parquet", "orc"}:
            table = (pq.read_table if self.format == "parquet" else po.read_table)(io.BytesIO(body))
            for place, field in enumerate(table.schema):
                if pa.types.is_timestamp(field.type):
                    moments = table.column(place).cast(pa.timestamp("us", field.type.tz))
                    in_zone = moments if field.type.tz else pc.assume_timezone(moments, "UTC")
                    table = table.set_column(place, field.name, in_zone)
            return list(table.to_pylist())
        text = (gzip.decompress(body) if key.endswith(".gz") else body).decode()
        if self.format == "csv":
            header, *lines = csv.reader(io.StringIO(text))
            # A single field that is empty makes a blank line.
            return [dict(zip(header, line or [""], strict=True)) for line in lines]
        return [json.loads(line) for line in text.splitlines()]


def _parts(key: str) -> dict[str, str]:
    """The values of partition keys in the names of folders."""
    return {name: unquote(value) for name, value in re.findall(r"([^/=]+)=([^/]*)/", key)}


def drawn(lake: Any, model: Model, chance: random.Random) -> Target | None:
    """A target that the model fits, or None."""
    return chance.choice(_WAYS)(lake, model, chance)


def _as_json(value: Any) -> Any:
    """A value as JSON files have it: NULL is left out of structs."""
    match value:
        case dict():
            return {name: _as_json(held) for name, held in value.items() if held is not None}
        case list():
            return [_as_json(item) for item in value]
        case Decimal():
            return float(value)
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03}Z"
        case date():
            return value.isoformat()
    return value


def _as_csv(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value if isinstance(value, Decimal) else _as_json(value))


def _as_columns(model: Model) -> list[Record]:
    """The rows of columnar files, where what is NULL by type has no column."""
    kept = [name for name, types in model.shape.items() if types]
    return [{name: row[name] for name in kept} for row in data_frame(model).rows]


def _holds_nothing(types: Types) -> bool:
    """Whether a struct without fields is in the type, which only JSON can hold."""
    return any(
        not inner or any(map(_holds_nothing, inner.values()))
        if kind == "struct"
        else kind == "array" and _holds_nothing(inner)
        for kind, inner in types.items()
    )


def _fits(model: Model, data_format: str) -> bool:
    types = [types for types in model.shape.values() if types]
    match data_format:
        case "json":
            return bool(model.shape)
        case "csv":
            atoms = all({*held}.isdisjoint({"struct", "array"}) for held in types)
            return atoms and bool(model.shape) and not model.by_case
    return bool(types) and not model.by_case and not any(map(_holds_nothing, types))


def _rows(model: Model, data_format: str, keys: list[str]) -> list[Record]:
    """The records as files of the format and the names of folders have them."""
    whole = _as_columns(model) if data_format in {"parquet", "orc"} else model.rows
    rows = []
    for row in whole:
        kept: Record = {name: row.get(name) for name in row if name not in keys}
        if data_format == "json":
            kept = _as_json(kept)
        elif data_format == "csv":
            kept = {name: _as_csv(row.get(name)) for name in model.shape if name not in keys}
        texts = {key: row.get(key) for key in keys}
        rows.append(
            kept | {key: NOTHING if v in {None, ""} else str(v) for key, v in texts.items()}
        )
    return rows


def _partition_keys(model: Model, chance: random.Random) -> list[str]:
    names = [name for name in model.of_kind("int", "string") if re.fullmatch("[a-z]+", name)]
    held = [name for name, types in model.shape.items() if types]
    return [chance.choice(names)] if names and len(held) > 1 and chance.random() < 0.4 else []


def _quality(chance: random.Random, model: Model) -> Settings:
    if model.by_case or chance.random() < 0.7:
        return {}
    return {"AutoDataQuality": {"IsEnabled": True, "EvaluationContext": "EvaluateDataQuality_1"}}


def to_folder(lake: Any, model: Model, chance: random.Random) -> Target | None:
    kind, data_format = chance.choice(
        (
            ("S3GlueParquetTarget", "parquet"),
            *[("S3DirectTarget", name) for name in ("json", "json", "csv", "orc", "parquet")],
        )
    )
    if not _fits(model, data_format):
        return None
    keys, folder = _partition_keys(model, chance), lake.folder()
    settings: Settings = {"Path": folder, "PartitionKeys": [[key] for key in keys]}
    settings |= _quality(chance, model)
    if kind == "S3DirectTarget":
        settings["Format"] = data_format
    if data_format == "json" and chance.random() < 0.3:
        settings["Compression"] = "gzip"
    if chance.random() < 0.3:
        settings["NumberTargetPartitions"] = "1"
    return Target(kind, settings, folder, data_format, _rows(model, data_format, keys))


def to_new_table(lake: Any, model: Model, chance: random.Random) -> Target | None:
    kind, data_format = chance.choice((("S3GlueParquetTarget", "parquet"), ("S3DirectTarget", "json")))  # fmt: skip
    if not _fits(model, "parquet") or any(len(types) > 1 for types in model.shape.values()):
        return None
    keys, folder = _partition_keys(model, chance), lake.folder()
    table = f"new_{folder.rstrip('/').rpartition('/')[2]}"
    policy = {
        "EnableUpdateCatalog": True,
        "UpdateBehavior": chance.choice(("UPDATE_IN_DATABASE", "LOG")),
        "Database": DATABASE,
        "Table": table,
    }
    settings: Settings = {
        "Path": folder,
        "PartitionKeys": [[key] for key in keys],
        "SchemaChangePolicy": policy,
    } | _quality(chance, model)
    if kind == "S3DirectTarget":
        settings["Format"] = data_format
    columns = {name.lower(): _hive(types) for name, types in model.shape.items() if types}
    rows = _rows(model, data_format, keys)
    return Target(kind, settings, folder, data_format, rows, table, columns)


def to_table(lake: Any, model: Model, chance: random.Random) -> Target | None:
    kind, data_format = chance.choice(("S3CatalogTarget", "CatalogTarget")), chance.choice(("json", "parquet", "orc", "csv"))  # fmt: skip
    names_fit = all(re.fullmatch("[a-z][a-z0-9_]*", name) for name in model.shape)
    if not names_fit or not all(model.shape.values()) or not _fits(model, data_format):
        return None
    if not _fits(model, "parquet"):
        return None
    keys = _partition_keys(model, chance)
    types = {name: _whole_hive(held) for name, held in data_frame(model).shape.items()}
    columns = "; ".join(f"{name} {types[name]}" for name in model.shape if name not in keys)
    header = {"skip.header.line.count": "1"} if data_format == "csv" else {}
    parts = "; ".join(f"{key} {types[key]}" for key in keys)
    table = lake.table(columns, data_format, keys=parts, **header)
    settings: Settings = {
        "Database": DATABASE,
        "Table": table,
        "PartitionKeys": [[key] for key in keys],
    }
    if kind == "S3CatalogTarget":
        settings |= _quality(chance, model)
    location, rows = lake.location(table), _rows(model, data_format, keys)
    return Target(kind, settings, location, data_format, rows, table)


def _hive(types: Types) -> str:
    [kind] = types
    return HIVE.get(kind, kind)


def _whole_hive(types: Types) -> str:
    if not types:
        return "string"
    [(kind, inner)] = types.items()
    if kind == "struct":
        fields = (f"{name}:{_whole_hive(held)}" for name, held in inner.items())
        return f"struct<{','.join(fields)}>"
    return f"array<{_whole_hive(inner)}>" if kind == "array" else HIVE.get(kind, kind)


_WAYS: tuple[Callable[[Any, Model, random.Random], Target | None], ...] = (
    to_folder,
    to_new_table,
    to_table,
)

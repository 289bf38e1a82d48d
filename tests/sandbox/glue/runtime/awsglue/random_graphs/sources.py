"""Sources that a random graph draws: the node, and the model of a folder or a table made for it."""

import io
import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.orc as po
import pyarrow.parquet as pq

from tests.sandbox.glue.runtime.awsglue.random_graphs.model import (
    Model,
    Record,
    Settings,
    Shape,
    filled,
    model_of,
)
from tests.sandbox.glue.runtime.conftest import DATABASE

MIXED: tuple[Any, ...] = (1, 2, "1", "x", 1.5, True, None)
NESTED: tuple[Any, ...] = ({"in": 1, "x": 2}, {"in": "y"}, {"in": None, "x": 3}, {}, None)
PAIRS: tuple[Any, ...] = ({"in": "y", "x": 1}, {"in": None}, {"x": 2}, {}, None)
LISTS: tuple[Any, ...] = ([1, 2], [], [3, None], None)
PARSED: tuple[Any, ...] = ('{"p": 1}', '{"q": "z"}', '{"p": 2, "q": null}', None)

# Name: the type in Glue's words, in Hive's and in Arrow's, and values.
COLUMNS: dict[str, tuple[str, str, pa.DataType, tuple[Any, ...]]] = {
    "k": ("int", "int", pa.int32(), (1, 2, None)),
    "t": ("string", "string", pa.string(), ("p", "12", "", None)),
    "n": ("double", "double", pa.float64(), (0.5, 3.0, None)),
    "b": ("boolean", "boolean", pa.bool_(), (True, False, None)),
    "big": ("long", "bigint", pa.int64(), (2**40, -(2**40), None)),
    "d": ("date", "date", pa.date32(), (date(2024, 2, 29), None)),
    "at": ("timestamp", "timestamp", pa.timestamp("us", "UTC"), (datetime(2024, 2, 29, 12, 30, tzinfo=UTC), None)),
    "m": ("decimal", "decimal(5,2)", pa.decimal128(5, 2), (Decimal("1.50"), Decimal("-999.99"), None)),
    "j": ("string", "string", pa.string(), PARSED),
}  # fmt: skip
INNER: dict[str, tuple[Shape, str, pa.DataType, tuple[Any, ...]]] = {
    "s": (
        {"struct": {"in": {"string": {}}, "x": {"int": {}}}},
        "struct<in:string,x:int>",
        pa.struct([("in", pa.string()), ("x", pa.int32())]),
        PAIRS,
    ),
    "l": ({"array": {"int": {}}}, "array<int>", pa.list_(pa.int32()), LISTS),
}
SHAPE: Shape = {
    "id": {"int": {}},
    **{name: {kind: {}} for name, (kind, *_) in COLUMNS.items()},
    **{name: types for name, (types, *_) in INNER.items()},
}
HIVE = {"id": "int", **{name: hive for name, (_, hive, *_) in (COLUMNS | INNER).items()}}
ARROW = {"id": pa.int32(), **{name: kind for name, (_, _, kind, _) in (COLUMNS | INNER).items()}}


def json_source(lake: Any, chance: random.Random) -> tuple[str, Settings, Model]:
    odd_names = chance.choice((0.0, 0.6))
    rows = [
        {"id": number, "k": chance.choice((1, 2, 3)), "t": chance.choice(("p", "q", ""))}
        | {name: chance.choice(MIXED) for name in ("a", "b") if chance.random() < 0.7}
        | ({"n": chance.choice((0.5, 2.0, None))} if chance.random() < 0.8 else {})
        | ({"s": chance.choice(NESTED)} if chance.random() < 0.7 else {})
        | ({"l": chance.choice(LISTS)} if chance.random() < 0.6 else {})
        | ({"two words": chance.choice((7, None))} if chance.random() < odd_names else {})
        | ({"do.t": chance.choice(("z", None))} if chance.random() < odd_names else {})
        | ({"none": None} if chance.random() < 0.6 else {})
        for number in range(chance.choice((3, 8)))
    ]
    if chance.random() < 0.3:
        rows = [row | ({"A": chance.choice((5, None))} if chance.random() < 0.5 else {}) for row in rows]  # fmt: skip
    folder = lake.folder()
    lake.put(folder + "a.json", rows)
    return "S3JsonSource", {"Paths": [folder], "Recurse": True, "Multiline": False}, model_of(rows)


def csv_source(lake: Any, chance: random.Random) -> tuple[str, Settings, Model]:
    names = ("id", "t", "two words", "do.t")
    rows = [{name: chance.choice(("1", "x", "007", "", "q")) for name in names} for _ in range(4)]
    folder = lake.folder()
    lake.put(folder + "a.csv", _delimited(rows, names))
    settings = {"Paths": [folder], "QuoteChar": "quote", "Separator": "comma", "WithHeader": True}
    return "S3CsvSource", settings, model_of(rows)


def parquet_source(lake: Any, chance: random.Random) -> tuple[str, Settings, Model]:
    """Two files with some columns in common, and one that is of another type in each."""
    folder = lake.folder()
    shape: Shape = {}
    rows: list[Record] = []
    by_day = chance.random() < 0.3
    for name, other in (("a", pa.int32()), ("b", pa.string())):
        columns = _some(chance)
        made = [_values(columns, chance, len(rows) + number) for number in range(3)]
        types = {column: ARROW[column] for column in columns}
        if chance.random() < 0.5:
            types["v"] = other
            made = [row | {"v": chance.choice((1, None)) if name == "a" else "w"} for row in made]
            shape.setdefault("v", {})["int" if name == "a" else "string"] = {}
        shape |= {column: SHAPE[column] for column in columns}
        key = f"day={name}/{name}.parquet" if by_day else f"{name}.parquet"
        lake.put(folder + key, _file("parquet", made, types))
        rows += [row | ({"day": name} if by_day else {}) for row in made]
    if by_day:
        shape["day"] = {"string": {}}
    return (
        "S3ParquetSource",
        {"Paths": [folder], "Recurse": True},
        Model(_whole(rows, shape), shape),
    )


def table_source(lake: Any, chance: random.Random) -> tuple[str, Settings, Model]:
    kind = chance.choice(("json", "parquet", "orc", "csv"))
    names = ["id", "k", "t", "n", "b", "j"] if kind == "csv" else _some(chance)
    if kind == "json":
        names = [name for name in names if name not in {"d", "at", "m"}]
    parts = chance.choice(((), (1, 2, 3)))
    shape = {name: SHAPE[name] for name in names}
    columns = "; ".join(f"{name} {HIVE[name]}" for name in names)
    serde = {"field.delim": ";"} if kind == "csv" else None
    table = lake.table(columns, kind, keys="p int" if parts else "", serde=serde)
    location = lake.location(table)
    rows: list[Record] = []
    for part in parts or (None,):
        made = [_values(names, chance, len(rows) + number) for number in range(3)]
        if kind == "json":
            made = [{n: v for n, v in row.items() if n == "id" or chance.random() < 0.7} for row in made]  # fmt: skip
        folder = location if part is None else f"{location}p={part}/"
        lake.put(f"{folder}a.{kind}", _file(kind, made, {name: ARROW[name] for name in names}))
        if part is not None:
            lake.partition(table, str(part), folder)
        if kind == "csv":
            made = [{n: "" if v is None and n in "tj" else v for n, v in row.items()} for row in made]  # fmt: skip
        rows += [row | ({} if part is None else {"p": part}) for row in made]
    settings = {"Database": DATABASE, "Table": table}
    if parts:
        shape["p"] = {"int": {}}
        if chance.random() < 0.5:
            settings["PartitionPredicate"] = "p > 1"
            rows = [row for row in rows if row["p"] > 1]
    rows = rows if kind == "json" else _whole(rows, shape)
    return chance.choice(("CatalogSource", "S3CatalogSource")), settings, Model(rows, shape)


SOURCES: tuple[Callable[[Any, random.Random], tuple[str, Settings, Model]], ...] = (
    json_source,
    json_source,
    csv_source,
    parquet_source,
    table_source,
    table_source,
)


def _some(chance: random.Random) -> list[str]:
    return ["id", *(name for name in ARROW if name != "id" and chance.random() < 0.6)]


def _values(names: list[str], chance: random.Random, number: int) -> Record:
    choices = {name: values for name, (*_, values) in (COLUMNS | INNER).items()}
    return {name: number if name == "id" else chance.choice(choices[name]) for name in names}


def _whole(rows: list[Record], shape: Shape) -> list[Record]:
    """The rows with every field, as columns have them; a choice is what its row holds."""
    return [
        {
            name: row.get(name) if len(types) > 1 else filled(row.get(name), types)
            for name, types in shape.items()
        }
        for row in rows
    ]


def _file(kind: str, rows: list[Record], types: dict[str, pa.DataType]) -> Any:
    if kind == "json":
        return rows
    if kind == "csv":
        return _delimited(rows, types, ";", header=False)
    if kind == "orc" and "at" in types:  # Spark does not read those of ORC that have a zone
        types = types | {"at": pa.timestamp("us")}
    table = pa.Table.from_pylist(rows, schema=pa.schema(list(types.items())))
    file = io.BytesIO()
    (pq if kind == "parquet" else po).write_table(table, file)
    return file.getvalue()


def _delimited(rows: list[Record], names: Any, by: str = ",", *, header: bool = True) -> str:
    lines = [by.join("" if row[n] is None else str(row[n]) for n in names) for row in rows]
    return "".join(line + "\n" for line in ([by.join(names)] if header else []) + lines)

"""Nested data made flat: unnest, relationalize and unbox, on frames of records."""

from collections.abc import Iterator, Mapping
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as sf
from pyspark.sql.types import ArrayType, DataType, MapType, StructType

from gluesandbox.messages import GlueException, not_in_sandbox
from gluesandbox.types import choices, data_types, fields
from gluesandbox.types.fields import Columns

_Leaf = tuple[tuple[str, ...], Column, DataType]


def unnest(frame: DataFrame) -> DataFrame:
    """Each struct's fields as columns `outer.inner`; arrays, maps and choices stay."""
    columns = Columns(frame)
    leaves = list(_leaves(columns))
    named = [(".".join(names), value) for names, value, _ in leaves]
    if columns.absent is None:
        return columns.select(named)
    tests = [((".".join(names),), fields.lacks(columns.absent, names)) for names, _, _ in leaves]
    return columns.select(named, fields.absent_of(tests))


def relationalize(frame: DataFrame, root: str) -> dict[str, DataFrame]:
    """The flattened rows, and for each array (or map) a table `<root>_<path>` of its elements.

    In its place a row has a number, the `id` of its elements there; `index` counts them from 0.
    """
    tables: dict[str, DataFrame] = {}
    _relationalize(fields.without_absent(frame), root, tables)
    return tables


def unbox(frame: DataFrame, path: str, kind: str, options: Mapping[str, Any]) -> DataFrame:
    """A column's JSON text parsed into the type that its values have in common."""
    if kind != "json":
        raise not_in_sandbox(f"Unbox of the format {kind!r}")
    columns = Columns(frame)
    way = fields.resolve(columns.schema, path)
    if way is None:
        raise GlueException(f"Unbox: the frame has no field {path!r}.")
    if len(way) > 1:
        raise not_in_sandbox("Unbox of a nested field")
    text = columns.at(way)
    schema = options.get("schema")
    target = data_types.parse(schema) if isinstance(schema, str) else None
    if not isinstance(target, (StructType, ArrayType)):
        texts = columns.frame.select(text.alias("value")).rdd.map(lambda row: row[0] or "")
        target = frame.sparkSession.read.json(texts).schema
    return columns.replaced(way[0].name, sf.from_json(text, target))


def _leaves(columns: Columns) -> Iterator[_Leaf]:
    for field, (name, value) in zip(columns.schema, columns.named(), strict=True):
        yield from _inside((name,), value, field.dataType)


def _inside(names: tuple[str, ...], value: Column, kind: DataType) -> Iterator[_Leaf]:
    if isinstance(kind, StructType) and kind.fields and not choices.is_choice(kind):
        for field in kind:
            yield from _inside((*names, field.name), value.getField(field.name), field.dataType)
    else:
        yield names, value, kind


def _relationalize(frame: DataFrame, name: str, tables: dict[str, DataFrame]) -> None:
    if any(isinstance(leaf[2], (ArrayType, MapType)) for leaf in _leaves(Columns(frame))):
        # The numbers must be the same in every table that is made of these rows.
        frame = frame.withColumn("__row", sf.monotonically_increasing_id()).cache()
    columns = Columns(frame)
    row = dict(columns.named()).get("__row", sf.lit(None))
    leaves = [leaf for leaf in _leaves(columns) if leaf[0] != ("__row",)]
    chosen: list[Column] = []
    for names, value, kind in leaves:
        nested = isinstance(kind, (ArrayType, MapType))
        chosen.append((sf.when(value.isNotNull(), row) if nested else value).alias(".".join(names)))
    tables[name] = columns.frame.select(*chosen)
    for names, value, kind in leaves:
        path = ".".join(names)
        if isinstance(kind, MapType):
            exploded = columns.frame.select(
                row.alias("id"), sf.explode(value).alias("key", "val")
            ).selectExpr("id", "CAST(NULL AS INT) AS index", "key", "val")
        elif isinstance(kind, ArrayType):
            exploded = columns.frame.select(
                row.alias("id"), sf.posexplode(value).alias("index", "val")
            )
        else:
            continue
        _relationalize(_prefixed(exploded, path), f"{name}_{path}", tables)


def _prefixed(exploded: DataFrame, path: str) -> DataFrame:
    """The elements' columns named after the array, as `<path>.val`."""
    return exploded.select(
        *(
            sf.col(column).alias(column if column in {"id", "index"} else f"{path}.{column}")
            for column in exploded.columns
        )
    )

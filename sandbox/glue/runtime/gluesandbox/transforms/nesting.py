"""Nested data made flat: unnest, relationalize and unbox, on DataFrames."""

from collections.abc import Iterator, Mapping
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as sf
from pyspark.sql.types import ArrayType, DataType, MapType, StructType

from gluesandbox.messages import GlueException, not_in_sandbox
from gluesandbox.types import data_types, fields


def unnest(frame: DataFrame) -> DataFrame:
    """Each struct's fields as columns `outer.inner`; arrays and maps stay."""
    return frame.select(*(value.alias(name) for name, value, _ in _leaves(frame.schema, "", None)))


def relationalize(frame: DataFrame, root: str) -> dict[str, DataFrame]:
    """The flattened rows, and for each array (or map) a table `<root>_<path>` of its elements.

    In its place a row has a number, the `id` of its elements there; `index` counts them from 0.
    """
    tables: dict[str, DataFrame] = {}
    _relationalize(frame, root, tables)
    return tables


def unbox(frame: DataFrame, path: str, kind: str, options: Mapping[str, Any]) -> DataFrame:
    """A column's JSON text parsed into the type that its values have in common."""
    if kind != "json":
        raise not_in_sandbox(f"Unbox of the format {kind!r}")
    way = fields.resolve(frame.schema, path)
    if way is None:
        raise GlueException(f"Unbox: the frame has no field {path!r}.")
    text = fields.column(way)
    if len(way) > 1:
        raise not_in_sandbox("Unbox of a nested field")
    schema = options.get("schema")
    target = data_types.parse(schema) if isinstance(schema, str) else None
    if not isinstance(target, (StructType, ArrayType)):
        texts = frame.select(text.alias("value")).rdd.map(lambda row: row[0] or "")
        target = frame.sparkSession.read.json(texts).schema
    return fields.with_column(frame, way[0].name, sf.from_json(text, target))


def _leaves(
    schema: StructType, prefix: str, parent: Column | None
) -> Iterator[tuple[str, Column, DataType]]:
    for field in schema.fields:
        value = sf.col(fields.quote(field.name)) if parent is None else parent.getField(field.name)
        if isinstance(field.dataType, StructType):
            yield from _leaves(field.dataType, f"{prefix}{field.name}.", value)
        else:
            yield f"{prefix}{field.name}", value, field.dataType


def _relationalize(frame: DataFrame, name: str, tables: dict[str, DataFrame]) -> None:
    leaves = list(_leaves(frame.schema, "", None))
    collections = [leaf for leaf in leaves if isinstance(leaf[2], (ArrayType, MapType))]
    if collections:
        # The numbers must be the same in every table that is made of these rows.
        frame = frame.withColumn("__row", sf.monotonically_increasing_id()).cache()
    columns = [
        sf.when(value.isNotNull(), sf.col("__row")).alias(path)
        if isinstance(kind, (ArrayType, MapType))
        else value.alias(path)
        for path, value, kind in leaves
    ]
    tables[name] = frame.select(*columns)
    for path, value, kind in collections:
        if isinstance(kind, MapType):
            exploded = frame.select(
                sf.col("__row").alias("id"), sf.explode(value).alias("key", "val")
            ).selectExpr("id", "CAST(NULL AS INT) AS index", "key", "val")
        else:
            exploded = frame.select(
                sf.col("__row").alias("id"), sf.posexplode(value).alias("index", "val")
            )
        _relationalize(_prefixed(exploded, path), f"{name}_{path}", tables)


def _prefixed(exploded: DataFrame, path: str) -> DataFrame:
    """The elements' columns named after the array, as `<path>.val`."""
    return exploded.select(
        *(
            sf.col(column).alias(column if column in {"id", "index"} else f"{path}.{column}")
            for column in exploded.columns
        )
    )

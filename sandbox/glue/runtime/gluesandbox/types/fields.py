"""Paths to fields, `a.b` or `` `a.b`.c ``, and what can be done with them on a DataFrame."""

import re
from collections.abc import Iterable, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as sf
from pyspark.sql.types import ArrayType, DataType, StructField, StructType

_SEGMENT = re.compile(r"`((?:[^`]|``)*)`|([^.`]+)")


def split_path(path: str, schema: StructType | None = None) -> list[str]:
    """The names on the way to a field; a column whose name is the whole path comes first."""
    if schema is not None and find(schema, path) is not None:
        return [path]
    names = [quoted.replace("``", "`") or plain for quoted, plain in _SEGMENT.findall(path)]
    return names or [path]


def quote(name: str) -> str:
    """A column name as Spark SQL reads it literally."""
    return "`" + name.replace("`", "``") + "`"


def find(schema: StructType, name: str) -> StructField | None:
    """The field of that name, by case if there is one so, else without regard to case."""
    exact = [field for field in schema.fields if field.name == name]
    folded = [field for field in schema.fields if field.name.lower() == name.lower()]
    return next(iter(exact or folded), None)


def resolve(schema: StructType, path: str) -> list[StructField] | None:
    """The fields on the way to a path, or None where there is no such field."""
    fields: list[StructField] = []
    here: DataType = schema
    for name in split_path(path, schema):
        if isinstance(here, ArrayType):
            here = here.elementType
        field = find(here, name) if isinstance(here, StructType) else None
        if field is None:
            return None
        fields.append(field)
        here = field.dataType
    return fields


def column(fields: Sequence[StructField]) -> Column:
    """The column that `resolve` found the way to."""
    result = sf.col(quote(fields[0].name))
    for field in fields[1:]:
        result = result.getField(field.name)
    return result


def select(frame: DataFrame, paths: Iterable[str]) -> DataFrame:
    """Only the fields of these paths; a struct keeps only what is named of it."""
    wanted = [found for path in paths if (found := resolve(frame.schema, path))]
    keep: dict[str, list[Sequence[StructField]]] = {}
    for way in wanted:
        keep.setdefault(way[0].name, []).append(way[1:])
    columns = [_pruned(sf.col(quote(name)), rests).alias(name) for name, rests in keep.items()]
    return frame.select(*columns)


def _pruned(value: Column, rests: list[Sequence[StructField]]) -> Column:
    if any(not rest for rest in rests):
        return value
    keep: dict[str, list[Sequence[StructField]]] = {}
    for rest in rests:
        keep.setdefault(rest[0].name, []).append(rest[1:])
    inner = [_pruned(value.getField(name), deeper).alias(name) for name, deeper in keep.items()]
    return sf.when(value.isNotNull(), sf.struct(*inner))


def drop(frame: DataFrame, paths: Iterable[str]) -> DataFrame:
    """Without the fields of these paths."""
    for path in paths:
        way = resolve(frame.schema, path)
        if way is None:
            continue
        if len(way) == 1:
            frame = keep_columns(frame, [n for n in frame.columns if n != way[0].name])
        else:
            top = way[0].name
            rest = ".".join(quote(field.name) for field in way[1:])
            frame = with_column(frame, top, sf.col(quote(top)).dropFields(rest))
    return frame


def keep_columns(frame: DataFrame, names: Iterable[str]) -> DataFrame:
    """These columns only, by their literal names."""
    return frame.select(*(sf.col(quote(name)) for name in names))


def with_column(frame: DataFrame, name: str, value: Column) -> DataFrame:
    """One column replaced in its place, or added at the end."""
    if name not in frame.columns:
        return frame.select(*(sf.col(quote(other)) for other in frame.columns), value.alias(name))
    return frame.select(
        *(
            value.alias(name) if other == name else sf.col(quote(other)).alias(other)
            for other in frame.columns
        )
    )


def nested(columns: Iterable[tuple[Sequence[str], Column]]) -> list[Column]:
    """Columns from paths: those that share a first name become one struct."""
    tree: dict[str, list[tuple[Sequence[str], Column]]] = {}
    for names, value in columns:
        tree.setdefault(names[0], []).append((names[1:], value))
    result = []
    for name, parts in tree.items():
        rest, value = parts[-1]
        result.append((sf.struct(*nested(parts)) if rest else value).alias(name))
    return result

"""The transforms that rename, cast, join and merge columns, on DataFrames."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import and_
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as sf
from pyspark.sql.types import DecimalType, StructField

from gluesandbox.messages import GlueException
from gluesandbox.storage import catalog
from gluesandbox.types import data_types, fields

_COMPARISONS = {
    "=": Column.__eq__,
    "==": Column.__eq__,
    "!=": Column.__ne__,
    ">": Column.__gt__,
    ">=": Column.__ge__,
    "<": Column.__lt__,
    "<=": Column.__le__,
}
_OPEN_CHOICES = {"make_cols", "make_struct"}


def apply_mapping(
    frame: DataFrame, mappings: Iterable[Sequence[str]], case_sensitive: bool
) -> DataFrame:
    """Columns as the mappings say: (from, to), (from, to, type) or (from, type, to, type).

    A source that the frame does not have is left out, as a field that no record has.
    """
    result: list[tuple[Sequence[str], Column]] = []
    for mapping in [mappings] if isinstance(mappings, tuple) else mappings:
        source, target, kind = _mapping(mapping)
        way = fields.resolve(frame.schema, source)
        if way is None or (case_sensitive and not _same_case(way, source, frame)):
            print(
                f"NOTE ApplyMapping: no record has the field {source!r}, so {target!r} is left out."
            )
            continue
        result.append((fields.split_path(target), cast(fields.column(way), way[-1], kind)))
    return frame.select(*fields.nested(result))


def _mapping(mapping: Sequence[str]) -> tuple[str, str, str]:
    match len(mapping):
        case 2:
            return mapping[0], mapping[1], ""
        case 3:
            return mapping[0], mapping[1], mapping[2]
        case 4:
            return mapping[0], mapping[2], mapping[3]
        case length:
            raise ValueError(f"A mapping has 2, 3 or 4 parts; {mapping!r} has {length}.")


def _same_case(way: Sequence[StructField], path: str, frame: DataFrame) -> bool:
    return [field.name for field in way] == fields.split_path(path, frame.schema)


def cast(value: Column, field: StructField, kind: str) -> Column:
    """The value in the type of that name; a bare `array` or `struct` leaves it as it is."""
    # Glue Studio's list of types has a bare `decimal`; Spark's own would drop what is after the dot.
    target = DecimalType(10, 2) if kind.lower() == "decimal" else data_types.parse(kind)
    return value if target is None or target == field.dataType else value.cast(target)


def rename(frame: DataFrame, old: str, new: str) -> DataFrame:
    """One field under another name, in its place."""
    way = fields.resolve(frame.schema, old)
    if way is None:
        return frame
    names = fields.split_path(new)
    if len(way) == 1 and len(names) == 1:
        return frame.select(
            *(
                sf.col(fields.quote(name)).alias(names[0] if name == way[0].name else name)
                for name in frame.columns
            )
        )
    moved = "__renamed"
    frame = fields.drop(frame.withColumn(moved, fields.column(way)), [old])
    if len(names) > 1 and names[0] in frame.columns:
        inner = ".".join(fields.quote(name) for name in names[1:])
        whole = sf.col(fields.quote(names[0])).withField(inner, sf.col(moved))
        return fields.with_column(frame, names[0], whole).drop(moved)
    (value,) = fields.nested([(names, sf.col(moved))])
    return fields.with_column(frame, names[0], value).drop(moved)


def resolve(frame: DataFrame, path: str, spec: str) -> DataFrame:
    """One field after `cast:type`, `project:type`, `make_cols` or `make_struct`."""
    action, _, target = spec.partition(":")
    if action in _OPEN_CHOICES:
        return frame
    if action not in {"cast", "project"} or not target:
        raise GlueException(
            f"resolveChoice cannot do {spec!r}: it takes cast:TYPE, project:TYPE, make_cols, "
            "make_struct or match_catalog."
        )
    way = fields.resolve(frame.schema, path)
    if way is None:
        return frame
    value = cast(fields.column(way), way[-1], target)
    if len(way) == 1:
        return fields.with_column(frame, way[0].name, value)
    inner = ".".join(fields.quote(field.name) for field in way[1:])
    outer = sf.col(fields.quote(way[0].name)).withField(inner, value)
    return fields.with_column(frame, way[0].name, outer)


def match_catalog(frame: DataFrame, database: str | None, table_name: str | None) -> DataFrame:
    """Each column cast to the type that the catalog table declares for it."""
    if not database or not table_name:
        raise GlueException("resolveChoice with match_catalog needs database and table_name.")
    for column in catalog.table(database, table_name).every_column:
        frame = resolve(frame, fields.quote(column.name), f"cast:{column.type}")
    return frame


def comparison(frame: DataFrame, wanted: Mapping[str, Mapping[str, Any]]) -> Column:
    """All of `{"age": {">": 10, "<": 20}}`."""
    parts = []
    for path, comparisons in wanted.items():
        way = fields.resolve(frame.schema, path)
        if way is None:
            raise GlueException(f"split_rows: the frame has no field {path!r}.")
        for operator, value in comparisons.items():
            if operator not in _COMPARISONS:
                raise GlueException(f"split_rows: {operator!r} is not a comparison.")
            parts.append(_COMPARISONS[operator](fields.column(way), sf.lit(value)))
    return reduce(and_, parts, sf.lit(True))


def join(
    left: DataFrame, left_paths: Sequence[str], right: DataFrame, right_paths: Sequence[str]
) -> DataFrame:
    """Inner equijoin; the second's fields get a leading dot where the first has the name."""
    if len(left_paths) != len(right_paths):
        raise GlueException("Join needs as many keys of the one frame as of the other.")
    taken = set(left.columns)
    names = {name: f".{name}" if name in taken else name for name in right.columns}
    while len(taken | set(names.values())) < len(taken) + len(names):
        names = {name: f".{new}" if new in taken else new for name, new in names.items()}
    keys = [f"__join_key_{index}" for index in range(len(left_paths))]
    keyed_left = left.select("*", *_keys(left, left_paths, [f"{key}_1" for key in keys]))
    keyed_right = right.select(
        *(sf.col(fields.quote(name)).alias(new) for name, new in names.items()),
        *_keys(right, right_paths, [f"{key}_2" for key in keys]),
    )
    condition = reduce(and_, (sf.col(f"{key}_1") == sf.col(f"{key}_2") for key in keys))
    joined = keyed_left.join(keyed_right, condition, "inner")
    return fields.keep_columns(joined, [*left.columns, *names.values()])


def _keys(frame: DataFrame, paths: Sequence[str], names: Sequence[str]) -> list[Column]:
    columns = []
    for path, name in zip(paths, names, strict=True):
        way = fields.resolve(frame.schema, path)
        if way is None:
            raise GlueException(f"Join: the frame has no field {path!r}.")
        columns.append(fields.column(way).alias(name))
    return columns


def merge(base: DataFrame, staged: DataFrame, keys: Sequence[str]) -> DataFrame:
    """The staged rows, and the rows of the base that have no staged one of the same keys."""
    replaced = fields.keep_columns(staged, keys).distinct()
    kept = base.join(replaced, list(keys), "left_anti")
    return kept.unionByName(staged, allowMissingColumns=True)

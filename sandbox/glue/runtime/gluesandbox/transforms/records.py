"""Records as Python sees them: what Filter and Map hand to a script's function."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pyspark import RDD, StorageLevel
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import types as st

MakeRecord = Callable[[Iterable[tuple[str, Any]]], dict[str, Any]]
"""How a record is made of its fields, by name: `dict`, or a class of it."""


def as_record(value: Any, make: MakeRecord) -> Any:
    """A row, and each row inside it, as `make` makes a record of names and values."""
    if isinstance(value, Row):
        names = value.__fields__
        return make((n, as_record(item, make)) for n, item in zip(names, value, strict=True))
    if isinstance(value, list):
        return [as_record(item, make) for item in value]
    if isinstance(value, dict):
        return {name: as_record(item, make) for name, item in value.items()}
    return value


def records_of(frame: DataFrame, make: MakeRecord) -> RDD[Any]:
    """The rows as records."""
    return frame.rdd.map(lambda row: as_record(row, make))


def frame_of(spark: SparkSession, records: RDD[Any], fallback: st.StructType) -> DataFrame:
    """A DataFrame of dictionaries, with the type that all of them have in common.

    Where they disagree, a number widens and all else becomes a string.
    """
    records = records.persist(StorageLevel.MEMORY_AND_DISK)
    schema = records.mapPartitions(_partition_type).fold(None, _merged)
    if schema is None:
        return spark.createDataFrame([], fallback)
    final = _without_nulls(schema)
    return spark.createDataFrame(records.map(lambda record: _fitted(record, final)), final)


def guarded(function: Callable[[Any], Any]) -> Callable[[Any], Iterator[tuple[bool, Any]]]:
    """The function's result marked True, or its error, as text, marked False."""

    def call(record: Any) -> Iterator[tuple[bool, Any]]:
        try:
            yield True, function(record)
        except Exception as error:  # noqa: BLE001 -- any error makes an error record
            yield False, f"{type(error).__name__}: {error}"

    return call


def type_of(value: Any) -> st.DataType:
    """Spark's type for a Python value."""
    if isinstance(value, dict):
        return st.StructType([st.StructField(str(k), type_of(v)) for k, v in value.items()])
    if isinstance(value, (list, tuple)):
        element: st.DataType = st.NullType()
        for item in value:
            element = _merged(element, type_of(item))
        return st.ArrayType(element)
    if isinstance(value, str):
        return st.StringType()
    return st._infer_type(value, infer_dict_as_struct=True)  # noqa: SLF001 -- its only door


def _partition_type(records: Iterable[Any]) -> Iterator[st.DataType | None]:
    found: st.DataType | None = None
    for record in records:
        found = _merged(found, type_of(record))
    yield found


_NUMBERS = [st.ByteType, st.ShortType, st.IntegerType, st.LongType, st.FloatType, st.DoubleType]


def _merged(left: Any, right: Any) -> Any:
    if left is None or isinstance(left, st.NullType):
        return right if right is not None else left
    if right is None or isinstance(right, st.NullType) or left == right:
        return left
    if isinstance(left, st.StructType) and isinstance(right, st.StructType):
        theirs = {field.name: field.dataType for field in right}
        fields = [
            st.StructField(f.name, _merged(f.dataType, theirs.pop(f.name, None))) for f in left
        ]
        return st.StructType([*fields, *(st.StructField(n, t) for n, t in theirs.items())])
    if isinstance(left, st.ArrayType) and isinstance(right, st.ArrayType):
        return st.ArrayType(_merged(left.elementType, right.elementType))
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        return max(left, right, key=lambda kind: _NUMBERS.index(type(kind)))
    if isinstance(left, st.DecimalType) and isinstance(right, st.DecimalType):
        scale = max(left.scale, right.scale)
        whole = max(left.precision - left.scale, right.precision - right.scale)
        return st.DecimalType(min(38, whole + scale), scale)
    return st.StringType()


def _without_nulls(data_type: st.DataType) -> Any:
    """A field that was null in every record is a string: no file format stores less."""
    if isinstance(data_type, st.NullType):
        return st.StringType()
    if isinstance(data_type, st.StructType):
        return st.StructType(
            [st.StructField(f.name, _without_nulls(f.dataType)) for f in data_type]
        )
    if isinstance(data_type, st.ArrayType):
        return st.ArrayType(_without_nulls(data_type.elementType))
    return data_type


def _fitted(value: Any, data_type: st.DataType) -> Any:
    if value is None:
        return None
    if isinstance(data_type, st.StructType):
        return tuple(_fitted(value.get(field.name), field.dataType) for field in data_type)
    if isinstance(data_type, st.ArrayType):
        return [_fitted(item, data_type.elementType) for item in value]
    if isinstance(data_type, st.StringType) and not isinstance(value, str):
        return str(value)
    if isinstance(data_type, (st.DoubleType, st.FloatType)) and isinstance(value, int):
        return float(value)
    return value

"""Records as Python sees them, and frames that are made of them.

A frame of records is a DataFrame whose columns may be choices and that keeps what each record lacks
in one more column (`fields.ABSENT`).
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from pyspark import RDD
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import types as st

from gluesandbox.types import choices
from gluesandbox.types.fields import ABSENT, SEPARATOR, absent_path

_INTEGERS = ((31, "int"), (63, "long"))
_NUMBERS = {"int", "long", "double"}
_ATOMS: Mapping[str, st.DataType] = {
    "boolean": st.BooleanType(),
    "int": st.IntegerType(),
    "long": st.LongType(),
    "double": st.DoubleType(),
    "string": st.StringType(),
    "binary": st.BinaryType(),
    "date": st.DateType(),
    "timestamp": st.TimestampType(),
    "null": st.NullType(),
}


def as_record(row: Row, schema: st.StructType) -> dict[str, Any]:
    """A row of a frame of records: the fields that its record has, choices as what they hold.

    Inside lists, where nothing is known of what records lack, a NULL is taken for it.

    Args:
        row: All columns of the frame.
        schema: Of the frame.
    """
    absent = row[ABSENT] if ABSENT in schema.names else None
    record: dict[str, Any] = _python(row, schema, None if absent is None else set(absent), ())
    return record


def _python(
    value: Any, data_type: st.DataType, absent: Collection[str] | None, way: tuple[str, ...]
) -> Any:
    """A value; `absent` is None where nothing is known to be lacking."""
    if value is None:
        return None
    if isinstance(data_type, st.StructType):
        if choices.is_choice(data_type):
            held = zip(data_type, value, strict=True)
            field, inner = next((pair for pair in held if pair[1] is not None), (None, None))
            return field and _python(inner, field.dataType, absent, way)
        return {
            field.name: _python(inner, field.dataType, absent, (*way, field.name))
            for field, inner in zip(data_type, value, strict=True)
            if field.name != ABSENT
            and not (absent is not None and absent_path((*way, field.name)) in absent)
            and not (inner is None and "[]" in way and absent is not None)
        }
    if isinstance(data_type, st.ArrayType):
        return [_python(item, data_type.elementType, absent, (*way, "[]")) for item in value]
    if isinstance(data_type, st.MapType):
        return {key: _python(inner, data_type.valueType, None, way) for key, inner in value.items()}
    return value


def frame_of(
    spark: SparkSession, records: RDD[Any], fallback: st.StructType, *, widen: bool
) -> DataFrame:
    """A frame of records, with the types that they have in common and else choices.

    Args:
        spark: The session.
        records: Dictionaries.
        fallback: The schema where there is no record.
        widen: Whether an int and a long are both long: Python does not tell them apart.
    """
    shape: dict[str, Any] = {}
    for part in records.mapPartitions(_shape).collect():
        _join(shape, part)
    if "struct" not in shape:
        return spark.createDataFrame([], fallback)
    schema = _type_of(shape, widen)
    if not isinstance(schema, st.StructType):
        raise TypeError(f"Records are dictionaries, and among these is a {schema.simpleString()}.")
    whole = st.StructType([*schema, st.StructField(ABSENT, st.ArrayType(st.StringType()))])
    return spark.createDataFrame(records.map(lambda record: _row(record, schema)), whole)


def _shape(records: Iterable[Any]) -> Iterator[dict[str, Any]]:
    found: dict[str, Any] = {}
    for record in records:
        _note(found, record)
    yield found


def _note(shape: dict[str, Any], value: Any) -> None:
    """Add a value to what is known of the values in its place."""
    match value:
        case dict():
            inner = shape.setdefault("struct", {})
            for name, item in value.items():
                _note(inner.setdefault(str(name), {}), item)
        case list() | tuple() | set():
            inner = shape.setdefault("array", {})
            for item in value:
                _note(inner, item)
        case Decimal():
            kind = _decimal(value)
            known = shape.get("decimal", kind)
            shape["decimal"] = choices.merge(known, kind)
        case _:
            shape[_atom(value)] = True


def _atom(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            fitting = (name for bits, name in _INTEGERS if -(1 << bits) <= value < 1 << bits)
            return next(fitting, "double")
        case float():
            return "double"
        case str():
            return "string"
        case bytes() | bytearray():
            return "binary"
        case dt.datetime():
            return "timestamp"
        case dt.date():
            return "date"
    raise TypeError(f"A record holds a {type(value).__name__}, which is not a type of Glue.")


def _decimal(value: Decimal) -> st.DecimalType:
    _, digits, exponent = value.as_tuple()
    scale = max(0, -int(exponent))
    return st.DecimalType(min(38, max(len(digits), scale + 1)), min(38, scale))


def _join(shape: dict[str, Any], other: dict[str, Any]) -> None:
    for name, value in other.items():
        if name == "decimal":
            shape[name] = choices.merge(shape.get(name, value), value)
        elif name == "struct":
            mine = shape.setdefault(name, {})
            for field, inner in value.items():
                _join(mine.setdefault(field, {}), inner)
        elif name == "array":
            _join(shape.setdefault(name, {}), value)
        else:
            shape[name] = value


def _type_of(shape: dict[str, Any], widen: bool) -> st.DataType:
    """The type of a place, which is null if every record had a null there."""
    found: st.DataType = st.NullType()
    numbers_first = sorted(shape.items(), key=lambda item: item[0] not in _NUMBERS)
    for name, value in numbers_first:
        if name == "struct":
            fields = [st.StructField(n, _type_of(inner, widen)) for n, inner in value.items()]
            kind: st.DataType = st.StructType(fields)
        elif name == "array":
            kind = st.ArrayType(_type_of(value, widen))
        else:
            kind = value if name == "decimal" else _ATOMS[name]
        found = choices.merge(found, kind, widen=widen)
    return found


def _row(record: dict[str, Any], schema: st.StructType) -> tuple[Any, ...]:
    absent: list[str] = []
    values = [_fitted(record.get(f.name), f.dataType, absent, (f.name,)) for f in schema]
    absent += [field.name for field in schema if field.name not in record]
    return (*values, absent)


def _fitted(value: Any, data_type: st.DataType, absent: list[str], way: tuple[str, ...]) -> Any:
    """The value as Spark takes it; fields that it lacks are noted in `absent`."""
    if value is None:
        return None
    match data_type:
        case st.StructType() if choices.is_choice(data_type):
            name = _name_of(value, data_type)
            return tuple(
                _fitted(value, field.dataType, absent, way) if field.name == name else None
                for field in data_type
            )
        case st.StructType():
            if "[]" not in way:
                lacking = (field.name for field in data_type if field.name not in value)
                absent.extend(SEPARATOR.join((*way, name)) for name in lacking)
            return tuple(
                _fitted(value.get(f.name), f.dataType, absent, (*way, f.name)) for f in data_type
            )
        case st.ArrayType():
            inside = (*way, "[]")
            return [_fitted(item, data_type.elementType, absent, inside) for item in value]
        case st.DoubleType():
            return float(value)
        case st.DecimalType():
            return Decimal(value)
    return value


def _name_of(value: Any, choice: st.StructType) -> str:
    """Which of a choice's types the value has."""
    match value:
        case dict():
            return "struct"
        case list() | tuple() | set():
            return "array"
        case Decimal():
            return "decimal"
    name = _atom(value)
    wider = {"int": ("int", "long", "double"), "long": ("long", "double")}.get(name, (name,))
    return next(kind for kind in wider if kind in choice.names)

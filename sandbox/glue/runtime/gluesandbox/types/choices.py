"""Choices: what a field is whose records hold values of more than one type.

A DataFrame has one type a column, so a choice is a struct with a field a type, named as Glue names
the types (`int`, `string`), of which one is set in each record; that is also what AWS's `toDF` makes
of it. A mark in the metadata of these fields tells a choice from a struct of the script's own.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from pyspark.sql import Column
from pyspark.sql import functions as sf
from pyspark.sql import types as st

_MARK = {"glue.choice": True}
_NULL = st.NullType()
_GLUE_NAMES = {"integer": "int", "tinyint": "byte", "smallint": "short", "bigint": "long"}
_WHOLE: list[type[st.DataType]] = [st.ByteType, st.ShortType, st.IntegerType, st.LongType]


def glue_name(data_type: st.DataType) -> str:
    """The type's name in Glue's words, without what is inside it."""
    name = data_type.typeName().partition("(")[0]
    return _GLUE_NAMES.get(name, name)


def is_choice(data_type: st.DataType) -> bool:
    """Whether the type is a choice."""
    if not isinstance(data_type, st.StructType) or not data_type.fields:
        return False
    return all(field.metadata == _MARK for field in data_type.fields)


def choice_of(data_types: Iterable[st.DataType]) -> st.StructType:
    """The choice among types of different names, in the order of the names."""
    named = sorted((glue_name(data_type), data_type) for data_type in data_types)
    return st.StructType([st.StructField(name, kind, True, _MARK) for name, kind in named])


def merge(left: st.DataType, right: st.DataType, *, widen: bool = False) -> st.DataType:
    """The type that holds values of both, as AWS's own `mergeDataTypes`.

    Args:
        left: A type; its fields come first.
        right: Another.
        widen: Whether whole numbers of two sizes become the wider one, and not a choice.
    """
    if isinstance(left, st.NullType) or left == right:
        return right
    if isinstance(right, st.NullType):
        return left
    if is_choice(left) or is_choice(right):
        return _merged_choice(left, right, widen)
    if isinstance(left, st.StructType) and isinstance(right, st.StructType):
        return _merged_struct(left, right, widen)
    if isinstance(left, st.ArrayType) and isinstance(right, st.ArrayType):
        return st.ArrayType(merge(left.elementType, right.elementType, widen=widen))
    if isinstance(left, st.MapType) and isinstance(right, st.MapType):
        value = merge(left.valueType, right.valueType, widen=widen)
        return st.MapType(left.keyType, value)
    if isinstance(left, st.DecimalType) and isinstance(right, st.DecimalType):
        scale = max(left.scale, right.scale)
        whole = max(left.precision - left.scale, right.precision - right.scale)
        return st.DecimalType(min(38, whole + scale), scale)
    if type(left) is type(right):
        return left
    if widen and type(left) in _WHOLE and type(right) in _WHOLE:
        return max(left, right, key=lambda kind: _WHOLE.index(type(kind)))
    return choice_of([left, right])


def _merged_struct(left: st.StructType, right: st.StructType, widen: bool) -> st.StructType:
    theirs = {field.name: field.dataType for field in right}
    null = st.NullType()
    merged = [
        st.StructField(f.name, merge(f.dataType, theirs.pop(f.name, null), widen=widen))
        for f in left
    ]
    return st.StructType([*merged, *(st.StructField(n, kind) for n, kind in theirs.items())])


def _merged_choice(left: st.DataType, right: st.DataType, widen: bool) -> st.DataType:
    found: dict[str, st.DataType] = {}
    for kind in (*_alternatives(left), *_alternatives(right)):
        name = glue_name(kind)
        found[name] = merge(found.get(name, st.NullType()), kind, widen=widen)
    return choice_of(found.values())


def _alternatives(data_type: st.DataType) -> list[st.DataType]:
    if isinstance(data_type, st.StructType) and is_choice(data_type):
        return [field.dataType for field in data_type]
    return [data_type]


def has_choices(data_type: st.DataType) -> bool:
    """Whether the type is a choice or has one inside it."""
    if is_choice(data_type):
        return True
    if isinstance(data_type, st.StructType):
        return any(has_choices(field.dataType) for field in data_type)
    if isinstance(data_type, st.ArrayType):
        return has_choices(data_type.elementType)
    return isinstance(data_type, st.MapType) and has_choices(data_type.valueType)


def plain(data_type: st.DataType, null: st.DataType = _NULL) -> st.DataType:
    """The type with its choices as ordinary structs, and what is NULL by type as `null`."""
    if isinstance(data_type, st.StructType):
        return st.StructType(
            [st.StructField(field.name, plain(field.dataType, null)) for field in data_type]
        )
    if isinstance(data_type, st.ArrayType):
        return st.ArrayType(plain(data_type.elementType, null))
    if isinstance(data_type, st.MapType):
        return st.MapType(data_type.keyType, plain(data_type.valueType, null))
    return null if isinstance(data_type, st.NullType) else data_type


def cast(value: Column, data_type: st.DataType, target: st.DataType) -> Column:
    """A value, perhaps of a choice, in another type; NULL where it cannot be."""
    if isinstance(data_type, st.StructType) and is_choice(data_type):
        casts = (cast(value.getField(f.name), f.dataType, target) for f in data_type)
        return sf.coalesce(*casts)
    if data_type == target:
        return value
    nested = (st.StructType, st.ArrayType, st.MapType)
    if isinstance(data_type, nested) and not isinstance(target, nested):
        return sf.to_json(value) if isinstance(target, st.StringType) else sf.lit(None).cast(target)
    if isinstance(target, nested) and not isinstance(data_type, nested):
        return sf.lit(None).cast(target)
    return value.cast(target)


def as_text(value: Column, data_type: st.DataType) -> Column:
    """A value of a choice as text, as a record of it would be written."""
    return cast(value, data_type, st.StringType())


def of_parts(parts: Mapping[str, Column]) -> Column:
    """A choice of what each type's column holds, of which at most one is set; NULL if none is."""
    named = [value.alias(name, metadata=_MARK) for name, value in sorted(parts.items())]
    anything = reduce(or_, (value.isNotNull() for value in parts.values()))
    return sf.when(anything, sf.struct(*named))


def fit(value: Column, source: st.DataType, target: st.DataType) -> Column:
    """A value in the type that `merge` made of its own and others."""
    if source == target:
        return value
    if is_choice(target) and isinstance(target, st.StructType):
        held = {
            glue_name(kind): (value.getField(glue_name(kind)) if is_choice(source) else value, kind)
            for kind in _alternatives(source)
        }
        parts = [
            (
                fit(*held[f.name], f.dataType) if f.name in held else sf.lit(None).cast(f.dataType)
            ).alias(f.name, metadata=_MARK)
            for f in target
        ]
        return sf.when(value.isNotNull(), sf.struct(*parts))
    if isinstance(source, st.StructType) and isinstance(target, st.StructType):
        mine = {field.name: field.dataType for field in source}
        fields = [
            (
                fit(value.getField(f.name), mine[f.name], f.dataType)
                if f.name in mine
                else sf.lit(None).cast(f.dataType)
            ).alias(f.name)
            for f in target
        ]
        return sf.when(value.isNotNull(), sf.struct(*fields))
    if isinstance(source, st.ArrayType) and isinstance(target, st.ArrayType):
        inner, wanted = source.elementType, target.elementType
        return sf.transform(value, lambda item: fit(item, inner, wanted))
    return value.cast(target)

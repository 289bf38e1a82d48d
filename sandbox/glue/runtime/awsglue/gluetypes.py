"""The type system of a DynamicFrame: Spark's, and a choice where records disagree."""

import json

from gluesandbox.types import choices as _choices
from pyspark.sql import types as _spark

from awsglue.utils import iteritems

basestring = unicode = str


class DataType:
    def __init__(self, properties={}):
        self.properties = properties

    def __eq__(self, other):
        return type(other) is type(self) and vars(self) == vars(other)

    def __hash__(self):
        return hash(type(self).__name__)

    @classmethod
    def typeName(cls):
        return cls.__name__.removesuffix("Type").lower()

    def jsonValue(self):
        return {"dataType": self.typeName(), "properties": self.properties}


class AtomicType(DataType):
    def __repr__(self):
        return f"{type(self).__name__}({self.properties})"

    @classmethod
    def fromJsonValue(cls, json_value):
        members = {name: value for name, value in json_value.items() if name != "dataType"}
        return cls(**members)


class BinaryType(AtomicType):
    pass


class BooleanType(AtomicType):
    pass


class ByteType(AtomicType):
    pass


class DateType(AtomicType):
    pass


class DecimalType(AtomicType):
    def __init__(self, precision=10, scale=2, properties={}):
        super().__init__(properties)
        self.precision = precision
        self.scale = scale

    def __repr__(self):
        return f"DecimalType({self.precision}, {self.scale}, {self.properties})"

    def jsonValue(self):
        return {**super().jsonValue(), "precision": self.precision, "scale": self.scale}


class DoubleType(AtomicType):
    pass


class EnumType(AtomicType):
    def __init__(self, options, properties={}):
        super().__init__(properties)
        self.options = options

    def __repr__(self):
        return f"EnumType([{','.join(map(str, self.options))}], {self.properties})"

    def jsonValue(self):
        return {**super().jsonValue(), "options": list(self.options)}


class FloatType(AtomicType):
    pass


class IntegerType(AtomicType):
    @classmethod
    def typeName(cls):
        return "int"


class LongType(AtomicType):
    pass


class NullType(AtomicType):
    pass


class ShortType(AtomicType):
    pass


class StringType(AtomicType):
    pass


class TimestampType(AtomicType):
    pass


class TimestampNTZType(AtomicType):
    pass


class UnknownType(AtomicType):
    pass


class ArrayType(DataType):
    def __init__(self, elementType=UnknownType(), properties={}):
        super().__init__(properties)
        self.elementType = elementType

    def __repr__(self):
        return f"ArrayType({self.elementType}, {self.properties})"

    def jsonValue(self):
        return {**super().jsonValue(), "elementType": self.elementType.jsonValue()}

    @classmethod
    def fromJsonValue(cls, json_value):
        return cls(
            _deserialize_json_value(json_value["elementType"]), json_value.get("properties", {})
        )


class SetType(DataType):
    def __init__(self, elementType=UnknownType(), properties={}):
        super().__init__(properties)
        self.elementType = elementType

    def __repr__(self):
        return f"SetType({self.elementType}, {self.properties})"

    def jsonValue(self):
        return {**super().jsonValue(), "elementType": self.elementType.jsonValue()}

    @classmethod
    def fromJsonValue(cls, json_value):
        return cls(
            _deserialize_json_value(json_value["elementType"]), json_value.get("properties", {})
        )


class ChoiceType(DataType):
    """One of several types; `choices` maps a type's name to the type."""

    def __init__(self, choices=[], properties={}):
        super().__init__(properties)
        self.choices = {}
        for choice in choices:
            self.add(choice)

    def __repr__(self):
        named = ",".join(str(self.choices[name]) for name in sorted(self.choices))
        return f"ChoiceType([{named}], {self.properties})"

    def add(self, new_choice):
        name = new_choice.typeName()
        if name in self.choices:
            raise ValueError(f"The choice has the type {name} already", new_choice)
        self.choices[name] = new_choice

    def merge(self, new_choices):
        for choice in new_choices if isinstance(new_choices, list) else [new_choices]:
            present = self.choices.get(choice.typeName(), UnknownType())
            self.choices[choice.typeName()] = mergeDataTypes(present, choice)

    def jsonValue(self):
        choices = [choice.jsonValue() for choice in self.choices.values()]
        return {**super().jsonValue(), "choices": choices}

    @classmethod
    def fromJsonValue(cls, json_value):
        choices = [_deserialize_json_value(choice) for choice in json_value["choices"]]
        return cls(choices, json_value.get("properties", {}))


class MapType(DataType):
    """From strings to one type."""

    def __init__(self, valueType=UnknownType(), properties={}):
        super().__init__(properties)
        self.valueType = valueType

    def __repr__(self):
        return f"MapType({self.valueType}, {self.properties})"

    def jsonValue(self):
        return {**super().jsonValue(), "valueType": self.valueType.jsonValue()}

    @classmethod
    def fromJsonValue(cls, json_value):
        return cls(
            _deserialize_json_value(json_value["valueType"]), json_value.get("properties", {})
        )


class Field:
    def __init__(self, name, dataType, properties={}):
        if not isinstance(dataType, DataType):
            raise AssertionError("dataType should be DataType")  # noqa: TRY004
        self.name = name
        self.dataType = dataType
        self.properties = properties

    def __eq__(self, other):
        return (self.name, self.dataType) == (other.name, other.dataType)

    __hash__ = None

    def __repr__(self):
        return f"Field({self.name}, {self.dataType}, {self.properties})"

    def jsonValue(self):
        return {
            "name": self.name,
            "container": self.dataType.jsonValue(),
            "properties": self.properties,
        }

    @classmethod
    def fromJsonValue(cls, json_value):
        data_type = _deserialize_json_value(json_value["container"])
        return cls(json_value["name"], data_type, json_value.get("properties", {}))


class StructType(DataType):
    def __init__(self, fields=[], properties={}):
        super().__init__(properties)
        if not all(isinstance(field, Field) for field in fields):
            raise AssertionError("fields should be a list of Field")
        self.fields = list(fields)
        self.field_map = {field.name: field for field in self.fields}

    def __iter__(self):
        return iter(self.fields)

    def __repr__(self):
        return f"StructType([{','.join(map(str, self.fields))}], {self.properties})"

    def add(self, field):
        if not isinstance(field, Field):
            raise AssertionError("field must be of type Field")  # noqa: TRY004
        self.fields.append(field)
        self.field_map[field.name] = field

    def hasField(self, field):
        return (field.name if isinstance(field, Field) else field) in self.field_map

    def getField(self, field):
        return self.field_map[field.name if isinstance(field, Field) else field]

    def jsonValue(self):
        return {**super().jsonValue(), "fields": [field.jsonValue() for field in self.fields]}

    @classmethod
    def fromJsonValue(cls, json_value):
        fields = [Field.fromJsonValue(field) for field in json_value["fields"]]
        return cls(fields, json_value.get("properties", {}))


class EntityType(DataType):
    def __init__(self, entity, base_type, properties):
        raise NotImplementedError("AWS Glue's library has no entity types in Python either.")


_atomic_types = [
    BinaryType,
    BooleanType,
    ByteType,
    DateType,
    DecimalType,
    DoubleType,
    EnumType,
    FloatType,
    IntegerType,
    LongType,
    NullType,
    ShortType,
    StringType,
    TimestampType,
    TimestampNTZType,
    UnknownType,
]
_complex_types = [ArrayType, ChoiceType, MapType, StructType, SetType]
_atomic_type_map = {kind.typeName(): kind for kind in _atomic_types}
_complex_type_map = {kind.typeName(): kind for kind in _complex_types}
_all_type_map = {**_atomic_type_map, **_complex_type_map}


def _deserialize_json_string(json_str):
    return _deserialize_json_value(json.loads(json_str))


def _deserialize_json_value(json_val):
    if not isinstance(json_val, dict):
        raise AssertionError("Json value must be dictionary")  # noqa: TRY004
    return _all_type_map[json_val["dataType"]].fromJsonValue(json_val)


def _serialize_schema(schema):
    return json.dumps(schema.jsonValue())


def _make_choice(s1, s2):
    choice = ChoiceType(properties=s1.properties)
    for side in (s1, s2):
        choice.merge(list(side.choices.values()) if isinstance(side, ChoiceType) else [side])
    return choice


def mergeDataTypes(s1, s2):
    """The one type that holds values of both."""
    if isinstance(s1, (UnknownType, NullType)):
        return s2
    if isinstance(s2, (UnknownType, NullType)):
        return s1
    if type(s1) is not type(s2) or isinstance(s1, ChoiceType):
        return _make_choice(s1, s2)
    if isinstance(s1, StructType):
        names = [*s1.field_map, *(name for name in s2.field_map if name not in s1.field_map)]
        return StructType([_merged_field(s1, s2, name) for name in names], s1.properties)
    if isinstance(s1, ArrayType):
        return ArrayType(mergeDataTypes(s1.elementType, s2.elementType))
    if isinstance(s1, MapType):
        return MapType(mergeDataTypes(s1.valueType, s2.valueType))
    if isinstance(s1, EnumType):
        return EnumType(s1.options + s2.options)
    return s1


def _merged_field(s1, s2, name):
    left, right = s1.field_map.get(name), s2.field_map.get(name)
    if left is None or right is None:
        return left or right
    return Field(name, mergeDataTypes(left.dataType, right.dataType), left.properties)


def _create_dynamic_record(dynamicRecord):
    return DynamicRecord(
        (name, DynamicRecord(value) if type(value) is dict else value)
        for name, value in iteritems(dynamicRecord)
    )


def _revert_to_dict(dynamicRecord):
    if isinstance(dynamicRecord, dict):
        return {name: _revert_to_dict(value) for name, value in dynamicRecord.items()}
    if isinstance(dynamicRecord, list):
        return [_revert_to_dict(value) for value in dynamicRecord]
    return dynamicRecord


class DynamicRecord(dict):
    """A record whose fields are also attributes: `row["x"]` is `row.x`."""

    def __getattr__(self, attr):
        return self[attr]

    def __setattr__(self, attr, value):
        self[attr] = value


def _of_spark(data_type):
    """Spark's type as Glue's: the atomic types have the same names in both."""
    if _choices.is_choice(data_type):
        return ChoiceType([_of_spark(field.dataType) for field in data_type])
    if isinstance(data_type, _spark.StructType):
        return StructType([Field(field.name, _of_spark(field.dataType)) for field in data_type])
    if isinstance(data_type, _spark.ArrayType):
        return ArrayType(_of_spark(data_type.elementType))
    if isinstance(data_type, _spark.MapType):
        return MapType(_of_spark(data_type.valueType))
    if isinstance(data_type, _spark.DecimalType):
        return DecimalType(data_type.precision, data_type.scale)
    kinds = {kind.__name__: kind for kind in _atomic_types}
    return kinds.get(type(data_type).__name__, StringType)()


def _to_spark(data_type):
    """Glue's type as Spark's; a choice becomes a string, as all of its values can."""
    if isinstance(data_type, StructType):
        fields = [_spark.StructField(field.name, _to_spark(field.dataType)) for field in data_type]
        return _spark.StructType(fields)
    if isinstance(data_type, (ArrayType, SetType)):
        return _spark.ArrayType(_to_spark(data_type.elementType))
    if isinstance(data_type, MapType):
        return _spark.MapType(_spark.StringType(), _to_spark(data_type.valueType))
    if isinstance(data_type, DecimalType):
        return _spark.DecimalType(data_type.precision, data_type.scale)
    kind = getattr(_spark, type(data_type).__name__, _spark.StringType)
    return kind()


def _tree(schema):
    """The lines that printSchema prints."""
    return "".join(f"{line}\n" for line in ["root", *_branches(schema, 0)])


def _branches(data_type, depth):
    if isinstance(data_type, StructType):
        children = [(field.name, field.dataType) for field in data_type]
    elif isinstance(data_type, ArrayType):
        children = [("element", data_type.elementType)]
    elif isinstance(data_type, MapType):
        children = [("keyType", StringType()), ("valueType", data_type.valueType)]
    elif isinstance(data_type, ChoiceType):
        children = [("", data_type.choices[name]) for name in sorted(data_type.choices)]
    else:
        return
    for name, child in children:
        told = child.typeName()
        if isinstance(child, DecimalType):
            told = f"decimal({child.precision},{child.scale})"
        yield f"{'|    ' * depth}|-- {name}: {told}" if name else f"{'|    ' * depth}|-- {told}"
        yield from _branches(child, depth + 1)

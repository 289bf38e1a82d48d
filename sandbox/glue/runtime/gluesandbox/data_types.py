"""Types in three languages: Glue's (gluetypes, `long`), Hive's (`bigint`) and Spark's."""

import re

from awsglue import gluetypes as glue
from pyspark.sql import types as spark

_ATOMIC = {
    spark.BinaryType: glue.BinaryType,
    spark.BooleanType: glue.BooleanType,
    spark.ByteType: glue.ByteType,
    spark.DateType: glue.DateType,
    spark.DoubleType: glue.DoubleType,
    spark.FloatType: glue.FloatType,
    spark.IntegerType: glue.IntegerType,
    spark.LongType: glue.LongType,
    spark.NullType: glue.NullType,
    spark.ShortType: glue.ShortType,
    spark.StringType: glue.StringType,
    spark.TimestampType: glue.TimestampType,
    spark.TimestampNTZType: glue.TimestampNTZType,
}
_GLUE_NAMES = {"long": "bigint", "short": "smallint", "byte": "tinyint", "integer": "int"}
_LENGTHS = re.compile(r"\b(?:var)?char\s*\(\s*\d+\s*\)", re.IGNORECASE)
_WORD = re.compile(r"(?<![:\w`])(long|short|byte|integer)(?![\w:`])", re.IGNORECASE)
# Types named without what is inside them: the value stays as it is.
_SHAPELESS = {"array", "struct", "map", "object", "choice", "set", ""}


def to_glue(data_type: spark.DataType) -> glue.DataType:
    """Spark's type as Glue's."""
    if isinstance(data_type, spark.StructType):
        return glue.StructType(
            [glue.Field(field.name, to_glue(field.dataType)) for field in data_type.fields]
        )
    if isinstance(data_type, spark.ArrayType):
        return glue.ArrayType(to_glue(data_type.elementType))
    if isinstance(data_type, spark.MapType):
        return glue.MapType(to_glue(data_type.valueType))
    if isinstance(data_type, spark.DecimalType):
        return glue.DecimalType(data_type.precision, data_type.scale)
    kind = _ATOMIC.get(type(data_type), glue.StringType)
    return kind()


def to_spark(data_type: glue.DataType) -> spark.DataType:
    """Glue's type as Spark's; a choice becomes a string, as all of its values can."""
    if isinstance(data_type, glue.StructType):
        return spark.StructType(
            [spark.StructField(field.name, to_spark(field.dataType)) for field in data_type]
        )
    if isinstance(data_type, (glue.ArrayType, glue.SetType)):
        return spark.ArrayType(to_spark(data_type.elementType))
    if isinstance(data_type, glue.MapType):
        return spark.MapType(spark.StringType(), to_spark(data_type.valueType))
    if isinstance(data_type, glue.DecimalType):
        return spark.DecimalType(data_type.precision, data_type.scale)
    for ours, theirs in _ATOMIC.items():
        if type(data_type) is theirs:
            return ours()
    return spark.StringType()


def parse(name: str) -> spark.DataType | None:
    """A type by its Hive or Glue name; None for a bare `array` or `struct`: no conversion.

    Must be called with a running Spark, whose parser it uses.
    """
    if name.strip().lower() in _SHAPELESS:
        return None
    return spark._parse_datatype_string(spark_name(name))  # noqa: SLF001 -- its only door


def spark_name(name: str) -> str:
    """The name in Spark's words: `long` is `bigint`, `varchar(20)` is `string`."""
    text = _LENGTHS.sub("string", name.strip())
    if text.lower() == "null":
        return "void"
    return _WORD.sub(lambda match: _GLUE_NAMES[match[0].lower()], text)


def hive_name(data_type: spark.DataType) -> str:
    """Spark's type as the Data Catalog writes it."""
    return data_type.simpleString().lower() if not isinstance(data_type, spark.NullType) else "string"  # fmt: skip


def describe(schema: glue.StructType) -> str:
    """The tree that printSchema prints."""
    lines = ["root"]
    _describe(schema, 0, lines)
    return "\n".join(lines) + "\n"


def _describe(data_type: glue.DataType, depth: int, lines: list[str]) -> None:
    lead = "|    " * depth
    if isinstance(data_type, glue.StructType):
        for field in data_type:
            lines.append(f"{lead}|-- {field.name}: {_name(field.dataType)}")
            _describe(field.dataType, depth + 1, lines)
    elif isinstance(data_type, glue.ArrayType):
        lines.append(f"{lead}|-- element: {_name(data_type.elementType)}")
        _describe(data_type.elementType, depth + 1, lines)
    elif isinstance(data_type, glue.MapType):
        lines.append(f"{lead}|-- keyType: string")
        lines.append(f"{lead}|-- valueType: {_name(data_type.valueType)}")
        _describe(data_type.valueType, depth + 1, lines)


def _name(data_type: glue.DataType) -> str:
    if isinstance(data_type, glue.DecimalType):
        return f"decimal({data_type.precision},{data_type.scale})"
    return data_type.typeName()

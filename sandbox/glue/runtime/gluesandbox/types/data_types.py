"""Type names in Glue's words (`long`) and in Hive's (`bigint`), as Spark's types."""

import re

from pyspark.sql import types as spark

_GLUE_NAMES = {"long": "bigint", "short": "smallint", "byte": "tinyint", "integer": "int"}
_LENGTHS = re.compile(r"\b(?:var)?char\s*\(\s*\d+\s*\)", re.IGNORECASE)
_WORD = re.compile(r"(?<![:\w`])(long|short|byte|integer)(?![\w:`])", re.IGNORECASE)
# Spark's parser, which knows all others, takes 20 ms for each.
_SIMPLE = {
    kind.simpleString(): kind
    for kind in (
        spark.StringType(),
        spark.BooleanType(),
        spark.ByteType(),
        spark.ShortType(),
        spark.IntegerType(),
        spark.LongType(),
        spark.FloatType(),
        spark.DoubleType(),
        spark.DateType(),
        spark.TimestampType(),
    )
}
# Types named without what is inside them: the value stays as it is.
_SHAPELESS = {"array", "struct", "map", "object", "choice", "set", ""}


def parse(name: str) -> spark.DataType | None:
    """A type by its Hive or Glue name; None for a bare `array` or `struct`: no conversion.

    Must be called with a running Spark, whose parser it uses.
    """
    if name.strip().lower() in _SHAPELESS:
        return None
    text = spark_name(name)
    return _SIMPLE.get(text.lower()) or spark._parse_datatype_string(text)  # noqa: SLF001 -- its only door


def declared(name: str) -> spark.DataType:
    """The type that a table declares for a column; a string where its name says too little."""
    return parse(name) or spark.StringType()


def spark_name(name: str) -> str:
    """The name in Spark's words: `long` is `bigint`, `varchar(20)` is `string`."""
    text = _LENGTHS.sub("string", name.strip())
    if text.lower() == "null":
        return "void"
    return _WORD.sub(lambda match: _GLUE_NAMES[match[0].lower()], text)


def hive_name(data_type: spark.DataType) -> str:
    """Spark's type as the Data Catalog writes it."""
    return data_type.simpleString().lower() if not isinstance(data_type, spark.NullType) else "string"  # fmt: skip

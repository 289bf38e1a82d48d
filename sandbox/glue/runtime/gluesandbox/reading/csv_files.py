"""Reading CSV: all text first, then the types, as Glue and Hive do."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import DataFrame, DataFrameReader, SparkSession
from pyspark.sql import functions as sf
from pyspark.sql import types as st

from gluesandbox.messages import not_in_sandbox
from gluesandbox.storage.catalog import Table
from gluesandbox.types import data_types, fields

_NONE = "\0"  # turns quoting or escaping off
_NULL = "\\N"
_HIVE_DELIMITER = "\x01"


def inferred(
    reader: DataFrameReader, paths: Sequence[str], options: Mapping[str, Any]
) -> DataFrame:
    """Files by Glue's format options; every column is a string, `col0` … without a header."""
    quote = str(options.get("quoteChar", '"'))
    header = str(options.get("withHeader", False)).lower() == "true"
    frame = (
        reader.options(
            sep=_character(options.get("separator", ",")),
            quote=_NONE if quote == "-1" else _character(quote),
            escape=_character(options.get("escaper") or '"'),
            header=header,
            multiLine=str(options.get("multiLine", options.get("multiline", False))).lower(),
            inferSchema=False,
            nullValue=_NULL,
        )
    ).csv(list(paths))
    names = frame.columns if header else [f"col{index}" for index in range(len(frame.columns))]
    return frame.select(
        *(
            sf.coalesce(sf.col(fields.quote(old)), sf.lit("")).alias(new)
            for old, new in zip(frame.columns, names, strict=True)
        )
    )


def declared(
    spark: SparkSession,
    paths: Sequence[str],
    table: Table,
    keys: st.StructType,
    options: Mapping[str, str],
) -> DataFrame:
    """A table's files: columns by position, and NULL for what does not fit its type."""
    serde, parameters = table.serde_parameters, table.parameters
    skip = int(parameters.get("skip.header.line.count", serde.get("skip.header.line.count", 0)))
    if skip > 1:
        raise not_in_sandbox(f"Skipping {skip} header lines of the table {table.name}")
    open_csv = table.serde.endswith("OpenCSVSerde")
    delimiter = serde.get("separatorChar" if open_csv else "field.delim") or serde.get(
        "serialization.format"
    )
    if delimiter is None or delimiter == "1":
        delimiter = parameters.get("delimiter") or ("," if open_csv else _HIVE_DELIMITER)
    texts = st.StructType(
        [
            *(st.StructField(column.name, st.StringType()) for column in table.columns),
            *keys.fields,
        ]
    )
    null = serde.get("serialization.null.format", _NULL)
    raw = (
        spark.read.schema(texts)
        .options(
            sep=_character(delimiter),
            quote=_character(serde.get("quoteChar", '"')),
            escape=_character(serde.get("escapeChar") or serde.get("escape.delim") or '"'),
            header=skip == 1,
            enforceSchema=True,
            nullValue=null,
            **options,
        )
        .csv(list(paths))
    )
    columns = []
    for column in table.columns:
        value = sf.col(fields.quote(column.name))
        kind = data_types.declared(column.type)
        if not isinstance(kind, st.StringType):
            value = sf.trim(value).cast(kind)
        elif null:
            value = sf.coalesce(value, sf.lit(""))  # an empty field is an empty text
        columns.append(value.alias(column.name))
    return raw.select(*columns, *(sf.col(fields.quote(key.name)) for key in keys.fields))


def _character(value: Any) -> str:
    r"""One character, perhaps written as `\t` or `\u0001`."""
    text = str(value)
    named = {"\\t": "\t", "\\n": "\n", "\\\\": "\\", "tab": "\t", "comma": ",", "pipe": "|",
             "semicolon": ";", "ctrla": "\x01", "quote": '"', "single_quote": "'"}  # fmt: skip
    if text.startswith("\\u"):
        return chr(int(text.removeprefix("\\u"), base=16))
    return named.get(text, text)

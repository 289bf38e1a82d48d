"""Reading CSV: all text first, then the types, as Glue and Hive do."""

import codecs
from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as sf
from pyspark.sql import types as st

from gluesandbox.messages import not_in_sandbox
from gluesandbox.reading.files import OTHER_CODECS, Files, opened, require_text
from gluesandbox.storage.catalog import Table
from gluesandbox.types import choices, data_types, fields

_NONE = "\0"  # turns quoting or escaping off
_NULL = "\\N"
_HIVE_DELIMITER = "\x01"


def inferred(files: Files, options: Mapping[str, Any]) -> DataFrame:
    """Files by Glue's format options; every column is a string, `col0` … without a header.

    Each file's own header names its fields, so files may have other columns, or another order.
    """
    require_text(files)
    header, skip = _true(options.get("withHeader")), _true(options.get("skipFirst"))
    if header and skip:
        raise not_in_sandbox("skipFirst together with withHeader")
    if not header:
        return _strings(files, options, named=False, skip=skip)
    filled = [item for item in files.files if _first_line(item[1])]
    if not filled:
        return files.spark.createDataFrame([], st.StructType([]))
    groups = replace(files, files=tuple(filled)).groups(_first_line)
    return reduce(fields.union, [_strings(g, options, named=True, skip=True) for g in groups])


def _strings(files: Files, options: Mapping[str, Any], *, named: bool, skip: bool) -> DataFrame:
    quote = str(options.get("quoteChar", '"'))
    frame = (
        files.reader()
        .options(
            sep=_character(options.get("separator", ",")),
            quote=_NONE if quote == "-1" else _character(quote),
            escape=_character(options.get("escaper") or '"'),
            header=skip,
            multiLine=_true(options.get("multiLine", options.get("multiline"))),
            inferSchema=False,
            nullValue=_NULL,
        )
        .csv(list(files.uris))
    )
    own = len(frame.columns) - _keys_in(files)
    return frame.select(
        *(
            sf.coalesce(sf.col(fields.quote(old)), sf.lit("")).alias(
                old if named or place >= own else f"col{place}"
            )
            for place, old in enumerate(frame.columns)
        )
    )


def _keys_in(files: Files) -> int:
    """How many columns come from the names of folders, which are the last ones."""
    if not files.base:
        return 0
    uri, _ = files.files[0]
    return sum("=" in part for part in uri.removeprefix(files.base).split("/")[:-1])


def _first_line(path: Path) -> bytes:
    if path.name.endswith(OTHER_CODECS):
        return b"unknown"
    with opened(path) as stream:
        return stream.readline().removeprefix(codecs.BOM_UTF8).rstrip(b"\r\n")


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


def declared(
    files: Files, table: Table, keys: st.StructType, *, with_choices: bool = False
) -> DataFrame:
    """A table's files: columns by position, in the declared types.

    Args:
        files: The files.
        table: The table.
        keys: Its partition keys.
        with_choices: Whether a column with values that do not fit its type is a choice with
            `string`, as in a DynamicFrame; else they are NULL, as for a SerDe.
    """
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
    require_text(files)
    raw = (
        files.reader()
        .schema(texts)
        .options(
            sep=_character(delimiter),
            quote=_character(serde.get("quoteChar", '"')),
            escape=_character(serde.get("escapeChar") or serde.get("escape.delim") or '"'),
            header=skip == 1,
            enforceSchema=True,
            nullValue=null,
        )
        .csv(list(files.uris))
    )
    kinds = {column.name: data_types.declared(column.type) for column in table.columns}
    texts_of = {name: sf.col(fields.quote(name)) for name in kinds}
    typed = {
        name: sf.trim(text).cast(kinds[name])
        for name, text in texts_of.items()
        if not isinstance(kinds[name], st.StringType)
    }
    odd = {name: sf.when(value.isNull() & (sf.trim(texts_of[name]) != ""), texts_of[name]) for name, value in typed.items()}  # fmt: skip
    mixed = _any_set(raw, odd) if with_choices else set()
    columns = []
    for name, text in texts_of.items():
        if name in mixed:
            value = choices.of_parts({choices.glue_name(kinds[name]): typed[name], "string": odd[name]})  # fmt: skip
        elif name in typed:
            value = typed[name]
        else:
            value = (
                sf.coalesce(text, sf.lit("")) if null else text
            )  # an empty field is an empty text
        columns.append(value.alias(name))
    return raw.select(*columns, *(sf.col(fields.quote(key.name)) for key in keys.fields))


def _any_set(frame: DataFrame, columns: Mapping[str, Column]) -> set[str]:
    """The names of the columns that have a value in any row."""
    if not columns:
        return set()
    names = list(columns)
    (counts,) = frame.agg(*(sf.count(columns[name]) for name in names)).collect()
    return {name for name, count in zip(names, counts, strict=True) if count}


def _character(value: Any) -> str:
    r"""One character, perhaps written as `\t` or `\u0001`."""
    text = str(value)
    named = {"\\t": "\t", "\\n": "\n", "\\\\": "\\", "tab": "\t", "comma": ",", "pipe": "|",
             "semicolon": ";", "ctrla": "\x01", "quote": '"', "single_quote": "'"}  # fmt: skip
    if text.startswith("\\u"):
        return chr(int(text.removeprefix("\\u"), base=16))
    return named.get(text, text)

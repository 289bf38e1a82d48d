"""The transforms that Glue Studio's newer nodes call as methods of a frame, `frame.gs_derived(…)`.

AWS keeps their modules in a bucket of its own; a script imports one (`import gs_derived`) to get
the method. Here each `gs_*` module attaches the function of its name (`gs_common.attach`).
Parameters are those seen in public scripts.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as sf
from pyspark.sql import types as st

from gluesandbox.messages import GlueException
from gluesandbox.types import fields

_TIMESTAMP_FORMATS = (
    "yyyy-MM-dd'T'HH:mm:ss[.SSSSSS][.SSS][XXX]",
    "yyyy-MM-dd HH:mm:ss[.SSSSSS][.SSS]",
    "yyyy-MM-dd",
    "yyyy/MM/dd HH:mm:ss",
    "yyyy/MM/dd",
    "MM/dd/yyyy HH:mm:ss",
    "MM/dd/yyyy",
    "dd-MM-yyyy",
)
_PER_SECOND = {"seconds": 1, "milliseconds": 1_000, "microseconds": 1_000_000}
_LONGEST_SECONDS = 100_000_000_000  # 11 digits and more are milliseconds, 14 microseconds
_LONGEST_MILLISECONDS = 100_000_000_000_000
_STRFTIME_TO_JAVA = {
    "%Y": "yyyy", "%y": "yy", "%m": "MM", "%d": "dd", "%H": "HH", "%I": "hh", "%M": "mm",
    "%S": "ss", "%f": "SSSSSS", "%p": "a", "%B": "MMMM", "%b": "MMM", "%j": "DDD",
}  # fmt: skip


def gs_now(frame: DataFrame, colName: str, dateFormat: str = "") -> DataFrame:  # noqa: N803
    """The moment of the run in a new column, a timestamp, or text in a format."""
    now = datetime.now(UTC)
    value = sf.lit(now).cast("timestamp")
    if dateFormat:
        value = sf.date_format(value, _java_format(dateFormat))
    return fields.with_column(frame, colName, value)


def gs_null_rows(frame: DataFrame, extended: bool = False) -> DataFrame:
    """Without the rows that are NULL in every column; `extended` counts empty text as NULL."""
    anything = sf.lit(False)
    for field in frame.schema.fields:
        value = sf.col(fields.quote(field.name))
        present = value.isNotNull()
        if _true(extended) and isinstance(field.dataType, st.StringType):
            present = present & (sf.trim(value) != "")
        anything = anything | present
    return frame.filter(anything)


def gs_derived(frame: DataFrame, colName: str, expr: str) -> DataFrame:  # noqa: N803
    """A column from a Spark SQL expression of the others."""
    return fields.with_column(frame, colName, sf.expr(expr))


def gs_split(
    frame: DataFrame,
    colName: str,  # noqa: N803
    pattern: str = ",",
    newColName: str = "",  # noqa: N803
) -> DataFrame:
    """A text split by a regular expression into an array of texts."""
    value = sf.split(_column(frame, colName), pattern)
    return fields.with_column(frame, newColName or _name(colName), value)


def gs_concat(
    frame: DataFrame,
    colName: str,  # noqa: N803
    colList: list[str] | str,  # noqa: N803
    spacer: str = "",
) -> DataFrame:
    """The texts of columns, joined, in a new column; a NULL is left out."""
    values = [_column(frame, name).cast("string") for name in _listed(colList)]
    return fields.with_column(frame, colName, sf.concat_ws(spacer, *values))


def gs_array_to_cols(
    frame: DataFrame,
    colName: str,  # noqa: N803
    colList: list[str] | str,  # noqa: N803
    indexes: str | list[int] = "",
) -> DataFrame:
    """Elements of an array as columns: the first ones, or those that `indexes` counts from 1."""
    names = _listed(colList)
    positions = [int(index) for index in _listed(indexes)] or list(range(1, len(names) + 1))
    if len(positions) != len(names):
        raise GlueException(f"gs_array_to_cols: {len(names)} columns for {len(positions)} indexes.")
    array = _column(frame, colName)
    for name, position in zip(names, positions, strict=True):
        frame = fields.with_column(frame, name, sf.get(array, position - 1))
    return frame


def gs_explode(
    frame: DataFrame,
    colName: str,  # noqa: N803
    newCol: str = "",  # noqa: N803
    outer: bool = False,
) -> DataFrame:
    """A row for each element of an array, or each entry of a map (columns `key`, `value`).

    `outer` keeps the rows whose array is empty or NULL.
    """
    way = fields.resolve(frame.schema, colName)
    if way is None:
        raise GlueException(f"gs_explode: the frame has no column {colName!r}.")
    explode = sf.explode_outer if _true(outer) else sf.explode
    others = [sf.col(fields.quote(name)) for name in frame.columns]
    value = fields.column(way)
    if isinstance(way[-1].dataType, st.MapType):
        return frame.select(*others, explode(value).alias("key", "value"))
    name = newCol or way[-1].name
    kept = [column for old, column in zip(frame.columns, others, strict=True) if old != name]
    return frame.select(*kept, explode(value).alias(name))


def gs_flatten(frame: DataFrame, maxLevels: int = 0, separator: str = ".") -> DataFrame:  # noqa: N803
    """Fields of structs as columns, `outer.inner`, down to `maxLevels` (0: all)."""
    levels = int(maxLevels) or -1
    columns = [
        value.alias(separator.join(names)) for names, value in _flat(frame.schema, (), None, levels)
    ]
    return frame.select(*columns)


def gs_to_timestamp(
    frame: DataFrame,
    colName: str,  # noqa: N803
    colType: str = "autodetect",  # noqa: N803
    newColName: str = "",  # noqa: N803
) -> DataFrame:
    """A number or text as a timestamp: `seconds`, `milliseconds`, `iso`, … or `autodetect`."""
    value = _column(frame, colName)
    kind = colType.lower()
    if kind in _PER_SECOND:
        result = _instant(value.cast("double"), _PER_SECOND[kind])
    elif kind in {"iso", "autodetect"}:
        texts = [sf.to_timestamp(value.cast("string"), form) for form in _TIMESTAMP_FORMATS]
        result = sf.coalesce(*texts, value.cast("string").cast("timestamp"))
        if kind == "autodetect":
            number = value.cast("double")
            magnitude = sf.abs(number)
            guessed = (
                sf.when(magnitude < _LONGEST_SECONDS, _instant(number, 1))
                .when(magnitude < _LONGEST_MILLISECONDS, _instant(number, 1_000))
                .otherwise(_instant(number, 1_000_000))
            )
            result = sf.when(number.isNotNull(), guessed).otherwise(result)
    else:
        raise GlueException(f"gs_to_timestamp: {colType!r} is not a kind of time.")
    return fields.with_column(frame, newColName or _name(colName), result)


def gs_format_timestamp(
    frame: DataFrame,
    colName: str,  # noqa: N803
    dateFormat: str,  # noqa: N803
    newColName: str = "",  # noqa: N803
) -> DataFrame:
    """A timestamp as text."""
    value = sf.date_format(_column(frame, colName).cast("timestamp"), _java_format(dateFormat))
    return fields.with_column(frame, newColName or _name(colName), value)


def gs_uuid(frame: DataFrame, colName: str = "UUID") -> DataFrame:  # noqa: N803
    """A random identifier in each row."""
    return fields.with_column(frame, colName, sf.expr("uuid()"))


def gs_repartition(
    frame: DataFrame,
    numPartitionsStr: str = "",  # noqa: N803
    partitionCols: list[str] | str = "",  # noqa: N803
) -> DataFrame:
    """The rows spread anew over partitions; without a number, as many as there are cores."""
    count = int(numPartitionsStr or frame.sparkSession.sparkContext.defaultParallelism)
    return frame.repartition(count, *(_column(frame, name) for name in _listed(partitionCols)))


def gs_pivot(
    frame: DataFrame,
    aggCol: str,  # noqa: N803
    aggFunction: str,  # noqa: N803
    colList: list[str] | str,  # noqa: N803
) -> DataFrame:
    """The values of columns as columns of their own, each with an aggregate of another column."""
    names = _listed(colList)
    pivoted = sf.concat_ws("_", *(_column(frame, name).cast("string") for name in names))
    others = [name for name in frame.columns if name not in {*names, _name(aggCol)}]
    keyed = frame.withColumn("__pivot", pivoted)
    grouped = keyed.groupBy(*(sf.col(fields.quote(name)) for name in others)).pivot("__pivot")
    return grouped.agg(sf.expr(f"{aggFunction}({fields.quote(_name(aggCol))})"))


def gs_parse_json(frame: DataFrame, colName: str, newColName: str = "") -> DataFrame:  # noqa: N803
    """A text of JSON as the struct or array that the texts have in common."""
    value = _column(frame, colName)
    texts = frame.select(value.alias("text")).filter("text IS NOT NULL").rdd.map(lambda row: row[0])
    schema = frame.sparkSession.read.json(texts).schema
    return fields.with_column(frame, newColName or _name(colName), sf.from_json(value, schema))


def gs_regex_extract(
    frame: DataFrame,
    colName: str,  # noqa: N803
    regex: str,
    newCols: list[str] | str,  # noqa: N803
) -> DataFrame:
    """What the groups of a regular expression find (or all of it, without groups), as columns."""
    names = _listed(newCols)
    first = 1 if re.compile(regex).groups else 0
    text = _column(frame, colName).cast("string")
    for group, name in enumerate(names, first):
        found = sf.when(text.rlike(regex), sf.regexp_extract(text, regex, group))
        frame = fields.with_column(frame, name, found)
    return frame


def _column(frame: DataFrame, path: str) -> Column:
    way = fields.resolve(frame.schema, path)
    if way is None:
        raise GlueException(f"The frame has no column {path!r}; it has {', '.join(frame.columns)}.")
    return fields.column(way)


def _name(path: str) -> str:
    return path.strip("`") if path.startswith("`") else path


def _listed(value: Any) -> list[str]:
    parts = value.split(",") if isinstance(value, str) else value
    return [str(part).strip() for part in parts if str(part).strip()]


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


def _instant(number: Column, per_second: int) -> Column:
    return sf.timestamp_micros((number * (1_000_000 / per_second)).cast("long"))


def _java_format(text: str) -> str:
    if "%" not in text:
        return text
    for ours, javas in _STRFTIME_TO_JAVA.items():
        text = text.replace(ours, javas)
    return text


def _flat(
    schema: st.StructType, names: tuple[str, ...], parent: Column | None, levels: int
) -> Iterator[tuple[tuple[str, ...], Column]]:
    for field in schema.fields:
        whole = sf.col(fields.quote(field.name)) if parent is None else parent.getField(field.name)
        if isinstance(field.dataType, st.StructType) and levels:
            yield from _flat(field.dataType, (*names, field.name), whole, levels - 1)
        else:
            yield (*names, field.name), whole

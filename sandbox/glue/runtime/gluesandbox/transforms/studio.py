"""The transforms that Glue Studio's newer nodes call as methods of a frame, `frame.gs_derived(…)`.

AWS keeps their modules in a bucket of its own; a script imports one (`import gs_derived`) to get
the method. Here each `gs_*` module attaches the function of its name (`gs_common.attach`).
Parameters are those seen in public scripts, and what a transform does is what AWS's guide of Glue
Studio says of it.
"""

import re
from collections.abc import Iterator, Mapping
from string import Template
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
# In Java's syntax, which Spark has: escapes and classes are passed over.
_GROUPS = re.compile(r"\\.|\[(?:\\.|[^]\\])*\]|(\((?:(?!\?)|\?<(?=[A-Za-z])))")
_OF_A_MAP = 2  # columns: of the keys and of the values
_LONGEST_SECONDS = 100_000_000_000  # 11 digits and more are milliseconds, 14 microseconds
_LONGEST_MILLISECONDS = 100_000_000_000_000
# Python's codes that AWS knows, in Spark's words. `%X` is wrong there (months for minutes).
_SPARK_CODES: Mapping[str, str] = {
    "Y": "yyyy", "G": "yyyy", "y": "yy", "m": "MM", "b": "MMM", "B": "MMMM", "d": "dd", "j": "DDD",
    "a": "E", "A": "EEEE", "H": "HH", "I": "hh", "p": "a", "M": "mm", "S": "ss", "f": "SSSSSS",
    "z": "Z", "Z": "z", "c": "EEE MMM d HH:mm:ss yyyy", "X": "HH:MM:ss",
}  # fmt: skip


class _PythonCodes(Template):
    """A format with Python's codes; as on AWS, `%Y_` is the code of a name `Y_`, and a KeyError."""

    delimiter = "%"


def gs_now(
    frame: DataFrame,
    colName: str = "timestamp",  # noqa: N803
    dateFormat: str = "",  # noqa: N803
) -> DataFrame:
    """The moment in which Spark makes the rows, a timestamp, or text in a format."""
    value = sf.current_timestamp()
    if dateFormat:
        value = sf.date_format(value, _spark_format(dateFormat))
    return frame.withColumn(colName, value)


def gs_null_rows(frame: DataFrame, extended: bool = False) -> DataFrame:
    """Without the rows that are NULL in every column.

    `extended` counts empty texts, arrays and maps as NULL.
    """
    anything = sf.lit(False)
    for field in frame.schema.fields:
        value = sf.col(fields.quote(field.name))
        present = value.isNotNull()
        if _true(extended) and isinstance(field.dataType, st.StringType):
            present = present & (value != "")
        elif _true(extended) and isinstance(field.dataType, st.ArrayType | st.MapType):
            present = present & (sf.size(value) > 0)
        anything = anything | present
    return frame.filter(anything)


def gs_derived(frame: DataFrame, colName: str, expr: str) -> DataFrame:  # noqa: N803
    """A column from a Spark SQL expression of the others."""
    return frame.withColumn(colName, sf.expr(expr))


def gs_split(
    frame: DataFrame,
    colName: str,  # noqa: N803
    pattern: str = ",",
    newColName: str = "",  # noqa: N803
) -> DataFrame:
    """A text split by a regular expression into an array of texts."""
    value = sf.split(_column(frame, colName), pattern)
    return frame.withColumn(newColName or _name(colName), value)


def gs_concat(
    frame: DataFrame,
    colName: str,  # noqa: N803
    colList: list[str] | str,  # noqa: N803
    spacer: str = "",
) -> DataFrame:
    """The texts of columns, joined, in a new column; a NULL is an empty text."""
    texts = [_column(frame, name).cast("string") for name in _listed(colList)]
    values = [sf.coalesce(text, sf.lit("")) for text in texts]
    return frame.withColumn(colName, sf.concat_ws(spacer, *values))


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
        frame = frame.withColumn(name, sf.get(array, position - 1))
    return frame


def gs_explode(
    frame: DataFrame,
    colName: str,  # noqa: N803
    newCol: str = "",  # noqa: N803
    outer: bool = False,
) -> DataFrame:
    """A row for each element of an array, or each entry of a map.

    `newCol` names the column of the elements (without it they take the array's place), or those of
    the keys and of the values: `key, value` unless it says so. `outer` keeps the rows whose array is
    empty or NULL.
    """
    way = fields.resolve(frame.schema, colName)
    if way is None:
        raise GlueException(f"gs_explode: the frame has no column {colName!r}.")
    explode = sf.explode_outer if _true(outer) else sf.explode
    value = fields.column(way)
    if not isinstance(way[-1].dataType, st.MapType):
        return frame.withColumn(newCol or way[-1].name, explode(value))
    names = _listed(newCol) or ["key", "value"]
    if len(names) != _OF_A_MAP:
        raise GlueException(f"gs_explode: a map becomes two columns, and {newCol!r} names one.")
    return frame.select("*", explode(value).alias(*names))


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
    return frame.withColumn(newColName or _name(colName), result)


def gs_format_timestamp(
    frame: DataFrame,
    colName: str,  # noqa: N803
    dateFormat: str,  # noqa: N803
    newColName: str = "",  # noqa: N803
) -> DataFrame:
    """A timestamp as text."""
    value = sf.date_format(_column(frame, colName).cast("timestamp"), _spark_format(dateFormat))
    return frame.withColumn(newColName or _name(colName), value)


def gs_uuid(frame: DataFrame, colName: str = "uuid") -> DataFrame:  # noqa: N803
    """A random identifier in each row."""
    return frame.withColumn(colName, sf.expr("uuid()"))


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
    """A text of JSON as the struct that the texts have in common."""
    value = _column(frame, colName)
    texts = frame.select(value.alias("text")).filter("text IS NOT NULL")
    if texts.filter(sf.ltrim("text").startswith("[")).head(1):
        raise GlueException(f"gs_parse_json: the arrays in {colName} need a schema.")
    schema = frame.sparkSession.read.json(texts.rdd.map(lambda row: row[0])).schema
    return frame.withColumn(newColName or _name(colName), sf.from_json(value, schema))


def gs_regex_extract(
    frame: DataFrame,
    colName: str,  # noqa: N803
    regex: str,
    newCols: list[str] | str,  # noqa: N803
) -> DataFrame:
    """What the groups of a regular expression find (or all of it, without groups), as columns.

    An empty name passes over its group. A text that does not match gives empty texts.
    """
    names = newCols.split(",") if isinstance(newCols, str) else newCols
    groups = sum(bool(found[1]) for found in _GROUPS.finditer(regex))
    if len(names) != (groups or 1):
        raise GlueException(
            f"gs_regex_extract: {len(names)} columns for the {groups} groups of {regex!r}; leave a "
            "name between commas empty to pass over a group."
        )
    text = _column(frame, colName).cast("string")
    for group, name in enumerate(names, 1 if groups else 0):
        if name.strip():
            frame = frame.withColumn(name.strip(), sf.regexp_extract(text, regex, group))
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


def _spark_format(text: str) -> str:
    return _PythonCodes(text).substitute(_SPARK_CODES)


def _flat(
    schema: st.StructType, names: tuple[str, ...], parent: Column | None, levels: int
) -> Iterator[tuple[tuple[str, ...], Column]]:
    for field in schema.fields:
        whole = sf.col(fields.quote(field.name)) if parent is None else parent.getField(field.name)
        if isinstance(field.dataType, st.StructType) and levels:
            yield from _flat(field.dataType, (*names, field.name), whole, levels - 1)
        else:
            yield (*names, field.name), whole

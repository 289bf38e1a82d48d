"""Sources: files in S3 by format and options, and tables by the Data Catalog."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sf
from pyspark.sql import types as st

from gluesandbox.messages import GlueException, not_in_sandbox
from gluesandbox.reading import columnar_files, csv_files, files, json_files
from gluesandbox.reading.files import Files
from gluesandbox.storage import buckets, catalog
from gluesandbox.storage.formats import file_format
from gluesandbox.types import data_types, fields
from sandbox.table_formats import own_metadata

_COLUMNAR = {"parquet": "parquet", "glueparquet": "parquet", "orc": "orc"}


@dataclass(frozen=True)
class Source:
    """What was read.

    Attributes:
        frame: A frame of records.
        errors: The records that could not be read.
        full: Makes the same frame with what each record lacks, where `frame` does not say it.
    """

    frame: DataFrame
    errors: tuple[DataFrame, ...] = ()
    full: Callable[[], DataFrame] | None = None


def where(source: Source, predicate: str) -> Source:
    """The records of a source that meet a condition in SQL."""
    full = source.full
    return Source(
        source.frame.filter(predicate),
        source.errors,
        None if full is None else lambda: full().filter(predicate),
    )


def from_paths(
    spark: SparkSession,
    paths: Sequence[str],
    kind: str,
    options: Mapping[str, Any],
    connection: Mapping[str, Any],
) -> Source:
    """Files in S3, with the types that the files themselves have or that their values suggest."""
    if not paths:
        raise GlueException("An S3 source needs connection_options with paths, and it has none.")
    # AWS reads columnar files with Spark, which looks for folders named key=value on its own.
    nested = kind in _COLUMNAR
    every = [files.of_path(spark, path, connection, nested=nested) for path in paths]
    with files.partitions_as_text(spark):
        found = [_read(some, kind, options) for some in every if some.files]
    if not found:
        # As on Glue: no file is no record and no column, not an error.
        return Source(spark.createDataFrame([], st.StructType([])))
    frame = reduce(fields.union, (source.frame for source in found))
    return Source(frame, tuple(error for source in found for error in source.errors))


def _read(found: Files, kind: str, options: Mapping[str, Any]) -> Source:
    match kind:
        case "json":
            whole = _boolean(options.get("multiLine", options.get("multiline", False)))
            path = options.get("jsonPath", "")
            frame, bad = json_files.inferred(found, whole_files=whole, path=path)
            return Source(frame, (bad,))
        case "csv":
            return Source(csv_files.inferred(found, options))
    if kind in _COLUMNAR:
        return Source(columnar_files.inferred(found, _COLUMNAR[kind]))
    raise not_in_sandbox(f"Reading the format {kind!r}")


def from_table(
    spark: SparkSession,
    table: catalog.Table,
    push_down_predicate: str = "",
    options: Mapping[str, Any] = {},
    *,
    with_choices: bool = False,
) -> Source:
    """A table of the Data Catalog, in its declared columns and types.

    Args:
        spark: The session.
        table: The table.
        push_down_predicate: A condition on the partition keys.
        options: `catalogPartitionPredicate` is another.
        with_choices: Whether a column with values that do not fit its type is a choice, as in a
            DynamicFrame; else they are NULL, as for Spark.
    """
    if table.raw.get("TableType") == "VIRTUAL_VIEW":
        raise not_in_sandbox(f"Reading the view {table.database}.{table.name} as a table")
    if form := own_metadata(table.parameters, table.input_format):
        raise not_in_sandbox(f"Reading the {form.upper()} table {table.name}")
    if not table.location.startswith("s3"):
        raise not_in_sandbox(f"Reading the table {table.name}, whose data is not in S3,")
    predicates = [push_down_predicate, options.get("catalogPartitionPredicate", "")]
    keys = key_types(table)
    if not table.partition_keys:
        buckets.refresh(table.location)
        return _read_folders(spark, table, [table.location], keys, with_choices)
    found = _matching(spark, catalog.partitions(table), keys, [p for p in predicates if p])
    for partition in found:
        buckets.refresh(partition.location)
    expected = {catalog.folder_of(table, partition.values).rstrip("/") for partition in found}
    if expected == {partition.location.rstrip("/") for partition in found}:
        return _read_folders(spark, table, sorted(expected), keys, with_choices)
    return _read_each(spark, table, found, keys, with_choices)


def key_types(table: catalog.Table) -> st.StructType:
    """The partition keys of a table in their declared types."""
    return st.StructType(
        [st.StructField(key.name, data_types.declared(key.type)) for key in table.partition_keys]
    )


def _read_each(
    spark: SparkSession,
    table: catalog.Table,
    found: Sequence[catalog.Partition],
    keys: st.StructType,
    with_choices: bool,
) -> Source:
    """Partitions whose folders are not named after their values: one by one."""
    sources = []
    for partition in found:
        none = st.StructType([])
        source = _read_folders(spark, table, [partition.location], none, with_choices)
        columns = fields.Columns(source.frame)
        values = [
            (key.name, sf.lit(catalog.null_value(text)).cast(key.dataType))
            for key, text in zip(keys.fields, partition.values, strict=True)
        ]
        sources.append(replace(source, frame=columns.select([*columns.named(), *values])))
    if not sources:
        return Source(_empty(spark, table.columns, keys))
    frame = reduce(fields.union, (source.frame for source in sources))
    return Source(frame, tuple(error for source in sources for error in source.errors))


def _read_folders(
    spark: SparkSession,
    table: catalog.Table,
    folders: Sequence[str],
    keys: st.StructType,
    with_choices: bool,
) -> Source:
    found = files.of_folders(spark, folders, table.location if keys.fields else "")
    if not found.files:
        return Source(_empty(spark, table.columns, keys))
    with files.partitions_as_text(spark):
        match kind := file_format(table):
            case "json":
                frame, broken, full = json_files.declared(
                    found, table.columns, keys, table.serde_parameters, with_choices=with_choices
                )
                return Source(frame, (broken,), full)
            case "csv":
                return Source(csv_files.declared(found, table, keys, with_choices=with_choices))
            case "parquet" | "orc":
                return Source(columnar_files.declared(found, table, keys, kind))
    raise not_in_sandbox(f"Reading the format {kind!r} of the table {table.name}")


def _empty(
    spark: SparkSession, columns: Sequence[catalog.Column], keys: st.StructType
) -> DataFrame:
    declared = [st.StructField(column.name, data_types.declared(column.type)) for column in columns]
    return spark.createDataFrame([], st.StructType([*declared, *keys.fields]))


def matching_partitions(
    spark: SparkSession, table: catalog.Table, predicate: str
) -> list[catalog.Partition]:
    """The table's partitions of which a Spark SQL condition on its keys is true."""
    return _matching(
        spark, catalog.partitions(table), key_types(table), [predicate] if predicate else []
    )


def _matching(
    spark: SparkSession,
    found: Sequence[catalog.Partition],
    keys: st.StructType,
    predicates: Sequence[str],
) -> list[catalog.Partition]:
    if not predicates or not found:
        return list(found)
    texts = st.StructType(
        [
            st.StructField("__position", st.LongType()),
            *(st.StructField(key.name, st.StringType()) for key in keys.fields),
        ]
    )
    rows = [
        (position, *map(catalog.null_value, partition.values))
        for position, partition in enumerate(found)
    ]
    frame = spark.createDataFrame(rows, texts)
    for key in keys.fields:
        frame = fields.with_column(
            frame, key.name, sf.col(fields.quote(key.name)).cast(key.dataType)
        )
    for predicate in predicates:
        frame = frame.filter(predicate)
    return [found[row[0]] for row in frame.select("__position").collect()]


def _boolean(value: Any) -> bool:
    return str(value).lower() == "true"

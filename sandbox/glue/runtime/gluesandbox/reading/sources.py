"""Sources: files in S3 by format and options, and tables by the Data Catalog."""

import fnmatch
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sf
from pyspark.sql import types as st

from gluesandbox.messages import GlueException, not_in_sandbox
from gluesandbox.reading import csv_files, json_files
from gluesandbox.storage import buckets, catalog
from gluesandbox.storage.formats import file_format
from gluesandbox.types import data_types, fields

_LIST_ALL = 1000  # files that are named to Spark one by one at most


@dataclass(frozen=True)
class Source:
    """What was read, and the records that could not be."""

    frame: DataFrame
    errors: tuple[DataFrame, ...] = ()


def from_paths(  # noqa: C901 -- a case a format
    spark: SparkSession,
    paths: Sequence[str],
    kind: str,
    options: Mapping[str, Any],
    connection: Mapping[str, Any],
) -> Source:
    """Files in S3, with the types that the files themselves have or that their values suggest."""
    if not paths:
        raise GlueException("An S3 source needs connection_options with paths, and it has none.")
    for path in paths:
        buckets.refresh(path)
    found = _wanted_files(paths, connection)
    if not found:
        # As on Glue: no file is no record and no column, not an error.
        return Source(spark.createDataFrame([], st.StructType([])))
    reader = spark.read
    if not _has_partition_folders(found):
        reader = reader.option("recursiveFileLookup", _boolean(connection.get("recurse", True)))
    elif len(paths) == 1 and not _is_file(paths[0]):
        reader = reader.option("basePath", paths[0])
    chosen = _as_uris(found) if connection.get("exclusions") else list(paths)
    match kind:
        case "json":
            multi_line = _boolean(options.get("multiLine", options.get("multiline", False)))
            frame = reader.option("multiLine", multi_line).json(chosen)
            if "_corrupt_record" in frame.columns:
                frame = frame.cache()  # Spark refuses to read only the broken lines from files
                broken = sf.col("_corrupt_record")
                bad = frame.filter(broken.isNotNull()).select(broken.alias("error"))
                good = frame.filter(broken.isNull()).drop("_corrupt_record")
                return Source(_json_path(good, options.get("jsonPath", "")), (bad,))
            return Source(_json_path(frame, options.get("jsonPath", "")))
        case "csv":
            return Source(csv_files.inferred(reader, chosen, options))
        case "parquet" | "glueparquet":
            return Source(reader.option("mergeSchema", "true").parquet(*chosen))
        case "orc":
            return Source(reader.option("mergeSchema", "true").orc(chosen))
    raise not_in_sandbox(f"Reading the format {kind!r}")


def from_table(
    spark: SparkSession,
    table: catalog.Table,
    push_down_predicate: str,
    options: Mapping[str, Any],
) -> Source:
    """A table of the Data Catalog, in its declared columns and types."""
    if table.raw.get("TableType") == "VIRTUAL_VIEW":
        raise not_in_sandbox(f"Reading the view {table.database}.{table.name} as a table")
    if table.parameters.get("table_type", "").upper() in {"ICEBERG", "DELTA"}:
        raise not_in_sandbox(f"Reading the {table.parameters['table_type']} table {table.name}")
    if not table.location.startswith("s3"):
        raise not_in_sandbox(f"Reading the table {table.name}, whose data is not in S3,")
    predicates = [push_down_predicate, options.get("catalogPartitionPredicate", "")]
    keys = st.StructType(
        [st.StructField(key.name, data_types.declared(key.type)) for key in table.partition_keys]
    )
    if not table.partition_keys:
        buckets.refresh(table.location)
        return _read_folders(spark, table, [table.location], st.StructType([]))
    found = _matching(spark, catalog.partitions(table), keys, [p for p in predicates if p])
    for partition in found:
        buckets.refresh(partition.location)
    expected = {_hive_location(table, partition) for partition in found}
    if expected == {partition.location.rstrip("/") for partition in found}:
        return _read_folders(spark, table, sorted(expected), keys)
    return _read_each(spark, table, found, keys)


def _read_each(
    spark: SparkSession,
    table: catalog.Table,
    found: Sequence[catalog.Partition],
    keys: st.StructType,
) -> Source:
    """Partitions whose folders are not named after their values: one by one."""
    frames: list[DataFrame] = []
    errors: list[DataFrame] = []
    for partition in found:
        source = _read_folders(spark, table, [partition.location], st.StructType([]))
        values = [
            sf.lit(catalog.null_value(text)).cast(key.dataType).alias(key.name)
            for key, text in zip(keys.fields, partition.values, strict=True)
        ]
        frames.append(source.frame.select("*", *values))
        errors += source.errors
    if not frames:
        return Source(_empty(spark, table.columns, keys))
    whole = frames[0]
    for frame in frames[1:]:
        whole = whole.unionByName(frame)
    return Source(whole, tuple(errors))


def _read_folders(
    spark: SparkSession, table: catalog.Table, folders: Sequence[str], keys: st.StructType
) -> Source:
    files = [path for folder in folders for path in _data_files(folder)]
    if not files:
        return Source(_empty(spark, table.columns, keys))
    options = {"basePath": table.location} if keys.fields else {"recursiveFileLookup": "true"}
    match kind := file_format(table):
        case "json":
            frame, broken = json_files.read(
                spark, folders, files, table.columns, keys, table.serde_parameters, options
            )
            return Source(frame, (broken,))
        case "csv":
            return Source(csv_files.declared(spark, folders, table, keys, options))
        case "parquet" | "orc":
            reader = spark.read.options(**options)
            raw = reader.format(kind).load(list(folders))
            if any(fields.find(raw.schema, column.name) is None for column in table.columns):
                # Columns that only some of the files have: older files lack newer ones.
                raw = reader.option("mergeSchema", "true").format(kind).load(list(folders))
            return Source(_as_declared(raw, [*table.columns], keys))
    raise not_in_sandbox(f"Reading the format {kind!r} of the table {table.name}")


def _as_declared(
    raw: DataFrame, columns: Sequence[catalog.Column], keys: st.StructType
) -> DataFrame:
    """The declared columns by name, whatever their case, in the declared types."""
    result = []
    for column in columns:
        field = fields.find(raw.schema, column.name)
        kind = data_types.declared(column.type)
        value = sf.lit(None) if field is None else sf.col(fields.quote(field.name))
        if field is None or field.dataType != kind:
            value = value.cast(kind)
        result.append(value.alias(column.name))
    partition = [
        sf.col(fields.quote(key.name)).cast(key.dataType).alias(key.name) for key in keys.fields
    ]
    return raw.select(*result, *partition)


def _empty(
    spark: SparkSession, columns: Sequence[catalog.Column], keys: st.StructType
) -> DataFrame:
    declared = [st.StructField(column.name, data_types.declared(column.type)) for column in columns]
    return spark.createDataFrame([], st.StructType([*declared, *keys.fields]))


def matching_partitions(
    spark: SparkSession, table: catalog.Table, predicate: str
) -> list[catalog.Partition]:
    """The table's partitions of which a Spark SQL condition on its keys is true."""
    keys = st.StructType(
        [st.StructField(key.name, data_types.declared(key.type)) for key in table.partition_keys]
    )
    return _matching(spark, catalog.partitions(table), keys, [predicate] if predicate else [])


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


def _hive_location(table: catalog.Table, partition: catalog.Partition) -> str:
    names = [key.name for key in table.partition_keys]
    parts = [f"{name}={value}" for name, value in zip(names, partition.values, strict=True)]
    return "/".join([table.location.rstrip("/"), *parts])


def _data_files(uri: str) -> list[Path]:
    """The files that Hadoop would read below a path: no hidden ones."""
    bucket, _, folder = buckets.folder(uri)
    if not (buckets.mirror().root / bucket).is_dir():
        raise GlueException(f"The bucket of {uri} does not exist.")
    if folder.is_file():
        return [folder]
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(("_", ".")) for part in path.relative_to(folder).parts)
    )


def _wanted_files(paths: Iterable[str], connection: Mapping[str, Any]) -> list[tuple[str, Path]]:
    exclusions = connection.get("exclusions") or []
    if isinstance(exclusions, str):
        exclusions = json.loads(exclusions)
    wanted = []
    for uri in paths:
        _, _, folder = buckets.folder(uri)
        for path in _data_files(uri) if "*" not in uri else [folder]:
            relative = path.relative_to(folder).as_posix() if path != folder else path.name
            whole = f"{uri.rstrip('/')}/{relative}" if path != folder else uri
            if not any(_excluded(whole, relative, pattern) for pattern in exclusions):
                wanted.append((whole, path))
    return wanted


def _excluded(uri: str, relative: str, pattern: str) -> bool:
    return any(
        fnmatch.fnmatch(text, variant)
        for text in (uri, relative)
        for variant in (pattern, pattern.replace("**/", ""), pattern.replace("**", "*"))
    )


def _as_uris(found: Sequence[tuple[str, Path]]) -> list[str]:
    if len(found) > _LIST_ALL:
        raise not_in_sandbox(f"Reading {len(found)} files with exclusions")
    return [uri for uri, _ in found]


def _has_partition_folders(found: Sequence[tuple[str, Path]]) -> bool:
    return any("=" in part for uri, _ in found for part in uri.split("/")[3:-1])


def _is_file(uri: str) -> bool:
    return buckets.folder(uri)[2].is_file()


def _json_path(frame: DataFrame, path: str) -> DataFrame:
    """The records that `jsonPath` points to: `$`, `$.field`, `$.field[*]` or `$[*]`."""
    names = [name for name in path.replace("[*]", "").lstrip("$").split(".") if name]
    for name in names:
        field = fields.find(frame.schema, name)
        if field is None:
            raise GlueException(f"jsonPath {path!r}: there is no {name!r} in the records.")
        value = sf.col(fields.quote(field.name))
        if isinstance(field.dataType, st.ArrayType):
            frame = frame.select(sf.explode(value).alias("record"))
            field = st.StructField("record", field.dataType.elementType)
            value = sf.col("record")
        frame = frame.select(value.alias("record"))
        if isinstance(field.dataType, st.StructType):
            frame = frame.select("record.*")
    return frame


def _boolean(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).lower() == "true"

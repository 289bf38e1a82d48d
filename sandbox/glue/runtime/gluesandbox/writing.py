"""Targets: files in S3 and tables of the Data Catalog, added to and purged."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as sf
from pyspark.sql import types as st

from gluesandbox.messages import GlueException, not_in_sandbox
from gluesandbox.reading import sources
from gluesandbox.storage import buckets, catalog
from gluesandbox.storage.formats import descriptor, file_format
from gluesandbox.types import choices, data_types, fields
from sandbox.environment import client
from sandbox.table_formats import own_metadata

_SPARK_FORMATS = {"glueparquet": "parquet", "parquet": "parquet", "orc": "orc", "json": "json", "csv": "csv"}  # fmt: skip
_DEFAULT_HOURS = 168.0  # Glue's own retention: a week
_DELETE_BATCH = 1000  # DeleteObjects takes no more
_UPDATES = {"UPDATE_IN_DATABASE", "LOG"}


@dataclass(frozen=True)
class CatalogUpdate:
    """Which table a write keeps up to date, and whether its columns may change."""

    database: str
    table: str
    behavior: str


def to_path(
    frame: DataFrame,
    path: str,
    kind: str,
    format_options: Mapping[str, Any],
    compression: str | None,
    partition_keys: Sequence[str],
) -> None:
    """Add the frame to the files below a path, and puts them into S3."""
    spark_format = _SPARK_FORMATS.get(kind)
    if spark_format is None:
        raise not_in_sandbox(f"Writing the format {kind!r}")
    missing = [key for key in partition_keys if key not in frame.columns]
    if missing:
        raise GlueException(f"Partition column {missing[0]} is not in the frame to be written.")
    schema = fields.Columns(frame).schema
    if spark_format == "json" and schema.fields and _is_mixed(schema):
        _write_mixed_json(frame, path, compression, partition_keys)
        return
    frame = _storable(frame, spark_format)
    buckets.folder(path)
    writer = frame.write.mode("append").format(spark_format)
    writer = writer.options(**_options(spark_format, format_options))
    if spark_format == "csv" and len(frame.columns) == len(partition_keys) + 1:
        writer = writer.options(**_empty_lines(frame, partition_keys, format_options))
    if chosen := _compression(spark_format, compression or format_options.get("compression")):
        writer = writer.option("compression", chosen)
    if partition_keys:
        writer = writer.partitionBy(*partition_keys)
    if frame.columns:
        writer.save(path)


def _is_mixed(kind: st.DataType) -> bool:
    """Whether Spark does not write it: choices, structs without fields, names that differ by case."""
    by_case = isinstance(kind, st.StructType) and fields.differ_by_case(kind.names)
    return by_case or choices.has_choices(kind) or "struct<>" in kind.simpleString()


def _write_mixed_json(
    frame: DataFrame, path: str, compression: str | None, partition_keys: Sequence[str]
) -> None:
    """Add the frame as JSON lines in which a choice is what its record holds.

    Spark's own writer has one type a column and folds case, so the lines are put together from what
    it makes of each value.
    """
    columns = fields.Columns(frame)
    texts, keys = [], []
    for (name, value), field in zip(columns.named(), columns.schema, strict=True):
        if name in partition_keys:
            keys.append(value.alias(name))
        else:
            texts.append((name, _json_text(value, field.dataType)))
    lines = columns.frame.select(_json_object(texts).alias("value"), *keys)
    writer = lines.write.mode("append")
    if chosen := _compression("json", compression):
        writer = writer.option("compression", chosen)
    if partition_keys:
        writer = writer.partitionBy(*partition_keys)
    writer.text(path)


def _json_text(value: Column, kind: st.DataType) -> Column:
    """A value as JSON, NULL if it is NULL."""
    mixed = _is_mixed(kind)
    match kind:
        case st.StructType() if mixed:
            return _json_struct(value, kind)
        case st.ArrayType() if mixed:
            items = sf.transform(value, lambda item: _json_item(item, kind.elementType))
            return sf.concat(sf.lit("["), sf.array_join(items, ","), sf.lit("]"))
        case st.MapType() if mixed:
            pairs = sf.transform(
                sf.map_entries(value),
                lambda pair: sf.concat(
                    _json_text(pair["key"].cast("string"), st.StringType()),
                    sf.lit(":"),
                    _json_item(pair["value"], kind.valueType),
                ),
            )
            return sf.concat(sf.lit("{"), sf.array_join(pairs, ","), sf.lit("}"))
    whole = sf.to_json(sf.struct(value.alias("v")))  # {"v":…}
    return sf.when(value.isNotNull(), whole.substr(sf.lit(6), sf.length(whole) - 6))


def _json_struct(value: Column, kind: st.StructType) -> Column:
    # By place: its names may differ by case alone.
    places = [st.StructField(str(place), field.dataType) for place, field in enumerate(kind)]
    numbered = value.cast(st.StructType(places))
    texts = [
        (field.name, _json_text(numbered.getField(str(place)), field.dataType))
        for place, field in enumerate(kind)
    ]
    if choices.is_choice(kind):
        return sf.coalesce(*(text for _, text in texts))
    return sf.when(value.isNotNull(), _json_object(texts))


def _json_item(value: Column, kind: st.DataType) -> Column:
    return sf.coalesce(_json_text(value, kind), sf.lit("null"))


def _json_object(texts: Sequence[tuple[str, Column]]) -> Column:
    """An object without the fields that are NULL; in lists they stay, as in Spark's own JSON."""
    pairs = [
        sf.concat(sf.lit(json.dumps(name, ensure_ascii=False) + ":"), text) for name, text in texts
    ]
    return sf.concat(sf.lit("{"), sf.concat_ws(",", *pairs), sf.lit("}"))


def to_table(frame: DataFrame, table: catalog.Table, options: Mapping[str, Any]) -> None:
    """Add the frame to a table, in the table's format, and its partitions to the catalog."""
    if not table.location.startswith("s3"):
        raise GlueException(f"The table {table.name} has no location in S3 to write to.")
    if form := own_metadata(table.parameters, table.input_format):
        raise not_in_sandbox(f"Writing the {form.upper()} table {table.name}")
    kind = file_format(table)
    keys = options.get("partitionKeys") or [key.name for key in table.partition_keys]
    _require_keys(table, keys)
    frame = _named_as(frame, [column.name for column in table.every_column])
    format_options: dict[str, Any] = {}
    if kind == "csv":
        serde = table.serde_parameters
        format_options["separator"] = (
            serde.get("field.delim") or serde.get("separatorChar") or table.parameters.get("delimiter") or ","
        )  # fmt: skip
        format_options["writeHeader"] = str(
            table.parameters.get("skip.header.line.count", serde.get("skip.header.line.count", "0"))
        ) not in {"0", ""}
    compression = (
        table.parameters.get(f"{kind}.compression")
        or table.parameters.get("orc.compress" if kind == "orc" else "compressionType")
        or table.parameters.get("compression")
        or table.parameters.get("write.compression")
    )
    to_path(frame, table.location, kind, format_options, compression, keys)
    behavior = str(options.get("updateBehavior", "UPDATE_IN_DATABASE"))
    if _true(options.get("enableUpdateCatalog")):
        update = CatalogUpdate(table.database, table.name, behavior)
        update_catalog(frame, table.location, kind, keys, update)
    elif keys:
        catalog.add_partitions(table, partition_values(frame, keys))


def update_catalog(
    frame: DataFrame, path: str, kind: str, keys: Sequence[str], update: CatalogUpdate
) -> None:
    """Make the table what was written: created, or given new columns and partitions."""
    if update.behavior not in _UPDATES:
        raise GlueException(
            f"updateBehavior is UPDATE_IN_DATABASE or LOG, not {update.behavior!r}."
        )
    frame = _storable(frame, _SPARK_FORMATS[kind])
    written = [
        catalog.Column(field.name.lower(), data_types.hive_name(field.dataType))
        for field in frame.schema.fields
    ]
    lower = [key.lower() for key in keys]
    columns = [column for column in written if column.name not in lower]
    table = catalog.find_table(update.database, update.table)
    if table is None:
        spark_format = _SPARK_FORMATS[kind]
        partition_columns = [column for name in lower for column in written if column.name == name]
        table = catalog.create_table(
            update.database, update.table, path, columns, partition_columns,
            descriptor(spark_format), kind,
        )  # fmt: skip
    _require_keys(table, keys)
    if update.behavior == "UPDATE_IN_DATABASE":
        merged = _merged(table.columns, columns)
        if merged != list(table.columns):
            catalog.update_columns(table, merged)
            table = catalog.table(update.database, update.table)
    if keys:
        catalog.add_partitions(table, partition_values(frame, keys))


def purge_table(spark: SparkSession, table: catalog.Table, options: Mapping[str, Any]) -> None:
    """Delete the table's files, or those of the partitions that `partitionPredicate` names."""
    predicate = options.get("partitionPredicate", "")
    if not predicate:
        purge_path(table.location, options)
        return
    for partition in sources.matching_partitions(spark, table, predicate):
        purge_path(partition.location, options)


def purge_path(uri: str, options: Mapping[str, Any]) -> None:
    """Delete the files below a path that are older than `retentionPeriod` hours.

    `excludeStorageClasses` keeps files of these classes; `manifestFilePath` gets a list of what
    was deleted.
    """
    bucket, prefix, _ = buckets.folder(uri)
    hours = float(options.get("retentionPeriod", _DEFAULT_HOURS))
    newest = datetime.now(UTC) - timedelta(hours=hours)
    kept_classes = set(options.get("excludeStorageClasses", ()))
    deleted = []
    s3 = client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for item in page.get("Contents", []):
            old = item["LastModified"] <= newest or hours <= 0
            if old and item.get("StorageClass") not in kept_classes and item["Key"] != prefix:
                deleted.append(item["Key"])
    for start in range(0, len(deleted), _DELETE_BATCH):
        batch = [{"Key": key} for key in deleted[start : start + _DELETE_BATCH]]
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        for error in answer.get("Errors", []):
            raise GlueException(
                f"s3://{bucket}/{error['Key']} cannot be deleted: {error['Message']}"
            )
    if manifest := options.get("manifestFilePath"):
        _write_manifest(str(manifest), bucket, deleted)
    print(f"Purged {len(deleted)} files of s3://{bucket}/{prefix}")


def partition_values(frame: DataFrame, keys: Sequence[str]) -> list[tuple[str, ...]]:
    """The values of the partition columns, as they are written in paths."""
    missing = sf.lit("__HIVE_DEFAULT_PARTITION__")
    texts = [sf.col(fields.quote(key)).cast("string") for key in keys]
    rows = frame.select(
        *(sf.when(text.isNull() | (text == ""), missing).otherwise(text) for text in texts)
    ).distinct()
    return [tuple(row) for row in rows.collect()]


def _require_keys(table: catalog.Table, keys: Sequence[str]) -> None:
    declared = [key.name for key in table.partition_keys]
    if [key.lower() for key in keys] != declared:
        raise GlueException(
            f"The table {table.database}.{table.name} is partitioned by {declared}, and the "
            f"target by {list(keys)}: they must be the same."
        )


def _merged(old: Sequence[catalog.Column], new: Sequence[catalog.Column]) -> list[catalog.Column]:
    """The old columns with the new types, then the new ones."""
    types = {column.name: column for column in new}
    kept = [types.pop(column.name, column) for column in old]
    return [*kept, *types.values()]


def _named_as(frame: DataFrame, names: Sequence[str]) -> DataFrame:
    """Columns under the case that the table declares: the catalog knows lower case only."""
    declared = {name.lower(): name for name in names}
    return frame.toDF(*(declared.get(name.lower(), name) for name in frame.columns))


def _storable(frame: DataFrame, kind: str) -> DataFrame:
    """The records as a format can hold them.

    JSON and CSV hold a choice as each record has it, Parquet and ORC as a struct. A column that is
    NULL by type is empty in CSV, and not in other formats.
    """
    columns = fields.Columns(frame)
    chosen = []
    for (name, value), field in zip(columns.named(), columns.schema, strict=True):
        if isinstance(field.dataType, st.NullType) and kind != "csv":
            continue
        stored = choices.plain(field.dataType, null=st.StringType())
        if kind == "csv" and choices.has_choices(field.dataType):
            chosen.append((name, choices.as_text(value, field.dataType)))
        else:
            chosen.append((name, value if stored == field.dataType else value.cast(stored)))
    return columns.frame.select(*(value.alias(name) for name, value in chosen))


def _options(kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    if kind != "csv":
        return {}
    quote = str(options.get("quoteChar", '"'))
    return {
        "header": _true(options.get("writeHeader", True)),
        "sep": {"\\t": "\t"}.get(str(options.get("separator", ",")), options.get("separator", ",")),
        "quote": "\0" if quote == "-1" else quote,
        "escape": options.get("escaper") or '"',
        "emptyValue": "",
    }


def _empty_lines(
    frame: DataFrame, partition_keys: Sequence[str], options: Mapping[str, Any]
) -> dict[str, str]:
    """Have a row of one empty field written in quotes: Spark leaves blank lines out.

    Raises:
        GlueException: there are such rows, and no quotes.
    """
    quote = str(options.get("quoteChar", '"'))
    if quote != "-1":
        return dict.fromkeys(["emptyValue", "nullValue"], quote * 2)
    [value] = (frame[fields.quote(name)] for name in frame.columns if name not in partition_keys)
    if frame.filter(value.isNull() | (value.cast("string") == "")).limit(1).count():
        raise GlueException(
            "Without quotes (quoteChar -1) a CSV file of one column cannot hold an empty value."
        )
    return {}


def _compression(kind: str, name: Any) -> str | None:
    if name is None or name == "":
        return "snappy" if kind in {"parquet", "orc"} else None
    known = {"uncompressed": "none", "gz": "gzip", "bz2": "bzip2", "zip": "deflate"}
    return known.get(str(name).lower(), str(name).lower())


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


def _write_manifest(folder: str, bucket: str, deleted: list[str]) -> None:
    to_bucket, prefix, _ = buckets.folder(folder)
    body = "".join(json.dumps({"path": f"s3://{bucket}/{key}"}) + "\n" for key in deleted)
    client("s3").put_object(Bucket=to_bucket, Key=f"{prefix}Success.csv", Body=body.encode())

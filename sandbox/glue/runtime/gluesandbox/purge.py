"""Deleting the files of a table or a path, as purge_table and purge_s3_path do."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pyspark.sql import SparkSession

from gluesandbox import buckets, catalog, readers
from sandbox.environment import client

_DEFAULT_HOURS = 168.0  # Glue's own retention: a week


def purge_table(spark: SparkSession, table: catalog.Table, options: Mapping[str, Any]) -> None:
    """Deletes the table's files, or those of the partitions that `partitionPredicate` names."""
    predicate = options.get("partitionPredicate", "")
    if not predicate:
        purge_path(table.location, options)
        return
    for partition in readers.matching_partitions(spark, table, predicate):
        purge_path(partition.location, options)


def purge_path(uri: str, options: Mapping[str, Any]) -> None:
    """Deletes the files below a path that are older than `retentionPeriod` hours.

    `excludeStorageClasses` keeps files of these classes; `manifestFilePath` gets a list of what
    was deleted.
    """
    buckets.send(uri)
    bucket, prefix, _ = buckets.folder(uri)
    hours = float(options.get("retentionPeriod", _DEFAULT_HOURS))
    newest = datetime.now(UTC) - timedelta(hours=hours)
    kept_classes = set(options.get("excludeStorageClasses", ()))
    buckets.refresh(f"s3://{bucket}/{prefix}")
    deleted = []
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for item in page.get("Contents", []):
            old = item["LastModified"] <= newest or hours <= 0
            if old and item.get("StorageClass") not in kept_classes and item["Key"] != prefix:
                deleted.append(item["Key"])
    for key in deleted:
        path = buckets.mirror().path(bucket, key)
        if path is not None and not key.endswith("/"):
            path.unlink(missing_ok=True)
            path.with_name(f".{path.name}.crc").unlink(missing_ok=True)
    buckets.send(uri)
    if manifest := options.get("manifestFilePath"):
        _write_manifest(str(manifest), bucket, deleted)
    print(f"Purged {len(deleted)} files of s3://{bucket}/{prefix}")


def _write_manifest(folder: str, bucket: str, deleted: list[str]) -> None:
    to_bucket, prefix, _ = buckets.folder(folder)
    body = "".join(json.dumps({"path": f"s3://{bucket}/{key}"}) + "\n" for key in deleted)
    client("s3").put_object(Bucket=to_bucket, Key=f"{prefix}Success.csv", Body=body.encode())

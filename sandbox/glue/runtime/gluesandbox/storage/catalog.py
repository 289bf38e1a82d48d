"""The Data Catalog as jobs use it: tables, partitions, and what a write adds to them."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from gluesandbox.messages import GlueException, not_in_sandbox
from sandbox.environment import ACCOUNT_ID, client

_BATCH = 100  # BatchCreatePartition takes no more
_HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"
_TO_ESCAPE = re.compile(r"""[\x01-\x1f\x7f"#%'*/:=?\\{\[\]^]""")  # in the name of a folder


@dataclass(frozen=True)
class Column:
    """A column as the catalog declares it; `type` in Hive's words."""

    name: str
    type: str


@dataclass(frozen=True)
class Partition:
    """One partition: its values as text, in the order of the table's keys, and where it is."""

    values: tuple[str, ...]
    location: str


@dataclass(frozen=True)
class Table:
    """A table of the Data Catalog."""

    database: str
    name: str
    location: str
    columns: tuple[Column, ...]
    partition_keys: tuple[Column, ...]
    input_format: str
    serde: str
    serde_parameters: Mapping[str, str]
    parameters: Mapping[str, str]
    raw: Mapping[str, Any]

    @property
    def every_column(self) -> tuple[Column, ...]:
        """The columns and then the partition keys."""
        return (*self.columns, *self.partition_keys)


def table(database: str, name: str, catalog_id: str | None = None) -> Table:
    """The table of that name.

    Raises:
        GlueException: the Data Catalog has no such table, or is that of another account.
    """
    require_own(catalog_id)
    found = find_table(database, name)
    if found is None:
        raise GlueException(
            f"EntityNotFoundException: the Data Catalog has no table {database}.{name}."
        )
    return found


def require_own(catalog_id: str | None) -> None:
    """Refuse the Data Catalog of another account: there is one account.

    Raises:
        GlueException: it is not this account's.
    """
    if catalog_id and catalog_id != ACCOUNT_ID:
        raise not_in_sandbox(f"The Data Catalog {catalog_id!r} of another account")


def find_table(database: str, name: str) -> Table | None:
    """The table of that name, whatever its case, or None."""
    database, name = database.lower(), name.lower()
    try:
        raw = client("glue").get_table(DatabaseName=database, Name=name)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            return None
        raise
    descriptor = raw.get("StorageDescriptor", {})
    serde = descriptor.get("SerdeInfo", {})
    return Table(
        database,
        raw["Name"],
        descriptor.get("Location", ""),
        _columns(descriptor.get("Columns", ())),
        _columns(raw.get("PartitionKeys", ())),
        descriptor.get("InputFormat", ""),
        serde.get("SerializationLibrary", ""),
        serde.get("Parameters", {}),
        {**descriptor.get("Parameters", {}), **raw.get("Parameters", {})},
        raw,
    )


def partitions(of: Table) -> list[Partition]:
    """All registered partitions of the table."""
    pages = (
        client("glue")
        .get_paginator("get_partitions")
        .paginate(DatabaseName=of.database, TableName=of.name)
    )
    return [
        Partition(tuple(item["Values"]), item["StorageDescriptor"].get("Location", ""))
        for page in pages
        for item in page["Partitions"]
    ]


def create_table(
    database: str,
    name: str,
    location: str,
    columns: Sequence[Column],
    partition_keys: Sequence[Column],
    storage: Mapping[str, Any],
    classification: str,
    parameters: Mapping[str, str] = {},
) -> Table:
    """A new external table; `storage` holds InputFormat, OutputFormat and SerdeInfo."""
    database, name = database.lower(), name.lower()
    client("glue").create_table(
        DatabaseName=database,
        TableInput={
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {
                **parameters,
                "classification": classification,
                "useGlueParquetWriter": "true",
                "CreatedByJob": os.environ.get("GLUE_SANDBOX_JOB_NAME", ""),
            },
            "PartitionKeys": _described(partition_keys),
            "StorageDescriptor": {
                **storage,
                "Columns": _described(columns),
                "Location": location,
                "StoredAsSubDirectories": False,
            },
        },
    )
    return table(database, name)


def update_columns(of: Table, columns: Sequence[Column]) -> None:
    """The table with these columns instead of its own."""
    kept = (
        "Name", "Description", "Owner", "Retention", "PartitionKeys", "ViewOriginalText",
        "ViewExpandedText", "TableType", "Parameters", "StorageDescriptor",
    )  # fmt: skip
    table_input = {name: of.raw[name] for name in kept if name in of.raw}
    table_input["StorageDescriptor"] = {
        **table_input["StorageDescriptor"],
        "Columns": _described(columns),
    }
    client("glue").update_table(DatabaseName=of.database, TableInput=table_input)


def add_partitions(of: Table, found: Iterable[Sequence[str]]) -> None:
    """Register the partitions of these values that the table does not have yet."""
    known = {partition.values for partition in partitions(of)}
    new = sorted({tuple(values) for values in found} - known)
    descriptor = of.raw["StorageDescriptor"]
    inputs = [
        {
            "Values": list(values),
            "StorageDescriptor": {
                **descriptor,
                "Location": folder_of(of, values),
            },
        }
        for values in new
    ]
    for start in range(0, len(inputs), _BATCH):
        client("glue").batch_create_partition(
            DatabaseName=of.database,
            TableName=of.name,
            PartitionInputList=inputs[start : start + _BATCH],
        )


def folder_of(of: Table, values: Sequence[str]) -> str:
    """Where Spark and Hive put the partition of these values."""
    named = zip((key.name for key in of.partition_keys), values, strict=True)
    parts = (f"{_escaped(name)}={_escaped(value)}/" for name, value in named)
    return f"{of.location.rstrip('/')}/{''.join(parts)}"


def _escaped(text: str) -> str:
    return _TO_ESCAPE.sub(lambda match: f"%{ord(match[0]):02X}", text)


def connection(name: str) -> Mapping[str, str]:
    """The properties of a Glue connection."""
    try:
        found = client("glue").get_connection(Name=name)["Connection"]
    except ClientError as error:
        raise GlueException(f"The connection {name!r} cannot be read: {error}") from error
    properties: Mapping[str, str] = found.get("ConnectionProperties", {})
    return properties


def null_value(text: str) -> str | None:
    """A partition's value; Hive writes a name for NULL."""
    return None if text == _HIVE_NULL else text


def _columns(raw: Iterable[Mapping[str, Any]]) -> tuple[Column, ...]:
    return tuple(Column(item["Name"], item.get("Type", "string")) for item in raw)


def _described(columns: Iterable[Column]) -> list[dict[str, str]]:
    return [{"Name": column.name, "Type": column.type} for column in columns]

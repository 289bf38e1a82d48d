"""Tables and views as Glue and Hive describe them."""

from collections.abc import Sequence
from typing import Any

from sandbox.athena.hive.catalog import Table, View, encode_view
from sandbox.athena.hive.model import ColumnDefinition, CreateTable
from sandbox.athena.hive.types import hive_type


def table_input(made: CreateTable, name: str) -> dict[str, Any]:
    """Make the Glue TableInput of a CREATE EXTERNAL TABLE, with what Athena adds itself."""
    wanted: dict[str, Any] = {
        "Name": name,
        "Owner": "hadoop",
        "Retention": 0,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", **made.parameters},
        "PartitionKeys": column_items(made.partition_keys),
        "StorageDescriptor": {
            "Columns": column_items(made.columns),
            "Location": made.location,
            "InputFormat": made.input_format,
            "OutputFormat": made.output_format,
            "Compressed": False,
            "NumberOfBuckets": made.buckets,
            "SerdeInfo": {
                "SerializationLibrary": made.serde,
                "Parameters": made.serde_parameters,
            },
            "BucketColumns": list(made.bucket_columns),
            "SortColumns": [],
            "Parameters": {},
            "SkewedInfo": {
                "SkewedColumnNames": [],
                "SkewedColumnValues": [],
                "SkewedColumnValueLocationMaps": {},
            },
            "StoredAsSubDirectories": False,
        },
    }
    if made.comment:
        wanted["Parameters"]["comment"] = made.comment
    return wanted


def view_input(name: str, view: View) -> dict[str, Any]:
    """Make the Glue TableInput of a view, as Athena does."""
    return {
        "Name": name,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "PartitionKeys": [],
        "ViewOriginalText": encode_view(view),
        "ViewExpandedText": "/* Presto View */",
        "StorageDescriptor": {
            "Columns": [{"Name": n, "Type": str(hive_type(kind))} for n, kind in view.columns],
            "Location": "",
            "NumberOfBuckets": 0,
            "SerdeInfo": {},
        },
    }


def create_statement(table: Table) -> str:
    """Write the CREATE EXTERNAL TABLE that makes this table, as SHOW CREATE TABLE does."""
    lines = [f"CREATE EXTERNAL TABLE `{table.database}.{table.name}`("]
    lines.append(
        ", \n".join(_column_line(c.name, str(c.type), c.comment) for c in table.columns) + ")"
    )
    if table.raw.get("Description"):
        lines.append(f"COMMENT {_quoted(table.raw['Description'])}")
    if table.partition_keys:
        lines.append("PARTITIONED BY ( ")
        keys = [_column_line(c.name, str(c.type), c.comment) for c in table.partition_keys]
        lines.append(", \n".join(keys) + ")")
    descriptor = table.raw.get("StorageDescriptor", {})
    lines += ["ROW FORMAT SERDE ", f"  {_quoted(table.storage.serde)} "]
    if table.storage.serde_parameters:
        lines.append("WITH SERDEPROPERTIES ( ")
        lines.append(_property_lines(table.storage.serde_parameters) + ") ")
    lines += [
        "STORED AS INPUTFORMAT ",
        f"  {_quoted(descriptor.get('InputFormat', ''))} ",
        "OUTPUTFORMAT ",
        f"  {_quoted(descriptor.get('OutputFormat', ''))}",
        "LOCATION",
        f"  {_quoted(table.storage.location)}",
    ]
    parameters = {name: value for name, value in table.parameters.items() if name != "EXTERNAL"}
    if parameters:
        lines.append("TBLPROPERTIES (")
        lines.append(_property_lines(parameters) + ")")
    return "\n".join(lines)


def _column_line(name: str, kind: str, comment: str) -> str:
    return f"  `{name}` {kind}" + (f" COMMENT {_quoted(comment)}" if comment else "")


def _property_lines(properties: Any) -> str:
    return ", \n".join(f"  {_quoted(n)}={_quoted(v)}" for n, v in sorted(properties.items()))


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def described(name: str, kind: str, comment: str) -> str:
    """Write a line of DESCRIBE."""
    return f"{name:<20}\t{kind:<20}\t{comment:<20}"


def column_items(columns: Sequence[ColumnDefinition]) -> list[dict[str, str]]:
    """Write columns as Glue takes them."""
    return [
        {
            "Name": column.name,
            "Type": column.type,
            **({"Comment": column.comment} if column.comment else {}),
        }
        for column in columns
    ]


def as_input(raw: dict[str, Any]) -> dict[str, Any]:
    """Leave out of a Glue Table what a TableInput can't have."""
    allowed = {
        "Name",
        "Description",
        "Owner",
        "LastAccessTime",
        "LastAnalyzedTime",
        "Retention",
        "StorageDescriptor",
        "PartitionKeys",
        "ViewOriginalText",
        "ViewExpandedText",
        "TableType",
        "Parameters",
    }
    return {name: value for name, value in raw.items() if name in allowed}

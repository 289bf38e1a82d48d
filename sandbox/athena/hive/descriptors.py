"""Tables and views as Glue and Hive describe them."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.athena.errors import HiveError
from sandbox.athena.hive.catalog import Table, View, columns_of, encode_view
from sandbox.athena.hive.model import ColumnDefinition, CreateTable
from sandbox.athena.hive.types import Column


def table_input(made: CreateTable, name: str) -> dict[str, Any]:
    """Make the Glue TableInput of a CREATE EXTERNAL TABLE, with what Athena adds itself."""
    wanted: dict[str, Any] = {
        "Name": name,
        "Owner": "hadoop",
        "Retention": 0,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            "EXTERNAL": "TRUE",
            **made.parameters,
            "transient_lastDdlTime": str(int(time.time())),
        },
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
        # Athena keeps a comment without its line breaks.
        wanted["Parameters"]["comment"] = " ".join(made.comment.split())
    return wanted


def view_input(name: str, view: View, kinds: Sequence[str]) -> dict[str, Any]:
    """Make the Glue TableInput of a view, as Athena does; `kinds` are its columns' Hive types."""
    return {
        "Name": name,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "PartitionKeys": [],
        "ViewOriginalText": encode_view(view),
        "ViewExpandedText": "/* Presto View */",
        "StorageDescriptor": {
            "Columns": [
                {"Name": column, "Type": kind}
                for (column, _), kind in zip(view.columns, kinds, strict=True)
            ],
            "Location": "",
            "NumberOfBuckets": 0,
            "SerdeInfo": {},
        },
    }


def create_statement(table: Table, name: str) -> str:
    """Write the CREATE EXTERNAL TABLE that makes this table, as SHOW CREATE TABLE does.

    Args:
        table: of the Data Catalog.
        name: as the statement names it.
    """
    lines = [f"CREATE EXTERNAL TABLE `{name}`("]
    lines.append(
        ", \n".join(_column_line(c.name, str(c.type), c.comment) for c in table.columns) + ")"
    )
    parameters = {key: value for key, value in table.parameters.items() if key != "EXTERNAL"}
    comment = parameters.pop("comment", "") or table.raw.get("Description")
    if comment:
        lines.append(f"COMMENT {_quoted(comment)}")
    if table.partition_keys:
        lines.append("PARTITIONED BY ( ")
        keys = [_column_line(c.name, str(c.type), c.comment) for c in table.partition_keys]
        lines.append(", \n".join(keys) + ")")
    descriptor = table.raw.get("StorageDescriptor", {})
    if buckets := descriptor.get("BucketColumns"):
        lines += ["CLUSTERED BY ( ", ", \n".join(f"  {column}" for column in buckets) + ") "]
        lines.append(f"INTO {descriptor.get('NumberOfBuckets')} BUCKETS")
    lines += ["ROW FORMAT SERDE ", f"  {_quoted(table.storage.serde)} "]
    properties = dict(table.storage.serde_parameters)
    if properties.get("serialization.format") == "1":
        del properties["serialization.format"]  # the default, which Hive leaves out
    if properties:
        lines.append("WITH SERDEPROPERTIES ( ")
        lines.append(_property_lines(properties) + ") ")
    lines += [
        "STORED AS INPUTFORMAT ",
        f"  {_quoted(descriptor.get('InputFormat', ''))} ",
        "OUTPUTFORMAT ",
        f"  {_quoted(descriptor.get('OutputFormat', ''))}",
        "LOCATION",
        f"  {_quoted(table.storage.location)}",
    ]
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
    """Write a line of DESCRIBE; what follows a tab in a comment is lost, as on AWS."""
    return f"{name:<20}\t{kind:<20}\t" + f"{comment:<20}".partition("\t")[0]


def _heading(title: str) -> str:
    return f"{title}\t \t "


def _fact(name: str, value: str) -> str:
    return f"{name:<20}\t{value:<20}\t "


_BLANK = _heading("")


def describe(table: Table, partition: Mapping[str, Any] | None, detail: str) -> list[str]:
    """Write what DESCRIBE shows of a table, or of one of its partitions.

    Args:
        table: of the Data Catalog.
        partition: as the Data Catalog has it.
        detail: EXTENDED or FORMATTED, if asked for.
    """
    head, keys = described("# col_name", "data_type", "comment"), table.partition_keys
    lines = [described(c.name, str(c.type), c.comment) for c in _own_columns(table, partition)]
    if detail == "FORMATTED":
        lines = [head, _BLANK, *lines]
    else:
        lines += [described(c.name, str(c.type), c.comment) for c in keys]
    if keys:
        lines += [_BLANK, _heading("# Partition Information"), head, _BLANK]
        lines += [described(c.name, str(c.type), c.comment) for c in keys]
    if detail:
        lines += [_BLANK, *_details(table, partition)]
    return lines


def describe_column(
    table: Table, partition: Mapping[str, Any] | None, path: tuple[str, ...]
) -> list[str]:
    """Write what DESCRIBE shows of one column, or of what is in it.

    Raises:
        QueryError: there is no such column or part of one.
    """
    columns = {c.name: c for c in (*_own_columns(table, partition), *table.partition_keys)}
    missing = HiveError(
        f"SemanticException [Error 10002]: Invalid column reference {'.'.join(path)}"
    )
    column = columns.get(path[0])
    if column is None:
        raise missing
    kind, comment = column.type, column.comment
    for part in path[1:]:
        parts = _INSIDE.get(kind.kind, kind.names)
        if part not in parts:
            raise missing
        kind, comment = kind.children[parts.index(part)], ""
    if kind.kind == "struct":
        fields = zip(kind.names, kind.children, strict=True)
        return [described(name, str(child), _READ) for name, child in fields]
    return [described(path[-1], str(kind), comment or _READ)]


# What Hive calls the parts of arrays and maps, and says of a column without a comment.
_INSIDE = {"array": ("$elem$",), "map": ("$key$", "$value$")}
_READ = "from deserializer"


def _own_columns(table: Table, partition: Mapping[str, Any] | None) -> tuple[Column, ...]:
    if partition is None:
        return table.columns
    return columns_of(partition.get("StorageDescriptor", {}).get("Columns", [])) or table.columns


def _details(table: Table, partition: Mapping[str, Any] | None) -> list[str]:
    item = table.raw if partition is None else partition
    what = "Table" if partition is None else "Partition"
    storage = item.get("StorageDescriptor", {})
    serde = storage.get("SerdeInfo", {})
    lines = [_heading(f"# Detailed {what} Information")]
    if partition is None:
        lines += [_fact("Database:", table.database), _fact("Owner:", "hadoop")]
    else:
        values = ", ".join(partition.get("Values", []))
        lines += [
            _fact("Partition Value:", f"[{values}]"),
            _fact("Database:", table.database),
            _fact("Table:", table.name),
        ]
    created = item.get("CreateTime") or item.get("CreationTime")
    shown = f"{created:%a %b %d %H:%M:%S UTC %Y}" if created else "UNKNOWN"
    lines.append(_fact("CreateTime:", shown))
    lines.append(_fact("LastAccessTime:", "UNKNOWN"))
    lines.append(_fact("Location:", storage.get("Location", "")))
    if partition is None:
        lines.append(_fact("Table Type:", table.table_type))
    lines.append(_heading(f"{what} Parameters:"))
    lines += _parameters(item.get("Parameters", {}))
    lines += [
        _BLANK,
        _heading("# Storage Information"),
        _fact("SerDe Library:", serde.get("SerializationLibrary", "")),
        _fact("InputFormat:", storage.get("InputFormat", "")),
        _fact("OutputFormat:", storage.get("OutputFormat", "")),
        _fact("Compressed:", "Yes" if storage.get("Compressed") else "No"),
        _fact("Num Buckets:", str(storage.get("NumberOfBuckets", -1))),
        _fact("Bucket Columns:", f"[{', '.join(storage.get('BucketColumns') or [])}]"),
        _fact("Sort Columns:", "[]"),
        _heading("Storage Desc Params:"),
        *_parameters(serde.get("Parameters", {})),
    ]
    return lines


def _parameters(found: Mapping[str, str]) -> list[str]:
    shown = {key: value.encode("unicode_escape").decode() for key, value in found.items()}
    return [f"\t{key:<20}\t{value:<20}" for key, value in sorted(shown.items())]


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

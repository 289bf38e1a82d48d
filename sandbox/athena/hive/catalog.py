"""The Data Catalog, as queries see it."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sandbox.athena.errors import QueryError, catalog_failed
from sandbox.athena.hive.types import Column, parse_hive_type
from sandbox.table_formats import own_metadata

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_glue.type_defs import PartitionInputTypeDef, TableInputTypeDef

CATALOG = "awsdatacatalog"
_VIEW_PREFIX = "/* Presto View: "
_VIEW_SUFFIX = " */"


@dataclass(frozen=True)
class Storage:
    """Where rows are and how they are written: of a table, or of one partition."""

    location: str
    serde: str
    serde_parameters: Mapping[str, str]
    input_format: str


@dataclass(frozen=True)
class View:
    """A view's query, the schema its plain names mean, and its columns (name, Athena type)."""

    sql: str
    schema: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A table or view of the Data Catalog; all names are lower case."""

    database: str
    name: str
    columns: tuple[Column, ...]
    partition_keys: tuple[Column, ...]
    storage: Storage
    parameters: Mapping[str, str]
    table_type: str
    view: View | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def own_metadata(self) -> str | None:
        """The table format, if its own metadata tells the rows: Iceberg, for example."""
        return own_metadata(self.parameters, self.storage.input_format)

    @property
    def is_view(self) -> bool:
        """Tell a view from a table."""
        return self.view is not None


@dataclass(frozen=True)
class Partition:
    """One partition: its values in the order of the table's keys, as text."""

    values: tuple[str, ...]
    storage: Storage


class Catalog:
    """Reads and writes the Data Catalog through a boto3 Glue client."""

    def __init__(self, client: "GlueClient") -> None:
        self._client = client

    def databases(self) -> list[str]:
        """List the databases by name."""
        pages = self._client.get_paginator("get_databases").paginate()
        return sorted(item["Name"] for page in pages for item in page["DatabaseList"])

    def has_database(self, name: str) -> bool:
        """Tell whether a database exists."""
        try:
            self._client.get_database(Name=name)
        except ClientError as error:
            if _is_missing(error):
                return False
            raise _glue_error(error) from error
        return True

    def create_database(
        self, name: str, description: str, location: str, parameters: Mapping[str, str]
    ) -> None:
        """Create a database."""
        wanted: dict[str, Any] = {"Name": name, "Parameters": dict(parameters)}
        if description:
            wanted["Description"] = description
        if location:
            wanted["LocationUri"] = location
        try:
            self._client.create_database(DatabaseInput=wanted)  # type: ignore[arg-type]
        except ClientError as error:
            raise _glue_error(error) from error

    def drop_database(self, name: str) -> None:
        """Drop a database."""
        try:
            self._client.delete_database(Name=name)
        except ClientError as error:
            raise _glue_error(error) from error

    def tables(self, database: str) -> list[Table]:
        """List the tables and views of a database by name."""
        try:
            pages = self._client.get_paginator("get_tables").paginate(DatabaseName=database)
            found = [_table(item, database) for page in pages for item in page["TableList"]]
        except ClientError as error:
            if _is_missing(error):
                return []
            raise _glue_error(error) from error
        return sorted(found, key=lambda table: table.name)

    def find_table(self, database: str, name: str) -> Table | None:
        """Read one table or view; None if there is none (or no such database)."""
        try:
            answer = self._client.get_table(DatabaseName=database, Name=name)
        except ClientError as error:
            if _is_missing(error):
                return None
            raise _glue_error(error) from error
        return _table(answer["Table"], database)

    def partitions(self, table: Table) -> list[Partition]:
        """List a table's partitions."""
        pages = self._client.get_paginator("get_partitions").paginate(
            DatabaseName=table.database, TableName=table.name
        )
        return [
            Partition(tuple(item["Values"]), _storage(item.get("StorageDescriptor", {})))
            for page in pages
            for item in page["Partitions"]
        ]

    def find_partition(self, table: Table, values: tuple[str, ...]) -> Mapping[str, Any] | None:
        """Read one partition as the Data Catalog has it; None if there is none."""
        try:
            return self._client.get_partition(
                DatabaseName=table.database, TableName=table.name, PartitionValues=list(values)
            )["Partition"]
        except ClientError as error:
            if _is_missing(error):
                return None
            raise _glue_error(error) from error

    def add_partitions(self, table: Table, added: Mapping[tuple[str, ...], str]) -> None:
        """Add partitions, given as values to location, in the table's own format."""
        descriptor = dict(table.raw["StorageDescriptor"])
        inputs: list[PartitionInputTypeDef] = [
            {"Values": list(values), "StorageDescriptor": {**descriptor, "Location": location}}  # type: ignore[misc,typeddict-item]
            for values, location in added.items()
        ]
        for start in range(0, len(inputs), 100):  # BatchCreatePartition's own limit
            self._client.batch_create_partition(
                DatabaseName=table.database,
                TableName=table.name,
                PartitionInputList=inputs[start : start + 100],
            )

    def drop_partition(self, table: Table, values: tuple[str, ...]) -> None:
        """Drop one partition."""
        self._client.delete_partition(
            DatabaseName=table.database, TableName=table.name, PartitionValues=list(values)
        )

    def change_partition(
        self, table: Table, values: Sequence[str], wanted: Mapping[str, Any]
    ) -> None:
        """Make the partition of these values the wanted one; its data stays."""
        try:
            self._client.update_partition(
                DatabaseName=table.database,
                TableName=table.name,
                PartitionValueList=list(values),
                PartitionInput={
                    "Values": wanted["Values"],
                    "StorageDescriptor": wanted.get("StorageDescriptor", {}),
                    "Parameters": wanted.get("Parameters", {}),
                },
            )
        except ClientError as error:
            raise _glue_error(error) from error

    def set_database_parameters(self, name: str, parameters: Mapping[str, str]) -> None:
        """Add properties to a database."""
        try:
            found: dict[str, Any] = dict(self._client.get_database(Name=name)["Database"])
            wanted: dict[str, Any] = {
                key: found[key] for key in ("Name", "Description", "LocationUri") if key in found
            }
            wanted["Parameters"] = {**found.get("Parameters", {}), **parameters}
            self._client.update_database(Name=name, DatabaseInput=wanted)  # type: ignore[arg-type]
        except ClientError as error:
            raise _glue_error(error) from error

    def create_table(self, database: str, wanted: "TableInputTypeDef") -> None:
        """Create a table or view from a Glue TableInput."""
        try:
            self._client.create_table(DatabaseName=database, TableInput=wanted)
        except ClientError as error:
            raise _glue_error(error) from error

    def update_table(self, database: str, wanted: "TableInputTypeDef") -> None:
        """Replace a table's or view's definition."""
        try:
            self._client.update_table(DatabaseName=database, TableInput=wanted)
        except ClientError as error:
            raise _glue_error(error) from error

    def drop_table(self, database: str, name: str) -> None:
        """Drop a table or view; its data stays."""
        try:
            self._client.delete_table(DatabaseName=database, Name=name)
        except ClientError as error:
            raise _glue_error(error) from error


def encode_view(view: View, catalog: str = CATALOG) -> str:
    """Write a view as Athena stores it in the table's ViewOriginalText."""
    content = {
        "originalSql": view.sql,
        "catalog": catalog,
        "schema": view.schema,
        "columns": [{"name": name, "type": kind} for name, kind in view.columns],
    }
    packed = base64.b64encode(json.dumps(content).encode()).decode()
    return f"{_VIEW_PREFIX}{packed}{_VIEW_SUFFIX}"


def decode_view(text: str, where: str) -> View:
    """Read what `encode_view` wrote.

    Raises:
        QueryError: the text is not a view of Athena's.
    """
    body = text.strip().removeprefix(_VIEW_PREFIX.strip()).removesuffix(_VIEW_SUFFIX.strip())
    try:
        content = json.loads(base64.b64decode(body.strip()))
        columns = tuple((item["name"], item["type"]) for item in content.get("columns", []))
        return View(content["originalSql"], content.get("schema") or "default", columns)
    except (ValueError, binascii.Error, KeyError, TypeError, AttributeError) as error:
        raise QueryError(
            "INVALID_VIEW", f"Invalid view JSON of '{where}': its ViewOriginalText is not Athena's"
        ) from error


def _table(item: Mapping[str, Any], database: str) -> Table:
    descriptor = item.get("StorageDescriptor", {})
    parameters = item.get("Parameters", {})
    table_type = item.get("TableType", "") or "EXTERNAL_TABLE"
    text = item.get("ViewOriginalText", "")
    view = None
    if table_type == "VIRTUAL_VIEW":
        view = decode_view(text, f"{database}.{item['Name']}")
    return Table(
        database=database.lower(),
        name=item["Name"].lower(),
        columns=columns_of(descriptor.get("Columns", [])),
        partition_keys=columns_of(item.get("PartitionKeys", [])),
        storage=_storage(descriptor),
        parameters=parameters,
        table_type=table_type,
        view=view,
        raw=item,
    )


def columns_of(items: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    """Read columns as the Data Catalog has them."""
    return tuple(
        Column(
            item["Name"].lower(),
            parse_hive_type(item.get("Type", "string")),
            item.get("Comment", ""),
        )
        for item in items
    )


def _storage(descriptor: Mapping[str, Any]) -> Storage:
    serde = descriptor.get("SerdeInfo", {})
    return Storage(
        location=descriptor.get("Location", ""),
        serde=serde.get("SerializationLibrary", ""),
        serde_parameters=serde.get("Parameters", {}) or {},
        input_format=descriptor.get("InputFormat", ""),
    )


def _is_missing(error: ClientError) -> bool:
    return error.response.get("Error", {}).get("Code") == "EntityNotFoundException"


def _glue_error(error: ClientError) -> QueryError:
    details = error.response.get("Error", {})
    return catalog_failed(
        f"{details.get('Message', '')} (Service: AWSGlue; Error Code: {details.get('Code', '')})"
    )

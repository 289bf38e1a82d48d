"""Tables and views as the Data Catalog has them."""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.command import CommandError
from validation.errors import UnavailableError
from validation.fact import Fact

# How Athena stores a view: https://docs.aws.amazon.com/athena/latest/ug/views.html
_PRESTO_VIEW = re.compile(r"/\* Presto View: (\S+) \*/")


class NoDatabaseError(CommandError):
    """The database does not exist, so that nothing can be asked of it."""


@dataclass(frozen=True)
class CatalogTable:
    """A table or view as the Data Catalog has it; types are Hive's, `view_sql` only a view's."""

    name: str
    columns: tuple[tuple[str, str], ...]
    partition_keys: tuple[str, ...]
    location: str | None
    serde: str | None
    classification: str | None
    view_sql: str | None
    serde_parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_view(self) -> bool:
        """Whether it is a view."""
        return self.view_sql is not None


Catalog = Fact[Mapping[str, CatalogTable]]


def tables(glue: Any, database: str) -> Mapping[str, CatalogTable]:
    """Every table and view of a database, by name.

    Raises:
        NoDatabaseError: the database does not exist.
        BotoCoreError, ClientError: AWS refused the call.
    """
    try:
        pages = list(glue.get_paginator("get_tables").paginate(DatabaseName=database))
    except glue.exceptions.EntityNotFoundException as error:
        raise NoDatabaseError(
            f"The Data Catalog has no database {database}: run `terraform apply`, or name another "
            "with --database."
        ) from error
    return {table["Name"]: _table(table) for page in pages for table in page.get("TableList", ())}


def absence(catalog: Catalog, tables: Sequence[str]) -> str | None:
    """Why some tables cannot be looked at, as far as the Data Catalog tells."""
    if catalog.reason:
        return catalog.reason
    missing = [name for name in tables if name not in catalog.value]
    return f"{', '.join(missing)} does not exist: run `terraform apply`." if missing else None


def location(catalog: Catalog, table: str) -> str:
    """The S3 URI where a table's data is.

    Raises:
        UnavailableError: the Data Catalog does not tell one.
    """
    if reason := absence(catalog, (table,)):
        raise UnavailableError(reason)
    uri = catalog.value[table].location
    if not uri:
        raise UnavailableError("It has no location in the Data Catalog.")
    return uri


def _table(table: Mapping[str, Any]) -> CatalogTable:
    descriptor = table.get("StorageDescriptor", {})
    return CatalogTable(
        name=table["Name"],
        columns=tuple(
            (column["Name"].lower(), column.get("Type", "").lower())
            for column in descriptor.get("Columns", ())
        ),
        partition_keys=tuple(key["Name"] for key in table.get("PartitionKeys", ())),
        location=descriptor.get("Location") or None,
        serde=descriptor.get("SerdeInfo", {}).get("SerializationLibrary"),
        classification=table.get("Parameters", {}).get("classification"),
        view_sql=_view_sql(table),
        serde_parameters=descriptor.get("SerdeInfo", {}).get("Parameters", {}),
    )


def _view_sql(table: Mapping[str, Any]) -> str | None:
    if table.get("TableType") != "VIRTUAL_VIEW":
        return None
    text = table.get("ViewOriginalText", "")
    match = _PRESTO_VIEW.search(text)
    try:
        return str(json.loads(base64.b64decode(match[1]))["originalSql"]) if match else str(text)
    except (binascii.Error, ValueError, KeyError, TypeError):
        return str(text)

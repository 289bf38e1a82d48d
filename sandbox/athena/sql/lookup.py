"""What the table names in a query mean: tables, views and Athena's metadata tables."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from sandbox.athena.errors import Position, QueryError
from sandbox.athena.hive.catalog import CATALOG, Catalog, Table, View
from sandbox.athena.sql import types
from sandbox.athena.sql.analysis import analyze
from sandbox.athena.sql.parsing import parse_query
from sandbox.athena.sql.relations import Field, Relation
from sandbox.athena.storage.partitions import key_columns

MAX_VIEW_DEPTH = 16
_INFORMATION_SCHEMA = "information_schema"
_PARTITIONS = "$partitions"
_TEXT = pa.string()
_INFORMATION: dict[str, pa.Schema] = {
    "schemata": pa.schema([("catalog_name", _TEXT), ("schema_name", _TEXT)]),
    "tables": pa.schema(
        [
            ("table_catalog", _TEXT),
            ("table_schema", _TEXT),
            ("table_name", _TEXT),
            ("table_type", _TEXT),
        ]
    ),
    "columns": pa.schema(
        [
            ("table_catalog", _TEXT),
            ("table_schema", _TEXT),
            ("table_name", _TEXT),
            ("column_name", _TEXT),
            ("ordinal_position", pa.int64()),
            ("column_default", _TEXT),
            ("is_nullable", _TEXT),
            ("data_type", _TEXT),
            ("comment", _TEXT),
            ("extra_info", _TEXT),
        ]
    ),
    "views": pa.schema(
        [
            ("table_catalog", _TEXT),
            ("table_schema", _TEXT),
            ("table_name", _TEXT),
            ("view_definition", _TEXT),
        ]
    ),
}


@dataclass
class CatalogLookup:
    """Finds tables in the Data Catalog.

    Attributes:
        catalog: where they are.
        schema: what plain names belong to.
        depth: how many views the names are within.
    """

    catalog: Catalog
    schema: str | None
    depth: int = 0
    _found: dict[tuple[str, str], Relation] = field(default_factory=dict)

    def __call__(self, parts: tuple[str, ...], position: Position | None = None) -> Relation:
        """Give the relation of a name; see `analysis.Lookup`."""
        database, name = self.split(parts, position)
        key = (database, name)
        if key not in self._found:
            self._found[key] = self._find(database, name, position)
        return self._found[key]

    def split(self, parts: tuple[str, ...], position: Position | None = None) -> tuple[str, str]:
        """Split a name into database and table."""
        catalogs = {CATALOG, "hive"}
        if not all(parts):
            raise QueryError("SYNTAX_ERROR", "A name in the statement is empty", position)
        if len(parts) > 2 and parts[-3] not in catalogs:  # noqa: PLR2004 - catalog.schema.table
            raise QueryError("CATALOG_NOT_FOUND", f"Catalog '{parts[-3]}' does not exist", position)
        if len(parts) > 1:
            return parts[-2], parts[-1]
        if not self.schema:
            raise QueryError(
                "MISSING_SCHEMA_NAME",
                "Schema must be specified when session schema is not set",
                position,
            )
        return self.schema, parts[0]

    def _find(self, database: str, name: str, position: Position | None) -> Relation:
        if database == _INFORMATION_SCHEMA and name in _INFORMATION:
            return Relation(_fields(_INFORMATION[name]), None, database, name)
        if name.endswith(_PARTITIONS):
            base = self.catalog.find_table(database, name.removesuffix(_PARTITIONS))
            if base is not None and base.partition_keys:
                keys = tuple(Field(key.name, key.type.athena()) for key in base.partition_keys)
                return Relation(keys, None, database, name)
        table = self.catalog.find_table(database, name)
        if table is not None and (form := table.own_metadata):
            raise QueryError(
                "NOT_SUPPORTED",
                f"The embedded Athena has no {form} tables: '{database}.{name}' is one",
                position,
            )
        if table is not None:
            return Relation(self._shown_fields(table), table, database, name)
        if database != _INFORMATION_SCHEMA and not self.catalog.has_database(database):
            raise QueryError("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist", position)
        raise QueryError(
            "TABLE_NOT_FOUND", f"Table '{CATALOG}.{database}.{name}' does not exist", position
        )

    def within(self, view: View) -> "CatalogLookup":
        """The lookup for the names in a view's query."""
        return CatalogLookup(self.catalog, view.schema.lower(), self.depth + 1)

    def _shown_fields(self, table: Table) -> tuple[Field, ...]:
        """The fields; those of a view with the zones in which its query shows instants."""
        known, view = fields_of(table), table.view
        if (
            view is None
            or self.depth >= MAX_VIEW_DEPTH
            or not any("with time zone" in (found.type or "") for found in known)
        ):
            return known
        try:
            made = analyze(parse_query(view.sql), view.sql, self.within(view)).fields
        except QueryError:
            return known  # told when the view is read
        if len(made) != len(known):
            return known
        return tuple(
            Field(
                one.name, own.type if types.without_zone(own.type or "") == one.type else one.type
            )
            for one, own in zip(known, made, strict=True)
        )

    def rows(self, relation: Relation) -> pa.Table:
        """Give the rows of a metadata table."""
        if relation.name.endswith(_PARTITIONS):
            return self._partitions(relation)
        made = {
            "schemata": self._schemata,
            "tables": self._tables,
            "columns": self._columns,
            "views": self._views,
        }[relation.name]
        return pa.Table.from_pylist(list(made()), schema=_INFORMATION[relation.name])

    def _partitions(self, relation: Relation) -> pa.Table:
        base = self.catalog.find_table(relation.database, relation.name.removesuffix(_PARTITIONS))
        if base is None:
            raise QueryError("TABLE_NOT_FOUND", f"Table '{relation.name}' does not exist")
        return pa.table(
            key_columns(base, [found.values for found in self.catalog.partitions(base)])
        )

    def _all_tables(self) -> Iterator[Table]:
        for database in self.catalog.databases():
            yield from self.catalog.tables(database)

    def _schemata(self) -> Iterator[dict[str, object]]:
        for name in [*self.catalog.databases(), _INFORMATION_SCHEMA]:
            yield {"catalog_name": CATALOG, "schema_name": name}

    def _tables(self) -> Iterator[dict[str, object]]:
        for table in self._all_tables():
            yield {
                "table_catalog": CATALOG,
                "table_schema": table.database,
                "table_name": table.name,
                "table_type": "VIEW" if table.is_view else "BASE TABLE",
            }

    def _columns(self) -> Iterator[dict[str, object]]:
        for table in self._all_tables():
            keys = {key.name for key in table.partition_keys}
            comments = {c.name: c.comment for c in (*table.columns, *table.partition_keys)}
            for index, found in enumerate(fields_of(table)):
                yield {
                    "table_catalog": CATALOG,
                    "table_schema": table.database,
                    "table_name": table.name,
                    "column_name": found.name,
                    "ordinal_position": index + 1,
                    "is_nullable": "YES",
                    "data_type": found.type,
                    "comment": comments.get(found.name or "") or None,
                    "extra_info": "partition key" if found.name in keys else None,
                }

    def _views(self) -> Iterator[dict[str, object]]:
        for table in self._all_tables():
            if table.view is not None:
                yield {
                    "table_catalog": CATALOG,
                    "table_schema": table.database,
                    "table_name": table.name,
                    "view_definition": table.view.sql,
                }


def fields_of(table: Table) -> tuple[Field, ...]:
    """List a table's or view's fields with Athena's types."""
    if table.view is not None and table.view.columns:
        return tuple(Field(name.lower(), kind) for name, kind in table.view.columns)
    columns = (*table.columns, *table.partition_keys)
    return tuple(Field(column.name, column.type.athena()) for column in columns)


def _fields(schema: pa.Schema) -> tuple[Field, ...]:
    kinds = {_TEXT: "varchar", pa.int64(): "bigint"}
    return tuple(Field(item.name, kinds[item.type]) for item in schema)

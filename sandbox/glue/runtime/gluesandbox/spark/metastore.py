"""The Data Catalog as Spark's metastore: in step with it before a statement and after.

Spark has a metastore in memory, on which its own commands work. What the Data Catalog has is put
there before a command, and what the command changed there is put into the Data Catalog after it.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import types as st

from gluesandbox.messages import GlueException, not_in_sandbox, note
from gluesandbox.storage import buckets, catalog
from gluesandbox.storage.formats import descriptor, file_format
from gluesandbox.types import data_types
from sandbox.environment import client

_WRITABLE = {"parquet", "orc", "json", "csv"}
_ELSEWHERE = "file:/nowhere/"  # of tables whose data Spark cannot reach
Name = tuple[str, str]


class Metastore:
    """Spark's metastore in memory, beside the Data Catalog.

    Args:
        spark: A session.
        sql: Runs a statement on Spark's own metastore.
    """

    def __init__(self, spark: SparkSession, sql: Any) -> None:
        self._spark = spark
        self._sql = sql
        self._seen: dict[Name, str] = {}
        self._partitions: dict[Name, set[tuple[str, ...]]] = {}
        self._names_alone: set[Name] = set()

    @property
    def _memory(self) -> Any:
        return self._spark._jsparkSession.sharedState().externalCatalog()  # noqa: SLF001 -- its only door

    def bring_in(self) -> None:
        """Make the databases and tables of the Data Catalog known to Spark, and forget others."""
        databases = {item["Name"]: item for item in _pages("get_databases", "DatabaseList")}
        mine = set(_strings(self._memory.listDatabases()))
        for database in mine - set(databases) - {"default"}:
            self._memory.dropDatabase(database, True, True)
        for database, described in databases.items():
            if database not in mine:
                location = described.get("LocationUri") or f"{_ELSEWHERE}{database}"
                self._sql(f"CREATE DATABASE {_quoted(database)} LOCATION '{_literal(location)}'")
        tables = {
            (database, item["Name"]): item
            for database in databases
            for item in _pages("get_tables", "TableList", DatabaseName=database)
        }
        for name in self._tables() - set(tables):
            if name in self._seen:
                self._forget(name)
        for name, item in tables.items():
            print_of = _fingerprint(item)
            if self._seen.get(name) != print_of:
                self._know(name)
                self._seen[name] = print_of

    def bring_in_partitions(self, name: Name) -> None:
        """Make the partitions of a table known to Spark, and what is in S3 of the table."""
        table = catalog.find_table(*name)
        if table is None or not table.location.startswith("s3") or name in self._names_alone:
            return
        buckets.refresh(table.location)
        if not table.partition_keys:
            return
        found = {partition.values: partition for partition in catalog.partitions(table)}
        known = self._partitions.setdefault(name, set())
        for values in known - set(found):
            self._sql(
                f"ALTER TABLE {_sql_name(name)} DROP IF EXISTS PARTITION ({_spec(table, values)})"
            )
        for values in set(found) - known:
            spec = _spec(table, values)
            self._sql(
                f"ALTER TABLE {_sql_name(name)} ADD IF NOT EXISTS PARTITION ({spec}) "
                f"LOCATION '{_literal(found[values].location)}'"
            )
        self._partitions[name] = set(found)

    def require_known(self, name: Name) -> None:
        """Refuse a command about a table of which Spark here could learn the name alone.

        Raises:
            GlueException: it is such a table.
        """
        if name in self._names_alone:
            raise not_in_sandbox(
                f"A command of Spark about the table {name[0]}.{name[1]}, whose columns, format or "
                "place Spark does not take,"
            )

    def require_writable(self, name: Name) -> None:
        """Refuse to write a table that Spark here cannot write.

        Raises:
            GlueException: the table is of another format, or not in S3.
        """
        table = catalog.find_table(*name)
        if table is None:
            return
        if not table.location.startswith("s3"):
            raise not_in_sandbox(f"Writing the table {table.name}, whose data is not in S3,")
        kind = table.parameters.get("table_type") or file_format(table)
        if kind not in _WRITABLE:
            raise not_in_sandbox(f"Writing the table {table.name}, which is {kind},")

    def tell(self, targets: list[Name]) -> None:
        """Put what a command changed into the Data Catalog.

        Args:
            targets: The tables that the command was about.
        """
        databases = {item["Name"] for item in _pages("get_databases", "DatabaseList")}
        mine = set(_strings(self._memory.listDatabases()))
        tables = self._tables()
        used = {database for database, _ in tables}
        for database in mine - databases:
            if database != "default" or database in used:
                self._tell_database(database)
        for database in databases - mine:
            client("glue").delete_database(Name=database)
        for name in sorted(set(self._seen) - tables):
            if name[0] in mine:
                client("glue").delete_table(DatabaseName=name[0], Name=name[1])
            self._seen.pop(name)
            self._partitions.pop(name, None)
        for name in sorted(tables - set(self._seen)):
            self._tell_new(name)
        for name in targets:
            if name in tables and name in self._seen and name not in self._names_alone:
                self._tell_changed(name)
                self._tell_partitions(name)
                raw = client("glue").get_table(DatabaseName=name[0], Name=name[1])["Table"]
                self._seen[name] = _fingerprint(raw)

    def _tables(self) -> set[Name]:
        return {
            (database, table)
            for database in _strings(self._memory.listDatabases())
            for table in _strings(self._memory.listTables(database))
        }

    def _forget(self, name: Name) -> None:
        self._memory.dropTable(*name, True, False)
        self._seen.pop(name, None)
        self._partitions.pop(name, None)
        self._names_alone.discard(name)

    def _know(self, name: Name) -> None:
        """A table of the Data Catalog as one of Spark's own, external whatever it is."""
        if name in self._tables():
            self._forget(name)
        table = catalog.table(*name)
        try:
            self._sql(_create(table))
        except Exception as error:  # noqa: BLE001 -- the table's name must be there all the same
            why = str(error).strip().partition("\n")[0]
            note(f"Spark's commands know only the name of {name[0]}.{name[1]}: {why}")
            nowhere = _literal(f"{_ELSEWHERE}{name[0]}/{name[1]}")
            self._sql(f"CREATE TABLE {_sql_name(name)} (x int) USING parquet LOCATION '{nowhere}'")
            self._names_alone.add(name)

    def _tell_database(self, name: str) -> None:
        location = self._place(self._memory.getDatabase(name).locationUri())
        found = {"LocationUri": location} if location.startswith("s3") else {}
        client("glue").create_database(DatabaseInput={"Name": name, **found})

    def _tell_new(self, name: Name) -> None:
        described = self._memory.getTable(*name)
        location = self._place(described.location())
        if not location.startswith("s3"):
            self._memory.dropTable(*name, True, False)
            raise GlueException(
                f"The table {name[0]}.{name[1]} needs a place in S3: name a path, or a location of "
                f"the database {name[0]}."
            )
        kind = described.provider().get() if described.provider().isDefined() else "parquet"
        if kind not in _WRITABLE:
            self._memory.dropTable(*name, True, False)
            raise not_in_sandbox(f"Making a table of the format {kind!r}")
        keys = list(_items(described.partitionColumnNames()))
        columns = _columns(described)
        by_name = {column.name: column for column in columns}
        table = catalog.create_table(
            name[0], name[1], location,
            [column for column in columns if column.name not in keys],
            [by_name[key] for key in keys],
            _storage(kind, described), kind, _pairs(described.properties()),
        )  # fmt: skip
        self._seen[name] = _fingerprint(table.raw)
        self._tell_partitions(name)

    def _tell_changed(self, name: Name) -> None:
        """New columns go into the table; one that is otherwise other than before was made anew."""
        table = catalog.find_table(*name)
        if table is None:
            return
        described = self._memory.getTable(*name)
        now = {column.name: column for column in _columns(described)}
        was = {
            column.name: data_types.hive_name(data_types.declared(column.type))
            for column in table.every_column
        }
        keys = [key.name for key in table.partition_keys]
        same = (
            self._place(described.location()).rstrip("/") == table.location.rstrip("/")
            and described.provider().get() == file_format(table)
            and list(_items(described.partitionColumnNames())) == keys
            and all(name in now and now[name].type == kind for name, kind in was.items())
        )
        if not same and table.location.startswith("s3") and file_format(table) in _WRITABLE:
            client("glue").delete_table(DatabaseName=name[0], Name=name[1])
            self._tell_new(name)
        elif set(now) != set(was):
            declared = {column.name: column for column in table.columns}
            kept = [declared.get(n, column) for n, column in now.items() if n not in keys]
            catalog.update_columns(table, kept)

    def _tell_partitions(self, name: Name) -> None:
        table = catalog.find_table(*name)
        if table is None or not table.partition_keys:
            return
        listed = self._memory.listPartitions(*name, self._none())
        keys = [key.name for key in table.partition_keys]
        now = {
            tuple(item.spec().apply(key) for key in keys): self._place(item.location())
            for item in _items(listed)
        }
        known = {partition.values for partition in catalog.partitions(table)}
        catalog.add_partitions(table, set(now) - known)
        for values in known - set(now):
            client("glue").delete_partition(
                DatabaseName=name[0], TableName=name[1], PartitionValues=list(values)
            )
        self._partitions[name] = set(now)

    def _place(self, uri: Any) -> str:
        """A URI of Java as a path: with spaces where it has `%20`."""
        jvm: Any = self._spark.sparkContext._jvm  # noqa: SLF001 -- its only door
        return str(jvm.org.apache.hadoop.fs.Path(uri).toString())

    def _none(self) -> Any:
        jvm: Any = self._spark.sparkContext._jvm  # noqa: SLF001 -- its only door
        return jvm.scala.Option.empty()


def _create(table: catalog.Table) -> str:
    """The statement that makes Spark know a table, external whatever it is."""
    columns = ", ".join(
        f"{_quoted(column.name)} {data_types.declared(column.type).simpleString()}"
        for column in table.every_column
    )
    kind = file_format(table)
    kind = kind if kind in _WRITABLE else "parquet"
    text = f"CREATE TABLE {_sql_name((table.database, table.name))} ({columns}) USING {kind}"
    if kind == "csv":
        text += f" OPTIONS ({_csv_options(table)})"
    if table.partition_keys:
        text += f" PARTITIONED BY ({', '.join(_quoted(key.name) for key in table.partition_keys)})"
    location = table.location or f"{_ELSEWHERE}{table.name}"  # with one, no DROP removes data
    return f"{text} LOCATION '{_literal(location)}'"


def _columns(described: Any) -> list[catalog.Column]:
    schema = st.StructType.fromJson(json.loads(described.schema().json()))
    return [catalog.Column(f.name.lower(), data_types.hive_name(f.dataType)) for f in schema]


def _storage(kind: str, described: Any) -> Mapping[str, Any]:
    """How a table that Spark made is stored; of CSV with its own separator and header."""
    found = descriptor(kind)
    if kind != "csv":
        return found
    options = {
        name.lower(): value for name, value in _pairs(described.storage().properties()).items()
    }
    parameters = {"field.delim": options.get("sep", options.get("delimiter", ","))}
    if options.get("header", "false").lower() == "true":
        parameters["skip.header.line.count"] = "1"
    return {**found, "SerdeInfo": {**found["SerdeInfo"], "Parameters": parameters}}


def _pairs(properties: Any) -> dict[str, str]:
    pairs = _items(properties.toSeq())
    return {str(pair.productElement(0)): str(pair.productElement(1)) for pair in pairs}


def _csv_options(table: catalog.Table) -> str:
    serde = table.serde_parameters
    separator = serde.get("field.delim") or serde.get("separatorChar") or ","
    count = table.parameters.get("skip.header.line.count", serde.get("skip.header.line.count", "0"))
    header = str(count not in {"0", ""}).lower()
    return f"sep '{_literal(separator)}', header '{header}', emptyValue ''"


def _spec(table: catalog.Table, values: tuple[str, ...]) -> str:
    pairs = zip((key.name for key in table.partition_keys), values, strict=True)
    return ", ".join(f"{_quoted(key)}='{_literal(value)}'" for key, value in pairs)


def _fingerprint(raw: Mapping[str, Any]) -> str:
    kept = ("StorageDescriptor", "PartitionKeys", "TableType")
    return json.dumps([raw.get(name) for name in kept], sort_keys=True, default=str)


def _sql_name(name: Name) -> str:
    return f"{_quoted(name[0])}.{_quoted(name[1])}"


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _pages(call: str, member: str, **arguments: str) -> Iterator[dict[str, Any]]:
    for page in client("glue").get_paginator(call).paginate(**arguments):
        yield from page[member]


def _items(sequence: Any) -> Iterator[Any]:
    for place in range(sequence.size()):
        yield sequence.apply(place)


def _strings(sequence: Any) -> list[str]:
    return [str(item) for item in _items(sequence)]

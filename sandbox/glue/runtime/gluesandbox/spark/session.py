"""What is changed in PySpark for a job: the Data Catalog as metastore, and what is not here.

`enable` is for jobs with `--enable-glue-datacatalog`: a name that a statement reads is read as a
Glue source reads the table, and commands run on Spark's own metastore, which is in step with the
Data Catalog.
"""

import functools
import re
from collections.abc import Callable
from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, DataFrameReader, DataFrameWriter, SparkSession
from pyspark.sql.catalog import Catalog
from pyspark.sql.streaming.readwriter import DataStreamReader, DataStreamWriter

from gluesandbox import modules
from gluesandbox.messages import GlueException, not_in_sandbox
from gluesandbox.reading import sources
from gluesandbox.spark import statements
from gluesandbox.spark.metastore import Metastore, Name
from gluesandbox.storage import catalog
from gluesandbox.types import fields

_CATALOGS = {"spark_catalog", "glue_catalog", "awsdatacatalog"}
_NOT_HERE = re.compile(
    r"(?:.*\.)?(jdbc|delta|hudi|iceberg|kafka|kinesis|xml|avro|redshift|snowflake|bigquery|mongo\w*"
    r"|dynamodb|opensearch|cassandra|excel)",
    re.IGNORECASE,
)
_NEEDS_HIVE = "NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT"
_USING = re.compile(r"\bUSING\s+`?([\w.]+)", re.IGNORECASE)
_ASKING = (
    "databaseExists", "getDatabase", "getTable", "listColumns", "listDatabases", "listTables",
    "setCurrentDatabase", "tableExists",
)  # fmt: skip
_CHANGING = ("createExternalTable", "createTable", "recoverPartitions", "refreshTable")
_plain_sql = SparkSession.sql
_stores: list[Metastore] = []
_done: set[str] = set()


def prepare() -> None:
    """Make PySpark, and imports, refuse in words what the sandbox does not have."""
    if "prepare" in _done:
        return
    _done.add("prepare")
    modules.refuse()
    for owner in (DataFrameReader, DataFrameWriter, DataStreamReader, DataStreamWriter):
        _wrap(owner, "format", _format)
    for owner in (DataFrameReader, DataFrameWriter):
        _wrap(owner, "jdbc", _jdbc)


def enable() -> None:
    """Let every Spark session of this process know the Data Catalog."""
    if "enable" in _done:
        return
    _done.add("enable")
    _wrap(SparkSession, "sql", _sql)
    _wrap(SparkSession, "table", _table)
    _wrap(DataFrameReader, "table", _read_table)
    _wrap(DataFrameWriter, "saveAsTable", _write)
    _wrap(DataFrameWriter, "insertInto", _write)
    _wrap(DataFrame, "writeTo", _write_to)
    for name in _ASKING:
        _wrap(Catalog, name, _ask)
    for name in _CHANGING:
        _wrap(Catalog, name, _change)


def _wrap(owner: type, name: str, around: Callable[..., Any]) -> None:
    plain = getattr(owner, name)

    @functools.wraps(plain)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return around(self, functools.partial(plain, self), *args, **kwargs)

    setattr(owner, name, method)


def _format(_: Any, plain: Callable[..., Any], source: str) -> Any:
    if _NOT_HERE.fullmatch(source):
        raise not_in_sandbox(f"Spark's format {source!r}")
    return plain(source)


def _jdbc(*_: Any, **__: Any) -> Any:
    raise not_in_sandbox("Spark's format 'jdbc'")


def _write_to(*_: Any, **__: Any) -> Any:
    raise not_in_sandbox("DataFrame.writeTo, which is for Iceberg tables,")


def _store(spark: SparkSession) -> Metastore:
    if not _stores:
        _stores.append(Metastore(spark, functools.partial(_plain_sql, spark)))
    return _stores[0]


def _in_step(
    spark: SparkSession, targets: list[Name], run: Callable[[], Any], kind: str = ""
) -> Any:
    """Run a command on Spark's metastore, brought in before and told after."""
    metastore = _store(spark)
    metastore.bring_in()
    for name in targets:
        if not kind.startswith("Drop"):
            metastore.require_known(name)
        metastore.bring_in_partitions(name)
    result = run()
    metastore.tell(targets)
    return result


def _sql(
    spark: SparkSession,
    plain: Callable[..., Any],
    sqlQuery: str,  # noqa: N803 -- PySpark's name
    *args: Any,
    **kwargs: Any,
) -> Any:
    def run(text: str) -> Any:
        return plain(text, *args, **kwargs)

    if set(kwargs) - {"args"}:  # names in braces, which PySpark fills in before it parses
        return run(sqlQuery)
    sqlQuery = statements.without_hive(sqlQuery)  # noqa: N806
    statement = statements.parse(spark, sqlQuery)
    if not statement.is_command:
        return _read_by_views(spark, sqlQuery, run, statement)
    targets = [name for parts in statement.targets if (name := _name(spark, parts))]
    if statement.kind in {"CreateView", "AlterViewAs"}:
        raise not_in_sandbox("A view of the Data Catalog that Spark makes")
    used = _USING.search(sqlQuery)
    if used and statement.kind.startswith(("CreateTable", "ReplaceTable")):
        _format(spark, str, used[1])
    if statement.kind == "InsertIntoStatement":
        _store(spark).require_writable(targets[0])
    try:
        return _in_step(
            spark,
            targets,
            lambda: _read_by_views(spark, sqlQuery, run, statement),
            statement.kind,
        )
    except AnalysisException as error:
        if error.getErrorClass() == _NEEDS_HIVE:
            raise not_in_sandbox("A table of this Hive format, made by Spark,") from error
        raise


def _table(spark: SparkSession, plain: Callable[..., Any], tableName: str) -> Any:  # noqa: N803
    found = _found(spark, _parts(tableName))
    return plain(tableName) if found is None else _frame(spark, found)


def _read_table(reader: Any, plain: Callable[..., Any], tableName: str) -> Any:  # noqa: N803
    return _table(reader._spark, plain, tableName)  # noqa: SLF001 -- its only door


def _write(writer: Any, plain: Callable[..., Any], name: str, *args: Any, **kwargs: Any) -> None:
    spark = writer._spark  # noqa: SLF001 -- its only door
    target = _name(spark, _parts(name))
    if target:
        _store(spark).require_writable(target)
    _in_step(spark, [target] if target else [], lambda: plain(name, *args, **kwargs))


def _ask(of: Any, plain: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    _store(of._sparkSession).bring_in()  # noqa: SLF001 -- its only door
    return plain(*args, **kwargs)


def _change(of: Any, plain: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    spark = of._sparkSession  # noqa: SLF001 -- its only door
    target = _name(spark, _parts(args[0] if args else kwargs["tableName"]))
    return _in_step(spark, [target] if target else [], lambda: plain(*args, **kwargs))


def _read_by_views(
    spark: SparkSession,
    text: str,
    run: Callable[[str], DataFrame],
    statement: statements.Statement,
) -> DataFrame:
    """Run a statement in which each table of the Data Catalog is a view of what Glue reads."""
    written = {name for parts in statement.targets if (name := _name(spark, parts))}
    replacements = []
    for mention in statement.reads:
        found = _found(spark, mention.names)
        if found is None:
            continue
        if (found.database, found.name) in written and "OVERWRITE" in text.upper():
            raise GlueException(
                f"Cannot overwrite the table {found.database}.{found.name} that is also being read from."
            )
        view = f"__{found.database}__{found.name}"
        _frame(spark, found).createOrReplaceGlobalTempView(view)
        replacements.append((mention, f"`global_temp`.`{view}`"))
    return run(statements.replaced(text, replacements))


def _frame(spark: SparkSession, table: catalog.Table) -> DataFrame:
    return fields.without_absent(sources.from_table(spark, table).frame)


def _parts(name: str) -> tuple[str, ...]:
    found = re.findall(r"`((?:[^`]|``)*)`|([^.`]+)", name)
    return tuple(quoted.replace("``", "`") or plain for quoted, plain in found)


def _name(spark: SparkSession, parts: tuple[str, ...]) -> Name | None:
    """Database and table of a name in parts, in lower case as the Data Catalog has them."""
    if len(parts) > 1 and parts[0].lower() in _CATALOGS:
        parts = parts[1:]
    if len(parts) == 1:
        parts = (spark.catalog.currentDatabase(), *parts)
    if len(parts) != 2:  # noqa: PLR2004 -- database and table
        return None
    return parts[0].lower(), parts[1].lower()


def _found(spark: SparkSession, parts: tuple[str, ...]) -> catalog.Table | None:
    """The table of the Data Catalog that a name means, if it does not mean a view of the session."""
    if len(parts) == 1:
        views = spark._jsparkSession.sessionState().catalog()  # noqa: SLF001 -- its only door
        if views.getTempView(parts[0]).isDefined():
            return None
    name = _name(spark, parts)
    return catalog.find_table(*name) if name else None

"""The Data Catalog as Spark SQL's own catalog, for jobs with `--enable-glue-datacatalog`.

`spark.sql("SELECT … FROM db.table")` and `spark.table("db.table")` find tables of the Data
Catalog: when Spark does not know a name, the table is read as a Glue source reads it, into a
temporary view, and the query is run on that. Only reading works this way.
"""

import re
from collections.abc import Callable
from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession

from gluesandbox.reading import sources
from gluesandbox.storage import catalog

_UNKNOWN = "TABLE_OR_VIEW_NOT_FOUND"
_CATALOGS = {"spark_catalog", "glue_catalog", "awsdatacatalog"}
_MOST_TABLES = 100  # in one query


def enable() -> None:
    """Let every Spark session of this process know the Data Catalog."""
    if getattr(SparkSession.sql, "knows_data_catalog", False):
        return
    plain_sql, plain_table = SparkSession.sql, SparkSession.table

    def sql(self: SparkSession, sqlQuery: str, *args: Any, **kwargs: Any) -> DataFrame:  # noqa: N803
        return _retried(self, sqlQuery, lambda text: plain_sql(self, text, *args, **kwargs))

    def table(self: SparkSession, tableName: str) -> DataFrame:  # noqa: N803
        return _retried(self, tableName, lambda name: plain_table(self, name))

    sql.knows_data_catalog = True  # type: ignore[attr-defined]
    SparkSession.sql = sql  # type: ignore[method-assign]
    SparkSession.table = table  # type: ignore[method-assign]


def _retried(spark: SparkSession, text: str, run: Callable[[str], DataFrame]) -> DataFrame:
    """Run a text, with a view in the place of each table that Spark does not know."""
    for _ in range(_MOST_TABLES):
        try:
            return run(text)
        except AnalysisException as error:
            if error.getErrorClass() != _UNKNOWN:
                raise
            parameters = error.getMessageParameters() or {}
            names = re.findall(r"`((?:[^`]|``)*)`", parameters.get("relationName", ""))
            found = _find(spark, names)
            if found is None:
                raise
            view = f"__{found.database}__{found.name}"
            source = sources.from_table(spark, found, "", {})
            source.frame.createOrReplaceTempView(view)
            changed = _mention(names).sub(f"`{view}`", text)
            if changed == text:
                raise
            text = changed
    raise AssertionError(f"a query of more than {_MOST_TABLES} tables")


def _find(spark: SparkSession, names: list[str]) -> catalog.Table | None:
    if len(names) > 1 and names[0].lower() in _CATALOGS:
        names = names[1:]
    if len(names) == 1:
        names = [spark.catalog.currentDatabase(), *names]
    if len(names) != 2:  # noqa: PLR2004 -- database and table
        return None
    return catalog.find_table(names[0].lower(), names[1].lower())


def _mention(names: list[str]) -> re.Pattern[str]:
    """The name as a query may write it: with or without back-ticks, in any case."""
    parts = [rf"`?{re.escape(name)}`?" for name in names]
    return re.compile(r"(?<![\w.`])" + r"\s*\.\s*".join(parts) + r"(?![\w`])", re.IGNORECASE)

"""Spark SQL on tables of the Data Catalog."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def enabled(lake: Any) -> Iterator[Any]:
    from gluesandbox import spark_catalog
    from pyspark.sql import SparkSession

    before = (SparkSession.sql, SparkSession.table)
    spark_catalog.enable()
    spark_catalog.enable()
    yield lake
    SparkSession.sql, SparkSession.table = before  # type: ignore[method-assign]


def test_queries_find_tables_of_the_data_catalog(enabled: Any, rows: Any) -> None:
    lake = enabled
    first, second = lake.table("userid int; name string"), lake.table("userid int; n int")
    lake.put(lake.location(first) + "a.json", [{"userId": 1, "name": "x"}])
    lake.put(lake.location(second) + "a.json", [{"userId": 1, "n": 5}])
    query = (
        f"SELECT a.name, `db`.`{second}`.n FROM DB.{first} a "
        f"JOIN `db`.`{second}` ON a.userid = `db`.`{second}`.userid"
    )
    assert rows(lake.spark.sql(query)) == [{"name": "x", "n": 5}]
    assert rows(lake.spark.table(f"db.{first}")) == [{"userid": 1, "name": "x"}]


def test_a_name_that_nobody_knows_is_sparks_own_error(enabled: Any) -> None:
    for text in ("SELECT * FROM db.nowhere", "SELECT * FROM nowhere", "SELECT nothing"):
        with pytest.raises(Exception, match=r"TABLE_OR_VIEW_NOT_FOUND|UNRESOLVED_COLUMN"):
            enabled.spark.sql(text)

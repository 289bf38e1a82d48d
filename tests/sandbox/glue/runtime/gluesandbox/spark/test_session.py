"""Spark SQL on tables of the Data Catalog."""

from typing import Any

import pytest

_LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"


@pytest.fixture
def enabled(lake: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The lake with the Data Catalog as metastore; PySpark is as before afterwards."""
    from gluesandbox.spark import session
    from pyspark.sql import DataFrame, DataFrameReader, DataFrameWriter, SparkSession
    from pyspark.sql.catalog import Catalog

    for owner, names in (
        (SparkSession, ("sql", "table")),
        (DataFrameReader, ("table",)),
        (DataFrameWriter, ("saveAsTable", "insertInto")),
        (DataFrame, ("writeTo",)),
        (Catalog, (*session._ASKING, *session._CHANGING)),
    ):
        for name in names:
            monkeypatch.setattr(owner, name, getattr(owner, name))
    monkeypatch.setattr(session, "_done", set(session._done))
    session.enable()
    session.enable()
    return lake


@pytest.fixture
def database(enabled: Any, request: pytest.FixtureRequest) -> str:
    """A database of the Data Catalog of the test's own."""
    name = f"own{abs(hash(request.node.name)) % 10**8}"
    enabled.glue.create_database(DatabaseInput={"Name": name, "LocationUri": enabled.folder()})
    return name


def tables_of(lake: Any, database: str) -> list[str]:
    return [t["Name"] for t in lake.glue.get_tables(DatabaseName=database)["TableList"]]


def ids(lake: Any, name: str) -> list[Any]:
    return sorted(row[0] for row in lake.spark.sql(f"select id from {name}").collect())


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


def test_names_databases_and_tables_are_those_of_the_data_catalog(enabled: Any) -> None:
    lake, spark = enabled, enabled.spark
    table = lake.table("id int", kind="parquet")
    assert spark.catalog.tableExists(f"db.{table}")
    assert not spark.catalog.tableExists("db.nothing")
    assert spark.catalog.databaseExists("db")
    assert table in [item.name for item in spark.catalog.listTables("db")]
    assert table in [row.tableName for row in spark.sql("show tables in db").collect()]
    assert ("db",) in [tuple(row) for row in spark.sql("show databases").collect()]
    assert [item.name for item in spark.catalog.listColumns(f"db.{table}")] == ["id"]
    described = spark.sql(f"describe table db.{table}").collect()
    assert [(row.col_name, row.data_type) for row in described] == [("id", "int")]
    spark.sql("use db")
    assert spark.table(table).count() == 0
    spark.catalog.setCurrentDatabase("default")
    lake.glue.delete_table(DatabaseName="db", Name=table)
    assert not spark.catalog.tableExists(f"db.{table}")


@pytest.mark.parametrize("kind", ["parquet", "json", "csv", "orc"])
def test_rows_are_inserted(enabled: Any, kind: str) -> None:
    lake, spark = enabled, enabled.spark
    name = f"db.{lake.table('id int; name string', kind=kind, serde={'field.delim': ','})}"
    spark.sql(f"insert into {name} values (1, 'a'), (2, 'b')")
    spark.createDataFrame([(3, "c")], "id int, name string").write.insertInto(name)
    assert ids(lake, name) == [1, 2, 3]
    assert ids(lake, f"(select * from {name} where id > 1)") == [2, 3]
    spark.sql(f"insert overwrite {name} select 9, 'z'")
    assert ids(lake, name) == [9]
    with pytest.raises(Exception, match="that is also being read from"):
        spark.sql(f"insert overwrite table {name} select * from {name}")
    assert ids(lake, name) == [9]


def test_partitions_that_spark_makes_are_in_the_data_catalog(enabled: Any) -> None:
    lake, spark = enabled, enabled.spark
    table = lake.table("id int", kind="parquet", keys="day string")
    name = f"db.{table}"
    spark.sql(f"insert into {name} partition (day='01') values (1)")
    spark.sql(f"insert into {name} select 2, '02'")

    def days() -> list[str]:
        found = lake.glue.get_partitions(DatabaseName="db", TableName=table)["Partitions"]
        return sorted(item["Values"][0] for item in found)

    assert days() == ["01", "02"]
    assert ids(lake, f"(select * from {name} where day = '01')") == [1]
    listed = [row[0] for row in spark.sql(f"show partitions {name}").collect()]
    assert sorted(listed) == ["day=01", "day=02"]
    spark.sql(f"alter table {name} drop partition (day='01')")
    assert days() == ["02"]
    lake.put(lake.location(table) + "day=03/a.parquet", b"")
    spark.sql(f"alter table {name} add partition (day='04')")
    spark.sql(f"msck repair table {name}")
    assert set(days()) >= {"02", "03", "04"}


def test_tables_are_made_and_dropped(enabled: Any, database: str) -> None:
    lake, spark = enabled, enabled.spark
    folder = lake.folder()
    frame = spark.range(2).selectExpr("cast(id as int) id")
    frame.write.option("path", folder).saveAsTable(f"{database}.saved")
    frame.write.mode("append").saveAsTable(f"{database}.saved")
    assert ids(lake, f"{database}.saved") == [0, 0, 1, 1]
    made = lake.glue.get_table(DatabaseName=database, Name="saved")["Table"]
    assert made["StorageDescriptor"]["Location"].rstrip("/") == folder.rstrip("/")
    assert made["StorageDescriptor"]["Columns"] == [{"Name": "id", "Type": "int"}]
    assert lake.keys(folder)
    spark.sql(
        f"create table {database}.copied using parquet as select id + 1 as id from {database}.saved"
    )
    assert ids(lake, f"{database}.copied") == [1, 1, 2, 2]
    spark.sql(
        f"create table {database}.plain (ID int, Name string) using json location '{lake.folder()}' "
    )
    columns = lake.glue.get_table(DatabaseName=database, Name="plain")["Table"]
    assert [c["Name"] for c in columns["StorageDescriptor"]["Columns"]] == ["id", "name"]
    spark.sql(f"create table if not exists {database}.plain (id int) using json")
    spark.sql(f"alter table {database}.plain add columns (more double)")
    columns = lake.glue.get_table(DatabaseName=database, Name="plain")["Table"]
    assert columns["StorageDescriptor"]["Columns"][-1] == {"Name": "more", "Type": "double"}
    assert sorted(tables_of(lake, database)) == ["copied", "plain", "saved"]
    spark.sql(f"drop table {database}.plain")
    spark.sql(f"drop table if exists {database}.plain")
    frame.write.mode("overwrite").option("path", lake.folder()).saveAsTable(f"{database}.saved")
    assert sorted(tables_of(lake, database)) == ["copied", "saved"]
    assert ids(lake, f"{database}.saved") == [0, 1]
    spark.sql(f"drop database {database} cascade")
    with pytest.raises(lake.glue.exceptions.EntityNotFoundException):
        lake.glue.get_database(Name=database)
    spark.sql(f"create database if not exists {database}")
    assert tables_of(lake, database) == []
    with pytest.raises(Exception, match="needs a place in S3"):
        frame.write.saveAsTable(f"{database}.homeless")
    assert tables_of(lake, database) == []


def test_tables_are_made_in_hives_words(enabled: Any, database: str, rows: Any) -> None:
    lake, spark = enabled, enabled.spark
    for name, clauses, serde in (
        ("p", "partitioned by (day string) stored as parquet", "ParquetHiveSerDe"),
        ("o", "stored as orc", "OrcSerde"),
        ("j", "row format serde 'org.openx.data.jsonserde.JsonSerDe' stored as textfile", "JsonSerDe"),
        ("c", "row format delimited fields terminated by '|' stored as textfile", "LazySimpleSerDe"),
    ):  # fmt: skip
        text = f"create external table {database}.{name} (Id int, name string) {clauses} location '{lake.folder()}'"
        spark.sql(text)
        table = lake.glue.get_table(DatabaseName=database, Name=name)["Table"]
        assert table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"].endswith(serde)
        into = f"{database}.{name}" + (" partition (day='01')" if name == "p" else "")
        spark.sql(f"insert into {into} values (1, 'a'), (2, 'b')")
        assert ids(lake, f"{database}.{name}") == [1, 2]
    (text,) = (lake.text(table["StorageDescriptor"]["Location"] + "/", key) for key in lake.keys(table["StorageDescriptor"]["Location"] + "/")[:1])  # fmt: skip
    assert "|" in text
    spark.sql(f"cache table {database}.p")
    assert ids(lake, f"{database}.p") == [1, 2]
    for text in (
        f"create table {database}.x (id int) stored as avro location '{lake.folder()}'",
        f"create table {database}.x using delta location '{lake.folder()}' as select 1 as id",
    ):
        with pytest.raises(Exception, match="is not in the sandbox"):
            spark.sql(text)
    assert sorted(tables_of(lake, database)) == ["c", "j", "o", "p"]


def test_what_spark_defines_itself_is_not_looked_up(enabled: Any, rows: Any) -> None:
    lake, spark = enabled, enabled.spark
    table = lake.table("id int", kind="parquet")
    spark.sql(f"insert into db.{table} values (1), (2)")
    spark.range(1).createOrReplaceTempView(table)
    assert spark.table(table).columns == ["id"]
    query = f"with {table} as (select * from db.{table} where id > 1) select * from {table}"
    assert rows(spark.sql(query)) == [{"id": 2}]
    spark.sql(f"create or replace temp view v as select * from db.{table}")
    assert spark.sql("select v.id from v").count() == 2
    assert rows(spark.sql(f"select '{table} db.{table}.id' as text, {table}.id from db.{table} where id = 1")) == [
        {"text": f"{table} db.{table}.id", "id": 1}
    ]  # fmt: skip
    exists = f"select 1 as one where exists (select 1 from db.{table} where {table}.id = 2)"
    assert spark.sql(exists).count() == 1
    spark.catalog.dropTempView(table)


@pytest.mark.parametrize(
    "odd",
    [
        {
            "Columns": [{"Name": "x", "Type": "binary"}],
            "SerdeInfo": {"SerializationLibrary": _LAZY},
        },
        {"Columns": [], "SerdeInfo": {"SerializationLibrary": _LAZY}},
        {"Columns": [{"Name": "a", "Type": "int"}, {"Name": "A", "Type": "int"}]},
        {"Columns": [{"Name": "day", "Type": "int"}]},
        {"Columns": [{"Name": "it's `odd`", "Type": "struct<a:union<int,string>>"}]},
    ],
    ids=["binary text", "no columns", "twice", "also a key", "odd names"],
)
def test_a_table_that_spark_cannot_have_spoils_no_command_about_others(
    enabled: Any, database: str, odd: dict[str, Any]
) -> None:
    lake, spark = enabled, enabled.spark
    place = {"Location": f"{lake.folder()}it's/"}
    table = {
        "Name": "odd",
        "StorageDescriptor": {**place, **odd},
        "PartitionKeys": [{"Name": "day", "Type": "string"}],
    }
    lake.glue.create_table(DatabaseName=database, TableInput=table)

    listed = spark.catalog.listTables(database)
    assert [t.name for t in listed if not t.isTemporary] == ["odd"]
    spark.sql(f"create table {database}.plain (id int) using parquet")
    spark.sql(f"insert into {database}.plain values (1)")
    assert ids(lake, f"{database}.plain") == [1]
    with pytest.raises(Exception, match="is not in the sandbox"):
        spark.sql(f"alter table {database}.odd add columns (more int)")
    kept = lake.glue.get_table(DatabaseName=database, Name="odd")["Table"]
    assert len(kept["StorageDescriptor"]["Columns"]) == len(odd["Columns"])
    spark.sql(f"drop table {database}.odd")
    assert tables_of(lake, database) == ["plain"]


def test_what_is_not_here_is_refused_at_the_call(enabled: Any) -> None:
    lake, spark = enabled, enabled.spark
    frame = spark.range(1)
    calls: list[Any] = [
        lambda: spark.read.format("jdbc"),
        lambda: spark.read.jdbc("jdbc:postgresql://x", "t"),
        lambda: frame.write.format("delta").save("s3://lake/x/"),
        lambda: spark.read.format("com.databricks.spark.xml"),
        lambda: spark.read.format("org.apache.hudi"),
        lambda: spark.readStream.format("kafka"),
        lambda: frame.writeTo("db.x"),
        lambda: spark.sql("create view db.v as select 1 as one"),
        lambda: spark.sql(f"insert into db.{lake.table('id int', kind='avro')} values (1)"),
        lambda: spark.sql(
            f"insert into db.{lake.table('id int', table_type='ICEBERG')} values (1)"
        ),
    ]
    for call in calls:
        with pytest.raises(Exception, match="is not in the sandbox"):
            call()


def test_a_buckets_root_is_a_path_like_any_other(lake: Any, rows: Any) -> None:
    lake.s3.put_object(Bucket="raw-data", Key="names.csv", Body=b"id,name\n1,a\n2,b\n")
    create = lake.context.create_dynamic_frame.from_options
    wanted = [{"id": "1", "name": "a"}, {"id": "2", "name": "b"}]
    for path in ("s3://raw-data", "s3://raw-data/"):
        assert rows(create("s3", {"paths": [path]}, "csv", {"withHeader": True})) == wanted
        assert rows(lake.spark.read.csv(path, header=True)) == wanted
        assert lake.spark.sparkContext.textFile(path).count() == 3
    table = lake.table(
        "id int; name string",
        kind="csv",
        location="s3://raw-data",
        serde={"field.delim": ","},
        **{"skip.header.line.count": "1"},
    )
    assert lake.read(table).count() == 2

from typing import Any

import pytest

from tests.sandbox.athena.conftest import BUCKET, Lake

CREATE = f"""
CREATE EXTERNAL TABLE IF NOT EXISTS `lake`.`customer_landing` (
  `customerName` string COMMENT 'who',
  serialnumber string,   -- of the trainer
  `timestamp` bigint,
  nested array<struct<a:int,b:map<string,decimal(10,2)>>>
)
COMMENT 'as it''s uploaded'
PARTITIONED BY (`day` date)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://{BUCKET}/customer/'
TBLPROPERTIES ('classification' = 'json', 'a' = 'b')
"""


def definition(lake: Lake, name: str) -> Any:
    return lake.glue.get_table(DatabaseName="lake", Name=name)["Table"]


def test_create_external_table(lake: Lake) -> None:
    assert lake.rows(CREATE) == []
    table = definition(lake, "customer_landing")
    assert table["TableType"] == "EXTERNAL_TABLE"
    # Recorded on AWS (aoyagikouhei/athena-local, docs/dev/measurements/result-files.md).
    assert table["Parameters"].pop("transient_lastDdlTime").isdigit()
    assert table["Parameters"] == {
        "EXTERNAL": "TRUE",
        "classification": "json",
        "a": "b",
        "comment": "as it's uploaded",
    }
    assert table["PartitionKeys"] == [{"Name": "day", "Type": "date"}]
    storage = table["StorageDescriptor"]
    assert storage["Columns"] == [
        {"Name": "customername", "Type": "string", "Comment": "who"},
        {"Name": "serialnumber", "Type": "string"},
        {"Name": "timestamp", "Type": "bigint"},
        {"Name": "nested", "Type": "array<struct<a:int,b:map<string,decimal(10,2)>>>"},
    ]
    assert storage["Location"] == f"s3://{BUCKET}/customer"
    assert storage["SerdeInfo"] == {
        "SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe",
        "Parameters": {"ignore.malformed.json": "true", "serialization.format": "1"},
    }
    assert storage["InputFormat"] == "org.apache.hadoop.mapred.TextInputFormat"
    assert lake.rows(CREATE) == []
    assert "AlreadyExistsException" in lake.error(CREATE.replace("IF NOT EXISTS", ""))


def test_formats_of_a_table(lake: Lake) -> None:
    lake.rows(f"CREATE EXTERNAL TABLE p (a int) STORED AS PARQUET LOCATION 's3://{BUCKET}/p/'")
    storage = definition(lake, "p")["StorageDescriptor"]
    assert storage["SerdeInfo"]["SerializationLibrary"].endswith("ParquetHiveSerDe")
    assert storage["OutputFormat"].endswith("MapredParquetOutputFormat")
    lake.rows(
        "CREATE EXTERNAL TABLE d (a int) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' ESCAPED BY "
        "'\\\\' COLLECTION ITEMS TERMINATED BY ',' MAP KEYS TERMINATED BY ':' LINES TERMINATED BY "
        f"'\\n' NULL DEFINED AS 'NULL' STORED AS TEXTFILE LOCATION 's3://{BUCKET}/d/'"
    )
    storage = definition(lake, "d")["StorageDescriptor"]
    assert storage["SerdeInfo"]["SerializationLibrary"].endswith("LazySimpleSerDe")
    assert storage["SerdeInfo"]["Parameters"] == {
        "field.delim": "\t",
        "escape.delim": "\\",
        "colelction.delim": ",",
        "mapkey.delim": ":",
        "line.delim": "\n",
        "serialization.null.format": "NULL",
        "serialization.format": "\t",
    }
    lake.rows(
        "CREATE EXTERNAL TABLE b (a int) CLUSTERED BY (a) INTO 4 BUCKETS "
        f"LOCATION 's3://{BUCKET}/b/'"
    )
    assert definition(lake, "b")["StorageDescriptor"]["NumberOfBuckets"] == 4


def test_databases(lake: Lake) -> None:
    lake.rows("CREATE DATABASE other COMMENT 'c' LOCATION 's3://b/' WITH DBPROPERTIES ('a' = 'b')")
    lake.rows("CREATE SCHEMA IF NOT EXISTS other")
    assert "already exists" in lake.error("CREATE DATABASE other")
    assert lake.rows("SHOW DATABASES") == [["lake"], ["other"]]
    assert lake.rows("SHOW SCHEMAS LIKE 'o.*'") == [["other"]]
    lake.rows(f"CREATE EXTERNAL TABLE other.t (a int) LOCATION 's3://{BUCKET}/t/'")
    assert "is not empty" in lake.error("DROP DATABASE other")
    lake.rows("DROP DATABASE other CASCADE")
    lake.rows("DROP DATABASE IF EXISTS other")
    assert "Database does not exist: other" in lake.error("DROP SCHEMA other")
    assert "Database does not exist" in lake.error(
        f"CREATE EXTERNAL TABLE other.t (a int) LOCATION 's3://{BUCKET}/t/'"
    )


def test_show_and_describe(lake: Lake) -> None:
    lake.rows(CREATE)
    lake.rows("CREATE VIEW serials AS SELECT serialnumber AS s FROM customer_landing")
    assert lake.rows("SHOW TABLES") == [["customer_landing"], ["serials"]]
    assert lake.rows("SHOW TABLES IN lake 'customer*|x'") == [["customer_landing"]]
    assert lake.rows("SHOW VIEWS") == [["serials"]]
    assert [row[0].strip() for row in lake.rows("SHOW COLUMNS IN customer_landing") if row[0]] == [
        "customername",
        "serialnumber",
        "timestamp",
        "nested",
        "day",
    ]
    described = [row[0] for row in lake.rows("DESCRIBE lake.customer_landing")]
    assert described[0] == "customername        \tstring              \twho                 "
    assert "# Partition Information" in "".join(map(str, described))
    assert lake.rows("DESC serials")[0][0] == "s\tvarchar"
    assert lake.rows("SHOW TBLPROPERTIES customer_landing ('a')") == [["a\tb"]]
    assert "Database does not exist: nope" in lake.error("SHOW TABLES IN nope")
    assert "Table not found lake.nope" in lake.error("DESCRIBE nope")
    assert "is not a view" in lake.error("SHOW CREATE VIEW customer_landing")
    assert "not a partitioned table" in lake.error("SHOW PARTITIONS serials")


def test_show_create_table_makes_the_same_table(lake: Lake) -> None:
    lake.rows(CREATE)
    before = definition(lake, "customer_landing")
    text = "\n".join(str(row[0]) for row in lake.rows("SHOW CREATE TABLE customer_landing"))
    lake.rows("DROP TABLE customer_landing")
    lake.rows(text)
    after = definition(lake, "customer_landing")
    for volatile in ("CreateTime", "UpdateTime", "VersionId"):
        before.pop(volatile, None)
        after.pop(volatile, None)
    for one in (before, after):
        del one["Parameters"]["transient_lastDdlTime"]
    assert after == before


def test_show_create_table_leaves_out_defaults(lake: Lake) -> None:
    lake.rows(
        "CREATE EXTERNAL TABLE t (a int, b int) COMMENT 'one\n  two' CLUSTERED BY (a, b) INTO 4 BUCKETS "
        f"LOCATION 's3://{BUCKET}/t/' TBLPROPERTIES ('b' = '1', 'a' = '2')"
    )
    text = [row[0] for row in lake.rows("SHOW CREATE TABLE t")]
    assert text[0] == "CREATE EXTERNAL TABLE `t`("
    assert text[3:8] == [
        "COMMENT 'one two'",
        "CLUSTERED BY ( ",
        "  a, ",
        "  b) ",
        "INTO 4 BUCKETS",
    ]
    assert "WITH SERDEPROPERTIES ( " not in text
    assert text[-5:-1] == [f"  's3://{BUCKET}/t'", "TBLPROPERTIES (", "  'a'='2', ", "  'b'='1', "]
    assert str(text[-1]).startswith("  'transient_lastDdlTime'='")  # see test_create_external_table


def test_the_output_format_of_openx(lake: Lake) -> None:
    serde = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"
    for name, stored in (("t", ""), ("u", "STORED AS TEXTFILE")):
        lake.rows(
            f"CREATE EXTERNAL TABLE {name} (a int) {serde} {stored} LOCATION 's3://{BUCKET}/'"
        )
    formats = [definition(lake, name)["StorageDescriptor"]["OutputFormat"] for name in "tu"]
    assert [name.split(".")[-1] for name in formats] == [
        "IgnoreKeyTextOutputFormat",
        "HiveIgnoreKeyTextOutputFormat",
    ]
    # A bucket's root keeps its slash.
    assert definition(lake, "t")["StorageDescriptor"]["Location"] == f"s3://{BUCKET}/"


def test_describe_formatted_and_of_a_partition(lake: Lake) -> None:
    lake.rows(CREATE)
    lake.rows("ALTER TABLE customer_landing ADD PARTITION (day = '2020-01-01')")
    lake.rows("ALTER TABLE customer_landing PARTITION (day = '2020-01-01') REPLACE COLUMNS (a int)")

    def lines(sql: str) -> list[list[str]]:
        return [[part.strip() for part in str(row[0]).split("\t")] for row in lake.rows(sql)]

    table = lines("DESCRIBE FORMATTED customer_landing")
    assert table[0] == ["# col_name", "data_type", "comment"]
    assert table[2] == ["customername", "string", "who"]
    assert ["Location:", f"s3://{BUCKET}/customer", ""] in table
    assert ["", "classification", "json"] in table
    assert ["Table Type:", "EXTERNAL_TABLE", ""] in table
    partition = lines("DESCRIBE FORMATTED customer_landing PARTITION (day = '2020-01-01')")
    assert partition[2] == ["a", "int", ""]
    assert ["# Detailed Partition Information", "", ""] in partition
    assert ["Location:", f"s3://{BUCKET}/customer/day=2020-01-01", ""] in partition
    assert ["Num Buckets:", "-1", ""] in partition
    assert "Partition not found ['2021-01-01']" in lake.error(
        "DESCRIBE customer_landing PARTITION (day = '2021-01-01')"
    )


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("customerName", ["customername string who"]),
        ("nested", ["nested array<struct<a:int,b:map<string,decimal(10,2)>>> from deserializer"]),
        ("nested.'$elem$'.b.'$value$'", ["$value$ decimal(10,2) from deserializer"]),
        (
            "nested.$elem$",
            ["a int from deserializer", "b map<string,decimal(10,2)> from deserializer"],
        ),
    ],
)
def test_describe_of_a_column(lake: Lake, path: str, lines: list[str]) -> None:
    lake.rows(CREATE)
    rows = lake.rows(f"DESCRIBE lake.customer_landing {path}")
    assert [" ".join(str(row[0]).split()) for row in rows] == lines
    assert "Invalid column reference nested.x" in lake.error("DESCRIBE customer_landing nested.x")


def test_a_view_of_types_that_hive_lacks(lake: Lake) -> None:
    lake.rows(
        "CREATE VIEW v AS SELECT JSON '1' AS j, now() AS t, CAST('1.2.3.4' AS ipaddress) AS i"
    )
    columns = definition(lake, "v")["StorageDescriptor"]["Columns"]
    assert [column["Type"] for column in columns] == ["string", "timestamp", "string"]
    assert lake.rows(
        "SELECT data_type FROM information_schema.columns WHERE table_name = 'v' ORDER BY 1"
    ) == [["ipaddress"], ["json"], ["timestamp(3) with time zone"]]
    assert "COLUMN_TYPE_UNKNOWN: Column type is unknown: n" in lake.error(
        "CREATE VIEW w AS SELECT NULL AS n"
    )


def test_views(lake: Lake) -> None:
    lake.table("t", "id int; name string", lines=[{"id": 1, "name": "x"}, {"id": 2, "name": "y"}])
    lake.rows("CREATE VIEW v AS SELECT id AS Number, count(*) AS c FROM t GROUP BY id")
    table = definition(lake, "v")
    assert table["TableType"] == "VIRTUAL_VIEW"
    assert table["ViewOriginalText"].startswith("/* Presto View: ")
    assert table["StorageDescriptor"]["Columns"] == [
        {"Name": "number", "Type": "int"},
        {"Name": "c", "Type": "bigint"},
    ]
    assert lake.rows("SELECT number, c FROM v WHERE number = 2") == [["2", "1"]]
    assert "View already exists" in lake.error("CREATE VIEW v AS SELECT 1 AS x")
    lake.rows("CREATE OR REPLACE VIEW v AS SELECT name FROM lake.t")
    lake.rows("CREATE VIEW w AS SELECT upper(name) AS up FROM v")
    assert lake.rows("SELECT w.up FROM w JOIN v ON lower(w.up) = v.name ORDER BY 1") == [
        ["X"],
        ["Y"],
    ]
    assert lake.rows("SELECT count(*) FROM lake.w", database="default") == [["2"]]
    assert lake.rows("SHOW CREATE VIEW v")[1] == ["SELECT name FROM lake.t"]
    assert "Column name not specified at position 1" in lake.error("CREATE VIEW x AS SELECT 1")
    assert "specified more than once" in lake.error("CREATE VIEW x AS SELECT 1 AS a, 2 AS A")
    assert "Table already exists" in lake.error("CREATE OR REPLACE VIEW t AS SELECT 1 AS a")
    assert "use DROP VIEW" in lake.error("DROP TABLE v")
    lake.rows("DROP VIEW v")
    assert "INVALID_VIEW: line 1:1: Failed analyzing stored view 'awsdatacatalog.lake.w'" in (
        lake.error("SELECT * FROM w")
    )
    assert "does not exist" in lake.error("DROP VIEW v")
    lake.rows("DROP VIEW IF EXISTS v")


def test_a_stale_view_and_one_that_is_none(lake: Lake) -> None:
    lake.table("t", "id int", lines=[{"id": 1}])
    lake.rows("CREATE VIEW v AS SELECT * FROM t")
    lake.rows("ALTER TABLE t ADD COLUMNS (added string)")
    assert "VIEW_IS_STALE" in lake.error("SELECT * FROM v")
    lake.glue.create_table(
        DatabaseName="lake",
        TableInput={"Name": "bad", "TableType": "VIRTUAL_VIEW", "ViewOriginalText": "SELECT 1"},
    )
    assert "INVALID_VIEW" in lake.error("SELECT * FROM bad")


def test_partitions(lake: Lake) -> None:
    lake.table("t", "a int", keys="day string; n int")
    for day, number in (("2020-01-01", 1), ("a b", 2)):
        folder = f"t/day={day.replace(' ', '%20')}/n={number}"
        lake.put(f"{folder}/x.json", f'{{"a": {number}}}\n')
    lake.put("t/other/x.json", '{"a": 9}\n')
    assert [row[0] for row in lake.rows("MSCK REPAIR TABLE t")] == [
        "Partitions not in metastore:\tt:day=2020-01-01/n=1\tt:day=a%20b/n=2\tt:other",
        "Repair: Added partition to metastore t:day=2020-01-01/n=1",
        "Repair: Added partition to metastore t:day=a b/n=2",
    ]
    assert lake.rows("SELECT * FROM t ORDER BY a") == [["1", "2020-01-01", "1"], ["2", "a b", "2"]]
    lake.rows("ALTER TABLE t DROP PARTITION (day = 'a b', n = 2)")
    assert lake.rows("SHOW PARTITIONS t") == [["day=2020-01-01/n=1"]]
    assert "Partition not found" in lake.error("ALTER TABLE t DROP PARTITION (day = 'x', n = 2)")
    lake.rows("ALTER TABLE t DROP IF EXISTS PARTITION (day = 'x', n = 2)")
    add = "ALTER TABLE t ADD {} PARTITION (day = '2020-01-01', n = 1) PARTITION (n = 5, day = 'z') "
    add += f"LOCATION 's3://{BUCKET}/t/other/'"
    assert "Partition already exists" in lake.error(add.format(""))
    lake.rows(add.format("IF NOT EXISTS"))
    assert lake.rows("SELECT a FROM t WHERE day = 'z'") == [["9"]]
    assert "doesn't name the partition keys day, n" in lake.error(
        "ALTER TABLE t ADD PARTITION (day = 'x')"
    )
    lake.table("flat", "a int")
    assert "not a partitioned table" in lake.error("MSCK REPAIR TABLE flat")
    assert "not a partitioned table" in lake.error("SHOW PARTITIONS flat")


def test_alter_table(lake: Lake) -> None:
    lake.table("t", "a int", lines=[{"a": 1, "b": "x"}])
    lake.rows("ALTER TABLE t ADD COLUMNS (b string COMMENT 'new')")
    assert lake.rows("SELECT * FROM t") == [["1", "x"]]
    lake.rows("ALTER TABLE t REPLACE COLUMNS (b string)")
    assert lake.rows("SELECT * FROM t") == [["x"]]
    lake.rows("ALTER TABLE t SET TBLPROPERTIES ('classification' = 'json')")
    assert definition(lake, "t")["Parameters"] == {"classification": "json"}
    lake.rows(f"ALTER TABLE t SET LOCATION 's3://{BUCKET}/elsewhere/'")
    assert lake.rows("SELECT * FROM t") == []
    lake.rows("DROP TABLE t")
    lake.rows("DROP TABLE IF EXISTS t")
    assert "Table not found lake.t" in lake.error("DROP TABLE t")


def test_explain(lake: Lake) -> None:
    lake.table("t", "a int")
    rows = lake.rows("EXPLAIN SELECT a, count(*) AS n FROM t GROUP BY a")
    assert rows[-4] == ["    Output layout: [a:integer, n:bigint]"]
    assert "COLUMN_NOT_FOUND" in lake.error("EXPLAIN SELECT b FROM t")


def test_partitions_are_renamed_and_moved(lake: Lake) -> None:
    lake.put("o/dt=1/a", "x\n")
    lake.put("elsewhere/a", "y\n")
    lake.rows(
        "CREATE EXTERNAL TABLE o (a string) PARTITIONED BY (dt string) ROW FORMAT DELIMITED "
        f"LOCATION 's3://{BUCKET}/o/'"
    )
    lake.rows("ALTER TABLE o ADD PARTITION (dt='1')")
    lake.rows("ALTER TABLE o PARTITION (dt='1') RENAME TO PARTITION (dt='2')")
    assert lake.rows("SHOW PARTITIONS o") == [["dt=2"]]
    assert lake.rows("SELECT * FROM o") == [["x", "2"]]
    lake.rows(f"ALTER TABLE o PARTITION (dt='2') SET LOCATION 's3://{BUCKET}/elsewhere/'")
    assert lake.rows("SELECT * FROM o") == [["y", "2"]]
    assert "Partition not found ['9']" in lake.error(
        "ALTER TABLE o PARTITION (dt='9') RENAME TO PARTITION (dt='2')"
    )
    assert "Partition already exists" in lake.error(
        "ALTER TABLE o PARTITION (dt='2') RENAME TO PARTITION (dt='2')"
    )


def test_columns_of_one_partition_are_changed(lake: Lake) -> None:
    lake.rows(
        f"CREATE EXTERNAL TABLE o (a string) PARTITIONED BY (dt string) LOCATION 's3://{BUCKET}/o/'"
    )
    lake.rows("ALTER TABLE o ADD PARTITION (dt='1') PARTITION (dt='2')")

    def columns(value: str) -> list[str]:
        found = lake.glue.get_partition(
            DatabaseName="lake", TableName="o", PartitionValues=[value]
        )["Partition"]
        return [f"{c['Name']} {c['Type']}" for c in found["StorageDescriptor"]["Columns"]]

    one = "ALTER TABLE o PARTITION (dt = '1') "
    lake.rows(f"{one} ADD COLUMNS (b bigint, c string)")
    assert columns("1") == ["a string", "b bigint", "c string"]
    lake.rows(f"{one} CHANGE COLUMN c d int AFTER a")
    assert columns("1") == ["a string", "d int", "b bigint"]
    assert "Duplicate column name: b" in lake.error(f"{one} ADD COLUMNS (b string)")
    lake.rows(f"{one} REPLACE COLUMNS (a date)")
    assert columns("1") == ["a date"]
    assert columns("2") == ["a string"]
    table = definition(lake, "o")["StorageDescriptor"]["Columns"]
    assert table == [{"Name": "a", "Type": "string"}]
    assert "Partition not found ['9']" in lake.error(
        "ALTER TABLE o PARTITION (dt='9') ADD COLUMNS (b int)"
    )


def test_properties_of_a_database(lake: Lake) -> None:
    lake.rows("ALTER DATABASE lake SET DBPROPERTIES ('a' = 'b')")
    assert lake.glue.get_database(Name="lake")["Database"]["Parameters"] == {"a": "b"}
    assert "Database does not exist: nope" in lake.error(
        "ALTER DATABASE nope SET DBPROPERTIES ('a' = 'b')"
    )


def test_a_column_is_changed_and_moved(lake: Lake) -> None:
    lake.rows(f"CREATE EXTERNAL TABLE c (a int, b int) LOCATION 's3://{BUCKET}/c/'")
    lake.rows("ALTER TABLE c CHANGE COLUMN a x bigint AFTER b")
    columns = definition(lake, "c")["StorageDescriptor"]["Columns"]
    assert columns == [{"Name": "b", "Type": "int"}, {"Name": "x", "Type": "bigint"}]
    assert "Invalid column reference nope" in lake.error("ALTER TABLE c CHANGE nope x int")


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM t",
        "UPDATE t SET a = 1",
        "MERGE INTO t USING u ON true",
        "OPTIMIZE t",
        "VACUUM t",
    ],
)
def test_statements_of_iceberg_say_so(lake: Lake, sql: str) -> None:
    assert "which needs an Iceberg table: the embedded Athena has none" in lake.error(sql)


def test_a_view_shows_times_in_the_zone_of_its_query(lake: Lake) -> None:
    lake.rows("CREATE VIEW z AS SELECT from_unixtime(0, 'Asia/Tokyo') AS t, 1 AS n")
    lake.rows("CREATE VIEW around AS SELECT n, ARRAY[t] AS a, t AS T2 FROM z")
    assert lake.rows("SELECT t2, hour(t2), n, t2 = from_unixtime(0), a FROM around") == [
        [
            "1970-01-01 09:00:00.000 Asia/Tokyo",
            "9",
            "1",
            "true",
            "[1970-01-01 09:00:00.000 Asia/Tokyo]",
        ]
    ]
    assert "timestamp(3) with time zone" in str(lake.rows("DESCRIBE around"))


def test_a_view_of_itself(lake: Lake) -> None:
    lake.rows("CREATE VIEW one AS SELECT now() AS t")
    lake.rows("CREATE VIEW two AS SELECT t FROM one")
    lake.rows("CREATE OR REPLACE VIEW one AS SELECT t FROM two")
    assert "VIEW_IS_RECURSIVE" in lake.error("SELECT t FROM one")

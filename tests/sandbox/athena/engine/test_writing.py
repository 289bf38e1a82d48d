import io

import pyarrow.parquet as pq
import pytest

from tests.sandbox.athena.conftest import BUCKET, Lake


@pytest.fixture
def source(lake: Lake) -> Lake:
    lines = [{"id": 1, "name": "x", "l": [1]}, {"id": 2, "name": "y", "l": []}, {"id": 3}]
    lake.table("t", "id int; name string; l array<int>", lines=lines)
    return lake


def test_create_table_as_select(source: Lake) -> None:
    sql = f"""
    CREATE TABLE made WITH (format = 'PARQUET', external_location = 's3://{BUCKET}/made/') AS
    SELECT id, name, l, CAST(1.5 AS DECIMAL(5, 2)) AS d, CAST(ROW(1, 'x') AS ROW(p integer, q varchar)) AS r,
        DATE '2020-01-01' AS day
    FROM t
    """
    outcome = source.run(sql)
    assert outcome.update_count == 3
    assert outcome.manifest is not None
    assert outcome.manifest[0].startswith(f"s3://{BUCKET}/made/")
    assert source.rows("SELECT * FROM made WHERE id < 3 ORDER BY id") == [
        ["1", "x", "[1]", "1.50", "{p=1, q=x}", "2020-01-01"],
        ["2", "y", "[]", "1.50", "{p=1, q=x}", "2020-01-01"],
    ]
    columns = source.glue.get_table(DatabaseName="lake", Name="made")["Table"]["StorageDescriptor"]
    assert [column["Type"] for column in columns["Columns"]] == [
        "int",
        "string",
        "array<int>",
        "decimal(5,2)",
        "struct<p:int,q:string>",
        "date",
    ]
    body = source.s3.get_object(Bucket=BUCKET, Key=outcome.manifest[0].split("/", 3)[3])["Body"]
    metadata = pq.ParquetFile(io.BytesIO(body.read())).metadata
    assert metadata.row_group(0).column(0).compression == "GZIP"
    assert "already exists" in source.error(sql)
    assert source.run(sql.replace("made WITH", "IF NOT EXISTS made WITH")).update_count == 0
    assert "HIVE_PATH_ALREADY_EXISTS" in source.error(sql.replace("made WITH", "again WITH"))


def test_create_table_in_the_output_location(source: Lake) -> None:
    source.rows("CREATE TABLE made AS SELECT id FROM t WHERE id > 100")
    assert source.rows("SELECT * FROM made") == []
    location = source.glue.get_table(DatabaseName="lake", Name="made")["Table"]
    assert location["StorageDescriptor"]["Location"].startswith(f"s3://{BUCKET}/output/tables/")


def test_a_partitioned_table(source: Lake) -> None:
    source.rows(
        f"CREATE TABLE made WITH (external_location = 's3://{BUCKET}/made', "
        "partitioned_by = ARRAY['name']) AS SELECT id, name FROM t"
    )
    assert source.rows("SHOW PARTITIONS made") == [
        ["name=__HIVE_DEFAULT_PARTITION__"],
        ["name=x"],
        ["name=y"],
    ]
    assert source.rows("SELECT id FROM made WHERE name IS NULL") == [["3"]]
    outcome = source.run("INSERT INTO made VALUES (7, 'x'), (8, 'z')")
    assert outcome.update_count == 2
    assert source.rows("SELECT id FROM made WHERE name = 'x' ORDER BY id") == [["1"], ["7"]]
    assert source.rows("SELECT id FROM made WHERE name = 'z'") == [["8"]]
    assert "Partition keys must be the last columns" in source.error(
        "CREATE TABLE other WITH (partitioned_by = ARRAY['id']) AS SELECT id, name FROM t"
    )


def test_insert(source: Lake) -> None:
    source.rows("CREATE TABLE made AS SELECT id, name FROM t WHERE id = 1")
    source.rows("INSERT INTO made (name, id) SELECT name, id + 10 FROM t WHERE id = 2")
    source.rows("INSERT INTO lake.made (id) VALUES (5)")
    assert source.rows("SELECT * FROM made ORDER BY id") == [["1", "x"], ["5", None], ["12", "y"]]
    assert "mismatched column types" in source.error("INSERT INTO made VALUES (1)")
    assert "mismatched column types" in source.error("INSERT INTO made VALUES ('x', 'y')")
    assert "does not exist in target table: z" in source.error("INSERT INTO made (z) VALUES (1)")
    assert "TABLE_NOT_FOUND" in source.error("INSERT INTO nope VALUES (1)")
    source.rows("CREATE VIEW v AS SELECT 1 AS a")
    assert "NOT_SUPPORTED" in source.error("INSERT INTO v VALUES (1)")


def test_unload(source: Lake) -> None:
    sql = f"UNLOAD (SELECT id, name FROM t) TO 's3://{BUCKET}/unloaded/' WITH (format = 'PARQUET')"
    outcome = source.run(sql)
    assert list(outcome.rows) == [["3"]]
    found = source.s3.list_objects_v2(Bucket=BUCKET, Prefix="unloaded/")["Contents"]
    body = source.s3.get_object(Bucket=BUCKET, Key=found[0]["Key"])["Body"].read()
    assert pq.read_table(io.BytesIO(body)).column("id").to_pylist() == [1, 2, 3]
    assert "HIVE_PATH_ALREADY_EXISTS" in source.error(sql)
    assert "does not write AVRO" in source.error(sql.replace("PARQUET", "AVRO"))


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "CREATE TABLE made AS SELECT 1",
            "MISSING_COLUMN_NAME: line 1:1: Column name not specified at position 1",
        ),
        ("CREATE TABLE made AS SELECT 1 AS a, 2 AS A", "DUPLICATE_COLUMN_NAME"),
        ("CREATE TABLE made WITH (format = 'AVRO') AS SELECT 1 AS a", "does not write AVRO"),
        (
            "CREATE TABLE nope.made AS SELECT 1 AS a",
            "Database nope not found. Please check your query.",
        ),
        ("CREATE TABLE made AS SELECT nope FROM t", "COLUMN_NOT_FOUND: line 1:29: Column 'nope'"),
        ("CREATE TABLE made AS SELECT CAST(name AS INTEGER) AS n FROM t", "INVALID_CAST_ARGUMENT"),
    ],
)
def test_refused(source: Lake, sql: str, message: str) -> None:
    assert message in source.error(sql)
    assert source.rows("SHOW TABLES") == [["t"]]


VALUES = (
    "SELECT CAST(1 AS bigint) AS i, 'x,\"y\"' AS s, 1.5 AS f, true AS b, DATE '2020-01-02' AS d, "
    "TIMESTAMP '2020-01-02 03:04:05.678' AS t, DECIMAL '1.50' AS n, X'0102' AS x, "
    "ARRAY[1, 2] AS a, MAP(ARRAY['k'], ARRAY[ARRAY[1]]) AS m, "
    "CAST(ROW(1, 'z') AS ROW(p INTEGER, q VARCHAR)) AS r, CAST(NULL AS integer) AS u"
)
READ = [
    "1",
    'x,"y"',
    "1.5",
    "true",
    "2020-01-02",
    "2020-01-02 03:04:05.678",
    "1.50",
    "01 02",
    "[1, 2]",
    "{k=[1]}",
    "{p=1, q=z}",
    None,
]


@pytest.mark.parametrize(
    "options",
    [
        "format = 'PARQUET'",
        "format = 'PARQUET', write_compression = 'SNAPPY'",
        "format = 'PARQUET', parquet_compression = 'ZSTD'",
        "format = 'ORC'",
        "format = 'ORC', orc_compression = 'SNAPPY'",
        "format = 'TEXTFILE'",
        "format = 'TEXTFILE', field_delimiter = '|', write_compression = 'NONE'",
        "format = 'JSON'",
    ],
)
def test_what_is_written_in_a_format_reads_the_same(lake: Lake, options: str) -> None:
    values = VALUES
    if "JSON" in options:
        values = values.replace("X'0102' AS x", "CAST(NULL AS integer) AS x")
    expected = [None if text == "01 02" and "JSON" in options else text for text in READ]
    lake.rows(f"CREATE TABLE made WITH ({options}) AS {values}")
    assert lake.rows("SELECT * FROM made") == [expected]
    lake.rows(f"INSERT INTO made {values}")
    assert lake.rows("SELECT * FROM made") == [expected, expected]


@pytest.mark.parametrize(
    "row_format",
    [
        "ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' ESCAPED BY '\\\\'",
        "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'",
        "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'",
        "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'",
        "STORED AS ORC",
        "STORED AS PARQUET",
    ],
)
def test_insert_into_a_table_of_any_format(lake: Lake, row_format: str) -> None:
    lake.rows(
        f"CREATE EXTERNAL TABLE made (a int, b string) PARTITIONED BY (c date) {row_format} "
        f"LOCATION 's3://{BUCKET}/made/'"
    )
    lake.rows("INSERT INTO made VALUES (1, 'x, \"y\"', DATE '2020-01-02'), (2, 'z', NULL)")
    assert lake.rows("SELECT * FROM made ORDER BY a") == [
        ["1", 'x, "y"', "2020-01-02"],
        ["2", "z", None],
    ]
    assert lake.rows("SHOW PARTITIONS made") == [
        ["c=2020-01-02"],
        ["c=__HIVE_DEFAULT_PARTITION__"],
    ]


def test_buckets(source: Lake) -> None:
    source.rows(
        "CREATE TABLE made WITH (bucketed_by = ARRAY['id'], bucket_count = 2) AS SELECT id FROM t"
    )
    table = source.glue.get_table(DatabaseName="lake", Name="made")["Table"]
    assert table["StorageDescriptor"]["BucketColumns"] == ["id"]
    assert table["StorageDescriptor"]["NumberOfBuckets"] == 2
    assert source.rows('SELECT count(DISTINCT "$path"), count(*) FROM made') == [["2", "3"]]


def test_a_table_without_data(source: Lake) -> None:
    source.rows("CREATE TABLE made AS SELECT id, name FROM t WITH NO DATA")
    assert source.rows("SELECT * FROM made") == []
    assert source.types("SELECT * FROM made") == ["integer", "varchar"]
    source.rows("CREATE TABLE full AS SELECT id FROM t WITH DATA")
    assert source.value("SELECT count(*) FROM full") == "3"


def test_a_partition_is_a_folder_that_a_path_can_hold(lake: Lake) -> None:
    lake.rows("CREATE TABLE made WITH (partitioned_by = ARRAY['p']) AS SELECT 1 AS a, 'x/y=z' AS p")
    assert lake.rows("SELECT * FROM made") == [["1", "x/y=z"]]
    assert "p=x%2Fy%3Dz/" in str(lake.value('SELECT "$path" FROM made'))


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        (
            "CREATE TABLE made WITH (nope = '1') AS SELECT 1 a",
            "INVALID_TABLE_PROPERTY: Catalog 'awsdatacatalog' table property 'nope' does not exist",
        ),
        (
            "CREATE TABLE made WITH (vacuum_min_snapshots_to_keep = 2, table_type = 'ICEBERG') AS SELECT 1 a",
            "NOT_SUPPORTED: The embedded Athena has no Iceberg tables",
        ),
        (
            "CREATE TABLE made WITH (write_compression = 'BZIP2') AS SELECT 1 a",
            "does not write PARQUET with BZIP2 compression",
        ),
        (
            (
                "CREATE TABLE made WITH (partitioned_by = ARRAY['p']) AS "
                "SELECT 1 AS a, n AS p FROM UNNEST(sequence(1, 101)) AS t (n)"
            ),
            "HIVE_TOO_MANY_OPEN_PARTITIONS",
        ),
        (f"UNLOAD (SELECT 1 a) TO 's3://{BUCKET}/u/'", "UNLOAD needs the property format"),
    ],
)
def test_what_is_not_written(lake: Lake, sql: str, error: str) -> None:
    assert error in lake.error(sql)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("TIME '10:00'", "NOT_SUPPORTED: Unsupported Hive type: time(0)"),
        ("TIMESTAMP '2020-01-01 00:00:00 UTC'", "Hive type: timestamp(0) with time zone"),
        ("TIMESTAMP '2020-01-01 00:00:00'", "Incorrect timestamp precision for timestamp(0); the"),
        ("ARRAY[CAST(now() AS timestamp(6))]", "is MILLISECONDS; column name: c"),
        ("current_time", "Unsupported Hive type: time(3) with time zone"),
        ("zip(ARRAY[1], ARRAY[2])", "Anonymous row type is not supported in Hive"),
        ("JSON '1'", "Unsupported Hive type: json"),
        ("uuid()", "Unsupported Hive type: uuid"),
        ("CAST('1.2.3.4' AS ipaddress)", "Unsupported Hive type: ipaddress"),
        ("INTERVAL '1' DAY", "Unsupported Hive type: interval day to second"),
        ("now() AT TIME ZONE 'Asia/Tokyo'", "Unsupported Hive type: timestamp(3) with time zone"),
        ("ARRAY[now()]", "Unsupported Hive type: timestamp(3) with time zone"),
        ("ROW(1, 'x')", "Please give each field a name: row(integer, varchar(1))"),
        ("CAST('a' AS char(300))", "Supported CHAR types: CHAR(<=255)."),
        ("NULL", "COLUMN_TYPE_UNKNOWN: Column type is unknown: c"),
    ],
)
def test_types_that_hive_lacks_are_not_written(lake: Lake, value: str, error: str) -> None:
    query = f"SELECT {value} AS c"
    assert error in lake.error(f"CREATE TABLE made AS {query}")
    assert error in lake.error(f"UNLOAD ({query}) TO 's3://{BUCKET}/u/' WITH (format = 'PARQUET')")
    assert lake.rows("SHOW TABLES") == []


@pytest.mark.parametrize(
    ("column", "given", "stored"),
    [
        ("int", "BIGINT '7'", "7"),
        ("int", "DECIMAL '2.5'", "3"),
        ("smallint", "2.5e0", "3"),
        ("double", "DECIMAL '1.5'", "1.5"),
        ("decimal(5,2)", "DECIMAL '1.555'", "1.56"),
        ("decimal(5,2)", "1", "1.00"),
        ("string", "CAST('x' AS char(3))", "x  "),
        ("varchar(4)", "CAST('ab     ' AS varchar)", "ab  "),
        ("char(2)", "'ab   '", "ab"),
        ("timestamp", "DATE '2020-01-01'", "2020-01-01 00:00:00.000"),
        ("timestamp", "TIMESTAMP '2020-01-01 10:00:00 UTC'", "2020-01-01 10:00:00.000"),
        # In UTC, as sqlmesh's tests have found on AWS.
        ("timestamp", "TIMESTAMP '2020-01-01 10:00:00 Europe/Paris'", "2020-01-01 09:00:00.000"),
        (
            "timestamp",
            "from_iso8601_timestamp(t) FROM (VALUES '2020-01-01T00:00:00+09:00') x(t)",
            "2019-12-31 15:00:00.000",
        ),
        (
            "array<timestamp>",
            "ARRAY[TIMESTAMP '2020-01-01 10:00:00 Europe/Paris']",
            "[2020-01-01 09:00:00.000]",
        ),
        ("date", "TIMESTAMP '2020-01-01 10:00:00'", "2020-01-01"),
        ("date", "NULL", None),
        ("array<int>", "ARRAY[2.5e0]", "[3]"),
        ("map<string,int>", "MAP(ARRAY['a'], ARRAY[2.5e0])", "{a=3}"),
        ("struct<x:int>", "ROW(2.5e0)", "{x=3}"),
        ("struct<x:varchar(3)>", "ROW('ab')", "{x=ab}"),
    ],
)
def test_insert_casts_to_the_column_s_type(
    lake: Lake, column: str, given: str, stored: str | None
) -> None:
    lake.rows(f"CREATE EXTERNAL TABLE i (c {column}) STORED AS PARQUET LOCATION 's3://{BUCKET}/i/'")
    lake.rows(f"INSERT INTO i SELECT {given}")
    assert lake.value("SELECT c FROM i") == stored


@pytest.mark.parametrize(
    ("column", "given", "error"),
    [
        (
            "int",
            "'1'",
            "TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table: [",
        ),
        ("double", "'1.5'", "TYPE_MISMATCH: line 1:1: Insert query has mismatched column types"),
        ("date", "'2020-01-01'", "Table: [date], Query: [varchar(10)]"),
        ("string", "JSON '1'", "Table: [varchar], Query: [json]"),
        (
            "date",
            "t FROM (VALUES TIMESTAMP '2020-01-01 10:00 Asia/Tokyo', now()) x(t)",
            "time zones differ by row",
        ),
        (
            "date",
            "from_iso8601_timestamp(t) FROM (VALUES '2020-01-01T00:00:00+09:00') x(t)",
            "time zones differ by row",
        ),
        ("struct<x:double>", "ROW(1, 2)", "mismatched column types"),
        ("struct<x:varchar(3)>", "ROW(CAST('ab' AS varchar))", "mismatched column types"),
        ("int", "5000000000", "NUMERIC_VALUE_OUT_OF_RANGE: Out of range for integer: 5000000000"),
        (
            "varchar(3)",
            "'abcd'",
            "INVALID_CAST_ARGUMENT: Cannot truncate non-space characters when casting from varchar(4)",
        ),
    ],
)
def test_insert_refuses_what_the_column_cannot_hold(
    lake: Lake, column: str, given: str, error: str
) -> None:
    lake.rows(f"CREATE EXTERNAL TABLE i (c {column}) STORED AS PARQUET LOCATION 's3://{BUCKET}/i/'")
    assert error in lake.error(f"INSERT INTO i SELECT {given}")


def test_insert_of_times_whose_zones_differ_by_row(lake: Lake) -> None:
    lake.rows(
        f"CREATE EXTERNAL TABLE i (t timestamp) STORED AS PARQUET LOCATION 's3://{BUCKET}/i/'"
    )
    zoned = "CAST('2023-01-01 13:14:15.123456+13:00' AS timestamp(6) with time zone)"
    values = f"VALUES TIMESTAMP '2023-01-01 00:00 America/Los_Angeles', {zoned}, NULL"
    lake.rows(f"INSERT INTO i {values}")
    lake.rows(f"INSERT INTO i SELECT CAST(t AS timestamp with time zone) FROM ({values}) x(t)")
    stored = [["2023-01-01 00:14:15.123"], ["2023-01-01 08:00:00.000"], [None]]
    assert lake.rows("SELECT DISTINCT t FROM i ORDER BY 1") == stored


def test_insert_of_rows_whose_texts_fit_a_limited_column(lake: Lake) -> None:
    lake.rows("CREATE TABLE made AS SELECT 'seed' AS name")
    rows = "SELECT CAST(n AS varchar) FROM TABLE(sequence(start => 9000, stop => {})) AS t(n)"
    lake.rows(f"INSERT INTO made {rows.format(9999)}")
    assert lake.value("SELECT count(*) FROM made") == "1001"
    assert "Cannot truncate non-space" in lake.error(f"INSERT INTO made {rows.format(10000)}")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("TIMESTAMP '2023-01-02 10:11:12.000'", "2023-01-02 10:11:12"),
        ("TIMESTAMP '2023-01-02 10:11:12.500'", "2023-01-02 10:11:12.5"),
        ("REAL '0.1'", "0.1"),
        ("1e10", "1.0E10"),
        ("DECIMAL '100.50'", "100.5"),
        ("CAST('x' AS char(3))", "x  "),
    ],
)
def test_partition_keys_are_spelt_as_in_the_catalog_of_aws(lake: Lake, key: str, text: str) -> None:
    lake.rows(f"CREATE TABLE made WITH (partitioned_by = ARRAY['k']) AS SELECT 1 AS id, {key} AS k")
    (partition,) = lake.glue.get_partitions(DatabaseName="lake", TableName="made")["Partitions"]
    assert partition["Values"] == [text]
    assert lake.value(f"SELECT count(*) FROM made WHERE k = {key}") == "1"


@pytest.mark.parametrize(
    ("key", "error"),
    [
        ("'é'", "HIVE_INVALID_PARTITION_VALUE: Hive partition keys can only contain printable"),
        ("'a\n'", "Invalid value: 61 0A"),
        ("X'00'", "NOT_SUPPORTED: Unsupported type for partition: varbinary"),
        ("ARRAY[1]", "NOT_SUPPORTED: Unsupported type for partition: array(integer)"),
    ],
)
def test_values_that_are_no_partition_key_are_refused(lake: Lake, key: str, error: str) -> None:
    query = f"SELECT 1 AS id, {key} AS k"
    assert error in lake.error(f"CREATE TABLE made WITH (partitioned_by = ARRAY['k']) AS {query}")
    assert lake.rows("SHOW TABLES") == []

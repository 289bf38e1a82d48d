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
    SELECT id, name, l, CAST(1.5 AS DECIMAL(5, 2)) AS d, ROW(1, 'x') AS r, DATE '2020-01-01' AS day
    FROM t
    """
    outcome = source.run(sql)
    assert outcome.update_count == 3
    assert outcome.manifest is not None
    assert outcome.manifest[0].startswith(f"s3://{BUCKET}/made/")
    assert source.rows("SELECT * FROM made WHERE id < 3 ORDER BY id") == [
        ["1", "x", "[1]", "1.50", "{field0=1, field1=x}", "2020-01-01"],
        ["2", "y", "[]", "1.50", "{field0=1, field1=x}", "2020-01-01"],
    ]
    columns = source.glue.get_table(DatabaseName="lake", Name="made")["Table"]["StorageDescriptor"]
    assert [column["Type"] for column in columns["Columns"]] == [
        "int",
        "string",
        "array<int>",
        "decimal(5,2)",
        "struct<field0:int,field1:string>",
        "date",
    ]
    body = source.s3.get_object(Bucket=BUCKET, Key=outcome.manifest[0].split("/", 3)[3])["Body"]
    metadata = pq.ParquetFile(io.BytesIO(body.read())).metadata
    assert metadata.row_group(0).column(0).compression == "SNAPPY"
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
    assert "Parquet tables only" in source.error("INSERT INTO t VALUES (1, 'x', ARRAY[1])")
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
    assert "PARQUET only" in source.error(sql.replace("PARQUET", "JSON"))


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "CREATE TABLE made AS SELECT 1",
            "MISSING_COLUMN_NAME: Column name not specified at position 1",
        ),
        ("CREATE TABLE made AS SELECT 1 AS a, 2 AS A", "DUPLICATE_COLUMN_NAME"),
        ("CREATE TABLE made WITH (format = 'ORC') AS SELECT 1 AS a", "PARQUET only"),
        ("CREATE TABLE nope.made AS SELECT 1 AS a", "SCHEMA_NOT_FOUND"),
        ("CREATE TABLE made AS SELECT nope FROM t", "COLUMN_NOT_FOUND: line 1:29: Column 'nope'"),
        ("CREATE TABLE made AS SELECT CAST(name AS INTEGER) AS n FROM t", "INVALID_CAST_ARGUMENT"),
    ],
)
def test_refused(source: Lake, sql: str, message: str) -> None:
    assert message in source.error(sql)
    assert source.rows("SHOW TABLES") == [["t"]]

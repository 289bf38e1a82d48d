import pytest

from sandbox.athena.errors import MalformedQueryError, QueryError
from sandbox.athena.hive.ddl import parse_definition
from sandbox.athena.hive.model import AlterDatabase, AlterTable, ColumnDefinition, CreateTable


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "CREATE EXTERNAL TABLE t (user string) LOCATION 's3://b/'",
            "line 1:26: no viable alternative at input 'CREATE EXTERNAL TABLE t (user'",
        ),
        (
            "CREATE EXTERNAL TABLE t (a string,) LOCATION 's3://b/'",
            "line 1:35: no viable alternative",
        ),
        (
            "CREATE EXTERNAL TABLE t (a strin) LOCATION 's3://b/'",
            "line 1:28: no viable alternative",
        ),
        (
            "CREATE EXTERNAL TABLE t (a int) STORED AS JSON LOCATION 's3://b/'",
            "line 1:43: no viable",
        ),
        (
            "CREATE EXTERNAL TABLE t (a int) LOCATION s3",
            "line 1:42: mismatched input 's3' expecting STRING",
        ),
        ("CREATE EXTERNAL TABLE t (a int", "line 1:31: no viable alternative"),
        ("CREATE EXTERNAL t (a int)", "line 1:17: no viable alternative"),
        ("DROP TABLE t NOW", "line 1:14: mismatched input 'NOW' expecting <EOF>"),
        ("SHOW COLUMNS t", "expecting {'FROM', 'IN'}"),
        ("ALTER TABLE t FROB", "line 1:15: no viable alternative"),
        ("DROP COLUMN x", "line 1:6: no viable alternative"),
    ],
)
def test_malformed(sql: str, message: str) -> None:
    with pytest.raises(MalformedQueryError) as raised:
        parse_definition(sql)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        # Refused before it starts, as recorded on AWS (aoyagikouhei/athena-local,
        # docs/dev/measurements/statements.md).
        ("CREATE TABLE t (a int) LOCATION 's3://b/'", "External keyword required"),
        (
            "CREATE TABLE t (a int) LOCATION 's3://b/' TBLPROPERTIES ('table_type' = 'ICEBERG')",
            "no Iceberg",
        ),
        ("CREATE EXTERNAL TABLE t (a int)", "location is not specified"),
        ("CREATE EXTERNAL TABLE t (a int) LOCATION '/tmp'", "is not a location in Amazon S3"),
        ("CREATE EXTERNAL TABLE t (a int, A int) LOCATION 's3://b/'", "Duplicate column name: a"),
        (
            "CREATE EXTERNAL TABLE t (a int) PARTITIONED BY (a int) LOCATION 's3://b/'",
            "Column repeated in partitioning columns",
        ),
    ],
)
def test_refused(sql: str, message: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse_definition(sql)
    assert message in str(raised.value)


def test_columns_of_logs_need_no_backticks() -> None:
    made = parse_definition(
        "CREATE EXTERNAL TABLE lb (time string, timestamp string, start bigint, dayofweek int) "
        "LOCATION 's3://b/'"
    )
    assert isinstance(made, CreateTable)
    assert [column.name for column in made.columns] == ["time", "timestamp", "start", "dayofweek"]


@pytest.mark.parametrize(
    "sql",
    [
        (
            "CREATE TABLE i (id bigint, ts timestamp) PARTITIONED BY (day(ts)) LOCATION 's3://b/i/' "
            "TBLPROPERTIES ('table_type'='ICEBERG')"
        ),
        (
            "CREATE TABLE i (id bigint) PARTITIONED BY (bucket(16, id)) LOCATION 's3://b/i/' "
            "TBLPROPERTIES ( 'format'='parquet', 'table_type' = 'iceberg')"
        ),
    ],
)
def test_iceberg_tables_are_refused_whatever_their_clauses(sql: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse_definition(sql)
    assert str(raised.value).startswith("NOT_SUPPORTED: The embedded Athena has no Iceberg tables")


def test_more_of_alter() -> None:
    assert parse_definition("ALTER SCHEMA d SET DBPROPERTIES ('a'='b')") == AlterDatabase(
        "d", {"a": "b"}
    )
    assert parse_definition(
        "ALTER TABLE t CHANGE COLUMN a b int COMMENT 'x' AFTER c"
    ) == AlterTable(
        ("t",),
        "change_column",
        columns=(ColumnDefinition("b", "int", "x"),),
        changed="a",
        place="c",
    )


# DROP COLUMN and RENAME COLUMN were here too: both are recorded on AWS, tests of statements have them.
def test_what_only_iceberg_tables_have_says_so() -> None:
    with pytest.raises(QueryError) as raised:
        parse_definition("ALTER TABLE t UNSET TBLPROPERTIES ('a')")
    assert "no Iceberg tables, which alone have ALTER TABLE" in str(raised.value)

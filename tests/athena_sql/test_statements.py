"""The files themselves: each is one statement that Athena's grammar has."""

from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from tests.athena_sql.conftest import SQL, Lake, ddl, definition

LANDING = ("customer_landing", "accelerometer_landing", "step_trainer_landing")
OURS = [*SQL.glob("*_landing.sql"), *SQL.glob("views/*.sql"), *SQL.glob("questions/*.sql")]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_parses_as_one_statement(path: Path) -> None:
    statements = [s for s in sqlglot.parse(path.read_text("utf-8"), dialect="athena") if s]
    assert len(statements) == 1
    kind = exp.Query if path.parent.name == "questions" else exp.Create
    assert isinstance(statements[0], kind)


def test_every_landing_table_has_its_ddl() -> None:
    assert {path.stem for path in SQL.glob("*_landing.sql")} == set(LANDING)


@pytest.mark.parametrize("table", LANDING)
def test_columns_types_and_comments_are_those_of_terraform(table: str, lake: Lake) -> None:
    made = lake.client("glue").get_table(DatabaseName="lake", Name=table)["Table"]
    storage = made["StorageDescriptor"]
    assert [
        {key.lower(): value for key, value in column.items()} for column in storage["Columns"]
    ] == definition(table)["columns"]
    assert made["PartitionKeys"] == []
    assert made["TableType"] == "EXTERNAL_TABLE"
    assert made["Parameters"]["classification"] == "json"
    assert storage["Location"] == f"s3://lake/{table}"  # Athena stores no last slash
    assert storage["SerdeInfo"]["SerializationLibrary"] == "org.openx.data.jsonserde.JsonSerDe"
    assert storage["SerdeInfo"]["Parameters"]["ignore.malformed.json"] == "true"


@pytest.mark.parametrize("table", LANDING)
def test_rows_are_read(table: str, lake: Lake) -> None:
    assert lake.query(f"SELECT count(*) FROM {table}")[1] == [str(lake.data.counts[table])]
    key = "email" if table == "customer_landing" else definition(table)["columns"][0]["name"]
    nulls = lake.query(f'SELECT count(*) FROM {table} WHERE "{key}" IS NULL')
    assert nulls[1] == ["0"]


def test_ddl_can_be_run_again(lake: Lake) -> None:
    lake.query(ddl("customer_landing", "lake"))
    assert lake.query("SELECT count(*) FROM customer_landing")[1] == ["956"]


def test_malformed_line_reads_as_a_row_of_nulls(lake: Lake) -> None:
    lake.client("s3").put_object(
        Bucket="lake",
        Key="broken/step_trainer_landing/a.json",
        Body=b'{"sensorReadingTime":1,"serialNumber":"a","distanceFromObject":201}\n'
        b'{"sensorReadingTime":2,"serialNumber":\n',
    )
    statement = ddl("step_trainer_landing", bucket="lake/broken")
    lake.query(statement.replace("EXISTS step_trainer_landing", "EXISTS step_trainer_broken"))
    rows = lake.query("SELECT * FROM step_trainer_broken ORDER BY sensorreadingtime")
    assert rows[1:] == [["1", "a", "201"], [None, None, None]]


def test_view_is_the_training_set_without_mixed_rows(lake: Lake) -> None:
    view = "machine_learning_curated_by_customer"
    assert lake.query(f"SELECT count(*) FROM {view}")[1] == ["40981"]
    mixed = lake.query(
        f"SELECT count(*) FROM {view} WHERE serialnumber <> accelerometer_serialnumber"
    )
    assert mixed[1] == ["0"]
    defined = definition("machine_learning_curated")["columns"]
    assert lake.query(f"SELECT * FROM {view} LIMIT 0")[0] == [c["name"] for c in defined]

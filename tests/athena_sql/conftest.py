"""A sandbox whose Athena has all tables of a landing folder, made without Spark."""

import io
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandbox import environment
from sandbox.landing_data import LandingData, generate
from sandbox.server.application import Sandbox
from tests import oracle

ROOT = Path(__file__).resolve().parents[2]
SQL = ROOT / "athena_sql"
_TYPES = {
    "string": pa.string(),
    "bigint": pa.int64(),
    "int": pa.int32(),
    "double": pa.float64(),
}


@dataclass(frozen=True)
class Lake:
    """Athena over the tables of `data`. The bucket and the database have the lake's name."""

    name: str
    endpoint_url: str
    data: LandingData

    def client(self, service: str) -> Any:
        return environment.client(service, self.endpoint_url)

    def query(self, sql: str) -> list[list[str | None]]:
        """The rows that the query gives, the names of its columns first."""
        athena = self.client("athena")
        started = athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": self.name},
            ResultConfiguration={"OutputLocation": f"s3://{self.name}/results/"},
        )
        query_id = {"QueryExecutionId": started["QueryExecutionId"]}
        while True:
            status = athena.get_query_execution(**query_id)["QueryExecution"]["Status"]
            if status["State"] not in {"QUEUED", "RUNNING"}:
                break
            time.sleep(0.02)
        assert status["State"] == "SUCCEEDED", status["StateChangeReason"]
        results = athena.get_query_results(**query_id)["ResultSet"]["Rows"]
        return [[cell.get("VarCharValue") for cell in row["Data"]] for row in results]


def definition(table: str) -> dict[str, Any]:
    """The table as Terraform defines it."""
    text = (ROOT / "terraform" / "tables" / f"{table}.json").read_text(encoding="utf-8")
    defined: dict[str, Any] = json.loads(text)
    return defined


def ddl(name: str, bucket: str) -> str:
    """A landing table's statement for a bucket."""
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    return Template(text).substitute(landing_bucket=bucket)


@pytest.fixture(scope="module")
def endpoint_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Sandbox(state_dir=tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox.endpoint_url


@pytest.fixture(scope="module")
def lake(endpoint_url: str, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return _fill(Lake("lake", endpoint_url, generate(tmp_path_factory.mktemp("landing"))))


@pytest.fixture(scope="module")
def contested_lake(endpoint_url: str, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    data = generate(tmp_path_factory.mktemp("landing"), duplicate_serials=30)
    return _fill(Lake("contested", endpoint_url, data))


def _fill(lake: Lake) -> Lake:
    lake.client("s3").create_bucket(Bucket=lake.name)
    lake.client("glue").create_database(DatabaseInput={"Name": lake.name})
    for source in ("customer", "accelerometer", "step_trainer"):
        _load_landing(lake, source)
    tables = oracle.lakehouse(lake.data.path)
    for path in sorted((ROOT / "terraform" / "tables").glob("*.json")):
        if definition(path.stem)["zone"] != "landing":
            _load_parquet(lake, path.stem, list(tables[path.stem].elements()))
    for view in sorted((SQL / "views").glob("*.sql")):
        lake.query(view.read_text(encoding="utf-8"))
    return lake


def _load_landing(lake: Lake, source: str) -> None:
    for file in (lake.data.path / source).iterdir():
        lake.client("s3").upload_file(str(file), lake.name, f"{source}_landing/{file.name}")
    lake.query(ddl(f"{source}_landing", lake.name))


def _load_parquet(lake: Lake, table: str, rows: list[oracle.Row]) -> None:
    columns = definition(table)["columns"]
    arrow = pa.table(
        {
            column["name"]: pa.array([row[i] for row in rows], _TYPES[column["type"]])
            for i, column in enumerate(columns)
        }
    )
    content = io.BytesIO()
    pq.write_table(arrow, content, compression="snappy")
    lake.client("s3").put_object(
        Bucket=lake.name, Key=f"{table}/part-0.snappy.parquet", Body=content.getvalue()
    )
    names = ",\n".join(f"`{column['name']}` {column['type']}" for column in columns)
    lake.query(
        f"CREATE EXTERNAL TABLE {table} ({names}) STORED AS PARQUET "
        f"LOCATION 's3://{lake.name}/{table}/' TBLPROPERTIES ('parquet.compression' = 'SNAPPY')"
    )

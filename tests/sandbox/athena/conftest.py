"""An Athena engine over moto's Glue and S3, in this process."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from sandbox.athena.engine import Engine, Session, StatementResult
from sandbox.athena.errors import QueryError

OPENX = "org.openx.data.jsonserde.JsonSerDe"
HIVE_JSON = "org.apache.hive.hcatalog.data.JsonSerDe"
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
REGEX = "org.apache.hadoop.hive.serde2.RegexSerDe"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
ORC = "org.apache.hadoop.hive.ql.io.orc.OrcSerde"
BUCKET = "athena-data"

Row = list[str | None]


@dataclass
class Lake:
    """Tables in a database `lake`, and queries of them."""

    glue: Any
    s3: Any
    engine: Engine

    def put(self, key: str, body: bytes | str) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def table(
        self,
        name: str,
        columns: str,
        *,
        serde: str = OPENX,
        properties: Mapping[str, str] | None = None,
        parameters: Mapping[str, str] | None = None,
        keys: str = "",
        input_format: str = "",
        lines: Iterable[object] | None = None,
    ) -> None:
        """Make a table of `name type` pairs; `lines` become its one JSON file."""
        if lines is not None:
            self.put(f"{name}/data.json", "".join(json.dumps(line) + "\n" for line in lines))
        self.glue.create_table(
            DatabaseName="lake",
            TableInput={
                "Name": name,
                "TableType": "EXTERNAL_TABLE",
                "Parameters": dict(parameters or {}),
                "PartitionKeys": _columns(keys),
                "StorageDescriptor": {
                    "Columns": _columns(columns),
                    "Location": f"s3://{BUCKET}/{name}/",
                    "InputFormat": input_format,
                    "SerdeInfo": {
                        "SerializationLibrary": serde,
                        "Parameters": dict(properties or {}),
                    },
                },
            },
        )

    def run(self, sql: str, **session: Any) -> StatementResult:
        statement = self.engine.parse(sql, session.pop("parameters", ()))
        session = {"database": "lake", "output": f"s3://{BUCKET}/output", **session}
        return self.engine.run(statement, Session(**session))

    def rows(self, sql: str, **session: Any) -> list[Row]:
        return [list(row) for row in self.run(sql, **session).rows]

    def value(self, sql: str) -> str | None:
        return self.rows(sql)[0][0]

    def names(self, sql: str) -> list[str]:
        return [column.name for column in self.run(sql).columns]

    def types(self, sql: str) -> list[str]:
        return [column.type for column in self.run(sql).columns]

    def error(self, sql: str, **session: Any) -> str:
        with pytest.raises(QueryError) as raised:
            self.rows(sql, **session)
        return str(raised.value)


def _columns(text: str) -> list[dict[str, str]]:
    pairs: Sequence[Sequence[str]] = [part.split(" ", 1) for part in text.split("; ") if part]
    return [{"Name": name, "Type": kind} for name, kind in pairs]


@cache
def _client(service: str) -> Any:
    session = boto3.Session("testing", "testing", "testing", "us-east-1")
    # moto intercepts AWS's own addresses only, whatever the environment names.
    made: Any = session.client(  # type: ignore[call-overload]
        service, endpoint_url=f"https://{service}.us-east-1.amazonaws.com"
    )
    return made


@contextmanager
def open_lake(folder: Path) -> Iterator[Lake]:
    """Open an empty lake; its clients work whatever the environment is."""
    with mock_aws():
        glue, s3 = _client("glue"), _client("s3")
        s3.create_bucket(Bucket=BUCKET)
        glue.create_database(DatabaseInput={"Name": "lake"})
        engine = Engine(glue, s3, folder / "tables")
        yield Lake(glue, s3, engine)
        engine.close()


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with open_lake(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """A lake for a module's tests that only read."""
    with open_lake(tmp_path_factory.mktemp("lake")) as opened:
        yield opened

"""The whole lakehouse on a sandbox, without Spark.

Tables are as Terraform makes them, data is from a
landing folder, results are from the oracle, and job runs end as they are told.
"""

import base64
import io
import json
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sandbox import environment
from sandbox.glue.execution.job_process import RunResult
from sandbox.server.application import Sandbox
from tests import oracle

PROJECT = Path(__file__).parents[2]
DATABASE = "stedi"
WORKGROUP = "stedi-test"
ZONES = ("landing", "trusted", "curated")
BUCKETS = {zone: f"stedi-{zone}-test" for zone in (*ZONES, "assets", "athena-results")}
RESULTS = f"s3://{BUCKETS['athena-results']}/query-results/"
# In the order in which the jobs make them, so that nothing is older than its source.
DERIVED = (
    "customer_trusted",
    "accelerometer_trusted",
    "customers_curated",
    "step_trainer_trusted",
    "machine_learning_curated",
)
VIEW = "machine_learning_curated_by_customer"
_TYPES = {"string": pa.string(), "bigint": pa.int64(), "int": pa.int32(), "double": pa.float64()}

Row = tuple[Any, ...]


class ToldProcess:
    """A job's script that ends at once, as `failing` says."""

    failing: Mapping[str, str] = {}

    def __init__(
        self,
        script: Path,
        arguments: Mapping[str, str],
        work_dir: Path,
        environment: Mapping[str, str],
        command: str,
    ) -> None:
        self._job = arguments["--JOB_NAME"]

    def start(self) -> None:
        pass

    def wait(self) -> RunResult:
        error = self.failing.get(self._job)
        return RunResult(succeeded=error is None, error_message=error)

    def kill(self) -> None:
        pass


class Lakehouse:
    """A running sandbox with everything in it; `restore` undoes what a test did to it."""

    def __init__(self, sandbox: Sandbox, landing: Path) -> None:
        self.environment = sandbox.environment
        self.s3 = environment.client("s3", sandbox.endpoint_url)
        self.glue = environment.client("glue", sandbox.endpoint_url)
        athena = environment.client("athena", sandbox.endpoint_url)
        self.tables = oracle.lakehouse(landing)
        self._landing = {
            f"{source.name}_landing/{file.name}": file.read_bytes()
            for source in sorted(landing.iterdir())
            if source.is_dir()
            for file in sorted(source.iterdir())
        }
        self._parquet = {
            (name, f"part-{number}.parquet"): self.parquet(name, rows)
            for name in DERIVED
            for number, rows in enumerate(_parts(list(self.tables[name].elements())))
        }
        for bucket in BUCKETS.values():
            self.s3.create_bucket(Bucket=bucket)
        athena.create_work_group(
            Name=WORKGROUP,
            Configuration={
                "EnforceWorkGroupConfiguration": True,
                "ResultConfiguration": {"OutputLocation": RESULTS},
            },
        )
        self.glue.create_database(DatabaseInput={"Name": DATABASE})
        for name in (*self.definitions(), VIEW):
            self.glue.create_table(DatabaseName=DATABASE, TableInput=self.table_input(name))
        self.restore_objects()
        self.jobs_touched = False
        self._create_jobs()

    @staticmethod
    def definitions() -> list[str]:
        return [path.stem for path in sorted((PROJECT / "terraform" / "tables").glob("*.json"))]

    @staticmethod
    def jobs() -> list[str]:
        return [path.stem for path in sorted((PROJECT / "glue_studio_json").glob("*.json"))]

    def flags(self) -> list[str]:
        return ["--database", DATABASE, "--workgroup", WORKGROUP, "--environment", "test"]

    def location(self, name: str) -> str:
        return f"s3://{BUCKETS[_definition(name)['zone']]}/{name}/"

    def table_input(self, name: str) -> dict[str, Any]:
        """As terraform/modules/catalog makes it."""
        return (
            _view_input() if name == VIEW else stored(name, _definition(name), self.location(name))
        )

    def parquet(self, name: str, rows: Sequence[Row]) -> bytes:
        columns = oracle.COLUMNS[name]
        types = {column["name"]: column["type"] for column in _definition(name)["columns"]}
        table = pa.table(
            {
                column: pa.array([row[index] for row in rows], type=_TYPES[types[column]])
                for index, column in enumerate(columns)
            }
        )
        buffer = io.BytesIO()
        pq.write_table(table, buffer, compression="snappy")
        return buffer.getvalue()

    def rows(self, name: str) -> list[Row]:
        return sorted(self.tables[name].elements(), key=repr)

    def replace_rows(self, name: str, rows: Sequence[Row]) -> None:
        """Write other rows, and after them every table that is made later."""
        self.empty(name)
        self.put(name, "part-0.parquet", self.parquet(name, rows))
        self.rewrite_after(name)

    def empty(self, name: str) -> None:
        bucket = BUCKETS[_definition(name)["zone"]]
        for item in self.s3.list_objects_v2(Bucket=bucket, Prefix=f"{name}/").get("Contents", ()):
            self.s3.delete_object(Bucket=bucket, Key=item["Key"])

    def delete(self, name: str, key: str) -> None:
        self.s3.delete_object(Bucket=BUCKETS[_definition(name)["zone"]], Key=f"{name}/{key}")

    def rewrite_after(self, name: str) -> None:
        """Write again what the jobs would write after this table; all, if it has landed."""
        later = DERIVED[DERIVED.index(name) + 1 :] if name in DERIVED else DERIVED
        for (table, key), body in self._parquet.items():
            if table in later:
                self.put(table, key, body)

    def put(self, name: str, key: str, body: bytes) -> None:
        self.s3.put_object(
            Bucket=BUCKETS[_definition(name)["zone"]], Key=f"{name}/{key}", Body=body
        )

    def landed(self, name: str) -> dict[str, bytes]:
        """The files of a landing table, by name within it."""
        return {
            key.removeprefix(f"{name}/"): body
            for key, body in self._landing.items()
            if key.startswith(f"{name}/")
        }

    def update_table(self, name: str, table: Mapping[str, Any]) -> None:
        self.glue.update_table(DatabaseName=DATABASE, TableInput=dict(table))

    def run(self, job: str) -> None:
        """Run a job to its end; ToldProcess.failing says how it ends."""
        run_until_ended(self.glue, job)

    def expectations(self, folder: Path) -> Path:
        """A file of what the oracle says of this data."""
        counts = oracle.counts(self.tables)
        pairs = counts["machine_learning_curated"] - counts[VIEW]
        path = folder / "expectations.toml"
        lines = [f"{name} = {rows}" for name, rows in counts.items()]
        seed = (PROJECT / "athena_sql" / "expectations.toml").read_text()
        path.write_text(
            "\n".join(
                [
                    "version = 1",
                    "[counts]",
                    *lines,
                    "[accepted]",
                    f'"pairs.two_customers" = {pairs}',
                    seed[seed.index("[privacy]") :],
                ]
            )
        )
        return path

    def empty_bucket(self, bucket: str) -> None:
        # Page by page: after a thousand queries their results are more than one listing.
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            if found := [{"Key": item["Key"]} for item in page.get("Contents", ())]:
                self.s3.delete_objects(Bucket=bucket, Delete={"Objects": found})

    def restore_objects(self) -> None:
        for zone in ZONES:
            self.empty_bucket(BUCKETS[zone])
        for key, body in self._landing.items():
            self.s3.put_object(Bucket=BUCKETS["landing"], Key=key, Body=body)
        for (name, key), body in self._parquet.items():
            self.put(name, key, body)

    def restore(self) -> None:
        """Make everything again as it was, in the order in which the jobs would."""
        self.restore_objects()
        for name in (*self.definitions(), VIEW):
            self.update_table(name, self.table_input(name))
        if self.jobs_touched:
            for job in self.jobs():
                self.glue.delete_job(JobName=job)
            self._create_jobs()
            self.jobs_touched = False

    def _create_jobs(self) -> None:
        for name in self.jobs():
            job = json.loads((PROJECT / "glue_studio_json" / f"{name}.json").read_text())
            script = f"s3://{BUCKETS['assets']}/scripts/{name}.py"
            self.glue.create_job(
                **job | {"Command": job["Command"] | {"ScriptLocation": script}},
                Role="arn:aws:iam::123456789012:role/stedi",
            )
            self.run(name)


def run_until_ended(glue: Any, job: str) -> None:
    run_id = glue.start_job_run(JobName=job)["JobRunId"]
    while True:
        state = glue.get_job_run(JobName=job, RunId=run_id)["JobRun"]["JobRunState"]
        if state in {"SUCCEEDED", "FAILED", "ERROR", "TIMEOUT", "STOPPED"}:
            return
        time.sleep(0.02)


def stored(name: str, definition: Mapping[str, Any], location: str) -> dict[str, Any]:
    """The TableInput of a table that has a definition."""
    is_json = definition["format"] == "json"
    library = (
        "org.openx.data.jsonserde.JsonSerDe"
        if is_json
        else "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    )
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "classification": definition["format"]},
        "StorageDescriptor": {
            "Columns": [
                {"Name": column["name"], "Type": column["type"]} for column in definition["columns"]
            ],
            "Location": location,
            "InputFormat": "org.apache.hadoop.mapred.TextInputFormat"
            if is_json
            else "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "SerdeInfo": {
                "SerializationLibrary": library,
                "Parameters": {"ignore.malformed.json": "true"} if is_json else {},
            },
        },
    }


def _definition(name: str) -> Mapping[str, Any]:
    definition: Mapping[str, Any] = json.loads(
        (PROJECT / "terraform" / "tables" / f"{name}.json").read_text()
    )
    return definition


def _parts(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Two files a table; the second has some rows of every customer, all of none."""
    return [row for index, row in enumerate(rows) if index % 8], rows[::8]


def _view_input() -> dict[str, Any]:
    view = json.loads((PROJECT / "terraform" / "views" / f"{VIEW}.json").read_text())
    statement = (PROJECT / "athena_sql" / "views" / f"{VIEW}.sql").read_text()
    found = re.search(r"\bAS\s+(SELECT.*)", statement, re.DOTALL)
    assert found
    columns = [
        {
            "name": column["name"],
            "type": {"int": "integer", "string": "varchar"}.get(column["type"], column["type"]),
        }
        for column in view["columns"]
    ]
    return view_input(found[1].strip(), columns)


def view_input(sql: str, columns: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """A view as Athena keeps it."""
    document = {
        "originalSql": sql,
        "catalog": "awsdatacatalog",
        "schema": DATABASE,
        "columns": list(columns),
    }
    encoded = base64.b64encode(json.dumps(document).encode()).decode()
    hive = {"integer": "int", "varchar": "string"}
    return {
        "Name": VIEW,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "ViewOriginalText": f"/* Presto View: {encoded} */",
        "ViewExpandedText": "/* Presto View */",
        "StorageDescriptor": {
            "Columns": [
                {"Name": column["name"], "Type": hive.get(column["type"], column["type"])}
                for column in columns
            ],
        },
    }

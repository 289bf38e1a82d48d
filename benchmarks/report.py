# ruff: noqa: INP001 - a program of its own, in no package
"""What the report's queries read and take, and what they would read of the same tables kept as JSON.

Run from the root of the project: `python benchmarks/report.py [SCALE …]` (1 and 10 by default). DuckDB
makes the tables of generated landing data as the jobs do, once as Parquet with Snappy and once as JSON
lines; a sandbox of its own answers the queries, all at once. Bytes are those that Athena says it scanned
(the sandbox reads a table once a query, AWS each time it is named).
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import duckdb
import jobs

from common.project import PROJECT
from sandbox import environment
from sandbox.landing_data import generate
from sandbox.server.application import Sandbox
from validation import checks, pipeline
from validation.facts.questions import Questions

_DEPLOYED, _JSON = "as_deployed", "as_json"


def main() -> None:
    """Print two lines a scale."""
    print(f"{'scale':>5}  {'tables':<12} {'MB scanned':>11} {'wall s':>7}")
    for scale in [int(text) for text in sys.argv[1:]] or [1, 10]:
        with (
            tempfile.TemporaryDirectory() as folder,
            Sandbox(state_dir=Path(folder) / "state") as sandbox,
        ):
            _make_tables(sandbox, Path(folder), scale)
            read = {}
            for database in (_DEPLOYED, _JSON):
                read[database], wall = _ask(sandbox, database)
                print(f"{scale:>5}  {database:<12} {read[database] / 1e6:>11,.1f} {wall:>7.1f}")
        print(f"{'':>5}  {'ratio':<12} {read[_DEPLOYED] / read[_JSON]:>11.3f}")


def _make_tables(sandbox: Sandbox, folder: Path, scale: int) -> None:
    data = generate(folder / "landing", scale=scale)
    connection = duckdb.connect()
    jobs.read_landing(connection, data)
    made = {f"{source}_landing": f"FROM {source}_landing" for source in jobs.SOURCES}
    for name, query in {**made, **jobs.QUERIES}.items():
        connection.execute(f"CREATE OR REPLACE TABLE {name}_made AS {query}")
        connection.execute(f"CREATE OR REPLACE VIEW {name} AS FROM {name}_made")
    s3 = environment.client("s3", sandbox.endpoint_url)
    glue = environment.client("glue", sandbox.endpoint_url)
    s3.create_bucket(Bucket=jobs.BUCKET)
    for database in (_DEPLOYED, _JSON):
        glue.create_database(DatabaseInput={"Name": database})
        for file in sorted((PROJECT / "terraform" / "tables").glob("*.json")):
            kind = "json" if database == _JSON else json.loads(file.read_text())["format"]
            place = f"{database}/{file.stem}"
            jobs.make_table(sandbox, database, file.stem, kind, place)
            paths = [folder / f"{file.stem}.{kind}"]
            if kind == "json" and database == _DEPLOYED:
                paths = sorted((data.path / file.stem.removesuffix("_landing")).iterdir())
            elif kind == "json":
                connection.execute(f"COPY {file.stem} TO '{paths[0]}' (FORMAT json)")
            else:
                connection.execute(
                    f"COPY {file.stem} TO '{paths[0]}' (FORMAT parquet, COMPRESSION snappy)"
                )
            for path in paths:
                s3.upload_file(str(path), jobs.BUCKET, f"{place}/{path.name}")
        for view in pipeline.load(PROJECT).views.values():
            _run(sandbox, database, [f"CREATE VIEW {view.name} AS {view.sql}"])
    connection.close()


def _ask(sandbox: Sandbox, database: str) -> tuple[int, float]:
    """The bytes and seconds of all that a report asks."""
    project = pipeline.load(PROJECT)
    questions = Questions.of(
        project,
        project.in_order(()),
        checks.load_checks(PROJECT / "athena_sql" / "checks"),
    )
    started = time.perf_counter()
    read = _run(
        sandbox, database, [bundle.sql for bundle in questions.bundles(lambda _: True, {}, None)]
    )
    return read, time.perf_counter() - started


def _run(sandbox: Sandbox, database: str, statements: list[str]) -> int:
    """Bytes that statements scan, which run side by side."""
    athena = environment.client("athena", sandbox.endpoint_url)
    started = [
        athena.start_query_execution(
            QueryString=statement,
            QueryExecutionContext={"Database": database},
            ResultConfiguration={"OutputLocation": f"s3://{jobs.BUCKET}/results/"},
        )["QueryExecutionId"]
        for statement in statements
    ]
    return sum(_ended(athena, query)["DataScannedInBytes"] for query in started)


def _ended(athena: Any, query: str) -> Any:
    while True:
        found = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
        if found["Status"]["State"] == "SUCCEEDED":
            return found["Statistics"]
        if found["Status"]["State"] in {"FAILED", "CANCELLED"}:
            sys.exit(f"{found['Status'].get('StateChangeReason')}\n{found['Query']}")
        time.sleep(0.05)


if __name__ == "__main__":
    main()

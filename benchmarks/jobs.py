# ruff: noqa: INP001, S608 - a program of its own, in no package, whose queries are its own
"""The five jobs beside DuckDB, which makes the same tables of the same files in the same run.

Run from the root of the project: `python benchmarks/jobs.py [SCALE …]` (1 and 10 by default). A
sandbox of its own runs the jobs, quality rules and all, on generated landing data; DuckDB reads the
same JSON with the same columns and writes Parquet with Snappy. Processor time is user and system of
all processes of a job, "above" what it needs beyond a job that only starts Spark. The rows of both
are compared with those that the generator knows. Of two rounds (one from scale 100 on) the best counts.
"""

import ctypes
import json
import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import duckdb
import empty_job

from common.project import PROJECT
from sandbox import environment
from sandbox.landing_data import LandingData, generate
from sandbox.server.application import Sandbox

_JOBS = (
    "customer_trusted",
    "accelerometer_trusted",
    "customers_curated",
    "step_trainer_trusted",
    "machine_learning_curated",
)
SOURCES = ("customer", "accelerometer", "step_trainer")
BUCKET = "lakehouse"
# Keys as the files have them: DuckDB minds the case.
_KEYS = [
    "customerName",
    "birthDay",
    "serialNumber",
    "registrationDate",
    "lastUpdateDate",
    "sensorReadingTime",
    "shareWithResearchAsOfDate",
    "shareWithPublicAsOfDate",
    "shareWithFriendsAsOfDate",
    "distanceFromObject",
]
_LARGE = 100  # the scale from which one round is enough
_SERDES = {
    "json": "org.openx.data.jsonserde.JsonSerDe",
    "parquet": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
}
QUERIES = {
    "customer_trusted": "FROM customer_landing WHERE sharewithresearchasofdate IS NOT NULL",
    "accelerometer_trusted": (
        'FROM accelerometer_landing WHERE "user" IN (SELECT email FROM customer_trusted)'
    ),
    "customers_curated": (
        "SELECT DISTINCT * FROM customer_trusted WHERE (email, serialnumber) IN ("
        'SELECT a."user", s.serialnumber FROM accelerometer_trusted a '
        "JOIN step_trainer_landing s ON s.sensorreadingtime = a.timestamp)"
    ),
    "step_trainer_trusted": (
        "FROM step_trainer_landing "
        "WHERE serialnumber IN (SELECT serialnumber FROM customers_curated)"
    ),
    "machine_learning_curated": (
        "SELECT s.*, a.x, a.y, a.z, c.serialnumber AS accelerometer_serialnumber "
        "FROM step_trainer_trusted s JOIN accelerometer_trusted a "
        'ON a.timestamp = s.sensorreadingtime LEFT JOIN customers_curated c ON c.email = a."user"'
    ),
}


@dataclass(frozen=True)
class _Taken:
    """Seconds of processor and of the clock."""

    cpu: float
    wall: float


def main() -> None:
    """Print a table a scale."""
    scales = [int(text) for text in sys.argv[1:]] or [1, 10]
    ctypes.CDLL(None).prctl(empty_job.SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for scale in scales:
        with tempfile.TemporaryDirectory() as folder:
            _measure(scale, Path(folder))


def _measure(scale: int, folder: Path) -> None:
    data = generate(folder / "landing", scale=scale)
    rounds = 1 if scale >= _LARGE else 2
    with Sandbox(state_dir=folder / "state") as sandbox:
        _set_up(sandbox, data)
        jobs: dict[str, _Taken] = {}
        empty_job.run(sandbox, "empty", {})  # fills the caches of the disk
        for _ in range(rounds):
            for name in ("empty", *_JOBS):
                wall, cpu = empty_job.run(sandbox, name, {})
                jobs[name] = min(jobs.get(name, _Taken(cpu, wall)), _Taken(cpu, wall), key=_cpu)
        duck = _duck(data, folder / "duck", rounds)
        _compare_rows(sandbox, data, folder)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nscale {scale}; the largest process so far took {peak:,.0f} MB")
    print(f"{'':<26} {'cpu s':>7} {'wall s':>7} {'above s':>8} {'DuckDB s':>9} {'ratio':>6}")
    empty = jobs.pop("empty")
    print(f"{'empty':<26} {empty.cpu:>7.2f} {empty.wall:>7.2f}")
    for name, taken in jobs.items():
        above = taken.cpu - empty.cpu
        print(
            f"{name:<26} {taken.cpu:>7.2f} {taken.wall:>7.2f} {above:>8.2f} "
            f"{duck[name].cpu:>9.3f} {above / duck[name].cpu:>6.1f}"
        )
    cpu, wall, floor = (
        sum(column)
        for column in zip(*((t.cpu, t.wall, duck[n].cpu) for n, t in jobs.items()), strict=True)
    )
    above = cpu - len(jobs) * empty.cpu
    print(f"{'all':<26} {cpu:>7.2f} {wall:>7.2f} {above:>8.2f} {floor:>9.3f} {above / floor:>6.1f}")


def _cpu(taken: _Taken) -> float:
    return taken.cpu


def _set_up(sandbox: Sandbox, data: LandingData) -> None:
    """Tables, landing data and jobs, as a deployment makes them."""
    s3 = environment.client("s3", sandbox.endpoint_url)
    glue = environment.client("glue", sandbox.endpoint_url)
    empty_job.make_job(sandbox)
    s3.create_bucket(Bucket=BUCKET)
    glue.create_database(DatabaseInput={"Name": "stedi"})
    for file in sorted((PROJECT / "terraform" / "tables").glob("*.json")):
        make_table(sandbox, "stedi", file.stem, json.loads(file.read_text())["format"], file.stem)
    for source in SOURCES:
        for file in sorted((data.path / source).iterdir()):
            s3.upload_file(str(file), BUCKET, f"{source}_landing/{file.name}")
    for name in _JOBS:
        s3.upload_file(str(PROJECT / "glue_scripts" / f"{name}.py"), BUCKET, f"scripts/{name}.py")
        empty_job.create_job(sandbox, name, f"s3://{BUCKET}/scripts/{name}.py")


def make_table(sandbox: Sandbox, database: str, name: str, kind: str, place: str) -> None:
    """Define a table of the project in a format of one's own, at a place in the bucket."""
    environment.client("glue", sandbox.endpoint_url).create_table(
        DatabaseName=database,
        TableInput={
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"classification": kind},
            "StorageDescriptor": {
                "Columns": [{"Name": c["name"], "Type": c["type"]} for c in _columns(name)],
                "Location": f"s3://{BUCKET}/{place}/",
                "SerdeInfo": {"SerializationLibrary": _SERDES[kind]},
            },
        },
    )


def _columns(table: str) -> list[dict[str, str]]:
    file = PROJECT / "terraform" / "tables" / f"{table}.json"
    columns: list[dict[str, str]] = json.loads(file.read_text())["columns"]
    return columns


def _duck(data: LandingData, folder: Path, rounds: int) -> Mapping[str, _Taken]:
    """What each table takes in one DuckDB, whose tables are files too."""
    folder.mkdir()
    taken: dict[str, _Taken] = {}
    connection = duckdb.connect(config={"threads": 2})
    read_landing(connection, data)
    for _ in range(rounds):
        for name, query in QUERIES.items():
            file = folder / f"{name}.parquet"
            before = _now()
            connection.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet, COMPRESSION snappy)")
            after = _now()
            connection.execute(f"CREATE OR REPLACE VIEW {name} AS FROM '{file}'")
            found = _Taken(after.cpu - before.cpu, after.wall - before.wall)
            taken[name] = min(taken.get(name, found), found, key=_cpu)
    connection.close()
    return taken


def read_landing(connection: duckdb.DuckDBPyConnection, data: LandingData) -> None:
    """Make views of the landing files, in the columns that their tables declare."""
    spelled = {key.lower(): key for key in _KEYS}
    for source in SOURCES:
        columns = {
            spelled.get(column["name"], column["name"]): column["type"].replace("string", "varchar")
            for column in _columns(f"{source}_landing")
        }
        connection.execute(
            f"CREATE VIEW {source}_landing AS FROM read_json('{data.path}/{source}/*', "
            f"format='newline_delimited', columns={columns})"
        )


def _now() -> _Taken:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return _Taken(used.ru_utime + used.ru_stime, time.perf_counter())


def _compare_rows(sandbox: Sandbox, data: LandingData, folder: Path) -> None:
    """Both sides' tables row by row as multisets, and their counts with the generator's."""
    s3 = environment.client("s3", sandbox.endpoint_url)
    for name in _JOBS:
        mine = folder / name
        mine.mkdir()
        listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{name}/").get("Contents", [])
        for number, item in enumerate(listed):
            s3.download_file(BUCKET, item["Key"], str(mine / f"{number}.parquet"))
        ours, theirs = f"'{mine}/*.parquet'", f"'{folder}/duck/{name}.parquet'"
        columns = ", ".join(f'"{column["name"]}"' for column in _columns(name))
        ours = f"SELECT {columns} FROM '{mine}/*.parquet'"
        theirs = f"SELECT {columns} FROM '{folder}/duck/{name}.parquet'"
        (rows, different) = duckdb.execute(
            f"WITH ours AS ({ours}), theirs AS ({theirs}), different AS ("
            "(FROM ours EXCEPT ALL FROM theirs) UNION ALL (FROM theirs EXCEPT ALL FROM ours)) "
            "SELECT (SELECT count(*) FROM ours), (SELECT count(*) FROM different)"
        ).fetchall()[0]
        size = sum(item["Size"] for item in listed) / 1e6
        print(f"{name}: {rows:,} rows in {len(listed)} files of {size:,.1f} MB")
        if rows != data.counts[name] or different:
            sys.exit(
                f"{name}: {rows} rows, not {data.counts[name]}, of which {different} differ from DuckDB's."
            )


if __name__ == "__main__":
    main()

# ruff: noqa: INP001, S608 - a program of its own, in no package, whose queries are made of numbers
"""Time of 200 Athena queries against the embedded engine, over small tables.

Run from the root of the project: `python benchmarks/athena.py`. Each query is parsed, run and its
rows read; Glue and S3 are moto's, in this process. Times are in milliseconds; of three rounds over
fresh tables, each query's best counts. Queries whose first reading of an object is measured (scan)
have tables of their own.
"""

import gzip
import io
import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
from moto import mock_aws

from sandbox.athena.engine import Engine, Session

_ROUNDS = 3
_BUCKET = "benchmark"
_SESSION = Session(database="shop", output=f"s3://{_BUCKET}/output")
_OPENX = "org.openx.data.jsonserde.JsonSerDe"
_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
_TEXT = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','"
_COLUMNS = "id int, customer bigint, amount double, day string"
_ROWS = [
    {"id": n, "customer": n % 50, "amount": n / 7, "day": f"2024-01-{n % 28 + 1:02d}"}
    for n in range(2000)
]


def main() -> None:
    """Print the table."""
    best: dict[str, list[float]] = {}
    for _ in range(_ROUNDS):
        with mock_aws(), tempfile.TemporaryDirectory() as folder:
            for number, (kind, seconds) in enumerate(_round(Path(folder))):
                known = best.setdefault(f"{kind} {number}", [])
                known.append(seconds * 1000)
    kinds: dict[str, list[float]] = defaultdict(list)
    for name, times in best.items():
        kinds[name.split()[0]].append(min(times))
    print(f"{'queries':>7}  {'kind':<10}  {'median':>7}  {'total':>8}")
    for kind, times in kinds.items():
        print(f"{len(times):>7}  {kind:<10}  {statistics.median(times):>7.1f}  {sum(times):>8.0f}")
    every = [one for times in kinds.values() for one in times]
    print(f"{len(every):>7}  {'all':<10}  {statistics.median(every):>7.1f}  {sum(every):>8.0f}")


def _round(folder: Path) -> Iterator[tuple[str, float]]:
    client = boto3.Session("testing", "testing", "testing", "us-east-1").client
    glue: Any = client("glue", endpoint_url="https://glue.us-east-1.amazonaws.com")
    s3: Any = client("s3", endpoint_url="https://s3.us-east-1.amazonaws.com")
    s3.create_bucket(Bucket=_BUCKET)
    glue.create_database(DatabaseInput={"Name": "shop"})
    _fill(s3)
    engine = Engine(glue, s3, folder)
    try:
        for statement in _tables():
            _run(engine, statement)
        for kind, sql in _queries():
            start = time.perf_counter()
            _run(engine, sql)
            yield kind, time.perf_counter() - start
    finally:
        engine.close()


def _run(engine: Any, sql: str) -> None:
    # A tree before statements were parsed at the door checks the text first, as its API did.
    parse = getattr(engine, "parse", None)
    if parse is None:
        engine.check_syntax(sql)
    outcome = engine.run(sql if parse is None else parse(sql), _SESSION)
    for _row in outcome.rows:
        pass


def _fill(s3: Any) -> None:
    lines = "".join(json.dumps(row) + "\n" for row in _ROWS).encode()
    text = "".join(",".join(map(str, row.values())) + "\n" for row in _ROWS).encode()
    sink = io.BytesIO()
    schema = pa.schema([("id", pa.int32()), ("customer", pa.int64())])
    schema = schema.append(pa.field("amount", pa.float64())).append(pa.field("day", pa.string()))
    pq.write_table(pa.Table.from_pylist(_ROWS, schema=schema), sink)
    people = "".join(
        json.dumps({"id": n, "name": f"n{n}", "tags": ["a", f"t{n % 5}"]}) + "\n" for n in range(50)
    )
    s3.put_object(Bucket=_BUCKET, Key="people/a.json", Body=people.encode())
    for number in range(9):
        s3.put_object(Bucket=_BUCKET, Key=f"json{number}/a.json.gz", Body=gzip.compress(lines))
        s3.put_object(Bucket=_BUCKET, Key=f"csv{number}/a.csv", Body=text)
        s3.put_object(Bucket=_BUCKET, Key=f"text{number}/a.csv", Body=text)
        s3.put_object(Bucket=_BUCKET, Key=f"parquet{number}/a.parquet", Body=sink.getvalue())
    for day in range(6):
        s3.put_object(Bucket=_BUCKET, Key=f"parts/day={day}/a.json", Body=lines)


def _tables() -> Iterator[str]:
    for number in range(9):
        for name, row_format in (
            ("json", f"ROW FORMAT SERDE '{_OPENX}'"),
            ("csv", f"ROW FORMAT SERDE '{_CSV}'"),
            ("text", _TEXT),
            ("parquet", "STORED AS PARQUET"),
        ):
            yield (
                f"CREATE EXTERNAL TABLE {name}{number} ({_COLUMNS}) {row_format} "
                f"LOCATION 's3://{_BUCKET}/{name}{number}/'"
            )
    yield (
        "CREATE EXTERNAL TABLE people (id int, name string, tags array<string>) "
        f"ROW FORMAT SERDE '{_OPENX}' LOCATION 's3://{_BUCKET}/people/'"
    )
    yield (
        "CREATE EXTERNAL TABLE parts (id int, customer bigint, amount double) "
        f"PARTITIONED BY (day int) ROW FORMAT SERDE '{_OPENX}' "
        f"LOCATION 's3://{_BUCKET}/parts/'"
    )
    yield "MSCK REPAIR TABLE parts"


def _queries() -> Iterator[tuple[str, str]]:
    for number in range(9):
        for name in ("json", "csv", "text", "parquet"):
            yield "scan", f"SELECT count(*), sum(amount) FROM {name}{number}"
    for number in range(40):
        yield (
            "literal",
            (
                f"SELECT {number} AS n, upper('a{number}'), date_add('day', {number}, "
                "DATE '2024-01-01'), "
                f"CAST('{number}' AS integer) / 3, coalesce(NULL, 'x')"
            ),
        )
    for number in range(30):
        table = ("json", "csv", "text", "parquet")[number % 4] + str(number % 9)
        yield (
            "select",
            f"SELECT id, day, round(amount, 2) FROM {table} WHERE id < {number * 10} ORDER BY id",
        )
    for number in range(24):
        yield (
            "join",
            (
                f"SELECT p.name, count(*) AS n FROM parquet{number % 9} o "
                f"JOIN people p ON o.customer = p.id WHERE o.id > {number} GROUP BY p.name"
            ),
        )
    for number in range(24):
        yield (
            "aggregate",
            (
                "WITH days AS (SELECT day, sum(amount) AS total, approx_percentile(amount, 0.5) m "
                f"FROM json{number % 9} GROUP BY day) "
                "SELECT day, total, rank() OVER (ORDER BY total DESC) AS place FROM days "
                f"WHERE total > {number}"
            ),
        )
    for number in range(12):
        yield (
            "unnest",
            f"SELECT id, tag FROM people CROSS JOIN UNNEST(tags) AS t(tag) LIMIT {number}",
        )
    for number in range(12):
        yield "partition", f"SELECT count(*) FROM parts WHERE day = {number % 6}"
    for number in range(6):
        yield "write", f"CREATE VIEW v{number} AS SELECT id, name FROM people WHERE id > {number}"
        yield "write", f"SELECT count(*) FROM v{number}"
        yield "write", f"CREATE TABLE made{number} AS SELECT id, amount FROM json{number}"
    yield "ddl", "SHOW TABLES"
    yield "ddl", "DESCRIBE people"
    yield "ddl", "SHOW PARTITIONS parts"
    yield "ddl", "DROP TABLE made0"


if __name__ == "__main__":
    main()

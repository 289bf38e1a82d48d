# ruff: noqa: INP001, S311, S608 - a program of its own, in no package, whose queries are its own
"""Scans of the embedded Athena beside DuckDB's own readers on the same files, and its memory.

Run from the root of the project: `python benchmarks/scans.py [MEGABYTES [FILES]]` (100 for each
kind of table by default, in one file). It starts a sandbox of its own and asks it as any client does. Of eight rounds,
each over new objects, the best time counts, Athena's as GetQueryExecution tells it. "cpu" compares
the processor time, which other work on the machine disturbs less.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import boto3
import duckdb

_ROUNDS = 8
_BUCKET = "scans"
_THREADS = 2
_QUERIES = 1000
_OPENX = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"
_HIVE = "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'"
_CSV = "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'"
_LAZY = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','"
_PATTERN = r'([^ ]*) - ([^ ]*) \[([^\]]*)\] "([^"]*)" ([0-9]*) ([0-9]*)'
_REGEX = (
    "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe' "
    f"WITH SERDEPROPERTIES ('input.regex'='{_PATTERN}')"
)
_FLAT = {"id": "bigint", "customer": "string", "amount": "double", "ok": "boolean", "day": "string"}
_DUCK = {"string": "VARCHAR", "int": "INTEGER"}
_SUMS = 'count(*), sum(id), max(customer), sum(amount), max("day")'


@dataclass(frozen=True)
class _Kind:
    """A kind of table.

    Attributes:
        line: writes a row.
        columns: of Athena's table.
        reader: DuckDB's, of PATH.
        sums: what is asked of Athena; of DuckDB too, unless `duck_sums` says otherwise.
    """

    name: str
    line: Callable[[int], str]
    columns: str
    row_format: str
    reader: str
    sums: str
    duck_sums: str = ""


def _kinds() -> list[_Kind]:
    flat = ", ".join(f"{name} {kind}" for name, kind in _FLAT.items())
    duck = {name: _DUCK.get(kind, kind.upper()) for name, kind in _FLAT.items()}
    address = "STRUCT(street VARCHAR, zip INTEGER, place STRUCT(lat DOUBLE, lon DOUBLE))"
    nested = duck | {
        "address": address,
        "tags": "VARCHAR[]",
        "items": "STRUCT(sku VARCHAR, price DOUBLE)[]",
        "notes": "MAP(VARCHAR, VARCHAR)",
    }
    nested_columns = (
        f"{flat}, address struct<street:string,zip:int,place:struct<lat:double,lon:double>>, "
        "tags array<string>, items array<struct<sku:string,price:double>>, notes map<string,string>"
    )
    nested_sums = (
        f"{_SUMS}, max(address.street), sum(address.place.lat), sum(cardinality(tags)), "
        "sum(cardinality(items)), count(notes)"
    )
    text = ", ".join(f"'{name}': 'VARCHAR'" for name in _FLAT)
    strings = ", ".join(f"{name} string" for name in _FLAT)
    csv = f"columns={{{text}}}, header=false, auto_detect=false, delim=','"
    typed = f"columns={duck}, header=false, auto_detect=false, delim=','"
    lines = (
        f"(SELECT unnest(regexp_extract(line, '^{_PATTERN}$', ['a','b','c','d','e','f'])) FROM "
        "read_csv(PATH, columns={'line': 'VARCHAR'}, header=false, auto_detect=false, "
        "delim='\\0', quote='', escape=''))"
    )
    flat_json, nested_json = (
        f"read_json(PATH, format='newline_delimited', columns={columns})"
        for columns in (duck, nested)
    )
    return [
        _Kind("JSON, flat (OpenX)", _json_flat, flat, _OPENX, flat_json, _SUMS),
        _Kind("JSON, flat (Hive)", _json_flat, flat, _HIVE, flat_json, _SUMS),
        _Kind(
            "JSON, structs, arrays, maps (OpenX)",
            _json_nested,
            nested_columns,
            _OPENX,
            nested_json,
            nested_sums,
            nested_sums.replace("cardinality", "len"),
        ),
        _Kind("CSV (LazySimple)", _plain, flat, _LAZY, f"read_csv(PATH, {typed})", _SUMS),
        _Kind(
            "CSV, quoted (OpenCSV)",
            _quoted,
            strings,
            _CSV,
            f"read_csv(PATH, {csv}, quote='\"', escape='\\')",
            'count(*), max(id), max(customer), max(amount), max("day")',
        ),
        _Kind(
            "log lines (Regex)",
            _log,
            "a string, b string, c string, d string, e int, f bigint",
            _REGEX,
            lines,
            "count(*), max(a), max(b), max(c), max(d), max(e), max(f)",
        ),
    ]


def _row(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "customer": f"customer{number % 5000}@example.com",
        "amount": round(random.random() * 1000, 2),
        "ok": number % 3 == 0,
        "day": f"2024-01-{number % 28 + 1:02d} 10:11:12",
    }


def _json_flat(number: int) -> str:
    return json.dumps(_row(number))


def _json_nested(number: int) -> str:
    place = {"lat": random.random() * 90, "lon": random.random() * 180}
    return json.dumps(
        _row(number)
        | {
            "address": {"street": f"street {number % 997}", "zip": number % 99999, "place": place},
            "tags": ["a", f"t{number % 7}", "long enough"],
            "items": [{"sku": f"s{number % 99}", "price": 1.5}, {"sku": "x", "price": number / 4}],
            "notes": {"channel": "web", "campaign": f"c{number % 13}"},
        }
    )


def _texts(number: int) -> list[str]:
    return [json.dumps(value).strip('"') for value in _row(number).values()]


def _plain(number: int) -> str:
    return ",".join(_texts(number))


def _quoted(number: int) -> str:
    return ",".join(f'"{text}"' for text in _texts(number))


def _log(number: int) -> str:
    request = f"GET /a/{number} HTTP/1.1"
    return (
        f'10.0.0.{number % 256} - user{number % 999} [01/Jan/2024] "{request}" 200 {number % 997}'
    )


def main() -> None:
    """Measure and print the tables."""
    random.seed(7)
    megabytes, files = ([int(given) for given in sys.argv[1:]] + [100, 1][len(sys.argv) - 1 :])[:2]
    with tempfile.TemporaryDirectory() as name, _sandbox(Path(name)) as server:
        server.memory("started")
        print(f"{'':36} {'DuckDB':>8} {'first scan':>20} {'second scan':>20}")
        for number, kind in enumerate(_kinds()):
            folder = Path(name) / "data"
            folder.mkdir(exist_ok=True)
            for file in range(files):
                _write(folder / f"{file}", kind, (megabytes << 20) // files)
            _measure(server, number, kind, folder)
        server.memory("all kinds uploaded and scanned")
        times = []
        for count in (_QUERIES // 10, _QUERIES):
            while len(times) < count:
                times.append(server.query(f"SELECT {len(times)}, upper('a')", 0.02)[0])
            server.memory(f"{count} literal queries")
        print(f"literal query: median {sorted(times)[len(times) // 2]} ms of server time\n")
        print("\n".join(server.memories))


def _write(path: Path, kind: _Kind, size: int) -> None:
    with path.open("w") as file:
        number = 0
        while file.tell() < size:
            file.writelines(f"{kind.line(number + at)}\n" for at in range(10_000))
            number += 10_000


def _measure(server: "_Server", number: int, kind: _Kind, folder: Path) -> None:
    where = kind.reader.replace("PATH", f"'{folder}/*'")
    best: dict[str, list[tuple[float, float]]] = {"duck": [], "first": [], "second": []}
    for again in range(_ROUNDS):
        table = f"t{number}_{again}"
        location = f"s3://{_BUCKET}/{table}/"
        for path in folder.iterdir():
            server.s3.upload_file(str(path), _BUCKET, f"{table}/{path.name}")
        server.query(
            f"CREATE EXTERNAL TABLE {table} ({kind.columns}) {kind.row_format} "
            f"LOCATION '{location}'"
        )
        best["duck"].append(_duckdb(f"SELECT {kind.duck_sums or kind.sums} FROM {where}"))
        for name in ("first", "second"):
            best[name].append(server.query(f"SELECT {kind.sums} FROM {table}"))
        for path in folder.iterdir():
            server.s3.delete_object(Bucket=_BUCKET, Key=f"{table}/{path.name}")
    low = {
        name: [min(column) for column in zip(*times, strict=True)] for name, times in best.items()
    }
    cells = [f"{low['duck'][0]:6.0f}ms"]
    for name in ("first", "second"):
        wall, cpu = (one / other for one, other in zip(low[name], low["duck"], strict=True))
        cells.append(f"{low[name][0]:6.0f}ms {wall:4.1f}x cpu {cpu:4.1f}x")
    print(f"{kind.name:36} {' '.join(cells)}", flush=True)


def _duckdb(sql: str) -> tuple[float, float]:
    """Give the milliseconds of a query, by the clock and of the processors."""
    connection = duckdb.connect(config={"threads": _THREADS})
    start, cpu = time.perf_counter(), time.process_time()
    connection.sql(sql).fetchall()
    return (time.perf_counter() - start) * 1000, (time.process_time() - cpu) * 1000


class _Server:
    """A sandbox in a process of its own."""

    def __init__(self, endpoint: str, process: int) -> None:
        session: Any = boto3.Session("testing", "testing", None, "us-east-1")
        self.s3 = session.client("s3", endpoint_url=endpoint)
        self._athena = session.client("athena", endpoint_url=endpoint)
        self._process = process
        self.memories: list[str] = []
        self.s3.create_bucket(Bucket=_BUCKET)
        self.query("CREATE DATABASE shop")

    def query(self, sql: str, pause: float = 0.2) -> tuple[float, float]:
        """Run a statement; give its milliseconds, by the clock and of the processors."""
        cpu = self._cpu()
        name = self._athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": "shop"},
            ResultConfiguration={"OutputLocation": f"s3://{_BUCKET}/results/"},
        )["QueryExecutionId"]
        while True:
            found = self._athena.get_query_execution(QueryExecutionId=name)["QueryExecution"]
            state = found["Status"]["State"]
            if state not in {"QUEUED", "RUNNING"}:
                break
            time.sleep(pause)  # what asking costs the server counts as well
        if state != "SUCCEEDED":
            raise SystemExit(f"{sql}: {found['Status'].get('StateChangeReason')}")
        elapsed: int = found["Statistics"]["EngineExecutionTimeInMillis"]
        return elapsed, self._cpu() - cpu

    def memory(self, when: str) -> None:
        """Note the memory that the server has and had at most."""
        lines = Path(f"/proc/{self._process}/status").read_text().splitlines()
        kib = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith("Vm")}
        self.memories.append(
            f"memory: {kib['VmRSS'] >> 10:4} MB, at most {kib['VmHWM'] >> 10:4} MB  ({when})"
        )

    def _cpu(self) -> float:
        fields = Path(f"/proc/{self._process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") * 1000


@contextmanager
def _sandbox(folder: Path) -> Iterator[_Server]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "up", "--port", "0", "--state-dir", str(folder / "up")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    try:
        assert process.stdout is not None  # noqa: S101 - for the type
        first = process.stdout.readline()
        yield _Server(first.split()[4], process.pid)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()

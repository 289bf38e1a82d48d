"""One Spark for all tests of the job runtime, in this process, on an emulated S3 and Data Catalog.

The runtime's packages go on sys.path only here: AWS's own `awsglue` is installed as well, and
whichever a process imports first is the one that it keeps.
"""

import gc
import json
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from sandbox import environment
from sandbox.glue.execution import class_archive, s3_file_system
from sandbox.glue.execution.installed import find_java
from sandbox.glue.execution.mirror import Mirror, set_current
from sandbox.glue.execution.spark_jvm import SparkJvm
from tests.sandbox.glue.execution.separate_moto import moto_process

RUNTIME = Path(__file__).parents[4] / "sandbox/glue/runtime"
BUCKET = "lake"
BUCKETS = [BUCKET, "raw-data", "clean-data", "quality"]  # the others are those of golden scripts
DATABASE = "db"
SERDES = {
    "json": ("org.openx.data.jsonserde.JsonSerDe", "json"),
    "csv": ("org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", "csv"),
    "opencsv": ("org.apache.hadoop.hive.serde2.OpenCSVSerde", "csv"),
    "parquet": ("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe", "parquet"),
    "orc": ("org.apache.hadoop.hive.ql.io.orc.OrcSerde", "orc"),
    "avro": ("org.apache.hadoop.hive.serde2.avro.AvroSerDe", "avro"),
}


@dataclass
class Lake:
    """A bucket, a database, and a GlueContext that works on both."""

    context: Any
    mirror: Mirror
    s3: Any
    glue: Any
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def spark(self) -> Any:
        return self.context.spark_session

    def folder(self) -> str:
        """A prefix of its own in the bucket."""
        return f"s3://{BUCKET}/data{next(self._numbers)}/"

    def put(self, uri: str, text: str | bytes | Iterable[dict[str, Any]]) -> None:
        """Puts an object; dictionaries become JSON lines."""
        if not isinstance(text, str | bytes):
            text = "".join(json.dumps(item) + "\n" for item in text)
        body = text.encode() if isinstance(text, str) else text
        self.s3.put_object(Bucket=BUCKET, Key=uri.removeprefix(f"s3://{BUCKET}/"), Body=body)

    def keys(self, uri: str) -> list[str]:
        """What is in the emulated S3 below a folder, relative to it."""
        prefix = uri.removeprefix(f"s3://{BUCKET}/")
        listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return [item["Key"].removeprefix(prefix) for item in listed]

    def body(self, uri: str, key: str) -> bytes:
        whole = uri.removeprefix(f"s3://{BUCKET}/") + key
        body: bytes = self.s3.get_object(Bucket=BUCKET, Key=whole)["Body"].read()
        return body

    def text(self, uri: str, key: str) -> str:
        return self.body(uri, key).decode()

    def table(
        self,
        columns: str,
        kind: str = "json",
        location: str = "",
        keys: str = "",
        serde: dict[str, str] | None = None,
        **parameters: str,
    ) -> str:
        """A table with columns `name type, …`; its name."""
        name = f"table{next(self._numbers)}"
        library, classification = SERDES[kind]
        self.glue.create_table(
            DatabaseName=DATABASE,
            TableInput={
                "Name": name,
                "TableType": "EXTERNAL_TABLE",
                "PartitionKeys": _columns(keys),
                "Parameters": {"classification": classification, **parameters},
                "StorageDescriptor": {
                    "Columns": _columns(columns),
                    "Location": location or self.folder(),
                    "SerdeInfo": {"SerializationLibrary": library, "Parameters": serde or {}},
                },
            },
        )
        return name

    def partition(self, table: str, value: str, location: str) -> None:
        """Adds a partition to a table with one key."""
        self.glue.create_partition(
            DatabaseName=DATABASE,
            TableName=table,
            PartitionInput={"Values": [value], "StorageDescriptor": {"Location": location}},
        )

    def location(self, table: str) -> str:
        described = self.glue.get_table(DatabaseName=DATABASE, Name=table)["Table"]
        location: str = described["StorageDescriptor"]["Location"]
        return location

    def read(self, table: str, **options: Any) -> Any:
        return self.context.create_dynamic_frame.from_catalog(
            database=DATABASE, table_name=table, **options
        )

    def frame(self, rows: list[dict[str, Any]], schema: str | None = None) -> Any:
        """A DynamicFrame of rows."""
        from awsglue.dynamicframe import DynamicFrame

        data = self.spark.createDataFrame(
            [tuple(row.values()) for row in rows], schema or list(rows[0])
        )
        return DynamicFrame.fromDF(data, self.context, "frame")


def rows_of(frame: Any) -> list[dict[str, Any]]:
    """The rows of a DynamicFrame or DataFrame as dictionaries, in any fixed order."""
    data = frame.toDF() if hasattr(frame, "glue_ctx") else frame
    rows = [row.asDict(recursive=True) for row in data.collect()]
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True, default=str))


def _columns(text: str) -> list[dict[str, str]]:
    parts = [part.strip() for part in text.split(";") if part.strip()]
    return [dict(zip(("Name", "Type"), part.split(" ", 1), strict=True)) for part in parts]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "spark_lake" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.spark)
            # PySpark leaves each socket that it reads results from to the garbage collector.
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))


@pytest.fixture(scope="session", autouse=True)
def runtime_on_path() -> Iterator[None]:
    """Our `awsglue` and not AWS's, for the tests that need no Spark too."""
    sys.path.insert(0, str(RUNTIME))
    yield
    sys.path.remove(str(RUNTIME))


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    with moto_process() as url:
        yield url


@pytest.fixture(scope="session")
def spark_lake(
    runtime_on_path: None, endpoint: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lake]:
    run_dir = tmp_path_factory.mktemp("run")
    for name in ("s3", "tmp"):
        (run_dir / name).mkdir()
    before, interrupt = dict(os.environ), signal.getsignal(signal.SIGINT)
    try:
        os.environ.update(environment.environment_of(endpoint))
        os.environ.update(SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_DIRS=str(run_dir / "tmp"))
        os.environ.update(PYTHONPATH=os.pathsep.join([str(RUNTIME), str(RUNTIME.parents[2])]))
        java = find_java()
        cache = run_dir / "cache"
        spark_s3 = s3_file_system.settings(endpoint, cache, run_dir / "tmp" / "s3")
        jvm = SparkJvm(java, run_dir, spark_s3, options=class_archive.java_options(java))
        s3 = environment.client("s3", endpoint)
        glue = environment.client("glue", endpoint)
        for bucket in BUCKETS:
            s3.create_bucket(Bucket=bucket)
        glue.create_database(DatabaseInput={"Name": DATABASE})
        mirror = Mirror(run_dir / "s3", cache, s3)
        set_current(mirror)
        jvm.connect()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PySpark's own
            from awsglue.context import GlueContext
            from pyspark.context import SparkContext

            context = GlueContext(SparkContext.getOrCreate())
    finally:
        # Java and its workers keep the environment they started with; other tests keep theirs,
        # and Python's own end on Ctrl-C, in whose place PySpark puts another.
        os.environ.clear()
        os.environ.update(before)
        signal.signal(signal.SIGINT, interrupt)
    # Each test ends with a collection (see `lake`), which need not look at all modules' objects.
    gc.collect()
    gc.freeze()
    yield Lake(context, mirror, s3, glue)
    gc.unfreeze()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        spark = context.spark_session
        spark.stop()
        spark.sparkContext._gateway.shutdown()  # later collections would call a Java that is gone
        gc.collect()
    jvm.kill()


@pytest.fixture
def lake(spark_lake: Lake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Lake]:
    """The session's Spark, with this test's environment set to its sandbox."""
    endpoint = spark_lake.s3.meta.endpoint_url
    for name, value in environment.environment_of(endpoint).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GLUE_SANDBOX_RUN_DIR", str(tmp_path))
    yield spark_lake
    gc.collect()  # its sockets, while their warnings are this test's own


@pytest.fixture
def in_this_process(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake for a job's script to run on here: its context is there already, in a job it makes one."""
    from pyspark import context

    monkeypatch.setattr(sys, "argv", ["script", "--JOB_NAME", "job"])
    monkeypatch.setattr(context, "SparkContext", lambda: lake.spark.sparkContext)
    return lake


Rows = Callable[[Any], list[dict[str, Any]]]


@pytest.fixture
def rows() -> Rows:
    return rows_of

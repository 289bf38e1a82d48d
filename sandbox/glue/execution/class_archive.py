"""`python -m sandbox prepare`: an archive of Spark's loaded classes, from which jobs start faster.

It is Java's own feature, class data sharing, made once a machine by running Spark through what jobs
do. It depends on the very Java and jars, takes 149 MB and is not part of any result, so it lives
with the project's tools; without it jobs only start slower. docs/adr/0211 has the figures.
"""

import argparse
import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from common import project
from sandbox.errors import SandboxError
from sandbox.glue.execution import s3_file_system
from sandbox.glue.execution.installed import Java, JavaNotFoundError, find_java, spark_home
from sandbox.glue.execution.spark_jvm import SparkJvm

_QUIET = "-Xlog:cds*=off"  # an archive that does not fit only makes Java start slower
_NAME = "spark-classes-"
_ROWS = 200


def find(java: Java) -> Path | None:
    """The archive for this Java and the installed Spark, if one was made."""
    path = location(java)
    return path if path.is_file() else None


def java_options(java: Java) -> list[str]:
    """Options with which this Java starts from its archive; none when there is no archive."""
    archive = find(java)
    return [f"-XX:SharedArchiveFile={archive}", "-Xshare:auto", _QUIET] if archive else []


def location(java: Java) -> Path:
    """Where the archive for this Java and the installed Spark belongs."""
    jars = spark_home() / "jars"
    made_by = Path(__file__).read_text(encoding="utf-8")
    identity = f"{java.program}\0{java.version}\0{jars}\0{jars.stat().st_mtime_ns}\0{made_by}"
    name = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return project.TOOLS / f"{_NAME}{name}.jsa"


def make(java: Java) -> Path:
    """Make the archive unless it is there, in place of others; it appears whole or not at all.

    Raises:
        SparkStartError: Java did not come up.
        OSError: the directory cannot be written.
    """
    target = location(java)
    if target.is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory() as folder:
            _train(java, Path(folder), part)
        part.replace(target)
        for other in target.parent.glob(f"{_NAME}*.jsa"):
            if other != target:
                other.unlink()
    finally:
        part.unlink(missing_ok=True)
    return target


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `prepare`."""
    parser = subparsers.add_parser(
        "prepare",
        help="find Java and make jobs start faster, once a machine (part of make setup)",
        description="Find the Java that jobs run on and archive Spark's classes for it, from which "
        "each job starts faster (40 s of processor time, 149 MB in .tools). Exit code 0: ready; "
        "1: jobs run, but start slower; 2: there is no Java for them.",
    )
    parser.set_defaults(run=main)


def main(_: argparse.Namespace | None = None) -> int:
    """Make the archive for the Java that jobs would use, and return the exit code."""
    try:
        java = find_java()
    except JavaNotFoundError as error:
        print(f"ERROR {error}", file=sys.stderr)
        return 2
    print(f"Java      {java.version} ({java.program})", flush=True)
    try:
        if find(java) is None:
            print("Spark     archiving its classes, so that jobs start faster …", flush=True)
        print(f"Spark     classes archived in {make(java)}")
        _compile(java)
    except (SandboxError, OSError) as error:
        print(f"Spark     classes not archived, jobs start slower: {error}", file=sys.stderr)
        return 1
    return 0


def _compile(java: Java) -> None:
    """Keep the classes of Spark's S3, which a job would otherwise compile."""
    if not s3_file_system.jar().is_file():
        with tempfile.TemporaryDirectory() as folder, _spark(java, Path(folder), []):
            pass


def _train(java: Java, folder: Path, archive: Path) -> None:
    """Let a Java that archives what it loads do what jobs do."""
    with _spark(java, folder, [f"-XX:ArchiveClassesAtExit={archive}", _QUIET]) as jvm:
        _exercise(folder)
        jvm.end_in_order()


@contextlib.contextmanager
def _spark(java: Java, folder: Path, options: list[str]) -> Iterator[SparkJvm]:
    """A Java that PySpark works with, and the classes of Spark's S3 kept."""
    (folder / "tmp").mkdir()
    before = dict(os.environ)
    os.environ.update(SPARK_LOCAL_DIRS=str(folder / "tmp"), SPARK_LOCAL_IP="127.0.0.1")
    try:
        jvm = SparkJvm(java, folder, {}, options=options)
        try:
            jvm.connect()
            if not s3_file_system.jar().is_file():
                s3_file_system.pack(folder / "conf")
            yield jvm
        finally:
            jvm.kill()
    finally:
        os.environ.clear()
        os.environ.update(before)


def _exercise(folder: Path) -> None:
    """JSON in, a join, figures as rules take them, a cache, a Python function, Parquet out."""
    from pyspark.sql import SparkSession  # noqa: PLC0415
    from pyspark.sql import functions as sf  # noqa: PLC0415

    lines = (json.dumps({"user": f"u{n % 7}", "time": n, "x": n / 3}) for n in range(_ROWS))
    (folder / "in.json").write_text("\n".join(lines))
    spark = SparkSession.builder.getOrCreate()
    schema = "user string, time bigint, x double, broken string"
    read = spark.read.schema(schema).option("columnNameOfCorruptRecord", "broken")
    rows = read.json((folder / "in.json").as_uri()).filter("broken IS NULL OR user IS NOT NULL")
    rows.createOrReplaceTempView("readings")
    joined = spark.sql(
        "SELECT DISTINCT a.user, a.time, CAST(b.x AS DOUBLE) AS x FROM readings a "
        "JOIN readings b ON a.time = b.time LEFT SEMI JOIN readings c ON c.user = a.user"
    ).cache()
    joined.agg(sf.count(sf.when(sf.col("x") >= 0, 1)), sf.avg("x"), sf.stddev_pop("x")).collect()
    counts = joined.groupBy("user").agg(sf.count("*").alias("n"))
    counts.agg(sf.sum("n"), sf.sum(sf.col("n") * sf.log("n"))).unionAll(
        counts.agg(sf.sum("n"), sf.max("n"))
    ).collect()
    joined.filter(sf.udf(lambda x: x is not None, "boolean")("x")).count()
    joined.write.mode("append").parquet((folder / "out").as_uri())
    spark.read.parquet((folder / "out").as_uri()).count()
    joined.limit(3).toJSON().collect()
    spark.stop()

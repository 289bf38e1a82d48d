"""One S3: what Spark does in it, boto3 in the same script sees at once, and the reverse."""

import json
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox import environment
from sandbox.glue.execution.job_process import JobProcess, RunResult
from tests.sandbox.glue.execution.separate_moto import moto_process

pytestmark = pytest.mark.spark

HEAD = """
import json, subprocess, sys
import boto3
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from pyspark.context import SparkContext

sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
s3 = boto3.client("s3")

def keys(prefix, bucket="lake"):
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return [item["Key"] for item in listed]

def told(label, call):
    try:
        value = call()
    except Exception as error:
        value = f"{type(error).__name__}: {error}"
    print("TOLD", json.dumps([label, value], default=str), flush=True)
"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with moto_process() as url:
        yield url


@pytest.fixture
def s3(endpoint: str) -> Any:
    reset = urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")
    with urllib.request.urlopen(reset):
        client = environment.client("s3", endpoint)
    client.create_bucket(Bucket="lake")
    return client


def run(s3: Any, folder: Path, body: str) -> tuple[dict[str, Any], RunResult]:
    """What the script told, by label, and how the run ended."""
    script = folder / "script.py"
    script.write_text(HEAD + body)
    endpoint = environment.environment_of(s3.meta.endpoint_url)
    process = JobProcess(script, {"--JOB_NAME": "job"}, folder / "work dir", endpoint)
    process.start()
    result = process.wait()
    assert result.log_path is not None
    lines = result.log_path.read_text().splitlines()
    return dict(json.loads(line[5:]) for line in lines if line.startswith("TOLD ")), result


def test_spark_and_boto3_see_one_s3(s3: Any, tmp_path: Path) -> None:
    for key in ("old/a b+ü%=:.csv", "old/marker/"):
        s3.put_object(Bucket="lake", Key=key, Body=b"" if key.endswith("/") else b"1\n")
    with ThreadPoolExecutor(8) as pool:
        names = [f"many/{number}" for number in range(1001)]
        list(pool.map(lambda key: s3.put_object(Bucket="lake", Key=key, Body=b"x\n"), names))
    got, result = run(
        s3,
        tmp_path,
        """
path = sc._jvm.org.apache.hadoop.fs.Path
fs = path("s3://lake/").getFileSystem(sc._jsc.hadoopConfiguration())

told("odd names", lambda: spark.read.csv("s3://lake/old/").count())
told("many", lambda: len(fs.listStatus(path("s3://lake/many"))))
spark.range(3).coalesce(1).write.csv("s3a://lake/written")
told("written", lambda: [key.rpartition(".")[2] for key in keys("written")])
seen = "import boto3; print(boto3.client('s3').list_objects_v2(Bucket='lake', Prefix='written')['KeyCount'])"
told("seen by another process", lambda: subprocess.check_output([sys.executable, "-c", seen]).decode().strip())
spark.range(5).coalesce(1).write.mode("overwrite").csv("s3://lake/written/")
told("overwritten", lambda: [len(keys("written/")), spark.read.csv("s3://lake/written").count()])
spark.range(1).coalesce(1).write.mode("append").csv("s3://lake/written/")
told("appended", lambda: [len(keys("written/")), spark.read.csv("s3n://lake/written").count()])
told("exists already", lambda: spark.range(1).write.csv("s3://lake/written/"))
sc.parallelize(["x", "y"], 1).saveAsTextFile("s3://lake/text")
told("text", lambda: [s3.get_object(Bucket="lake", Key=key)["Body"].read().decode() for key in keys("text/")])
s3.put_object(Bucket="lake", Key="late/x.json", Body=b'{"z": 1}')
told("late", lambda: spark.read.json("s3://lake/late/").count())
s3.put_object(Bucket="lake", Key="late/x.json", Body=b'{"z": 7}')
told("replaced", lambda: spark.read.json("s3://lake/late/").first()[0])
s3.delete_object(Bucket="lake", Key="late/x.json")
told("deleted", lambda: spark.read.json("s3://lake/late/").count())
parts = spark.range(4).selectExpr("id", "id % 2 as p")
parts.write.partitionBy("p").parquet("s3://lake/parts/")
told("partitions", lambda: sorted({key.split("/")[1] for key in keys("parts/")}))
spark.conf.set("spark.sql.sources.partitionOverwriteMode", "dynamic")
spark.range(7).selectExpr("id", "1 as p").coalesce(1).write.mode("overwrite").partitionBy("p").parquet("s3://lake/parts/")
told("dynamic", lambda: [spark.read.parquet("s3://lake/parts/").filter(f"p = {p}").count() for p in (0, 1)])
spark.range(1_000_000).selectExpr("repeat('x', 69)").coalesce(1).write.csv("s3://lake/big")
told("big", lambda: [s3.list_objects_v2(Bucket="lake", Prefix="big/")["Contents"][0]["Size"], spark.read.csv("s3://lake/big").count()])
stream = fs.create(path("s3://lake/by hand/a"))
stream.write(bytearray(b"12"))
told("open", lambda: keys("by hand"))
stream.close()
told("closed", lambda: keys("by hand"))
told("renamed", lambda: [fs.rename(path("s3://lake/by hand"), path("s3://lake/moved")), keys("by hand"), keys("moved")])
told("not empty", lambda: fs.delete(path("s3://lake/moved"), False))
told("removed", lambda: [fs.delete(path("s3://lake/moved"), True), fs.delete(path("s3://lake/moved"), True), keys("moved")])
told("made", lambda: [fs.mkdirs(path("s3://lake/new/deep")), fs.exists(path("s3://lake/new")), keys("new"), len(fs.listStatus(path("s3://lake/new/deep"))), fs.delete(path("s3://lake/new/deep"), True), fs.exists(path("s3://lake/new"))])
told("checkpoint", lambda: (sc.setCheckpointDir("s3://lake/points/"), spark.range(3).checkpoint().count())[1])
told("root", lambda: sorted(status.getPath().getName() for status in fs.listStatus(path("s3://lake")))[:3])
""",
    )
    assert result.succeeded, result.error_message
    assert got["odd names"] == 1
    assert got["many"] == 1001
    assert got["written"] == ["csv"]
    assert got["seen by another process"] == "1"
    assert got["overwritten"] == [1, 5]
    assert got["appended"] == [2, 6]
    assert "already exists" in got["exists already"]
    assert got["text"] == ["x\ny\n"]
    assert got["late"] == 1
    assert got["replaced"] == 7
    assert "PATH_NOT_FOUND" in got["deleted"]
    assert got["partitions"] == ["p=0", "p=1"]
    assert got["dynamic"] == [2, 7]
    assert got["big"] == [70_000_000, 1_000_000]  # more than a part
    assert got["open"] == []
    assert got["closed"] == ["by hand/a"]
    assert got["renamed"] == [True, [], ["moved/a"]]
    assert "is not empty" in got["not empty"]
    assert got["removed"] == [True, False, []]
    assert got["made"] == [True, True, [], 0, True, False]
    assert got["checkpoint"] == 3
    assert got["root"] == ["big", "many", "old"]
    everything = s3.get_paginator("list_objects_v2").paginate(Bucket="lake")
    assert not [
        item["Key"]
        for page in everything
        for item in page["Contents"]
        if "_temporary" in item["Key"]
    ]


def test_a_write_that_s3_refuses_fails_as_on_aws(s3: Any, tmp_path: Path) -> None:
    s3.create_bucket(Bucket="closed")
    s3.create_bucket(Bucket="source")
    s3.put_object(Bucket="source", Key="a.json", Body=b'{"a": 1}\n')
    s3.put_bucket_policy(
        Bucket="closed",
        Policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:PutObject",
                        "Resource": "arn:aws:s3:::closed/*",
                    }
                ],
            }
        ),
    )
    got, result = run(
        s3,
        tmp_path,
        """
frame = spark.range(3)
told("missing", lambda: frame.write.json("s3://no-such-bucket/out/"))
told("missing text", lambda: sc.parallelize(["x"]).saveAsTextFile("s3://no-such-bucket/out/"))
told("missing read", lambda: spark.read.json("s3://no-such-bucket/in/").count())
dynamic = DynamicFrame.fromDF(frame, glueContext, "f")
told("missing sink", lambda: glueContext.write_dynamic_frame.from_options(dynamic, "s3", {"path": "s3://no-such-bucket/out/"}, "json"))
s3.create_bucket(Bucket="made-here")
frame.coalesce(1).write.mode("append").json("s3://made-here/")
told("made here", lambda: [len(keys("", "made-here")), spark.read.json("s3://made-here").count()])
told("root", lambda: [spark.read.json(uri).count() for uri in ("s3://source", "s3://source/")])
frame.coalesce(1).write.json("s3://closed/out/")
""",
    )
    for label in ("missing", "missing text", "missing read", "missing sink"):
        assert (
            "The specified bucket does not exist (Service: Amazon S3; Status Code: 404; "
            in (got[label])
        ), label
        assert "NoSuchBucket" in got[label]
    assert got["made here"] == [1, 3]
    assert got["root"] == [1, 1]
    assert not result.succeeded
    assert "Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied" in str(
        result.error_message
    )

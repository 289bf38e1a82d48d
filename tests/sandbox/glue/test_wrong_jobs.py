"""Ten jobs that are wrong, each in its own way, and what GetJobRun says of them."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox import environment
from sandbox.server.application import Sandbox

HEAD = """
import sys
from awsglue.context import GlueContext
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
"""
SHELL, SPARK = "pythonshell", "glueetl"
# What is wrong: the job's type, its script, its state, and a part of its ErrorMessage as on AWS.
WRONG = {
    "syntax error": (SHELL, "print(1)\nif True print(2)\n", "FAILED", "SyntaxError: "),
    "exception": (SHELL, "raise ValueError('boom')", "FAILED", "ValueError: boom"),
    "exit code": (SHELL, "import sys; sys.exit(3)", "FAILED", "SystemExit: 3"),
    "missing argument": (
        SHELL,
        "from awsglue.utils import getResolvedOptions; getResolvedOptions(['x'], ['day'])",
        "FAILED",
        "GlueArgumentError: the following arguments are required: --day",
    ),
    "endless loop": (SHELL, "while True: pass", "TIMEOUT", "within its 1 min timeout"),
    "out of memory": (
        SPARK,
        HEAD + "kept = [sc._jvm.java.nio.ByteBuffer.allocate(2**31 - 9) for _ in range(9)]",
        "FAILED",
        "Command failed with exit code 10: the job's Spark process ran out of memory (java.lang.OutO",
    ),
    "corrupt Parquet": (
        SPARK,
        HEAD + "spark.read.parquet('s3://wrong/corrupt/').count()",
        "FAILED",
        "is not a Parquet file",
    ),
    "missing table": (
        SPARK,
        HEAD + "glueContext.create_dynamic_frame.from_catalog(database='no', table_name='table')",
        "FAILED",
        "EntityNotFoundException",
    ),
    "missing bucket": (
        SPARK,
        HEAD + "spark.range(3).write.json('s3://no-such-bucket/out/')",
        "FAILED",
        "bucket does not exist (Service: Amazon S3; Status Code: 404; Error Code: NoSuchBucket; ",
    ),
    "no permission": (
        SPARK,
        HEAD + "spark.range(3).write.json('s3://closed/out/')",
        "FAILED",
        "Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; ",
    ),
}
DENIED = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::closed/*",
}
_TIMER = threading.Timer


def _sooner(seconds: float, *arguments: Any) -> threading.Timer:
    """A minute, which is the shortest timeout, is a second here; nothing else waits for it."""
    return _TIMER(1 if seconds == 60 else seconds, *arguments)


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """The JobRun of each, when all have ended."""
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch, Sandbox(state_dir=folder) as sandbox:
        patch.setattr(threading, "Timer", _sooner)
        s3 = environment.client("s3", sandbox.endpoint_url)
        glue = environment.client("glue", sandbox.endpoint_url)
        for bucket in ("wrong", "closed"):
            s3.create_bucket(Bucket=bucket)
        policy = {"Version": "2012-10-17", "Statement": [DENIED]}
        s3.put_bucket_policy(Bucket="closed", Policy=json.dumps(policy))
        s3.put_object(Bucket="wrong", Key="corrupt/a.parquet", Body=b"PAR1 but not for long")
        run_ids = {}
        for name, (command, script, _, _) in WRONG.items():
            key = f"{name.replace(' ', '-')}.py"
            s3.put_object(Bucket="wrong", Key=key, Body=script.encode())
            glue.create_job(
                Name=name,
                Role="arn:aws:iam::123456789012:role/job",
                Command={"Name": command, "ScriptLocation": f"s3://wrong/{key}"},
                Timeout=1 if name == "endless loop" else 30,
            )
            run_ids[name] = glue.start_job_run(JobName=name)["JobRunId"]
        yield {name: _ended(glue, name, run_id) for name, run_id in run_ids.items()}


def _ended(glue: Any, name: str, run_id: str) -> dict[str, Any]:
    while True:
        run: dict[str, Any] = glue.get_job_run(JobName=name, RunId=run_id)["JobRun"]
        if run["JobRunState"] not in {"WAITING", "STARTING", "RUNNING"}:
            return run
        time.sleep(0.1)


@pytest.mark.spark
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_job_ends_as_on_aws(ended: dict[str, dict[str, Any]], name: str) -> None:
    _, _, state, message = WRONG[name]
    run = ended[name]
    assert run["JobRunState"] == state
    assert message in run["ErrorMessage"]
    assert "\n" not in run["ErrorMessage"]


@pytest.mark.spark
def test_the_script_and_line_of_a_syntax_error_are_told(ended: dict[str, dict[str, Any]]) -> None:
    assert "(syntax-error.py, line 2)" in ended["syntax error"]["ErrorMessage"]

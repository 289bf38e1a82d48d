# ruff: noqa: INP001 - a program of its own, in no package
"""Time from StartJobRun to SUCCEEDED of a job that only starts Spark, and the processor time it costs.

Run from the root of the project: `python benchmarks/empty_job.py [RUNS]`. Variants take turns, so
that a busy machine slows all alike: Spark started for the run, the same without the archive of its
classes, and Spark that was started ahead (what that saves is wall time). Seconds are medians; processor time is user and system of all processes of the run.
"""

import ctypes
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from sandbox import environment
from sandbox.glue.execution.installed import find_java
from sandbox.glue.execution.spares import Spares
from sandbox.server.application import Sandbox

_RUNS = 5
_AHEAD = 20.0  # seconds in which Spark is up on a busy machine too
_SCRIPT = b"""
import sys
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME"])
job = Job(GlueContext(SparkContext()))
job.init(args["JOB_NAME"], args)
job.commit()
"""
SET_CHILD_SUBREAPER = 36  # prctl: what a job leaves behind is waited for here, and counted


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else _RUNS
    ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    measured: dict[str, list[tuple[float, float]]] = {}
    spares = Spares()
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox(state_dir=folder, make_process=spares) as sandbox,
    ):
        make_job(sandbox)
        for number in range(runs + 1):
            for name, arguments in variants().items():
                seconds = run(sandbox, "empty", arguments)
                if number:  # the first of each fills the caches of the disk
                    measured.setdefault(name, []).append(seconds)
            with spares.ready(sandbox.state_dir / "glue", sandbox.environment):
                time.sleep(_AHEAD)
                seconds = run(sandbox, "empty", {})
            if number:
                measured.setdefault("started ahead", []).append(seconds)
    print(f"{'':<28}  {'wall s':>7}  {'cpu s':>7}   of {runs} runs")
    for name, pairs in measured.items():
        wall, cpu = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"{name:<28}  {wall:>7.2f}  {cpu:>7.2f}")


def variants() -> Mapping[str, Mapping[str, str]]:
    """Job arguments by what they change."""
    own = find_java().program.parents[1] / "lib/server/classes.jsa"
    return {
        "as jobs get it": {},
        "without the class archive": {
            "--conf": f"spark.driver.extraJavaOptions=-XX:SharedArchiveFile={own}"
        },
    }


def make_job(sandbox: Sandbox) -> None:
    """Define the job."""
    s3 = environment.client("s3", sandbox.endpoint_url)
    s3.create_bucket(Bucket="benchmark")
    s3.put_object(Bucket="benchmark", Key="empty.py", Body=_SCRIPT)
    create_job(sandbox, "empty", "s3://benchmark/empty.py")


def create_job(sandbox: Sandbox, name: str, script: str) -> None:
    """Define a job of a script in S3."""
    environment.client("glue", sandbox.endpoint_url).create_job(
        Name=name,
        Role="arn:aws:iam::123456789012:role/any",
        Command={"Name": "glueetl", "ScriptLocation": script},
    )


def run(sandbox: Sandbox, name: str, arguments: Mapping[str, str]) -> tuple[float, float]:
    """Wall and processor seconds of one run of a job."""
    glue = environment.client("glue", sandbox.endpoint_url)
    cpu, started = _processor_seconds(), time.perf_counter()
    run_id = glue.start_job_run(JobName=name, Arguments=arguments)["JobRunId"]
    while True:
        found = glue.get_job_run(JobName=name, RunId=run_id)["JobRun"]
        if found["JobRunState"] not in {"STARTING", "RUNNING"}:
            break
        time.sleep(0.02)
    wall = time.perf_counter() - started
    if found["JobRunState"] != "SUCCEEDED":
        sys.exit(f"{name} did not succeed: {found.get('ErrorMessage')}")
    return wall, _processor_seconds() - cpu


def _processor_seconds() -> float:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()

"""Job runs as processes: how they end, what they leave, and that nothing outlives them."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import environment
from sandbox.errors import NotLoopbackError
from sandbox.glue.execution.job_process import JobProcess, launch
from tests.sandbox.glue.execution.separate_moto import moto_process

ROOT = Path(__file__).parents[4]


class Runs:
    """Starts scripts as job runs on one emulated S3."""

    def __init__(self, endpoint: str, folder: Path) -> None:
        self.environment = environment.environment_of(endpoint)
        self.s3 = environment.client("s3", endpoint)
        self.glue = environment.client("glue", endpoint)
        self.folder = folder

    def process(self, script: str, command: str = "pythonshell", **arguments: str) -> JobProcess:
        path = self.folder / "script.py"
        path.write_text(script)
        given = {f"--{name.replace('_', '-')}": value for name, value in arguments.items()}
        return JobProcess(
            path,
            {"--JOB_NAME": "job", "--JOB_RUN_ID": "jr_1", **given},
            self.folder / "wörk dir",
            self.environment,
            command,
        )

    def run(self, script: str, command: str = "pythonshell", **arguments: str) -> Any:
        process = self.process(script, command, **arguments)
        process.start()
        return process.wait()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with moto_process() as url:
        yield url


@pytest.fixture
def runs(endpoint: str, tmp_path: Path) -> Runs:
    reset = urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")
    with urllib.request.urlopen(reset):
        made = Runs(endpoint, tmp_path)
    made.s3.create_bucket(Bucket="lake")
    return made


def until(holds: Callable[[], Any]) -> Any:
    while not (found := holds()):
        time.sleep(0.05)
    return found


def processes_of(group: int, group_of: Callable[[int], int] = os.getpgid) -> dict[int, str]:
    """Process id to command line of a process group, or of what `group_of` gives."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and group_of(int(entry.name)) == group:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if command:
                    found[int(entry.name)] = command
        except OSError:
            continue
    return found


def test_a_script_runs_with_its_arguments_and_an_output(runs: Runs) -> None:
    outcome = runs.run(
        "import sys, os\n"
        "from awsglue.utils import getResolvedOptions\n"
        "print(getResolvedOptions(sys.argv, ['JOB_NAME', 'my-option'])['my_option'])\n"
        "print(__name__, os.environ.get('AWS_PROFILE'), sys.stdin.read() == '')\n",
        my_option="va lue",
    )
    assert outcome.succeeded, outcome
    assert outcome.error_message is None
    assert "va lue\n__main__ None True\n" in outcome.log_path.read_text()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("assert 1 == 2, 'The job failed due to x'", "AssertionError: The job failed due to x"),
        ("raise ValueError('two\\nlines')", "ValueError: two lines"),
        ("raise KeyError", "KeyError"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("this is no python", "SyntaxError: invalid syntax"),
        ("import nothing_of_this_name", "ModuleNotFoundError: No module named"),
        (
            "import sys\nfrom awsglue.utils import getResolvedOptions as g\ng(sys.argv, ['missing'])",
            "GlueArgumentError: the following arguments are required: --missing",
        ),
        ("import os; os._exit(7)", "ended with exit code 7 before it told an outcome"),
        ("import os; os.kill(os.getpid(), 9)", "Python process was killed by SIGKILL"),
    ],
)
def test_a_failure_is_told_in_one_line(runs: Runs, script: str, message: str) -> None:
    outcome = runs.run(script)
    assert not outcome.succeeded
    assert message in outcome.error_message
    assert "\n" not in outcome.error_message
    assert "job_main" not in outcome.log_path.read_text()


def test_leaving_with_exit_code_0_is_a_success(runs: Runs) -> None:
    assert runs.run("import sys; sys.exit(0)").succeeded
    assert runs.run("import sys; sys.exit()").succeeded


def test_files_named_in_arguments_are_at_hand(runs: Runs) -> None:
    runs.s3.put_object(Bucket="lake", Key="lib/helper.py", Body=b"VALUE = 41\n")
    runs.s3.put_object(Bucket="lake", Key="lib/data.txt", Body=b"1")
    outcome = runs.run(
        "import helper; print('sum', helper.VALUE + int(open('data.txt').read()))",
        extra_py_files="s3://lake/lib/helper.py,"
        "s3://aws-glue-studio-transforms-510798373988-prod-us-east-1/gs_now.py",
        extra_files="s3://lake/lib/data.txt",
        extra_jars="s3://lake/lib/x.jar",
    )
    assert outcome.succeeded, outcome
    log = outcome.log_path.read_text()
    assert "sum 42" in log
    assert "NOTE --extra-jars s3://lake/lib/x.jar is ignored" in log
    missing = runs.run("print(1)", extra_py_files="s3://lake/lib/none.py")
    assert missing.error_message.endswith("names s3://lake/lib/none.py, which is not in S3.")


def wheel(requires: str = "", tag: str = "py3-none-any") -> tuple[str, bytes]:
    """A wheel of a package `mypkg` 1.0 with a file beside its code: its name and its content."""
    packed = io.BytesIO()
    about = "mypkg-1.0.dist-info/"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mypkg/__init__.py", "VALUE = (__path__[0], 7)\n")
        archive.writestr("mypkg/data.txt", "beside")
        needs = f"Requires-Dist: {requires}\n" if requires else ""
        metadata = f"Metadata-Version: 2.1\nName: mypkg\nVersion: 1.0\n{needs}"
        archive.writestr(about + "METADATA", metadata)
        archive.writestr(
            about + "WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n"
        )
    return f"mypkg-1.0-{tag}.whl", packed.getvalue()


def test_a_wheel_in_s3_is_installed(runs: Runs) -> None:
    name, content = wheel("boto3>=1; python_version < '4'")
    runs.s3.put_object(Bucket="lake", Key=f"lib/{name}", Body=content)
    outcome = runs.run(
        "import mypkg, pathlib, importlib.metadata\n"
        "print(pathlib.Path(mypkg.VALUE[0], 'data.txt').read_text(), mypkg.VALUE[1])\n"
        "print(importlib.metadata.version('mypkg'))",
        additional_python_modules=f"s3://lake/lib/{name}, boto3, pandas>=1",
    )
    assert outcome.succeeded, outcome
    assert outcome.log_path is not None
    assert "beside 7\n1.0\n" in outcome.log_path.read_text()


def test_pandas_speaks_to_s3(runs: Runs) -> None:
    runs.s3.put_object(Bucket="lake", Key="in/a.csv", Body=b"a,b\n1,x\n2,y\n")
    outcome = runs.run(
        "import pandas as pd\n"
        "read = pd.read_csv('s3://lake/in/a.csv')\n"
        "read[read.a > 1].to_csv('s3://lake/out/a.csv', index=False)\n"
        "pd.DataFrame({'a': [1]}).to_csv('s3://nowhere-at-all/a.csv')\n",
        additional_python_modules="s3fs==2024.3.1,pandas",
    )
    assert runs.s3.get_object(Bucket="lake", Key="out/a.csv")["Body"].read() == b"a,b\n2,y\n"
    assert outcome.error_message == (
        "FileNotFoundError: The specified bucket does not exist: s3://nowhere-at-all/a.csv"
    )


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ("requests==1", "needs requests==1, which is not in the sandbox (version "),
        ("no-such-package", "needs no-such-package, which is not in the sandbox (it is not insta"),
        ("https://x/y.whl", "names 'https://x/y.whl', which is not a package"),
        ("s3://lake/lib/none.whl", "names s3://lake/lib/none.whl, which is not in S3."),
        ("s3://lake/lib/text.whl", "names s3://lake/lib/text.whl, which is not a wheel"),
        ("s3://lake/lib/mypkg-1.0-cp27-cp27m-win32.whl", "a wheel for another Python or machine"),
        ("s3://lake/lib/mypkg-1.0-py3-none-any.whl", "mypkg of --additional-python-modules needs "),
    ],
)
def test_a_package_that_is_not_there_is_refused_before_the_script(
    runs: Runs, modules: str, message: str
) -> None:
    for name, content in (
        wheel("no-such-package"),
        wheel(tag="cp27-cp27m-win32"),
        ("text.whl", b"text"),
    ):
        runs.s3.put_object(Bucket="lake", Key=f"lib/{name}", Body=content)
    outcome = runs.run("print('ran')", additional_python_modules=modules)
    assert not outcome.succeeded
    assert message in str(outcome.error_message)
    assert "\n" not in str(outcome.error_message)
    assert outcome.log_path is not None
    assert "ran\n" not in outcome.log_path.read_text()


def test_an_endpoint_elsewhere_is_refused(tmp_path: Path) -> None:
    for wrong in ({}, {"AWS_ENDPOINT_URL": "https://s3.amazonaws.com"}):
        with pytest.raises(NotLoopbackError):
            JobProcess("x.py", {}, tmp_path, wrong)
    both = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_S3": "http://10.0.0.1"}
    with pytest.raises(NotLoopbackError):
        JobProcess("x.py", {}, tmp_path, both)


def test_a_sandbox_that_is_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("")
    process = JobProcess(
        tmp_path / "x.py", {}, tmp_path, environment.environment_of("http://127.0.0.1:9")
    )
    process.start()
    outcome = process.wait()
    assert "S3 at http://127.0.0.1:9 cannot be listed" in str(outcome.error_message)


def test_no_java_is_told(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    from sandbox.glue.execution import job_process
    from sandbox.glue.execution.installed import JavaNotFoundError

    def none() -> None:
        raise JavaNotFoundError

    monkeypatch.setattr(job_process, "find_java", none)
    outcome = runs.run("print(1)", "glueetl")
    assert "No Java 17 was found" in outcome.error_message


def test_a_killed_run_has_ended_with_all_its_processes(runs: Runs) -> None:
    process = runs.process(
        "import subprocess, time\n"
        "subprocess.Popen(['sleep', '1000'])\nprint('READY', flush=True)\ntime.sleep(1000)"
    )
    process.start()
    until(lambda: "READY" in process.log_path.read_text())
    group = process.pid
    assert group is not None
    assert len(processes_of(group)) == 2
    process.kill()
    assert process.wait().error_message == "The job run was stopped."
    until(lambda: not processes_of(group))
    process.kill()


def test_a_run_killed_before_its_start_never_runs(runs: Runs) -> None:
    process = runs.process("print('ran')")
    process.kill()
    process.start()
    assert process.wait().error_message == "The job run was stopped."
    assert "ran" not in process.log_path.read_text()


def test_a_run_ends_when_the_process_that_started_it_dies(runs: Runs) -> None:
    script = runs.folder / "long.py"
    script.write_text("import time\nprint('READY', flush=True)\ntime.sleep(1000)")
    starter = (
        "import json, sys, time\nfrom pathlib import Path\n"
        "from sandbox.glue.execution.job_process import JobProcess\n"
        "script, work, env = sys.argv[1:]\n"
        "process = JobProcess(script, {'--JOB_RUN_ID': 'jr'}, Path(work), json.loads(env), 'pythonshell')\n"
        "process.start()\nprint(process.pid, flush=True)\ntime.sleep(1000)\n"
    )
    arguments = [str(script), str(runs.folder / "w"), json.dumps(dict(runs.environment))]
    with subprocess.Popen(
        [sys.executable, "-c", starter, *arguments], cwd=ROOT, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        group = int(parent.stdout.readline())
        log = runs.folder / "w/runs/jr/log"
        until(lambda: "READY" in log.read_text())
        parent.kill()
    until(lambda: not processes_of(group))


def test_a_process_started_ahead_ends_with_its_parent_though_java_is_not_up(runs: Runs) -> None:
    java = runs.folder / "java"
    java.write_text("#!/bin/sh\nexec sleep 1000\n")
    java.chmod(0o755)
    order: dict[str, Any] = {
        "script": None,
        "command": "glueetl",
        "arguments": {},
        "java": str(java),
        "java_version": "17",
        "run_dir": str(runs.folder / "ahead"),
        "cache_dir": str(runs.folder / "cache"),
        "data_bytes": 0,
    }
    process = launch(runs.folder / "ahead", order, runs.environment).process
    until(lambda: "sleep 1000" in "".join(processes_of(process.pid).values()))
    assert process.stdin is not None
    process.stdin.close()  # as the system does when the parent is killed
    assert process.wait() == -signal.SIGKILL
    until(lambda: not processes_of(process.pid))


READS_AND_WRITES = """
import sys
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from awsgluedq.transforms import EvaluateDataQuality
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME"])
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)
frame = glueContext.create_dynamic_frame.from_catalog(database="db", table_name="source")
checked = EvaluateDataQuality().process_rows(
    frame=frame, ruleset='Rules = [RowCount > 0, IsComplete "name"]',
    publishing_options={"dataQualityEvaluationContext": "ctx"})
spark.read.json("s3://lake/in/").write.mode("overwrite").parquet("s3://lake/plain/")
print("temporary:", sc._jvm.java.io.File.createTempFile("java", ""))
assert checked["ruleOutcomes"].filter(lambda x: x["Outcome"] == "Failed").count() == 0, "rules failed"
glueContext.write_dynamic_frame.from_catalog(frame=frame, database="db", table_name="target")
job.commit()
"""


def make_tables(runs: Runs) -> None:
    runs.glue.create_database(DatabaseInput={"Name": "db"})
    serdes = {
        "source": "org.openx.data.jsonserde.JsonSerDe",
        "target": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    }
    for name, serde in serdes.items():
        runs.glue.create_table(
            DatabaseName="db",
            TableInput={
                "Name": name,
                "StorageDescriptor": {
                    "Columns": [{"Name": "name", "Type": "string"}],
                    "Location": f"s3://lake/{'in' if name == 'source' else 'out'}/",
                    "SerdeInfo": {"SerializationLibrary": serde},
                },
            },
        )


def keys(runs: Runs, prefix: str) -> list[str]:
    listed = runs.s3.list_objects_v2(Bucket="lake", Prefix=prefix).get("Contents", [])
    return [item["Key"] for item in listed]


@pytest.mark.spark
def test_a_spark_job_reads_and_writes_s3_and_keeps_its_rule_outcomes(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")  # as in a container; the work directory has an umlaut
    make_tables(runs)
    runs.s3.put_object(Bucket="lake", Key="in/a.json", Body=b'{"Name": "x"}\n')
    outcome = runs.run(READS_AND_WRITES, "glueetl", conf="spark.sql.shuffle.partitions=3")
    assert outcome.succeeded, outcome.log_path.read_text()
    assert len(keys(runs, "out/")) == 1
    assert len(keys(runs, "plain/")) == 1
    (result,) = outcome.data_quality_results
    assert json.loads(result.read_text())["JobRunId"] == "jr_1"
    # Java's native libraries too lie where they go with the run, not in the machine's /tmp.
    temporary = runs.folder / "wörk dir/runs/jr_1/tmp"
    assert f"temporary: {temporary}/java" in outcome.log_path.read_text()
    # A job that fails has left what it wrote before, as on AWS, and says which rules failed.
    runs.s3.put_object(Bucket="lake", Key="in/a.json", Body=b'{"Name": null}\n{"Name": "y"}\n')
    failed = runs.run(READS_AND_WRITES, "glueetl")
    assert failed.error_message == "AssertionError: rules failed"
    assert 'Failed: IsComplete "name": Value: 0.5' in failed.log_path.read_text()
    assert len(keys(runs, "out/")) == 1
    assert sorted(path.name for path in (runs.folder / "wörk dir/runs/jr_1").iterdir()) == [
        "data_quality",
        "log",
        "outcome.json",
    ]


def listening(pids: set[int]) -> list[tuple[str, int]]:
    """Addresses on which these processes listen, TCP 4 and 6, in hexadecimal."""
    inodes = set()
    for pid in pids:
        with contextlib.suppress(OSError):  # a worker that has ended
            for link in list(Path(f"/proc/{pid}/fd").iterdir()):
                with contextlib.suppress(OSError):
                    target = str(link.readlink())
                    if target.startswith("socket:["):
                        inodes.add(target[8:-1])
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                address, port = fields[1].split(":")
                found.append((address, int(port, 16)))
    return found


@pytest.mark.spark
def test_spark_listens_on_this_machine_only_and_its_death_is_told(runs: Runs) -> None:
    process = runs.process(
        "from pyspark.sql import SparkSession\nimport time\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        "print(spark.sparkContext.parallelize(range(9)).map(lambda n: n + 1).sum(), flush=True)\n"
        "print('READY', flush=True)\n"
        "while True:\n    spark.range(9).count()\n    time.sleep(0.1)\n",
        "glueetl",
    )
    process.start()
    until(lambda: "READY" in process.log_path.read_text())
    session = process.pid
    assert session is not None
    members = processes_of(session, os.getsid)  # PySpark's workers have a group of their own
    (java,) = (pid for pid, command in members.items() if "SparkSubmit" in command)
    addresses = listening(set(members))
    assert len(addresses) >= 3  # the gateway, Spark's own traffic, its block manager
    assert {address for address, _ in addresses} == {"0100007F"}  # 127.0.0.1
    os.kill(java, signal.SIGKILL)
    outcome = process.wait()
    assert outcome.error_message == "The job's Spark process was killed by SIGKILL."
    until(lambda: not processes_of(session))

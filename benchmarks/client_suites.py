# ruff: noqa: INP001 - a program of its own, in no package
"""A client's own tests against the embedded Athena, from a checkout of the client.

    python benchmarks/client_suites.py pyathena CHECKOUT --python VENV/bin/python [pytest's arguments]

CHECKOUT is a work tree of PyAthena, awswrangler (aws-sdk-pandas), dbt-athena (the folder of that name
in dbt-adapters), sqlmesh, soda (soda-core) or ibis (with its testing data in ci/ibis-testing-data); the
Python is one in which that client and what its tests need are installed. A sandbox of its own is started,
and what the tests expect of an account is made in it. Nothing of AWS can be reached: the endpoint
and the credentials are the sandbox's. What fails is sorted by its message: what needs Iceberg, what
needs a service that is not Athena, and the rest, which is written to build/client-suites/CLIENT.txt.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sandbox import environment
from sandbox.server.application import Sandbox

BUCKET = "client-suites"
OUT = Path("build/client-suites")
# pyarrow's own client, and the one in polars, read no endpoint from the environment or no plain HTTP.
_SITE = """
import contextlib, os
with contextlib.suppress(ModuleNotFoundError):
    import pyarrow.fs as fs
    class S3FileSystem(fs.S3FileSystem):
        def __init__(self, *arguments, **options):
            place = {"endpoint_override": os.environ["AWS_ENDPOINT_URL"], "scheme": "http"}
            super().__init__(*arguments, **{**place, **options})
    fs.S3FileSystem = S3FileSystem
"""
_SOME_FAILED = 1  # pytest's exit code; others tell that it did not run to its end
# The first that matches a failure is its cause. First comes the test's name, then all that it said: a
# word in a traceback's code is no cause, the sandbox's own sentences are.
CAUSES = {
    "Iceberg": r"^\S*(?i:iceberg|s3_?tables)|Iceberg table|Iceberg metadata",
    "Spark": r"^\S*(?i:spark)|StartSession|StartCalculationExecution",
    "another service": r"\(NotImplemented\)|Could not connect to the endpoint",
}


@dataclass(frozen=True)
class Client:
    """What a client's tests ask for.

    Attributes:
        tests: where they are in the checkout.
        variables: what the environment must say, beside the sandbox's.
        work_groups: the work groups that must be there; True for managed query results.
        bucket: one more bucket, which a test names although it is the client's own account's.
        stack: the CloudFormation stack whose outputs tell the tests what is there.
        mark: pytest's mark of those of the tests that are of Athena; all if empty.
    """

    tests: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    work_groups: Mapping[str, bool] = field(default_factory=dict)
    bucket: str = ""
    stack: str = ""
    mark: str = ""


CLIENTS = {
    "pyathena": Client(
        ("tests/pyathena",),
        {
            "AWS_ATHENA_S3_STAGING_DIR": f"s3://{BUCKET}/pyathena/",
            "AWS_ATHENA_WORKGROUP": "pyathena",
            "AWS_ATHENA_SPARK_WORKGROUP": "pyathena-spark",
            "AWS_ATHENA_MANAGED_WORKGROUP": "pyathena-managed",
        },
        {"pyathena": False, "pyathena-managed": True},
    ),
    "pyathena-sqlalchemy": Client(
        ("tests/sqlalchemy",),
        {
            "AWS_ATHENA_S3_STAGING_DIR": f"s3://{BUCKET}/pyathena/",
            "AWS_ATHENA_WORKGROUP": "pyathena",
            "AWS_ATHENA_SPARK_WORKGROUP": "pyathena-spark",
        },
        {"pyathena": False},
    ),
    "awswrangler": Client(
        (
            *(f"tests/unit/test_athena{part}.py" for part in ("", "_cache", "_csv", "_geospatial")),
            *(f"tests/unit/test_athena{part}.py" for part in ("_parquet", "_prepared")),
            *(f"tests/unit/test_athena{part}.py" for part in ("_projection", "_iceberg")),
            *(f"tests/unit/test_{part}.py" for part in ("catalog", "metadata", "s3", "s3_orc")),
            *(f"tests/unit/test_s3_{part}.py" for part in ("parquet", "text", "text_compressed")),
        ),
        stack="aws-sdk-pandas-base",
    ),
    "dbt-athena": Client(
        ("tests/functional",),
        {
            "DBT_TEST_ATHENA_S3_STAGING_DIR": f"s3://{BUCKET}/dbt/results/",
            "DBT_TEST_ATHENA_S3_TMP_TABLE_DIR": f"s3://{BUCKET}/dbt/tables/",
            "DBT_TEST_ATHENA_REGION_NAME": environment.REGION,
            "DBT_TEST_ATHENA_DATABASE": "awsdatacatalog",
            "DBT_TEST_ATHENA_SCHEMA": "dbt",
            "DBT_TEST_ATHENA_WORK_GROUP": "dbt",
            "DBT_TEST_ATHENA_POLL_INTERVAL": "0.1",
        },
        {"dbt": False},
        bucket="dbt-athena-integration-testing",
    ),
    "sqlmesh": Client(
        ("tests/core/engine_adapter/integration",),
        {
            "ATHENA_WORK_GROUP": "sqlmesh",
            "ATHENA_S3_WAREHOUSE_LOCATION": f"s3://{BUCKET}/sqlmesh/",
        },
        {"sqlmesh": False},
        mark="athena",
    ),
    "soda": Client(
        ("soda-tests/tests/feature", "soda-tests/tests/integration", "soda-athena/tests"),
        {
            "TEST_DATASOURCE": "athena",
            "ATHENA_ACCESS_KEY_ID": "sandbox",
            "ATHENA_SECRET_ACCESS_KEY": "sandbox",
            "ATHENA_REGION_NAME": environment.REGION,
            "ATHENA_S3_TEST_DIR": f"s3://{BUCKET}/soda/",
        },
    ),
    "ibis": Client(
        ("ibis/backends/tests", "ibis/backends/athena"),
        {"IBIS_ATHENA_S3_STAGING_DIR": f"s3://{BUCKET}/ibis"},
        mark="athena",
    ),
}


def main() -> int:
    """Run a suite and print the table; exit code 0 if nothing failed but for Iceberg."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("client", choices=CLIENTS)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--python", type=Path, required=True, help="a Python that has the client")
    options, arguments = parser.parse_known_args()
    client = CLIENTS[options.client]
    OUT.mkdir(parents=True, exist_ok=True)
    results = (OUT / f"{options.client}.xml").resolve()
    results.unlink(missing_ok=True)
    with TemporaryDirectory() as folder, Sandbox() as sandbox:
        site = Path(folder)
        _prepare(sandbox.endpoint_url, client)
        named = any((options.checkout / a.partition("::")[0]).exists() for a in arguments)
        command = [str(options.python.absolute()), "-m", "pytest", "-q", "--tb=short", *arguments]
        command += ["-p", "no:cacheprovider", f"--junitxml={results}", "-o", "junit_logging=all"]
        command += [] if named else client.tests
        command += ["-m", client.mark] if client.mark else []
        (site / "sitecustomize.py").write_text(_SITE, encoding="utf-8")
        ours = {"PYTHONPATH": str(site), "AWS_ALLOW_HTTP": "true", **client.variables}
        ended = subprocess.run(
            command,
            cwd=options.checkout,
            env={**os.environ, **sandbox.environment, **ours},
            check=False,
        )
    if ended.returncode not in {0, _SOME_FAILED} or not results.is_file():
        print("ERROR The suite did not run to its end.", file=sys.stderr)
        return 2
    return _tell(options.client, results)


def _prepare(endpoint_url: str, client: Client) -> None:
    s3, athena = (environment.client(name, endpoint_url) for name in ("s3", "athena"))
    environment.client("glue", endpoint_url).create_database(DatabaseInput={"Name": "default"})
    # As AWS has it in every bucket; moto tells of it only where it is asked for.
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    for bucket in filter(None, (BUCKET, client.bucket)):
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    if client.stack:
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        outputs = {**_made(endpoint_url), "Region": environment.REGION, "BucketName": BUCKET}
        template = {
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        environment.client("cloudformation", endpoint_url).create_stack(
            StackName=client.stack, TemplateBody=json.dumps(template)
        )
    for name, managed in client.work_groups.items():
        results = (
            {"ManagedQueryResultsConfiguration": {"Enabled": True}}
            if managed
            else {"ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/results/"}}
        )
        athena.create_work_group(
            Name=name, Configuration={"EnforceWorkGroupConfiguration": managed, **results}
        )


def _made(endpoint_url: str) -> dict[str, str]:
    """A key, a log stream and a database, by the names that awswrangler's stack gives them."""
    logs, kms = (environment.client(name, endpoint_url) for name in ("logs", "kms"))
    logs.create_log_group(logGroupName=BUCKET)
    logs.create_log_stream(logGroupName=BUCKET, logStreamName=BUCKET)
    environment.client("glue", endpoint_url).create_database(
        DatabaseInput={"Name": "aws_sdk_pandas"}
    )
    return {
        "KmsKeyArn": kms.create_key()["KeyMetadata"]["Arn"],
        "LogGroupName": BUCKET,
        "LogStream": BUCKET,
        "GlueDatabaseName": "aws_sdk_pandas",
    }


def _tell(name: str, results: Path) -> int:
    causes: Counter[str] = Counter()
    rest: list[str] = []
    for case in ET.parse(results).iter("testcase"):  # noqa: S314 -- pytest's own file
        failed = [*case.iter("failure"), *case.iter("error")]
        if case.find("skipped") is not None:
            causes["skipped"] += 1
        elif not failed:
            causes["passed"] += 1
        else:
            text = f"{failed[0].get('message')}\n{''.join(case.itertext())}"
            test = f"{case.get('classname')}::{case.get('name')}"
            cause = next(
                (c for c, pattern in CAUSES.items() if re.search(pattern, f"{test}\n{text}")), ""
            )
            causes[cause or "other"] += 1
            if not cause:
                rest.append(f"{test}\n    {(failed[0].get('message') or '')[:300]}\n")
    (OUT / f"{name}.txt").write_text("".join(rest), encoding="utf-8")
    counted = causes["passed"] + causes["other"]
    print(f"\n{name}: {', '.join(f'{count} {cause}' for cause, count in causes.most_common())}")
    print(
        f"of what is Athena's and not Iceberg's {causes['passed']} of {counted} pass; the others: {OUT}/{name}.txt"
    )
    return 1 if causes["other"] else 0


if __name__ == "__main__":
    sys.exit(main())

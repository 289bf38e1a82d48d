"""The report as whoever assumes the role that Terraform makes for it."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest
from botocore.client import BaseClient

from sandbox import environment
from sandbox.server.application import Sandbox
from tests import published_shape
from tests.terraform.conftest import Project
from tests.validation.lakehouse import (
    BUCKETS,
    DATABASE,
    RESULTS,
    WORKGROUP,
    ZONES,
    Lakehouse,
    ToldProcess,
)
from validation.report import main

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

_NAME = "stedi-validation-us-east-1"
_REGION, _ACCOUNT = "us-east-1", "123456789012"
# Calls that need a permission of another name (Amazon S3 API Reference, each call's "Permissions").
_NAMED = {
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
}
# What AWS's Athena asks and the sandbox's does not, and what only some reports do: stop a query, read the
# results of a job that has some, use a key.
_SELDOM = {
    *("s3:GetBucketLocation", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
    *("glue:GetDatabase", "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition"),
    *("athena:StopQueryExecution", "glue:GetDataQualityResult"),
}


def test_the_report_runs_as_the_role_which_may_do_what_it_does_and_no_more(
    initialised: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published_shape.write(tmp_path / "landing", published_shape.SMALL)
    with Sandbox(state_dir=tmp_path / "state", make_process=ToldProcess) as sandbox:
        lake = Lakehouse(sandbox, tmp_path / "landing")
        topic = environment.client("sns", sandbox.endpoint_url).create_topic(Name="told")[
            "TopicArn"
        ]
        statements = _deployed(initialised, sandbox, tmp_path / "role", topic)
        # As docs/terraform.md has it: a profile that assumes the role.
        config = tmp_path / "config"
        config.write_text(
            "[profile me]\naws_access_key_id = me\naws_secret_access_key = secret\n"
            "[profile report]\nsource_profile = me\n"
            f"role_arn = arn:aws:iam::123456789012:role/{_NAME}\n"
        )
        for name, value in sandbox.environment.items():
            monkeypatch.setenv(name, value)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
        monkeypatch.setenv("AWS_PROFILE", "report")
        calls = _recorded(monkeypatch)
        code = main(
            [
                *[
                    *lake.flags(),
                    "--results",
                    RESULTS,
                    "--expect",
                    str(lake.expectations(tmp_path)),
                ],
                *["--out", str(tmp_path / "report"), "--notify", "--topic-arn", topic],
            ]
        )
    assert code == 0
    assert {identity for identity, _, _ in calls} == {"role", "athena"}
    refused = {
        (action, resource)
        for _, action, resource in calls
        if not any(
            action in statement["Action"]
            and any(fnmatchcase(resource, pattern) for pattern in statement["Resource"])
            for statement in statements
        )
    }
    assert refused == set()
    allowed = {action for statement in statements for action in statement["Action"]}
    assert allowed - {action for _, action, _ in calls} == _SELDOM


def _deployed(
    initialised: Project, sandbox: Sandbox, folder: Path, topic: str
) -> list[dict[str, Any]]:
    """Make the role by its module, and give the statements of its policy as AWS has it."""
    folder.mkdir()
    inputs = {
        "name_prefix": "stedi",
        "zones": [BUCKETS[zone] for zone in ZONES],
        "assets_bucket": BUCKETS["assets"],
        "results_bucket": BUCKETS["athena-results"],
        "databases": [DATABASE],
        "job_names": Lakehouse.jobs(),
        "workgroup": WORKGROUP,
        "principal_arns": ["arn:aws:iam::123456789012:root"],
        "topic_arn": topic,
    }
    module = {"source": str(initialised.root / "terraform" / "modules" / "validation_role")}
    (folder / "main.tf.json").write_text(json.dumps({"module": {"role": module | inputs}}))
    there = Project(folder, {**initialised.environment, **sandbox.environment}, ".")
    there.terraform("init", "-input=false", "-no-color")
    there.terraform("apply", "-auto-approve", "-input=false", "-no-color")
    iam = environment.client("iam", sandbox.endpoint_url)
    policy = iam.get_role_policy(RoleName=_NAME, PolicyName="report")["PolicyDocument"]
    statements: list[dict[str, Any]] = policy["Statement"]
    return statements


def _recorded(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str, str]]:
    """Identity, action and resource of every call from now on.

    The sandbox's Athena is in this process and calls by itself; AWS's does the same as whoever asks.
    """
    calls: set[tuple[str, str, str]] = set()
    plain = BaseClient._make_api_call  # type: ignore[attr-defined] # where all calls pass

    def told(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        if service != "sts":  # which anyone may ask
            key = client._request_signer._credentials.access_key  # type: ignore[attr-defined]
            identity = {"sandbox": "athena"}.get(key, "role" if key.startswith("ASIA") else key)
            action = f"{service}:{operation}"
            calls.add((identity, _NAMED.get(action, action), _resource(service, parameters)))
        return plain(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", told)
    return calls


def _resource(service: str, parameters: dict[str, Any]) -> str:
    """The ARN that IAM holds a call against."""
    own = f"arn:aws:{service}:{_REGION}:{_ACCOUNT}"
    if service == "s3":
        return "/".join(["arn:aws:s3:::" + parameters["Bucket"], *_given(parameters, "Key")])
    if service == "sns":
        return str(parameters["TopicArn"])
    if service == "athena":  # a query's id is of its work group
        return f"{own}:workgroup/{parameters.get('WorkGroup', WORKGROUP)}"
    if table := _given(parameters, "DatabaseName"):
        return f"{own}:table/{table[0]}/{parameters.get('Name', '*')}"
    if job := _given(parameters, "JobName"):
        return f"{own}:job/{job[0]}"
    return f"{own}:dataQualityRuleset/*"


def _given(parameters: dict[str, Any], name: str) -> list[str]:
    return [str(parameters[name])] if name in parameters else []

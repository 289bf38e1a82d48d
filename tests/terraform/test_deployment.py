"""Apply, change, repair and destroy, on the sandbox."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

import glue_studio
from sandbox import environment

if TYPE_CHECKING:
    from sandbox.server.application import Sandbox
    from tests.terraform.conftest import Project

pytestmark = pytest.mark.terraform

JOB = "step_trainer_trusted"
ADDRESS = f'module.pipeline.module.glue_job["{JOB}"]'


def test_from_nothing_to_nothing(project: Project, sandbox: Sandbox) -> None:
    _apply(project)
    made = everything(sandbox)

    assert len(made["jobs"]) == 5
    assert len(made["buckets"]) == 5
    assert len(made["roles"]) == 5
    assert len(made["triggers"]) == 5
    assert len(made["tables"]) == 9  # eight, and the view
    assert project.changes() == {}
    # Deploying runs nothing: that is the user's to start.
    glue = environment.client("glue", sandbox.endpoint_url)
    assert glue.get_workflow_runs(Name="stedi")["Runs"] == []
    assert glue.get_job_runs(JobName=JOB)["JobRuns"] == []

    # A job deleted by hand comes back, with its graph.
    glue.delete_job(JobName=JOB)
    assert set(project.changes()) >= {
        f"{ADDRESS}.aws_glue_job.this",
        f"{ADDRESS}.terraform_data.publish[0]",
    }
    project.terraform("apply", "-input=false", "-no-color", "tfplan")
    job = glue.get_job(JobName=JOB)["Job"]
    assert job["JobMode"] == "VISUAL"
    assert len(job["CodeGenConfigurationNodes"]) == 8

    # What a run leaves behind must not be in the way.
    s3 = environment.client("s3", sandbox.endpoint_url)
    for bucket in made["buckets"]:
        for body in (b"old", b"new"):
            s3.put_object(Bucket=bucket, Key="left/behind", Body=body)
        s3.delete_object(Bucket=bucket, Key="left/behind")
        s3.put_object(Bucket=bucket, Key="left/there", Body=b"x")
    _destroy(project)

    assert {kind: found for kind, found in everything(sandbox).items() if found} == {}
    assert json.loads(project.terraform("show", "-json").stdout).get("values") is None


def test_a_script_that_glue_words_otherwise_is_no_failure(
    project: Project, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate = glue_studio.generate_script
    # The sandbox is this process, the publisher is not.
    monkeypatch.setattr(glue_studio, "generate_script", lambda job: f"# Hi\n{generate(job)}")

    job = f"-target={ADDRESS}.terraform_data.publish"
    project.terraform("apply", "-auto-approve", "-input=false", "-no-color", job)

    s3 = environment.client("s3", sandbox.endpoint_url)
    bucket, key = "stedi-assets-123456789012-us-east-1", f"scripts/{JOB}.py"
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read().startswith(b"# Hi\n")
    assert project.changes(job) == {}
    _destroy(project)


def _apply(project: Project) -> None:
    project.terraform("apply", "-auto-approve", "-input=false", "-no-color")


def _destroy(project: Project) -> None:
    project.terraform("apply", "-destroy", "-auto-approve", "-input=false", "-no-color")


def everything(sandbox: Sandbox) -> dict[str, list[Any]]:
    """Whatever of ours there is, asked of each service."""

    def client(service: str) -> Any:
        return environment.client(service, sandbox.endpoint_url)

    glue = client("glue")
    databases = [database["Name"] for database in glue.get_databases()["DatabaseList"]]
    return {
        "buckets": [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]],
        "databases": databases,
        "tables": [
            table["Name"]
            for database in databases
            for table in glue.get_tables(DatabaseName=database)["TableList"]
        ],
        "jobs": glue.list_jobs()["JobNames"],
        "triggers": glue.list_triggers()["TriggerNames"],
        "workflows": glue.list_workflows()["Workflows"],
        "roles": [role["RoleName"] for role in client("iam").list_roles()["Roles"]],
        "work groups": [
            group["Name"]
            for group in client("athena").list_work_groups()["WorkGroups"]
            if group["Name"] != "primary"  # every account has it
        ],
        "topics": client("sns").list_topics()["Topics"],
        "rules": client("events").list_rules()["Rules"],
        "log groups": client("logs").describe_log_groups()["logGroups"],
    }


def test_a_role_of_another_account_publishes_nothing(project: Project, sandbox: Sandbox) -> None:
    role = "arn:aws:iam::210987654321:role/publisher"
    done = project.terraform(
        "apply",
        "-auto-approve",
        "-input=false",
        "-no-color",
        f"-target={ADDRESS}.terraform_data.publish",
        f'-var=publish={{"role_arn": "{role}"}}',
        check=False,
    )
    assert done.returncode != 0
    said = " ".join(f"{done.stdout} {done.stderr}".split())
    assert "are of account 210987654321" in said
    assert "account 123456789012 is meant: nothing was sent" in said
    glue = environment.client("glue", sandbox.endpoint_url)
    assert "CodeGenConfigurationNodes" not in glue.get_job(JobName=JOB)["Job"]
    _destroy(project)


def test_what_an_apply_left_behind_can_be_taken_over(project: Project, sandbox: Sandbox) -> None:
    # As after an apply that was cut off between AWS's answer and the state.
    role, group = f"stedi-{JOB}-us-east-1", f"/aws-glue/stedi/{JOB}/error"
    bucket = "stedi-landing-123456789012-us-east-1"
    glue = environment.client("glue", sandbox.endpoint_url)
    glue.create_workflow(Name="stedi")
    glue.create_database(DatabaseInput={"Name": "stedi"})
    environment.client("logs", sandbox.endpoint_url).create_log_group(logGroupName=group)
    environment.client("s3", sandbox.endpoint_url).create_bucket(Bucket=bucket)
    environment.client("iam", sandbox.endpoint_url).create_role(
        RoleName=role, AssumeRolePolicyDocument="{}"
    )
    ids = {
        "module.pipeline.module.workflow.aws_glue_workflow.this": "stedi",
        'module.pipeline.module.catalog["stedi"].aws_glue_catalog_database.this': "stedi",
        f'{ADDRESS}.aws_cloudwatch_log_group.this["error"]': group,
        f"{ADDRESS}.aws_iam_role.this": role,
        'module.storage.aws_s3_bucket.this["landing"]': bucket,
    }
    there = ["-target=" + address.removesuffix('["landing"]') for address in ids]

    # What waits for another resource is told once that is there.
    taken: dict[str, str] = {}
    blocks = ""
    apply = ("apply", "-auto-approve", "-input=false", "-no-color", *there)
    while (done := project.terraform(*apply, check=False)).returncode:
        told = re.findall(
            r"creating [^(]*\((.*?)\): .*Already[^$]*?with (\S+),$", done.stderr, re.MULTILINE
        )
        new = {address: name for name, address in told}
        assert new.keys() - taken.keys(), done.stderr
        for address, name in new.items():
            id_ = f"123456789012:{name}" if "catalog_database" in address else name
            blocks += f'import {{\n  to = {address}\n  id = "{id_}"\n}}\n'
        (project.root / "terraform" / "taken_over.tf").write_text(blocks, encoding="utf-8")
        taken |= new
    assert taken == ids
    assert project.changes(*there) == {}
    _destroy(project)

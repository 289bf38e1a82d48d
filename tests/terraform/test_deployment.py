"""Apply, change, repair and destroy, on the sandbox."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

import glue_studio
from sandbox import environment
from tests.terraform.conftest import Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox.server.application import Sandbox

pytestmark = pytest.mark.terraform

JOB = "step_trainer_trusted"
ADDRESS = f'module.pipeline.module.glue_job["{JOB}"]'


@pytest.fixture
def deployed(project: Project) -> Iterator[Project]:
    _apply(project)
    yield project
    _destroy(project)


def test_from_nothing_to_nothing(project: Project, sandbox: Sandbox) -> None:
    _apply(project)
    made = everything(sandbox)

    assert len(made["jobs"]) == 5
    assert len(made["buckets"]) == 5
    assert len(made["roles"]) == 5
    assert len(made["triggers"]) == 5
    assert len(made["tables"]) == 9  # eight, and the view
    assert _changes(project) == {}
    # Deploying runs nothing: that is the user's to start.
    glue = environment.client("glue", sandbox.endpoint_url)
    assert glue.get_workflow_runs(Name="stedi")["Runs"] == []
    assert glue.get_job_runs(JobName=JOB)["JobRuns"] == []

    # A job deleted by hand comes back, with its graph.
    glue.delete_job(JobName=JOB)
    assert set(_changes(project)) >= {
        f"{ADDRESS}.aws_glue_job.this",
        f"{ADDRESS}.terraform_data.publish[0]",
    }
    _apply_plan(project)
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


def test_publishing_and_terraform_leave_each_other_alone(
    deployed: Project, sandbox: Sandbox
) -> None:
    glue = environment.client("glue", sandbox.endpoint_url)
    published = glue.get_job(JobName=JOB)["Job"]
    assert published["JobMode"] == "VISUAL"
    assert published["CodeGenConfigurationNodes"].keys() == (
        deployed.read_job(JOB)["CodeGenConfigurationNodes"].keys()
    )
    assert published["DefaultArguments"]["--TempDir"].endswith(f"/temp/{JOB}/")
    assert glue.get_tags(ResourceArn=f"arn:aws:glue:us-east-1:123456789012:job/{JOB}")["Tags"][
        "glue-studio"
    ] == "managed"  # fmt: skip

    # Glue writes its own script, without Terraform's metadata.
    s3 = environment.client("s3", sandbox.endpoint_url)
    s3.put_object(
        Bucket="stedi-assets-123456789012-us-east-1",
        Key=f"scripts/{JOB}.py",
        Body=b"# as Glue wrote it\n",
        ContentType="text/x-python",
        Metadata={"written-by": "glue"},
    )
    assert _changes(deployed) == {}

    # A setting changes: Terraform's UpdateJob drops the graph, and it is published again.
    job = deployed.read_job(JOB)
    job["Timeout"] = 45
    deployed.write_job(job)
    assert _changes(deployed) == {
        f"{ADDRESS}.aws_glue_job.this": ["update"],
        f"{ADDRESS}.terraform_data.publish[0]": ["delete", "create"],
    }
    _apply_plan(deployed)
    changed = glue.get_job(JobName=JOB)["Job"]
    assert (changed["Timeout"], changed["JobMode"]) == (45, "VISUAL")
    assert changed["CodeGenConfigurationNodes"] == published["CodeGenConfigurationNodes"]
    assert changed["DefaultArguments"] == published["DefaultArguments"]

    # Only the graph changes: only the publisher has something to do.
    nodes = job["CodeGenConfigurationNodes"]
    query = next(node["SparkSQL"] for node in nodes.values() if "SparkSQL" in node)
    query["Name"] = "Readings of the curated"
    deployed.write_job(job)
    assert _changes(deployed) == {f"{ADDRESS}.terraform_data.publish[0]": ["delete", "create"]}
    _apply_plan(deployed)
    names = [
        settings["Name"]
        for node in glue.get_job(JobName=JOB)["Job"]["CodeGenConfigurationNodes"].values()
        for settings in node.values()
    ]
    assert "Readings of the curated" in names
    assert _changes(deployed) == {}


def test_a_script_that_glue_words_otherwise_is_no_failure(
    project: Project, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate = glue_studio.generate_script
    # The sandbox is this process, the publisher is not.
    monkeypatch.setattr(glue_studio, "generate_script", lambda job: f"# Hi\n{generate(job)}")

    _apply(project)

    s3 = environment.client("s3", sandbox.endpoint_url)
    bucket, key = "stedi-assets-123456789012-us-east-1", f"scripts/{JOB}.py"
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read().startswith(b"# Hi\n")
    assert _changes(project) == {}
    _destroy(project)


def _apply(project: Project) -> None:
    project.terraform("apply", "-auto-approve", "-input=false", "-no-color")


def _apply_plan(project: Project) -> None:
    """Apply what `_changes` planned."""
    project.terraform("apply", "-input=false", "-no-color", "tfplan")


def _destroy(project: Project) -> None:
    project.terraform("apply", "-destroy", "-auto-approve", "-input=false", "-no-color")


def _changes(project: Project) -> dict[str, list[str]]:
    return project.plan().changed()


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
    apply = ("apply", "-auto-approve", "-input=false", "-no-color", *there)
    while (done := project.terraform(*apply, check=False)).returncode:
        told = re.findall(
            r"creating [^(]*\((.*?)\): .*Already[^$]*?with (\S+),$", done.stderr, re.MULTILINE
        )
        new = {address: name for name, address in told}
        assert new.keys() - taken.keys(), done.stderr
        for address, name in new.items():
            id_ = f"123456789012:{name}" if "catalog_database" in address else name
            project.terraform("import", "-input=false", "-no-color", address, id_)
        taken |= new
    assert taken == ids
    assert project.plan(*there).changed() == {}
    _destroy(project)


def test_a_second_deployment_of_a_prefix_takes_nothing_from_the_first(
    deployed: Project, initialised: Project, tmp_path: Path
) -> None:
    other = Project(tmp_path / "other", deployed.environment)
    shutil.copytree(initialised.root, other.root, symlinks=True)

    done = other.terraform("apply", "-auto-approve", "-input=false", "-no-color", check=False)

    assert done.returncode == 1
    assert "BucketAlreadyExists" in done.stderr
    _destroy(other)
    assert _changes(deployed) == {}

"""A deployment that stands: what is changed by hand or beside it, and what Terraform makes of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox import environment
from tests.terraform.conftest import Project, copied, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox.server.application import Sandbox

pytestmark = pytest.mark.terraform

JOB = "step_trainer_trusted"
ADDRESS = f'module.pipeline.module.glue_job["{JOB}"]'


@pytest.fixture(scope="module")
def deployed(
    initialised: Project, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Project]:
    """A deployment that tests change and leave whole."""
    folder = tmp_path_factory.mktemp("copy") / "copy"
    with served(copied(initialised, folder, sandbox.environment)) as project:
        project.terraform("apply", "-auto-approve", "-input=false", "-no-color")
        yield project


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
    assert deployed.changes() == {}

    # A setting changes: Terraform's UpdateJob drops the graph, and it is published again.
    job = deployed.read_job(JOB)
    job["Timeout"] = 45
    deployed.write_job(job)
    assert deployed.changes() == {
        f"{ADDRESS}.aws_glue_job.this": "update",
        f"{ADDRESS}.terraform_data.publish[0]": "replace",
    }
    deployed.terraform("apply", "-input=false", "-no-color", "tfplan")
    changed = glue.get_job(JobName=JOB)["Job"]
    assert (changed["Timeout"], changed["JobMode"]) == (45, "VISUAL")
    assert changed["CodeGenConfigurationNodes"] == published["CodeGenConfigurationNodes"]
    assert changed["DefaultArguments"] == published["DefaultArguments"]

    # Only the graph changes: only the publisher has something to do.
    nodes = job["CodeGenConfigurationNodes"]
    query = next(node["SparkSQL"] for node in nodes.values() if "SparkSQL" in node)
    query["Name"] = "Readings of the curated"
    deployed.write_job(job)
    assert deployed.changes() == {f"{ADDRESS}.terraform_data.publish[0]": "replace"}
    deployed.terraform("apply", "-input=false", "-no-color", "tfplan")
    names = [
        settings["Name"]
        for node in glue.get_job(JobName=JOB)["Job"]["CodeGenConfigurationNodes"].values()
        for settings in node.values()
    ]
    assert "Readings of the curated" in names
    assert deployed.changes() == {}


def test_a_second_deployment_of_a_prefix_takes_nothing_from_the_first(
    deployed: Project, initialised: Project, sandbox: Sandbox, tmp_path: Path
) -> None:
    other = copied(initialised, tmp_path / "other", sandbox.environment)

    done = other.terraform("apply", "-auto-approve", "-input=false", "-no-color", check=False)

    assert done.returncode == 1
    assert "BucketAlreadyExists" in done.stderr
    other.terraform("apply", "-destroy", "-auto-approve", "-input=false", "-no-color")
    assert deployed.changes() == {}

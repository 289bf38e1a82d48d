"""A plan for another account, region or prefix than the state's is refused, and nothing is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.terraform.conftest import Project

pytestmark = pytest.mark.terraform

IDENTITY = "module.pipeline.module.identity"
ADDRESS = f"{IDENTITY}.terraform_data.this"


def test_another_identity_is_refused(project: Project) -> None:
    # The identity alone stands for the deployment: it is what every plan looks at first.
    project.terraform("apply", "-auto-approve", "-input=false", f"-target={IDENTITY}")
    before = _resources(project)

    for command, other in (
        (["plan"], "region=eu-west-1"),
        (["plan", "-destroy"], "region=eu-west-1"),
        (["apply", "-refresh-only", "-auto-approve"], "name_prefix=acme"),
        (["apply", "-destroy", "-auto-approve"], "name_prefix=acme"),
    ):
        done = project.terraform(
            *command, "-input=false", "-no-color", f"-var={other}", check=False
        )

        message = " ".join(done.stderr.replace("│", " ").split())
        assert done.returncode == 1, command
        assert "The state is that of another deployment: account 123456789012" in message
        assert 'region us-east-1, name_prefix "stedi"' in message
        assert "terraform workspace new" in message
        assert _resources(project) == before

    renamed = project.changes("-var=name_prefix=acme", f"-replace={ADDRESS}", f"-target={IDENTITY}")
    assert renamed == {ADDRESS: "replace"}


def test_an_account_that_is_not_allowed_is_refused(project: Project) -> None:
    elsewhere = replace(
        project,
        environment={**project.environment, "TF_VAR_allowed_account_ids": json.dumps(["9" * 12])},
    )

    done = elsewhere.terraform("plan", "-input=false", "-no-color", check=False)

    assert done.returncode == 1
    assert "AWS account ID not allowed: 123456789012" in done.stderr


def _resources(project: Project) -> list[Any]:
    resources: list[Any] = json.loads(project.terraform("state", "pull").stdout)["resources"]
    return resources

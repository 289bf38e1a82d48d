"""checkov finds nothing in the modules or in plans but what a reason stands beside."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.terraform.conftest import ROOT, Project, as_users_plan
from toolchain.packages import CHECKOV

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.terraform,
    pytest.mark.skipif(not CHECKOV.exists(), reason="make test installs checkov"),
]

_ENVIRONMENT = {
    "BC_SKIP_MAPPING": "TRUE",  # it asks nobody for its guidelines
    # What is made for each of several is checked once in the source: it took twice the time to
    # find the same, and the plan has every one.
    "CHECKOV_ENABLE_FOREACH_HANDLING": "FALSE",
    "CHECKOV_ENABLE_MODULES_FOREACH_HANDLING": "FALSE",
}


@dataclass(frozen=True)
class Findings:
    """What checkov says: how many checks passed, what failed, and the reasons of the skipped."""

    passed: int
    failed: list[str]
    reasons: set[str]


def test_the_source_of_the_modules_and_examples() -> None:
    found = _scan("--framework", "terraform", "--directory", str(ROOT / "terraform"))

    assert found.failed == []
    assert found.passed > 50
    # checkov takes a reason for a skip that gives none; here each is a sentence.
    assert [reason for reason in found.reasons if not re.search(r"\w.* .*\.$", reason)] == []


@pytest.mark.parametrize("variables", [{}, {"kms_key_enabled": True}], ids=["defaults", "key"])
def test_the_plan_of_the_root(project: Project, variables: dict[str, Any], tmp_path: Path) -> None:
    there = as_users_plan(project)
    (there.root / "terraform" / "checked.auto.tfvars.json").write_text(json.dumps(variables))
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(there.plan().content))

    found = _scan(
        *("--framework", "terraform_plan", "--file", str(plan)),
        *("--repo-root-for-plan-enrichment", str(there.root)),  # where the reasons stand
    )

    assert found.failed == []
    assert found.passed > 100


def test_a_finding_is_found(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "aws_sns_topic" "bare" {\n  name = "bare"\n}\n'
        'resource "aws_kms_key" "skipped" {\n  # checkov:skip=CKV_AWS_7: It is not.\n}\n'
    )

    found = _scan("--framework", "terraform", "--directory", str(tmp_path))

    assert "CKV_AWS_26 aws_sns_topic.bare" in found.failed
    assert "It is not." in found.reasons


def _scan(*arguments: str) -> Findings:
    done = subprocess.run(
        [str(CHECKOV / "bin" / "python"), "-m", "checkov.main", *arguments, "--output", "json"],
        env={**os.environ, **_ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        report = json.loads(done.stdout)
    except ValueError:
        pytest.fail(done.stdout + done.stderr)
    checks = report["results"]
    return Findings(
        len(checks["passed_checks"]),
        [f"{check['check_id']} {check['resource']}" for check in checks["failed_checks"]],
        {check["check_result"]["suppress_comment"].strip() for check in checks["skipped_checks"]},
    )

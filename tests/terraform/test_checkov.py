"""checkov finds nothing in the modules or in plans but what a reason stands beside."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

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


def test_the_source_of_the_modules_and_examples(tmp_path: Path) -> None:
    hidden = shutil.ignore_patterns(".terraform*", "terraform.tfstate*", "*.tfvars")
    shutil.copytree(ROOT / "terraform", tmp_path / "terraform", ignore=hidden)
    (tmp_path / "planted.tf").write_text(
        'resource "aws_sns_topic" "bare" {\n  name = "bare"\n}\n'
        'resource "aws_kms_key" "skipped" {\n  # checkov:skip=CKV_AWS_7: It is not.\n}\n'
    )

    found = _scan("--framework", "terraform", "--directory", str(tmp_path))

    # What is planted is found, and nothing else.
    assert found.failed == ["CKV_AWS_26 aws_sns_topic.bare", "CKV2_AWS_64 aws_kms_key.skipped"]
    assert found.passed > 50
    assert "It is not." in found.reasons
    # checkov takes a reason for a skip that gives none; here each is a sentence.
    assert [reason for reason in found.reasons if not re.search(r"\w.* .*\.$", reason)] == []


def test_the_plans_of_the_root(project: Project, tmp_path: Path) -> None:
    there = as_users_plan(project)
    plans: list[Path] = []
    for variables in ({}, {"kms_key_enabled": True}):
        (there.root / "terraform" / "checked.auto.tfvars.json").write_text(json.dumps(variables))
        plans.append(tmp_path / f"plan-{len(plans)}.json")
        plans[-1].write_text(json.dumps(there.plan().content))

    found = _scan(
        *("--framework", "terraform_plan", *(f"--file={plan}" for plan in plans)),
        *("--repo-root-for-plan-enrichment", str(there.root)),  # where the reasons stand
    )

    assert found.failed == []
    assert found.passed > 200


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

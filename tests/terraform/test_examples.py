"""The plans of the root and of the examples are the committed ones, and orders goes all the way."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.terraform import provider_6
from tests.terraform.conftest import Project, as_users_plan
from tests.terraform.test_deployment import everything

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.server.application import Sandbox
    from tests.terraform.conftest import Plan

pytestmark = pytest.mark.terraform

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "terraform" / "examples"
# Where state is kept is not what is deployed; here it is a file.
_LOCAL_STATE = 'terraform {\n  backend "local" {}\n}\n'
_COMPANY = {
    "access_logs_bucket": "acme-s3-access-logs",
    "analyst_arns": ["arn:aws:iam::123456789012:role/analyst"],
    "availability_zone": "us-east-1a",
    "notification_emails": ["data@example.com"],
    "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/boundary",
    "s3_prefix_list_id": "pl-63a5400a",
    "subnet_id": "subnet-0123456789abcdef0",
    "vpc_cidr": "10.0.0.0/16",
    "vpc_id": "vpc-0123456789abcdef0",
}


def test_the_roots_plan_is_as_committed(as_it_is: tuple[Project, Plan]) -> None:
    _compare("root", as_it_is[1])


@pytest.mark.parametrize(
    ("example", "variables"),
    [
        ("orders/terraform", {}),
        ("complete", _COMPANY),
        ("remote-state/bucket", {}),
    ],
)
def test_an_examples_plan_is_as_committed(
    project: Project, example: str, variables: Mapping[str, Any]
) -> None:
    there = _example(project, example)
    folder = project.root / there.folder
    (folder / "backend_override.tf").write_text(_LOCAL_STATE)
    (folder / "company.auto.tfvars.json").write_text(json.dumps(variables))
    there.terraform("init", "-input=false", "-no-color")

    _compare(example.replace("/", "-"), there.plan())


def test_remote_state_is_orders_elsewhere(project: Project) -> None:
    there = _example(project, "remote-state")
    (project.root / there.folder / "backend_override.tf").write_text(_LOCAL_STATE)
    there.terraform("init", "-input=false", "-no-color")

    text = _text(there.plan())

    assert text.replace("module.orders.", "").replace("../orders/terraform/", "./") == (
        HERE / "baselines" / "orders-terraform.txt"
    ).read_text(encoding="utf-8")


def test_orders_takes_few_lines_of_terraform() -> None:
    text = (EXAMPLES / "orders" / "terraform" / "main.tf").read_text(encoding="utf-8")

    assert len(text.splitlines()) < 40


@pytest.mark.spark
def test_orders_from_nothing_to_nothing(
    initialised: Project, sandbox: Sandbox, tmp_path: Path
) -> None:
    folder = initialised.root / "terraform" / "examples" / "orders"

    def deploy(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "deploy", *arguments, "--project", str(folder)],
            env={**os.environ, **initialised.environment, **sandbox.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    out = tmp_path / "report"
    printed = deploy("all", "--data", str(folder / "landing"), "--out", str(out))

    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["verdict"] == "passed"
    # What is wrong with the data on purpose: one payment of an order that nobody knows.
    assert [c["id"] for c in report["checks"] if c["outcome"] == "warned"] == [
        "payments.unknown_orders"
    ]
    assert "stedi" not in printed.lower()
    assert len(everything(sandbox)["jobs"]) == 3

    deploy("destroy")
    assert {kind: found for kind, found in everything(sandbox).items() if found} == {}


def test_every_argument_is_one_of_provider_6(as_it_is: tuple[Project, Plan]) -> None:
    known = json.loads(provider_6.SCHEMA.read_text(encoding="utf-8"))
    used = list(_configured(as_it_is[1].content["configuration"]["root_module"]))

    assert {type_ for type_, _ in used} == known.keys() - {
        "aws_security_group",
        "aws_glue_connection",
    }
    assert [
        f"{type_}.{argument}"
        for type_, arguments in used
        for argument in _unknown(arguments, known[type_])
    ] == []


def test_arguments_are_read_from_the_generated_package() -> None:
    meta = "connection: x, count: x, depends_on: x, for_each: x, lifecycle: x, provider: x"
    source = (
        "class Rule:\n    def __init__(self, *, and_: Optional[str]) -> None: ...\n"
        f"class BucketConfig:\n    def __init__(self, *, {meta}, provisioners: x, id: str,"
        " rule: Union['Rule', Dict[str, Any]], name: str) -> None: ...\n"
    )
    assert provider_6.arguments(source) == {"name": None, "rule": {"and": None}}


def test_nothing_deprecated_is_used(as_it_is: tuple[Project, Plan]) -> None:
    """Deprecated arguments of the provider 5 are what a 6 may lack; Terraform warns of them."""
    said = json.loads(as_it_is[0].terraform("validate", "-json").stdout)

    assert said["valid"]
    assert said["diagnostics"] == []


def _configured(module: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Type and arguments of each resource in the configuration of a plan."""
    for resource in module.get("resources", []):
        if resource["mode"] == "managed" and resource["type"].startswith("aws_"):
            yield resource["type"], resource["expressions"]
    for call in module.get("module_calls", {}).values():
        yield from _configured(call["module"])


def _unknown(arguments: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    for name, value in arguments.items():
        if name == "timeouts":
            continue
        if name not in known:
            yield name
        elif known[name] is not None:
            for block in value if isinstance(value, list) else [value]:
                if "references" not in block and "constant_value" not in block:
                    yield from (f"{name}.{inner}" for inner in _unknown(block, known[name]))


def _example(project: Project, name: str) -> Project:
    return as_users_plan(project, f"terraform/examples/{name}")


def _compare(name: str, plan: Plan) -> None:
    """Compare a plan with the committed one, or with RENEW_GOLDENS=1 commit it."""
    found = _text(plan)
    path = HERE / "baselines" / f"{name}.txt"
    if os.environ.get("RENEW_GOLDENS") == "1":
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8"), (
        f"The plan of {name} differs: look at the change, then renew it with RENEW_GOLDENS=1"
    )


def _text(plan: Plan) -> str:
    """What is deployed, an argument a line: no unknown values, defaults or tags of the provider.

    The digest of a script changes with every SQL text; that a plan follows it is tested apart.
    """
    lines = []
    for address, values in sorted(plan.values().items()):
        lines.append(address)
        for key, value in sorted(values.items()):
            if value not in (None, "", [], {}, False) and key not in {"tags_all", "timeouts"}:
                lines += [f"  {key} = {part}" for part in _parts(value)]
    return re.sub(r"\b[0-9a-f]{64}\b", "SHA256", "\n".join(lines)) + "\n"


def _parts(value: Any) -> list[str]:
    """A value in one line; a policy in one for each statement, so that a change of it can be read."""
    if isinstance(value, str) and value.startswith("{"):
        decoded = json.loads(value)
        return [json.dumps(part, sort_keys=True) for part in decoded.get("Statement", [decoded])]
    return [json.dumps(value, sort_keys=True)]

"""Terraform's files themselves: format, validity, what every module must have and say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from glue_studio.cli import command_line
from tests.terraform import readme_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.terraform.conftest import Project

pytestmark = pytest.mark.terraform

TERRAFORM = Path(__file__).resolve().parents[2] / "terraform"
MODULES = sorted(path for path in (TERRAFORM / "modules").iterdir() if path.is_dir())
_BLOCK = re.compile(r'^(variable|output) "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)


def _sources() -> Iterator[tuple[Path, str]]:
    for path in sorted(TERRAFORM.rglob("*.tf")):
        if ".terraform" not in path.parts:
            yield path, path.read_text(encoding="utf-8")


def test_format(copy: Project) -> None:
    copy.terraform("fmt", "-check", "-recursive", "-diff")


def test_valid(copy: Project) -> None:
    copy.terraform("validate", "-no-color")


def test_terraform_tests(copy: Project) -> None:
    done = copy.terraform("test", "-no-color", check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"Success! (\d+) passed, 0 failed", done.stdout)
    assert passed
    written = sum(
        path.read_text(encoding="utf-8").count('\nrun "')
        for path in (TERRAFORM / "tests").glob("*.tftest.hcl")
    )
    assert int(passed[1]) == written


def test_only_the_aws_provider(copy: Project) -> None:
    done = copy.terraform("version", "-json")

    assert list(json.loads(done.stdout)["provider_selections"]) == [
        "registry.terraform.io/hashicorp/aws"
    ]


@pytest.mark.parametrize("module", [TERRAFORM, *MODULES], ids=lambda path: path.name)
def test_every_module_pins_terraform_and_the_provider(module: Path) -> None:
    text = (module / "versions.tf").read_text(encoding="utf-8")

    assert 'required_version = ">= 1.9"' in text
    assert 'version = ">= 5.100, < 7.0"' in text


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_every_module_says_what_it_is(module: Path) -> None:
    readme = (module / "README.md").read_text(encoding="utf-8")

    assert {"main.tf", "variables.tf", "outputs.tf"} <= {path.name for path in module.iterdir()}
    assert "Deploys" in readme
    assert "**Security.**" in readme
    required = {
        name
        for kind, name, body in _BLOCK.findall((module / "variables.tf").read_text("utf-8"))
        if kind == "variable" and "\n  default " not in f"\n{body}"
    }
    example = readme.partition("```hcl")[2].partition("```")[0]
    assert required == {
        name for name in required if re.search(rf"^  {name}\s+= ", example, re.MULTILINE)
    }


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_the_tables_of_inputs_and_outputs_are_current(module: Path) -> None:
    readme = module / "README.md"

    # `python -m tests.terraform.readme_tables` writes them.
    assert readme.read_text(encoding="utf-8") == readme_tables.with_tables(readme)


def test_what_ci_runs_is_there() -> None:
    yaml = pytest.importorskip("yaml")
    root = TERRAFORM.parent
    workflows = [
        yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted((root / ".github" / "workflows").glob("*.yml"))
    ]
    steps = [step for flow in workflows for job in flow["jobs"].values() for step in job["steps"]]
    hooks = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    commands = [step["run"] for step in steps if "run" in step] + [hook["entry"] for hook in hooks]

    targets = re.findall(r"^(\w+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {m[1] for c in commands if (m := re.match(r"make (\w+)", c))} <= set(targets)
    verbs = [m[1] for c in commands if (m := re.search(r"-m glue_studio (.+)", c))]
    assert len(verbs) == 4
    for verb in verbs:
        command_line.build_parser().parse_args(verb.split())


def test_every_variable_and_output_is_typed_and_described() -> None:
    blocks = [
        (path, kind, name, body)
        for path, text in _sources()
        for kind, name, body in _BLOCK.findall(text)
    ]

    assert len(blocks) > 50
    assert [
        f"{path}: {name}"
        for path, kind, name, body in blocks
        if not re.search(r'^  description = ".{8,}"$', body, re.MULTILINE)
        or (kind == "variable" and not re.search(r"^  type\s+= ", body, re.MULTILINE))
        or re.search(r"^  type\s+= any", body, re.MULTILINE)
    ] == []


def test_every_validation_of_the_root_is_tested() -> None:
    variables = (TERRAFORM / "variables.tf").read_text(encoding="utf-8")
    tests = (TERRAFORM / "tests" / "variables.tftest.hcl").read_text(encoding="utf-8")

    validated = {name for _, name, body in _BLOCK.findall(variables) if "validation {" in body}
    assert validated == set(re.findall(r"expect_failures = \[var\.(\w+)\]", tests))


def test_example_settings_name_variables_that_exist() -> None:
    example = (TERRAFORM / "terraform.tfvars.example").read_text(encoding="utf-8")
    variables = (TERRAFORM / "variables.tf").read_text(encoding="utf-8")

    named = set(re.findall(r"^# (\w+)\s+= ", example, re.MULTILINE))
    declared = {name for _, name, _ in _BLOCK.findall(variables)}
    assert named == declared - {"python"}

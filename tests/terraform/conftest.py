"""Terraform on copies of the project: each test may break its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deploy import terraform
from deploy.errors import DeployError
from sandbox.environment import environment_of
from sandbox.server.application import Sandbox
from toolchain import provider

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
_FOLDERS = ("athena_sql", "glue_scripts", "glue_studio_json", "terraform")


@dataclass(frozen=True)
class Project:
    """A copy of the project, the environment that Terraform runs in there, and its folder."""

    root: Path
    environment: Mapping[str, str]
    folder: str = "terraform"

    def terraform(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run Terraform in the copy; ``check`` makes a failure fail the test, with its output."""
        done = subprocess.run(
            ["terraform", f"-chdir={self.root / self.folder}", *arguments],
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        if check:
            assert done.returncode == 0, done.stdout + done.stderr
        return done

    def plan(self, *arguments: str) -> Plan:
        """Plan, and return what the plan says of every resource."""
        self.terraform("plan", "-input=false", "-no-color", "-out=tfplan", *arguments)
        return Plan(json.loads(self.terraform("show", "-json", "tfplan").stdout))

    def changes(self, *arguments: str) -> dict[str, str]:
        """Plan, and return the action on every resource that is not left as it is, by address."""
        done = self.terraform("plan", "-input=false", "-json", "-out=tfplan", *arguments)
        said = [json.loads(line) for line in done.stdout.splitlines()]
        return {
            message["change"]["resource"]["addr"]: message["change"]["action"]
            for message in said
            if message["type"] == "planned_change" and message["change"]["action"] != "read"
        }

    def read_job(self, name: str) -> dict[str, Any]:
        job: dict[str, Any] = json.loads(self._job_file(name).read_text(encoding="utf-8"))
        return job

    def write_job(self, job: Mapping[str, Any], file_name: str | None = None) -> None:
        """Write a job file, and a script beside it if there is none."""
        name = file_name or job["Name"]
        self._job_file(name).write_text(json.dumps(job, indent=2, sort_keys=True), "utf-8")
        script = self.root / "glue_scripts" / f"{job['Name']}.py"
        if not script.exists():
            script.write_text("# Stands for a generated script.\n", encoding="utf-8")

    def _job_file(self, name: str) -> Path:
        return self.root / "glue_studio_json" / f"{name}.json"


@dataclass(frozen=True)
class Plan:
    """A plan as ``terraform show -json`` prints it."""

    content: Mapping[str, Any]

    def values(self) -> dict[str, dict[str, Any]]:
        """Every resource by address, with the values it will have."""
        return {
            resource["address"]: resource.get("values", {})  # none where a provider tells nothing
            for resource in _resources(self.content["planned_values"]["root_module"])
        }

    def planned(self, type_: str) -> dict[str, dict[str, Any]]:
        """Resources of a type by address, with the values they will have."""
        return {
            resource["address"]: resource["values"]
            for resource in _resources(self.content["planned_values"]["root_module"])
            if resource["type"] == type_
        }


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _resources(child)


@pytest.fixture(scope="session")
def terraform_environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What Terraform needs to run with no network: the provider comes from this machine."""
    base = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))
    }
    try:
        environment = terraform.environment(base)
    except DeployError as error:
        pytest.skip(str(error))
    if "TF_CLI_CONFIG_FILE" not in environment and (mirror := provider.find_mirror()):
        config = tmp_path_factory.mktemp("terraform") / "terraform.rc"
        config.write_text(
            f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n',
            encoding="utf-8",
        )
        environment["TF_CLI_CONFIG_FILE"] = str(config)
    return {
        **environment,
        "PYTHONPATH": str(ROOT),  # `python -m glue_studio publish` runs in the copy
        "TF_VAR_python": sys.executable,
    }


@pytest.fixture(scope="session")
def initialised(
    terraform_environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Project:
    """A copy of the project after `terraform init`, for other copies to start from."""
    project = Project(tmp_path_factory.mktemp("project"), terraform_environment)
    state = shutil.ignore_patterns(".terraform*", "terraform.tfstate*", "*.tfvars", "__pycache__")
    for folder in _FOLDERS:
        shutil.copytree(ROOT / folder, project.root / folder, ignore=state)
    (project.root / "glue_studio").symlink_to(ROOT / "glue_studio")
    (project.root / ".venv").symlink_to(sys.prefix)
    project.terraform("init", "-input=false", "-no-color")
    return project


@contextmanager
def served(project: Project) -> Iterator[Project]:
    """The project with its AWS provider started once, and not by each command of Terraform's anew.

    The provider spends a second or two on its own schema whenever it starts. It serves as when it is
    debugged (its `-debug`), in the folder and the environment that Terraform would start it in.
    """
    folder = project.root / project.folder
    (program,) = folder.glob(".terraform/providers/*/*/aws/*/*/terraform-provider-aws*")
    with subprocess.Popen(
        [program.resolve(), "-debug"],
        cwd=folder,
        env={**project.environment, "TF_LOG": "ERROR"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        lines = (re.search(r"TF_REATTACH_PROVIDERS='(.*)'", line) for line in process.stdout or ())
        reattach = next(found[1] for found in lines if found)
        try:
            yield replace(
                project, environment={**project.environment, "TF_REATTACH_PROVIDERS": reattach}
            )
        finally:
            process.send_signal(signal.SIGINT)
            for service in json.loads(reattach).values():
                Path(service["Addr"]["String"]).unlink(missing_ok=True)


@pytest.fixture
def copy(initialised: Project, tmp_path: Path) -> Iterator[Project]:
    """A copy with no AWS to talk to, and none of the user's credentials."""
    nowhere = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # port 9 answers nobody
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_MAX_ATTEMPTS": "1",
    }
    with served(copied(initialised, tmp_path / "copy", nowhere)) as project:
        yield project


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(state_dir=tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="module")
def as_it_is(
    initialised: Project, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Project, Plan]]:
    """A copy that no test changes, and its plan, with the key that only the sandbox goes without."""
    environment = {**sandbox.environment, "TF_VAR_topic_encryption_enabled": "true"}
    with served(
        copied(initialised, tmp_path_factory.mktemp("copy") / "copy", environment)
    ) as project:
        yield project, project.plan()


@pytest.fixture
def project(initialised: Project, sandbox: Sandbox, tmp_path: Path) -> Iterator[Project]:
    """A copy that deploys to the sandbox."""
    with served(copied(initialised, tmp_path / "copy", sandbox.environment)) as made:
        yield made


def as_users_plan(project: Project, folder: str = "terraform") -> Project:
    """A copy whose defaults are its own, and not the sandbox's."""
    sandboxes = {
        name for name in environment_of("http://127.0.0.1:1") if name.startswith("TF_VAR_")
    }
    defaults = {k: v for k, v in project.environment.items() if k not in sandboxes}
    return Project(project.root, defaults, folder)


def copied(source: Project, target: Path, environment: Mapping[str, str]) -> Project:
    """A copy of a project elsewhere, with what is set for Terraform there."""
    shutil.copytree(source.root, target, symlinks=True)
    return Project(target, {**source.environment, **environment})

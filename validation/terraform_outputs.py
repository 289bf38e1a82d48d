"""The deployed names, from `terraform output -json`.

python-terraform 0.10.1 is used for this one command: it is from 2019, its `destroy` sends a flag
that Terraform removed, and a misspelt method of it becomes a command line (docs/adr/0400).
"""

import json
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_terraform import Terraform

from validation.errors import UnavailableError

DIRECTORY = Path("terraform")


class TerraformOutputsError(UnavailableError):
    """The outputs cannot be read: no Terraform, no state, or another version's outputs."""


@dataclass(frozen=True)
class DeployedTable:
    """One entry of the output `tables`: where Terraform put a table."""

    zone: str
    location: str
    format: str


@dataclass(frozen=True)
class TerraformOutputs:
    """The outputs of terraform/outputs.tf, one attribute each.

    Another pipeline's Terraform needs region, account_id, database, workgroup, workflow and tables.

    Attributes:
        buckets: zone (landing, trusted, curated, assets, athena_results) to bucket name.
        landing_prefixes: source (customer, …) to an S3 URI that ends in a slash.
    """

    region: str
    account_id: str
    environment: str
    database: str
    workgroup: str
    workflow: str
    buckets: Mapping[str, str]
    tables: Mapping[str, DeployedTable]
    landing_prefixes: Mapping[str, str]
    athena_results_location: str | None
    jobs: tuple[str, ...]
    notifications_topic_arn: str | None


def read(directory: Path = DIRECTORY, *, executable: str = "terraform") -> TerraformOutputs:
    """The outputs of the state that `directory` is set up for.

    Terraform sees the environment of this process, so TF_WORKSPACE, TF_DATA_DIR and
    TF_CLI_CONFIG_FILE mean what they always mean.

    Raises:
        TerraformOutputsError: Terraform does not give them.
    """
    if not directory.is_dir():
        raise TerraformOutputsError(
            f"There is no Terraform directory at {directory}: name it with --terraform-dir, "
            "or name what is deployed with flags."
        )
    return parse(_output_json(directory, executable), where=str(directory))


def parse(text: str, *, where: str) -> TerraformOutputs:
    """The outputs in the text of `terraform output -json`; `where` names its source in errors.

    Raises:
        TerraformOutputsError: the text does not hold them.
    """
    try:
        raw = json.loads(text)
        values = {name: output["value"] for name, output in raw.items()}
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise TerraformOutputsError(
            f"What `terraform output -json` printed in {where} is not its JSON: {error}."
        ) from error
    if not values:
        raise TerraformOutputsError(
            f"Terraform has no outputs in {where}{_workspace_note()}: nothing has been applied "
            "there yet. Run `terraform apply`, or name what is deployed with flags."
        )
    try:
        return _outputs(values)
    except KeyError as error:
        raise TerraformOutputsError(
            f"Terraform in {where} has no output {error}: it was applied by another version of "
            "this project. Run `terraform apply`."
        ) from error
    except (AttributeError, TypeError) as error:
        raise TerraformOutputsError(
            f"A Terraform output in {where} has an unexpected shape ({error}): it was applied by "
            "another version of this project. Run `terraform apply`."
        ) from error


def _outputs(values: Mapping[str, Any]) -> TerraformOutputs:
    def text(name: str) -> str:
        value = values[name]
        if not isinstance(value, str):
            raise TypeError(f"{name} is {type(value).__name__}, not a string")
        return value

    return TerraformOutputs(
        region=text("region"),
        account_id=text("account_id"),
        environment=values.get("environment") or "default",
        database=text("database"),
        workgroup=text("workgroup"),
        workflow=text("workflow"),
        buckets=dict(values.get("buckets", {}).items()),
        tables={
            name: DeployedTable(table["zone"], table["location"], table["format"])
            for name, table in values["tables"].items()
        },
        landing_prefixes=dict(values.get("landing_prefixes", {}).items()),
        athena_results_location=values.get("athena_results_location") or None,
        jobs=tuple(values.get("jobs", ())),
        notifications_topic_arn=values.get("notifications_topic_arn") or None,
    )


def _output_json(directory: Path, executable: str) -> str:
    try:
        with warnings.catch_warnings():
            # It reports a failed command through Logger.warn, which is deprecated.
            warnings.simplefilter("ignore", DeprecationWarning)
            terraform = Terraform(working_dir=str(directory), terraform_bin_path=executable)
            code, out, err = terraform.cmd("output", "-json", "-no-color")
    except FileNotFoundError as error:
        raise TerraformOutputsError(
            f"The program {executable} was not found: install Terraform 1.9 or newer, or name "
            "what is deployed with flags."
        ) from error
    except (OSError, ValueError) as error:
        raise TerraformOutputsError(
            f"Terraform's state in {directory} cannot be read: {error}."
        ) from error
    if code != 0:
        reason = " ".join(line.strip("╷│╵ ") for line in err.splitlines()).strip()
        raise TerraformOutputsError(
            f"`terraform output` failed in {directory}{_workspace_note()}: {reason or 'no reason given'}"
        )
    return str(out)


def _workspace_note() -> str:
    workspace = os.environ.get("TF_WORKSPACE")
    return f" (workspace {workspace})" if workspace else ""

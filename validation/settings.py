"""What is deployed and where it is told: flags first, then the environment, then Terraform."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from common import aws
from common.command import UsageError
from common.project import PROJECT
from common.s3 import S3Uri, S3UriError
from validation import terraform_outputs
from validation.pipeline import is_identifier
from validation.terraform_outputs import TerraformOutputs

# Flag, environment variable, help; argparse names the attribute after the flag.
_NAMES = (
    ("--region", "AWS_REGION", "AWS region"),
    ("--database", "LAKEHOUSE_DATABASE", "Data Catalog database"),
    ("--workgroup", "LAKEHOUSE_WORKGROUP", "Athena work group"),
    (
        "--environment",
        "LAKEHOUSE_ENVIRONMENT",
        "name of the environment, for the report and its history",
    ),
    ("--results", "LAKEHOUSE_RESULTS", "S3 URI below whose bucket the history is kept"),
    ("--topic-arn", "LAKEHOUSE_TOPIC_ARN", "SNS topic for --notify"),
)


# What the variables began with before other pipelines were served.
_FORMERLY = "STEDI_"


@dataclass(frozen=True)
class Settings:
    """The names of one deployment. `locations` maps a table to where Terraform put it."""

    region: str
    database: str
    workgroup: str
    environment: str
    results_bucket: str | None = None
    topic_arn: str | None = None
    locations: Mapping[str, str] = field(default_factory=dict)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags that `resolve` reads."""
    group = parser.add_argument_group(
        "what is deployed", "Each flag wins over its environment variable, that over Terraform."
    )
    for flag, variable, text in _NAMES:
        group.add_argument(flag, metavar="NAME", help=f"{text} (environment: {variable})")
    group.add_argument(
        "--terraform-dir",
        type=Path,
        metavar="DIR",
        help="where `terraform output -json` is asked (default: terraform/ of the project)",
    )
    add_project_argument(parser)


def add_project_argument(parser: argparse.ArgumentParser) -> None:
    """Add --project."""
    parser.add_argument(
        "--project",
        type=Path,
        default=PROJECT,
        metavar="DIR",
        help="the pipeline's folder, with athena_sql, glue_studio_json and terraform in it "
        "(default: the checkout that this command is part of, else the current folder)",
    )


def resolve(arguments: argparse.Namespace) -> Settings:
    """The settings, asking Terraform only for what neither flag nor environment gave.

    Raises:
        TerraformOutputsError: Terraform must be asked and does not answer.
        UnavailableError: no region is set.
        UsageError: a name cannot be one.
    """
    given = {
        flag: getattr(arguments, flag.removeprefix("--").replace("-", "_"))
        or os.environ.get(variable)
        or os.environ.get(variable.replace("LAKEHOUSE_", _FORMERLY))
        for flag, variable, _ in _NAMES
    }
    named = bool(given["--database"] and given["--workgroup"])
    directory = arguments.terraform_dir or arguments.project / terraform_outputs.DIRECTORY
    outputs = None if named else terraform_outputs.read(directory)
    settings = _settings(given, outputs)
    if not is_identifier(settings.database):
        raise UsageError(
            f"{settings.database!r} is not the name of a database: use lower-case letters, digits and _."
        )
    return settings


def _settings(given: Mapping[str, str | None], outputs: TerraformOutputs | None) -> Settings:
    def either(flag: str, output: str | None) -> str | None:
        return given[flag] or output

    results = either("--results", outputs.athena_results_location if outputs else None)
    return Settings(
        region=aws.region(either("--region", outputs.region if outputs else None)),
        database=either("--database", outputs.database if outputs else None) or "",
        workgroup=either("--workgroup", outputs.workgroup if outputs else None) or "",
        environment=either("--environment", outputs.environment if outputs else None) or "default",
        results_bucket=_bucket(results) if results else None,
        topic_arn=either("--topic-arn", outputs.notifications_topic_arn if outputs else None),
        locations={name: table.location for name, table in outputs.tables.items()}
        if outputs
        else {},
    )


def _bucket(results: str) -> str:
    try:
        return S3Uri.parse(results).bucket
    except S3UriError as error:
        raise UsageError(f"--results: {error}") from error

"""`access`: what the role of each job may do, from the graphs."""

import argparse
import json
import re
import sys
from itertools import groupby
from pathlib import Path

from common.command import ExitCode
from common.files import write_whole
from common.text import printable
from glue_studio.access import access_of
from glue_studio.permissions import Deployment, Permissions, permissions_of, table_zones
from glue_studio.project import Project

HELP = "Show what each job's role may do: every action on every resource, from the graphs."
EXAMPLES = """
python -m glue_studio access                                  every job, with names for account and region
python -m glue_studio access orders --account 111122223333 --region eu-west-1 --name-prefix shop
python -m glue_studio access --format json --output access.json    to compare with a plan or an audit
"""

SCHEMA_VERSION = 1
"""Of the JSON; counted up when a reader of the old one would misread the new one."""

_NAMES = Deployment()


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("jobs", nargs="*", metavar="JOB", help="name or file (default: every job)")
    parser.add_argument(
        "--format", choices=("json", "text"), default="text", help="default: %(default)s"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there, not to stdout")
    for flag, what in (
        ("account", "id of the account"),
        ("region", "region of the deployment"),
        ("name-prefix", "first part of the deployment's names"),
    ):
        default = getattr(_NAMES, flag.replace("-", "_"))
        parser.add_argument(f"--{flag}", default=default, help=f"{what} (default: %(default)s)")
    parser.add_argument(
        "--bucket",
        action="append",
        default=[],
        type=_zone_and_bucket,
        metavar="ZONE=BUCKET",
        help="bucket of a zone, or of `assets` (default: <name-prefix>-<zone>-<account>-<region>)",
    )


def run(arguments: argparse.Namespace) -> ExitCode:
    """Print; what no graph tells is a warning."""
    project = Project(arguments.project)
    files = project.job_files(arguments.jobs)
    accesses = [access_of(file.job) for file in files]
    databases = {
        table.database
        for access in accesses
        for table in access.tables_read + access.tables_written
    }
    tables = project.tables_folder
    deployment = Deployment(
        arguments.account,
        arguments.region,
        arguments.name_prefix,
        dict(arguments.bucket),
        table_zones(tables, databases) if tables.is_dir() else {},
    )
    permissions = [permissions_of(file.job, deployment) for file in files]
    text = _as_json(permissions) if arguments.format == "json" else _as_text(permissions)
    if arguments.output:
        write_whole(arguments.output, text)
    else:
        print(text, end="", flush=True)
    for job in permissions:
        for what in job.unknown:
            print(
                f"WARNING {printable(f'{job.job}: no permission follows from the graph for {what}.')}",
                file=sys.stderr,
            )
    return ExitCode.DONE


def _as_text(permissions: list[Permissions]) -> str:
    """A block a role: its resources, the actions on each, and why."""
    lines: list[str] = []
    for job in permissions:
        lines.append(printable(f"{job.role} (job {job.job})"))
        by_resource = sorted(job.granted, key=lambda one: (one.resource, one.why))
        for resource, on_it in groupby(by_resource, key=lambda one: one.resource):
            lines.append(f"  {printable(resource)}")
            for why, granted in groupby(on_it, key=lambda one: one.why):
                lines.append(f"    {why}: {', '.join(one.action for one in granted)}")
    return "\n".join(lines) + "\n"


def _as_json(permissions: list[Permissions]) -> str:
    """An object with `version` and `permissions`, one object an action on a resource."""
    document = {
        "version": SCHEMA_VERSION,
        "permissions": [
            {
                "job": job.job,
                "role": one.role,
                "action": one.action,
                "resource": one.resource,
                "why": one.why,
            }
            for job in permissions
            for one in job.granted
        ],
        "unknown": [{"job": job.job, "what": what} for job in permissions for what in job.unknown],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _zone_and_bucket(text: str) -> tuple[str, str]:
    match = re.fullmatch(r"([A-Za-z0-9_]+)=([a-z0-9.-]+)", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not ZONE=BUCKET")
    return match[1], match[2]

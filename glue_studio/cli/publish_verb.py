"""`publish`: graphs and settings of job files into AWS Glue."""

import argparse
import contextlib
import sys

from common.command import ExitCode, UsageError
from common.text import printable, printable_lines
from glue_studio.aws import Clients, NoAwsError
from glue_studio.cli.identity import add_flags, identity_of
from glue_studio.errors import GlueStudioError
from glue_studio.lifecycle.diff import render
from glue_studio.lifecycle.publish import (
    SCRIPT_DEADLINE,
    Action,
    Creation,
    Options,
    Published,
    publish,
)
from glue_studio.project import Project

HELP = "Give deployed jobs the graph and settings of their files; a second run changes nothing."
EXAMPLES = """
python -m glue_studio publish                           every job of the project
python -m glue_studio publish customer_trusted          one job, by name or by file
python -m glue_studio publish --dry-run                 say what would change, change nothing
python -m glue_studio publish job.json --adopt          take over a job made by hand
python -m glue_studio publish job.json --role etl --script-location s3://assets/scripts/
                                                        also create it where there is none
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("jobs", nargs="*", metavar="JOB", help="name or file (default: every job)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done; do nothing")
    parser.add_argument(
        "--adopt", action="store_true", help="take over jobs without the tag glue-studio=managed"
    )
    parser.add_argument("--role", help="role of jobs that do not exist yet, to create them")
    parser.add_argument(
        "--script-location",
        metavar="S3_URI",
        help="where Glue writes the script of jobs that do not exist yet; a folder ends in /",
    )
    parser.add_argument(
        "--any-script",
        action="store_true",
        help="only warn where Glue wrote another script than the graph gives here",
    )
    parser.add_argument(
        "--deadline",
        type=_seconds,
        default=SCRIPT_DEADLINE,
        metavar="SECONDS",
        help="how long Glue may take to write a script (default: %(default).0f)",
    )
    add_flags(parser)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Publish job by job; a job that fails does not keep the next from being published."""
    creation = None
    if arguments.role or arguments.script_location:
        if not (arguments.role and arguments.script_location):
            raise UsageError("--role and --script-location go together; give both or none.")
        creation = Creation(arguments.role, arguments.script_location)
    options = Options(arguments.dry_run, arguments.adopt, creation, deadline=arguments.deadline)
    files = Project(arguments.project).job_files(arguments.jobs)
    clients = Clients(identity=identity_of(arguments))
    codes = []
    for file in files:
        try:
            published = publish(file.job, clients, options, _say)
        except NoAwsError:
            raise
        except GlueStudioError as error:
            _say(f"ERROR {printable(str(error))}")
            codes.append(ExitCode.UNABLE)
            continue
        code = _show(published, dry_run=options.dry_run, any_script=arguments.any_script)
        codes.append(code)
    return max(codes)


def _show(published: Published, *, dry_run: bool, any_script: bool) -> ExitCode:
    word = published.action.value
    if dry_run and published.action is not Action.UNCHANGED:
        word = f"would be {word}"
    print(f"{printable(published.job)}: {word}")
    for line in render(published.diff):
        print(f"  {line}")
    for note in published.notes:
        print(f"  NOTE {printable(note)}")
    if published.problem:
        sys.stdout.flush()
        word = "WARNING" if any_script else "ERROR"
        _say(f"{word} {printable(published.job)}: {printable_lines(published.problem)}")
        return ExitCode.DONE if any_script else ExitCode.FOUND
    return ExitCode.DONE


def _seconds(text: str) -> float:
    with contextlib.suppress(ValueError):
        value = float(text)
        if 0 <= value <= 3600:  # noqa: PLR2004 - an hour
            return value
    raise argparse.ArgumentTypeError("a number of seconds from 0 to 3600 is wanted")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

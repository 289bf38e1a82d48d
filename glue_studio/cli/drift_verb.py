"""`drift`: deployed jobs held against their files."""

import argparse
import sys

from common.command import ExitCode
from common.text import printable
from glue_studio.aws import Clients, NoAwsError
from glue_studio.cli.identity import add_flags, identity_of
from glue_studio.errors import GlueStudioError
from glue_studio.lifecycle.diff import render
from glue_studio.lifecycle.drift import Drift, find_drift
from glue_studio.project import Project

HELP = "Show what was changed in deployed jobs since they were published."
EXAMPLES = """
python -m glue_studio drift                      every job of the project
python -m glue_studio drift customer_trusted     one job, by name or by file
python -m glue_studio drift || notify-someone    exit code 1 says that something drifted
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("jobs", nargs="*", metavar="JOB", help="name or file (default: every job)")
    add_flags(parser)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Compare job by job.

    Drift that was found outweighs what could not be compared; what could not be compared is never
    taken for being the same.
    """
    files = Project(arguments.project).job_files(arguments.jobs)
    clients = Clients(identity=identity_of(arguments))
    codes = set()
    for file in files:
        try:
            drift = find_drift(file.job, clients)
        except NoAwsError:
            raise
        except GlueStudioError as error:
            print(f"ERROR {printable(str(error))}", file=sys.stderr, flush=True)
            codes.add(ExitCode.UNABLE)
            continue
        codes.add(_show(drift))
    if ExitCode.FOUND in codes:
        return ExitCode.FOUND
    return max(codes)


def _show(drift: Drift) -> ExitCode:
    name = printable(drift.job)
    if drift.missing:
        print(f"{name}: drift: the job is not deployed; publish it or remove its file")
        return ExitCode.FOUND
    if drift.found:
        print(f"{name}: drift (- the file, + as deployed)")
        for line in render(drift.diff):
            print(f"  {line}")
        if drift.script:
            print("  script:")
            for line in drift.script.splitlines():
                print(f"    {line}")
    elif not drift.unknown:
        print(f"{name}: no drift")
    for note in drift.notes:
        print(f"  NOTE {printable(note)}")
    for reason in drift.unknown:
        sys.stdout.flush()
        print(f"ERROR {name}: {printable(reason)}", file=sys.stderr, flush=True)
    if drift.found:
        return ExitCode.FOUND
    return ExitCode.UNABLE if drift.unknown else ExitCode.DONE

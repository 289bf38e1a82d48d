"""`diff`: two job files, in whatever shape."""

import argparse

from common.command import ExitCode, UsageError
from glue_studio.cli.io import load_source
from glue_studio.lifecycle.diff import diff_jobs, render

HELP = "Show what differs between two jobs: settings, and nodes added, removed and changed."
EXAMPLES = """
python -m glue_studio diff old.json new.json                  two files of any shape
git show main:job.json | python -m glue_studio diff - job.json
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("before", metavar="A", help="a job file, or - for standard input")
    parser.add_argument("after", metavar="B", help="the job file to compare it with")


def run(arguments: argparse.Namespace) -> ExitCode:
    """Print the difference; the exit code says whether there is one."""
    if arguments.before == arguments.after == "-":
        raise UsageError("Standard input holds one job; give a file for A or for B.")
    diff = diff_jobs(load_source(arguments.before), load_source(arguments.after))
    for line in render(diff):
        print(line)
    if diff:
        return ExitCode.FOUND
    print("No difference.")
    return ExitCode.DONE

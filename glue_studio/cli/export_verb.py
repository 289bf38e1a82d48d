"""`export`: a job in the shape that something else reads."""

import argparse
import sys
from pathlib import Path

from common.command import ExitCode
from common.files import write_whole
from common.text import printable
from glue_studio.cli.io import load_source
from glue_studio.formats import Shape, write
from glue_studio.project import Project

HELP = "Write a job in another shape: for the API, for Glue's version control, for the console."
EXAMPLES = """
python -m glue_studio export orders --to console --output orders.json   to upload in Glue Studio
python -m glue_studio export orders --to git                            as Glue pushes it to Git
python -m glue_studio export download.json --to api                     a file of any shape
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("job", metavar="JOB|FILE|-", help="a job of the project, or a file")
    parser.add_argument("--to", required=True, choices=[shape.value for shape in Shape])
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there, not to stdout")


def run(arguments: argparse.Namespace) -> ExitCode:
    """Write the job, and tell what the shape cannot hold."""
    if arguments.job == "-":
        job = load_source("-")
    else:
        job = Project(arguments.project).job_files([arguments.job])[0].job
    document = write(job, Shape(arguments.to))
    if arguments.output:
        write_whole(arguments.output, document.text())
    else:
        sys.stdout.write(document.text())
        sys.stdout.flush()
    for note in document.notes:
        print(f"WARNING {printable(note)}", file=sys.stderr)
    return ExitCode.DONE

"""`recover`: the visual graph of a script that lost it."""

import argparse
import sys
from pathlib import Path

from common.command import ExitCode
from common.files import write_whole
from common.text import printable
from glue_studio.cli.io import label, read_source
from glue_studio.errors import GlueStudioError
from glue_studio.formats import Shape, write
from glue_studio.formats.json_text import MAX_BYTES
from glue_studio.project import ProjectError
from glue_studio.recover import recover_with_notes

HELP = "Rebuild the visual job of a script that Glue Studio generated, also one edited since."
EXAMPLES = """
python -m glue_studio recover orders.py                            the job, as the API takes it
python -m glue_studio recover orders.py --to console --output orders.json   to upload in Glue Studio
aws s3 cp s3://assets/scripts/orders.py - | python -m glue_studio recover - --name orders
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("script", metavar="SCRIPT.py", help="a script, or - for standard input")
    parser.add_argument("--name", help="name of the job (default: the file's, without .py)")
    parser.add_argument(
        "--to",
        choices=[shape.value for shape in Shape],
        default=Shape.API.value,
        help="shape of the job file (default: %(default)s)",
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there, not to stdout")


def run(arguments: argparse.Namespace) -> ExitCode:
    """Recover, and tell what is not as it was."""
    name = arguments.name or ("recovered" if arguments.script == "-" else _stem(arguments.script))
    content = read_source(arguments.script)
    if len(content) > MAX_BYTES:
        raise ProjectError(f"{label(arguments.script)} is too large to be the script of a job.")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise ProjectError(
            f"{label(arguments.script)} is not UTF-8 (byte {error.start}); save it as UTF-8."
        ) from error
    try:
        recovery = recover_with_notes(text, name)
    except GlueStudioError as error:
        raise ProjectError(f"{label(arguments.script)}: {error}") from error
    document = write(recovery.job, Shape(arguments.to))
    if arguments.output:
        write_whole(arguments.output, document.text())
    else:
        sys.stdout.write(document.text())
        sys.stdout.flush()
    for note in (*recovery.notes, *document.notes):
        print(f"WARNING {printable(note)}", file=sys.stderr)
    layout = recovery.job.layout
    if recovery.exact and not (layout and (layout.nodes or layout.functions)):
        print("The job generates this very script again.", file=sys.stderr)
    else:
        print("The job generates another script than this one; compare them.", file=sys.stderr)
    return ExitCode.DONE


def _stem(script: str) -> str:
    return Path(script).stem or "recovered"

"""`generate`: the scripts that Glue Studio would write."""

import argparse
import difflib
import sys
from pathlib import Path

from common.command import ExitCode, UsageError
from common.files import write_whole
from common.text import printable, printable_lines
from glue_studio.cli.io import label, load_source
from glue_studio.errors import GlueStudioError, GraphError
from glue_studio.project import JobFile, Project, ProjectError
from glue_studio.script.generate import generate_script

HELP = "Generate the script of a job, as Glue Studio would, byte for byte."
EXAMPLES = """
python -m glue_studio generate job.json            one job of any shape, to standard output
cat job.json | python -m glue_studio generate -    the same from standard input
python -m glue_studio generate --write             every job of the project, into glue_scripts/
python -m glue_studio generate --check             for CI: shows what --write would change, exits 1
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument(
        "jobs",
        nargs="*",
        metavar="FILE|JOB",
        help="a job file, or - for standard input; with --write or --check, jobs of the project",
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--write", action="store_true", help="write the scripts into glue_scripts/")
    mode.add_argument("--check", action="store_true", help="compare glue_scripts/ with the jobs")


def run(arguments: argparse.Namespace) -> ExitCode:
    """Print, write or check."""
    project = Project(arguments.project)
    if arguments.write:
        return _write(project, arguments.jobs)
    if arguments.check:
        return _check(project, arguments.jobs)
    if len(arguments.jobs) != 1:
        raise UsageError("Name one job file (or - for standard input), or use --write or --check.")
    name = arguments.jobs[0]
    if name == "-":
        try:
            script = generate_script(load_source(name))
        except GraphError as error:
            raise ProjectError(f"{label(name)}: {error}") from error
    else:
        script = _script(project.job_files([name])[0])
    sys.stdout.flush()
    sys.stdout.buffer.write(script.encode())
    sys.stdout.buffer.flush()
    return ExitCode.DONE


def _write(project: Project, wanted: list[str]) -> ExitCode:
    for file in project.job_files(wanted):
        script, path = _script(file), project.script_path(file)
        if _current(path) == script:
            print(f"unchanged  {path}")
        else:
            write_whole(path, script)
            print(f"written    {path}")
    for path in _strangers(project, wanted):
        print(f"WARNING    {path}: no job of this project makes it; remove it.", file=sys.stderr)
    return ExitCode.DONE


def _check(project: Project, wanted: list[str]) -> ExitCode:
    outdated = 0
    files = project.job_files(wanted)
    for file in files:
        script, path = _script(file), project.script_path(file)
        current = _current(path)
        if current == script:
            continue
        outdated += 1
        lines = difflib.unified_diff(
            (current or "").splitlines(),
            script.splitlines(),
            f"{path} (as it is)",
            f"{path} (as {file.path.name} makes it)",
            lineterm="",
        )
        print(printable_lines("\n".join(lines)))
    for path in _strangers(project, wanted):
        outdated += 1
        print(f"{path}: no job of this project makes it; remove it.")
    if outdated:
        print(
            f"{outdated} outdated; run `python -m glue_studio generate --write`.", file=sys.stderr
        )
        return ExitCode.FOUND
    print(f"{len(files)} scripts are what their jobs make.")
    return ExitCode.DONE


def _script(file: JobFile) -> str:
    try:
        return generate_script(file.job)
    except GlueStudioError as error:
        raise ProjectError(f"{file.path}: {printable(str(error))}") from error


def _current(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ProjectError(f"{path} cannot be read: {reason}.") from error


def _strangers(project: Project, wanted: list[str]) -> list[Path]:
    if wanted:
        return []
    own = {project.script_path(file) for file in project.job_files()}
    return sorted(set(project.scripts_folder.glob("*.py")) - own)

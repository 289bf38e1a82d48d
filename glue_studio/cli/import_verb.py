"""`import`: a job from the console, from Git or from the API into the project."""

import argparse
import re
import sys
from dataclasses import replace
from pathlib import Path

from common.command import ExitCode
from common.files import write_whole
from common.text import printable
from glue_studio.cli.io import label, read_source
from glue_studio.errors import GlueStudioError
from glue_studio.formats import Shape, read, write
from glue_studio.lifecycle.diff import diff_jobs, render
from glue_studio.lifecycle.importing import clean
from glue_studio.project import JobFile, Project, ProjectError

HELP = "Put a job into glue_studio_json/, without what belongs to one account, and say what went."
EXAMPLES = """
python -m glue_studio import ~/Downloads/orders.json            downloaded in Glue Studio
python -m glue_studio import repo/glue/orders/orders.json       pushed by Glue's version control
aws glue get-job --job-name orders | python -m glue_studio import -
python -m glue_studio import orders.json --name orders_daily    under another name
"""


_MAX_STEM = 200  # bytes: file systems take 255 a name, and job names of 255 characters exist


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="a job of any shape, or - for standard input")
    parser.add_argument("--name", help="name of the job (default: the file's)")


def run(arguments: argparse.Namespace) -> ExitCode:
    """Read, clean, write, and tell what was left out."""
    project = Project(arguments.project)
    content = read_source(arguments.file)
    try:
        loaded = read(content, "" if arguments.file == "-" else Path(arguments.file).stem)
    except GlueStudioError as error:
        raise ProjectError(f"{label(arguments.file)}: {error}") from error
    job = replace(loaded.job, name=arguments.name) if arguments.name else loaded.job
    if not job.nodes:
        raise ProjectError(
            f"{label(arguments.file)}: the job has no visual graph; `recover` rebuilds one from "
            "its script."
        )
    cleaned = clean(job)
    document = write(cleaned.job, Shape.API)
    path, old = _place(project, job.name)
    write_whole(path, document.text())
    print(f"{printable(job.name)}: {'replaced' if old else 'written'} {path}")
    for removal in cleaned.removed:
        print(f"  removed {printable(removal.path)} {printable(removal.value)}: {removal.why}")
    for line in render(diff_jobs(old.job, cleaned.job)) if old else ():
        print(f"  {line}")
    sys.stdout.flush()
    notes = [*loaded.notes, *cleaned.remaining, *document.notes]
    if job.settings.get("JobMode", "VISUAL") != "VISUAL":
        notes.append(
            f"{job.name} is a script job (JobMode {job.settings['JobMode']}): its graph may be older "
            "than its script, which publishing would replace; `recover` rebuilds the graph from it."
        )
    for note in notes:
        print(f"WARNING {printable(note)}", file=sys.stderr)
    return ExitCode.DONE


def _place(project: Project, name: str) -> tuple[Path, JobFile | None]:
    """The file of a job, and what is in it already.

    Raises:
        ProjectError: the file's name is taken by another job.
    """
    if project.job_paths():
        for file in project.job_files():
            if file.job.name == name:
                return file.path, file
    # The job's name may hold slashes, dots and spaces; the file's holds none that lead elsewhere.
    stem = re.sub(r"[^\w-]+", "_", name).strip("_") or "job"
    stem = stem.encode()[:_MAX_STEM].decode(errors="ignore")
    path = project.jobs_folder / f"{stem}.json"
    if path.exists():
        raise ProjectError(
            f"{path} holds another job than {name!r}; rename that file, or import with --name."
        )
    return path, None

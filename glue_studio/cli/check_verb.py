"""`check`: findings about job files."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from common.command import ExitCode
from common.files import write_whole
from glue_studio.access import TableRef
from glue_studio.check import Finding, check_job, report
from glue_studio.check.tables import catalogued, read_tables, table_folders, written_by
from glue_studio.cli.io import label, read_source
from glue_studio.errors import GlueStudioError
from glue_studio.formats import load
from glue_studio.model import Job
from glue_studio.nodes import Columns
from glue_studio.project import Project, ProjectError, names_file

HELP = "Find what is wrong in job files before AWS sees them; docs/checks.md lists every finding."
EXAMPLES = """
python -m glue_studio check                                    every job of the project
python -m glue_studio check customer_trusted download.json -   jobs, files of any shape, stdin
python -m glue_studio check --format sarif --output check.sarif    for code review tools
python -m glue_studio check job.json --tables tables/          with columns of catalog tables
"""

_FORMATS = {"text": report.as_text, "json": report.as_json, "sarif": report.as_sarif}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument(
        "jobs", nargs="*", metavar="JOB|FILE|-", help="what to check (default: every job)"
    )
    parser.add_argument(
        "--format", choices=sorted(_FORMATS), default="text", help="default: %(default)s"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there, not to stdout")
    parser.add_argument(
        "--tables",
        type=Path,
        metavar="DIR",
        help="table definitions, <table>.json with a list of columns (default: terraform/tables "
        "of the project, where there is one)",
    )


def run(arguments: argparse.Namespace) -> ExitCode:
    """Check and report; an error found, or a file that cannot be read, is exit code 1."""
    project = Project(arguments.project)
    tables = _known_tables(project, arguments.tables)
    sources = [_source(project, item) for item in _wanted(project, arguments.jobs)]
    jobs = [job for _, _, job in sources if isinstance(job, Job)]
    around = [*jobs, *_other_jobs(project)]
    known, folders, writers = catalogued(around), table_folders(around), written_by(around)
    checked = []
    for name, content, job in sources:
        if isinstance(job, Job):
            others = {
                place: sorted(names - {job.name})
                for place, names in writers.items()
                if names - {job.name}
            }
            findings = check_job(job, tables, known, folders, others)
            checked.append(report.Checked(name, job.name, content, findings))
        else:
            finding = Finding("GS001", str(job), "Export the job again, or repair the file.")
            checked.append(report.Checked(name, "", content, (finding,)))
    text = _FORMATS[arguments.format](checked)
    if arguments.output:
        write_whole(arguments.output, text)
    else:
        print(text, end="")
    errors, _ = report.counts(checked)
    return ExitCode.FOUND if errors else ExitCode.DONE


def _wanted(project: Project, given: list[str]) -> list[str]:
    if given:
        return given
    if not project.jobs_folder.is_dir():
        raise ProjectError(
            f"There is no folder {project.jobs_folder}; name job files, or the project with "
            "--project."
        )
    files = [str(path) for path in project.job_paths()]
    if not files:
        raise ProjectError(f"There is no job in {project.jobs_folder}; `import` puts one there.")
    return files


def _source(project: Project, item: str) -> tuple[str, str, Job | GlueStudioError]:
    """Name, text, and the job or why there is none."""
    if item != "-" and not names_file(item):
        item = str(project.job_files([item])[0].path)
    content = read_source(item)
    text = content.decode(errors="replace")
    name = label(Path(item).as_posix() if item != "-" else item)
    try:
        return name, text, load(content, "" if item == "-" else Path(item).stem)
    except GlueStudioError as error:
        return name, text, error


def _other_jobs(project: Project) -> list[Job]:
    """The project's jobs that can be read: they say which tables the catalog has."""
    jobs = []
    for path in project.job_paths():
        try:
            jobs.append(load(path))
        except (GlueStudioError, OSError):
            continue  # told where it is checked itself
    return jobs


def _known_tables(project: Project, given: Path | None) -> Mapping[TableRef, Columns]:
    if given is not None and not given.is_dir():
        raise ProjectError(f"There is no folder {given} of table definitions.")
    directory = given or project.tables_folder
    return read_tables(directory) if directory.is_dir() else {}

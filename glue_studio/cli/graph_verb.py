"""`graph`: pictures of jobs."""

import argparse
from pathlib import Path

from common.command import ExitCode, UsageError
from common.files import write_whole
from glue_studio.cli.io import load_source
from glue_studio.pictures import as_dot, as_mermaid, as_svg, draw_job, draw_pipeline
from glue_studio.project import Project

HELP = "Draw one job's graph, or the pipeline of all jobs with the tables between them."
EXAMPLES = """
python -m glue_studio graph --output pipeline.svg               the whole pipeline
python -m glue_studio graph customer_trusted --output job.svg   one job
python -m glue_studio graph download.json --format mermaid      a file of any shape, for Markdown
python -m glue_studio graph --format dot | dot -Tpng -o pipeline.png
python -m glue_studio graph --write docs/pictures               pipeline.svg and one file a job
"""

_FORMATS = {"svg": as_svg, "mermaid": as_mermaid, "dot": as_dot}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument(
        "jobs",
        nargs="*",
        metavar="JOB|FILE|-",
        help="one: its graph; several: their pipeline; none: the pipeline of every job",
    )
    parser.add_argument(
        "--format", choices=sorted(_FORMATS), default="svg", help="default: %(default)s"
    )
    target = parser.add_mutually_exclusive_group()
    target.add_argument("--output", type=Path, metavar="FILE", help="write there, not to stdout")
    target.add_argument(
        "--write", type=Path, metavar="DIR", help="write the pipeline and every job's graph there"
    )


def run(arguments: argparse.Namespace) -> ExitCode:
    """Draw."""
    project = Project(arguments.project)
    render = _FORMATS[arguments.format]
    if arguments.write:
        if arguments.jobs or arguments.format != "svg":
            raise UsageError("--write draws every job as SVG; name no jobs and no format.")
        for path, text in pictures(project).items():
            write_whole(arguments.write / path, text)
            print(f"written {arguments.write / path}")
        return ExitCode.DONE
    if arguments.jobs == ["-"]:
        drawing = draw_job(load_source("-"))
    else:
        jobs = [file.job for file in project.job_files(arguments.jobs)]
        drawing = draw_job(jobs[0]) if len(arguments.jobs) == 1 else draw_pipeline("pipeline", jobs)
    text = render(drawing)
    if arguments.output:
        write_whole(arguments.output, text)
    else:
        print(text, end="")
    return ExitCode.DONE


def pictures(project: Project) -> dict[str, str]:
    """File name to SVG, of the pipeline and of each job of a project."""
    files = project.job_files()
    drawn = {"pipeline.svg": as_svg(draw_pipeline("pipeline", [file.job for file in files]))}
    for file in files:
        drawn[f"{file.path.stem}.svg"] = as_svg(draw_job(file.job))
    return drawn

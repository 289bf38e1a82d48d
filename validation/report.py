"""python -m validation.report: did this deploy leave the lakehouse right?

Exit codes: 0 passed (perhaps with warnings), 1 a check failed, 2 could not be evaluated, 3 wrong
usage, 130 interrupted.
"""

if __name__ == "__main__":
    from common.command import launch, leave

    launch("validation.report", leave)  # before the imports, in which Ctrl-C is heard, too

import argparse
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from common import aws, command
from common.command import CommandError, Parser, UsageError, positive, say, whole
from common.files import write_all, write_whole
from validation import expectations, history, notify, pipeline, settings
from validation.checks import load_checks
from validation.deadline import Deadline, Limits, Timing
from validation.errors import UnavailableError
from validation.evaluate import Plan, evaluate
from validation.expectations import Expectations
from validation.progress import Reporter
from validation.rendering import html, json, junit, markdown, terminal

if TYPE_CHECKING:
    from validation.model import HistoryEntry, Report

DEFAULT_OUT = Path("build/report")
# What follows the report is not worth waiting for where AWS does not answer.
_ATTEMPTS = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code."""
    return command.run(
        _parser,
        _report,
        arguments,
        files="A file of the report",
        interrupted="ERROR Interrupted: running queries were stopped, and no file is left "
        "half-written.",
        once=True,
        verdict_stands=True,
    )


def _report(options: argparse.Namespace) -> int:
    plan = Plan(
        settings=settings.resolve(options),
        expectations=_expectations(options),
        pipeline=pipeline.load(options.project),
        checks=load_checks(options.project / "athena_sql" / "checks"),
        project=options.project,
    )
    plan.expectations.require(check.id for check in plan.checks)
    if options.notify and plan.settings.topic_arn is None:
        raise UsageError("--notify needs a topic: give --topic-arn, or deploy one.")
    # For every library that makes a session of its own.
    os.environ["AWS_DEFAULT_REGION"] = plan.settings.region
    report = _evaluate(plan, options)
    text = json.render(report)
    documents = {
        "report.json": text,
        "report.html": html.render(report),
        "report.md": markdown.render(report),
        "junit.xml": junit.render(report),
    }
    unwritten = _problem(partial(write_all, options.out, documents))
    # What was found out is told in every way that is left; what fails here changes no verdict.
    for step in (
        partial(_show, report, None if unwritten else options.out / "report.html"),
        partial(_keep, report, text, plan, options),
        partial(_notify, report, plan, options),
        partial(_learn, report, plan, options),
        partial(_tell_github, report),
    ):
        if problem := _problem(step):
            say(f"WARNING {problem}")
    if unwritten:
        raise UnavailableError(f"{unwritten} Name another directory with --out.")
    return report.exit_code


def _expectations(options: argparse.Namespace) -> Expectations:
    own = options.project / expectations.FILE
    if options.learn and not options.expect and not own.exists():
        return Expectations(description="None yet", counts={})
    if not options.expect:
        return expectations.load(own)
    return expectations.load(options.expect, expectations.load(own) if own.exists() else None)


def _problem(step: Callable[[], None]) -> str | None:
    try:
        step()
    except CommandError as error:
        return str(error)
    return None


def _evaluate(plan: Plan, options: argparse.Namespace) -> "Report":
    # pandas and awswrangler take a second to import, which --help and wrong usage need not wait for.
    from validation.athena.wrangler import WranglerAthena  # noqa: PLC0415

    kept = None if options.no_history else history.store(plan.settings)

    def earlier(s3: Any) -> "tuple[HistoryEntry, ...]":
        if kept is None and not options.no_history:
            raise UnavailableError("no results bucket is named (--results).")
        return kept.runs(s3) if kept else ()

    service = WranglerAthena(
        aws.session(plan.settings.region),
        database=plan.settings.database,
        workgroup=plan.settings.workgroup,
    )
    limits = Limits(options.query_timeout, options.timeout, options.at_once)
    with Reporter(Console(stderr=True)) as progress:
        return evaluate(
            plan,
            service,
            Deadline(limits, Timing()),
            history=earlier,
            on_start=progress.started,
            on_answer=progress.answered,
        )


def _show(report: "Report", page: Path | None) -> None:
    terminal.show(report, Console(highlight=False))
    if page:
        print(f"Report: {page}")


def _keep(report: "Report", text: str, plan: Plan, options: argparse.Namespace) -> None:
    kept = None if options.no_history else history.store(plan.settings)
    if kept is None:
        return
    try:
        s3 = aws.client(aws.session(plan.settings.region), "s3", _ATTEMPTS)
        kept.keep(s3, report.identity.run_id, text)
    except aws.CALL_ERRORS as error:
        raise UnavailableError(f"This run was not kept: {aws.explain(error)}") from error


def _notify(report: "Report", plan: Plan, options: argparse.Namespace) -> None:
    if options.notify and plan.settings.topic_arn:
        sns = aws.client(aws.session(plan.settings.region), "sns", _ATTEMPTS)
        link = options.link or notify.github_link(os.environ)
        notify.publish(sns, plan.settings.topic_arn, report, link)


def _learn(report: "Report", plan: Plan, options: argparse.Namespace) -> None:
    if options.learn:
        text = expectations.to_toml(expectations.learned(report, plan.expectations))
        write_whole(options.learn, text)
        print(f"Learned: {options.learn}, for --expect {options.learn} from now on.")


def _tell_github(report: "Report") -> None:
    if not notify.on_github():
        return
    print(*notify.github_annotations(report), sep="\n")
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        notify.github_summary(Path(summary), markdown.render(report))


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="python -m validation.report",
        description="Checks the deployed lakehouse on Athena and writes report.html, report.json, "
        "report.md and junit.xml.",
        epilog="Exit codes: 0 passed, 1 failed, 2 could not be evaluated, 3 usage, "
        "130 interrupted. See docs/validation.md.",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=DEFAULT_OUT,
        metavar="DIR",
        help=f"where the report is written ({DEFAULT_OUT})",
    )
    parser.add_argument(
        "--expect",
        type=Path,
        metavar="FILE",
        help=f"expectations (TOML) instead of the project's {expectations.FILE}",
    )
    parser.add_argument(
        "--learn",
        type=Path,
        metavar="FILE",
        help="write expectations that accept what this run found",
    )
    parser.add_argument("--notify", action="store_true", help="tell the SNS topic the verdict")
    parser.add_argument(
        "--link",
        metavar="URL",
        help="where the report can be read, for --notify (in GitHub Actions: the run)",
    )
    parser.add_argument(
        "--no-history",
        action="store_true",
        help="neither read nor keep earlier runs in the results bucket",
    )
    limits = parser.add_argument_group("limits")
    limits.add_argument(
        "--query-timeout",
        type=positive,
        default=120.0,
        metavar="SECONDS",
        help="after which a query is stopped (120)",
    )
    limits.add_argument(
        "--timeout",
        type=positive,
        default=600.0,
        metavar="SECONDS",
        help="after which all queries are stopped, and nothing else is waited for (600)",
    )
    limits.add_argument(
        "--at-once",
        type=whole,
        default=8,
        metavar="N",
        help="queries that run at the same time (8)",
    )
    settings.add_arguments(parser)
    return parser

"""python -m validation.report: is the lakehouse right?

Exit codes: 0 passed (warnings too), 1 a check failed, 2 could not be evaluated, 3 wrong usage,
130 interrupted.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from validation import declared, settings
from validation.athena import Answer, Deadline, Limits, Timing
from validation.checks import load_checks, load_counts
from validation.errors import UnavailableError, UsageError
from validation.evaluate import Plan, evaluate
from validation.rendering import files, json
from validation.settings import PROJECT

USAGE = 3
UNAVAILABLE = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code."""
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as error:
        return 0 if error.code == 0 else USAGE
    try:
        return _report(options)
    except KeyboardInterrupt:
        print(
            "ERROR Interrupted: the running queries were stopped, no report was written.",
            file=sys.stderr,
        )
        return INTERRUPTED
    except UsageError as error:
        print(f"ERROR {error}", file=sys.stderr)
        return USAGE
    except UnavailableError as error:
        print(f"ERROR {error}", file=sys.stderr)
        return UNAVAILABLE


def _report(options: argparse.Namespace) -> int:
    plan = Plan(
        settings=settings.resolve(options),
        expectations=settings.expected(options.expect),
        declared=declared.load(options.project),
        counts=load_counts(options.project / "athena_sql" / "counts.sql"),
        checks=load_checks(options.project / "athena_sql" / "checks"),
    )
    # Pandas and awswrangler take a second to import, which --help and wrong usage need not wait for.
    from validation import aws  # noqa: PLC0415
    from validation.wrangler import WranglerAthena  # noqa: PLC0415

    service = WranglerAthena(
        aws.session(plan.settings.region),
        database=plan.settings.database,
        workgroup=plan.settings.workgroup,
    )
    limits = Limits(options.query_timeout, options.timeout, options.at_once)
    report = evaluate(
        plan,
        service,
        Deadline(limits, Timing()),
        history=lambda _: (),
        on_answer=_say,
    )
    files.write(options.out, {"report.json": json.render(report)})
    print(report.verdict.upper())
    for check in report.checks:
        print(f"{check.outcome:14} {check.id:45} {check.message}")
    return report.exit_code


def _say(answer: Answer) -> None:
    print(
        f"{answer.record.name}: {answer.record.state} in {answer.record.seconds:.1f} s",
        file=sys.stderr,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m validation.report",
        description="Checks the deployed lakehouse on Athena and writes the report.",
        epilog="Exit codes: 0 passed, 1 failed, 2 could not be evaluated, 3 usage, 130 interrupted.",
    )
    parser.add_argument("--out", type=Path, default=Path("build/report"), metavar="DIR")
    parser.add_argument("--expect", type=Path, metavar="FILE")
    parser.add_argument("--project", type=Path, default=PROJECT, metavar="DIR")
    parser.add_argument("--query-timeout", type=float, default=120, metavar="SECONDS")
    parser.add_argument("--timeout", type=float, default=600, metavar="SECONDS")
    parser.add_argument("--at-once", type=int, default=8, metavar="N")
    settings.add_arguments(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())

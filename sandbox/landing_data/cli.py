"""python -m sandbox landing-data OUT: write landing data without anything else."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from common.command import ExitCode, say
from common.progress import paced
from sandbox.landing_data.generator import DEFAULT_SEED, LandingData, generate

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001


def add_parser(subparsers: "Subparsers") -> None:
    """Add the verb landing-data to the sandbox's command line."""
    parser = subparsers.add_parser(
        "landing-data",
        help="write landing data in the published shape, drawn from a seed",
        description="Write OUT/customer, OUT/accelerometer and OUT/step_trainer as JSON lines. "
        "The same options give the same bytes.",
        epilog="Exit codes: 0 written, 2 nothing was written, 3 wrong usage, 130 interrupted.",
    )
    parser.add_argument("out", metavar="OUT", type=Path, help="a new or empty folder")
    parser.add_argument(
        "--scale", metavar="N", type=int, default=1, help="N times the 956 customers (default 1)"
    )
    parser.add_argument(
        "--seed",
        metavar="S",
        type=int,
        default=DEFAULT_SEED,
        help=f"another seed gives other data with the same counts (default {DEFAULT_SEED})",
    )
    parser.add_argument(
        "--duplicate-serials",
        metavar="K",
        type=int,
        default=0,
        help="K trainers whose serial number several customers claim (default 0)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the data and say what was written.

    Raises:
        LandingDataError: nothing was written.
    """
    try:
        data = generate(
            args.out,
            scale=args.scale,
            seed=args.seed,
            duplicate_serials=args.duplicate_serials,
            progress=paced(say, "customers written"),
        )
    except KeyboardInterrupt:
        say(f"Interrupted: {args.out} was not written.")
        return ExitCode.INTERRUPTED
    print(_summary(data))
    return ExitCode.DONE


def _summary(data: LandingData) -> str:
    counts = data.counts
    lines = [
        f"Landing data in {data.path} (seed {data.seed}, scale {data.scale}):",
        *(f"  {source:<14}{counts[f'{source}_landing']:>12,} rows" for source in _SOURCES),
        "What the pipeline makes of it:",
        *(f"  {name:<38}{n:>12,} rows" for name, n in counts.items() if "landing" not in name),
    ]
    if data.contested:
        wrong = sum(len(serial.wrong_claimants) for serial in data.contested)
        lines.append(
            f"{len(data.contested)} trainers are claimed by {wrong} customers who do not own them."
        )
    return "\n".join(lines)


_SOURCES = ("customer", "accelerometer", "step_trainer")

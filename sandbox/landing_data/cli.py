"""python -m sandbox landing-data OUT: write landing data without anything else."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.landing_data.errors import LandingDataError
from sandbox.landing_data.generator import DEFAULT_SEED, LandingData, generate

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001

_EXIT_FAILED = 1
_EXIT_INTERRUPTED = 130
_QUIET_SECONDS = 2.0
_LINE_EVERY_SECONDS = 5.0


def add_parser(subparsers: "Subparsers") -> None:
    """Add the verb landing-data to the sandbox's command line."""
    parser = subparsers.add_parser(
        "landing-data",
        help="write landing data in the published shape, drawn from a seed",
        description="Write OUT/customer, OUT/accelerometer and OUT/step_trainer as JSON lines. "
        "The same options give the same bytes.",
        epilog="Exit codes: 0 written, 1 nothing was written, 2 wrong usage, 130 interrupted.",
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
    """Write the data and say what was written; the return value is the exit code."""
    try:
        data = generate(
            args.out,
            scale=args.scale,
            seed=args.seed,
            duplicate_serials=args.duplicate_serials,
            progress=_progress(),
        )
    except LandingDataError as error:
        print(f"ERROR {error}", file=sys.stderr)
        return _EXIT_FAILED
    except KeyboardInterrupt:
        print(f"Interrupted: {args.out} was not written.", file=sys.stderr)
        return _EXIT_INTERRUPTED
    print(_summary(data))
    return 0


def _progress() -> Callable[[int, int], None]:
    """Say now and then how far it is, on standard error, and nothing of what takes no time."""
    start = time.monotonic()
    said = start + _QUIET_SECONDS - _LINE_EVERY_SECONDS

    def progress(done: int, total: int) -> None:
        nonlocal said
        now = time.monotonic()
        if done < total and now - said >= _LINE_EVERY_SECONDS:
            said = now
            left = (now - start) / done * (total - done)
            print(
                f"{done:,} of {total:,} customers written, about {left:.0f} s left",
                file=sys.stderr,
                flush=True,
            )

    return progress


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

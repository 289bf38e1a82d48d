"""`python -m sandbox env`: the environment of the sandbox that is running, for a shell's eval."""

import argparse
from pathlib import Path

from sandbox import state_file
from sandbox.environment import export_lines


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `env`."""
    parser = subparsers.add_parser(
        "env",
        help="print the environment of the running sandbox",
        description="Print the environment of the sandbox that `python -m sandbox up` serves, as "
        'export lines: eval "$(python -m sandbox env)". Fails when none answers.',
    )
    parser.add_argument(
        "--state-dir",
        type=Path,
        default=state_file.STATE_DIR,
        metavar="DIR",
        help="as given to up (default: .sandbox in the project)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print it.

    Raises:
        NoSandboxError: none is running.
    """
    print(export_lines(state_file.find(options.state_dir).environment), end="")
    return 0

"""The command line of the sandbox: `python -m sandbox COMMAND`.

Exit codes: 0 done, 1 it could not be done (one line on standard error says why), 2 wrong usage,
130 interrupted. `demo` has codes of its own: those of the report.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from common.interrupts import ending_in_order
from sandbox.errors import SandboxError

INTERRUPTED = 130

# Each module has add_parser(subparsers), which sets the default `run` to what does the command.
# Only the one that is asked for is imported: `env` needs no moto and no Faker.
_COMMANDS = {
    "up": "sandbox.up",
    "env": "sandbox.env",
    "demo": "sandbox.demo",
    "prepare": "sandbox.glue.execution.class_archive",
    "landing-data": "sandbox.landing_data.cli",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with ending_in_order():
            options = _parser(given[0] if given else "").parse_args(given or ["--help"])
            return int(options.run(options))
    except SandboxError as error:
        print(f"ERROR {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone; nothing more can be told there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"ERROR A file of the sandbox cannot be read or written: {error}", file=sys.stderr)
        return 1


def _parser(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="An embedded AWS on 127.0.0.1: Glue runs jobs in Spark, Athena runs queries, "
        "and moto answers the rest. It needs no account and reaches no other machine.",
        epilog="docs/sandbox.md says what is emulated and how to use it.",
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    modules = [_COMMANDS[command]] if command in _COMMANDS else _COMMANDS.values()
    for module in modules:
        import_module(module).add_parser(subparsers)
    return parser

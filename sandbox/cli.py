"""The command line of the sandbox: `python -m sandbox COMMAND`.

Exit codes: those of `common.command.ExitCode`; `demo` ends with the code of the report.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from common import command
from common.command import Parser

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
    name = given[0] if given else ""
    return command.run(
        lambda: _parser(name),
        lambda options: int(options.run(options)),
        given or ["--help"],
        files="A file of the sandbox",
        verdict_stands=name in {"demo", "up"},
    )


def _parser(name: str) -> argparse.ArgumentParser:
    parser = Parser(
        prog="python -m sandbox",
        description="An embedded AWS on 127.0.0.1: Glue runs jobs in Spark, Athena runs queries, "
        "and moto answers the rest. It needs no account and reaches no other machine.",
        epilog="docs/sandbox.md says what is emulated and how to use it.",
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    modules = [_COMMANDS[name]] if name in _COMMANDS else _COMMANDS.values()
    for module in modules:
        import_module(module).add_parser(subparsers)
    return parser

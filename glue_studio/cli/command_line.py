"""Parsing the command line, and running the verb that it names."""

import argparse
import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from common import command
from common.command import ExitCode, Parser
from glue_studio.errors import GlueStudioError

__all__ = ["ExitCode", "build_parser", "main"]


class Verb(Protocol):
    """A module of `glue_studio.cli` that is one verb."""

    HELP: str
    EXAMPLES: str

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the verb's arguments to its parser."""

    def run(self, arguments: argparse.Namespace) -> ExitCode:
        """Do it."""


VERBS = (
    "check",
    "generate",
    "import",
    "export",
    "publish",
    "drift",
    "diff",
    "recover",
    "graph",
    "access",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    return command.run(build_parser, _run, argv, files="A file of the project")


def _run(arguments: argparse.Namespace) -> int:
    verb: Verb = arguments.verb_module
    try:
        return verb.run(arguments)
    except RecursionError as error:
        raise GlueStudioError(
            "The input nests too deep to be read; it is not a Glue Studio job."
        ) from error
    except MemoryError as error:
        raise GlueStudioError("The input does not fit into memory.") from error


def build_parser() -> argparse.ArgumentParser:
    """The whole command line, for `main` and for the test that holds the docs against it."""
    parser = Parser(
        prog="python -m glue_studio",
        description="Glue Studio visual jobs as code: check, generate, publish, compare, recover.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(metavar="VERB", required=True, parser_class=Parser)
    for name in VERBS:
        module = cast("Verb", importlib.import_module(f"glue_studio.cli.{name}_verb"))
        sub = verbs.add_parser(
            name,
            help=module.HELP,
            description=module.HELP,
            epilog=f"Examples:\n{_indented(module.EXAMPLES)}\n\n{_CODES}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(verb_module=module)
        sub.add_argument(
            "--project",
            type=Path,
            default=Path(),
            metavar="DIR",
            help="folder with glue_studio_json/ and glue_scripts/ in it (default: this one)",
        )
        module.arguments(sub)
    return parser


_CODES = """Exit codes: 0 done, nothing found; 1 something found (error, drift, difference);
2 could not be done; 3 wrong usage; 130 interrupted."""


def _indented(examples: str) -> str:
    return "\n".join(f"  {line}" for line in examples.strip().splitlines())

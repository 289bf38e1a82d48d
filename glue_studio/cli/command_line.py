"""Parsing the command line, and turning what goes wrong into one line and an exit code."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Never, Protocol, cast

from common.interrupts import ending_in_order
from common.text import printable
from glue_studio.cli.exit_codes import ExitCode
from glue_studio.cli.io import standard_streams
from glue_studio.errors import GlueStudioError, UsageError

__all__ = ["ExitCode", "build_parser", "main"]


class Verb(Protocol):
    """A module of `glue_studio.cli` that is one verb."""

    HELP: str
    EXAMPLES: str

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the verb's arguments to its parser."""

    def run(self, arguments: argparse.Namespace) -> ExitCode:
        """Do it."""


VERBS = ("check", "generate", "import", "export", "publish", "drift", "diff", "recover", "graph")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    with standard_streams():
        return _run(argv)


def _run(argv: Sequence[str] | None) -> int:
    try:
        with ending_in_order():
            arguments = build_parser().parse_args(argv)
            verb: Verb = arguments.verb_module
            code = verb.run(arguments)
            sys.stdout.flush()
    except GlueStudioError as error:
        _say(f"ERROR {printable(str(error))}")
        return ExitCode.USAGE if isinstance(error, UsageError) else ExitCode.FAILED
    except KeyboardInterrupt:
        _say("Interrupted.")
        return ExitCode.INTERRUPTED
    except SystemExit as stop:  # argparse: 0 after --help
        return cast("int", stop.code)
    except RecursionError:
        _say("ERROR The input nests too deep to be read; it is no Glue Studio job.")
        return ExitCode.FAILED
    except OSError as error:
        where = error.filename or "Standard output"
        _say(f"ERROR {printable(str(where))} cannot be used: {error.strerror or error}.")
        return ExitCode.FAILED
    except MemoryError:
        _say("ERROR The input does not fit into memory.")
        return ExitCode.FAILED
    return code


def build_parser() -> argparse.ArgumentParser:
    """The whole command line, for `main` and for the test that holds the docs against it."""
    parser = _Parser(
        prog="python -m glue_studio",
        description="Glue Studio visual jobs as code: check, generate, publish, compare, recover.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(metavar="VERB", required=True, parser_class=_Parser)
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


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Never:
        _say(f"ERROR {printable(message)} (see {self.prog} --help)")
        raise SystemExit(ExitCode.USAGE)


_CODES = """Exit codes: 0 done, nothing found; 1 something found (error, drift, difference);
2 could not be done; 3 wrong usage; 130 interrupted."""


def _indented(examples: str) -> str:
    return "\n".join(f"  {line}" for line in examples.strip().splitlines())


def _say(line: str) -> None:
    print(line, file=sys.stderr)

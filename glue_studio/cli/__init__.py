"""The command line: `python -m glue_studio VERB …`.

Exit codes: see `ExitCode`. Errors are one line on standard error; results go to standard output.
"""

from glue_studio.cli.command_line import ExitCode, main

__all__ = ["ExitCode", "main"]

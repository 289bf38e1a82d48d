"""The command line: `python -m glue_studio VERB …`.

Exit codes: see `ExitCode`. Errors are one line on standard error; results go to standard output.
"""

from glue_studio.cli.main import ExitCode, main

__all__ = ["ExitCode", "main"]

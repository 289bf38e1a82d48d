"""What the runtime says to a job and to its log: errors, notes, and the job's own logger."""

import sys
from datetime import UTC, datetime


class GlueException(Exception):  # noqa: N818 -- the name that Glue's own log shows
    """The job asks for something that cannot be done, or not here."""


def not_in_sandbox(what: str) -> GlueException:
    """The error for a feature of AWS Glue that has no meaning or no means on this machine."""
    return GlueException(f"{what} is not in the sandbox; docs/glue-runtime.md says what is.")


def note(text: str) -> None:
    """Write a line that tells the reader of the log what the sandbox did of its own."""
    print(f"NOTE {text}")


class GlueLogger:
    """The logger that a job asks its GlueContext for; its lines are in the run's log."""

    def info(self, message: object) -> None:
        """Write what happened."""
        self._write("INFO", message)

    def warn(self, message: object) -> None:
        """Write what should not have happened."""
        self._write("WARN", message)

    def error(self, message: object) -> None:
        """Write what went wrong."""
        self._write("ERROR", message)

    def debug(self, message: object) -> None:
        """Keep the message back, as Glue does, whose default level is INFO."""

    @staticmethod
    def _write(level: str, message: object) -> None:
        now = datetime.now(UTC).strftime("%H:%M:%S")
        print(f"{now} {level} GlueLogger: {message}", file=sys.stderr)

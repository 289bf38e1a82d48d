"""The logger that a job asks its GlueContext for; what it writes is in the run's log."""

import sys
from datetime import UTC, datetime


class GlueLogger:
    """Writes lines with a level; the methods are those of Glue's own logger."""

    def info(self, message: object) -> None:
        """For what happened."""
        self._write("INFO", message)

    def warn(self, message: object) -> None:
        """For what should not have happened."""
        self._write("WARN", message)

    def error(self, message: object) -> None:
        """For what went wrong."""
        self._write("ERROR", message)

    def debug(self, message: object) -> None:
        """Kept back, as on Glue, whose default level is INFO."""

    @staticmethod
    def _write(level: str, message: object) -> None:
        now = datetime.now(UTC).strftime("%H:%M:%S")
        print(f"{now} {level} GlueLogger: {message}", file=sys.stderr)

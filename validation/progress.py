"""Progress of the queries on standard error: one live line in a terminal, plain lines elsewhere."""

from types import TracebackType
from typing import Self

from rich.console import Console

from common.progress import Line
from validation.athena.queries import Answer
from validation.model import QueryState
from validation.rendering import words


class Reporter:
    """What tells how far a run is, as long as its context lasts."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._line = Line(console, "Athena", counted=True)
        self._line.now("reading the Data Catalog")

    def __enter__(self) -> Self:
        """Show itself."""
        self._line.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take itself away."""
        self._line.__exit__()

    def started(self, queries: int) -> None:
        """Say how many queries will run; there may be more."""
        self._line.now("queries are running", of=queries)
        self._say(words.count(queries, "query"))

    def answered(self, answer: Answer) -> None:
        """Say that one of them has ended."""
        self._line.now(_line(answer), advance=1)
        self._say(_line(answer))

    def _say(self, text: str) -> None:
        if not self._console.is_terminal:
            print(f"Athena: {text}", file=self._console.file, flush=True)


def _line(answer: Answer) -> str:
    record = answer.record
    text = f"{record.name}: {record.state.replace('_', ' ')}"
    if record.state is not QueryState.NOT_STARTED:
        text += f" after {words.seconds(record.seconds)}, {words.size(record.bytes_scanned)}"
    return f"{text}: {record.reason}" if record.reason else text

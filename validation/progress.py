"""Progress on standard error: one live line in a terminal, plain lines elsewhere."""

from contextlib import suppress
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

from validation.athena.queries import Answer
from validation.model import QueryState
from validation.rendering import words


class Reporter(Protocol):
    """Told how far a run is."""

    def __enter__(self) -> Self:
        """Shows itself."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Takes itself away."""

    def started(self, queries: int) -> None:
        """So many queries will run, or more."""

    def answered(self, answer: Answer) -> None:
        """One of them has ended."""


def reporter(console: Console) -> Reporter:
    """The one that suits where the console writes to."""
    return _Live(console) if console.is_terminal else _Lines(console)


def _line(answer: Answer) -> str:
    record = answer.record
    text = f"{record.name}: {record.state.replace('_', ' ')}"
    if record.state is not QueryState.NOT_STARTED:
        text += f" after {words.seconds(record.seconds)}, {words.size(record.bytes_scanned)}"
    return f"{text}: {record.reason}" if record.reason else text


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def started(self, queries: int) -> None:
        self._say(f"Athena: {words.count(queries, 'query')}")

    def answered(self, answer: Answer) -> None:
        self._say(f"Athena: {_line(answer)}")

    def _say(self, text: str) -> None:
        # Not the console's own print, which ends the process where the reader has left.
        with suppress(OSError):
            print(text, file=self._console.file, flush=True)


class _Live:
    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("Athena"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            # Cut where the terminal is narrow, rather than the columns before it.
            TextColumn(
                "{task.description}",
                markup=False,
                table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"),
            ),
            console=console,
            expand=True,
            transient=True,
        )
        self._task = self._progress.add_task("reading the Data Catalog", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def started(self, queries: int) -> None:
        self._progress.update(self._task, total=queries, description="queries are running")

    def answered(self, answer: Answer) -> None:
        task = self._progress.tasks[0]
        total = max(task.total or 0, task.completed + 1)
        self._progress.update(self._task, total=total, advance=1, description=_line(answer))

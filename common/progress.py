"""Progress: a line that moves where there is a terminal, plain lines elsewhere."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Column
from rich.text import Text

# How often a log without a terminal hears of what takes long, in seconds.
_PLAIN_INTERVAL = 10.0


class Line:
    """A line of a terminal that is kept up to date; nothing at all where there is no terminal.

    Args:
        console: where it is.
        title: what is going on.
        counted: whether it shows a bar and how many of how many are done.
    """

    def __init__(self, console: Console, title: str, *, counted: bool = False) -> None:
        columns: list[ProgressColumn] = [
            *([] if counted else [SpinnerColumn()]),
            _Plain("title"),
            *([BarColumn(bar_width=20), MofNCompleteColumn()] if counted else []),
            TimeElapsedColumn(),
            # Cut where the terminal is narrow, rather than the columns before it.
            _Plain("detail", Column(ratio=1, no_wrap=True, overflow="ellipsis")),
        ]
        self._progress = Progress(
            *columns, console=console, expand=True, transient=True, disable=not console.is_terminal
        )
        self._task = self._progress.add_task("", total=None, title=title, detail="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def now(self, detail: str, *, of: int | None = None, advance: int = 0) -> None:
        """Say what is going on at the moment.

        Args:
            detail: the rest of the line.
            of: how many there are in all, where that is news.
            advance: how many more are done.
        """
        task = self._progress.tasks[0]
        total = of if of is not None else task.total
        if total is not None:
            total = max(total, task.completed + advance)
        self._progress.update(self._task, total=total, advance=advance, detail=detail)


class _Plain(TextColumn):
    """A field of the task, in which nothing is taken for markup."""

    def __init__(self, field: str, table_column: Column | None = None) -> None:
        super().__init__("", markup=False, table_column=table_column or Column(no_wrap=True))
        self._field = field

    def render(self, task: Task) -> Text:
        return Text(str(task.fields[self._field]))


class Step:
    """One step of a long command, as a context: what it is, what it does now, how it ended.

    In a terminal one line is kept up to date; elsewhere the state is printed every ten seconds.
    """

    def __init__(self, console: Console, title: str) -> None:
        self._console = console
        self._title = title
        self._detail = ""
        self._started = time.monotonic()
        self._line = Line(console, title)
        self._ended = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        self._line.__enter__()
        if not self._console.is_terminal:
            self.line(f"{self._title} …")
            self._ticker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        if self._ticker.is_alive():
            self._ticker.join()
        self._line.__exit__()
        mark = Text("✗ ", "red") if error else Text("✓ ", "green")
        detail = f"  {self._detail}" if self._detail else ""
        took = Text(f"  {time.monotonic() - self._started:.0f} s", "dim")
        self._console.print(mark + Text(f"{self._title}{detail}") + took)

    def now(self, detail: str) -> None:
        """Say what the step is doing at the moment, or at its end what it did."""
        self._detail = detail
        self._line.now(detail)

    def line(self, text: str) -> None:
        """Print a line that stays."""
        self._console.print(Text(text))

    def _tick(self) -> None:
        while not self._ended.wait(_PLAIN_INTERVAL):
            seconds = time.monotonic() - self._started
            self.line(f"  {self._title}  {self._detail}  {seconds:.0f} s")


def paced(
    tell: Callable[[str], None], unit: str, *, quiet: float = 2.0, interval: float = 5.0
) -> Callable[[int, int], None]:
    """How far a count is, told now and then, and nothing of what takes no time.

    Args:
        tell: gets each line, for example `3 of 9 customers written, about 4 s left`.
        unit: what is counted and what was done with it, for example `customers written`.
        quiet: seconds before the first line.
        interval: seconds between two lines.

    Returns:
        What takes how many are done, and how many there are in all.
    """
    started = time.monotonic()
    told = started + quiet - interval

    def progress(done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if done < total and now - told >= interval:
            told = now
            left = (now - started) / done * (total - done)
            tell(f"{done:,} of {total:,} {unit}, about {left:.0f} s left")

    return progress

"""Progress on the terminal: a line that moves where there is a terminal, plain lines elsewhere."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

    from rich.console import Console

    from deploy.workflow import JobProgress

# How often a log without a terminal hears of a step that takes long, in seconds.
_PLAIN_INTERVAL = 10.0


class Step:
    """One step of the deployment, as a context: what it is, what it does now, how it ended.

    On a terminal one line is kept up to date; elsewhere the state is printed every ten seconds.
    """

    def __init__(self, console: Console, title: str) -> None:
        self._console = console
        self._title = title
        self._detail = ""
        self._started = time.monotonic()
        self._ended = threading.Event()
        self._status = console.status(title) if console.is_terminal else None
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        if self._status:
            self._status.start()
        else:
            self._console.print(f"{self._title} …", highlight=False)
        self._ticker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._ticker.join()
        if self._status:
            self._status.stop()
        seconds = f"{self.seconds:.0f} s"
        mark, style = ("✗", "red") if error else ("✓", "green")
        detail = f"  {self._detail}" if self._detail else ""
        self._console.print(f"[{style}]{mark}[/] {self._title}{detail}  [dim]{seconds}[/]")

    @property
    def seconds(self) -> float:
        """How long the step has been going on."""
        return time.monotonic() - self._started

    def now(self, detail: str) -> None:
        """Say what the step is doing at the moment, or at its end what it did."""
        self._detail = detail

    def line(self, text: str) -> None:
        """Print a line that stays."""
        self._console.print(text, highlight=False)

    def _tick(self) -> None:
        interval = 0.25 if self._status else _PLAIN_INTERVAL
        while not self._ended.wait(interval):
            text = f"{self._title}  {self._detail}  {self.seconds:.0f} s"
            if self._status:
                self._status.update(text)
            else:
                self._console.print(f"  {text}", highlight=False)


class JobLines:
    """Prints a line for each change of a job's state, and keeps the step's line up to date."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._known: dict[str, str] = {}

    def __call__(self, jobs: Sequence[JobProgress]) -> None:
        """Take the jobs' states as they are now."""
        for job in jobs:
            if job.state == self._known.get(job.job, "WAITING"):
                continue
            self._known[job.job] = job.state
            if job.state not in {"STARTING", "WAITING"}:
                took = f"  {job.seconds} s" if job.state == "SUCCEEDED" else ""
                self._step.line(f"  {job.job:<26}{job.state.lower()}{took}")
        done = sum(job.state == "SUCCEEDED" for job in jobs)
        running = [f"{job.job} {job.seconds} s" for job in jobs if job.state == "RUNNING"]
        self._step.now(
            f"{done} of {len(jobs)} jobs done" + (f", {', '.join(running)}" if running else "")
        )

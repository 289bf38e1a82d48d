"""The time that a report takes at most, and the clock that it goes by."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds for one query from its start, seconds for all, and how many run at once."""

    query_seconds: float = 120
    total_seconds: float = 600
    at_once: int = 8


@dataclass(frozen=True)
class Timing:
    """Clock, sleep and random numbers, so that tests need no time."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[float, float], float] = random.uniform


class Deadline:
    """A point in time that all of a report shares, over several calls of `run`."""

    def __init__(self, limits: Limits, timing: Timing) -> None:
        """Start counting now."""
        self.limits = limits
        self.timing = timing
        self.end = timing.clock() + limits.total_seconds

    def left(self) -> float:
        """The seconds that are left, 0 or more."""
        return max(0.0, self.end - self.timing.clock())

    def passed(self) -> bool:
        """Whether the time is over."""
        return self.left() == 0

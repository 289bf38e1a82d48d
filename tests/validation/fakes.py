"""An Athena that does what a test says, on a clock that stands still until something sleeps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from validation.athena.queries import Row, ServiceError, Status, ThrottledError
from validation.deadline import Deadline, Limits, Timing


@dataclass
class Clock:
    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        # Time passes even for a sleep of nothing, as it does for any call.
        self.now += max(seconds, 0.001)

    def timing(self) -> Timing:
        return Timing(clock=lambda: self.now, sleep=self.sleep, uniform=lambda _, high: high)

    def deadline(self, **limits: Any) -> Deadline:
        return Deadline(Limits(**limits), self.timing())


@dataclass
class Script:
    """What a query does: runs for `seconds`, then ends as `state` says with these rows."""

    seconds: float = 1.0
    state: str = "SUCCEEDED"
    reason: str | None = None
    rows: Sequence[Row] = ()
    scanned: int | None = 100
    refuse: str | None = None
    throttle: int = 0
    lose: bool = False
    unreadable: str | None = None


@dataclass
class FakeAthena:
    clock: Clock
    script: Callable[[str], Script] = lambda _: Script()
    started: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    most_at_once: int = 0
    interrupt_at: float | None = None
    _runs: dict[str, tuple[float, Script]] = field(default_factory=dict)
    _ended: set[str] = field(default_factory=set)
    _throttled: dict[str, int] = field(default_factory=dict)

    def start(self, sql: str, token: str) -> str:
        if token in self.tokens:
            return self.tokens[token]
        script = self.script(sql)
        if script.refuse:
            raise ServiceError(script.refuse)
        if self._throttled.setdefault(sql, 0) < script.throttle:
            self._throttled[sql] += 1
            raise ThrottledError
        query_id = f"query-{len(self.started)}"
        self.started.append(sql)
        self.tokens[token] = query_id
        self._runs[query_id] = (self.clock.now, script)
        running = self._runs.keys() - self._ended - set(self.stopped)
        self.most_at_once = max(self.most_at_once, len(running))
        return query_id

    def status(self, query_id: str) -> Status:
        if self.interrupt_at is not None and self.clock.now >= self.interrupt_at:
            raise KeyboardInterrupt
        begun, script = self._runs[query_id]
        if script.lose:
            raise ServiceError("AWS cannot be reached.")
        if self.clock.now - begun < script.seconds:
            return Status("RUNNING")
        self._ended.add(query_id)
        return Status(script.state, script.reason, script.scanned)

    def rows(self, query_id: str) -> Sequence[Row]:
        script = self._runs[query_id][1]
        if script.unreadable:
            raise ServiceError(script.unreadable)
        return script.rows

    def stop(self, query_id: str) -> None:
        self.stopped.append(query_id)

    def console_url(self, query_id: str) -> str | None:
        return f"https://console/{query_id}"


def answering(tables: Mapping[str, int], breaches: Mapping[str, int]) -> Callable[[str], Script]:
    """A script for the report's own queries: rows of each table, and breaches of each check."""

    def script(sql: str) -> Script:
        if "row_count" in sql and "$path" not in sql:
            rows: list[Row] = [
                {"table_name": name, "row_count": rows}
                for name, rows in tables.items()
                if f"'{name}'" in sql
            ]
            return Script(rows=rows)
        if "$path" in sql:
            return Script(
                rows=[
                    {
                        "table_name": name,
                        "file": f"s3://landing/{name}/1.json",
                        "row_count": rows,
                        "malformed": 0,
                    }
                    for name, rows in tables.items()
                    if f"'{name}'" in sql
                ]
            )
        return Script(
            rows=[
                {"check_id": name, "breaches": number, "examples": "a\na\nb" if number else None}
                for name, number in breaches.items()
                if f"'{name}' AS check_id" in sql
            ]
        )

    return script

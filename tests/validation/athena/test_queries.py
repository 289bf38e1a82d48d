import threading
from collections.abc import Sequence

import pytest

from tests.validation.fakes import Clock, FakeAthena, Script
from validation.athena.queries import Answer, Query, Row, run
from validation.model import QueryState


def queries(*names: str) -> list[Query]:
    return [Query(name, f"SELECT {name}", name.ljust(32, "-")) for name in names]


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_queries_run_together_and_are_answered_in_order(clock: Clock) -> None:
    athena = FakeAthena(clock, lambda sql: Script(seconds=9 if sql.endswith("a") else 2))
    told: list[Answer] = []

    answers = run(athena, queries("a", "b", "c"), clock.deadline(), told.append)

    assert [answer.record.name for answer in answers] == ["a", "b", "c"]
    assert [answer.record.name for answer in told] == ["b", "c", "a"]
    assert athena.most_at_once == 3
    assert answers[0].record.state is QueryState.SUCCEEDED
    assert answers[0].record.bytes_scanned == 100
    assert answers[0].record.console_url == "https://console/query-0"
    assert athena.stopped == []


def test_no_more_run_at_once_than_allowed(clock: Clock) -> None:
    athena = FakeAthena(clock)

    answers = run(athena, queries(*"abcdefg"), clock.deadline(at_once=2))

    assert athena.most_at_once == 2
    assert all(answer.record.state is QueryState.SUCCEEDED for answer in answers)


def test_a_query_that_never_ends_is_stopped_once_and_not_started_again(clock: Clock) -> None:
    athena = FakeAthena(clock, lambda sql: Script(seconds=1e9 if sql.endswith("a") else 1))

    slow, quick = run(athena, queries("a", "b"), clock.deadline(query_seconds=30))

    assert slow.record.state is QueryState.TIMED_OUT
    assert "stopped after 30 s" in str(slow.record.reason)
    assert quick.record.state is QueryState.SUCCEEDED
    assert athena.stopped == ["query-0"]
    assert athena.started == ["SELECT a", "SELECT b"]


def test_all_queries_together_have_a_deadline(clock: Clock) -> None:
    athena = FakeAthena(clock, lambda _: Script(seconds=20))

    answers = run(athena, queries("a", "b", "c"), clock.deadline(total_seconds=30, at_once=1))

    assert [answer.record.state for answer in answers] == [
        QueryState.SUCCEEDED,
        QueryState.TIMED_OUT,
        QueryState.NOT_STARTED,
    ]
    assert athena.stopped == ["query-1"]
    assert "--timeout" in str(answers[2].record.reason)


@pytest.mark.parametrize(
    ("script", "state", "reason"),
    [
        (Script(state="FAILED", reason="SYNTAX_ERROR: line 1"), "failed", "SYNTAX_ERROR"),
        (Script(state="FAILED"), "failed", "gave no reason"),
        (
            Script(state="CANCELLED", reason="Bytes scanned limit was exceeded"),
            "cancelled",
            "limit was exceeded",
        ),
        (Script(refuse="The work group is gone."), "not_started", "work group is gone"),
        (Script(lose=True), "lost", "cannot be reached"),
        (
            Script(unreadable="AWS denied the call."),
            "lost",
            "The query's result could not be read. AWS denied the call.",
        ),
        (
            Script(state="FAILED", reason="HIVE_BAD_DATA: value 'Jo Doe' of jo@doe.test"),
            "failed",
            "HIVE_BAD_DATA: value (withheld) of (address withheld)",
        ),
    ],
)
def test_every_other_end_is_told_and_never_tried_again(
    clock: Clock, script: Script, state: str, reason: str
) -> None:
    athena = FakeAthena(clock, lambda _: script)

    (answer,) = run(athena, queries("a"), clock.deadline())

    assert answer.record.state == state
    assert reason in str(answer.record.reason)
    assert answer.rows == ()
    assert len(athena.started) == (0 if state == "not_started" else 1)


def test_a_result_that_never_comes_is_lost_within_the_time_of_a_query(clock: Clock) -> None:
    come = threading.Event()

    class Silent(FakeAthena):
        def rows(self, query_id: str) -> Sequence[Row]:
            come.wait()
            return super().rows(query_id)

    try:
        (answer,) = run(Silent(clock), queries("a"), clock.deadline(query_seconds=1.5))
    finally:
        come.set()

    assert answer.record.state is QueryState.LOST
    assert "S3 did not give it within 2 s" in str(answer.record.reason)


def test_a_throttled_start_is_tried_again_after_growing_pauses(clock: Clock) -> None:
    athena = FakeAthena(clock, lambda _: Script(throttle=6))

    (answer,) = run(athena, queries("a"), clock.deadline())

    assert answer.record.state is QueryState.SUCCEEDED
    pauses = clock.slept[:6]
    assert pauses == [1, 2, 4, 8, 16, 20]


def test_throttling_for_minutes_ends_with_the_deadline(clock: Clock) -> None:
    athena = FakeAthena(clock, lambda _: Script(throttle=10**6))

    (answer,) = run(athena, queries("a"), clock.deadline(total_seconds=120))

    assert answer.record.state is QueryState.NOT_STARTED
    assert "throttled" in str(answer.record.reason)
    assert clock.now <= 1000 + 121


def test_ctrl_c_stops_every_running_query(clock: Clock) -> None:
    athena = FakeAthena(clock, lambda _: Script(seconds=100), interrupt_at=1005)

    with pytest.raises(KeyboardInterrupt):
        run(athena, queries("a", "b"), clock.deadline())

    assert sorted(athena.stopped) == ["query-0", "query-1"]


def test_ctrl_c_while_a_query_starts_stops_that_one_too(clock: Clock) -> None:
    class Interrupted(FakeAthena):
        interrupted = False

        def start(self, sql: str, token: str) -> str:
            query_id = super().start(sql, token)
            if not self.interrupted:
                self.interrupted = True
                raise KeyboardInterrupt
            return query_id

    athena = Interrupted(clock)

    with pytest.raises(KeyboardInterrupt):
        run(athena, queries("a"), clock.deadline())

    assert athena.started == ["SELECT a"]
    assert athena.stopped == ["query-0"]

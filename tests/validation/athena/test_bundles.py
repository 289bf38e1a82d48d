from collections.abc import Sequence

import pytest

from tests.validation.fakes import Clock, FakeAthena, Script
from validation.athena.bundles import Bundle, ask
from validation.athena.queries import Row


def bundle(name: str, *parts: str) -> Bundle:
    return Bundle(name, parts, "part", " ".join)


def rows(sql: str) -> Sequence[Row]:
    return [{"part": part, "n": 1} for part in sql.split()]


def test_one_query_answers_all_parts_of_a_bundle() -> None:
    clock = Clock()
    athena = FakeAthena(clock, lambda sql: Script(rows=rows(sql)))

    replies = ask(athena, [bundle("x", "a", "b"), bundle("y", "c")], clock.deadline(), run_id="run")

    assert athena.started == ["a b", "c"]
    assert replies.by_part["x", "b"].rows.value == ({"part": "b", "n": 1},)
    assert replies.by_part["y", "c"].query == "y"


def test_a_part_that_spoils_its_bundle_costs_only_itself() -> None:
    clock = Clock()
    athena = FakeAthena(
        clock,
        lambda sql: (
            Script(state="FAILED", reason="COLUMN_NOT_FOUND: b")
            if "b" in sql
            else Script(rows=rows(sql))
        ),
    )

    replies = ask(athena, [bundle("x", "a", "b", "c")], clock.deadline(), run_id="run")

    assert athena.started == ["a b c", "a", "b", "c"]
    assert replies.by_part["x", "a"].rows.value == ({"part": "a", "n": 1},)
    assert replies.by_part["x", "b"].rows.reason == "COLUMN_NOT_FOUND: b"
    assert replies.by_part["x", "b"].query == "x: b"
    assert len(replies.queries) == 4


@pytest.mark.parametrize(
    "script",
    [
        Script(state="CANCELLED", reason="Bytes scanned limit was exceeded"),
        Script(state="FAILED", reason="Query exhausted resources at this scale factor"),
        Script(state="FAILED", reason="Query timeout"),
        Script(unreadable="AWS denied the call."),
        Script(seconds=1e9),
    ],
)
def test_a_query_whose_sql_is_not_to_blame_is_not_asked_again_in_parts(script: Script) -> None:
    clock = Clock()
    athena = FakeAthena(clock, lambda _: script)

    replies = ask(athena, [bundle("x", "a", "b")], clock.deadline(), run_id="run")

    assert athena.started == ["a b"]
    assert replies.by_part["x", "a"].rows.reason
    assert replies.by_part["x", "b"].rows.reason


def test_no_two_queries_of_a_run_share_a_token() -> None:
    clock = Clock()
    athena = FakeAthena(clock, lambda _: Script(state="FAILED", reason="bad"))

    ask(athena, [bundle("x", "a", "b"), bundle("y", "c", "d")], clock.deadline(), run_id="run")

    assert len(athena.tokens) == 6
    assert all(32 <= len(token) <= 128 for token in athena.tokens)

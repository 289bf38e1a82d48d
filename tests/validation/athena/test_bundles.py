from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.validation.fakes import Clock, FakeAthena, Script
from validation.athena.bundles import Bundle, Question, ask
from validation.athena.queries import Row
from validation.fact import Fact, Reply


def rows_of(rows: Sequence[Row]) -> Fact[tuple[Row, ...]]:
    return Fact(tuple(rows))


def question(name: str) -> Question[tuple[Row, ...]]:
    return Question(name, "part", name, (), (), rows_of)


def bundle(name: str, *parts: str) -> Bundle:
    return Bundle(name, tuple(map(question, parts)))


def parts(sql: str) -> str:
    return sql.replace("\nUNION ALL\n", " ")


def rows(sql: str) -> Sequence[Row]:
    return [{"part": part, "n": 1} for part in parts(sql).split()]


def without_b(answer: Callable[[str], Sequence[Row]]) -> FakeAthena:
    def script(sql: str) -> Script:
        if "b" in sql:
            return Script(state="FAILED", reason="COLUMN_NOT_FOUND: b")
        return Script(rows=answer(sql))

    return FakeAthena(Clock(), script)


def asked(athena: FakeAthena, *bundles: Bundle) -> dict[str, Reply[Any]]:
    replies = ask(athena, bundles, athena.clock.deadline(), run_id="run")
    return {
        question.name: replies.to(question) for bundle in bundles for question in bundle.questions
    }


def test_one_query_answers_all_parts_of_a_bundle() -> None:
    athena = FakeAthena(Clock(), lambda sql: Script(rows=rows(sql)))

    replies = asked(athena, bundle("x", "a", "b"), bundle("y", "c"))

    assert list(map(parts, athena.started)) == ["a b", "c"]
    assert replies["b"].fact.value == ({"part": "b", "n": 1},)
    assert replies["c"].query == "y"


def test_a_part_that_spoils_its_bundle_costs_only_itself() -> None:
    athena = without_b(rows)

    replies = asked(athena, bundle("x", "a", "b", "c"))

    assert list(map(parts, athena.started)) == ["a b c", "a", "b", "c"]
    assert replies["a"].fact.value == ({"part": "a", "n": 1},)
    assert replies["b"].fact.reason == "COLUMN_NOT_FOUND: b"
    assert replies["b"].query == "x: b"


def test_questions_of_one_select_are_asked_once_and_fail_together() -> None:
    athena = without_b(lambda _: [{"part": "a", "n": 1}, {"part": "a2", "n": 2}])
    shared = replace(question("a2"), sql="a")

    replies = asked(athena, Bundle("x", (question("a"), question("b"), shared)))
    alone = asked(athena, Bundle("y", (question("b"), replace(question("b2"), sql="b"))))

    assert list(map(parts, athena.started)) == ["a b", "a", "b", "b"]
    assert replies["a"].fact.value == ({"part": "a", "n": 1},)
    assert replies["a2"].fact.value == ({"part": "a2", "n": 2},)
    assert replies["a2"].query == "x: a, a2"
    assert {reply.fact.reason for reply in alone.values()} == {"COLUMN_NOT_FOUND: b"}


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
    athena = FakeAthena(Clock(), lambda _: script)

    replies = asked(athena, bundle("x", "a", "b"))

    assert list(map(parts, athena.started)) == ["a b"]
    assert replies["a"].fact.reason
    assert replies["b"].fact.reason


def test_no_two_queries_of_a_run_share_a_token() -> None:
    athena = FakeAthena(Clock(), lambda _: Script(state="FAILED", reason="bad"))

    asked(athena, bundle("x", "a", "b"), bundle("y", "c", "d"))

    assert len(athena.tokens) == 6
    assert all(32 <= len(token) <= 128 for token in athena.tokens)

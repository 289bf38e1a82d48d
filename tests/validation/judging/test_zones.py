import pytest

from validation.fact import Fact, Reply
from validation.judging import zones
from validation.model import Funnel, Lane, Outcome

FUNNEL = Funnel("x", (Lane("y", (("a", "landed"), ("b", "kept"), ("c", "used"))),))


@pytest.mark.parametrize(
    ("rows", "outcome", "words"),
    [
        ((3, 2, 2), Outcome.PASSED, "No table has more rows"),
        ((3, 2, 4), Outcome.FAILED, "c has more rows than b"),
        ((2, 3, None), Outcome.FAILED, "b has more rows than a"),
        ((3, None, 4), Outcome.NOT_EVALUATED, "Not counted: b"),
    ],
)
def test_rows_only_grow_fewer(rows: tuple[int | None, ...], outcome: Outcome, words: str) -> None:
    counts = {
        name: Reply(Fact[int](reason="Gone.") if number is None else Fact(number))
        for name, number in zip("abc", rows, strict=True)
    }
    (result,) = zones.judge(FUNNEL, counts)
    assert result.outcome is outcome
    assert words in result.message


def test_without_a_way_nothing_is_judged() -> None:
    assert zones.judge(None, {}) == ()
    (lonely,) = zones.judge(Funnel("x", (Lane("y", (("a", "landed"),)),)), {"a": Reply(Fact(1))})
    assert lonely.outcome is Outcome.NOT_EVALUATED
    (strange,) = zones.judge(FUNNEL, {})
    assert strange.message == "Not counted: a, b, c."

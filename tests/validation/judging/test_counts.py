import pytest

from validation.fact import Fact, Reply
from validation.judging import counts
from validation.model import Outcome


@pytest.mark.parametrize(
    ("rows", "outcome", "words"),
    [
        (5, Outcome.PASSED, "as expected"),
        (10, Outcome.FAILED, "exactly double"),
        (0, Outcome.FAILED, "the table is empty"),
        (7, Outcome.FAILED, "2 too many"),
        (4, Outcome.FAILED, "1 missing"),
    ],
)
def test_a_count_says_how_it_is_wrong(rows: int, outcome: Outcome, words: str) -> None:
    (result,) = counts.judge({"t": Reply(Fact(rows), "SELECT", "q")}, {"t": 5})
    assert result.outcome is outcome
    assert words in result.message
    assert result.difference == rows - 5


def test_counts_without_a_number_or_without_a_query_are_not_evaluated() -> None:
    results = counts.judge({"a": Reply(Fact(5))}, {"b": 5})
    assert [result.outcome for result in results] == [Outcome.NOT_EVALUATED] * 2
    assert "give no number" in results[0].message
    assert "does not count it" in results[1].message

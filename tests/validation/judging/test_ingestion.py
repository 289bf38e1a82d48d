from collections.abc import Mapping

from validation.fact import Fact, Reply
from validation.facts.questions import FileRows
from validation.judging import ingestion
from validation.model import CheckResult, Outcome

UNKNOWN = "AWS denied the call."


def ingested(files: Fact[tuple[FileRows, ...]], lines: Fact[Mapping[str, int]]) -> CheckResult:
    return ingestion.judge("t", Reply(files, "", "q"), lines)


def test_every_line_is_a_record() -> None:
    result = ingested(Fact((FileRows("f", 3, 0),)), Fact({"f": 3}))
    assert (result.outcome, result.expected, result.actual) == (Outcome.PASSED, 3, 3)


def test_a_malformed_line_a_lost_line_and_an_unread_file_are_named() -> None:
    result = ingested(
        Fact((FileRows("a", 3, 1), FileRows("b", 2, 0))), Fact({"a": 3, "b": 3, "c": 1})
    )
    assert result.outcome is Outcome.FAILED
    assert result.examples == (
        "a: 1 line not a record",
        "b: 3 lines in the file, 2 read",
        "c: 1 line in the file, 0 read",
    )


def test_without_line_counts_only_malformed_rows_are_judged() -> None:
    unread: Fact[Mapping[str, int]] = Fact(reason=UNKNOWN)
    assert ingested(Fact((FileRows("a", 3, 1),)), unread).outcome is Outcome.FAILED
    assert ingested(Fact((FileRows("a", 3, 0),)), unread).outcome is Outcome.NOT_EVALUATED
    assert ingested(Fact(reason=UNKNOWN), unread).message == UNKNOWN

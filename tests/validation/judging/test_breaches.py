import pytest

from validation.checks import SqlCheck
from validation.fact import Fact, Reply
from validation.facts.questions import Breaches, read_breaches
from validation.judging import breaches
from validation.model import CheckResult, Outcome, Severity

UNKNOWN = "AWS denied the call."


def check(severity: Severity) -> SqlCheck:
    return SqlCheck("keys.t", "Keys", severity, "Why.", "Mend it.", ("t",), "SELECT 1")


def judged(severity: Severity, count: int, accepted: int | None = None) -> CheckResult:
    return breaches.judge(check(severity), Reply(Fact(Breaches(count))), accepted=accepted, of=10)


@pytest.mark.parametrize(
    ("severity", "count", "accepted", "outcome"),
    [
        (Severity.ERROR, 0, None, Outcome.PASSED),
        (Severity.ERROR, 1, None, Outcome.FAILED),
        (Severity.WARNING, 1, None, Outcome.WARNED),
        (Severity.WARNING, 0, 5, Outcome.PASSED),
        (Severity.WARNING, 5, 5, Outcome.WARNED),
        (Severity.WARNING, 4, 5, Outcome.FAILED),
        (Severity.WARNING, 6, 5, Outcome.FAILED),
        (Severity.ERROR, 5, 5, Outcome.WARNED),
        (Severity.INFO, 0, None, Outcome.PASSED),
        (Severity.INFO, 7, None, Outcome.PASSED),
    ],
)
def test_breaches_by_severity_and_acceptance(
    severity: Severity, count: int, accepted: int | None, outcome: Outcome
) -> None:
    result = judged(severity, count, accepted)
    assert result.outcome is outcome
    assert result.actual == count
    assert (result.remedy is None) == (outcome is Outcome.PASSED)


def test_a_check_that_could_not_run_is_never_a_pass() -> None:
    result = breaches.judge(
        check(Severity.ERROR), Reply(Fact(reason=UNKNOWN)), accepted=None, of=None
    )
    assert (result.outcome, result.message) == (Outcome.NOT_EVALUATED, UNKNOWN)
    # What mends a breach does not mend what kept the check from running.
    assert result.remedy is None
    assert read_breaches([]).reason


def test_an_address_is_withheld_from_the_examples() -> None:
    row = {"check_id": "x", "breaches": 2, "examples": "trainer a with b@c.test\nb@c.test"}
    examples = read_breaches([row]).value.examples
    assert examples == ("trainer a with (address withheld)", "(address withheld)")


def test_examples_differ_and_are_few() -> None:
    row = {"check_id": "x", "breaches": 9, "examples": "a\na\nb\nc\nd\ne\nf"}
    assert read_breaches([row]).value == Breaches(9, ("a", "b", "c", "d", "e"))

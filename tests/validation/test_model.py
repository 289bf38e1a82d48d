import pytest

from tests.validation import sample
from validation.model import Outcome, Report, Severity, Verdict


@pytest.mark.parametrize(
    ("outcomes", "verdict", "code"),
    [
        ([], Verdict.NOT_EVALUATED, 2),
        ([Outcome.PASSED], Verdict.PASSED, 0),
        ([Outcome.PASSED, Outcome.WARNED], Verdict.PASSED, 0),
        ([Outcome.PASSED, Outcome.NOT_EVALUATED], Verdict.NOT_EVALUATED, 2),
        ([Outcome.FAILED, Outcome.NOT_EVALUATED], Verdict.FAILED, 1),
    ],
)
def test_the_verdict(outcomes: list[Outcome], verdict: Verdict, code: int) -> None:
    checks = tuple(sample.check(f"a.c{i}", outcome) for i, outcome in enumerate(outcomes))
    report = Report(sample.identity(), checks)
    assert (report.verdict, report.exit_code) == (verdict, code)


@pytest.mark.parametrize("severity", [Severity.ERROR, Severity.WARNING])
def test_a_check_that_could_not_run_is_no_pass_whatever_its_severity(severity: Severity) -> None:
    checks = (sample.check("a.b", Outcome.NOT_EVALUATED, severity=severity),)
    assert Report(sample.identity(), checks).exit_code == 2


def test_what_is_only_stated_may_be_unknown() -> None:
    checks = (
        sample.check("a.b"),
        sample.check("a.c", Outcome.NOT_EVALUATED, severity=Severity.INFO),
    )
    assert Report(sample.identity(), checks).exit_code == 0

from datetime import UTC, datetime

import pytest

import glue_studio
from validation.fact import Fact
from validation.facts.jobs import RuleOutcome
from validation.judging import jobs
from validation.model import JobFacts, Outcome, Severity
from validation.pipeline import DeclaredJob

NOW = datetime(2026, 5, 4, tzinfo=UTC)
UNKNOWN = "AWS denied the call."
JOB = DeclaredJob("j", glue_studio.Job("j", {}, {}), (), ("t",))


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (JobFacts("j", "SUCCEEDED", NOW, 60, 0.03), Outcome.PASSED),
        (JobFacts("j", "FAILED", error="boom"), Outcome.FAILED),
        (JobFacts("j", "TIMEOUT"), Outcome.FAILED),
        (JobFacts("j", "RUNNING"), Outcome.NOT_EVALUATED),
        (JobFacts("j"), Outcome.NOT_EVALUATED),
    ],
)
def test_the_last_run_of_a_job(facts: JobFacts, outcome: Outcome) -> None:
    assert jobs.judge_run(JOB, Fact(facts)).outcome is outcome


def test_a_run_that_cannot_be_asked_for_is_no_pass() -> None:
    assert jobs.judge_run(JOB, Fact(reason=UNKNOWN)).outcome is Outcome.NOT_EVALUATED


def test_quality_rules_fail_a_run_or_are_only_stated() -> None:
    good = RuleOutcome("RowCount > 0", "PASS", None)
    bad = RuleOutcome('IsComplete "a"', "FAIL", "Value: 0.5 does not meet the constraint")
    result = jobs.judge_quality(JOB, Fact((good, bad)))
    assert result.outcome is Outcome.FAILED
    assert result.examples == ('IsComplete "a": Value: 0.5 does not meet the constraint',)
    assert jobs.judge_quality(JOB, Fact((good,))).outcome is Outcome.PASSED
    stated = jobs.judge_quality(JOB, Fact(reason="It published none."))
    assert (stated.outcome, stated.severity) == (Outcome.NOT_EVALUATED, Severity.INFO)

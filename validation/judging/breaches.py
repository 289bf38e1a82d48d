"""SQL checks: whether the rows that break one fail it, only warn, or are a number that was accepted."""

from validation.checks import SqlCheck
from validation.fact import Fact, Reply
from validation.facts.questions import Breaches
from validation.model import CheckResult, Outcome, Severity


def judge(
    check: SqlCheck, reply: Reply[Breaches], *, accepted: int | None, of: int | None
) -> CheckResult:
    """The result of one SQL check.

    An accepted number of breaches is a warning, none at all passes, another number fails: what
    was accepted is that very number. An info check states its figure and passes.
    """
    breaches = reply.fact
    outcome, message, expected = _outcome(check, breaches, accepted, of)
    return CheckResult(
        id=check.id,
        title=check.title,
        severity=check.severity,
        outcome=outcome,
        why=check.why,
        message=message,
        expected=expected,
        actual=None if breaches.reason else breaches.value.count,
        remedy=check.remedy if outcome in {Outcome.FAILED, Outcome.WARNED} else None,
        examples=() if breaches.reason else breaches.value.examples,
        tables=check.tables,
        of=of,
        sql=check.sql,
        query=reply.query,
    )


def _outcome(
    check: SqlCheck, breaches: Fact[Breaches], accepted: int | None, of: int | None
) -> tuple[Outcome, str, int | None]:
    expected = None if check.severity is Severity.INFO else accepted or 0
    if breaches.reason:
        return Outcome.NOT_EVALUATED, breaches.reason, expected
    count = breaches.value.count
    rows = _rows(count, of)
    if check.severity is Severity.INFO:
        return Outcome.PASSED, f"{rows}; stated, not judged.", None
    if count == 0:
        return Outcome.PASSED, "No row breaks it.", expected
    if accepted and count == accepted:
        return Outcome.WARNED, f"{rows}, the known and accepted number.", expected
    if accepted:
        return Outcome.FAILED, f"{rows}; {accepted:,} are known and accepted.", expected
    if check.severity is Severity.WARNING:
        return Outcome.WARNED, f"{rows}.", expected
    return Outcome.FAILED, f"{rows} {'breaks' if count == 1 else 'break'} it.", expected


def _rows(count: int, of: int | None) -> str:
    unit = "row" if count == 1 else "rows"
    return f"{count:,} of {of:,} rows" if of else f"{count:,} {unit}"

from collections.abc import Mapping

from validation.fact import Fact, Reply
from validation.model import CheckResult, Outcome, Severity

_WHY = "A table of another size was loaded twice, in part, from other data, or by another rule."


def judge(
    replies: Mapping[str, Reply[int]], expected: Mapping[str, int]
) -> tuple[CheckResult, ...]:
    """One result `count.<table>` for each table that is expected, or was counted."""
    unknown = Reply[int](
        Fact(reason="No table of this name is declared: the report does not count it.")
    )
    return tuple(
        _count(name, replies.get(name, unknown), expected.get(name))
        for name in dict.fromkeys((*replies, *expected))
    )


def _count(name: str, reply: Reply[int], expected: int | None) -> CheckResult:
    rows = reply.fact

    def result(outcome: Outcome, message: str, remedy: str | None = None) -> CheckResult:
        return CheckResult(
            id=f"count.{name}",
            title=f"Rows of {name}",
            severity=Severity.ERROR,
            outcome=outcome,
            why=_WHY,
            message=message,
            expected=expected,
            actual=rows.or_none,
            remedy=remedy,
            tables=(name,),
            sql=reply.sql,
            query=reply.query,
        )

    if rows.reason:
        return result(Outcome.NOT_EVALUATED, rows.reason)
    if expected is None:
        return result(
            Outcome.NOT_EVALUATED,
            f"{rows.value:,} rows; the expectations give no number for it.",
            "Add it under [counts], or write new expectations with --learn FILE.",
        )
    if rows.value == expected:
        return result(Outcome.PASSED, f"{rows.value:,} rows, as expected.")
    return result(
        Outcome.FAILED,
        f"{rows.value:,} rows, expected {expected:,}: {_difference(rows.value, expected)}.",
        "Run the job that makes it again (a landing table: look at its files); if the data itself "
        "changed, accept it with --learn FILE.",
    )


def _difference(actual: int, expected: int) -> str:
    if actual == 0:
        return "the table is empty"
    if actual == 2 * expected:
        return "exactly double, as when the same rows were loaded twice"
    if actual > expected:
        return f"{actual - expected:,} too many"
    return f"{expected - actual:,} missing"

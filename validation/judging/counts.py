from collections.abc import Mapping

from validation.fact import Fact
from validation.model import CheckResult, Outcome, Severity

_WHY = "A table of another size was loaded twice, in part, from other data, or by another rule."


def judge(
    actual: Mapping[str, Fact[int]],
    expected: Mapping[str, int],
    *,
    sql: Mapping[str, str],
    query: str,
) -> tuple[CheckResult, ...]:
    """One result `count.<table>` for each table that is expected, or was counted."""
    names = [*actual, *(name for name in expected if name not in actual)]
    return tuple(
        _count(
            name,
            actual.get(name, Fact(reason="athena_sql/counts.sql does not count it.")),
            expected.get(name),
            sql.get(name),
            query,
        )
        for name in names
    )


def _count(
    name: str, rows: Fact[int], expected: int | None, sql: str | None, query: str
) -> CheckResult:
    def result(outcome: Outcome, message: str, remedy: str | None = None) -> CheckResult:
        return CheckResult(
            id=f"count.{name}",
            title=f"Rows of {name}",
            severity=Severity.ERROR,
            outcome=outcome,
            why=_WHY,
            message=message,
            expected=expected,
            actual=None if rows.reason else rows.value,
            remedy=remedy,
            tables=(name,),
            sql=sql,
            query=query if sql else None,
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

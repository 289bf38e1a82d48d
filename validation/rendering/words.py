"""How every renderer says a number, a time, a verdict: the same words everywhere."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from validation.model import (
    CheckResult,
    Outcome,
    QueryRecord,
    QueryState,
    Report,
    Severity,
    Verdict,
)

# Athena's price for most regions; a query is billed by the megabyte, 10 at least, and one that failed
# is not: https://aws.amazon.com/athena/pricing/
USD_A_TERABYTE = 5.0
_MEGABYTES_A_TERABYTE = 1024**2
_LEAST_MEGABYTES = 10

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "count": "Row counts",
        "ingestion": "Ingestion",
        "consent": "Consent",
        "parents": "Every row has its source",
        "missing": "No row is missing",
        "keys": "Keys",
        "identity": "Identity",
        "pairs": "Pairs",
        "privacy": "Privacy",
        "zones": "Sizes of the zones",
        "catalog": "Data Catalog",
        "freshness": "Freshness",
        "run": "Job runs",
        "quality": "Data quality rules",
        "drift": "Jobs as deployed",
    }
)
OUTCOMES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.PASSED: "passed",
        Outcome.WARNED: "warning",
        Outcome.FAILED: "failed",
        Outcome.NOT_EVALUATED: "not evaluated",
    }
)
VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.PASSED: "Passed",
        Verdict.FAILED: "Failed",
        Verdict.NOT_EVALUATED: "Could not be evaluated",
    }
)
NOTHING = "-"
# From worst to best: what a table, a group or a run is called by.
_WORST = (Outcome.FAILED, Outcome.NOT_EVALUATED, Outcome.WARNED, Outcome.PASSED)


def group_title(group: str, of: Mapping[str, str] = GROUPS) -> str:
    """The heading of a group; a group without one is called by its name."""
    return of.get(group) or GROUPS.get(group) or group.replace("_", " ").capitalize()


def groups(checks: Sequence[CheckResult]) -> Mapping[str, tuple[CheckResult, ...]]:
    """The checks by group, in the order of GROUPS, others after them."""
    names = dict.fromkeys((*GROUPS, *(check.group for check in checks)))
    found = {name: tuple(check for check in checks if check.group == name) for name in names}
    return {name: members for name, members in found.items() if members}


def worst(checks: Sequence[CheckResult]) -> Outcome | None:
    """The worst outcome among some checks; an info check that was not evaluated is not bad news."""
    outcomes = {
        check.outcome
        for check in checks
        if not (check.severity is Severity.INFO and check.outcome is Outcome.NOT_EVALUATED)
    }
    return next((outcome for outcome in _WORST if outcome in outcomes), None)


def about(report: Report, table: str) -> tuple[CheckResult, ...]:
    """The checks whose subject is a table: the first that they name."""
    return tuple(check for check in report.checks if check.tables[:1] == (table,))


def summary(report: Report) -> str:
    """One sentence: how many checks, and how they ended."""
    if not report.checks:
        return "No check was run, so nothing is known."
    parts = [
        f"{len(found):,} {_plural(word, len(found))}"
        for word, outcome in (
            ("failed", Outcome.FAILED),
            ("not evaluated", Outcome.NOT_EVALUATED),
            ("warning", Outcome.WARNED),
            ("passed", Outcome.PASSED),
        )
        if (found := report.with_outcome(outcome))
    ]
    return f"{count(len(report.checks), 'check')}: {', '.join(parts)}."


def reason_of_all(report: Report) -> str | None:
    """The one reason why nothing could be evaluated, where there is one."""
    reasons = by_reason(report)
    if len(reasons) == 1 and len(report.with_outcome(Outcome.NOT_EVALUATED)) == len(report.checks):
        return next(iter(reasons))
    return None


def by_reason(report: Report) -> Mapping[str, tuple[CheckResult, ...]]:
    """The checks that were not evaluated, by the reason why."""
    unknown = report.with_outcome(Outcome.NOT_EVALUATED)
    reasons = dict.fromkeys(check.message for check in unknown)
    return {
        reason: tuple(check for check in unknown if check.message == reason) for reason in reasons
    }


def count(number: int, noun: str) -> str:
    """`1 query`, `2 queries`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1] + 'ies' if noun.endswith('y') else noun + 's'}"


def value(of: float | str | None) -> str:
    """A number with separators, a text as it is, a dash for nothing."""
    if of is None:
        return NOTHING
    return of if isinstance(of, str) else f"{of:,}"


def signed(difference: int | None) -> str:
    """A difference with its sign; a dash for none known."""
    if difference is None:
        return NOTHING
    return f"{difference:+,}" if difference else "0"


def size(number: int | None) -> str:
    """Bytes in the unit that suits them."""
    if number is None:
        return NOTHING
    amount = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:  # noqa: PLR2004  decimal units
            return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"


def seconds(number: float | None) -> str:
    """A duration."""
    if number is None:
        return NOTHING
    if number < 60:  # noqa: PLR2004  a minute
        return f"{number:.1f} s"
    return f"{int(number // 60)} min {int(number % 60)} s"


def time(moment: datetime | None) -> str:
    """A point in time, always in UTC."""
    return NOTHING if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def cost(queries: Sequence[QueryRecord]) -> float:
    """What the queries cost in USD, as far as Athena told what they read."""
    megabytes = sum(
        max(math.ceil(query.bytes_scanned / 1024**2), _LEAST_MEGABYTES)
        for query in queries
        if query.bytes_scanned is not None and query.state is not QueryState.FAILED
    )
    return megabytes / _MEGABYTES_A_TERABYTE * USD_A_TERABYTE


def usd(amount: float) -> str:
    """An amount that may be a fraction of a cent."""
    return f"{amount:,.4f} USD" if amount < 1 else f"{amount:,.2f} USD"


def _plural(word: str, number: int) -> str:
    return "warnings" if word == "warning" and number > 1 else word

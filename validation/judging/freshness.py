from collections.abc import Mapping
from datetime import datetime, timedelta

from validation.fact import Fact
from validation.facts.storage import StoredObject
from validation.model import CheckResult, Outcome, Severity
from validation.pipeline import Pipeline

_WHY = (
    "A table older than what it is made from misses what has arrived, changed or withdrawn since."
)
_REMEDY = "Run the workflow: it makes every table again from what has landed."


def judge(
    objects: Mapping[str, Fact[tuple[StoredObject, ...]]],
    declared: Pipeline,
    *,
    now: datetime,
    max_age_hours: float,
) -> tuple[CheckResult, ...]:
    """`freshness.<table>` for each declared table: no source of it has a newer object.

    With `max_age_hours` above 0 its newest object is not older than that either.
    """
    newest = {name: known.then(_newest) for name, known in objects.items()}
    return tuple(_table(name, newest, declared, now, max_age_hours) for name in declared.tables)


def _newest(objects: tuple[StoredObject, ...]) -> Fact[datetime]:
    if not objects:
        return Fact(reason="There is no object with data at its location.")
    return Fact(max(item.modified for item in objects))


def _table(
    name: str,
    newest: Mapping[str, Fact[datetime]],
    declared: Pipeline,
    now: datetime,
    max_age_hours: float,
) -> CheckResult:
    maker = declared.maker(name)
    sources = maker.reads if maker else ()

    def result(outcome: Outcome, message: str, actual: str | None) -> CheckResult:
        return CheckResult(
            id=f"freshness.{name}",
            title=f"{name} is newer than what it is made from" if maker else f"{name} has landed",
            severity=Severity.ERROR,
            outcome=outcome,
            why=_WHY,
            message=message,
            expected=_expected(newest, sources),
            actual=actual,
            remedy=_REMEDY if outcome is Outcome.FAILED and maker else None,
            tables=(name, *sources),
        )

    own = newest[name]
    if own.reason:
        return result(Outcome.NOT_EVALUATED, own.reason, None)
    written = own.value
    stamp = _stamp(written)
    newer = [
        f"{source} ({_stamp(known.value)})"
        for source in sources
        if (known := newest.get(source)) and not known.reason and known.value > written
    ]
    if newer:
        return result(
            Outcome.FAILED, f"Written {stamp}, before {', '.join(newer)}.", f"written {stamp}"
        )
    if max_age_hours and now - written > timedelta(hours=max_age_hours):
        return result(
            Outcome.FAILED,
            f"Written {stamp}, more than {max_age_hours:g} hours ago.",
            f"written {stamp}",
        )
    unknown = [source for source in sources if source in newest and newest[source].reason]
    if unknown:
        return result(
            Outcome.NOT_EVALUATED,
            f"Written {stamp}; when {', '.join(unknown)} was written is not known.",
            f"written {stamp}",
        )
    # Tables of other owners have no file here, and nothing is known of their objects.
    others = ", ".join(source for source in sources if source not in newest)
    note = f" {others}, which the project does not declare, was not compared." if others else ""
    return result(Outcome.PASSED, f"Written {stamp}.{note}", f"written {stamp}")


def _expected(newest: Mapping[str, Fact[datetime]], sources: tuple[str, ...]) -> str | None:
    times = [
        known.value for source in sources if (known := newest.get(source)) and not known.reason
    ]
    return f"not before {_stamp(max(times))}" if times else None


def _stamp(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"

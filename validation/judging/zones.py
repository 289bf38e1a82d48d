"""The sizes of the zones: whether the rows only grow fewer on the way that the funnel tells."""

from collections.abc import Mapping
from itertools import pairwise

from validation.fact import Reply
from validation.model import CheckResult, Funnel, Outcome, Severity


def judge(funnel: Funnel | None, counts: Mapping[str, Reply[int]]) -> tuple[CheckResult, ...]:
    """The result `zones.sizes`, where there is a funnel; its figures are the row counts."""
    if funnel is None:
        return ()
    steps = [pair for lane in funnel.lanes for pair in pairwise(name for name, _ in lane.steps)]
    tables = tuple(dict.fromkeys(name for pair in steps for name in pair))
    rows = {name: counts[name].fact.or_none if name in counts else None for name in tables}
    unknown = [name for name in tables if rows[name] is None]
    larger = [
        f"{table} has more rows than {source}"
        for source, table in steps
        if (rows[table] or 0) > (rows[source] or 0) and not {source, table} & set(unknown)
    ]
    if larger:
        outcome, message = Outcome.FAILED, f"{'; '.join(larger)}."
    elif unknown or not steps:
        outcome = Outcome.NOT_EVALUATED
        message = f"Not counted: {', '.join(unknown) or 'no lane has two steps'}."
    else:
        outcome, message = Outcome.PASSED, "No table has more rows than the one before it."
    return (
        CheckResult(
            id="zones.sizes",
            title="No table has more rows than the one it is filtered from",
            severity=Severity.ERROR,
            outcome=outcome,
            why="A filter can only take rows away: more rows mean a join that multiplied, or a run "
            "that appended.",
            message=message,
            expected=0,
            actual=None if outcome is Outcome.NOT_EVALUATED else len(larger),
            remedy="Run the workflow again: each job replaces its whole table." if larger else None,
            examples=tuple(larger),
            tables=tables,
        ),
    )

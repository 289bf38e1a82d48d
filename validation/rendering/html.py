"""One HTML page without scripts and without a request: it opens from a mail, a disk or S3."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from validation.model import CheckResult, Outcome, QueryRecord, Report, TableFacts, Verdict
from validation.rendering import figures, words

_TEMPLATES = Path(__file__).with_name("templates")
_SHOWN_RUNS = 12
_SYMBOLS: Mapping[Outcome, str] = {
    Outcome.PASSED: "ok",
    Outcome.WARNED: "warn",
    Outcome.FAILED: "bad",
    Outcome.NOT_EVALUATED: "unknown",
}


@dataclass(frozen=True)
class Bar:
    """A table's rows against its expectation; `width` and `tick` are percent."""

    table: TableFacts
    outcome: Outcome | None
    width: float
    tick: float | None
    change: int | None
    trend: str
    trend_text: str


@dataclass(frozen=True)
class Step:
    """One step of the funnel; `width` is percent of the lane's first step."""

    rows: int | None
    label: str
    width: float


def render(report: Report) -> str:
    """report.html: everything from AWS or the user is escaped."""
    queries = {query.name: query for query in report.queries}
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            identity=report.identity,
            verdict=words.VERDICTS[report.verdict],
            verdict_kind=_verdict_kind(report.verdict),
            summary=words.summary(report),
            reason=words.reason_of_all(report),
            attention=(*report.with_outcome(Outcome.FAILED), *report.with_outcome(Outcome.WARNED)),
            unknown=report.with_outcome(Outcome.NOT_EVALUATED),
            reasons=words.by_reason(report),
            groups=words.groups(report.checks),
            group_title=lambda group: words.group_title(group, report.group_titles),
            worst=words.worst,
            wide=figures.pipeline(report, figures.WIDE),
            narrow=figures.pipeline(report, figures.NARROW),
            bars=[_bar(report, table) for table in report.tables],
            funnel=_funnel(report),
            query_of=lambda check: _query(check, queries),
            cost=words.usd(words.cost(report.queries)),
            price=f"{words.USD_A_TERABYTE:g}",
            runs=(*report.history, report.entry())[-_SHOWN_RUNS:],
            verdict_of=lambda entry: words.VERDICTS[entry.verdict],
            entry_kind=lambda entry: _verdict_kind(entry.verdict),
            # A page has one run's times to compare: how long, and how much was read.
            duration_trend=figures.sparkline(
                [round(entry.seconds * 1000) for entry in (*report.history, report.entry())]
            ),
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "value": words.value,
        "signed": words.signed,
        "size": words.size,
        "seconds": words.seconds,
        "time": words.time,
        "breakable": _breakable,
        "kind": lambda outcome: _SYMBOLS[outcome] if outcome else "unknown",
        "outcome": lambda outcome: words.OUTCOMES[outcome] if outcome else "not looked at",
    }
    return environment


def _breakable(name: str) -> Markup:
    """A long name that a narrow page may break after its underscores."""
    return Markup("_<wbr>").join(escape(part) for part in name.split("_"))


def _verdict_kind(verdict: Verdict) -> str:
    return {Verdict.PASSED: "ok", Verdict.FAILED: "bad", Verdict.NOT_EVALUATED: "unknown"}[verdict]


def _query(check: CheckResult, queries: Mapping[str, QueryRecord]) -> QueryRecord | None:
    return queries.get(check.query) if check.query else None


def _bar(report: Report, table: TableFacts) -> Bar:
    past = [entry.counts[table.name] for entry in report.history if table.name in entry.counts]
    series = [*past, *([] if table.rows is None else [table.rows])]
    most = max(table.rows or 0, table.expected_rows or 0) or 1
    return Bar(
        table=table,
        outcome=words.worst(
            [check for check in report.checks if check.id == f"count.{table.name}"]
        ),
        width=100 * (table.rows or 0) / most,
        tick=None if table.expected_rows is None else 100 * table.expected_rows / most,
        change=table.rows - past[-1] if past and table.rows is not None else None,
        trend=figures.sparkline(series),
        trend_text=_trend_text(series),
    )


def _trend_text(series: Sequence[int]) -> str:
    low, high = min(series, default=0), max(series, default=0)
    span = f"always {low:,}" if low == high else f"{low:,} to {high:,}"
    return f"{words.count(len(series), 'run')}, {span}"


def _funnel(report: Report) -> list[tuple[str, list[Step]]]:
    lanes = []
    for lane in report.funnel.lanes if report.funnel else ():
        known = [(report.counts.get(table), label) for table, label in lane.steps]
        first = next((rows for rows, _ in known if rows), None)
        if first is None:
            continue
        lanes.append(
            (lane.title, [Step(rows, label, 100 * (rows or 0) / first) for rows, label in known])
        )
    return lanes

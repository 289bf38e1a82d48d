from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from validation.model import CheckResult, Outcome, Report, Verdict
from validation.rendering import words

_STYLES = {
    Outcome.PASSED: "green",
    Outcome.WARNED: "yellow",
    Outcome.FAILED: "bold red",
    Outcome.NOT_EVALUATED: "magenta",
}
# Words, not only colours and signs: a log has neither.
_WORDS = {
    Outcome.PASSED: "ok",
    Outcome.WARNED: "warning",
    Outcome.FAILED: "FAILED",
    Outcome.NOT_EVALUATED: "unknown",
}
_VERDICT_STYLES = {
    Verdict.PASSED: "bold green",
    Verdict.FAILED: "bold red",
    Verdict.NOT_EVALUATED: "bold magenta",
}


def show(report: Report, console: Console) -> None:
    """Print the verdict, then what is wrong and what to do, then the tables. Honours NO_COLOR."""
    console.print(_verdict(report))
    for check in report.with_outcome(Outcome.FAILED):
        console.print(_finding(check))
    for check in report.with_outcome(Outcome.WARNED):
        console.print(_finding(check))
    if report.with_outcome(Outcome.NOT_EVALUATED):
        console.print(_unknown(report))
    if any(check.group == "count" for check in report.checks):
        console.print(_counts(report))
    if report.checks:
        console.print(_groups(report))
    for note in report.notes:
        console.print(Text(note, style="dim"))


def _verdict(report: Report) -> RenderableType:
    identity = report.identity
    style = _VERDICT_STYLES[report.verdict]
    lines = Text(words.VERDICTS[report.verdict].upper(), style=style)
    lines.append(f"  {words.summary(report)}", style="default")
    lines.append(
        f"\n{identity.environment}, account {identity.account or 'unknown'}, "
        f"{identity.region or 'unknown region'}, {words.time(identity.started)}; "
        f"{words.count(len(report.queries), 'query')} read {words.size(report.bytes_scanned)} "
        f"({words.usd(words.cost(report.queries))}) in {words.seconds(identity.seconds)}",
        style="dim",
    )
    return Panel(lines, border_style=style, box=box.ROUNDED)


def _finding(check: CheckResult) -> RenderableType:
    title = Text(f"{_WORDS[check.outcome]:8}", style=_STYLES[check.outcome])
    title.append(check.title, style="bold")
    title.append(f"  {check.id}", style="dim")
    body = Text(f"{_clean(check.message)}\n{check.why}")
    if check.remedy:
        body.append(f"\nWhat to do: {check.remedy}")
    for example in check.examples:
        body.append(f"\n  {_clean(example)}", style="dim")
    grid = Table.grid(padding=(0, 0))
    grid.add_column(width=8)
    grid.add_column(overflow="fold")
    grid.add_row("", body)
    return Group(title, grid, Text())


def _unknown(report: Report) -> RenderableType:
    title = Text(f"{_WORDS[Outcome.NOT_EVALUATED]:8}", style=_STYLES[Outcome.NOT_EVALUATED])
    if reason := words.reason_of_all(report):
        return title.append(f"No check could run: {_clean(reason)}\n", style="bold")
    title.append("Not evaluated, and why", style="bold")
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=8)
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold")
    for reason, checks in words.by_reason(report).items():
        ids = ", ".join(check.id for check in checks)
        grid.add_row("", Text(ids), Text(_clean(reason)))
    return Group(title, grid, Text())


def _counts(report: Report) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Table", overflow="fold")
    for title in ("Rows", "Expected", "Difference"):
        table.add_column(title, justify="right")
    table.add_column("")
    for check in report.checks:
        if check.group == "count":
            table.add_row(
                Text(check.id.removeprefix("count.")),
                words.value(check.actual),
                words.value(check.expected),
                words.signed(check.difference),
                Text(_WORDS[check.outcome], style=_STYLES[check.outcome]),
            )
    return table


def _groups(report: Report) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Checks", overflow="fold")
    for title in ("passed", "warning", "failed", "not evaluated"):
        table.add_column(title, justify="right")
    for group, checks in words.groups(report.checks).items():
        numbers = {
            outcome: sum(check.outcome is outcome for check in checks) for outcome in Outcome
        }
        table.add_row(
            Text(words.group_title(group, report.group_titles)),
            *(
                Text(str(number), style=_STYLES[outcome] if number else "dim")
                for outcome, number in numbers.items()
            ),
        )
    return table


def _clean(text: str) -> str:
    """A text without control characters: no value of a table may steer the terminal."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in text)

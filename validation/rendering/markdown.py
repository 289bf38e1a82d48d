import re

from validation.model import CheckResult, Outcome, Report
from validation.rendering import words

_MARKS = {
    Outcome.PASSED: "✅",
    Outcome.WARNED: "⚠️",
    Outcome.FAILED: "❌",
    Outcome.NOT_EVALUATED: "❔",
}
_VERDICT_MARKS = {"passed": "✅", "failed": "❌", "not_evaluated": "❔"}
# Everything that GitHub's Markdown, or the HTML in it, would take for markup.
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+!|~&@-])")


def render(report: Report) -> str:
    """report.md, for a pull request or a job summary: verdict, findings, counts, what is unknown."""
    lines = [
        (
            f"## {_VERDICT_MARKS[report.verdict]} Lakehouse validation: "
            f"{words.VERDICTS[report.verdict].lower()}"
        ),
        "",
        words.summary(report),
        "",
    ]
    if reason := words.reason_of_all(report):
        lines += [_plain(reason), ""]
    for check in (*report.with_outcome(Outcome.FAILED), *report.with_outcome(Outcome.WARNED)):
        lines += _finding(check)
    if report.tables:
        lines += ["### Row counts", "", "| | Table | Rows | Expected | Difference |"]
        lines.append("|---|---|---:|---:|---:|")
        lines += [_count(check) for check in report.checks if check.group == "count"]
        lines.append("")
    if reasons := words.by_reason(report):
        lines += ["<details><summary>Not evaluated, and why</summary>", ""]
        lines += [
            f"- {', '.join(f'`{check.id}`' for check in checks)}: {_plain(reason)}"
            for reason, checks in reasons.items()
        ]
        lines += ["", "</details>", ""]
    lines.append(f"<sub>{_run(report)}</sub>")
    return "\n".join(lines) + "\n"


def _run(report: Report) -> str:
    identity = report.identity
    facts = (
        _plain(identity.environment),
        f"account {identity.account or 'unknown'}",
        identity.region or "unknown region",
        words.time(identity.started),
        f"commit {(identity.git_commit or 'unknown')[:10]}",
        words.count(len(report.queries), "query"),
        words.size(report.bytes_scanned),
        words.usd(words.cost(report.queries)),
        words.seconds(identity.seconds),
    )
    return " · ".join(facts)


def _finding(check: CheckResult) -> list[str]:
    lines = [
        f"### {_MARKS[check.outcome]} {_plain(check.title)}",
        "",
        f"**{_plain(check.message)}** {_plain(check.why)}",
        "",
    ]
    if check.remedy:
        lines += [f"What to do: {_plain(check.remedy)}", ""]
    if check.examples:
        lines += [*(f"- {_plain(example)}" for example in check.examples), ""]
    return lines


def _count(check: CheckResult) -> str:
    return (
        f"| {_MARKS[check.outcome]} | `{check.id.removeprefix('count.')}` "
        f"| {words.value(check.actual)} | {words.value(check.expected)} "
        f"| {words.signed(check.difference)} |"
    )


def _plain(text: str) -> str:
    """A text in which nothing is markup, on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split())).replace("\\<", "&lt;")

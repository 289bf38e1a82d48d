import re
from xml.etree import ElementTree as ET

from validation.model import CheckResult, Outcome, Report, Severity
from validation.rendering import words

# What XML 1.0 cannot hold, not even escaped: https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """junit.xml: a suite for each group, a case for each check.

    Failed is a failure; a check that could not run is an error, or skipped where it is only
    stated; a warning passes, with its text as the case's output.
    """
    root = ET.Element("testsuites", _totals(report.checks, report))
    for group, checks in words.groups(report.checks).items():
        suite = ET.SubElement(
            root,
            "testsuite",
            {
                "name": words.group_title(group, report.group_titles),
                **_totals(checks, report),
                "timestamp": f"{report.identity.started:%Y-%m-%dT%H:%M:%S}",
            },
        )
        for check in checks:
            _case(suite, check, report)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(suite: ET.Element, check: CheckResult, report: Report) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        {
            "classname": f"validation.{check.group}",
            "name": _text(f"{check.id}: {check.title}"),
            "time": f"{_seconds(check, report):.3f}",
        },
    )
    details = _text(_details(check))
    if check.outcome is Outcome.FAILED:
        ET.SubElement(case, "failure", {"message": _text(check.message)}).text = details
    elif check.outcome is Outcome.NOT_EVALUATED:
        tag = "skipped" if check.severity is Severity.INFO else "error"
        ET.SubElement(case, tag, {"message": _text(check.message)}).text = details
    elif check.outcome is Outcome.WARNED:
        ET.SubElement(case, "system-out").text = _text(f"WARNING {check.message}\n{details}")


def _totals(checks: tuple[CheckResult, ...], report: Report) -> dict[str, str]:
    def number(*outcomes: Outcome, info: bool | None = None) -> str:
        return str(
            sum(
                check.outcome in outcomes
                and (info is None or (check.severity is Severity.INFO) == info)
                for check in checks
            )
        )

    return {
        "tests": str(len(checks)),
        "failures": number(Outcome.FAILED),
        "errors": number(Outcome.NOT_EVALUATED, info=False),
        "skipped": number(Outcome.NOT_EVALUATED, info=True),
        "time": f"{sum(_seconds(check, report) for check in checks):.3f}",
    }


def _seconds(check: CheckResult, report: Report) -> float:
    """A check's share of its query: the sum over all is what Athena took."""
    query = next((query for query in report.queries if query.name == check.query), None)
    if query is None:
        return 0.0
    return query.seconds / sum(other.query == query.name for other in report.checks)


def _details(check: CheckResult) -> str:
    lines = [check.why]
    if check.expected is not None or check.actual is not None:
        lines.append(f"Expected {words.value(check.expected)}, actual {words.value(check.actual)}.")
    if check.remedy:
        lines.append(f"What to do: {check.remedy}")
    lines += [f"- {example}" for example in check.examples]
    if check.sql:
        lines += ["", check.sql]
    return "\n".join(lines)


def _text(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)

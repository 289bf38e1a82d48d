from collections.abc import Callable
from io import StringIO

import pytest
from rich.console import Console

from tests.validation import sample
from validation.model import Report
from validation.rendering import html, json, junit, markdown, terminal

REPORTS = {"passed": sample.passed, "failed": sample.failed, "empty": sample.empty}
Golden = Callable[[str, str], None]


@pytest.fixture(params=REPORTS)
def report(request: pytest.FixtureRequest) -> tuple[str, Report]:
    return request.param, REPORTS[request.param]()


def test_json(report: tuple[str, Report], golden: Golden) -> None:
    name, content = report
    golden(f"{name}.json", json.render(content))


def test_html(report: tuple[str, Report], golden: Golden) -> None:
    name, content = report
    golden(f"{name}.html", html.render(content))


def test_markdown(report: tuple[str, Report], golden: Golden) -> None:
    name, content = report
    golden(f"{name}.md", markdown.render(content))


def test_junit(report: tuple[str, Report], golden: Golden) -> None:
    name, content = report
    golden(f"{name}.xml", junit.render(content))


def test_terminal(report: tuple[str, Report], golden: Golden) -> None:
    name, content = report
    golden(f"{name}.txt", shown(content))


def test_colour_carries_nothing_that_the_words_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    plain = shown(sample.failed(), force_terminal=True)
    assert "\x1b[31m" not in plain
    assert "\x1b[1;31m" not in plain
    assert "FAILED" in plain


def test_the_verdict_stands_first() -> None:
    lines = shown(sample.failed()).splitlines()
    assert "FAILED" in lines[1]
    assert next(line for line in lines if "What to do" in line)
    assert lines.index(next(line for line in lines if "What to do" in line)) < lines.index(
        next(line for line in lines if line.strip().startswith("Table"))
    )


def test_a_value_of_a_table_cannot_steer_the_terminal() -> None:
    report = sample.failed()
    check = sample.check("x.y", report.checks[9].outcome, examples=("\x1b[2J\x07gone",))
    assert "\x1b" not in shown(Report(identity=report.identity, checks=(check,)))


def shown(report: Report, *, force_terminal: bool | None = None) -> str:
    file = StringIO()
    terminal.show(
        report,
        Console(
            file=file,
            width=100,
            force_terminal=force_terminal,
            color_system="standard" if force_terminal else None,
            highlight=False,
        ),
    )
    return file.getvalue()

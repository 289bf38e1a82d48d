from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, TestSuite

from tests.validation import sample
from validation.model import CheckResult, JobFacts, Outcome, Report
from validation.rendering import html, junit, markdown


class Tags(HTMLParser):
    """Collects the tags, and every attribute that could fetch something or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.fetching: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.fetching += [
            (name, value)
            for name, value in attrs
            if name.startswith("on") or (name in {"src", "href", "xlink:href"} and tag != "a")
        ]


def report_with(text: str) -> Report:
    return Report(
        identity=sample.identity(),
        checks=(hostile(text), sample.count("customer_trusted", 1)),
        tables=sample.tables(),
        jobs=(JobFacts(text, text, error=text),),
        notes=(text,),
    )


def hostile(text: str) -> CheckResult:
    return sample.check(
        "consent.customer_trusted",
        Outcome.FAILED,
        expected=text,
        actual=text,
        message=text,
        title=text,
        examples=(text,),
    )


def tags_of(report: Report) -> Tags:
    tags = Tags()
    tags.feed(html.render(report))
    return tags


HARMLESS = tags_of(report_with("harmless")).tags


@settings(deadline=None, max_examples=50)
@given(st.text())
def test_no_text_becomes_a_tag_in_html(text: str) -> None:
    assert tags_of(report_with(text)).tags == HARMLESS


def test_html_fetches_nothing_and_runs_nothing() -> None:
    tags = tags_of(sample.failed())
    assert "script" not in tags.tags
    assert "img" not in tags.tags
    assert tags.fetching == [("href", "data:,")]


def test_html_is_one_file_under_a_policy_that_forbids_requests() -> None:
    page = html.render(sample.passed())
    assert "default-src 'none'" in page
    assert "@import" not in page
    assert "url(http" not in page


def test_every_identifier_stands_once_and_every_link_within_the_page_leads_somewhere() -> None:
    class Links(HTMLParser):
        ids: list[str]
        targets: list[str]

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.ids += [value for name, value in attrs if name == "id" and value]
            self.targets += [
                value[1:] for name, value in attrs if name == "href" and value and value[0] == "#"
            ]

    links = Links()
    links.ids, links.targets = [], []
    links.feed(html.render(sample.failed()))
    assert len(links.ids) == len(set(links.ids))
    assert set(links.targets) <= set(links.ids)


@settings(deadline=None, max_examples=50)
@given(st.text())
def test_every_text_is_xml_that_a_real_consumer_reads(text: str) -> None:
    ET.fromstring(junit.render(report_with(text)))  # noqa: S314  our own text
    suites = JUnitXml.fromstring(junit.render(report_with(text)).encode())
    assert suites.failures == 2


def test_junit_tells_failures_errors_skips_and_warnings_apart(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(junit.render(sample.failed()), encoding="utf-8")
    suites = JUnitXml.fromfile(str(tmp_path / "junit.xml"))
    cases = [case for suite in suites for case in suite if isinstance(suite, TestSuite)]
    kinds = {case.name.split(":")[0]: [type(r) for r in case.result] for case in cases}
    assert kinds["count.machine_learning_curated"] == [Failure]
    assert kinds["keys.customer_trusted"] == [Error]
    assert kinds["count.customer_landing"] == []
    assert (suites.tests, suites.failures, suites.errors) == (12, 3, 1)
    passed = JUnitXml.fromstring(junit.render(sample.passed()).encode())
    assert (passed.failures, passed.errors, passed.skipped) == (0, 0, 1)


@pytest.mark.parametrize(
    "text", ["<b>bold</b>", "| a | b |", "# head", "[x](http://y)", "`code`", "@team", "***"]
)
def test_no_text_becomes_markup_in_markdown(text: str) -> None:
    line = next(
        line
        for line in markdown.render(report_with(text)).splitlines()
        if line.startswith("- ") and "count" not in line
    )
    assert not any(
        letter in "<`*_[]|#@" and line[index - 1] != "\\"
        for index, letter in enumerate(line[2:], start=2)
    )

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.validation import sample
from validation.model import Outcome, QueryState, Report, Severity, Verdict
from validation.rendering import figures, words


@pytest.mark.parametrize(
    ("outcomes", "verdict", "code"),
    [
        ([], Verdict.NOT_EVALUATED, 2),
        ([Outcome.PASSED], Verdict.PASSED, 0),
        ([Outcome.PASSED, Outcome.WARNED], Verdict.PASSED, 0),
        ([Outcome.PASSED, Outcome.NOT_EVALUATED], Verdict.NOT_EVALUATED, 2),
        ([Outcome.FAILED, Outcome.NOT_EVALUATED], Verdict.FAILED, 1),
    ],
)
def test_the_verdict(outcomes: list[Outcome], verdict: Verdict, code: int) -> None:
    checks = tuple(sample.check(f"a.c{i}", outcome) for i, outcome in enumerate(outcomes))
    report = Report(sample.identity(), checks)
    assert (report.verdict, report.exit_code) == (verdict, code)


@pytest.mark.parametrize("severity", [Severity.ERROR, Severity.WARNING])
def test_a_check_that_could_not_run_is_no_pass_whatever_its_severity(severity: Severity) -> None:
    checks = (sample.check("a.b", Outcome.NOT_EVALUATED, severity=severity),)
    assert Report(sample.identity(), checks).exit_code == 2


def test_what_is_only_stated_may_be_unknown() -> None:
    checks = (
        sample.check("a.b"),
        sample.check("a.c", Outcome.NOT_EVALUATED, severity=Severity.INFO),
    )
    assert Report(sample.identity(), checks).exit_code == 0


@pytest.mark.parametrize("shape", [figures.WIDE, figures.NARROW])
def test_no_two_tables_of_the_picture_overlap(shape: figures.Shape) -> None:
    picture = figures.pipeline(sample.passed(), shape)
    boxes = picture.boxes
    assert len(boxes) == 9
    for index, one in enumerate(boxes):
        assert 0 <= one.x <= picture.width - one.width
        assert 0 <= one.y <= picture.height - one.height
        for other in boxes[index + 1 :]:
            apart_x = abs(one.x - other.x) >= one.width
            apart_y = abs(one.y - other.y) >= one.height
            assert apart_x or apart_y, (one.name, other.name)


def test_the_data_flows_forward_only() -> None:
    picture = figures.pipeline(sample.passed(), figures.WIDE)
    at = {box.name: box.x for box in picture.boxes}
    for table in sample.tables():
        assert all(at[source] < at[table.name] for source in table.sources)


@pytest.mark.parametrize("shape", [figures.WIDE, figures.NARROW])
def test_no_arrow_of_the_picture_passes_behind_a_table(shape: figures.Shape) -> None:
    picture = figures.pipeline(sample.passed(), shape)
    for edge in picture.edges:
        points = [complex(float(x), float(y)) for x, y in re.findall(r"([\d.]+),([\d.]+)", edge)]
        for t in (step / 100 for step in range(3, 98)):
            left = points  # de Casteljau's way to a point of the curve
            while len(left) > 1:
                left = [a + t * (b - a) for a, b in pairwise(left)]
            for box in picture.boxes:
                inside_x = box.x < left[0].real < box.x + box.width
                assert not (inside_x and box.y < left[0].imag < box.y + box.height), box.name


def test_two_tables_made_of_each_other_can_still_be_drawn() -> None:
    one, two, *_ = sample.tables()
    tables = (replace(one, sources=(two.name,)), replace(two, sources=(one.name,)))
    assert (
        len(figures.pipeline(Report(sample.identity(), (), tables=tables), figures.WIDE).boxes) == 2
    )


def test_a_sparkline_needs_two_points() -> None:
    assert figures.sparkline([]) == ""
    assert figures.sparkline([1]) == ""
    assert figures.sparkline([5, 5]) == "3.0,13.0 117.0,13.0"
    assert figures.sparkline([0, 10]) == "3.0,22.0 117.0,4.0"


def test_words() -> None:
    assert words.size(None) == "-"
    assert words.size(999) == "999 bytes"
    assert words.size(1_500_000) == "1.5 MB"
    assert words.size(2 * 10**15) == "2,000.0 TB"
    assert words.seconds(75) == "1 min 15 s"
    assert words.signed(0) == "0"
    assert words.signed(-1200) == "-1,200"
    assert words.count(1, "query") == "1 query"
    assert words.count(2, "query") == "2 queries"
    assert words.usd(12) == "12.00 USD"
    assert words.group_title("my_group") == "My group"


def test_a_query_costs_ten_megabytes_at_least_and_nothing_if_it_never_ran() -> None:
    query = sample.queries()[0]
    small, unknown = replace(query, bytes_scanned=1), replace(query, bytes_scanned=None)
    assert words.cost([small, unknown]) == pytest.approx(10 / 1024**2 * 5)


def test_a_query_is_billed_by_the_megabyte_and_a_failed_one_not_at_all() -> None:
    query = sample.queries()[0]
    read = replace(query, bytes_scanned=20 * 1024**2 + 1)
    assert words.cost([read]) == pytest.approx(21 / 1024**2 * 5)
    # One that was stopped is billed for what it has read.
    assert words.cost([replace(read, state=QueryState.CANCELLED)]) == words.cost([read])
    assert words.cost([replace(read, state=QueryState.FAILED)]) == 0

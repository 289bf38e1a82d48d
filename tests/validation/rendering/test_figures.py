import re
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.validation import sample
from validation.model import Report, TableFacts
from validation.rendering import figures


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


def test_zones_are_those_of_the_tables_in_the_order_of_the_pipeline() -> None:
    tables = (
        TableFacts("mart", "gold", sources=("clean",)),
        TableFacts("clean", "silver", sources=("raw",)),
        TableFacts("raw", "bronze"),
        TableFacts("clean_today", "view", sources=("clean",)),
    )
    picture = figures.pipeline(Report(sample.identity(), (), tables=tables), figures.WIDE)
    at = {box.name: box.y for box in picture.boxes}
    assert [lane.title for lane in picture.lanes] == ["bronze", "silver", "gold"]
    assert at["clean_today"] == at["clean"]
    assert at["raw"] < at["clean"] < at["mart"]

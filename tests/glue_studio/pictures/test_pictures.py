import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glue_studio import Job, Node, load
from glue_studio.cli import ExitCode, main
from glue_studio.cli.graph_verb import pictures
from glue_studio.pictures import (
    Box,
    Drawing,
    as_dot,
    as_mermaid,
    as_svg,
    draw_job,
    draw_pipeline,
)
from glue_studio.pictures.layout import Layout, lay_out, lay_out_in_lanes
from glue_studio.project import Project

_ROOT = Path(__file__).parents[3]
_SVG = "{http://www.w3.org/2000/svg}"
_EVIL = (
    """</text><script>alert(1)</script>"]; x -->|y| z %% & # ` { } \\ ' \x1b[2J \u202e \ufffe\n\0"""
)


def _parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own output


def _lay_out(drawing: Drawing) -> Layout:
    return lay_out([box.id for box in drawing.boxes], drawing.arrows)


def _drawing(arrows: list[tuple[int, int]], count: int) -> Drawing:
    boxes = tuple(Box(f"b{n}", f"box {n}", "", "transform") for n in range(count))
    return Drawing("d", boxes, tuple(dict.fromkeys((f"b{a}", f"b{b}") for a, b in arrows)))


@st.composite
def _drawings(draw: Callable[..., object]) -> Drawing:
    count = draw(st.integers(0, 12))
    assert isinstance(count, int)
    if not count:
        return _drawing([], 0)
    ends = st.integers(0, count - 1)
    arrows = draw(st.lists(st.tuples(ends, ends), max_size=25))
    assert isinstance(arrows, list)
    return _drawing(arrows, count)


def test_the_pictures_in_docs_are_current() -> None:
    drawn = pictures(Project(_ROOT))
    folder = _ROOT / "docs" / "pictures"
    stored = {name: (folder / name).read_text(encoding="utf-8") for name in drawn}
    assert stored == drawn, "run: python -m glue_studio graph --write docs/pictures"


def test_the_pipeline_has_the_tables_between_the_jobs() -> None:
    jobs = [file.job for file in Project(_ROOT).job_files()]
    drawing = draw_pipeline("pipeline", jobs)
    arrows = set(drawing.arrows)
    assert ("place stedi.customer_landing", "job customer_trusted") in arrows
    assert ("job customer_trusted", "place stedi.customer_trusted") in arrows
    assert ("place stedi.customer_trusted", "job accelerometer_trusted") in arrows
    assert len([box for box in drawing.boxes if box.kind == "table"]) == 8
    layout = _lay_out(drawing)
    assert all(layout.layer[source] < layout.layer[target] for source, target in arrows)


def test_a_folder_that_a_target_catalogues_is_drawn_as_its_table() -> None:
    policy = {"EnableUpdateCatalog": True, "Database": "d", "Table": "t"}
    writer = Node(
        "node-1",
        "S3DirectTarget",
        {"Name": "w", "Inputs": ["x"], "Path": "s3://b/t", "SchemaChangePolicy": policy},
    )
    reader = Node("node-1", "S3JsonSource", {"Name": "r", "Paths": ["s3://b/t/", "s3://b/u"]})
    snow = Node("node-2", "SnowflakeSource", {"Name": "s"})
    jobs = [
        Job("a", {}, {"node-1": writer}),
        Job("b", {}, {"node-1": reader, "node-2": snow}),
    ]
    drawing = draw_pipeline("p", jobs)
    assert [box.title for box in drawing.boxes] == [
        "a", "t", "b", "s3://b/u/", "SnowflakeSource s",
    ]  # fmt: skip


@given(_drawings())
def test_boxes_never_overlap_and_arrows_go_right_but_in_circles(drawing: Drawing) -> None:
    layout = _lay_out(drawing)
    for column in range(layout.layers):
        rows = sorted(layout.row[b] for b, layer in layout.layer.items() if layer == column)
        assert all(later - row > 0.99 for row, later in itertools.pairwise(rows))
    assert all(row >= 0 for row in layout.row.values())
    for (source, target), bends in layout.bends.items():
        passed = [column for column, _ in bends]
        step = 1 if layout.layer[source] <= layout.layer[target] else -1
        assert passed == list(range(layout.layer[source] + step, layout.layer[target], step))


@given(_drawings())
def test_a_graph_without_circles_is_drawn_from_left_to_right(drawing: Drawing) -> None:
    forwards = tuple(
        (a, b) for a, b in drawing.arrows if int(a.removeprefix("b")) < int(b.removeprefix("b"))
    )
    layout = _lay_out(Drawing("d", drawing.boxes, forwards))
    assert all(layout.layer[source] < layout.layer[target] for source, target in forwards)


@given(st.text(), st.text(), st.text())
def test_svg_holds_any_text_as_text(title: str, subtitle: str, name: str) -> None:
    root = _parsed(as_svg(Drawing(name, (Box("a", title, subtitle, "source"),), ())))
    tags = [element.tag for element in root.iter()]
    assert tags.count(f"{_SVG}g") == 1
    assert set(tags) <= {
        _SVG + tag
        for tag in ("svg", "title", "style", "defs", "marker", "path", "g", "rect", "text")
    }


def test_evil_text_breaks_out_of_no_format() -> None:
    drawing = Drawing(
        _EVIL,
        (Box("a", _EVIL, _EVIL, "table"), Box("b", "1. list", "- x", "job")),
        (("a", "b"),),
    )
    svg = as_svg(drawing)
    _parsed(svg)
    assert "<script" not in svg
    mermaid = as_mermaid(drawing)
    lines = mermaid.splitlines()
    assert len(lines) == 4
    assert re.fullmatch(r'    n0\[\("[^"]*<br/>[^"]*"\)\]', lines[1])
    assert "<script" not in mermaid
    assert lines[2] == '    n1[["1#46; list<br/>#45; x"]]'
    assert lines[3] == "    n0 --> n1"
    dot = as_dot(drawing)
    assert len(dot.splitlines()) == 7
    assert re.fullmatch(r'    n0 \[shape=cylinder, label="(?:[^"\\]|\\.)*"\];', dot.splitlines()[3])
    for text in (svg, mermaid, dot):
        assert not set(text) & set("\x1b\u202e\0\ufffe")


def test_long_names_are_cut_and_whole_in_the_tooltip() -> None:
    svg = as_svg(Drawing("d", (Box("a", "x" * 300, "漢字" * 10, "source"),), ()))
    assert "x" * 33 + "…</text>" in svg
    assert "<title>" + "x" * 300 in svg


def test_inputs_that_do_not_exist_are_not_drawn() -> None:
    node = Node("node-1", "DropDuplicates", {"Name": "n", "Inputs": ["node-9", "node-1", "node-1"]})
    assert draw_job(Job("j", {}, {"node-1": node})).arrows == (("node-1", "node-1"),)
    _parsed(as_svg(draw_job(Job("j", {}, {"node-1": node}))))


def test_a_graph_of_500_nodes_in_a_chain_and_in_a_fan() -> None:
    chain = [(n, n + 1) for n in range(499)]
    fan = [(0, n) for n in range(1, 500)]
    for arrows in (chain, fan):
        _parsed(as_svg(_drawing(arrows, 500)))


@pytest.mark.parametrize(
    ("format_", "start"), [("svg", "<svg "), ("mermaid", "flowchart LR"), ("dot", "digraph")]
)
def test_the_command_draws_one_job_or_all(
    format_: str, start: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["--project", str(_ROOT), "--format", format_]
    assert main(["graph", "customer_trusted", *common]) == ExitCode.DONE
    one = capsys.readouterr().out
    assert one.startswith(start)
    assert "Customers with research consent" in one
    assert main(["graph", *common, "--output", str(tmp_path / "all")]) == ExitCode.DONE
    every = (tmp_path / "all").read_text(encoding="utf-8")
    assert every.startswith(start)
    assert "step_trainer_landing" in every


def test_the_command_writes_every_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["graph", "--project", str(_ROOT), "--write", str(tmp_path)]) == ExitCode.DONE
    assert (tmp_path / "pipeline.svg").is_file()
    assert len(list(tmp_path.iterdir())) == 6
    assert main(["graph", "x", "--project", str(_ROOT), "--write", str(tmp_path)]) == ExitCode.USAGE
    assert "name no jobs and no format" in capsys.readouterr().err


def test_a_job_of_the_project_is_a_picture_of_its_own() -> None:
    job = load(_ROOT / "glue_studio_json" / "customer_trusted.json")
    titles = [box.title for box in draw_job(job).boxes]
    assert "Customers with research consent" in titles


def test_in_lanes_every_box_has_its_own_row_and_place() -> None:
    lanes = {"landed": 0, "late": 0, "first": 1, "second": 1, "other": 1, "last": 2}
    arrows = [("landed", "first"), ("first", "second"), ("late", "last"), ("second", "last")]
    layout = lay_out_in_lanes(list(lanes), arrows, lanes)
    assert layout.layer == {
        "landed": 0, "late": 2, "first": 1, "second": 2, "other": 0, "last": 3
    }  # fmt: skip
    assert layout.row == lanes
    assert (layout.layers, layout.rows) == (4, 3)


def test_in_lanes_no_arrow_leads_back_where_sources_crowd_a_lane() -> None:
    arrows = [("a", "d"), ("b", "d"), ("c", "d"), ("d", "e"), ("c", "e")]
    layer = lay_out_in_lanes([*"abcde"], arrows, {"a": 0, "b": 0, "c": 0, "d": 1, "e": 2}).layer

    assert all(layer[source] < layer[target] for source, target in arrows)


def test_in_lanes_no_two_boxes_share_a_place() -> None:
    layout = lay_out_in_lanes(["a", "b"], [], {"a": 0, "b": 0})
    assert layout.layer == {"a": 0, "b": 1}

"""The geometry of the pictures, in user units of their SVG; how they look is the template's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from glue_studio.pictures import Layout, lay_out, lay_out_in_lanes
from validation.model import Outcome, Report, TableFacts
from validation.rendering import words

# Of a report without tables.
_ZONES = ("landing", "trusted", "curated")

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Box:
    """A table in the pipeline picture; `label` is its name in lines that fit."""

    name: str
    label: tuple[str, ...]
    rows: str
    note: str
    outcome: Outcome | None
    x: float
    y: float
    width: float
    height: float

    @property
    def center(self) -> float:
        """Where text is centred."""
        return self.x + self.width / 2


@dataclass(frozen=True)
class Lane:
    """The band of one zone."""

    title: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Picture:
    """The whole picture; `edges` are SVG path data, from a table to one made from it."""

    width: float
    height: float
    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    edges: tuple[str, ...]


@dataclass(frozen=True)
class Shape:
    """Sizes of one variant. `across` steps along the flow, `lane` from one zone to the next."""

    flows_right: bool
    step: float
    lane: float
    box_width: float
    box_height: float
    line: int
    head: float


WIDE = Shape(True, 154, 128, 126, 92, 17, 25)
NARROW = Shape(False, 116, 121, 113, 90, 17, 26)


def pipeline(report: Report, shape: Shape) -> Picture:
    """The tables by zone and by how much must be made before them, with rows on each.

    WIDE flows to the right with a zone a row, NARROW down with a zone a column.
    """
    zones, layout = _layout(report.tables)
    boxes = {table.name: _box(report, table, layout, shape) for table in report.tables}
    edges = tuple(
        _edge(boxes[source], boxes[table.name], tuple(boxes.values()), shape)
        for table in report.tables
        for source in table.sources
        if source in boxes and source != table.name
    )
    length = max(layout.layers, 1) * shape.step + 8
    lanes = tuple(_lane(title, number, length, shape) for number, title in enumerate(zones))
    depth = len(zones) * shape.lane + 8
    head = shape.head if not shape.flows_right else 0
    return Picture(
        width=length if shape.flows_right else depth,
        height=depth if shape.flows_right else length + head,
        lanes=lanes,
        boxes=tuple(boxes.values()),
        edges=edges,
    )


def sparkline(values: Sequence[int], width: float = 120, height: float = 26) -> str:
    """The points of a polyline through some values, from left to right; empty for fewer than two."""
    if len(values) < 2:  # noqa: PLR2004  a line needs two points
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1
    flat = high == low
    return " ".join(
        f"{3 + index * (width - 6) / (len(values) - 1):.1f},"
        f"{height / 2 if flat else height - 4 - (value - low) * (height - 8) / span:.1f}"
        for index, value in enumerate(values)
    )


def _layout(tables: Sequence[TableFacts]) -> tuple[tuple[str, ...], Layout]:
    """The zones from the first to the last, and each table's layer in its zone's lane."""
    names = [table.name for table in tables]
    arrows = [
        (source, table.name) for table in tables for source in table.sources if source in names
    ]
    depth = lay_out(names, arrows).layer
    stored = sorted((it for it in tables if it.zone != "view"), key=lambda it: depth[it.name])
    zones = tuple(dict.fromkeys(it.zone for it in stored)) or _ZONES
    lanes = {it.name: zones.index(it.zone) for it in stored}
    # A view has no zone of its own: it stands with what it reads.
    for it in sorted(tables, key=lambda it: depth[it.name]):
        lanes.setdefault(it.name, max((lanes.get(s, 0) for s in it.sources), default=0))
    return zones, lay_out_in_lanes(names, arrows, lanes)


def _box(report: Report, table: TableFacts, layout: Layout, shape: Shape) -> Box:
    along = 4 + layout.layer[table.name] * shape.step
    across = 4 + layout.row[table.name] * shape.lane
    if shape.flows_right:
        x = along + (shape.step - shape.box_width) / 2
        y = across + shape.head
    else:
        x = across + (shape.lane - shape.box_width) / 2
        y = along + shape.head + (shape.step - shape.box_height) / 2
    return Box(
        name=table.name,
        label=_label(table.name, shape.line),
        rows=words.value(table.rows),
        note=_note(table),
        outcome=words.worst(words.about(report, table.name)),
        x=x,
        y=y,
        width=shape.box_width,
        height=shape.box_height,
    )


def _note(table: TableFacts) -> str:
    if table.rows is None:
        return "not counted"
    if table.expected_rows is None:
        return "rows"
    return "as expected" if table.rows == table.expected_rows else f"not {table.expected_rows:,}"


def _label(name: str, line: int) -> tuple[str, ...]:
    """A name in lines that fit, broken after its underscores."""
    lines = [""]
    for word in re.findall(r"[^_]*_|[^_]+$", name):
        if lines[-1] and len(lines[-1]) + len(word.rstrip("_")) > line:
            lines.append("")
        lines[-1] += word
    return tuple(lines)


def _lane(title: str, number: int, length: float, shape: Shape) -> Lane:
    across = 4 + number * shape.lane
    if shape.flows_right:
        return Lane(title, 2, across, length - 4, shape.lane - 4)
    return Lane(title, across, 2, shape.lane - 4, length + shape.head - 4)


def _edge(source: Box, target: Box, boxes: Sequence[Box], shape: Shape) -> str:
    """From the side that faces the flow, or from the one that faces the zones if that is freer."""
    others = [box for box in boxes if box not in {source, target}]
    curves = (_curve(source, target, shape, turned) for turned in (False, True))
    return _path(min(curves, key=lambda curve: _hidden(curve, others)))


def _curve(source: Box, target: Box, shape: Shape, turned: bool) -> Curve:
    """The four points of a cubic Bézier curve, as x and y."""
    x1, y1, x2, y2 = source.x, source.y, target.x, target.y
    if shape.flows_right:
        start = source.center, y1 + source.height
        if not turned:
            start = x1 + source.width, y1 + source.height / 2
        end = x2, y2 + target.height / 2
        bend = max(16, (end[0] - start[0]) / 2)
        lead = (start[0], end[1]) if turned else (start[0] + bend, start[1])
        return start, lead, (end[0] - bend, end[1]), end
    start = source.center, y1 + source.height
    if turned:
        start = (x1 + source.width if x2 > x1 else x1), y1 + source.height / 2
    end = target.center, y2
    bend = max(14, (end[1] - start[1]) / 2)
    lead = (end[0], start[1]) if turned else (start[0], start[1] + bend)
    return start, lead, (end[0], end[1] - bend), end


def _hidden(curve: Curve, boxes: Sequence[Box]) -> int:
    """How much of a curve lies behind boxes, in fortieths of its length."""
    return sum(
        box.x < x < box.x + box.width and box.y < y < box.y + box.height
        for x, y in (_point(curve, step / 40) for step in range(41))
        for box in boxes
    )


def _point(curve: Curve, t: float) -> tuple[float, float]:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x, y = (sum(w * p[axis] for w, p in zip(weights, curve, strict=True)) for axis in (0, 1))
    return x, y


def _path(curve: Curve) -> str:
    start, *rest = (f"{x:.1f},{y:.1f}" for x, y in curve)
    return f"M{start} C{' '.join(rest)}"

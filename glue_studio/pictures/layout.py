"""A layered layout: each box to the right of all that it reads, few crossings, straight rows.

Sugiyama's method in its simplest form: layers by longest path, points for arrows that pass a layer,
order by the mean place of the neighbours, then rows pulled towards their neighbours. The result
depends on the drawing alone, so a picture in the repository changes only when its job does.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SWEEPS = 8

Arrows = Sequence[tuple[str, str]]
"""From one box's id to another's."""


@dataclass(frozen=True)
class Layout:
    """Where everything stands, in rows and layers; drawing them to scale is up to the format.

    Attributes:
        layer: box id to its column, from 0 on the left.
        row: box id to its row, from 0 at the top; not whole where that is straighter.
        bends: arrow to the (layer, row) places that it passes between its ends.
        layers, rows: how many there are.
    """

    layer: Mapping[str, int]
    row: Mapping[str, float]
    bends: Mapping[tuple[str, str], tuple[tuple[int, float], ...]]
    layers: int
    rows: float


def lay_out(boxes: Sequence[str], arrows: Arrows) -> Layout:
    """Find a place for every box, given by its id, and every bend of an arrow."""
    layer = _layers(boxes, arrows)
    chains: dict[tuple[str, str], list[str]] = {}
    points: dict[str, int] = dict(layer)
    links: list[tuple[str, str]] = []
    for number, (source, target) in enumerate(arrows):
        left, right = sorted((layer[source], layer[target]))
        passed = [f"\0{number}.{column}" for column in range(left + 1, right)]
        points |= dict(zip(passed, range(left + 1, right), strict=True))
        chains[source, target] = passed if layer[source] <= layer[target] else passed[::-1]
        path = [source, *chains[source, target], target]
        links += itertools.pairwise(path)
    columns = _ordered(points, links)
    row = _rows(columns, links)
    lowest = max(row.values(), default=0.0)
    return Layout(
        layer,
        {box: row[box] for box in boxes},
        {arrow: tuple((points[p], row[p]) for p in passed) for arrow, passed in chains.items()},
        max(layer.values(), default=-1) + 1,
        lowest + 1,
    )


def lay_out_in_lanes(boxes: Sequence[str], arrows: Arrows, lanes: Mapping[str, int]) -> Layout:
    """Find a layer for every box whose row is its lane; arrows have no bends.

    A box that nothing leads to stands just before the first one that it leads to, not far away at
    the beginning, and no two boxes share a place.
    """
    depth = _layers(boxes, arrows)
    sources = {box: [source for source, target in arrows if target == box] for box in boxes}
    taken: dict[tuple[int, int], str] = {}
    placed: dict[str, int] = {}
    for box in sorted(boxes, key=lambda box: depth[box]):
        users = [depth[target] for source, target in arrows if source == box]
        if sources[box] or not users:
            layer = max([depth[box], *(placed[it] + 1 for it in sources[box] if it in placed)])
        else:
            layer = min(users) - 1
        while (layer, lanes[box]) in taken:
            layer += 1
        taken[layer, lanes[box]] = box
        placed[box] = layer
    row = {box: float(lanes[box]) for box in boxes}
    bends = dict.fromkeys(arrows, ())
    layers, rows = max(placed.values(), default=-1) + 1, max(row.values(), default=-1.0) + 1
    return Layout(placed, row, bends, layers, rows)


def _layers(boxes: Sequence[str], arrows: Arrows) -> dict[str, int]:
    """The longest path to each box; an arrow that closes a circle counts for nothing."""
    targets: dict[str, list[str]] = {box: [] for box in boxes}
    waiting = dict.fromkeys(boxes, 0)
    for source, target in arrows:
        if source != target:
            targets[source].append(target)
            waiting[target] += 1
    layer = dict.fromkeys(boxes, 0)
    ready = [box for box in boxes if waiting[box] == 0]
    left = dict.fromkeys(box for box in boxes if waiting[box] > 0)
    done: set[str] = set()
    while ready or left:
        if not ready:  # only circles are left: enter one at its first box
            ready.append(next(iter(left)))
            left.pop(ready[0])
        box = ready.pop(0)
        done.add(box)
        for target in targets[box]:
            if target in done or (target not in left):
                continue
            layer[target] = max(layer[target], layer[box] + 1)
            waiting[target] -= 1
            if waiting[target] == 0:
                left.pop(target)
                ready.append(target)
    return layer


def _ordered(points: Mapping[str, int], links: Arrows) -> list[list[str]]:
    """The points of each layer from top to bottom, with few crossings."""
    columns: list[list[str]] = [[] for _ in range(max(points.values(), default=-1) + 1)]
    for point, number in points.items():
        columns[number].append(point)
    before, after = _neighbours(points, links)
    for sweep in range(_SWEEPS):
        forwards = sweep % 2 == 0
        neighbours = before if forwards else after
        for column in columns if forwards else reversed(columns):
            place = {point: number for c in columns for number, point in enumerate(c)}
            column.sort(
                key=lambda point: _mean([place[n] for n in neighbours[point]], place[point])
            )
    return columns


def _rows(columns: Sequence[list[str]], links: Arrows) -> dict[str, float]:
    """A row for each point: in the order given, one apart at least, near its neighbours."""
    points = {point: number for number, column in enumerate(columns) for point in column}
    before, after = _neighbours(points, links)
    row = {point: float(number) for column in columns for number, point in enumerate(column)}
    for sweep in range(_SWEEPS):
        forwards = sweep % 2 == 0
        for column in columns if forwards else reversed(columns):
            near = before if forwards else after
            wanted = [_mean([row[n] for n in near[point]], row[point]) for point in column]
            row.update(zip(column, _apart(wanted), strict=True))
    top = min(row.values(), default=0.0)
    return {point: round(place - top, 3) for point, place in row.items()}


def _apart(wanted: Sequence[float]) -> list[float]:
    """Places in the order given, at least one apart, as near to what is wanted as that allows.

    Pool adjacent violators: runs that would overlap are moved together to their mean.
    """
    runs: list[list[float]] = []  # sum of what is wanted less the index, number of points
    for index, place in enumerate(wanted):
        runs.append([place - index, 1])
        while len(runs) > 1 and runs[-2][0] / runs[-2][1] > runs[-1][0] / runs[-1][1]:
            total, count = runs.pop()
            runs[-1][0] += total
            runs[-1][1] += count
    starts = [total / count for total, count in runs for _ in range(int(count))]
    return [start + index for index, start in enumerate(starts)]


def _neighbours(
    points: Mapping[str, int], links: Arrows
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Each point's neighbours in the layer before it, and in the one after."""
    before: dict[str, list[str]] = {point: [] for point in points}
    after: dict[str, list[str]] = {point: [] for point in points}
    for one, other in links:
        left, right = (one, other) if points[one] < points[other] else (other, one)
        if points[left] != points[right]:
            after[left].append(right)
            before[right].append(left)
    return before, after


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else float(default)

"""SVG pictures that need nothing: no script, no font, no link; light and dark."""

import unicodedata
from xml.sax.saxutils import escape

from common.text import printable
from glue_studio.pictures.drawing import Box, Drawing
from glue_studio.pictures.layout import Layout, lay_out

_HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 46, 56, 18, 16
_LEAST_WIDTH, _MOST_LETTERS = 90, 34
_ROUND = {"table": _HEIGHT // 2}
_TITLE_LETTER, _SUBTITLE_LETTER, _PADDING = 7.4, 6.1, 22

_STYLE = """
  .arrow { fill: none; stroke: #7a869a; stroke-width: 1.4 }
  .head { fill: #7a869a }
  .box { stroke-width: 1.4 }
  .source .box { fill: #e9f2ff; stroke: #0c66e4 }
  .transform .box { fill: #f3f0ff; stroke: #6e5dc6 }
  .target .box { fill: #dcfff1; stroke: #1f845a }
  .job .box { fill: #f3f0ff; stroke: #6e5dc6 }
  .table .box { fill: #fff7d6; stroke: #b38600 }
  text { font: 13px ui-sans-serif, system-ui, Helvetica, Arial, sans-serif; fill: #172b4d; text-anchor: middle }
  .sub { font-size: 10.5px; fill: #44546f }
  @media (prefers-color-scheme: dark) {
    .arrow { stroke: #9fadbc } .head { fill: #9fadbc }
    .source .box { fill: #09326c; stroke: #85b8ff }
    .transform .box, .job .box { fill: #352c63; stroke: #b8acf6 }
    .target .box { fill: #164b35; stroke: #7ee2b8 }
    .table .box { fill: #533f04; stroke: #e2b203 }
    text { fill: #f1f2f4 } .sub { fill: #c7d1db }
  }
"""

_HEAD = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
    'markerHeight="8" orient="auto"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>'
)


def as_svg(drawing: Drawing) -> str:
    """One SVG document; its text is escaped, and long names are cut with the whole as a tooltip."""
    layout = lay_out([box.id for box in drawing.boxes], drawing.arrows)
    widths = _widths(drawing, layout)
    lefts = [_MARGIN + sum(widths[:column]) + _GAP_X * column for column in range(len(widths))]
    width = (lefts[-1] + widths[-1] if widths else _MARGIN) + _MARGIN
    height = layout.rows * (_HEIGHT + _GAP_Y) - _GAP_Y + 2 * _MARGIN
    size = f'viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{_text(drawing.title)}</title>",
        f"<style>{_STYLE}</style>",
        _HEAD,
    ]
    for arrow in drawing.arrows:
        path = _path(arrow, layout, lefts, widths)
        lines.append(f'<path class="arrow" marker-end="url(#head)" d="{path}"/>')
    for box in drawing.boxes:
        column = layout.layer[box.id]
        lines.append(_group(box, lefts[column], _top(layout.row[box.id]), widths[column]))
    lines.append("</svg>")
    return "\n".join(lines) + "\n"


def _widths(drawing: Drawing, layout: Layout) -> list[float]:
    widths = [float(_LEAST_WIDTH)] * layout.layers
    for box in drawing.boxes:
        needed = _PADDING + max(
            _letters(_cut(box.title)) * _TITLE_LETTER,
            _letters(_cut(box.subtitle)) * _SUBTITLE_LETTER,
        )
        column = layout.layer[box.id]
        widths[column] = max(widths[column], round(needed, 1))
    return widths


def _group(box: Box, left: float, top: float, width: float) -> str:
    middle = _n(left + width / 2)
    whole = box.title + (f" ({box.subtitle})" if box.subtitle else "")
    baseline = top + (_HEIGHT / 2 - 2 if box.subtitle else _HEIGHT / 2 + 5)
    place = f'x="{_n(left)}" y="{_n(top)}"'
    size = f'width="{_n(width)}" height="{_HEIGHT}"'
    parts = [
        f'<g class="{box.kind}"><title>{_text(whole)}</title>',
        f'<rect class="box" {place} {size} rx="{_ROUND.get(box.kind, 6)}"/>',
        f'<text x="{middle}" y="{_n(baseline)}">{_text(_cut(box.title))}</text>',
    ]
    if box.subtitle:
        parts.append(
            f'<text class="sub" x="{middle}" y="{_n(top + _HEIGHT / 2 + 14)}">'
            f"{_text(_cut(box.subtitle))}</text>"
        )
    return "".join([*parts, "</g>"])


def _path(arrow: tuple[str, str], layout: Layout, lefts: list[float], widths: list[float]) -> str:
    """The way of an arrow from the right edge of a box to the left edge of another, level through each layer passed."""
    source, target = arrow
    column, row = layout.layer[source], layout.row[source]
    x, y = lefts[column] + widths[column], _middle(row)
    steps = [f"M{_n(x)} {_n(y)}"]
    for bend_column, bend_row in (*layout.bends[arrow], (layout.layer[target], layout.row[target])):
        next_x, next_y = lefts[bend_column], _middle(bend_row)
        reach = max((next_x - x) / 2, _GAP_X / 2)
        steps.append(
            f"C{_n(x + reach)} {_n(y)} {_n(next_x - reach)} {_n(next_y)} {_n(next_x)} {_n(next_y)}"
        )
        x, y = next_x, next_y
        if (bend_column, bend_row) != (layout.layer[target], layout.row[target]):
            x = lefts[bend_column] + widths[bend_column]
            steps.append(f"L{_n(x)} {_n(y)}")
    return "".join(steps)


def _top(row: float) -> float:
    return _MARGIN + row * (_HEIGHT + _GAP_Y)


def _middle(row: float) -> float:
    return _top(row) + _HEIGHT / 2


def _letters(text: str) -> float:
    """Width of a text in letters; East Asian wide ones count twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _cut(text: str) -> str:
    text = printable(text)
    return text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - 1] + "…"


def _text(text: str) -> str:
    """A text for the content of an element."""
    return escape(printable(text))


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")

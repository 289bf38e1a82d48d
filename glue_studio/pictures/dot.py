"""Graphviz DOT."""

from glue_studio.pictures.drawing import Box, Drawing
from glue_studio.plain import printable

_SHAPES = {
    "source": "cds",
    "transform": "box",
    "target": "cds",
    "job": "component",
    "table": "cylinder",
}


def as_dot(drawing: Drawing) -> str:
    """A `digraph` from left to right."""
    names = {box.id: f"n{number}" for number, box in enumerate(drawing.boxes)}
    lines = [
        f"digraph {_quoted(drawing.title)} {{",
        "    rankdir=LR;",
        '    node [fontname="Helvetica"];',
    ]
    lines += [f"    {names[box.id]} [{_attributes(box)}];" for box in drawing.boxes]
    lines += [f"    {names[source]} -> {names[target]};" for source, target in drawing.arrows]
    lines.append("}")
    return "\n".join(lines) + "\n"


def _attributes(box: Box) -> str:
    label = _escaped(box.title) + (f"\\n{_escaped(box.subtitle)}" if box.subtitle else "")
    return f'shape={_SHAPES[box.kind]}, label="{label}"'


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    """For a quoted string of DOT, where a backslash starts an escape and & an entity."""
    return printable(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')

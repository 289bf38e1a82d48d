"""Pictures as text that other programs draw: Mermaid flow charts and Graphviz DOT."""

import re

from common.text import printable
from glue_studio.pictures.drawing import Box, Drawing

_MERMAID_SHAPES = {"table": ("[(", ")]"), "job": ("[[", "]]")}
# Mermaid's own entity codes; everything that could end a label, start HTML or Markdown, or begin
# a directive is written as one.
_CODES = str.maketrans({character: f"#{ord(character)};" for character in '"#&<>`;%{}\\'})
# At a label's start Mermaid takes these for a Markdown list, which it then refuses to draw.
_LIST = re.compile(r"^(\d*)([-+*.)])")


def as_mermaid(drawing: Drawing) -> str:
    """A `flowchart LR`."""
    names = {box.id: f"n{number}" for number, box in enumerate(drawing.boxes)}
    lines = ["flowchart LR"]
    lines += [f"    {names[box.id]}{_shape(box)}" for box in drawing.boxes]
    lines += [f"    {names[source]} --> {names[target]}" for source, target in drawing.arrows]
    return "\n".join(lines) + "\n"


def _shape(box: Box) -> str:
    opening, closing = _MERMAID_SHAPES.get(box.kind, ("[", "]"))
    label = _text(box.title) + (f"<br/>{_text(box.subtitle)}" if box.subtitle else "")
    return f'{opening}"{label}"{closing}'


def _text(text: str) -> str:
    return _LIST.sub(
        lambda start: f"{start[1]}#{ord(start[2])};", printable(text).translate(_CODES)
    )


_DOT_SHAPES = {
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
    return f'shape={_DOT_SHAPES[box.kind]}, label="{label}"'


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    """A text for a quoted string of DOT, where a backslash starts an escape and & an entity."""
    return printable(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')

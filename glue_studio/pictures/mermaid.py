"""Mermaid flow charts, as GitHub and GitLab render them in Markdown."""

import re

from glue_studio.pictures.drawing import Box, Drawing
from glue_studio.plain import printable

_SHAPES = {"table": ("[(", ")]"), "job": ("[[", "]]")}
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
    opening, closing = _SHAPES.get(box.kind, ("[", "]"))
    label = _text(box.title) + (f"<br/>{_text(box.subtitle)}" if box.subtitle else "")
    return f'{opening}"{label}"{closing}'


def _text(text: str) -> str:
    return _LIST.sub(
        lambda start: f"{start[1]}#{ord(start[2])};", printable(text).translate(_CODES)
    )

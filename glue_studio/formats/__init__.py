"""The three shapes in which Glue writes a job, read into one model and written back.

Needs a job file of any shape. Gives `load` and `read`, which tell the shape by its content, and
`write`; what a shape cannot hold is told, never dropped in silence.
"""

from glue_studio.formats.shapes import (
    Document,
    Loaded,
    Shape,
    load,
    read,
    shape_of,
    to_api,
    to_console,
    to_git,
    write,
)

__all__ = [
    "Document",
    "Loaded",
    "Shape",
    "load",
    "read",
    "shape_of",
    "to_api",
    "to_console",
    "to_git",
    "write",
]

"""Pictures of jobs: one job's graph, or the pipeline of several with the tables between them.

Needs job files. Gives SVG (laid out here, light and dark), Mermaid and Graphviz DOT. Text from a
job file is shown and never interpreted by the format it is written into.
"""

from glue_studio.pictures.drawing import Box, Drawing, draw_job, draw_pipeline
from glue_studio.pictures.layout import Layout, lay_out, lay_out_in_lanes
from glue_studio.pictures.markup import as_dot, as_mermaid
from glue_studio.pictures.svg import as_svg

__all__ = [
    "Box",
    "Drawing",
    "Layout",
    "as_dot",
    "as_mermaid",
    "as_svg",
    "draw_job",
    "draw_pipeline",
    "lay_out",
    "lay_out_in_lanes",
]

"""Pictures of jobs: one job's graph, or the pipeline of several with the tables between them.

Needs job files. Gives SVG (laid out here, light and dark), Mermaid and Graphviz DOT. Text from a
job file is shown and never interpreted by the format it is written into.
"""

from glue_studio.pictures.dot import as_dot
from glue_studio.pictures.drawing import Box, Drawing, draw_job, draw_pipeline
from glue_studio.pictures.mermaid import as_mermaid
from glue_studio.pictures.svg import as_svg

__all__ = ["Box", "Drawing", "as_dot", "as_mermaid", "as_svg", "draw_job", "draw_pipeline"]

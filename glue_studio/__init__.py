"""Glue Studio visual jobs as code.

Needs nothing but a job file. Gives: `load` (any of the three shapes in which Glue writes a job) into
one typed model, `generate_script` (the script that Glue Studio would write for the graph) and
`recover` (the graph that a generated script came from).
"""

from glue_studio.errors import (
    FormatError,
    GlueStudioError,
    GraphError,
    RecoverError,
    UnsupportedNodeError,
)
from glue_studio.formats import load
from glue_studio.model import Job, Layout, Node, dump_nodes, parse_nodes
from glue_studio.recover import Recovery, recover, recover_with_notes
from glue_studio.script.generate import generate_script

__all__ = [
    "FormatError",
    "GlueStudioError",
    "GraphError",
    "Job",
    "Layout",
    "Node",
    "RecoverError",
    "Recovery",
    "UnsupportedNodeError",
    "dump_nodes",
    "generate_script",
    "load",
    "parse_nodes",
    "recover",
    "recover_with_notes",
]

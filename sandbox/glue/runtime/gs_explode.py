# ruff: noqa: INP001 -- a module of its own on the path of a job
"""Importing this gives frames the method `gs_explode`."""

from gluesandbox.transforms.studio import gs_explode
from gs_common import attach

attach(gs_explode)

# ruff: noqa: INP001 -- a module of its own on the path of a job
"""Importing this gives frames the method `gs_pivot`."""

from gluesandbox.transforms.studio import gs_pivot
from gs_common import attach

attach(gs_pivot)

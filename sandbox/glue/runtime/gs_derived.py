# ruff: noqa: INP001 -- a module of its own on the path of a job
"""Importing this gives frames the method `gs_derived`."""

from gluesandbox.transforms.studio import gs_derived
from gs_common import attach

attach(gs_derived)

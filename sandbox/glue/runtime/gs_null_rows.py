# ruff: noqa: INP001 -- a module of its own on the path of a job
"""Importing this gives frames the method `gs_null_rows`."""

from gluesandbox.transforms.studio import gs_null_rows
from gs_common import attach

attach(gs_null_rows)

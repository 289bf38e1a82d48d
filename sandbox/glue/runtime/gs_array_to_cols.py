# ruff: noqa: INP001 -- a module of its own on the path of a job
"""Importing this gives frames the method `gs_array_to_cols`."""

from gluesandbox.studio_transforms import attach, gs_array_to_cols

attach(gs_array_to_cols)

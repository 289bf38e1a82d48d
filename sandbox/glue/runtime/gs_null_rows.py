# ruff: noqa: INP001 -- a module of its own on the path of a job
"""Importing this gives frames the method `gs_null_rows`."""

from gluesandbox.studio_transforms import attach, gs_null_rows

attach(gs_null_rows)

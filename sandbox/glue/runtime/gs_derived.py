# ruff: noqa: INP001 -- a module of its own on the path of a job
"""Importing this gives frames the method `gs_derived`."""

from gluesandbox.studio_transforms import attach, gs_derived

attach(gs_derived)

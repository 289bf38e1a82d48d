# ruff: noqa: INP001 -- a module of its own on the path of a job
"""Importing this gives frames the method `gs_flatten`."""

from gluesandbox.studio_transforms import attach, gs_flatten

attach(gs_flatten)

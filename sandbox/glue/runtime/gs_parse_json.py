# ruff: noqa: INP001 -- a module of its own on the path of a job
"""Importing this gives frames the method `gs_parse_json`."""

from gluesandbox.studio_transforms import attach, gs_parse_json

attach(gs_parse_json)

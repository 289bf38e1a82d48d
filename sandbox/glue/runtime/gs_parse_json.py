# ruff: noqa: INP001 -- a module of its own on the path of a job
"""Importing this gives frames the method `gs_parse_json`."""

from gluesandbox.transforms.studio import gs_parse_json
from gs_common import attach

attach(gs_parse_json)

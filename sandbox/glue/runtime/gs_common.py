# ruff: noqa: INP001 -- a module of its own on the path of a job
"""What AWS's gs_* modules share; the sandbox's share `gluesandbox.studio_transforms`."""

"""Glue with jobs that really run: what a workflow, a trigger or StartJobRun starts is Spark."""

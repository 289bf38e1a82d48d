"""Glue's calls about jobs, runs, triggers, workflows, rulesets and tags."""

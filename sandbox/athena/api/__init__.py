"""The Athena API: executions, work groups and results."""

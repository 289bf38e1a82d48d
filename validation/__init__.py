"""The report that a team reads after a deploy: is the lakehouse right?

Needs AWS credentials that may query the Athena work group, read the Data Catalog, the Glue
jobs and the zone buckets, and write below the results bucket's history prefix.
Gives `python -m validation.report` and `python -m validation.history`; see docs/validation.md.
"""

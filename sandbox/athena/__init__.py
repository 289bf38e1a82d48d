"""The embedded Athena: Athena SQL over the objects of an S3 endpoint, run by DuckDB.

Needs an S3 and a Glue endpoint that answer (the sandbox's own) and a folder for its cache.
`sandbox.athena.api.service.AthenaService` gives the API operations, `sandbox.athena.engine.engine.Engine`
runs one statement. What is emulated, and what differs from AWS, is in docs/athena.md.
"""

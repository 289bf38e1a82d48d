"""The embedded AWS: a moto server on 127.0.0.1 whose Glue runs jobs and whose Athena runs queries.

It needs no AWS account and no network. `python -m sandbox up` serves it; any AWS client works
against it with the environment that it prints. docs/sandbox.md says what is emulated.
"""

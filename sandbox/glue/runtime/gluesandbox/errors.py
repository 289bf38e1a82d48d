"""What goes wrong inside a job by the sandbox's own word."""


class GlueException(Exception):  # noqa: N818 -- the name that Glue's own log shows
    """The job asks for something that cannot be done, or not here."""


def not_in_sandbox(what: str) -> GlueException:
    """For a feature of AWS Glue that has no meaning or no means on this machine."""
    return GlueException(f"{what} is not in the sandbox; docs/glue-runtime.md says what is.")

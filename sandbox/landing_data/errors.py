from sandbox.errors import SandboxError


class LandingDataError(SandboxError):
    """Landing data could not be written; the message says why and what to do."""

class ValidationError(Exception):
    """Something the report cannot go on without; its text is one plain sentence for the user."""


class UsageError(ValidationError):
    """A flag, a file or a setting that the user gave is wrong: exit code 3."""


class UnavailableError(ValidationError):
    """AWS, Terraform or the disk did not give what the report needs: exit code 2."""

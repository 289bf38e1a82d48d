from common.command import CommandError


class UnavailableError(CommandError):
    """AWS, Terraform or the disk did not give what the report needs."""

from common.command import CommandError, ExitCode


class DeployError(CommandError):
    """A step of the deployment failed; the message says what, where and what to do.

    Args:
        message: it may have a line for each of several reasons.
        exit_code: what the command ends with.
    """

    several_lines = True

    def __init__(self, message: str, *, exit_code: ExitCode = ExitCode.FOUND) -> None:
        super().__init__(message)
        self.exit_code = exit_code

class DeployError(Exception):
    """A step of the deployment failed; the message says what, where and what to do.

    ``exit_code`` is what the command line ends with (see deploy/cli.py).
    """

    def __init__(self, message: str, *, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code

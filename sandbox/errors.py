"""What the sandbox tells its clients (AwsError) and its user (SandboxError)."""

from collections.abc import Mapping
from http import HTTPStatus

from common.command import CommandError


class AwsError(Exception):
    """An error as an AWS client sees it: a code of that service, a message and an HTTP status.

    Services raise it; the server turns it into the service's wire format. Clients retry 500, 502,
    503 and 504, so a status for an error that stays an error is none of these. `members` are what
    the error's shape has beside its message.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int = HTTPStatus.BAD_REQUEST,
        members: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = int(status)
        self.members = dict(members or {})


def not_implemented(what: str) -> AwsError:
    """The answer to a call that the sandbox does not emulate: 501, which no client retries."""
    return AwsError(
        "NotImplemented",
        f"{what} is not implemented in sandbox; docs/sandbox.md says what is.",
        HTTPStatus.NOT_IMPLEMENTED,
    )


class SandboxError(CommandError):
    """The sandbox cannot do what its user asked: the message is one sentence meant for them."""


class PortInUseError(SandboxError):
    """Something else listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} on 127.0.0.1 is in use: another sandbox or program listens there. "
            "Stop it, or choose another port with --port (0 takes any free one)."
        )
        self.port = port


class NotLoopbackError(SandboxError):
    """A client of the sandbox was pointed at another machine; it refuses, for that may be AWS."""

    def __init__(self, endpoint_url: str) -> None:
        super().__init__(
            f"{endpoint_url!r} is not on this machine: clients of the sandbox speak only to "
            "127.0.0.1, localhost or ::1. Start one with `python -m sandbox up`."
        )


class NoSandboxError(SandboxError):
    """No sandbox is running where one was looked for."""

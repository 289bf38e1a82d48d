"""Which AWS account the commands speak to, checked before anything is touched."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ProfileNotFound

from common.aws import CALL_ERRORS, client, explain, session
from common.command import ExitCode
from deploy.errors import DeployError

_HOW_TO_GET_ONE = (
    "For an AWS account set AWS_PROFILE (or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY) and "
    "AWS_REGION. To try it with no account run `python -m sandbox up`, and in this shell "
    '`eval "$(python -m sandbox env)"`.'
)


@dataclass(frozen=True)
class Account:
    """The account behind the credentials of this environment.

    Attributes:
        account_id: its 12 digits.
        region: where things are deployed.
        endpoint_url: what answers instead of AWS, such as the sandbox.
    """

    account_id: str
    region: str
    endpoint_url: str | None

    @property
    def is_local(self) -> bool:
        """Whether it is an AWS on this machine, where nothing costs anything."""
        return urlsplit(self.endpoint_url or "").hostname in {"127.0.0.1", "localhost", "::1"}

    def __str__(self) -> str:
        """The account in words, for the terminal."""
        where = f" at {self.endpoint_url}" if self.endpoint_url else ""
        return f"account {self.account_id}, region {self.region}{where}"


def current_account() -> Account:
    """The account that AWS says the credentials belong to.

    Raises:
        DeployError: credentials or region are missing, are refused, or nobody answers.
    """
    try:
        current = session()
        credentials = current.get_credentials()
        frozen = credentials.get_frozen_credentials() if credentials else None
    except ProfileNotFound as error:
        raise DeployError(f"{error}. {_HOW_TO_GET_ONE}", exit_code=ExitCode.UNABLE) from error
    except BotoCoreError as error:
        raise DeployError(
            f"The AWS credentials can't be used: {error} {_HOW_TO_GET_ONE}",
            exit_code=ExitCode.UNABLE,
        ) from error
    missing = [
        *(["AWS credentials"] if frozen is None or not frozen.access_key else []),
        *(["an AWS region"] if not current.region_name else []),
    ]
    if missing:
        raise DeployError(
            f"Missing: {' and '.join(missing)}. Nothing was touched. {_HOW_TO_GET_ONE}",
            exit_code=ExitCode.UNABLE,
        )
    try:
        identity = client(current, "sts", 2).get_caller_identity()
    except CALL_ERRORS as error:
        raise DeployError(
            f"The account can't be reached. {explain(error)} Nothing was touched. "
            f"{_HOW_TO_GET_ONE}",
            exit_code=ExitCode.UNABLE,
        ) from error
    return Account(
        account_id=identity["Account"],
        region=str(current.region_name),
        endpoint_url=os.environ.get("AWS_ENDPOINT_URL") or None,
    )

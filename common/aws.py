"""Sessions of AWS, how often a call is tried, and one plain sentence for whatever AWS refuses."""

import os
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

import boto3
import botocore.session
from botocore import exceptions
from botocore.config import Config
from botocore.loaders import Loader, create_loader

from common.command import CommandError, UsageError

CALL_ERRORS = (exceptions.BotoCoreError, exceptions.ClientError)
"""What boto3 raises for a call of whatever service."""


_ATTEMPTS = 5


class AwsRegionError(CommandError):
    """The region cannot be told: none is set, or the profile that should name it is not there."""


class Refusal(StrEnum):
    """Why AWS did not do what it was asked; the value is the sentence that says so.

    `{reason}` is what was called and what AWS said, `{code}` is AWS's error code.
    """

    CREDENTIALS = (
        "No AWS credentials were found: sign in (aws sso login, aws configure), or set AWS_PROFILE "
        "or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    )
    EXPIRED = "The AWS credentials have expired: sign in again."
    INVALID = "The AWS credentials are not valid: check AWS_PROFILE, or sign in again."
    REGION = "No AWS region is set: give --region, or set AWS_REGION."
    UNREACHABLE = "AWS cannot be reached: {reason}. Check the network and AWS_ENDPOINT_URL."
    THROTTLED = (
        "AWS throttled the call for too long ({code}): try again later, or set AWS_MAX_ATTEMPTS "
        "higher."
    )
    KEY = (
        "The KMS key of the data may not be used ({reason}): allow kms:Decrypt and "
        "kms:GenerateDataKey to this user or role."
    )
    DENIED = "AWS denied the call ({reason}): allow it to this user or role."
    BUCKET = "The bucket {bucket} does not exist: run `terraform apply`."
    CHANGED = "Someone else changed it at the same moment: run the command again."


NO_CALL_HELPS = frozenset(
    {
        *(Refusal.CREDENTIALS, Refusal.EXPIRED, Refusal.INVALID),
        *(Refusal.REGION, Refusal.UNREACHABLE),
    }
)
"""After these every other call ends the same way."""

# Source: the common errors of each service's API reference; S3 answers HEAD with a status alone.
_CODES: Mapping[str, Refusal] = MappingProxyType(
    {
        code: refusal
        for refusal, codes in {
            Refusal.EXPIRED: (
                *("ExpiredToken", "ExpiredTokenException", "RequestExpired"),
                "TokenRefreshRequired",
            ),
            Refusal.INVALID: (
                *("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"),
                *("SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure"),
            ),
            Refusal.DENIED: (
                *("AccessDenied", "AccessDeniedException", "AuthorizationError"),
                *("AuthorizationErrorException", "UnauthorizedOperation", "Forbidden", "403"),
            ),
            Refusal.THROTTLED: (
                *("Throttling", "ThrottlingException", "ThrottledException", "SlowDown"),
                *("TooManyRequestsException", "RequestLimitExceeded"),
                "ProvisionedThroughputExceededException",
            ),
            Refusal.BUCKET: ("NoSuchBucket",),
            Refusal.CHANGED: ("ConcurrentModificationException",),
        }.items()
        for code in codes
    }
)
_TYPES: Mapping[type[Exception], Refusal] = MappingProxyType(
    {
        exceptions.NoCredentialsError: Refusal.CREDENTIALS,
        exceptions.PartialCredentialsError: Refusal.CREDENTIALS,
        exceptions.SSOTokenLoadError: Refusal.EXPIRED,
        exceptions.UnauthorizedSSOTokenError: Refusal.EXPIRED,
        exceptions.TokenRetrievalError: Refusal.EXPIRED,
        exceptions.NoRegionError: Refusal.REGION,
        exceptions.HTTPClientError: Refusal.UNREACHABLE,
        exceptions.ConnectionError: Refusal.UNREACHABLE,
    }
)


def session(region_name: str | None = None, profile_name: str | None = None) -> boto3.Session:
    """A session of its own (boto3's are not safe to share between threads).

    boto3 itself reads AWS_DEFAULT_REGION only; Terraform's provider and the AWS CLI read
    AWS_REGION first, and so does this where no region is given.
    """
    region_name = region_name or os.environ.get("AWS_REGION") or None
    core = botocore.session.Session(profile=profile_name or None)
    core.register_component("data_loader", _models(core.get_config_variable("data_path")))
    return boto3.Session(region_name=region_name, botocore_session=core)


@cache
def _models(data_path: str | None) -> Loader:
    """What reads the service models, one for all sessions: each would read megabytes again."""
    return create_loader(data_path)


def region(named: str | None = None) -> str:
    """The region that is named, or that the environment or the user's profile has.

    Raises:
        AwsRegionError: there is none.
    """
    try:
        found = named or session().region_name
    except exceptions.BotoCoreError as error:
        raise AwsRegionError(explain(error)) from error
    if not found:
        raise AwsRegionError(Refusal.REGION)
    return str(found)


def attempts(default: int) -> int:
    """How often one call is tried in all: AWS_MAX_ATTEMPTS, or `default` where that is not set.

    Raises:
        UsageError: it is not a number, or 0.
    """
    text = os.environ.get("AWS_MAX_ATTEMPTS") or str(default)
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"AWS_MAX_ATTEMPTS is {text!r}; set it to a number from 1.")
    return int(text)


def client(of: boto3.Session, service: str, total_attempts: int | None = None) -> Any:
    """A client that behaves as `config` says."""
    return of.client(service, config=config(total_attempts))  # type: ignore[call-overload]


def config(total_attempts: int | None = None, **more: Any) -> Config:
    """How a client behaves that gives up in seconds, not minutes, and retries with jitter.

    Raises:
        UsageError: as `attempts`, which says how often where no number is given.
    """
    named = attempts(_ATTEMPTS)
    return Config(
        **{
            "connect_timeout": 5,
            "read_timeout": 10,
            "retries": {"mode": "standard", "total_max_attempts": total_attempts or named},
            **more,
        }
    )


def code(error: BaseException) -> str:
    """The error code of an answer of AWS, or an empty string."""
    if isinstance(error, exceptions.ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return ""


def refusal(error: BaseException) -> Refusal | None:
    """Why AWS, or the way to it, refused; None where it is not one of the known reasons."""
    for kind, known in _TYPES.items():
        if isinstance(error, kind):
            return known
    text = str(error)
    if "security token included in the request is expired" in text:
        return Refusal.EXPIRED
    found = _CODES.get(code(error))
    denied = found is Refusal.DENIED or (found is None and "denied" in text.lower())
    return Refusal.KEY if denied and "kms" in text.lower() else found


def explain(error: BaseException, doing: str = "") -> str:
    """One plain sentence: what AWS (or the way to it) refused, and what to do.

    Args:
        error: what boto3 raised.
        doing: what was being done, for example `glue:GetJob of orders`; the sentence begins so.
    """
    reason = _reason(error, doing)
    known = refusal(error)
    bucket = "that is named"
    if isinstance(error, exceptions.ClientError):
        bucket = str(error.response.get("Error", {}).get("BucketName", bucket))
    text = (
        known.format(reason=reason.rstrip("."), code=code(error), bucket=bucket)
        if known
        else reason
    )
    return f"{doing}: {text}" if doing else text


def _reason(error: BaseException, doing: str) -> str:
    if isinstance(error, exceptions.ClientError):
        details = error.response.get("Error", {})
        said = details.get("Message") or details.get("Code") or "no reason given"
        # What was being done names the operation already.
        text = f"{code(error) if doing else error.operation_name}: {said}"
    else:
        text = str(error)
    return " ".join(text.split()) or type(error).__name__

"""Sessions, clients, and one plain sentence for whatever AWS refuses."""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  botocore's name, of what is no ConnectionError of Python
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

import glue_studio.aws
from validation.errors import UnavailableError, UsageError

# What boto3 raises for an AWS call, of whatever service.
AwsCallError = (BotoCoreError, ClientError)

_CREDENTIALS = (
    "No AWS credentials were found: sign in (aws sso login, aws configure), or set AWS_PROFILE or "
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
)
_ATTEMPTS = 5
_NO_REGION = "No AWS region is set: give --region, or set AWS_REGION."
_EXPIRED = "The AWS credentials have expired: sign in again."
_INVALID = "The AWS credentials are not valid: check AWS_PROFILE, or sign in again."
_EXPIRED_CODES = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
_INVALID_CODES = {
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "AuthFailure",
}
_DENIED_CODES = {
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "Forbidden",
    "403",
}
_THROTTLED_CODES = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "SlowDown",
    "ProvisionedThroughputExceededException",
}


def region(named: str | None) -> str:
    """The region that is named, or that the user's profile has. Raises UnavailableError."""
    try:
        found = named or boto3.Session().region_name
    except BotoCoreError as error:
        raise UnavailableError(explain(error)) from error
    if not found:
        raise UnavailableError(_NO_REGION)
    return str(found)


def session(region_name: str) -> boto3.Session:
    """A session of its own: boto3's are not safe to share between threads."""
    return boto3.Session(region_name=region_name)


def client(boto3_session: boto3.Session, service: str, attempts: int | None = None) -> Any:
    """A client that gives up in seconds, not minutes, and retries throttling with jitter."""
    return boto3_session.client(service, config=config(attempts))  # type: ignore[call-overload]


def config(attempts: int | None = None) -> Config:
    """How such a client behaves. Raises UsageError if AWS_MAX_ATTEMPTS is no number."""
    try:
        named = glue_studio.aws.attempts(_ATTEMPTS)
    except glue_studio.aws.AwsError as error:
        raise UsageError(str(error)) from error
    return Config(
        connect_timeout=5,
        read_timeout=10,
        retries={"mode": "standard", "total_max_attempts": attempts or named},
    )


def code(error: BaseException) -> str:
    """The error code of an answer of AWS, or an empty string."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return ""


def is_throttled(error: BaseException) -> bool:
    """Whether AWS asked to come back later."""
    return code(error) in _THROTTLED_CODES


def explain(error: BaseException) -> str:
    """One plain sentence: what AWS (or the way to it) refused, and what to do."""
    text = _message(error)
    return _identity_problem(error, text) or _call_problem(error, text) or text


def _identity_problem(error: BaseException, text: str) -> str | None:
    error_code = code(error)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return _CREDENTIALS
    if (
        isinstance(error, SSOTokenLoadError | UnauthorizedSSOTokenError | TokenRetrievalError)
        or error_code in _EXPIRED_CODES
        or "security token included in the request is expired" in text
    ):
        return _EXPIRED
    if error_code in _INVALID_CODES:
        return _INVALID
    if isinstance(error, NoRegionError):
        return _NO_REGION
    return None


def _call_problem(error: BaseException, text: str) -> str | None:
    error_code = code(error)
    reason = text.rstrip(".")
    if isinstance(error, HTTPClientError | ConnectionError):
        return f"AWS cannot be reached: {reason}. Check the network and AWS_ENDPOINT_URL."
    if is_throttled(error):
        return f"AWS throttled the call for too long ({error_code}): try again later."
    if "kms" in text.lower() and (error_code in _DENIED_CODES or "denied" in text.lower()):
        return (
            f"The KMS key of the data may not be used ({reason}): allow kms:Decrypt and "
            "kms:GenerateDataKey to this user or role."
        )
    if error_code in _DENIED_CODES:
        return f"AWS denied the call ({reason}): allow it to this user or role."
    if error_code == "NoSuchBucket" and isinstance(error, ClientError):
        bucket = error.response["Error"].get("BucketName", "that is named")
        return f"The bucket {bucket} does not exist: run `terraform apply`."
    return None


def _message(error: BaseException) -> str:
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        operation = error.operation_name
        return f"{operation}: {details.get('Message') or details.get('Code') or 'no reason given'}"
    return " ".join(str(error).split()) or type(error).__name__

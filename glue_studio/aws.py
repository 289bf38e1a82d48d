"""Clients of AWS, and what goes wrong with them told in one sentence with its remedy."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from glue_studio.errors import GlueStudioError

if TYPE_CHECKING:
    from boto3 import Session
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

TOTAL_ATTEMPTS = 8
"""How often one call is tried in all when AWS throttles; AWS_MAX_ATTEMPTS sets another number.

With the waits of botocore's standard mode (doubling, 20 s at most) that is up to a minute.
"""


class AwsError(GlueStudioError):
    """AWS could not be asked, or said no."""


class NoAwsError(AwsError):
    """AWS cannot be asked at all: the next call would end the same way."""


class Clients:
    """The clients that publishing and comparing need, made on first use.

    boto3 is imported here and not with the package, whose other verbs do without AWS.

    Args:
        region: As for `session`.
    """

    def __init__(self, region: str | None = None) -> None:
        from botocore.config import Config  # noqa: PLC0415 - see above

        with plain_errors("reading the AWS configuration"):
            self._session = session(region)
            self._config = Config(
                retries={"mode": "standard", "total_max_attempts": attempts(TOTAL_ATTEMPTS)},
                connect_timeout=10,
                read_timeout=60,
                user_agent_extra="glue-studio",
            )
            self.glue: GlueClient = self._session.client("glue", config=self._config)
            self.s3: S3Client = self._session.client("s3", config=self._config)
            self.sts: STSClient = self._session.client("sts", config=self._config)
        self._account: str | None = None

    def job_arn(self, name: str) -> str:
        """The ARN of a job in the account and region of these clients."""
        if self._account is None:
            with plain_errors("sts:GetCallerIdentity"):
                self._account = self.sts.get_caller_identity()["Account"]
        region = self.glue.meta.region_name
        partition = self._session.get_partition_for_region(region)
        return f"arn:{partition}:glue:{region}:{self._account}:job/{name}"


def session(region: str | None = None) -> "Session":
    """A session in `region`, by default in the one that Terraform takes.

    boto3 itself reads AWS_DEFAULT_REGION only; Terraform's provider and the AWS CLI read
    AWS_REGION first.
    """
    import boto3  # noqa: PLC0415 - as above

    return boto3.Session(region_name=region or os.environ.get("AWS_REGION") or None)


def attempts(default: int) -> int:
    """How often one call is tried in all: AWS_MAX_ATTEMPTS, or `default` if that is not set.

    Raises:
        AwsError: it is no number, or 0.
    """
    text = os.environ.get("AWS_MAX_ATTEMPTS") or str(default)
    if not text.isdecimal() or int(text) < 1:
        raise AwsError(f"AWS_MAX_ATTEMPTS is {text!r}; set it to a number from 1.")
    return int(text)


@contextmanager
def plain_errors(doing: str) -> Iterator[None]:
    """Turn every error of botocore inside into an `AwsError` that says what to do.

    Args:
        doing: What was being done, for example `glue:GetJob of customer_trusted`.
    """
    from botocore import exceptions  # noqa: PLC0415 - as boto3 above

    try:
        yield
    except exceptions.ClientError as error:
        raise _refusal(error.response, doing) from error
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError) as error:
        raise NoAwsError(
            f"{doing}: there are no AWS credentials; sign in (aws sso login), or set AWS_PROFILE, "
            "or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ) from error
    except exceptions.NoRegionError as error:
        raise NoAwsError(f"{doing}: no AWS region is set; set AWS_REGION.") from error
    except (
        exceptions.TokenRetrievalError,
        exceptions.SSOTokenLoadError,
        exceptions.UnauthorizedSSOTokenError,
    ) as error:
        raise NoAwsError(f"{doing}: the AWS sign-in has expired; run aws sso login.") from error
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise NoAwsError(
            f"{doing}: no answer from AWS ({_first_line(error)}); check the network, the region "
            "and AWS_ENDPOINT_URL."
        ) from error
    except exceptions.ParamValidationError as error:
        details = " ".join(str(error.kwargs.get("report", error)).split())
        raise AwsError(f"{doing}: the job file is not what AWS takes: {details}") from error
    except exceptions.BotoCoreError as error:
        raise AwsError(f"{doing}: {_first_line(error)}.") from error


_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
_UNKNOWN_KEY = {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId",
                "SignatureDoesNotMatch", "AuthFailure"}  # fmt: skip
_DENIED = {"AccessDenied", "AccessDeniedException", "403", "UnauthorizedOperation"}
_THROTTLED = {"ThrottlingException", "Throttling", "TooManyRequestsException", "SlowDown",
              "RequestLimitExceeded", "ThrottledException"}  # fmt: skip


def is_denied(code: str) -> bool:
    """Whether an error code of AWS says that a permission is missing."""
    return code in _DENIED


def _refusal(response: object, doing: str) -> AwsError:
    error = response.get("Error", {}) if isinstance(response, dict) else {}
    code = str(error.get("Code", "unknown"))
    message = " ".join(str(error.get("Message", "")).split())
    if code in _EXPIRED:
        return NoAwsError(f"{doing}: the AWS credentials have expired; sign in again.")
    if code in _UNKNOWN_KEY:
        return NoAwsError(f"{doing}: AWS does not know these credentials ({code}); sign in again.")
    return AwsError(f"{doing}: {_explained(code, message)}")


def _explained(code: str, message: str) -> str:
    if code in _DENIED:
        return f"access denied; your role needs this permission. AWS says: {message}"
    if code in _THROTTLED:
        return "AWS kept throttling after every retry; try again later, or set AWS_MAX_ATTEMPTS higher."
    if code == "ConcurrentModificationException":
        return "someone else changed it at the same moment; run the command again."
    return f"{code}: {message}"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__

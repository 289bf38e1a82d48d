"""The clients that publishing and comparing need, and what goes wrong with them as our errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_studio.errors import GlueStudioError

if TYPE_CHECKING:
    import boto3
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


class WrongAccountError(NoAwsError):
    """The credentials are of another account than the one that is meant."""


@dataclass(frozen=True)
class Identity:
    """Who speaks to AWS and where; what is None is as the environment has it.

    Attributes:
        account: id of the account that must be meant.
        region: name of the region.
        profile: name of the profile with the credentials.
        role: ARN of the role that is assumed with them.
    """

    account: str | None = None
    region: str | None = None
    profile: str | None = None
    role: str | None = None


class Clients:
    """The clients that publishing and comparing need, made on first use.

    boto3 is imported here and not with the package, whose other verbs do without AWS.

    Args:
        region: as for `common.aws.session`.
        identity: who speaks; where it names an account, there are no clients for another one.

    Raises:
        WrongAccountError: the credentials are of another account than the identity's.
        AwsError: there are no credentials, or AWS refused to say whose they are.
    """

    def __init__(self, region: str | None = None, identity: Identity | None = None) -> None:
        from common import aws  # noqa: PLC0415 - see above

        who = identity or Identity()
        config = aws.config(
            aws.attempts(TOTAL_ATTEMPTS),
            connect_timeout=10,
            read_timeout=60,
            user_agent_extra="glue-studio",
        )
        with plain_errors("reading the AWS configuration"):
            session = aws.session(region or who.region, who.profile)
            if who.role:
                session = _assumed(session, who.role)
            self._session = session
            self.glue: GlueClient = session.client("glue", config=config)
            self.s3: S3Client = session.client("s3", config=config)
            self.sts: STSClient = session.client("sts", config=config)
        self._account: str | None = None
        if who.account:
            self._refuse_other_than(who.account)

    def _refuse_other_than(self, account: str) -> None:
        with plain_errors("sts:GetCallerIdentity"):
            caller = self.sts.get_caller_identity()
        self._account = caller["Account"]
        if self._account != account:
            raise WrongAccountError(
                f"The AWS credentials are of account {self._account} ({caller['Arn']}), and account "
                f"{account} is meant: nothing was sent. Sign in to that one, or name a --profile or "
                "an --assume-role of it."
            )

    def job_arn(self, name: str) -> str:
        """The ARN of a job in the account and region of these clients."""
        if self._account is None:
            with plain_errors("sts:GetCallerIdentity"):
                self._account = self.sts.get_caller_identity()["Account"]
        region = self.glue.meta.region_name
        partition = self._session.get_partition_for_region(region)
        return f"arn:{partition}:glue:{region}:{self._account}:job/{name}"


def _assumed(session: "boto3.Session", role: str) -> "boto3.Session":
    """A session in the same region that speaks as a role."""
    import boto3  # noqa: PLC0415 - as in Clients

    with plain_errors(f"sts:AssumeRole of {role}"):
        answer = session.client("sts").assume_role(RoleArn=role, RoleSessionName="glue-studio")
    credentials = answer["Credentials"]
    return boto3.Session(
        credentials["AccessKeyId"],
        credentials["SecretAccessKey"],
        credentials["SessionToken"],
        session.region_name,
    )


@contextmanager
def plain_errors(doing: str) -> Iterator[None]:
    """Turn every error of botocore inside into an `AwsError` that says what to do.

    Args:
        doing: what was being done, for example `glue:GetJob of customer_trusted`.
    """
    from botocore.exceptions import ParamValidationError  # noqa: PLC0415 - as in Clients

    from common import aws  # noqa: PLC0415 - the same

    try:
        yield
    except ParamValidationError as error:
        details = " ".join(str(error.kwargs.get("report", error)).split())
        raise AwsError(f"{doing}: the job file is not what AWS takes: {details}") from error
    except aws.CALL_ERRORS as error:
        last = aws.refusal(error) in aws.NO_CALL_HELPS
        raise (NoAwsError if last else AwsError)(aws.explain(error, doing)) from error

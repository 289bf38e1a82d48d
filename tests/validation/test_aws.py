import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    SSOTokenLoadError,
)

from validation import aws
from validation.errors import UnavailableError, UsageError
from validation.fact import Fact, UnknownFactError, attempt


def error(code: str, message: str = "said so", **more: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message, **more}}, "GetThing")  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("raised", "line"),
    [
        (NoCredentialsError(), "No AWS credentials were found"),
        (SSOTokenLoadError(error_msg="x"), "have expired"),
        (error("ExpiredToken"), "have expired"),
        (error("RequestExpired"), "have expired"),
        (error("InvalidClientTokenId"), "are not valid"),
        (NoRegionError(), "No AWS region is set"),
        (EndpointConnectionError(endpoint_url="http://x"), "AWS cannot be reached"),
        (ConnectionClosedError(endpoint_url="http://x"), "AWS cannot be reached"),
        (error("ThrottlingException"), "throttled the call for too long"),
        (error("SlowDown"), "throttled the call for too long"),
        (error("AccessDenied", "no kms:Decrypt on key"), "KMS key of the data may not be used"),
        (error("KMS.DisabledException", "denied: KMS key is off"), "KMS key of the data"),
        (error("AccessDeniedException"), "AWS denied the call (GetThing: said so)"),
        (error("403"), "AWS denied the call"),
        (error("NoSuchBucket", BucketName="b"), "The bucket b does not exist"),
        (error("Strange"), "GetThing: said so"),
        (ValueError("a\n  b"), "a b"),
        (ValueError(), "ValueError"),
    ],
)
def test_every_refusal_is_one_plain_line(raised: BaseException, line: str) -> None:
    explained = aws.explain(raised)
    assert line in explained
    assert "\n" not in explained


def test_a_region_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert aws.region("eu-west-1") == "eu-west-1"
    with pytest.raises(UnavailableError, match="No AWS region is set"):
        aws.region(None)
    monkeypatch.setenv("AWS_PROFILE", "missing")
    with pytest.raises(UnavailableError, match="missing"):
        aws.region(None)


@pytest.mark.parametrize("text", ["many", "0", "²"])
def test_attempts_are_a_number(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", text)
    with pytest.raises(UsageError, match=f"AWS_MAX_ATTEMPTS is '{text}'"):
        aws.config()


def test_an_unknown_fact_has_a_reason_and_no_value() -> None:
    def refused() -> int:
        raise error("AccessDenied")

    known = attempt(refused)
    assert known.reason
    with pytest.raises(UnknownFactError):
        _ = known.value
    assert attempt(lambda: 3) == Fact(3)


def test_only_refusals_of_aws_are_reasons_a_mistake_of_ours_is_not() -> None:
    def mistaken() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        attempt(mistaken)

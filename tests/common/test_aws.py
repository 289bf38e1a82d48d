from pathlib import Path

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    SSOTokenLoadError,
)

from common import aws
from common.command import UsageError


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


def test_what_was_being_done_begins_the_sentence() -> None:
    assert aws.explain(error("AccessDenied"), "glue:GetThing of a") == (
        "glue:GetThing of a: AWS denied the call (AccessDenied: said so): allow it to this user "
        "or role."
    )
    assert aws.explain(error("Strange"), "glue:GetThing of a") == (
        "glue:GetThing of a: Strange: said so"
    )


def test_a_region_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert aws.region("eu-west-1") == "eu-west-1"
    with pytest.raises(aws.AwsRegionError, match="No AWS region is set"):
        aws.region(None)
    monkeypatch.setenv("AWS_PROFILE", "missing")
    with pytest.raises(aws.AwsRegionError, match="missing"):
        aws.region(None)


@pytest.mark.parametrize("text", ["many", "0", "²"])
def test_attempts_are_a_number(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", text)
    with pytest.raises(UsageError, match=f"AWS_MAX_ATTEMPTS is '{text}'"):
        aws.attempts(5)


def test_sessions_share_the_service_models_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    profiles = tmp_path / "config"
    profiles.write_text("[profile a]\nregion = eu-west-1\n[profile b]\nregion = eu-north-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(profiles))
    monkeypatch.setenv("AWS_PROFILE", "b")
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    first, second = aws.session(profile_name="a"), aws.session()

    assert (first.region_name, second.region_name) == ("eu-west-1", "eu-north-1")
    assert (first.profile_name, second.profile_name) == ("a", "b")
    with pytest.raises(ProfileNotFound, match="nobodys"):
        aws.session(profile_name="nobodys")
    shared = [of._session.get_component("data_loader") for of in (first, second)]
    assert shared[0] is shared[1]

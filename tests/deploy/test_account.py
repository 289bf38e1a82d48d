import pytest
from moto import mock_aws

from common.aws import session
from deploy.account import Account, current_account
from deploy.errors import DeployError


def _without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    for name in names:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    _without(monkeypatch, "AWS_ENDPOINT_URL")


def test_the_account_is_the_one_that_sts_names(no_endpoint: None) -> None:
    with mock_aws():
        account = current_account()
    assert (account.account_id, account.region) == ("123456789012", "us-east-1")
    assert not account.is_local
    assert str(account) == "account 123456789012, region us-east-1"


def test_the_region_is_the_one_that_terraform_takes(
    no_endpoint: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        assert current_account().region == "eu-west-1"
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with mock_aws():
        assert current_account().region == "eu-west-1"
    # What is deployed already is where it is, wherever the next deployment would go.
    assert session("eu-north-1").region_name == "eu-north-1"


def test_without_credentials_it_says_what_is_missing(
    no_endpoint: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without(
        monkeypatch,
        *["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
        *["AWS_REGION", "AWS_DEFAULT_REGION"],
    )
    with pytest.raises(DeployError, match="AWS credentials and an AWS region.*sandbox up") as error:
        current_account()
    assert error.value.exit_code == 2


def test_a_profile_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(DeployError, match="nobody"):
        current_account()


def test_nobody_answering_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DeployError, match="can't be reached"):
        current_account()  # tests/conftest.py sets an endpoint where nobody listens


@pytest.mark.parametrize(
    ("endpoint", "local"),
    [
        (None, False),
        ("http://127.0.0.1:4566", True),
        ("http://localhost:4566", True),
        ("https://sts.eu-west-1.amazonaws.com", False),
        ("http://127.0.0.1.example.com", False),
    ],
)
def test_only_this_machine_is_local(endpoint: str | None, *, local: bool) -> None:
    assert Account("1", "eu-west-1", endpoint).is_local is local

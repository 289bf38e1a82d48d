import pytest

from common import aws
from validation.athena.wrangler import WranglerAthena


@pytest.mark.parametrize(
    ("region", "console"),
    [
        ("eu-west-1", "eu-west-1.console.aws.amazon.com"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
    ],
)
def test_a_query_is_seen_in_the_console_of_its_partition(
    region: str, console: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    athena = WranglerAthena(aws.session(region), database="stedi", workgroup="stedi")
    assert athena.console_url("1-2") == (
        f"https://{console}/athena/home?region={region}#/query-editor/history/1-2"
    )


def test_a_query_of_another_athena_has_no_console(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    athena = WranglerAthena(aws.session("eu-west-1"), database="stedi", workgroup="stedi")
    assert athena.console_url("1-2") is None

"""The environment, and the guard that keeps the sandbox's clients on this machine."""

import os
import subprocess

import pytest

from sandbox import environment
from sandbox.errors import NoSandboxError, NotLoopbackError

HERE = "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    "url", [HERE, "http://localhost:1", "http://[::1]:1", "https://127.8.9.1:1/"]
)
def test_this_machine(url: str) -> None:
    assert environment.require_loopback(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:4566",
        "https://glue.us-east-1.amazonaws.com",
        "http://0.0.0.0:4566",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com/",
        "http://localhost.example.com",
        "ftp://127.0.0.1",
    ],
)
def test_other_machines_are_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotLoopbackError):
        environment.environment_of(url)
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    with pytest.raises((NotLoopbackError, NoSandboxError)):
        environment.client("s3")


def test_without_an_endpoint_there_is_no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    with pytest.raises(NoSandboxError, match="python -m sandbox up"):
        environment.client("s3")


def test_clients_know_nothing_of_the_user_s_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    environment._session.cache_clear()
    environment._client.cache_clear()
    monkeypatch.setenv("AWS_PROFILE", "not-there")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://s3.amazonaws.com")
    monkeypatch.setenv("AWS_CA_BUNDLE", "/not/there")
    client = environment.client("s3", HERE)
    assert client.meta.endpoint_url == HERE
    assert client._request_signer._credentials.access_key == "sandbox"
    assert environment.client("s3", HERE) is client
    assert environment.client("s3", HERE, "eu-west-1").meta.region_name == "eu-west-1"


def test_export_lines_survive_a_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("AWS_ENDPOINT_URL_GLUE", "https://glue.example.com")
    lines = environment.export_lines({"A": "it's $HOME `x`", **environment.environment_of(HERE)})
    script = (
        lines
        + 'printf "%s|%s|%s" "$A" "$AWS_ENDPOINT_URL" "${AWS_PROFILE-gone}${AWS_ENDPOINT_URL_GLUE-}"'
    )
    answer = subprocess.run(
        ["/bin/sh", "-eu", "-c", script], capture_output=True, text=True, check=True, env=os.environ
    )
    assert answer.stdout == f"it's $HOME `x`|{HERE}|gone"

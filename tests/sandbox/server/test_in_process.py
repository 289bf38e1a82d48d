"""Calls of a client in this process give what they give over HTTP, and open no connection."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from sandbox import environment
from sandbox.server import in_process, moto_state

NOWHERE = "http://127.0.0.1:1"  # where nothing listens


@pytest.fixture
def s3() -> Any:
    moto_state.reset()
    client = environment.new_client("s3", NOWHERE)
    in_process.connect(client, DomainDispatcherApplication(create_backend_app))
    client.create_bucket(Bucket="data")
    return client


@pytest.mark.parametrize("key", ["plain", "a b/ü+%2B&c=d?e#f.txt", "100%/é"])
def test_an_object_is_written_listed_and_read(s3: Any, key: str) -> None:
    s3.put_object(Bucket="data", Key=key, Body=b"0123456789", Metadata={"of": "test"})
    (found,) = s3.list_objects_v2(Bucket="data", Prefix=key[:3])["Contents"]
    assert (found["Key"], found["Size"]) == (key, 10)
    answer = s3.get_object(Bucket="data", Key=key, Range="bytes=2-4")
    assert (answer["Body"].read(), answer["Metadata"]) == (b"234", {"of": "test"})


def test_a_file_goes_up_and_comes_back(s3: Any, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(range(256)) * (40 << 10))  # 10 MiB: in parts
    s3.upload_file(str(file), "data", "file")
    body = s3.get_object(Bucket="data", Key="file")["Body"]
    assert body.read(3) + body.read() == file.read_bytes()


def test_an_error_is_the_services_own(s3: Any) -> None:
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket="data", Key="none")
    assert caught.value.response["Error"]["Code"] == "NoSuchKey"


def test_a_stream_gives_as_many_bytes_as_are_asked_for_and_closes_what_it_reads() -> None:
    closed: list[bool] = []

    def application(_: object, start: Any) -> Any:
        start("200 OK", [("Content-Length", "7")])

        def parts() -> Any:
            try:
                yield from (b"", b"abc", b"", b"defg", b"never read")
            finally:
                closed.append(True)

        return parts()

    client = environment.new_client("s3", NOWHERE)
    in_process.connect(client, application)
    body = client.get_object(Bucket="data", Key="key")["Body"]
    assert (body.read(2), body.read(4), closed) == (b"ab", b"cdef", [])
    body.close()
    assert closed == [True]

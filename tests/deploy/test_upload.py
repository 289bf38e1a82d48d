from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from deploy import upload
from deploy.errors import DeployError
from deploy.landing_folder import LandingFolder


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="landing")
        yield client


@pytest.fixture
def folder(tmp_path: Path) -> LandingFolder:
    file = tmp_path / "customer" / "2026" / "one.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"email": "a@b.example"}\n')
    return LandingFolder(
        path=tmp_path,
        sources={"customer": (file,)},
        lines={"customer": 1},
        bytes=file.stat().st_size,
    )


def _keys(s3: object) -> list[str]:
    found = s3.list_objects_v2(Bucket="landing")  # type: ignore[attr-defined]
    return [entry["Key"] for entry in found.get("Contents", [])]


def test_files_replace_what_was_there(s3: object, folder: LandingFolder) -> None:
    client = boto3.client("s3")
    client.put_object(Bucket="landing", Key="customer_landing/old.json", Body=b"{}\n")
    client.put_object(Bucket="landing", Key="other/old.json", Body=b"{}\n")
    sent: list[int] = []
    done = upload.upload(folder, {"customer": "s3://landing/customer_landing/"}, sent.append)
    assert _keys(s3) == ["customer_landing/2026/one.json", "other/old.json"]
    assert (done.files, done.bytes, done.removed) == (1, sum(sent), 1)


def test_a_bucket_that_is_gone_is_told_with_the_file(s3: object, folder: LandingFolder) -> None:
    with pytest.raises(DeployError, match=r"one\.json could not be uploaded to s3://gone/"):
        upload.upload(folder, {"customer": "s3://gone/customer_landing/"}, lambda _: None)


def test_has_objects(s3: object) -> None:
    assert not upload.has_objects("s3://landing/customer_landing/")
    boto3.client("s3").put_object(Bucket="landing", Key="customer_landing/a", Body=b"")
    assert upload.has_objects("s3://landing/customer_landing/")

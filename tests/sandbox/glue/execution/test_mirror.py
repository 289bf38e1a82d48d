"""Buckets as directories: what is fetched, what goes again, and what is left out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from sandbox.glue.execution.mirror import Mirror, link_or_copy, tidy


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="one")
        client.create_bucket(Bucket="empty")
        yield client


class Counting:
    """An S3 client that counts its calls."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.calls.append(name)
        return getattr(self._client, name)


def mirror_of(client: Any, tmp_path: Path, run: str = "run") -> Mirror:
    mirror = Mirror(tmp_path / run, tmp_path / "cache", client)
    for bucket in ("one", "empty"):
        mirror.refresh(bucket, "")
    return mirror


def put(client: Any, key: str, body: bytes = b"x") -> None:
    client.put_object(Bucket="one", Key=key, Body=body)


def test_objects_become_files_and_empty_buckets_directories(s3: Any, tmp_path: Path) -> None:
    put(s3, "a/b.txt", b"text")
    put(s3, "marker/", b"")
    mirror = mirror_of(s3, tmp_path)
    assert (mirror.root / "one/a/b.txt").read_bytes() == b"text"
    assert (mirror.root / "one/marker").is_dir()
    assert list((mirror.root / "empty").iterdir()) == []


def test_a_second_run_fetches_only_what_changed_and_copies_nothing(s3: Any, tmp_path: Path) -> None:
    put(s3, "a", b"1")
    put(s3, "b", b"2")
    first = mirror_of(s3, tmp_path)
    put(s3, "b", b"3")
    client = Counting(s3)
    second = mirror_of(client, tmp_path, "second")
    assert client.calls.count("get_object") == 1
    assert (second.root / "one/b").read_bytes() == b"3"
    assert (first.root / "one/a").samefile(second.root / "one/a")


def test_a_refresh_brings_what_others_changed(s3: Any, tmp_path: Path) -> None:
    put(s3, "mine", b"1")
    mirror = mirror_of(s3, tmp_path)
    put(s3, "theirs", b"2")
    assert mirror.refresh("one", "the") == 1
    assert (mirror.root / "one/theirs").read_bytes() == b"2"
    assert mirror.refresh("one", "") == 0
    s3.delete_object(Bucket="one", Key="theirs")
    assert mirror.refresh("one", "") == 1
    assert not (mirror.root / "one/theirs").exists()
    put(s3, "mine", b"new")
    assert mirror.refresh("one", "") == 1
    assert (mirror.root / "one/mine").read_bytes() == b"new"
    assert not list((mirror.root / "one").glob(".*"))


def test_a_bucket_is_there_when_s3_has_it(s3: Any, tmp_path: Path) -> None:
    mirror = mirror_of(s3, tmp_path)
    assert mirror.refresh("nowhere", "") == 0
    assert not (mirror.root / "nowhere").exists()
    put(s3, "a")
    mirror.refresh("one", "")
    s3.delete_object(Bucket="one", Key="a")
    s3.delete_bucket(Bucket="one")
    mirror.refresh("one", "")
    assert not (mirror.root / "one").exists()
    s3.create_bucket(Bucket="one")
    put(s3, "a")
    assert mirror.refresh("one", "") == 1


def test_keys_that_are_no_paths_are_left_out(
    s3: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for key in ("../up", "a//b", "x/./y", "n" * 300, "both", "both/inner"):
        put(s3, key)
    mirror = mirror_of(s3, tmp_path)
    assert not (tmp_path / "up").exists()
    assert sorted(path.name for path in (mirror.root / "one").rglob("*")) in (
        ["both"],
        ["both", "inner"],
    )
    assert "no usable file name" in caplog.text
    assert "at once an object and a folder" in caplog.text


def test_a_cached_file_cut_short_is_fetched_again(s3: Any, tmp_path: Path) -> None:
    put(s3, "a", b"whole")
    mirror_of(s3, tmp_path)
    (cached,) = (path for path in (tmp_path / "cache").rglob("*") if path.is_file())
    cached.write_bytes(b"wh")
    assert (mirror_of(s3, tmp_path, "second").root / "one/a").read_bytes() == b"whole"


def test_a_cache_tidied_by_another_run_is_filled_again(s3: Any, tmp_path: Path) -> None:
    put(s3, "a", b"text")
    first = mirror_of(s3, tmp_path)
    for path in (tmp_path / "cache").iterdir():
        path.unlink()
    assert (mirror_of(s3, tmp_path, "second").root / "one/a").read_bytes() == b"text"
    assert (first.root / "one/a").read_bytes() == b"text"
    assert not link_or_copy(tmp_path / "gone", tmp_path / "target")


def test_what_cannot_be_put_in_its_place_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"text")
    (tmp_path / "target" / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        link_or_copy(tmp_path / "source", tmp_path / "target")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source", "target"]


def test_the_cache_holds_nothing_that_s3_has_no_more(s3: Any, tmp_path: Path) -> None:
    put(s3, "a", b"text")
    put(s3, "b", b"longer")
    put(s3, "c.gz", b"zip")
    mirror_of(s3, tmp_path)
    s3.delete_object(Bucket="one", Key="a")
    assert tidy(s3, tmp_path / "cache") == len(b"longer") + 5 * len(b"zip")
    assert {path.read_bytes() for path in (tmp_path / "cache").iterdir()} == {b"longer", b"zip"}

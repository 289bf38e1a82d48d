"""Buckets as directories: what is fetched, what is sent back, and what is left alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from sandbox.glue.execution.mirror import (
    Listing,
    Mirror,
    link_or_copy,
    list_objects,
    query_result_places,
)


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
    cache = tmp_path / "cache"
    cache.mkdir(exist_ok=True)
    listing = list_objects(client)
    mirror = Mirror(tmp_path / run, cache, client, listing.buckets)
    mirror.pull(listing.objects)
    return mirror


def put(client: Any, key: str, body: bytes = b"x") -> None:
    client.put_object(Bucket="one", Key=key, Body=body)


def bodies(client: Any) -> dict[str, bytes]:
    listed = client.list_objects_v2(Bucket="one").get("Contents", [])
    return {
        item["Key"]: client.get_object(Bucket="one", Key=item["Key"])["Body"].read()
        for item in listed
    }


def test_objects_become_files_and_empty_buckets_directories(s3: Any, tmp_path: Path) -> None:
    put(s3, "a/b.txt", b"text")
    put(s3, "marker/", b"")
    mirror = mirror_of(s3, tmp_path)
    assert (mirror.root / "one/a/b.txt").read_bytes() == b"text"
    assert (mirror.root / "one/marker").is_dir()
    assert list((mirror.root / "empty").iterdir()) == []
    assert mirror.push().uploaded == 0
    assert set(bodies(s3)) == {"a/b.txt", "marker/"}


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


def test_created_changed_and_deleted_files_go_back(s3: Any, tmp_path: Path) -> None:
    for key in ("keep", "change", "gone", "folder/marker/"):
        put(s3, key, b"" if key.endswith("/") else b"old")
    mirror = mirror_of(s3, tmp_path)
    root = mirror.root / "one"
    (root / "change").unlink()
    (root / "change").write_bytes(b"new")
    (root / "gone").unlink()
    (root / "folder/marker").rmdir()
    (root / "made/deep").mkdir(parents=True)
    (root / "made/deep/file").write_bytes(b"made")
    for name in ("_SUCCESS", ".file.crc", "_temporary/0/part"):
        (root / "made" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "made" / name).write_bytes(b"")
    changes = mirror.push()
    assert (changes.uploaded, changes.deleted) == (2, 2)
    assert bodies(s3) == {"keep": b"old", "change": b"new", "made/deep/file": b"made"}
    assert mirror.push().uploaded == 0


def test_what_a_run_wrote_is_in_the_cache_of_the_next(s3: Any, tmp_path: Path) -> None:
    mirror = mirror_of(s3, tmp_path)
    (mirror.root / "one/new").write_bytes(b"new")
    mirror.push()
    client = Counting(s3)
    mirror_of(client, tmp_path, "second")
    assert "get_object" not in client.calls


def test_only_one_prefix_is_sent(s3: Any, tmp_path: Path) -> None:
    mirror = mirror_of(s3, tmp_path)
    for name in ("a", "b"):
        (mirror.root / "one" / name).mkdir()
        (mirror.root / "one" / name / "f").write_bytes(b"x")
    mirror.push("one", "a/")
    assert set(bodies(s3)) == {"a/f"}


def test_changes_of_others_during_the_run_are_neither_lost_nor_undone(
    s3: Any, tmp_path: Path
) -> None:
    put(s3, "mine", b"1")
    mirror = mirror_of(s3, tmp_path)
    put(s3, "theirs", b"2")
    mirror.push()
    assert set(bodies(s3)) == {"mine", "theirs"}
    assert mirror.refresh("one", "the") == 1
    assert (mirror.root / "one/theirs").read_bytes() == b"2"
    s3.delete_object(Bucket="one", Key="theirs")
    assert mirror.refresh("one", "") == 1
    assert not (mirror.root / "one/theirs").exists()
    assert mirror.refresh("nowhere", "") == 0


def test_keys_that_are_no_paths_are_left_out_and_kept_in_s3(
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
    mirror.push()
    assert len(bodies(s3)) == 6
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
    first.prune_cache(Listing((), ()))
    assert (mirror_of(s3, tmp_path, "second").root / "one/a").read_bytes() == b"text"
    assert not link_or_copy(tmp_path / "gone", tmp_path / "target")


def test_the_cache_holds_nothing_that_s3_has_no_more(s3: Any, tmp_path: Path) -> None:
    put(s3, "a")
    mirror = mirror_of(s3, tmp_path)
    s3.delete_object(Bucket="one", Key="a")
    mirror.prune_cache(list_objects(s3))
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_query_results_are_left_out(s3: Any) -> None:
    put(s3, "results/1.csv")
    put(s3, "data/1.csv")
    athena = boto3.client("athena", region_name="us-east-1")
    athena.create_work_group(
        Name="w",
        Configuration={"ResultConfiguration": {"OutputLocation": "s3://one/results/"}},
    )
    assert query_result_places(athena) == (("one", "results/"),)
    listing = list_objects(s3, query_result_places(athena))
    assert [item.key for item in listing.objects] == ["data/1.csv"]
    assert listing.total_bytes == 1
    assert Listing.load(listing.dump()) == listing
    assert list_objects(s3, [("one", "")]).objects == ()


def test_a_delete_that_is_refused_is_an_error(s3: Any, tmp_path: Path) -> None:
    put(s3, "a")
    mirror = mirror_of(s3, tmp_path)
    (mirror.root / "one/a").unlink()

    class Refusing(Counting):
        def delete_objects(self, **_: Any) -> Any:
            return {"Errors": [{"Key": "a", "Message": "Access Denied"}]}

    mirror._client = Refusing(s3)
    with pytest.raises(PermissionError, match="s3://one/a cannot be deleted: Access Denied"):
        mirror.push()

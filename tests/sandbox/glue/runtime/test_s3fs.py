"""pandas and fsspec on the emulated S3."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox import environment


@pytest.fixture
def s3(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in environment.environment_of(endpoint).items():
        monkeypatch.setenv(name, value)
    client = environment.client("s3", endpoint)
    client.create_bucket(Bucket="files")
    yield client
    for item in client.list_objects_v2(Bucket="files").get("Contents", []):
        client.delete_object(Bucket="files", Key=item["Key"])
    client.delete_bucket(Bucket="files")


def file_system() -> Any:
    return importlib.import_module("s3fs").S3FileSystem(anon=False)


@pytest.mark.parametrize("scheme", ["s3", "s3a"])
def test_pandas_reads_and_writes(s3: Any, scheme: str) -> None:
    pd = importlib.import_module("pandas")
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "ü"]})
    folder = f"{scheme}://files/day=1/"
    frame.to_csv(folder + "a.csv.gz", index=False)
    assert pd.read_csv(folder + "a.csv.gz").equals(frame)
    frame.to_json(folder + "a.json", orient="records", lines=True)
    assert pd.read_json(folder + "a.json", lines=True).equals(frame)
    frame.to_parquet(folder + "a.parquet")
    assert pd.read_parquet(folder + "a.parquet").equals(frame)
    s3.put_object(Bucket="files", Key="day=1/b.csv", Body=b"a\n7\n")
    assert pd.read_csv(folder + "b.csv", storage_options={"key": "k"})["a"].tolist() == [7]
    s3.put_object(Bucket="files", Key="day=1/b.csv", Body=b"a\n8\n")
    assert pd.read_csv(folder + "b.csv")["a"].tolist() == [8]


def test_what_is_not_there_or_forbidden_is_an_error(s3: Any, monkeypatch: Any) -> None:
    pd = importlib.import_module("pandas")
    for path in ("s3://files/none.csv", "s3://no-such-bucket/a.csv"):
        with pytest.raises(FileNotFoundError, match=path):
            pd.read_csv(path)
    with pytest.raises(FileNotFoundError, match="bucket does not exist"):
        pd.DataFrame({"a": [1]}).to_csv("s3://no-such-bucket/a.csv")
    with pytest.raises(FileNotFoundError):
        file_system().ls("s3://files/none")

    def deny(**_: Any) -> None:
        from botocore.exceptions import ClientError

        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}, "x")

    from sandbox.environment import client

    monkeypatch.setattr(client("s3"), "get_object", deny)
    with pytest.raises(PermissionError, match="Access Denied: s3://files/a"):
        pd.read_csv("s3://files/a")


def test_files_and_folders(s3: Any) -> None:
    for key in ("a/1.txt", "a/b/2.txt", "c.txt"):
        s3.put_object(Bucket="files", Key=key, Body=key.encode())
    fs = file_system()
    assert "files" in fs.ls("")
    assert fs.ls("s3://files") == ["files/a", "files/c.txt"]
    assert [(x["name"], x["type"], x["size"]) for x in fs.ls("s3://files/a/", detail=True)] == [
        ("files/a/1.txt", "file", 7),
        ("files/a/b", "directory", 0),
    ]
    assert fs.glob("s3://files/a/**/*.txt") == ["files/a/1.txt", "files/a/b/2.txt"]
    assert fs.find("files") == ["files/a/1.txt", "files/a/b/2.txt", "files/c.txt"]
    assert [fs.exists(f"s3://files/{key}") for key in ("a", "a/1.txt", "a/1", "x")] == [
        True,
        True,
        False,
        False,
    ]
    assert fs.isdir("files/a")
    assert (
        fs.info("s3://files/c.txt")["ETag"] == s3.head_object(Bucket="files", Key="c.txt")["ETag"]
    )
    assert fs.modified("files/c.txt").year >= 2024
    assert fs.cat("s3://files/a/1.txt") == b"a/1.txt"
    with fs.open("s3://files/c.txt", "ab") as file:
        file.write(b"!")
    assert fs.cat("files/c.txt") == b"c.txt!"
    fs.mv("s3://files/c.txt", "s3://files/d.txt")
    fs.rm("s3://files/a", recursive=True)
    assert [x["Key"] for x in s3.list_objects_v2(Bucket="files")["Contents"]] == ["d.txt"]
    with pytest.raises(FileExistsError), fs.open("s3://files/d.txt", "xb"):
        pass
    with pytest.raises(FileExistsError):
        fs.makedirs("s3://files")
    fs.makedirs("s3://new-one/folder", exist_ok=True)
    assert not fs.exists("s3://new-one")
    fs.makedirs("s3://new-one/folder")
    assert fs.exists("s3://new-one")
    fs.rm("s3://new-one")
    assert not fs.exists("s3://new-one")

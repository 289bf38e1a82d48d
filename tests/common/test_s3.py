import pytest

from common.s3 import S3Uri, S3UriError


@pytest.mark.parametrize(
    ("text", "bucket", "key"),
    [
        ("s3://b/a/c.json", "b", "a/c.json"),
        ("s3://b/", "b", ""),
        ("s3://b", "b", ""),
        ("s3a://b/a/", "b", "a/"),
        ("S3://b/a", "b", "a"),
        ("s3://b/what?#100%/ü .json", "b", "what?#100%/ü .json"),
        ("s3://b//a", "b", "/a"),
        ("s3://b/s3://c/d", "b", "s3://c/d"),
    ],
)
def test_a_uri_is_a_bucket_and_a_key_as_they_stand(text: str, bucket: str, key: str) -> None:
    uri = S3Uri.parse(text)
    assert (uri.bucket, uri.key) == (bucket, key)
    assert S3Uri.parse(str(uri)) == uri


@pytest.mark.parametrize(
    "text", ["", "s3://", "s3:///a", "s3:/b/a", "b/a", "https://b/a", "s4://b"]
)
def test_what_is_not_a_uri_is_told(text: str) -> None:
    with pytest.raises(S3UriError, match="is not an S3 URI: write s3://bucket/prefix/"):
        S3Uri.parse(text)


def test_an_object_has_a_key() -> None:
    assert S3Uri.parse_object("s3://b/a") == S3Uri("b", "a")
    with pytest.raises(S3UriError, match="names no object in S3: write s3://bucket/key"):
        S3Uri.parse_object("s3://b/")


def test_folders_end_in_one_slash() -> None:
    assert str(S3Uri("b", "a//").folder) == "s3://b/a/"
    assert str(S3Uri("b", "a") / "c.json") == "s3://b/a/c.json"
    assert str(S3Uri("b") / "c.json") == "s3://b/c.json"
    assert str(S3Uri("b", "/").folder) == "s3://b/"

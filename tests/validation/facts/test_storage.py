import bz2
import gzip
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.errors import UnavailableError
from validation.fact import attempt
from validation.facts import storage
from validation.facts.storage import LINES_LIMIT_BYTES, CancelledError, StoredObject

NOW = datetime(2026, 5, 4, tzinfo=UTC)


class Body(io.BytesIO):
    """Gives what it holds in the pieces it was made of, as a connection may."""

    def __init__(self, chunks: list[bytes]) -> None:
        super().__init__(b"".join(chunks))
        self._sizes = [len(chunk) for chunk in chunks if chunk]

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            return super().read()
        return super().read(min(self._sizes.pop(0), size) if self._sizes else size)


class S3:
    """Serves one object in the given pieces, and pages of a listing."""

    def __init__(self, chunks: list[bytes], pages: list[dict[str, object]] | None = None) -> None:
        self.body = Body(chunks)
        self._pages = pages or []

    def get_object(self, **_: str) -> dict[str, Body]:
        return {"Body": self.body}

    def get_paginator(self, _: str) -> "S3":
        return self

    def paginate(self, **wanted: str) -> list[dict[str, object]]:
        self.wanted = wanted
        return self._pages


def lines(*chunks: bytes, name: str = "k") -> int:
    file = StoredObject(f"s3://b/{name}", 1, NOW)
    return storage.line_counts(S3(list(chunks)), (file,), lambda: False)[f"s3://b/{name}"]


@given(st.lists(st.sampled_from([b"a", b" ", b"\n", b"\r\n", b"{}", b""]), max_size=30))
def test_lines_do_not_depend_on_how_the_file_comes_in_pieces(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    assert lines(*pieces) == sum(1 for line in whole.split(b"\n") if line.strip())


def test_the_last_line_counts_without_its_newline_and_an_empty_line_does_not() -> None:
    assert lines(b"a\nb") == 2
    assert lines(b"a\n\n \nb\n") == 2
    assert lines() == 0


@pytest.mark.parametrize(("suffix", "compress"), [("gz", gzip.compress), ("bz2", bz2.compress)])
def test_compressed_files_are_read_as_athena_reads_them(
    suffix: str, compress: Callable[[bytes], bytes]
) -> None:
    assert lines(compress(b"a\nb\n"), name=f"k.json.{suffix}") == 2


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("k.gz", b"plain", "is not what its name says"),
        ("k.gz", gzip.compress(b"a\nb", mtime=0)[:-9], "is not what its name says"),
        ("k.json.zst", b"x", "not read here"),
    ],
)
def test_what_cannot_be_read_is_said(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(UnavailableError, match=reason):
        lines(content, name=name)


def test_files_too_large_to_read_are_said_to_be() -> None:
    with pytest.raises(UnavailableError, match="more than"):
        storage.line_counts(
            S3([]), (StoredObject("s3://b/k", LINES_LIMIT_BYTES + 1, NOW),), lambda: False
        )


def test_an_interrupted_report_stops_reading() -> None:
    s3 = S3([b"a\n", b"b\n"])
    with pytest.raises(CancelledError):
        storage.line_counts(s3, (StoredObject("s3://b/k", 4, NOW),), lambda: True)
    assert s3.body.closed


def test_objects_are_those_that_athena_reads() -> None:
    keys = ["t/a.json", "t/_SUCCESS", "t/.hidden", "t/_temporary/b.json", "t/day=1/c.json"]
    contents = [{"Key": key, "Size": 3, "LastModified": NOW} for key in keys]
    contents.append({"Key": "t/empty", "Size": 0, "LastModified": NOW})
    s3 = S3([], [{"Contents": contents}, {}])
    found = storage.objects(s3, "s3://b/t")
    assert [item.uri for item in found] == ["s3://b/t/a.json", "s3://b/t/day=1/c.json"]
    assert s3.wanted == {"Bucket": "b", "Prefix": "t/"}


@pytest.mark.parametrize("location", ["b/p", "s3:///p", ""])
def test_a_location_outside_of_s3_is_told(location: str) -> None:
    assert "is not an S3 URI" in str(attempt(lambda: storage.objects(S3([]), location)).reason)

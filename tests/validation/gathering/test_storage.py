from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.errors import UnavailableError
from validation.gathering import storage
from validation.gathering.storage import LINES_LIMIT_BYTES, CancelledError, Location, StoredObject

NOW = datetime(2026, 5, 4, tzinfo=UTC)


class Body:
    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = chunks
        self.closed = False

    def iter_chunks(self, _: int) -> Iterator[bytes]:
        yield from self._chunks

    def close(self) -> None:
        self.closed = True


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


def lines(*chunks: bytes) -> int:
    file = StoredObject("s3://b/k", 1, NOW)
    return storage.line_counts(S3(list(chunks)), (file,), lambda: False)["s3://b/k"]


@given(st.lists(st.sampled_from([b"a", b" ", b"\n", b"\r\n", b"{}", b""]), max_size=30))
def test_lines_do_not_depend_on_how_the_file_comes_in_pieces(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    assert lines(*pieces) == sum(1 for line in whole.split(b"\n") if line.strip())


def test_the_last_line_counts_without_its_newline_and_an_empty_line_does_not() -> None:
    assert lines(b"a\nb") == 2
    assert lines(b"a\n\n \nb\n") == 2
    assert lines() == 0


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


def test_a_location_is_a_bucket_and_a_prefix() -> None:
    assert storage.parse("s3://b/p/q/") == Location("b", "p/q/")
    assert storage.parse("s3://b") == Location("b", "")
    for uri in ("b/p", "s3:///p", ""):
        with pytest.raises(UnavailableError, match="no location in S3"):
            storage.parse(uri)

"""The files of a source: which they are, and how Spark reads some of them together."""

import bz2
import fnmatch
import gzip
import json
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, cast

from pyspark.sql import DataFrameReader, SparkSession

from gluesandbox.messages import GlueException, note
from gluesandbox.storage import buckets

OTHER_CODECS = (".zst", ".snappy", ".lz4", ".deflate")
"""Ends of names of files that Spark can open and Python's own library cannot."""
_INFERENCE = "spark.sql.sources.partitionColumnTypeInference.enabled"
_PIECE = 8 << 20  # bytes looked at together
_WILD = frozenset("*?[")


@dataclass(frozen=True)
class Files:
    """Files that are read together.

    Attributes:
        spark: The session.
        uris: What Spark is told to read: folders or files.
        files: All files, each by its URI and where it is on this machine.
        base: The folder below which folders named `key=value` are columns; empty where they are not.
    """

    spark: SparkSession
    uris: tuple[str, ...]
    files: tuple[tuple[str, Path], ...]
    base: str = ""

    @property
    def paths(self) -> list[Path]:
        """Where the files are on this machine."""
        return [path for _, path in self.files]

    def reader(self) -> DataFrameReader:
        """A reader for `uris`; use it within `partitions_as_text`."""
        if self.base:
            return self.spark.read.option("basePath", self.base)
        return self.spark.read.option("recursiveFileLookup", "true")

    def groups(self, key: Callable[[Path], Hashable]) -> list["Files"]:
        """The files in groups of equal keys; all of them as they are if there is one group."""
        by_key: dict[Hashable, list[tuple[str, Path]]] = {}
        for uri, path in self.files:
            by_key.setdefault(key(path), []).append((uri, path))
        if len(by_key) < 2:  # noqa: PLR2004 -- nothing to tell apart
            return [self]
        return [
            replace(self, uris=tuple(uri for uri, _ in group), files=tuple(group))
            for group in by_key.values()
        ]


@contextmanager
def partitions_as_text(spark: SparkSession) -> Iterator[None]:
    """The values in folder names as they are: Spark alone would make `04` a 4."""
    before = spark.conf.get(_INFERENCE)
    spark.conf.set(_INFERENCE, "false")
    try:
        yield
    finally:
        spark.conf.set(_INFERENCE, before or "true")


def of_path(spark: SparkSession, uri: str, connection: Mapping[str, Any], *, nested: bool) -> Files:
    """The files below a path, a file or a pattern, as the options of an S3 source pick them.

    Args:
        spark: The session.
        uri: Of S3.
        connection: `exclusions` and `recurse`.
        nested: Whether files in folders are read when `recurse` says nothing.
    """
    buckets.refresh(uri.partition("*")[0])
    recurse = connection.get("recurse")
    deep = nested if recurse is None else str(recurse).lower() == "true"
    every = below(uri)
    chosen = [item for item in every if deep or "/" not in _relative(uri, item[0])]
    if len(chosen) < len(every) and recurse is None:
        skipped = len(every) - len(chosen)
        note(f"{skipped} files in folders below {uri} are not read: recurse is not set.")
    exclusions = connection.get("exclusions") or []
    if isinstance(exclusions, str):
        exclusions = json.loads(exclusions)
    kept = [
        item
        for item in chosen
        if not any(_excluded(item[0], _relative(uri, item[0]), text) for text in exclusions)
    ]
    folder = uri.rstrip("/") + "/" if uri.count("/") > 2 else f"{uri}/"  # noqa: PLR2004 -- s3://
    partitioned = any("=" in part for item in kept for part in _folders(_relative(uri, item[0])))
    whole = len(kept) == len(every) and not _WILD & set(uri)
    return Files(
        spark,
        (uri if uri.count("/") > 2 else folder,) if whole else tuple(item[0] for item in kept),  # noqa: PLR2004
        tuple(kept),
        folder if partitioned and not _WILD & set(uri) else "",
    )


def of_folders(spark: SparkSession, folders: Sequence[str], base: str) -> Files:
    """All files of some folders of a table, whose keys are columns if there is a `base`."""
    found = {folder: below(folder) for folder in folders}
    # A partition whose files were deleted is one without rows: Spark would miss its folder.
    filled = tuple(folder for folder, items in found.items() if items)
    return Files(spark, filled, tuple(item for items in found.values() for item in items), base)


def below(uri: str) -> list[tuple[str, Path]]:
    """The files that Hadoop would read below a path, file or pattern: no hidden ones.

    Raises:
        GlueException: the bucket does not exist.
    """
    bucket, key = buckets.split_uri(uri)
    root = buckets.mirror().root / bucket
    if not root.is_dir():
        raise GlueException(f"The bucket of {uri} does not exist.")
    tops = sorted(root.glob(key.strip("/"))) if _WILD & set(key) else [buckets.folder(uri)[2]]
    found = []
    for top in tops:
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            parts = path.relative_to(top).parts
            if path.is_file() and not any(part.startswith(("_", ".")) for part in parts):
                scheme = uri.partition("://")[0]
                found.append((f"{scheme}://{bucket}/{path.relative_to(root).as_posix()}", path))
    return found


def _relative(uri: str, file: str) -> str:
    """A file's path below the folder that a URI names; of a file or a pattern, its name."""
    folder = uri.rstrip("/") + "/"
    return file.removeprefix(folder) if file.startswith(folder) else file.rpartition("/")[2]


def _folders(relative: str) -> list[str]:
    return relative.split("/")[:-1]


def _excluded(uri: str, relative: str, pattern: str) -> bool:
    return any(
        fnmatch.fnmatch(text, variant)
        for text in (uri, relative)
        for variant in (pattern, pattern.replace("**/", ""), pattern.replace("**", "*"))
    )


def opened(path: Path) -> BinaryIO:
    """A file's bytes, unpacked; not one of `OTHER_CODECS`."""
    match path.suffix:
        case ".gz":
            return cast("BinaryIO", gzip.open(path, "rb"))
        case ".bz2":
            return cast("BinaryIO", bz2.open(path, "rb"))
    return path.open("rb")


def require_text(files: Files) -> None:
    """Refuse files that are not UTF-8, the one encoding that Glue reads.

    Raises:
        GlueException: a file has other bytes.
    """
    for _ in text_pieces(files):
        pass


def text_pieces(files: Files) -> Iterator[bytes]:
    """The text of all files in pieces that end with a line; not of those with `OTHER_CODECS`.

    Raises:
        GlueException: a file is not UTF-8.
    """
    for uri, path in files.files:
        if path.name.endswith(OTHER_CODECS):
            continue
        try:
            with opened(path) as stream:
                while piece := stream.read(_PIECE):
                    piece += stream.readline()
                    piece.decode("utf-8")
                    yield piece
        except UnicodeDecodeError:
            raise GlueException(f"Unable to parse file: {path.name} ({uri} is not UTF-8)") from None
        except (OSError, EOFError) as error:
            raise GlueException(f"Unable to parse file: {path.name} ({uri}: {error})") from None

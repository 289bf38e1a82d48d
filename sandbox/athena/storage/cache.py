"""Tables' objects as typed Parquet files on this machine, made once for each object version."""

import bz2
import gzip
import hashlib
import json
import os
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sandbox.athena.errors import QueryError
from sandbox.athena.hive.catalog import Storage, Table
from sandbox.athena.hive.types import Column
from sandbox.athena.storage.objects import DataObject, ObjectStore
from sandbox.athena.storage.serdes.base import (
    NEWLINE,
    Block,
    FatalLineError,
    Faults,
    LineSerde,
    schema_of,
    to_table,
)
from sandbox.athena.storage.serdes.columnar import conform, open_columnar, reads_as_declared
from sandbox.athena.storage.serdes.delimited import LazySimpleSerde, OpenCsvSerde, RegexSerde
from sandbox.athena.storage.serdes.grok import GrokSerde
from sandbox.athena.storage.serdes.json_lines import JsonSerde, record_lines

_BLOCK = 2 << 20  # bytes of text that are decoded at a time; bounds the memory of a scan
_READERS = 2  # objects of one query that are read at the same time
_DECODERS = 2  # blocks of all queries that are decoded at the same time
_SERDES_KEPT = 4  # of the tables that were read last; each keeps planned queries
_FORMAT = 3  # part of every cache key: raise it when the cached files change their meaning

_PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
_ORC = "org.apache.hadoop.hive.ql.io.orc.OrcSerde"
_CLOUDTRAIL_INPUT = "com.amazon.emr.cloudtrail.CloudTrailInputFormat"
_CLOUDTRAIL_SERDES = (
    "com.amazon.emr.hive.serde.CloudTrailSerde",
    "org.apache.hive.hcatalog.data.CloudTrailSerde",
)
_LINE_SERDES: dict[str, Callable[[tuple[Column, ...], Mapping[str, str]], LineSerde]] = {
    "org.openx.data.jsonserde.JsonSerDe": JsonSerde,
    "org.apache.hive.hcatalog.data.JsonSerDe": lambda c, p: JsonSerde(c, p, hive=True),
    "org.apache.hadoop.hive.serde2.JsonSerDe": lambda c, p: JsonSerde(c, p, hive=True),
    "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe": LazySimpleSerde,
    "org.apache.hadoop.hive.serde2.OpenCSVSerde": OpenCsvSerde,
    "org.apache.hadoop.hive.serde2.RegexSerDe": RegexSerde,
    "org.apache.hadoop.hive.contrib.serde2.RegexSerDe": RegexSerde,
    "com.amazonaws.glue.serde.GrokSerDe": GrokSerde,
}


@dataclass(frozen=True)
class CachedFile:
    """One object's rows as a Parquet file with the table's columns (without partition keys).

    Attributes:
        path: the local file.
        rows: how many.
        column_bytes: bytes that reading a column costs; empty where a row is read whole.
        faults: column name to the error that reading it ends in.
    """

    source: DataObject
    path: Path
    rows: int
    column_bytes: Mapping[str, int] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    def scanned(self, columns: frozenset[str] | None) -> int:
        """Count the bytes that a query of these columns (None: all) reads, as Athena bills."""
        if not self.column_bytes:
            return self.source.size
        if columns is None:
            return sum(self.column_bytes.values())
        return sum(size for name, size in self.column_bytes.items() if name in columns)


class ObjectCache:
    """Makes and keeps the typed files, keyed by bucket, key, etag, SerDe and columns."""

    def __init__(self, store: ObjectStore, folder: Path) -> None:
        self._store = store
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        self._known: dict[str, dict[str, Any]] = {}
        self._serdes: OrderedDict[str, LineSerde] = OrderedDict()
        self._decoders = ThreadPoolExecutor(_DECODERS, thread_name_prefix="athena-decode")

    def close(self) -> None:
        """End the threads that decode."""
        self._decoders.shutdown(cancel_futures=True)

    def files(
        self,
        table: Table,
        sources: Sequence[tuple[Storage, DataObject]],
        check: Callable[[], None],
    ) -> list[CachedFile]:
        """Give several objects' rows, in the same order; see `file`."""
        if all(_cache_key(table, storage, source) in self._known for storage, source in sources):
            return [self.file(table, storage, source, check) for storage, source in sources]
        with ThreadPoolExecutor(_READERS, thread_name_prefix="athena-read") as pool:
            made = [pool.submit(self.file, table, *pair, check) for pair in sources]
            try:
                return [future.result() for future in made]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def file(
        self,
        table: Table,
        storage: Storage,
        source: DataObject,
        check: Callable[[], None],
    ) -> CachedFile:
        """Give an object's rows, reading the object if this version of it is new.

        Args:
            table: whose columns are read.
            storage: the table's own, or the partition's.
            source: the object.
            check: called now and then; raises to stop.

        Raises:
            QueryError: the object can't be read as the SerDe says.
        """
        key = _cache_key(table, storage, source)
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            about = self._about(key)
            if about is None:
                about = self._make(key, table, storage, source, check)
            self._known[key] = about
        if about["fatal"]:
            raise error_of(about["fatal"])
        return CachedFile(
            source,
            self.folder / f"{key}.parquet",
            about["rows"],
            about["column_bytes"],
            about["faults"],
        )

    def _about(self, key: str) -> dict[str, Any] | None:
        if key in self._known:
            return self._known[key]
        try:
            about: dict[str, Any] = json.loads((self.folder / f"{key}.json").read_text())
        except (OSError, ValueError):
            return None
        return about

    def _make(
        self,
        key: str,
        table: Table,
        storage: Storage,
        source: DataObject,
        check: Callable[[], None],
    ) -> dict[str, Any]:
        target = self.folder / f"{key}.parquet"
        partial = target.with_suffix(f".{os.getpid()}.{threading.get_ident()}.partial")
        faults = Faults()
        about: dict[str, Any] = {"rows": 0, "column_bytes": {}}
        try:
            try:
                if storage.serde in {_PARQUET, _ORC}:
                    about |= self._make_columnar(table, storage, source, partial, faults, check)
                else:
                    about["rows"] = self._make_lines(table, storage, source, partial, faults, check)
            except FatalLineError as error:
                faults.fatal = str(error)
            about |= {"fatal": faults.fatal, "faults": faults.columns}
            if not faults.fatal:
                partial.replace(target)
            sidecar = partial.with_suffix(".json")
            sidecar.write_text(json.dumps(about))
            sidecar.replace(self.folder / f"{key}.json")
        finally:
            partial.unlink(missing_ok=True)
        return about

    def _make_columnar(
        self,
        table: Table,
        storage: Storage,
        source: DataObject,
        partial: Path,
        faults: Faults,
        check: Callable[[], None],
    ) -> dict[str, Any]:
        with self._store.open(source) as body, partial.open("wb") as copy:
            while chunk := body.read(1 << 20):
                check()
                copy.write(chunk)
        file = open_columnar(partial, source.uri, orc=storage.serde == _ORC)
        about = {"rows": file.rows, "column_bytes": file.column_bytes}
        if not reads_as_declared(file, table.columns):
            rewritten = partial.with_suffix(".rewritten")
            try:
                _write(
                    rewritten,
                    table.columns,
                    conform(file, table.columns, source.uri, faults),
                    check,
                )
                rewritten.replace(partial)
            finally:
                rewritten.unlink(missing_ok=True)
        return about

    def _make_lines(
        self,
        table: Table,
        storage: Storage,
        source: DataObject,
        partial: Path,
        faults: Faults,
        check: Callable[[], None],
    ) -> int:
        serde = self._serde(table, storage)
        header = table.parameters.get("skip.header.line.count", "0")
        skip = int(header) if header.isdigit() else 0
        with self._store.open(source) as body:
            lines = _decompressed(body, source)
            if _is_cloudtrail(storage):
                lines = record_lines(lines, source.uri)
            blocks = _blocks(lines, source.uri, skip)
            tables = self._decoded(serde, blocks, faults)
            with closing(tables):
                return _write(partial, table.columns, tables, check)

    def _serde(self, table: Table, storage: Storage) -> LineSerde:
        """Make the SerDe for a file, which begins with what the last file of the table taught."""
        key = json.dumps(_read_as(table, storage))
        with self._guard:
            last = self._serdes.pop(key, None)
            serde = last.for_next_file() if last else line_serde(storage, table.columns)
            self._serdes[key] = serde
            if len(self._serdes) > _SERDES_KEPT:
                self._serdes.popitem(last=False)
        return serde

    def _decoded(
        self, serde: LineSerde, blocks: Iterator[Block], faults: Faults
    ) -> Generator[pa.Table]:
        """Decode the blocks of a file in several threads, in their order."""

        def decode(block: Block) -> tuple[pa.Table, Faults]:
            found = Faults()
            return serde.decode(block, found), found

        waiting: deque[Future[tuple[pa.Table, Faults]]] = deque()
        try:
            for block in chain(blocks, [None] * _DECODERS):
                if block is not None:
                    waiting.append(self._decoders.submit(decode, block))
                if waiting and (block is None or len(waiting) > _DECODERS):
                    table, found = waiting.popleft().result()
                    for name, fault in found.columns.items():
                        faults.columns.setdefault(name, fault)
                    yield table
        finally:
            for future in waiting:
                future.cancel()


def line_serde(storage: Storage, columns: tuple[Column, ...]) -> LineSerde:
    """Make the SerDe that a table names.

    Raises:
        QueryError: the sandbox has no such SerDe, or its properties are wrong.
    """
    if _is_cloudtrail(storage):
        # Whichever SerDe reads them: the records' nested values may be columns of text.
        return JsonSerde(columns, {})
    make = _LINE_SERDES.get(storage.serde)
    if make is None:
        raise QueryError(
            "HIVE_UNSUPPORTED_FORMAT",
            f"Unable to create input format {storage.input_format or '(none)'} with SerDe "
            f"'{storage.serde or '(none)'}': the embedded Athena reads JSON, delimited text, CSV, "
            "regular expressions, Grok, CloudTrail logs, Parquet and ORC.",
        )
    return make(columns, storage.serde_parameters)


def _is_cloudtrail(storage: Storage) -> bool:
    return storage.input_format == _CLOUDTRAIL_INPUT or storage.serde in _CLOUDTRAIL_SERDES


def error_of(text: str) -> QueryError:
    """Make an error of a fault's text, `NAME: detail`."""
    name, _, detail = text.partition(": ")
    return QueryError(name, detail)


def _write(
    path: Path,
    columns: tuple[Column, ...],
    tables: Iterator[pa.Table],
    check: Callable[[], None],
) -> int:
    schema = schema_of(columns) if columns else to_table((), []).schema
    rows = 0
    # Dictionaries would take twice the time to write, and save little of what is read once or twice.
    with pq.ParquetWriter(path, schema, compression="lz4", use_dictionary=False) as writer:
        for table in tables:
            check()
            writer.write_table(table)
            rows += table.num_rows
    return rows


def _blocks(body: IO[bytes], uri: str, skip: int) -> Iterator[Block]:
    rest = b""
    line = 1
    while True:
        chunk = body.read(_BLOCK)
        end = chunk.rfind(b"\n")
        if chunk and end < 0:
            rest += chunk
            continue
        data = rest + memoryview(chunk)[: max(end, 0)]
        rest = chunk[end + 1 :]
        if not chunk and not data:
            return
        count = int(np.count_nonzero(np.frombuffer(data, np.uint8) == NEWLINE)) + 1
        dropped = max(0, min(skip - (line - 1), count))
        if dropped < count:
            kept = data.split(b"\n", dropped)[-1] if dropped else data
            yield Block(kept, line + dropped, uri)
        line += count
        if not chunk:
            return


def _decompressed(body: IO[bytes], source: DataObject) -> IO[bytes]:
    # As in Athena, the object's name tells how it is compressed.
    if source.key.endswith(".gz"):
        return _Checked(gzip.GzipFile(fileobj=body), source)  # type: ignore[return-value]
    if source.key.endswith(".bz2"):
        return _Checked(bz2.BZ2File(body), source)  # type: ignore[return-value]
    if source.key.endswith((".zst", ".zstd")):
        stream = pa.CompressedInputStream(pa.PythonFile(body, mode="r"), "zstd")
        return _Checked(stream, source)  # type: ignore[return-value]
    return body


class _Checked:
    """A decompressing stream whose faults are Athena's."""

    def __init__(self, stream: Any, source: DataObject) -> None:
        self._stream = stream
        self._source = source

    def read(self, size: int = -1) -> bytes:
        try:
            data: bytes = self._stream.read(size)
        except (OSError, EOFError, pa.ArrowException) as error:
            raise FatalLineError(
                f"HIVE_CURSOR_ERROR: Failed to read file at {self._source.uri}: {error}"
            ) from error
        return data


def _read_as(table: Table, storage: Storage) -> list[Any]:
    """What of a table says how its lines are read."""
    return [
        storage.serde,
        storage.input_format,
        sorted(storage.serde_parameters.items()),
        [(column.name, str(column.type)) for column in table.columns],
    ]


def _cache_key(table: Table, storage: Storage, source: DataObject) -> str:
    parts = [
        _FORMAT,
        source.bucket,
        source.key,
        source.etag,
        source.size,
        table.parameters.get("skip.header.line.count", "0"),
        *_read_as(table, storage),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

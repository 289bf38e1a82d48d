"""What a finished query leaves: its rows for GetQueryResults, and its files in S3."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.athena.sql.types import ResultColumn

_QUOTE = '"'


@dataclass(frozen=True)
class StoredResult:
    """The rows of one query in a local file, one JSON list a line; NULL is null."""

    columns: tuple[ResultColumn, ...]
    path: Path
    rows: int

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to give, not even a header."""
        return self.path.stat().st_size == 0

    def begins(self, offset: int) -> bool:
        """Tell whether a row begins, or the last one ends, at a byte offset."""
        with self.path.open("rb") as file:
            file.seek(max(offset - 1, 0))
            return offset == 0 or file.read(1) == b"\n"

    def page(self, offset: int, limit: int) -> tuple[list[list[str | None]], int | None]:
        """Read up to `limit` rows from a byte offset; also give the next page's offset.

        As recorded on AWS (aoyagikouhei/athena-local, docs/caveats.md), after a full page there is
        another, if an empty one.
        """
        rows: list[list[str | None]] = []
        with self.path.open("rb") as file:
            file.seek(offset)
            while len(rows) < limit:
                line = file.readline()
                if not line:
                    return rows, None
                rows.append(json.loads(line))
            return rows, file.tell()


class ResultWriter:
    """Writes a query's rows once, for the API and as the file that goes to S3.

    Args:
        folder: for the two local files.
        name: of the query execution.
        columns: of the rows.
        is_table: CSV with a header; else the plain text of DDL.
    """

    def __init__(
        self, folder: Path, name: str, columns: tuple[ResultColumn, ...], *, is_table: bool
    ) -> None:
        self._columns = columns
        self._is_table = is_table
        self._rows_path = folder / f"{name}.rows"
        self.file = folder / f"{name}.{'csv' if is_table else 'txt'}"

    def write(self, rows: Iterator[Sequence[str | None]]) -> StoredResult:
        """Write all rows; give what GetQueryResults reads."""
        count = 0
        with (
            self._rows_path.open("w", encoding="utf-8", newline="") as kept,
            self.file.open("w", encoding="utf-8", newline="") as file,
        ):
            if self._is_table:
                header = [column.name for column in self._columns]
                kept.write(json.dumps(header) + "\n")
                file.write(csv_line(header))
                for row in rows:
                    kept.write(json.dumps(list(row)) + "\n")
                    file.write(csv_line(row))
                    count += 1
            else:
                # On AWS the rows are the lines of the file, which no line break ends.
                for line in (line for row in rows for line in text_line(row).split("\n")):
                    kept.write(json.dumps([line]) + "\n")
                    file.write(f"\n{line}" if count else line)
                    count += 1
        return StoredResult(self._columns, self._rows_path, count)


def csv_line(row: Sequence[str | None]) -> str:
    """Write a row as Athena's CSV: each value quoted, NULL as nothing at all."""
    cells = (
        "" if value is None else _QUOTE + value.replace(_QUOTE, _QUOTE * 2) + _QUOTE
        for value in row
    )
    return ",".join(cells) + "\n"


def text_line(row: Sequence[str | None]) -> str:
    """Write a row of a DDL statement's text."""
    return "\t".join(value or "" for value in row)


# Types of which the `.metadata` file tells neither precision nor scale, and which of the rest.
_SHORT: dict[str, set[int]] = {
    "boolean": {10},
    "date": {8, 10},
    "interval day to second": {10},
    "interval year to month": {10},
    "array": set(),
    "ipaddress": set(),
    "json": set(),
    "map": set(),
    "row": set(),
    "string": set(),
    "unknown": set(),
    "uuid": set(),
}
_UNKNOWN = 3  # whether a column may be NULL


def metadata_bytes(
    execution_id: str,
    columns: Sequence[ResultColumn],
    update: tuple[str, int] | None = None,
) -> bytes:
    """Write the binary `.metadata` file that lies beside a result.

    AWS does not describe it; this is what others found in AWS's own: a protocol buffer with the
    query's id (1), for a statement that writes its name (2) and count of rows (3), and one message
    a column (4): catalog 1, name 4, label 5, type 6, precision 7, scale 8, nullable 9, case 10.
    """
    message = _field(1, execution_id.encode())
    if update is not None:
        message += _field(2, update[0].encode()) + _number(3, update[1])
    for column in columns:
        described = _field(1, b"hive")
        for number, text in ((4, column.name), (5, column.name), (6, column.type)):
            described += _field(number, text.encode())
        told = _SHORT.get(column.type, {7, 8, 10})
        for number, value in (
            (7, column.precision),
            (8, column.scale),
            (9, _UNKNOWN),
            (10, column.is_case_sensitive),
        ):
            if number in told or number == 9:  # noqa: PLR2004 - field 9 is always there
                described += _number(number, value)
        message += _field(4, described)
    return message


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits a byte
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)

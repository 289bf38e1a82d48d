"""Text SerDes: LazySimpleSerDe, OpenCSVSerde and RegexSerDe."""

import csv
import datetime as dt
import re
from collections.abc import Callable, Mapping

import pyarrow as pa

from sandbox.athena.errors import QueryError
from sandbox.athena.hive.types import Column, HiveType
from sandbox.athena.storage.serdes import scalars
from sandbox.athena.storage.serdes.base import Block, FatalLineError, Faults, to_table

# Hive's separators by nesting depth, when the table names none.
_SEPARATORS = [chr(code) for code in range(1, 9)]


class LazySimpleSerde:
    """Hive's default text: fields by a separator; what doesn't parse is NULL, never an error."""

    def __init__(self, columns: tuple[Column, ...], properties: Mapping[str, str]) -> None:
        self._columns = columns
        self._null = properties.get("serialization.null.format", "\\N")
        first = properties.get("field.delim") or properties.get("serialization.format") or "\x01"
        self._separators = [
            separator(first),
            separator(
                properties.get("collection.delim") or properties.get("colelction.delim") or "\x02"
            ),
            separator(properties.get("mapkey.delim") or "\x03"),
            *_SEPARATORS[3:],
        ]
        escape = properties.get("escape.delim")
        self._escape = separator(escape) if escape else None
        last = properties.get("serialization.last.column.takes.rest", "false").lower() == "true"
        self._splits = len(columns) - 1 if last else -1

    def decode(self, block: Block, faults: Faults) -> pa.Table:  # noqa: ARG002 - never any
        """Read a block of lines; see `LineSerde`."""
        width = len(self._columns)
        rows: list[list[object]] = []
        for line in block.lines():
            fields = self._split(line, 0, self._splits)
            fields += [self._null] * (width - len(fields))
            rows.append(
                [
                    self._value(text, column.type, 1)
                    for text, column in zip(fields, self._columns, strict=False)
                ]
            )
        return to_table(self._columns, rows)

    def _split(self, text: str, depth: int, limit: int = -1) -> list[str]:
        by = self._separators[min(depth, len(self._separators) - 1)]
        if self._escape is None or self._escape not in text:
            return text.split(by, limit)
        parts = [""]
        at = 0
        while at < len(text):
            char = text[at]
            if char == self._escape and at + 1 < len(text):
                parts[-1] += text[at : at + 2]  # taken off when the value itself is read
                at += 2
                continue
            if char == by and (limit < 0 or len(parts) <= limit):
                parts.append("")
            else:
                parts[-1] += char
            at += 1
        return parts

    def _value(self, text: str, kind: HiveType, depth: int) -> object:
        if text == self._null:
            return None
        if kind.kind == "array":
            if not text:
                return []
            return [self._value(p, kind.children[0], depth + 1) for p in self._split(text, depth)]
        if kind.kind == "map":
            return self._map(text, kind, depth)
        if kind.kind == "struct":
            parts = self._split(text, depth)
            parts += [self._null] * (len(kind.names) - len(parts))
            return {
                name: self._value(part, child, depth + 1)
                for name, part, child in zip(kind.names, parts, kind.children, strict=False)
            }
        if self._escape:
            text = re.sub(re.escape(self._escape) + "(.)", r"\1", text, flags=re.DOTALL)
        try:
            return _scalar(kind)(text)
        except ValueError:
            return None

    def _map(self, text: str, kind: HiveType, depth: int) -> object:
        if not text:
            return []
        pairs: dict[object, object] = {}
        for entry in self._split(text, depth):
            name, *rest = self._split(entry, depth + 1, 1)
            key = self._value(name, kind.children[0], depth + 2)
            if key is not None and key not in pairs:
                pairs[key] = self._value(rest[0], kind.children[1], depth + 2) if rest else None
        return list(pairs.items())


class OpenCsvSerde:
    """Quoted CSV. Numbers must parse; dates are days and timestamps millis since the epoch."""

    def __init__(self, columns: tuple[Column, ...], properties: Mapping[str, str]) -> None:
        self._columns = columns
        self._separator = separator(properties.get("separatorChar") or ",")
        self._quote = separator(properties.get("quoteChar") or '"')
        self._escape = separator(properties.get("escapeChar") or "\\")
        for column in columns:
            if column.type.children:
                raise QueryError(
                    "HIVE_INVALID_METADATA",
                    f"OpenCSVSerde has no type {column.type} (column {column.name}).",
                )

    def decode(self, block: Block, faults: Faults) -> pa.Table:
        """Read a block of lines; see `LineSerde`."""
        escape = self._escape if self._escape != self._quote else None
        width = len(self._columns)
        rows: list[list[object]] = []
        for offset, line in enumerate(block.lines()):
            number = block.first_line + offset
            try:
                fields: list[str | None] = [
                    *next(
                        csv.reader(
                            [line],
                            delimiter=self._separator,
                            quotechar=self._quote,
                            escapechar=escape,
                        ),
                        [],
                    )
                ]
            except csv.Error as error:
                raise FatalLineError(
                    f"HIVE_CURSOR_ERROR: Failed to read file at {block.uri}: {error} "
                    f"(line {number})"
                ) from error
            fields += [None] * (width - len(fields))
            rows.append(self._row(fields, number, block.uri, faults))
        return to_table(self._columns, rows)

    def _row(self, fields: list[str | None], number: int, uri: str, faults: Faults) -> list[object]:
        row: list[object] = []
        for index, column in enumerate(self._columns):
            text = fields[index]
            try:
                row.append(None if text is None else _csv_scalar(column.type)(text))
            except ValueError as error:
                row.append(None)
                faults.columns.setdefault(
                    column.name,
                    f"HIVE_BAD_DATA: Error parsing field value '{text}' for field {index}: "
                    f"{error} (column {column.name}, file {uri}, line {number})",
                )
        return row


class RegexSerde:
    """One row a line, a column a group of `input.regex`; a line it doesn't match is all NULL."""

    def __init__(self, columns: tuple[Column, ...], properties: Mapping[str, str]) -> None:
        self._columns = columns
        pattern = properties.get("input.regex")
        if not pattern:
            raise QueryError(
                "HIVE_CURSOR_ERROR",
                'This table does not have serde property "input.regex"!',
            )
        flags = 0
        if properties.get("input.regex.case.insensitive", "false").lower() == "true":
            flags = re.IGNORECASE
        try:
            self._pattern = re.compile(pattern, flags)
        except re.error as error:
            raise QueryError(
                "HIVE_CURSOR_ERROR", f"input.regex is no regular expression: {error}"
            ) from error
        if self._pattern.groups < len(columns):
            raise QueryError(
                "HIVE_CURSOR_ERROR",
                f"Number of matching groups doesn't match the number of columns: the table has "
                f"{len(columns)}, input.regex has {self._pattern.groups}.",
            )

    def decode(self, block: Block, faults: Faults) -> pa.Table:  # noqa: ARG002 - never any
        """Read a block of lines; see `LineSerde`."""
        rows: list[list[object]] = []
        for line in block.lines():
            match = self._pattern.fullmatch(line)
            groups = match.groups() if match else (None,) * len(self._columns)
            row: list[object] = []
            for text, column in zip(groups, self._columns, strict=False):
                try:
                    row.append(None if text is None else _scalar(column.type)(text))
                except ValueError:
                    row.append(None)
            rows.append(row)
        return to_table(self._columns, rows)


def separator(text: str) -> str:
    r"""Read a separator as Hive does: a character, an escape such as `\t`, or a byte's number."""
    escapes = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}
    if text in escapes:
        return escapes[text]
    octal = re.fullmatch(r"\\u?0*([0-7]{1,3})", text)
    if octal:
        return chr(int(octal[1], 16 if text.startswith("\\u") else 8))
    if len(text) > 1 and text.isdigit():
        return chr(int(text) % 256)
    return text[:1]


def _scalar(kind: HiveType) -> Callable[[str], object]:
    name = kind.kind
    if name in {"string", "varchar", "char"}:
        length = kind.parameters[0] if kind.parameters else None
        return lambda text: text[:length]
    if name in {"tinyint", "smallint", "int", "bigint"}:
        return lambda text: scalars.parse_integer(text, name)
    if name in {"double", "float"}:
        return scalars.parse_float
    if name == "decimal":
        return lambda text: scalars.parse_decimal(text, kind)
    if name == "boolean":
        return _boolean
    if name == "date":
        return scalars.parse_date
    if name == "timestamp":
        return scalars.parse_timestamp
    return lambda text: text.encode()


def _csv_scalar(kind: HiveType) -> Callable[[str], object]:
    # The Athena user guide, "Open CSV SerDe": dates and timestamps are numbers there.
    if kind.kind == "date":
        return lambda text: (
            dt.date(1970, 1, 1) + dt.timedelta(days=scalars.parse_integer(text, "int"))
        )
    if kind.kind == "timestamp":
        return lambda text: scalars.from_epoch_millis(scalars.parse_integer(text, "bigint"))
    return _scalar(kind)


def _boolean(text: str) -> bool:
    folded = text.lower()
    if folded not in {"true", "false"}:
        raise ValueError(f'For input string: "{text}"')
    return folded == "true"

"""Text SerDes: LazySimpleSerDe, OpenCSVSerde and RegexSerDe."""

import base64
import csv
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial, reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from sandbox.athena.errors import QueryError
from sandbox.athena.hive.types import Column, HiveType
from sandbox.athena.storage.serdes import scalars, vectors
from sandbox.athena.storage.serdes.base import (
    NEWLINE,
    Block,
    FatalLineError,
    Faults,
    LineSerde,
    schema_of,
    to_table,
)
from sandbox.athena.storage.serdes.vectors import Expressions, Query, quoted

_SAMPLE = 50  # lines that tell how many fields a line has
_DAY = 24 * 60 * 60 * 1000  # milliseconds
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # since the epoch, of the years 1 to 9999

# Hive's separators by nesting depth, when the table names none.
_SEPARATORS = [chr(code) for code in range(1, 9)]


class LazySimpleSerde(LineSerde):
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
        self._typed = _Typed(
            columns,
            lambda text, kind: self._expressions(text, kind, 1),
            lambda kind, text: self._value(text, kind, 1),
        )

    def decode(self, block: Block, faults: Faults) -> pa.Table:
        """Read a block of lines; see `LineSerde`."""
        signs = [self._separators[0], *([self._escape] if self._escape else [])]
        if (
            len(block.data) <= vectors.SMALL
            or not self._columns
            or not all(map(str.isascii, signs))
        ):
            return self.decode_carefully(block, faults)
        column = block.column()
        escaped = np.zeros(len(column), bool)
        if self._escape and self._escape.encode() in block.data:
            escaped = pc.match_substring(column, self._escape).to_numpy(zero_copy_only=False)
        plain = np.flatnonzero(~escaped)
        kept = column.take(pa.array(plain)) if escaped.any() else column
        data = bytes(kept.buffers()[2] or b"") + (b"" if escaped[-1] else b"\n")
        usual = self._usual(data)
        split = None
        if self._splits < 0 or usual <= len(self._columns):
            parse = arrow_csv.ParseOptions(
                delimiter=self._separators[0], quote_char=False, ignore_empty_lines=False
            )
            split = split_fields(data, len(self._columns), usual, parse, self._null)
        if split is None:
            return self.decode_carefully(block, faults)
        texts, others = split
        table = self._typed.table(texts)
        rest = np.union1d(plain[others], np.flatnonzero(escaped))
        if not len(rest):
            return table
        lines = [line.removesuffix("\n") for line in column.take(pa.array(rest)).to_pylist()]
        rows = to_table(self._columns, [self._row(line) for line in lines])
        order = np.argsort(np.concatenate([np.delete(plain, others), rest]))
        return pa.concat_tables([table, rows]).take(pa.array(order)).combine_chunks()

    def _usual(self, data: bytes) -> int:
        sample = data.split(b"\n", _SAMPLE)[:_SAMPLE]
        by = self._separators[0].encode()
        return Counter(line.count(by) + 1 for line in sample).most_common(1)[0][0]

    def decode_carefully(self, block: Block, faults: Faults) -> pa.Table:  # noqa: ARG002 - never any
        """Read a block line by line."""
        return to_table(self._columns, [self._row(line) for line in block.lines()])

    def _row(self, line: str) -> list[object]:
        fields = self._split(line, 0, self._splits)
        fields += [self._null] * (len(self._columns) - len(fields))
        return [
            self._value(text, column.type, 1)
            for text, column in zip(fields, self._columns, strict=False)
        ]

    def _split(self, text: str, depth: int, limit: int = -1) -> list[str]:
        by = self._separator(depth)
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

    def _expressions(self, text: str, kind: HiveType, depth: int) -> Expressions:
        """Give SQL of a field's value; no text with an escape gets here."""
        if not kind.children:
            return vectors.from_text(f"nullif({text}, {quoted(self._null)})", kind)
        missing = f"({text} IS NULL OR {text} = {quoted(self._null)})"
        parts = f"string_split({text}, {quoted(self._separator(depth))})"
        if kind.kind == "struct":
            fields = [
                self._expressions(f"{parts}[{index + 1}]", child, depth + 1)
                for index, child in enumerate(kind.children)
            ]
            return (
                f"CASE WHEN NOT {missing} THEN {vectors.struct_of(kind.names, fields)} END",
                f"({missing} OR ({vectors.all_of([certain for _, certain in fields])}))",
            )
        part = f"e{depth}"
        if kind.kind == "array":
            value, certain = self._expressions(part, kind.children[0], depth + 1)
        else:
            by = quoted(self._separator(depth + 1))
            name = f"split_part({part}, {by}, 1)"
            rest = f"CASE WHEN contains({part}, {by}) THEN substr({part}, len({name}) + 2) END"
            key = self._expressions(name, kind.children[0], depth + 2)
            item = self._expressions(rest, kind.children[1], depth + 2)
            value = vectors.struct_of(("k", "v"), [key, item])
            certain = vectors.all_of([key[1], item[1]])
        listed = f"list_transform({parts}, lambda {part}: {value})"
        sure = f"list_bool_and(list_transform({parts}, lambda {part}: {certain}))"
        if kind.kind == "map":
            # Of a key that comes twice the first counts, and a key that is NULL does not.
            keys = f"list_transform({listed}, lambda k{depth}: k{depth}.k)"
            sure += f" AND len(list_distinct({keys})) = len({keys})"
            listed = f"map_from_entries(CASE WHEN {sure} THEN {listed} ELSE [] END)"
        empty = f"CAST({'MAP {}' if kind.kind == 'map' else '[]'} AS {kind.duckdb()})"
        return (
            f"CASE WHEN {missing} THEN NULL WHEN {text} = '' THEN {empty} ELSE {listed} END",
            f"({missing} OR {text} = '' OR ({sure}))",
        )

    def _separator(self, depth: int) -> str:
        return self._separators[min(depth, len(self._separators) - 1)]


class OpenCsvSerde(LineSerde):
    """Quoted CSV. Numbers must parse; dates are days and timestamps millis since the epoch."""

    def __init__(self, columns: tuple[Column, ...], properties: Mapping[str, str]) -> None:
        self._columns = columns
        self._separator = separator(properties.get("separatorChar") or ",")
        self._quote = separator(properties.get("quoteChar") or '"')
        escape = separator(properties.get("escapeChar") or "\\")
        self._escape = escape if escape != self._quote else None
        csv.field_size_limit(sys.maxsize)
        self._typed = _Typed(
            columns, _csv_expressions, lambda kind, text: _csv_scalar(kind)(text), _csv_values
        )
        for column in columns:
            if column.type.children:
                raise QueryError(
                    "HIVE_INVALID_METADATA",
                    f"OpenCSVSerde has no type {column.type} (column {column.name}).",
                )

    def decode(self, block: Block, faults: Faults) -> pa.Table:
        """Read a block of lines; see `LineSerde`."""
        split = self._split(block) if len(block.data) > vectors.SMALL and self._columns else None
        if split is None:
            return self.decode_carefully(block, faults)

        def failed(index: int, place: int, text: str, error: ValueError) -> None:
            self._note(faults, block, place, index, text, error)

        return self._typed.table(split, failed)

    def decode_carefully(self, block: Block, faults: Faults) -> pa.Table:
        """Read a block line by line."""
        rows: list[list[object]] = []
        for place, line in enumerate(block.lines()):
            row: list[object] = []
            fields = self._fields(block, place, line)
            for index, (text, column) in enumerate(zip(fields, self._columns, strict=False)):
                try:
                    row.append(None if text is None else _csv_scalar(column.type)(text))
                except ValueError as error:
                    row.append(None)
                    self._note(faults, block, place, index, text, error)
            rows.append(row)
        return to_table(self._columns, rows)

    def _split(self, block: Block) -> pa.Table | None:
        """Split the lines into columns t0, t1 and so on; None where only line by line is right."""
        data = block.text + b"\n"
        signs = [self._separator, self._quote, *([self._escape] if self._escape else [])]
        if b"\r" in data or not all(map(str.isascii, signs)):
            return None
        lines = data.count(b"\n")
        sample = data.decode("utf-8", "ignore").split("\n", _SAMPLE)[:_SAMPLE]
        found = Counter(
            len(self._fields(block, place, line, pad=False)) for place, line in enumerate(sample)
        ).most_common(1)[0][0]
        width = len(self._columns)
        parse = arrow_csv.ParseOptions(
            delimiter=self._separator,
            quote_char=self._quote,
            escape_char=self._escape or False,
            ignore_empty_lines=False,
        )
        split = split_fields(data, width, found, parse)
        if split is None or not len(split[1]):
            return split[0] if split else None
        table, others = split
        texts = [
            line.removesuffix("\n") for line in block.column().take(pa.array(others)).to_pylist()
        ]
        rows = [self._fields(block, *pair) for pair in zip(others.tolist(), texts, strict=True)]
        added = [pa.array([row[index] for row in rows], pa.string()) for index in range(width)]
        order = np.argsort(np.concatenate([np.delete(np.arange(lines), others), others]))
        both = pa.concat_tables([table, pa.table(added, table.column_names)])
        return both.take(pa.array(order)).combine_chunks()

    def _fields(self, block: Block, place: int, line: str, *, pad: bool = True) -> list[str | None]:
        reader = csv.reader(
            [line], delimiter=self._separator, quotechar=self._quote, escapechar=self._escape
        )
        try:
            fields: list[str | None] = [*next(reader, [])]
        except csv.Error as error:
            raise FatalLineError(
                f"HIVE_CURSOR_ERROR: Failed to read file at {block.uri}: {error} "
                f"(line {block.first_line + place})"
            ) from error
        return fields + [None] * (len(self._columns) - len(fields)) if pad else fields

    def _note(
        self,
        faults: Faults,
        block: Block,
        place: int,
        index: int,
        text: str | None,
        error: ValueError,
    ) -> None:
        name = self._columns[index].name
        faults.columns.setdefault(
            name,
            f"HIVE_BAD_DATA: Error parsing field value '{text}' for field {index}: {error} "
            f"(column {name}, file {block.uri}, line {block.first_line + place})",
        )


class RegexSerde(LineSerde):
    """One row a line, a column a group of `input.regex`; a line it doesn't match is all NULL."""

    def __init__(self, columns: tuple[Column, ...], properties: Mapping[str, str]) -> None:
        self._columns = columns
        pattern = properties.get("input.regex")
        if not pattern:
            raise QueryError(
                "HIVE_CURSOR_ERROR",
                'This table does not have serde property "input.regex"!',
            )
        flags = re.ASCII  # as \d, \w and letters of either case are Java's
        if properties.get("input.regex.case.insensitive", "false").lower() == "true":
            flags |= re.IGNORECASE
        if _has_nested_class(pattern):
            raise QueryError(
                "HIVE_CURSOR_ERROR",
                "input.regex has a class of signs within a class ([a[b]] or [a&&[b]]), which the "
                "embedded Athena does not read.",
            )
        try:
            self._pattern = re.compile(pattern, flags)
        except re.error as error:
            raise QueryError(
                "HIVE_CURSOR_ERROR", f"input.regex is not a regular expression: {error}"
            ) from error
        if self._pattern.groups < len(columns):
            raise QueryError(
                "HIVE_CURSOR_ERROR",
                f"Number of matching groups doesn't match the number of columns: the table has "
                f"{len(columns)}, input.regex has {self._pattern.groups}.",
            )
        self._typed = _Typed(columns, vectors.from_text, lambda kind, text: _scalar(kind)(text))
        same = None if flags & re.IGNORECASE else _as_re2(pattern)
        self._extract = Query(self._extraction(same)) if same is not None and columns else None

    def decode(self, block: Block, faults: Faults) -> pa.Table:
        """Read a block of lines; see `LineSerde`."""
        if len(block.data) <= vectors.SMALL or not self._columns:
            return self.decode_carefully(block, faults)
        return self._typed.table(self._texts(block))

    def decode_carefully(self, block: Block, faults: Faults) -> pa.Table:  # noqa: ARG002 - never any
        """Read a block line by line."""
        rows: list[list[object]] = []
        for groups in self._groups(block.lines()):
            row: list[object] = []
            for text, column in zip(groups, self._columns, strict=False):
                try:
                    row.append(None if text is None else _scalar(column.type)(text))
                except ValueError:
                    row.append(None)
            rows.append(row)
        return to_table(self._columns, rows)

    def _extraction(self, pattern: str) -> str:
        """Give the query of a line's groups, in the columns' order."""
        return self._extract_sql(f"^(?:{pattern})$", range(len(self._columns)))

    def _extract_sql(self, pattern: str, places: Iterable[int]) -> str:
        names = ", ".join(f"'g{place}'" for place in range(self._pattern.groups))
        groups = ", ".join(f"g.g{place} AS t{at}" for at, place in enumerate(places))
        extract = f"regexp_extract(line, {quoted(pattern)}, [{names}])"
        return f"FROM (FROM given SELECT {extract} AS g) SELECT {groups}"

    def _texts(self, block: Block) -> pa.Table:
        """Give the lines' groups as columns t0, t1 and so on."""
        if self._extract is None:
            return self._table(self._groups(block.lines()))
        lines = block.column(newlines=False)
        found = self._extract.run(pa.table({"line": lines}))
        # RE2 tells a group that is empty, one that takes no part and a line that does not match alike.
        empty = reduce(pc.or_, (pc.equal(column, "") for column in found.columns))
        at = np.flatnonzero(empty.to_numpy())
        if not len(at):
            return found
        others = self._groups(lines.take(pa.array(at)).to_pylist())
        return vectors.replaced(found, at, self._table(others))

    def _table(self, rows: Iterable[Sequence[str | None]]) -> pa.Table:
        columns = zip(zip(*rows, strict=True), self._columns, strict=False)
        return pa.table({f"t{i}": pa.array(c, pa.string()) for i, (c, _) in enumerate(columns)})

    def _groups(self, lines: Iterable[str]) -> Iterator[Sequence[str | None]]:
        nothing = (None,) * self._pattern.groups
        for match in map(self._pattern.fullmatch, lines):
            yield match.groups() if match else nothing


_CLASS = r"\[\^?(?:[^\\\[\]&]|\\[^\w\s]|\\[dDwWst])+\]"
# What Java, Python and RE2 read alike, but that RE2's \s lacks the vertical tab.
_ALIKE = re.compile(
    rf"[^\\\[\](){{}}*+?|^$.]|\\[^\w\s]|\\[bdDwWsSt]|{_CLASS}|\(\?:|\((?!\?)|[)|.^$]"
    r"|(?:[*+?]|\{\d+(?:,\d*)?\})\??(?![+*?{])"
)
_SPACE = r"\t\n\x0b\f\r "


def _has_nested_class(pattern: str) -> bool:
    """Tell whether a pattern has what is a class within a class in Java alone."""
    classes = re.findall(r"\\.|\[\^?(\]?(?:\\.|[^\]\\])*)\]", pattern)
    plain = [re.sub(r"\\.", "_", signs) for signs in classes]
    return any("[" in signs or "&&" in signs for signs in plain)


def _as_re2(pattern: str) -> str | None:
    """Give a pattern of Java's in RE2's syntax; None if it may mean something else there."""
    tokens = [found[0] for found in _ALIKE.finditer(pattern)]
    if "".join(tokens) != pattern:
        return None
    translated = "".join(map(_token_as_re2, tokens))
    try:
        pc.match_substring_regex(pa.array([""]), translated)
    except pa.ArrowInvalid:
        return None
    return translated


def _token_as_re2(token: str) -> str:
    if token.startswith("["):
        return re.sub(r"\\(.)", lambda escape: _SPACE if escape[1] == "s" else escape[0], token)
    return {r"\s": f"[{_SPACE}]", r"\S": f"[^{_SPACE}]"}.get(token, token)


def separator(text: str) -> str:
    r"""Read a separator as Hive does: a character, an escape such as `\t`, or a byte's number."""
    escapes = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}
    if text in escapes:
        return escapes[text]
    octal = re.fullmatch(r"\\u?0*([0-7]{1,3})", text)
    if octal:
        return chr(int(octal[1], 16 if text.startswith("\\u") else 8))
    if re.fullmatch(r"-?\d+", text):
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
    return _binary


def _binary(text: str) -> bytes:
    # Hive's: base64 where it is that.
    try:
        return base64.b64decode(text, validate=True) or text.encode()
    except ValueError:
        return text.encode()


def _csv_scalar(kind: HiveType) -> Callable[[str], object]:
    # The Athena user guide, "Open CSV SerDe": dates and timestamps are numbers there.
    if kind.kind == "date":
        return lambda text: scalars.from_epoch_days(scalars.parse_integer(text, "int"))
    if kind.kind == "timestamp":
        return lambda text: scalars.from_epoch_millis(scalars.parse_integer(text, "bigint"))
    return _scalar(kind)


def _csv_values(texts: pa.Array, kind: HiveType) -> pa.Array | None:
    """Convert a column by Arrow, which reads no days and millis since the epoch."""
    return None if kind.kind in {"date", "timestamp"} else vectors.of_texts(texts, kind)


def _csv_expressions(text: str, kind: HiveType) -> Expressions:
    number = f"TRY_CAST({text} AS BIGINT)"
    certain = f"CAST({number} AS VARCHAR) = {text}"
    if kind.kind == "date":
        certain += f" AND {number} BETWEEN {_FIRST_DAY} AND {_LAST_DAY}"
        value = f"CASE WHEN {certain} THEN DATE '1970-01-01' + CAST({number} AS INTEGER) END"
    elif kind.kind == "timestamp":
        certain += f" AND {number} BETWEEN {_FIRST_DAY * _DAY} AND {_LAST_DAY * _DAY}"
        value = f"CASE WHEN {certain} THEN make_timestamp_ms({number}) END"
    else:
        return vectors.from_text(text, kind)
    return value, vectors.unless_null(text, certain)


class _Typed:
    """Makes columns of texts t0, t1 and so on what a table declares.

    Args:
        columns: the declared ones.
        expressions: SQL of a text as a value, and of whether that is certain.
        read: reads one text that is not certain; a ValueError makes it NULL.
        convert: reads a whole column by Arrow, if it can.
    """

    def __init__(
        self,
        columns: tuple[Column, ...],
        expressions: Callable[[str, HiveType], Expressions],
        read: Callable[[HiveType, str], object],
        convert: Callable[[pa.Array, HiveType], pa.Array | None] = vectors.of_texts,
    ) -> None:
        self._columns = columns
        self._convert = convert
        self._expressions = expressions
        self._read = read
        self._query = cache(self._planned)

    def table(
        self,
        texts: pa.Table,
        failed: Callable[[int, int, str, ValueError], None] = lambda *_: None,
    ) -> pa.Table:
        """Convert whole columns; `failed` is told of column, place, text and error."""
        kinds = [column.type for column in self._columns]
        arrays = [
            self._convert(vectors.array_of(texts.column(at)), kind) for at, kind in enumerate(kinds)
        ]
        rest = tuple(at for at, array in enumerate(arrays) if array is None)
        found = self._query(rest).run(texts) if rest else texts
        for place, at in enumerate(rest):
            arrays[at] = vectors.mended(
                found.column(2 * place),
                found.column(2 * place + 1),
                kinds[at],
                partial(self._read, kinds[at]),
                partial(failed, at),
            )
        return pa.Table.from_arrays(arrays, schema=schema_of(self._columns))

    def _planned(self, places: tuple[int, ...]) -> Query:
        """The query of columns that Arrow alone does not read: the value, and the text if in doubt."""
        cells = []
        for at in places:
            value, certain = self._expressions(f"t{at}", self._columns[at].type)
            cells.append(f"{value}, CASE WHEN NOT ({certain}) THEN t{at} END")
        return Query(f"FROM given SELECT {', '.join(cells)}")


def split_fields(
    data: bytes, width: int, usual: int, parse: arrow_csv.ParseOptions, null: str | None = None
) -> tuple[pa.Table, np.ndarray] | None:
    """Split lines that all end in a newline into columns t0, t1 and so on.

    Args:
        data: the lines.
        width: how many columns are wanted.
        usual: how many fields a line has.
        parse: how they are told apart.
        null: the text that is NULL.

    Returns:
        The lines that have as many fields, and the places of the others; None if lines cannot be
        told apart in this way.
    """
    if b"\r" in data:
        return None
    found: list[int] = []

    def skip(row: arrow_csv.InvalidRow) -> str:
        found.append(row.number - 1)
        return "skip"

    parse.invalid_row_handler = skip
    names = [f"t{index}" for index in range(max(usual, width))]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(data),
            arrow_csv.ReadOptions(
                use_threads=False, block_size=len(data) + 1, column_names=names[:usual]
            ),
            parse,
            arrow_csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=names[:width],
                include_missing_columns=True,
                null_values=[] if null is None else [null],
                strings_can_be_null=null is not None,
            ),
        ).combine_chunks()
    except pa.ArrowInvalid:
        return None
    others = np.array(found, np.int64)
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == NEWLINE)
    last = table.slice(table.num_rows - 1).to_pylist()[0].values() if table.num_rows else ()
    if table.num_rows + len(others) != len(ends) or any(
        (text or "").endswith("\n") for text in last
    ):
        return None  # a quote that stays open: more than its own line would be read with it
    # A blank line has no fields, but is read as one of empty ones.
    blank = np.diff(ends, prepend=-1) == 1
    if blank.any():
        kept = np.delete(np.arange(len(ends)), others)
        table = table.filter(pa.array(~blank[kept])).combine_chunks()
        others = np.union1d(others, np.flatnonzero(blank))
    return table, others


def _boolean(text: str) -> bool:
    folded = text.lower()
    if folded not in {"true", "false"}:
        raise ValueError(f'For input string: "{text}"')
    return folded == "true"

"""The two JSON SerDes: org.openx.data.jsonserde.JsonSerDe and Hive's own (hcatalog).

A blank line is a line: the OpenX SerDe reads it (as all that is neither object nor array) as a row
of NULLs, Hive's SerDe fails on it. Both as in Trino's readers, on which Athena is built.
"""

import base64
import io
import json
from collections.abc import Callable, Mapping
from typing import IO

import pyarrow as pa
import pyarrow.json as pj

from sandbox.athena.hive.types import Column, HiveType
from sandbox.athena.storage.serdes import scalars
from sandbox.athena.storage.serdes.base import (
    Block,
    FatalLineError,
    Faults,
    schema_of,
    to_table,
)
from sandbox.athena.storage.serdes.lenient_json import InvalidJsonError, Raw, read_json

_FAST_KINDS = {"bigint", "int", "smallint", "tinyint", "double", "float", "string", "boolean"}
_OCTAL_DIGITS = "01234567"

Decoder = Callable[[object], object]


def record_lines(body: IO[bytes], uri: str) -> IO[bytes]:
    """The records of a CloudTrail log, `{"Records": [...]}`, one a line.

    Raises:
        FatalLineError: the file is not such a log.
    """
    try:
        records = json.loads(body.read())["Records"]
        return io.BytesIO(b"\n".join(json.dumps(record).encode() for record in records))
    except (ValueError, KeyError, TypeError) as error:
        raise FatalLineError(
            f"HIVE_CURSOR_ERROR: Failed to read file at {uri}: it is not a CloudTrail log"
        ) from error


class JsonSerde:
    """Reads one JSON object a line.

    Args:
        columns: the declared columns.
        properties: the SerDe's; used are ignore.malformed.json, case.insensitive, dots.in.keys
            and mapping.<column>.
        hive: Hive's own SerDe, which is strict, instead of OpenX's.
    """

    def __init__(
        self, columns: tuple[Column, ...], properties: Mapping[str, str], *, hive: bool = False
    ) -> None:
        self._columns = columns
        self._hive = hive
        self._ignore_malformed = not hive and _is_true(properties, "ignore.malformed.json")
        self._fold = hive or _is_true(properties, "case.insensitive", default="true")
        self._dots = not hive and _is_true(properties, "dots.in.keys")
        mappings = {
            name.removeprefix("mapping.").lower(): key
            for name, key in properties.items()
            if name.startswith("mapping.") and not hive
        }
        self._keys = [self._folded(mappings.get(column.name, column.name)) for column in columns]
        self._decoders = [self._decoder(column.type) for column in columns]
        self._fast = not self._dots and all(column.type.kind in _FAST_KINDS for column in columns)
        self._spellings: dict[str, str] = {}

    def decode(self, block: Block, faults: Faults) -> pa.Table:
        """Read a block of lines; see `LineSerde`."""
        if self._fast:
            table = self._decode_fast(block.data)
            if table is not None:
                return table
        rows: list[list[object]] = []
        for offset, line in enumerate(block.lines()):
            rows.append(self._row(line, block.first_line + offset, block.uri, faults))
        return to_table(self._columns, rows)

    def _folded(self, key: str) -> str:
        return key.lower() if self._fold else key

    # The fast way: Arrow's reader, taken only where its result can't differ from the careful way.

    def _decode_fast(self, data: bytes) -> pa.Table | None:
        lines = data.count(b"\n") + 1
        # A row that spans lines, or two on one, must not be taken for a row a line.
        if not data.startswith(b"{") or data.count(b"\n{") != lines - 1:
            return None
        self._learn_spellings(data[: data.find(b"\n") if b"\n" in data else len(data)])
        for _ in range(2):
            table = self._read_arrow(data)
            if table is None or table.num_rows != lines:
                return None
            unknown = [
                name
                for name in table.column_names
                if self._folded(name) in self._keys and name not in self._spellings.values()
            ]
            if not unknown:
                return self._conform(table)
            if any(self._folded(name) in self._spellings for name in unknown):
                return None
            self._spellings |= {self._folded(name): name for name in unknown}
        return None

    def _learn_spellings(self, first: bytes) -> None:
        try:
            keys = json.loads(first)
        except ValueError:
            return
        for key in keys if isinstance(keys, dict) else ():
            if self._folded(key) in self._keys:
                self._spellings.setdefault(self._folded(key), key)

    def _read_arrow(self, data: bytes) -> pa.Table | None:
        types = dict(zip(self._keys, (c.type.arrow() for c in self._columns), strict=True))
        schema = pa.schema([(name, types[key]) for key, name in self._spellings.items()])
        options = pj.ParseOptions(
            explicit_schema=schema, newlines_in_values=False, unexpected_field_behavior="infer"
        )
        try:
            return pj.read_json(
                io.BytesIO(data),
                read_options=pj.ReadOptions(use_threads=False, block_size=len(data) + 1),
                parse_options=options,
            )
        except pa.ArrowInvalid:
            return None

    def _conform(self, table: pa.Table) -> pa.Table:
        arrays: list[pa.ChunkedArray | pa.Array] = []
        for key, column in zip(self._keys, self._columns, strict=True):
            name = self._spellings.get(key)
            if name is not None and name in table.column_names:
                arrays.append(table.column(name))
            else:
                arrays.append(pa.nulls(table.num_rows, column.type.arrow()))
        if not arrays:
            return to_table((), [[]] * table.num_rows)
        return pa.Table.from_arrays(arrays, schema=schema_of(self._columns))

    # The careful way, line by line.

    def _row(self, line: str, number: int, uri: str, faults: Faults) -> list[object]:
        parsed = self._parse(line.strip(), number, uri)
        if parsed is None:
            return [None] * len(self._columns)
        if isinstance(parsed, list):
            values: list[object] = [*parsed, *([None] * len(self._columns))]
        else:
            found = {self._folded(key): value for key, value in parsed.items()}
            values = [self._lookup(found, key) for key in self._keys]
        row: list[object] = []
        for index, column in enumerate(self._columns):
            value = values[index]
            try:
                row.append(None if value is None else self._decoders[index](value))
            except (ValueError, OverflowError) as error:
                row.append(None)
                faults.columns.setdefault(
                    column.name,
                    f"HIVE_BAD_DATA: Error parsing field value '{_text(value)}' for field {index}: "
                    f"{error} (column {column.name}, file {uri}, line {number})",
                )
        return row

    def _parse(self, line: str, number: int, uri: str) -> dict[str, object] | list[object] | None:
        if not self._hive and not line.startswith(("{", "[")):
            return None
        try:
            parsed = self._strict(line) if self._hive else read_json(line)
        except InvalidJsonError as error:
            if self._ignore_malformed:
                return None
            raise FatalLineError(
                f"HIVE_CURSOR_ERROR: Failed to read file at {uri}: Row is not a valid JSON Object "
                f"- JSONException: {error} at {error.offset} "
                f"[character {error.offset + 1} line {number}]"
            ) from error
        return parsed if isinstance(parsed, dict | list) else None

    @staticmethod
    def _strict(line: str) -> object:
        try:
            parsed = _HIVE.decode(line)
        except json.JSONDecodeError as error:
            raise InvalidJsonError(error.msg, error.pos) from error
        except (ValueError, RecursionError) as error:
            raise InvalidJsonError(str(error), 0) from error
        if not isinstance(parsed, dict):
            raise InvalidJsonError("A JSONObject text must begin with '{'", 0)
        return parsed

    def _lookup(self, found: dict[str, object], key: str) -> object:
        if key in found or not self._dots:
            return found.get(key)
        for name, value in found.items():
            if "." in name and name.replace(".", "_") == key:
                return value
        return None

    def _decoder(self, kind: HiveType) -> Decoder:
        if kind.kind == "array":
            return self._array(self._decoder(kind.children[0]))
        if kind.kind == "map":
            return self._map(*(self._decoder(child) for child in kind.children))
        if kind.kind == "struct":
            return self._struct(kind)
        if kind.kind in {"string", "varchar", "char"}:
            length = kind.parameters[0] if kind.parameters else None
            return self._string(length)
        scalar = self._scalar(kind)

        def decode(value: object) -> object:
            if isinstance(value, dict | list):
                raise ValueError(f"a JSON object or array can not be coerced to {kind.athena()}")  # noqa: TRY004 - data
            if self._hive and not isinstance(value, bool | Raw) and kind.kind in _NUMBERS:
                raise ValueError(f'Current token (VALUE_STRING) not numeric: "{value}"')
            return scalar(_text(value))

        return decode

    def _scalar(self, kind: HiveType) -> Callable[[str], object]:
        if kind.kind == "boolean":
            return lambda text: text.lower() == "true"
        if kind.kind in {"tinyint", "smallint", "int", "bigint"}:
            return lambda text: scalars.check_range(_whole(text), kind.kind)
        if kind.kind in {"double", "float"}:
            return scalars.parse_float
        if kind.kind == "decimal":
            return lambda text: scalars.parse_decimal(text, kind)
        if kind.kind == "date":
            return scalars.parse_date
        if kind.kind == "timestamp":
            return scalars.parse_timestamp if self._hive else scalars.parse_openx_timestamp
        return lambda text: base64.b64decode(text, validate=True)

    def _string(self, length: int | None) -> Decoder:
        def decode(value: object) -> str:
            if isinstance(value, dict | list) and self._hive:
                raise ValueError("value must be a scalar json value")
            return _text(value)[:length]

        return decode

    @staticmethod
    def _array(element: Decoder) -> Decoder:
        def decode(value: object) -> object:
            if value == "" and not isinstance(value, Raw):
                return None
            items = value if isinstance(value, list) else [value]
            return [None if item is None else element(item) for item in items]

        return decode

    @staticmethod
    def _map(key: Decoder, item: Decoder) -> Decoder:
        def decode(value: object) -> object:
            if isinstance(value, str) and not value.strip():
                return None
            if not isinstance(value, dict):
                raise ValueError("Primitive can not be coerced to a MAP")  # noqa: TRY004 - data
            pairs = {key(name): None if v is None else item(v) for name, v in value.items()}
            return list(pairs.items())

        return decode

    def _struct(self, kind: HiveType) -> Decoder:
        decoders = [self._decoder(child) for child in kind.children]

        def decode(value: object) -> object:
            if isinstance(value, list):
                values: list[object] = [*value, *([None] * len(decoders))]
            elif isinstance(value, dict):
                found = {self._folded(name): item for name, item in value.items()}
                values = [self._lookup(found, name) for name in kind.names]
            elif isinstance(value, str) and not value.strip():
                values = [None] * len(decoders)
            else:
                raise ValueError("Primitive can not be coerced to a ROW")
            return {
                name: None if item is None else decoder(item)
                for name, item, decoder in zip(kind.names, values, decoders, strict=False)
            }

        return decode


_NUMBERS = {"tinyint", "smallint", "int", "bigint", "double", "float"}
_HIVE = json.JSONDecoder(parse_int=Raw, parse_float=Raw)


def _is_true(properties: Mapping[str, str], name: str, default: str = "false") -> bool:
    return properties.get(name, default).lower() == "true"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return _json(value)


def _json(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    if isinstance(value, Raw):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _whole(text: str) -> int:
    if text[:2].lower() == "0x":
        return int(text, 16)
    if len(text) > 1 and text[0] == "0" and text[1] in _OCTAL_DIGITS:
        return int(text[1:], 8)
    return scalars.truncate_decimal(text)

"""The two JSON SerDes: org.openx.data.jsonserde.JsonSerDe and Hive's own (hcatalog).

A blank line is a line: the OpenX SerDe reads it (as all that is neither object nor array) as a row
of NULLs, Hive's SerDe fails on it. Both as in Trino's readers, on which Athena is built.
"""

import base64
import io
import json
from collections.abc import Callable, Container, Iterable, Mapping
from copy import copy
from typing import IO, Self

import numpy as np
import pyarrow as pa

from sandbox.athena.hive.types import Column, HiveType
from sandbox.athena.storage.serdes import scalars, vectors
from sandbox.athena.storage.serdes.base import (
    Block,
    FatalLineError,
    Faults,
    LineSerde,
    schema_of,
    to_table,
)
from sandbox.athena.storage.serdes.json_vectors import JsonVectors
from sandbox.athena.storage.serdes.lenient_json import InvalidJsonError, Raw, as_text, read_json

_SMALL = 4 * vectors.SMALL
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


class JsonSerde(LineSerde):
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
        insensitive = hive or _is_true(properties, "case.insensitive", default="true")
        self._folded: Callable[[str], str] = str.lower if insensitive else str
        self._dots = not hive and _is_true(properties, "dots.in.keys")
        mappings = {
            name.removeprefix("mapping.").lower(): key
            for name, key in properties.items()
            if name.startswith("mapping.") and not hive
        }
        self._mappings = mappings
        self._keys = self._keys_of(column.name for column in columns)
        self._decoders = [self._decoder(column.type) for column in columns]
        root = HiveType("struct", (), tuple(c.type for c in columns), tuple(self._keys))
        whole = JsonVectors(root, hive=hive, fold=self._folded)
        plain = not self._dots and not any(_has_field(c.type, mappings) for c in columns)
        self._vectors = whole if whole.usable and plain else None

    def for_next_file(self) -> Self:
        """See `LineSerde`."""
        other = copy(self)
        other._vectors = self._vectors and self._vectors.for_next_file()  # noqa: SLF001 - of its own class
        return other

    def _keys_of(self, names: Iterable[str]) -> list[str]:
        # A mapping holds at every level.
        return [self._folded(self._mappings.get(name, name)) for name in names]

    def decode(self, block: Block, faults: Faults) -> pa.Table:
        """Read a block of lines; see `LineSerde`."""
        if self._vectors is None or len(block.data) <= _SMALL:
            return self.decode_carefully(block, faults)
        columns = self._vectors.decode_alike(block.text)
        if columns is not None:
            return pa.Table.from_arrays(columns, schema=schema_of(self._columns))
        lines = block.column()
        table, others = self._vectors.decode(lines)
        rows = [
            self._row(line, block.first_line + place, block.uri, faults)
            for line, place in zip(
                lines.take(pa.array(others)).to_pylist(), others.tolist(), strict=True
            )
        ]
        careful = to_table(self._columns, rows)
        arrays = [
            vectors.array_of(values).cast(column.type.arrow())
            for values, column in zip(table.columns, self._columns, strict=False)
        ]
        if not arrays:
            return careful
        read = pa.Table.from_arrays(arrays, schema=careful.schema)
        if not rows:
            return read
        order = np.insert(
            np.arange(len(read)),
            others - np.arange(len(others)),
            len(read) + np.arange(len(others)),
        )
        return pa.concat_tables([read, careful]).take(pa.array(order))

    def decode_carefully(self, block: Block, faults: Faults) -> pa.Table:
        """Read a block line by line."""
        rows = [
            self._row(line, block.first_line + place, block.uri, faults)
            for place, line in enumerate(block.lines())
        ]
        return to_table(self._columns, rows)

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
                    f"HIVE_BAD_DATA: Error parsing field value '{as_text(value)}' for field {index}: "
                    f"{error} (column {column.name}, file {uri}, line {number})",
                )
        return row

    def _parse(self, line: str, number: int, uri: str) -> dict[str, object] | list[object] | None:
        if not self._hive and not line.startswith(("{", "[")):
            return None
        try:
            parsed = self._strict(line) if self._hive else read_json(line, self._folded)
        except InvalidJsonError as error:
            if self._ignore_malformed:
                return None
            where = f"at line {number}"
            if error.offset is not None:
                where = f"at {error.offset} [character {error.offset + 1} line {number}]"
            raise FatalLineError(
                f"HIVE_CURSOR_ERROR: Failed to read file at {uri}: Row is not a valid JSON Object "
                f"- JSONException: {error} {where}"
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
            return scalar(as_text(value))

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
            # Half of a surrogate pair, which JSON can spell and UTF-8 cannot, is ? as in Java.
            return as_text(value).encode("utf-8", "replace").decode()[:length]

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
        keys = self._keys_of(kind.names)

        def decode(value: object) -> object:
            if isinstance(value, list):
                values: list[object] = [*value, *([None] * len(decoders))]
            elif isinstance(value, dict):
                found = {self._folded(name): item for name, item in value.items()}
                values = [self._lookup(found, key) for key in keys]
            elif isinstance(value, str) and not value.strip():
                values = [None] * len(decoders)
            else:
                raise ValueError("Primitive can not be coerced to a ROW")
            return {
                name: None if item is None else decoder(item)
                for name, item, decoder in zip(kind.names, values, decoders, strict=False)
            }

        return decode


def _has_field(kind: HiveType, names: Container[str]) -> bool:
    """Tell whether a struct anywhere in a type has a field of one of these names."""
    return any(name in names for name in kind.names) or any(
        _has_field(child, names) for child in kind.children
    )


_NUMBERS = {"tinyint", "smallint", "int", "bigint", "double", "float"}
_HIVE = json.JSONDecoder(parse_int=Raw, parse_float=Raw)


def _is_true(properties: Mapping[str, str], name: str, default: str = "false") -> bool:
    return properties.get(name, default).lower() == "true"


def _whole(text: str) -> int:
    if text[:2].lower() == "0x":
        return int(text, 16)
    if len(text) > 1 and text[0] == "0" and text[1] in _OCTAL_DIGITS:
        return int(text[1:], 8)
    return scalars.truncate_decimal(text)

"""Values as Athena writes them, in results and CSV files, and its column metadata."""

import datetime as dt
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_PRECISIONS = {
    "tinyint": 3,
    "smallint": 5,
    "integer": 10,
    "bigint": 19,
    "float": 17,
    "double": 17,
    "varchar": 2147483647,
    "varbinary": 1073741824,
    "timestamp": 3,
    "timestamp with time zone": 3,
}
# Java writes a double without an exponent in this range only.
_PLAIN_FROM, _PLAIN_TO = 1e-3, 1e7


@dataclass(frozen=True)
class ResultColumn:
    """One column of a result: its name and Athena's name of its type, such as `decimal`."""

    name: str
    type: str
    precision: int = 0
    scale: int = 0

    def info(self) -> dict[str, Any]:
        """Describe the column as ResultSetMetadata does."""
        return {
            "CatalogName": "hive",
            "SchemaName": "",
            "TableName": "",
            "Name": self.name,
            "Label": self.name,
            "Type": self.type,
            "Precision": self.precision,
            "Scale": self.scale,
            "Nullable": "UNKNOWN",
            "CaseSensitive": self.type in {"varchar", "char"},
        }


_SIMPLE = {
    "TINYINT": "tinyint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "HUGEINT": "bigint",
    "UBIGINT": "bigint",
    "UINTEGER": "bigint",
    "USMALLINT": "integer",
    "UTINYINT": "smallint",
    "UHUGEINT": "bigint",
    "FLOAT": "float",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "VARCHAR": "varchar",
    "BLOB": "varbinary",
    "DATE": "date",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "JSON": "json",
    "UUID": "uuid",
    "INTERVAL": "interval day to second",
    '"NULL"': "unknown",
    "NULL": "unknown",
}


def result_column(name: str, duckdb_type: str) -> ResultColumn:
    """Describe a column of DuckDB's as Athena would."""
    decimal = re.fullmatch(r"DECIMAL\((\d+), ?(\d+)\)", duckdb_type)
    if decimal:
        return ResultColumn(name, "decimal", int(decimal[1]), int(decimal[2]))
    kind = _SIMPLE.get(duckdb_type)
    if kind is None:
        kind = "varchar"
        if duckdb_type.endswith("]"):
            kind = "array"
        elif duckdb_type.startswith("MAP("):
            kind = "map"
        elif duckdb_type.startswith(("STRUCT(", "TUPLE(")):
            kind = "row"
    return ResultColumn(name, kind, _PRECISIONS.get(kind, 0))


def athena_type(duckdb_type: str) -> str:
    """Name a DuckDB type as Athena's SQL does, nested ones whole: `array(integer)`."""
    if duckdb_type.endswith("[]"):
        return f"array({athena_type(duckdb_type[:-2])})"
    nested = re.fullmatch(r"(MAP|STRUCT|TUPLE)\((.*)\)", duckdb_type, re.DOTALL)
    if nested is None:
        column = result_column("", duckdb_type)
        if column.type == "decimal":
            return f"decimal({column.precision},{column.scale})"
        renamed = {
            "float": "real",
            "timestamp": "timestamp(3)",
            "timestamp with time zone": "timestamp(3) with time zone",
        }
        return renamed.get(column.type, column.type)
    parts = split_top_level(nested[2])
    if nested[1] == "MAP":
        return f"map({', '.join(athena_type(part) for part in parts)})"
    if nested[1] == "TUPLE":
        named = (f"field{index} {athena_type(part)}" for index, part in enumerate(parts))
        return f"row({', '.join(named)})"
    fields = []
    for part in parts:
        field = re.match(r'("(?:[^"]|"")*"|\S+)\s+(.*)', part, re.DOTALL)
        if field is None:
            fields.append(athena_type(part))
        else:
            fields.append(f"{field[1].strip(chr(34))} {athena_type(field[2])}")
    return f"row({', '.join(fields)})"


def split_top_level(text: str) -> list[str]:
    """Split at the commas that stand in no bracket."""
    parts, depth = [""], 0
    for char in text:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]


def writer_of(athena: str) -> Callable[[Any], str]:
    """Give the function that writes values of an Athena type; NULL is not among them."""
    base = athena.partition("(")[0]
    if base in {"tinyint", "smallint", "integer", "bigint"}:
        return lambda value: str(int(value))
    if base == "boolean":
        return lambda value: "true" if value else "false"
    if base in {"real", "double"}:
        return lambda value: java_double(value, single=base == "real")
    if base == "decimal":
        return lambda value: format(value, "f")
    if base == "timestamp":
        zone = " UTC" if athena.endswith("zone") else ""
        return lambda value: _timestamp(value) + zone
    if base == "varbinary":
        return lambda value: str(value.hex(" "))
    if base == "json":
        return _compact_json
    if base.startswith("interval"):
        return _interval
    if base in {"array", "map", "row"}:
        return _nested_writer(base, split_top_level(athena[len(base) + 1 : -1]))
    return str


def _nested_writer(base: str, parts: list[str]) -> Callable[[Any], str]:
    if base == "row":
        fields = [part.partition(" ") for part in parts]
        writers = [(name, _or_null(writer_of(kind))) for name, _, kind in fields]

        def write_row(value: dict[str, Any]) -> str:
            pairs = zip(writers, value.values(), strict=True)
            return "{" + ", ".join(f"{name}={write(v)}" for (name, write), v in pairs) + "}"

        return write_row
    if base == "map":
        key, item = (_or_null(writer_of(part)) for part in parts)
        # Arrow gives a map as pairs.
        return lambda value: "{" + ", ".join(f"{key(k)}={item(v)}" for k, v in value) + "}"
    element = _or_null(writer_of(parts[0]))
    return lambda value: "[" + ", ".join(map(element, value)) + "]"


def _or_null(write: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: "null" if value is None else write(value)


def java_double(value: float, *, single: bool = False) -> str:
    """Write a number as Java's Double.toString (Float.toString if `single`) does."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    digits = _shortest_single(value) if single else repr(float(value))
    number = Decimal(digits)
    if number == 0:
        return "-0.0" if math.copysign(1, value) < 0 else "0.0"
    if _PLAIN_FROM <= abs(value) < _PLAIN_TO:
        plain = format(number, "f")
        return plain if "." in plain else f"{plain}.0"
    sign, coefficient, _ = number.as_tuple()
    figures = "".join(map(str, coefficient)).rstrip("0") or "0"
    mantissa = f"{figures[0]}.{figures[1:] or '0'}"
    return f"{'-' if sign else ''}{mantissa}E{number.adjusted()}"


def _shortest_single(value: float) -> str:
    import numpy as np  # noqa: PLC0415 - only for REAL columns

    return str(np.format_float_scientific(np.float32(value), unique=True))


def _timestamp(value: dt.datetime) -> str:
    if value.tzinfo is not None:
        value = value.astimezone(dt.UTC)
    return value.strftime("%Y-%m-%d %H:%M:%S.") + f"{value.microsecond // 1000:03d}"


def _compact_json(value: Any) -> str:
    try:
        return json.dumps(json.loads(value), separators=(",", ":"), ensure_ascii=False)
    except ValueError:
        return str(value)


def _interval(value: Any) -> str:
    seconds, nanos = divmod(value.nanoseconds, 1_000_000_000)
    days, seconds = value.days + seconds // 86_400, seconds % 86_400
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{days} {clock}.{nanos // 1_000_000:03d}"

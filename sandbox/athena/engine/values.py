"""Values as Athena writes them, in results and CSV files."""

import datetime as dt
import json
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sandbox.athena.hive.types import split_top_level

# Java writes a double without an exponent in this range only.
_PLAIN_FROM, _PLAIN_TO = 1e-3, 1e7


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

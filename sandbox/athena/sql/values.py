"""Values as Athena writes them, in results and CSV files."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from sandbox.athena.hive.types import split_top_level
from sandbox.athena.numbers import java_double
from sandbox.athena.sql.types import digits_of, row_fields, zone_of


def writer_of(athena: str) -> Callable[[Any], str]:
    """Give the function that writes values of an Athena type; NULL is not among them."""
    base = athena.partition("(")[0].partition(" ")[0]
    if base in {"array", "map", "row"}:
        return _nested_writer(base, split_top_level(athena[len(base) + 1 : -1]))
    if base in {"time", "timestamp"}:
        return _time_writer(athena)
    return _WRITERS.get(base, str)


def _time_writer(athena: str) -> Callable[[Any], str]:
    """Writes times with as many digits of the second as the type has."""
    digits = digits_of(athena)
    end = 6 - digits if digits else 7
    zeros = "0" * (digits - 6)
    zone = f" {zone_of(athena) or 'UTC'}" if "zone" in athena else ""

    def write_time(value: dt.time) -> str:
        return value.isoformat("microseconds")[: 15 - end] + zeros + ("+00:00" if zone else "")

    def write_timestamp(value: dt.datetime) -> str:
        if value.tzinfo is not None:
            value = value.astimezone(dt.UTC).replace(tzinfo=None)
        return value.isoformat(" ", "microseconds")[: 26 - end] + zeros + zone

    return write_timestamp if athena.startswith("timestamp") else write_time


def _nested_writer(base: str, parts: list[str]) -> Callable[[Any], str]:
    if base == "row":
        writers = [
            (name or f"field{index}", _or_null(writer_of(kind)))
            for index, (name, kind) in enumerate(row_fields(f"row({', '.join(parts)})"))
        ]

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


def canonical_json(text: str, *, is_sorted: bool = False) -> str:
    """JSON without blanks and with numbers as Java writes them; `is_sorted` by the objects' keys."""
    try:
        return _json(json.loads(text, object_pairs_hook=_Pairs), is_sorted=is_sorted)
    except ValueError:
        return text


class _Pairs(list[tuple[str, Any]]):
    """The members of an object; a row whose fields have no names gives several of one name."""


def _json(value: Any, *, is_sorted: bool) -> str:
    if isinstance(value, _Pairs):
        items = list(value)
        if is_sorted:
            items = list(dict(items).items())  # the last of a name
            items.sort(key=lambda item: item[0].encode("utf-16-be"))
        pairs = (
            f"{_json(key, is_sorted=False)}:{_json(v, is_sorted=is_sorted)}" for key, v in items
        )
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_json(item, is_sorted=is_sorted) for item in value) + "]"
    if isinstance(value, float):
        return java_double(value)
    return json.dumps(value, ensure_ascii=False)


def _interval(value: Any) -> str:
    if value.months:
        years, months = divmod(abs(value.months), 12)
        return f"{'-' if value.months < 0 else ''}{years}-{months}"
    total = value.days * 86_400_000 + value.nanoseconds // 1_000_000
    days, rest = divmod(abs(total), 86_400_000)
    seconds, millis = divmod(rest, 1000)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{'-' if total < 0 else ''}{days} {clock}.{millis:03d}"


_WRITERS: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), lambda value: str(int(value))),
    "boolean": lambda value: "true" if value else "false",
    "real": lambda value: java_double(value, single=True),
    "double": java_double,
    "decimal": lambda value: format(value, "f"),
    "varbinary": lambda value: str(value.hex(" ")),
    "json": canonical_json,
    "interval": _interval,
}

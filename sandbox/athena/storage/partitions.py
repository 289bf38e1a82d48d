"""Which partitions a query reads: what their keys say, and those that are only projected.

Partition projection is partitions that table properties describe and no catalog lists.

Athena works out every partition that the ranges allow and looks at each one's location. The same
partitions are found here from the other end, by matching the folders that hold data with the
ranges, however long these are.

Source: https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
"""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa

from sandbox.athena.errors import QueryError
from sandbox.athena.hive.catalog import Partition, Table
from sandbox.athena.hive.types import HiveType
from sandbox.athena.storage.objects import ObjectStore
from sandbox.athena.storage.serdes import scalars

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
# A step of each unit: in months, or as a time of fixed length.
_MONTHS = {"years": 12, "months": 1}
_TIMES = {
    unit: dt.timedelta(**{unit: 1}) for unit in ("weeks", "days", "hours", "minutes", "seconds")
}
_UNITS = (*_MONTHS, *_TIMES)
_NOW = re.compile(
    rf"NOW\s*(?:([+-])\s*(\d+)\s*({'|'.join(unit[:-1] for unit in _UNITS)})S?)?", re.IGNORECASE
)
# Letters of Java's DateTimeFormatter, longest first: what they match, and strptime's word.
_DATE_PARTS = {
    "yyyy": (r"\d{4}", "%Y"),
    "uuuu": (r"\d{4}", "%Y"),
    "yy": (r"\d{2}", "%y"),
    "MM": (r"\d{2}", "%m"),
    "dd": (r"\d{2}", "%d"),
    "DDD": (r"\d{3}", "%j"),
    "HH": (r"\d{2}", "%H"),
    "mm": (r"\d{2}", "%M"),
    "ss": (r"\d{2}", "%S"),
}
_DATE_PART = re.compile(rf"'([^']*)'|({'|'.join(_DATE_PARTS)})|([A-Za-z]+)|(.)", re.DOTALL)
# What one step of a date is when projection.<column>.interval.unit does not say, finest first.
_FINEST = (("%S", "seconds"), ("%M", "minutes"), ("%H", "hours"), ("%d", "days"), ("%j", "days"))


@dataclass(frozen=True)
class _Projected:
    """The values of one partition key: the pattern of their text, and which of them there are."""

    pattern: str
    allows: Callable[[str], bool] = lambda _: True


def is_projected(table: Table) -> bool:
    """Whether the table's partitions are projected; those of the catalog do not count then."""
    return table.parameters.get("projection.enabled", "").strip().lower() == "true"


def projected_partitions(
    table: Table, store: ObjectStore, condition: str | None
) -> list[Partition]:
    """List the projected partitions that hold data.

    Args:
        table: one with projection.enabled.
        store: where its objects are.
        condition: what the query asks of the partition keys, as SQL.

    Raises:
        QueryError: a property is missing or wrong, or an injected key is not asked for.
    """
    keys = {
        key.name: _key(table, key.name, condition or "", _properties(table, key.name))
        for key in table.partition_keys
    }
    template = table.parameters.get("storage.location.template", "").strip()
    if not template:
        folder = table.storage.location.rstrip("/")
        template = "/".join([folder, *(f"{name}=${{{name}}}" for name in keys)])
    template = template.rstrip("/")
    where = re.compile(_location_pattern(table, template, keys))
    start = template.partition("${")[0].rpartition("/")[0]
    found: dict[tuple[str, ...], str] = {}
    for item in store.list_objects(start):
        match = where.match(item.uri)
        if match is None:
            continue
        values = tuple(match[f"key{number}"] for number in range(len(keys)))
        if all(key.allows(text) for key, text in zip(keys.values(), values, strict=True)):
            found.setdefault(values, match[0])
    return [
        Partition(values, replace(table.storage, location=location))
        for values, location in found.items()
    ]


def _properties(table: Table, key: str) -> dict[str, str]:
    prefix = f"projection.{key}."
    return {
        name.lower().removeprefix(prefix): value.strip()
        for name, value in table.parameters.items()
        if name.lower().startswith(prefix)
    }


def _location_pattern(table: Table, template: str, keys: Mapping[str, _Projected]) -> str:
    """A pattern of a partition's folder, with each key's text in a group `key<its number>`."""
    groups = {name: f"key{number}" for number, name in enumerate(keys)}
    seen: set[str] = set()
    pattern = ""
    for index, text in enumerate(_PLACEHOLDER.split(template)):
        name = text.lower()
        if index % 2 == 0:
            pattern += re.escape(text)
        elif name not in keys:
            raise _invalid(
                table, f"'{text}' of storage.location.template is not a partition column"
            )
        elif name in seen:
            pattern += f"(?P={groups[name]})"
        else:
            pattern += f"(?P<{groups[name]}>{keys[name].pattern})"
            seen.add(name)
    if missing := [name for name in keys if name not in seen]:
        raise _invalid(table, f"storage.location.template has no ${{{missing[0]}}}")
    return f"{pattern}/"


def _key(table: Table, key: str, condition: str, given: Mapping[str, str]) -> _Projected:
    kind = given.get("type", "").lower()
    if kind == "injected":
        if not re.search(rf"\b{re.escape(key)}\b", condition):
            raise QueryError(
                "CONSTRAINT_VIOLATION",
                f"For the injected projected partition column {key}, the WHERE clause must "
                "contain only static equality conditions, and at least one such condition must "
                "be present.",
            )
        return _Projected("[^/]+")
    needed = {"enum": "values", "integer": "range", "date": "range"}.get(kind)
    if needed is None:
        raise _invalid(
            table,
            f"projection.{key}.type is '{kind}', not enum, integer, date or injected"
            if kind
            else f"the partition column {key} has no projection.{key}.type",
        )
    if not given.get(needed) or (kind == "date" and not given.get("format")):
        missing = needed if not given.get(needed) else "format"
        raise _invalid(table, f"projection.{key}.{missing} is missing")
    try:
        return {"enum": _enum, "integer": _integer, "date": _date}[kind](given)
    except (ValueError, OverflowError) as error:
        raise _invalid(table, f"projection.{key}: {error}") from error


def _enum(given: Mapping[str, str]) -> _Projected:
    values = sorted((value.strip() for value in given["values"].split(",")), key=len, reverse=True)
    return _Projected("|".join(map(re.escape, values)))


def _integer(given: Mapping[str, str]) -> _Projected:
    first, last = (int(text) for text in _range(given))
    step = int(given.get("interval", "1"))
    digits = int(given.get("digits", "0"))

    def allows(text: str) -> bool:
        value = int(text)
        shown = f"{value:0{digits}d}" if digits else str(value)
        return first <= value <= last and (value - first) % step == 0 and shown == text

    return _Projected(r"-?\d+", allows)


def _date(given: Mapping[str, str]) -> _Projected:
    pattern, form = _date_format(given["format"])
    first, last = (_instant(text, form) for text in _range(given))
    first = _parsed(first.strftime(form), form)  # NOW-1DAYS is all of that day
    finest = next((unit for sign, unit in _FINEST if sign in form), "months")
    step = int(given.get("interval", "1"))
    unit = f"{given.get('interval.unit', finest).lower().rstrip('s')}s"
    if unit not in _UNITS:
        raise ValueError(f"the unit {unit!r} is not known")

    def allows(text: str) -> bool:
        try:
            value = _parsed(text, form)
        except ValueError:
            return False
        return first <= value <= last and _is_step(first, value, step, unit)

    return _Projected(pattern, allows)


def _range(given: Mapping[str, str]) -> tuple[str, str]:
    first, comma, last = given["range"].partition(",")
    if not comma:
        raise ValueError(f"the range {given['range']!r} is not two values with a comma between")
    return first.strip(), last.strip()


def _date_format(java: str) -> tuple[str, str]:
    """A pattern that the text matches, and strptime's format."""
    pattern = form = ""
    for literal, part, unknown, other in _DATE_PART.findall(java):
        if unknown:
            raise ValueError(f"the embedded Athena doesn't know {unknown!r} in a date's format")
        matched, word = _DATE_PARTS.get(part, (re.escape(literal or other), literal or other))
        pattern += matched
        form += word
    return pattern, form


def _parsed(text: str, form: str) -> dt.datetime:
    return dt.datetime.strptime(text, form)  # noqa: DTZ007 -- all of Athena's times are UTC


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def _instant(text: str, form: str) -> dt.datetime:
    """One end of a range: a date in the column's format, or NOW with some time added."""
    match = _NOW.fullmatch(text)
    if match is None:
        return _parsed(text, form)
    now = _now()
    if match[1] is None:
        return now
    amount = int(f"{match[1]}{match[2]}")
    unit = f"{match[3].lower()}s"
    if unit in _TIMES:
        return now + amount * _TIMES[unit]
    year, month = divmod(now.year * 12 + now.month - 1 + amount * _MONTHS[unit], 12)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)


def _is_step(first: dt.datetime, value: dt.datetime, step: int, unit: str) -> bool:
    if unit in _TIMES:
        return not (value - first) % (step * _TIMES[unit])
    months = (value.year - first.year) * 12 + value.month - first.month
    same = value.replace(year=first.year, month=first.month, day=first.day) == first
    return months % (step * _MONTHS[unit]) == 0 and same and value.day == first.day


def _invalid(table: Table, what: str) -> QueryError:
    return QueryError(
        "HIVE_INVALID_METADATA",
        f"Table {table.database}.{table.name} is configured for partition projection, but {what}",
    )


def pruned(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    partitions: list[Partition],
    condition: str | None,
) -> list[Partition]:
    """The partitions whose keys fulfil a condition in DuckDB's SQL; all without one."""
    if condition is None or not partitions:
        return partitions
    keys = key_columns(table, [partition.values for partition in partitions])
    keys["__index"] = pa.array(range(len(partitions)))
    connection.register("__partitions", pa.table(keys))
    try:
        connection.execute(f"FROM __partitions SELECT __index WHERE {condition}")
        return [partitions[index] for (index,) in sorted(connection.fetchall())]
    except duckdb.Error:
        return partitions  # the query itself will tell what is wrong
    finally:
        connection.unregister("__partitions")


def key_columns(table: Table, values: list[tuple[str, ...]]) -> dict[str, pa.Array]:
    """The partition keys as typed columns, one row for each of the values' texts."""
    return {
        key.name: pa.array(
            [_partition_value(value[index], key.type, key.name) for value in values],
            type=key.type.arrow(),
        )
        for index, key in enumerate(table.partition_keys)
    }


def _partition_value(text: str, kind: HiveType, name: str) -> object:
    if text == "__HIVE_DEFAULT_PARTITION__":
        return None
    try:
        if kind.kind in {"tinyint", "smallint", "int", "bigint"}:
            return scalars.parse_integer(text, kind.kind)
        if kind.kind == "date":
            return scalars.parse_date(text)
        if kind.kind == "timestamp":
            return scalars.parse_timestamp(text)
        if kind.kind in {"double", "float"}:
            return scalars.parse_float(text)
        if kind.kind == "decimal":
            return scalars.parse_decimal(text, kind)
        if kind.kind == "boolean":
            return text.lower() == "true"
        if kind.kind == "char":
            return text.rstrip(" ")  # as CHAR columns are held
    except ValueError as error:
        raise QueryError(
            "HIVE_INVALID_PARTITION_VALUE",
            f"Invalid partition value '{text}' for {kind.athena()} partition key: {name}",
        ) from error
    return text

"""Athena's SQL types by name, and the few rules of theirs that differ from DuckDB's."""

import re
import zoneinfo
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

from sqlglot import exp

from sandbox.athena.errors import QueryError, bad_argument
from sandbox.athena.hive.types import HiveType, parse_hive_type, split_top_level

DAY_TO_SECOND = "interval day to second"
YEAR_TO_MONTH = "interval year to month"
INTEGERS = ("tinyint", "smallint", "integer", "bigint")
_DECIMAL_DIGITS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}
_MAX_PRECISION = 38
_LONGEST_CHAR = 65536


def decimal_of(kind: str | None) -> tuple[int, int] | None:
    """Give (precision, scale) of a decimal or integer type, else None."""
    if kind in _DECIMAL_DIGITS:
        return _DECIMAL_DIGITS[kind], 0
    match = re.fullmatch(r"decimal\((\d+),\s*(\d+)\)", kind or "")
    return (int(match[1]), int(match[2])) if match else None


def is_decimal(kind: str | None) -> bool:
    """Tell a decimal type."""
    return kind is not None and kind.startswith("decimal")


def family(kind: str | None) -> str | None:
    """Name what a type compares with; None where nothing is known."""
    if kind is None or kind == "unknown":
        return None
    base = kind.split("(")[0].split(" ")[0]
    if base in {*INTEGERS, "decimal", "double", "real"}:
        return "number"
    if base in {"varchar", "char"}:
        return "text"
    # A date and a timestamp compare; so do all timestamps.
    if base in {"date", "timestamp"}:
        return "time"
    if base == "time":
        return "clock"
    if base in {"boolean", "varbinary", "json", "interval", "uuid", "ipaddress", "ipprefix"}:
        return base
    return None


def of_digits(text: str) -> str:
    """Name the decimal type of a literal, `1.50` or `-1.50`."""
    whole, _, fraction = text.strip().lstrip("+-").partition(".")
    digits = len(whole.lstrip("0")) + len(fraction)
    return f"decimal({max(digits, 1)},{len(fraction)})"


def arithmetic(operator: str, left: str | None, right: str | None) -> str | None:
    """Tell the type of `left operator right`; None where it isn't known."""
    if left is None or right is None:
        return None
    families = {family(left), family(right)}
    if "interval" in families and families & {"time", "clock"}:
        time, span = (left, right) if family(right) == "interval" else (right, left)
        if span == YEAR_TO_MONTH or time == "date":
            return time
        return with_digits(time, max(digits_of(time), MILLISECONDS))
    if families in ({"time"}, {"clock"}):
        return DAY_TO_SECOND
    if "interval" in families:
        return left if family(left) == "interval" else right
    if families != {"number"}:
        return None
    if "double" in {left, right}:
        return "double"
    if "real" in {left, right}:
        return "real"
    if left in INTEGERS and right in INTEGERS:
        return max(left, right, key=INTEGERS.index)
    return _decimal_result(operator, left, right)


def _decimal_result(operator: str, left: str, right: str) -> str | None:
    first, second = decimal_of(left), decimal_of(right)
    if first is None or second is None:
        return None
    (p1, s1), (p2, s2) = first, second
    if operator == "*":
        precision, scale = p1 + p2, s1 + s2
    elif operator == "/":
        precision, scale = p1 + s2 + max(0, s2 - s1), max(s1, s2)
    elif operator == "%":
        precision, scale = min(p2 - s2, p1 - s1) + max(s1, s2), max(s1, s2)
    else:
        scale = max(s1, s2)
        precision = max(p1 - s1, p2 - s2) + scale + 1
    return f"decimal({min(_MAX_PRECISION, precision)},{scale})"


def common(kinds: list[str | None]) -> str | None:
    """Tell the type that all of these are coerced to; None where there is none or it isn't known.

    Raises:
        QueryError: they are instants shown in several zones, or rows whose fields are named
            differently.
    """
    _check_form(kinds)
    known = [kind for kind in kinds if kind != "unknown"]
    if not known:
        return "unknown"
    result = known[0]
    for kind in known[1:]:
        if result is None or kind is None:
            return None
        if kind != result:
            result = _common_of_two(result, kind)
    return result


def _common_of_two(one: str, other: str) -> str | None:
    families = family(one), family(other)
    if families == ("number", "number"):
        exact = [known for known in map(decimal_of, (one, other)) if known]
        if len(exact) == 2 and (is_decimal(one) or is_decimal(other)):  # noqa: PLR2004 - both
            scale = max(s for _, s in exact)
            precision = max(p - s for p, s in exact) + scale
            return f"decimal({min(precision, _MAX_PRECISION)},{scale})"
        return arithmetic("+", one, other)
    if families == ("text", "text"):
        lengths = [int(kind[8:-1]) for kind in (one, other) if kind.startswith("varchar(")]
        return f"varchar({max(lengths)})" if len(lengths) == 2 else "varchar"  # noqa: PLR2004 - both
    if families in {("time", "time"), ("clock", "clock")}:
        return _common_of_times(one, other)
    base = one.partition("(")[0]
    if base in {"array", "map"} and other.startswith(f"{base}("):
        items = [common([*pair]) for pair in zip(parts_of(one), parts_of(other), strict=True)]
        return f"{base}({', '.join(map(str, items))})" if all(items) else None
    fields, others = row_fields(one), row_fields(other)
    if not fields or len(fields) != len(others):
        return None
    parts = []
    for (name, part), (other_name, other_part) in zip(fields, others, strict=True):
        inner, name = common([part, other_part]), name or other_name  # noqa: PLW2901 - either's
        if inner is None:
            return None
        parts.append(f"{quoted_field(name)} {inner}" if name else inner)
    return f"row({', '.join(parts)})"


def _common_of_times(one: str, other: str) -> str:
    kind = TIMESTAMP if family(one) == "time" else "time(3)"
    if "zone" in one + other:
        zone = zone_of(one) or zone_of(other)
        kind += f" with time zone{'/' * bool(zone)}{zone}"
    return with_digits(kind, max(map(digits_of, (one, other))))


def of_rows(values: Iterable[str | None]) -> str | None:
    """Tell the type of a column of VALUES: as `common`, but instants in several zones are some.

    Raises:
        QueryError: they are rows whose fields are named differently.
    """
    kinds = list(values)
    if all(kind == "unknown" or is_zoned(kind) for kind in kinds):
        known = [kind for kind in kinds if kind != "unknown"]
        if len(set(map(zone_of, known))) > 1:
            return with_digits(f"{ZONED}/{UNSHOWN}", max(map(digits_of, known)))
    check_alike(kinds)
    return common(kinds)


def check_alike(kinds: Iterable[str | None]) -> None:
    """Refuse to bring together what has no common type, or is of none in DuckDB.

    Raises:
        QueryError: two of the types have no common one. Or two have, be it in arrays or maps,
            instants that are shown in several zones, or rows whose fields are named differently:
            Athena goes by their places.
    """
    known = list(kinds)
    for one, other in _each_with_each(known):
        if not compatible(one, other):
            raise QueryError(
                "TYPE_MISMATCH",
                f"Cannot find common type between {without_zone(one)} and {without_zone(other)}",
            )
    _check_form(known)


def _check_form(kinds: Iterable[str | None]) -> None:
    known = [kind for kind in kinds if kind != "unknown"]
    zones = {tuple(_TIMES.findall(kind or "")) for kind in known}
    if len(zones) > 1 and any(map(any, zones)):
        raise zones_by_row()
    # A row without names is like any other.
    for one, other in _each_with_each(kind for kind in known if kind and "row(" in kind):
        if not _are_named_alike(one, other):
            raise QueryError(
                "NOT_SUPPORTED",
                "The embedded Athena does not bring rows together whose fields are named "
                f"differently: cast {other} to {one}",
            )


def _each_with_each(kinds: Iterable[str | None]) -> Iterator[tuple[str, str]]:
    # Types that differ in their digits alone, as thousands of rows of VALUES do, count as one.
    first: dict[str, str] = {}
    for kind in filter(None, kinds):
        first.setdefault(_DIGITS.sub("", kind), kind)
    return combinations(first.values(), 2)


def compatible(one: str | None, other: str | None) -> bool:
    """Tell whether two types have a common one, as far as they are known."""
    if None in {one, other} or "unknown" in {one, other} or one == other:
        return True
    bases = [str(kind).partition("(")[0] for kind in (one, other)]
    if {"array", "map", "row"} & set(bases):
        parts, others = (row_types(kind) or _inner_types(str(kind)) for kind in (one, other))
        same = bases[0] == bases[1] and len(parts) == len(others)
        return same and all(map(compatible, parts, others))
    families = {family(one), family(other)}
    return None in families or (len(families) == 1 and families != {"interval"})


def _are_named_alike(one: str, other: str) -> bool:
    names, others = row_fields(one), row_fields(other)
    if any(
        a and b and a.lower() != b.lower() for (a, _), (b, _) in zip(names, others, strict=False)
    ):
        return False
    parts, other_parts = (row_types(kind) or _inner_types(kind) for kind in (one, other))
    return all(map(_are_named_alike, parts, other_parts))


def _inner_types(kind: str) -> list[str]:
    return parts_of(kind) if kind.startswith(("array(", "map(")) else []


_DATA_TYPES = {
    "INT": "integer",
    "FLOAT": "real",
    "TEXT": "varchar",
    "TIMESTAMPTZ": "timestamp(3) with time zone",
    "TIMESTAMP": "timestamp(3)",
    "TIMESTAMPNTZ": "timestamp(3)",
    "TIME": "time(3)",
    "TIMETZ": "time(3) with time zone",
}


def is_orderable(kind: str | None) -> bool:
    """Tell whether values of this type have an order: maps and JSON have none, nor what holds them."""
    return not re.search(r"\bmap\(|\bjson(?=[,)]|$)", kind or "")


def is_condition(kind: str | None) -> bool:
    """Tell whether a value of this type, as far as it is known, may stand for true or false."""
    return kind in {None, "boolean", "unknown"}


def of_data_type(kind: exp.DataType) -> str | None:
    """Name a type as written in a CAST.

    Raises:
        QueryError: it has more digits or characters than Trino's types, in Trino's words, or there
            is no such type.
    """
    if isinstance(kind.this, str) or kind.this is None:
        return None
    name = str(kind.this.name)
    parts = kind.expressions
    if name == "USERDEFINED":
        return str(kind.args.get("kind") or "").lower() or None
    if name == "DECIMAL":
        return _decimal(*_sizes(kind, 2))
    if name in {"VARCHAR", "CHAR"} and parts:
        (length,) = _sizes(kind, 1)
        if name == "CHAR" and length > _LONGEST_CHAR:
            raise bad_argument(f"CHAR length must be in range [0, {_LONGEST_CHAR}], got {length}")
        return f"{name.lower()}({length})"
    if name == "CHAR":
        return "char(1)"
    if name in {"ARRAY", "MAP"}:
        inner = [of_data_type(part) for part in parts]
        return f"{name.lower()}({', '.join(map(str, inner))})" if inner and all(inner) else None
    if name == "STRUCT":
        fields = [_field(part) for part in parts]
        return f"row({', '.join(map(str, fields))})" if fields and all(fields) else None
    known = _DATA_TYPES.get(name, name.lower())
    if family(known) in {"time", "clock"} and parts:
        return with_digits(known, *_sizes(kind, 1))
    return known


def _sizes(kind: exp.DataType, most: int) -> list[int]:
    """The numbers in the brackets of a type that takes so many at most."""
    texts = [part.name for part in kind.expressions]
    if len(texts) > most or not all(text.isdecimal() for text in texts):
        raise QueryError("TYPE_NOT_FOUND", f"Unknown type: {kind.sql(dialect='trino').lower()}")
    return [int(text) for text in texts]


def _decimal(precision: int = _MAX_PRECISION, scale: int = 0) -> str:
    if not 1 <= precision <= _MAX_PRECISION:
        raise bad_argument(f"DECIMAL precision must be in range [1, {_MAX_PRECISION}]: {precision}")
    if scale > precision:
        raise bad_argument(f"DECIMAL scale must be in range [0, precision ({precision})]: {scale}")
    return f"decimal({precision},{scale})"


def _field(part: exp.Expr) -> str | None:
    if isinstance(part, exp.ColumnDef):
        kind = of_data_type(part.args["kind"]) if part.args.get("kind") else None
        return f"{quoted_field(part.name)} {kind}" if kind else None
    return of_data_type(part) if isinstance(part, exp.DataType) else None


def quoted_field(name: str) -> str:
    """The name of a row's field as a type spells it."""
    return name if re.fullmatch(r"\w+", name) else f'"{name}"'


TIMESTAMP = "timestamp(3)"
ZONED = "timestamp(3) with time zone"
MILLISECONDS = 3  # digits of the second of all times whose type does not say how many
MICROSECONDS = 6  # the most that DuckDB holds
_FINEST = 12  # the most that Trino's types have
ZONES_BY_ROW = "The embedded Athena has no values whose time zones differ by row"
BY_ROW = "*"  # instants in zones that differ by row, held as local times: no zone is known of them
UNSHOWN = "?"  # the same held as instants: what depends on their zones is refused
_TIMES = re.compile(r"timestamp\(\d+\)(?: with time zone(?:/([^,)]+))?)?")  # and their zones
_ZONE = re.compile(r"(?<= with time zone)/[^,)]+")
_DIGITS = re.compile(r"(?<=char|imal)\([\d,]+\)")  # of varchar, char and decimal
_UTC = {"UTC", "GMT", "ETC/UTC", "Z", "+00:00", "-00:00"}
_FURTHEST = 14 * 60  # minutes that a zone is away from UTC
_OFFSET = re.compile(r"([+-])(\d{1,2})(?::?(\d\d))?")


def digits_of(kind: str | None) -> int:
    """How many digits of the second a time has: `timestamp(6)` has six, a date none."""
    found = re.match(r"time(?:stamp)?\((\d+)\)", kind or "")
    return int(found[1]) if found else 0 if kind == "date" else MILLISECONDS


def with_digits(kind: str, digits: int) -> str:
    """The type of a time with so many digits of the second.

    Raises:
        QueryError: Trino has no type with so many.
    """
    if digits > _FINEST:
        name = re.sub(r"\(\d+\)", "", kind).upper()
        raise QueryError(
            "NUMERIC_VALUE_OUT_OF_RANGE",
            f"{name} precision must be in range [0, {_FINEST}]: {digits}",
        )
    return re.sub(r"\(\d+\)", f"({digits})", kind, count=1)


def is_zoned(kind: str | None) -> bool:
    """Tell a timestamp with time zone."""
    return (kind or "").startswith("timestamp") and " with time zone" in str(kind)


def shown_in(zone: str, digits: int = MILLISECONDS) -> str:
    """The type of an instant that is shown in a zone, and held as the local time there.

    Raises:
        QueryError: there is no such zone.
    """
    kind = with_digits(ZONED, digits)
    if zone.upper() in _UTC:
        return kind
    if zone != BY_ROW:
        zone = _known_zone(zone)
    return kind if zone in _UTC else f"{kind}/{zone}"


def _known_zone(zone: str) -> str:
    if found := _OFFSET.fullmatch(zone):
        hours, minutes = int(found[2]), int(found[3] or 0)
        if hours * 60 + minutes <= _FURTHEST and minutes < 60:  # noqa: PLR2004 - minutes
            return f"{found[1]}{hours:02}:{minutes:02}"
    elif known := _zones().get(zone.lower()):
        return known
    raise QueryError("NOT_SUPPORTED", f"Time zone not supported: {zone}")


@cache
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in zoneinfo.available_timezones()}


def zone_of(kind: str | None) -> str:
    """The zone in which instants of a type are shown, if it is another than UTC."""
    shown, _, zone = (kind or "").partition("/")
    return zone if is_zoned(shown) else ""


def zone_name(zone: str) -> str:
    """A zone of a type as DuckDB names it: a fixed offset is `GMT+05:30`."""
    return f"GMT{zone}" if zone[:1] in {"+", "-"} else zone


def zones_by_row() -> QueryError:
    """The refusal of instants whose zones differ by row."""
    return QueryError("NOT_SUPPORTED", ZONES_BY_ROW)


def without_zone(kind: str) -> str:
    """The type as SQL names it."""
    return _ZONE.sub("", kind)


_DUCKDB = {
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "real": "REAL",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "varchar": "VARCHAR",
    "char": "VARCHAR",
    "varbinary": "BLOB",
    "date": "DATE",
    "time": "TIME",
    "json": "JSON",
    "uuid": "VARCHAR",
    "ipaddress": "VARCHAR",
    "ipprefix": "VARCHAR",
    "unknown": "INTEGER",
}


def duckdb_name(kind: str | None) -> str | None:
    """Name a type in DuckDB's SQL; None where it isn't known."""
    if kind is None:
        return None
    base = kind.partition("(")[0].partition(" ")[0]
    if base == "timestamp":
        return "TIMESTAMPTZ" if kind.endswith(("zone", f"/{UNSHOWN}")) else "TIMESTAMP"
    if base == "decimal":
        return f"DECIMAL{kind[len(base) :]}"
    if base == "interval":
        return "INTERVAL"
    if base == "row":
        fields = [(name, duckdb_name(part)) for name, part in row_fields(kind)]
        if not all(name and part for name, part in fields):
            return None
        return f"STRUCT({', '.join(f'{chr(34)}{n}{chr(34)} {part}' for n, part in fields)})"
    if base in {"array", "map"}:
        parts = [duckdb_name(part) for part in parts_of(kind)]
        if not parts or None in parts:
            return None
        return f"{parts[0]}[]" if base == "array" else f"MAP({', '.join(map(str, parts))})"
    return _DUCKDB.get(base)


_TYPE = re.compile(
    r"(tinyint|smallint|integer|bigint|real|double|boolean|varchar|char|varbinary|date|json|uuid|"
    r"ipaddress|ipprefix|unknown|decimal|time|timestamp)(\(\d+(, ?\d+)?\))?( with time zone)?"
    r"|interval (day to second|year to month)|(array|map|row)\(.*\)",
    re.DOTALL,
)


def row_fields(kind: str | None) -> list[tuple[str | None, str]]:
    """The names (None where there is none) and types of a row's fields."""
    if not kind or not kind.startswith("row("):
        return []
    fields: list[tuple[str | None, str]] = []
    for part in parts_of(kind):
        named = re.fullmatch(r'("(?:[^"]|"")*"|\w+) (.*)', part, re.DOTALL)
        if named is None or (_TYPE.fullmatch(part) and not _TYPE.fullmatch(named[2])):
            fields.append((None, part))
        else:
            fields.append((named[1].strip('"'), named[2]))
    return fields


def row_types(kind: str | None) -> list[str]:
    """The types of a row's fields."""
    return [part for _, part in row_fields(kind)]


def without_names(kind: str) -> str:
    """The type without the names of rows' fields, wherever there are rows in it."""
    parts = row_types(kind) or _inner_types(kind)
    return f"{kind.partition('(')[0]}({', '.join(map(without_names, parts))})" if parts else kind


def fits(kind: str | None, wanted: str | None) -> bool:
    """Tell whether a value of a type is one of another, as it is or widened."""
    if kind is None or wanted is None or "unknown" in {kind, wanted} or kind == wanted:
        return True
    if element_of(kind) is not None and element_of(wanted) is not None:
        return fits(element_of(kind), element_of(wanted))
    one = family(kind)
    return one is not None and one == family(wanted)


def assignable(kind: str, wanted: str) -> bool:
    """Tell whether INSERT takes values of a type for a column of another, which it casts them to.

    As in Trino's StatementAnalyzer any two types that have a common one will do; but where a text
    of a limited length is within the column's type, nothing may be lost.
    """
    names = [one.partition("(")[0] for one in (kind, wanted)]
    if names[0] not in {"array", "map", "row"} or kind == wanted:
        return fits(kind, wanted)
    inner = [row_types(k) if names[0] == "row" else parts_of(k) for k in (kind, wanted)]
    takes = coerces if "char(" in wanted else assignable
    return names[0] == names[1] and len(inner[0]) == len(inner[1]) and all(map(takes, *inner))


def coerces(kind: str, wanted: str) -> bool:
    """Tell whether a value of a type is one of another without any loss."""
    if kind in {wanted, "unknown"}:
        return True
    names = [one.partition("(")[0] for one in (kind, wanted)]
    if names[0] in {"array", "map", "row"}:
        inner = [row_types(k) if names[0] == "row" else parts_of(k) for k in (kind, wanted)]
        same = names[0] == names[1] and len(inner[0]) == len(inner[1])
        return same and all(map(coerces, *inner))
    if wanted in {"double", "real"}:
        return family(kind) == "number" and kind != "double"
    exact, room = decimal_of(kind), decimal_of(wanted)
    if kind in INTEGERS and wanted in INTEGERS:
        return INTEGERS.index(kind) <= INTEGERS.index(wanted)
    if exact and room:
        digits, whole = exact[1] <= room[1], exact[0] - exact[1] <= room[0] - room[1]
        return is_decimal(wanted) and digits and whole
    if family(kind) == family(wanted) == "text":
        lengths = [int(one.partition("(")[2].rstrip(")") or _UNBOUNDED) for one in (kind, wanted)]
        return lengths[0] <= lengths[1]
    zoneless = kind == "date" or (kind.startswith("timestamp(") and "zone" not in kind)
    return zoneless and wanted.startswith("timestamp") and digits_of(kind) <= digits_of(wanted)


_UNBOUNDED = (1 << 31) - 1  # a VARCHAR without a length
_HIVE = {
    **{kind: kind for kind in ("tinyint", "smallint", "bigint", "double", "boolean", "date")},
    "integer": "int",
    "real": "float",
    "varchar": "string",
    "varbinary": "binary",
}
_BOUNDS = {"varchar": 65535, "char": 255}


def hive_type(kind: str) -> HiveType:
    """The Hive type of a column that holds values of a type.

    Raises:
        QueryError: Hive has no such type.
    """
    base = kind.partition("(")[0]
    if kind in _HIVE:
        return HiveType(_HIVE[kind])
    if base == "timestamp" and "zone" not in kind:
        return HiveType("timestamp")
    if base in {"array", "map"}:
        return HiveType(base, (), tuple(map(hive_type, parts_of(kind))))
    if base == "row":
        fields = row_fields(kind)
        if not all(name for name, _ in fields):
            raise QueryError(
                "NOT_SUPPORTED",
                "Anonymous row type is not supported in Hive. Please give each field a name: "
                + kind,
            )
        names = tuple(str(name).lower() for name, _ in fields)
        return HiveType("struct", (), tuple(hive_type(part) for _, part in fields), names)
    more = ""
    if base in _BOUNDS and (bound := _BOUNDS[base]):
        if int(parts_of(kind)[0]) <= bound:
            return parse_hive_type(kind)
        more = f". Supported {base.upper()} types: {base.upper()}(<={bound})"
        more += ", VARCHAR." if base == "varchar" else "."
    if base == "decimal":
        return parse_hive_type(kind)
    raise QueryError("NOT_SUPPORTED", f"Unsupported Hive type: {without_zone(kind)}{more}")


def check_milliseconds(name: str, kind: str) -> None:
    """Refuse to write times of another precision than tables of Hive's have.

    Raises:
        QueryError: a timestamp, be it in an array, map or row, has other digits than three.
    """
    for digits in re.findall(r"timestamp\((\d+)\)", kind):
        if int(digits) != MILLISECONDS:
            raise QueryError(
                "NOT_SUPPORTED",
                f"Incorrect timestamp precision for timestamp({digits}); the configured precision "
                f"is MILLISECONDS; column name: {name}",
            )


def hive_name(kind: str) -> str:
    """The name of the Hive type that the Data Catalog shows for a view's column of a type."""
    try:
        return str(hive_type(kind))
    except QueryError:
        return "timestamp" if kind.startswith("timestamp") else "string"


def concatenated(left: str | None, right: str | None) -> str | None:
    """Tell the type of `left || right`: of texts, binaries, arrays, or an array and an element."""
    arrays = [kind for kind in (left, right) if element_of(kind) is not None]
    if len(arrays) == 2:  # noqa: PLR2004 - both
        if not fits(left, right) and fits(left, element_of(right)):
            return right
        check_alike([left, right])
        return common([left, right]) or left
    if arrays:
        items = [element_of(left) or left, element_of(right) or right]
        check_alike(items)
        item = common(items)
        return f"array({item})" if item else arrays[0]
    if family(left) == "text" or family(right) == "text":
        return "varchar"
    return left if left == right else None


def element_of(kind: str | None) -> str | None:
    """Tell the element type of an array type."""
    if kind and kind.startswith("array(") and kind.endswith(")"):
        return kind[len("array(") : -1]
    return None


def item_of(kind: str | None) -> str | None:
    """Tell what `[...]` takes out of an array or a map."""
    if kind and kind.startswith("map("):
        return [*parts_of(kind), ""][1] or None
    return element_of(kind)


def parts_of(kind: str | None) -> list[str]:
    """Split `map(k, v)` or `row(a t, b u)` into what stands between its commas."""
    if not kind or "(" not in kind or not kind.endswith(")"):
        return []
    return split_top_level(kind[kind.index("(") + 1 : -1])


def field_of(kind: str | None, name: str) -> str | None:
    """Tell the type of a row's field."""
    for field, part in row_fields(kind):
        if field and field.lower() == name.lower():
            return part
    return None


_PRECISIONS = {
    "tinyint": 3,
    "smallint": 5,
    "integer": 10,
    "bigint": 19,
    "float": 17,
    "double": 17,
    "varchar": 2147483647,
    "varbinary": 1073741824,
    "time": 3,
    "time with time zone": 3,
    "timestamp": 3,
    "timestamp with time zone": 3,
}


@dataclass(frozen=True)
class ResultColumn:
    """One column of a result: its name and Athena's name of its type, such as `decimal`."""

    name: str
    type: str
    precision: int = 0
    scale: int = 0
    ignores_case: bool = False

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
            "CaseSensitive": self.is_case_sensitive,
        }

    @property
    def is_case_sensitive(self) -> bool:
        """Tell what ResultSetMetadata calls CaseSensitive."""
        return self.type in {"varchar", "char"} and not self.ignores_case


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
    "FLOAT": "real",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "VARCHAR": "varchar",
    "BLOB": "varbinary",
    "DATE": "date",
    "TIME": "time(3)",
    "TIMESTAMP": "timestamp(3)",
    "TIMESTAMP_S": "timestamp(3)",
    "TIMESTAMP_MS": "timestamp(3)",
    "TIMESTAMP_NS": "timestamp(3)",
    "TIMESTAMP WITH TIME ZONE": "timestamp(3) with time zone",
    "TIME WITH TIME ZONE": "time(3) with time zone",
    "JSON": "json",
    "UUID": "uuid",
    "INTERVAL": "interval day to second",
    '"NULL"': "unknown",
    "NULL": "unknown",
}


def result_column(name: str, kind: str) -> ResultColumn:
    """Describe a column of an Athena type as ResultSetMetadata does."""
    base, _, rest = kind.partition("(")
    if base == "decimal":
        precision, _, scale = rest[:-1].partition(",")
        return ResultColumn(name, base, int(precision), int(scale))
    if base in {"varchar", "char"} and rest:
        return ResultColumn(name, base, int(rest[:-1]))
    if base.startswith("timestamp"):
        base = "timestamp with time zone" if "zone" in kind else "timestamp"
    if base.startswith("time") and not base.startswith("timestamp"):
        base = "time with time zone" if kind.endswith("zone") else "time"
    base = "float" if base == "real" else base
    return ResultColumn(name, base, _PRECISIONS.get(base, 0))


def holds(kind: str, known: str) -> bool:
    """Tell whether values of the type that DuckDB gives are those of the type that is known."""
    if kind in INTEGERS and known in INTEGERS:
        return True
    if kind == "varchar":
        return family(known) in {"text", "json", "uuid", "ipaddress", "ipprefix"}
    if kind.startswith("interval") and known.startswith("interval"):
        return True
    found, wanted = row_fields(kind), row_fields(known)
    if found and len(found) == len(wanted):
        # DuckDB names the fields of a row that has no names.
        names = ((name or f"field{index}", part) for index, (name, part) in enumerate(wanted))
        return all(
            own == name and holds(one, part)
            for (own, one), (name, part) in zip(found, names, strict=True)
        )
    nested = kind.partition("(")[0]
    if nested in {"array", "map"} and known.startswith(f"{nested}(") and "row(" in known:
        return all(map(holds, parts_of(kind), parts_of(known)))
    return duckdb_name(kind) == duckdb_name(known) is not None


def athena_type(duckdb_type: str) -> str:
    """Name a DuckDB type as Athena's SQL does, nested ones whole: `array(integer)`."""
    if duckdb_type.endswith("[]"):
        return f"array({athena_type(duckdb_type[:-2])})"
    nested = re.fullmatch(r"(MAP|STRUCT|TUPLE)\((.*)\)", duckdb_type, re.DOTALL)
    if nested is None:
        if decimal := re.fullmatch(r"DECIMAL\((\d+), ?(\d+)\)", duckdb_type):
            return f"decimal({decimal[1]},{decimal[2]})"
        return _SIMPLE.get(duckdb_type, "varchar")
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
            fields.append(f"{quoted_field(field[1].strip(chr(34)))} {athena_type(field[2])}")
    return f"row({', '.join(fields)})"

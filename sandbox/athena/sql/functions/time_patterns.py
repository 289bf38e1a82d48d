"""Patterns of times: MySQL's (date_format, date_parse) and Joda's (format_datetime, parse_datetime).

Both become the same items. DuckDB writes and reads what its own patterns can say, Python the rest.
"""

import datetime as dt
import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from sandbox.athena.errors import bad_argument

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_PIVOT = 70  # two digits of a year below it are of this century


@dataclass(frozen=True)
class _Item:
    """A piece of a pattern: a field with a width, or a literal text where `field` is empty."""

    field: str
    width: int = 0
    text: str = ""


# MySQL's letters, as Trino's date_format reads them: field and width.
_MYSQL = {
    "a": ("day_name", 3),
    "b": ("month_name", 3),
    "c": ("month", 1),
    "d": ("day", 2),
    "e": ("day", 1),
    "f": ("fraction", 6),
    "H": ("hour", 2),
    "h": ("clock_hour", 2),
    "I": ("clock_hour", 2),
    "i": ("minute", 2),
    "j": ("day_of_year", 3),
    "k": ("hour", 1),
    "l": ("clock_hour", 1),
    "M": ("month_name", 4),
    "m": ("month", 2),
    "p": ("half", 1),
    "S": ("second", 2),
    "s": ("second", 2),
    "v": ("week", 2),
    "x": ("week_year", 4),
    "W": ("day_name", 4),
    "Y": ("year", 4),
    "y": ("year", 2),
}
_MYSQL_GROUPS = {"r": "%h:%i:%s %p", "T": "%H:%i:%s"}
# Joda's letters: the field of a number, or of a name from three letters on.
_JODA = {
    "G": "era",
    "C": "century",
    "Y": "year",
    "x": "week_year",
    "w": "week",
    "e": "day_of_week",
    "E": "day_name",
    "y": "year",
    "D": "day_of_year",
    "M": "month",
    "d": "day",
    "a": "half",
    "K": "half_hour",
    "h": "clock_hour",
    "H": "hour",
    "k": "clock_hour_of_day",
    "m": "minute",
    "s": "second",
    "S": "fraction",
    "z": "zone_name",
    "Z": "offset",
}
# Fields of a width in DuckDB's strftime.
_STRFTIME = {
    ("day_name", 3): "%a",
    ("day_name", 4): "%A",
    ("month_name", 3): "%b",
    ("month_name", 4): "%B",
    ("month", 1): "%-m",
    ("month", 2): "%m",
    ("day", 1): "%-d",
    ("day", 2): "%d",
    ("fraction", 3): "%g",
    ("fraction", 6): "%f",
    ("hour", 1): "%-H",
    ("hour", 2): "%H",
    ("clock_hour", 1): "%-I",
    ("clock_hour", 2): "%I",
    ("minute", 1): "%-M",
    ("minute", 2): "%M",
    ("second", 1): "%-S",
    ("second", 2): "%S",
    ("day_of_year", 3): "%j",
    ("half", 1): "%p",
    ("week", 2): "%V",
    ("week_year", 4): "%G",
    ("year", 4): "%Y",
    ("year", 2): "%y",
}
# Instants are kept in UTC.
_UTC = {("zone_name", 1): "UTC", ("offset", 1): "+0000", ("offset", 2): "+00:00"}
# Fields that DuckDB's strptime reads no more leniently than Athena.
_READ_ALIKE = frozenset(
    {"month", "day", "hour", "minute", "second", "year", "month_name", "clock_hour", "half"}
)


@cache
def _mysql(pattern: str) -> tuple[_Item, ...]:
    items: list[_Item] = []
    for found in re.finditer(r"%(.)|(.)", pattern, re.DOTALL):
        letter, plain = found.groups()
        if plain is not None:
            items.append(_Item("", text=plain))
        elif letter in _MYSQL_GROUPS:
            items += _mysql(_MYSQL_GROUPS[letter])
        elif letter in _MYSQL:
            items.append(_Item(*_MYSQL[letter]))
        elif letter in "DUuVwX":
            raise bad_argument(f"%{letter} not currently supported in the date format string")
        else:
            items.append(_Item("", text=letter))
    return tuple(items)


@cache
def _joda(pattern: str) -> tuple[_Item, ...]:
    items: list[_Item] = []
    for found in re.finditer(r"''|'((?:[^']|'')*)(?:'|$)|(([A-Za-z])\3*)|(.)", pattern, re.DOTALL):
        quoted, word, letter, plain = found.groups()
        if found[0] == "''":
            items.append(_Item("", text="'"))
        elif quoted is not None:
            items.append(_Item("", text=quoted.replace("''", "'")))
        elif plain is not None:
            items.append(_Item("", text=plain))
        elif letter not in _JODA:
            raise bad_argument(f"Illegal pattern component: {word}")
        else:
            items.append(_joda_field(_JODA[letter], len(word)))
    return tuple(items)


def _joda_field(field: str, width: int) -> _Item:
    if field == "month" and width > 2:  # noqa: PLR2004 - names from three letters on
        return _Item("month_name", min(width, 4))
    if field == "day_name":
        return _Item(field, 4 if width >= 4 else 3)  # noqa: PLR2004 - as above
    if field in {"half", "era", "zone_name"}:
        return _Item(field, 1)
    return _Item(field, width)


def mysql_as_strftime(pattern: str, *, parsing: bool = False) -> str | None:
    """A pattern of MySQL's as DuckDB's, None if that cannot say it."""
    return _as_strftime(_mysql(pattern), parsing=parsing)


def joda_as_strftime(pattern: str, *, parsing: bool = False) -> str | None:
    """A pattern of Joda's as DuckDB's, None if that cannot say it."""
    return _as_strftime(_joda(pattern), parsing=parsing)


def _as_strftime(items: tuple[_Item, ...], *, parsing: bool) -> str | None:
    made = ""
    fields = {item.field for item in items}
    if parsing and "year" not in fields:
        return None  # without a year DuckDB begins in 1900, Athena in 1970
    if parsing and "clock_hour" in fields and "half" not in fields:
        return None  # DuckDB reads 12 as noon, Athena as midnight
    for index, item in enumerate(items):
        key = (item.field, item.width)
        following = items[index + 1].field if index + 1 < len(items) else ""
        if not item.field:
            made += item.text.replace("%", "%%")
        elif parsing and (item.field not in _READ_ALIKE or following in _NUMBERS):
            return None
        elif key in _STRFTIME:
            made += _STRFTIME[key]
        elif key in _UTC and not parsing:
            made += _UTC[key]
        else:
            return None
    return made


def format_mysql(moment: dt.datetime, pattern: str) -> str:
    """Write a time by a pattern of MySQL's."""
    return "".join(_write(item, moment) for item in _mysql(pattern))


def format_joda(moment: dt.datetime, pattern: str) -> str:
    """Write a time by a pattern of Joda's."""
    return "".join(_write(item, moment) for item in _joda(pattern))


_NUMBERS: dict[str, Callable[[dt.datetime], int]] = {
    "century": lambda m: m.year // 100,
    "year": lambda m: m.year,
    "week_year": lambda m: m.isocalendar()[0],
    "week": lambda m: m.isocalendar()[1],
    "day_of_week": lambda m: m.isoweekday(),
    "day_of_year": lambda m: m.timetuple().tm_yday,
    "month": lambda m: m.month,
    "day": lambda m: m.day,
    "half_hour": lambda m: m.hour % 12,
    "clock_hour": lambda m: m.hour % 12 or 12,
    "hour": lambda m: m.hour,
    "clock_hour_of_day": lambda m: m.hour or 24,
    "minute": lambda m: m.minute,
    "second": lambda m: m.second,
}


def _write(item: _Item, moment: dt.datetime) -> str:
    if not item.field:
        return item.text
    if item.field in _NUMBERS:
        number = _NUMBERS[item.field](moment)
        if item.width == 2 and item.field in {"year", "week_year"}:  # noqa: PLR2004
            number %= 100
        return str(number).rjust(item.width, "0")
    if item.field == "fraction":
        return f"{moment.microsecond:06d}".ljust(item.width, "0")[: item.width]
    return {
        "day_name": _DAYS[moment.weekday()][: None if item.width > 3 else 3],  # noqa: PLR2004
        "month_name": _MONTHS[moment.month - 1][: None if item.width > 3 else 3],  # noqa: PLR2004
        "half": "PM" if moment.hour >= 12 else "AM",  # noqa: PLR2004 - noon
        "era": "AD",
        "zone_name": "UTC",
        "offset": {1: "+0000", 2: "+00:00"}.get(item.width, "UTC"),
    }[item.field]


def parse_mysql(text: str, pattern: str) -> dt.datetime:
    """Read a time by a pattern of MySQL's."""
    return _read(text, pattern, _mysql(pattern)).replace(tzinfo=None)


def parsed_joda(text: str, pattern: str) -> dt.datetime:
    """Read an instant by a pattern of Joda's, in the zone that the text names, else in UTC."""
    return _read(text, pattern, _joda(pattern))


def names_zone(pattern: str) -> bool:
    """Tell whether texts of a pattern of Joda's name zones."""
    return any(item.field in {"offset", "zone_name"} for item in _joda(pattern))


@cache
def _expression(items: tuple[_Item, ...]) -> re.Pattern[str]:
    made = ""
    for index, item in enumerate(items):
        following = items[index + 1].field if index + 1 < len(items) else ""
        adjacent = following in _NUMBERS or following == "fraction"
        if not item.field:
            made += re.escape(item.text)
            continue
        if item.field in {"year", "week_year"}:
            most = item.width if adjacent or item.width == 2 else 9  # noqa: PLR2004 - Joda's limit
            piece = rf"[+-]?\d{{1,{most}}}" if not adjacent else rf"\d{{{item.width}}}"
        elif item.field in _NUMBERS:
            most = 3 if item.field == "day_of_year" else 2
            piece = rf"\d{{1,{most}}}"
            if adjacent:
                piece = rf"\d{{{max(item.width, 1)}}}"
        else:
            piece = {
                "fraction": rf"\d{{1,{9 if item.width == 6 else item.width}}}",  # noqa: PLR2004
                "day_name": "|".join([*_DAYS, *(day[:3] for day in _DAYS)]),
                "month_name": "|".join([*_MONTHS, *(month[:3] for month in _MONTHS)]),
                "half": "AM|PM",
                "era": "AD|BC",
                "zone_name": "[A-Za-z]+(?:/[A-Za-z_]+)?",
                "offset": r"Z|[+-]\d{2}:?\d{2}|[A-Za-z]+(?:/[A-Za-z_]+)*",
            }[item.field]
        made += f"({piece})"
    return re.compile(made, re.IGNORECASE)


# Short names that Joda knows.
_ZONES = {
    **dict.fromkeys(("Z", "UT", "UTC", "GMT"), "UTC"),
    **dict.fromkeys(("EST", "EDT"), "America/New_York"),
    **dict.fromkeys(("CST", "CDT"), "America/Chicago"),
    **dict.fromkeys(("MST", "MDT"), "America/Denver"),
    **dict.fromkeys(("PST", "PDT"), "America/Los_Angeles"),
}


def zone_named(name: str) -> dt.tzinfo:
    """The zone of a name or of an offset such as `+05:30`.

    Raises:
        ValueError: there is no such zone.
    """
    if found := re.fullmatch(r"([+-])(\d{2}):?(\d{2})?", name):
        away = dt.timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return dt.timezone(-away if found[1] == "-" else away) if away else dt.UTC
    known = _ZONES.get(name.upper(), name)
    try:
        return dt.UTC if known == "UTC" else zoneinfo.ZoneInfo(known)
    except zoneinfo.ZoneInfoNotFoundError:
        raise ValueError(f"the time zone '{name}' is not known") from None


def zone_of_instant(moment: dt.datetime) -> str:
    """The zone of an instant as Athena shows it: its name, or `+05:30`."""
    if isinstance(moment.tzinfo, zoneinfo.ZoneInfo):
        return moment.tzinfo.key
    return str(moment.tzinfo).removeprefix("UTC") or "UTC"


def _read(text: str, pattern: str, items: tuple[_Item, ...]) -> dt.datetime:
    found = _expression(items).fullmatch(text)
    if found is None:
        raise bad_argument(f'Invalid format: "{text}" for the pattern "{pattern}"')
    fields = [item for item in items if item.field]
    values = {item.field: (item, part) for item, part in zip(fields, found.groups(), strict=True)}
    try:
        return _moment(values)
    except ValueError as error:
        raise bad_argument(f'Cannot parse "{text}": {error}') from None


def _moment(values: dict[str, tuple[_Item, str]]) -> dt.datetime:
    def number(field: str, otherwise: int) -> int:
        return int(values[field][1]) if field in values else otherwise

    year = number("year", 1970)
    if "year" in values and values["year"][0].width == 2 and len(values["year"][1]) == 2:  # noqa: PLR2004
        year += 2000 if year < _PIVOT else 1900
    month = number("month", 1)
    if "month_name" in values:
        name = values["month_name"][1].lower()[:3]
        month = [known[:3].lower() for known in _MONTHS].index(name) + 1
    hour = number("hour", number("clock_hour_of_day", 0) % 24)
    if "clock_hour" in values or "half_hour" in values:
        hour = number("clock_hour", number("half_hour", 0)) % 12
        hour += 12 if "half" in values and values["half"][1].upper() == "PM" else 0
    fraction = values["fraction"][1] if "fraction" in values else ""
    day = dt.date(year, month, number("day", 1))
    if "day_of_year" in values:
        day = dt.date(year, 1, 1) + dt.timedelta(days=number("day_of_year", 1) - 1)
    if "week_year" in values or "week" in values:
        day = dt.date.fromisocalendar(
            number("week_year", year), number("week", 1), number("day_of_week", 1)
        )
    clock = dt.time(hour, number("minute", 0), number("second", 0), int(fraction.ljust(6, "0")[:6]))
    named = next((values[field][1] for field in ("offset", "zone_name") if field in values), "Z")
    return dt.datetime.combine(day, clock, tzinfo=zone_named(named))

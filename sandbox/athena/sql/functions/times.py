"""Functions of dates and times: what they are in DuckDB."""

import datetime as dt
import math
import re
from collections.abc import Callable

from sqlglot import exp

from sandbox.athena.errors import QueryError, bad_argument
from sandbox.athena.numbers import java_double
from sandbox.athena.sql import types
from sandbox.athena.sql.casts import (
    TOO_FINE,
    in_any_zone,
    in_utc,
    instant,
    to_digits,
    to_microseconds,
    written,
    zone_in,
)
from sandbox.athena.sql.functions.base import (
    Arguments,
    Function,
    Helper,
    Kind,
    call,
    fail,
    is_text,
    last,
    macro,
    macro_call,
    missing,
    raw,
    renamed,
    rewritten,
    string,
    syntax,
    taking,
    text_of,
    wrapped,
)
from sandbox.athena.sql.functions.time_patterns import (
    format_joda,
    format_mysql,
    joda_as_strftime,
    mysql_as_strftime,
    names_zone,
    parse_mysql,
    parsed_joda,
    zone_named,
    zone_of_instant,
)
from sandbox.athena.sql.relations import type_of

ZONED = types.ZONED
_UNITS = (
    "millisecond",
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "quarter",
    "year",
)
_FINEST = _UNITS[0]
_NANOSECONDS = 9
_IN_NANOSECONDS = types.with_digits(ZONED, _NANOSECONDS)
# The words for the time that it is, which may say how many digits of the second they want.
PRESENT: dict[type[exp.Expr], str] = {
    exp.CurrentTime: "time(3) with time zone",
    exp.CurrentTimestamp: ZONED,
    exp.Localtime: "time(3)",
    exp.Localtimestamp: types.TIMESTAMP,
}
_TIME_UNITS = _UNITS[:4]
_DATE_UNITS = _UNITS[4:]


def _unit(unit: exp.Expr, kind: Kind) -> str:
    name, base = unit.name.lower(), (kind or "").partition("(")[0]
    known = {"date": _DATE_UNITS, "time": _TIME_UNITS}.get(base, _UNITS)
    if is_text(unit) and name not in known:
        what = {"date": "DATE", "time": "Time"}.get(base, "Timestamp")
        raise QueryError("INVALID_FUNCTION_ARGUMENT", f"'{name}' is not a valid {what} field")
    return name


def _moment(time: exp.Expr) -> exp.Expr:
    """A timestamp, or a time of day as one, in the milliseconds that Joda knows."""
    made: exp.Expr = exp.cast(time, "TIMESTAMP", dialect="duckdb")
    if types.family(type_of(time)) == "clock":
        made = raw(f"(DATE '1970-01-01' + {text_of(time)})")
    is_finer = types.digits_of(type_of(time)) > types.MILLISECONDS
    return call("date_trunc", string(_FINEST), made) if is_finer else made


def _check(families: str, *arguments: exp.Expr) -> None:
    """Refuse what DuckDB would take for a time or number, as the text of one.

    Raises:
        ValueError: an argument is of another family of types.
    """
    if {types.family(type_of(item)) for item in arguments} - {None, *families.split()}:
        raise ValueError(families)


def _date_trunc(arguments: Arguments) -> exp.Expr:
    unit, time = arguments
    _check("time clock", time)
    kind = type_of(time)
    _unit(unit, kind)
    if types.family(kind) == "clock":
        return exp.cast(call("date_trunc", unit, _moment(time)), "TIME", dialect="duckdb")
    made = call("date_trunc", unit, time)
    return exp.cast(made, "DATE", dialect="duckdb") if kind == "date" else made


def _date_add(arguments: Arguments) -> exp.Expr:
    unit, count, time = arguments
    _check("time clock", time)
    _check("number", count)
    name = _unit(unit, type_of(time))
    whole = exp.cast(count, "BIGINT" if name in {"hour", "minute"} else "INTEGER")
    if name in {"millisecond", "second"}:
        whole = exp.cast(count, "DOUBLE")
    kind = type_of(time)
    span = call(f"to_{name}s", whole)
    added: exp.Expr = exp.Paren(this=exp.Add(this=wrapped(time), expression=span))
    if types.zone_of(kind):
        added = moved(time, f"+ {text_of(span)}", days=name not in _TIME_UNITS)
    if name == "millisecond" and types.digits_of(kind) < types.MILLISECONDS:
        rounded = to_digits(text_of(added), types.TIMESTAMP, types.digits_of(kind))
        return raw(f"CAST({rounded} AS {types.duckdb_name(kind)})")
    return exp.cast(added, "DATE", dialect="duckdb") if kind == "date" else added


def moved(time: exp.Expr, span: str, *, days: bool) -> exp.Expr:
    """A time in a zone, moved by an interval of the clock, or of days, months or years there.

    Args:
        time: held as the local time.
        span: the interval with its sign, as SQL.
        days: it is of days; what falls into an hour that is left out there comes after it.
    """
    kind, local = type_of(time), text_of(time)
    zone = types.zone_of(kind)
    if zone in {types.UNSHOWN, types.BY_ROW}:
        return raw(f"({local} {span})")
    name = types.zone_name(zone)
    if days:
        return raw(f"({instant(f'({local} {span})', kind)} AT TIME ZONE '{name}')")
    return raw(f"(({instant(local, kind)} {span}) AT TIME ZONE '{name}')")


def _date_diff(arguments: Arguments) -> exp.Expr:
    # Athena counts whole units, as DuckDB's date_sub does.
    unit, start, end = arguments
    _check("time clock", start, end)
    kinds = {type_of(start), type_of(end)}
    by_clock = _unit(unit, kinds.pop() if len(kinds) == 1 else None) in _TIME_UNITS
    if by_clock:
        start, end = in_any_zone(start), in_any_zone(end)
    zones = {types.zone_of(type_of(start)), types.zone_of(type_of(end))}
    if any(zones) and not is_text(unit):
        raise QueryError(
            "NOT_SUPPORTED", "The embedded Athena has no date_diff in a zone by a column's unit"
        )
    if len(zones) > 1 or types.BY_ROW in zones or (by_clock and any(zones)):
        start, end = _instant(start), _instant(end)
    return call("date_sub", unit, _moment(start), _moment(end))


def _to_iso8601(arguments: Arguments) -> exp.Expr:
    (time,) = arguments
    _check("time", time)
    kind = type_of(time) or ""
    pattern = "%Y-%m-%d" if kind == "date" else "%Y-%m-%dT%H:%M:%S"
    moment = exp.cast(time, "TIMESTAMP", dialect="duckdb").sql(dialect="duckdb")
    shown = written(moment, pattern, types.digits_of(kind))
    if types.zone_of(kind):
        minutes = f"CAST({_away(time)} / 60 AS INTEGER)"
        return raw(
            f"({shown} || CASE WHEN {minutes} < 0 THEN '-' ELSE '+' "
            f"END || strftime(DATE '1970-01-01' + to_minutes(abs({minutes})), '%H:%M'))"
        )
    return raw(f"({shown} || 'Z')" if "zone" in kind else shown)


def _formatting(name: str) -> Function:
    translate = mysql_as_strftime if name == "date_format" else joda_as_strftime

    def make(arguments: Arguments) -> exp.Expr:
        time, pattern = arguments
        _check("time", time)
        if types.zone_of(type_of(time)) and re.search("[zZ]", re.sub("'[^']*'", "", pattern.name)):
            raise QueryError(
                "NOT_SUPPORTED", f"The embedded Athena has no {name} of zones other than UTC"
            )
        native = translate(pattern.name) if is_text(pattern) else None
        moment = _moment(time)
        if native is not None:
            return call("strftime", moment, string(native))
        return call(f"python_{name}", moment, pattern)

    return rewritten(name, make, "varchar")


def _date_parse(arguments: Arguments) -> exp.Expr:
    text, pattern = arguments
    native = mysql_as_strftime(pattern.name, parsing=True) if is_text(pattern) else None
    made = _quick("date_parse", text, pattern, native)
    return _cut(exp.cast(made, "TIMESTAMP", dialect="duckdb"))


def _parse_datetime(arguments: Arguments) -> exp.Expr:
    text, pattern = arguments
    if (known := _literal_instant("parse_datetime", arguments)) is not None:
        return known
    native = joda_as_strftime(pattern.name, parsing=True) if is_text(pattern) else None
    made = _quick("parse_datetime", text, pattern, native)
    moment = _cut(exp.cast(made, "TIMESTAMPTZ", dialect="duckdb"))
    if native is not None or (is_text(pattern) and not names_zone(pattern.name)):
        return moment
    return in_utc(moment, f"python_parsed_zone({text_of(text)}, {text_of(pattern)})")


def _quick(name: str, text: exp.Expr, pattern: exp.Expr, native: str | None) -> exp.Expr:
    made = call(f"python_{name}", text, pattern)
    if native is None:
        return made
    # What DuckDB does not take may still be lenient enough for Athena.
    return exp.Coalesce(this=call("try_strptime", text, string(native)), expressions=[made])


def _cut(time: exp.Expr) -> exp.Expr:
    """A time that was read from a text as finely as it says, to milliseconds."""
    return call("date_trunc", string(_FINEST), time)


def _from_iso8601_timestamp(arguments: Arguments) -> exp.Expr:
    if (known := _literal_instant("from_iso8601_timestamp", arguments)) is not None:
        return known
    shown = text_of(arguments[0])
    return in_utc(_cut(raw(_iso8601_moment(*arguments))), zone_in(shown))


def _from_iso8601_timestamp_nanos(arguments: Arguments) -> exp.Expr:
    (text,) = arguments
    shown = text_of(text)
    moment = to_microseconds(_iso8601_moment(text), shown, _NANOSECONDS)
    known = _known_instant("from_iso8601_timestamp", arguments)
    if known is None:
        return in_utc(raw(moment), zone_in(shown))
    return at_timezone(raw(moment), string(zone_of_instant(known)))


def _iso8601_moment(text: exp.Expr) -> str:
    shown = text_of(text)
    return (
        f"CASE WHEN regexp_full_match({shown}, '{_ISO_TIME}') THEN CAST({shown} AS TIMESTAMPTZ) "
        f"ELSE CAST(python_iso8601_time({shown}) AS TIMESTAMPTZ) END"
    )


def _known_instant(name: str, arguments: Arguments) -> dt.datetime | None:
    """The instant of a literal; None where it is not one, or the query is to fail with it."""
    if not all(map(is_text, arguments)):
        return None
    read = parsed_joda if name == "parse_datetime" else _iso8601_instant
    try:
        return read(*(item.name for item in arguments))
    except (QueryError, TypeError):
        return None


def _literal_instant(name: str, arguments: Arguments) -> exp.Expr | None:
    known = _known_instant(name, arguments)
    if known is None:
        return None
    kind = "TIMESTAMP" if types.zone_of(types.shown_in(zone_of_instant(known))) else "TIMESTAMPTZ"
    return raw(f"CAST('{known.replace(tzinfo=None).isoformat(' ', 'milliseconds')}' AS {kind})")


def zone_shown(name: str, arguments: Arguments) -> exp.Expr | None:
    """The zone in which a function shows the instant that it gives, as its arguments say it."""
    if name == "from_unixtime" and len(arguments) == 3:  # noqa: PLR2004 - hours and minutes
        return offset(*arguments[1:])
    if name in {"at_timezone", "with_timezone", "from_unixtime"} and len(arguments) == 2:  # noqa: PLR2004
        return arguments[1]
    if name in {"parse_datetime", "from_iso8601_timestamp", "from_iso8601_timestamp_nanos"}:
        known = _known_instant(name, arguments)
        return string(zone_of_instant(known)) if known else None
    return None


def at_timezone(time: exp.Expr, zone: exp.Expr) -> exp.Expr:
    """The local time of an instant in a zone; in UTC the instant itself."""
    moment = exp.cast(_instant(time), "TIMESTAMPTZ", dialect="duckdb")
    if not types.zone_of(at_timezone_type(zone)):
        return moment
    return exp.AtTimeZone(this=moment, zone=_zone(zone))


def at_timezone_type(zone: exp.Expr, digits: int = types.MILLISECONDS) -> str:
    """The type of what `at_timezone` gives."""
    return types.shown_in(zone.name if is_text(zone) else types.BY_ROW, digits)


def at_present(kind: str) -> exp.Expr:
    """The time that it is when the query starts, as a value of a type."""
    moment = to_digits("now()", "timestamp(6)", types.digits_of(kind))
    return raw(f"CAST({moment} AS {types.duckdb_name(kind)})")


def digits_shown(name: str, kinds: list[Kind]) -> int:
    """How many digits of the second an instant has that a function gives in a zone."""
    if name.endswith("_nanos"):
        return _NANOSECONDS
    return types.digits_of(kinds[0]) if name.endswith("_timezone") else types.MILLISECONDS


def offset(hours: exp.Expr, minutes: exp.Expr) -> exp.Expr:
    """The zone that is so far from UTC, as a text if both are literals."""
    parts = [part.this if isinstance(part, exp.Neg) else part for part in (hours, minutes)]
    if not all(isinstance(part, exp.Literal) for part in parts):
        return hours
    sign = "-" if isinstance(hours, exp.Neg) or isinstance(minutes, exp.Neg) else "+"
    return string(f"{sign}{int(parts[0].name):02}:{int(parts[1].name):02}")


def _zone(zone: exp.Expr) -> exp.Expr:
    if not is_text(zone):
        return zone
    return string(types.zone_name(types.zone_of(types.shown_in(zone.name))) or "UTC")


def _instant(time: exp.Expr) -> exp.Expr:
    kind = type_of(time)
    return raw(instant(text_of(time), kind)) if types.zone_of(kind) else in_any_zone(time)


def _away(time: exp.Expr) -> str:
    """Seconds from UTC of a local time in its zone; 0 for what is held in UTC."""
    text = text_of(time)
    if not types.zone_of(type_of(time)):
        return f"(0 * epoch({text}))"
    return f"(epoch({text}) - epoch({instant(text, type_of(time))}))"


def _with_timezone(arguments: Arguments) -> exp.Expr:
    time, zone = arguments
    if is_text(zone) and types.zone_of(at_timezone_type(zone)):
        return exp.cast(time, "TIMESTAMP", dialect="duckdb")
    return exp.AtTimeZone(
        this=wrapped(exp.cast(time, "TIMESTAMP", dialect="duckdb")), zone=_zone(zone)
    )


def _from_unixtime(arguments: Arguments) -> exp.Expr:
    _check("number", arguments[0])
    moment = macro_call("instant_of_seconds", exp.cast(arguments[0], "DOUBLE", dialect="duckdb"))
    if len(arguments) == 1:
        return moment
    if len(arguments) == 2:  # noqa: PLR2004 - with a zone
        return at_timezone(moment, arguments[1])
    if is_text(zone := offset(*arguments[1:])):
        return at_timezone(moment, zone)
    hours, minutes = map(text_of, arguments[1:])
    return raw(
        f"(CAST({moment.sql(dialect='duckdb')} AS TIMESTAMP) + to_hours({hours}) + to_minutes({minutes}))"
    )


def extract(node: exp.Extract) -> exp.Expr:
    """EXTRACT(field FROM time)."""
    field = node.this.name.lower()
    if field in _ZONE_FIELDS:
        return _ZONE_FIELDS[field]([node.expression])
    return _field(field)([node.expression])


def check_extract(field: str, kind: Kind) -> None:
    """Refuse what EXTRACT cannot take out of a value of a type.

    Raises:
        QueryError: the field is none, or not one of such values.
    """
    if field not in _EXTRACTED:
        raise QueryError("INVALID_FUNCTION_ARGUMENT", f"Invalid EXTRACT field: {field.upper()}")
    if kind is None or kind == "unknown":
        return
    base = "zoned" if types.is_zoned(kind) else kind.partition("(")[0]
    if base not in _EXTRACTED[field].split("|"):
        shown = types.without_zone(kind)
        raise QueryError("TYPE_MISMATCH", f"Cannot extract {field.upper()} from {shown}")


def interval(node: exp.Interval) -> exp.Expr:
    """An interval of several units, `INTERVAL '1 02:03' DAY TO MINUTE`."""
    span = node.args["unit"]
    units = ("year", "month", "day", "hour", "minute", "second")
    begin, end = (units.index(part.name.lower()) for part in (span.this, span.expression))
    text = node.this.name.strip()
    sign = -1 if text.startswith("-") else 1
    parts = re.split(r"[-\s:]", text.lstrip("+-"))
    if len(parts) != end - begin + 1:
        raise QueryError("INVALID_LITERAL", f"'{node.this.name}' is not a valid INTERVAL literal")
    made = " + ".join(
        f"to_{unit}s({sign * float(part) if unit == 'second' else sign * int(part)})"
        for unit, part in zip(units[begin : end + 1], parts, strict=True)
    )
    return raw(f"({made})")


def _field(name: str) -> Callable[[Arguments], exp.Expr]:
    """A field of a time; of an interval what is left beside the larger fields."""

    def make(arguments: Arguments) -> exp.Expr:
        (time,) = arguments
        text = text_of(time)
        if type_of(time) == "unknown":
            return raw("CAST(NULL AS BIGINT)")
        if type_of(time) == types.YEAR_TO_MONTH and name in {"year", "month"}:
            months = f"(12 * date_part('year', {text}) + date_part('month', {text}))"
            return raw(f"({months} // 12)" if name == "year" else f"({months} % 12)")
        if type_of(time) == types.DAY_TO_SECOND and name in _MILLISECONDS:
            millis = f"CAST(round(epoch({text}) * 1000) AS BIGINT)"
            unit, larger = _MILLISECONDS[name]
            whole = f"({millis} // {unit})"
            return raw(f"({whole} % {larger})" if larger else whole)
        if types.family(type_of(time)) == "interval":
            raise ValueError
        if name == "millisecond":
            return raw(f"CAST(millisecond({text}) % 1000 AS BIGINT)")
        return exp.cast(call(FIELDS[name], time), "BIGINT", dialect="duckdb")

    return make


# Milliseconds of a field of an interval, and how many of it are one of the next larger.
_MILLISECONDS = {
    "day": (86_400_000, 0),
    "day_of_month": (86_400_000, 0),
    "hour": (3_600_000, 24),
    "minute": (60_000, 60),
    "second": (1000, 60),
    "millisecond": (1, 1000),
}
# Fields of times, with DuckDB's names.
FIELDS = {
    "day": "day",
    "day_of_month": "day",
    "day_of_week": "isodow",
    "day_of_year": "dayofyear",
    "dow": "isodow",
    "doy": "dayofyear",
    "hour": "hour",
    "minute": "minute",
    "month": "month",
    "quarter": "quarter",
    "second": "second",
    "week": "week",
    "week_of_year": "week",
    "year": "year",
    "year_of_week": "isoyear",
    "yow": "isoyear",
}

_OF_DATES = "date|timestamp|zoned"
_OF_CLOCKS = f"time|timestamp|zoned|{types.DAY_TO_SECOND}"
# Which values EXTRACT takes a field out of.
_EXTRACTED = {
    **dict.fromkeys(FIELDS.keys() - {"day_of_month", "week_of_year"}, _OF_DATES),
    **dict.fromkeys(("year", "month"), f"{_OF_DATES}|{types.YEAR_TO_MONTH}"),
    **dict.fromkeys(("day", "day_of_month"), f"{_OF_DATES}|{types.DAY_TO_SECOND}"),
    **dict.fromkeys(("hour", "minute", "second"), _OF_CLOCKS),
    **dict.fromkeys(("timezone_hour", "timezone_minute"), "zoned"),
}
# Instants are in UTC here, or in the one zone that their type names.
_ZONE_FIELDS: dict[str, Callable[[Arguments], exp.Expr]] = {
    "timezone_hour": lambda a: raw(f"CAST(trunc({_away(*a)} / 3600) AS BIGINT)"),
    "timezone_minute": lambda a: raw(f"CAST(trunc({_away(*a)} / 60) % 60 AS BIGINT)"),
}

_FROM_NANOSECONDS = (
    "CASE WHEN coalesce(CAST(x AS BIGINT) % 1000 = 0, TRUE) "
    f"THEN make_timestamptz(CAST(x AS BIGINT) // 1000) ELSE {fail(TOO_FINE, 'x')} END"
)
_ISO_TIME = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})"

FUNCTIONS: list[Function] = [
    *taking(
        "time clock interval",
        [rewritten(name, _field(name), "bigint") for name in (*FIELDS, "millisecond")],
    ),
    *(rewritten(name, make, "bigint") for name, make in _ZONE_FIELDS.items()),
    rewritten("at_timezone", lambda a: at_timezone(*a), None),
    rewritten("with_timezone", _with_timezone, ZONED),
    syntax("extract", exp.Extract, kind="bigint"),
    syntax("current_date", exp.CurrentDate, kind="date"),
    syntax("current_time", exp.CurrentTime),
    syntax("current_timestamp", exp.CurrentTimestamp),
    syntax("localtime", exp.Localtime),
    syntax("localtimestamp", exp.Localtimestamp),
    macro("current_timezone", ("", "'UTC'"), kind="varchar"),
    rewritten("now", lambda a: at_present(ZONED, *a), ZONED),
    macro("date", ("x", "CAST(x AS DATE)"), kind="date"),
    rewritten("date_add", _date_add, last),
    rewritten("date_diff", _date_diff, "bigint"),
    rewritten("date_trunc", _date_trunc, last),
    _formatting("date_format"),
    _formatting("format_datetime"),
    *taking(
        "text",
        [
            rewritten("date_parse", _date_parse, "timestamp(3)"),
            rewritten("parse_datetime", _parse_datetime, ZONED),
            macro("from_iso8601_date", ("s", "python_iso8601_date(s)"), kind="date"),
            rewritten("from_iso8601_timestamp", _from_iso8601_timestamp, ZONED),
            rewritten(
                "from_iso8601_timestamp_nanos", _from_iso8601_timestamp_nanos, _IN_NANOSECONDS
            ),
            macro(
                "parse_duration",
                ("s", "to_milliseconds(python_duration(s))"),
                kind="interval day to second",
            ),
        ],
    ),
    rewritten("from_unixtime", _from_unixtime, lambda k: ZONED if len(k) == 1 else None),
    macro(
        "from_unixtime_nanos",
        ("x", _FROM_NANOSECONDS),
        kind=_IN_NANOSECONDS,
    ),
    macro(
        "human_readable_seconds", ("x", "python_human_seconds(CAST(x AS DOUBLE))"), kind="varchar"
    ),
    *taking(
        "time",
        [
            renamed("last_day_of_month", "last_day", "date"),
            rewritten("to_iso8601", _to_iso8601, "varchar"),
            rewritten("to_unixtime", lambda a: call("epoch", _instant(*a)), "double"),
        ],
    ),
    macro("to_milliseconds", ("i", "CAST(round(epoch(i) * 1000) AS BIGINT)"), kind="bigint"),
    *missing("to_char to_date to_timestamp", "a function of Teradata's"),
]


# An instant is held with 52 bits of milliseconds.
MACROS = [
    macro(
        "instant_of_seconds",
        (
            "x",
            (
                f"CASE WHEN coalesce(abs(x) < {2**51 / 1000}, TRUE) THEN to_timestamp(round(x, 3)) ELSE "
                + fail(
                    "'GENERIC_INTERNAL_ERROR: Millis overflow: ' || CAST(round(x * 1000) AS HUGEINT)",
                    "x",
                )
                + " END"
            ),
        ),
    ),
]


def _iso8601_date(text: str) -> dt.date:
    try:
        if found := re.fullmatch(r"(\d{4})-?(\d{3})", text):
            return dt.date(int(found[1]), 1, 1) + dt.timedelta(days=int(found[2]) - 1)
        if found := re.fullmatch(r"(\d{4})(?:-(\d{2}))?", text):
            return dt.date(int(found[1]), int(found[2] or 1), 1)
        return dt.date.fromisoformat(text)
    except ValueError:
        raise bad_argument(f'Invalid format: "{text}"') from None


def _iso8601_instant(text: str) -> dt.datetime:
    day, _, clock = text.partition("T")
    try:
        found = re.fullmatch(r"(.*?)(Z|[+-]\d{2}(?::?\d{2})?)?", clock)
        time = found[1] if found else ""
        zone = zone_named(found[2] or "Z") if found else dt.UTC
        return dt.datetime.combine(
            _iso8601_date(day), dt.time.fromisoformat(time or "00"), tzinfo=zone
        )
    except (ValueError, QueryError):
        raise bad_argument(f'Invalid format: "{text}"') from None


def _in_utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


_LENGTHS = {"ns": 1e-6, "us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4, "h": 3.6e6, "d": 8.64e7}


def _duration(text: str) -> float:
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ns|us|ms|s|m|h|d)\s*", text)
    if found is None:
        raise bad_argument(f"duration is not a valid data duration string: {text}")
    return float(round(float(found[1]) * _LENGTHS[found[2]]))


def _human_seconds(seconds: float) -> str:
    if not math.isfinite(seconds):
        raise bad_argument(f"Invalid argument found: {java_double(seconds)}")
    left = round(abs(seconds))
    parts = []
    for size, name in (
        (604800, "week"),
        (86400, "day"),
        (3600, "hour"),
        (60, "minute"),
        (1, "second"),
    ):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    return ", ".join(parts) or "0 seconds"


HELPERS = [
    Helper("date_format", format_mysql, ("TIMESTAMP", "VARCHAR"), "VARCHAR"),
    Helper("date_parse", parse_mysql, ("VARCHAR", "VARCHAR"), "TIMESTAMP"),
    Helper("duration", _duration, ("VARCHAR",), "DOUBLE"),
    Helper("format_datetime", format_joda, ("TIMESTAMP", "VARCHAR"), "VARCHAR"),
    Helper("human_seconds", _human_seconds, ("DOUBLE",), "VARCHAR"),
    Helper("iso8601_date", _iso8601_date, ("VARCHAR",), "DATE"),
    Helper("iso8601_time", lambda text: _in_utc(_iso8601_instant(text)), ("VARCHAR",), "TIMESTAMP"),
    Helper(
        "parse_datetime",
        lambda text, pattern: _in_utc(parsed_joda(text, pattern)),
        ("VARCHAR", "VARCHAR"),
        "TIMESTAMP",
    ),
    Helper(
        "parsed_zone",
        lambda text, pattern: zone_of_instant(parsed_joda(text, pattern)),
        ("VARCHAR", "VARCHAR"),
        "VARCHAR",
    ),
]

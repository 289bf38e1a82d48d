"""Texts as values of Hive's primitive types. A text that is not such a value raises ValueError."""

import datetime as dt
import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, InvalidOperation

from sandbox.athena.hive.types import HiveType

_INTEGER_BITS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}
_INTEGER = re.compile(r"[+-]?\d+")
_DECIMALS = Context(prec=76)  # twice what a decimal holds
_FLOAT = re.compile(r"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|NaN|Infinity)[fFdD]?")
_DATE = re.compile(r"(\d{1,4})-(\d{1,2})-(\d{1,2})")
_TIMESTAMP = re.compile(
    r"(\d{1,4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?"
)
_ZONED = re.compile(r"(.*?)(?:([zZ])|([+-])(\d{2}):?(\d{2}))")
_MILLISECOND_DIGITS = 13  # a number this long is milliseconds, a shorter one seconds (OpenX)


def parse_integer(text: str, kind: str) -> int:
    """Read a decimal whole number that fits the type."""
    if not _INTEGER.fullmatch(text):
        raise ValueError(f'For input string: "{text}"')
    return check_range(int(text), kind)


def check_range(value: int, kind: str) -> int:
    """Return `value` if the Hive integer type holds it."""
    limit = 1 << (_INTEGER_BITS[kind] - 1)
    if not -limit <= value < limit:
        raise ValueError(f'Value out of range for {kind}: "{value}"')
    return value


def parse_float(text: str) -> float:
    """Read a number as Java's Double.parseDouble does."""
    stripped = text.strip()
    if not _FLOAT.fullmatch(stripped):
        raise ValueError(f'For input string: "{text}"')
    return float(stripped.rstrip("fFdD"))


def parse_decimal(text: str, kind: HiveType) -> Decimal:
    """Read a decimal, rounded to the declared scale."""
    precision, scale = kind.parameters
    try:
        value = Decimal(text.strip()).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _DECIMALS)
    except InvalidOperation as error:
        raise ValueError(f'For input string: "{text}"') from error
    if not value.is_finite() or len(value.as_tuple().digits) > precision:
        raise ValueError(f"Invalid decimal value '{text}' for {kind.athena()} type")
    return value


def truncate_decimal(text: str) -> int:
    """Read a number and cut its fraction off."""
    try:
        return int(Decimal(text).to_integral_value(ROUND_DOWN))
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise ValueError(f'For input string: "{text}"') from error


def parse_date(text: str) -> dt.date:
    """Read `2020-01-31`; a time after it is cut off, as Hive does."""
    match = _DATE.match(text.strip())
    if match is None or (match.end() < len(text.strip()) and text.strip()[match.end()] not in " T"):
        raise ValueError(f"Text '{text}' could not be parsed as a date")
    return dt.date(int(match[1]), int(match[2]), int(match[3]))


def parse_timestamp(text: str) -> dt.datetime:
    """Read `2020-01-31 10:11:12[.123456789]`, also with a T (microseconds are kept)."""
    match = _TIMESTAMP.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"Text '{text}' could not be parsed as a timestamp")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    micros = int((match[7] or "").ljust(6, "0")[:6])
    return dt.datetime(year, month, day, hour, minute, second, micros)  # noqa: DTZ001 - Hive's has no zone


def parse_openx_timestamp(text: str) -> dt.datetime:
    """Read what the OpenX SerDe takes: ISO with a zone, Hive's form, epoch seconds or millis."""
    if ":" in text:
        zoned = _ZONED.fullmatch(text)
        if zoned is None:
            return parse_timestamp(text)
        local = parse_timestamp(zoned[1])
        if zoned[2]:
            return local
        offset = dt.timedelta(hours=int(zoned[4]), minutes=int(zoned[5]))
        return local - offset if zoned[3] == "+" else local + offset
    if "." in text:
        return from_epoch_millis(truncate_decimal(f"{text}e3"))
    number = parse_integer(text, "bigint")
    return from_epoch_millis(number if len(text) >= _MILLISECOND_DIGITS else number * 1000)


def from_epoch_days(days: int) -> dt.date:
    """Give the date of a number of days since 1970."""
    try:
        return dt.date(1970, 1, 1) + dt.timedelta(days=days)
    except OverflowError as error:
        raise ValueError(f'Date out of range: "{days}"') from error


def from_epoch_millis(millis: int) -> dt.datetime:
    """Give the UTC time of an epoch in milliseconds."""
    try:
        return dt.datetime(1970, 1, 1) + dt.timedelta(milliseconds=millis)  # noqa: DTZ001 - UTC
    except OverflowError as error:
        raise ValueError(f'Timestamp out of range: "{millis}"') from error

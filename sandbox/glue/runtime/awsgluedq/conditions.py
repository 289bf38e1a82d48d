"""What the values in a DQDL condition mean: for one figure, and for a column's values."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import reduce
from operator import add, mul, or_, sub, truediv

from pyspark.sql import Column
from pyspark.sql import functions as sf
from pyspark.sql import types as st

from glue_studio.dqdl import (
    Arithmetic,
    Call,
    Condition,
    Duration,
    Keyword,
    Now,
    Number,
    Offset,
    Text,
    Value,
)


class UnsupportedRuleError(Exception):
    """A rule, or a part of one, that the sandbox does not evaluate: the rule then fails."""


_SECONDS = {"minutes": 60, "hours": 3600, "days": 86400}
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": truediv,
}
_NUMERIC_TEXT = st.DecimalType(38, 10)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def holds(condition: Condition, figure: float) -> bool:  # noqa: C901 -- a case an operator
    """Whether a figure meets the condition."""
    if math.isnan(figure):
        return False
    numbers = [number(operand) for operand in condition.operands]
    # Ratios are sums of floats: 0.1 + 0.2 is 0.3 here.
    equal = [math.isclose(figure, value, rel_tol=1e-12, abs_tol=1e-12) for value in numbers]
    match condition.operator:
        case "=":
            return equal[0]
        case "!=":
            return not equal[0]
        case ">":
            return figure > numbers[0] and not equal[0]
        case ">=":
            return figure > numbers[0] or equal[0]
        case "<":
            return figure < numbers[0] and not equal[0]
        case "<=":
            return figure < numbers[0] or equal[0]
        case "between":
            return numbers[0] < figure < numbers[1] and not any(equal)
        case "not between":
            return not (numbers[0] < figure < numbers[1]) or any(equal)
        case "in":
            return any(equal)
        case "not in":
            return not any(equal)
    raise UnsupportedRuleError(f"the operator {condition.operator} cannot be used on a number")


def number(value: Value) -> float:
    """A value that must be a number."""
    match value:
        case Number(amount):
            return float(amount)
        case Text(text):
            try:
                return float(text)
            except ValueError:
                raise UnsupportedRuleError(f"{text!r} is not a number") from None
        case Arithmetic(operator, left, right):
            try:
                return _ARITHMETIC[operator](number(left), number(right))
            except ZeroDivisionError:
                raise UnsupportedRuleError("the condition divides by zero") from None
        case Call():
            raise UnsupportedRuleError(
                "dynamic rules (last and the functions of it) need results of earlier runs, "
                "which the sandbox does not look up"
            )
    raise UnsupportedRuleError("the condition needs a number")


def seconds(value: Value) -> float:
    """A value that must be a length of time."""
    if not isinstance(value, Duration):
        raise UnsupportedRuleError("the condition needs a length of time, for example 3 days")
    return float(value.amount) * _SECONDS[value.unit]


def row_condition(value: Column, kind: st.DataType, condition: Condition, now: datetime) -> Column:
    """Whether one row's value meets the condition: true or false, never NULL.

    A NULL meets `!=` and `not in`, unless they name NULL, and no other condition that does not
    name it (DQDL reference, ColumnValues, null behavior).

    Args:
        value: The column.
        kind: Its type.
        condition: Of a ColumnValues rule.
        now: What `now()` is.
    """
    operator = condition.operator
    keywords = [item for item in condition.operands if isinstance(item, Keyword)]
    literals = [item for item in condition.operands if not isinstance(item, Keyword)]
    if keywords and operator not in {"=", "!=", "in", "not in"}:
        raise UnsupportedRuleError(f"{keywords[0].name} cannot be used with {operator}")
    match operator:
        case "matches":
            return _found(value, f"^{_text(literals[0])}$")
        case "not matches":
            return _found(value, rf"^(?!\b{_text(literals[0])}\b).*$")
        case "between" | "not between":
            low, high = literals
            inside = _compare(value, kind, ">", low, now) & _compare(value, kind, "<", high, now)
            return _certain(inside if operator == "between" else ~inside)
        case "=" | "in" | "!=" | "not in":
            tests = [_compare(value, kind, "=", item, now) for item in literals]
            tests += [_keyword(value, item) for item in keywords]
            met = reduce(or_, map(_certain, tests), sf.lit(False))
            # A value that cannot be compared (text where a number is asked) is another value.
            return met if operator in {"=", "in"} else ~met
        case _:
            return _certain(_compare(value, kind, operator, literals[0], now))


def _certain(test: Column) -> Column:
    return sf.coalesce(test, sf.lit(False))


def _found(value: Column, pattern: str) -> Column:
    """Whether the first match of a pattern is there and not empty, as Deequ asks."""
    return _certain(sf.regexp_extract(value.cast("string"), pattern, 0) != "")


def _keyword(value: Column, keyword: Keyword) -> Column:
    text = value.cast("string")
    match keyword.name:
        case "NULL":
            return value.isNull()
        case "EMPTY":
            return text == ""
        case _:
            return (sf.trim(text) == "") & (text != "")


def _compare(value: Column, kind: st.DataType, operator: str, item: Value, now: datetime) -> Column:
    if operator != "=" and isinstance(item, Text):
        # Of texts, DQDL orders dates alone; by their letters "9" would be more than "10".
        if isinstance(kind, st.StringType):
            value, kind = value.cast("date"), st.DateType()
        elif not isinstance(kind, (st.DateType, st.TimestampType)):
            raise UnsupportedRuleError(f"a {kind.typeName()} is neither more nor less than a text")
    left, right = _comparable(value, kind, item, now)
    match operator:
        case "=":
            return left == right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "<":
            return left < right
        case _:
            return left <= right


def _comparable(
    value: Column, kind: st.DataType, item: Value, now: datetime
) -> tuple[Column, Column]:
    match item:
        case Number(amount):
            number_of = value.cast(_NUMERIC_TEXT) if isinstance(kind, st.StringType) else value
            return number_of, _number(amount)
        case Text(text) if isinstance(kind, (st.DateType, st.TimestampType)):
            try:
                datetime.fromisoformat(text)  # Spark would read no date as NULL, and go on.
            except ValueError:
                raise UnsupportedRuleError(
                    f'{text!r} is not a date or time such as "2024-01-31"'
                ) from None
            if _DATE.fullmatch(text):
                return value.cast("date"), sf.lit(text).cast("date")
            return value.cast("timestamp"), sf.lit(text).cast("timestamp")
        case Text(text):
            return value.cast("string"), sf.lit(text)
        case Now():
            return _moment(value, kind, now)
        case Offset(sign, Duration(amount, unit)):
            shift = timedelta(seconds=float(amount) * _SECONDS[unit])
            return _moment(value, kind, now + shift if sign == "+" else now - shift)
        case _:
            return value.cast("double"), sf.lit(number(item))


def _moment(value: Column, kind: st.DataType, moment: datetime) -> tuple[Column, Column]:
    """Dates are compared with the day of the moment, as Deequ does, and all else with itself."""
    if isinstance(kind, st.DateType):
        return value, sf.lit(moment.date())
    return value.cast("timestamp"), sf.lit(moment)


def _number(amount: Decimal) -> Column:
    if amount == amount.to_integral_value() and abs(amount) < 2**63:
        return sf.lit(int(amount))
    return sf.lit(float(amount))


def _text(value: Value) -> str:
    if isinstance(value, Text):
        return value.value
    raise UnsupportedRuleError("matches takes a pattern in quotes")


def utc_now() -> datetime:
    """The instant that every `now()` of one evaluation means."""
    return datetime.now(UTC)

"""What the values in a DQDL condition mean: for one figure, and for a column's values."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import add, mul, sub, truediv

from pyspark.sql import Column
from pyspark.sql import functions as sf
from pyspark.sql import types as st

from glue_studio.dqdl import (
    Arithmetic,
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
    """A value that must be a number; a duration is in seconds."""
    match value:
        case Number(amount):
            return float(amount)
        case Text(text):
            try:
                return float(text)
            except ValueError:
                raise UnsupportedRuleError(f"{text!r} is not a number") from None
        case Duration(amount, unit):
            return float(amount) * _SECONDS[unit]
        case Arithmetic(operator, left, right):
            return _ARITHMETIC[operator](number(left), number(right))
    raise UnsupportedRuleError(
        "dynamic rules (last and the functions of it) need results of earlier runs, "
        "which the sandbox does not look up"
    )


def row_condition(value: Column, kind: st.DataType, condition: Condition, now: datetime) -> Column:
    """Whether one row's value meets the condition; NULL does unless the condition names NULL.

    Args:
        value: The column.
        kind: Its type.
        condition: Of a ColumnValues rule.
        now: What `now()` is.
    """
    operator = condition.operator
    negated = operator in {"!=", "not in", "not between", "not matches"}
    keywords = [item for item in condition.operands if isinstance(item, Keyword)]
    literals = [item for item in condition.operands if not isinstance(item, Keyword)]
    if operator in {"matches", "not matches"}:
        tests = [value.cast("string").rlike(_text(literals[0]))]
    elif operator in {"=", "!=", "in", "not in"}:
        tests = [_compare(value, kind, "=", item, now) for item in literals]
    elif operator in {"between", "not between"}:
        low, high = literals
        inside = _compare(value, kind, ">", low, now) & _compare(value, kind, "<", high, now)
        tests = [inside]
    else:
        tests = [_compare(value, kind, operator, literals[0], now)]
    names_null = any(item.name == "NULL" for item in keywords)
    tests += [_keyword(value, item) for item in keywords]
    met = sf.lit(False)
    for test in tests:
        met = met | sf.coalesce(test, sf.lit(False))
    if negated:
        # A value that cannot be compared (text where a number is asked) is another value.
        return ~met if names_null else value.isNull() | ~met
    return met if names_null else value.isNull() | met


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
            return (value.cast(_NUMERIC_TEXT) if isinstance(kind, st.StringType) else value), _number(amount)  # fmt: skip
        case Text(text) if isinstance(kind, st.StringType):
            return value, sf.lit(text)
        case Text(text) if isinstance(kind, (st.DateType, st.TimestampType)):
            return value.cast("timestamp"), sf.lit(text).cast("timestamp")
        case Text(text):
            return value.cast("string"), sf.lit(text)
        case Now():
            return value.cast("timestamp"), sf.lit(now)
        case Offset(sign, Duration(amount, unit)):
            shift = timedelta(seconds=float(amount) * _SECONDS[unit])
            return value.cast("timestamp"), sf.lit(now + shift if sign == "+" else now - shift)
        case _:
            return value.cast("double"), sf.lit(number(item))


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

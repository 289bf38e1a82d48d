"""Numbers as Java writes them, in results and in the names of partitions."""

import math
from decimal import Decimal

# Java writes a double without an exponent in this range only.
_PLAIN_FROM, _PLAIN_TO = 1e-3, 1e7


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

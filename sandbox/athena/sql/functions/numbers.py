"""Functions of numbers: what they are in DuckDB."""

import math
from collections.abc import Mapping
from statistics import NormalDist

from sqlglot import exp

from sandbox.athena.errors import bad_argument
from sandbox.athena.sql import types
from sandbox.athena.sql.functions.base import (
    HELPER_PREFIX,
    Arguments,
    Function,
    Helper,
    Kind,
    call,
    common,
    fail,
    first,
    macro,
    missing,
    raw,
    renamed,
    rewritten,
    same,
    taking,
    text_of,
)
from sandbox.athena.sql.relations import type_of

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_BITS = {"tinyint": 8, "smallint": 16, "integer": 32}


def _cast(text: str, kind: Kind) -> exp.Expr:
    duckdb = types.duckdb_name(kind)
    return raw(f"CAST({text} AS {duckdb})") if duckdb else raw(text)


def _whole(name: str) -> Function:
    """`ceil` and `floor`, which keep the type."""

    def make(arguments: Arguments) -> exp.Expr:
        (value,) = arguments
        kind = type_of(value)
        if kind in types.INTEGERS:
            return value
        return _cast(f"{name}({text_of(value)})", _whole_type([kind]))

    return rewritten(name, make, _whole_type)


def _whole_type(kinds: list[Kind]) -> Kind:
    kind = first(kinds)
    if types.is_decimal(kind):
        precision, scale = types.decimal_of(kind) or (38, 0)
        return f"decimal({min(38, precision - scale + min(scale, 1))},0)"
    return kind


def _round_type(kinds: list[Kind]) -> Kind:
    kind = first(kinds)
    if types.is_decimal(kind):
        precision, scale = types.decimal_of(kind) or (38, 0)
        if len(kinds) == 1:
            return _whole_type(kinds)
        return f"decimal({min(38, precision + 1)},{scale})"
    return kind


def _round(arguments: Arguments) -> exp.Expr:
    value, *places = arguments
    listed = ", ".join(text_of(item) for item in (value, *places))
    return _cast(f"round({listed})", _round_type([type_of(item) for item in arguments]))


def _truncate(arguments: Arguments) -> exp.Expr:
    value, *places = arguments
    kind = type_of(value)
    listed = ", ".join(text_of(item) for item in (value, *places))
    wanted = kind if places or not types.is_decimal(kind) else None
    return _cast(f"trunc({listed})", wanted)


def _sign(arguments: Arguments) -> exp.Expr:
    (value,) = arguments
    kind = type_of(value)
    made = f"sign({text_of(value)})"
    if kind in {"double", "real"}:
        made = f"CASE WHEN isnan({text_of(value)}) THEN {text_of(value)} ELSE {made} END"
    return _cast(made, "decimal(1,0)" if types.is_decimal(kind) else kind)


def _mod(arguments: Arguments) -> exp.Expr:
    left, right = arguments
    return raw(f"({text_of(left)} % {text_of(right)})")


def _mod_type(kinds: list[Kind]) -> Kind:
    left, right = kinds
    return types.arithmetic("%", left, right)


def _extreme(name: str) -> Function:
    """`greatest` and `least`, which are NULL if anything is."""

    def make(arguments: Arguments) -> exp.Expr:
        texts = [text_of(item) for item in arguments]
        absent = " OR ".join(f"({text}) IS NULL" for text in texts)
        return raw(f"(CASE WHEN {absent} THEN NULL ELSE {name}({', '.join(texts)}) END)")

    return rewritten(name, make, common)


def _shift(name: str) -> Function:
    """A shift of bits, as wide as the number's type."""

    def make(arguments: Arguments) -> exp.Expr:
        value, by = arguments
        kind = type_of(value)
        wide = raw(str(_BITS.get(kind or "", 64)))
        values = [exp.cast(item.copy(), "BIGINT", dialect="duckdb") for item in (value, by)]
        return _cast(text_of(call(f"{HELPER_PREFIX}{name}", *values, wide)), kind)

    return rewritten(name, make, first)


def _cbrt(value: float) -> float:
    near = math.cbrt(value)
    around = (near, math.nextafter(near, -math.inf), math.nextafter(near, math.inf))
    return min(around, key=lambda root: abs(root**3 - value)) if math.isfinite(value) else near


def _signed(number: int, wide: int) -> int:
    number &= (1 << wide) - 1
    return number - (1 << wide) if number >> (wide - 1) else number


def _left_shift(value: int, by: int, wide: int) -> int:
    return _signed(value << by, wide) if 0 <= by < wide else 0


def _right_shift(value: int, by: int, wide: int) -> int:
    return _signed((value & ((1 << wide) - 1)) >> by, wide) if 0 <= by < wide else 0


def _right_shift_arithmetic(value: int, by: int, wide: int) -> int:
    return value >> min(by, wide - 1) if by >= 0 else (-1 if value < 0 else 0)


def _bit_count(value: int, bits: int) -> int:
    if not 2 <= bits <= 64:  # noqa: PLR2004 - Trino's own limits
        raise bad_argument(f"Bits specified in bit_count must be between 2 and 64, got {bits}")
    if not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
        raise bad_argument(
            f"Number must be representable with the bits specified. {value} can not be "
            f"represented with {bits} bits"
        )
    return (value & ((1 << bits) - 1)).bit_count()


def _radix(radix: int) -> int:
    if not 2 <= radix <= 36:  # noqa: PLR2004 - Java's own limits
        raise bad_argument("Radix must be between 2 and 36")
    return radix


def _from_base(text: str, radix: int) -> int:
    try:
        return int(text, _radix(radix))
    except ValueError:
        raise bad_argument(f"Not a valid base-{radix} number: {text}") from None


def _to_base(number: int, radix: int) -> str:
    _radix(radix)
    left, digits = abs(number), ""
    while left:
        left, digit = divmod(left, radix)
        digits = _DIGITS[digit] + digits
    return ("-" if number < 0 else "") + (digits or "0")


def _normal_cdf(mean: float, deviation: float, value: float) -> float:
    if deviation <= 0:
        raise bad_argument("standardDeviation must be > 0")
    return NormalDist(mean, deviation).cdf(value)


def _inverse_normal_cdf(mean: float, deviation: float, p: float) -> float:
    if not 0 < p < 1:
        raise bad_argument("p must be 0 > p > 1")
    if deviation <= 0:
        raise bad_argument("sd must be > 0")
    return NormalDist(mean, deviation).inv_cdf(p)


def _random_type(kinds: list[Kind]) -> Kind:
    if not kinds:
        return "double"
    return common(kinds) if all(kind in types.INTEGERS for kind in kinds) else "bigint"


_BOUND_ERROR = fail("'INVALID_FUNCTION_ARGUMENT: bound must be positive'", "n")
_START_ERROR = fail("'INVALID_FUNCTION_ARGUMENT: start value must be less than stop value'", "m")
_RANDOM_BELOW = f"CAST(CASE WHEN n <= 0 THEN {_BOUND_ERROR} ELSE floor(random() * n) END AS BIGINT)"
_RANDOM_BETWEEN = (
    f"CAST(CASE WHEN m >= n THEN {_START_ERROR} ELSE m + floor(random() * (n - m)) END AS BIGINT)"
)
_BUCKET_ERROR = fail(
    "'INVALID_FUNCTION_ARGUMENT: bucketCount must be greater than 0'", "x || a || b"
)


def _refusing(on: str, messages: Mapping[str, str]) -> str:
    """Cases that fail: conditions, and what is said of them."""
    return " ".join(
        f"WHEN {condition} THEN " + fail(f"'INVALID_FUNCTION_ARGUMENT: {message}'", on)
        for condition, message in messages.items()
    )


_WILSON_ARGUMENTS = "CASE " + _refusing(
    "s || n || z",
    {
        "s < 0": "number of successes must not be negative",
        "n <= 0": "number of trials must be positive",
        "s > n": "number of successes must not be larger than number of trials",
        "z < 0": "z-score must not be negative",
    },
)
_BINS = "CASE WHEN x IS NULL OR b IS NULL THEN NULL " + _refusing(
    "x || len(b)",
    {
        "isnan(CAST(x AS DOUBLE))": "Operand cannot be NaN",
        "len(b) = 0": "Bins cannot be an empty array",
        "list_sort(b) <> b": "Bin values are not sorted in ascending order",
        "NOT isfinite(CAST(b[-1] AS DOUBLE))": "Bin value must be finite",
    },
)
# The bounds of Wilson's score interval; a one-element list binds the arguments as doubles.
_WILSON = (
    "list_transform([{{'s': s, 'n': n, 'z': z}}::STRUCT(s DOUBLE, n DOUBLE, z DOUBLE)], lambda __w: "
    "(__w.s / __w.n + __w.z * __w.z / (2 * __w.n) {sign} __w.z * sqrt(__w.s / __w.n * "
    "(1 - __w.s / __w.n) / __w.n + __w.z * __w.z / (4 * __w.n * __w.n))) "
    "/ (1 + __w.z * __w.z / __w.n))[1]"
)


_FUNCTIONS: list[Function] = [
    *same("abs", first),
    *same(
        "acos asin atan atan2 cos cosh degrees exp ln log log10 log2 pi radians sin sinh sqrt "
        "tan tanh",
        "double",
    ),
    *same("pow power", "double"),
    macro("cbrt", ("x", "python_cbrt(CAST(x AS DOUBLE))"), kind="double"),
    _whole("ceil"),
    Function("ceiling", _whole("ceil").how, _whole_type),
    _whole("floor"),
    rewritten("round", _round, _round_type),
    rewritten("truncate", _truncate, first),
    rewritten(
        "sign",
        _sign,
        lambda kinds: "decimal(1,0)" if types.is_decimal(first(kinds)) else first(kinds),
    ),
    rewritten("mod", _mod, _mod_type),
    _extreme("greatest"),
    _extreme("least"),
    macro("e", ("", "exp(1)"), kind="double"),
    macro("infinity", ("", "CAST('infinity' AS DOUBLE)"), kind="double"),
    macro("nan", ("", "CAST('nan' AS DOUBLE)"), kind="double"),
    renamed("is_finite", "isfinite", "boolean"),
    renamed("is_infinite", "isinf", "boolean"),
    renamed("is_nan", "isnan", "boolean"),
    *(
        macro(
            name,
            ("", "random()"),
            ("n", _RANDOM_BELOW),
            ("m, n", _RANDOM_BETWEEN),
            kind=_random_type,
        )
        for name in ("rand", "random")
    ),
    macro(
        "width_bucket",
        ("x, b", f"CAST({_BINS} ELSE len(list_filter(b, lambda __b: __b <= x)) END AS BIGINT)"),
        (
            "x, a, b, n",
            (
                f"CAST(CASE WHEN n <= 0 THEN {_BUCKET_ERROR} "
                "WHEN a < b AND x < a OR a > b AND x > a THEN 0 "
                "WHEN a < b AND x >= b OR a > b AND x <= b THEN n + 1 "
                "ELSE floor(CAST(x - a AS DOUBLE) / (b - a) * n) + 1 END AS BIGINT)"
            ),
        ),
        kind="bigint",
    ),
    macro("from_base", ("s, r", "python_from_base(s, CAST(r AS BIGINT))"), kind="bigint"),
    macro(
        "to_base", ("n, r", "python_to_base(CAST(n AS BIGINT), CAST(r AS BIGINT))"), kind="varchar"
    ),
    macro(
        "bit_count",
        ("x, b", "python_bit_count(CAST(x AS BIGINT), CAST(b AS BIGINT))"),
        kind="bigint",
    ),
    macro("bitwise_and", ("a, b", "CAST(a AS BIGINT) & CAST(b AS BIGINT)"), kind="bigint"),
    macro("bitwise_or", ("a, b", "CAST(a AS BIGINT) | CAST(b AS BIGINT)"), kind="bigint"),
    macro("bitwise_xor", ("a, b", "xor(CAST(a AS BIGINT), CAST(b AS BIGINT))"), kind="bigint"),
    macro("bitwise_not", ("a", "~CAST(a AS BIGINT)"), kind="bigint"),
    _shift("bitwise_left_shift"),
    _shift("bitwise_right_shift"),
    _shift("bitwise_right_shift_arithmetic"),
    macro(
        "normal_cdf",
        ("m, s, v", "python_normal_cdf(CAST(m AS DOUBLE), CAST(s AS DOUBLE), CAST(v AS DOUBLE))"),
        kind="double",
    ),
    macro(
        "inverse_normal_cdf",
        (
            "m, s, p",
            "python_inverse_normal_cdf(CAST(m AS DOUBLE), CAST(s AS DOUBLE), CAST(p AS DOUBLE))",
        ),
        kind="double",
    ),
    *(
        macro(
            f"wilson_interval_{end}",
            ("s, n, z", f"{_WILSON_ARGUMENTS} ELSE {_WILSON.format(sign=sign)} END"),
            kind="double",
        )
        for end, sign in (("lower", "-"), ("upper", "+"))
    ),
    *missing("beta_cdf inverse_beta_cdf format_number parse_data_size parse_presto_data_size"),
]
FUNCTIONS = taking("number", _FUNCTIONS, "from_base", "greatest", "least")

HELPERS = [
    Helper("cbrt", _cbrt, ("DOUBLE",), "DOUBLE"),
    Helper("bit_count", _bit_count, ("BIGINT", "BIGINT"), "BIGINT"),
    Helper("bitwise_left_shift", _left_shift, ("BIGINT", "BIGINT", "BIGINT"), "BIGINT"),
    Helper("bitwise_right_shift", _right_shift, ("BIGINT", "BIGINT", "BIGINT"), "BIGINT"),
    Helper(
        "bitwise_right_shift_arithmetic",
        _right_shift_arithmetic,
        ("BIGINT", "BIGINT", "BIGINT"),
        "BIGINT",
    ),
    Helper("from_base", _from_base, ("VARCHAR", "BIGINT"), "BIGINT"),
    Helper("inverse_normal_cdf", _inverse_normal_cdf, ("DOUBLE", "DOUBLE", "DOUBLE"), "DOUBLE"),
    Helper("normal_cdf", _normal_cdf, ("DOUBLE", "DOUBLE", "DOUBLE"), "DOUBLE"),
    Helper("to_base", _to_base, ("BIGINT", "BIGINT"), "VARCHAR"),
]

"""What type a function call has."""

from sqlglot import exp

from sandbox.athena.sql import types

_BIGINT_FUNCTIONS = frozenset(
    {
        "approx_distinct",
        "array_position",
        "cardinality",
        "codepoint",
        "count",
        "count_if",
        "date_diff",
        "day",
        "day_of_month",
        "day_of_week",
        "day_of_year",
        "dense_rank",
        "dow",
        "doy",
        "hour",
        "json_array_length",
        "length",
        "levenshtein_distance",
        "millisecond",
        "minute",
        "month",
        "ntile",
        "quarter",
        "rank",
        "row_number",
        "second",
        "strpos",
        "week",
        "week_of_year",
        "year",
        "year_of_week",
        "yow",
        "regexp_count",
        "position",
    }
)
_SAME_FUNCTIONS = frozenset(
    {
        "abs",
        "any_value",
        "arbitrary",
        "array_distinct",
        "array_sort",
        "first_value",
        "lag",
        "last_value",
        "lead",
        "max",
        "max_by",
        "min",
        "min_by",
        "nth_value",
        "nullif",
        "approx_percentile",
    }
)
_DOUBLE_FUNCTIONS = frozenset(
    {
        "cbrt",
        "corr",
        "covar_pop",
        "covar_samp",
        "e",
        "exp",
        "geometric_mean",
        "infinity",
        "ln",
        "log",
        "log10",
        "log2",
        "nan",
        "pi",
        "pow",
        "power",
        "rand",
        "random",
        "regr_slope",
        "sqrt",
        "stddev",
        "stddev_pop",
        "stddev_samp",
        "to_unixtime",
        "var_pop",
        "var_samp",
        "variance",
        "percent_rank",
        "cume_dist",
    }
)
_TEXT_FUNCTIONS = frozenset(
    {
        "array_join",
        "chr",
        "concat_ws",
        "date_format",
        "format_datetime",
        "json_extract_scalar",
        "json_format",
        "listagg",
        "lower",
        "lpad",
        "ltrim",
        "regexp_extract",
        "regexp_replace",
        "replace",
        "reverse",
        "rpad",
        "rtrim",
        "split_part",
        "substr",
        "substring",
        "to_base64",
        "to_hex",
        "to_iso8601",
        "translate",
        "trim",
        "upper",
        "url_extract_host",
        "url_extract_path",
        "uuid",
    }
)
_BOOLEAN_FUNCTIONS = frozenset(
    {
        "all_match",
        "any_match",
        "bool_and",
        "bool_or",
        "contains",
        "ends_with",
        "every",
        "is_finite",
        "is_infinite",
        "is_nan",
        "none_match",
        "regexp_like",
        "starts_with",
        "arrays_overlap",
    }
)
_FIXED = {
    **dict.fromkeys(_BIGINT_FUNCTIONS, "bigint"),
    **dict.fromkeys(_DOUBLE_FUNCTIONS, "double"),
    **dict.fromkeys(_TEXT_FUNCTIONS, "varchar"),
    **dict.fromkeys(_BOOLEAN_FUNCTIONS, "boolean"),
    **dict.fromkeys(("date", "current_date", "from_iso8601_date", "last_day_of_month"), "date"),
    **dict.fromkeys(
        ("from_unixtime", "now", "current_timestamp", "from_iso8601_timestamp"),
        "timestamp(3) with time zone",
    ),
    **dict.fromkeys(("date_parse", "localtimestamp"), "timestamp(3)"),
    "split": "array(varchar)",
}


def type_of_call(node: exp.Expr, name: str, arguments: list[str | None]) -> str | None:
    """Tell the type of a call.

    Args:
        node: the call.
        name: the function's, lower case; empty for what is no plain call.
        arguments: types, None where one isn't known.

    Returns:
        None if it isn't known.
    """
    if name in _FIXED:
        return _FIXED[name]
    first = arguments[0] if arguments else None
    if isinstance(node, exp.Count):
        return "bigint"
    if isinstance(node, exp.CurrentDate):
        return "date"
    if isinstance(node, exp.DPipe):
        return "varchar" if types.family(first) == "text" else None
    if isinstance(node, exp.Array) or name == "array_agg":
        element = types.common(arguments) if isinstance(node, exp.Array) and arguments else first
        return f"array({element})" if element else None
    return _derived(name, arguments, first)


def _derived(name: str, arguments: list[str | None], first: str | None) -> str | None:
    if name in _SAME_FUNCTIONS:
        return first
    if name in {"coalesce", "greatest", "least"}:
        return types.common(arguments)
    if name == "if":
        return types.common(arguments[1:])
    if name == "element_at":
        return types.item_of(first)
    if name in {"date_trunc", "date_add"}:
        return arguments[-1] if arguments else None
    decimal = types.decimal_of(first) if types.is_decimal(first) else None
    if name == "sum":
        if decimal:
            return f"decimal(38,{decimal[1]})"
        return "bigint" if first in types.INTEGERS else first
    if name == "avg":
        if decimal or first == "real":
            return first
        return "double" if types.family(first) == "number" else None
    return None

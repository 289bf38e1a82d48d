"""Aggregate and window functions: what they are in DuckDB."""

import re
from functools import partial

from sqlglot import exp

from sandbox.athena.errors import QueryError, bad_argument
from sandbox.athena.sql import types
from sandbox.athena.sql.casts import assigned
from sandbox.athena.sql.functions.arrays import reduced
from sandbox.athena.sql.functions.base import (
    Aggregated,
    Arguments,
    Finish,
    Function,
    Kind,
    TypeRule,
    a_lambda,
    array_of,
    array_of_first,
    call,
    common,
    first,
    macro,
    macro_call,
    map_of,
    missing,
    raw,
    renamed,
    same,
    syntax,
    taking,
    text_of,
)
from sandbox.athena.sql.relations import type_of


def _finished(name: str, duckdb: str, kind: Kind | TypeRule, finish: str) -> Function:
    """An aggregate of DuckDB's on whose result a macro works."""

    def make(arguments: Arguments, _kind: Kind) -> tuple[exp.Expr, Finish]:
        return call(duckdb, *arguments), partial(macro_call, finish)

    return Function(name, Aggregated(make), kind, aggregate=True)


def _cast(name: str, duckdb: str, kind: Kind | TypeRule) -> Function:
    """An aggregate whose result is cast to its type, for DuckDB's own is wider."""

    def make(arguments: Arguments, wanted: Kind) -> tuple[exp.Expr, Finish]:
        name = types.duckdb_name(wanted)
        finish: Finish = partial(exp.cast, to=name, dialect="duckdb") if name else _as_it_is
        return call(duckdb, *arguments), finish

    return Function(name, Aggregated(make), kind, aggregate=True)


def _as_it_is(result: exp.Expr) -> exp.Expr:
    return result


def _sum_type(kinds: list[Kind]) -> Kind:
    kind = first(kinds)
    _check_summed(kind)
    if types.is_decimal(kind):
        return f"decimal(38,{(types.decimal_of(kind) or (38, 0))[1]})"
    return "bigint" if kind in types.INTEGERS else kind


def _check_summed(kind: Kind) -> None:
    """DuckDB sums booleans too, and takes means of dates."""
    if kind and kind != "unknown" and types.family(kind) not in {"number", "interval"}:
        raise QueryError("TYPE_MISMATCH", kind)


def _shifted(kinds: list[Kind]) -> Kind:
    """The type of a value of another row, or the default."""
    return common([*kinds[:1], *kinds[2:]])


def _avg_type(kinds: list[Kind]) -> Kind:
    kind = first(kinds)
    _check_summed(kind)
    if types.is_decimal(kind) or kind == "real" or (kind or "").startswith("interval"):
        return kind
    return "double" if types.family(kind) == "number" else None


def _avg(arguments: Arguments, wanted: Kind) -> tuple[exp.Expr, Finish]:
    if not types.is_decimal(wanted):
        name = types.duckdb_name(wanted)
        return call("avg", *arguments), (
            partial(exp.cast, to=name, dialect="duckdb") if name else _as_it_is
        )
    # DuckDB's is a double: of a decimal it loses digits, and halves round either way.
    (value,) = arguments
    scale = (types.decimal_of(wanted) or (38, 0))[1]

    def finish(total: exp.Expr) -> exp.Expr:
        counted = total.copy()
        for node in [counted, *counted.find_all(exp.Anonymous)]:
            if isinstance(node, exp.Anonymous) and node.name == "sum":
                node.set("this", "count")
                break
        quotient = macro_call("decimal_quotient", total, counted, raw("1"), raw(str(scale)))
        return exp.cast(quotient, str(types.duckdb_name(wanted)), dialect="duckdb")

    return call("sum", value), finish


def _pairs(name: str, finish: str, kind: TypeRule) -> Function:
    """An aggregate of keys and values, by way of a list of them."""

    def make(arguments: Arguments, _kind: Kind) -> tuple[exp.Expr, Finish]:
        key, value = (item.sql(dialect="duckdb") for item in arguments)
        return call("list", raw(f"{{'k': {key}, 'v': {value}}}")), partial(macro_call, finish)

    return Function(name, Aggregated(make), kind, aggregate=True)


def _array_agg(arguments: Arguments, _kind: Kind) -> tuple[exp.Expr, Finish]:
    (value,) = arguments
    if isinstance(value, exp.Distinct):
        # DuckDB loses the order of DISTINCT, so the list is made distinct afterwards.
        return call("list", *value.expressions), partial(macro_call, "array_distinct")
    return call("list", value), _as_it_is


def _reduce_agg(arguments: Arguments, _kind: Kind) -> tuple[exp.Expr, Finish]:
    # The lambda that joins two states has nothing to do: there is one list.
    value, start, merge, _ = arguments

    def finish(result: exp.Expr) -> exp.Expr:
        return raw(reduced(result, start, a_lambda(merge)))

    return call("list", value), finish


def _reduce_agg_lambdas(kinds: list[Kind]) -> list[Kind]:
    # The first lambda takes state and value, the second two states.
    return [kinds[1], kinds[0] if len(kinds) == 2 else kinds[1]]  # noqa: PLR2004


def _approx_distinct(arguments: Arguments, _kind: Kind) -> tuple[exp.Expr, Finish]:
    # The exact count is within any error that an approximation may have.
    return call("count", exp.Distinct(expressions=arguments[:1])), _as_it_is


def _floating(kinds: list[Kind]) -> Kind:
    """The type of what is there for REAL and for DOUBLE: of decimals and whole numbers Trino makes REAL."""
    is_double = any(kind is None or kind in {"double", "unknown"} for kind in kinds)
    return "double" if is_double else "real"


def _of_floats(name: str, duckdb: str, rule: TypeRule = _floating) -> Function:
    """An aggregate that is there for REAL and for DOUBLE."""

    def make(arguments: Arguments, kind: Kind) -> tuple[exp.Expr, Finish]:
        finish: Finish = partial(macro_call, "finite") if name in _FINITE else _as_it_is
        if kind != "real" or any(isinstance(item, exp.Distinct) for item in arguments):
            return call(duckdb, *arguments), finish
        return call(
            duckdb, *(_as_type(item, "real") for item in arguments)
        ), lambda result: exp.cast(finish(result), "REAL", dialect="duckdb")

    return Function(name, Aggregated(make), rule, aggregate=True, takes="number")


# What is NULL where the values leave it open.
_FINITE = {"corr", "regr_intercept", "regr_slope"}


def _as_type(item: exp.Expr, kind: str) -> exp.Expr:
    return raw(assigned(text_of(item), type_of(item) or "", kind))


def _percentile(arguments: Arguments, kind: Kind) -> tuple[exp.Expr, Finish]:
    value, *rest = arguments
    if (wanted_kind := types.element_of(kind) or kind) and not isinstance(value, exp.Distinct):
        value = _as_type(value, wanted_kind)
    for wanted in rest[-1].expressions if isinstance(rest[-1], exp.Array) else rest[-1:]:
        known = _NUMBER.fullmatch(text_of(wanted))
        if known and not 0 <= float(known[0]) <= 1:
            raise bad_argument("Percentile must be between 0 and 1")
    if len(rest) == 1:
        return call("quantile_disc", value, rest[0]), _as_it_is
    weight, wanted, *_ = rest
    each = f"{{'v': {value.sql(dialect='duckdb')}, 'w': {weight.sql(dialect='duckdb')}}}"

    def finish(result: exp.Expr) -> exp.Expr:
        if (type_of(wanted) or "").startswith("array("):
            listed = macro_call("percentile_of_list", result, raw("__p")).sql(dialect="duckdb")
            return raw(f"list_transform({wanted.sql(dialect='duckdb')}, lambda __p: {listed})")
        return macro_call("percentile_of_list", result, wanted)

    return call("list", raw(each)), finish


_NUMBER = re.compile(r"-?[\d.]+(?:[eE]-?\d+)?")


def _count_if(arguments: Arguments, _kind: Kind) -> tuple[exp.Expr, Finish]:
    (condition,) = arguments
    case = exp.Case(ifs=[exp.If(this=condition, true=exp.Literal.number(1))])
    return call("count", case), _as_it_is


def _percentile_type(kinds: list[Kind]) -> Kind:
    of_many = any((kind or "").startswith("array(") for kind in kinds[1:])
    kind = first(kinds)
    kind = "bigint" if kind in types.INTEGERS else "real" if types.is_decimal(kind) else kind
    return array_of(kind) if of_many else kind


def _top(name: str, duckdb: str) -> Function:
    """`max` and its like, with a number of values as an option."""
    wide = {"max": 2, "min": 2, "max_by": 3, "min_by": 3}[name]

    def kind(kinds: list[Kind]) -> Kind:
        return array_of(first(kinds)) if len(kinds) == wide else first(kinds)

    if wide == 2:  # noqa: PLR2004 - max and min
        return renamed(name, duckdb, kind, aggregate=True)

    def make(arguments: Arguments, _kind: Kind) -> tuple[exp.Expr, Finish]:
        # For one value DuckDB has a form that takes NULL for the value too, as Athena does.
        return call(duckdb if len(arguments) == wide else f"{duckdb}_null", *arguments), _as_it_is

    return Function(name, Aggregated(make), kind, aggregate=True)


FUNCTIONS: list[Function] = [
    *same("any_value", first, aggregate=True),
    renamed("arbitrary", "any_value", first, aggregate=True),
    Function("array_agg", Aggregated(_array_agg), array_of_first, aggregate=True),
    Function("approx_distinct", Aggregated(_approx_distinct), "bigint", aggregate=True),
    Function(
        "reduce_agg",
        Aggregated(_reduce_agg),
        lambda kinds: kinds[1] if len(kinds) > 1 else None,
        aggregate=True,
        lambdas=_reduce_agg_lambdas,
    ),
    Function(
        "approx_percentile",
        Aggregated(_percentile),
        _percentile_type,
        aggregate=True,
        takes="number",
    ),
    *same("bool_and bool_or", "boolean", aggregate=True),
    renamed("every", "bool_and", "boolean", aggregate=True),
    Function("avg", Aggregated(_avg), _avg_type, aggregate=True),
    _cast("bitwise_and_agg", "bit_and", "bigint"),
    _cast("bitwise_or_agg", "bit_or", "bigint"),
    _cast("bitwise_xor_agg", "bit_xor", "bigint"),
    *same("count", "bigint", aggregate=True),
    *taking("boolean", [Function("count_if", Aggregated(_count_if), "bigint", aggregate=True)]),
    *taking(
        "number",
        same(
            "kurtosis stddev stddev_pop stddev_samp var_pop var_samp variance",
            "double",
            aggregate=True,
        ),
    ),
    _finished("entropy", "list", "double", "entropy_of_list"),
    *(
        _of_floats(name, name)
        for name in ("corr", "covar_pop", "covar_samp", "regr_intercept", "regr_slope")
    ),
    _of_floats(
        "geometric_mean",
        "geomean",
        lambda kinds: "double" if first(kinds) in types.INTEGERS else _floating(kinds),
    ),
    _finished("skewness", "list", "double", "skewness_of_list"),
    _cast("histogram", "histogram", lambda kinds: map_of(first(kinds), "bigint")),
    syntax("listagg", exp.GroupConcat, kind="varchar"),
    _pairs("map_agg", "map_of_list", lambda kinds: map_of(*kinds) if len(kinds) == 2 else None),  # noqa: PLR2004
    _pairs(
        "multimap_agg",
        "multimap_of_list",
        lambda kinds: map_of(kinds[0], array_of(kinds[1])) if len(kinds) == 2 else None,  # noqa: PLR2004
    ),
    _finished("map_union", "list", first, "map_of_maps"),
    _top("max", "max"),
    _top("min", "min"),
    _top("max_by", "arg_max"),
    _top("min_by", "arg_min"),
    _cast("sum", "sum", _sum_type),
    *missing(
        "approx_most_frequent approx_set classify_regression cosine_distance empty_approx_set evaluate_classifier_predictions "
        "hash_counts intersection_cardinality jaccard_index make_set_digest merge merge_set_digest "
        "numeric_histogram qdigest_agg tdigest_agg value_at_quantile values_at_quantiles"
    ),
    *missing("checksum", "its value would not be Athena's"),
    *same("cume_dist percent_rank", "double"),
    *same("dense_rank ntile rank row_number", "bigint"),
    syntax("first_value", exp.FirstValue, kind=first),
    syntax("last_value", exp.LastValue, kind=first),
    syntax("nth_value", exp.NthValue, kind=first),
    syntax("lag", exp.Lag, kind=_shifted),
    syntax("lead", exp.Lead, kind=_shifted),
    syntax("grouping", exp.Grouping, kind="integer"),
]

# What aggregates end in.
MACROS: list[Function] = [
    macro("finite", ("x", "CASE WHEN isfinite(x) THEN x END")),
    macro(
        "entropy_of_list",
        (
            "l",
            (
                "list_transform([list_transform(list_filter(l, lambda __x: __x > 0), "
                "lambda __x: CAST(__x AS DOUBLE))], lambda __c: CASE WHEN len(__c) = 0 THEN 0e0 ELSE "
                "list_sum(list_transform(__c, lambda __x: __x / list_sum(__c) * "
                "log2(list_sum(__c) / __x))) END)[1]"
            ),
        ),
    ),
    macro(
        "skewness_of_list",
        (
            "l",
            (
                "list_transform([list_transform(list_filter(l, lambda __x: __x IS NOT NULL), "
                "lambda __x: CAST(__x AS DOUBLE))], lambda __c: CASE WHEN len(__c) >= 3 THEN "
                "sqrt(len(__c)) * list_sum(list_transform(__c, lambda __x: "
                "pow(__x - list_avg(__c), 3))) / pow(list_sum(list_transform(__c, lambda __x: "
                "pow(__x - list_avg(__c), 2))), 1.5) END)[1]"
            ),
        ),
    ),
    macro(
        "map_of_list",
        (
            "l",
            (
                "CASE WHEN l IS NOT NULL THEN list_transform([list_filter(l, lambda __e: "
                "__e.k IS NOT NULL)], lambda __l: map_from_entries(CASE WHEN "
                "len(list_distinct(list_transform(__l, lambda __e: __e.k))) = len(__l) THEN __l "
                "ELSE list_filter(__l, lambda __e, __i: "
                "list_position(list_transform(__l, lambda __f: __f.k), __e.k) = __i) END))[1] END"
            ),
        ),
    ),
    macro(
        "multimap_of_list",
        (
            "l",
            (
                "CASE WHEN l IS NOT NULL THEN map_from_entries(list_transform("
                "athena_array_distinct(list_filter(list_transform(l, lambda __e: __e.k), "
                "lambda __k: __k IS NOT NULL)), lambda __k: {'k': __k, 'v': "
                "list_transform(list_filter(l, lambda __e: __e.k = __k), lambda __e: __e.v)})) END"
            ),
        ),
    ),
    macro(
        "map_of_maps",
        (
            "l",
            (
                "CASE WHEN l IS NOT NULL THEN athena_map_of_list(list_transform(flatten("
                "list_transform(l, lambda __m: map_entries(__m))), "
                "lambda __e: {'k': __e.key, 'v': __e.value})) END"
            ),
        ),
    ),
    macro(
        "percentile_of_list",
        (
            "l, p",
            (
                "list_transform([list_sort(list_filter(l, lambda __e: __e.v IS NOT NULL))], "
                "lambda __l: list_filter(__l, lambda __e, __i: list_sum(list_transform("
                "__l[:__i], lambda __f: __f.w)) >= p * list_sum(list_transform(__l, "
                "lambda __f: __f.w)))[1].v)[1]"
            ),
        ),
    ),
]

"""Functions of arrays: what they are in DuckDB."""

from itertools import combinations
from math import comb

from sqlglot import exp

from sandbox.athena.errors import bad_argument
from sandbox.athena.sql import types
from sandbox.athena.sql.casts import assigned, instant, row_values
from sandbox.athena.sql.functions.base import (
    Arguments,
    Function,
    Helper,
    Kind,
    TypeRule,
    a_lambda,
    array_of,
    array_of_first,
    call,
    common,
    element,
    fail,
    first,
    joined,
    last,
    macro,
    macro_call,
    raw,
    renamed,
    rewritten,
    row_of,
    syntax,
    taking,
    text_of,
)
from sandbox.athena.sql.relations import type_of

# The first of equal elements, in their order; by way of sorting, for long arrays.
DISTINCT = (
    "CASE WHEN a IS NOT NULL THEN list_transform(list_sort(list_transform([list_sort("
    "list_transform(a, lambda __d, __i: {'e': __d, 'i': __i}))], lambda __s: list_transform("
    "list_filter(__s, lambda __v, __j: __j = 1 OR __s[__j - 1].e IS DISTINCT FROM __v.e), "
    "lambda __v: {'i': __v.i, 'e': __v.e}))[1]), lambda __v: __v.e) END"
)
_FLOATING = {"double", "real"}
_HAS_NULL = "len(list_filter({a}, lambda __n: __n IS NULL)) > 0"
_FILLED = joined("list_transform(a, lambda __x: coalesce(CAST(__x AS VARCHAR), n))", "d")
_NULL_IN_A = _HAS_NULL.format(a="a")
_IN_A, _IN_B = (
    f"(coalesce(list_contains({a}, __x), FALSE) OR __x IS NULL AND {_HAS_NULL.format(a=a)})"
    for a in "ab"
)


def _three_valued(found: str, wanted: str, otherwise: str) -> str:
    """True or false if an element says so, NULL if only a NULL might."""
    return (
        f"list_transform([{found}], lambda __m: CASE WHEN __m IS NULL THEN NULL "
        f"WHEN list_contains(__m, {wanted}) THEN {otherwise} "
        f"WHEN {_HAS_NULL.format(a='__m')} THEN NULL ELSE NOT {otherwise} END)[1]"
    )


def _match(name: str, wanted: str, otherwise: str) -> Function:
    def make(arguments: Arguments) -> exp.Expr:
        array, condition = (item.sql(dialect="duckdb") for item in arguments)
        return raw(_three_valued(f"list_transform({array}, {condition})", wanted, otherwise))

    return Function(name, rewritten(name, make).how, "boolean", lambdas=_elements)


def equal(left: str, right: str, kinds: tuple[Kind, Kind], depth: int = 0) -> str:
    """SQL of whether values of two types are equal; NULL where a NULL in them leaves it open."""
    if types.row_fields(kinds[0]):
        sides = (row_values(side, kind) for side, kind in zip((left, right), kinds, strict=True))
        inner = zip(*map(types.row_types, kinds), strict=True)
        fields = zip(*sides, inner, strict=True)
        return f"({' AND '.join(equal(one, other, parts, depth) for one, other, parts in fields)})"
    if types.element_of(kinds[0]) is not None:
        pair = f"__p{depth}"
        parts = types.element_of(kinds[0]), types.element_of(kinds[1])
        same = equal(f"{pair}[1]", f"{pair}[2]", parts, depth + 1)
        found = f"list_transform(list_zip({left}, {right}), lambda {pair}: {same})"
        return (
            f"CASE WHEN {left} IS NULL OR {right} IS NULL THEN NULL WHEN len({left}) <> len({right}) "
            f"THEN FALSE ELSE {_three_valued(found, 'FALSE', 'FALSE')} END"
        )
    if str(kinds[0]).startswith("map("):
        entry = f"__m{depth}"
        values = types.item_of(kinds[0]), types.item_of(kinds[1])
        same = equal(f"{entry}.value", f"({right})[{entry}.key]", values, depth + 1)
        there = f"list_contains(map_keys({right}), {entry}.key)"
        same = f"CASE WHEN {there} THEN {same} ELSE FALSE END"
        found = f"list_transform(map_entries({left}), lambda {entry}: {same})"
        return (
            f"CASE WHEN {left} IS NULL OR {right} IS NULL THEN NULL WHEN cardinality({left}) <> "
            f"cardinality({right}) THEN FALSE ELSE {_three_valued(found, 'FALSE', 'FALSE')} END"
        )
    left, right = (instant(side, kind) for side, kind in zip((left, right), kinds, strict=True))
    if any((kind or "").startswith("char(") for kind in kinds):
        left, right = f"rtrim({left}, ' ')", f"rtrim({right}, ' ')"
    nan = f" AND NOT isnan({left})" if {*kinds} <= _FLOATING else ""
    return f"({left} = {right}{nan})"


def meets_null(left: str, right: str, kinds: tuple[Kind, Kind], depth: int = 0) -> str:
    """SQL of whether two rows or arrays have a NULL before what tells which of them is less."""
    pair = f"__n{depth}"
    items = types.element_of(kinds[0]), types.element_of(kinds[1])
    parts = [(f"{pair}[1]", f"{pair}[2]", items)]
    if not any(items):
        sides = (row_values(side, kind) for side, kind in zip((left, right), kinds, strict=True))
        parts = list(zip(*sides, zip(*map(types.row_types, kinds), strict=True), strict=True))
    cases = "".join(
        f"WHEN {one} IS NULL OR {other} IS NULL THEN TRUE "
        + (
            f"WHEN {meets_null(one, other, part, depth + 1)} THEN TRUE "
            if _is_nested(part[0])
            else ""
        )
        + f"WHEN {one} IS DISTINCT FROM {other} THEN FALSE "
        for one, other, part in parts
    )
    if not any(items):
        return f"(CASE {cases}ELSE FALSE END)"
    # Of the elements side by side, the first that says anything.
    said = f"list_transform(list_zip({left}, {right}, true), lambda {pair}: CASE {cases}END)"
    return f"coalesce(list_filter({said}, lambda __s: __s IS NOT NULL)[1], FALSE)"


def _is_nested(kind: Kind) -> bool:
    return bool(types.row_fields(kind)) or types.element_of(kind) is not None


def _elements(kinds: list[Kind]) -> list[Kind]:
    return [element(kinds)]


def _over_elements(name: str, duckdb: str, kind: TypeRule) -> Function:
    def make(arguments: Arguments) -> exp.Expr:
        array, function = arguments
        return call(duckdb, array, function)

    return Function(name, rewritten(name, make).how, kind, lambdas=_elements)


def _contains(arguments: Arguments) -> exp.Expr:
    container, item = arguments
    if types.family(type_of(container)) in {"text", "ipprefix"}:
        return macro_call("contains_ip", container, item)
    if type_of(item) in _FLOATING:
        # For DuckDB NaN is equal to itself.
        kept = f"list_filter({_atom(container)}, lambda __f: __f IS NULL OR NOT isnan(__f))"
        return macro_call("contains_element", raw(kept), item)
    return macro_call("contains_element", container, item)


def _not_of_nan(name: str, otherwise: str, kind: Kind | TypeRule) -> Function:
    """A function that looks for an element: NaN, which is equal to nothing, is not found."""

    def make(arguments: Arguments) -> exp.Expr:
        array, item = arguments
        made = macro_call(f"{name}_of", array, item)
        if type_of(item) not in _FLOATING:
            return made
        absent = otherwise.format(_atom(array))
        return raw(
            f"CASE WHEN isnan({text_of(item)}) THEN {absent} ELSE {made.sql(dialect='duckdb')} END"
        )

    return rewritten(name, make, kind)


def _cardinality(arguments: Arguments) -> exp.Expr:
    (container,) = arguments
    _check_container(container)
    name = "cardinality" if (type_of(container) or "").startswith("map(") else "len"
    return exp.cast(call(name, container), "BIGINT")


def _element_at(arguments: Arguments) -> exp.Expr:
    container, key = arguments
    _check_container(container)
    if (type_of(container) or "").startswith("map("):
        return raw(f"{_atom(container)}[{key.sql(dialect='duckdb')}]")
    return macro_call("array_element", container, key)


def _check_container(node: exp.Expr) -> None:
    kind = type_of(node)
    if kind not in {None, "unknown"} and not str(kind).startswith(("array(", "map(")):
        raise ValueError


def subscript(container: exp.Expr, key: exp.Expr) -> exp.Expr:
    """`container[key]`, where what is not there is an error."""
    kind = type_of(container) or ""
    if kind.startswith("map("):
        return macro_call("map_subscript", container, key)
    if kind.startswith("row("):
        # By its name where the field has one: DuckDB counts the fields of rows without names only.
        values, place = row_values(_atom(container), kind), key.name
        is_there = place.isdigit() and 1 <= int(place) <= len(values)
        return raw(
            values[int(place) - 1]
            if is_there
            else f"{_atom(container)}[{key.sql(dialect='duckdb')}]"
        )
    return macro_call("array_subscript", container, key)


def _atom(node: exp.Expr) -> str:
    return f"({node.sql(dialect='duckdb')})"


def _of_common_type(name: str) -> Function:
    """A function of two arrays, whose elements get one type: DuckDB would take the first's."""

    def make(arguments: Arguments) -> exp.Expr:
        kind = types.common([type_of(item) for item in arguments])
        alike = [
            raw(assigned(text_of(item), type_of(item) or "", kind))
            if kind and types.duckdb_name(kind) and type_of(item) not in {None, kind}
            else item
            for item in arguments
        ]
        return macro_call(name, *alike)

    return rewritten(name, make, common)


def _array_join(arguments: Arguments) -> exp.Expr:
    array, *others = arguments
    element = types.element_of(type_of(array)) or "unknown"
    if element.startswith(("array(", "map(", "row(")):
        raise ValueError
    if element not in {"unknown", "varchar"} and types.family(element) != "text":
        array = raw(assigned(text_of(array), f"array({element})", "array(varchar)"))
    return macro_call("array_join", array, *others)


def _array_sort(arguments: Arguments) -> exp.Expr:
    if len(arguments) == 1:
        return call("list_sort", arguments[0])
    array, compare = arguments[0], a_lambda(arguments[1])
    # Each element's place is how many stand before it: smaller ones, and equal ones further left.
    first_name, second_name = (item.name for item in compare.expressions)
    body = compare.this.sql(dialect="duckdb")
    before = (
        f"list_transform([{{'p': __p.e, 'q': __q.e}}], lambda __c: list_transform([__c.q], "
        f"lambda {first_name}: list_transform([__c.p], lambda {second_name}: {body})[1])[1])[1]"
    )
    return raw(
        f"list_transform(list_sort(list_transform([list_transform({array.sql(dialect='duckdb')}, "
        "lambda __e, __i: {'e': __e, 'i': __i})], lambda __a: list_transform(__a, lambda __p: "
        "{'n': len(list_filter(__a, lambda __q: __q.i <> __p.i AND list_transform(["
        + before
        + "], "
        "lambda __r: __r < 0 OR __r = 0 AND __q.i < __p.i)[1])), 'e': __p.e}))[1]), "
        "lambda __s: __s.e)"
    )


def _reduce(arguments: Arguments) -> exp.Expr:
    array, start, *functions = arguments
    merge, finish = map(a_lambda, functions)
    (result,) = finish.expressions
    body = finish.this.sql(dialect="duckdb")
    return raw(
        f"CASE WHEN ({array.sql(dialect='duckdb')}) IS NOT NULL THEN list_transform("
        f"[{reduced(array, start, merge)}], lambda {result.name}: {body})[1] END"
    )


def reduced(array: exp.Expr, start: exp.Expr, merge: exp.Lambda) -> str:
    """The state after all elements, in DuckDB's SQL."""
    state, item = (parameter.name for parameter in merge.expressions)
    wanted = types.duckdb_name(type_of(start) if type_of(start) != "unknown" else None)
    begin = start.sql(dialect="duckdb")
    begin = f"CAST({begin} AS {wanted})" if wanted else begin
    step = merge.this.sql(dialect="duckdb")
    step = f"CAST({step} AS {wanted})" if wanted else step
    # DuckDB reduces a list to one of its elements, so the state rides beside each.
    rows = (
        f"list_prepend({{'s': {begin}, 'e': NULL}}, list_transform("
        f"{array.sql(dialect='duckdb')}, lambda __e: {{'s': NULL, 'e': __e}}))"
    )
    return (
        f"list_reduce({rows}, lambda __p, __q: list_transform([__p.s], lambda {state}: "
        f"list_transform([__q.e], lambda {item}: {{'s': {step}, 'e': __q.e}})[1])[1]).s"
    )


def _reduce_lambdas(kinds: list[Kind]) -> list[Kind]:
    # Before the merging lambda stand array and start; before the finishing one stands that too.
    return [kinds[1], element(kinds)]


def _zip_with(arguments: Arguments) -> exp.Expr:
    left, right, merge = arguments
    pairs = _zip([left, right]).sql(dialect="duckdb")
    return raw(f"list_transform({pairs}, {a_lambda(merge).sql(dialect='duckdb')})")


def _zip(arguments: Arguments) -> exp.Expr:
    # DuckDB's takes NULL for an array without elements.
    given = [text_of(item) for item in arguments]
    there = " AND ".join(f"{item} IS NOT NULL" for item in given)
    return raw(f"CASE WHEN {there} THEN list_zip({', '.join(given)}) END")


def _sequence(arguments: Arguments) -> exp.Expr:
    kinds = [type_of(item) or "bigint" for item in arguments]
    if types.family(kinds[0]) == "time":
        kind = types.common(list(kinds[:2]))
        if len(arguments) == 2:  # noqa: PLR2004 - without a step
            low, high = map(text_of, arguments)
            step = raw(f"CASE WHEN {low} <= {high} THEN INTERVAL 1 DAY ELSE INTERVAL (-1) DAY END")
        elif kind == "date":
            step = macro_call("day_step", arguments[2])
        else:
            step = arguments[2]
        bounds = [exp.cast(item.copy(), "TIMESTAMP", dialect="duckdb") for item in arguments[:2]]
        made = macro_call("sequence_of_times", *bounds, step)
        return raw(f"CAST({made.sql(dialect='duckdb')} AS {types.duckdb_name(kind)}[])")
    if len(arguments) == 2:  # noqa: PLR2004 - without a step
        low, high = map(text_of, arguments)
        arguments = [*arguments, raw(f"CASE WHEN {low} <= {high} THEN 1 ELSE -1 END")]
    return macro_call("sequence_of_numbers", *arguments)


def _sequence_type(kinds: list[Kind]) -> Kind:
    is_of_times = types.family(first(kinds)) == "time"
    return array_of(types.common(kinds[:2]) if is_of_times else "bigint")


def _index_error(text: str) -> str:
    return fail(f"'INVALID_FUNCTION_ARGUMENT: {text}'", "len(a) || i")


_NEGATIVE_LENGTH = fail(
    "'INVALID_FUNCTION_ARGUMENT: length must be greater than or equal to 0'", "len(a) || n"
)
_NOT_POSITIVE = fail("'INVALID_FUNCTION_ARGUMENT: N must be positive'", "len(a) || n")


def _sequence_error(text: str) -> str:
    return fail(f"'INVALID_FUNCTION_ARGUMENT: {text}'", "a || b || c")


_MOST_ENTRIES = 50_000  # Athena's own limit: Trino's is 10,000
_TOO_MANY_ENTRIES = _sequence_error(
    f"result of sequence function must not have more than {_MOST_ENTRIES} entries"
)
_STOPS_BEFORE_START = _sequence_error(
    "sequence stop value should be greater than or equal to start value if step is greater than "
    "zero otherwise stop should be less than or equal to start"
)
_NO_STEP = _sequence_error("step must not be zero")
_MICROSECONDS_OF_A_DAY = 86_400_000_000
# How many steps of m months, or else u microseconds, there are between times.
_STEPS = (
    "CASE WHEN m <> 0 THEN datesub('month', a, b) // nullif(m, 0) "
    "ELSE (epoch_us(b) - epoch_us(a)) // nullif(u, 0) END"
)

_STARTS_AT_ONE = _index_error("SQL array indices start at 1")

_FUNCTIONS: list[Function] = [
    syntax(
        "array", exp.Array, kind=lambda kinds: array_of(types.common(kinds) if kinds else "unknown")
    ),
    macro("array_distinct", ("a", DISTINCT), kind=first),
    *map(_of_common_type, ("array_except", "array_intersect", "array_union")),
    rewritten("array_join", _array_join, "varchar"),
    macro("array_max", ("a", f"CASE WHEN NOT {_NULL_IN_A} THEN list_max(a) END"), kind=element),
    macro("array_min", ("a", f"CASE WHEN NOT {_NULL_IN_A} THEN list_min(a) END"), kind=element),
    _not_of_nan("array_position", "CAST(0 * len({}) AS BIGINT)", "bigint"),
    _not_of_nan("array_remove", "{}", first),
    Function(
        "array_sort",
        rewritten("array_sort", _array_sort).how,
        first,
        lambdas=lambda k: [element(k)] * 2,
    ),
    macro(
        "arrays_overlap",
        (
            "a, b",
            (
                "CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN list_has_any("
                "list_filter(a, lambda __x: __x IS NOT NULL), "
                "list_filter(b, lambda __x: __x IS NOT NULL)) THEN true "
                f"WHEN len(a) > 0 AND len(b) > 0 AND ({_NULL_IN_A} OR {_HAS_NULL.format(a='b')}) "
                "THEN NULL ELSE false END"
            ),
        ),
        kind="boolean",
    ),
    _match("any_match", "true", "true"),
    _match("all_match", "false", "false"),
    _match("none_match", "true", "false"),
    rewritten("cardinality", _cardinality, "bigint"),
    macro(
        "combinations",
        (
            "a, n",
            (
                "list_transform(python_combinations(CAST(len(a) AS BIGINT), CAST(n AS BIGINT)), "
                "lambda __c: list_transform(__c, lambda __i: a[__i]))"
            ),
        ),
        kind=array_of_first,
    ),
    rewritten("contains", _contains, "boolean"),
    macro(
        "contains_sequence",
        (
            "a, b",
            (
                "CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN len(list_filter("
                "range(1, CAST(len(a) - len(b) + 2 AS BIGINT)), "
                "lambda __i: list_slice(a, __i, __i + len(b) - 1) IS NOT DISTINCT FROM b)) > 0 END"
            ),
        ),
        kind="boolean",
    ),
    rewritten("element_at", _element_at, lambda kinds: types.item_of(first(kinds))),
    _over_elements("filter", "list_filter", first),
    renamed("flatten", "flatten", element),
    macro(
        "ngrams",
        (
            "a, n",
            (
                f"CASE WHEN n <= 0 THEN {_NOT_POSITIVE} WHEN n >= len(a) THEN [a] ELSE list_transform(range(1, CAST(len(a) - n + 2 AS "
                "BIGINT)), lambda __i: list_slice(a, __i, __i + n - 1)) END"
            ),
        ),
        kind=array_of_first,
    ),
    Function("reduce", rewritten("reduce", _reduce).how, last, lambdas=_reduce_lambdas),
    macro(
        "repeat",
        (
            "x, n",
            "list_transform(range(CAST(CASE WHEN n >= 0 OR n IS NULL THEN n ELSE "
            + fail(
                "'INVALID_FUNCTION_ARGUMENT: count argument of repeat function must be greater "
                "than or equal to 0'",
                "n",
            )
            + " END AS BIGINT)), lambda __i: x)",
        ),
        kind=array_of_first,
    ),
    rewritten("sequence", _sequence, _sequence_type),
    macro(
        "shuffle",
        (
            "a",
            (
                "list_transform(list_sort(list_transform(a, lambda __x: "
                "{'r': random(), 'e': __x})), lambda __s: __s.e)"
            ),
        ),
        kind=first,
    ),
    macro(
        "slice",
        (
            "a, i, n",
            (
                f"CASE WHEN i = 0 THEN {_STARTS_AT_ONE} WHEN n < 0 THEN {_NEGATIVE_LENGTH} WHEN -i > len(a) THEN a[:0] "
                "WHEN i < 0 THEN list_slice(a, len(a) + i + 1, len(a) + i + n) "
                "ELSE list_slice(a, i, i + n - 1) END"
            ),
        ),
        kind=first,
    ),
    Function(
        "transform",
        _over_elements("transform", "list_transform", array_of_first).how,
        lambda kinds: array_of(kinds[1]) if len(kinds) > 1 else None,
        lambdas=_elements,
    ),
    macro(
        "trim_array",
        (
            "a, i",
            (
                "CASE WHEN i > len(a) THEN "
                + _index_error("size must not exceed array cardinality")
                + " WHEN i < 0 THEN "
                + _index_error("size must not be negative: ")
                + " ELSE list_slice(a, 1, len(a) - i) END"
            ),
        ),
        kind=first,
    ),
    rewritten("zip", _zip, lambda kinds: array_of(row_of(*map(types.element_of, kinds)))),
    Function(
        "zip_with",
        rewritten("zip_with", _zip_with).how,
        lambda kinds: array_of(kinds[2]) if len(kinds) > 2 else None,  # noqa: PLR2004
        lambdas=lambda kinds: [types.element_of(kinds[0]), types.element_of(kinds[1])],
        over="pairs",
    ),
]
FUNCTIONS = taking(
    "array", _FUNCTIONS, "array", "contains", "cardinality", "element_at", "repeat", "sequence"
)

# What calls of the functions above become, by the types of their arguments.
MACROS: list[Function] = [
    macro(
        "array_except",
        (
            "a, b",
            f"CASE WHEN b IS NOT NULL THEN athena_array_distinct(list_filter(a, lambda __x: NOT {_IN_B})) END",
        ),
    ),
    macro(
        "array_intersect",
        (
            # Trino goes through the longer one.
            "a, b",
            (
                f"CASE WHEN len(a) < len(b) THEN athena_array_distinct(list_filter(b, lambda __x: {_IN_A})) "
                f"WHEN b IS NOT NULL THEN athena_array_distinct(list_filter(a, lambda __x: {_IN_B})) END"
            ),
        ),
    ),
    macro(
        "array_union",
        (
            "a, b",
            (
                "CASE WHEN a IS NOT NULL AND b IS NOT NULL "
                "THEN athena_array_distinct(list_concat(a, b)) END"
            ),
        ),
    ),
    macro(
        "array_join",
        (
            "a, d",
            f"CASE WHEN a IS NOT NULL AND d IS NOT NULL THEN coalesce({joined('a', 'd')}, '') END",
        ),
        (
            "a, d, n",
            f"CASE WHEN a IS NOT NULL AND d IS NOT NULL THEN coalesce({_FILLED}, '') END",
        ),
    ),
    macro(
        "array_element",
        ("a, i", f"CASE WHEN i = 0 THEN {_STARTS_AT_ONE} ELSE a[i] END"),
    ),
    macro(
        "array_subscript",
        (
            "a, i",
            (
                "CASE WHEN i BETWEEN 1 AND len(a) THEN a[i] WHEN a IS NULL OR i IS NULL THEN NULL "
                "ELSE "
                + fail(
                    "CASE WHEN i = 0 THEN 'INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1' "
                    "WHEN i < 0 THEN 'INVALID_FUNCTION_ARGUMENT: Array subscript is negative: ' || i "
                    "ELSE 'INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to "
                    "array length: ' || i || ' > ' || len(a) END",
                    "a",
                )
                + " END"
            ),
        ),
    ),
    macro(
        "contains_element",
        (
            "a, x",
            (
                "CASE WHEN list_contains(a, x) THEN true WHEN a IS NULL OR x IS NULL THEN NULL "
                f"WHEN {_NULL_IN_A} THEN NULL ELSE false END"
            ),
        ),
    ),
    macro(
        "array_position_of",
        (
            "a, x",
            (
                "CASE WHEN a IS NOT NULL AND x IS NOT NULL "
                "THEN CAST(coalesce(list_position(a, x), 0) AS BIGINT) END"
            ),
        ),
    ),
    macro(
        "array_remove_of",
        (
            "a, x",
            "CASE WHEN x IS NOT NULL THEN list_filter(a, lambda __x: __x IS DISTINCT FROM x) END",
        ),
    ),
    macro(
        "sequence_of_times",
        (
            "a, b, c",
            "athena_sequence_by(a, b, c, date_part('year', c) * 12 + date_part('month', c), epoch_us(c))",
        ),
    ),
    macro(
        "sequence_by",
        (
            "a, b, c, m, u",
            (
                f"CASE WHEN m = 0 AND u = 0 THEN {_NO_STEP} "
                "WHEN CASE WHEN m > 0 OR m = 0 AND u > 0 THEN b < a ELSE b > a END "
                f"THEN {_STOPS_BEFORE_START} WHEN {_STEPS} >= {_MOST_ENTRIES} "
                f"THEN {_TOO_MANY_ENTRIES} "
                # Each from the start: the end of a month is not lost on the way.
                "WHEN a IS NOT NULL AND b IS NOT NULL AND c IS NOT NULL THEN list_filter("
                f"list_transform(range({_STEPS} + 2), lambda __i: a + CAST(__i AS INTEGER) * c), "
                "lambda __t: CASE WHEN a + c >= a THEN __t <= b ELSE __t >= b END) END"
            ),
        ),
    ),
    macro(
        "day_step",
        (
            "c",
            (
                f"CASE WHEN epoch_us(c) % {_MICROSECONDS_OF_A_DAY} = 0 THEN c ELSE "
                + fail(
                    "'INVALID_FUNCTION_ARGUMENT: sequence step must be a day interval if start and "
                    "end values are dates'",
                    "c",
                )
                + " END"
            ),
        ),
    ),
    macro(
        "sequence_of_numbers",
        (
            "a, b, c",
            (
                f"CASE WHEN c = 0 THEN {_NO_STEP} WHEN c > 0 AND b < a OR c < 0 AND b > a "
                f"THEN {_STOPS_BEFORE_START} WHEN abs((b - a) // nullif(c, 0)) >= {_MOST_ENTRIES} "
                f"THEN {_TOO_MANY_ENTRIES} ELSE generate_series(CAST(a AS BIGINT), CAST(b AS BIGINT), CAST(c AS BIGINT)) END"
            ),
        ),
    ),
]


def _combinations(size: int, number: int) -> list[list[int]]:
    # The limits and the order, by the last element first, are Trino's ArrayCombinationsFunction's.
    if number < 0:
        raise bad_argument(f"combination size must not be negative: {number}")
    if number > 5:  # noqa: PLR2004 - as above
        raise bad_argument(f"combination size must not exceed 5: {number}")
    if comb(size, number) * number > 100_000:  # noqa: PLR2004 - as above
        raise bad_argument("combinations exceed max size")
    found = combinations(range(1, size + 1), number)
    return sorted(map(list, found), key=lambda places: places[::-1])


HELPERS = [Helper("combinations", _combinations, ("BIGINT", "BIGINT"), "BIGINT[][]")]

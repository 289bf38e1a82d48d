"""Functions of maps: what they are in DuckDB."""

from sqlglot import exp

from sandbox.athena.sql import types
from sandbox.athena.sql.functions.base import (
    Arguments,
    Function,
    Kind,
    TypeRule,
    a_lambda,
    array_of,
    call,
    fail,
    first,
    macro,
    raw,
    renamed,
    rewritten,
    row_of,
    taking,
    text_of,
)


def _key(kind: Kind) -> Kind:
    return [*types.parts_of(kind), None][0] if (kind or "").startswith("map(") else None


def _value(kind: Kind) -> Kind:
    return [*types.parts_of(kind), None, None][1] if (kind or "").startswith("map(") else None


def _map_of(key: Kind, value: Kind) -> Kind:
    return f"map({key}, {value})" if key and value else None


def _entries(kinds: list[Kind]) -> list[Kind]:
    return [_key(first(kinds)), _value(first(kinds))]


def _over_entries(name: str, form: str, kind: TypeRule) -> Function:
    """A function of a map whose lambda is about each entry."""

    def make(arguments: Arguments) -> exp.Expr:
        container, function = arguments[0], a_lambda(arguments[1])
        entry = function.expressions[0].name
        body = function.this.sql(dialect="duckdb")
        entries = f"map_entries({container.sql(dialect='duckdb')})"
        return raw("map_from_entries(" + form.format(entries=entries, entry=entry, body=body) + ")")

    return Function(name, rewritten(name, make).how, kind, lambdas=_entries, over="entries")


def _map_zip_with(arguments: Arguments) -> exp.Expr:
    left, right, function = arguments
    merge = a_lambda(function)
    one, other = text_of(left), text_of(right)
    key, first_value, second_value = (item.name for item in merge.expressions)
    body = merge.this.sql(dialect="duckdb")
    return raw(
        f"CASE WHEN {one} IS NOT NULL AND {other} IS NOT NULL THEN "
        f"map_from_entries(list_transform(athena_array_distinct(list_concat(map_keys({one}), "
        f"map_keys({other}))), lambda {key}: {{'k': {key}, 'v': "
        f"list_transform([({one})[{key}]], lambda {first_value}: "
        f"list_transform([({other})[{key}]], lambda {second_value}: {body})[1])[1]}})) END"
    )


def _map(arguments: Arguments) -> exp.Expr:
    if not arguments:
        return raw("MAP {}")
    keys, values = arguments
    return call("map", keys, values)


def _map_type(kinds: list[Kind]) -> Kind:
    if not kinds:
        return "map(unknown, unknown)"
    keys, values = kinds
    return _map_of(types.element_of(keys), types.element_of(values))


_ANY_NULL = "a IS NULL OR b IS NULL"

_FUNCTIONS: list[Function] = [
    rewritten("map", _map, _map_type),
    macro(
        "cosine_similarity",
        (
            "a, b",
            (
                "CASE WHEN NOT list_contains(list_transform(list_concat(map_values(a), map_values(b)), "
                "lambda __v: __v IS NULL), TRUE) THEN "
                "list_sum(list_transform(map_entries(a), lambda __e: CAST(__e.value AS DOUBLE) * "
                "coalesce(b[__e.key], 0))) / (sqrt(list_sum(list_transform(map_values(a), lambda "
                "__v: CAST(__v AS DOUBLE) * __v))) * sqrt(list_sum(list_transform(map_values(b), "
                "lambda __v: CAST(__v AS DOUBLE) * __v)))) END"
            ),
        ),
        kind="double",
    ),
    macro(
        "map_concat",
        ("a, b", f"CASE WHEN NOT ({_ANY_NULL}) THEN map_concat(a, b) END"),
        ("a, b, c", f"CASE WHEN NOT ({_ANY_NULL} OR c IS NULL) THEN map_concat(a, b, c) END"),
        (
            "a, b, c, d",
            (
                f"CASE WHEN NOT ({_ANY_NULL} OR c IS NULL OR d IS NULL) "
                "THEN map_concat(a, b, c, d) END"
            ),
        ),
        kind=first,
    ),
    macro(
        "map_entries",
        ("a", "list_transform(map_entries(a), lambda __e: row(__e.key, __e.value))"),
        kind=lambda kinds: array_of(row_of(*_entries(kinds))),
    ),
    _over_entries("map_filter", "list_filter({entries}, lambda {entry}: {body})", first),
    renamed("map_from_entries", "map_from_entries", lambda kinds: _from_entries(kinds, "{}")),
    renamed("map_keys", "map_keys", lambda kinds: array_of(_key(first(kinds)))),
    renamed("map_values", "map_values", lambda kinds: array_of(_value(first(kinds)))),
    Function(
        "map_zip_with",
        rewritten("map_zip_with", _map_zip_with).how,
        lambda kinds: _map_of(_key(first(kinds)), kinds[2]) if len(kinds) > 2 else None,  # noqa: PLR2004
        lambdas=lambda kinds: [_key(kinds[0]), _value(kinds[0]), _value(kinds[1])],
    ),
    macro(
        "multimap_from_entries",
        (
            "a",
            (
                "CASE WHEN a IS NOT NULL THEN list_transform([list_transform(a, "
                "lambda __e: {'k': struct_values(__e)[1], 'v': struct_values(__e)[2]})], lambda __l: map_from_entries("
                "list_transform(athena_array_distinct(list_transform(__l, lambda __e: __e.k)), "
                "lambda __k: {'k': __k, 'v': list_transform(list_filter(__l, "
                "lambda __e: __e.k = __k), lambda __e: __e.v)})))[1] END"
            ),
        ),
        kind=lambda kinds: _from_entries(kinds, "array({})"),
    ),
    _over_entries(
        "transform_keys",
        "list_transform({entries}, lambda {entry}: {{'k': {body}, 'v': {entry}.value}})",
        lambda kinds: _map_of(kinds[1], _value(kinds[0])) if len(kinds) > 1 else None,
    ),
    _over_entries(
        "transform_values",
        "list_transform({entries}, lambda {entry}: {{'k': {entry}.key, 'v': {body}}})",
        lambda kinds: _map_of(_key(kinds[0]), kinds[1]) if len(kinds) > 1 else None,
    ),
]
FUNCTIONS = taking("map", _FUNCTIONS, "map", "map_from_entries", "multimap_from_entries")


def _from_entries(kinds: list[Kind], form: str) -> Kind:
    parts = types.row_types(types.element_of(first(kinds)))
    if len(parts) != 2:  # noqa: PLR2004 - key and value
        return None
    return _map_of(parts[0], form.format(parts[1]))


# What a subscript of a map becomes.
MACROS: list[Function] = [
    macro(
        "map_subscript",
        (
            "m, k",
            (
                "CASE WHEN map_contains(m, k) THEN m[k] WHEN m IS NULL OR k IS NULL THEN NULL ELSE "
                + fail(
                    "'INVALID_FUNCTION_ARGUMENT: Key not present in map: ' || CAST(k AS VARCHAR)",
                    "m",
                )
                + " END"
            ),
        ),
    ),
]

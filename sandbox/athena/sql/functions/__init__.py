"""Athena's functions: one table, of what each is in DuckDB and which type a call of it has.

Names and meanings follow the function reference of Athena engine version 3 (Trino). To add one, give
the module of its family an entry.
"""

import re
from graphlib import TopologicalSorter

from sqlglot import exp

from sandbox.athena.sql.functions import (
    aggregates,
    arrays,
    binary,
    json,
    maps,
    numbers,
    regular_expressions,
    syntax_forms,
    text,
    times,
    urls,
)
from sandbox.athena.sql.functions.base import (
    HELPER_PREFIX,
    PREFIX,
    Function,
    Helper,
    Macro,
    Renamed,
    Syntax,
)

_FAMILIES = (
    aggregates,
    arrays,
    binary,
    json,
    maps,
    numbers,
    regular_expressions,
    syntax_forms,
    text,
    times,
    urls,
)

FUNCTIONS: dict[str, Function] = {
    function.name: function
    for family in _FAMILIES
    for function in family.FUNCTIONS
    if not isinstance(function.how, Syntax)
}
# What the parser has forms of its own for, by name and by form.
SYNTAX: dict[str, Function] = {
    function.name: function
    for family in _FAMILIES
    for function in family.FUNCTIONS
    if isinstance(function.how, Syntax)
}
_FORMS = {form: f for f in SYNTAX.values() if isinstance(f.how, Syntax) for form in f.how.forms}
HELPERS: list[Helper] = [
    helper for family in _FAMILIES for helper in getattr(family, "HELPERS", [])
]
# Macros by their names, those of functions and those that calls become.
MACROS: dict[str, Macro] = {
    function.name: function.how
    for family in _FAMILIES
    for function in (*getattr(family, "MACROS", []), *family.FUNCTIONS)
    if isinstance(function.how, Macro)
}


def function_of(node: exp.Expr) -> Function | None:
    """The function that a node calls; None if it is not a call, or of no known function."""
    if isinstance(node, exp.Anonymous):
        return FUNCTIONS.get(node.name.lower()) or SYNTAX.get(node.name.lower())
    return _FORMS.get(type(node))


def athena_name(duckdb: str) -> str | None:
    """The name in Athena of what DuckDB calls so; None if Athena has nothing of that name."""
    if duckdb in FUNCTIONS:
        return duckdb
    renamed = (
        name
        for name, function in FUNCTIONS.items()
        if isinstance(function.how, Renamed) and function.how.name == duckdb
    )
    return next(renamed, _INNER.get(duckdb))


# What rewritten calls are in DuckDB.
_INNER = {
    "array_to_string": "array_join",
    "len": "cardinality",
    "list": "array_agg",
    "list_concat": "concat",
    "list_contains": "contains",
    "list_filter": "filter",
    "list_reverse": "reverse",
    "list_slice": "slice",
    "list_sort": "array_sort",
    "list_transform": "transform",
    "list_zip": "zip",
    "octet_length": "length",
    "regexp_matches": "regexp_like",
    "string_split": "split",
    "strftime": "date_format",
    "string_agg": "listagg",
}


def is_aggregate(node: exp.Expr) -> bool:
    """Tell a call of an aggregate."""
    function = function_of(node)
    return isinstance(node, exp.GroupConcat) or (function is not None and function.aggregate)


def macro_names() -> list[str]:
    """The macros' names, each after those that it calls."""
    calls = {
        name: set(re.findall(rf"\b{PREFIX}(\w+)\(", str(how.bodies)))
        for name, how in MACROS.items()
    }
    return list(TopologicalSorter(calls).static_order())


def macro_statements() -> list[str]:
    """The statements that define the macros in a DuckDB database, after the helpers."""
    return [
        f"CREATE OR REPLACE MACRO {PREFIX}{name}"
        + ", ".join(f"({parameters}) AS ({body})" for parameters, body in MACROS[name].bodies)
        for name in macro_names()
    ]


__all__ = [
    "FUNCTIONS",
    "HELPERS",
    "HELPER_PREFIX",
    "MACROS",
    "PREFIX",
    "SYNTAX",
    "athena_name",
    "function_of",
    "is_aggregate",
    "macro_names",
    "macro_statements",
]

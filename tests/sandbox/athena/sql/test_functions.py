"""The table of functions: nothing in it that no query reaches, and a test for each function."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp

from sandbox.athena.errors import QueryError
from sandbox.athena.sql import functions
from sandbox.athena.sql.analysis import analyze
from sandbox.athena.sql.functions.base import Function, Missing
from sandbox.athena.sql.parsing import parse_query
from sandbox.athena.sql.rewrite import to_duckdb
from tests.sandbox.athena.sql import test_casts
from tests.sandbox.athena.sql.functions import (
    test_aggregates,
    test_arrays,
    test_binary,
    test_json,
    test_maps,
    test_numbers,
    test_regular_expressions,
    test_syntax_forms,
    test_text,
    test_times,
    test_urls,
)

FAMILIES: tuple[Any, ...] = (
    test_arrays,
    test_binary,
    test_casts,
    test_json,
    test_maps,
    test_numbers,
    test_regular_expressions,
    test_syntax_forms,
    test_text,
    test_times,
    test_urls,
)
QUERIES = [
    *(f"SELECT {call}" for family in FAMILIES for call, _ in family.CALLS),
    *(f"SELECT {call}" for family in FAMILIES for call, _ in getattr(family, "FAILURES", [])),
    *(query for query, _ in test_aggregates.QUERIES),
]
PROJECT = Path(__file__).resolve().parents[4]
# What the grammar makes of words that look like functions.
WORDS = {
    "all",
    "any",
    "char",
    "decimal",
    "exists",
    "in",
    "interval",
    "not",
    "some",
    "time",
    "timestamp",
    "unnest",
    "varchar",
}
# Nobody can tell beforehand what these give.
RANDOM = {"rand", "random", "uuid", "now"}


def no_table(parts: tuple[str, ...], position: object) -> Any:
    raise AssertionError(f"these queries name no table, not {parts} at {position}")


def translated(sql: str) -> str:
    tree = parse_query(sql)
    try:
        return to_duckdb(tree, analyze(tree, sql, no_table))
    except QueryError as error:
        if "has no function" in str(error):
            raise
        return ""  # a failure before DuckDB is asked


@pytest.fixture(scope="module")
def called() -> set[str]:
    trees = map(parse_query, QUERIES)
    found = (functions.function_of(node) for tree in trees for node in tree.find_all(exp.Expr))
    return {function.name for function in found if function is not None}


def test_every_function_is_called_in_a_test(called: set[str]) -> None:
    there = {
        name for name, made in functions.FUNCTIONS.items() if not isinstance(made.how, Missing)
    }
    assert there - called - RANDOM == set()


def test_every_macro_and_helper_is_reached() -> None:
    reached = " ".join(
        map(translated, [*QUERIES, *(f"SELECT {name}()" for name in RANDOM)])
    ).lower()
    for name in reversed(functions.macro_names()):
        if re.search(rf"\b{functions.PREFIX}{name}\(", reached):
            reached += " " + " ".join(body for _, body in functions.MACROS[name].bodies)
    macros = {n for n in functions.MACROS if not re.search(rf"\b{functions.PREFIX}{n}\(", reached)}
    helpers = {
        helper.name
        for helper in functions.HELPERS
        if not re.search(rf"\b{functions.HELPER_PREFIX}{helper.name}\(", reached)
    }
    assert (macros, helpers) == (set(), set())


@pytest.mark.parametrize(
    "function",
    [made for made in functions.FUNCTIONS.values() if isinstance(made.how, Missing)],
    ids=lambda function: function.name,
)
def test_what_is_missing_is_refused_by_name(function: Function) -> None:
    with pytest.raises(QueryError) as raised:
        translated(f"SELECT {function.name}(1)")
    assert str(raised.value).startswith(
        f"NOT_SUPPORTED: line 1:8: The embedded Athena has no function '{function.name}'"
    )


def test_the_guide_lists_every_function() -> None:
    guide = (PROJECT / "docs" / "athena.md").read_text(encoding="utf-8")
    have, _, refused = guide.partition("## Functions")[2].partition("Refused by name")
    made = {**functions.SYNTAX, **functions.FUNCTIONS}
    missing = {name for name, function in made.items() if isinstance(function.how, Missing)}
    assert missing == set(re.findall(r"`(\w+)`", refused.partition("## ")[0]))
    there = set(made) - missing - WORDS
    assert there - set(re.findall(r"`(\w+)`", have)) == set()

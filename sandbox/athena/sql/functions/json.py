"""Functions of JSON: what they are in DuckDB."""

import json
import re

from sqlglot import exp

from sandbox.athena.errors import QueryError, bad_argument
from sandbox.athena.sql import types
from sandbox.athena.sql.functions.base import (
    Arguments,
    Function,
    Helper,
    call,
    fail,
    is_text,
    macro,
    macro_call,
    raw,
    rewritten,
    string,
    syntax,
    taking,
)
from sandbox.athena.sql.relations import type_of
from sandbox.athena.sql.values import canonical_json

_PATH = re.compile(
    r"""\.(?P<key>[\w:-]+)|\[(?P<index>\d+)\]|\[(?P<word>\w+)\]|\["(?P<text>(?:[^"\\]|\\["\\])+)"\]"""
)
# Of the SQL standard's path language.
_SQL_PATH = re.compile(
    r"""\s*\.\s*(?P<key>\w+)|\s*\[\s*(?P<index>\d+)\s*\]|\s*\.\s*"(?P<text>(?:[^"\\]|\\.)+)\""""
)


def json_path(path: str) -> str:
    """A path of Trino's as DuckDB writes it, with quoted keys."""
    mode = re.match(r"\s*(?:lax|strict)\s+", path)
    parts, text = (_SQL_PATH, path[mode.end() :].rstrip()) if mode else (_PATH, path)
    if not text.startswith("$"):
        raise bad_argument(f"Invalid JSON path: '{path}'")
    at, made = 1, "$"
    while at < len(text):
        found = parts.match(text, at)
        if found is None:
            raise bad_argument(f"Invalid JSON path: '{path}'")
        named = found.groupdict()
        if named["index"] is not None:
            made += f"[{int(named['index'])}]"
        else:
            key = named["key"] or named.get("word") or re.sub(r"\\(.)", r"\1", named["text"] or "")
            made += '."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
        at = found.end()
    return made


def _path(node: exp.Expr) -> exp.Expr:
    return string(json_path(node.name)) if is_text(node) else call("python_json_path", node)


def _with_path(name: str, kind: str) -> Function:
    """A function whose second argument is a path."""

    def make(arguments: Arguments) -> exp.Expr:
        document, path = arguments
        return macro_call(f"{name}_at", document, _path(path))

    return rewritten(name, make, kind)


def json_value(node: exp.JSONValue) -> exp.Expr:
    """JSON_VALUE(document, 'lax $.path' [RETURNING type] [DEFAULT value ON EMPTY])."""
    path = _path(node.args["path"])
    made = macro_call("json_extract_scalar_at", node.this, path)
    condition = node.args.get("on_condition")
    empty, error = (condition.args.get(key) if condition else None for key in ("empty", "error"))
    if any(isinstance(item, str) and not item.startswith("NULL") for item in (empty, error)):
        raise QueryError("NOT_SUPPORTED", "The embedded Athena has no JSON_VALUE with ERROR ON ...")
    if isinstance(error, exp.Expr):
        raise QueryError("NOT_SUPPORTED", "The embedded Athena has no JSON_VALUE DEFAULT ON ERROR")
    if isinstance(empty, exp.Expr):
        there = call("json_exists", node.this.copy(), path.copy())
        made = exp.Case(ifs=[exp.If(this=there, true=made)], default=empty)
    returning = node.args.get("returning")
    if isinstance(returning, exp.DataType):
        name = types.duckdb_name(types.of_data_type(returning)) or "VARCHAR"
        made = exp.TryCast(this=made, to=exp.DataType.build(name, dialect="duckdb"))
    return made


def json_query(node: exp.JSONExtract) -> exp.Expr:
    """JSON_QUERY(document, 'lax $.path'), as text."""
    if node.args.get("option") or node.args.get("on_condition") or node.args.get("quote"):
        raise QueryError(
            "NOT_SUPPORTED", "The embedded Athena has no JSON_QUERY with wrappers or ON clauses"
        )
    made = macro_call("json_extract_at", node.this, _path(node.expression))
    return exp.cast(made, "VARCHAR", dialect="duckdb")


def _json_array_contains(arguments: Arguments) -> exp.Expr:
    document, value = arguments
    name = {"text": "text", "number": "double"}.get(types.family(type_of(value)) or "", "boolean")
    if type_of(value) in types.INTEGERS:
        name = "integer"
    return macro_call(f"json_array_contains_{name}", document, value)


def _json_array(arguments: Arguments) -> exp.Expr:
    # NULLs are left out, as ABSENT ON NULL says, which is what holds if nothing is said.
    listed = ", ".join(f"to_json({item.sql(dialect='duckdb')})" for item in arguments)
    return raw(
        f"CAST(to_json(list_filter([{listed}]::JSON[], lambda __j: __j IS NOT NULL)) AS VARCHAR)"
    )


def parse_json(node: exp.Expr) -> exp.Expr:
    """A text as JSON."""
    return macro_call("json_parse", node)


def _canonical(text: str) -> str:
    return canonical_json(text, is_sorted=True)


def _number(text: str, path: str) -> str | None:
    """The digits of a number as they stand in the document."""
    value = json.loads(text, parse_float=str, parse_int=str)
    for found in re.finditer(r'\."((?:[^"\\]|\\.)*)"|\[(\d+)\]', path):
        value = value[int(found[2])] if found[2] else value[re.sub(r"\\(.)", r"\1", found[1])]
    return str(value)


_VALID = "json_valid(CAST(j AS VARCHAR))"
_ELEMENTS = "json_extract(j, '$[*]')"
_CONTAINS = (
    "CASE WHEN v IS NOT NULL AND " + _VALID + " AND json_type(j) = 'ARRAY' THEN "
    "len(list_filter(" + _ELEMENTS + ", lambda __e: {match})) > 0 END"
)
_INVALID = "'INVALID_FUNCTION_ARGUMENT: Invalid JSON value: ' || CAST(j AS VARCHAR)"
_NOT_JSON = "'INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON: ''' || s || ''''"
_SCALAR = "json_type({j}{p}) IN ('OBJECT', 'ARRAY', 'NULL')"

FUNCTIONS: list[Function] = [
    macro(
        "is_json_scalar",
        (
            "j",
            (
                f"CASE WHEN {_VALID} THEN json_type(j) NOT IN ('OBJECT', 'ARRAY') WHEN j IS NOT NULL "
                f"THEN {fail(_INVALID)} END"
            ),
        ),
        kind="boolean",
    ),
    rewritten("json_array_contains", _json_array_contains, "boolean"),
    macro(
        "json_array_get",
        (
            "j, i",
            # A text comes without its quotes, which Trino calls broken and documents.
            (
                f"CASE WHEN {_VALID} AND json_type(j) = 'ARRAY' THEN list_transform([CASE WHEN i < 0 "
                f"THEN {_ELEMENTS}[len({_ELEMENTS}) + i + 1] ELSE {_ELEMENTS}[i + 1] END], "
                "lambda __e: CASE json_type(__e) WHEN 'NULL' THEN NULL WHEN 'VARCHAR' "
                "THEN json_extract_string(__e, '$') ELSE CAST(__e AS VARCHAR) END)[1] END"
            ),
        ),
        kind="json",
    ),
    macro(
        "json_array_length",
        (
            "j",
            (
                f"CASE WHEN {_VALID} AND json_type(j) = 'ARRAY' "
                "THEN CAST(json_array_length(j) AS BIGINT) END"
            ),
        ),
        kind="bigint",
    ),
    *taking(
        "text json",
        [
            _with_path("json_extract", "json"),
            _with_path("json_extract_scalar", "varchar"),
            _with_path("json_size", "bigint"),
        ],
    ),
    *taking(
        "text",
        [
            macro(
                "json_parse",
                (
                    "s",
                    (
                        "CASE WHEN json_valid(s) THEN CAST(python_json_canonical(CAST(s AS VARCHAR)) "
                        f"AS JSON) ELSE {fail(_NOT_JSON)} END"
                    ),
                ),
                kind="json",
            ),
        ],
    ),
    *taking("json", [macro("json_format", ("j", "CAST(j AS VARCHAR)"), kind="varchar")]),
    syntax("json", exp.ParseJSON, kind="json"),
    syntax("json_value", exp.JSONValue, kind="varchar"),
    syntax("json_query", exp.JSONExtract, kind="varchar"),
    syntax("json_object", exp.JSONObject, kind="varchar"),
    rewritten("json_array", _json_array, "varchar"),
    rewritten(
        "json_exists",
        lambda arguments: macro_call("json_exists_at", arguments[0], _path(arguments[1])),
        "boolean",
    ),
]

# What the functions with a path, and those told apart by an argument's type, become.
MACROS: list[Function] = [
    macro(
        "json_exists_at",
        ("j, p", f"CASE WHEN {_VALID} THEN json_exists(j, p) WHEN j IS NOT NULL THEN false END"),
    ),
    macro("json_extract_at", ("j, p", f"CASE WHEN {_VALID} THEN json_extract(j, p) END")),
    macro(
        "json_extract_scalar_at",
        (
            "j, p",
            (
                f"CASE WHEN NOT {_VALID} THEN NULL WHEN "
                + _SCALAR.format(j="j", p=", p")
                + " THEN NULL WHEN json_type(j, p) = 'DOUBLE' THEN "
                "python_json_number(CAST(j AS VARCHAR), p) ELSE json_extract_string(j, p) END"
            ),
        ),
    ),
    macro(
        "json_size_at",
        (
            "j, p",
            (
                f"CASE WHEN NOT {_VALID} THEN NULL ELSE CASE json_type(j, p) "
                "WHEN 'ARRAY' THEN CAST(json_array_length(j, p) AS BIGINT) "
                "WHEN 'OBJECT' THEN CAST(len(json_keys(j, p)) AS BIGINT) "
                "ELSE CASE WHEN json_exists(j, p) THEN 0 END END END"
            ),
        ),
    ),
    macro(
        "json_array_contains_boolean",
        (
            "j, v",
            _CONTAINS.format(
                match="json_type(__e) = 'BOOLEAN' AND CAST(__e AS VARCHAR) = CAST(v AS VARCHAR)"
            ),
        ),
    ),
    # A whole number is sought among whole ones, another among those with a point. TRY_CAST since
    # DuckDB may read each element, whatever its kind.
    *(
        macro(
            f"json_array_contains_{name}",
            (
                "j, v",
                _CONTAINS.format(
                    match=f"json_type(__e) IN ({kinds}) "
                    f"AND TRY_CAST(CAST(__e AS VARCHAR) AS {cast}) = v"
                ),
            ),
        )
        for name, kinds, cast in (
            ("integer", "'UBIGINT', 'BIGINT'", "BIGINT"),
            ("double", "'DOUBLE'", "DOUBLE"),
        )
    ),
    macro(
        "json_array_contains_text",
        (
            "j, v",
            _CONTAINS.format(
                match="json_type(__e) = 'VARCHAR' AND json_extract_string(__e, '$') = v"
            ),
        ),
    ),
]

HELPERS = [
    Helper("json_canonical", _canonical, ("VARCHAR",), "VARCHAR"),
    Helper("json_number", _number, ("VARCHAR", "VARCHAR"), "VARCHAR"),
    Helper("json_path", json_path, ("VARCHAR",), "VARCHAR"),
]

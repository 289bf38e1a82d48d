"""CAST and TRY_CAST: what Athena makes of a value of one type as another."""

import re

from sqlglot import exp

from sandbox.athena.errors import QueryError
from sandbox.athena.sql import types
from sandbox.athena.sql.functions.base import fail, raw, text_of
from sandbox.athena.sql.relations import type_of

DOUBLE_TEXT = "athena_double_text"
# CAST(double AS VARCHAR) is always scientific: the fewest digits that read back as the number.
MACROS = (
    f"""
CREATE OR REPLACE MACRO {DOUBLE_TEXT}(x) AS (
    CASE
        WHEN isnan(x) THEN 'NaN'
        WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END
        ELSE list_transform(
            [list_filter(
                list_transform(range(18), lambda n: printf('%.' || n || 'e', x)),
                lambda s: CAST(s AS DOUBLE) = x
            )[1]],
            lambda s: split_part(s, 'e', 1)
                || CASE WHEN contains(s, '.') THEN 'E' ELSE '.0E' END
                || CAST(CAST(split_part(s, 'e', 2) AS INTEGER) AS VARCHAR)
        )[1]
    END
)
""",
    # A quotient rounded half up, worked out in whole numbers of the smallest digit; its digits.
    """
CREATE OR REPLACE MACRO athena_decimal_quotient(x, y, power, scale) AS (
    list_transform(
        list_transform(
            [{
                'x': CAST(replace(CAST(x AS VARCHAR), '.', '') AS HUGEINT),
                'y': CAST(replace(CAST(y AS VARCHAR), '.', '') AS HUGEINT)
            }],
            lambda q: CASE WHEN q.x IS NOT NULL AND q.y IS NOT NULL THEN {
                'sign': CASE WHEN sign(q.x) * sign(q.y) < 0 THEN '-' ELSE '' END,
                'digits': repeat('0', scale) || CAST(
                    (abs(q.x) * CAST(power AS HUGEINT) + abs(q.y) // 2) // abs(q.y) AS VARCHAR
                )
            } END
        ),
        lambda r: r.sign || left(r.digits, length(r.digits) - scale) || '.' || right(r.digits, scale)
    )[1]
)
""",
)
_WHOLE = frozenset(types.INTEGERS)
# The texts that are values of a type; DuckDB would take more.
_TEXTS = {
    **dict.fromkeys(_WHOLE, r"[+-]?\d+"),
    "boolean": "(?i:t|f|true|false|0|1)",
    "date": r"\s*[+-]?\d+-\d{1,2}-\d{1,2}\s*",
    "timestamp": r"\s*[+-]?\d+-\d{1,2}-\d{1,2}( \d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?)?\s*",
    "time": r"\s*\d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?\s*",
}
_ZONE = r"( ?([+-]\d{1,2}:?\d{0,2}|Z|UTC|GMT|[A-Za-z]+/[\w/+-]+))?\s*"
_NAMES = {"timestamp": "timestamp", "date": "date", "time": "time", "boolean": "boolean"}


def cast(node: exp.Cast) -> exp.Expr:
    """A cast in DuckDB's SQL."""
    kind = types.of_data_type(node.to) or ""
    if node.to.this == exp.DType.UNKNOWN:
        raise QueryError("TYPE_NOT_FOUND", "Unknown type: " + node.to.sql().lower())
    made = _cast(text_of(node.this), type_of(node.this) or "", kind)
    if made is None:
        made = f"CAST({node.this.sql(dialect='duckdb')} AS {_type_name(node.to, kind)})"
    if zone := types.zone_name(types.zone_of(type_of(node))):
        made = f"(({made}) AT TIME ZONE '{zone}')"
    return raw(f"TRY({made})" if isinstance(node, exp.TryCast) else made)


def _type_name(node: exp.DataType, kind: str) -> str:
    return types.duckdb_name(kind) or str(node.sql(dialect="duckdb"))


def _cast(value: str, source: str, kind: str) -> str | None:
    base, wanted = kind.partition("(")[0].partition(" ")[0], types.duckdb_name(kind)
    family = types.family(source)
    if kind == types.ZONED and types.zone_of(source):
        return instant(value, source)
    if kind == "json":
        return _to_json(value, source)
    if family == "json":
        return _from_json(value, kind)
    if base in {"varchar", "char"}:
        return _shortened(_to_text(value, source), source, kind)
    if base in {"ipaddress", "ipprefix"}:
        return f"python_ip_address({value})" if base == "ipaddress" else f"CAST({value} AS VARCHAR)"
    if family == "text" and base in _TEXTS:
        return _from_text(value, kind, base, wanted)
    if base in {"array", "map", "row"}:
        return _nested(value, source, kind)
    return _of_number(value, source, kind) or (f"CAST({value} AS {wanted})" if wanted else None)


def _of_number(value: str, source: str, kind: str) -> str | None:
    """A number as another, where Athena rounds otherwise than DuckDB."""
    wanted = str(types.duckdb_name(kind))
    if kind in _WHOLE and source in {"double", "real"}:
        return f"CAST(round({value}) AS {wanted})"
    if kind in {"double", "real"} and types.is_decimal(source):
        return exact_double(value, wanted)
    if types.is_decimal(kind) and source in {"double", "real"}:
        return _rounded(value, types.decimal_of(kind) or (38, 0))
    return None


def type_of_cast(node: exp.Cast) -> str | None:
    """The type of a cast; of a text that names a zone, an instant that is shown there."""
    kind = types.of_data_type(node.to)
    zone = re.search(r"\s([A-Za-z]+/[\w/+-]+)$|\s?([+-]\d\d?:?\d\d)$", node.this.name.strip())
    if kind != types.ZONED or not node.this.is_string or zone is None:
        return kind
    return types.shown_in(zone[1] or zone[2])


def instant(value: str, kind: str | None) -> str:
    """A value as an instant, if it is held as the local time of a zone."""
    zone = types.zone_name(types.zone_of(kind))
    if zone == types.BY_ROW:
        raise types.zones_by_row()
    return f"(({value}) AT TIME ZONE '{zone}')" if zone else value


def exact_double(value: str, wanted: str = "DOUBLE") -> str:
    """A decimal as the nearest double: by way of its digits, which DuckDB's own division loses."""
    return f"CAST(CAST({value} AS VARCHAR) AS {wanted})"


def _rounded(value: str, kind: tuple[int, int]) -> str:
    """A double as a decimal: the digits that it is written with are what is rounded."""
    wanted = f"DECIMAL({kind[0]}, {kind[1]})"
    # What does not fit fails with the number itself.
    return (
        f"CASE WHEN abs({value}) < 1e{kind[0] - kind[1]} "
        f"THEN CAST(CAST({value} AS VARCHAR) AS {wanted}) ELSE CAST({value} AS {wanted}) END"
    )


def _from_text(value: str, kind: str, base: str, wanted: str | None) -> str:
    pattern = _TEXTS[base] + (_ZONE if kind.endswith("zone") else "")
    shown = "int" if base == "integer" else _NAMES.get(base, kind)
    message = (
        f"'INVALID_CAST_ARGUMENT: Cannot cast ''' || {value} || ''' to {shown.upper()}'"
        if base in _WHOLE or base == "boolean"
        else f"'INVALID_CAST_ARGUMENT: Value cannot be cast to {shown}: ' || {value}"
    )
    if kind.endswith("zone"):
        value = f"regexp_replace({value}, ' ([+-]\\d)', '\\1')"
    # A message that is cast fails as the message.
    return (
        f"CAST(CASE WHEN {value} IS NULL OR regexp_full_match({value}, '{pattern}') "
        f"THEN {value} ELSE {message} END AS {wanted})"
    )


def _to_text(value: str, source: str) -> str:
    if source.startswith("timestamp"):
        zone = f" || ' {types.zone_of(source) or 'UTC'}'" if "zone" in source else ""
        if types.zone_of(source) == types.BY_ROW:
            raise types.zones_by_row()
        return f"(strftime(CAST({value} AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g'){zone})"
    if source.startswith("time"):
        return f"strftime(DATE '1970-01-01' + {value}, '%H:%M:%S.%g')"
    if source in {"double", "real"}:
        # By way of the shorter text: a REAL's digits aren't those of the DOUBLE it is.
        return f"{DOUBLE_TEXT}(CAST(CAST({value} AS VARCHAR) AS DOUBLE))"
    exact = types.decimal_of(source)
    if exact and exact[0] == exact[1]:  # DuckDB writes such a decimal without its zero
        return f"regexp_replace(CAST({value} AS VARCHAR), '^(-?)[.]', '\\10.')"
    return f"CAST({value} AS VARCHAR)"


def _shortened(text: str, source: str, kind: str) -> str:
    if "(" not in kind:
        return text
    length = kind[kind.index("(") + 1 : -1]
    if types.family(source) in {"text", None} or kind.startswith("char"):
        cut = f"left({text}, {length})"
        return f"rpad({cut}, {length}, ' ')" if kind.startswith("char") else cut
    message = f"'INVALID_CAST_ARGUMENT: Value ' || {text} || ' cannot be represented as {kind}'"
    return f"CASE WHEN length({text}) <= {length} THEN {text} WHEN {fail(message)} THEN NULL END"


def _nested(value: str, source: str, kind: str) -> str | None:
    """A cast of an array, map or row, element by element where the elements need it."""
    wanted = types.duckdb_name(kind)
    element, inner = types.element_of(source), types.element_of(kind)
    if element and inner:
        made = _cast("__c", element, inner)
        if made is not None and made != f"CAST(__c AS {types.duckdb_name(inner)})":
            return f"list_transform({value}, lambda __c: {made})"
    fields, from_fields = types.row_fields(kind), types.row_fields(source)
    if fields and len(fields) == len(from_fields):
        parts = []
        for index, ((name, part), (own, own_part)) in enumerate(
            zip(fields, from_fields, strict=True)
        ):
            access = f'({value})."{own}"' if own else f"({value})[{index + 1}]"
            made = _cast(access, own_part, part) or f"CAST({access} AS {types.duckdb_name(part)})"
            parts.append(f'"{name or f"field{index}"}": {made}')
        return f"CASE WHEN {value} IS NOT NULL THEN {{{', '.join(parts)}}} END"
    return f"CAST({value} AS {wanted})" if wanted else None


def _to_json(value: str, source: str, depth: int = 0) -> str:
    """An SQL value as JSON: a text is a string of JSON, a row an array."""
    name = f"__j{depth}"
    if types.family(source) == "json":
        return value
    if source.startswith("timestamp") or (types.family(source) == "clock"):
        return f"to_json({_to_text(value, source)})"
    if types.is_decimal(source):
        return f"CAST({_to_text(value, source)} AS JSON)"
    element = types.element_of(source)
    if element is not None:
        inner = _to_json(name, element, depth + 1)
        return f"to_json(list_transform({value}, lambda {name}: {inner}))"
    fields = types.row_fields(source)
    if fields:
        parts = [
            _to_json(f'({value})."{own}"' if own else f"({value})[{index + 1}]", part, depth + 1)
            for index, (own, part) in enumerate(fields)
        ]
        listed = ", ".join(f"to_json({part})" for part in parts)
        return f"CASE WHEN {value} IS NOT NULL THEN json_array({listed}) END"
    if source.startswith("map("):
        _, item = (*types.parts_of(source), "", "")[:2]
        inner = _to_json(f"{name}.value", item, depth + 1)
        return (
            f"to_json(map_from_entries(list_sort(list_transform(map_entries({value}), lambda {name}: "
            f"{{'k': CAST({name}.key AS VARCHAR), 'v': {inner}}}))))"
        )
    return f"to_json({value})"


def _from_json(value: str, kind: str, depth: int = 0) -> str:
    """JSON as an SQL value of a type; JSON's null is NULL."""
    base, name = kind.partition("(")[0].partition(" ")[0], f"__j{depth}"
    scalar = f"json_extract_string({value}, '$')"
    if kind == "json":
        return value
    if base == "array":
        inner = _from_json(name, types.element_of(kind) or "varchar", depth + 1)
        return (
            f"CASE WHEN json_type({value}) = 'ARRAY' THEN list_transform("
            f"json_extract({value}, '$[*]'), lambda {name}: {inner}) WHEN json_type({value}) <> 'NULL' "
            f"AND {_json_failure(value, kind)} THEN NULL END"
        )
    if base == "map":
        key, item = (*types.parts_of(kind), "varchar", "varchar")[:2]
        path = f"""'$."' || replace({name}, '"', '\\"') || '"'"""
        inner = _from_json(f"json_extract({value}, {path})", item, depth + 1)
        key_cast = f"CAST({name} AS {types.duckdb_name(key)})"
        return (
            f"CASE WHEN json_type({value}) = 'OBJECT' THEN map_from_entries(list_transform("
            f"json_keys({value}), lambda {name}: {{'k': {key_cast}, 'v': {inner}}})) "
            f"WHEN json_type({value}) <> 'NULL' AND {_json_failure(value, kind)} THEN NULL END"
        )
    if base == "row":
        parts = []
        for index, (field, part) in enumerate(types.row_fields(kind)):
            found = (
                f"CASE json_type({value}) WHEN 'ARRAY' THEN json_extract({value}, '$[{index}]') "
                f"ELSE json_extract({value}, '$.\"{field}\"') END"
            )
            parts.append(
                f'"{field or f"field{index}"}": {_from_json(f"({found})", part, depth + 1)}'
            )
        return (
            f"CASE WHEN json_type({value}) IN ('ARRAY', 'OBJECT') THEN {{{', '.join(parts)}}} END"
        )
    wanted = types.duckdb_name(kind)
    known = f"json_type({value}) NOT IN ('ARRAY', 'OBJECT')"
    if base in _WHOLE:
        made = (
            f"CASE json_type({value}) WHEN 'BOOLEAN' THEN CAST(CAST({scalar} AS BOOLEAN) AS {wanted}) "
            f"WHEN 'DOUBLE' THEN CAST(round(CAST({scalar} AS DOUBLE)) AS {wanted}) "
            f"ELSE CAST({scalar} AS {wanted}) END"
        )
    elif base == "boolean":
        made = (
            f"CASE WHEN json_type({value}) IN ('UBIGINT', 'BIGINT', 'DOUBLE') "
            f"THEN CAST({scalar} AS DOUBLE) <> 0 ELSE CAST({scalar} AS BOOLEAN) END"
        )
    elif base in {"double", "real"} or base == "decimal":
        made = (
            f"CASE json_type({value}) WHEN 'BOOLEAN' THEN CAST(CAST({scalar} AS BOOLEAN) AS INTEGER) "
            f"ELSE CAST({scalar} AS {wanted}) END"
        )
    else:
        made = f"CAST({scalar} AS {wanted or 'VARCHAR'})"
    return (
        f"CASE WHEN json_type({value}) = 'NULL' THEN NULL WHEN {known} THEN {made} "
        f"WHEN {_json_failure(value, kind)} THEN NULL END"
    )


def _json_failure(value: str, kind: str) -> str:
    return fail(f"'INVALID_CAST_ARGUMENT: Cannot cast to {kind}. ' || CAST({value} AS VARCHAR)")

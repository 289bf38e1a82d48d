"""CAST and TRY_CAST: what Athena makes of a value of one type as another."""

import re

from sqlglot import exp

from sandbox.athena.errors import QueryError
from sandbox.athena.sql import types
from sandbox.athena.sql.functions.base import call, fail, is_text, raw, text_of
from sandbox.athena.sql.relations import type_of

DOUBLE_TEXT = "athena_double_text"
IN_UTC = "athena_in_utc"
QUOTE = "'"
# CAST(double AS VARCHAR) is always scientific: the fewest digits that read back as the number.
MACROS = (
    f"""
CREATE OR REPLACE MACRO {DOUBLE_TEXT}(x) AS (
    CASE
        WHEN isnan(x) THEN 'NaN'
        WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END
        WHEN x = 0 THEN CASE WHEN signbit(x) THEN '-0E0' ELSE '0E0' END
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
    # An instant whose text names its zone: it is kept in UTC, where only UTC would be shown.
    f"""
CREATE OR REPLACE MACRO {IN_UTC}(t, zone) AS (
    CASE
        WHEN t IS NULL OR zone IS NULL THEN t
        WHEN upper(zone) IN ('', 'Z', 'UTC', 'GMT', '+00', '+0000', '+00:00', '-00:00') THEN t
        ELSE {fail(f"'NOT_SUPPORTED: {types.ZONES_BY_ROW}: ' || zone")}
    END
)
""",
)
_WHOLE = frozenset(types.INTEGERS)
_NUMBER = r"\s*[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)\s*"
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]?\d(:[0-5]?\d(\.\d+)?)?"
# The texts that are values of a type; DuckDB would take more.
_TEXTS = {
    **dict.fromkeys(_WHOLE, r"[+-]?\d+"),
    **dict.fromkeys(("double", "real"), _NUMBER),
    "decimal": _NUMBER.replace("NaN|Infinity|", ""),
    "uuid": r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "boolean": "(?i:t|f|true|false|0|1)",
    "date": r"\s*[+-]?\d+-\d{1,2}-\d{1,2}\s*",
    # Whatever follows, such as a zone, is left out of a timestamp without one.
    "timestamp": r"\s*[+-]?\d{4,}-\d{1,2}-\d{1,2}( .*)?\s*",
    "time": rf"\s*{_CLOCK}\s*",
}
_TIMESTAMP = r"-?\d{4,}-\d{1,2}-\d{1,2}( \d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?)?"
_NO_CLOCK = r" (2[4-9]|[3-9]\d):|:[6-9]\d"  # DuckDB has 24:00
_DAY = r"[+-]?\d{4,}-\d{1,2}-\d{1,2}"
_ZONED = rf"\s*{_DAY}( ({_CLOCK})?\s*([+-]\d\d(:?\d\d)?|Z|UTC|GMT|[A-Za-z]+/[\w/+-]+)?)?\s*"
_ZONE_AT_END = (
    rf"(?:T\d{{2}}|:\d{{1,2}}|^\s*{_DAY} )[:.,\d]*\s*"
    r"([A-Za-z]+(?:/[\w+-]+)*|[+-]\d{1,2}(?::?\d{2})?)\s*$"
)
TOO_FINE = "'NOT_SUPPORTED: The embedded Athena holds times to the microsecond'"
_OFFSET_OF_TIME = "The embedded Athena has no TIME with an offset from UTC: "
_NAMES = {"timestamp": "timestamp", "date": "date", "time": "time", "boolean": "boolean"}


def cast(node: exp.Cast) -> exp.Expr:
    """A cast in DuckDB's SQL."""
    kind = types.of_data_type(node.to) or ""
    source = type_of(node.this) or ""
    if types.is_zoned(kind) and types.zone_of(source):
        return raw(to_digits(text_of(node.this), source, types.digits_of(kind)))
    value = in_any_zone(node.this) if types.is_zoned(kind) else node.this
    made = _cast(text_of(value), source, kind)
    if made is None:
        made = f"CAST({node.this.sql(dialect='duckdb')} AS {_type_name(node.to, kind)})"
    if zone := types.zone_name(types.zone_of(type_of(node))):
        made = f"(({made}) AT TIME ZONE '{zone}')"
    result = raw(f"TRY({made})" if isinstance(node, exp.TryCast) else made)
    if (
        types.is_zoned(kind)
        and types.family(type_of(node.this)) == "text"
        and not is_text(node.this)
    ):
        return in_utc(result, zone_in(text_of(node.this)))
    return result


def to_digits(time: str, source: str, digits: int) -> str:
    """A timestamp or time, made of a value of a type, with so many digits of its second."""
    is_coarse = types.digits_of(source) <= digits and types.family(source) != "text"
    if is_coarse or digits >= types.MICROSECONDS:
        return time
    unit = 10 ** (types.MICROSECONDS - digits)
    return f"time_bucket(to_microseconds({unit}), make_timestamp(epoch_us({time}) + {unit // 2}))"


def _to_precision(made: str, value: str, source: str, kind: str) -> str:
    digits = types.digits_of(kind)
    if types.family(source) == "text":
        literal = re.fullmatch(r"'[^'.]*(?:\.(\d*))?[^'.]*'", value)
        if literal and len(literal[1] or "") <= min(digits, types.MICROSECONDS):
            return made
        if digits >= types.MICROSECONDS:
            return to_microseconds(made, value, digits)
    rounded = to_digits(made, source, digits)
    return made if rounded == made else f"CAST({rounded} AS {types.duckdb_name(kind)})"


def to_microseconds(made: str, value: str, digits: int) -> str:
    """A time with six digits or more of its second, made of a text of which DuckDB reads six."""
    if digits == types.MICROSECONDS:
        more = f"regexp_matches({value}, '\\.\\d{{6}}[5-9]')"
        return f"({made} + to_microseconds(CASE WHEN {more} THEN 1 ELSE 0 END))"
    finer = f"coalesce(regexp_matches({value}, '\\.\\d{{6}}\\d*[1-9]'), FALSE)"
    return f"CASE WHEN NOT {finer} THEN {made} ELSE {fail(TOO_FINE, value)} END"


def zone_in(text: str) -> str:
    """SQL of the zone that the text of an instant names; empty if it names none."""
    return f"regexp_extract({text}, '{_ZONE_AT_END}', 1)"


def in_utc(moment: exp.Expr, zone: str) -> exp.Expr:
    """An instant of a text that may be shown: it fails for rows whose text names another zone."""
    return call(IN_UTC, moment, raw(zone))


def in_any_zone(moment: exp.Expr) -> exp.Expr:
    """The same where nothing depends on the zone that is shown."""
    if isinstance(moment, exp.Anonymous) and moment.name == IN_UTC:
        shown: exp.Expr = moment.expressions[0]
        return shown
    return moment


def try_(node: exp.Try) -> exp.Expr:
    """TRY, which hides failures, but not that a zone cannot be shown."""
    zones = []
    for guard in list(node.find_all(exp.Anonymous)):
        if guard.name == IN_UTC and guard.find_ancestor(exp.Try, exp.Lambda, exp.Query) is node:
            moment, zone = guard.expressions
            guard.replace(moment)
            zones.append(text_of(zone))
    result: exp.Expr = raw(node.sql(dialect="duckdb")) if zones else node
    for zone in zones:
        result = in_utc(result, zone)
    return result


def _type_name(node: exp.DataType, kind: str) -> str:
    return types.duckdb_name(kind) or str(node.sql(dialect="duckdb"))


def _cast(value: str, source: str, kind: str) -> str | None:
    made = _cast_of_type(value, source, kind)
    if made is None or types.family(kind) not in {"time", "clock"} or kind == "date":
        return made
    return _to_precision(made, value, source, kind)


def _uuid_of_bytes(value: str) -> str:
    message = f"'INVALID_CAST_ARGUMENT: Invalid UUID binary length: ' || octet_length({value})"
    whole = f"CAST(CAST(lower(hex({value})) AS UUID) AS VARCHAR)"
    return f"CASE WHEN octet_length({value}) <> 16 THEN {fail(message)} ELSE {whole} END"


def _cast_of_type(  # noqa: C901 - one case a kind of cast
    value: str, source: str, kind: str
) -> str | None:
    base, wanted = kind.partition("(")[0].partition(" ")[0], types.duckdb_name(kind)
    family = types.family(source)
    if base == "timestamp" and types.zone_of(source):
        return f"CAST({instant(value, source)} AS {wanted})"
    if base == "time" and types.is_zoned(source):
        if kind.endswith("zone") and types.zone_of(source):
            raise QueryError("NOT_SUPPORTED", f"{_OFFSET_OF_TIME}{types.zone_of(source)}")
        return f"CAST(CAST({value} AS TIMESTAMP) AS TIME)"
    if {source, kind} == {"uuid", "varbinary"}:
        return _uuid_of_bytes(value) if kind == "uuid" else f"unhex(replace({value}, '-', ''))"
    if (source, kind) == ("ipaddress", "varbinary"):
        raise QueryError(
            "NOT_SUPPORTED", "The embedded Athena has no cast of an IPADDRESS to VARBINARY"
        )
    if kind == "json":
        return _to_json(value, source)
    if family == "json":
        return _from_json(value, kind)
    if base in {"varchar", "char"}:
        return _shortened(to_text(value, source), source, kind)
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
    if kind == "real" and source == "double":
        # What a REAL cannot hold is infinite, from half a digit beyond the largest on.
        far = f"abs({value}) >= 3.4028235677973366e38"
        return f"CASE WHEN {far} THEN sign({value}) * CAST('inf' AS REAL) ELSE CAST({value} AS REAL) END"
    return None


def check_cast(source: str | None, kind: str | None) -> None:
    """Refuse a cast between types that have none.

    Raises:
        QueryError: as Athena refuses it.
    """
    if source and kind and not _castable(source, kind):
        raise QueryError(
            "TYPE_MISMATCH",
            f"Cannot cast {types.without_zone(source)} to {types.without_zone(kind)}",
        )
    if source and kind and _loses_zone(source, kind):
        # Trino's cast gives the time in the zone; cube's pull request 10779 found that in UTC on AWS.
        raise QueryError(
            "NOT_SUPPORTED",
            "The embedded Athena does not cast times in another zone than UTC to timestamp, which AWS "
            "is said to give in UTC and Trino gives in the zone. CAST(t AT TIME ZONE 'UTC' AS "
            "timestamp) is the one, CAST(format_datetime(t, 'yyyy-MM-dd HH:mm:ss.SSS') AS timestamp) "
            "the other",
        )


def _loses_zone(source: str, kind: str) -> bool:
    """Tell whether an instant that is shown in another zone than UTC becomes a timestamp without one."""
    if types.zone_of(source):
        return kind.startswith("timestamp") and " with" not in kind
    nested = _group(source) in _NESTED and _group(kind) == _group(source)
    return nested and any(map(_loses_zone, _inner(source), _inner(kind)))


def _castable(source: str, kind: str) -> bool:
    one, other = _group(source), _group(kind)
    if None in {one, other}:
        return True
    if other == one and one in _NESTED:
        parts, wanted = _inner(source), _inner(kind)
        return len(parts) == len(wanted) and all(map(_castable, parts, wanted))
    if one == "json" and other in _NESTED:
        return all(_castable("json", part) for part in _inner(kind))
    if other == "json" and one in _NESTED:
        return all(_castable(part, "json") for part in _inner(source))
    return other in _CASTS[str(one)] and not (other == "json" and source.endswith("zone"))


def _group(kind: str) -> str | None:
    base = kind.partition("(")[0]
    if base in _NESTED:
        return base
    family = types.family(kind)
    return "date" if kind == "date" else family


def _inner(kind: str) -> list[str]:
    return types.row_types(kind) if kind.startswith("row(") else types.parts_of(kind)


_NESTED = ("array", "map", "row")
_SCALARS = {"boolean", "number", "text", "json"}
_TEXTUAL = {"date", "clock", "time", "varbinary", "uuid", "ipaddress", "ipprefix"}
# Which groups of types a value of one can be cast to.
_CASTS: dict[str, set[str]] = {
    "boolean": _SCALARS,
    "number": _SCALARS,
    "json": _SCALARS,
    "text": _SCALARS | _TEXTUAL,
    "date": {"date", "time", "text", "json"},
    "time": {"date", "time", "clock", "text", "json"},
    "clock": {"clock", "time", "text"},
    "interval": {"interval", "text"},
    "varbinary": {"varbinary", "uuid", "ipaddress"},
    "uuid": {"uuid", "text", "varbinary"},
    "ipaddress": {"ipaddress", "ipprefix", "text", "varbinary"},
    "ipprefix": {"ipaddress", "ipprefix", "text"},
    **{base: set() for base in _NESTED},
}


def assigned(value: str, source: str, kind: str) -> str:
    """A value as INSERT stores it in a column of a type: cast, but no text loses more than spaces."""
    if kind == source:
        return value
    if source == "unknown":
        return f"CAST({value} AS {types.duckdb_name(kind)})"
    made = _cast(value, source, kind) or f"CAST({value} AS {types.duckdb_name(kind)})"
    if types.family(kind) != "text" or "(" not in kind:
        return made
    message = f"Cannot truncate non-space characters when casting from {source} to {kind} on INSERT"
    failure = fail(f"'INVALID_CAST_ARGUMENT: {message}'", on=value)
    too_long = f"length(rtrim({value}, ' ')) > {kind[kind.index('(') + 1 : -1]}"
    return f"CASE WHEN NOT coalesce({too_long}, FALSE) THEN {made} ELSE {failure} END"


def to_milliseconds(value: str, kind: str) -> str:
    """A value of a table's files, in which timestamps may be finer than the columns' type is."""
    finer = kind.replace(types.TIMESTAMP, types.with_digits(types.TIMESTAMP, types.MICROSECONDS))
    return assigned(value, finer, kind)


_NO_TYPES = (exp.DType.USERDEFINED, exp.DType.UNKNOWN)


def type_of_cast(node: exp.Cast) -> str | None:
    """The type of a cast; an instant keeps its zone, be it one that a text names.

    Raises:
        QueryError: Athena has no such type.
    """
    if isinstance(node.to.this, exp.Interval):
        raise QueryError("NOT_SUPPORTED", "The embedded Athena has no CAST to INTERVAL")
    if any(part.this in _NO_TYPES for part in node.to.find_all(exp.DataType)):
        name = node.to.sql(dialect="trino").lower()
        raise QueryError("TYPE_NOT_FOUND", f"Unknown type: {name}")
    kind = types.of_data_type(node.to)
    source = type_of(node.this)
    if kind is None or not types.is_zoned(kind):
        return kind
    if source and types.zone_of(source):
        return types.with_digits(source, types.digits_of(kind))
    zone = zone_of_literal(node.this.name) if node.this.is_string else None
    return types.shown_in(zone, types.digits_of(kind)) if zone else kind


def zone_of_literal(text: str) -> str | None:
    """The zone that the text of an instant names."""
    zone = re.search(_ZONE_AT_END, text) if re.fullmatch(_ZONED, text) else None
    return zone[1] if zone else None


def instant(value: str, kind: str | None) -> str:
    """A value as an instant, if it is held as the local time of a zone."""
    zone = types.zone_name(types.zone_of(kind))
    if zone == types.BY_ROW:
        raise types.zones_by_row()
    return f"(({value}) AT TIME ZONE '{zone}')" if zone and zone != types.UNSHOWN else value


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
    pattern = _ZONED if types.is_zoned(kind) else _TEXTS[base]
    shown = "int" if base == "integer" else _NAMES.get(base, kind)
    message = f"'INVALID_CAST_ARGUMENT: Value cannot be cast to {shown}: ' || {value}"
    if base == "uuid":
        failure = fail(f"'INVALID_CAST_ARGUMENT: Cannot cast value to UUID: ' || {value}")
        fits = f"regexp_full_match({value}, '{pattern}')"
        return f"CASE WHEN {fits} THEN lower({value}) ELSE {failure} END"
    if base == "decimal":
        digits = "{}, {}".format(*types.decimal_of(kind) or (38, 0))
        message = (
            f"'INVALID_CAST_ARGUMENT: Cannot cast VARCHAR ''' || {value} || ''' to "
            f"DECIMAL({digits}). Value is not a number.'"
        )
    elif base in {*_WHOLE, "boolean", "double", "real"}:
        message = f"'INVALID_CAST_ARGUMENT: Cannot cast ''' || {value} || ''' to {shown.upper()}'"
    text, refused = value, ""
    if kind.endswith("zone"):
        # DuckDB wants the time of a day that stands before a zone, and no blank before an offset.
        text = f"regexp_replace(trim({value}, ' +'), '^({_DAY}) +([A-Za-z+-])', '\\1 00:00 \\2')"
        text = f"regexp_replace({text}, ' +([+-]\\d)', '\\1')"
    elif base == "date":
        text = f"ltrim({value}, ' +')"
    elif base == "timestamp":
        text = f"regexp_extract({value}, '{_TIMESTAMP}')"
        refused = f" AND NOT regexp_matches({text}, '{_NO_CLOCK}')"
    if base == "time" and kind.endswith("zone"):
        offset = f"regexp_matches({value}, '[+-]0?[1-9]|[+-][0-9]+:?0?[1-9]')"
        message = f"CASE WHEN {offset} THEN 'NOT_SUPPORTED: {_OFFSET_OF_TIME}' || {value} ELSE {message} END"
        pattern = _TEXTS[base] + r"( ?([+-]00?(:?00)?|Z|UTC|GMT))?\s*"
    # A message that is cast fails as the message.
    return (
        f"CAST(CASE WHEN {value} IS NULL OR regexp_full_match({value}, '{pattern}'){refused} "
        f"THEN {text} ELSE {message} END AS {wanted})"
    )


def to_text(value: str, source: str) -> str:
    """SQL of a value as the text that a cast makes of it."""
    if source.startswith("timestamp"):
        zone = f" || ' {types.zone_of(source) or 'UTC'}'" if "zone" in source else ""
        if types.zone_of(source) == types.BY_ROW:
            raise types.zones_by_row()
        moment = f"CAST({value} AS TIMESTAMP)"
        return f"({written(moment, '%Y-%m-%d %H:%M:%S', types.digits_of(source))}{zone})"
    if source.startswith("time"):
        zone = " || '+00:00'" if source.endswith("zone") else ""
        moment = f"DATE '1970-01-01' + CAST({value} AS TIME)"
        return f"({written(moment, '%H:%M:%S', types.digits_of(source))}{zone})"
    if source == "date":  # the years that DuckDB writes otherwise
        sign = (
            f"CASE WHEN year({value}) < 0 THEN '-' WHEN year({value}) > 9999 THEN '+' ELSE '' END"
        )
        far = f"{sign} || printf('%04d', abs(year({value}))) || strftime({value}, '-%m-%d')"
        return f"CASE WHEN year({value}) BETWEEN 1 AND 9999 THEN CAST({value} AS VARCHAR) ELSE {far} END"
    if source.startswith("interval"):
        return _interval_text(value, months=source == types.YEAR_TO_MONTH)
    if source in {"double", "real"}:
        # By way of the shorter text: a REAL's digits aren't those of the DOUBLE it is.
        return f"{DOUBLE_TEXT}(CAST(CAST({value} AS VARCHAR) AS DOUBLE))"
    exact = types.decimal_of(source)
    if exact and exact[0] == exact[1]:  # DuckDB writes such a decimal without its zero
        return f"regexp_replace(CAST({value} AS VARCHAR), '^(-?)[.]', '\\10.')"
    return f"CAST({value} AS VARCHAR)"


def written(moment: str, pattern: str, digits: int) -> str:
    """SQL of a timestamp by a pattern of strftime's, and so many digits of its second."""
    if digits in {0, 3, types.MICROSECONDS}:
        fraction = {0: "", 3: ".%g", types.MICROSECONDS: ".%f"}[digits]
        return f"strftime({moment}, '{pattern}{fraction}')"
    fraction = f"left(rpad(strftime({moment}, '%f'), {max(digits, 6)}, '0'), {digits})"
    return f"(strftime({moment}, '{pattern}.') || {fraction})"


def _interval_text(value: str, *, months: bool) -> str:
    if months:
        total = f"(12 * date_part('year', {value}) + date_part('month', {value}))"
        shown = f"abs({total}) // 12 || '-' || abs({total}) % 12"
    else:
        total = f"CAST(round(epoch({value}) * 1000) AS BIGINT)"
        shown = (
            f"abs({total}) // 86400000 || ' ' || "
            f"strftime(make_timestamp(abs({total}) % 86400000 * 1000), '%H:%M:%S.%g')"
        )
    return f"(CASE WHEN {total} < 0 THEN '-' ELSE '' END || {shown})"


def _shortened(text: str, source: str, kind: str) -> str:
    if "(" not in kind:
        return text
    length = kind[kind.index("(") + 1 : -1]
    if types.family(source) in {"text", None} or kind.startswith("char"):
        cut = f"left({text}, {length})"
        return f"rpad({cut}, {length}, ' ')" if kind.startswith("char") else cut
    message = f"'INVALID_CAST_ARGUMENT: Value ' || {text} || ' cannot be represented as {kind}'"
    return f"CASE WHEN length({text}) <= {length} THEN {text} ELSE {fail(message)} END"


def _nested(value: str, source: str, kind: str) -> str | None:
    """A cast of an array, map or row, element by element where the elements need it."""
    wanted = types.duckdb_name(kind)
    element, inner = types.element_of(source), types.element_of(kind)
    if element and inner:
        made = _cast_in_utc("__c", element, inner)
        if made is not None and made != f"CAST(__c AS {types.duckdb_name(inner)})":
            return f"list_transform({value}, lambda __c: {made})"
    if kind.startswith("map(") and source.startswith("map("):
        sides = zip(("key", "value"), types.parts_of(source), types.parts_of(kind), strict=True)
        pair = ", ".join(
            f"'{side}': {_cast_in_utc(f'__c.{side}', own, part) or f'CAST(__c.{side} AS {types.duckdb_name(part)})'}"
            for side, own, part in sides
        )
        return f"map_from_entries(list_transform(map_entries({value}), lambda __c: {{{pair}}}))"
    fields, from_fields = types.row_fields(kind), types.row_fields(source)
    if fields and len(fields) == len(from_fields):
        parts, named = [], any(name for name, _ in fields)
        for index, ((name, part), (_, own_part), access) in enumerate(
            zip(fields, from_fields, row_values(value, source), strict=True)
        ):
            made = (
                _cast_in_utc(access, own_part, part)
                or f"CAST({access} AS {types.duckdb_name(part)})"
            )
            parts.append(f'"{name or f"field{index}"}": {made}' if named else made)
        listed = f"{{{', '.join(parts)}}}" if named else f"row({', '.join(parts)})"
        return f"CASE WHEN {value} IS NOT NULL THEN {listed} END"
    return f"CAST({value} AS {wanted})" if wanted else None


def row_values(row: str, kind: str | None) -> list[str]:
    """The values of a row's fields as DuckDB's SQL."""
    return [
        f'({row})."{name}"' if name else f"({row})[{index}]"
        for index, (name, _) in enumerate(types.row_fields(kind), start=1)
    ]


def _cast_in_utc(value: str, source: str, kind: str) -> str | None:
    made = _cast(value, source, kind)
    if types.is_zoned(kind) and types.family(source) == "text":
        return f"{IN_UTC}({made}, {zone_in(value)})"
    return made


def _to_json(value: str, source: str, depth: int = 0) -> str:
    """An SQL value as JSON: a text is a string of JSON, a row an object by its fields' names."""
    name = f"__j{depth}"
    if types.family(source) == "json":
        return value
    if source.startswith("timestamp") or (types.family(source) == "clock"):
        return f"to_json({to_text(value, source)})"
    if types.is_decimal(source):
        return f"CAST({to_text(value, source)} AS JSON)"
    if source in {"double", "real"}:  # NaN and Infinity are texts in JSON
        text = f"to_json({to_text(value, source)})"
        # By its own digits: as a double, REAL '3.14' is 3.140000104904175.
        number = value if source == "double" else f"CAST(CAST({value} AS VARCHAR) AS DOUBLE)"
        return f"CASE WHEN isfinite({value}) THEN to_json({number}) ELSE {text} END"
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
        listed = ", ".join(
            f"'{(own or '').replace(QUOTE, QUOTE * 2)}', to_json({part})"
            for (own, _), part in zip(fields, parts, strict=True)
        )
        return f"CASE WHEN {value} IS NOT NULL THEN json_object({listed}) END"
    if source.startswith("map("):
        key, item = (*types.parts_of(source), "", "")[:2]
        shown = f"{name}.key"
        shown = to_text(shown, key) if key in {"double", "real"} else f"CAST({shown} AS VARCHAR)"
        inner = _to_json(f"{name}.value", item, depth + 1)
        return (
            f"to_json(map_from_entries(list_sort(list_transform(map_entries({value}), lambda {name}: "
            f"{{'k': {shown}, 'v': {inner}}}))))"
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
            f"THEN {_json_failure(value, kind)} END"
        )
    if base == "map":
        key, item = (*types.parts_of(kind), "varchar", "varchar")[:2]
        path = f"""'$."' || replace({name}, '"', '\\"') || '"'"""
        inner = _from_json(f"json_extract({value}, {path})", item, depth + 1)
        key_cast = f"CAST({name} AS {types.duckdb_name(key)})"
        return (
            f"CASE WHEN json_type({value}) = 'OBJECT' THEN map_from_entries(list_transform("
            f"json_keys({value}), lambda {name}: {{'k': {key_cast}, 'v': {inner}}})) "
            f"WHEN json_type({value}) <> 'NULL' THEN {_json_failure(value, kind)} END"
        )
    if base == "row":
        parts = []
        for index, (field, part) in enumerate(types.row_fields(kind)):
            found = (
                f"CASE json_type({value}) WHEN 'ARRAY' THEN json_extract({value}, '$[{index}]') "
                f"ELSE {_member(value, field or '')} END"
            )
            parts.append(
                f'"{field or f"field{index}"}": {_from_json(f"({found})", part, depth + 1)}'
            )
        return (
            f"CASE WHEN json_type({value}) IN ('ARRAY', 'OBJECT') THEN {{{', '.join(parts)}}} END"
        )
    wanted = types.duckdb_name(kind)
    known = f"json_type({value}) NOT IN ('ARRAY', 'OBJECT')"
    failure = _json_failure(value, kind)
    if base in _WHOLE:
        made = (
            f"CASE json_type({value}) WHEN 'BOOLEAN' THEN CAST(CAST({scalar} AS BOOLEAN) AS {wanted}) "
            f"WHEN 'DOUBLE' THEN CAST(round(CAST({scalar} AS DOUBLE)) AS {wanted}) "
            f"ELSE {_cast(scalar, 'varchar', kind) or f'CAST({scalar} AS {wanted})'} END"
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
        number = f"TRY_CAST({scalar} AS DOUBLE)"
        made = (
            f"CASE json_type({value}) WHEN 'DOUBLE' THEN {DOUBLE_TEXT}({number}) ELSE {scalar} END"
        )
        if "(" in kind:
            known += f" AND length({made}) <= {kind[kind.index('(') + 1 : -1]}"
            failure = fail(
                f"'INVALID_CAST_ARGUMENT: Cannot cast ''' || CAST({value} AS VARCHAR) || ''' to {kind}'"
            )
    return (
        f"CASE WHEN json_type({value}) = 'NULL' THEN NULL WHEN {known} THEN {made} "
        f"ELSE {failure} END"
    )


def _member(value: str, name: str) -> str:
    """A member of a JSON object, whose name is that of a field in any case."""
    path = """'$."' || replace(__k, '"', '\\"') || '"'"""
    wanted = name.lower().replace("'", "''")
    return (
        f"list_transform([list_filter(json_keys({value}), lambda __k: lower(__k) = '{wanted}')[-1]], "
        f"lambda __k: json_extract({value}, {path}))[1]"
    )


def _json_failure(value: str, kind: str) -> str:
    return fail(f"'INVALID_CAST_ARGUMENT: Cannot cast to {kind}. ' || CAST({value} AS VARCHAR)")

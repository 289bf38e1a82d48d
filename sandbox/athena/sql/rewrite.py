"""From an analysed query to the SQL that DuckDB runs."""

import re

from sqlglot import exp

from sandbox.athena.errors import QueryError
from sandbox.athena.hive.model import HIDDEN_COLUMNS
from sandbox.athena.sql import functions, types
from sandbox.athena.sql.relations import (
    Analysis,
    Relation,
    function_name,
    output_name,
    set_type,
    type_of,
)

_MYSQL_FORMATS = {
    "%i": "%M",
    "%s": "%S",
    "%M": "%B",
    "%W": "%A",
    "%h": "%I",
    "%e": "%-d",
    "%c": "%-m",
    "%k": "%-H",
    "%l": "%-I",
    "%r": "%I:%M:%S %p",
    "%T": "%H:%M:%S",
    "%v": "%V",
    "%x": "%G",
}
_JODA_FORMATS = {
    "yyyy": "%Y",
    "YYYY": "%Y",
    "yy": "%y",
    "MMMM": "%B",
    "MMM": "%b",
    "MM": "%m",
    "M": "%-m",
    "dd": "%d",
    "d": "%-d",
    "HH": "%H",
    "H": "%-H",
    "hh": "%I",
    "h": "%-I",
    "mm": "%M",
    "m": "%-M",
    "ss": "%S",
    "s": "%-S",
    "SSS": "%g",
    "EEEE": "%A",
    "EEE": "%a",
    "E": "%a",
    "a": "%p",
    "Z": "%z",
    "ZZ": "%z",
    "z": "%Z",
    "DDD": "%j",
}


_UNITS = frozenset(
    ["millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"]
)


def view_name(relation: Relation) -> str:
    """Name the DuckDB view that stands for a table of the catalog."""
    return f"{relation.database}.{relation.name}"


def to_duckdb(tree: exp.Expr, sql: str, analysis: Analysis) -> str:
    """Write an analysed query for DuckDB; its output columns get Athena's names.

    Args:
        tree: the query, which is changed.
        sql: its text.
        analysis: of this very tree.
    """
    rewriter = _Rewriter(sql, analysis)
    return rewriter.run(tree)


def hidden_columns(analysis: Analysis) -> list[str]:
    """List the hidden columns ("$path" and the like) that a query reads."""
    return [name for name in HIDDEN_COLUMNS if name in analysis.used]


class _Rewriter:
    def __init__(self, sql: str, analysis: Analysis) -> None:
        self._sql = sql
        self._analysis = analysis
        self._hidden = hidden_columns(analysis)

    def run(self, tree: exp.Expr) -> str:
        for table, relation in self._analysis.relations:
            self._name_table(table, relation)
        root = exp.Paren(this=tree)
        for node in reversed(list(root.walk())):
            if node is root:
                continue
            new = self._rewrite(node)
            if new is not node:
                if type_of(new) is None:
                    set_type(new, type_of(node))
                node.replace(new)
        top = root.this
        self._name_outputs(top)
        text = str(top.sql(dialect="duckdb"))
        return f"FROM {text}" if isinstance(top, exp.Values) else text

    def _name_table(self, node: exp.Table, relation: Relation) -> None:
        if not node.args.get("alias"):
            node.set("alias", exp.TableAlias(this=exp.to_identifier(relation.name, quoted=True)))
        node.set("this", exp.to_identifier(view_name(relation), quoted=True))
        node.set("db", None)
        node.set("catalog", None)

    def _name_outputs(self, tree: exp.Expr) -> None:
        if isinstance(tree, exp.Values) and not tree.args.get("alias"):
            width = len(self._analysis.fields)
            columns = [exp.to_identifier(f"_col{n}", quoted=True) for n in range(width)]
            tree.set("alias", exp.TableAlias(this=exp.to_identifier("_values"), columns=columns))
            return
        select = tree
        while not isinstance(select, exp.Select):
            if isinstance(select, exp.SetOperation):
                select = select.left
            elif isinstance(select, exp.Subquery):
                select = select.this
            else:
                return
        items = list(select.expressions)
        if any(isinstance(item, exp.Star) or item.is_star for item in items):
            return
        for index, item in enumerate(items):
            if not isinstance(item, exp.Alias):
                name = output_name(item) or f"_col{index}"
                items[index] = exp.alias_(item, name, quoted=True, copy=False)
        select.set("expressions", items)

    def _rewrite(self, node: exp.Expr) -> exp.Expr:  # noqa: C901, PLR0912 - a table of cases
        if isinstance(node, exp.Unnest):
            return self._unnest(node)
        if isinstance(node, exp.Star) and isinstance(node.parent, exp.Select | exp.Column):
            return self._star(node)
        if isinstance(node, exp.Div):
            return self._division(node)
        if isinstance(node, exp.DPipe):
            return self._concatenation(node)
        if isinstance(node, exp.Add | exp.Sub):
            return self._date_arithmetic(node)
        if isinstance(node, exp.Anonymous):
            return self._call(node)
        if isinstance(node, exp.Avg) and types.is_decimal(type_of(node)):
            precision, scale = types.decimal_of(type_of(node)) or (38, 0)
            return exp.cast(node.copy(), f"DECIMAL({precision}, {scale})", dialect="duckdb")
        if isinstance(node, exp.TryCast | exp.Cast):
            return self._cast(node)
        if isinstance(node, exp.AtTimeZone):
            return self._at_timezone(node.this, node.args["zone"])
        if isinstance(node, exp.Struct):
            return exp.Anonymous(this="row", expressions=list(node.expressions))
        if isinstance(node, exp.TableSample):
            return self._sample(node)
        if isinstance(node, exp.Substring):
            parts = [node.this, node.args["start"], node.args.get("length")]
            return self._call(exp.Anonymous(this="substr", expressions=list(filter(None, parts))))
        if isinstance(node, exp.JSONValue):
            return self._json_value(node)
        if isinstance(node, exp.Limit) and node.expression.name.upper() == "ALL":
            return exp.Limit(expression=exp.Null())
        if isinstance(node, exp.Func) and not isinstance(node, exp.Cast):
            name = (function_name(node, self._sql) or "").lower()
            if name == "count_if":
                return self._count_if(node.this)
        return node

    # Functions

    def _call(self, node: exp.Anonymous) -> exp.Expr:
        name = node.name.lower()
        arguments = list(node.expressions)
        special = getattr(self, f"_call_{name}", None)
        if special is not None:
            try:
                made: exp.Expr = special(arguments)
            except (ValueError, IndexError) as error:
                raise QueryError(
                    "FUNCTION_NOT_FOUND",
                    f"Unexpected parameters for function {name}: {len(arguments)} of them",
                ) from error
            return made
        if name in {"date_format", "date_parse"} and len(arguments) > 1:
            arguments[1] = _format(arguments[1], _mysql_format)
        if name in {"format_datetime", "parse_datetime"} and len(arguments) > 1:
            arguments[1] = _format(arguments[1], _joda_format)
        if name in functions.MACROS:
            return exp.Anonymous(this=f"{functions.MACRO_PREFIX}{name}", expressions=arguments)
        return exp.Anonymous(this=functions.RENAMED.get(name, name), expressions=arguments)

    def _call_concat(self, arguments: list[exp.Expr]) -> exp.Expr:
        return _chain(arguments, exp.DPipe)

    def _call_date_trunc(self, arguments: list[exp.Expr]) -> exp.Expr:
        _check_unit(arguments[0])
        call = exp.Anonymous(this="date_trunc", expressions=arguments)
        if len(arguments) > 1 and type_of(arguments[1]) == "date":
            return exp.cast(call, "DATE", dialect="duckdb")
        return call

    def _call_date_add(self, arguments: list[exp.Expr]) -> exp.Expr:
        unit, count, time = arguments
        name = unit.name.lower()
        make = f"to_{name}s"
        _check_unit(unit)
        whole = exp.cast(count, "BIGINT" if name in {"hour", "minute"} else "INTEGER")
        interval = exp.Anonymous(this=make, expressions=[whole])
        if name in {"millisecond", "second"}:
            interval = exp.Anonymous(this=make, expressions=[exp.cast(count, "DOUBLE")])
        added = exp.Paren(this=exp.Add(this=_wrapped(time), expression=interval))
        if type_of(time) == "date":
            return exp.cast(added, "DATE", dialect="duckdb")
        return added

    def _call_to_iso8601(self, arguments: list[exp.Expr]) -> exp.Expr:
        kind = type_of(arguments[0]) or ""
        time = exp.cast(arguments[0], "TIMESTAMP")
        pattern = "%Y-%m-%d" if kind == "date" else "%Y-%m-%dT%H:%M:%S.%g"
        pattern += "Z" if "zone" in kind else ""
        return exp.Anonymous(this="strftime", expressions=[time, exp.Literal.string(pattern)])

    def _call_date_diff(self, arguments: list[exp.Expr]) -> exp.Expr:
        # Athena counts whole units, as DuckDB's date_sub does.
        unit, start, end = arguments
        _check_unit(unit)
        start, end = (
            exp.cast(item, "TIMESTAMP") if type_of(item) != "date" else item
            for item in (start, end)
        )
        return exp.Anonymous(this="date_sub", expressions=[unit, start, end])

    def _call_cardinality(self, arguments: list[exp.Expr]) -> exp.Expr:
        kind = type_of(arguments[0]) or ""
        name = "cardinality" if kind.startswith("map(") or _makes_map(arguments[0]) else "len"
        call = exp.Anonymous(this=name, expressions=arguments)
        return exp.cast(call, "BIGINT")

    def _call_element_at(self, arguments: list[exp.Expr]) -> exp.Expr:
        # Built as text: sqlglot would shift the index by the dialects' offsets.
        container, key = (item.sql(dialect="duckdb") for item in arguments)
        return _raw(f"({container})[{key}]")

    def _call_typeof(self, arguments: list[exp.Expr]) -> exp.Expr:
        kind = type_of(arguments[0])
        if kind:
            return exp.Literal.string(kind)
        return exp.Lower(this=exp.Anonymous(this="typeof", expressions=arguments))

    def _call_greatest(self, arguments: list[exp.Expr]) -> exp.Expr:
        return _null_if_any_null("greatest", arguments)

    def _call_least(self, arguments: list[exp.Expr]) -> exp.Expr:
        return _null_if_any_null("least", arguments)

    def _call_approx_distinct(self, arguments: list[exp.Expr]) -> exp.Expr:
        # The exact count is within any error that an approximation may have.
        return exp.Count(this=exp.Distinct(expressions=arguments[:1]))

    def _call_approx_percentile(self, arguments: list[exp.Expr]) -> exp.Expr:
        return exp.Anonymous(this="quantile_disc", expressions=[arguments[0], arguments[-1]])

    def _call_count_if(self, arguments: list[exp.Expr]) -> exp.Expr:
        return self._count_if(arguments[0])

    @staticmethod
    def _count_if(condition: exp.Expr) -> exp.Expr:
        case = exp.Case(ifs=[exp.If(this=condition, true=exp.Literal.number(1))])
        return exp.Count(this=case)

    def _call_transform(self, arguments: list[exp.Expr]) -> exp.Expr:
        return exp.Anonymous(this="list_transform", expressions=arguments)

    def _call_filter(self, arguments: list[exp.Expr]) -> exp.Expr:
        return exp.Anonymous(this="list_filter", expressions=arguments)

    def _call_any_match(self, arguments: list[exp.Expr]) -> exp.Expr:
        return _raw(f"list_contains({_mapped(arguments)}, true)")

    def _call_all_match(self, arguments: list[exp.Expr]) -> exp.Expr:
        return _raw(f"(NOT list_contains({_mapped(arguments)}, false))")

    def _call_none_match(self, arguments: list[exp.Expr]) -> exp.Expr:
        return _raw(f"(NOT list_contains({_mapped(arguments)}, true))")

    def _call_reduce(self, arguments: list[exp.Expr]) -> exp.Expr:
        array, start, merge, finish = arguments
        array_sql, start_sql, merge_sql = (
            item.sql(dialect="duckdb") for item in (array, start, merge)
        )
        # A list of one type is what DuckDB wants: the start goes in front.
        reduced = f"list_reduce({array_sql}, {merge_sql}, {start_sql})"
        if isinstance(finish, exp.Lambda):
            name = finish.expressions[0].name
            body = finish.this.sql(dialect="duckdb")
            return _raw(f"list_transform([{reduced}], lambda {name}: {body})[1]")
        return _raw(reduced)

    def _call_zip_with(self, arguments: list[exp.Expr]) -> exp.Expr:
        left, right, merge = arguments
        first, second = (item.name for item in merge.expressions)
        body = merge.this.sql(dialect="duckdb")
        inner = re.sub(rf"\b{re.escape(second)}\b", "__z[2]", body)
        inner = re.sub(rf"\b{re.escape(first)}\b", "__z[1]", inner)
        pair = f"list_zip({left.sql(dialect='duckdb')}, {right.sql(dialect='duckdb')})"
        return _raw(f"list_transform({pair}, lambda __z: {inner})")

    def _call_map_filter(self, arguments: list[exp.Expr]) -> exp.Expr:
        return _over_entries(arguments, "list_filter({entries}, lambda __e: {body})")

    def _call_transform_values(self, arguments: list[exp.Expr]) -> exp.Expr:
        return _over_entries(
            arguments, "list_transform({entries}, lambda __e: {{'k': __e.key, 'v': {body}}})"
        )

    def _call_transform_keys(self, arguments: list[exp.Expr]) -> exp.Expr:
        return _over_entries(
            arguments, "list_transform({entries}, lambda __e: {{'k': {body}, 'v': __e.value}})"
        )

    def _call_at_timezone(self, arguments: list[exp.Expr]) -> exp.Expr:
        return self._at_timezone(arguments[0], arguments[1])

    def _call_with_timezone(self, arguments: list[exp.Expr]) -> exp.Expr:
        return exp.AtTimeZone(this=_wrapped(arguments[0]), zone=arguments[1])

    @staticmethod
    def _at_timezone(time: exp.Expr, zone: exp.Expr) -> exp.Expr:
        moment = exp.cast(time, "TIMESTAMPTZ")
        if zone.name.upper() in {"UTC", "GMT", "ETC/UTC"}:
            return moment
        return exp.AtTimeZone(this=moment, zone=zone)

    # Operators and clauses

    def _division(self, node: exp.Div) -> exp.Expr:
        # `//` cuts whole numbers as Athena does, divides all others as usual, and refuses zero;
        # only DOUBLE and REAL have an infinity. As text: sqlglot would make it floating point.
        result = type_of(node)
        left, right = (_wrapped(item).sql(dialect="duckdb") for item in (node.left, node.right))
        if result in {"double", "real"}:
            return _raw(f"({left} / {right})")
        if types.is_decimal(result):
            precision, scale = types.decimal_of(result) or (38, 0)
            quotient = f"CAST({left} AS DOUBLE) // CAST({right} AS DOUBLE)"
            return _raw(f"CAST(round({quotient}, {scale}) AS DECIMAL({precision}, {scale}))")
        return _raw(f"({left} // {right})")

    def _concatenation(self, node: exp.DPipe) -> exp.Expr:
        left, right = (type_of(item) or "" for item in (node.left, node.right))
        lists = left.startswith("array("), right.startswith("array(")
        if lists == (True, False) and right:
            return exp.Anonymous(this="list_append", expressions=[node.left, node.right])
        if lists == (False, True) and left:
            return exp.Anonymous(this="list_prepend", expressions=[node.left, node.right])
        return node

    def _date_arithmetic(self, node: exp.Binary) -> exp.Expr:
        if type_of(node) != "date":
            return node
        return exp.cast(exp.Paren(this=node.copy()), "DATE", dialect="duckdb")

    def _cast(self, node: exp.Cast) -> exp.Expr:
        kind = types.of_data_type(node.to) or ""
        source = type_of(node.this) or ""
        function = "TRY_CAST" if isinstance(node, exp.TryCast) else "CAST"
        inner = node.this.sql(dialect="duckdb")
        if kind.startswith("timestamp") and "zone" not in kind:
            return _raw(f"{function}({inner} AS TIMESTAMP)")
        if kind.startswith("varchar") and source.startswith("timestamp"):
            zone = " || ' UTC'" if "zone" in source else ""
            return _raw(f"(strftime(CAST({inner} AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g'){zone})")
        if kind.startswith("varchar") and source in {"double", "real"}:
            # By way of the shorter text: a REAL's digits aren't those of the DOUBLE it is.
            return _raw(f"{functions.DOUBLE_TEXT}(CAST(CAST({inner} AS VARCHAR) AS DOUBLE))")
        if kind.startswith(("varchar(", "char(")) and isinstance(
            node.to.expressions[0].this, exp.Literal
        ):
            return _raw(f"left({function}({inner} AS VARCHAR), {node.to.expressions[0].name})")
        return node

    def _json_value(self, node: exp.JSONValue) -> exp.Expr:
        path = re.sub(r"^\s*(lax|strict)\s+", "", node.args["path"].name)
        return exp.Anonymous(
            this=f"{functions.MACRO_PREFIX}json_extract_scalar",
            expressions=[node.this, exp.Literal.string(path)],
        )

    @staticmethod
    def _sample(node: exp.TableSample) -> exp.Expr:
        percent = node.args.get("percent") or node.args.get("size")
        return exp.TableSample(
            method=node.args.get("method"), percent=percent.copy() if percent else None
        )

    def _star(self, node: exp.Star) -> exp.Expr:
        select = node.find_ancestor(exp.Select)
        if not self._hidden or select is None:
            return node
        reads_tables = any(
            isinstance(part, exp.Table) and "." in part.name
            for key in ("from_", "from", "joins")
            for clause in _listed(select.args.get(key))
            for part in [clause.this]
        )
        if not reads_tables:
            return node
        return exp.Star(except_=[exp.to_identifier(name, quoted=True) for name in self._hidden])

    def _unnest(self, node: exp.Unnest) -> exp.Expr:
        parts: list[str] = []
        lengths: list[str] = []
        for item in node.expressions:
            text = item.sql(dialect="duckdb")
            kind = type_of(item)
            element = types.element_of(kind)
            if (kind or "").startswith("map(") or _makes_map(item):
                parts += [f"unnest(map_keys({text}))", f"unnest(map_values({text}))"]
                lengths.append(f"len(map_keys({text}))")
            elif element is not None and element.startswith("row("):
                parts.append(f"unnest({text}, max_depth := 2)")
                lengths.append(f"len({text})")
            else:
                parts.append(f"unnest({text})")
                lengths.append(f"len({text})")
        offset = node.args.get("offset")
        if offset:
            longest = lengths[0] if len(lengths) == 1 else f"greatest({', '.join(lengths)})"
            parts.append(f"unnest(range(1, {longest} + 1))")
        alias = node.args.get("alias")
        name = alias.this.sql(dialect="duckdb") if alias and alias.this else "_unnest"
        columns = [c.sql(dialect="duckdb") for c in alias.columns] if alias else []
        if isinstance(offset, exp.Identifier):
            columns.append(offset.sql(dialect="duckdb"))
        listed = f"({', '.join(columns)})" if columns else ""
        return _raw(f"LATERAL (SELECT {', '.join(parts)}) AS {name}{listed}")


def _check_unit(unit: exp.Expr) -> None:
    if isinstance(unit, exp.Literal) and unit.name.lower() not in _UNITS:
        raise QueryError("INVALID_FUNCTION_ARGUMENT", f"'{unit.name}' is not a valid Time field")


def _raw(text: str) -> exp.Expr:
    # An identifier is written as it is; quoting is off.
    return exp.Var(this=text)


def _wrapped(node: exp.Expr) -> exp.Expr:
    return exp.Paren(this=node) if isinstance(node, exp.Binary | exp.Interval) else node


def _listed(value: object) -> list[exp.Expr]:
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, exp.Expr) else []


def _chain(arguments: list[exp.Expr], kind: type[exp.Binary]) -> exp.Expr:
    result = arguments[0]
    for item in arguments[1:]:
        result = kind(this=result, expression=item)
    return exp.Paren(this=result)


def _mapped(arguments: list[exp.Expr]) -> str:
    array, match = (item.sql(dialect="duckdb") for item in arguments)
    return f"list_transform({array}, {match})"


def _over_entries(arguments: list[exp.Expr], form: str) -> exp.Expr:
    container, function = arguments
    key, value = (item.name for item in function.expressions)
    body = function.this.sql(dialect="duckdb")
    body = re.sub(rf"\b{re.escape(key)}\b", "__e.key", body)
    body = re.sub(rf"(?<!\.)\b{re.escape(value)}\b", "__e.value", body)
    entries = f"map_entries({container.sql(dialect='duckdb')})"
    return _raw(f"map_from_entries({form.format(entries=entries, body=body)})")


def _null_if_any_null(name: str, arguments: list[exp.Expr]) -> exp.Expr:
    texts = [item.sql(dialect="duckdb") for item in arguments]
    missing = " OR ".join(f"({text}) IS NULL" for text in texts)
    return _raw(f"(CASE WHEN {missing} THEN NULL ELSE {name}({', '.join(texts)}) END)")


def _makes_map(node: exp.Expr) -> bool:
    if isinstance(node, exp.Map):
        return True
    return isinstance(node, exp.Anonymous) and node.name.removeprefix(
        functions.MACRO_PREFIX
    ).startswith(("map", "split_to_map", "histogram"))


def _format(node: exp.Expr, translate: "type[str] | object") -> exp.Expr:
    if not (isinstance(node, exp.Literal) and node.is_string) or not callable(translate):
        return node
    return exp.Literal.string(translate(node.name))


def _mysql_format(text: str) -> str:
    return re.sub(r"%.", lambda found: _MYSQL_FORMATS.get(found[0], found[0]), text)


def _joda_format(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        if found[0].startswith("'"):
            return found[0][1:-1] or "'"
        return _JODA_FORMATS.get(found[0], found[0])

    return re.sub(r"'[^']*'|([A-Za-z])\1*", one, text)

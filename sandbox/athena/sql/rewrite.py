"""From an analysed query to the SQL that DuckDB runs."""

import re
from collections.abc import Sequence

from sqlglot import exp

from sandbox.athena.errors import QueryError
from sandbox.athena.hive.catalog import CATALOG
from sandbox.athena.hive.model import HIDDEN_COLUMNS
from sandbox.athena.sql import functions, types
from sandbox.athena.sql.casts import (
    assigned,
    cast,
    exact_double,
    in_any_zone,
    instant,
    row_values,
    try_,
)
from sandbox.athena.sql.functions.arrays import equal, meets_null, subscript
from sandbox.athena.sql.functions.base import (
    PREFIX,
    Aggregated,
    Macro,
    Renamed,
    Rewritten,
    call,
    fail,
    is_text,
    macro_call,
    raw,
    string,
    text_of,
)
from sandbox.athena.sql.functions.json import json_query, json_value, parse_json
from sandbox.athena.sql.functions.text import concatenation, normalize, trim
from sandbox.athena.sql.functions.times import (
    PRESENT,
    at_present,
    at_timezone,
    extract,
    interval,
    moved,
)
from sandbox.athena.sql.relations import (
    COERCED,
    Analysis,
    Relation,
    columns_of,
    expands,
    output_name,
    set_type,
    type_of,
)


def view_name(relation: Relation) -> str:
    """Name the DuckDB view that stands for a table of the catalog."""
    return f"{relation.database}.{relation.name}"


def to_duckdb(
    tree: exp.Expr, analysis: Analysis, schema: str | None = None, into: Sequence[str] = ()
) -> str:
    """Write an analysed query for DuckDB; its output columns get Athena's names.

    Args:
        tree: the query, which is changed.
        analysis: of this very tree.
        schema: what current_schema gives.
        into: the types of the columns that the output is inserted into, if it is.
    """
    return _Rewriter(analysis, schema, into).run(tree)


def hidden_columns(analysis: Analysis) -> list[str]:
    """List the hidden columns ("$path" and the like) that a query reads."""
    return [name for name in HIDDEN_COLUMNS if name in analysis.used]


class _Rewriter:
    def __init__(self, analysis: Analysis, schema: str | None, into: Sequence[str]) -> None:
        self._into = into
        self._session: dict[type[exp.Expr], str | None] = {
            exp.CurrentCatalog: CATALOG,
            exp.CurrentSchema: schema,
            exp.CurrentUser: "sandbox",
        }
        self._analysis = analysis
        self._hidden = hidden_columns(analysis)

    def run(self, tree: exp.Expr) -> str:
        for table, relation in self._analysis.relations:
            self._name_table(table, relation)
        root = exp.Paren(this=tree)
        for function in reversed(list(root.find_all(exp.Lambda))):
            _bind_parameters(function)
        for number, tried in enumerate(list(root.find_all(exp.Try, exp.TryCast))):
            _hoist(tried, number)
        for node in reversed(list(root.walk())):
            if node is root:
                continue
            new = self._rewrite(node)
            if new is not node:
                if type_of(new) is None:
                    set_type(new, type_of(node))
                node.replace(new)
        top = root.this
        _store_instants(top, self._into)
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

    def _rewrite(self, node: exp.Expr) -> exp.Expr:  # noqa: C901, PLR0912, PLR0915 - a table of cases
        if isinstance(node, exp.Unnest):
            return self._unnest(node)
        if isinstance(node, exp.Column) and COERCED in (node._meta or {}):  # noqa: SLF001 - `meta` would make one for each node
            made = raw(
                f"CAST({node.sql(dialect='duckdb')} AS {types.duckdb_name(node.meta[COERCED])})"
            )
            is_item = isinstance(node.parent, exp.Select)
            return exp.alias_(made, node.name, quoted=True) if is_item else made
        if isinstance(node, exp.WindowSpec):
            return _checked_frame(node)
        if isinstance(node, exp.Star) and isinstance(node.parent, exp.Select | exp.Column):
            return self._star(node)
        if isinstance(node, exp.Literal) and not node.is_string and "." in node.name:
            return raw(node.name if "e" in node.name.lower() else f"{node.name}e0")
        if isinstance(node, exp.Anonymous):
            return self._call(node)
        if isinstance(node, exp.Div):
            return self._division(node)
        if isinstance(node, exp.Mul) and types.family(type_of(node)) == "interval":
            return self._interval_product(node)
        if isinstance(node, exp.DPipe):
            return concatenation(node.left, node.right, type_of(node.left))
        if isinstance(node, exp.Add | exp.Sub | exp.Mul) and type_of(node) in types.INTEGERS:
            return self._widened(node)
        if isinstance(node, exp.Add | exp.Sub):
            return self._date_arithmetic(node)
        if isinstance(node, exp.Values):
            for column in columns_of(node):
                if types.zone_of(types.of_rows(map(type_of, column))) == types.UNSHOWN:
                    self._compare_instants(list(column))
            return node
        if isinstance(node, _COMPARED):
            quantified = isinstance(node.args.get("expression"), exp.Any | exp.All)
            if quantified or node.args.get("query"):
                return self._compare_with_query(node)
            if nested := self._compare_nested(node):
                return nested
            if isinstance(node, _ORDERED):
                self._by_address(list(node.iter_expressions()))
            self._compare(list(node.iter_expressions()))
            if isinstance(node, _ORDERED) and (type_of(node.this) or "").startswith(
                ("row(", "array(")
            ):
                return _ordered(node)
            return self._compare_numbers(node)
        if isinstance(node, exp.Ordered):
            self._by_address([node.this])
            return node
        if isinstance(node, exp.Case) and node.this:
            self._compare_padded([node.this, *(branch.this for branch in node.args["ifs"])])
            return node
        if isinstance(node, exp.Bracket):
            return subscript(node.this, node.expressions[0])
        if isinstance(node, exp.TryCast | exp.Cast):
            return cast(node)
        if isinstance(node, exp.Lag | exp.Lead) and node.args.get("default"):
            self._cast_alike([node.this, node.args["default"]], type_of(node))
            return node
        if isinstance(node, exp.Try):
            return try_(node)
        if isinstance(node, exp.AtTimeZone):
            return at_timezone(node.this, node.args["zone"])
        if type(node) in PRESENT:
            return at_present(str(type_of(node)))
        if isinstance(node, exp.Struct):
            return call("row", *node.expressions)
        if isinstance(node, exp.TableSample):
            return self._sample(node)
        if isinstance(node, exp.Substring):
            parts = [node.this, node.args["start"], node.args.get("length")]
            name = "substr_binary" if type_of(node.this) == "varbinary" else "substr"
            return macro_call(name, *filter(None, parts))
        if isinstance(node, exp.Trim):
            return trim(node)
        if isinstance(node, exp.Normalize):
            return normalize(node)
        if isinstance(node, exp.Extract):
            return extract(node)
        if isinstance(node, exp.Escape):
            return _checked_escape(node)
        if isinstance(node, exp.GroupConcat) and not node.args.get("separator"):
            node.set("separator", string(""))
            return node
        if isinstance(node, exp.ParseJSON):
            return parse_json(node.this)
        if isinstance(node, exp.JSONValue):
            return json_value(node)
        if isinstance(node, exp.JSONExtract) and node.args.get("json_query"):
            return json_query(node)
        if isinstance(node, exp.Interval) and isinstance(node.args.get("unit"), exp.IntervalSpan):
            return interval(node)
        if type(node) in self._session:
            word = self._session[type(node)]
            return exp.Null() if word is None else string(word)
        if isinstance(node, exp.Select) and isinstance(node.args.get("limit"), exp.Fetch):
            return with_ties(node)
        if isinstance(node, exp.Limit) and node.expression.name.upper() == "ALL":
            return exp.Limit(expression=exp.Null())
        return node

    @staticmethod
    def _compare_instants(items: list[exp.Expr]) -> None:
        """Make instants of what is held as local times of zones."""
        for item in items:
            kind = type_of(item)
            if (moment := in_any_zone(item)) is not item:
                set_type(moment, kind)
                item.replace(moment)
            elif types.zone_of(kind):
                made = raw(instant(item.sql(dialect="duckdb"), kind))
                set_type(made, types.without_zone(str(kind)))
                item.replace(made)

    @staticmethod
    def _cast_alike(items: list[exp.Expr], kind: str | None) -> None:
        """Give values the type that they are coerced to: DuckDB would take that of the first."""
        for item in items:
            if kind and type_of(item) not in {kind, None} and types.duckdb_name(kind):
                made = raw(assigned(text_of(item), type_of(item) or "", kind))
                set_type(made, kind)
                item.replace(made)

    def _compare(self, items: list[exp.Expr]) -> None:
        """Bring values into a form in which DuckDB compares them as Athena does."""
        self._compare_instants(items)
        self._compare_padded(items)
        self._compare_rows(items)

    @staticmethod
    def _by_address(items: list[exp.Expr]) -> None:
        """Put what addresses are ordered by in their place: they are held as texts."""
        for item in items:
            if type_of(item) == "ipaddress":
                item.replace(call("python_ip_order", item.copy()))

    @staticmethod
    def _compare_nested(node: exp.Expr) -> exp.Expr | None:
        """Whether rows, arrays or maps are equal: for DuckDB NULL within them is a value like others.

        So is the order of a map's entries.
        """
        kind = type_of(node.this) or ""
        if not isinstance(node, exp.EQ | exp.NEQ | exp.In) or not kind.startswith(_NESTED):
            return None
        others = node.expressions if isinstance(node, exp.In) else [node.args["expression"]]
        if not all(
            types.compatible(kind, type_of(item)) and type_of(item) != "unknown" for item in others
        ):
            return None
        found = " OR ".join(
            equal(text_of(node.this), text_of(item), (kind, type_of(item))) for item in others
        )
        return raw(f"(NOT ({found}))" if isinstance(node, exp.NEQ) else f"({found})")

    def _compare_with_query(self, node: exp.Expr) -> exp.Expr:
        """Compare a value with the column of a subquery as with another value."""
        holder, key = (
            (node, "query") if node.args.get("query") else (node.args["expression"], "this")
        )
        query = holder.args[key]
        if types.row_fields(type_of(node.this)):
            self._compare_with_columns(node.this, query.unnest())
            return self._as_in(node)
        column = raw("__column")
        set_type(column, type_of(query))
        pair = exp.EQ(this=node.this, expression=column)
        self._compare([pair.left, pair.right])
        node.set("this", pair.left)
        if pair.right is not column:
            shown = query.unnest().sql(dialect="duckdb")
            text = f"(FROM ({shown}) AS __query(__column) SELECT {text_of(pair.right)})"
            holder.set(key, raw(text))
        return node

    @staticmethod
    def _as_in(node: exp.Expr) -> exp.Expr:
        """The comparison of a row with a subquery, which DuckDB knows by IN alone."""
        if isinstance(node, exp.In):
            return node
        if (type(node), type(node.args["expression"])) not in {
            (exp.EQ, exp.Any),
            (exp.NEQ, exp.All),
        }:
            raise QueryError(
                "NOT_SUPPORTED",
                "The embedded Athena compares rows with a subquery by IN, = ANY and <> ALL only",
            )
        found = exp.In(this=node.this, query=node.args["expression"].this)
        return found if isinstance(node, exp.EQ) else exp.Not(this=found)

    @staticmethod
    def _compare_with_columns(row: exp.Expr, query: exp.Expr) -> None:
        """Compare a row with the columns of a subquery, one by one: a row of one with its value."""
        fields = types.row_fields(type_of(row))
        if isinstance(query, exp.Values):
            columns = [types.common([type_of(i) for i in column]) for column in columns_of(query)]
        else:
            columns = [type_of(item) for item in query.selects]  # type: ignore[attr-defined]
        if fields and not query.is_star and len(columns) != len(fields):
            raise QueryError(
                "TYPE_MISMATCH",
                "Value expression and result of subquery must be of the same type: "
                f"{type_of(row)} vs row({', '.join(kind or 'unknown' for kind in columns)})",
            )
        if fields and not isinstance(row, exp.Tuple):
            row.replace(raw(f"({', '.join(row_values(text_of(row), type_of(row)))})"))

    @staticmethod
    def _compare_rows(items: list[exp.Expr]) -> None:
        """Compare rows by the places of their fields: DuckDB goes by their names.

        Where instants are within, be it in arrays or maps, they are compared as such.
        """
        nested = [item for item in items if (type_of(item) or "").startswith(_NESTED)]
        if len({type_of(item) for item in nested}) > 1:
            for item in nested:
                kind = type_of(item) or ""
                plain = types.without_zone(types.without_names(kind))
                if plain != kind:
                    made = raw(assigned(text_of(item), kind, plain))
                    set_type(made, plain)
                    item.replace(made)

    @staticmethod
    def _compare_padded(items: list[exp.Expr]) -> None:
        """Compare texts without the spaces at their ends where one of them is a CHAR."""
        if any((type_of(item) or "").startswith("char(") for item in items):
            for item in items:
                if types.family(type_of(item)) == "text":
                    made = raw(f"rtrim({item.sql(dialect='duckdb')}, ' ')")
                    set_type(made, type_of(item))
                    item.replace(made)

    @staticmethod
    def _compare_numbers(node: exp.Expr) -> exp.Expr:
        """Compare NaN as Athena does, for which it is neither equal to nor more than anything."""
        if isinstance(node, exp.In) and _may_be_nan(node.this):
            return raw(f"({node.sql(dialect='duckdb')} AND NOT isnan({text_of(node.this)}))")
        if isinstance(node, exp.Between) and _may_be_nan(node.args["high"]):
            high = text_of(node.args["high"])
            return raw(f"({node.sql(dialect='duckdb')} AND NOT isnan({high}))")
        if not isinstance(node, _NAN_COUNTS):
            return node
        more, less = node.left, node.right
        if isinstance(node, exp.LT | exp.LTE):
            more, less = less, more
        floating = [_may_be_nan(more), _may_be_nan(less)]
        if not floating[0] or (isinstance(node, exp.EQ | exp.NEQ) and not floating[1]):
            return node
        unequal = isinstance(node, exp.NEQ)
        compared = exp.EQ(this=node.left, expression=node.right) if unequal else node
        text = f"({compared.sql(dialect='duckdb')} AND NOT isnan({text_of(more)}))"
        return raw(f"(NOT {text})" if unequal else text)

    # Functions

    def _call(self, node: exp.Anonymous) -> exp.Expr:
        function = functions.function_of(node)
        if function is None:
            return node
        arguments = list(node.expressions)
        how = function.how
        try:
            if isinstance(how, Renamed):
                return call(how.name, *arguments)
            if isinstance(how, Macro):
                return macro_call(function.name, *arguments)
            if isinstance(how, Rewritten):
                return how.make(arguments)
            if isinstance(how, Aggregated):
                return self._aggregate(node, how)
        except (TypeError, ValueError, IndexError) as error:
            kinds = ", ".join(type_of(item) or "unknown" for item in node.expressions)
            raise QueryError(
                "FUNCTION_NOT_FOUND",
                f"Unexpected parameters ({kinds}) for function {function.name}.",
            ) from error
        return node

    @staticmethod
    def _aggregate(node: exp.Anonymous, how: Aggregated) -> exp.Expr:
        made, finish = how.make(list(node.expressions), type_of(node))
        outer: exp.Expr = node
        while isinstance(outer.parent, exp.Filter | exp.Window) and outer.parent.this is outer:
            outer = outer.parent
        if outer is node:
            return finish(made)
        kind = type_of(outer)
        node.replace(made)
        place = exp.Null()
        outer.replace(place)
        finished = finish(outer)
        set_type(finished, kind)
        place.replace(finished)
        return node

    # Operators and clauses

    def _division(self, node: exp.Div) -> exp.Expr:
        # `//` cuts whole numbers as Athena does and refuses zero; only DOUBLE and REAL have an
        # infinity. As text: sqlglot would make it floating point.
        result = type_of(node)
        left, right = (text_of(item) for item in (node.left, node.right))
        if types.family(result) == "interval":
            return self._interval_product(node)
        if result in {"double", "real"}:
            left, right = (
                exact_double(text) if types.is_decimal(type_of(item)) else text
                for item, text in ((node.left, left), (node.right, right))
            )
            return raw(f"({left} / {right})")
        if types.is_decimal(result):
            return self._decimal_division(node, left, right)
        return raw(f"({left} // {right})")

    @staticmethod
    def _widened(node: exp.Binary) -> exp.Binary:
        """Give small numbers the type of the result: a literal takes their type in DuckDB."""
        kind = type_of(node)
        for item in (node.left, node.right):
            if type_of(item) in {"tinyint", "smallint"} and type_of(item) != kind:
                wide = raw(f"CAST({text_of(item)} AS {types.duckdb_name(kind)})")
                set_type(wide, kind)
                item.replace(wide)
        return node

    @staticmethod
    def _interval_product(node: exp.Binary) -> exp.Expr:
        """An interval times or by a number; months are cut to whole ones."""
        left, right = (
            f"(12 * date_part('year', {text_of(item)}) + date_part('month', {text_of(item)}))"
            if type_of(item) == types.YEAR_TO_MONTH
            else text_of(item)
            for item in (node.left, node.right)
        )
        result = f"({left} {'/' if isinstance(node, exp.Div) else '*'} {right})"
        months = type_of(node) == types.YEAR_TO_MONTH
        return raw(f"to_months(CAST(trunc({result}) AS INTEGER))" if months else result)

    @staticmethod
    def _decimal_division(node: exp.Div, left: str, right: str) -> exp.Expr:
        precision, scale = types.decimal_of(type_of(node)) or (38, 0)
        own, other = (
            types.decimal_of(type_of(item)) or (38, 0) for item in (node.left, node.right)
        )
        shift = scale + other[1] - own[1]
        kind = f"DECIMAL({precision}, {scale})"
        return raw(
            f"CAST({PREFIX}decimal_quotient({left}, {right}, {10**shift}, {scale}) AS {kind})"
        )

    def _date_arithmetic(self, node: exp.Binary) -> exp.Expr:
        kinds = type_of(node.left), type_of(node.right)
        if any(map(types.zone_of, kinds)):
            time, span = node.left, node.right
            if types.family(kinds[0]) == "interval":
                time, span = span, time
            if types.family(type_of(span)) != "interval":
                self._compare_instants([time, span])
                return node
            sign = "-" if isinstance(node, exp.Sub) else "+"
            return moved(time, f"{sign} {text_of(span)}", days=type_of(span) == types.YEAR_TO_MONTH)
        if kinds == ("date", "date"):
            return raw(f"to_days(CAST({text_of(node.left)} - {text_of(node.right)} AS INTEGER))")
        if type_of(node) != "date":
            return node
        moment = f"({node.sql(dialect='duckdb')})"
        if types.YEAR_TO_MONTH not in kinds:
            message = "'INVALID_FUNCTION_ARGUMENT: Cannot add hour, minutes or seconds to a date'"
            whole = f"coalesce(date_trunc('day', {moment}) = {moment}, true)"
            failing = fail(message, text_of(node.left))
            moment = f"CASE WHEN {whole} THEN {moment} ELSE {failing} END"
        return raw(f"CAST({moment} AS DATE)")

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
        hidden = [exp.to_identifier(name, quoted=True) for name in self._hidden]
        return exp.Star(except_=[*(node.args.get("except_") or []), *hidden])

    def _unnest(self, node: exp.Unnest) -> exp.Expr:
        parts: list[str] = []
        lengths: list[str] = []
        for item in node.expressions:
            text = item.sql(dialect="duckdb")
            kind = type_of(item)
            if (kind or "").startswith("map("):
                parts += [f"unnest(map_keys({text}))", f"unnest(map_values({text}))"]
                lengths.append(f"len(map_keys({text}))")
            elif expands(node, item):
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
        return raw(f"LATERAL (SELECT {', '.join(parts)}) AS {name}{listed}")


_NESTED = ("array(", "map(", "row(")
_NUMBER = re.compile(r"\(?-?[\d.]+(?:[eE][+-]?\d+)?\)?")
_ORDERED = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
_NAN_COUNTS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_COMPARED = (
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.NullSafeEQ,
    exp.NullSafeNEQ,
    exp.Between,
    exp.In,
)


def _may_be_nan(item: exp.Expr) -> bool:
    return type_of(item) in {"double", "real"} and not _NUMBER.fullmatch(text_of(item))


def _ordered(node: exp.Expr) -> exp.Expr:
    """A comparison of rows or arrays by their order, which fails where a NULL in them decides."""
    if isinstance(node, exp.Between):
        low, high = node.args["low"], node.args["high"]
        parts = exp.GTE(this=node.this, expression=low), exp.LTE(this=node.this, expression=high)
        return raw(f"({' AND '.join(_ordered(part).name for part in parts)})")
    sides = node.this, node.args["expression"]
    (value, other), kinds = map(text_of, sides), (type_of(sides[0]), type_of(sides[1]))
    what = "ROW comparison not supported for fields"
    if str(kinds[0]).startswith("array("):
        what = "ARRAY comparison not supported for arrays"
    message = f"'NOT_SUPPORTED: {what} with null elements'"
    return raw(
        f"(CASE WHEN {value} IS NULL OR {other} IS NULL THEN NULL "
        f"WHEN NOT {meets_null(value, other, kinds)} THEN {node.sql(dialect='duckdb')} "
        f"ELSE {fail(message)} END)"
    )


def _checked_frame(frame: exp.WindowSpec) -> exp.WindowSpec:
    """A window's frame that fails where its bounds are NULL: DuckDB gives what it likes for RANGE and GROUPS."""
    message = "'INVALID_WINDOW_FRAME: Window frame offset value must not be negative or null'"
    for key in ("start", "end"):
        bound = frame.args.get(key)
        if isinstance(bound, exp.Column):
            text = text_of(bound)
            checked = raw(f"CASE WHEN {text} IS NOT NULL THEN {text} ELSE {fail(message)} END")
            set_type(checked, type_of(bound))
            frame.set(key, checked)
    return frame


def with_ties(select: exp.Select) -> exp.Expr:
    """`FETCH FIRST n ROWS WITH TIES` by rank; other FETCH clauses stay."""
    fetch, order = select.args["limit"], select.args.get("order")
    options = fetch.args.get("limit_options")
    if not (options and options.args.get("with_ties")):
        return select
    if order is None:
        raise QueryError("MISSING_ORDER_BY", "FETCH FIRST WITH TIES clause requires ORDER BY")
    if select.args.get("distinct"):
        raise QueryError(
            "NOT_SUPPORTED", "The embedded Athena has no WITH TIES together with DISTINCT"
        )
    outputs = {item.alias_or_name.lower(): item.unalias() for item in select.expressions}
    keys = []
    for ordered in order.expressions:
        key = ordered.copy()
        item = key.this
        if isinstance(item, exp.Literal) and item.name.isdigit():
            key.set("this", select.expressions[int(item.name) - 1].unalias().copy())
        elif isinstance(item, exp.Column) and not item.table and item.name.lower() in outputs:
            key.set("this", outputs[item.name.lower()].copy())
        keys.append(key)
    offset = select.args.get("offset")
    skipped = int(offset.expression.name) if offset else 0
    last = skipped + int(fetch.args["count"].name if fetch.args.get("count") else 1)

    def place(name: str) -> exp.Expr:
        return exp.Window(this=call(name), order=exp.Order(expressions=[k.copy() for k in keys]))

    kept: exp.Expr = exp.LTE(this=place("rank"), expression=exp.Literal.number(last))
    if skipped:
        after = exp.GT(this=place("row_number"), expression=exp.Literal.number(skipped))
        kept = exp.And(this=kept, expression=after)
    select.set("limit", None)
    select.set("offset", None)
    select.set("qualify", exp.Qualify(this=kept))
    return select


def _checked_escape(node: exp.Escape) -> exp.Expr:
    """LIKE with an escape character, which fails where a pattern of a column has it alone."""
    pattern, mark = node.this.expression, node.expression.name
    if is_text(pattern) or not is_text(node.expression):
        return node
    quoted = string(re.escape(mark)).sql()[1:-1]
    plain = f"regexp_replace({text_of(pattern)}, '{quoted}[%_{quoted}]', '', 'g')"
    alone = f"contains({plain}, {string(mark).sql()})"
    message = "'INVALID_FUNCTION_ARGUMENT: Escape character must be followed by ''%'', ''_'' or the escape character itself'"
    return raw(
        f"CASE WHEN NOT coalesce({alone}, FALSE) THEN {node.sql(dialect='duckdb')} "
        f"ELSE {fail(message, text_of(pattern))} END"
    )


def _store_instants(tree: exp.Expr, into: Sequence[str]) -> None:
    """Let instants of any zone into timestamps, which have none."""
    if isinstance(tree, exp.SetOperation):
        _store_instants(tree.left, into)
        _store_instants(tree.right, into)
    elif isinstance(tree, exp.Subquery):
        _store_instants(tree.this, into)
    elif isinstance(tree, exp.Select) and len(tree.expressions) == len(into):
        for item, kind in zip(tree.expressions, into, strict=True):
            value = item.unalias()
            if kind.startswith("timestamp") and (moment := in_any_zone(value)) is not value:
                value.replace(moment)


def _listed(value: object) -> list[exp.Expr]:
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, exp.Expr) else []


_VOLATILE = {"rand", "random", "shuffle", "uuid"}


def _is_hoisted(node: exp.Expr) -> bool:
    function = functions.function_of(node)
    return (
        isinstance(node, exp.Window | exp.Filter | exp.WithinGroup | exp.Query | exp.Exists)
        or (isinstance(node, exp.In) and node.args.get("query") is not None)
        or (isinstance(node, exp.Binary) and isinstance(node.right, exp.Any | exp.All))
        or functions.is_aggregate(node)
        or (function is not None and function.name in _VOLATILE)
    )


def _hoist(node: exp.Expr, number: int) -> None:
    """Work out before a TRY or TRY_CAST what DuckDB takes in none: aggregates, subqueries, random values.

    As in Athena, TRY hides no failure of theirs: they are known before it begins.
    """
    found = [item for item in node.this.walk(prune=_is_hoisted) if _is_hoisted(item)]
    if not found:
        return
    within = {id(part) for each in node.find_all(exp.Lambda) for part in each.walk()}
    if any(id(item) in within for item in found):
        raise QueryError(
            "NOT_SUPPORTED",
            "The embedded Athena has no random values in a lambda expression within TRY",
        )
    for index, item in enumerate(found, start=1):
        known = raw(f"__try{number}[{index}]")
        set_type(known, type_of(item))
        item.replace(known)
    place = exp.Null()
    node.replace(place)
    tried = exp.Lambda(this=node, expressions=[exp.to_identifier(f"__try{number}")])
    made = call("list_transform", call("list_value", call("row", *found)), tried)
    made = call("list_extract", made, exp.Literal.number(1))
    set_type(made, type_of(node))
    place.replace(made)


def _bind_parameters(node: exp.Lambda) -> None:
    """Give a lambda's parameters names that no column has, or what they are parts of.

    A function over entries or pairs has one parameter in DuckDB, whose parts they are. The names
    tell the depth, so that an expression is the same in GROUP BY.
    """
    parent, number = node.parent, 0
    around = node.find_ancestor(exp.Lambda)
    while around is not None:
        number, around = number + 1, around.find_ancestor(exp.Lambda)
    function = functions.function_of(parent) if parent is not None else None
    over = function.over if function else ""
    own = f"__v{number}"
    names = [item.name for item in node.expressions]
    if over and len(names) == 2:  # noqa: PLR2004 - key and value, or one of each array
        parts = [f"{own}.key", f"{own}.value"] if over == "entries" else [f"{own}[1]", f"{own}[2]"]
        node.set("expressions", [exp.to_identifier(own)])
    else:
        parts = [f"{own}_{index}" for index in range(len(names))]
        node.set("expressions", [exp.to_identifier(part) for part in parts])
    meant = {name.lower(): part for name, part in zip(names, parts, strict=False)}
    for found in list(node.this.find_all(exp.Identifier)):
        if found.name.lower() in meant and _is_parameter(found):
            made = raw(meant[found.name.lower()])
            set_type(made, type_of(found))
            found.replace(made)


def _is_parameter(node: exp.Identifier) -> bool:
    parent = node.parent
    if isinstance(parent, exp.Column | exp.TableAlias | exp.Alias | exp.Table | exp.DataType):
        return False
    if isinstance(parent, exp.Lambda) and node.arg_key == "expressions":
        return False
    return not (isinstance(parent, exp.Dot) and node.arg_key == "expression")

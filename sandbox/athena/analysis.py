"""What the names in a query mean, and the types of its expressions, as far as they matter.

DuckDB would resolve names too, but it is more generous than Athena (an alias in WHERE or GROUP BY,
a text compared with a number) and its messages and positions are not Athena's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from sqlglot import exp

from sandbox.athena import functions, types
from sandbox.athena.catalog import Table
from sandbox.athena.errors import Position, QueryError

HIDDEN_COLUMNS = {
    "$path": "varchar",
    "$file_size": "bigint",
    "$file_modified_time": "timestamp(3) with time zone",
    "$partition": "varchar",
    "$bucket": "integer",
}


@dataclass(frozen=True)
class Field:
    """One column of a relation; name None if it has none, type None if it isn't known."""

    name: str | None
    type: str | None = None


@dataclass(frozen=True)
class Relation:
    """What a table reference means: its fields, and the catalog's table if it is one."""

    fields: tuple[Field, ...]
    table: Table | None = None
    database: str = ""
    name: str = ""


class Lookup(Protocol):
    """Finds a table by the parts of its name."""

    def __call__(self, parts: tuple[str, ...], position: Position) -> Relation:
        """Give the relation.

        Raises:
            QueryError: there is none.
        """


@dataclass
class _Source:
    alias: str | None
    relation: Relation
    node: exp.Expr


@dataclass
class _Scope:
    sources: list[_Source]
    outer: "_Scope | None" = None
    bound: frozenset[str] = frozenset()


@dataclass
class Analysis:
    """What `analyze` found out.

    Attributes:
        fields: the query's output.
        used: lower-case names of all columns that are read anywhere.
        relations: each table reference that isn't a common table expression.
        types: id of an expression to its type.
        starred: the SELECTs with a bare or qualified star.
    """

    fields: tuple[Field, ...] = ()
    used: set[str] = field(default_factory=set)
    relations: list[tuple[exp.Table, Relation]] = field(default_factory=list)
    types: dict[int, str | None] = field(default_factory=dict)


def analyze(tree: exp.Expr, sql: str, lookup: Lookup) -> Analysis:
    """Resolve the names of a query.

    Args:
        tree: the parsed query; table-qualified columns lose their schema in place.
        sql: its text, for positions.
        lookup: finds tables.

    Raises:
        QueryError: a table, column or function isn't there, a name is ambiguous, or operands
            don't fit together.
    """
    analyzer = _Analyzer(sql, lookup)
    analyzer.result.fields = tuple(analyzer.query(tree, None, {}))
    return analyzer.result


def start_of(node: exp.Expr) -> int | None:
    """Give the offset at which a piece of the query begins in its text, if it is known."""
    starts = [part.meta["start"] for part in node.walk() if "start" in (part._meta or {})]  # noqa: SLF001 - `meta` would make one for each node
    return min(starts) if starts else None


def end_of(node: exp.Expr) -> int | None:
    """Give the offset of the last known character of a piece of the query."""
    ends = [part.meta["end"] for part in node.walk() if "end" in (part._meta or {})]  # noqa: SLF001 - as above
    return max(ends) if ends else None


class _Analyzer:
    def __init__(self, sql: str, lookup: Lookup) -> None:
        self._sql = sql
        self._lookup = lookup
        self.result = Analysis()

    def position(self, node: exp.Expr) -> Position | None:
        start = start_of(node)
        return None if start is None else Position.of_offset(self._sql, start)

    # Relations

    def query(
        self, node: exp.Expr, outer: _Scope | None, ctes: dict[str, list[Field]]
    ) -> list[Field]:
        ctes = self._with(node, outer, ctes)
        if isinstance(node, exp.Subquery):
            fields = self.query(node.this, outer, ctes)
            self._order(node, _Scope([], outer), fields, ctes)
            return _renamed(fields, node)
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, outer, ctes)
        if isinstance(node, exp.Values):
            return self._values(node, outer, ctes)
        if isinstance(node, exp.Select):
            return self._select(node, outer, ctes)
        if isinstance(node, exp.Table):
            return list(self._table(node, ctes).fields)
        raise QueryError(
            "NOT_SUPPORTED", f"{node.key.upper()} is not supported here", self.position(node)
        )

    def _with(
        self, node: exp.Expr, outer: _Scope | None, ctes: dict[str, list[Field]]
    ) -> dict[str, list[Field]]:
        clause = node.args.get("with_") or node.args.get("with")
        if clause is None:
            return ctes
        known = dict(ctes)
        for cte in clause.expressions:
            name = cte.alias.lower()
            names = [column.name for column in cte.args["alias"].args.get("columns") or []]
            body = cte.this
            if clause.args.get("recursive") and isinstance(body, exp.SetOperation):
                first = self.query(body.left, outer, known)
                known[name] = _named(first, names)
            known[name] = _named(self.query(body, outer, known), names)
        return known

    def _set_operation(
        self, node: exp.SetOperation, outer: _Scope | None, ctes: dict[str, list[Field]]
    ) -> list[Field]:
        left = self.query(node.left, outer, ctes)
        right = self.query(node.right, outer, ctes)
        name = node.key.upper()
        if len(left) != len(right):
            raise QueryError(
                "TYPE_MISMATCH",
                f"{name} query has different number of fields: {len(left)}, {len(right)}",
                self.position(node.right),
            )
        fields = []
        for index, (first, second) in enumerate(zip(left, right, strict=True)):
            families = types.family(first.type), types.family(second.type)
            if None not in families and families[0] != families[1]:
                raise QueryError(
                    "TYPE_MISMATCH",
                    f"column {index + 1} in {name} query has incompatible types: "
                    f"{first.type}, {second.type}",
                    self.position(node.left),
                )
            fields.append(Field(first.name, types.common([first.type, second.type])))
        self._order(node, _Scope([], outer), fields, ctes)
        return fields

    def _values(
        self, node: exp.Values, outer: _Scope | None, ctes: dict[str, list[Field]]
    ) -> list[Field]:
        scope = _Scope([], outer)
        rows = [
            [self.expression(item, scope, ctes) for item in _items(row)] for row in node.expressions
        ]
        widths = {len(row) for row in rows}
        if len(widths) > 1:
            raise QueryError(
                "TYPE_MISMATCH",
                "Values rows have mismatched sizes: " + " vs ".join(map(str, sorted(widths))),
                self.position(node),
            )
        columns = [types.common(list(column)) for column in zip(*rows, strict=True)]
        return _renamed([Field(None, kind) for kind in columns], node)

    def _select(
        self, node: exp.Select, outer: _Scope | None, ctes: dict[str, list[Field]]
    ) -> list[Field]:
        scope = _Scope([], outer)
        source = node.args.get("from_") or node.args.get("from")
        if source is not None:
            self._add_source(source.this, scope, ctes)
        for join in node.args.get("joins") or []:
            self._add_join(join, scope, ctes)
        for lateral in node.args.get("laterals") or []:
            self._add_source(lateral, scope, ctes)
        where = node.args.get("where")
        if where is not None:
            self._aggregate_free(where.this, "WHERE clause")
            kind = self.expression(where.this, scope, ctes)
            if types.family(kind) not in {None, "boolean"}:
                raise QueryError(
                    "TYPE_MISMATCH",
                    f"WHERE clause must evaluate to a boolean: actual type {kind}",
                    self.position(where.this),
                )
        if not node.expressions:
            raise QueryError("SYNTAX_ERROR", "SELECT list is empty", self.position(node))
        fields = self._projections(node, scope, ctes)
        group = node.args.get("group")
        if group is not None:
            self._group(group, scope, len(fields), ctes)
        having = node.args.get("having")
        if having is not None:
            self.expression(having.this, scope, ctes)
        for window in node.args.get("windows") or []:
            self._children(window, scope, ctes)
        self._order(node, scope, fields, ctes)
        return fields

    def _projections(
        self, node: exp.Select, scope: _Scope, ctes: dict[str, list[Field]]
    ) -> list[Field]:
        fields: list[Field] = []
        for item in node.expressions:
            if isinstance(item, exp.Star):
                if not scope.sources:
                    raise QueryError(
                        "COLUMN_NOT_FOUND",
                        "SELECT * not allowed in queries without FROM clause",
                        self.position(item),
                    )
                fields += self._star(scope.sources)
                continue
            if isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
                fields += self._qualified_star(item, scope)
                continue
            value = item.this if isinstance(item, exp.Alias) else item
            kind = self.expression(value, scope, ctes)
            fields.append(Field(output_name(item), kind))
        return fields

    def _star(self, sources: list[_Source]) -> Iterator[Field]:
        for source in sources:
            for found in source.relation.fields:
                if found.name is not None:
                    self.result.used.add(found.name.lower())
                yield found

    def _qualified_star(self, item: exp.Column, scope: _Scope) -> Iterator[Field]:
        qualifier = [part.name.lower() for part in item.parts[:-1]]
        current: _Scope | None = scope
        while current is not None:
            matching = [s for s in current.sources if _qualifies(qualifier, s)]
            if matching:
                _strip_schema(item)
                return self._star(matching)
            current = current.outer
        raise QueryError(
            "TABLE_NOT_FOUND",
            f"Unable to resolve reference {'.'.join(qualifier)}",
            self.position(item),
        )

    def _add_join(self, join: exp.Join, scope: _Scope, ctes: dict[str, list[Field]]) -> None:
        before = list(scope.sources)
        self._add_source(join.this, scope, ctes)
        condition = join.args.get("on")
        if condition is not None:
            self._aggregate_free(condition, "JOIN clause")
            self.expression(condition, scope, ctes)
        for shared in join.args.get("using") or []:
            name = shared.name.lower()
            self.result.used.add(name)
            for sources, side in ((before, "left"), (scope.sources[len(before) :], "right")):
                if not any(_has(source, name) for source in sources):
                    raise QueryError(
                        "COLUMN_NOT_FOUND",
                        f"Column '{shared.name}' is missing from {side} side of join",
                        self.position(shared),
                    )
        if join.args.get("using"):
            self._merge(join, before, scope)

    @staticmethod
    def _merge(join: exp.Join, before: list[_Source], scope: _Scope) -> None:
        # After USING, the shared columns stand once, and first, under no table's name.
        shared = [item.name.lower() for item in join.args["using"]]
        kept = []
        for index, source in enumerate(scope.sources):
            if index < len(before):
                kept.append(source)
                continue
            rest = tuple(
                f for f in source.relation.fields if f.name is None or f.name.lower() not in shared
            )
            relation = Relation(
                rest, source.relation.table, source.relation.database, source.relation.name
            )
            kept.append(_Source(source.alias, relation, source.node))
        scope.sources[:] = kept

    def _add_source(self, node: exp.Expr, scope: _Scope, ctes: dict[str, list[Field]]) -> None:
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            relation = self._table(node, ctes)
            alias = node.alias.lower() or node.name.lower()
            scope.sources.append(_Source(alias, relation, node))
        elif isinstance(node, exp.Unnest):
            fields = self._unnest(node, scope, ctes)
            scope.sources.append(_Source(node.alias.lower() or None, Relation(tuple(fields)), node))
        elif isinstance(node, exp.Lateral):
            inner = node.this
            body = inner.this if isinstance(inner, exp.Subquery) else inner
            fields = _renamed(self.query(body, scope, ctes), node)
            scope.sources.append(_Source(node.alias.lower() or None, Relation(tuple(fields)), node))
        elif isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table):
            # A parenthesised join: (a JOIN b ON ...).
            self._add_source(node.this, scope, ctes)
        elif isinstance(node, exp.Subquery | exp.Values):
            fields = self.query(node, scope.outer, ctes)
            scope.sources.append(_Source(node.alias.lower() or None, Relation(tuple(fields)), node))
        else:
            raise QueryError(
                "FUNCTION_NOT_FOUND",
                f"Table function '{node.name or node.key}' not registered",
                self.position(node),
            )
        for join in node.args.get("joins") or []:
            self._add_join(join, scope, ctes)

    def _table(self, node: exp.Table, ctes: dict[str, list[Field]]) -> Relation:
        parts = tuple(part.name.lower() for part in node.parts)
        columns = [column.name for column in (node.args.get("alias") or exp.TableAlias()).columns]
        if len(parts) == 1 and parts[0] in ctes:
            return Relation(tuple(_named(ctes[parts[0]], columns)))
        relation = self._lookup(parts, self.position(node) or Position(1, 1))
        self.result.relations.append((node, relation))
        if columns:
            named = tuple(_named(list(relation.fields), columns))
            self.result.used.update(f.name.lower() for f in relation.fields if f.name)
            return Relation(named, relation.table, relation.database, relation.name)
        return relation

    def _unnest(self, node: exp.Unnest, scope: _Scope, ctes: dict[str, list[Field]]) -> list[Field]:
        kinds: list[str | None] = []
        for item in node.expressions:
            kind = self.expression(item, scope, ctes)
            element = types.element_of(kind)
            if kind is not None and kind.startswith("map("):
                kinds += (types.parts_of(kind) + [None, None])[:2]
            elif element is not None and element.startswith("row("):
                kinds += [part.partition(" ")[2] or None for part in types.parts_of(element)]
            else:
                kinds.append(element)
        names = [column.name for column in (node.args.get("alias") or exp.TableAlias()).columns]
        offset = node.args.get("offset")
        if offset:
            kinds.append("bigint")
            if isinstance(offset, exp.Identifier):
                names.append(offset.name)
        kinds += [None] * (len(names) - len(kinds))
        padded: list[str | None] = [*names, *([None] * (len(kinds) - len(names)))]
        return [Field(name, kind) for name, kind in zip(padded, kinds, strict=False)]

    def _group(
        self, group: exp.Group, scope: _Scope, width: int, ctes: dict[str, list[Field]]
    ) -> None:
        for item in group.expressions:
            if isinstance(item, exp.Literal) and not item.is_string:
                if not 1 <= int(item.name) <= width:
                    raise QueryError(
                        "INVALID_COLUMN_REFERENCE",
                        f"GROUP BY position {item.name} is not in select list",
                        self.position(item),
                    )
                continue
            self._aggregate_free(item, "GROUP BY clause")
            self.expression(item, scope, ctes)
        for key in ("rollup", "cube", "grouping_sets"):
            for item in group.args.get(key) or []:
                if isinstance(item, exp.Expr):
                    self._children(item, scope, ctes)

    def _order(
        self,
        node: exp.Expr,
        scope: _Scope,
        fields: list[Field],
        ctes: dict[str, list[Field]],
    ) -> None:
        order = node.args.get("order")
        if order is None:
            return
        outputs = {found.name.lower() for found in fields if found.name}
        for ordered in order.expressions:
            item = ordered.this
            if isinstance(item, exp.Literal) and not item.is_string:
                if not 1 <= int(item.name) <= len(fields):
                    raise QueryError(
                        "INVALID_COLUMN_REFERENCE",
                        f"ORDER BY position {item.name} is not in select list",
                        self.position(item),
                    )
                continue
            inner = _Scope(scope.sources, scope.outer, scope.bound | outputs)
            self.expression(item, inner, ctes)

    # Expressions

    def _aggregate_free(self, node: exp.Expr, where: str) -> None:
        for found in _walk_level(node):
            name = function_name(found, self._sql)
            if isinstance(found, exp.Window) or (name and name.lower() in functions.AGGREGATES):
                text = self._sql[start_of(found) or 0 :].split("(")[0]
                raise QueryError(
                    "EXPRESSION_NOT_SCALAR",
                    f"{where} cannot contain aggregations, window functions or grouping "
                    f"operations: [{text}(...)]",
                    self.position(node),
                )

    def expression(self, node: exp.Expr, scope: _Scope, ctes: dict[str, list[Field]]) -> str | None:
        kind = self._type(node, scope, ctes)
        self.result.types[id(node)] = kind
        return kind

    def _type(  # noqa: C901, PLR0912 - one case a kind of expression
        self, node: exp.Expr, scope: _Scope, ctes: dict[str, list[Field]]
    ) -> str | None:
        self._check_function(node)
        if isinstance(node, exp.Column):
            return self._column(node, scope)
        if isinstance(node, exp.Subquery) or (
            isinstance(node, exp.Query) and not isinstance(node, exp.Table)
        ):
            fields = self.query(node, scope, ctes)
            return fields[0].type if len(fields) == 1 else None
        if isinstance(node, exp.Lambda):
            names = frozenset(item.name.lower() for item in node.expressions)
            inner = _Scope(scope.sources, scope.outer, scope.bound | names)
            self.expression(node.this, inner, ctes)
            return None
        if isinstance(node, exp.Literal):
            return _literal(node)
        if isinstance(node, exp.Interval):
            self._children(node, scope, ctes)
            return "interval"
        if isinstance(node, exp.DataType):
            return None
        kinds = self._children(node, scope, ctes)
        if isinstance(node, exp.Cast):
            return types.of_data_type(node.to)
        if isinstance(node, exp.Paren | exp.Neg | exp.Window | exp.Filter | exp.Try):
            return kinds.get(id(node.this))
        if isinstance(node, exp.Binary) and type(node) in _ARITHMETIC:
            left, right = kinds.get(id(node.left)), kinds.get(id(node.right))
            operator = _ARITHMETIC[type(node)]
            self._check_operands(node, operator, left, right)
            return types.arithmetic(operator, left, right)
        if isinstance(node, exp.Binary) and type(node) in _COMPARISONS:
            left, right = kinds.get(id(node.left)), kinds.get(id(node.right))
            self._check_operands(node, _COMPARISONS[type(node)], left, right)
            return "boolean"
        if isinstance(node, exp.Between):
            self._check_between(node, kinds)
            return "boolean"
        if isinstance(node, exp.In):
            self._check_in(node, kinds)
            return "boolean"
        if isinstance(
            node,
            exp.And | exp.Or | exp.Not | exp.Is | exp.Like | exp.Exists | exp.Boolean | exp.Escape,
        ):
            return "boolean"
        if isinstance(node, exp.Null):
            return "unknown"
        if isinstance(node, exp.Case):
            branches = [kinds.get(id(item.args["true"])) or None for item in node.args["ifs"]]
            branches = [self.result.types.get(id(i.args["true"])) for i in node.args["ifs"]]
            default = node.args.get("default")
            return types.common([*branches, kinds.get(id(default)) if default else "unknown"])
        if isinstance(node, exp.Bracket):
            return self._element(kinds.get(id(node.this)))
        if isinstance(node, exp.Dot):
            return types.field_of(kinds.get(id(node.this)), node.expression.name)
        return self._function_type(node, kinds)

    def _children(
        self, node: exp.Expr, scope: _Scope, ctes: dict[str, list[Field]]
    ) -> dict[int, str | None]:
        return {
            id(child): self.expression(child, scope, ctes)
            for child in node.iter_expressions()
            if not isinstance(child, exp.Identifier | exp.Star | exp.Var)
        }

    @staticmethod
    def _element(kind: str | None) -> str | None:
        if kind and kind.startswith("map("):
            return (types.parts_of(kind) + [""])[1] or None
        return types.element_of(kind)

    def _column(self, node: exp.Column, scope: _Scope) -> str | None:
        parts = [part.name.lower() for part in node.parts]
        if len(parts) == 1 and parts[0] in scope.bound and not self._in_sources(parts[0], scope):
            return None
        current: _Scope | None = scope
        while current is not None:
            if current is not scope and len(parts) == 1 and parts[0] in current.bound:
                return None
            # The longest qualifier that names a source wins; what is left are fields of rows.
            for cut in range(len(parts) - 1, -1, -1):
                qualifier, name, rest = parts[:cut], parts[cut], parts[cut + 1 :]
                found = self._matches(qualifier, name, current)
                if len(found) > 1:
                    raise QueryError(
                        "AMBIGUOUS_NAME",
                        f"Column '{'.'.join(parts[: cut + 1])}' is ambiguous",
                        self.position(node),
                    )
                if found:
                    if len(qualifier) > 1 and not rest:
                        _strip_schema(node)
                    self.result.used.add(name)
                    kind = found[0]
                    for row_field in rest:
                        kind = types.field_of(kind, row_field)
                    return kind
                if not qualifier and parts[0] in current.bound:
                    return None
            current = current.outer
        raise QueryError(
            "COLUMN_NOT_FOUND",
            f"Column '{'.'.join(part.name for part in node.parts)}' cannot be resolved or requester "
            "is not authorized to access requested resources",
            self.position(node),
        )

    def _in_sources(self, name: str, scope: _Scope) -> bool:
        return any(_has(source, name) for source in scope.sources)

    @staticmethod
    def _matches(qualifier: list[str], name: str, scope: _Scope) -> list[str | None]:
        found: list[str | None] = []
        for source in scope.sources:
            if qualifier and not _qualifies(qualifier, source):
                continue
            found += [f.type for f in source.relation.fields if f.name and f.name.lower() == name]
            if name in HIDDEN_COLUMNS and source.relation.table is not None:
                found.append(HIDDEN_COLUMNS[name])
        return found

    # Checks

    def _check_function(self, node: exp.Expr) -> None:
        name = function_name(node, self._sql)
        if name is not None and name.lower() not in functions.KNOWN:
            raise QueryError(
                "FUNCTION_NOT_FOUND",
                f"Function '{name.lower()}' not registered",
                self.position(node),
            )

    def _operator_position(self, node: exp.Binary) -> Position | None:
        end = end_of(node.left)
        if end is None:
            return self.position(node)
        at = end + 1
        while at < len(self._sql) and self._sql[at] in " \t\r\n)'\"":
            at += 1
        return Position.of_offset(self._sql, at)

    def _check_operands(
        self, node: exp.Binary, operator: str, left: str | None, right: str | None
    ) -> None:
        families = types.family(left), types.family(right)
        if None in families:
            return
        fits = families[0] == families[1]
        if type(node) in _ARITHMETIC:
            fits = families == ("number", "number") or set(families) in (
                {"time", "interval"},
                {"interval"},
                {"interval", "number"},
            )
            fits = fits or (families == ("time", "time") and operator == "-")
        if not fits:
            raise QueryError(
                "TYPE_MISMATCH",
                f"Cannot apply operator: {left} {operator} {right}",
                self._operator_position(node),
            )

    def _check_between(self, node: exp.Between, kinds: dict[int, str | None]) -> None:
        value, low, high = (kinds.get(id(node.args[key])) for key in ("this", "low", "high"))
        families = {types.family(kind) for kind in (value, low, high)} - {None}
        if len(families) > 1:
            raise QueryError(
                "TYPE_MISMATCH",
                f"Cannot check if {value} is BETWEEN {low} and {high}",
                self.position(node),
            )

    def _check_in(self, node: exp.In, kinds: dict[int, str | None]) -> None:
        value = kinds.get(id(node.this))
        for item in node.expressions:
            kind = kinds.get(id(item))
            families = {types.family(value), types.family(kind)} - {None}
            if len(families) > 1:
                raise QueryError(
                    "TYPE_MISMATCH",
                    f"IN value and list items must be the same type: {value}, {kind}",
                    self.position(item),
                )

    def _function_type(  # noqa: C901 - one case a rule
        self, node: exp.Expr, kinds: dict[int, str | None]
    ) -> str | None:
        name = (function_name(node, self._sql) or "").lower()
        arguments = [kinds[id(child)] for child in node.iter_expressions() if id(child) in kinds]
        first = arguments[0] if arguments else None
        if isinstance(node, exp.Count) or name in _BIGINT_FUNCTIONS:
            return "bigint"
        if name in _SAME_FUNCTIONS:
            return first
        if name in {"coalesce", "greatest", "least"}:
            return types.common(arguments)
        if name == "if":
            return types.common(arguments[1:])
        if name == "sum":
            if types.is_decimal(first):
                return f"decimal(38,{(types.decimal_of(first) or (0, 0))[1]})"
            return "bigint" if first in types.INTEGERS else first
        if name == "avg":
            return first if types.is_decimal(first) or first == "real" else _double(first)
        if name in _DOUBLE_FUNCTIONS:
            return "double"
        if name in _TEXT_FUNCTIONS:
            return "varchar"
        if name in _BOOLEAN_FUNCTIONS:
            return "boolean"
        if name in {"date", "current_date", "from_iso8601_date", "last_day_of_month"}:
            return "date"
        if name == "date_trunc" and len(arguments) > 1:
            return arguments[1]
        if name == "date_add" and len(arguments) > 2:  # noqa: PLR2004 - unit, count, time
            return arguments[2]
        if name in {"from_unixtime", "now", "current_timestamp", "from_iso8601_timestamp"}:
            return "timestamp(3) with time zone"
        if name in {"date_parse", "localtimestamp"}:
            return "timestamp(3)"
        if name == "array_agg":
            return f"array({first})" if first else None
        if name == "split":
            return "array(varchar)"
        if isinstance(node, exp.Array):
            element = types.common(arguments) if arguments else None
            return f"array({element})" if element else None
        if name == "element_at":
            return self._element(first)
        if isinstance(node, exp.CurrentDate):
            return "date"
        if isinstance(node, exp.DPipe):
            return "varchar" if types.family(first) == "text" else None
        return None


_ARITHMETIC: dict[type[exp.Expr], str] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
    exp.Mod: "%",
}
_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM",
    exp.NullSafeNEQ: "IS DISTINCT FROM",
}
_BIGINT_FUNCTIONS = frozenset(
    [
        "approx_distinct",
        "array_position",
        "cardinality",
        "codepoint",
        "count",
        "count_if",
        "date_diff",
        "day",
        "day_of_month",
        "day_of_week",
        "day_of_year",
        "dense_rank",
        "dow",
        "doy",
        "hour",
        "json_array_length",
        "length",
        "levenshtein_distance",
        "millisecond",
        "minute",
        "month",
        "ntile",
        "quarter",
        "rank",
        "row_number",
        "second",
        "strpos",
        "week",
        "week_of_year",
        "year",
        "year_of_week",
        "yow",
        "regexp_count",
        "position",
    ]
)
_SAME_FUNCTIONS = frozenset(
    [
        "abs",
        "any_value",
        "arbitrary",
        "array_distinct",
        "array_sort",
        "first_value",
        "lag",
        "last_value",
        "lead",
        "max",
        "max_by",
        "min",
        "min_by",
        "nth_value",
        "nullif",
        "approx_percentile",
    ]
)
_DOUBLE_FUNCTIONS = frozenset(
    [
        "cbrt",
        "corr",
        "covar_pop",
        "covar_samp",
        "e",
        "exp",
        "geometric_mean",
        "infinity",
        "ln",
        "log",
        "log10",
        "log2",
        "nan",
        "pi",
        "pow",
        "power",
        "rand",
        "random",
        "regr_slope",
        "sqrt",
        "stddev",
        "stddev_pop",
        "stddev_samp",
        "to_unixtime",
        "var_pop",
        "var_samp",
        "variance",
        "percent_rank",
        "cume_dist",
    ]
)
_TEXT_FUNCTIONS = frozenset(
    [
        "array_join",
        "chr",
        "concat_ws",
        "date_format",
        "format_datetime",
        "json_extract_scalar",
        "json_format",
        "listagg",
        "lower",
        "lpad",
        "ltrim",
        "regexp_extract",
        "regexp_replace",
        "replace",
        "reverse",
        "rpad",
        "rtrim",
        "split_part",
        "substr",
        "substring",
        "to_base64",
        "to_hex",
        "to_iso8601",
        "translate",
        "trim",
        "upper",
        "url_extract_host",
        "url_extract_path",
        "uuid",
    ]
)
_BOOLEAN_FUNCTIONS = frozenset(
    [
        "all_match",
        "any_match",
        "bool_and",
        "bool_or",
        "contains",
        "ends_with",
        "every",
        "is_finite",
        "is_infinite",
        "is_nan",
        "none_match",
        "regexp_like",
        "starts_with",
        "arrays_overlap",
    ]
)


def output_name(item: exp.Expr) -> str | None:
    """Tell the name that a SELECT item has; None if it is one of Athena's _col0, _col1."""
    if isinstance(item, exp.Alias):
        return str(item.alias)
    if isinstance(item, exp.Column):
        return str(item.name)
    if isinstance(item, exp.Dot):
        return str(item.expression.name)
    return None


def function_name(node: exp.Expr, sql: str) -> str | None:
    """Tell the function that an expression calls, as written; None if it is no call."""
    if isinstance(node, exp.Anonymous):
        return str(node.name)
    if not isinstance(node, exp.Func) or isinstance(node, exp.Cast):
        return None
    meta = node._meta or {}  # noqa: SLF001 - `meta` would make one for each node
    if "start" in meta:
        written = sql[meta["start"] : meta["end"] + 1]
        return written if written.isidentifier() else None
    return str(node.sql_name()) if node.sql_name().lower() in functions.AGGREGATES else None


def _walk_level(node: exp.Expr) -> Iterator[exp.Expr]:
    yield from node.walk(prune=lambda item: isinstance(item, exp.Query))


def _items(row: exp.Expr) -> list[exp.Expr]:
    return list(row.expressions) if isinstance(row, exp.Tuple) else [row]


def _has(source: _Source, name: str) -> bool:
    return any(f.name and f.name.lower() == name for f in source.relation.fields)


def _qualifies(qualifier: list[str], source: _Source) -> bool:
    if len(qualifier) == 1:
        return source.alias == qualifier[0]
    relation = source.relation
    if relation.table is None or source.alias != relation.name:
        return False
    full = ["awsdatacatalog", relation.database, relation.name]
    return full[-len(qualifier) :] == qualifier


def _strip_schema(node: exp.Column) -> None:
    node.set("db", None)
    node.set("catalog", None)


def _renamed(fields: list[Field], node: exp.Expr) -> list[Field]:
    alias = node.args.get("alias")
    names = [column.name for column in alias.columns] if isinstance(alias, exp.TableAlias) else []
    return _named(fields, names)


def _named(fields: list[Field], names: list[str]) -> list[Field]:
    if not names:
        return fields
    return [
        Field(names[index] if index < len(names) else found.name, found.type)
        for index, found in enumerate(fields)
    ]


def _literal(node: exp.Literal) -> str:
    if node.is_string:
        return f"varchar({len(node.name)})"
    text = node.name.lower()
    if "e" in text:
        return "double"
    if "." in text:
        whole, _, fraction = text.partition(".")
        digits = len(whole.lstrip("0")) + len(fraction)
        return f"decimal({max(digits, 1)},{len(fraction)})"
    return "integer" if int(text) < 1 << 31 else "bigint"


def _double(kind: str | None) -> str | None:
    return "double" if types.family(kind) == "number" else None


Rewriter = Callable[[exp.Expr], exp.Expr]

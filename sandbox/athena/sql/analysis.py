"""The tables and columns that each clause of a query sees; `expressions` has what stands in a clause.

DuckDB would resolve names too, but it is more generous than Athena (an alias in WHERE or GROUP BY,
a text compared with a number) and its messages and positions are not Athena's.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from sqlglot import exp

from sandbox.athena.errors import Position, QueryError
from sandbox.athena.sql import types
from sandbox.athena.sql.expressions import Expressions
from sandbox.athena.sql.functions.base import raw
from sandbox.athena.sql.relations import (
    Analysis,
    Field,
    Lookup,
    Relation,
    Scope,
    Source,
    expands,
    has,
    items,
    named,
    output_name,
    qualifies,
    renamed,
    strip_schema,
)


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


class _Analyzer(Expressions):
    def __init__(self, sql: str, lookup: Lookup) -> None:
        super().__init__(sql)
        self._lookup = lookup

    def query(
        self, node: exp.Expr, outer: Scope | None, ctes: dict[str, list[Field]]
    ) -> list[Field]:
        ctes = self._with(node, outer, ctes)
        if isinstance(node, exp.Subquery):
            fields = self.query(node.this, outer, ctes)
            self._order(node, Scope([], outer), fields, ctes)
            return renamed(fields, node)
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
        self, node: exp.Expr, outer: Scope | None, ctes: dict[str, list[Field]]
    ) -> dict[str, list[Field]]:
        clause = node.args.get("with_") or node.args.get("with")
        if clause is None:
            return ctes
        known = dict(ctes)
        parts: list[exp.CTE] = []
        for cte in clause.expressions:
            found = self._recursion(cte) if clause.args.get("recursive") else None
            steps = self._unrolled(cte, found) if found else [cte]
            parts += steps
            for step in steps:
                names = [column.name for column in step.args["alias"].args.get("columns") or []]
                if step.meta.get("base"):
                    self._check_step(step, outer, known)
                known[step.alias.lower()] = named(self.query(step.this, outer, known), names)
        clause.set("expressions", parts)
        return known

    def _recursion(self, cte: exp.CTE) -> exp.Table | None:
        """Find where a common table expression reads itself."""
        body = cte.this
        if not cte.args["alias"].columns:
            raise QueryError(
                "MISSING_COLUMN_ALIASES",
                "missing column aliases in recursive WITH query",
                self.position(cte),
            )
        if not isinstance(body, exp.Union):
            return None
        for part, allowed, message in (
            (body.left, 0, "WITH table name is referenced in the base relation of recursion"),
            (body.right, 1, "multiple recursive references in the step relation of recursion"),
        ):
            found = _references(part, cte.alias.lower())
            if len(found) > allowed:
                raise QueryError("INVALID_RECURSIVE_REFERENCE", message, self.position(found[-1]))
        return found[0] if found else None

    def _unrolled(self, cte: exp.CTE, reference: exp.Table) -> list[exp.CTE]:
        """Put a recursive expression's steps in its place, as Trino's QueryPlanner.planExpand does.

        There are at most ten after the first, one more has to be empty, and UNION drops what is twice
        only at the end: a circle fails in Athena, which DuckDB would follow once.
        """
        name, body = cte.alias, cte.this
        if not reference.alias:
            reference.set("alias", exp.TableAlias(this=exp.to_identifier(name, quoted=True)))
        reference.meta["recursive"] = True
        columns = [exp.to_identifier(c.name, quoted=True) for c in cte.args["alias"].columns]
        steps = [f"{name} {number}" for number in range(_MAX_RECURSION_DEPTH + 2)]

        def read(step: str, condition: exp.Expr | None = None) -> exp.Select:
            table = exp.Table(this=exp.to_identifier(step, quoted=True))
            select = exp.Select(expressions=[exp.Star()])
            select = select.from_(table, copy=False)
            return select.where(condition, copy=False) if condition is not None else select

        made = [_cte(steps[0], columns, body.left)]
        for before, step in pairwise(steps):
            query = body.right.copy()
            for table in query.find_all(exp.Table):
                if table.meta.pop("recursive", None):
                    table.set("this", exp.to_identifier(before, quoted=True))
            # The columns have the types of the first part's.
            typed = exp.Union(this=read(steps[0], exp.false()), expression=query, distinct=False)
            made.append(_cte(step, columns, typed))
        # What holds of the first step holds of all: they read columns of the same types.
        made[1].meta["base"] = steps[0].lower()
        row = f"row({', '.join(column.sql(dialect='duckdb') for column in columns)})"
        failing = raw(
            f"CAST('GENERIC_USER_ERROR: Recursion depth limit exceeded ({_MAX_RECURSION_DEPTH}). "
            "Use ''max_recursion_depth'' session property to modify the limit.' "
            f"|| left(CAST({row} AS VARCHAR), 0) AS BOOLEAN)"
        )
        united: exp.Expr = read(steps[0])
        for step in steps[1:]:
            part = read(step, failing if step == steps[-1] else None)
            united = exp.Union(this=united, expression=part, distinct=False)
        if body.args.get("distinct"):
            everything = exp.Subquery(
                this=united, alias=exp.TableAlias(this=exp.to_identifier("_all"))
            )
            united = exp.Select(expressions=[exp.Star()], distinct=exp.Distinct())
            united = united.from_(everything, copy=False)
        made.append(_cte(name, columns, united))
        return made

    def _check_step(self, step: exp.CTE, outer: Scope | None, ctes: dict[str, list[Field]]) -> None:
        base, found = ctes[step.meta["base"]], self.query(step.this.right.copy(), outer, ctes)
        if len(base) != len(found):
            raise QueryError(
                "TYPE_MISMATCH",
                "base and step relations of recursion have different number of fields: "
                f"{len(base)}, {len(found)}",
                self.position(step.this.right),
            )
        for index, (one, other) in enumerate(zip(base, found, strict=True), start=1):
            if not types.compatible(one.type, other.type) or (
                types.common([one.type, other.type]) not in {one.type, None}
            ):
                raise QueryError(
                    "TYPE_MISMATCH",
                    f"recursion step relation output type ({other.type}) is not coercible to "
                    f"recursion base relation output type ({one.type}) at column {index}",
                    self.position(step.this.right),
                )

    def _set_operation(
        self, node: exp.SetOperation, outer: Scope | None, ctes: dict[str, list[Field]]
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
            if not types.compatible(first.type, second.type):
                raise QueryError(
                    "TYPE_MISMATCH",
                    f"column {index + 1} in {name} query has incompatible types: "
                    f"{first.type}, {second.type}",
                    self.position(node.left),
                )
            fields.append(Field(first.name, types.common([first.type, second.type])))
        self._order(node, Scope([], outer), fields, ctes)
        return fields

    def _values(
        self, node: exp.Values, outer: Scope | None, ctes: dict[str, list[Field]]
    ) -> list[Field]:
        scope = Scope([], outer)
        rows = [
            [self.expression(item, scope, ctes) for item in items(row)] for row in node.expressions
        ]
        widths = {len(row) for row in rows}
        if len(widths) > 1:
            raise QueryError(
                "TYPE_MISMATCH",
                "Values rows have mismatched sizes: " + " vs ".join(map(str, sorted(widths))),
                self.position(node),
            )
        columns = [types.of_rows(column) for column in zip(*rows, strict=True)]
        return renamed([Field(None, kind) for kind in columns], node)

    def _select(
        self, node: exp.Select, outer: Scope | None, ctes: dict[str, list[Field]]
    ) -> list[Field]:
        scope = Scope([], outer)
        source = node.args.get("from_") or node.args.get("from")
        if source is not None:
            self._add_source(source.this, scope, ctes)
        for join in node.args.get("joins") or []:
            self._add_join(join, scope, ctes)
        for lateral in node.args.get("laterals") or []:
            self._add_source(lateral, scope, ctes)
        where = node.args.get("where")
        if where is not None:
            self.aggregate_free(where.this, "WHERE clause")
            self._condition(where.this, "WHERE clause", scope, ctes)
        if not node.expressions:
            raise QueryError("SYNTAX_ERROR", "SELECT list is empty", self.position(node))
        fields = self._projections(node, scope, ctes)
        group = node.args.get("group")
        if group is not None:
            self._group(group, scope, len(fields), ctes)
        having = node.args.get("having")
        if having is not None:
            self._condition(having.this, "HAVING clause", scope, ctes)
        for window in node.args.get("windows") or []:
            self.children(window, scope, ctes)
        self._order(node, scope, fields, ctes)
        if node.args.get("distinct"):
            self._check_distinct_order(node, fields)
        return fields

    def _condition(
        self, node: exp.Expr, clause: str, scope: Scope, ctes: dict[str, list[Field]]
    ) -> None:
        kind = self.expression(node, scope, ctes)
        if not types.is_condition(kind):
            raise QueryError(
                "TYPE_MISMATCH",
                f"{clause} must evaluate to a boolean: actual type {kind}",
                self.position(node),
            )

    def _check_distinct_order(self, node: exp.Select, fields: list[Field]) -> None:
        order = node.args.get("order")
        shown = {item.unalias().sql().lower() for item in node.expressions}
        shown |= {found.name.lower() for found in fields if found.name}
        for ordered in order.expressions if order else ():
            item = ordered.this
            named_so = isinstance(item, exp.Column) and item.name.lower() in shown
            if not isinstance(item, exp.Literal) and not (named_so or item.sql().lower() in shown):
                raise QueryError(
                    "EXPRESSION_NOT_IN_DISTINCT",
                    "For SELECT DISTINCT, ORDER BY expressions must appear in select list",
                    self.position(item),
                )

    def _projections(
        self, node: exp.Select, scope: Scope, ctes: dict[str, list[Field]]
    ) -> list[Field]:
        fields: list[Field] = []
        for item in list(node.expressions):
            if isinstance(item, exp.Star):
                if not scope.sources:
                    raise QueryError(
                        "COLUMN_NOT_FOUND",
                        "SELECT * not allowed in queries without FROM clause",
                        self.position(item),
                    )
                fields += self._star(scope.sources)
                self._open_star(item, scope)
                continue
            if isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
                found = self._qualified_star(item, scope)
                if found is not None:
                    fields += found
                    continue
            for part in self._row_star(item, scope, ctes) if item.is_star else [item]:
                value = part.this if isinstance(part, exp.Alias) else part
                kind = self.expression(value, scope, ctes)
                fields.append(Field(output_name(part), kind))
        return fields

    def _open_star(self, star: exp.Star, scope: Scope) -> None:
        """Let the columns that USING made of two stand before the others."""
        shared = {name for source in scope.sources for name in source.shared}
        if not shared:
            return
        merged = [source for source in scope.sources if isinstance(source.node, exp.Join)]
        first = [str(found.name) for source in merged for found in source.relation.fields]
        if len(first) != len(shared) or any(
            has(source, name) for source in scope.sources if source not in merged for name in shared
        ):
            raise QueryError(
                "NOT_SUPPORTED",
                "The embedded Athena has no * where a column of USING has the name of another: name "
                "the columns",
                self.position(star),
            )
        names = [exp.to_identifier(name, quoted=True) for name in first]
        star.set("except_", names)
        columns = [exp.Column(this=name.copy()) for name in names]
        for column in columns:
            self.expression(column, scope, {})
        star.replace([*columns, star.copy()])

    def _star(self, sources: list[Source]) -> Iterator[Field]:
        for source in sources:
            for found in source.relation.fields:
                if found.name is not None:
                    self.result.used.add(found.name.lower())
                yield found

    def _row_star(
        self, item: exp.Expr, scope: Scope, ctes: dict[str, list[Field]]
    ) -> list[exp.Expr]:
        """Put the fields of a row in the place of `row.*`."""
        row = item.this
        if isinstance(item, exp.Column):
            parts = [part.copy() for part in item.parts[:-1]]
            names = dict(zip(("this", "table", "db", "catalog"), reversed(parts), strict=False))
            row = exp.Column(**names)
        made: list[exp.Expr] = []
        for index, (name, _) in enumerate(types.row_fields(self._row(row, item, scope, ctes)), 1):
            part: exp.Expr = exp.Bracket(this=row.copy(), expressions=[exp.Literal.number(index)])
            made.append(exp.alias_(part, name, quoted=True) if name else part)
        item.replace(made)
        return made

    def _row(
        self, row: exp.Expr, item: exp.Expr, scope: Scope, ctes: dict[str, list[Field]]
    ) -> str:
        try:
            kind = self.expression(row, scope, ctes)
        except QueryError as error:
            if error.name != "COLUMN_NOT_FOUND" or not isinstance(item, exp.Column):
                raise
            qualifier = ".".join(part.name.lower() for part in item.parts[:-1])
            raise QueryError(
                "TABLE_NOT_FOUND",
                f"Unable to resolve reference {qualifier}",
                self.position(item),
            ) from error
        if not types.row_fields(kind):
            raise QueryError(
                "TYPE_MISMATCH",
                f"Expected expression of type Row, but got {kind}",
                self.position(item),
            )
        return str(kind)

    def _qualified_star(self, item: exp.Column, scope: Scope) -> Iterator[Field] | None:
        qualifier = [part.name.lower() for part in item.parts[:-1]]
        current: Scope | None = scope
        while current is not None:
            matching = [s for s in current.sources if qualifies(qualifier, s)]
            if matching:
                strip_schema(item)
                shared = [exp.to_identifier(name, quoted=True) for name in matching[0].shared]
                if shared:
                    item.this.set("except_", shared)
                return self._star(matching)
            current = current.outer
        return None

    def _add_join(self, join: exp.Join, scope: Scope, ctes: dict[str, list[Field]]) -> None:
        before = list(scope.sources)
        if isinstance(join.this, exp.Lateral | exp.Unnest):
            self._join_each(join)
        self._add_source(join.this, scope, ctes)
        condition = join.args.get("on")
        if condition is not None:
            self.aggregate_free(condition, "JOIN clause")
            self._condition(condition, "JOIN ON clause", scope, ctes)
        for shared in join.args.get("using") or []:
            name = shared.name.lower()
            self.result.used.add(name)
            for sources, side in ((before, "left"), (scope.sources[len(before) :], "right")):
                if not any(has(source, name) for source in sources):
                    raise QueryError(
                        "COLUMN_NOT_FOUND",
                        f"Column '{shared.name}' is missing from {side} side of join",
                        self.position(shared),
                    )
        if join.args.get("using"):
            self._merge(join, scope)

    def _join_each(self, join: exp.Join) -> None:
        """Join each row of the left side with the rows that it gives: an outer join is one for each."""
        condition = join.args.get("on")
        is_outer = join.side in {"RIGHT", "FULL"}
        if condition is not None and condition != exp.true():
            if isinstance(join.this, exp.Unnest):
                raise QueryError(
                    "NOT_SUPPORTED",
                    f"{join.side or 'INNER'} JOIN involving UNNEST is only supported with condition ON TRUE",
                    self.position(join),
                )
            if is_outer:
                raise QueryError(
                    "NOT_SUPPORTED",
                    f"The embedded Athena has {join.side} JOIN LATERAL with condition ON TRUE only",
                    self.position(join),
                )
        if is_outer:
            join.set("side", "LEFT" if join.side == "FULL" else None)

    def _merge(self, join: exp.Join, scope: Scope) -> None:
        # After USING, the shared columns stand once, and first, under no table's name.
        shared = [item.name.lower() for item in join.args["using"]]
        kept, made, coerced = [], [], set()
        for name in shared:
            kinds = [
                found.type
                for source in scope.sources
                for found in source.relation.fields
                if found.name and found.name.lower() == name
            ]
            with self.placed(join):
                types.check_alike(kinds)
            made.append(Field(name, types.common(kinds)))
            if len({*kinds}) > 1 and types.duckdb_name(made[-1].type):
                coerced.add(name)
        for source in scope.sources:
            rest = tuple(
                f for f in source.relation.fields if f.name is None or f.name.lower() not in shared
            )
            taken = frozenset(name for name in shared if has(source, name))
            if rest or not isinstance(source.node, exp.Join):
                kept.append(
                    replace(
                        source,
                        relation=replace(source.relation, fields=rest),
                        shared=source.shared | taken,
                    )
                )
        merged = Source(None, Relation(tuple(made)), join, coerced=frozenset(coerced))
        scope.sources[:] = [merged, *kept]

    def _add_source(self, node: exp.Expr, scope: Scope, ctes: dict[str, list[Field]]) -> None:
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            relation = self._table(node, ctes)
            alias = node.alias.lower() or node.name.lower()
            scope.sources.append(Source(alias, relation, node))
        elif isinstance(node, exp.Unnest):
            fields = self._unnest(node, scope, ctes)
            scope.sources.append(Source(node.alias.lower() or None, Relation(tuple(fields)), node))
        elif isinstance(node, exp.Lateral):
            inner = node.this
            body = inner.this if isinstance(inner, exp.Subquery) else inner
            fields = renamed(self.query(body, scope, ctes), node)
            scope.sources.append(Source(node.alias.lower() or None, Relation(tuple(fields)), node))
        elif _is_parenthesised(node):
            self._add_source(node.this, scope, ctes)
        elif isinstance(node, exp.Subquery | exp.Values):
            fields = self.query(node, scope.outer, ctes)
            scope.sources.append(Source(node.alias.lower() or None, Relation(tuple(fields)), node))
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
            return Relation(tuple(named(ctes[parts[0]], columns)))
        relation = self._lookup(parts, self.position(node) or Position(1, 1))
        self.result.relations.append((node, relation))
        if columns:
            renamed_fields = tuple(named(list(relation.fields), columns))
            self.result.used.update(f.name.lower() for f in relation.fields if f.name)
            return Relation(renamed_fields, relation.table, relation.database, relation.name)
        return relation

    def _unnest(self, node: exp.Unnest, scope: Scope, ctes: dict[str, list[Field]]) -> list[Field]:
        fields: list[Field] = []
        for item in node.expressions:
            kind = self.expression(item, scope, ctes)
            if kind is not None and kind.startswith("map("):
                fields += [Field(None, part) for part in [*types.parts_of(kind), None, None][:2]]
            elif expands(node, item):
                fields += [
                    Field(name, part) for name, part in types.row_fields(types.element_of(kind))
                ]
            elif kind is None or kind.startswith("array("):
                fields.append(Field(None, types.element_of(kind)))
            else:
                raise QueryError("INVALID_FUNCTION_ARGUMENT", f"Cannot unnest type: {kind}")
        names = [column.name for column in (node.args.get("alias") or exp.TableAlias()).columns]
        offset = node.args.get("offset")
        if offset:
            fields.append(Field(None, "bigint"))
            if isinstance(offset, exp.Identifier):
                names.append(offset.name)
        fields += [Field(None)] * (len(names) - len(fields))
        return named(fields, names)

    def _group(
        self, group: exp.Group, scope: Scope, width: int, ctes: dict[str, list[Field]]
    ) -> None:
        for item in group.expressions:
            if isinstance(item, exp.Literal) and item.name.isdigit():
                if not 1 <= int(item.name) <= width:
                    raise QueryError(
                        "INVALID_COLUMN_REFERENCE",
                        f"GROUP BY position {item.name} is not in select list",
                        self.position(item),
                    )
                continue
            self.aggregate_free(item, "GROUP BY clause")
            self.expression(item, scope, ctes)
        for key in ("rollup", "cube", "grouping_sets"):
            for item in group.args.get(key) or []:
                if isinstance(item, exp.Expr):
                    self.children(item, scope, ctes)

    def _order(
        self,
        node: exp.Expr,
        scope: Scope,
        fields: list[Field],
        ctes: dict[str, list[Field]],
    ) -> None:
        order = node.args.get("order")
        if order is None:
            return
        outputs = {found.name.lower(): found.type for found in fields if found.name}
        names = Counter(found.name.lower() for found in fields if found.name)
        for ordered in order.expressions:
            item = ordered.this
            if isinstance(item, exp.Column) and not item.table and names[item.name.lower()] > 1:
                raise QueryError(
                    "AMBIGUOUS_NAME", f"Column '{item.name}' is ambiguous", self.position(item)
                )
            if isinstance(item, exp.Literal) and item.name.isdigit():
                if not 1 <= int(item.name) <= len(fields):
                    raise QueryError(
                        "INVALID_COLUMN_REFERENCE",
                        f"ORDER BY position {item.name} is not in select list",
                        self.position(item),
                    )
                self._check_sortable(fields[int(item.name) - 1].type, item)
                continue
            is_name = isinstance(item, exp.Column) and not item.table
            if is_name and not any(has(source, item.name.lower()) for source in scope.sources):
                self._check_sortable(outputs.get(item.name.lower()), item)
            inner = Scope(scope.sources, scope.outer, {**scope.bound, **outputs})
            kind = self.expression(item, inner, ctes)
            if not types.is_orderable(kind):
                raise QueryError(
                    "TYPE_MISMATCH",
                    f"Type {kind} is not orderable, and therefore cannot be used in ORDER BY",
                    self.position(item),
                )


_MAX_RECURSION_DEPTH = 10  # Trino's default, which nothing in Athena changes


def _references(node: exp.Expr, name: str) -> list[exp.Table]:
    """List where a query reads a common table expression that is defined around it."""
    found = []
    for table in node.find_all(exp.Table):
        if table.name.lower() != name or table.db:
            continue
        around, shadowed = table.parent, False
        while around is not None and around is not node.parent:
            clause = around.args.get("with_") or around.args.get("with")
            shadowed |= clause is not None and any(
                cte.alias.lower() == name for cte in clause.expressions
            )
            around = around.parent
        if not shadowed:
            found.append(table)
    return found


def _cte(name: str, columns: list[exp.Identifier], query: exp.Expr) -> exp.CTE:
    alias = exp.TableAlias(
        this=exp.to_identifier(name, quoted=True), columns=[column.copy() for column in columns]
    )
    return exp.CTE(this=query, alias=alias, materialized=True)


def _is_parenthesised(node: exp.Expr) -> bool:
    """Tell brackets around a join, `(a JOIN b ON ...)`, from a subquery."""
    if not isinstance(node, exp.Subquery) or node.args.get("alias"):
        return False
    inner = node.this
    if isinstance(inner, exp.Table | exp.Unnest | exp.Lateral):
        return True
    return isinstance(inner, exp.Subquery | exp.Values) and bool(
        inner.args.get("alias") or inner.args.get("joins")
    )

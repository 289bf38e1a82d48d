"""Expressions of a query: what their names mean, their types, and whether operands fit."""

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from sqlglot import exp

from sandbox.athena.errors import Position, QueryError
from sandbox.athena.hive.model import HIDDEN_COLUMNS
from sandbox.athena.sql import functions, types
from sandbox.athena.sql.casts import check_cast, type_of_cast
from sandbox.athena.sql.functions.base import Function, Missing, is_text, string
from sandbox.athena.sql.functions.times import (
    PRESENT,
    at_timezone_type,
    check_extract,
    digits_shown,
    zone_shown,
)
from sandbox.athena.sql.relations import (
    COERCED,
    Analysis,
    Field,
    Scope,
    end_of,
    has,
    qualifies,
    set_type,
    start_of,
    strip_schema,
    type_of,
    walk_level,
)


class Expressions(ABC):
    """Resolves and types expressions; a subclass does so for the queries inside them."""

    def __init__(self, sql: str) -> None:
        self._sql = sql
        self.result = Analysis()

    @abstractmethod
    def query(
        self, node: exp.Expr, outer: Scope | None, ctes: dict[str, list[Field]]
    ) -> list[Field]:
        """Resolve a query and give its fields."""

    def position(self, node: exp.Expr) -> Position | None:
        """Tell where a piece of the query begins."""
        start = start_of(node)
        return None if start is None else Position.of_offset(self._sql, start)

    def aggregate_free(self, node: exp.Expr, where: str) -> None:
        """Refuse aggregates and window functions in a clause that can't have them."""
        for found in walk_level(node):
            if isinstance(found, exp.Window) or functions.is_aggregate(found):
                text = self._sql[start_of(found) or 0 :].split("(")[0]
                raise QueryError(
                    "EXPRESSION_NOT_SCALAR",
                    f"{where} cannot contain aggregations, window functions or grouping "
                    f"operations: [{text}(...)]",
                    self.position(node),
                )

    def expression(self, node: exp.Expr, scope: Scope, ctes: dict[str, list[Field]]) -> str | None:
        """Resolve an expression and tell its type, None if it is not known."""
        kind = self._type(node, scope, ctes)
        if types.zone_of(kind) == types.UNSHOWN and _is_shown(node):
            raise types.zones_by_row()
        set_type(node, kind)
        return kind

    def _type(  # noqa: C901, PLR0912, PLR0915 - one case a kind of expression
        self, node: exp.Expr, scope: Scope, ctes: dict[str, list[Field]]
    ) -> str | None:
        self._check_function(node)
        if isinstance(node, exp.Timestamp | exp.Chr):  # types, whose names sqlglot takes for calls
            name = "timestamp" if isinstance(node, exp.Timestamp) else "char"
            raise QueryError(
                "FUNCTION_NOT_FOUND", f"Function '{name}' not registered", self.position(node)
            )
        if isinstance(node, exp.Column):
            return self._column(node, scope)
        if isinstance(node, exp.Subquery) or (
            isinstance(node, exp.Query) and not isinstance(node, exp.Table)
        ):
            fields = self.query(node, scope, ctes)
            return fields[0].type if len(fields) == 1 else None
        if isinstance(node, exp.Lambda):
            return self._lambda(node, [], scope, ctes)
        if isinstance(node, exp.Literal):
            return _literal(node)
        if isinstance(node, exp.Interval):
            self.children(node, scope, ctes)
            unit = str(node.args.get("unit") or "").upper()
            if not unit:  # what sqlglot makes of `INTERVAL '1' DAY + 1`
                raise QueryError(
                    "TYPE_MISMATCH",
                    f"Cannot apply operator: {types.DAY_TO_SECOND} + integer",
                    self.position(node),
                )
            return types.YEAR_TO_MONTH if "YEAR" in unit or "MONTH" in unit else types.DAY_TO_SECOND
        if isinstance(node, exp.DataType):
            return None
        if isinstance(node, exp.Identifier):
            return scope.bound_type(node.name.lower())
        if isinstance(node, exp.Anonymous):
            return self._call(node, scope, ctes)
        self.children(node, scope, ctes)
        self._check_conditions(node)
        if isinstance(node, exp.Bracket):
            self._check_subscript(node)
        if isinstance(node, exp.GroupConcat) and not isinstance(node.this, exp.Order):
            raise QueryError(
                "FUNCTION_NOT_FOUND",
                "Unexpected parameters for function listagg: it wants WITHIN GROUP",
                self.position(node),
            )
        if isinstance(node, exp.Cast):
            kind = type_of_cast(node)
            with self.placed(node):
                check_cast(type_of(node.this), kind)
            return kind
        if isinstance(node, _TRANSPARENT) and isinstance(node.this, exp.Expr):
            return type_of(node.this)
        if isinstance(node, exp.Binary) and type(node) in _ARITHMETIC:
            left, right = type_of(node.left), type_of(node.right)
            operator = _ARITHMETIC[type(node)]
            self._check_operands(node, operator, left, right)
            return types.arithmetic(operator, left, right)
        if isinstance(node, exp.Binary) and type(node) in _COMPARISONS:
            left, right = type_of(node.left), type_of(node.right)
            self._check_operands(node, _COMPARISONS[type(node)], left, right)
            return "boolean"
        if isinstance(node, exp.Extract):
            self._check_extract(node)
            return "bigint"
        if isinstance(node, exp.Between):
            self._check_between(node)
            return "boolean"
        if isinstance(node, exp.In):
            self._check_in(node)
            return "boolean"
        if isinstance(node, exp.Any | exp.All):
            return type_of(node.this)
        if isinstance(node, exp.Like):
            self._check_like(node)
        if isinstance(
            node,
            exp.And | exp.Or | exp.Not | exp.Is | exp.Like | exp.Exists | exp.Boolean | exp.Escape,
        ):
            return "boolean"
        if isinstance(node, exp.Null):
            return "unknown"
        if isinstance(node, exp.Case):
            return self._case(node)
        if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Identifier):
            row = self._sql[start_of(node.this) or 0 : start_of(node.expression)].rstrip(' \n."')
            return self._field(node, type_of(node.this), row, node.expression.name)
        found = _type_of_form(node)
        if found is not _UNKNOWN_FORM:
            return found
        arguments = [type_of(child) for child in self._parts(node)]
        if isinstance(node, exp.Nullif):
            types.check_alike(arguments)
        if isinstance(node, exp.Coalesce):
            self._check_common(node, "COALESCE operands", arguments)
        if isinstance(node, exp.Array):
            self._check_common(node, "ARRAY elements", arguments)
        if isinstance(node, exp.DPipe):
            self._check_concatenation(node, arguments)
            return types.concatenated(*arguments)
        function = functions.function_of(node)
        self._check_signature(node, function, arguments)
        return function.type_of(arguments) if function else None

    def _check_like(self, node: exp.Like) -> None:
        for value, what in ((node.this, "Left side of"), (node.expression, "Pattern for")):
            kind = type_of(value)
            if kind not in {None, "unknown"} and types.family(kind) != "text":
                raise QueryError(
                    "TYPE_MISMATCH",
                    f"{what} LIKE expression must evaluate to a varchar (actual: {kind})",
                    self.position(value),
                )

    def _case(self, node: exp.Case) -> str | None:
        branches = [type_of(i.args["true"]) for i in node.args["ifs"]]
        default = node.args.get("default")
        branches.append(type_of(default) if default else "unknown")
        self._check_common(node, "CASE results", branches)
        if node.this:
            types.check_alike(type_of(i) for i in (node.this, *(i.this for i in node.args["ifs"])))
        return types.common(branches)

    def _call(self, node: exp.Anonymous, scope: Scope, ctes: dict[str, list[Field]]) -> str | None:
        function = functions.function_of(node)
        kinds: list[str | None] = []
        for item in node.expressions:
            if isinstance(item, exp.Lambda) and function and function.lambdas:
                try:
                    bound = function.lambdas(kinds)
                except IndexError:
                    bound = []
                kinds.append(self._lambda(item, bound, scope, ctes))
                if function.name in _FOLDS and len(kinds) == 3:  # noqa: PLR2004 - the merging one
                    wide = _wider_state(kinds)
                    if wide is not None:
                        kinds[1] = wide
                        set_type(node.expressions[1], wide)
                        kinds[2] = self._lambda(item, function.lambdas(kinds[:2]), scope, ctes)
                set_type(item, kinds[-1])
            elif isinstance(item, exp.Star | exp.Var):
                kinds.append(None)
            else:
                kinds.append(self.expression(item, scope, ctes))
        self._check_arguments(node, function, kinds)
        zone = zone_shown(node.name.lower(), node.expressions)
        if zone is not None:
            digits = digits_shown(node.name.lower(), kinds)
            by_row = node.name.lower() == "with_timezone" and not is_text(zone)
            shown = string("UTC") if by_row else zone
            return at_timezone_type(shown, digits)
        return self._type_of_call(node, function, kinds) if function else None

    def _check_arguments(
        self, node: exp.Anonymous, function: Function | None, kinds: list[str | None]
    ) -> None:
        if node.name.lower() == "concat":
            self._check_concatenation(node, kinds)
        distinct = node.expressions[0] if node.expressions else None
        if node.name.lower() == "count" and isinstance(distinct, exp.Distinct):
            kinds = [type_of(item) for item in distinct.expressions]
            if len(kinds) > 1:
                raise self._unexpected(node, node.name, kinds)
        self._check_signature(node, function, kinds)

    def _check_signature(
        self, node: exp.Expr, function: Function | None, kinds: list[str | None]
    ) -> None:
        if function and function.name in _BY_ORDER:
            for kind in kinds:
                self._check_sortable(kind, node)
        if function and function.refuses(kinds):
            raise self._unexpected(node, function.name, kinds)

    def _check_sortable(self, kind: str | None, node: exp.Expr) -> None:
        """Refuse what would go by the text of addresses."""
        if "ipaddress" in (kind or ""):
            raise QueryError(
                "NOT_SUPPORTED",
                "The embedded Athena orders an IPADDRESS by an expression in ORDER BY only",
                self.position(node),
            )

    def _type_of_call(
        self, node: exp.Anonymous, function: Function, kinds: list[str | None]
    ) -> str | None:
        try:
            if node.name.lower() in _OF_ORDER and not types.is_orderable(
                kinds[0] if kinds else None
            ):
                raise self._unexpected(node, node.name, kinds)
            base, index = (*kinds, None, None)[:2]
            if node.name.lower() == "element_at" and not _indexes(index, base):
                raise self._unexpected(node, node.name, kinds)
            if node.name.lower() in _OF_ELEMENTS and types.element_of(kinds[0]):
                types.check_alike([types.element_of(kinds[0]), *kinds[1:2]])
            elif node.name.lower() in _OF_ARRAYS:
                types.check_alike(kinds)
            return function.type_of(kinds)
        except QueryError as error:
            if error.name == "TYPE_MISMATCH":
                raise self._unexpected(node, node.name, kinds) from error
            raise QueryError(error.name, error.detail, self.position(node)) from error

    def _unexpected(self, node: exp.Expr, name: str, kinds: list[str | None]) -> QueryError:
        shown = ", ".join(types.without_zone(kind or "unknown") for kind in kinds)
        return QueryError(
            "FUNCTION_NOT_FOUND",
            f"Unexpected parameters ({shown}) for function {name.lower()}.",
            self.position(node),
        )

    def _lambda(
        self,
        node: exp.Lambda,
        kinds: list[str | None],
        scope: Scope,
        ctes: dict[str, list[Field]],
    ) -> str | None:
        names = [item.name.lower() for item in node.expressions]
        padded = [*kinds, *[None] * len(names)]
        bound = {**scope.bound, **dict(zip(names, padded, strict=False))}
        return self.expression(node.this, Scope(scope.sources, scope.outer, bound), ctes)

    def children(self, node: exp.Expr, scope: Scope, ctes: dict[str, list[Field]]) -> None:
        """Resolve the parts of an expression."""
        for child in self._parts(node):
            self.expression(child, scope, ctes)

    @staticmethod
    def _parts(node: exp.Expr) -> list[exp.Expr]:
        return [
            child
            for child in node.iter_expressions()
            if not isinstance(child, exp.Star | exp.Var)
            and not (
                isinstance(child, exp.Identifier)
                and (
                    isinstance(node, exp.TableAlias)
                    or (isinstance(node, exp.Dot) and child is node.expression)
                )
            )
        ]

    def _column(  # noqa: C901 - one step a meaning of a name
        self, node: exp.Column, scope: Scope
    ) -> str | None:
        parts = [part.name.lower() for part in node.parts]
        if len(parts) == 1 and parts[0] in scope.bound and not self._in_sources(parts[0], scope):
            return None
        current: Scope | None = scope
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
                        strip_schema(node)
                    self.result.used.add(name)
                    kind = found[0]
                    if not qualifier and any(name in s.coerced for s in current.sources):
                        node.meta[COERCED] = kind
                    for place, row_field in enumerate(rest, start=cut + 1):
                        kind = self._field(node, kind, ".".join(parts[:place]), row_field)
                    return kind
                if not qualifier and parts[0] in current.bound:
                    return None
            current = current.outer
        raise self._not_found(node, ".".join(part.name for part in node.parts))

    def _not_found(self, node: exp.Expr, name: str) -> QueryError:
        return QueryError(
            "COLUMN_NOT_FOUND",
            f"Column '{name}' cannot be resolved or requester is not authorized to access requested "
            "resources",
            self.position(node),
        )

    def _field(self, node: exp.Expr, kind: str | None, row: str, name: str) -> str | None:
        """The type of a row's field."""
        if kind is None:
            return None
        if not kind.startswith("row("):
            raise QueryError(
                "TYPE_MISMATCH", f"Expression {row} is not of type ROW", self.position(node)
            )
        found = types.field_of(kind, name)
        if found is None:
            raise self._not_found(node, f"{row}.{name}")
        return found

    def _in_sources(self, name: str, scope: Scope) -> bool:
        return any(has(source, name) for source in scope.sources)

    @staticmethod
    def _matches(qualifier: list[str], name: str, scope: Scope) -> list[str | None]:
        found: list[str | None] = []
        for source in scope.sources:
            if qualifier and not qualifies(qualifier, source):
                continue
            found += [f.type for f in source.relation.fields if f.name and f.name.lower() == name]
            if name in HIDDEN_COLUMNS and source.relation.table is not None:
                found.append(HIDDEN_COLUMNS[name])
        return found

    # Checks

    def _check_function(self, node: exp.Expr) -> None:
        if isinstance(node, exp.Window):
            self._check_window(node)
        if isinstance(node, exp.Escape):
            self._check_escape(node)
        if not isinstance(node, exp.Anonymous):
            return
        name = node.name.lower()
        function = functions.function_of(node)
        if function is None:
            raise QueryError(
                "FUNCTION_NOT_FOUND", f"Function '{name}' not registered", self.position(node)
            )
        if isinstance(function.how, Missing):
            reason = f": {function.how.reason}" if function.how.reason else ""
            raise QueryError(
                "NOT_SUPPORTED",
                f"The embedded Athena has no function '{name}'{reason}",
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
        fits = types.compatible(left, right)
        if operator in _ORDERINGS and not types.is_orderable(left):
            raise self._no_operator(node, operator, left, right)
        if None in families and (fits or type(node) in _ARITHMETIC):
            return
        if families == ("interval", "interval") and left != right:
            fits = False
        elif type(node) in _ARITHMETIC:
            fits = families == ("number", "number") or (*families, operator) in _WITH_TIMES
        if not fits:
            raise self._no_operator(node, operator, left, right)

    def _no_operator(
        self, node: exp.Binary, operator: str, left: str | None, right: str | None
    ) -> QueryError:
        return QueryError(
            "TYPE_MISMATCH",
            f"Cannot apply operator: {left} {operator} {right}",
            self._operator_position(node),
        )

    def _check_common(self, node: exp.Expr, what: str, kinds: list[str | None]) -> None:
        known = list(dict.fromkeys(kind for kind in kinds if kind and kind != "unknown"))
        other = next((k for k in known if not types.compatible(k, known[0])), None)
        if other:
            raise QueryError(
                "TYPE_MISMATCH",
                f"All {what} must be the same type or coercible to a common type. Cannot find "
                f"common type between {known[0]} and {other}, all types (without duplicates): "
                f"[{', '.join(known)}]",
                self.position(node),
            )

    def _check_concatenation(self, node: exp.Expr, kinds: list[str | None]) -> None:
        families = {types.family(kind) for kind in kinds}
        known = families - {None}
        # An array, whose family is not known, takes elements of any type. ARRAY[] takes an element
        # and is joined with several arrays, as Trino's tests have it, but not with one, as ibis's
        # tests find it in Trino and on AWS.
        is_empty = (
            len(kinds) == len(set(kinds)) == 2  # noqa: PLR2004 - more can be read in one way only
            and "array(unknown)" in kinds
            and all((kind or "").startswith("array(") for kind in kinds)
        )
        if (
            is_empty
            or len(known) > 1
            or (known and None not in families and not known <= {"text", "varbinary"})
        ):
            raise QueryError(
                "FUNCTION_NOT_FOUND",
                f"Unexpected parameters ({', '.join(kind or 'unknown' for kind in kinds)}) for "
                "function concat.",
                self.position(node),
            )

    @contextmanager
    def placed(self, node: exp.Expr) -> Iterator[None]:
        """Give an error of a check the place of a piece of the query."""
        try:
            yield
        except QueryError as error:
            raise QueryError(error.name, error.detail, self.position(node)) from error

    def _check_window(self, node: exp.Window) -> None:
        called = node.this
        while isinstance(called, exp.Filter | exp.IgnoreNulls | exp.RespectNulls | exp.WithinGroup):
            if isinstance(called, exp.WithinGroup):
                raise self._refused(node, "Window function with ORDER BY is not supported")
            called = called.this
        inner = [called.this, *called.expressions] if isinstance(called, exp.Expr) else []
        if any(isinstance(item, exp.Distinct) for item in inner):
            raise self._refused(node, "DISTINCT in window function parameters not yet supported")
        if any(isinstance(item, exp.Order) for item in inner):
            raise self._refused(node, "Window function with ORDER BY is not supported")
        least = {exp.Lag: 0, exp.Lead: 0, exp.NthValue: 1}.get(type(called))
        offset = called.args.get("offset")
        if least is not None and offset is not None and _number(offset) < least:
            raise QueryError(
                "INVALID_FUNCTION_ARGUMENT",
                f"Offset must be at least {least}",
                self.position(node),
            )

    def _refused(self, node: exp.Expr, why: str) -> QueryError:
        return QueryError("NOT_SUPPORTED", why, self.position(node))

    def _check_conditions(self, node: exp.Expr) -> None:
        what, names = _CONDITIONS.get(type(node), ("", ()))
        if isinstance(node.parent, exp.Case):
            if node.parent.this:
                return  # values to compare with
            what = "CASE WHEN clause"
        for name in names:
            kind = type_of(node.args[name])
            if not types.is_condition(kind):
                raise QueryError(
                    "TYPE_MISMATCH",
                    f"{what} must evaluate to a boolean (actual: {kind})",
                    self.position(node.args[name]),
                )

    def _check_subscript(self, node: exp.Bracket) -> None:
        base, index = type_of(node.this), type_of(node.expressions[0])
        if not _indexes(index, base):
            raise QueryError(
                "TYPE_MISMATCH", f"Cannot use {index} for subscript of {base}", self.position(node)
            )

    def _check_escape(self, node: exp.Escape) -> None:
        mark, pattern = node.expression, node.this.expression
        if not is_text(mark):
            return
        wrong = ""
        if len(mark.name) != 1:
            wrong = "Escape string must be a single character"
        elif is_text(pattern):
            plain = re.sub(f"{re.escape(mark.name)}[%_{re.escape(mark.name)}]", "", pattern.name)
            if mark.name in plain:
                wrong = (
                    "Escape character must be followed by '%', '_' or the escape character itself"
                )
        if wrong:
            raise QueryError("INVALID_FUNCTION_ARGUMENT", wrong, self.position(node))

    def _check_extract(self, node: exp.Extract) -> None:
        with self.placed(node.expression):
            check_extract(node.this.name.lower(), type_of(node.expression))

    def _check_between(self, node: exp.Between) -> None:
        value, low, high = (type_of(node.args[key]) for key in ("this", "low", "high"))
        families = {types.family(kind) for kind in (value, low, high)} - {None}
        if len(families) > 1:
            raise QueryError(
                "TYPE_MISMATCH",
                f"Cannot check if {value} is BETWEEN {low} and {high}",
                self.position(node),
            )

    def _check_in(self, node: exp.In) -> None:
        value, found = type_of(node.this), node.args.get("query")
        if found and not types.row_fields(value) and not types.compatible(value, type_of(found)):
            raise QueryError(
                "TYPE_MISMATCH",
                "Value expression and result of subquery must be of the same type: "
                f"{value} vs {type_of(found)}",
                self.position(node),
            )
        for item in node.expressions:
            kind = type_of(item)
            if not types.compatible(value, kind):
                raise QueryError(
                    "TYPE_MISMATCH",
                    f"IN value and list items must be the same type: {value}, {kind}",
                    self.position(item),
                )


def _number(node: exp.Expr) -> float:
    """The value of a literal; of anything else what no check minds."""
    if isinstance(node, exp.Neg):
        value = _number(node.this)
        return -value if math.isfinite(value) else value
    whole = isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit()
    return int(node.name) if whole else math.inf


def _is_shown(node: exp.Expr) -> bool:
    """Tell whether the zone of an instant matters to what it is a part of."""
    parent = node.parent
    while isinstance(parent, exp.Paren | exp.Alias):
        parent = parent.parent
    if isinstance(parent, exp.Cast):
        return not (types.of_data_type(parent.to) or "").startswith("timestamp")
    return not isinstance(parent, _OF_INSTANTS)


# What takes an instant as such. In the list of a SELECT its type tells what it is.
_OF_INSTANTS = (exp.AtTimeZone, exp.Predicate, exp.Select)
_UNKNOWN_FORM = "unknown form"
# Functions that order what is in their first argument.
_OF_ORDER = {"max", "min", "greatest", "least", "array_max", "array_min"}
_BY_ORDER = _OF_ORDER | {"array_sort", "max_by", "min_by"}
# Functions that carry a state from value to value.
_FOLDS = {"reduce", "reduce_agg"}
# Functions that compare what is in their arguments, and whose type is not the common one of these.
_OF_ELEMENTS = {"array_position", "array_remove", "contains"}
_OF_ARRAYS = {"arrays_overlap", "contains_sequence"}


def _indexes(index: str | None, base: str | None) -> bool:
    """Tell whether a value can be the index or key of an array, map or row."""
    if base is None or index in {None, "unknown"} or base.startswith("row("):
        return True
    if base.startswith("map("):
        return types.compatible(index, types.parts_of(base)[0])
    return base.startswith("array(") and index in types.INTEGERS


def _type_of_form(node: exp.Expr) -> str | None:
    """The type of a form of the grammar whose parts are typed."""
    if isinstance(node, exp.If):
        branches = [type_of(node.args["true"])]
        branches.append(type_of(node.args["false"]) if node.args.get("false") else "unknown")
        types.check_alike(branches)
        return types.common(branches)
    if isinstance(node, exp.Distinct):
        return type_of(node.expressions[0])
    if isinstance(node, exp.Struct | exp.Tuple):
        parts = [type_of(item) for item in node.expressions]
        return f"row({', '.join(map(str, parts))})" if all(parts) else None
    if isinstance(node, exp.JSONValue) and isinstance(node.args.get("returning"), exp.DataType):
        return types.of_data_type(node.args["returning"])
    if isinstance(node, exp.GenerateSeries):
        return "array(bigint)"
    if isinstance(node, exp.HexString):
        return "varbinary"
    if isinstance(node, exp.AtTimeZone):
        return at_timezone_type(node.args["zone"], types.digits_of(type_of(node.this)))
    if type(node) in PRESENT:
        digits = int(node.this.name) if node.this else types.MILLISECONDS
        return types.with_digits(PRESENT[type(node)], digits)
    if isinstance(node, exp.Bracket):
        return types.item_of(type_of(node.this))
    return _UNKNOWN_FORM


# What must be true or false, and what Athena calls it.
_CONDITIONS: dict[type[exp.Expr], tuple[str, tuple[str, ...]]] = {
    exp.And: ("Logical expression term", ("this", "expression")),
    exp.Or: ("Logical expression term", ("this", "expression")),
    exp.Not: ("Value of logical NOT expression", ("this",)),
    exp.If: ("IF condition", ("this",)),
    exp.Where: ("Filter expression", ("this",)),  # of FILTER; a SELECT's is a clause
}
# What has the type of the expression in it.
_TRANSPARENT = (
    exp.Paren,
    exp.Neg,
    exp.Window,
    exp.Filter,
    exp.Try,
    exp.Order,
    exp.IgnoreNulls,
    exp.RespectNulls,
    exp.WithinGroup,
)
_ARITHMETIC: dict[type[exp.Expr], str] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
    exp.Mod: "%",
}
# Families of the two sides, and the operator, where not both are numbers.
_WITH_TIMES = {
    *((time, "interval", operator) for time in ("time", "clock", "interval") for operator in "+-"),
    *(("interval", time, "+") for time in ("time", "clock")),
    *((time, time, "-") for time in ("time", "clock")),
    *(("interval", "number", operator) for operator in "*/"),
    ("number", "interval", "*"),
}
_ORDERINGS = {"<", "<=", ">", ">="}
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


def _literal(node: exp.Literal) -> str:
    if node.is_string:
        return f"varchar({len(node.name)})"
    text = node.name.lower()
    if "e" in text or "." in text:
        return "double"  # also with a point alone: DECIMAL '1.5' is how Athena writes a decimal
    return "integer" if int(text) < 1 << 31 else "bigint"


def _wider_state(kinds: list[str | None]) -> str | None:
    """The type that the state of a fold gets where its lambda makes a wider one than it began with."""
    state, step = kinds[1:3]
    if None in {state, step} or "row(" in str(state) or types.is_decimal(state):
        return None
    if not types.compatible(state, step):
        return None
    wide = types.common([state, step])
    return wide if wide != state else None

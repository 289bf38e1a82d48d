"""What relations are made of, while a query is analysed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sqlglot import exp

from sandbox.athena.errors import Position
from sandbox.athena.hive.catalog import Table


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
class Source:
    """One item of a FROM clause, or the columns that USING made of those of two.

    Attributes:
        shared: lower-case names of the columns that it had before USING took them.
        coerced: lower-case names of those that USING made of two types.
    """

    alias: str | None
    relation: Relation
    node: exp.Expr
    shared: frozenset[str] = frozenset()
    coerced: frozenset[str] = frozenset()


@dataclass
class Scope:
    """What names can mean at one place: the sources, bound names with their types, and around it."""

    sources: list[Source]
    outer: "Scope | None" = None
    bound: Mapping[str, str | None] = field(default_factory=dict)

    def bound_type(self, name: str) -> str | None:
        """The type of a bound name, here or around."""
        if name in self.bound or self.outer is None:
            return self.bound.get(name)
        return self.outer.bound_type(name)


@dataclass
class Analysis:
    """What `analyze` found out.

    Attributes:
        fields: the query's output.
        used: lower-case names of all columns that are read anywhere.
        relations: each table reference that isn't a common table expression.
    """

    fields: tuple[Field, ...] = ()
    used: set[str] = field(default_factory=set)
    relations: list[tuple[exp.Table, Relation]] = field(default_factory=list)


_TYPE = "athena"
COERCED = (
    "coerced"  # on a column: the type that USING gives it, where DuckDB leaves it that of one side
)


def type_of(node: exp.Expr) -> str | None:
    """The type of an analysed expression in Athena's words, None where it is not known."""
    kind: str | None = (node._meta or {}).get(_TYPE)  # noqa: SLF001 - `meta` would make one for each node
    return kind


def set_type(node: exp.Expr, kind: str | None) -> None:
    """Note the type of an expression on it."""
    if kind is not None:
        node.meta[_TYPE] = kind


def expands(unnest: exp.Unnest, item: exp.Expr) -> bool:
    """Tell whether UNNEST makes a column of each field of the rows in an array.

    Athena does unless the alias names one column for each array: then the column is the row.
    """
    alias = unnest.args.get("alias")
    names = len(alias.columns) if isinstance(alias, exp.TableAlias) else 0
    ordinality = unnest.args.get("offset")
    names -= 1 if ordinality and not isinstance(ordinality, exp.Identifier) else 0
    is_rows = "array(row(" in (type_of(item) or "")[:10]
    return is_rows and names != len(unnest.expressions)


def output_name(item: exp.Expr) -> str | None:
    """Tell the name that a SELECT item has; None if it is one of Athena's _col0, _col1."""
    if isinstance(item, exp.Alias):
        return str(item.alias)
    item = item.unnest()  # `SELECT DISTINCT (a)` is a column a, as without the brackets
    if isinstance(item, exp.Column):
        return str(item.name)
    if isinstance(item, exp.Dot):
        return str(item.expression.name)
    return None


def start_of(node: exp.Expr) -> int | None:
    """Give the offset at which a piece of the query begins in its text, if it is known."""
    starts = [part.meta["start"] for part in node.walk() if "start" in (part._meta or {})]  # noqa: SLF001 - `meta` would make one for each node
    return min(starts) if starts else None


def end_of(node: exp.Expr) -> int | None:
    """Give the offset of the last known character of a piece of the query."""
    ends = [part.meta["end"] for part in node.walk() if "end" in (part._meta or {})]  # noqa: SLF001 - as above
    return max(ends) if ends else None


def walk_level(node: exp.Expr) -> Iterator[exp.Expr]:
    """Walk an expression without the queries inside it."""
    yield from node.walk(prune=lambda item: isinstance(item, exp.Query))


def items(row: exp.Expr) -> list[exp.Expr]:
    """List the values of a row of VALUES."""
    return list(row.expressions) if isinstance(row, exp.Tuple) else [row]


def columns_of(values: exp.Values) -> list[tuple[exp.Expr, ...]]:
    """List the columns of VALUES."""
    return list(zip(*map(items, values.expressions), strict=True))


def has(source: Source, name: str) -> bool:
    """Tell whether a source has a field of this name."""
    return any(f.name and f.name.lower() == name for f in source.relation.fields)


def qualifies(qualifier: list[str], source: Source) -> bool:
    """Tell whether a qualifier (table, or schema and table) means a source."""
    if len(qualifier) == 1:
        return source.alias == qualifier[0]
    relation = source.relation
    if relation.table is None or source.alias != relation.name:
        return False
    full = ["awsdatacatalog", relation.database, relation.name]
    return full[-len(qualifier) :] == qualifier


def strip_schema(node: exp.Column) -> None:
    """Leave a column only its table's name, for DuckDB knows no more."""
    node.set("db", None)
    node.set("catalog", None)


def renamed(fields: list[Field], node: exp.Expr) -> list[Field]:
    """Rename fields by the column list of an alias, `AS t (a, b)`."""
    alias = node.args.get("alias")
    names = [column.name for column in alias.columns] if isinstance(alias, exp.TableAlias) else []
    return named(fields, names)


def named(fields: list[Field], names: list[str]) -> list[Field]:
    """Rename the first fields."""
    if not names:
        return fields
    return [
        Field(names[index] if index < len(names) else found.name, found.type)
        for index, found in enumerate(fields)
    ]

"""Which partitions a query can need, told by its WHERE clause."""

from collections import Counter

from sqlglot import exp

from sandbox.athena.sql.relations import Analysis, Relation

# What a condition may be made of to be tried on partition values alone. None of these is true of
# NULL, so a condition on the optional side of an outer join removes the same rows.
_ALLOWED = (
    exp.Column,
    exp.Identifier,
    exp.Literal,
    exp.Cast,
    exp.DataType,
    exp.DataTypeParam,
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.In,
    exp.Between,
    exp.And,
    exp.Or,
    exp.Paren,
    exp.Neg,
    exp.Tuple,
)


def partition_conditions(analysis: Analysis) -> dict[int, str]:
    """Find the conditions that hold for a table's partition keys alone.

    Args:
        analysis: of a query that isn't rewritten yet.

    Returns:
        id of the table's relation to a condition in DuckDB's SQL over the bare key names; nothing
        for a table that is named twice, or that no such condition is about.
    """
    named = Counter(id(relation) for _, relation in analysis.relations)
    found: dict[int, str] = {}
    for node, relation in analysis.relations:
        if named[id(relation)] == 1 and relation.table and relation.table.partition_keys:
            conditions = _conditions(node, relation, analysis)
            if conditions:
                found[id(relation)] = " AND ".join(f"({text})" for text in conditions)
    return found


def _conditions(node: exp.Table, relation: Relation, analysis: Analysis) -> list[str]:
    select = node.find_ancestor(exp.Select)
    where = select.args.get("where") if select else None
    if where is None or relation.table is None:
        return []
    keys = {key.name for key in relation.table.partition_keys}
    alias = (node.alias or node.name).lower()
    others = {
        field.name.lower()
        for other, found in analysis.relations
        if other is not node and other.find_ancestor(exp.Select) is select
        for field in found.fields
        if field.name
    }
    return [
        _bare(part)
        for part in _conjuncts(where.this)
        if all(isinstance(item, _ALLOWED) for item in part.walk())
        and part.find(exp.Column)
        and all(_is_key(column, keys, alias, others) for column in part.find_all(exp.Column))
    ]


def _conjuncts(node: exp.Expr) -> list[exp.Expr]:
    inner = node.unnest()
    if isinstance(inner, exp.And):
        return [*_conjuncts(inner.left), *_conjuncts(inner.right)]
    return [inner]


def _is_key(column: exp.Column, keys: set[str], alias: str, others: set[str]) -> bool:
    name = column.name.lower()
    if name not in keys:
        return False
    return column.table.lower() == alias if column.table else name not in others


def _bare(part: exp.Expr) -> str:
    copy = part.copy()
    for column in copy.find_all(exp.Column):
        for qualifier in ("table", "db", "catalog"):
            column.set(qualifier, None)
    return str(copy.sql(dialect="duckdb"))

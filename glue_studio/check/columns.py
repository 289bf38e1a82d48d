"""Which columns flow out of each node, where that can be known.

None means unknown, and unknown stays unknown downstream: a check that names a missing column must
be right. Names are compared without case, as Spark and the Data Catalog do.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from glue_studio.access import TableRef, table_of
from glue_studio.check.sql_text import Query
from glue_studio.model import Node, objects_at
from glue_studio.nodes import Columns, Role, kind_of

if TYPE_CHECKING:
    from sqlglot import exp

_MOST = 5_000


def infer(
    ordered: Sequence[Node],
    queries: Mapping[str, Query],
    tables: Mapping[TableRef, Columns],
    *,
    declared: bool,
) -> dict[str, Columns]:
    """Node id to the columns that flow out of it.

    Args:
        ordered: the nodes, each after its inputs.
        queries: id of each SparkSQL node to its query.
        tables: columns of catalog tables.
        declared: whether to believe the schemas that the canvas stored in nodes.
    """
    known: dict[str, Columns] = {}
    nodes = {node.id: node for node in ordered}
    for node in ordered:
        inputs = [known.get(source) for source in node.inputs]
        if node.type == "SparkSQL":
            columns = query_columns(queries[node.id], aliases(node, known))
        elif node.type == "SelectFromCollection":
            columns = _picked(node, nodes, known)
        else:
            kind = kind_of(node)
            if kind.role is Role.SOURCE:
                columns = _table_columns(node, tables)
            else:
                columns = kind.columns(node, inputs) if kind.columns and inputs else None
        if columns is None and declared:
            columns = _declared(node)
        # Joining a frame with itself doubles its columns: a chain of that would never end.
        known[node.id] = columns if len(columns or ()) <= _MOST else None
    return known


def aliases(node: Node, known: Mapping[str, Columns]) -> dict[str, Columns]:
    """Each alias of a SparkSQL node, lower case, to the columns behind it."""
    return {
        str(alias.get("Alias", "")).lower(): known.get(str(alias.get("From", "")))
        for alias in objects_at(node.settings, "SqlAliases[]")
    }


def query_columns(query: Query, bound: Mapping[str, Columns]) -> Columns:
    """The columns of a query's result.

    Args:
        query: the query.
        bound: table name, lower case, to its columns.
    """
    return _result(query.tree, bound) if query.tree is not None else None


def _result(tree: Any, bound: Mapping[str, Columns]) -> Columns:
    """The columns of a query of sqlglot (any node of its tree is taken, most give None)."""
    from sqlglot import exp  # noqa: PLC0415 - loaded only for jobs with SQL

    if isinstance(tree, exp.Query):
        bound = dict(bound)
        for cte in tree.ctes:
            named = tuple(cte.alias_column_names)
            bound[cte.alias_or_name.lower()] = named or _result(cte.this, bound)
    if isinstance(tree, exp.SetOperation):
        return _result(tree.left, bound)
    if isinstance(tree, exp.Subquery):
        return _result(tree.this, bound)
    if not isinstance(tree, exp.Select):
        return None
    names: list[str] = []
    for projection in tree.expressions:
        columns = _projected(projection, tree, bound)
        if columns is None:
            return None
        names += columns
    return tuple(names)


def _projected(
    projection: "exp.Expression", select: "exp.Select", bound: Mapping[str, Columns]
) -> Columns:
    from sqlglot import exp  # noqa: PLC0415

    if isinstance(projection, exp.Star):
        every = _sources(select, bound)
        if every is None or projection.args.get("except_") or projection.args.get("replace"):
            return None
        names: list[str] = []
        for _, columns in every:
            if columns is None:
                return None
            names += columns
        return tuple(names)
    if isinstance(projection, exp.Column) and projection.is_star:
        return dict(_sources(select, bound) or ()).get(projection.table.lower())
    if isinstance(projection, exp.Aliases):
        return tuple(name.name for name in projection.expressions)
    if isinstance(projection, exp.Alias | exp.Column | exp.Dot):
        return (projection.alias_or_name,)
    return None  # Spark makes up a name for an expression without an alias


def _sources(
    select: "exp.Select", bound: Mapping[str, Columns]
) -> list[tuple[str, Columns]] | None:
    """Alias and columns of each source of a SELECT; None where a source is not a plain one."""
    from sqlglot import exp  # noqa: PLC0415

    from_ = select.args.get("from_") or select.args.get("from")
    joins = select.args.get("joins") or []
    if from_ is None or select.args.get("laterals"):
        return None
    sources: list[tuple[str, Columns]] = []
    for source in [from_.this, *(join.this for join in joins)]:
        if isinstance(source, exp.Table) and not source.db:
            columns = bound.get(source.name.lower())
        elif isinstance(source, exp.Subquery):
            columns = _result(source.this, bound)
        else:
            return None
        if source.args.get("pivots"):
            return None
        sources.append((source.alias_or_name.lower(), tuple(source.alias_column_names) or columns))
    for join in joins:
        if join.args.get("using") or join.args.get("method"):  # USING and NATURAL merge columns
            return None
        if join.kind in ("SEMI", "ANTI"):
            sources = [source for source in sources if source[0] != join.alias_or_name.lower()]
    return sources


def _table_columns(node: Node, tables: Mapping[TableRef, Columns]) -> Columns:
    table = table_of(node)
    return tables.get(TableRef(table.database.lower(), table.table.lower())) if table else None


def _picked(node: Node, nodes: Mapping[str, Node], known: Mapping[str, Columns]) -> Columns:
    """The columns of the data itself, which a quality node's collection has as its first member.

    The index must not say so alone: the script goes by the node's name.
    """
    source = nodes.get(node.inputs[0]) if node.inputs else None
    if source is None or not source.inputs:
        return None
    is_data = node.settings.get("Index") == 0 and not node.name.endswith("Outcomes")
    if source.type == "Route" or (source.type == "EvaluateDataQualityMultiFrame" and is_data):
        return known.get(source.inputs[0])
    return None


def _declared(node: Node) -> Columns:
    """The schema that the canvas stored in the node, if it did."""
    schemas = list(objects_at(node.settings, "OutputSchemas[]"))
    if len(schemas) != 1:
        return None
    return tuple(str(column.get("Name")) for column in objects_at(schemas[0], "Columns[]")) or None

"""The SQL of SparkSQL nodes: syntax, aliases, and columns where they are known."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from glue_studio.check.columns import aliases
from glue_studio.check.context import Context
from glue_studio.check.findings import Finding
from glue_studio.check.sql_text import source_of, tables_read
from glue_studio.model import Node, objects_at
from glue_studio.nodes import Columns

if TYPE_CHECKING:
    from sqlglot import exp


def find(context: Context) -> Iterator[Finding]:
    """Every finding about a SQL node."""
    for node in context.nodes.values():
        if node.type == "SparkSQL":
            yield from _aliases(node)
            yield from _query(node, context)


def _pairs(node: Node) -> list[tuple[str, str]]:
    return [
        (str(alias.get("Alias", "")), str(alias.get("From", "")))
        for alias in objects_at(node.settings, "SqlAliases[]")
    ]


def _aliases(node: Node) -> Iterator[Finding]:
    pairs = _pairs(node)
    for alias, source in pairs:
        if source not in node.inputs:
            yield Finding(
                "GS202",
                f"Alias {alias!r} stands for {source}, which is not an input of this node.",
                "Add the input, or let the alias stand for one.",
                node,
            )
    counts = Counter(alias.lower() for alias, _ in pairs)
    for alias, count in counts.items():
        if count > 1:
            yield Finding(
                "GS205",
                f"Alias {alias!r} stands for {count} inputs; the query sees only the last.",
                "Give each input an alias of its own.",
                node,
            )
    named = {source for _, source in pairs}
    for source in dict.fromkeys(node.inputs):
        if source not in named:
            yield Finding(
                "GS206",
                f"Input {source} has no alias, so the query cannot read it.",
                "Give it an alias, or remove the input.",
                node,
            )


def _query(node: Node, context: Context) -> Iterator[Finding]:
    query = context.queries[node.id]
    if query.tree is None:
        if not query.problem:
            return
        code, what = ("GS208", "one query") if query.several else ("GS201", "Spark SQL")
        yield Finding(
            code,
            f"Its SQL is not {what}: {query.problem}.",
            "Correct the query.",
            node,
            query.line,
        )
        return
    bound = aliases(node, context.columns)
    used: set[str] = set()
    tables = list(tables_read(query.tree))
    for table in tables:
        line = int(table.this.meta.get("line") or 0)
        if table.db:
            name = ".".join(part.name for part in table.parts)
            yield Finding(
                "GS207",
                f"Its SQL reads {name}, which the graph does not show as a source.",
                "Add a source node for the table, so that permissions and order follow from it.",
                node,
                line,
            )
        elif table.name.lower() in bound:
            used.add(table.name.lower())
        else:
            known = ", ".join(sorted(bound)) or "none"
            yield Finding(
                "GS204",
                f"Its SQL reads {table.name!r}, and no alias stands for that (aliases: {known}).",
                "Correct the name, or add the input and its alias.",
                node,
                line,
            )
    for alias, source in _pairs(node):
        if alias.lower() not in used and source in node.inputs:
            yield Finding(
                "GS203",
                f"Its SQL never uses alias {alias!r}.",
                "Use it, or remove the input.",
                node,
            )
    certain = {alias.lower() for alias, source in _pairs(node) if context.is_certain(source)}
    yield from _columns(node, query.tree, tables, bound, certain)


def _columns(
    node: Node,
    tree: "exp.Query",
    tables: list["exp.Table"],
    bound: Mapping[str, Columns],
    certain: set[str],
) -> Iterator[Finding]:
    """Columns that cannot be there: only where every doubt is excluded.

    A name that stands anywhere in the query as an alias, a lambda's parameter or a struct counts
    as known, so a finding here is right even where Spark's scoping rules are not followed.
    """
    from sqlglot import exp  # noqa: PLC0415 - loaded only for jobs with SQL

    everything_known = not _makes_columns(tree) and all(
        not table.db and bound.get(table.name.lower()) is not None for table in tables
    )
    visible = [name for table in tables for name in bound.get(table.name.lower()) or ()]
    own = _names_made(tree)
    told: set[tuple[str, str]] = set()
    for column in tree.find_all(exp.Column):
        name, qualifier = column.name.lower(), column.table.lower()
        if not name or column.is_star or (qualifier, name) in told:
            continue
        if qualifier:
            looked_at = _plain_table(column, tables)
            columns = bound.get(looked_at[0].name.lower()) if looked_at else None
            # What the qualifier names may also be a column, and this a field of it.
            doubt = qualifier in {known.lower() for known in visible}
            wrong = columns is not None and not doubt
        else:
            looked_at, columns = tables, tuple(visible)
            wrong = everything_known and name not in own
        if wrong and name not in {known.lower() for known in columns or ()}:
            told.add((qualifier, name))
            sure = {table.name.lower() for table in looked_at} <= certain
            yield Finding(
                "GS301" if sure else "GS304",
                f"Its SQL uses column {column.sql(dialect='spark')}, which none of its inputs has.",
                f"Use one of: {_listed(columns if qualifier else sorted(visible))}.",
                node,
                _line(column),
            )


def _plain_table(column: "exp.Column", tables: list["exp.Table"]) -> list["exp.Table"]:
    """The table, alone, that the qualifier of a column names, unless its columns are not its own."""
    source = source_of(column)
    return [
        table
        for table in tables
        if table is source and not table.args.get("pivots") and not table.alias_column_names
    ]


# A hidden column, and functions that Spark calls without parentheses.
_SPARKS_OWN = {
    "_metadata",
    "current_catalog",
    "current_database",
    "current_date",
    "current_timestamp",
    "current_user",
    "grouping__id",
    "localtimestamp",
    "session_user",
    "spark_grouping_id",
    "user",
}


def _names_made(tree: Any) -> set[str]:
    """Every name that a query gives to something, and those that Spark adds."""
    from sqlglot import exp  # noqa: PLC0415

    names = set(_SPARKS_OWN)
    for alias in tree.find_all(exp.Alias, exp.PropertyEQ, exp.CTE, exp.Subquery, exp.Window):
        names.add(str(alias.alias_or_name).lower())
    for alias in tree.find_all(exp.TableAlias):
        names |= {column.name.lower() for column in alias.columns}
        names.add(alias.name.lower())
    for aliases_ in tree.find_all(exp.Aliases):
        names |= {str(name.name).lower() for name in aliases_.expressions}
    for function in tree.find_all(exp.Lambda):
        names |= {parameter.name.lower() for parameter in function.expressions}
    return names


_GENERATORS = {"inline", "inline_outer", "json_tuple", "posexplode_outer", "stack"}


def _makes_columns(tree: Any) -> bool:
    """Whether a query makes columns whose names only Spark knows: explode, pivot, a function of rows."""
    from sqlglot import exp  # noqa: PLC0415

    if tree.find(exp.UDTF, exp.Pivot, exp.Explode, exp.Inline):
        return True
    if any(not isinstance(table.this, exp.Identifier) for table in tree.find_all(exp.Table)):
        return True
    return any(call.name.lower() in _GENERATORS for call in tree.find_all(exp.Anonymous))


def _line(column: "exp.Column") -> int:
    return int(column.this.meta.get("line") or 0)


def _listed(names: Any) -> str:
    shown = list(dict.fromkeys(names))
    most = 12
    return ", ".join(shown[:most]) + (", …" if len(shown) > most else "")

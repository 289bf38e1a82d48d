"""Columns named in the settings of other nodes than SQL: mappings, fields, keys, conditions."""

from collections.abc import Iterator

from glue_studio.check.context import Context
from glue_studio.check.findings import Finding
from glue_studio.check.sql_text import unquoted_columns
from glue_studio.model import Node, heads_at, objects_at
from glue_studio.nodes import kind_of

# Reserved in Spark's ANSI mode and in Athena's and Hive's DDL, and used by people as columns.
RESERVED = frozenset(
    [
        "all",
        "and",
        "any",
        "as",
        "case",
        "cast",
        "check",
        "column",
        "create",
        "cross",
        "current_date",
        "current_time",
        "current_timestamp",
        "current_user",
        "date",
        "delete",
        "distinct",
        "drop",
        "else",
        "end",
        "escape",
        "except",
        "exists",
        "false",
        "for",
        "foreign",
        "from",
        "full",
        "function",
        "grant",
        "group",
        "having",
        "in",
        "inner",
        "insert",
        "interval",
        "into",
        "is",
        "join",
        "lateral",
        "leading",
        "left",
        "like",
        "natural",
        "not",
        "null",
        "on",
        "only",
        "or",
        "order",
        "outer",
        "over",
        "overlaps",
        "partition",
        "primary",
        "range",
        "references",
        "right",
        "row",
        "rows",
        "select",
        "set",
        "some",
        "table",
        "then",
        "time",
        "timestamp",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "unknown",
        "update",
        "user",
        "using",
        "values",
        "when",
        "where",
        "window",
        "with",
    ]
)


def find(context: Context) -> Iterator[Finding]:
    """Every finding about columns that nodes name, and about those after joins."""
    yield from _after_joins(context)
    for node in context.nodes.values():
        if node.type == "Join":
            yield from _join(node, context)
            continue
        if node.type == "ApplyMapping":
            yield from _mapped_twice(node)
        if node.inputs:
            yield from _unknown(node, kind_of(node).uses(node.settings), node.inputs[0], context)


def _mapped_twice(node: Node) -> Iterator[Finding]:
    made: dict[object, object] = {}
    for column in objects_at(node.settings, "Mapping[]"):
        name, source = column.get("ToKey"), (column.get("FromPath"), column.get("ToType"))
        if not column.get("Dropped") and made.setdefault(name, source) != source:
            yield Finding(
                "GS306",
                f"Two mappings make the field {name!r}, and which of them counts is not defined.",
                "Map one of them to another name, or drop it.",
                node,
            )


def _unknown(node: Node, names: Iterator[str], source: str, context: Context) -> Iterator[Finding]:
    columns = context.columns.get(source)
    if columns is None:
        return
    # A segment with a dot is a nested field, whose first part is the column.
    known = {name.lower() for name in columns}
    for name in dict.fromkeys(names):
        if name.lower() not in known and name.split(".")[0].lower() not in known:
            yield Finding(
                _code(node, certain=context.is_certain(source)),
                f"It uses column {name!r}, which does not flow in.",
                f"Use one of: {', '.join(columns[:12])}{', …' if len(columns) > 12 else ''}.",  # noqa: PLR2004
                node,
            )


def _code(node: Node, *, certain: bool) -> str:
    if not certain:
        return "GS304"
    return "GS305" if node.type == "SelectFields" else "GS301"


def _after_joins(context: Context) -> Iterator[Finding]:
    """Troublesome names that nodes behind a join use; where the columns are not known, too."""
    behind: set[str] = set()
    for node in context.order:
        above = [context.nodes[source] for source in node.inputs if source in context.nodes]
        if not any(source.id in behind or source.type == "Join" for source in above):
            continue
        behind.add(node.id)
        names = list(dict.fromkeys(_used(node, context)))
        troublesome = sorted(name for name in names if "." in name or name.lower() in RESERVED)
        if troublesome:
            yield Finding(
                "GS303",
                "It uses columns from a join whose names hold a dot or are reserved words of SQL: "
                f"{', '.join(troublesome)}.",
                "Rename them in one input before the join.",
                node,
            )


def _used(node: Node, context: Context) -> Iterator[str]:
    """Names that a node goes on with; a mapping's or a renaming's new names, since those cure."""
    kind = kind_of(node)
    if kind.renames is not None:
        return kind.renames(node.settings)
    if node.type == "SparkSQL":
        return unquoted_columns(context.queries[node.id])
    return kind.uses(node.settings)


def _join(node: Node, context: Context) -> Iterator[Finding]:
    for keys in objects_at(node.settings, "Columns[]"):
        source = str(keys.get("From", ""))
        if source not in node.inputs:
            yield Finding(
                "GS302",
                f"Its columns belong to {source}, which is not an input of this node.",
                "Choose the columns of the two inputs again.",
                node,
            )
            continue
        yield from _unknown(node, heads_at("Keys[]")(keys), source, context)
    columns = context.columns.get(node.id)
    if columns is None:
        return
    doubled = [name for name in columns if name.startswith(".")] or sorted(
        {name for name in columns if [n.lower() for n in columns].count(name.lower()) > 1}
    )
    if doubled:
        yield Finding(
            "GS303",
            f"Both inputs have columns of one name; after the join they are: {', '.join(doubled)}.",
            "Rename or drop them in one input before the join.",
            node,
        )
    reserved = sorted({name for name in columns if name.lower() in RESERVED})
    if reserved:
        yield Finding(
            "GS303",
            f"Columns after the join are reserved words of SQL: {', '.join(reserved)}.",
            "Rename them before or after the join, or write them in backticks wherever they stand.",
            node,
        )

"""SQL Query."""

import re
from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.kind import Helper, Kind, Scope, Text
from glue_studio.nodes.reading import Block, Unread
from glue_studio.nodes.settings import entries, quoted, quoted_block, refuse, text

_NUMBERED = re.compile(r"SqlQuery(?P<number>[0-9]+)\Z")

HELPER = Helper(
    "sparkSqlQuery",
    """\
def sparkSqlQuery(glueContext, query, mapping, transformation_ctx) -> DynamicFrame:
    for alias, frame in mapping.items():
        frame.toDF().createOrReplaceTempView(alias)
    result = spark.sql(query)
    return DynamicFrame.fromDF(result, glueContext, transformation_ctx)""",
    place=0,
)


def _emit(node: Node, scope: Scope) -> Text:
    variable = scope.variable(node)
    query = f"SqlQuery{scope.sql_numbers[node.id]}"
    pairs = []
    for alias in entries(node, "SqlAliases"):
        name, source = alias.get("Alias"), alias.get("From")
        if not isinstance(name, str) or source not in node.inputs:
            raise refuse(node, f"its SQL alias {name!r} is not from one of its inputs.")
        pairs.append(f"{quoted(node, 'SqlAliases', name)}:{scope.variables[str(source)]}")
    sql = quoted_block(node, "SqlQuery", "'''", f"\n{text(node, 'SqlQuery')}\n")
    return Text(
        f"{query} = {sql}\n"
        f"{variable} = sparkSqlQuery(glueContext, query = {query}, "
        f'mapping = {{{", ".join(pairs)}}}, transformation_ctx = "{variable}")',
        imports=("from awsglue import DynamicFrame",),
        helper=HELPER,
    )


def query_number(block: Block) -> int:
    """The number of the query of a SQL node's block; raises `Unread` for another block."""
    call = block.assigned(1, block.variable).expect("sparkSqlQuery")
    query = call.keywords.get("query")
    match = _NUMBERED.match(getattr(query, "id", ""))
    if match is None:
        raise Unread
    return int(match["number"])


def _recognise(block: Block) -> dict[str, Any]:
    if len(block.statements) != 2:  # noqa: PLR2004 - the query, then the call
        raise Unread
    number = query_number(block)
    call = block.assigned(1, block.variable)
    aliases = [
        {"Alias": _checked_alias(alias), "From": block.node(frame).id}
        for alias, frame in call.entries("mapping").items()
    ]
    sql = block.raw_block(block.value(0, f"SqlQuery{number}"))
    if not sql.startswith("\n") or not sql.endswith("\n") or len(sql) < 2:  # noqa: PLR2004
        raise Unread
    return {
        "Inputs": list(dict.fromkeys(alias["From"] for alias in aliases)),
        "SqlQuery": sql[1:-1],
        "SqlAliases": aliases,
    }


def _checked_alias(alias: str) -> str:
    if "\\" in alias or '"' in alias:  # never seen in a view's name, and its text is not known
        raise Unread
    return alias


KINDS = (Kind("SparkSQL", emit=_emit, recognise=_recognise),)

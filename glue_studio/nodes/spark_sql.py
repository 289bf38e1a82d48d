"""SQL Query."""

from glue_studio.model import Node
from glue_studio.nodes.base import Helper, Kind, Scope, Text
from glue_studio.nodes.values import block, entries, quoted, refuse, text

_HELPER = Helper(
    "sparkSqlQuery",
    """\
def sparkSqlQuery(glueContext, query, mapping, transformation_ctx) -> DynamicFrame:
    for alias, frame in mapping.items():
        frame.toDF().createOrReplaceTempView(alias)
    result = spark.sql(query)
    return DynamicFrame.fromDF(result, glueContext, transformation_ctx)""",
)


def _emit(node: Node, scope: Scope) -> Text:
    variable = scope.variable(node)
    query = f"SqlQuery{scope.sql_numbers[node.id]}"
    pairs = []
    for alias in entries(node, "SqlAliases"):
        name, source = alias.get("Alias"), alias.get("From")
        if not isinstance(name, str) or source not in node.inputs:
            raise refuse(node, f"its SQL alias {name!r} is not from one of its inputs.")
        pairs.append(f"{quoted(name)}:{scope.variables[source]}")
    sql = block(node, "SqlQuery", "'''", f"\n{text(node, 'SqlQuery')}\n")
    return Text(
        f"{query} = {sql}\n"
        f"{variable} = sparkSqlQuery(glueContext, query = {query}, "
        f"mapping = {{{', '.join(pairs)}}}, transformation_ctx = {quoted(variable)})",
        imports=("from awsglue import DynamicFrame",),
        helpers=(_HELPER,),
    )


KINDS = (Kind("SparkSQL", _emit),)

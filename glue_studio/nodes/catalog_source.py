"""Data Catalog sources."""

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.values import optional_text, quoted, text


def _emit(node: Node, scope: Scope) -> Text:
    variable = scope.variable(node)
    predicate = optional_text(node, "PartitionPredicate")
    pushed = f"push_down_predicate={quoted(predicate)}, " if predicate else ""
    return Text(
        f"{variable} = glueContext.create_dynamic_frame.from_catalog("
        f"database={quoted(text(node, 'Database'))}, {pushed}"
        f"table_name={quoted(text(node, 'Table'))}, transformation_ctx={quoted(variable)})"
    )


KINDS = (Kind("CatalogSource", _emit), Kind("S3CatalogSource", _emit))

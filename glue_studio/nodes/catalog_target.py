"""Data Catalog targets."""

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.values import quoted, text


def _emit(node: Node, scope: Scope) -> Text:
    variable = scope.variable(node)
    return Text(
        f"{variable} = glueContext.write_dynamic_frame.from_catalog(frame={scope.frame(node)}, "
        f"database={quoted(text(node, 'Database'))}, table_name={quoted(text(node, 'Table'))}, "
        f"transformation_ctx={quoted(variable)})"
    )


KINDS = (Kind("CatalogTarget", _emit, target=True),)

"""Every node type whose generated text is known, one small module for those that belong together.

To add one: write `emit` and `recognise` in a module here, declare its `KINDS`, name the module in
`_MODULES`, and put its golden text into the tests.
"""

from collections.abc import Mapping
from types import MappingProxyType

from glue_studio.errors import UnsupportedNodeError
from glue_studio.model import Node
from glue_studio.nodes import (
    catalog_source,
    catalog_target,
    custom_code,
    dynamic_transform,
    dynamodb_source,
    evaluate_quality,
    filters,
    jdbc_source,
    join,
    mapping,
    redshift,
    rows,
    s3_source,
    s3_target,
    select_from_collection,
    snowflake,
    spark_sql,
)
from glue_studio.nodes.base import Helper, Kind, Scope, Text

_MODULES = (
    catalog_source,
    s3_source,
    jdbc_source,
    redshift,
    snowflake,
    dynamodb_source,
    spark_sql,
    mapping,
    join,
    filters,
    rows,
    select_from_collection,
    evaluate_quality,
    custom_code,
    catalog_target,
    s3_target,
    dynamic_transform,  # last: its text is a call of any method
)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.type: kind for module in _MODULES for kind in module.KINDS}
)

HELPERS: tuple[Helper, ...] = (
    spark_sql.HELPER,
    rows.NULLS_HELPER,
    filters.HELPER,
    rows.UNION_HELPER,
    rows.AGGREGATE_HELPER,
)
# Of eras before the newest: read, and never written.
OLDER_HELPERS: tuple[Helper, ...] = (jdbc_source.OLDER_HELPER,)
LAST_HELPER = rows.AGGREGATE_HELPER.name


def kind_of(node: Node) -> Kind:
    """The kind of a node.

    Raises:
        UnsupportedNodeError: the text that Glue Studio writes for the type is not known.
    """
    try:
        return KINDS[node.type]
    except KeyError:
        raise UnsupportedNodeError(
            f"{node}: the text that Glue Studio generates for the node type {node.type} is not "
            "known, so no script can be generated.",
            node.id,
            node.type,
        ) from None


__all__ = [
    "HELPERS",
    "KINDS",
    "LAST_HELPER",
    "OLDER_HELPERS",
    "Helper",
    "Kind",
    "Scope",
    "Text",
    "kind_of",
]

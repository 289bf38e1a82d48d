"""The node types of Glue Studio: one module for those that belong together says everything about them.

Needs nothing. Gives a `Kind` for each type that the Glue API has, also where the text that Glue
Studio generates is not known. To add a text: write `emit` and `recognise` in a module here, name
them in the type's `Kind`, and put the golden text into the tests.
"""

from collections.abc import Mapping
from types import MappingProxyType

from glue_studio.model import Node
from glue_studio.nodes import (
    catalog,
    columns,
    connectors,
    custom,
    databases,
    filters,
    quality,
    rows,
    s3,
    sql,
    warehouses,
)
from glue_studio.nodes.access import Access, TableRef, reads_table_elsewhere, writes_table_elsewhere
from glue_studio.nodes.kind import Columns, Helper, Kind, Role, Scope, Text, source, target

_MODULES = (
    catalog,
    s3,
    databases,
    warehouses,
    connectors,
    sql,
    columns,
    rows,
    filters,
    quality,
    custom,  # last: the text of a visual transform is a call of any method
)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.type: kind for module in _MODULES for kind in module.KINDS}
)
"""Every node type of the Glue API, in the order in which a script's blocks are held against them."""

HELPERS: tuple[Helper, ...] = (
    sql.HELPER,
    rows.NULLS_HELPER,
    filters.HELPER,
    rows.UNION_HELPER,
    rows.AGGREGATE_HELPER,
)
# Of eras before the newest: read, and never written.
OLDER_HELPERS: tuple[Helper, ...] = (databases.OLDER_HELPER,)


def kind_of(node: Node) -> Kind:
    """The kind of a node; of a type newer than this list, what its name says."""
    return KINDS.get(node.type) or _newer(node.type)


def _newer(node_type: str) -> Kind:
    if node_type.endswith("Source"):
        return source(node_type, reads_table_elsewhere)
    if node_type.endswith("Target"):
        return target(node_type, writes_table_elsewhere)
    return Kind(node_type)


__all__ = [
    "HELPERS",
    "KINDS",
    "OLDER_HELPERS",
    "Access",
    "Columns",
    "Helper",
    "Kind",
    "Role",
    "Scope",
    "TableRef",
    "Text",
    "kind_of",
]

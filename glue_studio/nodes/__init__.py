"""Every node type whose generated text is known, one small module each."""

from collections.abc import Mapping
from types import MappingProxyType

from glue_studio.errors import UnsupportedNodeError
from glue_studio.model import Node
from glue_studio.nodes import (
    catalog_source,
    catalog_target,
    custom_code,
    data_quality,
    select_from_collection,
    spark_sql,
)
from glue_studio.nodes.base import Helper, Kind, Scope, Text

_MODULES = (
    catalog_source,
    spark_sql,
    custom_code,
    select_from_collection,
    data_quality,
    catalog_target,
)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.type: kind for module in _MODULES for kind in module.KINDS}
)


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


__all__ = ["KINDS", "Helper", "Kind", "Scope", "Text", "kind_of"]

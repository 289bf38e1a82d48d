"""Which settings the Glue API knows for a node type, read off botocore's own service model."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

_Shapes = Mapping[str, Mapping[str, Any]]


def prune(node_type: str, settings: dict[str, Any]) -> list[str]:
    """Take out of a node's settings what the API does not know, in place.

    Returns:
        The dotted names of what was taken out and held something.
    """
    shapes = _shapes()
    members = shapes["CodeGenConfigurationNode"]["members"]
    if node_type not in members:
        return []
    return list(_pruned(shapes, members[node_type]["shape"], settings, ""))


def _pruned(shapes: _Shapes, name: str, value: Any, where: str) -> Iterator[str]:
    shape = shapes[name]
    if shape["type"] == "structure" and isinstance(value, dict):
        for key in list(value):
            member = shape["members"].get(key)
            if member is None:
                if value.pop(key) not in (None, "", [], {}, False):
                    yield f"{where}{key}"
            else:
                yield from _pruned(shapes, member["shape"], value[key], f"{where}{key}.")
    elif shape["type"] == "list" and isinstance(value, list):
        for item in value:
            yield from _pruned(shapes, shape["member"]["shape"], item, where)


@cache
def _shapes() -> _Shapes:
    # botocore is large: only who reads a console download waits for it.
    from botocore.loaders import Loader  # noqa: PLC0415

    shapes: _Shapes = Loader().load_service_model("glue", "service-2")["shapes"]
    return shapes

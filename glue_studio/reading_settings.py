"""Reading settings of files that nobody has checked yet: what has the wrong type counts as empty.

That it is wrong is said by the check of the API's shapes (GS002); everything else goes on.
"""

from collections.abc import Iterator, Mapping
from typing import Any


def section(settings: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object of the settings, for example DefaultArguments; empty where there is none."""
    value = settings.get(key)
    return value if isinstance(value, Mapping) else {}


def items(settings: Mapping[str, Any], key: str) -> list[Any]:
    """A list of the settings; empty where there is none."""
    value = settings.get(key)
    return value if isinstance(value, list) else []


def objects(settings: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    """The objects in a list of the settings."""
    return (item for item in items(settings, key) if isinstance(item, Mapping))

"""Reading a job file, whichever of the three shapes of Glue Studio it has."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from glue_studio.errors import FormatError
from glue_studio.model import Job, parse_nodes


def load(source: str | bytes | Path) -> Job:
    """Read a job from a file (a Path) or from its content (str or bytes).

    Raises:
        FormatError: not JSON, or none of the three shapes.
        GraphError: a node of the graph is broken.
    """
    content = source.read_bytes() if isinstance(source, Path) else source
    document = json.loads(content)
    if not isinstance(document, Mapping):
        raise FormatError("The job file holds no JSON object.")
    return _from_api(document)


def _from_api(document: Mapping[str, Any]) -> Job:
    settings = {
        key: value
        for key, value in document.items()
        if key not in {"Name", "CodeGenConfigurationNodes"}
    }
    return Job(
        str(document["Name"]), settings, parse_nodes(document.get("CodeGenConfigurationNodes", {}))
    )

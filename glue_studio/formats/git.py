"""The shape that Glue's version control pushes: camelCase, with the graph as one string."""

import json
from collections.abc import Mapping
from typing import Any

from glue_studio.errors import FormatError
from glue_studio.formats.json_text import parse_json
from glue_studio.model import Job, dump_nodes, parse_nodes

_GRAPH = "codeGenConfigurationNodes"
_LAST = "sourceControlDetails"
# Maps whose keys are the user's own, not the service's.
_VERBATIM = frozenset({"defaultArguments", "nonOverridableArguments", "tags"})
_READ_ONLY = ("createdOn", "lastModifiedOn")


def from_git(document: Mapping[str, Any]) -> tuple[Job, list[str]]:
    """Read a job, and what was left out."""
    name = document.get("name")
    if not isinstance(name, str) or not name:
        raise FormatError("The job has no name; give it one.")
    graph = document.get(_GRAPH)
    if isinstance(graph, str):
        graph = _graph_of(graph)
    settings = {
        _upper(key): _renamed(value, _upper) if key not in _VERBATIM else value
        for key, value in document.items()
        if key not in {"name", _GRAPH, *_READ_ONLY}
    }
    notes = [
        f"{key} is what Glue answers, not a setting; it was left out."
        for key in _READ_ONLY
        if key in document
    ]
    return Job(name, settings, parse_nodes({} if graph is None else graph)), notes


def to_git_content(job: Job) -> tuple[dict[str, Any], list[str]]:
    """The JSON of a job, and what it cannot hold (nothing)."""
    content: dict[str, Any] = {"name": job.name}
    for key, value in job.settings.items():
        name = _lower(key)
        content[name] = value if name in _VERBATIM else _renamed(value, _lower)
    details = content.pop(_LAST, None)
    if job.nodes:
        content[_GRAPH] = json.dumps(
            dump_nodes(job.nodes), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
    if details is not None:
        content[_LAST] = details
    return content, []


def _graph_of(text: str) -> Any:
    if not text.strip():
        return {}
    try:
        return parse_json(text)
    except FormatError as error:
        raise FormatError(f"{_GRAPH}, a JSON text within the file: {error}") from None


def _renamed(value: Any, rename: Any) -> Any:
    if isinstance(value, Mapping):
        return {rename(key): _renamed(item, rename) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, rename) for item in value]
    return value


def _upper(key: str) -> str:
    return key[:1].upper() + key[1:]


def _lower(key: str) -> str:
    return key[:1].lower() + key[1:]

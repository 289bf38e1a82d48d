"""Which of the three shapes a job file has, and its way into the model and back.

`api` is the JSON of CreateJob and GetJob; `git` is what Glue's version control pushes; `console` is
what the console downloads and uploads. Which one a file has is told by its content.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from glue_studio.errors import FormatError
from glue_studio.formats.console import from_console, to_console_content
from glue_studio.formats.git import from_git, to_git_content
from glue_studio.formats.json_text import dump_like_jackson, parse_json, read_text
from glue_studio.model import Job, dump_nodes, parse_nodes
from glue_studio.nodes import KINDS

_READ_ONLY = ("CreatedOn", "LastModifiedOn")
_NAMELESS = "job"  # a graph alone, read from no file
_LISTS = frozenset({"Jobs", "jobs"})
# Keys that tell a job's shape: a node may be called after a type, and so stand where a type does.
_TELLING = frozenset(
    {"CodeGenConfigurationNodes", "Job", "JobUpdate", "Name", "codeGenConfigurationNodes", "dag"}
    | {"jobConfig", "name"}
)
_ORDERED = ("AdditionalOptions", "CodeGenConfigurationNodes")


class Shape(StrEnum):
    """The shape of a job file."""

    API = "api"
    GIT = "git"
    CONSOLE = "console"


@dataclass(frozen=True)
class Loaded:
    """A job read from a file.

    Attributes:
        job: the job.
        shape: what the file was.
        notes: what the model does not hold, a sentence each.
    """

    job: Job
    shape: Shape
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """A job written in one of the shapes.

    Attributes:
        shape: which one.
        content: the JSON value.
        notes: what the shape cannot hold, a sentence each.
        keeps_order: whether nodes and options stay as they are instead of being sorted: a
            recovered job's order is that of its script.
    """

    shape: Shape
    content: Mapping[str, Any]
    notes: tuple[str, ...]
    keeps_order: bool = False

    def text(self) -> str:
        """The file: indented as its writer does it, with a line feed at the end."""
        if self.shape is Shape.GIT:
            return dump_like_jackson(self.content) + "\n"
        if self.shape is Shape.CONSOLE:
            return json.dumps(self.content, indent="\t", ensure_ascii=False) + "\n"
        content = _sorted(self.content, self.keeps_order)
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def load(source: str | bytes | Path, name: str = "") -> Job:
    """Read a job from a file (a Path) or from its content (str or bytes), whichever its shape.

    Args:
        source: the file or its content.
        name: what to call a job whose file holds its graph alone; by default what the file is called.

    Raises:
        FormatError: the file cannot be read, is not JSON, or has none of the three shapes.
        GraphError: a node of the graph is broken; the message names it.
    """
    return read(source, name).job


def read(source: str | bytes | Path, name: str = "") -> Loaded:
    """Read a job as `load` does, and tell its shape and what was left out.

    Args:
        source: as for `load`.
        name: as for `load`.

    Raises:
        FormatError: the file cannot be read, is not JSON, or has none of the three shapes.
        GraphError: a node of the graph is broken; the message names it.
    """
    if isinstance(source, Path):
        name = name or source.stem
    document = _only_job(parse_json(read_text(source)))
    if not isinstance(document, Mapping):
        raise FormatError(
            f"The job file holds {_kind(document)}; a job is a JSON object. Give the file of one job."
        )
    if _is_graph(document):
        document = {"CodeGenConfigurationNodes": document}
    if set(document) == {"CodeGenConfigurationNodes"}:
        document = {"Name": name or _NAMELESS, "JobMode": "VISUAL", **document}
    shape = shape_of(document)
    reader = {Shape.API: _from_api, Shape.GIT: from_git, Shape.CONSOLE: from_console}[shape]
    job, notes = reader(document)
    return Loaded(job, shape, tuple(notes))


def _only_job(document: Any) -> Any:
    """The one job of a list, as get-jobs answers and AWS's own tool for copying jobs writes it."""
    for key in _LISTS & set(document) if isinstance(document, Mapping) else ():
        jobs = document[key]
        if not isinstance(jobs, list) or len(jobs) != 1:
            count = len(jobs) if isinstance(jobs, list) else "something other than"
            raise FormatError(
                f"The file's {key} hold {count} jobs; a job file holds one. Give one of them alone, "
                "as `aws glue get-job` does."
            )
        return jobs[0]
    return document


def _is_graph(document: Mapping[str, Any]) -> bool:
    """Whether a file holds a map of nodes alone, as `--code-gen-configuration-nodes` takes it."""
    return _TELLING.isdisjoint(document) and any(
        isinstance(node, Mapping) and not KINDS.keys().isdisjoint(node)
        for node in document.values()
    )


def shape_of(document: Mapping[str, Any]) -> Shape:
    """The shape of a job file's JSON object.

    Raises:
        FormatError: none of the three.
    """
    if "jobConfig" in document or "dag" in document:
        return Shape.CONSOLE
    if "codeGenConfigurationNodes" in document or ("name" in document and "command" in document):
        return Shape.GIT
    if {"Name", "Job", "JobUpdate"} & set(document):
        return Shape.API
    found = ", ".join(list(document)[:5]) or "no key"
    raise FormatError(
        "The file is not a Glue job: it has neither Name or CodeGenConfigurationNodes (API), "
        "codeGenConfigurationNodes (Git sync), jobConfig (console download), nor nodes of Glue "
        f"Studio; it has {found}."
    )


def write(job: Job, shape: Shape) -> Document:
    """A job in one of the shapes."""
    writer = {Shape.API: to_api, Shape.GIT: to_git, Shape.CONSOLE: to_console}[shape]
    return writer(job)


def to_api(job: Job) -> Document:
    """A job as CreateJob takes it."""
    content: dict[str, Any] = {"Name": job.name, **job.settings}
    if job.nodes:
        content["CodeGenConfigurationNodes"] = dump_nodes(job.nodes)
    return Document(Shape.API, content, (), keeps_order=job.layout is not None)


def to_git(job: Job) -> Document:
    """A job as Glue's version control writes it."""
    content, notes = to_git_content(job)
    return Document(Shape.GIT, content, tuple(notes))


def to_console(job: Job) -> Document:
    """A job as the console downloads it."""
    content, notes = to_console_content(job)
    return Document(Shape.CONSOLE, content, tuple(notes))


def _sorted(value: Any, keeps_order: bool, key: str = "") -> Any:
    """A JSON value with sorted keys, but for those whose order shows in a script."""
    if isinstance(value, Mapping):
        keys = list(value) if keeps_order and key in _ORDERED else sorted(value)
        return {name: _sorted(value[name], keeps_order, name) for name in keys}
    if isinstance(value, list):
        return [_sorted(item, keeps_order) for item in value]
    return value


def _from_api(document: Mapping[str, Any]) -> tuple[Job, list[str]]:
    """CreateJob's or GetJob's JSON, or the answer and the request that they come in."""
    content = dict(document)
    if isinstance(content.get("Job"), Mapping):
        content = dict(content["Job"])
    elif isinstance(content.get("JobUpdate"), Mapping):
        content = {"Name": content.get("JobName"), **content["JobUpdate"]}
    name = content.pop("Name", None)
    if not isinstance(name, str) or not name:
        raise FormatError("The job has no Name; give it one.")
    graph = content.pop("CodeGenConfigurationNodes", None)
    read_only = [key for key in _READ_ONLY if content.pop(key, None) is not None]
    notes = [f"{key} is what Glue answers, not a setting; it was left out." for key in read_only]
    return Job(name, content, parse_nodes({} if graph is None else graph)), notes


def _kind(document: Any) -> str:
    if isinstance(document, list):
        return f"a list of {len(document)}"
    return {str: "a text", bool: "a truth value", type(None): "null"}.get(
        type(document), "a number"
    )

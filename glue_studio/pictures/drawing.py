"""What is drawn, whatever the format: boxes and arrows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from glue_studio.access import table_of
from glue_studio.model import Job, Node
from glue_studio.nodes import kind_of

Look = Literal["source", "transform", "target", "job", "table"]


@dataclass(frozen=True)
class Box:
    """One box.

    Attributes:
        id: unique in its drawing.
        title: the first line.
        subtitle: the second line, or empty.
        kind: how it looks.
    """

    id: str
    title: str
    subtitle: str
    kind: Look


@dataclass(frozen=True)
class Drawing:
    """Boxes, and arrows between their ids; every arrow's ends are boxes."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[tuple[str, str], ...]


def draw_job(job: Job) -> Drawing:
    """The graph of one job; inputs that are not in the graph are left out."""
    boxes = tuple(
        Box(node.id, node.name or node.id, _subtitle(node), kind_of(node).role.value)
        for node in job.nodes.values()
    )
    arrows = tuple(
        (source, node.id)
        for node in job.nodes.values()
        for source in dict.fromkeys(node.inputs)
        if source in job.nodes
    )
    return Drawing(job.name, boxes, arrows)


def draw_pipeline(title: str, jobs: Sequence[Job]) -> Drawing:
    """Jobs and the places between them: tables of the Data Catalog, or S3 folders."""
    folders = {
        _folder(path): str(table)
        for job in jobs
        for node in job.nodes.values()
        if (path := node.settings.get("Path")) and (table := table_of(node)) is not None
    }
    boxes: dict[str, Box] = {}
    arrows: dict[tuple[str, str], None] = {}
    for job in jobs:
        job_id = f"job {job.name}"
        boxes[job_id] = Box(job_id, job.name, "job", "job")
        for node in job.nodes.values():
            for place in _places(node):
                name = folders.get(place, place)
                place_id = f"place {name.lower()}"
                boxes.setdefault(place_id, _place_box(place_id, name))
                arrow = (
                    (job_id, place_id)
                    if kind_of(node).role.value == "target"
                    else (place_id, job_id)
                )
                arrows[arrow] = None
    return Drawing(title, tuple(boxes.values()), tuple(arrows))


def _places(node: Node) -> Iterator[str]:
    """What a source reads or a target writes; nothing for a transform."""
    if kind_of(node).role.value == "transform":
        return
    settings = node.settings
    table = table_of(node)
    if isinstance(settings.get("Paths"), list):
        yield from (_folder(path) for path in settings["Paths"])
    elif table is not None:
        yield str(table)
    elif isinstance(settings.get("Path"), str):
        yield _folder(settings["Path"])
    else:
        yield f"{node.type} {node.name}"


def _place_box(box_id: str, name: str) -> Box:
    if name.startswith("s3://"):
        return Box(box_id, name, "S3 folder", "table")
    database, dot, table = name.partition(".")
    return Box(box_id, table, database, "table") if dot else Box(box_id, name, "", "table")


def _subtitle(node: Node) -> str:
    table = table_of(node)
    return f"{node.type} · {table}" if table is not None else node.type


def _folder(path: object) -> str:
    return str(path).rstrip("/") + "/"

"""The house: which package stands on which, the rooms inside, and the picture of them.

Read off the imports. `python -m tests.house` draws docs/pictures/house.svg anew.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from glue_studio.pictures import Box, Drawing, as_svg
from glue_studio.pictures.drawing import Look

PROJECT = Path(__file__).resolve().parent.parent
PICTURE = PROJECT / "docs" / "pictures" / "house.svg"
# From the ground up: a package to the packages of this project that it may import.
MAY_IMPORT: Mapping[str, frozenset[str]] = {
    "common": frozenset(),
    "glue_studio": frozenset({"common"}),
    "validation": frozenset({"common", "glue_studio"}),
    "deploy": frozenset({"common", "glue_studio", "validation"}),
    "sandbox": frozenset({"common", "glue_studio", "deploy"}),
    "toolchain": frozenset(),
}
# The folders whose folders are rooms. What a job imports has a path of its own.
_RUNTIME = "sandbox/glue/runtime"
_HALLS = ("glue_studio", "validation", "sandbox", "sandbox/athena", "sandbox/glue", _RUNTIME)
_LOOKS: Mapping[str, Look] = {
    "glue_studio": "job",
    "validation": "target",
    "sandbox": "source",
    "deploy": "table",
}


def modules() -> Mapping[str, Path]:
    """Each module's name, as it is imported, to its file."""
    found = {}
    for package in MAY_IMPORT:
        for file in sorted((PROJECT / package).rglob("*.py")):
            parts = file.relative_to(PROJECT).with_suffix("").parts
            if file.is_relative_to(PROJECT / _RUNTIME):
                parts = parts[3:]
            found[".".join(parts).removesuffix(".__init__")] = file
    return found


@cache
def imports() -> Mapping[str, frozenset[str]]:
    """Each module to the modules of this project that it imports, wherever in its text."""
    known = modules()
    return {name: frozenset(_imported(name, file, known)) - {name} for name, file in known.items()}


def room(file: Path) -> str:
    """The room that a file stands in: the folder below a hall, or the file itself."""
    path = file.relative_to(PROJECT).as_posix()
    hall = max((h for h in _HALLS if path.startswith(f"{h}/")), key=len, default="")
    inside = path.removeprefix(f"{hall}/").split("/")
    place = inside[0].removesuffix(".py") if hall else inside[0]
    return f"{hall}/{place}" if hall else place


def rooms() -> Mapping[str, frozenset[str]]:
    """Each room to the other rooms that it imports from."""
    known = modules()
    found: dict[str, set[str]] = {}
    for name, others in imports().items():
        here = found.setdefault(room(known[name]), set())
        here |= {room(known[other]) for other in others}
    return {name: frozenset(others - {name}) for name, others in found.items()}


def circles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """What is left of a graph when all that stands on firm ground is taken away: its circles."""
    left = {name: set(others) for name, others in graph.items()}
    while firm := {name for name, others in left.items() if not others & left.keys()}:
        left = {name: others for name, others in left.items() if name not in firm}
    return [[name, *sorted(others & left.keys())] for name, others in sorted(left.items())]


def draw() -> Drawing:
    """The rooms that are folders, each to the right of those that it needs; all need `common`."""
    graph = rooms()
    folders = sorted(n for n in graph if (PROJECT / n).is_dir() and n != "common")

    @cache
    def needs(name: str) -> frozenset[str]:
        """The folders that a room reaches, also through modules that stand beside the rooms."""
        direct = graph[name]
        through = frozenset().union(*(needs(n) for n in direct if n not in folders))
        return direct.intersection(folders) | through

    @cache
    def below(name: str) -> frozenset[str]:
        return needs(name).union(*(below(n) for n in needs(name)))

    arrows = [
        (ground, name)
        for name in folders
        for ground in sorted(needs(name) - {name})
        if not any(ground in below(n) for n in needs(name) if n not in {ground, name})
    ]
    boxes = tuple(_box(name) for name in folders)
    return Drawing("What stands on what", boxes, tuple(arrows))


def _box(name: str) -> Box:
    hall, _, title = name.rpartition("/")
    package = name.partition("/")[0]
    return Box(name, title, hall, _LOOKS.get(package, "transform"))


def _imported(name: str, file: Path, known: Mapping[str, Path]) -> Iterator[str]:
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            wanted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join(
                [*(above if node.level else []), *([node.module] if node.module else [])]
            )
            wanted = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for full in wanted:
            yield from [n for n in (full, full.rpartition(".")[0]) if n in known][:1]


if __name__ == "__main__":
    PICTURE.write_text(as_svg(draw()), encoding="utf-8")

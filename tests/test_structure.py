"""What docs/adr/0002 promises of the structure, and what no file may contain."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from glue_studio.pictures import as_svg
from tests import house

PROJECT = Path(__file__).resolve().parent.parent
_TOP = {
    *house.MAY_IMPORT,
    "athena_sql",
    "docs",
    "glue_scripts",
    "glue_studio_json",
    "terraform",
    "tests",
}


@pytest.mark.parametrize("package", house.MAY_IMPORT)
def test_dependencies_point_one_way(package: str) -> None:
    known = house.modules()
    wrong = {
        f"{name} imports {other}"
        for name, others in house.imports().items()
        for other in others
        if (here := known[name].relative_to(PROJECT).parts[0]) == package
        and (there := known[other].relative_to(PROJECT).parts[0]) != here
        and there not in house.MAY_IMPORT[package]
    }
    assert not wrong


def test_no_module_and_no_room_stands_in_a_circle() -> None:
    assert house.circles(house.imports()) == []
    assert house.circles(house.rooms()) == []


def test_a_circle_is_found() -> None:
    assert house.circles({"a": ["b"], "b": ["c"], "c": ["b"], "d": ["a"]}) != []
    assert house.circles({"a": ["b"], "b": ["c"], "c": [], "d": ["a"]}) == []


def test_the_picture_of_the_house_is_current() -> None:
    drawn = as_svg(house.draw())
    assert house.PICTURE.read_text(encoding="utf-8") == drawn, "run: python -m tests.house"


@pytest.mark.parametrize("guide", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_guides_name_files_that_are_there(guide: str) -> None:
    text = (PROJECT / guide).read_text(encoding="utf-8")
    named = {n for n in re.findall(r"`([\w.-]+/[\w./-]*)`", text) if n.split("/")[0] in _TOP}
    assert len(named) > 10
    assert [name for name in sorted(named) if not (PROJECT / name).exists()] == []


def test_glue_studio_imports_light() -> None:
    """No pandas, awswrangler, pyspark or boto3 for reading and generating jobs."""
    code = (
        "import sys, glue_studio\n"
        "print(sorted({'pandas', 'awswrangler', 'pyspark', 'boto3'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def _committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return [PROJECT / name for name in listed.stdout.split("\0") if name]


@pytest.mark.parametrize("name", ["requirements.lock", "tests/terraform/checkov.lock"])
def test_a_lock_pins_everything_and_names_no_index(name: str) -> None:
    lock = (PROJECT / name).read_text()
    for line in filter(None, lock.splitlines()):
        assert re.match(
            r"[a-zA-Z0-9_.-]+(\[[a-z0-9,_-]+\])?==\S+ \\$|    --hash=sha256:|# ", line
        ), line


@pytest.mark.parametrize("file", [f for f in _committed() if f.suffix == ".md"], ids=str)
def test_links_between_documents_lead_somewhere(file: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", file.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (file.parent / target).exists(), f"{file.name} links {target}"


@pytest.mark.parametrize(
    "file", sorted((PROJECT / "docs" / "adr").glob("*.md")), ids=lambda f: f.stem
)
def test_decision_records_have_one_head(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.startswith(f"# {file.name[:4]}. ")
    parts = ["**Context.** ", "**Decision.** ", "**Consequences.** "]
    assert re.findall(r"^\*\*\w+\.\*\* ", text, re.MULTILINE) == parts

"""What docs/adr/0002 promises of the structure, and what no file may contain."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
# A package to the packages of this project that it may import.
MAY_IMPORT = {
    "common": set[str](),
    "glue_studio": {"common"},
    "validation": {"common", "glue_studio"},
    "deploy": {"common", "glue_studio", "validation"},
    "toolchain": set[str](),
    "sandbox": {"common", "glue_studio", "deploy"},
}


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_dependencies_point_one_way(package: str) -> None:
    imported = {
        (str(file.relative_to(PROJECT)), name)
        for file in (PROJECT / package).rglob("*.py")
        for name in _imports(file)
        if name in MAY_IMPORT and name != package
    }
    assert {name for _, name in imported} <= MAY_IMPORT[package], sorted(imported)


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


def test_the_lock_pins_everything_and_names_no_index() -> None:
    lock = (PROJECT / "requirements.lock").read_text()
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

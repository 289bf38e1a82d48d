"""docs/checks.md and the code stay together: every code is there, and its examples do what it says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from glue_studio.check import CODES
from glue_studio.cli import main

_PAGE = (Path(__file__).parents[3] / "docs" / "checks.md").read_text(encoding="utf-8")
_SECTION = re.compile(
    r"^## (?P<code>GS\d{3}) (?P<name>[a-z0-9-]+)\n\n(?P<text>[^\n]+)\n\n"
    r"Found:\n\n```(?:json|text)\n(?P<bad>.*?)\n```\n\nNot found:\n\n```json\n(?P<good>.*?)\n```$",
    re.MULTILINE | re.DOTALL,
)
_SECTIONS = {section["code"]: section for section in _SECTION.finditer(_PAGE)}


def _found(example: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    jobs = folder / "glue_studio_json"
    jobs.mkdir()
    try:
        documents = json.loads(example)
    except ValueError:
        (jobs / "orders.json").write_text(example, encoding="utf-8")
        documents = []
    for document in documents if isinstance(documents, list) else [documents]:
        job = document
        if "CodeGenConfigurationNodes" not in document:
            job = {"Name": "orders", "CodeGenConfigurationNodes": document}
        (jobs / f"{job['Name']}.json").write_text(json.dumps(job, indent=1), encoding="utf-8")
    main(["check", "--project", str(folder), "--format", "json"])
    findings: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["findings"]
    return findings


def test_the_page_has_every_code_and_no_other() -> None:
    assert list(_SECTIONS) == list(CODES)


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: str(code.id))
def test_a_section_and_a_row_say_what_the_code_says(code: Any) -> None:
    section = _SECTIONS[code.id]
    assert section["name"] == code.name
    assert section["text"].startswith(code.summary)
    assert section["text"].endswith(f"({code.severity.value.capitalize()})")
    row = f"| [{code.id}](#{code.id.lower()}-{code.name}) | {code.name} | {code.severity.value} |"
    assert f"{row} {code.summary} |" in _PAGE


@pytest.mark.parametrize("code", CODES)
def test_the_bad_example_is_found(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = _found(_SECTIONS[code]["bad"], tmp_path, capsys)
    about = [finding for finding in findings if finding["code"] == code]
    assert about
    assert all(finding["reason"].endswith((".", "?")) for finding in about)
    assert all(finding["remedy"].endswith(".") for finding in about)


@pytest.mark.parametrize("code", CODES)
def test_the_good_example_is_not_found_and_has_no_error(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = _found(_SECTIONS[code]["good"], tmp_path, capsys)
    assert [finding for finding in findings if finding["code"] == code] == []
    assert [finding for finding in findings if finding["severity"] == "error"] == []

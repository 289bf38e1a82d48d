"""Findings for people (text), for programs (JSON) and for code review tools (SARIF 2.1.0)."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from common.text import printable
from glue_studio.check.findings import CODES, Finding, Severity

SCHEMA_VERSION = 1
"""Of the JSON report; counted up when a reader of the old one would misread the new one."""

_PAGE = "docs/checks.md"


@dataclass(frozen=True)
class Checked:
    """One job file and what was found in it.

    Attributes:
        file: its path as given, with forward slashes, or `standard input`.
        job: the job's name; empty where the file could not be read.
        content: the file's text, for line numbers.
        findings: what was found.
    """

    file: str
    job: str
    content: str
    findings: tuple[Finding, ...]


def counts(checked: Sequence[Checked]) -> tuple[int, int]:
    """Numbers of errors and of warnings."""
    severities = [finding.severity for part in checked for finding in part.findings]
    return severities.count(Severity.ERROR), severities.count(Severity.WARNING)


def as_text(checked: Sequence[Checked]) -> str:
    """Two lines a finding, then one line in all; safe to print."""
    lines: list[str] = []
    for part in checked:
        numbers = _Lines(part.content)
        for finding in part.findings:
            code = CODES[finding.code]
            place = f"{printable(part.file)}:{numbers.of(finding)}"
            node = f" {printable(str(finding.node))}:" if finding.node else ""
            lines.append(
                f"{place}: {code.severity.value} {code.id} {code.name}:{node} "
                f"{printable(finding.reason)}"
            )
            lines.append(f"    {printable(finding.remedy)}")
    errors, warnings = counts(checked)
    lines.append(
        f"{_number(len(checked), 'job')} checked: {_number(errors, 'error')}, "
        f"{_number(warnings, 'warning')}."
    )
    return "\n".join(lines) + "\n"


def as_json(checked: Sequence[Checked]) -> str:
    """An object with `version`, `jobs`, `errors`, `warnings` and `findings`."""
    errors, warnings = counts(checked)
    findings = [
        {
            "code": finding.code,
            "name": CODES[finding.code].name,
            "severity": finding.severity.value,
            "file": part.file,
            "line": line,
            "job": part.job,
            "node": finding.node.id if finding.node else None,
            "node_name": finding.node.name if finding.node else None,
            "node_type": finding.node.type if finding.node else None,
            "text_line": finding.detail or None,
            "reason": finding.reason,
            "remedy": finding.remedy,
        }
        for part, finding, line in _each(checked)
    ]
    document = {
        "version": SCHEMA_VERSION,
        "jobs": len(checked),
        "errors": errors,
        "warnings": warnings,
        "findings": findings,
    }
    return json.dumps(document, indent=2) + "\n"


def as_sarif(checked: Sequence[Checked]) -> str:
    """A SARIF 2.1.0 log with one run, as GitHub code scanning and editors read it."""
    ids = list(CODES)
    rules = [
        {
            "id": code.id,
            "name": "".join(word.capitalize() for word in code.name.split("-")),
            "shortDescription": {"text": code.summary},
            "help": {"text": f"{code.summary} See {code.id} in {_PAGE}."},
            "defaultConfiguration": {"level": code.severity.value},
        }
        for code in CODES.values()
    ]
    results = [
        {
            "ruleId": finding.code,
            "ruleIndex": ids.index(finding.code),
            "level": finding.severity.value,
            "message": {"text": printable(f"{finding.reason} {finding.remedy}")},
            "locations": [_location(part, finding, line)],
        }
        for part, finding, line in _each(checked)
    ]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "glue_studio", "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def _each(checked: Sequence[Checked]) -> Iterator[tuple[Checked, Finding, int]]:
    for part in checked:
        numbers = _Lines(part.content)
        for finding in part.findings:
            yield part, finding, numbers.of(finding)


def _location(part: Checked, finding: Finding, line: int) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(part.file, safe="/")},
            "region": {"startLine": line},
        }
    }
    if finding.node is not None:
        location["logicalLocations"] = [
            {
                "name": printable(finding.node.name),
                "fullyQualifiedName": printable(f"{part.job}/{finding.node.id}"),
                "kind": "object",
            }
        ]
    return location


class _Lines:
    """Where the nodes of a file begin: at the id as a key, else at its first mention."""

    _ID = re.compile(r'\\?"([A-Za-z0-9_-]+)\\?"(\s*:)?')

    def __init__(self, content: str) -> None:
        self._content = content
        self._places: dict[str, int] | None = None

    def of(self, finding: Finding) -> int:
        if finding.node is None:
            return 1
        if self._places is None:
            self._places = self._found()
        return self._places.get(finding.node.id, 1)

    def _found(self) -> dict[str, int]:
        keys: dict[str, int] = {}
        mentions: dict[str, int] = {}
        line, counted = 1, 0
        for match in self._ID.finditer(self._content):
            line += self._content.count("\n", counted, match.start())
            counted = match.start()
            (keys if match[2] else mentions).setdefault(match[1], line)
        return mentions | keys


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from validation.model import SCHEMA_VERSION, CheckResult, Report


def render(report: Report) -> str:
    """report.json, in the shape of docs/report-schema.json."""
    return json.dumps(document(report), indent=2, ensure_ascii=False, default=_plain) + "\n"


def document(report: Report) -> dict[str, Any]:
    """The same as a dict; `history` is left out, since each run is kept by itself."""
    return {
        "schema_version": SCHEMA_VERSION,
        "verdict": report.verdict,
        "exit_code": report.exit_code,
        "run": asdict(report.identity),
        "summary": {
            "checks": len(report.checks),
            "passed": sum(check.outcome == "passed" for check in report.checks),
            "warned": sum(check.outcome == "warned" for check in report.checks),
            "failed": sum(check.outcome == "failed" for check in report.checks),
            "not_evaluated": sum(check.outcome == "not_evaluated" for check in report.checks),
            "queries": len(report.queries),
            "bytes_scanned": report.bytes_scanned,
        },
        "checks": [_check(check, report) for check in report.checks],
        "tables": [asdict(table) for table in report.tables],
        "jobs": [asdict(job) for job in report.jobs],
        "queries": [asdict(query) for query in report.queries],
        "notes": list(report.notes),
    }


def _check(check: CheckResult, report: Report) -> dict[str, Any]:
    query = next((query for query in report.queries if query.name == check.query), None)
    return {
        **asdict(check),
        "group": check.group,
        "difference": check.difference,
        "seconds": query.seconds if query else None,
        "query_id": query.query_id if query else None,
        "console_url": query.console_url if query else None,
    }


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no place in a report")

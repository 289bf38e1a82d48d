"""What the quality rules of job runs came to, as Glue's data quality result calls show it."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

from sandbox.aws_json import RequestContext
from sandbox.glue.api.entities import not_found, page, shown

_LISTED = ("ResultId", "JobName", "JobRunId", "StartedOn")


class QualityResults:
    """The results of one region."""

    def __init__(self, lock: RLock) -> None:
        self._lock = lock
        self._results: dict[str, dict[str, Any]] = {}

    def operations(self) -> dict[str, Any]:
        """Operation name to handler."""
        return {
            "GetDataQualityResult": self._get,
            "BatchGetDataQualityResult": self._batch_get,
            "ListDataQualityResults": self._list,
        }

    def keep(self, files: Iterable[Path]) -> None:
        """Take in what a run wrote: one result a file, times as ISO 8601."""
        with self._lock:
            for file in files:
                result = json.loads(file.read_text(encoding="utf-8"))
                for time in ("StartedOn", "CompletedOn"):
                    result[time] = datetime.fromisoformat(result[time])
                self._results[result["ResultId"]] = result

    def _get(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            found = self._results.get(parameters["ResultId"])
            if found is None:
                raise not_found("Data quality result", parameters["ResultId"])
            return shown(found)

    def _batch_get(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        ids = parameters["ResultIds"]
        with self._lock:
            return {
                "Results": [shown(self._results[i]) for i in ids if i in self._results],
                "ResultsNotFound": [i for i in ids if i not in self._results],
            }

    def _list(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        wanted = parameters.get("Filter") or {}
        with self._lock:
            newest_first = list(self._results.values())[::-1]
            found = [result for result in newest_first if _matches(result, wanted)]
            return page(parameters, "Results", found, _summary)


def _summary(result: Mapping[str, Any]) -> dict[str, Any]:
    return {member: result[member] for member in _LISTED}


def _matches(result: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    started = result["StartedOn"]
    return (
        # A result is of a frame inside a job; those of a table come from ruleset runs alone.
        "DataSource" not in wanted
        and wanted.get("JobName", result["JobName"]) == result["JobName"]
        and wanted.get("JobRunId", result["JobRunId"]) == result["JobRunId"]
        and started > _time(wanted.get("StartedAfter"), datetime.min.replace(tzinfo=UTC))
        and started < _time(wanted.get("StartedBefore"), datetime.max.replace(tzinfo=UTC))
    )


def _time(epoch_seconds: float | None, default: datetime) -> datetime:
    return default if epoch_seconds is None else datetime.fromtimestamp(epoch_seconds, UTC)

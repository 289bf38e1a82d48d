"""Data quality: rulesets as Glue keeps them beside a table, and what the rules of job runs came to."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

from glue_studio import dqdl
from sandbox.aws_json import RequestContext
from sandbox.glue.api.entities import Registry, invalid_input, not_found, now, page, shown

_LISTED = ("ResultId", "JobName", "JobRunId", "StartedOn")


class Rulesets:
    """The rulesets of one region."""

    def __init__(self, arn_prefix: str, lock: RLock) -> None:
        self.registry = Registry("Data quality ruleset", "dataQualityRuleset", arn_prefix)
        self._lock = lock

    def operations(self) -> dict[str, Any]:
        """Operation name to handler."""
        return {
            "CreateDataQualityRuleset": self._create,
            "GetDataQualityRuleset": self._get,
            "UpdateDataQualityRuleset": self._update,
            "DeleteDataQualityRuleset": self._delete,
            "ListDataQualityRulesets": self._list,
        }

    def _create(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        name = parameters["Name"]
        rule_count(parameters["Ruleset"])
        kept = {
            k: v
            for k, v in parameters.items()
            if k in {"Name", "Description", "Ruleset", "TargetTable"}
        }
        with self._lock:
            ruleset = {**kept, "CreatedOn": now(), "LastModifiedOn": now()}
            self.registry.add(name, ruleset, parameters.get("Tags"))
        return {"Name": name}

    def _get(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            return shown(self.registry.get(parameters["Name"]))

    def _update(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        name = parameters["Name"]
        with self._lock:
            ruleset = {**self.registry.get(name), **parameters, "LastModifiedOn": now()}
            rule_count(ruleset["Ruleset"])
            self.registry.replace(name, ruleset)
            return {k: ruleset.get(k) for k in ("Name", "Description", "Ruleset")}

    def _delete(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            self.registry.get(parameters["Name"])
            self.registry.remove(parameters["Name"])
        return {}

    def _list(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        wanted = parameters.get("Filter") or {}
        with self._lock:
            found = [r for r in self.registry.list(parameters) if _ruleset_matches(r, wanted)]
            return page(parameters, "Rulesets", found, _ruleset_summary)


def rule_count(ruleset: str) -> int:
    """The number of rules in a DQDL text.

    Raises:
        AwsError: InvalidInputException when it is not DQDL, or has neither rules nor analyzers.
    """
    try:
        parsed = dqdl.parse(ruleset)
    except dqdl.DqdlError as error:
        raise invalid_input(f"The ruleset is not DQDL: {error}") from error
    if not parsed.rules and not parsed.analyzers:
        raise invalid_input("The ruleset is empty: it needs one rule or analyzer at least.")
    return len(parsed.rules)


def _ruleset_summary(ruleset: dict[str, Any]) -> dict[str, Any]:
    summary = {k: v for k, v in shown(ruleset).items() if k != "Ruleset"}
    return {**summary, "RuleCount": rule_count(ruleset["Ruleset"])}


def _ruleset_matches(ruleset: dict[str, Any], wanted: dict[str, Any]) -> bool:
    table = wanted.get("TargetTable") or {}
    return (
        wanted.get("Name", ruleset["Name"]) == ruleset["Name"]
        and wanted.get("Description", ruleset.get("Description")) == ruleset.get("Description")
        and table.items() <= (ruleset.get("TargetTable") or {}).items()
    )


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
            found = [result for result in newest_first if _result_matches(result, wanted)]
            return page(parameters, "Results", found, _result_summary)


def _result_summary(result: Mapping[str, Any]) -> dict[str, Any]:
    return {member: result[member] for member in _LISTED}


def _result_matches(result: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
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

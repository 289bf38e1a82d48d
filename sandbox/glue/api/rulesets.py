"""Data quality rulesets as Glue keeps them beside a table."""

from threading import RLock
from typing import Any

from glue_studio import dqdl
from sandbox.aws_json import RequestContext
from sandbox.glue.api.entities import Registry, invalid_input, now, page, shown


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
            found = [r for r in self.registry.list(parameters) if _matches(r, wanted)]
            return page(parameters, "Rulesets", found, _summary)


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


def _summary(ruleset: dict[str, Any]) -> dict[str, Any]:
    summary = {k: v for k, v in shown(ruleset).items() if k != "Ruleset"}
    return {**summary, "RuleCount": rule_count(ruleset["Ruleset"])}


def _matches(ruleset: dict[str, Any], wanted: dict[str, Any]) -> bool:
    table = wanted.get("TargetTable") or {}
    return (
        wanted.get("Name", ruleset["Name"]) == ruleset["Name"]
        and wanted.get("Description", ruleset.get("Description")) == ruleset.get("Description")
        and table.items() <= (ruleset.get("TargetTable") or {}).items()
    )

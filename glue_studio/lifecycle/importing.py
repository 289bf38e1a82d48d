"""Cleaning a job of what belongs to one account, so that its file works in every environment."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from glue_studio.model import Job, Node


@dataclass(frozen=True)
class Removal:
    """One thing taken out of a job.

    Attributes:
        path: where it was, for example `DefaultArguments.--TempDir`.
        value: what it was, as JSON text.
        why: half a sentence.
    """

    path: str
    value: str
    why: str


@dataclass(frozen=True)
class Cleaned:
    """A job without what belongs to one account.

    Attributes:
        job: what is left.
        removed: what was taken out.
        remaining: settings of nodes that name an account and cannot be taken out without changing
            what the job does: one sentence each.
    """

    job: Job
    removed: tuple[Removal, ...]
    remaining: tuple[str, ...]


def clean(job: Job) -> Cleaned:
    """Take out role, script location, asset buckets, source control, tags and deprecated capacity."""
    removed: list[Removal] = []
    settings: dict[str, Any] = {}
    for key, value in job.settings.items():
        if value is None:
            continue
        why = _WHY.get(key, "")
        if key == "MaxCapacity":
            why = "worked out by Glue from the workers" if job.settings.get("WorkerType") else ""
        if why:
            removed.append(Removal(key, _json(value), why))
        elif isinstance(value, Mapping) and key in _INNER:
            settings[key] = _without(value, key, _INNER[key], removed)
        else:
            settings[key] = value
    settings = {key: value for key, value in settings.items() if value != {} or key == "Command"}
    remaining = tuple(
        f"{node}: {named}; use a Data Catalog table, or a path without the account."
        for node in job.nodes.values()
        for named in account_names(node)
    )
    return Cleaned(replace(job, settings=settings), tuple(removed), remaining)


_WHY = {
    "Role": "the deployment's: each environment has its own role",
    "SourceControlDetails": "the repository is where the file is",
    "AllocatedCapacity": "deprecated: WorkerType and NumberOfWorkers say it",
    "CreatedOn": "not a setting",
    "LastModifiedOn": "not a setting",
    "ProfileName": "not a setting",
    "AutoUpgradeMetadata": "not a setting",
    "LogUri": "reserved by Glue",
    "Tags": "the deployment's",
}
_INNER = {
    "Command": {"ScriptLocation": "the deployment's: Glue writes the script there"},
    "DefaultArguments": {
        "--TempDir": "the deployment's: a bucket of one account",
        "--spark-event-logs-path": "the deployment's: a bucket of one account",
    },
    "NonOverridableArguments": {},
}
# aws-glue-assets-<account>-<region> is what the console makes; 12 digits are an account in an ARN
# or in a bucket's name, and never the 13 of a node's id. The bucket of Glue's own transforms has
# an account in its name that is AWS's: every job of the region reads it.
_ACCOUNT = re.compile(r"aws-glue-assets-|(?<!aws-glue-studio-transforms-)(?<!\d)\d{12}(?!\d)")


def _without(
    value: Mapping[str, Any], path: str, named: Mapping[str, str], removed: list[Removal]
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, inner in value.items():
        if inner is None:
            continue
        why = named.get(key, "")
        if not why and isinstance(inner, str) and _ACCOUNT.search(inner):
            why = "names one account; give it in the deployment where the job needs it"
        if why:
            removed.append(Removal(f"{path}.{key}", _json(inner), why))
        else:
            kept[key] = inner
    return kept


def account_names(node: Node) -> Iterator[str]:
    """What of a node's settings names one account, a clause each."""
    for path, text in _texts(node.settings, ""):
        # SQL, code and rulesets may hold any number; only what names a place is told.
        if "\n" not in text and ("arn:" in text or "s3://" in text) and _ACCOUNT.search(text):
            yield f"{path} names one account ({text})"


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{index}]")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)

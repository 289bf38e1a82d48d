"""What differs between two jobs: settings, and nodes added, removed and changed."""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from common.text import printable
from glue_studio.model import Job, Node


@dataclass(frozen=True)
class Change:
    """One value that differs.

    Attributes:
        path: where it is, for example `SqlAliases[0].Alias`.
        before, after: JSON values; `ABSENT` where there is none.
    """

    path: str
    before: Any
    after: Any


class Absent:
    """The type of `ABSENT`."""

    def __repr__(self) -> str:
        return "(none)"


ABSENT = Absent()
"""Stands for a value that one side does not have."""


@dataclass(frozen=True)
class NodeChange:
    """A node that both sides have, and that is not the same.

    Attributes:
        before, after: the node on either side; ids are equal, types may differ.
        changes: what differs in its settings; empty where only the type does.
    """

    before: Node
    after: Node
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class JobDiff:
    """The difference of two jobs; falsy where there is none."""

    settings: tuple[Change, ...]
    removed: tuple[Node, ...]
    added: tuple[Node, ...]
    changed: tuple[NodeChange, ...]

    def __bool__(self) -> bool:
        return bool(self.settings or self.removed or self.added or self.changed)


def diff_jobs(before: Job, after: Job) -> JobDiff:
    """What turns `before` into `after`, the jobs' names included.

    Empty values (null, "", [], {}) count as absent: Glue Studio writes them or leaves them out as
    it pleases.
    """
    return JobDiff(
        tuple(_changes("", _with_name(before), _with_name(after))),
        *diff_nodes(before.nodes, after.nodes),
    )


def diff_nodes(
    before: Mapping[str, Node], after: Mapping[str, Node]
) -> tuple[tuple[Node, ...], tuple[Node, ...], tuple[NodeChange, ...]]:
    """Nodes removed, added and changed, each in its own side's order."""
    removed = tuple(node for node in before.values() if node.id not in after)
    added = tuple(node for node in after.values() if node.id not in before)
    changed = []
    for node in after.values():
        old = before.get(node.id)
        if old is None:
            continue
        changes = tuple(_changes("", old.settings, node.settings))
        if changes or old.type != node.type:
            changed.append(NodeChange(old, node, changes))
    return removed, added, tuple(changed)


def diff_settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs between two objects of settings."""
    return tuple(_changes("", before, after))


def render(diff: JobDiff) -> list[str]:
    """The difference as lines for a person: texts of several lines as a unified diff.

    Every line is safe to print: see `common.text`.
    """
    lines = [line for change in diff.settings for line in _rendered(change)]
    lines += [f"- {_title(node)}" for node in diff.removed]
    for node in diff.added:
        lines.append(f"+ {_title(node)}")
        for key, value in node.settings.items():
            if key not in ("Name", "Inputs") and not _empty(value):
                lines += _indent(_rendered(Change(key, ABSENT, value)))
    for change in diff.changed:
        lines.append(f"~ {_title(change.after)}")
        if change.before.type != change.after.type:
            lines.append(f"    type: {change.before.type} → {change.after.type}")
        for part in change.changes:
            lines += _indent(_rendered(part))
    return lines


def _with_name(job: Job) -> dict[str, Any]:
    return {"Name": job.name, **job.settings}


def _title(node: Node) -> str:
    return printable(f"{node.type} “{node.name}” ({node.id})")


def _changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            inner = f"{path}.{key}" if path else str(key)
            yield from _changes(inner, before.get(key), after.get(key))
    elif _empty(before) and _empty(after):
        return
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _changes(f"{path}[{index}]", old, new)
    elif not _same(before, after):
        yield Change(path, _or_absent(before), _or_absent(after))


def _empty(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_empty(item) for item in value.values())
    return value is None or value in ("", [])


def _or_absent(value: Any) -> Any:
    return ABSENT if _empty(value) else value


def _same(before: Any, after: Any) -> bool:
    """Equal as JSON: 1 and 1.0 are, 1 and true are not, absent and empty are."""
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return not any(_changes("", before, after))
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_same, before, after))
    return bool(before == after)


def _rendered(change: Change) -> list[str]:
    path, before, after = printable(change.path), change.before, change.after
    if _is_text(before) or _is_text(after):
        old = before.splitlines() if isinstance(before, str) else []
        new = after.splitlines() if isinstance(after, str) else []
        diff = list(difflib.unified_diff(old, new, lineterm="", n=2))[2:]
        if not diff:
            return [f"{path}: only line endings differ"]
        return [f"{path}:", *(f"  {printable(line)}" for line in diff)]
    return [f"{path}: {_value(before)} → {_value(after)}"]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\n" in value.strip("\n")


def _value(value: Any) -> str:
    if isinstance(value, Absent):
        return repr(value)
    return printable(json.dumps(value, ensure_ascii=False, default=str))


def _indent(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]

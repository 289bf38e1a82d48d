"""Checking visual jobs before AWS sees them.

Needs a job file; column checks also need table definitions, where there are any. Gives findings,
each with a code, a node, a reason and a remedy; docs/checks.md lists them all. Nothing in a job is
run, and no network is used.
"""

from collections.abc import Iterable, Mapping, Sequence

from glue_studio.access import TableRef
from glue_studio.check import (
    fields,
    graph,
    shapes,
    sql,
    targets,
    texts,
)
from glue_studio.check import job as job_checks
from glue_studio.check.context import Context
from glue_studio.check.findings import CODES, Code, Finding, Severity
from glue_studio.model import Job
from glue_studio.nodes import Columns

__all__ = ["CODES", "Code", "Finding", "Severity", "check_job"]

_PASSES = (shapes, job_checks, graph, sql, fields, targets, texts)


def check_job(
    job: Job,
    tables: Mapping[TableRef, Columns] | None = None,
    catalogued: Iterable[TableRef] = (),
    table_folders: Mapping[str, TableRef] | None = None,
    written: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Finding, ...]:
    """Everything that is wrong with a job, or may be; errors first, then in the graph's order.

    Args:
        job: the job.
        tables: columns of catalog tables, names in lower case.
        catalogued: tables that other jobs of the project name.
        table_folders: S3 folder to the table that a job of the project writes there.
        written: what other jobs of the project write, to the jobs' names.
    """
    context = Context(job, tables or {}, frozenset(catalogued), table_folders, written)
    found = [finding for part in _PASSES for finding in part.find(context)]
    found = [finding for finding in found if not _told_better(finding, found)]
    places = {node_id: number for number, node_id in enumerate(job.nodes)}

    def rank(finding: Finding) -> tuple[bool, int, str]:
        place = places.get(finding.node.id, -1) if finding.node else -1
        return finding.severity is not Severity.ERROR, place, finding.code

    return tuple(sorted(found, key=rank))


def _told_better(finding: Finding, found: list[Finding]) -> bool:
    """Whether an error about the same node says why no script can be generated."""
    return finding.code == "GS007" and any(
        other.node == finding.node and other.severity is Severity.ERROR and other is not finding
        for other in found
    )

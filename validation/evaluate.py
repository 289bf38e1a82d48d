"""One run: asks Athena and AWS at once, judges, and gives the report."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from validation.athena.bundles import Bundle, Replies, Reply, ask
from validation.athena.queries import Answer, Service
from validation.checks import (
    SqlCheck,
    breaches_query,
    bundles,
    counts_query,
    rows_by_file_query,
)
from validation.deadline import Deadline
from validation.expectations import Expectations
from validation.fact import Fact
from validation.facts import catalog, provenance
from validation.facts.catalog import CatalogTable
from validation.facts.gather import Facts, Gatherer
from validation.facts.storage import StoredObject
from validation.judging import breaches, counts, freshness, ingestion, jobs
from validation.judging import catalog as catalog_judging
from validation.model import (
    CheckResult,
    HistoryEntry,
    Identity,
    JobFacts,
    Outcome,
    Report,
    TableFacts,
)
from validation.pipeline import DeclaredTable, Pipeline
from validation.settings import PROJECT, Settings

COUNTS = "row counts"
FILES = "rows by file"

Catalog = Fact[Mapping[str, CatalogTable]]


@dataclass(frozen=True)
class Plan:
    """What is to be looked at: read from files, before AWS is asked anything."""

    settings: Settings
    expectations: Expectations
    pipeline: Pipeline
    counts: Mapping[str, str]
    checks: Sequence[SqlCheck]
    project: Path = PROJECT


@dataclass(frozen=True)
class Found:
    """Everything that was found out, before it is judged."""

    tables: Catalog
    facts: Facts
    replies: Replies
    now: datetime


def evaluate(
    plan: Plan,
    service: Service,
    deadline: Deadline,
    *,
    history: Callable[[Any], tuple[HistoryEntry, ...]],
    on_start: Callable[[int], None] = lambda _: None,
    on_answer: Callable[[Answer], None] = lambda _: None,
) -> Report:
    """Runs the whole report. What AWS refuses becomes a check that was not evaluated.

    `history` reads the earlier runs with the S3 client that it gets; `on_start` learns how many
    queries there are, `on_answer` each one's end.
    """
    started = datetime.now(UTC)
    begun = deadline.timing.clock()
    run_id = f"{started:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}"
    with Gatherer(plan.settings, deadline) as gatherer:
        try:
            tables = gatherer.tables()
            asked = _bundles(plan, tables)
        except catalog.NoDatabaseError as error:
            tables, asked = Fact(reason=str(error)), []
        on_start(len(asked))
        facts = gatherer.start({} if tables.reason else tables.value, plan.pipeline, history)
        replies = ask(service, asked, deadline, run_id=run_id, on_answer=on_answer)
        found = Found(tables, facts(), replies, started)
    notes = (
        [f"The earlier runs could not be read: {found.facts.history.reason}"]
        if found.facts.history.reason
        else []
    )
    return Report(
        identity=_identity(plan, found, run_id, deadline.timing.clock() - begun),
        checks=judge(plan, found),
        queries=replies.queries,
        tables=_table_facts(plan, found),
        jobs=tuple(
            JobFacts(name) if run.reason else run.value for name, run in found.facts.runs.items()
        ),
        history=() if found.facts.history.reason else found.facts.history.value,
        notes=tuple(notes),
    )


def judge(plan: Plan, found: Found) -> tuple[CheckResult, ...]:
    """Every check of the plan, judged on what was found."""
    return (
        *counts.judge(
            _counts(plan, found), plan.expectations.counts, sql=plan.counts, query=COUNTS
        ),
        *_ingestion(plan, found),
        *_breaches(plan, found),
        *catalog_judging.judge(
            found.tables, plan.pipeline, plan.settings.locations, plan.expectations
        ),
        *freshness.judge(
            _objects(plan, found),
            plan.pipeline,
            now=found.now,
            max_age_hours=plan.expectations.max_age_hours,
        ),
        *_jobs(plan, found),
    )


def _bundles(plan: Plan, tables: Catalog) -> list[Bundle]:
    """The questions whose tables exist; all of them if the Data Catalog cannot be read."""

    def exist(names: Sequence[str]) -> bool:
        return bool(tables.reason) or all(name in tables.value for name in names)

    checks = {check.id: check for check in plan.checks if exist(check.tables)}
    columns = {
        table.name: [name for name, _ in table.columns]
        for table in _landed(plan)
        if exist((table.name,))
    }
    groups = bundles(checks.values())
    every = [
        Bundle(
            name=COUNTS,
            parts=tuple(name for name in plan.counts if exist((name,))),
            key="table_name",
            sql=lambda parts: counts_query({part: plan.counts[part] for part in parts}),
        ),
        Bundle(
            name=FILES,
            parts=tuple(columns),
            key="table_name",
            sql=lambda parts: rows_by_file_query({part: columns[part] for part in parts}),
        ),
        *(
            Bundle(
                name=f"checks {number} of {len(groups)}",
                parts=tuple(check.id for check in group),
                key="check_id",
                sql=lambda parts: breaches_query([checks[part] for part in parts]),
            )
            for number, group in enumerate(groups, start=1)
        ),
    ]
    return [bundle for bundle in every if bundle.parts]


def _landed(plan: Plan) -> list[DeclaredTable]:
    """The declared tables whose lines can be malformed."""
    return [table for table in plan.pipeline.tables.values() if table.format == "json"]


def _counts(plan: Plan, found: Found) -> dict[str, Fact[int]]:
    return {name: _count(_reply(found, COUNTS, name, (name,))) for name in plan.counts}


def _ingestion(plan: Plan, found: Found) -> list[CheckResult]:
    results = []
    for table in _landed(plan):
        reply = _reply(found, FILES, table.name, (table.name,))
        columns = [name for name, _ in table.columns]
        results.append(
            ingestion.judge(
                table.name,
                Fact(reason=reply.rows.reason)
                if reply.rows.reason
                else Fact(ingestion.read(reply.rows.value)),
                found.facts.lines.get(
                    table.name,
                    Fact(reason=_absence(found, (table.name,)) or "Its format is not JSON."),
                ),
                sql=rows_by_file_query({table.name: columns}),
                query=reply.query or None,
            )
        )
    return results


def _breaches(plan: Plan, found: Found) -> list[CheckResult]:
    rows = _counts(plan, found)
    results = []
    for check in plan.checks:
        reply = _reply(found, None, check.id, check.tables)
        of = rows.get(check.of) if check.of else None
        results.append(
            breaches.judge(
                check,
                Fact(reason=reply.rows.reason)
                if reply.rows.reason
                else breaches.read(reply.rows.value),
                accepted=plan.expectations.accepted.get(check.id),
                of=None if of is None or of.reason else of.value,
                query=reply.query or None,
            )
        )
    return _without_examples(results)


def _without_examples(results: Sequence[CheckResult]) -> list[CheckResult]:
    """Shows no values where a check has just found that they tell who somebody is."""
    exposed = next(
        (it for it in results if it.group == "privacy" and it.outcome is Outcome.FAILED), None
    )
    if exposed is None:
        return list(results)
    return [
        replace(it, examples=(f"withheld, since {exposed.id} failed",))
        if it.examples and it.group != exposed.group
        else it
        for it in results
    ]


def _jobs(plan: Plan, found: Found) -> list[CheckResult]:
    declared = plan.pipeline.jobs
    unknown = "It was not asked for."
    return [
        *(
            jobs.judge_run(name, found.facts.runs.get(name, Fact(reason=unknown)), job.writes)
            for name, job in declared.items()
        ),
        *(
            jobs.judge_quality(name, found.facts.rules.get(name, Fact(reason=unknown)), job.writes)
            for name, job in declared.items()
        ),
        *(
            jobs.judge_drift(job, found.facts.drifts.get(name, Fact(reason=unknown)))
            for name, job in declared.items()
        ),
    ]


def _reply(found: Found, bundle: str | None, part: str, needs: Sequence[str]) -> Reply:
    for (name, asked), reply in found.replies.by_part.items():
        if asked == part and (bundle is None or name == bundle):
            return reply
    return Reply(Fact(reason=_absence(found, needs)), "")


def _absence(found: Found, tables: Sequence[str]) -> str | None:
    """Why nothing is known of some tables, as far as the Data Catalog tells."""
    if found.tables.reason:
        return found.tables.reason
    missing = [name for name in tables if name not in found.tables.value]
    return f"{', '.join(missing)} does not exist: run `terraform apply`." if missing else None


def _objects(plan: Plan, found: Found) -> dict[str, Fact[tuple[StoredObject, ...]]]:
    return {
        name: found.facts.objects.get(
            name,
            Fact(reason=_absence(found, (name,)) or "It has no location in the Data Catalog."),
        )
        for name in plan.pipeline.tables
    }


def _count(reply: Reply) -> Fact[int]:
    if reply.rows.reason:
        return Fact(reason=reply.rows.reason)
    for row in reply.rows.value:
        return Fact(int(row["row_count"]))
    return Fact(reason="Athena's answer does not hold it.")


def _table_facts(plan: Plan, found: Found) -> tuple[TableFacts, ...]:
    rows = _counts(plan, found)
    facts = []
    # In the order of counts.sql, which is the order of the pipeline.
    names = (*plan.pipeline.tables, *plan.pipeline.views)
    order = {name: place for place, name in enumerate(plan.counts)}
    for name in sorted(names, key=lambda name: order.get(name, len(order))):
        declared = plan.pipeline.tables.get(name)
        maker = plan.pipeline.maker(name)
        count = rows.get(name)
        objects = found.facts.objects.get(name)
        stored = None if objects is None or objects.reason else objects.value
        deployed = None if found.tables.reason else found.tables.value.get(name)
        facts.append(
            TableFacts(
                name=name,
                zone=declared.zone if declared else "view",
                rows=None if count is None or count.reason else count.value,
                expected_rows=plan.expectations.counts.get(name),
                format=declared.format if declared else None,
                location=deployed.location if deployed else None,
                objects=None if stored is None else len(stored),
                bytes=None if stored is None else sum(item.size for item in stored),
                newest=max((item.modified for item in stored), default=None) if stored else None,
                made_by=maker.name if maker else None,
                sources=maker.reads if maker else _view_sources(plan, name),
            )
        )
    return tuple(facts)


def _view_sources(plan: Plan, name: str) -> tuple[str, ...]:
    view = plan.pipeline.views.get(name)
    return view.reads if view else ()


def _identity(plan: Plan, found: Found, run_id: str, seconds: float) -> Identity:
    commit, dirty = provenance.commit(plan.project)
    return Identity(
        run_id=run_id,
        started=found.now,
        seconds=round(seconds, 2),
        environment=plan.settings.environment,
        account=None if found.facts.account.reason else found.facts.account.value,
        region=plan.settings.region,
        workgroup=plan.settings.workgroup,
        database=plan.settings.database,
        endpoint=os.environ.get("AWS_ENDPOINT_URL"),
        git_commit=commit,
        git_dirty=dirty,
        versions=provenance.versions(),
    )

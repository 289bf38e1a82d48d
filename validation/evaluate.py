"""One run: asks Athena and AWS at once, judges, and gives the report."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from common.project import PROJECT
from validation.athena.bundles import Question, Replies, ask
from validation.athena.queries import Answer, Service
from validation.checks import SqlCheck
from validation.deadline import Deadline
from validation.expectations import Expectations
from validation.fact import Fact, Reply
from validation.facts import catalog, provenance
from validation.facts.catalog import Catalog
from validation.facts.gather import Facts, Gatherer
from validation.facts.questions import Breaches, FileRows, Questions
from validation.judging import breaches, counts, freshness, ingestion, jobs, zones
from validation.judging import catalog as catalog_judging
from validation.model import (
    CheckResult,
    HistoryEntry,
    Identity,
    JobFacts,
    Outcome,
    QueryRecord,
    Report,
    TableFacts,
)
from validation.pipeline import Pipeline
from validation.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """What is to be looked at: read from files, before AWS is asked anything."""

    settings: Settings
    expectations: Expectations
    pipeline: Pipeline
    checks: Sequence[SqlCheck]
    project: Path = PROJECT

    @property
    def tables(self) -> tuple[str, ...]:
        """Every table and view, in the order in which they are shown."""
        return self.pipeline.in_order(self.expectations.counts)


@dataclass(frozen=True)
class Found:
    """Everything that was found out, before it is judged.

    Attributes:
        catalog: the Data Catalog.
        counts: the rows of each table and view.
        files: the rows of each file of the JSON tables.
        breaches: the breaches of each check.
        queries: the queries that were run.
        facts: what AWS knows besides.
        now: when the run began.
    """

    catalog: Catalog
    counts: Mapping[str, Reply[int]]
    files: Mapping[str, Reply[tuple[FileRows, ...]]]
    breaches: Mapping[str, Reply[Breaches]]
    queries: tuple[QueryRecord, ...]
    facts: Facts
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
    """Run the whole report. What AWS refuses becomes a check that was not evaluated.

    Args:
        plan: what is to be looked at.
        service: Athena.
        deadline: the time that all of it shares.
        history: reads the earlier runs with the S3 client that it gets.
        on_start: learns how many queries there are.
        on_answer: learns of each query's end.
    """
    begun = deadline.timing.clock()
    now = datetime.now(UTC)
    run_id = f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}"
    found = _find_out(plan, service, deadline, now, run_id, history, on_start, on_answer)
    facts = found.facts
    notes = []
    if facts.history.reason:
        notes.append(f"The earlier runs could not be read: {facts.history.reason}")
    return Report(
        identity=_identity(plan, found, run_id, deadline.timing.clock() - begun),
        checks=judge(plan, found),
        queries=found.queries,
        tables=tuple(_table_facts(plan, found, name) for name in plan.tables),
        jobs=tuple(run.or_none or JobFacts(name) for name, run in facts.runs.items()),
        history=facts.history.or_none or (),
        notes=tuple(notes),
        funnel=plan.expectations.funnel,
        group_titles=plan.expectations.group_titles,
    )


def judge(plan: Plan, found: Found) -> tuple[CheckResult, ...]:
    """Every check of the plan, judged on what was found."""
    pipeline, expectations, facts = plan.pipeline, plan.expectations, found.facts
    sizes: dict[str | None, int | None] = {
        name: reply.fact.or_none for name, reply in found.counts.items()
    }
    return (
        *counts.judge(found.counts, expectations.counts),
        *(ingestion.judge(name, reply, facts.lines[name]) for name, reply in found.files.items()),
        *_without_examples(
            breaches.judge(
                check,
                found.breaches[check.id],
                accepted=expectations.accepted.get(check.id),
                of=sizes.get(check.of),
            )
            for check in plan.checks
        ),
        *zones.judge(expectations.funnel, found.counts),
        *catalog_judging.judge(found.catalog, pipeline, plan.settings.locations, expectations),
        *freshness.judge(
            facts.objects, pipeline, now=found.now, max_age_hours=expectations.max_age_hours
        ),
        *(jobs.judge_run(job, facts.runs[name]) for name, job in pipeline.jobs.items()),
        *(jobs.judge_quality(job, facts.rules[name]) for name, job in pipeline.jobs.items()),
        *(jobs.judge_drift(job, facts.drifts[name]) for name, job in pipeline.jobs.items()),
    )


def _find_out(
    plan: Plan,
    service: Service,
    deadline: Deadline,
    now: datetime,
    run_id: str,
    history: Callable[[Any], tuple[HistoryEntry, ...]],
    on_start: Callable[[int], None],
    on_answer: Callable[[Answer], None],
) -> Found:
    questions = Questions.of(plan.pipeline, plan.tables, plan.checks)
    with Gatherer(plan.settings, deadline) as gatherer:
        try:
            deployed = gatherer.catalog()
            # Where the Data Catalog cannot be read, Athena tells what does not exist.
            names = deployed.or_none if deployed.reason is None else plan.tables
        except catalog.NoDatabaseError as error:
            deployed, names = Fact(reason=str(error)), ()
        gathered = gatherer.start(deployed, plan.pipeline, history)
        bundles = []
        if names:
            scans = gatherer.scans()
            sizes = plan.pipeline.with_views(scans.sizes)
            bundles = questions.bundles(names.__contains__, sizes, scans.limit)
        on_start(len(bundles))
        replies = ask(service, bundles, deadline, run_id=run_id, on_answer=on_answer)

        def answered(of: Mapping[str, Question[T]]) -> dict[str, Reply[T]]:
            return {name: _reply(replies, question, deployed) for name, question in of.items()}

        files, counted = answered(questions.files), answered(questions.counts)
        rows = {name: counted.get(name) or _all_rows(files[name]) for name in plan.tables}
        return Found(
            catalog=deployed,
            counts=rows,
            files=files,
            breaches=answered(questions.breaches),
            queries=replies.queries,
            facts=gathered(),
            now=now,
        )


def _all_rows(files: Reply[tuple[FileRows, ...]]) -> Reply[int]:
    rows = files.fact.then(lambda found: Fact(sum(file.rows for file in found)))
    return Reply(rows, files.sql, files.query)


def _reply(replies: Replies, question: Question[T], deployed: Catalog) -> Reply[T]:
    if question in replies.answers:
        return replies.to(question)
    return Reply(Fact(reason=catalog.absence(deployed, question.tables)), question.sql)


def _without_examples(results: Iterable[CheckResult]) -> list[CheckResult]:
    """The results without values where a check has just found that they tell who somebody is."""
    every = list(results)
    exposed = next(
        (it for it in every if it.group == "privacy" and it.outcome is Outcome.FAILED), None
    )
    if exposed is None:
        return every
    return [
        replace(it, examples=(f"withheld, since {exposed.id} failed",))
        if it.examples and it.group != exposed.group
        else it
        for it in every
    ]


def _table_facts(plan: Plan, found: Found, name: str) -> TableFacts:
    declared = plan.pipeline.tables.get(name)
    deployed = (found.catalog.or_none or {}).get(name)
    maker = plan.pipeline.maker(name)
    stored = found.facts.objects[name].or_none if declared else None
    return TableFacts(
        name=name,
        zone=declared.zone if declared else "view",
        rows=found.counts[name].fact.or_none,
        expected_rows=plan.expectations.counts.get(name),
        format=declared.format if declared else None,
        location=deployed.location if deployed else None,
        objects=None if stored is None else len(stored),
        bytes=None if stored is None else sum(item.size for item in stored),
        newest=max((item.modified for item in stored), default=None) if stored else None,
        made_by=maker.name if maker else None,
        sources=plan.pipeline.sources(name),
    )


def _identity(plan: Plan, found: Found, run_id: str, seconds: float) -> Identity:
    commit, dirty = provenance.commit(plan.project)
    return Identity(
        run_id=run_id,
        started=found.now,
        seconds=round(seconds, 2),
        environment=plan.settings.environment,
        account=found.facts.account.or_none,
        region=plan.settings.region,
        workgroup=plan.settings.workgroup,
        database=plan.settings.database,
        endpoint=os.environ.get("AWS_ENDPOINT_URL"),
        git_commit=commit,
        git_dirty=dirty,
        versions=provenance.versions(),
    )

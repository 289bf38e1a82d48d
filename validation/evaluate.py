"""One run: asks Athena and AWS at once, judges, and gives the report."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from validation import aws, checkout
from validation.athena import Answer, Deadline, Service
from validation.checks import (
    SqlCheck,
    breaches_query,
    bundles,
    counts_query,
)
from validation.declared import Declared
from validation.expectations import Expectations
from validation.gathering import catalog
from validation.gathering.catalog import CatalogTable
from validation.gathering.facts import Facts, Gatherer
from validation.judging import breaches, counts
from validation.known import Known, attempt
from validation.model import CheckResult, HistoryEntry, Identity, Report
from validation.questions import Bundle, Replies, Reply, ask
from validation.settings import PROJECT, Settings

COUNTS = "row counts"


@dataclass(frozen=True)
class Plan:
    """What is to be looked at: read from files, before AWS is asked anything."""

    settings: Settings
    expectations: Expectations
    declared: Declared
    counts: Mapping[str, str]
    checks: Sequence[SqlCheck]


def evaluate(
    plan: Plan,
    service: Service,
    deadline: Deadline,
    *,
    history: Callable[[Any], tuple[HistoryEntry, ...]],
    on_answer: Callable[[Answer], None] = lambda _: None,
) -> Report:
    """Runs the whole report. What AWS refuses becomes a check that was not evaluated."""
    started = datetime.now(UTC)
    begun = deadline.timing.clock()
    run_id = f"{started:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}"
    glue = aws.client(aws.session(plan.settings.region), "glue")
    tables = attempt(lambda: catalog.tables(glue, plan.settings.database))
    with Gatherer(plan.settings) as gatherer:
        facts = gatherer.start({} if tables.reason else tables.value, plan.declared, history)
        replies = ask(
            service,
            _bundles(plan, tables),
            deadline,
            run_id=run_id,
            on_answer=on_answer,
        )
        gathered = facts()
    checks = judge(plan, tables, gathered, replies)
    return Report(
        identity=_identity(plan, gathered, run_id, started, deadline.timing.clock() - begun),
        checks=checks,
        queries=replies.queries,
        history=() if gathered.history.reason else gathered.history.value,
    )


def judge(
    plan: Plan,
    tables: Known[Mapping[str, CatalogTable]],
    facts: Facts,
    replies: Replies,
) -> tuple[CheckResult, ...]:
    """Every check of the plan, judged on what was found."""
    rows = {name: _count(_reply(replies, COUNTS, name, (name,), tables)) for name in plan.counts}
    count_results = counts.judge(rows, plan.expectations.counts, sql=plan.counts, query=COUNTS)
    sql_results = []
    for check in plan.checks:
        reply = _reply(replies, None, check.id, check.tables, tables)
        known = rows.get(check.of) if check.of else None
        sql_results.append(
            breaches.judge(
                check,
                _breaches(reply),
                accepted=plan.expectations.accepted.get(check.id),
                of=None if known is None or known.reason else known.value,
                query=reply.query or None,
            )
        )
    return (*count_results, *sql_results)


def _bundles(plan: Plan, tables: Known[Mapping[str, CatalogTable]]) -> list[Bundle]:
    """The questions whose tables exist; all of them if the Data Catalog cannot be read."""

    def exist(names: Sequence[str]) -> bool:
        return bool(tables.reason) or all(name in tables.value for name in names)

    checks = {check.id: check for check in plan.checks}
    return [
        Bundle(
            name=COUNTS,
            parts=tuple(name for name in plan.counts if exist((name,))),
            key="table_name",
            sql=lambda parts: counts_query({part: plan.counts[part] for part in parts}),
        ),
        *(
            Bundle(
                name=f"checks {number}",
                parts=tuple(check.id for check in group),
                key="check_id",
                sql=lambda parts: breaches_query([checks[part] for part in parts]),
            )
            for number, group in enumerate(
                bundles(check for check in plan.checks if exist(check.tables)), start=1
            )
        ),
    ]


def _reply(
    replies: Replies,
    bundle: str | None,
    part: str,
    needs: Sequence[str],
    tables: Known[Mapping[str, CatalogTable]],
) -> Reply:
    for (name, asked), reply in replies.by_part.items():
        if asked == part and (bundle is None or name == bundle):
            return reply
    missing = [name for name in needs if not tables.reason and name not in tables.value]
    return Reply(Known(reason=f"{', '.join(missing)} does not exist: run `terraform apply`."), "")


def _count(reply: Reply) -> Known[int]:
    if reply.rows.reason:
        return Known(reason=reply.rows.reason)
    for row in reply.rows.value:
        return Known(int(row["row_count"]))
    return Known(reason="Athena's answer does not hold it.")


def _breaches(reply: Reply) -> Known[breaches.Breaches]:
    if reply.rows.reason:
        return Known(reason=reply.rows.reason)
    return breaches.read(reply.rows.value)


def _identity(plan: Plan, facts: Facts, run_id: str, started: datetime, seconds: float) -> Identity:
    commit, dirty = checkout.commit(PROJECT)
    return Identity(
        run_id=run_id,
        started=started,
        seconds=round(seconds, 2),
        environment=plan.settings.environment,
        account=None if facts.account.reason else facts.account.value,
        region=plan.settings.region,
        workgroup=plan.settings.workgroup,
        database=plan.settings.database,
        endpoint=os.environ.get("AWS_ENDPOINT_URL"),
        git_commit=commit,
        git_dirty=dirty,
        versions=checkout.versions(),
    )

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import glue_studio
from validation.fact import Fact
from validation.facts.storage import StoredObject
from validation.judging import freshness
from validation.model import Outcome
from validation.pipeline import DeclaredJob, DeclaredTable, Pipeline

NOW = datetime(2026, 5, 4, tzinfo=UTC)
UNKNOWN = "AWS denied the call."
TABLE = DeclaredTable("t", "landing", "json", (("a", "string"), ("b", "int")))


def test_a_table_older_than_allowed_is_stale() -> None:
    written = NOW - timedelta(hours=3)
    stored: tuple[StoredObject, ...] = (StoredObject("s3://b/t/x", 1, written),)
    objects = {"t": Fact(stored)}
    declared = Pipeline({"t": TABLE}, {}, {})
    (fresh,) = freshness.judge(objects, declared, now=NOW, max_age_hours=4)
    (stale,) = freshness.judge(objects, declared, now=NOW, max_age_hours=2)
    assert fresh.outcome is Outcome.PASSED
    assert "more than 2 hours ago" in stale.message


def test_a_source_of_another_owner_is_told_and_costs_no_verdict() -> None:
    stored: tuple[StoredObject, ...] = (StoredObject("s3://b/t/x", 1, NOW),)
    job = DeclaredJob("j", glue_studio.Job("j", {}, {}), ("s", "elsewhere"), ("t",))
    declared = Pipeline({"t": TABLE, "s": replace(TABLE, name="s")}, {}, {"j": job})
    known = {"t": Fact(stored), "s": Fact(stored)}
    unknown: Fact[tuple[StoredObject, ...]] = Fact(reason=UNKNOWN)

    (result, _) = freshness.judge(known, declared, now=NOW, max_age_hours=0)
    (blind, _) = freshness.judge(known | {"s": unknown}, declared, now=NOW, max_age_hours=0)

    assert result.outcome is Outcome.PASSED
    assert "elsewhere, which the project does not declare, was not compared" in result.message
    assert blind.outcome is Outcome.NOT_EVALUATED
    assert "when s was written is not known" in blind.message


@pytest.mark.parametrize(
    ("objects", "words"),
    [
        ({"t": Fact(())}, "no object with data"),
        ({"t": Fact(reason=UNKNOWN)}, UNKNOWN),
    ],
)
def test_a_table_of_unknown_age_is_not_evaluated(
    objects: dict[str, Fact[tuple[StoredObject, ...]]], words: str
) -> None:
    (result,) = freshness.judge(objects, Pipeline({"t": TABLE}, {}, {}), now=NOW, max_age_hours=0)
    assert result.outcome is Outcome.NOT_EVALUATED
    assert words in result.message

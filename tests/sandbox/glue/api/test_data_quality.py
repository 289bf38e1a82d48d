"""Data quality rulesets, and the outcomes of quality rules after a run."""

from datetime import UTC, datetime

import pytest

from sandbox.errors import AwsError
from sandbox.glue.api.data_quality import rule_count
from tests.sandbox.glue.api.conftest import Glue

RULES = 'Rules = [ IsComplete "id", ColumnValues "kind" in ["a", "b"], (RowCount > 0) or (RowCount = 0) ]'


def test_the_life_of_a_ruleset(glue: Glue) -> None:
    table = {"DatabaseName": "db", "TableName": "t"}
    glue.api.create_data_quality_ruleset(
        Name="q", Ruleset=RULES, TargetTable=table, Tags={"a": "b"}
    )
    got = glue.api.get_data_quality_ruleset(Name="q")
    assert (got["Ruleset"], got["TargetTable"]) == (RULES, table)
    arn = "arn:aws:glue:us-east-1:123456789012:dataQualityRuleset/q"
    assert glue.api.get_tags(ResourceArn=arn)["Tags"] == {"a": "b"}
    with pytest.raises(glue.api.exceptions.AlreadyExistsException):
        glue.api.create_data_quality_ruleset(Name="q", Ruleset=RULES)
    answer = glue.api.update_data_quality_ruleset(
        Name="q", Ruleset="Rules = [ RowCount > 1 ]", Description="d"
    )
    assert answer["Ruleset"] == "Rules = [ RowCount > 1 ]"
    listed = glue.api.list_data_quality_rulesets()["Rulesets"]
    assert [(r["Name"], r["RuleCount"], r["Description"]) for r in listed] == [("q", 1, "d")]
    assert "Ruleset" not in listed[0]
    assert glue.api.list_data_quality_rulesets(Filter={"Name": "z"})["Rulesets"] == []
    assert glue.api.list_data_quality_rulesets(Filter={"TargetTable": table})["Rulesets"]
    glue.api.delete_data_quality_ruleset(Name="q")
    with pytest.raises(glue.api.exceptions.EntityNotFoundException):
        glue.api.get_data_quality_ruleset(Name="q")
    with pytest.raises(glue.api.exceptions.EntityNotFoundException):
        glue.api.delete_data_quality_ruleset(Name="q")


def test_rules_are_counted() -> None:
    assert rule_count(RULES) == 3


@pytest.mark.parametrize("text", ["nothing", "Rules = [ ]", "Rules = ["])
def test_what_is_not_a_ruleset(text: str) -> None:
    with pytest.raises(AwsError, match="ruleset"):
        rule_count(text)


def test_results_are_found_by_run_and_by_time(glue: Glue) -> None:
    glue.make_job("checked", "evaluate one")
    run = glue.run("checked")
    listed = glue.api.list_data_quality_results(Filter={"JobRunId": run["Id"]})["Results"]
    assert [(r["ResultId"], r["JobName"]) for r in listed] == [("dqresult-one", "checked")]
    assert listed[0]["StartedOn"] == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def found(**wanted: object) -> int:
        return len(glue.api.list_data_quality_results(Filter=wanted)["Results"])

    assert found(JobName="checked") == 1
    assert found(JobName="other") == 0
    assert found(StartedAfter=datetime(2026, 1, 2, tzinfo=UTC)) == 1
    assert found(StartedBefore=datetime(2026, 1, 2, tzinfo=UTC)) == 0
    table = {"DatabaseName": "d", "TableName": "t"}
    assert found(DataSource={"GlueTable": table}) == 0


def test_a_result_is_shown_whole(glue: Glue) -> None:
    glue.make_job("checked", "evaluate one")
    glue.run("checked")
    result = glue.api.get_data_quality_result(ResultId="dqresult-one")
    assert result["Score"] == 0.5
    assert result["RuleResults"][0]["Result"] == "FAIL"
    answer = glue.api.batch_get_data_quality_result(ResultIds=["dqresult-one", "dqresult-two"])
    assert [r["ResultId"] for r in answer["Results"]] == ["dqresult-one"]
    assert answer["ResultsNotFound"] == ["dqresult-two"]
    with pytest.raises(glue.api.exceptions.EntityNotFoundException):
        glue.api.get_data_quality_result(ResultId="dqresult-two")


def test_a_result_that_cannot_be_read_does_not_hold_the_run(glue: Glue) -> None:
    glue.make_job("untidy", "litter")
    assert glue.run("untidy")["JobRunState"] == "SUCCEEDED"
    assert glue.api.list_data_quality_results()["Results"] == []

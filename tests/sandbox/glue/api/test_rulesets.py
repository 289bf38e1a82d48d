"""Data quality rulesets."""

import pytest

from sandbox.errors import AwsError
from sandbox.glue.api.rulesets import rule_count
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

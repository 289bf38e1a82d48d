"""The outcomes of quality rules after a run."""

from datetime import UTC, datetime

import pytest

from tests.sandbox.glue.api.conftest import Glue


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

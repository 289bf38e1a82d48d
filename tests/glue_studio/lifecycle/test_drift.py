import copy
from pathlib import Path
from typing import Any

import pytest

import glue_studio
from glue_studio.cli import ExitCode, main


@pytest.fixture
def published(aws: Any, project: Path, job: glue_studio.Job, capsys: Any) -> dict[str, Any]:
    """The deployed definition of the job, published and unchanged since."""
    aws.add(job)
    assert main(["publish", "--project", str(project)]) == ExitCode.DONE
    capsys.readouterr()
    definition: dict[str, Any] = aws.jobs["orders"]
    return definition


def _drift(project: Path) -> int:
    return main(["drift", "--project", str(project)])


def test_a_published_job_has_no_drift(
    published: dict[str, Any], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _drift(project) == ExitCode.DONE
    assert capsys.readouterr().out == "orders: no drift\n"


def test_a_changed_query_is_shown_as_exactly_that(
    aws: Any, published: dict[str, Any], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nodes = published["CodeGenConfigurationNodes"]
    nodes["node-2"]["SparkSQL"]["SqlQuery"] += "\nLIMIT 5"
    assert _drift(project) == ExitCode.FOUND
    assert capsys.readouterr().out == (
        "orders: drift (- the file, + as deployed)\n"
        "  ~ SparkSQL “clean” (node-2)\n"
        "      SqlQuery:\n"
        "        @@ -1,2 +1,3 @@\n"
        "         SELECT id\n"
        "         FROM orders\n"
        "        +LIMIT 5\n"
    )


def test_nodes_added_and_removed_and_settings_changed(
    published: dict[str, Any], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nodes = published["CodeGenConfigurationNodes"]
    nodes["node-9"] = copy.deepcopy(nodes["node-3"])
    nodes["node-9"]["CatalogTarget"]["Table"] = "copies"
    del nodes["node-1"]
    published["Timeout"] = 2880
    published["JobMode"] = "SCRIPT"
    published["DefaultArguments"]["--job-language"] = "scala"
    assert _drift(project) == ExitCode.FOUND
    shown = capsys.readouterr().out
    assert 'DefaultArguments.--job-language: "python" → "scala"' in shown
    assert 'JobMode: "VISUAL" → "SCRIPT"' in shown
    assert "Timeout: 30 → 2880" in shown
    assert "- CatalogSource “orders” (node-1)" in shown
    assert "+ CatalogTarget “clean_orders” (node-9)" in shown
    assert 'Table: (none) → "copies"' in shown


def test_what_the_file_does_not_name_is_the_deployment_s(
    published: dict[str, Any], project: Path
) -> None:
    published["MaintenanceWindow"] = "Sun:1"
    published["Role"] = "arn:aws:iam::123456789012:role/new"
    published["DefaultArguments"]["--TempDir"] = "s3://elsewhere/"
    published["MaxCapacity"] = 2.0
    assert _drift(project) == ExitCode.DONE


def test_empty_settings_that_glue_adds_are_no_drift(
    published: dict[str, Any], project: Path
) -> None:
    source = published["CodeGenConfigurationNodes"]["node-1"]["CatalogSource"]
    source["OutputSchemas"] = []
    source["PartitionPredicate"] = ""
    assert _drift(project) == ExitCode.DONE


def test_an_edited_script_is_drift(
    aws: Any, published: dict[str, Any], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = "assets/scripts/orders.py"
    aws.put(f"s3://{key}", aws.objects[key].replace("job.commit()", "print(1)\njob.commit()"))
    assert _drift(project) == ExitCode.FOUND
    shown = capsys.readouterr().out
    assert "  script:\n    --- as the graph gives it\n" in shown
    assert "    +print(1)\n" in shown


def test_a_missing_script_is_drift(
    aws: Any, published: dict[str, Any], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.objects.clear()
    assert _drift(project) == ExitCode.FOUND
    assert "there is no script at s3://assets/scripts/orders.py" in capsys.readouterr().out


def test_a_location_that_is_no_object_is_drift(
    published: dict[str, Any], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published["Command"]["ScriptLocation"] = "orders.py"
    assert _drift(project) == ExitCode.FOUND
    assert "ScriptLocation 'orders.py' is not an S3 object" in capsys.readouterr().out


def test_a_job_that_is_not_deployed_is_drift(
    aws: Any, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _drift(project) == ExitCode.FOUND
    assert capsys.readouterr().out == (
        "orders: drift: the job is not deployed; publish it or remove its file\n"
    )


def test_a_script_that_may_not_be_read_is_not_taken_for_the_same(
    aws: Any, published: dict[str, Any], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.refusals["S3"] = ["AccessDenied"]
    assert _drift(project) == ExitCode.UNABLE
    captured = capsys.readouterr()
    assert "no drift" not in captured.out
    assert captured.err.startswith("ERROR orders: The script was not compared: this role may not")


def test_a_job_that_cannot_be_asked_for_is_not_taken_for_the_same(
    aws: Any, published: dict[str, Any], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.refusals["GetJob"] = ["AccessDeniedException"]
    assert _drift(project) == ExitCode.UNABLE
    assert "ERROR glue:GetJob of orders: AWS denied the call" in capsys.readouterr().err


def test_found_drift_outweighs_what_could_not_be_compared(
    aws: Any, published: dict[str, Any], project: Path
) -> None:
    published["Timeout"] = 1
    aws.refusals["S3"] = ["AccessDenied"]
    assert _drift(project) == ExitCode.FOUND

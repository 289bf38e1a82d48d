"""Job definitions: defaults, whole replacement, graphs that become scripts."""

from typing import Any

import pytest

from tests.sandbox.glue.api.conftest import BUCKET, Glue

GRAPH = {
    "node-1": {"CatalogSource": {"Name": "in", "Database": "db", "Table": "t"}},
    "node-2": {
        "SparkSQL": {
            "Name": "query",
            "Inputs": ["node-1"],
            "SqlQuery": "select * from a",
            "SqlAliases": [{"From": "node-1", "Alias": "a"}],
        }
    },
    "node-3": {
        "CatalogTarget": {"Name": "out", "Inputs": ["node-2"], "Database": "db", "Table": "u"}
    },
}
COMMAND = {"Name": "glueetl", "ScriptLocation": f"s3://{BUCKET}/scripts/visual.py"}


def _script(glue: Glue) -> str:
    body = glue.s3.get_object(Bucket=BUCKET, Key="scripts/visual.py")["Body"]
    return str(body.read().decode())


def _get(glue: Glue, name: str) -> dict[str, Any]:
    job: dict[str, Any] = glue.api.get_job(JobName=name)["Job"]
    return job


def test_defaults(glue: Glue) -> None:
    glue.api.create_job(Name="plain", Role="r", Command={"Name": "glueetl"})
    job = _get(glue, "plain")
    assert job["MaxRetries"] == 0
    assert job["Timeout"] == 480
    assert job["ExecutionProperty"] == {"MaxConcurrentRuns": 1}
    assert job["JobMode"] == "SCRIPT"
    assert job["Command"] == {"Name": "glueetl", "PythonVersion": "3"}
    assert (job["MaxCapacity"], job["AllocatedCapacity"]) == (10.0, 10)
    assert job["CreatedOn"] == job["LastModifiedOn"]
    assert "CodeGenConfigurationNodes" not in job
    glue.api.create_job(Name="old", Role="r", Command={"Name": "glueetl"}, GlueVersion="4.0")
    assert _get(glue, "old")["Timeout"] == 2880
    glue.api.create_job(Name="shell", Role="r", Command={"Name": "pythonshell"})
    assert _get(glue, "shell")["MaxCapacity"] == 0.0625


def test_a_graph_becomes_the_script(glue: Glue) -> None:
    glue.api.create_job(
        Name="v", Role="r", Command=COMMAND, JobMode="VISUAL", CodeGenConfigurationNodes=GRAPH
    )
    job = _get(glue, "v")
    assert job["JobMode"] == "VISUAL"
    assert job["CodeGenConfigurationNodes"] == GRAPH
    assert "# Script generated for node query" in _script(glue)
    compile(_script(glue), "v.py", "exec")


def test_an_update_replaces_everything_but_a_graph_that_it_does_not_give(glue: Glue) -> None:
    glue.api.create_job(
        Name="v",
        Role="r",
        Command=COMMAND,
        JobMode="VISUAL",
        CodeGenConfigurationNodes=GRAPH,
        Description="first",
        DefaultArguments={"--a": "1"},
    )
    created = _get(glue, "v")["CreatedOn"]
    script = _script(glue)
    glue.api.update_job(JobName="v", JobUpdate={"Role": "r2", "Command": COMMAND})
    job = _get(glue, "v")
    assert job["Role"] == "r2"
    assert job["CreatedOn"] == created
    assert job["CodeGenConfigurationNodes"] == GRAPH
    assert job["JobMode"] == "SCRIPT"
    assert "Description" not in job
    assert "DefaultArguments" not in job
    assert _script(glue) == script


def test_an_empty_graph_deletes_it_and_leaves_the_script(glue: Glue) -> None:
    glue.api.create_job(Name="v", Role="r", Command=COMMAND, CodeGenConfigurationNodes=GRAPH)
    update = {"Role": "r", "Command": COMMAND, "CodeGenConfigurationNodes": {}}
    glue.api.update_job(JobName="v", JobUpdate=update)
    assert "CodeGenConfigurationNodes" not in _get(glue, "v")
    assert "query" in _script(glue)


def test_a_changed_graph_changes_the_script(glue: Glue) -> None:
    glue.api.create_job(Name="v", Role="r", Command=COMMAND, CodeGenConfigurationNodes=GRAPH)
    changed: Any = {
        **GRAPH,
        "node-1": {"CatalogSource": {"Name": "other", "Database": "db", "Table": "t"}},
    }
    update = {"Role": "r", "Command": COMMAND, "CodeGenConfigurationNodes": changed}
    glue.api.update_job(JobName="v", JobUpdate=update)
    assert "# Script generated for node other" in _script(glue)


@pytest.mark.parametrize(
    ("command", "graph", "reason"),
    [
        (COMMAND, {"node-1": {}}, "exactly one type"),
        ({"Name": "glueetl", "ScriptLocation": "nowhere"}, GRAPH, "not an S3 URI"),
        ({"Name": "glueetl", "ScriptLocation": "s3://no-such-bucket/x.py"}, GRAPH, "NoSuchBucket"),
    ],
)
def test_a_graph_that_cannot_become_a_script(
    glue: Glue, command: Any, graph: Any, reason: str
) -> None:
    with pytest.raises(glue.api.exceptions.InvalidInputException, match=reason):
        glue.api.create_job(Name="v", Role="r", Command=command, CodeGenConfigurationNodes=graph)
    assert glue.api.list_jobs()["JobNames"] == []


def test_a_failed_update_changes_nothing(glue: Glue) -> None:
    glue.api.create_job(Name="v", Role="r", Command=COMMAND, CodeGenConfigurationNodes=GRAPH)
    before = _get(glue, "v")
    update: Any = {"Role": "r", "Command": COMMAND, "CodeGenConfigurationNodes": {"node-1": {}}}
    with pytest.raises(glue.api.exceptions.InvalidInputException):
        glue.api.update_job(JobName="v", JobUpdate=update)
    assert _get(glue, "v") == before


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"Role": ""}, "Role should not be"),
        ({"Command": {}}, "Command should not be"),
        ({"Command": {"Name": "bash"}}, "is not one of"),
        ({"WorkerType": "G.1X", "NumberOfWorkers": 2, "MaxCapacity": 2.0}, "Max Capacity"),
        ({"WorkerType": "G.1X"}, "must be set together"),
        ({"NumberOfWorkers": 2}, "must be set together"),
        ({"WorkerType": "M5", "NumberOfWorkers": 2}, "'workerType'"),
        ({"JobMode": "PAINTED"}, "'jobMode'"),
    ],
)
def test_settings_that_make_no_sense(glue: Glue, settings: Any, reason: str) -> None:
    given: Any = {"Role": "r", "Command": {"Name": "glueetl"}, **settings}
    with pytest.raises(glue.api.exceptions.InvalidInputException, match=reason):
        glue.api.create_job(Name="j", **given)


def test_names_and_tags(glue: Glue) -> None:
    glue.make_job("a", Tags={"team": "x"})
    glue.make_job("b")
    with pytest.raises(glue.api.exceptions.AlreadyExistsException):
        glue.make_job("a")
    with pytest.raises(glue.api.exceptions.EntityNotFoundException):
        glue.api.get_job(JobName="c")
    with pytest.raises(glue.api.exceptions.EntityNotFoundException):
        glue.api.update_job(JobName="c", JobUpdate={"Role": "r", "Command": {"Name": "glueetl"}})
    assert glue.api.list_jobs()["JobNames"] == ["a", "b"]
    assert glue.api.list_jobs(Tags={"team": "x"})["JobNames"] == ["a"]
    assert [job["Name"] for job in glue.api.get_jobs()["Jobs"]] == ["a", "b"]
    found = glue.api.batch_get_jobs(JobNames=["b", "c"])
    assert [job["Name"] for job in found["Jobs"]] == ["b"]
    assert found["JobsNotFound"] == ["c"]
    assert glue.api.delete_job(JobName="c")["JobName"] == "c"
    glue.api.delete_job(JobName="a")
    assert glue.api.list_jobs()["JobNames"] == ["b"]


def test_tags_of_our_things_and_of_moto_s(glue: Glue) -> None:
    prefix = "arn:aws:glue:us-east-1:123456789012:"
    glue.make_job("a", Tags={"team": "x"})
    arn = f"{prefix}job/a"
    glue.api.tag_resource(ResourceArn=arn, TagsToAdd={"stage": "dev"})
    assert glue.api.get_tags(ResourceArn=arn)["Tags"] == {"team": "x", "stage": "dev"}
    glue.api.untag_resource(ResourceArn=arn, TagsToRemove=["team", "none"])
    assert glue.api.get_tags(ResourceArn=arn)["Tags"] == {"stage": "dev"}
    with pytest.raises(glue.api.exceptions.EntityNotFoundException):
        glue.api.get_tags(ResourceArn=f"{prefix}job/none")
    glue.api.create_database(DatabaseInput={"Name": "db"}, Tags={"of": "moto"})
    assert glue.api.get_tags(ResourceArn=f"{prefix}database/db")["Tags"] == {"of": "moto"}


def test_regions_have_jobs_of_their_own(glue: Glue) -> None:
    from sandbox import environment

    glue.make_job("here")
    there = environment.client("glue", glue.sandbox.endpoint_url, "eu-west-1")
    assert there.list_jobs()["JobNames"] == []
    there.create_job(Name="here", Role="r", Command={"Name": "glueetl"}, Tags={"a": "b"})
    arn = "arn:aws:glue:eu-west-1:123456789012:job/here"
    assert there.get_tags(ResourceArn=arn)["Tags"] == {"a": "b"}

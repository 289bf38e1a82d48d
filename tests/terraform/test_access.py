"""What a plan lets each job's role do, held against what `glue_studio access` says of it.

One job for each node type that botocore knows: both derivations must agree on what its role may do,
and on the types for which nothing can be derived.
"""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from botocore.loaders import Loader

from glue_studio import Job, load, parse_nodes
from glue_studio.access import TableRef, access_of
from glue_studio.permissions import Deployment, permissions_of, table_zones

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.terraform.conftest import Plan, Project

pytestmark = pytest.mark.terraform

_ACCOUNT, _REGION, _PREFIX = "123456789012", "us-east-1", "stedi"
_CONNECTION = "aurora"
_SOURCE = {"CatalogSource": {"Name": "in", "Database": "stedi", "Table": "customer_landing"}}
# Settings of any type that has them, so that everything that a role may need is asked for.
_SETTINGS: dict[str, Any] = {
    "Name": "node",
    "Inputs": ["in"],
    "Paths": ["s3://lake-of-orders/in/one/", "s3://lake-of-orders/in/two.csv"],
    "PartitionKeys": [["day"]],
    "AutoDataQuality": {"IsEnabled": True, "EvaluationContext": "context"},
    "PublishingOptions": {"EvaluationContext": "c", "ResultsS3Prefix": "s3://lake-of-orders/dq/"},
    "ConnectionName": _CONNECTION,
    "RecipeReference": {"RecipeArn": "arn:aws:databrew:::recipe/r", "RecipeVersion": "1"},
    "Data": {"Connection": {"Value": _CONNECTION}, "connectionName": _CONNECTION},
    "ConnectionOptions": {"DynamodbTableArn": "arn:aws:dynamodb:us-east-1:1:table/t"},
    "StreamingOptions": {"StreamArn": "arn:aws:kinesis:us-east-1:1:stream/s"},
}


@cache
def _members() -> Mapping[str, frozenset[str]]:
    """Node type to the names of its settings."""
    shapes = Loader().load_service_model("glue", "service-2")["shapes"]
    return {
        node_type: frozenset(shapes[member["shape"]]["members"])
        for node_type, member in shapes["CodeGenConfigurationNode"]["members"].items()
    }


def _job(node_type: str) -> dict[str, Any]:
    """A job with one node of a type, which reads and writes places of its own."""
    of_its_own = {
        **_SETTINGS,
        "Database": "stedi",
        "Table": f"t_{node_type.lower()}",
        "Path": f"s3://lake-of-orders/out/{node_type}/",
    }
    members = _members()[node_type]
    settings = {key: value for key, value in of_its_own.items() if key in members}
    if "Table" in members and "ConnectionName" in members:  # a table of the database behind it
        settings["Database"] = "shop"
    return {
        "Name": node_type,
        "GlueVersion": "5.1",
        "Command": {"Name": "glueetl"},
        "DefaultArguments": {
            "--extra-py-files": "s3://lake-of-orders/lib/a.py, s3://lake-of-orders/lib/b.zip",
            "--enable-glue-datacatalog": "true",
        },
        "CodeGenConfigurationNodes": {"in": _SOURCE, "node": {node_type: settings}},
    }


def _loaded(job: Mapping[str, Any]) -> Job:
    return load(json.dumps(job))


def _underivable(node_type: str) -> bool:
    return bool(access_of(_loaded(_job(node_type))).unknown)


def _with_jobs(project: Project, node_types: list[str]) -> None:
    """Put jobs with nodes of these types, and the tables that they name, in place of the project's."""
    jobs = project.root / "glue_studio_json"
    shutil.rmtree(jobs)
    jobs.mkdir()
    tables = project.root / "terraform" / "tables"
    definition = (tables / "customer_trusted.json").read_text()
    for node_type in node_types:
        job = _job(node_type)
        project.write_job(job)
        access = access_of(_loaded(job))
        for table in access.tables_read + access.tables_written:
            file = tables / f"{table.table}.json"
            if not file.exists():
                file.write_text(definition)
    # What the project's own root has no need to say.
    (project.root / "terraform" / "pipeline_override.tf").write_text(
        f'module "pipeline" {{\n  connections = {{ {_CONNECTION} = {{}} }}\n'
        "  publish = { enabled = false }\n}\n"
    )


def _granted(plan: Plan) -> dict[str, set[tuple[str, str]]]:
    """Role to each action on each resource that its policies allow."""
    granted: dict[str, set[tuple[str, str]]] = {}
    policies = [
        *(
            (values["role"], values["policy"])
            for values in plan.planned("aws_iam_role_policy").values()
        ),
        *(
            (values["name"].rpartition("-")[0], values["policy"])
            for values in plan.planned("aws_iam_policy").values()
        ),
    ]
    for role, policy in policies:
        for statement in json.loads(policy)["Statement"]:
            assert statement["Effect"] == "Allow"
            granted.setdefault(role, set()).update(
                (action, resource)
                for action in statement["Action"]
                for resource in statement["Resource"]
            )
    return granted


def _said(project: Project, jobs: list[Job]) -> dict[str, set[tuple[str, str]]]:
    """The same, as glue_studio derives it."""
    zones = table_zones(project.root / "terraform" / "tables", ["stedi"])
    deployment = Deployment(_ACCOUNT, _REGION, _PREFIX, zones=zones)
    return {
        permissions.role: {(one.action, one.resource) for one in permissions.granted}
        for permissions in (permissions_of(job, deployment) for job in jobs)
    }


def test_the_roles_of_this_project_may_do_what_access_says(as_it_is: tuple[Project, Plan]) -> None:
    project, plan = as_it_is
    jobs = [load(path) for path in sorted((project.root / "glue_studio_json").glob("*.json"))]
    assert len(jobs) == 5
    assert _granted(plan) == _said(project, jobs)


def test_a_role_for_each_node_type_may_do_what_access_says(project: Project) -> None:
    node_types = [node_type for node_type in _members() if not _underivable(node_type)]
    _with_jobs(project, node_types)
    jobs = [_loaded(_job(node_type)) for node_type in node_types]
    said = _said(project, jobs)
    granted = _granted(project.plan())
    assert set(granted) == set(said)
    for role in said:
        assert granted[role] == said[role], role


def test_both_refuse_the_same_node_types(project: Project) -> None:
    node_types = sorted(_members())
    _with_jobs(project, node_types)
    done = project.terraform("plan", "-input=false", "-no-color", check=False)
    refused = set(re.findall(r"node node \((\w+)\)", " ".join(done.stderr.split())))
    assert refused == {node_type for node_type in node_types if _underivable(node_type)}


def test_a_job_without_a_table_reads_none() -> None:
    job = Job("j", {}, parse_nodes({"a": {"S3JsonSource": {"Name": "a", "Paths": ["s3://b/c/"]}}}))
    said = permissions_of(
        job, Deployment(_ACCOUNT, _REGION, _PREFIX, zones={TableRef("d", "t"): ("z", "t/")})
    )
    assert not [one for one in said.granted if one.resource.startswith("arn:aws:glue")]

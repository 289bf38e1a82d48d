"""The statements in athena_sql make the very tables, and the very view, that Terraform makes."""

from __future__ import annotations

import base64
import json
import time
from string import Template
from typing import TYPE_CHECKING, Any

import pytest

from sandbox import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.server.application import Sandbox
    from tests.terraform.conftest import Project

pytestmark = pytest.mark.terraform

BY_HAND = "by_hand"
RESULTS = "by-hand-results"
# What tells who made a table and when, and where its description stands: Athena has none.
NOT_THE_TABLE = {
    "CatalogId",
    "CreateTime",
    "CreatedBy",
    "DatabaseName",
    "Description",
    "IsMaterializedView",
    "LastAccessTime",
    "Owner",
    "UpdateTime",
    "VersionId",
}


@pytest.fixture
def glue(project: Project, sandbox: Sandbox) -> Iterator[Any]:
    """The catalog after Terraform made its part, with an empty database beside it."""
    client = environment.client("glue", sandbox.endpoint_url)
    client.create_database(DatabaseInput={"Name": BY_HAND})
    environment.client("s3", sandbox.endpoint_url).create_bucket(Bucket=RESULTS)
    _terraform(project, "apply", "-auto-approve")
    yield client
    _terraform(project, "apply", "-destroy", "-auto-approve")


def test_statements_make_what_terraform_makes(
    project: Project, sandbox: Sandbox, glue: Any
) -> None:
    landing = "stedi-landing-123456789012-us-east-1"
    folder = project.root / "athena_sql"
    statements = {
        path.stem: Template(path.read_text("utf-8")).substitute(landing_bucket=landing)
        for path in folder.glob("*_landing.sql")
    }
    assert len(statements) == 3
    for name, statement in statements.items():
        _run(sandbox, statement)
        wanted = _table(glue, "stedi", name)
        # Athena stores a location without its last slash, Terraform as given: the same folder.
        storage = wanted["StorageDescriptor"]
        assert storage["Location"].endswith(f"/{name}/")
        storage["Location"] = storage["Location"].removesuffix("/")
        made = _table(glue, BY_HAND, name)
        del made["Parameters"]["transient_lastDdlTime"]  # Athena's own note of when
        assert made == wanted

    # The view reads a table of the curated zone, which has no statement of its own.
    source = glue.get_table(DatabaseName="stedi", Name="machine_learning_curated")["Table"]
    given = {key: source[key] for key in ("Name", "TableType", "Parameters", "StorageDescriptor")}
    given["StorageDescriptor"]["Location"] = f"s3://{RESULTS}/no-rows/"
    glue.create_table(DatabaseName=BY_HAND, TableInput=given)
    views = {path.stem: path.read_text("utf-8") for path in folder.glob("views/*.sql")}
    assert list(views) == ["machine_learning_curated_by_customer"]
    for name, statement in views.items():
        _run(sandbox, statement)
        assert _view(glue, BY_HAND, name) == _view(glue, "stedi", name)


def _terraform(project: Project, *arguments: str) -> None:
    project.terraform(
        *arguments, "-input=false", "-no-color", "-target=module.pipeline.module.catalog"
    )


def _run(sandbox: Sandbox, statement: str) -> None:
    athena = environment.client("athena", sandbox.endpoint_url)
    query_id = athena.start_query_execution(
        QueryString=statement,
        QueryExecutionContext={"Database": BY_HAND},
        ResultConfiguration={"OutputLocation": f"s3://{RESULTS}/"},
    )["QueryExecutionId"]
    state = "QUEUED"
    while state in {"QUEUED", "RUNNING"}:
        time.sleep(0.05)
        execution = athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
        state = execution["Status"]["State"]
    assert state == "SUCCEEDED", execution["Status"]


def _table(glue: Any, database: str, name: str) -> dict[str, Any]:
    table = glue.get_table(DatabaseName=database, Name=name)["Table"]
    told: dict[str, Any] = _without_empty(
        {k: v for k, v in table.items() if k not in NOT_THE_TABLE}
    )
    return told


def _view(glue: Any, database: str, name: str) -> tuple[list[dict[str, str]], list[str]]:
    """The columns that Athena keeps of a view, and the words of its query."""
    text = glue.get_table(DatabaseName=database, Name=name)["Table"]["ViewOriginalText"]
    view = json.loads(base64.b64decode(text.split()[3]))
    return view["columns"], view["originalSql"].replace("(", " ").replace(")", " ").split()


def _without_empty(value: Any) -> Any:
    """A member that is empty or false means the same as one that is absent."""
    if isinstance(value, dict):
        return {key: plain for key, given in value.items() if (plain := _without_empty(given))}
    if isinstance(value, list):
        return [_without_empty(given) for given in value]
    return value

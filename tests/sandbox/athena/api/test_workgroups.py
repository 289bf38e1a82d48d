from functools import partial
from typing import Any

import pytest

from sandbox.athena.api.workgroups import WorkGroups
from sandbox.aws_json import RequestContext
from sandbox.errors import AwsError

CONTEXT = RequestContext("123456789012", "us-east-1", "http://127.0.0.1:1")
ARN = "arn:aws:athena:us-east-1:123456789012:workgroup/"


class Api:
    def __init__(self) -> None:
        groups = WorkGroups()
        delete = partial(groups.delete, has_run=False)
        self._operations: dict[str, Any] = {**groups.operations(), "DeleteWorkGroup": delete}

    def __call__(self, operation: str, **body: Any) -> Any:
        return self._operations[operation](body, CONTEXT)

    def error(self, operation: str, **body: Any) -> str:
        with pytest.raises(AwsError) as raised:
            self(operation, **body)
        return str(raised.value)


@pytest.fixture
def api() -> Api:
    return Api()


def test_the_primary_work_group_is_there(api: Api) -> None:
    group = api("GetWorkGroup", WorkGroup="primary")["WorkGroup"]
    assert group["State"] == "ENABLED"
    assert group["Configuration"]["EnforceWorkGroupConfiguration"] is False
    assert "cannot be deleted" in api.error("DeleteWorkGroup", WorkGroup="primary")


def test_work_groups_come_change_and_go(api: Api) -> None:
    api("CreateWorkGroup", Name="a", Tags=[{"Key": "k", "Value": "v"}])
    assert "already created" in api.error("CreateWorkGroup", Name="a")
    assert [g["Name"] for g in api("ListWorkGroups")["WorkGroups"]] == ["a", "primary"]
    api(
        "UpdateWorkGroup",
        WorkGroup="a",
        Description="d",
        ConfigurationUpdates={
            "ResultConfigurationUpdates": {"OutputLocation": "s3://b/"},
            "BytesScannedCutoffPerQuery": 10_000_000,
            "EngineVersion": {"SelectedEngineVersion": "AUTO"},
        },
    )
    configuration = api("GetWorkGroup", WorkGroup="a")["WorkGroup"]["Configuration"]
    assert configuration["ResultConfiguration"] == {"OutputLocation": "s3://b/"}
    assert configuration["EngineVersion"]["EffectiveEngineVersion"] == "Athena engine version 3"
    api(
        "UpdateWorkGroup",
        WorkGroup="a",
        ConfigurationUpdates={
            "ResultConfigurationUpdates": {"RemoveOutputLocation": True},
            "RemoveBytesScannedCutoffPerQuery": True,
        },
    )
    configuration = api("GetWorkGroup", WorkGroup="a")["WorkGroup"]["Configuration"]
    assert configuration["ResultConfiguration"] == {}
    assert "BytesScannedCutoffPerQuery" not in configuration
    api("DeleteWorkGroup", WorkGroup="a")
    assert "is not found" in api.error("GetWorkGroup", WorkGroup="a")


def test_an_update_reaches_into_every_part_of_a_configuration(api: Api) -> None:
    kept = {"ManagedQueryResultsConfiguration": {"Enabled": False}}
    api("CreateWorkGroup", Name="a", Configuration=kept)
    key = {"EncryptionConfiguration": {"KmsKey": "alias/k"}}
    for change, expected in (
        ({"Enabled": True, **key}, {"Enabled": True, **key}),
        ({"RemoveEncryptionConfiguration": True}, {"Enabled": True}),
    ):
        updates = {"ManagedQueryResultsConfigurationUpdates": change}
        api("UpdateWorkGroup", WorkGroup="a", ConfigurationUpdates=updates)
        configuration = api("GetWorkGroup", WorkGroup="a")["WorkGroup"]["Configuration"]
        assert configuration["ManagedQueryResultsConfiguration"] == expected


def test_only_engine_version_3_is_there(api: Api) -> None:
    spark = {"EngineVersion": {"SelectedEngineVersion": "PySpark engine version 3"}}
    assert "PySpark" in api.error("CreateWorkGroup", Name="a", Configuration=spark)
    api("CreateWorkGroup", Name="a")
    assert "PySpark" in api.error("UpdateWorkGroup", WorkGroup="a", ConfigurationUpdates=spark)
    selected = [v["SelectedEngineVersion"] for v in api("ListEngineVersions")["EngineVersions"]]
    assert selected == ["AUTO", "Athena engine version 3"]


def test_tags_of_a_group_that_has_none(api: Api) -> None:
    api("CreateWorkGroup", Name="a")
    assert api("ListTagsForResource", ResourceARN=f"{ARN}a")["Tags"] == []
    api("TagResource", ResourceARN=f"{ARN}a", Tags=[{"Key": "k", "Value": "v"}])
    assert api("ListTagsForResource", ResourceARN=f"{ARN}a")["Tags"] == [{"Key": "k", "Value": "v"}]
    api("UntagResource", ResourceARN=f"{ARN}a", TagKeys=["k", "other"])
    assert api("ListTagsForResource", ResourceARN=f"{ARN}a")["Tags"] == []
    assert "ResourceNotFoundException" in api.error("ListTagsForResource", ResourceARN=f"{ARN}b")


def test_named_queries(api: Api) -> None:
    made = api("CreateNamedQuery", Name="q", Database="d", QueryString="SELECT 1")
    query = made["NamedQueryId"]
    assert api("GetNamedQuery", NamedQueryId=query)["NamedQuery"]["WorkGroup"] == "primary"
    assert api("ListNamedQueries")["NamedQueryIds"] == [query]
    api("UpdateNamedQuery", NamedQueryId=query, Name="r", QueryString="SELECT 2")
    batch = api("BatchGetNamedQuery", NamedQueryIds=[query, "no"])
    assert batch["NamedQueries"][0]["QueryString"] == "SELECT 2"
    assert batch["UnprocessedNamedQueryIds"][0]["NamedQueryId"] == "no"
    api("DeleteNamedQuery", NamedQueryId=query)
    assert "was not found" in api.error("GetNamedQuery", NamedQueryId=query)


def test_one_token_is_one_named_query(api: Api) -> None:
    given = {"Name": "q", "Database": "d", "ClientRequestToken": "t" * 32}
    made = api("CreateNamedQuery", **given, QueryString="SELECT 1")
    assert api("CreateNamedQuery", **given, QueryString="SELECT 1") == made
    assert api("ListNamedQueries", MaxResults=0)["NamedQueryIds"] == [made["NamedQueryId"]]
    assert "do not match" in api.error("CreateNamedQuery", **given, QueryString="SELECT 2")


def test_a_group_with_contents_goes_only_when_told(api: Api) -> None:
    api("CreateWorkGroup", Name="a")
    api("CreateNamedQuery", Name="q", Database="d", QueryString="SELECT 1", WorkGroup="a")
    api("CreatePreparedStatement", StatementName="s", WorkGroup="a", QueryStatement="SELECT ?")
    assert "is not empty" in api.error("DeleteWorkGroup", WorkGroup="a")
    api("DeleteWorkGroup", WorkGroup="a", RecursiveDeleteOption=True)
    assert api("ListNamedQueries")["NamedQueryIds"] == []


def test_prepared_statements(api: Api) -> None:
    given = {"StatementName": "s", "WorkGroup": "primary"}
    api("CreatePreparedStatement", **given, QueryStatement="SELECT ?")
    assert "already exists" in api.error("CreatePreparedStatement", **given, QueryStatement="x")
    api("UpdatePreparedStatement", **given, QueryStatement="SELECT ?, 1", Description="d")
    found = api("GetPreparedStatement", **given)["PreparedStatement"]
    assert (found["QueryStatement"], found["Description"]) == ("SELECT ?, 1", "d")
    listed = api("ListPreparedStatements", WorkGroup="primary")["PreparedStatements"]
    assert [item["StatementName"] for item in listed] == ["s"]
    batch = api(
        "BatchGetPreparedStatement", WorkGroup="primary", PreparedStatementNames=["s", "no"]
    )
    assert len(batch["PreparedStatements"]) == len(batch["UnprocessedPreparedStatementNames"]) == 1
    api("DeletePreparedStatement", **given)
    assert "was not found" in api.error("GetPreparedStatement", **given)


def test_data_catalogs(api: Api) -> None:
    assert api("GetDataCatalog", Name="AwsDataCatalog")["DataCatalog"]["Type"] == "GLUE"
    api("CreateDataCatalog", Name="c", Type="LAMBDA", Tags=[{"Key": "k", "Value": "v"}])
    assert "already exists" in api.error("CreateDataCatalog", Name="c", Type="LAMBDA")
    api("UpdateDataCatalog", Name="c", Type="LAMBDA", Description="d")
    assert api("GetDataCatalog", Name="c")["DataCatalog"]["Description"] == "d"
    listed = api("ListDataCatalogs")["DataCatalogsSummary"]
    assert [item["CatalogName"] for item in listed] == ["AwsDataCatalog", "c"]
    assert api("GetDataCatalog", Name="c")["DataCatalog"]["Status"] == "CREATE_COMPLETE"
    api("DeleteDataCatalog", Name="c")
    assert "was not found" in api.error("GetDataCatalog", Name="c")
    for name in ("AwsDataCatalog", "awsdatacatalog"):
        assert "cannot be deleted" in api.error("DeleteDataCatalog", Name=name)
        assert "cannot be updated" in api.error("UpdateDataCatalog", Name=name, Type="GLUE")


def test_lists_come_in_pages(api: Api) -> None:
    for name in "abc":
        api("CreateWorkGroup", Name=name)
    first = api("ListWorkGroups", MaxResults=3)
    assert first["NextToken"] == "3"
    second = api("ListWorkGroups", MaxResults=3, NextToken="3")
    assert [g["Name"] for g in second["WorkGroups"]] == ["primary"]
    assert second["NextToken"] is None
    assert "The nextPageToken is malformed: x" in api.error("ListWorkGroups", NextToken="x")

"""The API, served over HTTP in front of moto as the sandbox does it."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import awswrangler as wr
import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox import environment
from sandbox.athena.hive import ddl
from sandbox.athena.sql import parsing
from sandbox.server.application import Sandbox

pytestmark = pytest.mark.slow

OUTPUT = "s3://athena-results/here"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(state_dir=tmp_path_factory.mktemp("state")) as running:
        s3 = environment.client("s3", running.endpoint_url)
        glue = environment.client("glue", running.endpoint_url)
        for bucket in ("athena-results", "athena-source"):
            s3.create_bucket(Bucket=bucket)
        glue.create_database(DatabaseInput={"Name": "api", "Description": "for tests"})
        rows = [
            {
                "id": n,
                "name": f'n "{n}",',
                "ratio": n / 3,
                "day": "2020-01-02",
                "at": "2020-01-02 03:04:05",
            }
            for n in range(1500)
        ]
        rows[3].pop("name")
        s3.put_object(
            Bucket="athena-source", Key="t/x.json", Body="\n".join(json.dumps(row) for row in rows)
        )
        athena = environment.client("athena", running.endpoint_url)
        athena.create_work_group(
            Name="tests", Configuration={"ResultConfiguration": {"OutputLocation": OUTPUT}}
        )
        run(
            athena,
            "CREATE EXTERNAL TABLE api.t (id bigint, name string, ratio double, day date, "
            "`at` timestamp) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' "
            "LOCATION 's3://athena-source/t/'",
        )
        yield running


@pytest.fixture
def athena(server: Sandbox) -> Any:
    return environment.client("athena", server.endpoint_url)


@pytest.fixture
def session(server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return boto3.Session()


def start(athena: Any, sql: str, **more: Any) -> str:
    more = {"WorkGroup": "tests", "QueryExecutionContext": {"Database": "api"}, **more}
    started: str = athena.start_query_execution(QueryString=sql, **more)["QueryExecutionId"]
    return started


def wait(athena: Any, query: str) -> Any:
    while True:
        execution = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
        if execution["Status"]["State"] not in {"QUEUED", "RUNNING"}:
            return execution
        time.sleep(0.01)


def run(athena: Any, sql: str, **more: Any) -> Any:
    return wait(athena, start(athena, sql, **more))


def refused(athena: Any, sql: str, **more: Any) -> str:
    with pytest.raises(ClientError) as raised:
        start(athena, sql, **more)
    error = raised.value.response["Error"]
    assert error["Code"] == "InvalidRequestException"
    return str(error["Message"])


def test_a_query_from_start_to_end(server: Sandbox, athena: Any) -> None:
    execution = run(
        athena, "SELECT id, name, NULL AS nothing FROM t WHERE id IN (2, 3) ORDER BY id"
    )
    assert execution["Status"]["State"] == "SUCCEEDED"
    assert execution["StatementType"] == "DML"
    assert execution["SubstatementType"] == "SELECT"
    assert execution["WorkGroup"] == "tests"
    assert execution["QueryExecutionContext"] == {"Database": "api"}
    assert execution["EngineVersion"]["EffectiveEngineVersion"] == "Athena engine version 3"
    assert execution["Status"]["SubmissionDateTime"] <= execution["Status"]["CompletionDateTime"]
    size = environment.client("s3", server.endpoint_url).head_object(
        Bucket="athena-source", Key="t/x.json"
    )["ContentLength"]
    assert execution["Statistics"]["DataScannedInBytes"] == size
    query = execution["QueryExecutionId"]
    assert execution["ResultConfiguration"]["OutputLocation"] == f"{OUTPUT}/{query}.csv"
    s3 = environment.client("s3", server.endpoint_url)
    body = s3.get_object(Bucket="athena-results", Key=f"here/{query}.csv")["Body"].read()
    assert body == b'"id","name","nothing"\n"2","n ""2"",",\n"3",,\n'
    assert s3.head_object(Bucket="athena-results", Key=f"here/{query}.csv.metadata")
    result = athena.get_query_results(QueryExecutionId=query)
    assert [row["Data"] for row in result["ResultSet"]["Rows"]] == [
        [{"VarCharValue": "id"}, {"VarCharValue": "name"}, {"VarCharValue": "nothing"}],
        [{"VarCharValue": "2"}, {"VarCharValue": 'n "2",'}, {}],
        [{"VarCharValue": "3"}, {}, {}],
    ]
    columns = result["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert [(column["Name"], column["Type"]) for column in columns] == [
        ("id", "bigint"),
        ("name", "varchar"),
        ("nothing", "unknown"),
    ]
    statistics = athena.get_query_runtime_statistics(QueryExecutionId=query)
    assert statistics["QueryRuntimeStatistics"]["Rows"] == {"InputBytes": size, "OutputRows": 2}


@pytest.mark.parametrize(
    ("sql", "parsed"),
    [
        ("SELECT id + 1 FROM t WHERE id < ?", ["SELECT"]),
        ("EXPLAIN SELECT id FROM t", ["SELECT"]),
        ("DESCRIBE t", ["Hive"]),
        ("CREATE EXTERNAL TABLE once (a int) LOCATION 's3://athena-source/once/'", ["Hive"]),
        ("CREATE TABLE once_more AS SELECT id FROM t", ["SELECT"]),
        ("INSERT INTO written SELECT id FROM t", ["SELECT"]),
        ("CREATE VIEW seen AS SELECT id FROM t", ["SELECT"]),
    ],
)
def test_a_text_is_parsed_once(
    athena: Any, monkeypatch: pytest.MonkeyPatch, sql: str, parsed: list[str]
) -> None:
    run(athena, "CREATE TABLE IF NOT EXISTS written AS SELECT id FROM t")
    seen: list[str] = []
    parse_query, parse_definition = parsing.AthenaDialect.Parser.parse, ddl.DefinitionReader.read

    def query(*arguments: Any, **more: Any) -> Any:
        seen.append("SELECT")
        return parse_query(*arguments, **more)

    def definition(*arguments: Any) -> Any:
        seen.append("Hive")
        return parse_definition(*arguments)

    monkeypatch.setattr(parsing.AthenaDialect.Parser, "parse", query)
    monkeypatch.setattr(ddl.DefinitionReader, "read", definition)
    more: dict[str, Any] = {"ExecutionParameters": ["3"]} if "?" in sql else {}
    assert run(athena, sql, **more)["Status"]["State"] == "SUCCEEDED"
    assert seen == parsed


def test_results_come_in_pages(athena: Any) -> None:
    query = run(athena, "SELECT id FROM t ORDER BY id")["QueryExecutionId"]
    pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=query)
    rows = [row["Data"][0]["VarCharValue"] for page in pages for row in page["ResultSet"]["Rows"]]
    assert rows == ["id", *map(str, range(1500))]
    first = athena.get_query_results(QueryExecutionId=query, MaxResults=1)
    assert len(first["ResultSet"]["Rows"]) == 1
    for token in ("x", "3", "999999"):
        with pytest.raises(ClientError, match=f"Malformed nextPageToken {token}"):
            athena.get_query_results(QueryExecutionId=query, NextToken=token)
    with pytest.raises(ClientError, match="DataManifestLocation"):
        athena.get_query_results(QueryExecutionId=query, QueryResultType="DATA_MANIFEST")
    with pytest.raises(ClientError, match="1000"):
        athena.get_query_results(QueryExecutionId=query, MaxResults=1001)


def test_definitions_leave_a_text_file(server: Sandbox, athena: Any) -> None:
    execution = run(athena, "SHOW TABLES")
    assert execution["StatementType"] == "UTILITY"
    location = execution["ResultConfiguration"]["OutputLocation"]
    assert location.endswith(".txt")
    s3 = environment.client("s3", server.endpoint_url)
    key = location.removeprefix("s3://athena-results/")
    lines = s3.get_object(Bucket="athena-results", Key=key)["Body"].read().split(b"\n")
    assert b"t" in lines
    assert b"" not in lines  # on AWS no line break ends the last one: see test_recordings.py
    rows = athena.get_query_results(QueryExecutionId=execution["QueryExecutionId"])["ResultSet"][
        "Rows"
    ]
    assert {"Data": [{"VarCharValue": "t"}]} in rows


def test_what_writes_no_rows_has_no_count_of_them(athena: Any) -> None:
    for sql, expected in (
        ("SELECT 1", 0),
        ("SHOW TABLES", 0),
        ("DESCRIBE t", None),
        ("SHOW CREATE TABLE t", None),
        ("EXPLAIN SELECT 1", None),
        ("CREATE VIEW counted AS SELECT 1 AS a", None),
        ("CREATE TABLE counted_rows AS SELECT id FROM t LIMIT 3", 3),
    ):
        query = run(athena, sql)["QueryExecutionId"]
        answer = athena.get_query_results(QueryExecutionId=query)
        assert answer.get("UpdateCount") == expected, sql


def test_a_query_that_fails(athena: Any) -> None:
    execution = run(athena, "SELECT nope FROM t")
    assert execution["Status"]["State"] == "FAILED"
    reason = execution["Status"]["StateChangeReason"]
    assert reason.startswith("COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved")
    assert execution["Status"]["AthenaError"] == {
        "ErrorCategory": 2,
        "ErrorType": 1006,
        "Retryable": False,
        "ErrorMessage": reason,
    }
    with pytest.raises(
        ClientError, match="Query did not finish successfully. Final query state: FAILED"
    ):
        athena.get_query_results(QueryExecutionId=execution["QueryExecutionId"])


def test_what_is_refused_at_once(athena: Any) -> None:
    assert refused(athena, "SELEC 1").startswith("line 1:1: mismatched input 'SELEC'. Expecting:")
    assert "no viable alternative" in refused(athena, "CREATE EXTERNAL TABLE t (user string)")
    assert refused(athena, "SELECT 1", WorkGroup="none") == "WorkGroup is not found."
    assert "No output location provided" in refused(athena, "SELECT 1", WorkGroup="primary")
    assert "Unable to verify/create output bucket gone" in refused(
        athena,
        "SELECT 1",
        WorkGroup="primary",
        ResultConfiguration={"OutputLocation": "s3://gone/x"},
    )
    assert "not a valid S3 path" in refused(
        athena,
        "SELECT 1",
        WorkGroup="primary",
        ResultConfiguration={"OutputLocation": "http://x/y"},
    )
    assert "Catalog other was not found" in refused(
        athena, "SELECT 1", QueryExecutionContext={"Catalog": "other"}
    )
    assert "longer than" in refused(athena, "SELECT '" + "é" * 140_000 + "'")


def test_an_execution_that_is_not_there(athena: Any) -> None:
    for call in (athena.get_query_execution, athena.get_query_results, athena.stop_query_execution):
        with pytest.raises(ClientError, match="QueryExecution nope was not found"):
            call(QueryExecutionId="nope")
    known = run(athena, "SELECT 1")["QueryExecutionId"]
    batch = athena.batch_get_query_execution(QueryExecutionIds=[known, "nope"])
    assert [item["QueryExecutionId"] for item in batch["QueryExecutions"]] == [known]
    assert batch["UnprocessedQueryExecutionIds"][0]["QueryExecutionId"] == "nope"
    assert athena.list_query_executions(WorkGroup="tests")["QueryExecutionIds"][0] == known
    with pytest.raises(ClientError, match="WorkGroup is not found"):
        athena.list_query_executions(WorkGroup="none")


@pytest.mark.parametrize(
    ("call", "given", "code"),
    [
        ("start_query_execution", {"QueryString": "SELEC 1"}, "MALFORMED_QUERY"),
        ("start_query_execution", {"QueryString": "SELECT 1"}, "INVALID_INPUT"),
        ("get_query_execution", {"QueryExecutionId": "nope"}, "QUERY_EXECUTION_NOT_FOUND"),
        ("get_work_group", {"WorkGroup": "nope"}, "INVALID_INPUT"),
        ("list_work_groups", {"MaxResults": 51}, "INVALID_INPUT"),
        ("create_work_group", {"Name": "a b"}, "INVALID_INPUT"),
        ("batch_get_named_query", {"NamedQueryIds": ["x"] * 51}, "INVALID_INPUT"),
    ],
)
def test_a_refused_request_has_athenas_code(
    athena: Any, call: str, given: dict[str, Any], code: str
) -> None:
    more = {"WorkGroup": "tests"} if code == "MALFORMED_QUERY" else {}
    with pytest.raises(ClientError) as raised:
        getattr(athena, call)(**given, **more)
    assert raised.value.response["AthenaErrorCode"] == code  # type: ignore[typeddict-item]


def test_the_wrong_number_of_parameters_fails_the_query(athena: Any) -> None:
    reason = "INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters: expected {} but"
    for sql, needed in (("SELECT ?, ?", 2), ("SELECT 1", 0), ("INSERT INTO t SELECT ?, ?", 2)):
        execution = run(athena, sql, ExecutionParameters=["1"])
        assert execution["Status"]["StateChangeReason"].startswith(reason.format(needed)), sql
        assert execution["Status"]["AthenaError"]["ErrorType"] == 1100


def test_stopping_a_query(athena: Any) -> None:
    query = start(
        athena, "SELECT count(*) FROM t a, t b, t c, t d WHERE a.id + b.id + c.id + d.id > 5"
    )
    while (
        athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"]
        == "QUEUED"
    ):
        time.sleep(0.01)
    with pytest.raises(ClientError, match="Query has not yet finished"):
        athena.get_query_results(QueryExecutionId=query)
    athena.stop_query_execution(QueryExecutionId=query)
    execution = wait(athena, query)
    assert execution["Status"]["State"] == "CANCELLED"
    assert execution["Status"]["StateChangeReason"] == "Query cancelled by user"
    with pytest.raises(ClientError, match="Could not find results"):
        athena.get_query_results(QueryExecutionId=query)
    athena.stop_query_execution(QueryExecutionId=query)


def test_two_hundred_queries_at_once_are_all_answered(athena: Any) -> None:
    queries = [start(athena, f"SELECT {number}") for number in range(200)]
    for number, query in enumerate(queries):
        assert wait(athena, query)["Status"]["State"] == "SUCCEEDED"
        rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
        assert rows[1]["Data"] == [{"VarCharValue": str(number)}]


def test_one_token_is_one_query(athena: Any) -> None:
    token = "t" * 40
    first = start(athena, "SELECT 1", ClientRequestToken=token)
    assert start(athena, "SELECT 1", ClientRequestToken=token) == first
    assert (
        refused(athena, "SELECT 2", ClientRequestToken=token)
        == "Idempotent parameters do not match"
    )
    # What is wrong is told first, and nothing but the text, its context and the place of the results
    # counts (aoyagikouhei/athena-local, docs/dev/measurements/client-request-token.md).
    assert "mismatched input" in refused(athena, "SELEC 1", ClientRequestToken=token)
    more: dict[str, Any] = {"QueryExecutionContext": {"Database": "default"}}
    assert "Idempotent" in refused(athena, "SELECT 1", ClientRequestToken=token, **more)
    more = {"ResultConfiguration": {"OutputLocation": OUTPUT}, "ExecutionParameters": ["1"]}
    assert start(athena, "SELECT 1", ClientRequestToken=token, **more) == first


def test_many_queries_at_once(athena: Any) -> None:
    queries = [start(athena, f"SELECT count(*) + {n} FROM t") for n in range(25)]
    assert {wait(athena, query)["Status"]["State"] for query in queries} == {"SUCCEEDED"}
    values = [
        athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"][1]["Data"][0]
        for query in queries
    ]
    assert values == [{"VarCharValue": str(1500 + n)} for n in range(25)]


def test_work_group_settings_are_kept_to(athena: Any) -> None:
    own = {"OutputLocation": "s3://athena-results/own"}
    execution = run(athena, "SELECT 1", ResultConfiguration=own)
    assert execution["ResultConfiguration"]["OutputLocation"].startswith(OUTPUT)
    athena.create_work_group(
        Name="free",
        Description="lets queries choose",
        Configuration={
            "EnforceWorkGroupConfiguration": False,
            "ResultConfiguration": {"OutputLocation": OUTPUT},
            "BytesScannedCutoffPerQuery": 10_000_000,
        },
        Tags=[{"Key": "a", "Value": "b"}],
    )
    execution = run(athena, "SELECT 1", WorkGroup="free", ResultConfiguration=own)
    assert execution["ResultConfiguration"]["OutputLocation"].startswith("s3://athena-results/own/")
    athena.update_work_group(
        WorkGroup="free", ConfigurationUpdates={"BytesScannedCutoffPerQuery": 10_000_001}
    )
    assert run(athena, "SELECT * FROM t", WorkGroup="free")["Status"]["State"] == "SUCCEEDED"
    group = athena.get_work_group(WorkGroup="free")["WorkGroup"]
    assert group["Configuration"]["BytesScannedCutoffPerQuery"] == 10_000_001
    assert group["Description"] == "lets queries choose"
    athena.update_work_group(WorkGroup="free", State="DISABLED")
    assert refused(athena, "SELECT 1", WorkGroup="free") == "WorkGroup free is disabled."
    with pytest.raises(ClientError, match="WorkGroup free is not empty"):
        athena.delete_work_group(WorkGroup="free")
    athena.delete_work_group(WorkGroup="free", RecursiveDeleteOption=True)
    athena.create_work_group(Name="free")
    assert athena.list_query_executions(WorkGroup="free")["QueryExecutionIds"] == []
    athena.delete_work_group(WorkGroup="free")
    run(athena, "SELECT 1", WorkGroup="primary", ResultConfiguration=own)
    with pytest.raises(ClientError, match="primary cannot be deleted"):
        athena.delete_work_group(WorkGroup="primary")


def test_results_are_written_as_the_configuration_says(server: Sandbox, athena: Any) -> None:
    wanted = {
        "OutputLocation": "s3://athena-results/encrypted/",
        "EncryptionConfiguration": {"EncryptionOption": "SSE_KMS", "KmsKey": "alias/k"},
        "ExpectedBucketOwner": "123456789012",
        "AclConfiguration": {"S3AclOption": "BUCKET_OWNER_FULL_CONTROL"},
    }
    given: dict[str, Any] = {"WorkGroup": "primary", "ResultConfiguration": wanted}
    told = run(athena, "CREATE TABLE encrypted AS SELECT 1 AS a", **given)["ResultConfiguration"]
    assert {**told, "OutputLocation": ""} == {**wanted, "OutputLocation": ""}
    run(athena, "SELECT 1", **given)
    s3 = environment.client("s3", server.endpoint_url)
    written = s3.list_objects_v2(Bucket="athena-results", Prefix="encrypted/")["Contents"]
    assert len(written) == 5
    for item in written:
        head = s3.head_object(Bucket="athena-results", Key=item["Key"])
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "alias/k")
    for change, reason in (
        ({"ExpectedBucketOwner": "210987654321"}, "Unable to verify"),
        ({"EncryptionConfiguration": {"EncryptionOption": "CSE_KMS"}}, "CSE_KMS"),
    ):
        other = {**given, "ResultConfiguration": {**wanted, **change}}
        assert reason in refused(athena, "SELECT 1", **other)


def test_a_scan_limit(athena: Any, server: Sandbox) -> None:
    athena.create_work_group(
        Name="small",
        Configuration={
            "ResultConfiguration": {"OutputLocation": OUTPUT},
            "BytesScannedCutoffPerQuery": 10_000_000,
        },
    )
    big = b'{"id": 1}\n' * 1_100_000
    environment.client("s3", server.endpoint_url).put_object(
        Bucket="athena-source", Key="big/x.json", Body=big
    )
    run(
        athena,
        "CREATE EXTERNAL TABLE api.big (id bigint) ROW FORMAT SERDE "
        "'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://athena-source/big/'",
    )
    execution = run(athena, "SELECT count(*) FROM big", WorkGroup="small")
    assert execution["Status"]["State"] == "CANCELLED"
    assert "Bytes scanned limit was exceeded" in execution["Status"]["StateChangeReason"]
    assert run(athena, "SELECT count(*) FROM big")["Status"]["State"] == "SUCCEEDED"


@pytest.mark.filterwarnings("ignore:The copy keyword is deprecated")  # in awswrangler itself
def test_awswrangler_reads_typed_frames(session: boto3.Session) -> None:
    frame = wr.athena.read_sql_query(
        "SELECT *, true AS yes, CAST(1.25 AS DECIMAL(5, 2)) AS price FROM t WHERE id <= 3 ORDER BY id",
        database="api",
        workgroup="tests",
        ctas_approach=False,
        unload_approach=False,
        boto3_session=session,
    )
    kinds = {name: str(kind) for name, kind in frame.dtypes.items()}
    assert kinds["id"] == "Int64"
    assert kinds["ratio"] == "float64"
    assert kinds["yes"] == "boolean"
    assert kinds["at"].startswith("datetime64")
    assert frame["name"].isna().tolist() == [False, False, False, True]
    assert str(frame["price"][0]) == "1.25"
    assert str(frame["day"][0]) == "2020-01-02"
    assert frame.query_metadata["Statistics"]["DataScannedInBytes"] > 0


@pytest.mark.filterwarnings("ignore:The copy keyword is deprecated")
def test_awswrangler_binds_parameters_and_describes(session: boto3.Session) -> None:
    frame = wr.athena.read_sql_query(
        "SELECT id FROM t WHERE name = :name",
        params={"name": 'n "7",'},
        database="api",
        workgroup="tests",
        ctas_approach=False,
        boto3_session=session,
    )
    assert frame["id"].tolist() == [7]
    described = wr.athena.describe_table(
        "t", database="api", workgroup="tests", boto3_session=session
    )
    assert described["Column Name"].tolist() == ["id", "name", "ratio", "day", "at"]
    with pytest.raises(wr.exceptions.QueryFailed, match="TABLE_NOT_FOUND"):
        wr.athena.read_sql_query(
            "SELECT * FROM nope",
            database="api",
            workgroup="tests",
            ctas_approach=False,
            boto3_session=session,
        )


def test_prepared_statements(athena: Any) -> None:
    run(athena, "PREPARE one FROM SELECT name FROM t WHERE id = ?")
    execution = run(athena, "EXECUTE one USING 7")
    rows = athena.get_query_results(QueryExecutionId=execution["QueryExecutionId"])["ResultSet"][
        "Rows"
    ]
    assert rows[1]["Data"] == [{"VarCharValue": 'n "7",'}]
    found = athena.get_prepared_statement(StatementName="one", WorkGroup="tests")
    assert found["PreparedStatement"]["QueryStatement"] == "SELECT name FROM t WHERE id = ?"
    run(athena, "DEALLOCATE PREPARE one")
    assert "was not found" in refused(athena, "DEALLOCATE PREPARE one")
    athena.create_prepared_statement(
        StatementName="two", WorkGroup="tests", QueryStatement="SELECT ?"
    )
    execution = run(athena, "EXECUTE two", ExecutionParameters=["'x'"])
    assert execution["Status"]["State"] == "SUCCEEDED"
    assert execution["ExecutionParameters"] == ["'x'"]


def test_the_catalog_through_athena(athena: Any) -> None:
    databases = athena.list_databases(CatalogName="AwsDataCatalog")["DatabaseList"]
    assert {"Name": "api", "Description": "for tests"} in databases
    found = athena.get_database(CatalogName="AwsDataCatalog", DatabaseName="api")
    assert found["Database"]["Name"] == "api"
    names = athena.list_databases(CatalogName="AwsDataCatalog", AttributesToGet=["NAME"])
    assert {"Name": "api"} in names["DatabaseList"]
    kinds = athena.list_table_metadata(
        CatalogName="AwsDataCatalog", DatabaseName="api", AttributesToGet=["NAME", "TABLE_TYPE"]
    )
    assert {"Name": "t", "TableType": "EXTERNAL_TABLE"} in kinds["TableMetadataList"]
    tables = athena.list_table_metadata(
        CatalogName="AwsDataCatalog", DatabaseName="api", Expression="t"
    )
    assert [table["Name"] for table in tables["TableMetadataList"]] == ["t"]
    table = athena.get_table_metadata(
        CatalogName="AwsDataCatalog", DatabaseName="api", TableName="t"
    )
    assert table["TableMetadata"]["Columns"][0] == {"Name": "id", "Type": "bigint"}
    assert table["TableMetadata"]["Parameters"]["location"] == "s3://athena-source/t"
    with pytest.raises(ClientError, match="MetadataException"):
        athena.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName="api", TableName="no")
    with pytest.raises(ClientError, match="MetadataException"):
        athena.list_databases(CatalogName="other")
    athena.create_data_catalog(Name="lambda", Type="LAMBDA")
    with pytest.raises(ClientError, match="reads no catalog but AwsDataCatalog"):
        athena.list_databases(CatalogName="lambda")


def test_a_delay_holds_every_query_and_can_be_cut_short(server: Sandbox, tmp_path: Path) -> None:
    from sandbox.athena.api.service import AthenaService
    from sandbox.aws_json import RequestContext

    glue, s3 = (environment.client(name, server.endpoint_url) for name in ("glue", "s3"))
    service = AthenaService(glue, s3, tmp_path, delay_seconds=600)
    context = RequestContext("123456789012", "us-east-1", server.endpoint_url)
    call = service.operations()
    body = {"QueryString": "SELECT 1", "ResultConfiguration": {"OutputLocation": OUTPUT}}
    query = call["StartQueryExecution"](body, context)
    threading.Event().wait(0.2)
    state = call["GetQueryExecution"](query, context)["QueryExecution"]["Status"]["State"]
    assert state in {"QUEUED", "RUNNING"}
    service.close()
    state = call["GetQueryExecution"](query, context)["QueryExecution"]["Status"]["State"]
    assert state == "CANCELLED"


def test_a_result_is_given_again_when_that_is_allowed(server: Sandbox, athena: Any) -> None:
    reuse = {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 5}}
    sql = "SELECT count(*), 'reuse' FROM t"
    first = run(athena, sql, ResultReuseConfiguration=reuse)
    assert first["Statistics"]["ResultReuseInformation"] == {"ReusedPreviousResult": False}
    second = run(athena, sql, ResultReuseConfiguration=reuse)
    assert second["ResultReuseConfiguration"] == reuse
    assert second["Statistics"]["ResultReuseInformation"] == {"ReusedPreviousResult": True}
    assert second["Statistics"]["DataScannedInBytes"] == 0
    assert (
        second["ResultConfiguration"]["OutputLocation"]
        == (first["ResultConfiguration"]["OutputLocation"])
    )
    rows = athena.get_query_results(QueryExecutionId=second["QueryExecutionId"])["ResultSet"]
    assert rows["Rows"][1]["Data"][0] == {"VarCharValue": "1500"}
    third = run(athena, sql)
    assert third["ResultReuseConfiguration"]["ResultReuseByAgeConfiguration"]["Enabled"] is False
    assert third["Statistics"]["DataScannedInBytes"] > 0


def test_managed_results_need_no_bucket(athena: Any) -> None:
    athena.create_work_group(
        Name="managed", Configuration={"ManagedQueryResultsConfiguration": {"Enabled": True}}
    )
    execution = run(athena, "SELECT 1 AS a", WorkGroup="managed")
    assert execution["Status"]["State"] == "SUCCEEDED"
    assert execution["ManagedQueryResultsConfiguration"] == {"Enabled": True}
    assert "OutputLocation" not in execution["ResultConfiguration"]
    rows = athena.get_query_results(QueryExecutionId=execution["QueryExecutionId"])["ResultSet"]
    assert rows["Rows"][1]["Data"] == [{"VarCharValue": "1"}]

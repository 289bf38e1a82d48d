"""What AWS was recorded to answer, by aoyagikouhei/athena-local in docs/dev/measurements.

Its tables have other names and its output another folder; the rest is the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox import environment
from sandbox.server.application import Sandbox

pytestmark = pytest.mark.slow

_BLANK = " " * 20
_BINARY, _APPLICATION = "binary/octet-stream", "application/octet-stream"
_TASK = "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "


@dataclass
class Answer:
    """What the API tells of one query; of its files, the content type and the length."""

    execution: dict[str, Any]
    columns: list[tuple[str, str]] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    count: int | None = None
    refusal: str = ""
    files: dict[str, tuple[str, int]] = field(default_factory=dict)
    body: bytes = b""

    @property
    def kind(self) -> str:
        return f"{self.execution['StatementType']} {self.execution['SubstatementType']}"

    @property
    def failure(self) -> tuple[int, int, str, str]:
        status = self.execution["Status"]
        error = status["AthenaError"]
        return (
            error["ErrorCategory"],
            error["ErrorType"],
            status["StateChangeReason"],
            error["ErrorMessage"],
        )


class Account:
    def __init__(self, endpoint_url: str) -> None:
        self.athena: Any = environment.client("athena", endpoint_url)
        self.s3: Any = environment.client("s3", endpoint_url)
        self.s3.create_bucket(Bucket="bucket")
        glue: Any = environment.client("glue", endpoint_url)
        for name in ("db", "other"):
            glue.create_database(DatabaseInput={"Name": name})

    def start(self, sql: str) -> str:
        started: str = self.athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": "db"},
            ResultConfiguration={"OutputLocation": "s3://bucket/out/"},
        )["QueryExecutionId"]
        return started

    def ask(self, sql: str) -> Answer:
        query = self.start(sql)
        while True:
            execution = self.athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
            if execution["Status"]["State"] not in {"QUEUED", "RUNNING"}:
                break
        answer = Answer(execution)
        try:
            told = self.athena.get_query_results(QueryExecutionId=query)
        except ClientError as error:
            answer.refusal = error.response["AthenaErrorCode"]  # type: ignore[typeddict-item]
        else:
            found = told["ResultSet"]
            described = found.get("ResultSetMetadata", {}).get("ColumnInfo", [])
            answer.columns = [(column["Name"], column["Type"]) for column in described]
            answer.rows = [row["Data"][0]["VarCharValue"] for row in found["Rows"]]
            answer.count = told.get("UpdateCount")
        for item in self.s3.list_objects_v2(Bucket="bucket", Prefix="out/").get("Contents", []):
            name = item["Key"].replace(query, "ID").removeprefix("out/")
            if "ID" in name and not name.startswith("tables/ID/"):
                content = self.s3.get_object(Bucket="bucket", Key=item["Key"])
                answer.files[name] = (content["ContentType"], content["ContentLength"])
                if not name.endswith("metadata"):
                    answer.body = content["Body"].read()
        return answer


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with Sandbox(state_dir=tmp_path_factory.mktemp("state")) as running:
        made = Account(running.endpoint_url)
        for sql in (
            "CREATE EXTERNAL TABLE t (n int) LOCATION 's3://bucket/t/'",
            (
                "CREATE EXTERNAL TABLE p (n int COMMENT 'a\tb', c_of_twenty_one_lette struct<aa:int,bb:int>, "
                "`列名` int COMMENT 'コメント') PARTITIONED BY (p string COMMENT 'pc') "
                "LOCATION 's3://bucket/p/' TBLPROPERTIES ('note' = 'xa\tb\ncy')"
            ),
            "CREATE VIEW v AS SELECT 1 AS n, 'a' AS s",
            "CREATE EXTERNAL TABLE other.w (n int) LOCATION 's3://bucket/w/'",
        ):
            assert made.ask(sql).execution["Status"]["State"] == "SUCCEEDED"
        yield made


@pytest.mark.parametrize(
    ("sql", "kind", "columns", "rows", "count"),
    [
        (
            "DESCRIBE t",
            "UTILITY DESCRIBE_TABLE",
            "string",
            [f"{'n':<20}\t{'int':<20}\t{_BLANK}"],
            None,
        ),
        ("DESC t", "UTILITY DESCRIBE_TABLE", "string", [f"{'n':<20}\t{'int':<20}\t{_BLANK}"], None),
        (
            "DESCRIBE p",
            "UTILITY DESCRIBE_TABLE",
            "string",
            [
                f"{'n':<20}\t{'int':<20}\ta",
                f"c_of_twenty_one_lette\tstruct<aa:int,bb:int>\t{_BLANK}",
                f"列名{' ' * 18}\t{'int':<20}\tコメント{' ' * 16}",
                f"{'p':<20}\t{'string':<20}\t{'pc':<20}",
                "\t \t ",
                "# Partition Information\t \t ",
                f"{'# col_name':<20}\t{'data_type':<20}\t{'comment':<20}",
                "\t \t ",
                f"{'p':<20}\t{'string':<20}\t{'pc':<20}",
            ],
            None,
        ),
        ("DESCRIBE v", "UTILITY DESC_VIEW", "varchar", ["n\tinteger", "s\tvarchar(1)"], 0),
        ('DESCRIBE "v"', "UTILITY DESC_VIEW", "varchar", ["n\tinteger", "s\tvarchar(1)"], 0),
        ("SHOW COLUMNS FROM v", "UTILITY DESC_VIEW", "varchar", ["n\tinteger", "s\tvarchar(1)"], 0),
        ("SHOW COLUMNS IN t", "UTILITY SHOW_COLUMNS", "string", [f"{'n':<20}"], 0),
        ("SHOW TABLES", "UTILITY SHOW_TABLES", "string", ["p", "t", "v"], 0),
        ("SHOW TABLES IN db 't.*'", "UTILITY SHOW_TABLES", "string", ["t"], 0),
        ("SHOW VIEWS", "UTILITY SHOW_VIEWS", "varchar", ["v"], 0),
        (
            "SHOW CREATE VIEW v",
            "UTILITY SHOW_CREATE_VIEW",
            "varchar",
            ["CREATE VIEW db.v AS", "SELECT 1 AS n, 'a' AS s"],
            0,
        ),
        (
            "SHOW TBLPROPERTIES p ('note')",
            "UTILITY SHOW_TABLE_PROPERTIES",
            "string",
            ["note\txa\tb", "cy"],
            0,
        ),
        ("SHOW SCHEMAS", "UTILITY SHOW_DATABASES", "string", ["db", "other"], 0),
        ("SHOW DATABASES LIKE '*'", "UTILITY SHOW_DATABASES", "string", ["db", "other"], 0),
        ("SHOW DATABASES LIKE 'db'", "UTILITY SHOW_DATABASES", "string", ["db"], 0),
        ("SHOW DATABASES LIKE 'DB'", "UTILITY SHOW_DATABASES", "string", [], 0),
        ("SHOW SCHEMAS LIKE 'd*'", "UTILITY SHOW_DATABASES", "string", [], 0),
        ("SHOW SCHEMAS LIKE 'd%'", "UTILITY SHOW_DATABASES", "string", [], 0),
        ("EXPLAIN (TYPE VALIDATE) SELECT 1", "DML EXPLAIN", "boolean", ["Valid", "true", ""], None),
    ],
)
def test_what_shows_and_describes(
    account: Account, sql: str, kind: str, columns: str, rows: list[str], count: int | None
) -> None:
    answer = account.ask(sql)
    assert (answer.kind, answer.rows, answer.count) == (kind, rows, count)
    assert {kind for _, kind in answer.columns} == {columns}
    # The file is the rows, one a line; only what has no count is of that content type.
    content_type = _APPLICATION if count is None else _BINARY
    assert answer.body == "\n".join(rows).encode()
    assert [kind for kind, _ in answer.files.values()] == [content_type] * 2


def test_the_names_of_columns(account: Account) -> None:
    for sql, names in (
        ("DESCRIBE v", ["column", "type"]),
        ("SHOW CREATE VIEW v", ["create view"]),
        ("SHOW VIEWS", ["views"]),
        ("SHOW TBLPROPERTIES t", ["prpt_name", "prpt_value"]),
        ("SHOW CREATE TABLE t", ["createtab_stmt"]),
        ("EXPLAIN SELECT 1", ["Query Plan"]),
    ):
        assert [name for name, _ in account.ask(sql).columns] == names


def test_the_properties_of_a_table(account: Account) -> None:
    answer = account.ask("SHOW TBLPROPERTIES t")
    assert answer.rows[0] == "EXTERNAL\tTRUE"
    assert answer.rows[1].startswith("transient_lastDdlTime\t")
    assert len(answer.body) == 46


def test_explain(account: Account) -> None:
    answer = account.ask("EXPLAIN SELECT 1")
    assert (answer.kind, answer.columns) == ("DML EXPLAIN", [("Query Plan", "varchar")])
    assert answer.rows[0] == "Query Plan"
    assert answer.rows[-3:] == ["", "", ""]
    assert answer.body == "\n".join(answer.rows).encode()
    failed = account.ask("EXPLAIN SELECT * FROM nope")
    assert (failed.failure[1], failed.files) == (1301, {})
    assert failed.refusal == "INVALID_QUERY_EXECUTION_STATE"


@pytest.mark.parametrize(
    ("sql", "kind", "files"),
    [
        ("CREATE DATABASE IF NOT EXISTS db", "DDL CREATE_DATABASE", {"ID.txt": (_BINARY, 0)}),
        ("DROP TABLE IF EXISTS nope", "DDL DROP_TABLE", {"ID.txt": (_BINARY, 0)}),
        (
            "ALTER TABLE p ADD PARTITION (p = 'a')",
            "DDL ALTER_TABLE_ADD_PARTITION",
            {"ID.txt": (_BINARY, 0)},
        ),
        (
            "ALTER TABLE other.w REPLACE COLUMNS (n int)",
            "DDL ALTER_TABLE_REPLACE_COLUMN",
            {"ID.txt": (_APPLICATION, 0), "ID.txt.metadata": (_APPLICATION, 38)},
        ),
        (
            "MSCK REPAIR TABLE nope",
            "DDL MSCK_REPAIR",
            {"ID.txt": (_APPLICATION, 29), "ID.txt.metadata": (_APPLICATION, 38)},
        ),
        ("SELECT * FROM t", "DML SELECT", {"ID.csv": (_APPLICATION, 4)}),
        ("INSERT INTO other.w SELECT 1 WHERE false", "DML INSERT", {}),
        ("INSERT INTO other.w VALUES (1)", "DML INSERT", {"ID-manifest.csv": (_BINARY, 1)}),
        (
            "CREATE TABLE other.made AS SELECT 1 AS n",
            "DDL CREATE_TABLE_AS_SELECT",
            {"tables/ID-manifest.csv": (_BINARY, 1)},
        ),
    ],
)
def test_the_files_of_a_statement(
    account: Account, sql: str, kind: str, files: dict[str, tuple[str, int]]
) -> None:
    answer = account.ask(sql)
    assert answer.kind == kind
    assert answer.execution["Status"]["State"] == "SUCCEEDED"
    engines = {name for name in answer.files if name.endswith("metadata") and name not in files}
    assert answer.files.keys() - engines == files.keys()
    assert all(answer.files[name][0] == _APPLICATION for name in engines)
    for name, (content_type, length) in files.items():
        assert answer.files[name][0] == content_type
        assert answer.files[name][1] == length or name.endswith("manifest.csv")


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("/* c */ SHOW CREATE TABLE t", "line 1:0"),
        ("SHOW CREATE /* c */ TABLE nope", "line 1:12"),
        ("DESCRIBE /* c */ t", "line 1:9"),
        ("-- x\n/* c */ MSCK REPAIR TABLE t", "line 2:0"),
        ("ALTER TABLE t /* c */ ADD COLUMNS (m int)", "line 1:14"),
    ],
)
def test_hive_takes_no_block_comments(account: Account, sql: str, place: str) -> None:
    # AWS has other words for most of these places.
    answer = account.ask(sql)
    reason = f"FAILED: ParseException {place} cannot recognize input near '/' '*' 'c'"
    assert answer.failure == (1, 1003, reason, reason)


@pytest.mark.parametrize(
    "sql",
    [
        "DESCRIBE /* c */ v",
        "SHOW COLUMNS FROM /* c */ t",
        "SHOW TBLPROPERTIES /* c */ t",
        "SHOW CREATE /* c */ VIEW v",
        "ALTER /* c */ TABLE other.w SET TBLPROPERTIES ('a' = 'b')",
        "DESCRIBE -- c\nt",
        "DROP /* c */ TABLE IF EXISTS nope",
    ],
)
def test_what_takes_comments(account: Account, sql: str) -> None:
    assert account.ask(sql).execution["Status"]["State"] == "SUCCEEDED"


def test_what_msck_finds_missing(account: Account) -> None:
    missing = account.ask("MSCK REPAIR TABLE nope")
    assert (missing.rows, missing.columns, missing.count) == (
        ["Tables not in metastore:\tnope"],
        [],
        None,
    )
    account.ask(
        "CREATE EXTERNAL TABLE e (n int) PARTITIONED BY (p string) LOCATION 's3://bucket/e/'"
    )
    assert account.ask("MSCK REPAIR TABLE e").rows == ["Tables missing on filesystem:\te"]
    account.ask("DROP TABLE e")


@pytest.mark.parametrize(
    ("sql", "category", "error_type", "reason", "message"),
    [
        (
            "SHOW TABLES IN nope",
            1,
            1502,
            "FAILED: SemanticException [Error 10072]: Database does not exist: nope",
            "com.facebook.presto.spi.PrestoException: Database nope not found.",
        ),
        (
            "DROP TABLE nope",
            2,
            1301,
            "FAILED: SemanticException [Error 10001]: Table not found db.nope",
            "",
        ),
        (
            "SHOW TBLPROPERTIES nope",
            2,
            1301,
            "FAILED: SemanticException [Error 10001]: Table not found db.nope",
            "",
        ),
        ("CREATE DATABASE db", 2, 1006, f"{_TASK}Database db already exists", ""),
        (
            "CREATE EXTERNAL TABLE t (n int) LOCATION 's3://bucket/t/'",
            2,
            1006,
            f"{_TASK}AlreadyExistsException(message:Table t already exist)",
            "Table t already exists.",
        ),
        (
            "ALTER TABLE t DROP COLUMN n",
            2,
            1006,
            (
                "FAILED: ParseException line 1:19 mismatched input 'COLUMN' expecting PARTITION "
                "near 'DROP' in drop partition statement"
            ),
            "line 1:20: mismatched input 'COLUMN' expecting 'PARTITION'",
        ),
        (
            "ALTER TABLE nope RENAME TO other",
            2,
            1006,
            "FAILED: SemanticException [Error 10001]: Table not found db.nope",
            "Query type not supported by DDL engine.",
        ),
        (
            "MSCK REPAIR TABLE v",
            2,
            1100,
            f"{_TASK}Can not create a Path from an empty string",
            "",
        ),
    ],
)
def test_what_fails_in_hive_leaves_its_reason(
    account: Account, sql: str, category: int, error_type: int, reason: str, message: str
) -> None:
    answer = account.ask(sql)
    assert answer.failure == (category, error_type, reason, message or reason)
    assert answer.files == {"ID.txt": (_APPLICATION, len(reason))}
    assert answer.body == reason.encode()
    assert (answer.columns, answer.rows, answer.refusal) == ([], [], "")


def test_a_pattern_of_databases_that_is_none(account: Account) -> None:
    answer = account.ask("SHOW SCHEMAS LIKE '*b'")
    assert answer.failure[:2] == (2, 1006)
    assert answer.failure[2].startswith(f"{_TASK}MetaException(message:Unable to get databases: ")


_CLEAN = (
    "You may need to manually clean the data at location 's3://bucket/out/tables/{}' before "
    "retrying. Athena will not delete data in your account."
)


@pytest.mark.parametrize(
    ("sql", "error_type", "reason"),
    [
        ("SELECT 1 / 0", 1001, "DIVISION_BY_ZERO: Division by zero"),
        ("SELECT CAST('abc' AS integer)", 1100, "INVALID_CAST_ARGUMENT: Cannot cast 'abc' to INT"),
        (
            "SELECT * FROM nope",
            1301,
            "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.db.nope' does not exist",
        ),
        (
            "SELECT * FROM nope.t",
            1301,
            "SCHEMA_NOT_FOUND: line 1:15: Schema 'nope' does not exist",
        ),
        (
            "CREATE TABLE t AS SELECT 1 AS n",
            1110,
            (
                "TABLE_ALREADY_EXISTS: line 1:1: Destination table 'awsdatacatalog.db.t' already "
                f"exists. {_CLEAN}"
            ),
        ),
        (
            "CREATE TABLE nope.c AS SELECT 1 AS n",
            1301,
            f"Database nope not found. Please check your query. {_CLEAN}",
        ),
        (
            "CREATE TABLE nope.c AS SELECT CAST('x' AS integer) AS n",
            1100,
            f"INVALID_CAST_ARGUMENT: Cannot cast 'x' to INT. {_CLEAN}",
        ),
        (
            "CREATE TABLE c AS VALUES 1",
            1100,
            f"MISSING_COLUMN_NAME: line 1:1: Column name not specified at position 1. {_CLEAN}",
        ),
        (
            "CREATE TABLE c AS (VALUES 1)",
            1100,
            f"MISSING_COLUMN_NAME: line 1:1: Column name not specified at position 1. {_CLEAN}",
        ),
        (
            "CREATE TABLE c AS SELECT JSON '{{}}' AS c",
            1200,
            f"NOT_SUPPORTED: Unsupported Hive type: json. {_CLEAN}",
        ),
        (
            "INSERT INTO t SELECT CAST('x' AS integer)",
            1100,
            (
                "INVALID_CAST_ARGUMENT: Cannot cast 'x' to INT. If a data manifest file was generated "
                "at 's3://bucket/out/{}-manifest.csv', you may need to manually clean the data from "
                "locations specified in the manifest. Athena will not delete data in your account."
            ),
        ),
    ],
)
def test_what_fails_in_the_engine_leaves_nothing(
    account: Account, sql: str, error_type: int, reason: str
) -> None:
    answer = account.ask(sql.replace("{{}}", "{}"))
    said = reason.format(answer.execution["QueryExecutionId"])
    assert answer.failure == (2, error_type, said, said)
    assert (answer.files, answer.refusal) == ({}, "INVALID_QUERY_EXECUTION_STATE")


@pytest.mark.parametrize(
    ("sql", "code", "message"),
    [
        (
            "DESCRIBE nope",
            "INVALID_INPUT",
            "Entity Not Found (Service: AmazonDataCatalog; Status Code",
        ),
        ("SHOW COLUMNS IN nope.t", "INVALID_INPUT", "Entity Not Found (Service: AmazonDataCatalog"),
        ("DESCRIBE none.db.t", "DATACATALOG_NOT_FOUND", "Catalog 'none' does not exist"),
        (
            'DESCRIBE "t"',
            "MALFORMED_QUERY",
            """line 1:10: no viable alternative at input 'DESCRIBE "t"'""",
        ),
        ("DESCRIBE `t`.`x`.`y`.z", "MALFORMED_QUERY", "Invalid table name t.x.y.z"),
    ],
)
def test_what_is_refused_at_once(account: Account, sql: str, code: str, message: str) -> None:
    with pytest.raises(ClientError) as caught:
        account.start(sql)
    error: Any = caught.value.response
    assert error["AthenaErrorCode"] == code
    assert error["Error"]["Message"].startswith(message)


def test_a_full_page_is_followed_by_another(account: Account) -> None:
    query = account.ask("SELECT * FROM (VALUES 1, 2, 3, 4, 5) AS v(n)").execution[
        "QueryExecutionId"
    ]
    sizes: list[int] = []
    token: dict[str, str] = {}
    while True:
        told = account.athena.get_query_results(QueryExecutionId=query, MaxResults=3, **token)
        sizes.append(len(told["ResultSet"]["Rows"]))
        if "NextToken" not in told:
            break
        token = {"NextToken": told["NextToken"]}
    assert sizes == [3, 3, 0]
    nothing = account.ask("SHOW TABLES LIKE 'none'").execution["QueryExecutionId"]
    told = account.athena.get_query_results(QueryExecutionId=nothing, NextToken="any")
    assert told["ResultSet"]["Rows"] == []


def test_the_context_is_shown_as_it_was_sent_but_for_the_catalog(account: Account) -> None:
    query = account.athena.start_query_execution(
        QueryString="SHOW TABLES",
        QueryExecutionContext={"Catalog": "AwsDataCatalog", "Database": "DB"},
        ResultConfiguration={"OutputLocation": "s3://bucket/out/"},
    )["QueryExecutionId"]
    shown = account.athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
    assert shown["QueryExecutionContext"] == {"Catalog": "awsdatacatalog", "Database": "DB"}


def test_the_state_is_told_before_the_token(account: Account) -> None:
    failed = account.ask("SELECT * FROM nope").execution["QueryExecutionId"]
    for query, code in (
        (failed, "INVALID_QUERY_EXECUTION_STATE"),
        ("none", "QUERY_EXECUTION_NOT_FOUND"),
    ):
        with pytest.raises(ClientError) as caught:
            account.athena.get_query_results(QueryExecutionId=query, NextToken="x")
        assert caught.value.response["AthenaErrorCode"] == code  # type: ignore[typeddict-item]

"""The Athena API: query executions, work groups and what the catalog tells through Athena.

The environment variable SANDBOX_ATHENA_DELAY_SECONDS makes every query take at least that long.
"""

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from common.s3 import S3Uri, S3UriError
from sandbox.athena.api.executions import FINAL, Execution, Executions, Request
from sandbox.athena.api.workgroups import (
    DATA_CATALOG,
    PRIMARY,
    RequestTokens,
    WorkGroups,
    invalid,
    page,
)
from sandbox.athena.engine import Engine
from sandbox.athena.errors import MalformedQueryError
from sandbox.athena.sql.statements import Body, Deallocate, Prepare
from sandbox.athena.storage.objects import ObjectStore
from sandbox.aws_json import RequestContext
from sandbox.errors import AwsError

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_s3 import S3Client

DELAY_VARIABLE = "SANDBOX_ATHENA_DELAY_SECONDS"

_MAX_QUERY_BYTES = 262_144  # StartQueryExecution's own limit
_WITHOUT_COUNT = frozenset({"DESCRIBE_TABLE", "EXPLAIN", "SHOW_CREATE_TABLE"})  # of rows written
_MAX_PAGE = 1000  # rows, GetQueryResults' own limit

Json = dict[str, Any]
Handler = Callable[[Json, RequestContext], Json]


class AthenaService:
    """Athena over the Glue and S3 of a sandbox.

    Args:
        glue: a client of the sandbox's own Glue.
        s3: and of its S3.
        state_dir: where data and results are kept.
        delay_seconds: what every query takes at least; default: SANDBOX_ATHENA_DELAY_SECONDS or 0.
    """

    def __init__(
        self,
        glue: "GlueClient",
        s3: "S3Client",
        state_dir: str | Path,
        delay_seconds: float | None = None,
    ) -> None:
        # A text that is not SQL is the caller's mistake, which the caller is told.
        logging.getLogger("sqlglot").setLevel(logging.ERROR)
        folder = Path(state_dir) / "athena"
        self._glue, self._s3 = glue, s3
        self._engine = Engine(self._glue, self._s3, folder / "tables")
        delay = (
            float(os.environ.get(DELAY_VARIABLE) or 0) if delay_seconds is None else delay_seconds
        )
        self._executions = Executions(
            self._engine, ObjectStore(self._s3), folder / "results", delay
        )
        self._groups = WorkGroups()
        self._tokens = RequestTokens()

    def operations(self) -> Mapping[str, Handler]:
        """Give the API operations by name; each takes the request's body and its context."""
        return {
            **self._groups.operations(),
            "DeleteWorkGroup": self._delete_group,
            "StartQueryExecution": self._start,
            "GetQueryExecution": self._get,
            "BatchGetQueryExecution": self._batch_get,
            "ListQueryExecutions": self._list,
            "StopQueryExecution": self._stop,
            "GetQueryResults": self._results,
            "GetQueryRuntimeStatistics": self._runtime_statistics,
            "ListDatabases": self._list_databases,
            "GetDatabase": self._get_database,
            "ListTableMetadata": self._list_tables,
            "GetTableMetadata": self._get_table,
        }

    def close(self) -> None:
        """Stop all queries."""
        self._executions.close()
        self._engine.close()

    # Work groups

    def _delete_group(self, body: Json, context: RequestContext) -> Json:
        name = body["WorkGroup"]
        answer = self._groups.delete(body, context, has_run=bool(self._executions.listed(name)))
        self._executions.forget(name)
        return answer

    # Executions

    def _start(self, body: Json, context: RequestContext) -> Json:
        request = self._request(body, context.account_id)
        # Nothing else counts, as recorded on AWS (aoyagikouhei/athena-local,
        # docs/dev/measurements/client-request-token.md), and what is wrong is told first.
        asked = (body["QueryString"], body.get("QueryExecutionContext"), request.output_location)
        if known := self._tokens.find(body, asked):
            return {"QueryExecutionId": known}
        self._keep_prepared(request.statement.body, request.work_group)
        execution = self._executions.start(request)
        self._tokens.keep(body, asked, execution.id)
        return {"QueryExecutionId": execution.id}

    def _request(self, body: Json, account: str) -> Request:
        if len(body["QueryString"].encode()) > _MAX_QUERY_BYTES:
            raise invalid(f"QueryString is longer than {_MAX_QUERY_BYTES} bytes")
        group = body.get("WorkGroup", PRIMARY)
        settings = self._groups.settings(group)
        # What is asked for counts where the group does not insist on its own.
        asked = {} if settings.enforced else body.get("ResultConfiguration", {})
        results = {**settings.results, **asked}
        location = results.pop("OutputLocation", "")
        if settings.is_managed:
            location = ""
        elif not location:
            raise invalid(
                "No output location provided. An output location is required either through the "
                "Workgroup result configuration setting or as an API input."
            )
        else:
            self._check_output(location, results.get("ExpectedBucketOwner", account) == account)
        if results.get("EncryptionConfiguration", {}).get("EncryptionOption") == "CSE_KMS":
            raise invalid("The embedded Athena encrypts no results itself (CSE_KMS): use SSE_KMS")
        context = body.get("QueryExecutionContext", {})
        catalog, database = context.get("Catalog"), context.get("Database")
        # awswrangler's describe_table sends the name in backticks, and Athena takes it.
        database = database.strip("`").lower() if database else None
        try:
            statement = self._engine.parse(body["QueryString"], body.get("ExecutionParameters", ()))
            statement = self._engine.resolve(statement, database)
        except MalformedQueryError as error:
            raise invalid(str(error), error.code) from error
        if catalog and catalog.lower() != DATA_CATALOG.lower():
            raise invalid(self._groups.unread(catalog))
        return Request(
            sql=statement.sql,
            statement=statement,
            work_group=group,
            database=database,
            # As recorded on AWS (aoyagikouhei/athena-local, docs/caveats.md).
            context={**context, **({"Catalog": catalog.lower()} if catalog else {})},
            output_location=location,
            results=results,
            scan_limit=settings.scan_limit,
            is_managed=settings.is_managed,
            reuse_minutes=_reuse_minutes(body),
            parameters=tuple(body.get("ExecutionParameters", ())),
            prepared=lambda name: self._groups.prepared(group, name),
        )

    def _keep_prepared(self, body: Body, group: str) -> None:
        if isinstance(body, Prepare):
            self._groups.prepare(group, body.name, body.text.strip())
        elif isinstance(body, Deallocate) and not self._groups.deallocate(group, body.name):
            raise invalid(f"PreparedStatement {body.name} was not found")

    def _check_output(self, location: str, is_owned: bool) -> None:
        try:
            bucket = S3Uri.parse(location).bucket
        except S3UriError as error:
            raise invalid("outputLocation is not a valid S3 path.") from error
        try:
            self._s3.head_bucket(Bucket=bucket)
        except ClientError:
            is_owned = False
        if not is_owned:
            raise invalid(f"Unable to verify/create output bucket {bucket}")

    def _find(self, body: Json) -> Execution:
        name = body["QueryExecutionId"]
        execution = self._executions.find(name)
        if execution is None:
            raise invalid(f"QueryExecution {name} was not found", "QUERY_EXECUTION_NOT_FOUND")
        return execution

    def _get(self, body: Json, _context: RequestContext) -> Json:
        return {"QueryExecution": self._find(body).describe()}

    def _batch_get(self, body: Json, _context: RequestContext) -> Json:
        found = {name: self._executions.find(name) for name in body["QueryExecutionIds"]}
        return {
            "QueryExecutions": [item.describe() for item in found.values() if item],
            "UnprocessedQueryExecutionIds": [
                {
                    "QueryExecutionId": name,
                    "ErrorCode": "INTERNAL_FAILURE",
                    "ErrorMessage": f"QueryExecution {name} was not found",
                }
                for name, item in found.items()
                if item is None
            ],
        }

    def _list(self, body: Json, _context: RequestContext) -> Json:
        group = body.get("WorkGroup", PRIMARY)
        self._groups.operations()["GetWorkGroup"]({"WorkGroup": group}, _context)
        return page("QueryExecutionIds", self._executions.listed(group), body, 50)

    def _stop(self, body: Json, _context: RequestContext) -> Json:
        self._find(body).cancel()
        return {}

    def _results(self, body: Json, _context: RequestContext) -> Json:
        execution = self._find(body)
        state = execution.state
        if state == "CANCELLED":
            raise invalid("Could not find results", "RESULT_NOT_FOUND")
        if state == "FAILED" and execution.has_only_reason:
            return {"ResultSet": {"Rows": []}}
        result = execution.result
        if state != "SUCCEEDED" or result is None:
            said = (
                f"Query did not finish successfully. Final query state: {state}"
                if state in FINAL
                else f"Query has not yet finished. Current state: {state}"
            )
            raise invalid(said, "INVALID_QUERY_EXECUTION_STATE")
        if body.get("QueryResultType") == "DATA_MANIFEST":
            raise invalid(
                "The embedded Athena gives no manifest in rows: read the object that the query's "
                "DataManifestLocation names"
            )
        token = "0" if result.is_empty else body.get("NextToken", "0")
        if not token.isdigit() or not result.begins(int(token)):
            raise invalid(f"Malformed nextPageToken {token}")
        rows, following = result.page(int(token), body.get("MaxResults", _MAX_PAGE))
        return {
            "UpdateCount": _update_count(execution),
            "ResultSet": {
                "Rows": [
                    {"Data": [{} if v is None else {"VarCharValue": v} for v in row]}
                    for row in rows
                ],
                "ResultSetMetadata": {"ColumnInfo": [column.info() for column in result.columns]},
            },
            "NextToken": None if following is None else str(following),
        }

    def _runtime_statistics(self, body: Json, _context: RequestContext) -> Json:
        execution = self._find(body)
        described = execution.describe()["Statistics"]
        rows = execution.result.rows if execution.result else 0
        return {
            "QueryRuntimeStatistics": {
                "Timeline": {
                    "QueryQueueTimeInMillis": described["QueryQueueTimeInMillis"],
                    "QueryPlanningTimeInMillis": described["QueryPlanningTimeInMillis"],
                    "EngineExecutionTimeInMillis": described["EngineExecutionTimeInMillis"],
                    "ServiceProcessingTimeInMillis": described["ServiceProcessingTimeInMillis"],
                    "TotalExecutionTimeInMillis": described["TotalExecutionTimeInMillis"],
                },
                "Rows": {
                    "InputBytes": execution.scanned,
                    "OutputRows": rows,
                },
            }
        }

    # The catalog, through Athena

    def _glue_call(self, call: Callable[..., Any], **arguments: Any) -> Any:
        try:
            return call(**arguments)
        except ClientError as error:
            details = error.response.get("Error", {})
            raise AwsError(
                "MetadataException",
                f"{details.get('Message', '')} (Service: AmazonDataCatalog; Status Code: 400; "
                f"Error Code: {details.get('Code', '')})",
            ) from error

    def _check_catalog(self, body: Json) -> None:
        if body["CatalogName"].lower() != DATA_CATALOG.lower():
            raise AwsError("MetadataException", self._groups.unread(body["CatalogName"]))

    def _list_databases(self, body: Json, _context: RequestContext) -> Json:
        self._check_catalog(body)
        pages = self._glue_call(self._glue.get_paginator("get_databases").paginate)
        items = [
            _wanted(_database(item), body.get("AttributesToGet"))
            for one in pages
            for item in one["DatabaseList"]
        ]
        return page("DatabaseList", items, body, 50)

    def _get_database(self, body: Json, _context: RequestContext) -> Json:
        self._check_catalog(body)
        found = self._glue_call(self._glue.get_database, Name=body["DatabaseName"])
        return {"Database": _database(found["Database"])}

    def _list_tables(self, body: Json, _context: RequestContext) -> Json:
        self._check_catalog(body)
        arguments: Json = {"DatabaseName": body["DatabaseName"]}
        if "Expression" in body:
            arguments["Expression"] = body["Expression"]
        self._glue_call(self._glue.get_database, Name=body["DatabaseName"])
        pages = self._glue.get_paginator("get_tables").paginate(**arguments)
        items = [
            _wanted(_table(item), body.get("AttributesToGet"))
            for one in pages
            for item in one["TableList"]
        ]
        return page("TableMetadataList", items, body, 50)

    def _get_table(self, body: Json, _context: RequestContext) -> Json:
        self._check_catalog(body)
        found = self._glue_call(
            self._glue.get_table, DatabaseName=body["DatabaseName"], Name=body["TableName"]
        )
        return {"TableMetadata": _table(found["Table"])}


def _update_count(execution: Execution) -> int | None:
    statement = execution.request.statement
    if execution.update_count is not None:
        return execution.update_count
    has_none = statement.type == "DDL" or statement.kind in _WITHOUT_COUNT
    return None if has_none else 0


def _reuse_minutes(body: Json) -> int | None:
    reuse = body.get("ResultReuseConfiguration", {}).get("ResultReuseByAgeConfiguration", {})
    return int(reuse.get("MaxAgeInMinutes", 60)) if reuse.get("Enabled") else None


def _wanted(item: Json, attributes: list[str] | None) -> Json:
    """Leave of an item what AttributesToGet names, such as TABLE_TYPE."""
    names = {name.replace("_", "").lower() for name in attributes or ()}
    return {key: value for key, value in item.items() if not names or key.lower() in names}


def _database(item: Json) -> Json:
    return {
        "Name": item["Name"],
        "Description": item.get("Description"),
        "Parameters": item.get("Parameters") or None,
    }


def _table(item: Mapping[str, Any]) -> Json:
    descriptor = item.get("StorageDescriptor", {})
    serde = descriptor.get("SerdeInfo", {})
    parameters = {
        **item.get("Parameters", {}),
        **{f"serde.param.{name}": value for name, value in (serde.get("Parameters") or {}).items()},
    }
    described = {
        "location": descriptor.get("Location"),
        "inputformat": descriptor.get("InputFormat"),
        "outputformat": descriptor.get("OutputFormat"),
        "serde.serialization.lib": serde.get("SerializationLibrary"),
    }
    parameters |= {name: value for name, value in described.items() if value}
    return {
        "Name": item["Name"],
        "CreateTime": item.get("CreateTime"),
        "LastAccessTime": item.get("LastAccessTime"),
        "TableType": item.get("TableType"),
        "Columns": [_column(column) for column in descriptor.get("Columns", [])],
        "PartitionKeys": [_column(column) for column in item.get("PartitionKeys", [])],
        "Parameters": parameters,
    }


def _column(item: Json) -> Json:
    return {"Name": item["Name"], "Type": item.get("Type"), "Comment": item.get("Comment")}

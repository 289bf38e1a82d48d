"""Athena through awswrangler: what queries.py runs its queries on.

Queries go to the deployed work group, neither as CTAS nor as UNLOAD. awswrangler reads and types
the results. Its own start tries again for half a minute when Athena throttles it, and its own wait
has no timeout, so both are done here, where the report's deadlines hold.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

import awswrangler as wr
import boto3
import pandas as pd  # type: ignore[import-untyped]

from common import aws
from validation.athena.queries import Row, ServiceError, Status, ThrottledError

# awswrangler's errors have no class in common.
_READING_ERRORS: tuple[type[Exception], ...] = (
    OSError,
    *(
        error
        for error in vars(wr.exceptions).values()
        if isinstance(error, type) and issubclass(error, Exception)
    ),
)
# By partition of AWS.
_CONSOLES: Mapping[str, str] = MappingProxyType(
    {
        "aws": "console.aws.amazon.com",
        "aws-cn": "console.amazonaws.cn",
        "aws-us-gov": "console.amazonaws-us-gov.com",
    }
)
# Throttling is waited out by queries.py, whose deadline no client knows.
_ATTEMPTS = 3


class WranglerAthena:
    """The `Service` of queries.py, for one database and one work group."""

    def __init__(self, session: boto3.Session, *, database: str, workgroup: str) -> None:
        """Call nothing yet."""
        self._session = session
        self._athena = aws.client(session, "athena", _ATTEMPTS)
        # awswrangler makes its own clients, which wait minutes for an answer.
        wr.config.botocore_config = aws.config(_ATTEMPTS)
        self._database = database
        self._workgroup = workgroup

    def start(self, sql: str, token: str) -> str:
        """Start a query; the result goes where the work group says."""
        answer = self._call(
            lambda: self._athena.start_query_execution(
                QueryString=sql,
                QueryExecutionContext={"Database": self._database},
                WorkGroup=self._workgroup,
                ClientRequestToken=token,
            )
        )
        return str(answer["QueryExecutionId"])

    def status(self, query_id: str) -> Status:
        """GetQueryExecution."""
        execution = self._call(lambda: self._athena.get_query_execution(QueryExecutionId=query_id))[
            "QueryExecution"
        ]
        status = execution["Status"]
        return Status(
            state=status["State"],
            reason=self._limited(status.get("StateChangeReason")),
            bytes_scanned=execution.get("Statistics", {}).get("DataScannedInBytes"),
        )

    def rows(self, query_id: str) -> Sequence[Row]:
        """The result, with pandas' missing values as None."""
        frame = self._call(
            lambda: wr.athena.get_query_results(query_id, boto3_session=self._session)
        )
        return [
            {str(name): value for name, value in row.items()}
            for row in frame.astype(object).where(frame.notna(), None).to_dict(orient="records")
        ]

    def stop(self, query_id: str) -> None:
        """StopQueryExecution."""
        self._call(lambda: self._athena.stop_query_execution(QueryExecutionId=query_id))

    def console_url(self, query_id: str) -> str | None:
        """The query in the Athena console; None where Athena is not AWS's own."""
        region = self._session.region_name
        console = _CONSOLES.get(self._session.get_partition_for_region(region))
        host = urlsplit(self._athena.meta.endpoint_url).hostname or ""
        if console is None or not host.endswith((".amazonaws.com", ".amazonaws.com.cn")):
            return None
        return (
            f"https://{region}.{console}/athena/home?region={region}"
            f"#/query-editor/history/{quote(query_id)}"
        )

    def _limited(self, reason: str | None) -> str | None:
        if reason is None or "bytes scanned limit" not in reason.lower():
            return reason
        return (
            f"Athena stopped the query at the bytes that the work group {self._workgroup} lets one "
            "query scan (Bytes scanned limit was exceeded): raise the Terraform variable "
            "bytes_scanned_cutoff, or the work group's BytesScannedCutoffPerQuery."
        )

    def _call(self, call: Callable[[], Any]) -> Any:
        try:
            with warnings.catch_warnings():
                # awswrangler 3.17 passes pandas 3 a keyword that it no longer wants.
                warnings.simplefilter("ignore", pd.errors.Pandas4Warning)
                return call()
        except aws.CALL_ERRORS as error:
            if aws.refusal(error) is aws.Refusal.THROTTLED:
                raise ThrottledError from error
            raise ServiceError(self._explained(error)) from error
        except _READING_ERRORS as error:
            raise ServiceError(aws.explain(error)) from error

    def _explained(self, error: Exception) -> str:
        text = aws.explain(error)
        if "WorkGroup" in text and "not found" in text.lower():
            return (
                f"The Athena work group {self._workgroup} does not exist: run `terraform apply`, "
                "or name another with --workgroup."
            )
        if "WorkGroup" in text and "disabled" in text.lower():
            return f"{text.rstrip('.')}: enable it, or name another with --workgroup."
        return text

"""One statement in, one result out: tells queries from definitions and runs them."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from sandbox.athena.engine.definitions import Definitions
from sandbox.athena.engine.queries import QueryResult, QueryRunner
from sandbox.athena.engine.writing import Writer, Written
from sandbox.athena.errors import MalformedQueryError, QueryError
from sandbox.athena.hive.catalog import Catalog
from sandbox.athena.hive.model import Show
from sandbox.athena.sql.duck import Duck, query_error
from sandbox.athena.sql.lookup import CatalogLookup
from sandbox.athena.sql.statements import (
    Body,
    CreateTableAsSelect,
    Deallocate,
    Execute,
    Insert,
    Prepare,
    Query,
    Refused,
    Statement,
    Unload,
    parse_statement,
)
from sandbox.athena.sql.types import ResultColumn
from sandbox.athena.sql.values import writer_of
from sandbox.athena.storage.cache import ObjectCache
from sandbox.athena.storage.objects import ObjectStore

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_s3 import S3Client

Row = Sequence[str | None]


@dataclass(frozen=True)
class StatementResult:
    """What a statement gave.

    Attributes:
        columns: of the rows; empty for a statement without a result.
        rows: texts, None for NULL; read once, while the connection is open.
        scanned: bytes read from S3.
        is_table: a query's result (CSV with a header), not a definition's plain text.
        manifest: the S3 objects that the statement wrote, for its manifest file; None if its kind
            writes none.
        update_count: rows that an INSERT wrote.
    """

    columns: tuple[ResultColumn, ...] = ()
    rows: Iterator[Row] = field(default_factory=lambda: iter(()))
    scanned: int = 0
    is_table: bool = False
    manifest: tuple[str, ...] | None = None
    update_count: int | None = None


@dataclass(frozen=True)
class Session:
    """What holds for one statement.

    Attributes:
        database: what plain table names belong to; None if the caller named none.
        output: where the statement may write what its text gives no place for, an s3 folder.
        encryption: of what it writes, an EncryptionConfiguration of Athena's API.
        check: called now and then; raises QueryCancelledError when the statement is to stop.
        scan_limit: bytes that it may scan; None for no limit.
        watch: told of the connection, so that another thread can interrupt it.
        prepared: finds the text of a prepared statement.
        name: of the query, which the folder of a new table has too.
    """

    database: str | None = None
    output: str = ""
    encryption: Mapping[str, str] | None = None
    check: Callable[[], None] = lambda: None
    scan_limit: int | None = None
    watch: Callable[[duckdb.DuckDBPyConnection], None] = lambda _connection: None
    prepared: Callable[[str], str | None] = lambda _name: None
    name: str = field(default_factory=lambda: str(uuid.uuid4()))


class Engine:
    """Runs Athena's SQL over a Data Catalog and S3.

    Args:
        glue: a boto3 Glue client.
        s3: a boto3 S3 client.
        folder: where read objects are kept in a form that is quick to read again.
    """

    def __init__(self, glue: "GlueClient", s3: "S3Client", folder: Path) -> None:
        self._catalog = Catalog(glue)
        self._store = ObjectStore(s3)
        self._cache = ObjectCache(self._store, folder)
        self._duck = Duck(folder)

    def close(self) -> None:
        """Free what the engine holds."""
        self._duck.close()
        self._cache.close()

    def parse(self, sql: str, parameters: Sequence[str] = ()) -> Statement:
        """Parse one statement, the one time that its text is parsed.

        What is wrong in any other way than in its grammar is found when the statement runs.

        Raises:
            MalformedQueryError: it is not a statement.
        """
        return parse_statement(sql, parameters)

    def resolve(self, statement: Statement, database: str | None) -> Statement:
        """Look at what a statement describes, which is told apart before it runs.

        As recorded on AWS (aoyagikouhei/athena-local, docs/dev/measurements/statements.md).

        Args:
            statement: as parsed.
            database: what plain table names belong to.

        Raises:
            MalformedQueryError: there is no such table, or its name stands in double quotes.
        """
        body = statement.body
        if not isinstance(body, Show) or body.what not in {"describe", "columns"}:
            return statement
        try:
            table = self._catalog.find_table(
                *CatalogLookup(self._catalog, database).split(body.name)
            )
        except QueryError as error:
            if error.name == "CATALOG_NOT_FOUND":
                raise MalformedQueryError(error.detail, code="DATACATALOG_NOT_FOUND") from error
            return statement  # whose run tells
        if table is None:
            raise MalformedQueryError(
                "Entity Not Found (Service: AmazonDataCatalog; Status Code: 400; Error Code: "
                f"EntityNotFoundException; Request ID: {uuid.uuid4()}; Proxy: null)",
                code="INVALID_INPUT",
            )
        if table.is_view:
            return replace(statement, kind="DESC_VIEW")
        if isinstance(body.refusal, MalformedQueryError):
            raise body.refusal
        return replace(statement, body=Refused(body.refusal)) if body.refusal else statement

    def run(self, statement: Statement, session: Session) -> StatementResult:
        """Run one statement; it can run once.

        Raises:
            QueryError: it fails, in Athena's words.
            QueryCancelledError: it was stopped.
        """
        body = statement.body
        if isinstance(body, Execute):
            text = session.prepared(body.name)
            if text is None:
                raise QueryError("NOT_FOUND", f"Prepared statement not found: {body.name}")
            body = parse_statement(text, body.arguments).body
        connection = self._duck.connect()
        session.watch(connection)
        session.check()
        try:
            return self._dispatch(body, session, connection)
        except duckdb.Error as error:
            raise query_error(error) from error

    def _dispatch(
        self, body: Body, session: Session, connection: duckdb.DuckDBPyConnection
    ) -> StatementResult:
        lookup = CatalogLookup(self._catalog, session.database)
        runner = QueryRunner(
            connection, lookup, self._store, self._cache, session.check, session.scan_limit
        )
        if isinstance(body, Refused):
            raise body.error
        if isinstance(body, Query):
            return _table(runner.run(body))
        if isinstance(body, CreateTableAsSelect | Insert | Unload):
            store = self._store.encrypting(session.encryption)
            return _written(Writer(runner, store, session.output, session.name).run(body))
        if isinstance(body, Prepare | Execute | Deallocate):
            return StatementResult()  # the work group keeps prepared statements
        columns, rows = Definitions(lookup, self._store, runner).run(body)
        return StatementResult(columns, iter(rows))


def _written(written: Written) -> StatementResult:
    return StatementResult(
        (ResultColumn("rows", "bigint", 19),),
        iter([[str(written.rows)]]) if written.is_unload else iter(()),
        written.scanned,
        manifest=written.objects,
        update_count=written.rows,
    )


def _table(result: QueryResult) -> StatementResult:
    return StatementResult(result.columns, _rows(result), result.scanned, is_table=True)


def _rows(result: QueryResult) -> Iterator[Row]:
    writers = [writer_of(kind) for kind in result.types]
    for batch in result.batches:
        try:
            columns: list[list[Any]] = [column.to_pylist() for column in batch.columns]
        except OverflowError as error:
            raise QueryError(
                "NOT_SUPPORTED", "The embedded Athena shows no years before 1 and after 9999"
            ) from error
        for values in zip(*columns, strict=True):
            yield [
                None if value is None else write(value)
                for value, write in zip(values, writers, strict=True)
            ]

"""Running one query: resolve, read what it names, hand it to DuckDB."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

import duckdb
import pyarrow as pa

from sandbox.athena.errors import Position, QueryCancelledError, QueryError
from sandbox.athena.hive.catalog import CATALOG
from sandbox.athena.sql.analysis import analyze
from sandbox.athena.sql.casts import assigned, to_milliseconds
from sandbox.athena.sql.duck import query_error
from sandbox.athena.sql.lookup import MAX_VIEW_DEPTH, CatalogLookup
from sandbox.athena.sql.parsing import parse_query
from sandbox.athena.sql.pruning import partition_conditions
from sandbox.athena.sql.relations import Analysis, Field, Relation
from sandbox.athena.sql.rewrite import hidden_columns, to_duckdb, view_name
from sandbox.athena.sql.statements import Query
from sandbox.athena.sql.types import (
    BY_ROW,
    UNSHOWN,
    ResultColumn,
    assignable,
    athena_type,
    holds,
    result_column,
    without_zone,
    zone_of,
    zones_by_row,
)
from sandbox.athena.storage.cache import ObjectCache
from sandbox.athena.storage.objects import ObjectStore
from sandbox.athena.storage.tables import TableViews

_BATCH = 10_000  # rows


@dataclass(frozen=True)
class QueryResult:
    """A running query's output.

    Attributes:
        columns: as Athena describes them.
        types: the full SQL types, as a view or a new table needs them.
        batches: the rows.
        scanned: bytes read from S3, as Athena would bill them.
    """

    columns: tuple[ResultColumn, ...]
    types: tuple[str, ...]
    batches: Iterator[pa.RecordBatch]
    scanned: int


@dataclass
class QueryRunner:
    """Runs queries on one DuckDB connection, whose views stand for what they name."""

    connection: duckdb.DuckDBPyConnection
    lookup: CatalogLookup
    store: ObjectStore
    cache: ObjectCache
    check: Callable[[], None]
    scan_limit: int | None = None
    scanned: int = 0
    _registered: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._tables = TableViews(
            self.connection,
            self.lookup.catalog,
            self.store,
            self.cache,
            self.check,
            to_milliseconds,
        )

    def run(self, query: Query, into: Sequence[str] | None = None) -> QueryResult:
        """Start a query; its rows come from the result as they are asked for.

        Args:
            query: what runs.
            into: the types of the columns that its rows are inserted into, if they are.

        Raises:
            QueryError: the query is wrong, or what it reads is, or its types are not the columns'.
            QueryCancelledError: it was stopped.
        """
        text, fields = self._prepare(query, into or ())
        try:
            relation = self.connection.sql(text)
            kinds = _types([str(kind) for kind in relation.types], fields)
            for kind, column in zip_longest(kinds, into or ()):
                if zone_of(kind) == UNSHOWN and not (column or "").startswith("timestamp"):
                    raise zones_by_row()
            if into is not None:
                relation = self.connection.sql(_assigned(text, kinds, into))
            batches = relation.to_arrow_reader(_BATCH)
        except duckdb.Error as error:
            raise _placed(query_error(error), query.text) from error
        columns = map(result_column, _names(relation.columns, fields), kinds)
        return QueryResult(tuple(columns), kinds, _told(batches), self.scanned)

    def describe(self, query: Query) -> tuple[tuple[str | None, str], ...]:
        """Analyse a query without running it: its output's names and Athena types."""
        text, fields = self._prepare(query)
        try:
            self.connection.execute(f"DESCRIBE {text}")
            rows = self.connection.fetchall()
        except duckdb.Error as error:
            raise _placed(query_error(error), query.text) from error
        kinds = _types([row[1] for row in rows], fields)
        return tuple(zip(_names([row[0] for row in rows], fields), kinds, strict=True))

    def _prepare(self, query: Query, into: Sequence[str] = ()) -> tuple[str, tuple[Field, ...]]:
        analysis = analyze(query.tree, query.text, self.lookup)
        self._register_all(analysis, self.lookup, analysis.used)
        if self.scan_limit is not None and self.scanned > self.scan_limit:
            raise QueryCancelledError("Query cancelled! : Bytes scanned limit was exceeded")
        try:
            text = to_duckdb(query.tree, analysis, self.lookup.schema, into)
        except QueryError as error:
            raise _placed(error, query.text) from error
        return text, analysis.fields

    def _register_all(self, analysis: Analysis, lookup: CatalogLookup, used: set[str]) -> None:
        hidden = hidden_columns(analysis)
        conditions = partition_conditions(analysis)
        for _, relation in analysis.relations:
            name = view_name(relation)
            if name in self._registered:
                continue
            self.check()
            if relation.table is None:
                self.connection.register(name, lookup.rows(relation))
            elif relation.table.view is not None:
                self._register_view(relation, lookup, used)
            else:
                self.scanned += self._tables.register(
                    relation.table, used, hidden, conditions.get(id(relation))
                )
            self._registered.add(name)

    def _register_view(self, relation: Relation, lookup: CatalogLookup, used: set[str]) -> None:
        table = relation.table
        if table is None or table.view is None:
            return
        where = f"{CATALOG}.{relation.database}.{relation.name}"
        if lookup.depth >= MAX_VIEW_DEPTH:
            raise QueryError(
                "VIEW_IS_RECURSIVE", f"Statement would create a recursive view: {where}"
            )
        inner = lookup.within(table.view)
        sql = table.view.sql
        try:
            tree = parse_query(sql)
            analysis = analyze(tree, sql, inner)
        except QueryError as error:
            raise QueryError(
                "INVALID_VIEW", f"Failed analyzing stored view '{where}': {error}", Position(1, 1)
            ) from error
        names = [name for name, _ in table.view.columns]
        if names and len(names) != len(analysis.fields):
            raise QueryError(
                "VIEW_IS_STALE",
                f"View '{where}' is stale or in invalid state: it has {len(names)} columns, its "
                f"query gives {len(analysis.fields)}",
            )
        self._register_all(analysis, inner, used | analysis.used)
        listed = "(" + ", ".join(_quoted(name) for name in names) + ")" if names else ""
        text = to_duckdb(tree, analysis, inner.schema)
        self._execute(
            f"CREATE OR REPLACE TEMP VIEW {_quoted(view_name(relation))}{listed} AS {text}"
        )

    def _execute(self, statement: str) -> None:
        try:
            self.connection.execute(statement)
        except duckdb.Error as error:
            raise query_error(error) from error


def _names(shown: Sequence[str], fields: Sequence[Field]) -> list[str]:
    """The names of columns: Athena's own for those without one, which DuckDB calls otherwise."""
    if len(shown) != len(fields):
        return list(shown)
    pairs = enumerate(zip(shown, fields, strict=True))
    return [f"_col{index}" if item.name is None else name for index, (name, item) in pairs]


def named_columns(outputs: Iterable[tuple[str | None, str]]) -> list[tuple[str, str]]:
    """The columns, in lower case, of a view or table that has what a query gives.

    Raises:
        QueryError: one has no name, the name of another, or no type.
    """
    columns: dict[str, str] = {}
    for index, (name, kind) in enumerate(outputs):
        if name is None or re.fullmatch(r"_col\d+", name):
            raise QueryError(
                "MISSING_COLUMN_NAME",
                f"Column name not specified at position {index + 1}",
                Position(1, 1),
            )
        if name.lower() in columns:
            raise QueryError(
                "DUPLICATE_COLUMN_NAME", f"Column name '{name}' specified more than once"
            )
        if kind == "unknown":
            raise QueryError("COLUMN_TYPE_UNKNOWN", f"Column type is unknown: {name}")
        columns[name.lower()] = kind
    return list(columns.items())


def _assigned(text: str, kinds: Sequence[str], into: Sequence[str]) -> str:
    """A query whose values are cast to the types of the columns that take them."""
    if len(kinds) != len(into) or not all(map(assignable, kinds, into)):
        raise QueryError(
            "TYPE_MISMATCH",
            f"Insert query has mismatched column types: Table: [{', '.join(into)}], "
            f"Query: [{', '.join(map(without_zone, kinds))}]",
            Position(1, 1),
        )
    columns = [f"c{index}" for index in range(len(kinds))]
    stored = [
        f"{assigned(*found)} AS {found[0]}" for found in zip(columns, kinds, into, strict=True)
    ]
    return f"FROM ({text}) AS v({', '.join(columns)}) SELECT {', '.join(stored)}"


def _types(duckdb_types: list[str], fields: tuple[Field, ...]) -> tuple[str, ...]:
    """The Athena types of a result: as analysed, where DuckDB's type holds that one's values."""
    made = [athena_type(kind) for kind in duckdb_types]
    if any(f" with time zone/{BY_ROW}" in (found.type or "") for found in fields):
        raise zones_by_row()
    analysed = [found.type for found in fields] if len(fields) == len(made) else [None] * len(made)
    return tuple(
        known if known is not None and holds(kind, known) else kind
        for kind, known in zip(made, analysed, strict=True)
    )


def _told(batches: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """Give a query's rows, and what ends them early in Athena's words."""
    try:
        yield from batches
    except (duckdb.Error, OSError) as error:  # pyarrow's, from the second batch on
        raise query_error(error) from error


def _placed(error: Exception, sql: str) -> Exception:
    """Give an error of DuckDB's the place of the name that it is about."""
    if not isinstance(error, QueryError) or error.position is not None:
        return error
    quoted = {"EXPRESSION_NOT_AGGREGATE": "'", "FUNCTION_NOT_FOUND": "function "}.get(error.name)
    if quoted is None:
        return error
    start = error.detail.find(quoted) + len(quoted)
    name = error.detail[start:].split("'")[0].rstrip(".")
    at = sql.lower().find(name.lower())
    if at < 0:
        return error
    return QueryError(error.name, error.detail, Position.of_offset(sql, at))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

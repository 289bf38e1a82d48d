"""What a pipeline's folder declares: tables, views and jobs. Nothing here asks AWS."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

import glue_studio
from common.command import UsageError
from glue_studio import access

# What the Data Catalog, Athena and this project agree on: lower case, no quoting needed.
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,254}")


class DeclarationError(UsageError):
    """A file that declares a table, a view or a job cannot be read."""


Column = tuple[str, str]


@dataclass(frozen=True)
class DeclaredTable:
    """A file of terraform/tables, and its DDL in athena_sql where it has one.

    Attributes:
        columns, ddl_columns: pairs of name and Hive type.
        serde_parameters: those of the DDL.
    """

    name: str
    zone: str
    format: str
    columns: tuple[Column, ...]
    ddl_columns: tuple[Column, ...] | None = None
    serde_parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DeclaredView:
    """A file of athena_sql/views: the SELECT of a CREATE VIEW, and the tables it reads."""

    name: str
    sql: str
    reads: tuple[str, ...]


@dataclass(frozen=True)
class DeclaredJob:
    """A file of glue_studio_json. `reads` and `writes` are table names."""

    name: str
    job: glue_studio.Job
    reads: tuple[str, ...]
    writes: tuple[str, ...]


@dataclass(frozen=True)
class Pipeline:
    """The tables, views and jobs that a folder declares, by name."""

    tables: Mapping[str, DeclaredTable]
    views: Mapping[str, DeclaredView]
    jobs: Mapping[str, DeclaredJob]

    def in_order(self, first: Iterable[str]) -> tuple[str, ...]:
        """Every table and view: those of `first` in that order, then the others by name."""
        names = (*self.tables, *self.views)
        return tuple(dict.fromkeys((*(name for name in first if name in names), *names)))

    @property
    def uploaded(self) -> tuple[str, ...]:
        """The tables that no job makes."""
        return tuple(name for name in self.tables if self.maker(name) is None)

    @property
    def json_tables(self) -> tuple[DeclaredTable, ...]:
        """The tables whose lines can be malformed."""
        return tuple(table for table in self.tables.values() if table.format == "json")

    def maker(self, table: str) -> DeclaredJob | None:
        """The job that writes a table."""
        return next((job for job in self.jobs.values() if table in job.writes), None)

    def with_views(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """The bytes of tables, and of views what reading them reads, as far as that is known."""
        known = dict(sizes)
        # A view may read another one; each round settles at least the next.
        for _ in self.views:
            for view in self.views.values():
                if view.name not in known and all(read in known for read in view.reads):
                    known[view.name] = sum(known[read] for read in view.reads)
        return known

    def sources(self, name: str) -> tuple[str, ...]:
        """The tables that a table or view is made from; none of one that is uploaded."""
        maker = self.maker(name)
        if maker:
            return maker.reads
        return self.views[name].reads if name in self.views else ()


def load(project: Path) -> Pipeline:
    """What the folder `project` declares.

    Raises:
        DeclarationError: one of its files cannot be read.
    """
    definitions = sorted((project / "terraform" / "tables").glob("*.json"))
    if not definitions:
        raise DeclarationError(
            f"There is no table definition (*.json) in {project / 'terraform' / 'tables'}: name "
            "the pipeline's folder with --project."
        )
    return Pipeline(
        tables={
            path.stem: _table(path, project / "athena_sql" / f"{path.stem}.sql")
            for path in definitions
        },
        views={
            path.stem: _view(path)
            for path in sorted((project / "athena_sql" / "views").glob("*.sql"))
        },
        jobs={
            job.name: job
            for job in map(_job, sorted((project / "glue_studio_json").glob("*.json")))
        },
    )


def is_identifier(text: str) -> bool:
    """Whether `text` may stand as a table or column name in SQL of this package."""
    return _IDENTIFIER.fullmatch(text) is not None


def quoted(name: str) -> str:
    """`name` as a quoted Athena identifier.

    Raises:
        ValueError: the name is not one that may stand in SQL.
    """
    if not is_identifier(name):
        raise ValueError(f"{name!r} is not a name that may stand in SQL")
    return f'"{name}"'


def plain_query(sql: str) -> str:
    """A query without comments, quotes and layout, to compare it with another."""
    try:
        tree = sqlglot.parse_one(sql, read="athena")
    except SqlglotError:
        return " ".join(sql.split())
    for identifier in tree.find_all(exp.Identifier):
        identifier.set("this", str(identifier.this).lower())
        identifier.set("quoted", False)
    return tree.sql(dialect="athena", comments=False)


def _table(path: Path, ddl: Path) -> DeclaredTable:
    try:
        table: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        statement = _statement(ddl, "hive") if ddl.exists() else None
        return DeclaredTable(
            name=path.stem,
            zone=table["zone"],
            format=table["format"],
            columns=tuple((column["name"], column["type"]) for column in table["columns"]),
            ddl_columns=_columns(statement) if statement else None,
            serde_parameters=_serde_parameters(statement) if statement else {},
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DeclarationError(f"The table definition {path} cannot be read: {error}.") from error


def _columns(statement: exp.Create) -> tuple[Column, ...]:
    return tuple(
        (column.name.lower(), column.args["kind"].sql(dialect="hive").lower())
        for column in statement.find_all(exp.ColumnDef)
    )


def _serde_parameters(statement: exp.Create) -> dict[str, str]:
    return {
        parameter.name: parameter.args["value"].name
        for parameters in statement.find_all(exp.SerdeProperties)
        for parameter in parameters.expressions
    }


def _view(path: Path) -> DeclaredView:
    query = _statement(path, "athena").expression
    if not isinstance(query, exp.Query):
        raise DeclarationError(f"The view {path} is not CREATE OR REPLACE VIEW name AS SELECT.")
    return DeclaredView(
        name=path.stem,
        sql=query.sql(dialect="athena", comments=False),
        reads=tuple(dict.fromkeys(table.name.lower() for table in query.find_all(exp.Table))),
    )


def _statement(path: Path, dialect: str) -> exp.Create:
    try:
        statement = sqlglot.parse_one(path.read_text(encoding="utf-8"), read=dialect)
    except (OSError, UnicodeDecodeError, SqlglotError) as error:
        raise DeclarationError(f"The SQL file {path} cannot be read: {error}.") from error
    if not isinstance(statement, exp.Create):
        raise DeclarationError(f"The SQL file {path} is not a CREATE statement.")
    return statement


def _job(path: Path) -> DeclaredJob:
    try:
        job = glue_studio.load(path)
    except glue_studio.GlueStudioError as error:
        raise DeclarationError(f"The job {path} cannot be read: {error}") from error
    return DeclaredJob(
        name=job.name,
        job=job,
        reads=tuple(ref.table.lower() for ref in access.reads(job)),
        writes=tuple(ref.table.lower() for ref in access.writes(job)),
    )

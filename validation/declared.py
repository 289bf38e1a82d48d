"""What the checkout declares: tables, views and jobs. Nothing here asks AWS."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import glue_studio
from glue_studio import tables as glue_studio_tables
from validation.errors import UsageError


class DeclarationError(UsageError):
    """A file of this checkout that declares a table, a view or a job cannot be read."""


@dataclass(frozen=True)
class DeclaredTable:
    """A file of terraform/tables. `columns` are (name, Hive type)."""

    name: str
    zone: str
    format: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DeclaredView:
    """A file of athena_sql/views: the SELECT of a CREATE VIEW."""

    name: str
    sql: str


@dataclass(frozen=True)
class DeclaredJob:
    """A file of glue_studio_json. `reads` and `writes` are table names."""

    name: str
    job: glue_studio.Job
    reads: tuple[str, ...]
    writes: tuple[str, ...]


@dataclass(frozen=True)
class Declared:
    """All of them, by name."""

    tables: Mapping[str, DeclaredTable]
    jobs: Mapping[str, DeclaredJob]

    def maker(self, table: str) -> DeclaredJob | None:
        """The job that writes a table."""
        return next((job for job in self.jobs.values() if table in job.writes), None)


def load(project: Path) -> Declared:
    """Reads the checkout at `project`. Raises DeclarationError."""
    return Declared(
        tables={
            path.stem: _table(path)
            for path in sorted((project / "terraform" / "tables").glob("*.json"))
        },
        jobs={
            job.name: job
            for job in map(_job, sorted((project / "glue_studio_json").glob("*.json")))
        },
    )


def _table(path: Path) -> DeclaredTable:
    try:
        table: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return DeclaredTable(
            name=path.stem,
            zone=table["zone"],
            format=table["format"],
            columns=tuple((column["name"], column["type"]) for column in table["columns"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DeclarationError(f"The table definition {path} cannot be read: {error}.") from error


def _job(path: Path) -> DeclaredJob:
    try:
        job = glue_studio.load(path)
    except glue_studio.GlueStudioError as error:
        raise DeclarationError(f"The job {path} cannot be read: {error}") from error
    return DeclaredJob(
        name=job.name,
        job=job,
        reads=tuple(ref.table for ref in glue_studio_tables.reads(job)),
        writes=tuple(ref.table for ref in glue_studio_tables.writes(job)),
    )

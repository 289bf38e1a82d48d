"""Columns of catalog tables that are known without asking AWS: from table definition files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from glue_studio.access import TableRef, reads, table_of, writes
from glue_studio.check.context import is_target
from glue_studio.check.targets import folder, place_of
from glue_studio.model import Job
from glue_studio.nodes import Columns
from glue_studio.project import read_table_files

ANY_DATABASE = "*"
"""Stands for the database of a definition file that names none."""


class KnownTables(Mapping[TableRef, Columns]):
    """Table (lower case) to its columns, from definitions that may not name a database."""

    def __init__(self, columns: Mapping[TableRef, Columns]) -> None:
        self._columns = dict(columns)

    def __getitem__(self, table: TableRef) -> Columns:
        found = self._columns.get(table)
        if found is None:
            found = self._columns[TableRef(ANY_DATABASE, table.table)]
        return found

    def __iter__(self) -> Any:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def read_tables(directory: Path) -> KnownTables:
    """The columns of the tables that a folder of definitions holds.

    Raises:
        TableFileError: a file is not a table definition.
    """
    return KnownTables(
        {
            TableRef((file.database or ANY_DATABASE).lower(), file.name.lower()): file.columns
            for file in read_table_files(directory)
        }
    )


def catalogued(jobs: Sequence[Job]) -> frozenset[TableRef]:
    """The tables that some jobs read or write through the catalog."""
    return frozenset(table for job in jobs for table in (*reads(job), *writes(job)))


def written_by(jobs: Sequence[Job]) -> dict[str, set[str]]:
    """What some jobs write (see `place_of`), to the names of the jobs."""
    writers: dict[str, set[str]] = {}
    for job in jobs:
        for node in job.nodes.values():
            place = place_of(node) if is_target(node) else None
            if place is not None:
                writers.setdefault(place, set()).add(job.name)
    return writers


def table_folders(jobs: Sequence[Job]) -> dict[str, TableRef]:
    """S3 folder to the table that some target writes there."""
    folders: dict[str, TableRef] = {}
    for job in jobs:
        for node in job.nodes.values():
            path, table = node.settings.get("Path"), table_of(node)
            if isinstance(path, str) and path and table is not None:
                folders[folder(path)] = table
    return folders

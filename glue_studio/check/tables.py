"""Columns of catalog tables that are known without asking AWS: from table definition files."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from glue_studio.access import TableRef, reads, table_of, writes
from glue_studio.check.context import is_target
from glue_studio.check.targets import folder, place_of
from glue_studio.errors import GlueStudioError
from glue_studio.model import Job
from glue_studio.nodes import Columns

ANY_DATABASE = "*"
"""Stands for the database of a definition file that names none."""


class TablesError(GlueStudioError):
    """A table definition file cannot be read."""


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
    """Read every `<table>.json` of a folder: an object with `columns`, a list of `{"name": …}`.

    `partition_keys` of the same form follow the columns; `database` and `name` are optional. A file
    in a folder there is of the folder's database.

    Raises:
        TablesError: a file is not of that form.
    """
    found: dict[TableRef, Columns] = {}
    for path in sorted(directory.rglob("*.json")):
        folder = "" if path.parent == directory else path.parent.name
        try:
            document = json.loads(path.read_bytes())
            columns = _names(document)
            database = str(document.get("database") or folder or ANY_DATABASE)
            name = str(document.get("name") or path.stem)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise TablesError(
                f"{path} is not a table definition: a JSON object with a list of columns, "
                f'each {{"name": …}}, is wanted.'
            ) from error
        found[TableRef(database.lower(), name.lower())] = columns
    return KnownTables(found)


def _names(document: Mapping[str, Any]) -> tuple[str, ...]:
    columns = [*document["columns"], *(document.get("partition_keys") or ())]
    return tuple(str(column["name"]) for column in columns)


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

"""The Data Catalog tables that a job reads and writes."""

from collections.abc import Iterator
from dataclasses import dataclass

from glue_studio.model import Job, Node
from glue_studio.nodes import KINDS


@dataclass(frozen=True, order=True)
class TableRef:
    """A table of the Data Catalog."""

    database: str
    table: str

    def __str__(self) -> str:
        return f"{self.database}.{self.table}"


def reads(job: Job) -> tuple[TableRef, ...]:
    """The tables that a job's graph reads, each once, in the order of the file."""
    return tuple(dict.fromkeys(_tables(job, inputs=False)))


def writes(job: Job) -> tuple[TableRef, ...]:
    """The tables that a job's graph writes, each once, in the order of the file."""
    return tuple(dict.fromkeys(_tables(job, inputs=True)))


def table_of(node: Node) -> TableRef | None:
    """The table that one source or target names, if it names one."""
    settings = node.settings
    policy = settings.get("SchemaChangePolicy")
    if isinstance(policy, dict) and policy.get("Table") and policy.get("Database"):
        return TableRef(str(policy["Database"]), str(policy["Table"]))
    database, table = settings.get("Database"), settings.get("Table")
    if isinstance(database, str) and isinstance(table, str):
        return TableRef(database, table)
    return None


def _tables(job: Job, *, inputs: bool) -> Iterator[TableRef]:
    for node in job.nodes.values():
        kind = KINDS.get(node.type)
        writes_data = kind.target if kind else bool(node.inputs)
        table = table_of(node)
        if table is not None and writes_data == inputs:
            yield table

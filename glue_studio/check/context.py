"""A job with what the checks ask of it again and again, worked out once."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from glue_studio.access import TableRef
from glue_studio.check.columns import infer
from glue_studio.check.sql_text import Query, read_query
from glue_studio.model import Job, Node
from glue_studio.nodes import Columns, Role, kind_of


class Context:
    """One job under check.

    Args:
        job: the job.
        tables: columns of tables of the catalog, where they are known.
        catalogued: the tables that the project's jobs name, for what one job cannot tell.
        table_folders: S3 folder that some job of the project writes a table to, to that table.
        written: what other jobs of the project write (see `targets.place_of`), to the jobs' names.
    """

    def __init__(
        self,
        job: Job,
        tables: Mapping[TableRef, Columns],
        catalogued: frozenset[TableRef] = frozenset(),
        table_folders: Mapping[str, TableRef] | None = None,
        written: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.job = job
        self.nodes = job.nodes
        self.catalogued = catalogued
        self.table_folders = table_folders or {}
        self.written = written or {}
        self._tables = tables

    @cached_property
    def readers(self) -> Mapping[str, list[Node]]:
        """Node id to the nodes that read it."""
        readers: dict[str, list[Node]] = {node_id: [] for node_id in self.nodes}
        for node in self.nodes.values():
            for source in node.inputs:
                if source in readers:
                    readers[source].append(node)
        return readers

    @cached_property
    def order(self) -> list[Node]:
        """The nodes, sources first; those in a circle and behind one are left out."""
        waiting = {
            node.id: len({source for source in node.inputs if source in self.nodes})
            for node in self.nodes.values()
        }
        ready = [node_id for node_id, count in waiting.items() if count == 0]
        ordered = []
        for node_id in ready:  # grows while it is walked
            ordered.append(self.nodes[node_id])
            for reader in {reader.id for reader in self.readers[node_id]}:
                waiting[reader] -= 1
                if waiting[reader] == 0:
                    ready.append(reader)
        return ordered

    @cached_property
    def queries(self) -> Mapping[str, Query]:
        """Id of each SparkSQL node to its query."""
        return {
            node.id: read_query(str(node.settings.get("SqlQuery", "")))
            for node in self.nodes.values()
            if node.type == "SparkSQL"
        }

    @cached_property
    def columns(self) -> Mapping[str, Columns]:
        """Node id to the columns that flow out of it, where they are known.

        Schemas that the canvas stored in nodes count: see `is_certain`.
        """
        return infer(self.order, self.queries, self._tables, declared=True)

    @cached_property
    def _certain(self) -> Mapping[str, Columns]:
        return infer(self.order, self.queries, self._tables, declared=False)

    def is_certain(self, node_id: str) -> bool:
        """Whether a node's columns follow from table definitions and the graph alone.

        A schema on the canvas is a sample of the data, or older than the table.
        """
        return self._certain.get(node_id) is not None


def is_source(node: Node) -> bool:
    """Whether a node's type brings data in."""
    return kind_of(node).role is Role.SOURCE


def is_target(node: Node) -> bool:
    """Whether a node's type writes data."""
    return kind_of(node).role is Role.TARGET

"""What a job reads and writes, as its graph and its arguments tell it."""

from functools import reduce
from operator import add

from glue_studio.model import Job, section
from glue_studio.nodes import Access, TableRef, kind_of
from glue_studio.nodes.access import table_of

__all__ = ["Access", "TableRef", "access_of", "reads", "table_of", "writes"]

_FILES = ("--extra-py-files", "--extra-jars", "--extra-files")


def access_of(job: Job) -> Access:
    """Everything that a job reads and writes, each thing once, in the order of the file."""
    nodes = (kind_of(node).access(node) for node in job.nodes.values())
    return reduce(add, nodes, _by_settings(job))


def reads(job: Job) -> tuple[TableRef, ...]:
    """The tables that a job's graph reads."""
    return access_of(job).tables_read


def writes(job: Job) -> tuple[TableRef, ...]:
    """The tables that a job's graph writes."""
    return access_of(job).tables_written


def _by_settings(job: Job) -> Access:
    """What the job's own settings name: libraries, connections, Spark's catalog."""
    arguments = {
        **section(job.settings, "DefaultArguments"),
        **section(job.settings, "NonOverridableArguments"),
    }
    files = [part.strip() for key in _FILES for part in str(arguments.get(key) or "").split(",")]
    named = section(job.settings, "Connections").get("Connections")
    connections = tuple(map(str, named)) if isinstance(named, list) else ()
    return Access(
        files_read=tuple(filter(None, files)),
        connections=connections,
        uses_hive_catalog=arguments.get("--enable-glue-datacatalog", "false") != "false",
    )

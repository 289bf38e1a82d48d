"""What a check finds, and the list of everything that it can find."""

from dataclasses import dataclass
from enum import Enum

from glue_studio.model import Node


class Severity(Enum):
    """An error will fail or go wrong; a warning may be meant."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Code:
    """One kind of finding.

    Attributes:
        id: for example GS101; never reused.
        name: for people: lower case with dashes.
        severity: the same for every finding of the kind.
        summary: one sentence, true of every finding of the kind.
    """

    id: str
    name: str
    severity: Severity
    summary: str


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or may be.

    Attributes:
        code: a key of `CODES`.
        reason: what is wrong here: one sentence.
        remedy: what to do: one sentence.
        node: the node it is about; None where it is about the job.
        detail: line of the node's SQL, code or ruleset, from 1; 0 where there is none.
    """

    code: str
    reason: str
    remedy: str
    node: Node | None = None
    detail: int = 0

    @property
    def severity(self) -> Severity:
        """The severity of the code."""
        return CODES[self.code].severity


_E, _W = Severity.ERROR, Severity.WARNING

_CODES = (
    Code("GS001", "unreadable", _E, "The file holds no job that can be read."),
    Code("GS002", "shape", _E, "A setting is not what the Glue API takes."),
    Code("GS003", "unknown-value", _W, "A setting has a value that the Glue API does not list."),
    Code("GS004", "environment-in-file", _W, "The file carries what belongs to one account or environment."),
    Code("GS005", "script-mode", _W, "The job is a script job, so its graph may not be what runs."),
    Code("GS006", "no-known-text", _W, "The text that Glue Studio generates for a node's type is not known."),
    Code("GS007", "cannot-generate", _E, "No script can be generated from the graph."),
    Code("GS008", "streaming-job", _W, "The job is a streaming one, which never ends."),
    Code("GS101", "cycle", _E, "Nodes read each other in a circle."),
    Code("GS102", "missing-input", _E, "A node reads a node that is not in the graph."),
    Code("GS103", "input-count", _E, "A node has more or fewer inputs than its type takes."),
    Code("GS104", "unread-node", _W, "Nothing reads a node, so what it computes is lost."),
    Code("GS105", "no-target", _W, "The job writes nothing."),
    Code("GS106", "collection-as-frame", _E, "A node that wants a frame reads a collection of frames."),
    Code("GS107", "frame-as-collection", _E, "A node that picks from a collection reads a frame."),
    Code("GS108", "no-such-member", _E, "A node picks a member that the collection does not have."),
    Code("GS109", "class-name-twice", _E, "Two custom transforms share one function name and not its code; the second replaces the first."),
    Code("GS110", "member-by-name", _W, "A node that picks from a collection is not named after one of its members."),
    Code("GS201", "sql-syntax", _E, "A query is not Spark SQL."),
    Code("GS202", "sql-alias-source", _E, "A SQL alias stands for a node that is not an input."),
    Code("GS203", "sql-alias-unused", _W, "A query never uses an input."),
    Code("GS204", "sql-unbound", _E, "A query reads a name that no alias stands for."),
    Code("GS205", "sql-alias-twice", _E, "Two SQL aliases of a node are the same; the second replaces the first."),
    Code("GS206", "sql-input-without-alias", _W, "An input of a SQL node has no alias, so no query can read it."),
    Code("GS207", "sql-reads-table", _W, "A query reads a table of the catalog that the graph does not show."),
    Code("GS208", "sql-not-a-query", _E, "A SQL node holds something other than one query."),
    Code("GS301", "unknown-column", _E, "A column is used that does not flow in."),
    Code("GS302", "join-source", _E, "A join's columns belong to a node that is not an input."),
    Code("GS303", "join-column-names", _W, "Columns after a join have names that break what reads them."),
    Code("GS304", "column-not-in-schema", _W, "A column is used that the schema on the canvas does not have."),
    Code("GS305", "column-passed-over", _W, "A field is selected that does not flow in, and is passed over in silence."),
    Code("GS306", "mapping-twice", _W, "Two mappings make one field."),
    Code("GS401", "table-twice", _E, "Two targets write one table."),
    Code("GS402", "s3-source-of-table", _W, "An S3 source reads the files of a table of the catalog."),
    Code("GS403", "appends", _W, "A target adds its rows again on every run."),
    Code("GS404", "table-of-two-jobs", _W, "Two jobs of the project write one table."),
    Code("GS405", "path-twice", _W, "Two targets add their files to one folder."),
    Code("GS406", "no-permissions", _W, "No permission follows from the graph for something that a node reaches."),
    Code("GS501", "dqdl-syntax", _E, "A ruleset is not DQDL."),
    Code("GS502", "dqdl-column", _E, "A data quality rule is about a column that does not flow in."),
    Code("GS503", "dqdl-dataset", _E, "A data quality rule compares with a data set that the node does not have."),
    Code("GS504", "dqdl-empty", _W, "A ruleset has no rule, so nothing is judged."),
    Code("GS601", "python-syntax", _E, "The code of a custom transform is not Python."),
    Code("GS602", "transform-file", _W, "A job does not load the file of a custom visual transform."),
)  # fmt: skip

CODES: dict[str, Code] = {code.id: code for code in _CODES}
"""Every kind of finding; docs/checks.md has each with a bad and a good example."""

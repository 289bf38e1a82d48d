"""Hive's definitions as plain data, and the constants of its formats."""

from dataclasses import dataclass, field

from sandbox.athena.errors import QueryError

# Reserved in Athena's DDL: such a column needs backticks ("Reserved keywords" in the user guide, but
# for the words that its own DDL of logs has as columns without them).
RESERVED = frozenset(
    [
        "all",
        "alter",
        "and",
        "array",
        "as",
        "authorization",
        "between",
        "bigint",
        "binary",
        "boolean",
        "both",
        "by",
        "case",
        "cash",
        "cast",
        "char",
        "column",
        "conf",
        "constraint",
        "create",
        "cube",
        "current",
        "current_date",
        "current_timestamp",
        "cursor",
        "database",
        "date",
        "decimal",
        "delete",
        "describe",
        "distinct",
        "div",
        "double",
        "drop",
        "else",
        "end",
        "exchange",
        "exists",
        "extended",
        "external",
        "extract",
        "false",
        "fetch",
        "float",
        "floor",
        "following",
        "for",
        "foreign",
        "from",
        "full",
        "function",
        "grant",
        "group",
        "grouping",
        "having",
        "if",
        "import",
        "in",
        "inner",
        "insert",
        "int",
        "integer",
        "intersect",
        "interval",
        "into",
        "is",
        "join",
        "lateral",
        "left",
        "less",
        "like",
        "local",
        "macro",
        "map",
        "more",
        "none",
        "not",
        "null",
        "numeric",
        "of",
        "on",
        "only",
        "or",
        "order",
        "out",
        "outer",
        "over",
        "partialscan",
        "partition",
        "percent",
        "preceding",
        "precision",
        "preserve",
        "primary",
        "procedure",
        "range",
        "reads",
        "reduce",
        "references",
        "regexp",
        "revoke",
        "right",
        "rlike",
        "rollback",
        "rollup",
        "row",
        "rows",
        "select",
        "set",
        "smallint",
        "table",
        "tablesample",
        "then",
        "to",
        "transform",
        "trigger",
        "true",
        "truncate",
        "unbounded",
        "union",
        "uniquejoin",
        "update",
        "user",
        "using",
        "utc_timestamp",
        "values",
        "varchar",
        "views",
        "when",
        "where",
        "window",
        "with",
    ]
)

TEXT_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
TEXT_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
LAZY_SIMPLE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
OPENX = "org.openx.data.jsonserde.JsonSerDe"
# What Athena gives a table of that SerDe without STORED AS.
OPENX_OUTPUT = "org.apache.hadoop.hive.ql.io.IgnoreKeyTextOutputFormat"
# STORED AS: input format, output format, SerDe.
STORED_AS: dict[str, tuple[str, str, str]] = {
    "TEXTFILE": (TEXT_INPUT, TEXT_OUTPUT, LAZY_SIMPLE),
    "SEQUENCEFILE": (
        "org.apache.hadoop.mapred.SequenceFileInputFormat",
        "org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat",
        LAZY_SIMPLE,
    ),
    "PARQUET": (
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    ),
    "ORC": (
        "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
        "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
        "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
    ),
    "RCFILE": (
        "org.apache.hadoop.hive.ql.io.RCFileInputFormat",
        "org.apache.hadoop.hive.ql.io.RCFileOutputFormat",
        "org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe",
    ),
    "AVRO": (
        "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
        "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat",
        "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
    ),
    "JSONFILE": (TEXT_INPUT, TEXT_OUTPUT, "org.apache.hive.hcatalog.data.JsonSerDe"),
}


# What every table of Athena's has beside its columns, with the types.
HIDDEN_COLUMNS = {
    "$path": "varchar",
    "$file_size": "bigint",
    "$file_modified_time": "timestamp(3) with time zone",
    "$partition": "varchar",
    "$bucket": "integer",
}


@dataclass(frozen=True)
class ColumnDefinition:
    """One column of a definition; the type is spelled as the Data Catalog spells it."""

    name: str
    type: str
    comment: str = ""


@dataclass(frozen=True)
class CreateTable:
    """CREATE EXTERNAL TABLE."""

    name: tuple[str, ...]
    columns: tuple[ColumnDefinition, ...]
    partition_keys: tuple[ColumnDefinition, ...]
    location: str
    input_format: str
    output_format: str
    serde: str
    serde_parameters: dict[str, str]
    parameters: dict[str, str]
    comment: str = ""
    if_not_exists: bool = False
    bucket_columns: tuple[str, ...] = ()
    buckets: int = -1


@dataclass(frozen=True)
class CreateDatabase:
    """CREATE DATABASE or SCHEMA."""

    name: str
    comment: str = ""
    location: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    if_not_exists: bool = False


@dataclass(frozen=True)
class Drop:
    """DROP TABLE, VIEW or DATABASE."""

    kind: str
    name: tuple[str, ...]
    if_exists: bool
    cascade: bool = False


@dataclass(frozen=True)
class PartitionSpec:
    """PARTITION (key = value, ...) [LOCATION '...']."""

    values: dict[str, str]
    location: str = ""


@dataclass(frozen=True)
class Show:
    """SHOW and DESCRIBE.

    Attributes:
        what: databases, tables, ..., describe.
        name: of which database or table, in the parts that were written.
        pattern: of the names, or of the property.
        detail: EXTENDED or FORMATTED, if DESCRIBE has one of them.
        partition: that DESCRIBE is of, if not of the table.
        column: that DESCRIBE is of, with the fields, elements, keys and values within.
        refusal: why it is none of a table; a view has no such rule.
    """

    what: str
    name: tuple[str, ...] = ()
    pattern: str = ""
    detail: str = ""
    partition: PartitionSpec | None = None
    column: tuple[str, ...] = ()
    refusal: QueryError | None = None


@dataclass(frozen=True)
class AlterTable:
    """ALTER TABLE and MSCK REPAIR TABLE.

    Attributes:
        action: add_partitions, drop_partitions, rename_partition, set_properties, set_location,
            add_columns, replace_columns, change_column, drop_column, rename or repair.
        partitions: that it names; of rename_partition the old and the new one, of set_location and
            the columns' actions the one that they change, if not the table.
        columns: new ones.
        changed: the column that change_column replaces.
        place: where the changed column goes: after this column, first if empty; None: it stays.
        failure: of what Hive finds wrong only when it runs the statement.
    """

    name: tuple[str, ...]
    action: str
    partitions: tuple[PartitionSpec, ...] = ()
    parameters: dict[str, str] = field(default_factory=dict)
    columns: tuple[ColumnDefinition, ...] = ()
    location: str = ""
    lenient: bool = False
    changed: str = ""
    place: str | None = None
    failure: QueryError | None = None


@dataclass(frozen=True)
class AlterDatabase:
    """ALTER DATABASE ... SET DBPROPERTIES."""

    name: str
    parameters: dict[str, str]


Definition = CreateTable | CreateDatabase | AlterDatabase | Drop | Show | AlterTable

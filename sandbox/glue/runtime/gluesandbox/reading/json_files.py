"""Reading JSON lines by declared columns, as the JSON SerDes of the Data Catalog do."""

import gzip
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sf
from pyspark.sql import types as st

from gluesandbox.storage.catalog import Column
from gluesandbox.types import data_types, fields

_BROKEN = "__broken_record"
_PIECE = 8 << 20  # bytes looked at together for spellings of keys
_SPLITTABLE = (".bz2", ".zst", ".snappy", ".lz4", ".deflate")  # and what Python cannot look into


def read(
    spark: SparkSession,
    paths: Sequence[str],
    files: Sequence[Path],
    columns: Sequence[Column],
    partition_schema: st.StructType,
    serde: Mapping[str, str],
    options: Mapping[str, str],
) -> tuple[DataFrame, DataFrame]:
    """The records in the declared columns and types, and the lines that are not JSON.

    A value of another JSON type than declared is converted where its text can be (`"12"` is 12),
    else NULL; a line that is not a JSON object is not a record but an error record.

    Args:
        spark: The session.
        paths: What Spark reads.
        files: The same as local files, to look for how keys are spelled.
        columns: As declared; `serde` may map a column to another key (`mapping.col` = `key`).
        partition_schema: Columns that come from the paths.
        serde: Parameters of the SerDe.
        options: For Spark's JSON reader.
    """
    keys = {column.name: serde.get(f"mapping.{column.name}", column.name) for column in columns}
    spelled = _spelled(files, list(keys.values()), serde)
    kinds = {column.name: data_types.declared(column.type) for column in columns}
    layers = _layers([spelled[key] for key in keys.values()])
    schemas = [
        st.StructType(
            [
                st.StructField(layer[position], kinds[name])
                for position, name in enumerate(keys)
                if position in layer
            ]
        )
        for layer in layers
    ]
    if len(schemas) == 1:
        raw = _read_json(spark, paths, schemas[0], partition_schema, options)
    else:
        raw = _read_layers(spark, paths, schemas, partition_schema, options)
    values = [
        _value([layer[position] for layer in layers if position in layer], kinds[name]).alias(name)
        for position, name in enumerate(keys)
    ]
    partition = [sf.col(fields.quote(field.name)) for field in partition_schema.fields]
    # True of every broken line, but Spark refuses to read nothing but the text. Not `IS NULL`,
    # which it would test while it parses, and then give up a line before it knows it is broken.
    first = sf.col(fields.quote(schemas[0].fieldNames()[0])).cast("string")
    unread = sf.coalesce(first, sf.lit("")) == ""
    malformed = sf.col(_BROKEN).isNotNull() & unread & ~_is_json()
    good = raw.filter(~malformed).select(*values, *partition)
    bad = raw.filter(malformed).select(sf.col(_BROKEN).alias("error"))
    return good, bad


def _layers(spelled: Sequence[Sequence[str]]) -> list[dict[int, str]]:
    """Column position to spelling, as often as the most variously spelled column needs.

    Nearly always one layer: Spark cannot hold `userName` and `username` in one schema.
    """
    depth = max((len(spellings) for spellings in spelled), default=1)
    return [
        {
            position: spellings[level]
            for position, spellings in enumerate(spelled)
            if level < len(spellings)
        }
        for level in range(depth)
    ]


def _read_json(
    spark: SparkSession,
    paths: Sequence[str],
    schema: st.StructType,
    partition_schema: st.StructType,
    options: Mapping[str, str],
) -> DataFrame:
    broken = st.StructField(_BROKEN, st.StringType())
    whole = st.StructType([*schema.fields, *partition_schema.fields, broken])
    reader = spark.read.schema(whole).options(mode="PERMISSIVE", **options)
    return reader.option("columnNameOfCorruptRecord", _BROKEN).json(list(paths))


def _read_layers(
    spark: SparkSession,
    paths: Sequence[str],
    schemas: Sequence[st.StructType],
    partition_schema: st.StructType,
    options: Mapping[str, str],
) -> DataFrame:
    """Each line parsed once a spelling; the columns of later spellings come under `name#level`."""
    line = st.StructType([st.StructField("value", st.StringType()), *partition_schema.fields])
    lines = spark.read.schema(line).options(**options).text(list(paths)).filter("trim(value) != ''")
    parsing = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": _BROKEN}
    broken = st.StructField(_BROKEN, st.StringType())
    parsed = [
        sf.from_json("value", st.StructType([*schema.fields, broken]), parsing)
        for schema in schemas
    ]
    columns = [
        record.getField(field.name).alias(_layered(field.name, level))
        for level, (record, schema) in enumerate(zip(parsed, schemas, strict=True))
        for field in schema.fields
    ]
    # A value that does not fit may be in any of the readings; each gives the same line.
    text = sf.coalesce(*(record.getField(_BROKEN) for record in parsed)).alias(_BROKEN)
    partition = [sf.col(fields.quote(field.name)) for field in partition_schema.fields]
    return lines.select(*columns, text, *partition)


def _layered(name: str, level: int) -> str:
    return f"{name}#{level}" if level else name


def _spelled(
    files: Sequence[Path], keys: Sequence[str], serde: Mapping[str, str]
) -> dict[str, list[str]]:
    if serde.get("case.insensitive", "true").lower() == "false":
        return {key: [key] for key in keys}
    readable = [path for path in files if not path.name.endswith(_SPLITTABLE)]
    found = _spellings(readable, keys)
    return {key: found[key.lower()] or [key] for key in keys}


def _spellings(files: Iterable[Path], names: Iterable[str]) -> dict[str, list[str]]:
    """Each lower-case name's spellings in the files, none if it is not there.

    Spark's JSON reader matches keys by case; the Data Catalog lower-cases its columns and Glue reads
    them all the same. Counting is exact and costs a fraction of parsing: in each piece of a file,
    `"customername"` in the lower-cased text must occur as often as the spellings known so far.
    Only ASCII letters are folded.
    """
    found: dict[str, list[str]] = {name.lower(): [] for name in names}
    for path in files:
        for piece in _pieces(path):
            folded = piece.lower()
            for name, known in found.items():
                missing = folded.count(_quoted(name))
                missing -= sum(piece.count(_quoted(spelling)) for spelling in known)
                if missing > 0:
                    # Perhaps only a value reads so; a key has a colon after it.
                    key = b'"(' + re.escape(name.encode()) + rb')"\s*:'
                    pattern = re.compile(key, re.IGNORECASE)
                    seen = {match.decode() for match in pattern.findall(piece)}
                    found[name] = known + sorted(seen - set(known))
    return found


def _quoted(name: str) -> bytes:
    return b'"' + name.encode() + b'"'


def _pieces(path: Path) -> Iterator[bytes]:
    """The file's text in pieces that end with a line, so that no key is cut in two."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece + stream.readline()


def _value(spellings: Sequence[str], kind: st.DataType) -> SparkColumn:
    typed = [
        sf.col(fields.quote(_layered(spelling, level))) for level, spelling in enumerate(spellings)
    ]
    value = typed[0] if len(typed) == 1 else sf.coalesce(*typed)
    if isinstance(kind, (st.StringType, st.StructType, st.ArrayType, st.MapType, st.BinaryType)):
        return value
    texts = [sf.get_json_object(_BROKEN, f"$['{spelling}']").cast(kind) for spelling in spellings]
    # Spark marks a record broken if one value does not fit; its text is then at hand.
    return sf.when(sf.col(_BROKEN).isNull(), value).otherwise(sf.coalesce(value, *texts))


def _is_json() -> SparkColumn:
    text = sf.col(_BROKEN)
    return text.rlike(r"^\s*[\[{]") & sf.get_json_object(text, "$").isNotNull()

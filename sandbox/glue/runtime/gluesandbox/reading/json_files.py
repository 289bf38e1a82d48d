"""Reading JSON: by declared columns, as the SerDes of the Data Catalog do, or by its own types."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as sf
from pyspark.sql import types as st

from gluesandbox.messages import not_in_sandbox
from gluesandbox.reading.files import OTHER_CODECS, Files, opened, require_text
from gluesandbox.storage.catalog import Column
from gluesandbox.types import choices, data_types, fields, records

_BROKEN = "__broken_record"
_KEYS = "__keys"
_PIECE = 8 << 20  # bytes looked at together for spellings of keys
_STEP = re.compile(r"\.(\w+)|\['([^']+)'\]|\[(\*|\d+)\]")


def inferred(files: Files, *, whole_files: bool, path: str) -> tuple[DataFrame, DataFrame]:
    """The records of JSON files in the types that they have, and the texts that are not JSON.

    Args:
        files: The files.
        whole_files: Whether a record may go over several lines, and a file be one list.
        path: Glue's `jsonPath`: `$`, `$.field`, `$.field[*]`, `$[*]`.
    """
    require_text(files)
    spark = files.spark
    lines = files.reader().text(list(files.uris), wholetext=whole_files)
    steps = _steps(path)

    def read(row: Row) -> Iterator[tuple[bool, Any]]:
        given = {name: row[name] for name in row.__fields__ if name != "value"}
        for fine, document in _documents(row["value"], whole_files):
            if not fine:
                yield False, document
                continue
            for record in _followed(document, steps):
                fitting = isinstance(record, dict)
                yield fitting, {**record, **given} if fitting else json.dumps(record)

    found = lines.rdd.flatMap(read)
    fallback = st.StructType([field for field in lines.schema.fields if field.name != "value"])
    good = found.filter(lambda item: item[0]).map(lambda item: item[1])
    bad = found.filter(lambda item: not item[0]).map(lambda item: (item[1],))
    frame = records.frame_of(spark, good, fallback, widen=False)
    return frame, spark.createDataFrame(bad, "error string")


def _documents(text: str, whole_file: bool) -> Iterator[tuple[bool, Any]]:
    """The JSON values of a text, and what of it is not JSON."""
    decoder = json.JSONDecoder()
    rest = text.strip().removeprefix("\ufeff")
    while rest:
        try:
            document, end = decoder.raw_decode(rest)
        except ValueError:
            yield False, rest
            return
        if not whole_file and rest[end:].strip():
            yield False, rest
            return
        yield True, document
        rest = rest[end:].lstrip(" \t\r\n,")


def _steps(path: str) -> list[str | int]:
    """The names and numbers of a `jsonPath`; `*` is every element."""
    rest = path.strip().removeprefix("$")
    steps: list[str | int] = []
    while rest:
        match = _STEP.match(rest)
        if match is None:
            raise not_in_sandbox(f"The jsonPath {path!r}")
        name = match[1] or match[2]
        steps.append(name or (match[3] if match[3] == "*" else int(match[3])))
        rest = rest[match.end() :]
    return steps


def _followed(document: Any, steps: Sequence[str | int]) -> Iterator[Any]:
    if isinstance(document, list) and (not steps or steps[0] == "*" or isinstance(steps[0], str)):
        for item in document:
            yield from _followed(item, steps[1:] if steps and steps[0] == "*" else steps)
    elif not steps:
        yield document
    elif isinstance(document, dict) and steps[0] in document:
        yield from _followed(document[str(steps[0])], steps[1:])
    elif isinstance(document, list) and isinstance(steps[0], int) and steps[0] < len(document):
        yield from _followed(document[steps[0]], steps[1:])


def declared(
    files: Files,
    columns: Sequence[Column],
    partition_schema: st.StructType,
    serde: Mapping[str, str],
    *,
    with_choices: bool,
) -> tuple[DataFrame, DataFrame, Callable[[], DataFrame]]:
    """The records in the declared columns and types, and the lines that are not JSON.

    A value of another JSON type than declared is converted where its text can be (`"12"` is 12),
    else NULL, or the text of a choice; a line that is not a JSON object is not a record but an error record.

    Args:
        files: The files.
        columns: As declared; `serde` may map a column to another key (`mapping.col` = `key`).
        partition_schema: Columns that come from the paths.
        serde: Parameters of the SerDe.
        with_choices: Whether a column with values that do not fit its type is a choice.

    Returns:
        The records; the lines; what makes the records with the keys that each lacks, which takes
        twice as long to read.
    """
    require_text(files)
    table = _Table(
        files,
        {column.name: data_types.declared(column.type) for column in columns},
        _keys(columns, serde),
        partition_schema,
        serde,
    )
    mixed = _mixed_columns(table) if with_choices else set()
    good, bad = _records(table, mixed, with_absent=False)
    return good, bad, lambda: _records(table, mixed, with_absent=True)[0]


@dataclass(frozen=True)
class _Table:
    """Files as a table declares them: types and keys by column."""

    files: Files
    kinds: Mapping[str, st.DataType]
    keys: Mapping[str, str]
    partition_schema: st.StructType
    serde: Mapping[str, str]

    @cached_property
    def spelled(self) -> dict[str, list[str]]:
        """Each key's spellings, for which the files are read once."""
        return _spelled(self.files, list(self.keys.values()), self.serde)


def _records(
    table: _Table, mixed: Collection[str], *, with_absent: bool
) -> tuple[DataFrame, DataFrame]:
    keys, kinds, spelled = table.keys, table.kinds, table.spelled
    raw, layers = _raw(table, with_absent=with_absent)
    malformed = _malformed(layers[0])
    values = []
    for position, (name, key) in enumerate(keys.items()):
        known = [layer[position] for layer in layers if position in layer]
        value = _value(known, kinds[name])
        if name in mixed:
            odd = sf.when(_is_odd(known, kinds[name]), _text(spelled[key]))
            value = choices.of_parts({choices.glue_name(kinds[name]): value, "string": odd})
        values.append(value.alias(name))
    partition = [sf.col(fields.quote(field.name)) for field in table.partition_schema.fields]
    if with_absent:
        tests = [
            test
            for name, key in keys.items()
            for test in _lacking((name,), sf.col(_KEYS), spelled[key], kinds[name])
        ]
        partition.append(fields.absent_of(tests).alias(fields.ABSENT))
    good = raw.filter(~malformed).select(*values, *partition)
    bad = raw.filter(malformed).select(sf.col(_BROKEN).alias("error"))
    return good, bad


def _mixed_columns(table: _Table) -> set[str]:
    """The columns with a value that does not fit their type, not even as text."""
    keys, kinds, spelled = table.keys, table.kinds, table.spelled
    atoms = [name for name, kind in kinds.items() if _is_atom(kind)]
    begins = {text: kinds[name] for name in atoms for text in spelled[keys[name]]}
    suspects = _suspects(table.files, begins)
    suspected = [name for name in atoms if suspects & set(spelled[keys[name]])]
    if not suspected:
        return set()
    raw, layers = _raw(table, with_absent=False)
    places = {name: place for place, name in enumerate(keys)}
    odd = [
        _is_odd([layer[places[name]] for layer in layers if places[name] in layer], kinds[name])
        for name in suspected
    ]
    (counts,) = (
        raw.filter(~_malformed(layers[0]))
        .agg(*(sf.count(sf.when(test, 1)) for test in odd))
        .collect()
    )
    return {name for name, count in zip(suspected, counts, strict=True) if count}


def _suspects(files: Files, kinds: Mapping[str, st.DataType]) -> set[str]:
    """The keys that may have values of another type, by a look at how their values begin."""
    if any(path.name.endswith(OTHER_CODECS) for path in files.paths):
        return set(kinds)
    found = {key for key, kind in kinds.items() if not isinstance(kind, st.NumericType)}
    whole = [key for key in set(kinds) - found if isinstance(kinds[key], st.IntegralType)]
    for keys, begin in (
        (whole, rb'(?:-?\d+[.eE]|["\[{tf])'),
        (set(kinds) - found - set(whole), rb'["\[{tf]'),
    ):
        if keys:
            names = b"|".join(re.escape(key.encode()) for key in keys)
            pattern = re.compile(b'"(' + names + rb')"\s*:\s*' + begin)
            pieces = (piece for path in files.paths for piece in _pieces(path))
            found |= {match[1].decode() for piece in pieces for match in pattern.finditer(piece)}
    return found


def _keys(columns: Sequence[Column], serde: Mapping[str, str]) -> dict[str, str]:
    """The key of each column."""
    return {column.name: serde.get(f"mapping.{column.name}", column.name) for column in columns}


def _raw(table: _Table, *, with_absent: bool) -> tuple[DataFrame, list[dict[int, str]]]:
    """The lines as parsed, and the spellings of the keys in layers."""
    layers = _layers([table.spelled[key] for key in table.keys.values()])
    schemas = [
        st.StructType(
            [
                st.StructField(layer[position], kind)
                for position, kind in enumerate(table.kinds.values())
                if position in layer
            ]
        )
        for layer in layers
    ]
    if len(schemas) == 1 and not with_absent:
        return _read_json(table.files, schemas[0], table.partition_schema), layers
    return _read_layers(table.files, schemas, table.partition_schema), layers


def _malformed(layer: Mapping[int, str]) -> SparkColumn:
    # True of every broken line, but Spark refuses to read nothing but the text. Not `IS NULL`,
    # which it would test while it parses, and then give up a line before it knows it is broken.
    first = sf.col(fields.quote(next(iter(layer.values())))).cast("string")
    unread = sf.coalesce(first, sf.lit("")) == ""
    return sf.col(_BROKEN).isNotNull() & unread & ~_is_json()


def _lacking(
    way: tuple[str, ...], text: SparkColumn, spellings: Sequence[str], kind: st.DataType
) -> Iterator[tuple[tuple[str, ...], SparkColumn]]:
    """For a field, and each field of the structs inside it, whether a JSON text lacks its key."""
    present = sf.coalesce(sf.json_object_keys(text), sf.array().cast("array<string>"))
    yield way, ~sf.arrays_overlap(present, sf.array(*(sf.lit(name) for name in spellings)))
    if isinstance(kind, st.StructType):
        inner = sf.coalesce(*(sf.get_json_object(text, f"$['{name}']") for name in spellings))
        for field in kind:
            for names, test in _lacking((*way, field.name), inner, [field.name], field.dataType):
                yield names, inner.isNotNull() & test


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


def _read_json(files: Files, schema: st.StructType, partition_schema: st.StructType) -> DataFrame:
    broken = st.StructField(_BROKEN, st.StringType())
    whole = st.StructType([*schema.fields, *partition_schema.fields, broken])
    reader = files.reader().schema(whole).option("mode", "PERMISSIVE")
    return reader.option("columnNameOfCorruptRecord", _BROKEN).json(list(files.uris))


def _read_layers(
    files: Files, schemas: Sequence[st.StructType], partition_schema: st.StructType
) -> DataFrame:
    """Each line parsed once a spelling; the columns of later spellings come under `name#level`."""
    line = st.StructType([st.StructField("value", st.StringType()), *partition_schema.fields])
    lines = files.reader().schema(line).text(list(files.uris)).filter("trim(value) != ''")
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
    return lines.select(*columns, text, *partition, sf.col("value").alias(_KEYS))


def _layered(name: str, level: int) -> str:
    return f"{name}#{level}" if level else name


def _spelled(files: Files, keys: Sequence[str], serde: Mapping[str, str]) -> dict[str, list[str]]:
    if serde.get("case.insensitive", "true").lower() == "false":
        return {key: [key] for key in keys}
    closed = any(path.name.endswith(OTHER_CODECS) for path in files.paths)
    found = _keys_by_spark(files, keys) if closed else _spellings(files.paths, keys)
    return {key: found[key.lower()] or [key] for key in keys}


def _keys_by_spark(files: Files, names: Iterable[str]) -> dict[str, list[str]]:
    """As `_spellings`, of files that only Spark can open."""
    lines = files.reader().text(list(files.uris))
    keys = lines.select(sf.explode(sf.json_object_keys("value")).alias("key")).distinct()
    found: dict[str, list[str]] = {name.lower(): [] for name in names}
    for (key,) in keys.collect():
        if key.lower() in found:
            found[key.lower()].append(key)
    return {name: sorted(spellings) for name, spellings in found.items()}


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
    with opened(path) as stream:
        while piece := stream.read(_PIECE):
            yield piece + stream.readline()


def _value(spellings: Sequence[str], kind: st.DataType) -> SparkColumn:
    typed = [
        sf.col(fields.quote(_layered(spelling, level))) for level, spelling in enumerate(spellings)
    ]
    value = typed[0] if len(typed) == 1 else sf.coalesce(*typed)
    if not _is_atom(kind):
        return value
    # Spark marks a record broken if one value does not fit; its text is then at hand.
    text = _text(spellings)
    converted = text.cast(kind)
    if isinstance(kind, st.IntegralType):  # 1.5 is not 1
        converted = sf.when(text.cast("double") == converted.cast("double"), converted)
    return sf.when(sf.col(_BROKEN).isNull(), value).otherwise(sf.coalesce(value, converted))


def _text(spellings: Sequence[str]) -> SparkColumn:
    """A value of a broken record as text."""
    return sf.coalesce(*(sf.get_json_object(_BROKEN, f"$['{name}']") for name in spellings))


def _is_odd(spellings: Sequence[str], kind: st.DataType) -> SparkColumn:
    """Whether a record has a value that is not of the type and cannot be converted to it."""
    return (
        sf.col(_BROKEN).isNotNull()
        & _value(spellings, kind).isNull()
        & _text(spellings).isNotNull()
    )


def _is_atom(kind: st.DataType) -> bool:
    return not isinstance(
        kind, (st.StringType, st.StructType, st.ArrayType, st.MapType, st.BinaryType)
    )


def _is_json() -> SparkColumn:
    text = sf.col(_BROKEN)
    return text.rlike(r"^\s*[\[{]") & sf.get_json_object(text, "$").isNotNull()

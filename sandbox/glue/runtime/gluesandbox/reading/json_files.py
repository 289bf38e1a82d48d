"""Reading JSON: by declared columns, as the SerDes of the Data Catalog do, or by its own types."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as sf
from pyspark.sql import types as st

from gluesandbox.messages import not_in_sandbox
from gluesandbox.reading.files import OTHER_CODECS, Files, require_text, text_pieces
from gluesandbox.storage.catalog import Column
from gluesandbox.types import choices, data_types, fields, records

_BROKEN = "__broken_record"
_KEYS = "__keys"
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
        """Each key's spellings in the files."""
        return self._looked_at[0]

    @property
    def odd(self) -> set[str]:
        """The spellings of keys that may have values of another type than a column of theirs."""
        return self._looked_at[1]

    @cached_property
    def _looked_at(self) -> tuple[dict[str, list[str]], set[str]]:
        keys = sorted(set(self.keys.values()))
        by_case = self.serde.get("case.insensitive", "true").lower() == "false"
        if any(path.name.endswith(OTHER_CODECS) for path in self.files.paths):
            require_text(self.files)
            found = {} if by_case else _keys_by_spark(self.files, keys)
            spelled = {key: found.get(key.lower()) or [key] for key in keys}
            return spelled, {text for texts in spelled.values() for text in texts}
        begins: dict[bytes, set[bytes]] = {}
        for name, key in self.keys.items():
            place = (key if by_case else key.lower()).encode()
            begins.setdefault(place, set()).update(_odd_begins(self.kinds[name]))
        known, odd = _looked_at(self.files, begins, by_case=by_case)
        if by_case:
            return {key: [key] for key in keys}, odd
        found = {}
        for text in sorted(known):
            found.setdefault(text.lower(), []).append(text)
        return {key: found.get(key.lower()) or [key] for key in keys}, odd


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
    suspected = [
        name
        for name in atoms
        if not isinstance(kinds[name], st.NumericType) or table.odd & set(spelled[keys[name]])
    ]
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


def _odd_begins(kind: st.DataType) -> set[bytes]:
    """How JSON values begin that are not of a type of numbers; nothing tells of other types."""
    if not isinstance(kind, st.NumericType):
        return set()
    return {rb'["\[{tf]', rb"-?\d++[.eE]"} if isinstance(kind, st.IntegralType) else {rb'["\[{tf]'}


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


def _keys_by_spark(files: Files, names: Iterable[str]) -> dict[str, list[str]]:
    """Each lower-case name's spellings, of files that only Spark can open."""
    lines = files.reader().text(list(files.uris))
    keys = lines.select(sf.explode(sf.json_object_keys("value")).alias("key")).distinct()
    found: dict[str, list[str]] = {name.lower(): [] for name in names}
    for (key,) in keys.collect():
        if key.lower() in found:
            found[key.lower()].append(key)
    return {name: sorted(spellings) for name, spellings in found.items()}


def _looked_at(
    files: Files, begins: Mapping[bytes, Collection[bytes]], *, by_case: bool
) -> tuple[set[str], set[str]]:
    """The spellings of keys in the files, and those that have values which begin oddly.

    Spark's JSON reader matches keys by case; the Data Catalog lower-cases its columns and Glue reads
    them all the same. One pass with an expression that finds nothing but what is not known yet is
    exact, and costs a fraction of parsing. Only ASCII letters are folded.

    Args:
        files: JSON lines; they must be text.
        begins: Expressions of how an odd value of a key begins; the keys in lower case, unless
            `by_case`.
        by_case: Whether keys are spelled as they are.
    """
    spelled = {key: key for key in begins} if by_case else {}
    odd: set[bytes] = set()
    unknown = _unknown(begins, spelled, odd, by_case=by_case)
    for piece in text_pieces(files):
        place = 0
        while match := unknown.search(piece, place):
            place = match.start()  # where the value of a new key is looked at too
            key = match[1]
            if key in spelled:
                odd.add(key)
            else:
                spelled[key] = key.lower()
            unknown = _unknown(begins, spelled, odd, by_case=by_case)
    return {key.decode() for key in spelled}, {key.decode() for key in odd}


def _unknown(
    begins: Mapping[bytes, Collection[bytes]],
    spelled: Mapping[bytes, bytes],
    odd: Collection[bytes],
    *,
    by_case: bool,
) -> re.Pattern[bytes]:
    """Finds keys of spellings that are not known, and odd values of keys that have had none."""
    fine = []
    for key, name in spelled.items():
        expected = b"|".join(sorted(begins[name])) if key not in odd else b""
        value = rb"\s*+:\s*+(?!" + expected + b")" if expected else b""
        fine.append(re.escape(key) + b'"' + value)
    names = b"|".join(re.escape(name) for name in begins)
    initials = {case for name in begins for case in (name[:1], name[:1].upper())}
    return re.compile(
        b'"(?=' + b"|".join(re.escape(initial) for initial in sorted(initials)) + b")"
        b"(?!"
        + b"|".join(fine or [b"(?!)"])
        + b")"
        + (b"(" if by_case else b"((?i:")
        + names
        + (b")" if by_case else b"))")
        + rb'"\s*:'
    )


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

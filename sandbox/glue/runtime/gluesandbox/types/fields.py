"""Paths to fields, `a.b` or `` `a.b`.c ``, and the columns of a frame of records.

A record may have names that differ by case alone, and may lack a field that other records have. A
frame keeps what each record lacks in one more column, `ABSENT`, that no script sees.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as sf
from pyspark.sql.types import ArrayType, DataType, NullType, StructField, StructType

from gluesandbox.types import choices

ABSENT = "__absent"
"""The column with the paths that a record lacks; the names in a path are joined by `SEPARATOR`."""
SEPARATOR = "\x1f"
_SEGMENT = re.compile(r"`((?:[^`]|``)*)`|([^.`]+)")


def split_path(path: str, schema: StructType | None = None) -> list[str]:
    """The names on the way to a field; a column whose name is the whole path comes first."""
    if schema is not None and find(schema, path) is not None:
        return [path]
    names = [quoted.replace("``", "`") or plain for quoted, plain in _SEGMENT.findall(path)]
    return names or [path]


def quote(name: str) -> str:
    """A column name as Spark SQL reads it literally."""
    return "`" + name.replace("`", "``") + "`"


def differ_by_case(names: Sequence[str]) -> bool:
    """Whether some of the names differ by case alone, or not at all."""
    return len({name.lower() for name in names}) < len(names)


def find(schema: StructType, name: str) -> StructField | None:
    """The field of that name, by case if there is one so, else without regard to case."""
    exact = [field for field in schema.fields if field.name == name]
    folded = [field for field in schema.fields if field.name.lower() == name.lower()]
    return next(iter(exact or folded), None)


def resolve(schema: StructType, path: str) -> list[StructField] | None:
    """The fields on the way to a path, or None where there is no such field."""
    fields: list[StructField] = []
    here: DataType = schema
    for name in split_path(path, schema):
        if isinstance(here, ArrayType):
            here = here.elementType
        field = find(here, name.removesuffix("[]")) if isinstance(here, StructType) else None
        if field is None:
            return None
        fields.append(field)
        here = field.dataType
    return fields


def column(fields: Sequence[StructField]) -> Column:
    """The column that `resolve` found the way to, in a frame without names that clash."""
    return _inside(sf.col(quote(fields[0].name)), fields[1:])


def _inside(value: Column, fields: Iterable[StructField]) -> Column:
    for field in fields:
        value = value.getField(field.name)
    return value


class Columns:
    """The columns of a frame of records, each by its place, whatever its name.

    Attributes:
        frame: The frame; the columns can be used on it and on nothing else.
        schema: The fields of the records.
    """

    def __init__(self, frame: DataFrame) -> None:
        names = frame.columns
        if differ_by_case(names):
            # Spark cannot tell `id` from `ID`, nor from a second `id`.
            references = [f"__{place}" for place in range(len(names))]
            self.frame = frame.toDF(*references)
        else:
            references = names
            self.frame = frame
        whole = frame.schema
        kept = [place for place, name in enumerate(names) if name != ABSENT]
        self.schema = StructType([whole.fields[place] for place in kept])
        self._columns = [sf.col(quote(references[place])) for place in kept]
        self.absent = sf.col(quote(references[names.index(ABSENT)])) if ABSENT in names else None

    def named(self) -> list[tuple[str, Column]]:
        """Each field's name and column."""
        return list(zip(self.schema.names, self._columns, strict=True))

    def at(self, way: Sequence[StructField]) -> Column:
        """The column that `resolve` found the way to."""
        place = next(n for n, field in enumerate(self.schema.fields) if field is way[0])
        return _inside(self._columns[place], way[1:])

    def select(
        self, columns: Iterable[tuple[str, Column]], absent: Column | None = None
    ) -> DataFrame:
        """A frame of these columns; what its records lack is as before, or as `absent` says."""
        named = list(columns)
        hidden = absent
        if absent is None and self.absent is not None:
            kept = {name for name, _ in named}
            hidden = forgotten(self.absent, [n for n in self.schema.names if n not in kept])
        chosen = [value.alias(name) for name, value in named]
        return self.frame.select(*chosen, *([] if hidden is None else [hidden.alias(ABSENT)]))

    def replaced(self, name: str, value: Column) -> DataFrame:
        """The frame with one column replaced in its place, or added at the end."""
        columns = self.named()
        if name not in self.schema.names:
            return self.select([*columns, (name, value)])
        return self.select([(n, value if n == name else old) for n, old in columns])


def without_absent(frame: DataFrame) -> DataFrame:
    """The frame as a script sees it."""
    if ABSENT not in frame.columns:
        return frame
    columns = Columns(frame)
    return columns.frame.select(*(value.alias(name) for name, value in columns.named()))


def unique(frame: DataFrame) -> tuple[DataFrame, list[str]]:
    """The frame with each name once, and the names that it had more than once.

    A record has a field of a name once: the last value is kept, in the place of the first.
    """
    last = {name: place for place, name in enumerate(frame.columns)}
    if len(last) == len(frame.columns):
        return frame, []
    numbered = frame.toDF(*(f"__{place}" for place in range(len(frame.columns))))
    twice = sorted({name for name in last if frame.columns.count(name) > 1})
    return numbered.select(*(sf.col(f"__{place}").alias(n) for n, place in last.items())), twice


def union(left: DataFrame, right: DataFrame) -> DataFrame:
    """The records of both: a field that one side does not have is absent from its records."""
    sides = (Columns(left), Columns(right))
    found: dict[str, DataType] = {}
    for side in sides:
        for field in side.schema:
            known = found.get(field.name, NullType())
            found[field.name] = choices.merge(known, field.dataType)
    lacking = any(side.absent is not None or set(found) - set(side.schema.names) for side in sides)
    halves = [_as(side, found, lacking) for side in sides]
    return halves[0].union(halves[1])


def _as(side: Columns, wanted: Mapping[str, DataType], lacking: bool) -> DataFrame:
    """The columns of these types, in this order, and what the records lack."""
    kinds = {field.name: field.dataType for field in side.schema}
    own = dict(side.named())
    columns = [
        (name, choices.fit(own[name], kinds[name], kind))
        if name in own
        else (name, sf.lit(None).cast(kind))
        for name, kind in wanted.items()
    ]
    if not lacking:
        return side.select(columns)
    missing = [sf.lit(name) for name in wanted if name not in own]
    absent = sf.array(*missing).cast("array<string>")
    return side.select(columns, absent if side.absent is None else sf.concat(side.absent, absent))


def select(frame: DataFrame, paths: Iterable[str]) -> DataFrame:
    """Only the fields of these paths; a struct keeps only what is named of it."""
    columns = Columns(frame)
    wanted = [found for path in paths if (found := resolve(columns.schema, path))]
    keep: dict[str, list[Sequence[StructField]]] = {}
    tops: dict[str, StructField] = {}
    for way in wanted:
        keep.setdefault(way[0].name, []).append(way[1:])
        tops[way[0].name] = way[0]
    return columns.select(
        [(name, _pruned(columns.at([tops[name]]), rests)) for name, rests in keep.items()]
    )


def _pruned(value: Column, rests: list[Sequence[StructField]]) -> Column:
    if any(not rest for rest in rests):
        return value
    keep: dict[str, list[Sequence[StructField]]] = {}
    for rest in rests:
        keep.setdefault(rest[0].name, []).append(rest[1:])
    inner = [_pruned(value.getField(name), deeper).alias(name) for name, deeper in keep.items()]
    return sf.when(value.isNotNull(), sf.struct(*inner))


def drop(frame: DataFrame, paths: Iterable[str]) -> DataFrame:
    """Without the fields of these paths."""
    for path in paths:
        columns = Columns(frame)
        way = resolve(columns.schema, path)
        if way is None:
            continue
        top = way[0].name
        if len(way) == 1:
            frame = columns.select(pair for pair in columns.named() if pair[0] != top)
        else:
            value = _without(columns.at(way[:1]), way[0].dataType, way[1:])
            frame = columns.replaced(top, value)
    return frame


def _without(value: Column, kind: DataType, way: Sequence[StructField]) -> Column:
    """A struct, or the structs of a list, without the field at the end of the way."""
    if isinstance(kind, ArrayType):
        element = kind.elementType
        return sf.transform(value, lambda item: _without(item, element, way))
    field, *deeper = way
    if deeper:
        inner = _without(value.getField(field.name), field.dataType, deeper)
        return value.withField(quote(field.name), inner)
    # Not `dropFields`, which does not leave a struct without fields.
    names = [name for name in kind.fieldNames() if name != field.name]  # type: ignore[attr-defined]
    rest = sf.struct(*(value.getField(name).alias(name) for name in names))
    return sf.when(value.isNotNull(), rest)


def keep_columns(frame: DataFrame, names: Iterable[str]) -> DataFrame:
    """These columns only, by their literal names."""
    return frame.select(*(sf.col(quote(name)) for name in names))


def with_column(frame: DataFrame, name: str, value: Column) -> DataFrame:
    """One column of a frame without clashing names replaced in its place, or added at the end."""
    return Columns(frame).replaced(name, value)


def nested(
    columns: Iterable[tuple[Sequence[str], Column]],
    missing: Mapping[tuple[str, ...], Column] | None = None,
    around: tuple[str, ...] = (),
) -> list[tuple[str, Column]]:
    """Columns from paths: those that share a first name become one struct.

    Args:
        columns: Each path and value.
        missing: Where a struct is NULL, by its path.
        around: The path to what is made.
    """
    tree: dict[str, list[tuple[Sequence[str], Column]]] = {}
    for names, value in columns:
        tree.setdefault(names[0], []).append((names[1:], value))
    result = []
    for name, parts in tree.items():
        rest, value = parts[-1]
        if rest:
            way = (*around, name)
            value = sf.struct(*(inner.alias(n) for n, inner in nested(parts, missing, way)))
            if missing is not None:
                value = sf.when(~missing[way], value)
        result.append((name, value))
    return result


def absent_path(names: Iterable[str]) -> str:
    """A path as the column `ABSENT` has it."""
    return SEPARATOR.join(names)


def lacks(absent: Column, names: Sequence[str]) -> Column:
    """Whether a record lacks the field, or something on the way to it."""
    ways = [absent_path(names[: length + 1]) for length in range(len(names))]
    return sf.arrays_overlap(absent, sf.array(*(sf.lit(way) for way in ways)))


def forgotten(absent: Column, names: Sequence[str]) -> Column:
    """The column `ABSENT` without what it says of these columns and of what is inside them."""
    if not names:
        return absent
    gone = [sf.lit(name) for name in names]
    return sf.filter(absent, lambda path: ~sf.substring_index(path, SEPARATOR, 1).isin(gone))


def absent_of(tests: Iterable[tuple[Sequence[str], Column]]) -> Column:
    """The column `ABSENT` of fields, each with whether the record lacks it."""
    marks = [sf.when(test, sf.lit(absent_path(names))) for names, test in tests]
    if not marks:
        return sf.array().cast("array<string>")
    return sf.filter(sf.array(*marks), lambda path: path.isNotNull())

"""The transforms that rename, cast, join and merge columns, on frames of records."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import and_
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as sf
from pyspark.sql import types as st

from gluesandbox.messages import GlueException, note
from gluesandbox.storage import catalog
from gluesandbox.types import choices, data_types, fields
from gluesandbox.types.fields import Columns

_COMPARISONS = {
    "=": Column.__eq__,
    "==": Column.__eq__,
    "!=": Column.__ne__,
    ">": Column.__gt__,
    ">=": Column.__ge__,
    "<": Column.__lt__,
    "<=": Column.__le__,
}
_KINDS_OF_VALUES = {bool: st.BooleanType(), int: st.DoubleType(), float: st.DoubleType()}


Mapped = tuple[str, str, str]
"""A path, where it goes, and in what type: its own if that is empty."""


def parsed_mappings(mappings: Iterable[Sequence[str]]) -> list[Mapped]:
    """Mappings as scripts have them: (from, to), (from, to, type) or (from, type, to, type)."""
    return [_mapping(one) for one in ([mappings] if isinstance(mappings, tuple) else mappings)]


def makes_structs(mappings: Iterable[Mapped]) -> bool:
    """Whether a mapping's target is inside a struct."""
    return any(len(fields.split_path(target)) > 1 for _, target, _ in mappings)


def apply_mapping(frame: DataFrame, mappings: Iterable[Mapped], case_sensitive: bool) -> DataFrame:
    """Columns as the mappings say.

    A source that the frame does not have is left out, as a field that no record has.

    Raises:
        GlueException: two of them make one field.
    """
    columns = Columns(frame)
    result: list[tuple[Sequence[str], Column]] = []
    absent: list[tuple[Sequence[str], Column]] = []
    made: dict[tuple[str, ...], tuple[list[str], str, str]] = {}
    for source, target, kind in mappings:
        way = fields.resolve(columns.schema, source)
        if way is None or (case_sensitive and not _same_case(way, source, columns.schema)):
            note(f"ApplyMapping: no record has the field {source!r}, so {target!r} is left out.")
            continue
        names = fields.split_path(target)
        _require_one(made, tuple(names), ([field.name for field in way], kind, source))
        result.append((names, cast(columns.at(way), way[-1].dataType, kind)))
        if columns.absent is not None:
            lacking = fields.lacks(columns.absent, [field.name for field in way])
            absent.append((names, lacking))
    if columns.absent is None:
        return columns.select(fields.nested(result))
    missing = _with_structs(absent)
    return columns.select(fields.nested(result, missing), fields.absent_of(missing.items()))


def _require_one(
    made: dict[tuple[str, ...], tuple[list[str], str, str]],
    names: tuple[str, ...],
    source: tuple[list[str], str, str],
) -> None:
    """Note of what a field is made; what is made in the same way again is the same field."""
    for others, other in made.items():
        length = min(len(names), len(others))
        same = names == others and source[:2] == other[:2]
        if names[:length] == others[:length] and not same:
            raise GlueException(
                f"ApplyMapping makes {'.'.join(names)!r} of {source[2]!r} and "
                f"{'.'.join(others)!r} of {other[2]!r}: which of the two AWS Glue keeps is not "
                "known, so leave one of these mappings out."
            )
    made[names] = source


def _with_structs(
    tests: Iterable[tuple[Sequence[str], Column]],
) -> dict[tuple[str, ...], Column]:
    """Whether a record lacks each field, and each struct: one that would get no field is not made."""
    found: dict[tuple[str, ...], Column] = {}
    for names, lacking in tests:
        for length in range(1, len(names) + 1):
            way = tuple(names[:length])
            found[way] = found[way] & lacking if way in found else lacking
    return found


def _mapping(mapping: Sequence[str]) -> Mapped:
    if not isinstance(mapping, tuple):
        raise TypeError(f"Mapping must be specified as a tuple. Got {mapping!r}")
    match len(mapping):
        case 2:
            return mapping[0], mapping[1], ""
        case 3:
            return mapping[0], mapping[1], mapping[2]
        case 4:
            return mapping[0], mapping[2], mapping[3]
        case length:
            raise ValueError(f"A mapping has 2, 3 or 4 parts; {mapping!r} has {length}.")


def _same_case(way: Sequence[st.StructField], path: str, schema: st.StructType) -> bool:
    return [field.name for field in way] == fields.split_path(path, schema)


def cast(value: Column, data_type: st.DataType, kind: str) -> Column:
    """The value in the type of that name; a bare `array` or `struct` leaves it as it is."""
    # Glue Studio's list of types has a bare `decimal`; Spark's own would drop what is after the dot.
    bare = kind.lower() == "decimal"
    target = st.DecimalType(10, 2) if bare else data_types.parse(kind)
    return value if target is None else choices.cast(value, data_type, target)


def rename(frame: DataFrame, old: str, new: str) -> DataFrame:
    """One field under another name, in its place."""
    columns = Columns(frame)
    way = fields.resolve(columns.schema, old)
    if way is None:
        return frame
    source, target = [field.name for field in way], fields.split_path(new)
    absent = _renamed_absent(columns.absent, source, target)
    if len(source) == 1 and len(target) == 1:
        renamed = [
            (target[0] if name == source[0] else name, value)
            for name, value in columns.named()
            if name == source[0] or name != target[0]
        ]
        return columns.select(renamed, absent)
    moved = "__renamed"
    frame = columns.select([*columns.named(), (moved, columns.at(way))], absent)
    columns = Columns(fields.drop(frame, [old]))
    value = columns.at([_field(columns, moved)])
    if len(target) > 1 and target[0] in columns.schema.names:
        inner = ".".join(fields.quote(name) for name in target[1:])
        outer = columns.at([_field(columns, target[0])])
        frame = columns.replaced(target[0], outer.withField(inner, value))
    else:
        ((name, whole),) = fields.nested([(target, value)])
        frame = columns.replaced(name, whole)
    return fields.drop(frame, [moved])


def _field(columns: Columns, name: str) -> st.StructField:
    return next(field for field in columns.schema.fields if field.name == name)


def _renamed_absent(
    absent: Column | None, source: Sequence[str], target: Sequence[str]
) -> Column | None:
    if absent is None:
        return None
    old, new = fields.absent_path(source), fields.absent_path(target)
    inside = old + fields.SEPARATOR
    if len(source) > 1:  # a record that lacks the struct lacks the field
        whole = fields.lacks(absent, source[:-1])
        absent = sf.when(whole, sf.concat(absent, sf.array(sf.lit(new)))).otherwise(absent)
    return sf.transform(
        absent,
        lambda path: (
            sf.when(path == old, sf.lit(new))
            .when(
                path.startswith(inside), sf.concat(sf.lit(new), path.substr(len(old) + 1, 1 << 20))
            )
            .otherwise(path)
        ),
    )


def resolve(frame: DataFrame, path: str, spec: str) -> DataFrame:
    """One field after `cast:type`, `project:type`, `make_cols` or `make_struct`.

    `cast` and `project` convert a field that is not a choice too.
    """
    action, _, target = spec.partition(":")
    action = action.lower()
    if action not in {"cast", "project", "make_struct", "make_cols"} or (
        action in {"cast", "project"} and not target
    ):
        raise GlueException(
            f"resolveChoice cannot do {spec!r}: it takes cast:TYPE, project:TYPE, make_cols, "
            "make_struct or match_catalog."
        )
    columns = Columns(frame)
    way = fields.resolve(columns.schema, path)
    if way is None:
        return frame
    if action in {"cast", "project"}:
        return _changed(columns, way, lambda value, kind: cast(value, kind, target))
    kind = way[-1].dataType
    if not (isinstance(kind, st.StructType) and choices.is_choice(kind)):
        return frame
    if any(isinstance(field.dataType, st.ArrayType) for field in way[:-1]):
        if action == "make_cols":
            raise GlueException(
                f"resolveChoice cannot make columns of {path!r}, which is in a list."
            )
    else:
        columns = _noted(columns, way, kind, "_" if action == "make_cols" else None)
        way = fields.resolve(columns.schema, path) or way
    if action == "make_cols":
        return _made_columns(columns, way, kind)
    plain = choices.plain(kind)
    return _changed(columns, way, lambda value, _: value.cast(plain))


def _noted(
    columns: Columns, way: Sequence[st.StructField], choice: st.StructType, joint: str | None
) -> Columns:
    """The columns, with what a record lacks when a choice is taken apart: all types but its own."""
    *outer, name = [field.name for field in way]
    value = columns.at(way)
    tests = []
    for field in choice:
        names = (
            [*outer, name, field.name] if joint is None else [*outer, f"{name}{joint}{field.name}"]
        )
        tests.append((names, value.getField(field.name).isNull()))
    absent = fields.absent_of(tests)
    if columns.absent is not None:
        absent = sf.concat(columns.absent, absent)
    return Columns(columns.select(columns.named(), absent))


def _changed(columns: Columns, way: Sequence[st.StructField], change: Any) -> DataFrame:
    """The frame with the value at the end of a way changed, also inside structs and arrays."""
    top, *rest = way
    value = _changed_inside(columns.at([top]), top.dataType, rest, change)
    return columns.replaced(top.name, value)


def _changed_inside(
    value: Column, kind: st.DataType, rest: Sequence[st.StructField], change: Any
) -> Column:
    if not rest:
        return change(value, kind)  # type: ignore[no-any-return]
    if isinstance(kind, st.ArrayType):
        element = kind.elementType
        return sf.transform(value, lambda item: _changed_inside(item, element, rest, change))
    step, *deeper = rest
    inner = _changed_inside(value.getField(step.name), step.dataType, deeper, change)
    return value.withField(fields.quote(step.name), inner)


def _made_columns(
    columns: Columns, way: Sequence[st.StructField], choice: st.StructType
) -> DataFrame:
    """`price` as `price_int` and `price_string`, in its place."""
    name = way[-1].name
    value = columns.at(way)
    made = [(f"{name}_{field.name}", value.getField(field.name)) for field in choice]
    if len(way) == 1:
        named: list[tuple[str, Column]] = []
        for other, column in columns.named():
            named += made if other == name else [(other, column)]
        return columns.select(named)
    outer = columns.at(way[:1])
    inside = [field.name for field in way[1:-1]]
    for new, column in made:
        outer = outer.withField(".".join(fields.quote(step) for step in [*inside, new]), column)
    outer = outer.dropFields(".".join(fields.quote(step) for step in [*inside, name]))
    return columns.replaced(way[0].name, outer)


def resolve_choices(frame: DataFrame, spec: str) -> DataFrame:
    """Every choice of the frame after one spec, and no other field."""
    for path in _choices_in(Columns(frame).schema, ()):
        frame = resolve(frame, path, spec)
    return frame


def _choices_in(kind: st.DataType, way: tuple[str, ...]) -> list[str]:
    if choices.is_choice(kind):
        return [".".join(fields.quote(name) for name in way)]
    if isinstance(kind, st.ArrayType):
        return _choices_in(kind.elementType, way)
    if isinstance(kind, st.StructType):
        found = (_choices_in(field.dataType, (*way, field.name)) for field in kind)
        return [path for paths in found for path in paths]
    return []


def match_catalog(frame: DataFrame, database: str | None, table_name: str | None) -> DataFrame:
    """Each choice cast to the type that the catalog table declares for its column."""
    if not database or not table_name:
        raise GlueException("resolveChoice with match_catalog needs database and table_name.")
    declared = {c.name.lower(): c.type for c in catalog.table(database, table_name).every_column}
    for field in Columns(frame).schema:
        kind = declared.get(field.name.lower())
        if kind is not None and choices.is_choice(field.dataType):
            frame = resolve(frame, fields.quote(field.name), f"cast:{kind}")
    return frame


def comparison(frame: DataFrame, wanted: Mapping[str, Mapping[str, Any]]) -> tuple[Columns, Column]:
    """The columns of a frame, and all of `{"age": {">": 10, "<": 20}}` on them."""
    columns = Columns(frame)
    parts = []
    for path, comparisons in wanted.items():
        way = fields.resolve(columns.schema, path)
        if way is None:
            raise GlueException(f"split_rows: the frame has no field {path!r}.")
        for operator, value in comparisons.items():
            if operator not in _COMPARISONS:
                raise GlueException(f"split_rows: {operator!r} is not a comparison.")
            held = columns.at(way)
            if choices.is_choice(way[-1].dataType):
                kind = _KINDS_OF_VALUES.get(type(value), st.StringType())
                held = choices.cast(held, way[-1].dataType, kind)
            parts.append(_COMPARISONS[operator](held, sf.lit(value)))
    return columns, reduce(and_, parts, sf.lit(True))


def join(
    left: DataFrame, left_paths: Sequence[str], right: DataFrame, right_paths: Sequence[str]
) -> DataFrame:
    """Inner equijoin; the second's fields get a leading dot where the first has the name."""
    if len(left_paths) != len(right_paths):
        raise GlueException("Join needs as many keys of the one frame as of the other.")
    mine, theirs = Columns(left), Columns(right)
    new_names = _told_apart(mine.schema.names, theirs.schema.names)
    keyed_left = _numbered(mine, "l", left_paths)
    keyed_right = _numbered(theirs, "r", right_paths)
    condition = reduce(
        and_, (sf.col(f"lkey{n}") == sf.col(f"rkey{n}") for n in range(len(left_paths)))
    )
    joined = keyed_left.join(keyed_right, condition, "inner")
    columns = [sf.col(f"l{n}").alias(name) for n, name in enumerate(mine.schema.names)]
    columns += [sf.col(f"r{n}").alias(name) for n, name in enumerate(new_names)]
    absent = [sf.col("labsent")] if mine.absent is not None else []
    if theirs.absent is not None:
        moved: Column | None = sf.col("rabsent")
        for old, new in zip(theirs.schema.names, new_names, strict=True):
            if old != new:
                moved = _renamed_absent(moved, [old], [new])
        absent += [] if moved is None else [moved]
    hidden = [sf.concat(*absent).alias(fields.ABSENT)] if absent else []
    return joined.select(*columns, *hidden)


def _told_apart(taken: Iterable[str], names: Sequence[str]) -> list[str]:
    """The second frame's names, with as many leading dots as tell them from all others."""
    used = set(taken)
    free = set(names) - used
    result = []
    for name in names:
        new = name
        while new in used or (new != name and new in free):
            new = f".{new}"
        used.add(new)
        result.append(new)
    return result


def _numbered(columns: Columns, side: str, paths: Sequence[str]) -> DataFrame:
    """The columns under names of their own, and the keys."""
    chosen = [value.alias(f"{side}{n}") for n, (_, value) in enumerate(columns.named())]
    for number, path in enumerate(paths):
        way = fields.resolve(columns.schema, path)
        if way is None:
            raise GlueException(f"Join: the frame has no field {path!r}.")
        key, kind = columns.at(way), way[-1].dataType
        if choices.is_choice(kind):
            key = choices.as_text(key, kind)
        chosen.append(key.alias(f"{side}key{number}"))
    if columns.absent is not None:
        chosen.append(columns.absent.alias(f"{side}absent"))
    return columns.frame.select(*chosen)


def merge(base: DataFrame, staged: DataFrame, keys: Sequence[str]) -> DataFrame:
    """The staged rows, and the rows of the base that have no staged one of the same keys."""
    mine, theirs = Columns(base), Columns(staged)
    names = [f"__key{n}" for n in range(len(keys))]
    ways = [[fields.resolve(side.schema, key) for key in keys] for side in (mine, theirs)]
    for side_ways in ways:
        for key, way in zip(keys, side_ways, strict=True):
            if way is None:
                raise GlueException(f"mergeDynamicFrame: a frame has no key {key!r}.")
    own = [mine.at(way) for way in ways[0] if way is not None]
    staged_keys = [theirs.at(way).alias(n) for way, n in zip(ways[1], names, strict=True) if way]
    replaced = theirs.frame.select(*staged_keys).distinct()
    condition = reduce(and_, (a == sf.col(b) for a, b in zip(own, names, strict=True)))
    kept = mine.frame.join(replaced, condition, "left_anti")
    return fields.union(kept.toDF(*base.columns), staged)

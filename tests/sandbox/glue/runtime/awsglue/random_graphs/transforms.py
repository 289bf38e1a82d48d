"""Transforms that a random graph draws: the settings and the model of what comes out.

What does not fit the model that comes in is None.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.sandbox.glue.runtime.awsglue.random_graphs import studio
from tests.sandbox.glue.runtime.awsglue.random_graphs.model import (
    OPAQUE,
    Drawn,
    Model,
    Record,
    Settings,
    Shape,
    Types,
    data_frame,
    kind_of,
    model_of,
    spelled,
)

OPERATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda a, b: bool(a == b),
    "LT": lambda a, b: bool(a < b),
    "GT": lambda a, b: bool(a > b),
    "LTE": lambda a, b: bool(a <= b),
    "GTE": lambda a, b: bool(a >= b),
    "REGEX": lambda a, b: bool(re.match(b, a)),
}
NO_LEAVES = {"struct", "array", *OPAQUE}
TRUE, FALSE = ("t", "true", "y", "yes", "1"), ("f", "false", "n", "no", "0")


def cast(value: Any, kind: str) -> Any:
    """A value in the type, as Spark's cast without ANSI; NULL where it cannot be."""
    if value is None:
        return None
    match kind, value:
        case "string", bool():
            return str(value).lower()
        case "string", _:
            return str(value)
        case "boolean", str():
            return True if value in TRUE else False if value in FALSE else None
        case "boolean", _:
            return bool(value)
    try:
        number = int(value) if kind in {"int", "long"} else float(value)
    except ValueError:
        return None
    if kind == "int" and not -(2**31) <= number < 2**31:
        return None if isinstance(value, str) else (int(number) + 2**31) % 2**32 - 2**31
    return number


def nest(record: Record, path: str, value: Any) -> None:
    """Set a field of the record; a dot in a path leads into a struct."""
    *outer, name = path.split(".")
    for step in outer:
        record = record.setdefault(step, {})
    record[name] = value


def inside(types: Types) -> Shape:
    """The fields of a struct that is no choice."""
    return types["struct"] if list(types) == ["struct"] else {}


def leaves(model: Model) -> list[list[str]]:
    """Paths to values that hold nothing else."""
    found = []
    for name, types in model.shape.items():
        if {*types}.isdisjoint(NO_LEAVES):
            found.append([name])
        found += [
            [name, inner] for inner, held in inside(types).items() if {*held}.isdisjoint(NO_LEAVES)
        ]
    return found


def apply_mapping(model: Model, chance: random.Random) -> Drawn:
    # What a join has made, `.id`, is no path to map to.
    paths = [path for path in leaves(model) if not path[-1].startswith(".")]
    if not paths:
        return None
    entries, lines = [], []
    for place, path in enumerate(chance.sample(paths, min(4, len(paths)))):
        kind = chance.choice(("string", "int", "double", "boolean", "long"))
        target = chance.choice((path[-1], f"to{place}", f"to.{place}", path[-1].upper()))
        lines.append((path, kind, target))
        entries.append({"ToKey": target, "FromPath": path, "FromType": "string", "ToType": kind, "Dropped": False})  # fmt: skip
    # Two mappings to one field are refused.
    whole = [target for _, _, target in lines if "." not in target]
    within = {target.partition(".")[0] for _, _, target in lines if "." in target}
    if len({*whole}) < len(whole) or within & {*whole}:
        return None
    rows = []
    for row in model.rows:
        made: Record = {}
        for path, kind, target in lines:
            holder = row if len(path) == 1 else row.get(path[0], {})
            if holder is None:
                nest(made, target, None)
            elif path[-1] in holder:
                nest(made, target, cast(holder[path[-1]], kind))
        rows.append(made)
    shape: Shape = {}
    for _, kind, target in lines:
        *outer, name = target.split(".")
        here = shape
        for step in outer:
            here = here.setdefault(step, {"struct": {}})["struct"]
        here[name] = {kind: {}}
    return {"Mapping": entries}, Model(rows, shape)


def some(model: Model, chance: random.Random) -> list[str]:
    return chance.sample(list(model.shape), chance.randint(1, max(1, len(model.shape) - 2)))


def select_fields(model: Model, chance: random.Random) -> Drawn:
    if not model.shape:
        return None
    names = some(model, chance)
    rows = [{n: row[n] for n in names if n in row} for row in model.rows]
    return {"Paths": [[n] for n in names]}, Model(rows, {n: model.shape[n] for n in names})


def drop_fields(model: Model, chance: random.Random) -> Drawn:
    if len(model.shape) < 2:
        return None
    names = some(model, chance)
    rows = [{n: value for n, value in row.items() if n not in names} for row in model.rows]
    kept = {n: types for n, types in model.shape.items() if n not in names}
    return {"Paths": [[n] for n in names]}, Model(rows, kept)


def drop_inner(model: Model, chance: random.Random) -> Drawn:
    paths = [path for path in leaves(model) if len(path) > 1]
    if not paths:
        return None
    outer, inner = chance.choice(paths)

    def without(value: Any) -> Any:
        return value and {n: held for n, held in value.items() if n != inner}

    rows = [row | ({outer: without(row[outer])} if outer in row else {}) for row in model.rows]
    kept = {n: held for n, held in inside(model.shape[outer]).items() if n != inner}
    return {"Paths": [[outer, inner]]}, Model(rows, model.shape | {outer: {"struct": kept}})


def rename_field(model: Model, chance: random.Random) -> Drawn:
    if not model.shape:
        return None
    old, new = chance.choice(list(model.shape)), chance.choice(("new", "ne.w", "new name"))
    if new in model.shape:
        return None

    def renamed(held: dict[str, Any]) -> dict[str, Any]:
        return {new if n == old else n: value for n, value in held.items()}

    settings = {"SourcePath": [old], "TargetPath": [new]}
    return settings, Model([renamed(row) for row in model.rows], renamed(model.shape))


def rename_inner(model: Model, chance: random.Random) -> Drawn:
    paths = [path for path in leaves(model) if len(path) > 1]
    if not paths or "out" in model.shape:
        return None
    outer, inner = chance.choice(paths)
    rows = []
    for row in model.rows:
        new = dict(row)
        if isinstance(row.get(outer), dict):
            new[outer] = {n: value for n, value in row[outer].items() if n != inner}
            if inner in row[outer]:
                new["out"] = row[outer][inner]
        elif outer in row:
            new["out"] = None
        rows.append(new)
    kept = dict(inside(model.shape[outer]))
    moved = kept.pop(inner)
    settings = {"SourcePath": [outer, inner], "TargetPath": ["out"]}
    return settings, Model(rows, model.shape | {outer: {"struct": kept}, "out": moved})


def conditions(model: Model, chance: random.Random) -> tuple[Settings, Callable[[Record], bool]]:
    filters, tests = [], []
    for _ in range(chance.choice((1, 1, 2))):
        path = chance.choice(leaves(model))
        operation = chance.choice(list(OPERATIONS))
        constant = chance.choice(("x", "1", "p", "z")) if operation == "REGEX" else chance.choice(("1", "2", "0.5", "x", "p"))  # fmt: skip
        negated = chance.random() < 0.4
        column = {"Type": "COLUMNEXTRACTED", "Value": path}
        value = {"Type": "CONSTANT", "Value": [constant]}
        filters.append({"Operation": operation, "Negated": negated, "Values": [column, value]})
        number = operation != "REGEX" and constant[0].isdigit()
        tests.append((path, operation, json.loads(constant) if number else constant, negated))
    operator = chance.choice(("AND", "OR"))

    def kept(record: Record) -> bool:
        result = operator == "AND"
        for path, operation, constant, negated in tests:
            try:
                value: Any = record
                for name in path:
                    value = value[name]
                result = OPERATIONS[operation](value, constant) != negated
            except (KeyError, TypeError, ValueError):
                return False
            if result == (operator == "OR"):
                return result
        return result

    return {"LogicalOperator": operator, "Filters": filters}, kept


def filtered(model: Model, chance: random.Random) -> Drawn:
    if not leaves(model):
        return None
    settings, kept = conditions(model, chance)
    return settings, Model([row for row in model.rows if kept(row)], model.shape)


def drop_duplicates(model: Model, chance: random.Random) -> Drawn:
    if model.by_case or not model.shape:
        return None
    frame = data_frame(model)
    keys = [n for n in ("id", "k") if n in frame.shape and chance.random() < 0.5]
    found: dict[str, Record] = {}
    for row in frame.rows:
        key = spelled([row[n] for n in keys] if keys else row)
        if spelled(found.setdefault(key, row)) != spelled(row):
            return None  # which of the rows is kept is Spark's choice
    return {"Columns": [[n] for n in keys]}, Model(list(found.values()), frame.shape)


def aggregated(model: Model, chance: random.Random) -> Drawn:
    groups = [n for n in model.of_kind("int", "string") if "." not in n]
    numbers = [n for n in model.of_kind("int", "long", "double") if "." not in n and " " not in n]
    if model.by_case or not groups or not numbers:
        return None
    keys = chance.sample(groups, min(len(groups), chance.choice((0, 1, 2))))
    column = chance.choice(numbers)
    [kind] = model.shape[column]
    figures: dict[str, tuple[str, Callable[[list[Any]], Any]]] = {
        "sum": ("double" if kind == "double" else "long", lambda v: sum(v) if v else None),
        "max": (kind, lambda v: max(v, default=None)),
        "min": (kind, lambda v: min(v, default=None)),
        "avg": ("double", lambda v: sum(v) / len(v) if v else None),
        "count": ("long", len),
        "countDistinct": ("long", lambda v: len(set(v))),
    }
    chosen = chance.sample(list(figures), 2)
    found: dict[str, tuple[list[Any], list[Record]]] = {} if keys else {"": ([], [])}
    for row in model.rows:
        key = [row.get(name) for name in keys]
        found.setdefault(spelled(key) if keys else "", (key, []))[1].append(row)
    shape: Shape = {name: model.shape[name] for name in keys}
    rows = [dict(zip(keys, key, strict=True)) for key, _ in found.values()]
    for function in chosen:
        result, figure = figures[function]
        name = (
            f"count(DISTINCT {column})" if function == "countDistinct" else f"{function}({column})"
        )
        if name in shape:
            return None
        shape[name] = {result: {}}
        for made, (_, members) in zip(rows, found.values(), strict=True):
            made[name] = figure([r[column] for r in members if r.get(column) is not None])
    aggs = [{"Column": [column], "AggFunc": function} for function in chosen]
    return {"Groups": [[n] for n in keys], "Aggs": aggs}, Model(rows, shape)


def drop_nulls(model: Model, chance: random.Random) -> Drawn:
    names = [n for n in model.shape if not re.fullmatch(r"\w+", n)]
    if model.by_case or names or not model.shape:
        return None
    empty, minus = chance.random() < 0.5, chance.random() < 0.5
    gone: list[list[str]] = []

    def look(shape: Shape, path: list[str], rows: list[Any]) -> None:
        for name, types in shape.items():
            values = [None if row is None else row.get(name) for row in rows]
            if list(types) == ["struct"]:
                look(types["struct"], [*path, name], values)
            elif not types:
                gone.append([*path, name])
            elif list(types) == ["string"]:
                if {value and value.strip() for value in values} <= ({""} if empty else set()):
                    gone.append([*path, name])
            elif list(types) in (["int"], ["long"], ["double"]) and {*values} <= (
                {-1} if minus else set()
            ):
                gone.append([*path, name])

    look(model.shape, [], model.rows)
    if any(len(path) > 1 for path in gone):
        return None
    dropped = {path[0] for path in gone}
    rows = [{n: value for n, value in row.items() if n not in dropped} for row in model.rows]
    kept = {n: types for n, types in model.shape.items() if n not in dropped}
    boxes = {"IsEmpty": empty, "IsNullString": False, "IsNegOne": minus}
    return {"NullCheckBoxList": boxes}, Model(rows, kept)


def queried(model: Model, chance: random.Random) -> Drawn:
    if model.by_case or not {"id", "k"} <= {*model.of_kind("int")}:
        return None
    frame = data_frame(model)
    if chance.random() < 0.5:
        rows = [row for row in frame.rows if row["k"] is not None and row["k"] > 1]
        return {"SqlQuery": "select * from it where k > 1"}, Model(rows, frame.shape)
    names = [n for n in frame.shape if chance.random() < 0.6 and n != "id"]
    listed = ", ".join(f"`{name}`" for name in ["id", *names])
    rows = [{n: row[n] for n in ["id", *names]} for row in frame.rows]
    shape = {n: frame.shape[n] for n in ["id", *names]}
    return {"SqlQuery": f"select {listed} from it"}, Model(rows, shape)


# Transforms by code: the body of a function, in which `frame` is what comes in.


def by_map(model: Model, chance: random.Random) -> tuple[str, Model] | None:
    if not model.rows:
        return None
    name = chance.choice(["a", "s", "k", "gone"])
    code = f"""\
def change(record):
    record["has"] = "{name}" in record
    return record

frame = frame.map(f=change)"""
    rows = [row | {"has": name in row} for row in model.rows]
    return code, model_of(rows)


def by_choice(model: Model, chance: random.Random) -> tuple[str, Model] | None:
    atoms = [n for n, held in model.shape.items() if len(held) > 1 and not NO_LEAVES & {*held}]
    if not atoms:
        return None
    name = atoms[0]
    action = chance.choice(("cast:string", "project:double", "make_cols", "make_struct"))
    code = f'frame = frame.resolveChoice(specs=[("{name}", "{action}")])'
    rows = [
        {n: held for old, value in row.items() for n, held in _resolved(old, value, name, action)}
        for row in model.rows
    ]
    types = model.shape[name]
    made: Shape = {name: {action.partition(":")[2]: {}}}
    if action == "make_cols":
        made = {f"{name}_{kind}": {kind: {}} for kind in types}
    elif action == "make_struct":
        made = {name: {"struct": {kind: {kind: {}} for kind in types}}}
    rest = {n: held for n, held in model.shape.items() if n != name}
    return code, Model(rows, rest | made)


def _resolved(name: str, value: Any, chosen: str, action: str) -> Iterator[tuple[str, Any]]:
    """The fields that one field becomes."""
    if name != chosen:
        yield name, value
    elif action == "make_cols":
        if value is not None:
            yield f"{name}_{kind_of(value)}", value
    elif action == "make_struct":
        yield name, None if value is None else {kind_of(value): value}
    else:
        yield name, cast(value, action.partition(":")[2])


def by_unnest(model: Model, _: random.Random) -> tuple[str, Model] | None:
    shape: Shape = {}
    for name, types in model.shape.items():
        shape |= {f"{name}.{inner}": held for inner, held in inside(types).items()} or {name: types}
    rows = []
    for row in model.rows:
        new: Record = {}
        for name, value in row.items():
            fields = inside(model.shape[name])
            if not fields:
                new[name] = value
            elif value is None:
                new |= {f"{name}.{inner}": None for inner in fields}
            else:
                new |= {f"{name}.{inner}": held for inner, held in value.items()}
        rows.append(new)
    return "frame = frame.unnest()", Model(rows, shape)


def by_data_frame(model: Model, _: random.Random) -> tuple[str, Model] | None:
    if model.by_case:
        return None
    return 'frame = DynamicFrame.fromDF(frame.toDF(), glueContext, "again")', data_frame(model)


def by_union(model: Model, _: random.Random) -> tuple[str, Model] | None:
    return "frame = frame.union(frame)", Model(model.rows * 2, model.shape)


def by_split(model: Model, chance: random.Random) -> tuple[str, Model] | None:
    if len(model.shape) < 2:
        return None
    names = some(model, chance)
    taken, side = (names, "one") if chance.random() < 0.5 else ([n for n in model.shape if n not in names], "two")  # fmt: skip
    paths = [f"`{name}`" for name in names]
    rows = [{n: v for n, v in row.items() if n in taken} for row in model.rows]
    code = f'frame = frame.split_fields({paths}, "one", "two").select("{side}")'
    return code, Model(rows, {n: model.shape[n] for n in taken})


BY_CODE = (by_union, by_split, by_map, by_choice, by_unnest, by_data_frame)
ONE: dict[str, list[Callable[[Model, random.Random], Drawn]]] = {
    "ApplyMapping": [apply_mapping],
    "SelectFields": [select_fields],
    "DropFields": [drop_fields, drop_inner],
    "RenameField": [rename_field, rename_inner],
    "Filter": [filtered],
    "DropDuplicates": [drop_duplicates],
    "Aggregate": [aggregated],
    "DropNullFields": [drop_nulls],
    "DynamicTransform": list(studio.DRAWN.values()),
    "SparkSQL": [queried],
}

# Transforms of two frames.


def joined(left: Model, right: Model, chance: random.Random) -> tuple[Settings, Model] | None:
    keys = sorted({*left.of_kind("int")} & {*right.of_kind("int")})
    if not keys:
        return None
    key = chance.choice(keys)
    kind = chance.choice(("equijoin", "left", "right", "outer", "leftsemi", "leftanti"))
    settings = {"JoinType": kind, "Columns": [{"Keys": [[key]]}, {"Keys": [[key]]}]}
    if kind == "equijoin":
        return settings, _joined_records(left, right, key)
    if left.by_case or right.by_case:
        return None
    result = _joined_rows(data_frame(left), data_frame(right), key, kind)
    return None if result.by_case else (settings, result)


def _joined_records(left: Model, right: Model, key: str) -> Model:
    """Join.apply: a field of the right whose name the left has gets a dot."""
    names: dict[str, str] = {}
    for name in right.shape:
        new = name
        while new in left.shape or new in names.values() or (new != name and new in right.shape):
            new = f".{new}"
        names[name] = new
    rows = [
        mine | {names[n]: value for n, value in theirs.items()}
        for mine in left.rows
        for theirs in right.rows
        if mine.get(key) is not None and mine[key] == theirs.get(key)
    ]
    return Model(rows, left.shape | {names[n]: types for n, types in right.shape.items()})


def _joined_rows(left: Model, right: Model, key: str, kind: str) -> Model:
    """A join of DataFrames; of two columns of a name the right one stays."""
    matches = [
        [place for place, row in enumerate(right.rows) if None is not mine[key] == row[key]]
        for mine in left.rows
    ]
    pairs = list(zip(left.rows, matches, strict=True))
    if kind in {"leftsemi", "leftanti"}:
        kept = [row for row, found in pairs if bool(found) == (kind == "leftsemi")]
        return Model(kept, left.shape)
    rows = [row | right.rows[place] for row, found in pairs for place in found]
    if kind in {"left", "outer"}:
        rows += [row | dict.fromkeys(right.shape) for row, found in pairs if not found]
    if kind in {"right", "outer"}:
        met = {place for found in matches for place in found}
        nothing = dict.fromkeys(left.shape)
        rows += [nothing | row for place, row in enumerate(right.rows) if place not in met]
    return Model(rows, left.shape | right.shape)


def united(left: Model, right: Model, chance: random.Random) -> tuple[Settings, Model] | None:
    if left.by_case or right.by_case or not left.shape:
        return None
    left, right = data_frame(left), data_frame(right)
    if spelled(list(left.shape.items())) != spelled(list(right.shape.items())):
        return None
    kind = chance.choice(("ALL", "DISTINCT"))
    rows = [*left.rows, *right.rows]
    if kind == "DISTINCT":
        rows = list({spelled(row): row for row in rows}.values())
    return {"UnionType": kind}, Model(rows, left.shape)

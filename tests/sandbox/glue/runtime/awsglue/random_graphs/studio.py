"""The visual transforms of Glue Studio's own, `gs_*`, that a random graph draws."""

import json
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tests.sandbox.glue.runtime.awsglue.random_graphs.model import (
    Drawn,
    Model,
    Record,
    Settings,
    Shape,
    data_frame,
    filled,
    model_of,
    spelled,
)

Transform = Callable[[Model, random.Random], tuple[dict[str, Any], Model] | None]
"""The parameters and what comes out, of a frame without choices."""

_ATOMS = ("int", "long", "string", "boolean", "double")
_PATTERN = r"([a-z])|([0-9])([0-9]?)"


def concat(model: Model, chance: random.Random) -> tuple[dict[str, Any], Model] | None:
    names = [name for name in model.of_kind(*_ATOMS) if re.fullmatch(r"\w+", name)]
    if not names or "joined" in model.shape:
        return None
    chosen, spacer = chance.choices(names, k=2), chance.choice(("", "-"))
    rows = [
        row | {"joined": spacer.join(_text(row[name]) for name in chosen)} for row in model.rows
    ]
    parameters = {"colName": "joined", "colList": chosen, "spacer": spacer}
    return parameters, Model(rows, model.shape | {"joined": {"string": {}}})


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def derived(model: Model, chance: random.Random) -> tuple[dict[str, Any], Model] | None:
    if "k" not in model.of_kind("int"):
        return None
    name = chance.choice(("more", "k", "K"))
    rows = [
        {n: v for n, v in row.items() if n.lower() != name.lower()}
        | {name: row["k"] and row["k"] + 1}
        for row in model.rows
    ]
    kept = {n: types for n, types in model.shape.items() if n.lower() != name.lower()}
    return {"colName": name, "expr": "k + 1"}, Model(rows, kept | {name: {"int": {}}})


def explode(model: Model, chance: random.Random) -> tuple[dict[str, Any], Model] | None:
    if "l" not in model.of_kind("array") or "item" in model.shape:
        return None
    name, outer = chance.choice(("", "l", "item")), chance.random() < 0.5
    nothing = [None] if outer else []
    rows = [row | {name or "l": item} for row in model.rows for item in row["l"] or nothing]
    shape = model.shape | {name or "l": model.shape["l"]["array"]}
    return {"colName": "l", "newCol": name, "outer": outer}, Model(rows, shape)


def array_to_cols(model: Model, chance: random.Random) -> tuple[dict[str, Any], Model] | None:
    if "l" not in model.of_kind("array") or {"one", "two"} & {*model.shape}:
        return None
    indexes, places = chance.choice((("", (0, 1)), ("2,1", (1, 0)), ("3, 2", (2, 1))))
    rows = [
        row
        | {
            name: ([*(row["l"] or []), None, None, None])[place]
            for name, place in zip(("one", "two"), places, strict=True)
        }
        for row in model.rows
    ]
    kind = model.shape["l"]["array"]
    parameters = {"colName": "l", "colList": "one, two", "indexes": indexes}
    return parameters, Model(rows, model.shape | {"one": kind, "two": kind})


def flatten(model: Model, chance: random.Random) -> tuple[dict[str, Any], Model] | None:
    levels, separator = chance.choice((0, 1)), chance.choice((".", "_"))
    shape: Shape = {}
    rows: list[Record] = [{} for _ in model.rows]

    def walk(inner: Shape, path: tuple[str, ...], values: list[Any], left: int) -> bool:
        for name, types in inner.items():
            held = [value and value[name] for value in values]
            if list(types) == ["struct"] and left:
                if not walk(types["struct"], (*path, name), held, left - 1):
                    return False
                continue
            whole = separator.join((*path, name))
            if whole.lower() in map(str.lower, shape):
                return False
            shape[whole] = types
            for row, value in zip(rows, held, strict=True):
                row[whole] = value
        return True

    fits = walk(model.shape, (), model.rows, levels or 9)
    return ({"maxLevels": levels, "separator": separator}, Model(rows, shape)) if fits else None


def null_rows(model: Model, chance: random.Random) -> tuple[dict[str, Any], Model]:
    extended = chance.random() < 0.5
    nothing: tuple[Any, ...] = ([], "") if extended else ()
    rows = [row for row in model.rows if any(v is not None and v not in nothing for v in row.values())]  # fmt: skip
    return {"extended": extended}, Model(rows, model.shape)


def split(model: Model, chance: random.Random) -> tuple[dict[str, Any], Model] | None:
    name = chance.choice(("", "parts"))
    if "t" not in model.of_kind("string") or name in model.shape:
        return None
    rows = [
        row | {name or "t": None if row["t"] is None else re.split("[p1]", row["t"])}
        for row in model.rows
    ]
    shape = model.shape | {name or "t": {"array": {"string": {}}}}
    return {"colName": "t", "pattern": "[p1]", "newColName": name}, Model(rows, shape)


def regex_extract(model: Model, chance: random.Random) -> tuple[dict[str, Any], Model] | None:
    if "t" not in model.of_kind("string") or {"g1", "g2", "g3"} & {*model.shape}:
        return None
    regex, names = chance.choice(
        ((_PATTERN, "g1,,g3"), (_PATTERN, " g1, g2 ,g3"), ("^[^(]", "g1"), (r"\(?[0-9]$", "g1"))
    )

    def found(text: str | None, group: int) -> str | None:
        match = re.search(regex, text) if text is not None else None
        return text and ((match and match[group]) or "")

    first = 1 if re.compile(regex).groups else 0
    groups = {name.strip(): n for n, name in enumerate(names.split(","), first) if name.strip()}
    rows = [row | {name: found(row["t"], n) for name, n in groups.items()} for row in model.rows]
    shape = model.shape | {name: {"string": {}} for name in groups}
    return {"colName": "t", "regex": regex, "newCols": names}, Model(rows, shape)


def to_timestamp(model: Model, chance: random.Random) -> tuple[dict[str, Any], Model] | None:
    name = chance.choice(("", "moment"))
    if "id" not in model.of_kind("int") or name in model.shape:
        return None
    kind, per_second = chance.choice((("seconds", 1), ("milliseconds", 1000), ("autodetect", 1)))
    rows = [
        row
        | {
            name or "id": None
            if row["id"] is None
            else datetime.fromtimestamp(row["id"] / per_second, UTC)
        }
        for row in model.rows
    ]
    shape = model.shape | {name or "id": {"timestamp": {}}}
    return {"colName": "id", "colType": kind, "newColName": name}, Model(rows, shape)


def format_timestamp(model: Model, chance: random.Random) -> tuple[dict[str, Any], Model] | None:
    name, times = chance.choice(("", "shown")), model.of_kind("timestamp")
    if not times or name in model.shape:
        return None
    column = chance.choice(times)
    ours, pythons = chance.choice(
        (("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S"), ("yyyy/MM/dd", "%Y/%m/%d"), ("%a %j", "%a %j"))
    )
    rows = [row | {name or column: row[column] and row[column].strftime(pythons)} for row in model.rows]  # fmt: skip
    shape = model.shape | {name or column: {"string": {}}}
    return {"colName": column, "dateFormat": ours, "newColName": name}, Model(rows, shape)


def repartition(model: Model, _: random.Random) -> tuple[dict[str, Any], Model]:
    return {"numPartitionsStr": "2"}, model


def pivot(model: Model, chance: random.Random) -> tuple[dict[str, Any], Model] | None:
    numbers = [name for name in model.of_kind("int", "long", "double") if name.isidentifier()]
    columns = [
        name
        for name in model.of_kind("int", "string")
        if name.isidentifier() and all(row[name] not in {None, ""} for row in model.rows)
    ]
    if not numbers or not columns or not model.rows:
        return None
    number, column = chance.choice(numbers), chance.choice(columns)
    others = [name for name in model.shape if name not in {number, column}]
    values = {str(row[column]) for row in model.rows}
    if number == column or {v.lower() for v in values} & {name.lower() for name in others}:
        return None
    function = chance.choice(("sum", "max"))
    figure: Callable[[list[Any]], Any] = sum if function == "sum" else max
    groups: dict[str, tuple[Record, dict[str, list[Any]]]] = {}
    for row in model.rows:
        key = {name: row[name] for name in others}
        held = groups.setdefault(spelled(key), (key, {value: [] for value in values}))[1]
        if row[number] is not None:
            held[str(row[column])].append(row[number])
    rows = [
        key | {value: figure(found) if found else None for value, found in held.items()}
        for key, held in groups.values()
    ]
    [kind] = model.shape[number]
    result = "long" if function == "sum" and kind == "int" else kind
    shape = {name: model.shape[name] for name in others} | {v: {result: {}} for v in values}
    return {"aggCol": number, "aggFunction": function, "colList": [column]}, Model(rows, shape)


def parse_json(model: Model, chance: random.Random) -> tuple[dict[str, Any], Model] | None:
    name = chance.choice(("", "parsed"))
    if "j" not in model.of_kind("string") or name in model.shape:
        return None
    texts = [json.loads(row["j"]) for row in model.rows if row["j"]]
    if not texts:
        return None
    types = {"struct": model_of(texts).shape}
    for field, kinds in types["struct"].items():
        types["struct"][field] = {"long": {}} if "int" in kinds else {"string": {}}
    rows = [
        row | {name or "j": filled(json.loads(row["j"]) if row["j"] else None, types)}
        for row in model.rows
    ]
    return {"colName": "j", "newColName": name}, Model(rows, model.shape | {name or "j": types})


_TRANSFORMS: dict[str, Transform] = {
    "gs_array_to_cols": array_to_cols,
    "gs_concat": concat,
    "gs_derived": derived,
    "gs_explode": explode,
    "gs_flatten": flatten,
    "gs_format_timestamp": format_timestamp,
    "gs_null_rows": null_rows,
    "gs_parse_json": parse_json,
    "gs_pivot": pivot,
    "gs_regex_extract": regex_extract,
    "gs_repartition": repartition,
    "gs_split": split,
    "gs_to_timestamp": to_timestamp,
}
NOT_DRAWN = {"gs_now": "the moment is not known", "gs_uuid": "the identifiers are random"}


def node(function: str, model: Model, chance: random.Random) -> Drawn:
    """A visual transform of that name, of a frame that it takes."""
    if model.by_case or model.has_choice or not model.shape:
        return None
    made = _TRANSFORMS[function](data_frame(model), chance)
    return made and (_settings(function, made[0]), made[1])


def _settings(function: str, parameters: dict[str, Any]) -> Settings:
    listed = []
    for name, value in parameters.items():
        if isinstance(value, list):
            listed.append({"Name": name, "Type": "list", "ListType": "str", "Value": value})
        elif value != "":  # what is not filled in is no argument of the call
            kind = type(value).__name__
            text = str(value).lower() if kind == "bool" else str(value)
            listed.append({"Name": name, "Type": kind, "Value": [text.replace("\\", "\\\\")]})
    names = {"FunctionName": function, "TransformName": function, "Path": f"{function}.py"}
    return {**names, "Parameters": listed}


DRAWN: dict[str, Callable[[Model, random.Random], Drawn]] = {
    function: partial(node, function) for function in _TRANSFORMS
}

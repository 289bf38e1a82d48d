"""What a random graph's frames hold: records as dictionaries, and the types that each field has had.

It shares no code with the runtime.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Record = dict[str, Any]
Types = dict[str, Any]
"""The types of a place: name to what is inside, which is a Shape of a struct, Types of an array."""
Shape = dict[str, Types]
Settings = dict[str, Any]

OPAQUE = {"date", "timestamp", "decimal"}
"""Kinds of values that pass through a graph: no transform here looks into them."""


@dataclass(frozen=True)
class Model:
    """Records, and what they have held."""

    rows: list[Record]
    shape: Shape

    @property
    def by_case(self) -> bool:
        """Whether names differ by case alone, which no DataFrame can tell apart."""
        return len({name.lower() for name in self.shape}) < len(self.shape)

    @property
    def has_choice(self) -> bool:
        """Whether a field is a choice, or one in a struct."""
        return any(map(_is_choice, self.shape.values()))

    def of_kind(self, *kinds: str) -> list[str]:
        """The columns that are of one of these types and of no other."""
        return [n for n, types in self.shape.items() if len(types) == 1 and {*types} <= {*kinds}]


Drawn = tuple[Settings, Model] | None
"""The settings of a node and what it gives."""


def _is_choice(types: Types) -> bool:
    inner = types.get("struct", {})
    return len(types) > 1 or any(map(_is_choice, inner.values()))


def kind_of(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "int" if -(2**31) <= value < 2**31 else "long"
        case float():
            return "double"
        case str():
            return "string"
        case dict():
            return "struct"
        case Decimal():
            return "decimal"
        case datetime():
            return "timestamp"
        case date():
            return "date"
    assert isinstance(value, list)
    return "array"


def note(types: Types, value: Any) -> None:
    """Add the types of a value to those of its place; a NULL has none."""
    if value is None:
        return
    inner = types.setdefault(kind_of(value), {})
    if isinstance(value, dict):
        for name, item in value.items():
            note(inner.setdefault(name, {}), item)
    elif isinstance(value, list):
        for item in value:
            note(inner, item)


def model_of(rows: list[Record]) -> Model:
    whole: Types = {"struct": {}}
    for row in rows:
        note(whole, row)
    return Model(rows, whole["struct"])


def filled(value: Any, types: Types) -> Any:
    """A value as a DataFrame has it: every field of a struct, and a struct for a choice."""
    if value is None:
        return None
    if len(types) > 1:
        mine = kind_of(value)
        return {k: filled(value, {k: types[k]}) if k == mine else None for k in types}
    inner: Any = next(iter(types.values()))
    if isinstance(value, dict):
        return {name: filled(value.get(name), held) for name, held in inner.items()}
    return [filled(item, inner) for item in value] if isinstance(value, list) else value


def plain_types(types: Types) -> Types:
    whole = {
        kind: {name: plain_types(held) for name, held in inner.items()}
        if kind == "struct"
        else plain_types(inner)
        for kind, inner in types.items()
    }
    return whole if len(whole) < 2 else {"struct": {kind: {kind: whole[kind]} for kind in whole}}


def data_frame(model: Model) -> Model:
    """The rows of `toDF`."""
    rows = [{n: filled(row.get(n), held) for n, held in model.shape.items()} for row in model.rows]
    return Model(rows, {name: plain_types(types) for name, types in model.shape.items()})


def spelled(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=_spelled_atom)


def _spelled_atom(value: Any) -> str:
    if isinstance(value, datetime):  # Spark gives Python the local time, without a zone
        return str(value.astimezone().replace(tzinfo=None))
    return str(value)

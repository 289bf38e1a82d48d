"""Random chains of transforms on random records, beside a plain model of records as dictionaries."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

Record = dict[str, Any]
Step = tuple[Callable[[Any], Any], Callable[[list[Record]], list[Record]]]
VALUES: tuple[Any, ...] = (
    1,
    2,
    "1",
    "x",
    1.5,
    True,
    None,
    {"in": 1},
    {"in": "y"},
    {"in": None},
    {},
)
NAMES = ("a", "b", "c", "A")


def random_records(chance: random.Random) -> list[Record]:
    return [
        {name: chance.choice(VALUES[:7]) for name in NAMES[:3] if chance.random() < 0.7}
        | ({"s": chance.choice(VALUES[7:])} if chance.random() < 0.7 else {})
        | ({"A": chance.choice((5, None))} if chance.random() < 0.5 else {})
        | {"id": number}
        for number in range(12)
    ]


def text_of(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return value if value is None else str(value)


def kept(f: Callable[[Record], Any], record: Record) -> bool:
    try:
        return bool(f(record))
    except (KeyError, ValueError, TypeError):
        return False


def renamed(record: Record, old: str, new: str) -> Record:
    return {new if name == old else name: value for name, value in record.items()}


def a_filter(name: str) -> Step:
    def f(record: Any) -> Any:
        return not (record[name] == 1)  # noqa: SIM201 -- as scripts write it

    return lambda frame: frame.filter(f), lambda rows: [row for row in rows if kept(f, row)]


def a_nested_filter(name: str) -> Step:
    def f(record: Any) -> Any:
        return record[name]["in"] != "y"

    return lambda frame: frame.filter(f), lambda rows: [row for row in rows if kept(f, row)]


def a_rename(old: str, new: str) -> Step:
    return (
        lambda frame: frame.rename_field(old, new),
        lambda rows: [renamed(row, old, new) for row in rows],
    )


def a_drop(name: str) -> Step:
    return (
        lambda frame: frame.drop_fields([name]),
        lambda rows: [{n: value for n, value in row.items() if n != name} for row in rows],
    )


def a_selection(names: list[str]) -> Step:
    return (
        lambda frame: frame.select_fields(names),
        lambda rows: [{n: row[n] for n in names if n in row} for row in rows],
    )


def a_cast(name: str) -> Step:
    def change(row: Record) -> Record:
        return {n: text_of(value) if n == name else value for n, value in row.items()}

    return (
        lambda frame: frame.resolveChoice(specs=[(name, "cast:string")]),
        lambda rows: [change(row) for row in rows],
    )


def a_mapping(names: list[str]) -> Step:
    mappings = [(name, "string", f"{name}_", "string") for name in names] + [("id", "id")]

    def change(row: Record) -> Record:
        found = {f"{name}_": text_of(row[name]) for name in names if name in row}
        return found | ({"id": row["id"]} if "id" in row else {})

    return lambda frame: frame.apply_mapping(mappings), lambda rows: [change(row) for row in rows]


def a_union() -> Step:
    return lambda frame: frame.union(frame), lambda rows: rows + rows


def a_map(name: str) -> Step:
    def f(record: Any) -> Any:
        record["has"] = name in record
        return record

    return lambda frame: frame.map(f), lambda rows: [f(dict(row)) for row in rows]


def random_chain(chance: random.Random) -> list[Step]:
    """Steps that end where a step may leave no name to go on with."""
    made: list[Callable[[], Step]] = [
        lambda: a_filter(chance.choice(NAMES)),
        lambda: a_nested_filter("s"),
        lambda: a_rename(chance.choice(("b", "A", "s")), "new"),
        lambda: a_drop(chance.choice(("b", "c", "A"))),
        lambda: a_cast(chance.choice(("a", "b"))),
        a_union,
        lambda: a_map(chance.choice(NAMES)),
    ]
    last = [lambda: a_selection(["id", "a", "A"]), lambda: a_mapping(["a", "b"])]
    steps: list[Callable[[], Step]] = [*chance.sample(made, 3), chance.choice(last)]
    return [step() for step in steps]


@pytest.mark.parametrize("seed", range(6))
def test_a_chain_gives_what_the_model_gives(lake: Any, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 -- the same records every time
    expected = random_records(chance)
    folder = lake.folder()
    lake.put(folder + "a.json", expected)
    frame = lake.context.create_dynamic_frame.from_options("s3", {"paths": [folder]}, "json")
    for on_frame, on_model in random_chain(chance):
        frame, expected = on_frame(frame), on_model(expected)
    found = [item["record"] for item in frame._rdd.collect()]
    assert _sorted(found) == _sorted(expected)


def _sorted(records: list[Record]) -> list[str]:
    return sorted(json.dumps(record, sort_keys=True) for record in records)

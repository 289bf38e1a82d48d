"""What the pipeline must make of a landing folder, worked out without Spark, SQL or the generator.

Each table is a multiset: a Counter of rows, a row being the values of COLUMNS in their order.
"""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

Row = tuple[Any, ...]

_CUSTOMER = (
    "customername",
    "email",
    "phone",
    "birthday",
    "serialnumber",
    "registrationdate",
    "lastupdatedate",
    "sharewithresearchasofdate",
    "sharewithpublicasofdate",
    "sharewithfriendsasofdate",
)
_ACCELEROMETER = ("user", "timestamp", "x", "y", "z")
_STEP_TRAINER = ("sensorreadingtime", "serialnumber", "distancefromobject")
_MACHINE_LEARNING = (*_STEP_TRAINER, "x", "y", "z", "accelerometer_serialnumber")

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "customer_landing": _CUSTOMER,
        "accelerometer_landing": _ACCELEROMETER,
        "step_trainer_landing": _STEP_TRAINER,
        "customer_trusted": _CUSTOMER,
        "accelerometer_trusted": _ACCELEROMETER,
        "step_trainer_trusted": _STEP_TRAINER,
        "customers_curated": _CUSTOMER,
        "machine_learning_curated": _MACHINE_LEARNING,
        "machine_learning_curated_by_customer": _MACHINE_LEARNING,
    }
)


def lakehouse(folder: Path) -> dict[str, Counter[Row]]:
    """Every table, and the view, that the folder's data must end up as."""
    customers = _read(folder / "customer", _CUSTOMER)
    readings = _read(folder / "accelerometer", _ACCELEROMETER)
    trainers = _read(folder / "step_trainer", _STEP_TRAINER)

    consenting = [c for c in customers if c["sharewithresearchasofdate"] is not None]
    emails = {c["email"] for c in consenting}
    allowed = [r for r in readings if r["user"] in emails]

    moved_at = defaultdict(set)
    for r in allowed:
        moved_at[r["user"]].add(r["timestamp"])
    measured_at = defaultdict(set)
    for s in trainers:
        measured_at[s["serialnumber"]].add(s["sensorreadingtime"])
    curated = [c for c in consenting if moved_at[c["email"]] & measured_at[c["serialnumber"]]]
    curated_rows = set(_rows(curated, _CUSTOMER))

    serials = {c["serialnumber"] for c in curated}
    kept = [s for s in trainers if s["serialnumber"] in serials]

    own_serials = defaultdict(list)
    for email, serial in {(c["email"], c["serialnumber"]) for c in curated}:
        own_serials[email].append(serial)
    at = defaultdict(list)
    for r in allowed:
        at[r["timestamp"]].append(r)
    training: Counter[Row] = Counter(
        (*_row(s, _STEP_TRAINER), r["x"], r["y"], r["z"], serial)
        for s in kept
        for r in at[s["sensorreadingtime"]]
        for serial in own_serials.get(r["user"], [None])
    )
    return {
        "customer_landing": _rows(customers, _CUSTOMER),
        "accelerometer_landing": _rows(readings, _ACCELEROMETER),
        "step_trainer_landing": _rows(trainers, _STEP_TRAINER),
        "customer_trusted": _rows(consenting, _CUSTOMER),
        "accelerometer_trusted": _rows(allowed, _ACCELEROMETER),
        "step_trainer_trusted": _rows(kept, _STEP_TRAINER),
        "customers_curated": Counter(dict.fromkeys(curated_rows, 1)),
        "machine_learning_curated": training,
        "machine_learning_curated_by_customer": Counter(
            {row: count for row, count in training.items() if row[1] == row[-1]}
        ),
    }


def counts(tables: Mapping[str, Counter[Row]]) -> dict[str, int]:
    """Rows of each table."""
    return {name: rows.total() for name, rows in tables.items()}


def _read(folder: Path, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {column: record.get(column) for column in columns}
        for record in (
            {key.lower(): value for key, value in json.loads(line).items()}
            for file in sorted(folder.rglob("*"))
            if file.is_file()
            for line in _lines(file)
        )
    ]


def _lines(file: Path) -> Iterator[str]:
    with gzip.open(file, "rt") if file.suffix == ".gz" else file.open(encoding="utf-8") as stream:
        yield from stream


def _row(record: Mapping[str, Any], columns: tuple[str, ...]) -> Row:
    return tuple(record[column] for column in columns)


def _rows(records: list[dict[str, Any]], columns: tuple[str, ...]) -> Counter[Row]:
    return Counter(_row(record, columns) for record in records)

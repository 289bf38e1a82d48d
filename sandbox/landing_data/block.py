"""One block of 956 customers: everything about them, and the lines that are written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from sandbox.landing_data import people, shape
from sandbox.landing_data.consents import make_positions, make_sharing
from sandbox.landing_data.readings import VALUES, Readings, make_readings
from sandbox.landing_data.serials import (
    ContestedSerial,
    claimed_serials,
    make_claims,
    serial_numbers,
)
from sandbox.landing_data.timeline import Timeline, make_timeline

_VALUE_TEXTS = tuple(f',"x":{x},"y":{y},"z":{z}}}\n' for x, y, z in VALUES)


@dataclass(frozen=True)
class Block:
    """A block's lines, each list in the order in which it is written, and what they add up to.

    Attributes:
        lines: source to its lines.
        counts: rows that the block adds to each table, and to the view.
        contested: the trainers that several of its customers claim.
    """

    lines: Mapping[str, list[str]]
    counts: Mapping[str, int]
    contested: tuple[ContestedSerial, ...]


def make_block(seed: int, number: int, names: people.Names, contested: int) -> Block:
    """Make block `number` of a seed, which depends on no other block."""
    rng = Random(f"{seed} block {number}")  # noqa: S311
    timeline = make_timeline(rng, _slot(seed, number))
    readings = make_readings(rng, timeline)
    serials = serial_numbers(rng)
    claims = make_claims(rng, timeline, contested)
    claimed = claimed_serials(serials, claims)
    parts = [names.name(number * shape.CUSTOMERS + c) for c in range(shape.CUSTOMERS)]
    # Which customers consented must not be readable from the order of the names.
    rng.shuffle(parts)
    emails = [people.email(rng, name) for name in parts]
    customers = _customers(rng, timeline, readings)
    for record, name, email, serial in zip(customers, parts, emails, claimed, strict=True):
        record |= {"customerName": " ".join(name), "email": email, "serialNumber": serial}
    lines = {
        "customer": [json.dumps({k: r[k] for k in _KEYS if k in r}) + "\n" for r in customers],
        "accelerometer": _accelerometer(emails, timeline, readings),
        "step_trainer": _step_trainer(rng, serials, timeline),
    }
    for source in lines.values():
        rng.shuffle(source)
    return Block(
        lines=lines,
        counts=_counts(timeline, readings, serials, claimed),
        contested=tuple(
            ContestedSerial(
                serial_number=serials[claim.owner],
                right_owner=emails[claim.owner],
                wrong_claimants=tuple(emails[c] for c in claim.wrong),
                own_serial_numbers=tuple(serials[c] for c in claim.wrong),
            )
            for claim in claims
        ),
    )


_KEYS = (
    "customerName",
    "email",
    "phone",
    "birthDay",
    "serialNumber",
    "registrationDate",
    "lastUpdateDate",
    "shareWithResearchAsOfDate",
    "shareWithPublicAsOfDate",
    "shareWithFriendsAsOfDate",
)


def _slot(seed: int, number: int) -> int:
    """The start of the block's hundredth of a day; which one is the seed's choice."""
    day, place = divmod(number, shape.BLOCKS_A_DAY)
    slots = list(range(shape.BLOCKS_A_DAY))
    Random(f"{seed} slots {day}").shuffle(slots)  # noqa: S311
    return shape.DAY + day * shape.DAY_LENGTH + slots[place] * shape.SLOT


def _customers(rng: Random, timeline: Timeline, readings: Readings) -> list[dict[str, str | int]]:
    sharing = make_sharing(rng, readings)
    positions = make_positions(rng, timeline, readings)
    birth_days = people.birth_days(rng)
    updated_later = set(rng.sample(range(shape.CUSTOMERS), shape.UPDATED_LATER))
    registered: set[int] = set()
    customers = []
    for c, instants in enumerate(timeline.instants):
        while (registration := instants[0] - rng.randint(2, shape.BEFORE_READINGS)) in registered:
            pass
        registered.add(registration)
        record: dict[str, str | int] = {
            "phone": shape.PHONE,
            "birthDay": birth_days[c],
            "registrationDate": registration,
        }
        latest = instants[-1] + shape.AFTER_READINGS - 2
        if c < shape.TRUSTED:
            bounds = (registration, *instants, latest)
            position = positions[c]
            record["shareWithResearchAsOfDate"] = rng.randint(
                bounds[position] + 1, bounds[position + 1] - 1
            )
        for key, shares in zip(
            ("shareWithPublicAsOfDate", "shareWithFriendsAsOfDate"), sharing[c], strict=True
        ):
            if shares:
                record[key] = rng.randint(registration, latest)
        record["lastUpdateDate"] = registration
        if c in updated_later:
            record["lastUpdateDate"] = rng.randint(registration + 1, latest)
        customers.append(record)
    return customers


def _accelerometer(emails: list[str], timeline: Timeline, readings: Readings) -> list[str]:
    lines = []
    for email, instants, drawn in zip(emails, timeline.instants, readings, strict=True):
        start = f'{{"user":{json.dumps(email)},"timestamp":'
        for instant, values in zip(instants, drawn, strict=True):
            lines += [f"{start}{instant}{_VALUE_TEXTS[value]}" for value in values]
    return lines


def _step_trainer(rng: Random, serials: list[str], timeline: Timeline) -> list[str]:
    nearest, farthest = shape.DISTANCES
    return [
        f'{{"sensorReadingTime":{instant},"serialNumber":"{serial}",'
        f'"distanceFromObject":{rng.randint(nearest, farthest)}}}\n'
        for serial, instants in zip(serials, timeline.instants, strict=True)
        for instant in instants
    ]


def _counts(
    timeline: Timeline, readings: Readings, serials: list[str], claimed: list[str]
) -> dict[str, int]:
    trusted = range(shape.TRUSTED)
    rows = [sum(map(len, customer)) for customer in readings]
    curated = {c for c in trusted if claimed[c] == serials[c]}
    # A trainer is trusted when a curated customer is recorded with it: here, its own customer.
    joined = sum(rows[c] for c in curated)
    for instant, customers in timeline.meetings.items():
        trainers = sum(c in curated for c in customers)
        for c in customers:
            drawn = readings[c][timeline.instants[c].index(instant)]
            joined += len(drawn) * (trainers - (c in curated))
    return {
        "customer_landing": len(claimed),
        "accelerometer_landing": sum(rows),
        "step_trainer_landing": len(serials) * shape.INSTANTS,
        "customer_trusted": len(trusted),
        "accelerometer_trusted": sum(rows[c] for c in trusted),
        "customers_curated": len(curated),
        "step_trainer_trusted": len(curated) * shape.INSTANTS,
        "machine_learning_curated": joined,
        "machine_learning_curated_by_customer": sum(rows[c] for c in curated),
    }

"""Landing data in the published shape that the project's generator had no part in.

Plain arithmetic, nothing drawn: which numbers must come out is told by the plan, by hand.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_DAY = 1_655_510_400_000  # epoch milliseconds
_INSTANTS = 30
_VALUES = [(x, y, z) for x in (-1.0, 0.0, 1.0) for y in (-1.0, 0.0, 1.0) for z in (-1.0, 0.0)]


@dataclass(frozen=True)
class Plan:
    """How many of what, and the numbers that follow.

    The first `trusted` customers consented to research, and the first `sharing` pairs of them have
    the same 30 instants. `singles` and `doubles` are how many instants have one and two readings,
    of trusted and of other customers; all others have three.
    """

    customers: int
    trusted: int
    sharing: int
    singles: tuple[int, int]
    doubles: tuple[int, int]
    counts: Mapping[str, int]


FULL = Plan(
    customers=956,
    trusted=482,
    sharing=15,
    singles=(51, 41),
    doubles=(2_297, 2_286),
    counts={
        "customer_landing": 956,
        "accelerometer_landing": 81_273,
        "step_trainer_landing": 28_680,
        "customer_trusted": 482,
        "accelerometer_trusted": 40_981,
        "customers_curated": 482,
        "step_trainer_trusted": 14_460,
        "machine_learning_curated": 43_681,
        "machine_learning_curated_by_customer": 40_981,
    },
)

# 6 * 30 instants of trusted customers: 3 * 1 + 10 * 2 + 167 * 3 = 524 readings. The two customers
# who share their instants have 180 of them, each of which also meets the other one's trainer.
SMALL = Plan(
    customers=10,
    trusted=6,
    sharing=1,
    singles=(3, 2),
    doubles=(10, 8),
    counts={
        "customer_landing": 10,
        "accelerometer_landing": 872,
        "step_trainer_landing": 300,
        "customer_trusted": 6,
        "accelerometer_trusted": 524,
        "customers_curated": 6,
        "step_trainer_trusted": 180,
        "machine_learning_curated": 704,
        "machine_learning_curated_by_customer": 524,
    },
)


def write(folder: Path, plan: Plan) -> None:
    """Write folder/customer, folder/accelerometer and folder/step_trainer."""
    everyone = range(plan.customers)
    _write(folder / "customer", [_customer(plan, c) for c in everyone], (", ", ": "))
    _write(
        folder / "accelerometer",
        [
            {"user": _email(c), "timestamp": t, "x": x, "y": y, "z": z}
            for c in everyone
            for i, t in enumerate(_instants(plan, c))
            for x, y, z in _readings(plan, c, i)
        ],
        (",", ":"),
    )
    _write(
        folder / "step_trainer",
        [
            {
                "sensorReadingTime": t,
                "serialNumber": _serial(c),
                "distanceFromObject": 201 + (7 * c + 13 * i) % 100,
            }
            for c in everyone
            for i, t in enumerate(_instants(plan, c))
        ],
        (",", ":"),
    )


def _customer(plan: Plan, c: int) -> dict[str, Any]:
    instants = _instants(plan, c)
    record: dict[str, Any] = {
        "customerName": f"Customer Number{c:04d}",
        "email": _email(c),
        "phone": "8015550199",
        "birthDay": f"{967 + c}-01-01",
        "serialNumber": _serial(c),
        "registrationDate": _DAY + c,
        "lastUpdateDate": _DAY + c if c % 22 else _DAY + 1_000 + c,
    }
    if c < plan.trusted:
        record["shareWithResearchAsOfDate"] = instants[c % _INSTANTS] + 1
    if c % 2:
        record["shareWithPublicAsOfDate"] = instants[0] - 1
    if c % 3:
        record["shareWithFriendsAsOfDate"] = instants[-1] + 1
    return record


def _instants(plan: Plan, c: int) -> list[int]:
    same = c - 1 if c < 2 * plan.sharing and c % 2 else c
    # The last three digits are the customer's: nobody else has these instants.
    step = 3_000 if same % 2 else 4_000
    return [_DAY + 3_600_000 + same + step * i for i in range(_INSTANTS)]


def _readings(plan: Plan, c: int, i: int) -> list[tuple[float, float, float]]:
    other = c >= plan.trusted
    first = plan.trusted if other else 2 * plan.sharing
    number = (c - first) * _INSTANTS + i  # among the instants that may have fewer than three
    singles, doubles = plan.singles[other], plan.doubles[other]
    count = 3
    if 0 <= number < singles + doubles:
        count = 1 if number < singles else 2
    return [_VALUES[(c + 7 * i + 5 * r) % len(_VALUES)] for r in range(count)]


def _email(c: int) -> str:
    return f"customer.{c:04d}@published.test"


def _serial(c: int) -> str:
    return f"{c * 2_654_435_761 % 2**32:08x}-{c:04x}-4abc-9def-{c:012x}"


def _write(folder: Path, records: list[dict[str, Any]], separators: tuple[str, str]) -> None:
    folder.mkdir(parents=True)
    count = len(records)
    stride = next(s for s in range(count // 3 + 1, count + 2) if _coprime(s, count))
    # Neither grouped by customer nor sorted by time, as published.
    lines = [json.dumps(records[i * stride % count], separators=separators) for i in range(count)]
    for number, start in enumerate(range(0, count, 10_000)):
        text = "".join(f"{line}\n" for line in lines[start : start + 10_000])
        name = f"{folder.name}-{_DAY + 977 * number}.json"
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _coprime(a: int, b: int) -> bool:
    while b:
        a, b = b, a % b
    return a == 1

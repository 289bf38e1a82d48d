"""Every number of the published data set, recounted from the generated files."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from sandbox.landing_data import LandingData, generate
from tests import oracle

Records = list[dict[str, Any]]

COUNTS = {
    "customer_landing": 956,
    "accelerometer_landing": 81_273,
    "step_trainer_landing": 28_680,
    "customer_trusted": 482,
    "accelerometer_trusted": 40_981,
    "customers_curated": 482,
    "step_trainer_trusted": 14_460,
    "machine_learning_curated": 43_681,
    "machine_learning_curated_by_customer": 40_981,
}


@dataclass(frozen=True)
class Generated:
    data: LandingData
    customers: Records
    accelerometer: Records
    step_trainer: Records

    def consent(self) -> dict[str, int]:
        key = "shareWithResearchAsOfDate"
        return {c["email"]: c[key] for c in self.customers if key in c}

    def trusted(self) -> Records:
        consent = self.consent()
        return [r for r in self.accelerometer if r["user"] in consent]


@pytest.fixture(scope="module")
def by_seed() -> dict[int, Generated]:
    """Kept here, since tests run in any order and each seed is made once."""
    return {}


@pytest.fixture(params=[1, -7])
def generated(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    by_seed: dict[int, Generated],
) -> Generated:
    seed = request.param
    if seed not in by_seed:
        data = generate(tmp_path_factory.mktemp("landing"), seed=seed)
        by_seed[seed] = Generated(
            data,
            customers=[json.loads(line) for line in lines(data.path / "customer")],
            accelerometer=[json.loads(line) for line in lines(data.path / "accelerometer")],
            step_trainer=[json.loads(line) for line in lines(data.path / "step_trainer")],
        )
    return by_seed[seed]


def lines(folder: Path) -> Iterator[str]:
    for file in sorted(folder.iterdir()):
        yield from file.read_text(encoding="ascii").splitlines()


def test_counts_of_tables_and_view(generated: Generated) -> None:
    assert oracle.counts(oracle.lakehouse(generated.data.path)) == COUNTS
    assert dict(generated.data.counts) == COUNTS


def test_files_and_their_rows(generated: Generated) -> None:
    rows = {
        source: [
            len(file.read_bytes().splitlines())
            for file in sorted((generated.data.path / source).iterdir())
        ]
        for source in ("customer", "accelerometer", "step_trainer")
    }
    assert rows == {
        "customer": [956],
        "accelerometer": [10_000] * 8 + [1_273],
        "step_trainer": [10_000, 10_000, 8_680],
    }


def test_lines_are_written_as_published(generated: Generated) -> None:
    for source, separators in (
        ("customer", (", ", ": ")),
        ("accelerometer", (",", ":")),
        ("step_trainer", (",", ":")),
    ):
        seen = set()
        for file in (generated.data.path / source).iterdir():
            content = file.read_bytes()
            assert content.endswith(b"}\n")
            assert b"\r" not in content
            for line in content.decode("ascii").splitlines():
                assert line == json.dumps(json.loads(line), separators=separators)
                assert line not in seen
                seen.add(line)


def test_keys_and_types(generated: Generated) -> None:
    customer = {
        "customerName": str,
        "email": str,
        "phone": str,
        "birthDay": str,
        "serialNumber": str,
        "registrationDate": int,
        "lastUpdateDate": int,
        "shareWithResearchAsOfDate": int,
        "shareWithPublicAsOfDate": int,
        "shareWithFriendsAsOfDate": int,
    }
    for record in generated.customers:
        assert list(record) == [key for key in customer if key in record]
        assert set(list(customer)[:7]) <= set(record)
        assert all(type(value) is customer[key] for key, value in record.items())
    accelerometer = {"user": str, "timestamp": int, "x": float, "y": float, "z": float}
    for record in generated.accelerometer:
        assert {key: type(value) for key, value in record.items()} == accelerometer
        assert list(record) == list(accelerometer)
    step_trainer = {"sensorReadingTime": int, "serialNumber": str, "distanceFromObject": int}
    for record in generated.step_trainer:
        assert {key: type(value) for key, value in record.items()} == step_trainer
        assert list(record) == list(step_trainer)


def test_consents(generated: Generated) -> None:
    keys = (
        "shareWithResearchAsOfDate",
        "shareWithPublicAsOfDate",
        "shareWithFriendsAsOfDate",
    )
    assert Counter("".join(str(int(k in c)) for k in keys) for c in generated.customers) == {
        "000": 102,
        "001": 121,
        "010": 134,
        "011": 117,
        "100": 102,
        "101": 140,
        "110": 110,
        "111": 130,
    }


def test_customers(generated: Generated) -> None:
    customers = generated.customers
    for key in ("email", "serialNumber", "customerName", "registrationDate"):
        assert len({c[key] for c in customers}) == 956
    assert len({c["phone"] for c in customers}) == 1
    assert sum(c["lastUpdateDate"] == c["registrationDate"] for c in customers) == 912
    for c in customers:
        assert UUID(c["serialNumber"]).version == 4
        assert c["email"].endswith((".example", ".test"))
        dates = [v for k, v in c.items() if k.endswith("Date") and k != "registrationDate"]
        assert min(dates) >= c["registrationDate"]


def test_birth_days(generated: Generated) -> None:
    days = [c["birthDay"] for c in generated.customers]
    assert all(day.endswith("-01-01") for day in days)
    years = [day.removesuffix("-01-01") for day in days]
    assert (min(map(int, years)), max(map(int, years))) == (967, 1964)
    assert {len(year) for year in years} == {3, 4}
    assert not any(year.startswith("0") for year in years)


def test_all_on_one_day(generated: Generated) -> None:
    times = [
        *(v for c in generated.customers for k, v in c.items() if k.endswith("Date")),
        *(s["sensorReadingTime"] for s in generated.step_trainer),
    ]
    assert len({time // 86_400_000 for time in times}) == 1


def test_instants_are_in_arithmetic_progression(generated: Generated) -> None:
    instants = defaultdict(set)
    for r in generated.accelerometer:
        instants[r["user"]].add(r["timestamp"])
    assert len(instants) == 956
    assert {len(times) for times in instants.values()} == {30}
    steps = [{b - a for a, b in pairwise(sorted(times))} for times in instants.values()]
    assert {len(step) for step in steps} == {1}
    assert min(min(steps, key=min)) == 2_033
    assert max(max(steps, key=max)) == 4_000


def test_values(generated: Generated) -> None:
    assert {r["x"] for r in generated.accelerometer} == {-1, 0, 1}
    assert {r["y"] for r in generated.accelerometer} == {-1, 0, 1}
    assert {r["z"] for r in generated.accelerometer} == {-1, 0}
    assert {s["distanceFromObject"] for s in generated.step_trainer} == set(range(201, 301))


def test_readings_an_instant(generated: Generated) -> None:
    consent = generated.consent()
    pairs = Counter((r["user"], r["timestamp"]) for r in generated.accelerometer)
    trusted = Counter(n for (user, _), n in pairs.items() if user in consent)
    others = Counter(n for (user, _), n in pairs.items() if user not in consent)
    assert trusted == {1: 51, 2: 2_298, 3: 12_110, 4: 1}
    assert others == {1: 41, 2: 2_291, 3: 11_886, 5: 1, 6: 1}


def test_trainers_measure_when_their_customers_move(generated: Generated) -> None:
    serials = {c["email"]: c["serialNumber"] for c in generated.customers}
    measured = [(s["serialNumber"], s["sensorReadingTime"]) for s in generated.step_trainer]
    moved = {(serials[r["user"]], r["timestamp"]) for r in generated.accelerometer}
    assert len(measured) == len(set(measured)) == 28_680
    assert set(measured) == moved


def test_shared_instants(generated: Generated) -> None:
    assert len({r["timestamp"] for r in generated.accelerometer}) == 27_110
    present = defaultdict(set)
    for r in generated.trusted():
        present[r["timestamp"]].add(r["user"])
    assert Counter(map(len, present.values())) == {1: 13_566, 2: 423, 3: 16}
    rows = Counter(len(present[r["timestamp"]]) for r in generated.trusted())
    assert (rows[2], rows[3]) == (2_430, 135)
    assert len({user for users in present.values() if len(users) > 1 for user in users}) == 364


def test_numbers_that_common_mistakes_give(generated: Generated) -> None:
    trusted = generated.trusted()
    public = {c["email"] for c in generated.customers if "shareWithPublicAsOfDate" in c}
    assert len(public) == 491
    assert sum(r["user"] in public for r in generated.accelerometer) == 41_766
    trainers = Counter(s["sensorReadingTime"] for s in generated.step_trainer)
    assert sum(trainers[r["timestamp"]] for r in trusted) == 46_022
    table = oracle.lakehouse(generated.data.path)["machine_learning_curated"]
    assert len({row[:-1] for row in table}) == 43_259


def test_consent_time(generated: Generated) -> None:
    consent = generated.consent()
    serials = {c["email"]: c["serialNumber"] for c in generated.customers}
    trusted = generated.trusted()
    assert all(r["timestamp"] != consent[r["user"]] for r in trusted)
    after = [r for r in trusted if r["timestamp"] > consent[r["user"]]]
    users_before = {r["user"] for r in trusted if r["timestamp"] < consent[r["user"]]}
    users_after = {r["user"] for r in after}
    assert len(users_before - users_after) == 18
    assert len(users_before & users_after) == 369
    assert len(users_after - users_before) == 95
    kept = {serials[user] for user in users_after}
    trainers = [s for s in generated.step_trainer if s["serialNumber"] in kept]
    at = Counter(s["sensorReadingTime"] for s in trainers)
    numbers = (len(after), len(kept), len(trainers), sum(at[r["timestamp"]] for r in after))
    assert numbers == (32_025, 464, 13_920, 34_437)


def test_neither_grouped_nor_sorted(generated: Generated) -> None:
    for records, user, time in (
        (generated.accelerometer, "user", "timestamp"),
        (generated.step_trainer, "serialNumber", "sensorReadingTime"),
    ):
        same = sum(a[user] == b[user] for a, b in pairwise(records))
        rising = sum(a[time] <= b[time] for a, b in pairwise(records))
        assert same < len(records) / 100
        assert 0.4 < rising / len(records) < 0.6
    consent = ["shareWithResearchAsOfDate" in c for c in generated.customers]
    assert 150 < sum(consent[:478]) < 330

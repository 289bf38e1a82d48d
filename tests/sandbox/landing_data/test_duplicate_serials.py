"""Contested serial numbers, and that evidence alone finds their right owners."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from sandbox.landing_data import LandingData, generate
from tests import oracle


def read(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for file in folder.iterdir() for line in file.read_text().splitlines()]


@pytest.fixture(scope="module")
def by_count() -> dict[int, LandingData]:
    """Kept here, since tests run in any order and each folder is made once."""
    return {}


@pytest.fixture(params=[30, 150, 160])
def data(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    by_count: dict[int, LandingData],
) -> LandingData:
    count = request.param
    if count not in by_count:
        by_count[count] = generate(
            tmp_path_factory.mktemp("landing"),
            scale=1 if count <= 150 else 2,
            seed=3,
            duplicate_serials=count,
        )
    return by_count[count]


def test_claims_are_in_the_customers_and_nowhere_else(data: LandingData) -> None:
    claimants = defaultdict(set)
    for c in read(data.path / "customer"):
        claimants[c["serialNumber"]].add(c["email"])
    contested = {s: emails for s, emails in claimants.items() if len(emails) > 1}
    assert contested == {
        s.serial_number: {s.right_owner, *s.wrong_claimants} for s in data.contested
    }
    assert {len(s.wrong_claimants) for s in data.contested} == {2, 3}


def test_every_trainer_has_its_readings_under_its_own_number(data: LandingData) -> None:
    readings = defaultdict(set)
    for s in read(data.path / "step_trainer"):
        readings[s["serialNumber"]].add(s["sensorReadingTime"])
    moved = defaultdict(set)
    for r in read(data.path / "accelerometer"):
        moved[r["user"]].add(r["timestamp"])
    claimed = {c["serialNumber"] for c in read(data.path / "customer")}
    assert len(readings) == 956 * data.scale
    assert {len(times) for times in readings.values()} == {30}
    for serial in data.contested:
        assert readings[serial.serial_number] == moved[serial.right_owner]
        for email, own in zip(serial.wrong_claimants, serial.own_serial_numbers, strict=True):
            assert not readings[serial.serial_number] & moved[email]
            assert readings[own] == moved[email]
            assert own not in claimed


def test_owners_and_claimants_with_and_without_consent(data: LandingData) -> None:
    consenting = {
        c["email"] for c in read(data.path / "customer") if "shareWithResearchAsOfDate" in c
    }
    owners = [s.right_owner in consenting for s in data.contested]
    claimants = [e in consenting for s in data.contested for e in s.wrong_claimants]
    assert {True, False} == set(owners) == set(claimants)
    for serial in data.contested:
        assert {e in consenting for e in serial.wrong_claimants} == {True, False}


def test_evidence_finds_the_right_owners(data: LandingData) -> None:
    tables = oracle.lakehouse(data.path)
    curated = {(row[1], row[4]) for row in tables["customers_curated"]}
    emails = {email for email, _ in curated}
    trusted = {row[1] for row in tables["customer_trusted"]}
    wrong = {e for s in data.contested for e in s.wrong_claimants}
    assert emails == trusted - wrong
    for serial in data.contested:
        owners = {email for email, number in curated if number == serial.serial_number}
        assert owners == {serial.right_owner} & trusted


def test_counts(data: LandingData) -> None:
    tables = oracle.lakehouse(data.path)
    wrong = {e for s in data.contested for e in s.wrong_claimants}
    wrong &= {row[1] for row in tables["customer_trusted"]}
    counts = data.counts
    assert oracle.counts(tables) == dict(counts)
    assert counts["customer_trusted"] == 482 * data.scale
    assert counts["accelerometer_trusted"] == 40_981 * data.scale
    assert counts["customers_curated"] == 482 * data.scale - len(wrong)
    assert counts["step_trainer_trusted"] == 30 * counts["customers_curated"]
    lost = sum(n for row, n in tables["accelerometer_trusted"].items() if row[0] in wrong)
    assert counts["machine_learning_curated_by_customer"] == 40_981 * data.scale - lost


def test_contested_trainers_are_spread_over_the_scale(tmp_path: Path) -> None:
    data = generate(tmp_path / "out", scale=3, duplicate_serials=4)
    blocks = [
        {json.loads(line)["email"] for line in lines}
        for lines in _thirds((data.path / "customer" / "customer-1.json").read_text().splitlines())
    ]
    found = [sum(s.right_owner in emails for s in data.contested) for emails in blocks]
    assert found == [1, 1, 2]


def _thirds(lines: list[str]) -> list[list[str]]:
    return [lines[start : start + 956] for start in range(0, len(lines), 956)]

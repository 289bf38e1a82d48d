import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
import tracemalloc
from pathlib import Path

import pytest

from sandbox.landing_data import MANIFEST, LandingDataError, generate, shape, workers
from sandbox.landing_data.block import _slot, make_block
from sandbox.landing_data.people import Names
from sandbox.landing_data.shape import DAY, DAY_LENGTH, SLOT
from tests import oracle

pytestmark = pytest.mark.slow


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_same_seed_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    generate(tmp_path / "here", seed=5, duplicate_serials=3)
    subprocess.run(
        [
            sys.executable,
            "-c",
            (
                "import sys; from sandbox.landing_data import generate; "
                "generate(sys.argv[1], seed=5, duplicate_serials=3)"
            ),
            str(tmp_path / "there"),
        ],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "12345"},
    )
    assert digests(tmp_path / "here") == digests(tmp_path / "there")


def test_another_seed_gives_other_people_and_times(tmp_path: Path) -> None:
    generate(tmp_path / "one", seed=1)
    generate(tmp_path / "two", seed=2)
    one, two = digests(tmp_path / "one"), digests(tmp_path / "two")
    assert one.keys() == two.keys()
    assert not set(one.values()) & set(two.values())


def test_scale_multiplies_every_count(tmp_path: Path) -> None:
    data = generate(tmp_path / "out", scale=3, seed=4)
    tables = oracle.lakehouse(data.path)
    assert oracle.counts(tables) == dict(data.counts)
    assert dict(data.counts) == {
        "customer_landing": 3 * 956,
        "accelerometer_landing": 3 * 81_273,
        "step_trainer_landing": 3 * 28_680,
        "customer_trusted": 3 * 482,
        "accelerometer_trusted": 3 * 40_981,
        "customers_curated": 3 * 482,
        "step_trainer_trusted": 3 * 14_460,
        "machine_learning_curated": 3 * 43_681,
        "machine_learning_curated_by_customer": 3 * 40_981,
    }
    customers = list(tables["customer_landing"])
    for column in (0, 1, 4, 5):  # name, e-mail, serial number, registration
        assert len({row[column] for row in customers}) == 3 * 956
    assert len({row[1] for row in tables["accelerometer_landing"]}) == 3 * 27_110
    assert len(list((data.path / "accelerometer").iterdir())) == 9


def test_first_block_of_a_larger_scale_is_the_data_of_scale_one(tmp_path: Path) -> None:
    generate(tmp_path / "one", seed=4)
    generate(tmp_path / "two", seed=4, scale=2)
    first = (tmp_path / "one" / "customer" / "customer-1.json").read_text()
    assert (tmp_path / "two" / "customer" / "customer-1.json").read_text().startswith(first)


def text_of(folder: Path, source: str) -> list[bytes]:
    files = sorted((folder / source).iterdir(), key=lambda path: int(path.name.split("-")[1][:-8]))
    return [gzip.decompress(path.read_bytes()) for path in files]


def test_several_processes_make_what_one_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = generate(tmp_path / "one", scale=3, seed=4, duplicate_serials=5)
    monkeypatch.setattr(workers, "_MANY", 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    two = generate(tmp_path / "two", scale=3, seed=4, duplicate_serials=5)
    assert digests(one.path) == digests(two.path)
    assert one.counts == two.counts
    assert one.contested == two.contested


def test_a_large_scale_is_compressed_and_begins_new_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = generate(tmp_path / "plain", scale=2).path
    monkeypatch.setattr(shape, "PLAIN_SCALE", 1)
    packed = generate(tmp_path / "packed", scale=2).path
    for source, count in (("customer", 1), ("accelerometer", 9), ("step_trainer", 3)):
        assert text_of(packed, source) == [
            (plain / source / f"{source}-{place}.json").read_bytes()
            for place in range(1, count + 1)
        ]
    monkeypatch.setattr(shape, "BLOCKS_A_FILE", 1)
    split = generate(tmp_path / "split", scale=2).path
    texts = text_of(split, "step_trainer")
    assert [first + second for first, second in zip(texts[:3], texts[3:], strict=True)] == (
        text_of(packed, "step_trainer")
    )


def test_a_process_that_was_ended_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_MANY", 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    start = workers._start

    def kill_the_second(data: workers.DataSet, first: int, step: int) -> subprocess.Popen[bytes]:
        worker = start(data, first, step)
        if first:
            worker.kill()
        return worker

    monkeypatch.setattr(workers, "_start", kill_the_second)
    with pytest.raises(LandingDataError, match="was ended"):
        generate(tmp_path / "out", scale=3)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_too_small_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(2, 1, 1))
    with pytest.raises(LandingDataError, match=r"takes 0\.25 GB.* and only 0\.00 GB are free"):
        generate(tmp_path / "new" / "out", scale=100)
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_scale(tmp_path: Path) -> None:
    def peak(scale: int) -> int:
        tracemalloc.start()
        generate(tmp_path / str(scale), scale=scale)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    generate(tmp_path / "imports")
    assert peak(2) < 1.1 * peak(1)


def test_blocks_never_share_a_slot_and_fill_day_after_day() -> None:
    slots = [_slot(9, number) for number in range(250)]
    assert len(set(slots)) == 250
    assert all((slot - DAY) % SLOT == 0 for slot in slots)
    assert {(slot - DAY) // DAY_LENGTH for slot in slots[:100]} == {0}
    assert {(slot - DAY) // DAY_LENGTH for slot in slots[100:200]} == {1}
    assert slots[:100] != sorted(slots[:100])


def test_names_never_repeat() -> None:
    names = Names(1)
    count = names._size + 1000
    assert len({names.name(number) for number in range(count)}) == count
    assert len(names.name(0)) == 2
    assert len(names.name(count)) == 3


def test_parents_are_made_and_an_empty_folder_is_taken(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    out.mkdir(parents=True)
    generate(out)
    assert sorted(p.name for p in out.iterdir()) == [
        "accelerometer",
        "customer",
        "expectations.toml",
        MANIFEST,
        "step_trainer",
    ]
    assert [p.name for p in out.parent.iterdir()] == ["b"]


def test_expectations_are_those_of_this_data(tmp_path: Path) -> None:
    data = generate(tmp_path / "out", scale=2)
    expected = tomllib.loads((data.path / "expectations.toml").read_text())
    assert expected["counts"] == dict(data.counts)
    assert expected["accepted"] == {"pairs.two_customers": 2 * 2700}


def test_manifest_holds_what_is_returned(tmp_path: Path) -> None:
    data = generate(tmp_path / "out", duplicate_serials=2)
    manifest = json.loads((data.path / MANIFEST).read_text())
    assert manifest["seed"] == data.seed
    assert manifest["scale"] == 1
    assert manifest["counts"] == dict(data.counts)
    assert [entry["serial_number"] for entry in manifest["contested"]] == [
        serial.serial_number for serial in data.contested
    ]


def test_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(LandingDataError, match="is not empty; name a new or empty folder"):
        generate(tmp_path)
    assert (tmp_path / "mine").read_text() == "precious"


def test_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("precious")
    with pytest.raises(LandingDataError, match="out is a file"):
        generate(tmp_path / "out")


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LandingDataError, match=r"cannot be written to .*: (Not a dir|File exists)"):
        generate(tmp_path / "file" / "out")


@pytest.mark.parametrize("scale", [0, -1])
def test_scale_out_of_range(tmp_path: Path, scale: int) -> None:
    with pytest.raises(LandingDataError, match=f"must be 1 or more, not {scale}"):
        generate(tmp_path / "out", scale=scale)


@pytest.mark.parametrize("count", [-1, 301])
def test_duplicate_serials_out_of_range(tmp_path: Path, count: int) -> None:
    with pytest.raises(LandingDataError, match=f"from 0 to 300 trainers .*, not {count}"):
        generate(tmp_path / "out", scale=2, duplicate_serials=count)


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_nothing_is_left_of_what_was_not_finished(
    tmp_path: Path, error: BaseException | type[BaseException]
) -> None:
    def stop(done: int, total: int) -> None:
        assert (done, total) == (956, 1912)
        raise error

    with pytest.raises((KeyboardInterrupt, LandingDataError)):
        generate(tmp_path / "out", scale=2, progress=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("seed", "block"), [(1, 25), (1, 99), (-1, 0), (2**70, 250)])
def test_every_block_comes_to_an_end(seed: int, block: int) -> None:
    # Block 25 of seed 1 once drew consents that no exchange among a few customers could settle.
    counts = make_block(seed, block, Names(seed), contested=0).counts
    assert counts["machine_learning_curated"] == 43_681

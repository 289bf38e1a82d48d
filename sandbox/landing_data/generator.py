"""Writes landing data block by block: memory does not grow with the number of customers."""

import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from deploy.landing_folder import EXPECTATIONS
from sandbox.landing_data import shape
from sandbox.landing_data.errors import LandingDataError
from sandbox.landing_data.serials import MOST_CONTESTED, ContestedSerial
from sandbox.landing_data.workers import FILES, DataSet, Made, blocks_of

DEFAULT_SEED = 1
MANIFEST = "landing_data.json"
"""Name of the file beside the three source folders that holds what LandingData holds."""


@dataclass(frozen=True)
class LandingData:
    """What was written.

    Attributes:
        path: the folder that holds customer, accelerometer and step_trainer.
        seed: what the data was drawn from.
        scale: how many times 956 customers there are.
        counts: rows of each of the eight tables, and of the view
            machine_learning_curated_by_customer, that the pipeline makes of the data.
        contested: the trainers that several customers claim, with their right owners.
    """

    path: Path
    seed: int
    scale: int
    counts: Mapping[str, int]
    contested: tuple[ContestedSerial, ...]


def generate(
    out: Path | str,
    *,
    scale: int = 1,
    seed: int = DEFAULT_SEED,
    duplicate_serials: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> LandingData:
    """Write landing data to a new or empty folder, whole or not at all.

    The same arguments give the same bytes. Another seed gives other data and the same counts.

    Args:
        out: the folder to make.
        scale: how many times the 956 customers of the published data set.
        seed: any whole number.
        duplicate_serials: how many trainers several customers claim, 150 a scale at most.
        progress: called with the customers written and the customers in all.

    Raises:
        LandingDataError: an argument is out of range, the folder is not empty, or it cannot be
            written.
    """
    folder = Path(out)
    wanted = DataSet(seed, scale, duplicate_serials)
    _check(folder, wanted)
    counts: Counter[str] = Counter()
    contested: list[ContestedSerial] = []
    try:
        with _whole_or_not_at_all(folder) as unfinished:
            with ExitStack() as files, blocks_of(wanted) as blocks:
                writer = _Writer(unfinished, files, ".json.gz" if wanted.is_compressed else ".json")
                for number in range(scale):
                    block = next(blocks)
                    writer.write(number, block)
                    counts.update(block.counts)
                    contested += block.contested
                    del block  # the next one takes its place in memory
                    if progress is not None:
                        progress((number + 1) * shape.CUSTOMERS, scale * shape.CUSTOMERS)
            data = LandingData(
                folder, seed, scale, MappingProxyType(dict(counts)), tuple(contested)
            )
            (unfinished / MANIFEST).write_text(_manifest(data), encoding="utf-8")
            (unfinished / EXPECTATIONS).write_text(_expectations(data), encoding="utf-8")
    except OSError as error:
        raise LandingDataError(
            f"Landing data cannot be written to {folder}: {error.strerror or error}."
        ) from error
    return data


def _check(folder: Path, wanted: DataSet) -> None:
    scale, duplicate_serials = wanted.scale, wanted.duplicate_serials
    if scale < 1:
        raise LandingDataError(f"The scale must be 1 or more, not {scale}.")
    most = MOST_CONTESTED * scale
    if not 0 <= duplicate_serials <= most:
        raise LandingDataError(
            f"At scale {scale}, from 0 to {most} trainers can have several claimants, "
            f"not {duplicate_serials}; raise the scale or lower the number."
        )
    if folder.exists() and not folder.is_dir():
        raise LandingDataError(f"{folder} is a file; name a new or empty folder.")
    if folder.is_dir() and any(folder.iterdir()):
        raise LandingDataError(
            f"{folder} is not empty; name a new or empty folder, or remove this one first."
        )
    free = free_bytes(folder)
    if free < wanted.bytes:
        raise LandingDataError(
            f"Landing data of scale {scale} takes {wanted.bytes / 1e9:.2f} GB on the disk of "
            f"{folder}, and only {free / 1e9:.2f} GB are free there."
        )


def free_bytes(folder: Path) -> int:
    """What is free on the disk of a folder, which need not be there yet."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
    return shutil.disk_usage(there).free


@contextmanager
def _whole_or_not_at_all(folder: Path) -> Iterator[Path]:
    """A folder beside the wanted one, which takes its place at the end or vanishes."""
    target = folder.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        unfinished.chmod(0o755)
        yield unfinished
        unfinished.replace(target)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


class _Writer:
    """Deals each block's lines over the files of a source, 10,000 a file, as published.

    After `shape.BLOCKS_A_FILE` blocks, each of which adds to every file, the next files are begun.
    """

    def __init__(self, folder: Path, files: ExitStack, ending: str) -> None:
        self._folder = folder
        self._stack = files
        self._ending = ending
        self._files: dict[str, list[BinaryIO]] = {}
        for source in FILES:
            (folder / source).mkdir()

    def write(self, number: int, block: Made) -> None:
        if number % shape.BLOCKS_A_FILE == 0:
            self._begin(number // shape.BLOCKS_A_FILE)
        for source, parts in block.parts.items():
            for file, part in zip(self._files[source], parts, strict=True):
                file.write(part)

    def _begin(self, times: int) -> None:
        self._stack.close()
        for source, count in FILES.items():
            paths = (
                self._folder / source / f"{source}-{times * count + place}{self._ending}"
                for place in range(1, count + 1)
            )
            self._files[source] = [self._stack.enter_context(path.open("wb")) for path in paths]


def _manifest(data: LandingData) -> str:
    manifest = {
        "seed": data.seed,
        "scale": data.scale,
        "counts": dict(data.counts),
        "contested": [asdict(serial) for serial in data.contested],
    }
    return json.dumps(manifest, indent=2) + os.linesep


def _expectations(data: LandingData) -> str:
    """What the report must find of this data, for its `--expect`."""
    counts = "".join(f"{name} = {rows}\n" for name, rows in data.counts.items())
    pairs = (
        data.counts["machine_learning_curated"]
        - data.counts["machine_learning_curated_by_customer"]
    )
    return (
        f"version = 1\n"
        f'description = "Generated landing data, scale {data.scale}, seed {data.seed}"\n'
        f"\n[counts]\n{counts}"
        f'\n[accepted]\n"pairs.two_customers" = {pairs}\n'
    )

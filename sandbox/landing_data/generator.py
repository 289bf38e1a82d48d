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

from deploy.landing_folder import EXPECTATIONS
from sandbox.landing_data import shape
from sandbox.landing_data.block import Block, make_block
from sandbox.landing_data.errors import LandingDataError
from sandbox.landing_data.people import Names
from sandbox.landing_data.serials import MOST_CONTESTED, ContestedSerial

DEFAULT_SEED = 1
MANIFEST = "landing_data.json"
"""Name of the file beside the three source folders that holds what LandingData holds."""

_FILES: Mapping[str, int] = MappingProxyType(
    {
        "customer": 1,
        "accelerometer": shape.ACCELEROMETER_FILES,
        "step_trainer": shape.STEP_TRAINER_FILES,
    }
)


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
    _check(folder, scale, duplicate_serials)
    names = Names(seed)
    counts: Counter[str] = Counter()
    contested: list[ContestedSerial] = []
    try:
        with _whole_or_not_at_all(folder) as unfinished:
            with ExitStack() as files:
                writer = _Writer(unfinished, files)
                for number in range(scale):
                    share = _share(duplicate_serials, number, scale)
                    block = make_block(seed, number, names, share)
                    writer.write(block)
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


def _check(folder: Path, scale: int, duplicate_serials: int) -> None:
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


def _share(total: int, number: int, scale: int) -> int:
    """The part of a total that falls to one block of all."""
    return total * (number + 1) // scale - total * number // scale


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
    """Deals each block's lines over the files of a source, 10,000 a file, as published."""

    def __init__(self, folder: Path, files: ExitStack) -> None:
        self._files = {}
        for source, count in _FILES.items():
            (folder / source).mkdir()
            self._files[source] = [
                files.enter_context(
                    (folder / source / f"{source}-{number}.json").open(
                        "w", encoding="utf-8", newline="\n"
                    )
                )
                for number in range(1, count + 1)
            ]

    def write(self, block: Block) -> None:
        for source, lines in block.lines.items():
            for number, file in enumerate(self._files[source]):
                start = number * shape.ROWS_A_FILE
                file.writelines(lines[start : start + shape.ROWS_A_FILE])


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

"""The blocks of a data set in their order, made by several processes where there are many.

Each process makes every so-manieth block and writes it to a pipe, which holds it back until its turn
comes: memory stays flat, and the bytes are those that one process makes.
"""

import gzip
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from sandbox.landing_data import shape
from sandbox.landing_data.block import make_block
from sandbox.landing_data.errors import LandingDataError
from sandbox.landing_data.people import Names
from sandbox.landing_data.serials import ContestedSerial

FILES: Mapping[str, int] = MappingProxyType(
    {
        "customer": 1,
        "accelerometer": shape.ACCELEROMETER_FILES,
        "step_trainer": shape.STEP_TRAINER_FILES,
    }
)
"""Source to the files that a block's lines are dealt over."""
_PROJECT = Path(__file__).parents[2]
_MANY = 8  # blocks from which processes win back what it takes to start them
_FASTEST = 1  # gzip's level: text of this kind gets a fifth smaller with the best, in 4 x the time


@dataclass(frozen=True)
class DataSet:
    """What decides every byte of a data set; at a large scale its files are compressed."""

    seed: int
    scale: int
    duplicate_serials: int

    @property
    def is_compressed(self) -> bool:
        """Whether files of plain text would be larger than the 64 MB that Spark and Athena split."""
        return self.scale > shape.PLAIN_SCALE

    @property
    def bytes(self) -> int:
        """What it takes on the disk, at most."""
        return self.scale * shape.BLOCK_BYTES[self.is_compressed]


@dataclass(frozen=True)
class Made:
    """A block as it is written.

    Attributes:
        parts: source to what each of its files gets.
        counts: rows that the block adds to each table, and to the view.
        contested: the trainers that several of its customers claim.
    """

    parts: Mapping[str, Sequence[bytes]]
    counts: Mapping[str, int]
    contested: tuple[ContestedSerial, ...]


@contextmanager
def blocks_of(data: DataSet) -> Iterator[Iterator[Made]]:
    """All blocks, one after another.

    Raises:
        LandingDataError: a process that makes them was ended.
    """
    processors = os.cpu_count() or 1
    if data.scale < _MANY or processors == 1:
        yield _made(data, range(data.scale))
        return
    workers = [_start(data, first, processors) for first in range(processors)]
    try:
        yield _read_in_turn(workers, data.scale)
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def _start(data: DataSet, first: int, step: int) -> subprocess.Popen[bytes]:
    numbers = (data.seed, data.scale, data.duplicate_serials, first, step)
    return subprocess.Popen(
        [sys.executable, "-c", f"from {__name__} import serve; serve(*{numbers})"],
        env={**os.environ, "PYTHONPATH": f"{_PROJECT}:{os.environ.get('PYTHONPATH', '')}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        process_group=0,  # Ctrl-C is for this process, which ends them
    )


def _read_in_turn(workers: Sequence[subprocess.Popen[bytes]], scale: int) -> Iterator[Made]:
    for number in range(scale):
        pipe = workers[number % len(workers)].stdout
        try:
            made: Made = pickle.load(pipe)  # type: ignore[arg-type]  # noqa: S301 -- own process
        except (EOFError, pickle.UnpicklingError) as error:
            raise LandingDataError(
                "A process that makes landing data was ended; is there memory enough?"
            ) from error
        yield made


def _made(data: DataSet, numbers: Sequence[int]) -> Iterator[Made]:
    names = Names(data.seed)
    for number in numbers:
        yield _make(data, number, names)


def _make(data: DataSet, number: int, names: Names) -> Made:
    contested = _share(data.duplicate_serials, number, data.scale)
    block = make_block(data.seed, number, names, contested)
    parts = {
        source: [_part(data, lines, place) for place in range(FILES[source])]
        for source, lines in block.lines.items()
    }
    return Made(parts, dict(block.counts), block.contested)


def _part(data: DataSet, lines: Sequence[str], place: int) -> bytes:
    start = place * shape.ROWS_A_FILE
    text = "".join(lines[start : start + shape.ROWS_A_FILE]).encode()
    # Files in gzip's format may follow one another in one file.
    return gzip.compress(text, _FASTEST, mtime=0) if data.is_compressed else text


def _share(total: int, number: int, scale: int) -> int:
    """The part of a total that falls to one block of all."""
    return total * (number + 1) // scale - total * number // scale


def serve(seed: int, scale: int, duplicate_serials: int, first: int, step: int) -> None:
    """Write every `step`th block from the `first` on to standard output."""
    data = DataSet(seed, scale, duplicate_serials)
    try:
        for made in _made(data, range(first, scale, step)):
            pickle.dump(made, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads is gone
        os._exit(1)

"""What a SerDe makes of a block, in a form that two ways of reading can be compared by."""

from collections.abc import Callable

import pyarrow as pa

from sandbox.athena.storage.serdes.base import Block, FatalLineError, Faults


def outcome(decode: Callable[[Block, Faults], pa.Table], data: bytes) -> tuple[str, Faults]:
    """The rows, or why there are none, and what is wrong with columns."""
    faults = Faults()
    try:
        rows = repr(decode(Block(data, 7, "s3://b/k"), faults).to_pylist())
    except FatalLineError as error:
        rows = str(error)
    return rows, faults

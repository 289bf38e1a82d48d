"""Lines of JSON by Arrow's reader, which is strict: what it reads without an error is certain.

It refuses what is not JSON, a key that comes twice in an object, a key that it was not told of, and
a value of another JSON type than it was told. So everything that lines hold has to be told to it:
what a table declares by the caller, the rest is learnt from lines that are not read at first.
"""

import threading
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.json as pj

from sandbox.athena.storage.serdes import vectors

_FEW = 256  # lines that are not divided any more: a reading of its own costs as much
LOST = 8  # reading is given up where more than one of so many lines cannot be read
_MAX_LEARNT = 256  # values that are learnt; each costs memory for every line
_BEGIN, _END, _NEWLINE = b"{}\n"


class ArrowLines:
    """Reads lines of JSON whose declared values are all of known types.

    Args:
        declared: the types of the declared values, by the keys as they are spelt.
        fold: makes of a key what is compared.
    """

    def __init__(self, declared: pa.Schema, fold: Callable[[str], str]) -> None:
        self._declared = declared
        self._schema = declared
        self._fold = fold
        self._learning = threading.Lock()

    def read(self, lines: pa.Array) -> tuple[pa.Table, np.ndarray]:
        """Read what can be read of lines, of which each may end in a newline.

        Returns:
            The declared values of the lines that were read, in their order, and the lines' places.
        """
        offsets = np.frombuffer(lines.buffers()[1], np.int32)[: len(lines) + 1]
        data = lines.buffers()[2]
        regular = _are_objects(np.frombuffer(data, np.uint8), offsets)
        tables, places = [self._declared.empty_table()], [np.zeros(0, np.int64)]
        left = [(0, len(lines))]
        lost = 0
        while left and lost <= len(lines) // LOST:
            begin, end = left.pop()
            text = data.slice(offsets[begin], offsets[end] - offsets[begin])
            table = self._whole(text, end - begin) if regular[begin:end].all() else None
            if table is not None:
                tables.append(table)
                places.append(np.arange(begin, end))
            elif end - begin > _FEW:
                middle = (begin + end) // 2
                left += [(middle, end), (begin, middle)]
            else:
                lost += end - begin
        return pa.concat_tables(tables), np.concatenate(places)

    def _whole(self, text: pa.Buffer, count: int) -> pa.Table | None:
        schema = self._schema
        table = _parsed(text, schema, "error")
        if table is None and count <= _FEW and self._learnt(text):
            table = _parsed(text, self._schema, "error")
        if table is None or len(table) != count or not all(map(vectors.is_finite, table.columns)):
            return None
        declared = table.select(self._declared.names)
        return declared if declared.schema == self._declared else declared.cast(self._declared)

    def _learnt(self, text: pa.Buffer) -> bool:
        """Learn of what lines hold that is not declared; tell whether they may be read then."""
        found = _parsed(text, self._declared, "infer")
        if found is None:
            return False
        with self._learning:
            try:
                learnt = _with_learnt(pa.struct(self._declared), pa.struct(found.schema))
                both = [self._schema, pa.schema(learnt)]
                schema = pa.unify_schemas(both, promote_options="permissive")
                most = _MAX_LEARNT + _count(pa.struct(self._declared))
                usable = _count(pa.struct(schema)) <= most and self._are_unique(schema)
            except (pa.ArrowTypeError, RecursionError):
                return False
            if usable:
                self._schema = schema
        return usable

    def _are_unique(self, kind: pa.DataType | pa.Schema) -> bool:
        """Tell whether no object can have keys that are compared as one, at any depth."""
        if isinstance(kind, pa.DataType) and pa.types.is_list(kind):
            return self._are_unique(kind.value_type)
        if isinstance(kind, pa.DataType) and not pa.types.is_struct(kind):
            return True
        return len({self._fold(child.name) for child in kind}) == len(list(kind)) and all(
            self._are_unique(child.type) for child in kind
        )


def _are_objects(data: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Tell which lines begin and end as an object does.

    Within an object no line that ends so is followed by one that begins so: as many objects as
    lines are one in each.
    """
    if not len(data):
        return np.zeros(len(offsets) - 1, bool)
    lasts = offsets[1:] - 1
    lasts = lasts - (data[lasts] == _NEWLINE)
    firsts = offsets[:-1].clip(max=len(data) - 1)  # the last line may be empty
    regular: np.ndarray = (data[firsts] == _BEGIN) & (data[lasts] == _END)
    return regular


def _parsed(text: pa.Buffer, schema: pa.Schema, unexpected: str) -> pa.Table | None:
    try:
        return pj.read_json(
            pa.BufferReader(text),
            pj.ReadOptions(use_threads=False, block_size=len(text) + 1),
            pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior=unexpected),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


def _with_learnt(declared: pa.DataType | None, found: pa.DataType) -> pa.DataType:
    """Give the type to read by: as declared, and what is not declared in its widest type."""
    if pa.types.is_struct(found):
        children = {child.name: child.type for child in declared or ()}
        return pa.struct(
            [(child.name, _with_learnt(children.get(child.name), child.type)) for child in found]
        )
    if pa.types.is_list(found):
        return pa.list_(_with_learnt(declared and declared.value_type, found.value_type))
    if declared is not None:
        return declared
    if pa.types.is_integer(found):
        return pa.float64()
    return pa.string() if pa.types.is_timestamp(found) else found


def _count(kind: pa.DataType) -> int:
    """Count the values of a type that are not nested."""
    if pa.types.is_list(kind):
        return _count(kind.value_type)
    return sum(_count(child.type) for child in kind) if pa.types.is_struct(kind) else 1

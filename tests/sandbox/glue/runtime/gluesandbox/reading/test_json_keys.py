"""What a look at the bytes of JSON lines finds is what parsing them finds."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pyspark.sql import types as st

KINDS: dict[str, st.DataType] = {
    "user": st.StringType(),
    "at": st.LongType(),
    "x": st.DoubleType(),
    "a.b": st.IntegerType(),
}
_SPELLINGS = ["user", "User", "USER", "at", "At", "x", "X", "a.b", "A.B", "aXb", "other", ""]
_VALUES = some.one_of(
    some.sampled_from(["user", "At", 'x": 1', "", "true"]),
    some.integers(-5, 10**13),
    some.floats(allow_nan=False, allow_infinity=False),
    some.booleans(),
    some.none(),
    some.just([1]),
    some.just({"n": 1}),
)
_RECORDS = some.lists(some.dictionaries(some.sampled_from(_SPELLINGS), _VALUES), max_size=6)


def looked_at(paths: list[Path], *, by_case: bool = False) -> tuple[set[str], set[str]]:
    from gluesandbox.reading import json_files
    from gluesandbox.reading.files import Files

    files = Files(None, (), tuple((path.name, path) for path in paths))  # type: ignore[arg-type]
    begins = {name.encode(): json_files._odd_begins(kind) for name, kind in KINDS.items()}
    return json_files._looked_at(files, begins, by_case=by_case)


def is_odd(name: str, value: Any) -> bool:
    whole = isinstance(KINDS[name], st.IntegralType)
    return (
        isinstance(KINDS[name], st.NumericType)
        and value is not None
        and (isinstance(value, (str, bool, list, dict)) or (whole and isinstance(value, float)))
    )


@given(_RECORDS, some.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " : ")]), some.booleans())
def test_keys_and_odd_values_are_those_of_the_records(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[dict[str, Any]],
    separators: tuple[str, str],
    by_case: bool,
) -> None:
    folder = tmp_path_factory.mktemp("lines")
    lines = [json.dumps(record, separators=separators) + "\n" for record in records]
    (folder / "a.json").write_text("".join(lines[:3]))
    (folder / "b.json.gz").write_bytes(gzip.compress("".join(lines[3:]).encode()))
    found = [
        (key, key if by_case else key.lower(), value)
        for record in records
        for key, value in record.items()
        if (key if by_case else key.lower()) in KINDS
    ]
    spelled, odd = looked_at([folder / "a.json", folder / "b.json.gz"], by_case=by_case)
    assert spelled == ({*KINDS} if by_case else {key for key, _, _ in found})
    assert odd == {key for key, name, value in found if is_odd(name, value)}

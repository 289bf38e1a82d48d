import datetime as dt
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.athena.numbers import java_double
from sandbox.athena.sql.values import writer_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (0.001, "0.001"),
        (0.0009, "9.0E-4"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (1.5e300, "1.5E300"),
        (-123456789.5, "-1.234567895E8"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_doubles_are_written_as_java_does(value: float, text: str) -> None:
    assert java_double(value) == text


@given(st.floats(allow_nan=False))
def test_a_written_double_reads_back(value: float) -> None:
    assert float(java_double(value)) == value


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_written_real_reads_back(value: float) -> None:
    read = struct.unpack("f", struct.pack("f", float(java_double(value, single=True))))[0]
    assert read == value


def test_nested_values() -> None:
    write = writer_of("map(varchar, array(row(a integer, b timestamp(3))))")
    moment = dt.datetime(2020, 1, 2, 3, 4, 5, 678_901)  # noqa: DTZ001 - a timestamp without zone
    value = [("k", [{"a": 1, "b": moment}, {"a": None, "b": None}, None])]
    assert write(value) == "{k=[{a=1, b=2020-01-02 03:04:05.678}, {a=null, b=null}, null]}"
    assert write([]) == "{}"

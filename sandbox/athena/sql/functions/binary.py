"""Functions of binaries: codes, hashes and big-endian numbers; what they are in DuckDB."""

import base64
import binascii
import hashlib
import hmac
import struct
import zlib
from collections.abc import Callable

from sandbox.athena.errors import bad_argument
from sandbox.athena.sql.functions.base import (
    Function,
    Helper,
    fail,
    macro,
    missing,
    taking,
)


def _keyed(name: str) -> Helper:
    return Helper(
        f"hmac_{name}",
        lambda data, key: hmac.new(key, data, name).digest(),
        ("BLOB", "BLOB"),
        "BLOB",
    )


def _packed(name: str, form: str, kind: str) -> Helper:
    return Helper(f"to_{name}", lambda value: struct.pack(form, value), (kind,), "BLOB")


def _unpacked(name: str, form: str, kind: str) -> Helper:
    def one(data: bytes) -> object:
        size = struct.calcsize(form)
        if len(data) != size:
            raise bad_argument(f"expected {size}-byte input, but instead found {len(data)} bytes")
        return struct.unpack(form, data)[0]

    return Helper(f"from_{name}", one, ("BLOB",), kind)


def _decoded(name: str, decode: Callable[[str], bytes]) -> Helper:
    def one(text: str) -> bytes:
        try:
            return decode(text)
        except (ValueError, binascii.Error):
            raise bad_argument(f"Invalid {name} input: {text}") from None

    return Helper(f"from_{name}", one, ("VARCHAR",), "BLOB")


def _padded(text: str, size: int) -> str:
    return text + "=" * (-len(text) % size)


_NUMBERS = {
    "big_endian_32": (">i", "INTEGER", "integer"),
    "big_endian_64": (">q", "BIGINT", "bigint"),
    "ieee754_32": (">f", "REAL", "real"),
    "ieee754_64": (">d", "DOUBLE", "double"),
}
_TEXTS: dict[str, tuple[Callable[[bytes], bytes], Callable[[str], bytes]]] = {
    "base32": (base64.b32encode, lambda text: base64.b32decode(_padded(text, 8))),
    "base64": (base64.b64encode, lambda text: base64.b64decode(_padded(text, 4), validate=True)),
    "base64url": (
        base64.urlsafe_b64encode,
        lambda text: base64.b64decode(_padded(text, 4), b"-_", validate=True),
    ),
}
_HASHES = ("md5", "sha1", "sha256", "sha512")

_P1, _P2, _P3 = 11400714785074694791, 14029467366897019727, 1609587929392839161
_P4, _P5 = 9650029242287828579, 2870177450012600261
_MASK = (1 << 64) - 1


def _turned(value: int, by: int) -> int:
    value &= _MASK
    return (value << by | value >> (64 - by)) & _MASK


def _round(state: int, lane: int) -> int:
    return _turned(state + lane * _P2, 31) * _P1 & _MASK


def _xxhash64(data: bytes) -> bytes:
    at = 0
    if len(data) >= 32:  # noqa: PLR2004 - a stripe of the algorithm, https://xxhash.com
        lanes = [_P1 + _P2, _P2, 0, -_P1]
        while at + 32 <= len(data):
            words = struct.unpack_from("<4Q", data, at)
            lanes = [_round(lane, word) for lane, word in zip(lanes, words, strict=True)]
            at += 32
        state = sum(_turned(lane, by) for lane, by in zip(lanes, (1, 7, 12, 18), strict=True))
        for lane in lanes:
            state = ((state ^ _round(0, lane)) * _P1 + _P4) & _MASK
    else:
        state = _P5
    state += len(data)
    while at + 8 <= len(data):
        state = _turned(state ^ _round(0, struct.unpack_from("<Q", data, at)[0]), 27) * _P1 + _P4
        at += 8
    if at + 4 <= len(data):
        state = _turned(state ^ struct.unpack_from("<I", data, at)[0] * _P1, 23) * _P2 + _P3
        at += 4
    for byte in data[at:]:
        state = _turned(state ^ byte * _P5, 11) * _P1
    state &= _MASK
    state = (state ^ state >> 33) * _P2 & _MASK
    state = (state ^ state >> 29) * _P3 & _MASK
    return struct.pack(">Q", state ^ state >> 32)


_OF_BINARIES: list[Function] = [
    macro("crc32", ("b", "python_crc32(b)"), kind="bigint"),
    *(macro(n, ("b", f"unhex({n}(b))"), kind="varbinary") for n in ("md5", "sha1", "sha256")),
    macro("sha512", ("b", "python_sha512(b)"), kind="varbinary"),
    *(macro(f"hmac_{n}", ("b, k", f"python_hmac_{n}(b, k)"), kind="varbinary") for n in _HASHES),
    macro("xxhash64", ("b", "python_xxhash64(b)"), kind="varbinary"),
    *(
        macro(f"from_{n}", ("b", f"python_from_{n}(b)"), kind=k)
        for n, (_, _, k) in _NUMBERS.items()
    ),
    *(macro(f"to_{n}", ("b", f"python_to_{n}(b)"), kind="varchar") for n in _TEXTS),
    macro("to_hex", ("b", "hex(b)"), kind="varchar"),
]

FUNCTIONS: list[Function] = [
    *taking("varbinary", _OF_BINARIES),
    *(macro(f"to_{n}", ("x", f"python_to_{n}(x)"), kind="varbinary") for n in _NUMBERS),
    *(
        macro(f"from_{n}", ("s", f"python_from_{n}(CAST(s AS VARCHAR))"), kind="varbinary")
        for n in _TEXTS
    ),
    macro(
        "from_hex",
        (
            "s",
            (
                "CASE WHEN length(s) % 2 = 0 OR s IS NULL THEN unhex(s) ELSE unhex(CAST("
                + fail("'INVALID_FUNCTION_ARGUMENT: invalid input length ' || length(s)")
                + " AS VARCHAR)) END"
            ),
        ),
        kind="varbinary",
    ),
    macro("uuid", ("", "CAST(gen_random_uuid() AS VARCHAR)"), kind="uuid"),
    *missing("murmur3 spooky_hash_v2_32 spooky_hash_v2_64"),
]

HELPERS = [
    Helper("crc32", zlib.crc32, ("BLOB",), "BIGINT"),
    Helper("sha512", lambda data: hashlib.sha512(data).digest(), ("BLOB",), "BLOB"),
    *map(_keyed, _HASHES),
    Helper("xxhash64", _xxhash64, ("BLOB",), "BLOB"),
    *(_packed(name, form, kind) for name, (form, kind, _) in _NUMBERS.items()),
    *(_unpacked(name, form, kind) for name, (form, kind, _) in _NUMBERS.items()),
    *(
        Helper(f"to_{n}", lambda data, encode=encode: encode(data).decode(), ("BLOB",), "VARCHAR")
        for n, (encode, _) in _TEXTS.items()
    ),
    *(_decoded(name, decode) for name, (_, decode) in _TEXTS.items()),
]

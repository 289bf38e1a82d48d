import pytest

from tests.sandbox.athena.conftest import Lake

CALLS: list[tuple[str, str | None]] = [
    ("substr(X'4FE15FF5', 2, 2)", "e1 5f"),
    ("substr(X'4FE15FF5', 2)", "e1 5f f5"),
    ("substring(X'4FE15FF5' FROM -2)", "5f f5"),
    ("substr(X'4F', -5)", ""),
    ("substr(X'4F', 1, 0)", ""),
    ("substr(CAST(NULL AS varbinary), 1)", None),
    ("typeof(substr(X'41', 1))", "varbinary"),
    ("reverse(X'4FE15FF5')", "f5 5f e1 4f"),
    ("lpad(X'1234', 7, X'4524')", "45 24 45 24 45 12 34"),
    ("lpad(X'1234', 1, X'45')", "12"),
    ("rpad(X'1234', 5, X'45')", "12 34 45 45 45"),
    ("from_hex(NULL)", None),
    ("to_hex(md5(X'61'))", "0CC175B9C0F1B6A831C399E269772661"),
    ("to_hex(sha1(X''))", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"),
    ("to_hex(sha256(X'61'))", "CA978112CA1BBDCAFAC231B39A23DC4DA786EFF8147C4E72B9807785AFEE48BB"),
    ("crc32(to_utf8('abc'))", "891568578"),
    ("to_hex(xxhash64(to_utf8('hello')))", "26C7827D889F6DA3"),
    ("to_hex(hmac_md5(X'61', X'62'))", "5E69FAE25F4B4F3E8CC5DE09A8163520"),
    (
        "to_hex(sha512(X''))",
        "CF83E1357EEFB8BDF1542850D66D8007D620E4050B5715DC83F4A921D36CE9CE47D0D13C5D85F2B0FF8318D2877EEC2F63B931BD47417A81A538327AF927DA3E",
    ),
    ("to_base64(X'00FF')", "AP8="),
    ("from_base64('AP8=')", "00 ff"),
    ("to_base64url(X'FBFF')", "-_8="),
    ("from_base64url('-_8=')", "fb ff"),
    ("to_base32(X'61')", "ME======"),
    ("from_hex('0aFF')", "0a ff"),
    ("to_big_endian_64(1)", "00 00 00 00 00 00 00 01"),
    ("from_big_endian_64(X'0000000000000001')", "1"),
    ("to_big_endian_32(1)", "00 00 00 01"),
    ("to_ieee754_64(1.0)", "3f f0 00 00 00 00 00 00"),
    ("from_ieee754_64(X'3FF0000000000000')", "1.0"),
    ("to_ieee754_32(CAST(1.0 AS REAL))", "3f 80 00 00"),
    ("from_ieee754_32(X'3F800000')", "1.0"),
    ("from_big_endian_32(X'00000001')", "1"),
    ("from_base32('ME======')", "61"),
    (
        "to_hex(hmac_sha1(to_utf8('The quick brown fox jumps over the lazy dog'), to_utf8('key')))",
        "DE7C9B85B8B78AA6BC8A7A36F70A90701C9DB4D9",
    ),
    (
        "to_hex(hmac_sha256(to_utf8('The quick brown fox jumps over the lazy dog'), to_utf8('key')))",
        "F7BC83F430538424B13298E6AA6FB143EF4D59A14946175997479DBC2D1A3CD8",
    ),
    ("length(hmac_sha512(X'61', X'62'))", "64"),
    (
        "to_hex(xxhash64(to_utf8('The quick brown fox jumps over the lazy dog')))",
        "0B242D361FDA71BC",
    ),
]


FAILURES = [
    ("from_hex('fff')", "INVALID_FUNCTION_ARGUMENT: invalid input length 3"),
    ("lpad(X'12', 3, X'')", "Padding string must not be empty"),
]


@pytest.mark.parametrize(("call", "value"), CALLS)
def test_value(shared_lake: Lake, call: str, value: str | None) -> None:
    assert shared_lake.value(f"SELECT {call}") == value


@pytest.mark.parametrize(("call", "error"), FAILURES)
def test_failure(shared_lake: Lake, call: str, error: str) -> None:
    assert error in shared_lake.error(f"SELECT {call}")

import pytest

from tests.sandbox.athena.conftest import Lake

CALLS: list[tuple[str, str | None]] = [
    ("regexp_count('1a 2b 14m','\\s*[a-z]+\\s*')", "3"),
    ("regexp_extract('1a 2b 14m','\\d+')", "1"),
    ("regexp_extract('1a 2b 14m','(\\d+)([a-z]+)',2)", "a"),
    ("regexp_extract_all('1a 2b 14m','\\d+')", "[1, 2, 14]"),
    ("regexp_extract_all('1a 2b 14m','(\\d+)([a-z]+)',2)", "[a, b, m]"),
    ("regexp_like('1a 2b 14m','\\d+b')", "true"),
    ("regexp_position('I have 23 apples, 5 pears and 13 oranges','\\b\\d+\\b')", "8"),
    ("regexp_position('I have 23 apples, 5 pears and 13 oranges','\\b\\d+\\b',12)", "19"),
    ("regexp_position('I have 23 apples, 5 pears and 13 oranges','\\b\\d+\\b',12,2)", "31"),
    ("regexp_position('a','x')", "-1"),
    ("regexp_replace('1a 2b 14m','\\d+[ab] ')", "14m"),
    ("regexp_replace('1a 2b 14m','(\\d+)([ab]) ','3c$2 ')", "3ca 3cb 14m"),
    ("regexp_split('1a 2b 14m','\\s*[a-z]+\\s*')", "[1, 2, 14, ]"),
    ("regexp_replace('ab','(?<n>a)','${n}x')", "axb"),
    ("regexp_replace('a.b','\\.','\\$')", "a$b"),
    ("regexp_like('foobar','foo(?=bar)')", "true"),
    ("regexp_extract('aa','(a)\\1')", "aa"),
    ("regexp_replace('aXbX','(?<=a)X','-')", "a-bX"),
    ("regexp_split('aXbX', '(?<=a)X')", "[a, bX]"),
    ("regexp_count('aXbX', '(?<=a)X')", "1"),
    ("regexp_extract_all('aXbXaX', '(?<=a)X')", "[X, X]"),
]


@pytest.mark.parametrize(("call", "value"), CALLS)
def test_value(shared_lake: Lake, call: str, value: str | None) -> None:
    assert shared_lake.value(f"SELECT {call}") == value

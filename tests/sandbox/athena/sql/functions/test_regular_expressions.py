import re

import pytest

from tests.sandbox.athena.conftest import Lake

CALLS: list[tuple[str, str | None]] = [
    ("regexp_like('ABC', '\\p{Lower}')", "false"),
    ("regexp_extract('ABcd', '\\p{Lower}+')", "cd"),
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
    # Groups that take no part in a match
    ("regexp_extract('b','(a)?b',1)", None),
    ("regexp_extract_all('ab','(a)|b',1)", "[a, null]"),
    ("regexp_extract_all('x','a')", "[]"),
    ("regexp_extract('x','(a)',7)", None),
    # Empty matches, also right after another one
    ("regexp_replace('x','.*','xxxxx')", "xxxxxxxxxx"),
    ("regexp_replace('abc','','-')", "-a-b-c-"),
    ("regexp_count('abab','(ab)?')", "3"),
    ("regexp_extract_all('ab','b*')", "[, b, ]"),
    ("regexp_split('abc','')", "[, a, b, c, ]"),
    ("regexp_split('a1b','(\\d)')", "[a, b]"),
    ("regexp_split('a',CAST(NULL AS varchar))", None),
    # As many digits as name a group
    ("regexp_replace('ab','(a)','$10')", "a0b"),
    ("regexp_replace('ab','(a)','$01')", "ab"),
    ("regexp_replace('abcdefghijk','(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)','$10$1')", "jak"),
    ("regexp_replace('b','(a)?b','[$1]')", "[]"),
    ("regexp_replace('a','x','$')", "a"),
    ("regexp_like('é','\\p{L}(?=$)')", "true"),
]
# Java's errors; of a replacement only where something matches.
ERRORS = [
    ("regexp_extract('abc','(b)',2)", "Pattern has 1 groups. Cannot access group 2"),
    ("regexp_extract_all('abc','b',1)", "Pattern has 0 groups. Cannot access group 1"),
    ("regexp_extract('abc','(b)',-1)", "Group cannot be negative"),
    ("regexp_position('abc','b',0)", "start position cannot be smaller than 1"),
    ("regexp_position('abc','b',1,0)", "occurrence cannot be smaller than 1"),
    ("regexp_replace('abc','b','$')", "Illegal replacement sequence: $"),
    ("regexp_replace('abc','b','$x')", "Illegal replacement sequence: $x"),
    ("regexp_replace('abc','b','\\')", "Illegal replacement sequence: \\"),
    ("regexp_replace('abc','b','$1')", "unknown group 1"),
    ("regexp_replace('abc','(?<n>b)','${m}')", "unknown group { m }"),
]


@pytest.mark.parametrize(("call", "value"), CALLS)
def test_value(shared_lake: Lake, call: str, value: str | None) -> None:
    assert shared_lake.value(f"SELECT {call}") == value


@pytest.mark.parametrize(("call", "value"), CALLS)
def test_pattern_of_a_column(shared_lake: Lake, call: str, value: str | None) -> None:
    found = re.fullmatch(r"(\w+\('[^']*', ?)('[^']*'|CAST\(NULL AS varchar\))(.*\))", call)
    assert found
    begin, pattern, end = found.groups()
    assert shared_lake.value(f"SELECT {begin}p{end} FROM (VALUES {pattern}) t(p)") == value


@pytest.mark.parametrize(("call", "message"), ERRORS)
def test_error(shared_lake: Lake, call: str, message: str) -> None:
    assert message in shared_lake.error(f"SELECT {call}")

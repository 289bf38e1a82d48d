import pytest

from tests.sandbox.athena.conftest import Lake

CALLS: list[tuple[str, str | None]] = [
    ("chr(65)", "A"),
    ("codepoint('A')", "65"),
    ("concat('a','b','c')", "abc"),
    ("'a' || 'b'", "ab"),
    ("concat_ws(',', 'a', NULL, 'b')", "a,b"),
    ("concat_ws(NULL, 'a')", None),
    ("concat_ws('-', ARRAY['x', NULL, 'y'])", "x-y"),
    ("format('%s%%', 123)", "123%"),
    ("format('%.5f', pi())", "3.14159"),
    ("format('%03d', 8)", "008"),
    ("format('%,.2f', 1234567.891)", "1,234,567.89"),
    ("format('%-7s,%7s|', 'hello', 'world')", "hello  ,  world|"),
    ("format('%2$s %1$s', 'a', 'b')", "b a"),
    ("format('%d', 1)", "1"),
    ("format('%.1f', 0.25)", "0.3"),
    ("format('%x', 255)", "ff"),
    ("format('%s', DATE '2020-01-01')", "2020-01-01"),
    ("format('%b', true)", "true"),
    ("hamming_distance('abc','abd')", "1"),
    ("length('häß')", "3"),
    ("length(X'0102')", "2"),
    ("levenshtein_distance('kitten','sitting')", "3"),
    ("lower('ÄB')", "äb"),
    ("lpad('abc', 5, 'xy')", "xyabc"),
    ("rpad('abc', 5, 'xy')", "abcxy"),
    ("lpad('abc', 2, 'x')", "ab"),
    ("'[' || trim('  a\t ') || ']'", "[a]"),
    ("'[' || ltrim('\n a ') || ']'", "[a ]"),
    ("'[' || rtrim(' a \n') || ']'", "[ a]"),
    ("trim(BOTH 'x' FROM 'xxaxx')", "a"),
    ("trim(LEADING 'x' FROM 'xax')", "ax"),
    ("luhn_check('79927398713')", "true"),
    ("luhn_check('79927398714')", "false"),
    ("normalize('é')", "é"),
    ("normalize('ﬁ', NFKC)", "fi"),
    ("position('b' IN 'abc')", "2"),
    ("strpos('abcabc','c')", "3"),
    ("strpos('abcabc','c',2)", "6"),
    ("strpos('abcabc','x')", "0"),
    ("strpos('abcabc','c',-1)", "6"),
    ("strpos('abc','')", "1"),
    ("replace('abcabc','b')", "acac"),
    ("replace('abc','b','xx')", "axxc"),
    ("replace('ab','','-')", "-a-b-"),
    ("reverse('abc')", "cba"),
    ("reverse(ARRAY[1,2,3])", "[3, 2, 1]"),
    ("soundex('Robert')", "R163"),
    ("soundex('Rupert')", "R163"),
    ("soundex('Tymczak')", "T522"),
    ("split('a,b,c', ',')", "[a, b, c]"),
    ("split('a,b,c', ',', 2)", "[a, b,c]"),
    ("split('a,b,c', ',', 9)", "[a, b, c]"),
    ("split('', ',')", "[]"),
    ("split_part('a-b-c','-',2)", "b"),
    ("split_part('a-b','-',5)", None),
    ("split_to_map('a=1,b=2', ',', '=')", "{a=1, b=2}"),
    ("split_to_multimap('a=1,a=2,b=3', ',', '=')", "{a=[1, 2], b=[3]}"),
    ("starts_with('abc','ab')", "true"),
    ("substr('abc',2)", "bc"),
    ("substr('abc',-2)", "bc"),
    ("substr('abc',2,1)", "b"),
    ("substr('abc',9)", ""),
    ("substr('abc',0)", ""),
    ("translate('abcd','abc','xy')", "xyd"),
    ("translate('palhoça','ç','c')", "palhoca"),
    ("to_utf8('a')", "61"),
    ("from_utf8(X'61')", "a"),
    ("from_utf8(X'61FF')", "a�"),
    ("from_utf8(X'61FF','?')", "a?"),
    ("concat(ARRAY[1],ARRAY[2],ARRAY[3])", "[1, 2, 3]"),
    ("ends_with('abc', 'bc')", "true"),
    ("upper('äb')", "ÄB"),
]
FAILURES = [
    ("split('a', '')", "INVALID_FUNCTION_ARGUMENT: The delimiter may not be the empty string"),
    ("split_part('a','-',0)", "INVALID_FUNCTION_ARGUMENT: Index must be greater than zero"),
    ("split_to_map('a=1,a=2', ',', '=')", "Duplicate"),
    ("split_to_map('a', ',', '=')", "Key-value delimiter must appear exactly once"),
]


@pytest.mark.parametrize(("call", "value"), CALLS)
def test_value(shared_lake: Lake, call: str, value: str | None) -> None:
    assert shared_lake.value(f"SELECT {call}") == value


@pytest.mark.parametrize(("call", "error"), FAILURES)
def test_failure(shared_lake: Lake, call: str, error: str) -> None:
    assert error in shared_lake.error(f"SELECT {call}")

import pytest

from tests.sandbox.athena.conftest import Lake

CALLS: list[tuple[str, str | None]] = [
    ("array_distinct(ARRAY[3,1,3,NULL,2,NULL])", "[3, 1, null, 2]"),
    ("array_distinct(ARRAY['b','a','b'])", "[b, a]"),
    ("array_except(ARRAY[3,1,1,2],ARRAY[2])", "[3, 1]"),
    ("array_intersect(ARRAY[5,3,1,3],ARRAY[1,3])", "[3, 1]"),
    ("array_union(ARRAY[3,1],ARRAY[2,3])", "[3, 1, 2]"),
    ("array_join(ARRAY[1,NULL,3],'-')", "1-3"),
    ("array_join(ARRAY[1,NULL,3],'-','x')", "1-x-3"),
    ("array_join(ARRAY['a'],',')", "a"),
    ("array_max(ARRAY[1,3,2])", "3"),
    ("array_max(ARRAY[1,NULL])", None),
    ("array_min(ARRAY[2,1])", "1"),
    ("array_position(ARRAY['a','b'],'b')", "2"),
    ("array_position(ARRAY['a'],'x')", "0"),
    ("array_position(ARRAY['a'],NULL)", None),
    ("array_remove(ARRAY[1,2,1,NULL],1)", "[2, null]"),
    ("array_sort(ARRAY[3,NULL,1,2])", "[1, 2, 3, null]"),
    ("array_sort(ARRAY[3,1,2], (x, y) -> IF(x < y, 1, IF(x = y, 0, -1)))", "[3, 2, 1]"),
    ("array_sort(ARRAY['bc','ab','dc'], (x, y) -> IF(x < y, 1, IF(x = y, 0, -1)))", "[dc, bc, ab]"),
    (
        "array_sort(ARRAY['a','abcd','abc'], (x, y) -> IF(length(x) < length(y), -1, IF(length(x) = length(y), 0, 1)))",
        "[a, abc, abcd]",
    ),
    ("arrays_overlap(ARRAY[1,2],ARRAY[2,3])", "true"),
    ("arrays_overlap(ARRAY[1],ARRAY[2])", "false"),
    ("arrays_overlap(ARRAY[1,NULL],ARRAY[2])", None),
    ("any_match(ARRAY[1,NULL], x -> x > 5)", None),
    ("any_match(ARRAY[9,NULL], x -> x > 5)", "true"),
    ("all_match(ARRAY[9,NULL], x -> x > 5)", None),
    ("all_match(ARRAY[1,NULL], x -> x > 5)", "false"),
    ("none_match(ARRAY[1,2], x -> x > 5)", "true"),
    ("none_match(ARRAY[9], x -> x > 5)", "false"),
    ("cardinality(ARRAY[1,2])", "2"),
    ("cardinality(MAP(ARRAY['a'],ARRAY[1]))", "1"),
    ("cardinality(ARRAY[])", "0"),
    ("combinations(ARRAY['foo','bar','boo'],2)", "[[foo, bar], [foo, boo], [bar, boo]]"),
    ("contains(ARRAY[1,2],2)", "true"),
    ("contains(ARRAY[1,NULL],2)", None),
    ("contains(ARRAY[1],2)", "false"),
    ("contains_sequence(ARRAY[1,2,3],ARRAY[2,3])", "true"),
    ("element_at(ARRAY[1,2],-1)", "2"),
    ("element_at(ARRAY[1,2],5)", None),
    ("element_at(MAP(ARRAY['a'],ARRAY[1]),'x')", None),
    ("element_at(MAP(ARRAY['a'],ARRAY[1]),'a')", "1"),
    ("filter(ARRAY[], x -> true)", "[]"),
    ("filter(ARRAY[5,-6,NULL,7], x -> x > 0)", "[5, 7]"),
    ("flatten(ARRAY[ARRAY[1],NULL,ARRAY[2,3]])", "[1, 2, 3]"),
    ("ngrams(ARRAY['foo','bar','baz','foo'],2)", "[[foo, bar], [bar, baz], [baz, foo]]"),
    ("ngrams(ARRAY['foo','bar'],4)", "[[foo, bar]]"),
    ("reduce(ARRAY[5,20,50], 0, (s, x) -> s + x, s -> s)", "75"),
    ("reduce(ARRAY[5,20,NULL,50], 0, (s, x) -> s + COALESCE(x, 0), s -> s)", "75"),
    ("reduce(ARRAY[], 0, (s, x) -> s + x, s -> s)", "0"),
    ("reduce(ARRAY[5,6,10,20], 0.0, (s, x) -> s + x, s -> s / 2)", "20.5"),
    ("reduce(ARRAY['a','b'], '', (s, x) -> s || x, s -> s)", "ab"),
    (
        "reduce(ARRAY[5,6,10,20], CAST(ROW(0.0, 0) AS ROW(sum DOUBLE, count INTEGER)), (s, x) -> CAST(ROW(x + s.sum, s.count + 1) AS ROW(sum DOUBLE, count INTEGER)), s -> IF(s.count = 0, NULL, s.sum / s.count))",
        "10.25",
    ),
    ("repeat('x', 3)", "[x, x, x]"),
    ("repeat(1, 0)", "[]"),
    ("repeat(1, NULL)", None),
    ("sequence(1, 5, 2)", "[1, 3, 5]"),
    ("sequence(5, 1)", "[5, 4, 3, 2, 1]"),
    ("sequence(5, 1, -2)", "[5, 3, 1]"),
    ("sequence(DATE '2024-01-01', DATE '2024-01-03')", "[2024-01-01, 2024-01-02, 2024-01-03]"),
    (
        "sequence(DATE '2024-01-31', DATE '2024-03-31', INTERVAL '1' MONTH)",
        "[2024-01-31, 2024-02-29, 2024-03-31]",
    ),
    (
        "sequence(TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-01 02:00:00', INTERVAL '1' HOUR)",
        "[2024-01-01 00:00:00.000, 2024-01-01 01:00:00.000, 2024-01-01 02:00:00.000]",
    ),
    ("slice(ARRAY[1,2,3,4],2,2)", "[2, 3]"),
    ("slice(ARRAY[1,2,3,4],-2,2)", "[3, 4]"),
    ("slice(ARRAY[1,2],5,1)", "[]"),
    ("slice(ARRAY[1,2],-5,2)", "[]"),
    ("trim_array(ARRAY[1,2,3,4],2)", "[1, 2]"),
    ("transform(ARRAY[5,6], x -> x + 1)", "[6, 7]"),
    ("transform(ARRAY[5,NULL,6], x -> COALESCE(x,0) + 1)", "[6, 1, 7]"),
    ("transform(ARRAY['x','abc'], x -> x || '0')", "[x0, abc0]"),
    (
        "transform(ARRAY[ARRAY[1,NULL,2],ARRAY[3]], a -> filter(a, x -> x IS NOT NULL))",
        "[[1, 2], [3]]",
    ),
    ("transform(ARRAY[7,8], x -> x / 2)", "[3, 4]"),
    (
        "zip(ARRAY[1,2],ARRAY['1b',NULL,'3b'])",
        "[{field0=1, field1=1b}, {field0=2, field1=null}, {field0=null, field1=3b}]",
    ),
    (
        "zip_with(ARRAY[1,3,5],ARRAY['a','b','c'],(x,y) -> (y, x))",
        "[{field0=a, field1=1}, {field0=b, field1=3}, {field0=c, field1=5}]",
    ),
    ("zip_with(ARRAY['a','b','c'],ARRAY['d','e','f'],(x,y) -> concat(x,y))", "[ad, be, cf]"),
    ("zip_with(ARRAY['a'],ARRAY['d',NULL,'f'],(x,y) -> coalesce(x,y))", "[a, null, f]"),
    ("zip(ARRAY[1], CAST(NULL AS array(bigint)))", None),
    ("zip_with(CAST(NULL AS array(bigint)), ARRAY[1], (x,y) -> y)", None),
    ("shuffle(ARRAY[1])", "[1]"),
    ("ARRAY[1] || ARRAY[2]", "[1, 2]"),
    ("ARRAY[1] || 2", "[1, 2]"),
    ("2 || ARRAY[1]", "[2, 1]"),
    ("ARRAY[4,5] || ARRAY[ARRAY[1,2],ARRAY[3,4]]", "[[4, 5], [1, 2], [3, 4]]"),
    ("contains('10.0.0.0/8', IPADDRESS '10.255.255.255')", "true"),
    ("contains('10.0.0.0/8', CAST('11.1.2.3' AS IPADDRESS))", "false"),
    ("contains('2001:0db8::/32', IPADDRESS '2001:db8::1')", "true"),
]
FAILURES = [
    ("repeat(1, -1)", "count argument of repeat function must be greater than or equal to 0"),
    ("element_at(ARRAY[1],0)", "SQL array indices start at 1"),
    (
        "ARRAY[1,2][3]",
        "INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length: 3 > 2",
    ),
    ("ARRAY[1,2][0]", "SQL array indices start at 1"),
    ("sequence(1, 5, -1)", "sequence stop value should be greater"),
]


@pytest.mark.parametrize(("call", "value"), CALLS)
def test_value(shared_lake: Lake, call: str, value: str | None) -> None:
    assert shared_lake.value(f"SELECT {call}") == value


@pytest.mark.parametrize(("call", "error"), FAILURES)
def test_failure(shared_lake: Lake, call: str, error: str) -> None:
    assert error in shared_lake.error(f"SELECT {call}")

import pytest

from tests.sandbox.athena.conftest import Lake

CALLS: list[tuple[str, str | None]] = [
    ("cosine_similarity(MAP(ARRAY['a','b'], ARRAY[1E0,NULL]), MAP(ARRAY['b'], ARRAY[3E0]))", None),
    ("MAP()", "{}"),
    ("MAP(ARRAY[],ARRAY[])", "{}"),
    ("MAP(ARRAY['a','b'],ARRAY[1,2])", "{a=1, b=2}"),
    ("map_concat(MAP(ARRAY['a','b'],ARRAY[1,2]), MAP(ARRAY['b'],ARRAY[3]))", "{a=1, b=3}"),
    ("map_entries(MAP(ARRAY[1,2],ARRAY['x','y']))", "[{field0=1, field1=x}, {field0=2, field1=y}]"),
    ("map_from_entries(ARRAY[(1,'x'),(2,'y')])", "{1=x, 2=y}"),
    ("multimap_from_entries(ARRAY[(1,'x'),(2,'y'),(1,'z')])", "{1=[x, z], 2=[y]}"),
    (
        "map_filter(MAP(ARRAY[10,20,30],ARRAY['a',NULL,'c']), (k,v) -> v IS NOT NULL)",
        "{10=a, 30=c}",
    ),
    ("map_filter(MAP(ARRAY['k1','k2'],ARRAY[20,3]), (k,v) -> v > 10)", "{k1=20}"),
    ("map_keys(MAP(ARRAY['a'],ARRAY[1]))", "[a]"),
    ("map_values(MAP(ARRAY['a'],ARRAY[1]))", "[1]"),
    ("transform_keys(MAP(ARRAY[1,2],ARRAY['a','b']), (k,v) -> k + 1)", "{2=a, 3=b}"),
    (
        "transform_keys(MAP(ARRAY['a','b'],ARRAY[1,2]), (k,v) -> k || CAST(v AS VARCHAR))",
        "{a1=1, b2=2}",
    ),
    ("transform_values(MAP(ARRAY[1,2],ARRAY[10,20]), (k,v) -> v * k)", "{1=10, 2=40}"),
    ("transform_values(MAP(ARRAY['a'],ARRAY[1]), (k, v) -> k || CAST(v AS VARCHAR))", "{a=a1}"),
    (
        "map_zip_with(MAP(ARRAY[1],ARRAY[2]), CAST(NULL AS map(integer,integer)), (k,v1,v2) -> v1)",
        None,
    ),
    (
        "map_zip_with(MAP(ARRAY[1,2,3],ARRAY['a','b','c']), MAP(ARRAY[1,2,3],ARRAY['d','e','f']), (k,v1,v2) -> concat(v1,v2))",
        "{1=ad, 2=be, 3=cf}",
    ),
    (
        "map_zip_with(MAP(ARRAY['k1','k2'],ARRAY[1,2]), MAP(ARRAY['k2','k3'],ARRAY[4,9]), (k,v1,v2) -> (v1, v2))",
        "{k1={field0=1, field1=null}, k2={field0=2, field1=4}, k3={field0=null, field1=9}}",
    ),
    ("cosine_similarity(MAP(ARRAY['a'], ARRAY[1.0]), MAP(ARRAY['a'], ARRAY[2.0]))", "1.0"),
]
FAILURES = [
    ("MAP(ARRAY['a'],ARRAY[1])['b']", "INVALID_FUNCTION_ARGUMENT: Key not present in map: b"),
    ("MAP(ARRAY['a'],ARRAY[1])['b']", "INVALID_FUNCTION_ARGUMENT: Key not present in map: b"),
    ("MAP(ARRAY['a','a'],ARRAY[1,2])", "Duplicate map keys"),
]


@pytest.mark.parametrize(("call", "value"), CALLS)
def test_value(shared_lake: Lake, call: str, value: str | None) -> None:
    assert shared_lake.value(f"SELECT {call}") == value


@pytest.mark.parametrize(("call", "error"), FAILURES)
def test_failure(shared_lake: Lake, call: str, error: str) -> None:
    assert error in shared_lake.error(f"SELECT {call}")

import pytest

from tests.sandbox.athena.conftest import Lake

CALLS: list[tuple[str, str | None]] = [
    ('json_format(json_parse(\'{"b":1,"a":  2}\'))', '{"a":2,"b":1}'),
    ("json_parse('[1, 2.50, \"x\", null]')", '[1,2.5,"x",null]'),
    ("JSON '{\"z\": [1 , 2]}'", '{"z":[1,2]}'),
    ("is_json_scalar('1')", "true"),
    ("is_json_scalar('[1]')", "false"),
    ("json_array_contains('[1,2,3]',2)", "true"),
    ('json_array_contains(\'[1, "foo", null, [8], {"a": 8}, 8]\', 8)', "true"),
    ('json_array_contains(\'[1, "foo", "8.2"]\', 8.2)', "false"),
    ("json_array_contains('[1.0]', 1)", "false"),
    ("json_array_contains('[1]', 1.0)", "false"),
    ("json_array_contains('[[2.5], 2.5]', 2.5)", "true"),
    ("json_array_contains('[\"a\"]','a')", "true"),
    ("json_array_contains('[true]',true)", "true"),
    ("json_array_contains('[1]',5)", "false"),
    # A text comes without its quotes, and null is NULL.
    ('json_array_get(\'["a",[3,9],"c"]\',0)', "a"),
    ('json_array_get(\'["a",[3,9],"c"]\',-1)', "c"),
    ('json_array_get(\'["a",[3,9],"c"]\',1)', "[3,9]"),
    ("json_array_get('[null]',0)", None),
    ("json_array_get('[1.0]',0)", "1.0"),
    ("json_array_get('[1]',5)", None),
    ("json_array_length('[1,2]')", "2"),
    ("json_array_length('{}')", None),
    ("json_array_length('bad')", None),
    ("json_extract('{\"a\":{\"b\":[1,2]}}','$.a.b')", "[1,2]"),
    ("json_extract('{\"a\":{\"b\":[1,2]}}','$.a.b[1]')", "2"),
    ("json_extract('{\"a-b\":1}','$.a-b')", "1"),
    ("json_extract('{\"a.b\":1}','$[\"a.b\"]')", "1"),
    ("json_extract('{\"a\":1}','$.x')", None),
    ("json_extract('{\"a\":1}','$[a]')", "1"),
    ("json_extract('{\"é:b\":1}','$.é:b')", "1"),
    ('json_extract(\'{"a\\"b":1}\',\'$["a\\"b"]\')', "1"),
    ("json_extract('{\"a\":null}','$.a')", "null"),
    ("json_extract('bad','$.a')", None),
    ("json_extract_scalar('{\"a\":true}','$.a')", "true"),
    ("json_extract_scalar('{\"a\":1.50}','$.a')", "1.50"),
    ("json_extract_scalar('{\"a\":\"x\"}','$.a')", "x"),
    ("json_extract_scalar('{\"a\":null}','$.a')", None),
    ("json_extract_scalar('{\"a\":[1]}','$.a')", None),
    ("json_extract_scalar('[1,2]','$[1]')", "2"),
    ('json_size(\'{"x":{"a":1,"b":2}}\',\'$.x\')', "2"),
    ("json_size('{\"x\":[1,2,3]}','$.x')", "3"),
    ("json_size('{\"x\":1}','$.x')", "0"),
    ("json_value('{\"a\":1}','lax $.a')", "1"),
    ("json_exists('{\"a\":1}','lax $.a')", "true"),
    ("json_exists('{\"a\":1}','lax $.b')", "false"),
    ("json_value('{\"a b\":[5]}', 'lax $.\"a b\"[0] ')", "5"),
    ("json_format(json_parse('[1, 2.50, 1e10]'))", "[1,2.5,1.0E10]"),
    ("json_array('a', 1, true)", '["a",1,true]'),
    ("json_object('a': 1, 'b': 'x')", '{"a":1,"b":"x"}'),
    ("json_extract('{\"a\":1}', concat('$', '.a'))", "1"),
    ("json_query('{\"a\":[1,2]}', 'lax $.a')", "[1,2]"),
    ('json_query(\'{"a":{"b":"x"}}\', \'lax $.a.b\')', '"x"'),
    ("json_value('{\"a\":1}', 'lax $.b' DEFAULT 'z' ON EMPTY)", "z"),
    ("json_value('{\"a\":1}', 'lax $.a' RETURNING integer) + 1", "2"),
    ("json_array(1, NULL, 'x')", '[1,"x"]'),
]
FAILURES = [
    ("is_json_scalar('[1')", "INVALID_FUNCTION_ARGUMENT: Invalid JSON value: [1"),
    (
        "CAST(json_array_get('[\"a\"]',0) AS varchar)",
        "INVALID_CAST_ARGUMENT: Cannot cast what is no JSON: a",
    ),
    ("json_parse('bad')", "INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON: 'bad'"),
    ("json_extract('{}','$.[')", "Invalid JSON path"),
    *(
        (f"json_extract_scalar('{{\"a\":1}}', {path})", "Invalid JSON path")
        for path in ("''", "'a'", "' $.a'", "'$.a '", "'$[''a'']'", "'$.\"a\"'", "'$[ 0 ]'")
    ),
    ("json_extract('{}', p) FROM (VALUES 'a') t(p)", "Invalid JSON path: 'a'"),
]


@pytest.mark.parametrize(("call", "value"), CALLS)
def test_value(shared_lake: Lake, call: str, value: str | None) -> None:
    assert shared_lake.value(f"SELECT {call}") == value


@pytest.mark.parametrize(("call", "error"), FAILURES)
def test_failure(shared_lake: Lake, call: str, error: str) -> None:
    assert error in shared_lake.error(f"SELECT {call}")

import pytest

from tests.sandbox.athena.conftest import BUCKET, Lake


@pytest.fixture(scope="module")
def people(shared_lake: Lake) -> Lake:
    shared_lake.table(
        "people",
        "id int; name string; score double; born date; tags array<string>; "
        "extra map<string,int>; home struct<city:string,zip:int>",
        lines=[
            {
                "id": 1,
                "name": "Ann",
                "score": 1.5,
                "born": "2000-01-31",
                "tags": ["a", "b"],
                "extra": {"x": 1},
                "home": {"City": "Rome", "zip": 5},
            },
            {"id": 2, "name": "Bob", "score": 2.5, "born": "2000-03-01", "tags": []},
        ],
    )
    return shared_lake


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT count(*) FROM people", [["2"]]),
        ("SELECT ID, Name FROM People ORDER BY id DESC", [["2", "Bob"], ["1", "Ann"]]),
        ('SELECT "p"."id" FROM "awsdatacatalog"."lake"."people" p WHERE p.id = 1', [["1"]]),
        ("SELECT lake.people.id FROM lake.people ORDER BY 1 LIMIT 1", [["1"]]),
        (
            "SELECT 7 / 2, -7 / 2, 7 % 3, 10.0 / 3, 7 / 2.0",
            [["3", "-3", "1", "3.3333333333333335", "3.5"]],
        ),
        ("SELECT sum(id), avg(id), sum(score) FROM people", [["3", "1.5", "4.0"]]),
        ("SELECT count_if(id > 1), approx_distinct(id) FROM people", [["1", "2"]]),
        (
            "SELECT max_by(name, id), min_by(name, id), arbitrary(1) FROM people",
            [["Bob", "Ann", "1"]],
        ),
        (
            "SELECT count(*) FILTER (WHERE id > 1), array_agg(id ORDER BY id) FROM people",
            [["1", "[1, 2]"]],
        ),
        ("SELECT listagg(name, ';') WITHIN GROUP (ORDER BY id) FROM people", [["Ann;Bob"]]),
        (
            "SELECT t.tag, t.n FROM people CROSS JOIN UNNEST(tags) WITH ORDINALITY AS t (tag, n)",
            [["a", "1"], ["b", "2"]],
        ),
        ("SELECT k, v FROM people CROSS JOIN UNNEST(extra) AS t (k, v)", [["x", "1"]]),
        (
            "SELECT p.id, t.tag FROM people p LEFT JOIN UNNEST(tags) AS t (tag) ON true WHERE p.id = 2",
            [["2", None]],
        ),
        ("SELECT * FROM UNNEST(ARRAY[1, 2], ARRAY['a']) AS t (n, s)", [["1", "a"], ["2", None]]),
        (
            "SELECT home.city, home.zip + 1, extra['x'], tags[1] FROM people WHERE id = 1",
            [["Rome", "6", "1", "a"]],
        ),
        (
            "SELECT tags, extra, home FROM people WHERE id = 1",
            [["[a, b]", "{x=1}", "{city=Rome, zip=5}"]],
        ),
        (
            "SELECT cardinality(tags), cardinality(extra), element_at(tags, 9) FROM people WHERE id = 1",
            [["2", "1", None]],
        ),
        (
            "SELECT born + INTERVAL '1' DAY, date_add('month', 1, born) FROM people WHERE id = 1",
            [["2000-02-01", "2000-02-29"]],
        ),
        (
            "SELECT date_diff('day', DATE '2020-01-01', DATE '2020-02-01'), year(born) FROM people WHERE id = 1",
            [["31", "2000"]],
        ),
        (
            "SELECT date_diff('day', TIMESTAMP '2020-01-01 12:00:00', TIMESTAMP '2020-01-02 06:00:00')",
            [["0"]],
        ),
        (
            "SELECT date_trunc('month', born), day_of_week(born) FROM people WHERE id = 1",
            [["2000-01-01", "1"]],
        ),
        ("SELECT from_unixtime(1655564444)", [["2022-06-18 15:00:44.000 UTC"]]),
        ("SELECT CAST(from_unixtime(1655564444) AS VARCHAR)", [["2022-06-18 15:00:44.000 UTC"]]),
        ("SELECT to_unixtime(TIMESTAMP '1970-01-01 00:00:01')", [["1.0"]]),
        (
            "SELECT date_format(TIMESTAMP '2020-01-02 03:04:05', '%Y/%m/%d %H:%i:%s')",
            [["2020/01/02 03:04:05"]],
        ),
        (
            "SELECT format_datetime(TIMESTAMP '2020-01-02 03:04:05', 'yyyy-MM-dd HH:mm')",
            [["2020-01-02 03:04"]],
        ),
        ("SELECT date_parse('02/01/2020', '%d/%m/%Y')", [["2020-01-02 00:00:00.000"]]),
        (
            "SELECT to_iso8601(TIMESTAMP '2020-01-02 03:04:05 UTC'), to_iso8601(DATE '2020-01-02')",
            [["2020-01-02T03:04:05Z", "2020-01-02"]],
        ),
        (
            "SELECT at_timezone(TIMESTAMP '2020-01-01 00:00:00 UTC', 'America/New_York')",
            [["2019-12-31 19:00:00 America/New_York"]],
        ),
        (
            "SELECT TRY_CAST('x' AS INTEGER), TRY(CAST('x' AS INTEGER)), CAST(2.5 AS BIGINT)",
            [[None, None, "3"]],
        ),
        (
            "SELECT regexp_like('abc', 'b'), regexp_extract('a1', '(\\d)', 1), regexp_extract('a', '\\d')",
            [["true", "1", None]],
        ),
        (
            "SELECT regexp_replace('a1b2', '(\\d)', '<$1>'), split('a,b', ',')",
            [["a<1>b<2>", "[a, b]"]],
        ),
        (
            "SELECT json_extract_scalar('{\"a\":{\"b\":1}}', '$.a.b'), json_extract_scalar('bad', '$.a'), json_extract_scalar('{\"a\":[1]}', '$.a')",
            [["1", None, None]],
        ),
        (
            "SELECT json_extract('{\"a\": [1, 2]}', '$.a'), json_array_length('[1,2]'), json_value('{\"a\":1}', 'lax $.a')",
            [["[1,2]", "2", "1"]],
        ),
        (
            "SELECT transform(ARRAY[1, 2], x -> x + 1), filter(ARRAY[1, 2], x -> x > 1)",
            [["[2, 3]", "[2]"]],
        ),
        ("SELECT reduce(ARRAY[1, 2, 3], 0, (s, x) -> s + x, s -> s * 2)", [["12"]]),
        (
            "SELECT any_match(ARRAY[1], x -> x > 0), all_match(ARRAY[1, -1], x -> x > 0), none_match(ARRAY[1], x -> x > 5)",
            [["true", "false", "true"]],
        ),
        ("SELECT zip_with(ARRAY[1, 2], ARRAY[3, 4], (x, y) -> x + y)", [["[4, 6]"]]),
        ("SELECT transform_values(MAP(ARRAY['a'], ARRAY[1]), (k, v) -> v + 1)", [["{a=2}"]]),
        ("SELECT map_filter(MAP(ARRAY['a', 'b'], ARRAY[1, 2]), (k, v) -> v > 1)", [["{b=2}"]]),
        (
            "SELECT ARRAY[1] || ARRAY[2], ARRAY[1] || 2, 0 || ARRAY[1], 'a' || 'b'",
            [["[1, 2]", "[1, 2]", "[0, 1]", "ab"]],
        ),
        (
            "SELECT greatest(1, NULL), greatest(1, 2), concat('a', NULL), coalesce(NULL, 'x')",
            [[None, "2", None, "x"]],
        ),
        (
            "SELECT 1e10, 0.1e0, 1e-5, 1e7, CAST('NaN' AS DOUBLE), 1e0 / 0e0",
            [["1.0E10", "0.1", "1.0E-5", "1.0E7", "NaN", "Infinity"]],
        ),
        ("SELECT CAST(0.1 AS REAL), CAST(16777216 AS REAL)", [["0.1", "1.6777216E7"]]),
        (
            "SELECT X'6162', true, NULL, ARRAY[1, NULL], MAP(), ROW(1, 'x')",
            [["61 62", "true", None, "[1, null]", "{}", "{field0=1, field1=x}"]],
        ),
        ("SELECT CAST(ROW(1, 'a') AS ROW(x INTEGER, y VARCHAR)).y", [["a"]]),
        (
            "SELECT typeof(1), typeof('ab'), typeof(1.50), typeof(ARRAY[1])",
            [["integer", "varchar(2)", "double", "array(integer)"]],
        ),
        (
            "SELECT DECIMAL '1.50', DECIMAL '-12345678901234567890.5', DECIMAL '007', typeof(DECIMAL '1.50')",
            [["1.50", "-12345678901234567890.5", "7", "decimal(3,2)"]],
        ),
        ("SELECT CAST('1.5' AS DECIMAL), CAST(2.4 AS DECIMAL) * 1.5", [["2", "3.0"]]),
        (
            "SELECT substr('abc', 0), substr('abc', 0, 2), substring('abc' FROM 0 FOR 2), substr('abc', -9)",
            [["", "", "", ""]],
        ),
        (
            "SELECT substr('abc', 2), substr('abc', -2, 1), substring('abc' FROM 3), substr(NULL, 0)",
            [["bc", "b", "c", None]],
        ),
        (
            "SELECT 'a' || NULL || 'b', X'01' || X'02', CASE WHEN true THEN 1 ELSE 1.5 END",
            [[None, "01 02", "1.0"]],
        ),
        ("SELECT DISTINCT p.name FROM people p ORDER BY p.name", [["Ann"], ["Bob"]]),
        ("SELECT regexp_position('abc', 'c'), trim_array(ARRAY[1, 2, 3], 1)", [["3", "[1, 2]"]]),
        ("SELECT id FROM people UNION ALL SELECT 5 ORDER BY 1 DESC LIMIT 1", [["5"]]),
        (
            "WITH a AS (SELECT id FROM people), b AS (SELECT id FROM a) SELECT count(*) FROM a JOIN b USING (id)",
            [["2"]],
        ),
        (
            "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT sum(n) FROM t",
            [["15"]],
        ),
        (
            "SELECT id, row_number() OVER (ORDER BY id DESC) FROM people ORDER BY 1",
            [["1", "2"], ["2", "1"]],
        ),
        (
            "SELECT id FROM people p WHERE EXISTS (SELECT 1 FROM people q WHERE q.id > p.id)",
            [["1"]],
        ),
        (
            "SELECT id, count(*) FROM people GROUP BY ROLLUP (id) ORDER BY 1",
            [["1", "1"], ["2", "1"], [None, "2"]],
        ),
        ("SELECT id FROM people ORDER BY id OFFSET 1 LIMIT ALL", [["2"]]),
        ("VALUES (1, 'a'), (2, 'b')", [["1", "a"], ["2", "b"]]),
        ("SELECT count(*) FROM people TABLESAMPLE BERNOULLI (100)", [["2"]]),
        (
            "SELECT approx_percentile(id, 0.5), approx_percentile(id, ARRAY[0.1, 0.9]) FROM people",
            [["1", "[1, 2]"]],
        ),
        (
            "SELECT sequence(1, 3), slice(ARRAY[1, 2, 3], -2, 2), array_join(ARRAY[1, NULL], '-', 'x')",
            [["[1, 2, 3]", "[2, 3]", "1-x"]],
        ),
        (
            "SELECT to_hex(md5(to_utf8('a'))), url_extract_host('https://u@a.b:1/c')",
            [["0CC175B9C0F1B6A831C399E269772661", "a.b"]],
        ),
        (
            "SELECT width_bucket(1.5, 1, 3, 4), from_base('ff', 16), bitwise_and(5, 3)",
            [["2", "255", "1"]],
        ),
        (
            "SELECT format('%s-%d', 'a', 1), split_part('a-b', '-', 2), codepoint('A')",
            [["a-1", "b", "65"]],
        ),
        (
            (
                "SELECT CAST(1.5e0 AS VARCHAR), CAST(id / 3e0 AS VARCHAR), CAST(0e0 AS VARCHAR), "
                "CAST(CAST(0.1 AS REAL) AS VARCHAR), CAST(-1e300 AS VARCHAR) FROM people LIMIT 1"
            ),
            [["1.5E0", "3.333333333333333E-1", "0E0", "1.0E-1", "-1.0E300"]],
        ),
        ("SELECT interval '1' day * 2", [["2 00:00:00.000"]]),
        (
            "SELECT CAST('abc' AS VARCHAR(2)), CAST(1 AS DECIMAL(5, 2)), sum(1.5), avg(2.50)",
            [["ab", "1.00", "1.5", "2.5"]],
        ),
    ],
)
def test_query(people: Lake, sql: str, expected: list[list[str | None]]) -> None:
    assert people.rows(sql) == expected


def test_columns_without_a_name_are_numbered(people: Lake) -> None:
    assert people.names("SELECT count(*), id AS Total, max(id), id FROM people GROUP BY id") == [
        "_col0",
        "Total",
        "_col2",
        "id",
    ]
    assert people.names("VALUES (1, 2)") == ["_col0", "_col1"]
    assert people.names("SELECT * FROM (VALUES (1, 2))") == ["_col0", "_col1"]
    assert people.names("SELECT t.* FROM (SELECT 1, 2 AS b, 3) t") == ["_col0", "b", "_col2"]


def test_two_columns_may_share_a_name(people: Lake) -> None:
    names = people.names("SELECT a.id, b.id FROM people a JOIN people b ON a.id = b.id")
    assert names == ["id", "id"]


def test_athenas_types_of_results(people: Lake) -> None:
    sql = (
        "SELECT count(*), sum(id), avg(id), max(name), max(score), max(born), true, 1.5, "
        "CAST(1 AS REAL), array_agg(id), now(), sum(CAST(1.5 AS DECIMAL(5, 2))), row_number() "
        "OVER (), current_date, json_parse('1'), X'00', localtimestamp FROM people"
    )
    assert people.types(sql) == [
        "bigint",
        "bigint",
        "double",
        "varchar",
        "double",
        "date",
        "boolean",
        "double",
        "float",
        "array",
        "timestamp with time zone",
        "decimal",
        "bigint",
        "date",
        "json",
        "varbinary",
        "timestamp",
    ]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT nope FROM people", "COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved"),
        (
            "SELECT id\nFROM people\nWHERE p.id = 1",
            "COLUMN_NOT_FOUND: line 3:7: Column 'p.id' cannot",
        ),
        ("SELECT id AS x FROM people WHERE x = 1", "COLUMN_NOT_FOUND: line 1:34: Column 'x'"),
        ("SELECT id AS x FROM people GROUP BY x", "COLUMN_NOT_FOUND: line 1:37: Column 'x'"),
        (
            "SELECT * FROM nope",
            "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.lake.nope' does not exist",
        ),
        ("SELECT * FROM nope.t", "SCHEMA_NOT_FOUND: line 1:15: Schema 'nope' does not exist"),
        ("SELECT * FROM cat.nope.t", "CATALOG_NOT_FOUND: line 1:15: Catalog 'cat' does not exist"),
        ("SELECT murmur3(X'00')", "NOT_SUPPORTED: line 1:8: The embedded Athena has no function"),
        ("SELECT foo(1)", "FUNCTION_NOT_FOUND: line 1:8: Function 'foo' not registered"),
        (
            "SELECT 1, position('b', 'abc')",
            "FUNCTION_NOT_FOUND: line 1:11: Function 'position' not",
        ),
        (
            "SELECT lower(id) FROM people",
            "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (integer) for function lower",
        ),
        ("SELECT sum(id, 1) FROM people", "FUNCTION_NOT_FOUND"),
        (
            "SELECT id, count(*) FROM people",
            "EXPRESSION_NOT_AGGREGATE: line 1:8: 'id' must be an aggregate",
        ),
        (
            "SELECT id FROM people WHERE count(*) > 1",
            "EXPRESSION_NOT_SCALAR: line 1:29: WHERE clause cannot contain aggregations",
        ),
        (
            "SELECT id FROM people WHERE name = 1",
            "TYPE_MISMATCH: line 1:34: Cannot apply operator: varchar = integer",
        ),
        (
            "SELECT id FROM people WHERE born = '2000-01-01'",
            "TYPE_MISMATCH: line 1:34: Cannot apply operator: date = varchar(10)",
        ),
        (
            "SELECT 'a' || id FROM people",
            "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (var",
        ),
        (
            "SELECT concat(name, '-', id) FROM people",
            "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar, varchar(1), integer) for",
        ),
        (
            "SELECT CASE WHEN id > 1 THEN name ELSE id END FROM people",
            "All CASE results must be the same type or coercible to a common type.",
        ),
        (
            "SELECT coalesce(born, name) FROM people",
            "TYPE_MISMATCH: line 1:8: All COALESCE operands must be the same type",
        ),
        ("SELECT 1 + 'a'", "TYPE_MISMATCH: line 1:10: Cannot apply operator: integer + varchar(1)"),
        (
            "SELECT id FROM people WHERE id IN (1, 'a')",
            "TYPE_MISMATCH: line 1:39: IN value and list items",
        ),
        (
            "SELECT id FROM people WHERE id BETWEEN 'a' AND 'b'",
            "TYPE_MISMATCH: line 1:29: Cannot check if integer is BETWEEN",
        ),
        (
            "SELECT id FROM people WHERE score",
            "TYPE_MISMATCH: line 1:29: WHERE clause must evaluate to a boolean: actual type double",
        ),
        (
            "SELECT id, name FROM people UNION SELECT id FROM people",
            "UNION query has different number of fields: 2, 1",
        ),
        (
            "SELECT id FROM people UNION SELECT name FROM people",
            "column 1 in UNION query has incompatible types: integer, varchar",
        ),
        ("SELECT id FROM people a, people b", "AMBIGUOUS_NAME: line 1:8: Column 'id' is ambiguous"),
        (
            "SELECT id FROM people ORDER BY 2",
            "INVALID_COLUMN_REFERENCE: line 1:32: ORDER BY position 2",
        ),
        (
            "SELECT id FROM people GROUP BY 2",
            "INVALID_COLUMN_REFERENCE: line 1:32: GROUP BY position 2",
        ),
        ("SELECT DISTINCT id FROM people ORDER BY name", "EXPRESSION_NOT_IN_DISTINCT: line 1:41"),
        ("SELECT x.* FROM people", "TABLE_NOT_FOUND: line 1:8: Unable to resolve reference x"),
        (
            "SELECT *",
            "COLUMN_NOT_FOUND: line 1:8: SELECT * not allowed in queries without FROM clause",
        ),
        (
            "SELECT date_add('day', 1)",
            "FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (varchar(3), integer) for function date_add",
        ),
        ("SELECT CAST(1 AS format)", "TYPE_NOT_FOUND: Unknown type"),
        ("SELECT CAST('x' AS INTEGER)", "INVALID_CAST_ARGUMENT: Cannot cast 'x' to INT"),
        ("SELECT 1 / (id - 1) FROM people", "DIVISION_BY_ZERO"),
        (
            "SELECT (SELECT id FROM people)",
            "SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows",
        ),
        ("SELECT 9223372036854775807 + 1", "NUMERIC_VALUE_OUT_OF_RANGE"),
        (
            "SELECT date_diff('fortnight', born, born) FROM people",
            "INVALID_FUNCTION_ARGUMENT: 'fortnight' is not a valid DATE field",
        ),
        (
            "SELECT * FROM people JOIN (SELECT 1 AS z) t USING (id)",
            "COLUMN_NOT_FOUND: line 1:52: Column 'id' is missing from right side of join",
        ),
        ("VALUES (1), (1, 2)", "Values rows have mismatched sizes"),
    ],
)
def test_wrong_query(people: Lake, sql: str, message: str) -> None:
    assert message in people.error(sql)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("CAST(IF(n = m, 'x', '1') AS integer)", "INVALID_CAST_ARGUMENT: Cannot cast 'x' to INT"),
        ("1 / IF(n = m, 0, 1)", "DIVISION_BY_ZERO: Division by zero"),
        ("CAST(IF(n = m, 300, 1) AS tinyint)", "NUMERIC_VALUE_OUT_OF_RANGE: Out of range"),
    ],
)
def test_an_error_far_from_the_first_row_has_its_name(
    people: Lake, column: str, message: str
) -> None:
    numbers = "FROM TABLE(sequence(1, 500000)) AS s(n), (VALUES 499999) AS t(m)"
    for sql in (
        f"SELECT {column} AS a {numbers}",
        f"UNLOAD (SELECT {column} AS a {numbers}) TO 's3://athena-data/late/' WITH (format = 'JSON')",
    ):
        assert people.error(sql).startswith(message)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT read_text('/etc/passwd')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM '/etc/passwd'",
        'SELECT * FROM "/etc/passwd"',
        "SELECT * FROM duckdb_settings()",
        "SELECT getenv('HOME')",
        "SELECT current_setting('allowed_directories')",
        "SELECT * FROM pragma_version()",
        "COPY (SELECT 1) TO '/tmp/x'",
        "ATTACH '/tmp/x.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ],
)
def test_nothing_but_tables_can_be_read(people: Lake, sql: str) -> None:
    assert people.error(sql)


def test_a_query_without_a_schema(people: Lake) -> None:
    assert "Schema must be specified when session schema is not set" in people.error(
        "SELECT * FROM people", database=None
    )
    assert people.rows("SELECT count(*) FROM lake.people", database=None) == [["2"]]


def test_hidden_columns_are_there_when_named_only(people: Lake) -> None:
    row = people.rows('SELECT "$path", "$file_size", count(*) FROM people GROUP BY 1, 2')[0]
    assert row[0] == f"s3://{BUCKET}/people/data.json"
    assert int(row[1] or 0) > 0
    assert people.names('SELECT *, "$path" FROM people')[-2:] == ["home", "$path"]
    assert "$path" not in people.names("SELECT * FROM people")
    assert people.types('SELECT "$file_modified_time" FROM people') == ["timestamp with time zone"]


def test_information_schema(people: Lake) -> None:
    assert people.rows(
        "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'lake'"
        " AND table_name = 'people'"
    ) == [["people", "BASE TABLE"]]
    columns = people.rows(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_name = 'people' ORDER BY ordinal_position"
    )
    assert columns[0] == ["id", "integer"]
    assert columns[-1] == ["home", "row(city varchar, zip integer)"]
    assert ["lake"] in people.rows("SELECT schema_name FROM information_schema.schemata")


def test_parameters_take_the_place_of_question_marks(people: Lake) -> None:
    sql = "SELECT id FROM people WHERE name = ? AND id > ? AND '?' = '?'"
    assert people.rows(sql, parameters=["'Ann'", "0"]) == [["1"]]
    assert people.rows(sql, parameters=["Ann", "0"]) == [["1"]]
    assert people.rows(sql, parameters=["x' OR '1' = '1", "0"]) == []
    assert "expected 2 but found 1" in people.error(sql, parameters=["'Ann'"])


def test_execute_a_prepared_statement(people: Lake) -> None:
    texts = {"one": "SELECT name FROM people WHERE id = ?"}
    assert people.rows("EXECUTE one USING 2", prepared=texts.get) == [["Bob"]]
    assert people.rows("EXECUTE one", prepared=texts.get, parameters=["1"]) == [["Ann"]]
    assert "Prepared statement not found: two" in people.error("EXECUTE two", prepared=texts.get)


def test_bytes_scanned(people: Lake) -> None:
    size = people.s3.head_object(Bucket=BUCKET, Key="people/data.json")["ContentLength"]
    assert people.run("SELECT count(*) FROM people").scanned == size
    assert people.run("SELECT 1").scanned == 0
    assert people.run("SELECT 1 FROM people a, people b").scanned == size


def test_a_new_version_of_an_object_is_seen(shared_lake: Lake) -> None:
    shared_lake.table("changing", "id int", lines=[{"id": 1}, {"id": 2}])
    assert shared_lake.value("SELECT count(*) FROM changing") == "2"
    shared_lake.put("changing/data.json", '{"id": 9}\n')
    assert shared_lake.rows("SELECT id FROM changing") == [["9"]]
    shared_lake.s3.delete_object(Bucket=BUCKET, Key="changing/data.json")
    assert shared_lake.rows("SELECT id FROM changing") == []

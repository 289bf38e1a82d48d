import pytest

from tests.sandbox.athena.conftest import Lake

CALLS: list[tuple[str, str | None]] = [
    ("CAST(JSON '\"HELLO\"' AS varchar)", "HELLO"),
    ("CAST('HELLO' AS JSON)", '"HELLO"'),
    ("CAST(1 AS JSON)", "1"),
    ("CAST(1.5 AS JSON)", "1.5"),
    ("CAST(true AS JSON)", "true"),
    ("CAST(nan() AS JSON)", '"NaN"'),
    ("CAST(ARRAY[1e0, -infinity()] AS JSON)", '[1.0,"-Infinity"]'),
    ("CAST(CAST(NULL AS double) AS JSON)", None),
    ("CAST(NULL AS JSON)", None),
    ("CAST(DATE '2020-01-01' AS JSON)", '"2020-01-01"'),
    ("CAST(ARRAY[1,NULL,3] AS JSON)", "[1,null,3]"),
    ("CAST(MAP(ARRAY['k2','k1'],ARRAY[1,23]) AS JSON)", '{"k1":23,"k2":1}'),
    (
        "CAST(CAST(ROW(123,'abc',true) AS ROW(v1 BIGINT, v2 VARCHAR, v3 BOOLEAN)) AS JSON)",
        '{"v1":123,"v2":"abc","v3":true}',
    ),
    ("CAST(ARRAY['a'] AS JSON)", '["a"]'),
    ("CAST(JSON '9223372036854775807' AS bigint)", "9223372036854775807"),
    ("CAST(JSON '1.5' AS double)", "1.5"),
    ("CAST(JSON 'true' AS boolean)", "true"),
    ("CAST(JSON 'null' AS varchar)", None),
    ("CAST(JSON '1' AS varchar)", "1"),
    ("CAST(JSON '\"5\"' AS integer)", "5"),
    ("CAST(JSON '[1,23,456]' AS ARRAY(INTEGER))", "[1, 23, 456]"),
    ('CAST(JSON \'{"k1":1,"k2":23}\' AS MAP(VARCHAR, INTEGER))', "{k1=1, k2=23}"),
    (
        'CAST(JSON \'{"v1":123,"v2":"abc","v3":true}\' AS ROW(v1 BIGINT, v2 VARCHAR, v3 BOOLEAN))',
        "{v1=123, v2=abc, v3=true}",
    ),
    (
        "CAST(JSON '[123,\"abc\",true]' AS ROW(v1 BIGINT, v2 VARCHAR, v3 BOOLEAN))",
        "{v1=123, v2=abc, v3=true}",
    ),
    ("CAST(JSON '[[1,23],456]' AS ARRAY(JSON))", "[[1,23], 456]"),
    ("CAST(2.5E0 AS integer)", "3"),
    ("CAST(-2.5E0 AS integer)", "-3"),
    ("CAST(2.5 AS bigint)", "3"),
    ("CAST(DECIMAL '2.5' AS integer)", "3"),
    ("CAST('5' AS integer)", "5"),
    ("CAST(true AS integer)", "1"),
    ("CAST(0 AS boolean)", "false"),
    ("CAST('true' AS boolean)", "true"),
    ("CAST('f' AS boolean)", "false"),
    ("TRY_CAST('1.5' AS integer)", None),
    ("TRY_CAST('2024/01/01' AS date)", None),
    ("TRY(CAST('x' AS integer))", None),
    ("CAST('2024-01-01' AS date)", "2024-01-01"),
    ("CAST('2024-01-01 10:00:00.5' AS timestamp)", "2024-01-01 10:00:00.500"),
    ("CAST('2024-01-01 10:00:00-0' AS timestamp)", "2024-01-01 10:00:00.000"),
    ("CAST(' 2024-01-01 1:2 Asia/Tokyo ' AS timestamp)", "2024-01-01 01:02:00.000"),
    ("CAST('2024-01-01 UTC' AS timestamp)", "2024-01-01 00:00:00.000"),
    ("CAST(MAP(ARRAY[1.5e0], ARRAY[2.5e0]) AS map(integer, integer))", "{2=3}"),
    ("CAST('2024-1-1' AS date)", "2024-01-01"),
    ("CAST(1.5 AS varchar)", "1.5E0"),
    ("CAST(DECIMAL '1.50' AS varchar)", "1.50"),
    ("CAST(DATE '2020-01-01' AS varchar)", "2020-01-01"),
    ("CAST(TIMESTAMP '2020-01-01 00:00:00' AS varchar)", "2020-01-01 00:00:00"),
    ("CAST(TIMESTAMP '2020-01-01 00:00:00.1234' AS varchar)", "2020-01-01 00:00:00.1234"),
    ("CAST(TIMESTAMP '2020-01-01 00:00:00.1 +01:00' AS varchar)", "2020-01-01 00:00:00.1 +01:00"),
    ("CAST(TIME '10:00' AS varchar)", "10:00:00"),
    (
        "CAST(ROW(ARRAY[TIMESTAMP '2020-01-01 00:00:00.123956']) AS ROW(a array(timestamp)))",
        "{a=[2020-01-01 00:00:00.124]}",
    ),
    ("json_format(CAST(TIMESTAMP '2020-01-01 00:00:00' AS json))", '"2020-01-01 00:00:00"'),
    ("CAST(DATE '-0001-01-02' AS varchar)", "-0001-01-02"),
    ("CAST(DATE '0000-01-02' AS varchar)", "0000-01-02"),
    ("CAST(DATE '12020-01-02' AS varchar)", "+12020-01-02"),
    ("CAST(123 AS varchar)", "123"),
    ("CAST('abc' AS varchar(2))", "ab"),
    ("CAST('a' AS char(3))", "a  "),
    ("CAST(true AS varchar)", "true"),
    ("CAST(TIMESTAMP '2020-01-01 01:02:03' AS time)", "01:02:03.000"),
    ("CAST(TIMESTAMP '2020-01-01 01:02:03' AS date)", "2020-01-01"),
    ("CAST(DATE '2020-01-01' AS timestamp)", "2020-01-01 00:00:00.000"),
    ("CAST(DECIMAL '0.1' AS double) + CAST(DECIMAL '0.2' AS double)", "0.30000000000000004"),
    ("CAST(2147483647 AS bigint) + 1", "2147483648"),
    ("CAST('a' AS char(3)) = 'a'", "true"),
    ("CAST('a' AS char(3)) = CAST('a' AS char(5))", "true"),
    ("CAST('a' AS char(3)) <> 'a '", "false"),
    ("CAST('a' AS char(3)) IN ('b', 'a')", "true"),
    ("CAST('a' AS char(3)) IS DISTINCT FROM 'a'", "false"),
    ("CAST('a' AS char(3)) BETWEEN 'a' AND 'b'", "true"),
    ("CASE CAST('a' AS char(3)) WHEN 'b' THEN 1 WHEN 'a' THEN 2 END", "2"),
    ("count(*) FROM (VALUES CAST('a' AS char(3))) a(x) JOIN (VALUES 'a') b(y) ON x = y", "1"),
    ("CAST('a' AS char(3)) = (SELECT 'a')", "true"),
    ("CAST('a' AS char(3)) IN (SELECT CAST('a' AS char(3)))", "true"),
    ("'a ' = 'a'", "false"),
    # The digits of a double are what is rounded.
    ("CAST(1.005 AS decimal(3,2))", "1.01"),
    ("CAST(-1.005 AS decimal(3,2))", "-1.01"),
    ("CAST(1e0 / 3 AS decimal(20,18))", "0.333333333333333300"),
    ("CAST(1e20 AS decimal(38,0))", "100000000000000000000"),
    ("CAST(5e-7 AS decimal(10,6))", "0.000001"),
    ("CAST(REAL '12.3' AS decimal(10,3))", "12.300"),
    ("CAST(CAST(NULL AS double) AS decimal(3,2))", None),
    ("CAST(DECIMAL '0.05' AS varchar)", "0.05"),
    ("CAST(DECIMAL '-0.05' AS varchar)", "-0.05"),
    ("json_format(CAST(ARRAY[DECIMAL '0.05'] AS json))", "[0.05]"),
    # A row is an object by its fields' names, which may be none.
    ("CAST(ROW(1, 'x') AS json)", '{"":1,"":"x"}'),
    ("CAST(ARRAY[CAST(ROW(1) AS ROW(a integer))] AS json)", '[{"a":1}]'),
    ("CAST(CAST(NULL AS ROW(a integer)) AS json)", None),
    ("CAST(JSON '{\"A\":1}' AS ROW(a integer))", "{a=1}"),
    ("CAST(JSON '{\"b\":2}' AS ROW(a integer, b integer))", "{a=null, b=2}"),
    ("CAST(JSON '128.9' AS varchar)", "1.289E2"),
    ("CAST(JSON '0.0' AS varchar)", "0E0"),
    ("CAST(JSON '128' AS varchar)", "128"),
    ("CAST(-0e0 AS varchar)", "-0E0"),
    ("CAST(INTERVAL '1' DAY AS varchar)", "1 00:00:00.000"),
    ("CAST(INTERVAL '-90' MINUTE AS varchar)", "-0 01:30:00.000"),
    ("CAST(INTERVAL '14' MONTH AS varchar)", "1-2"),
    ("CAST(INTERVAL '-14' MONTH AS varchar)", "-1-2"),
    ("CAST('Infinity' AS double)", "Infinity"),
    ("CAST(' 1.5e3 ' AS double)", "1500.0"),
    ("CAST(1e300 AS real)", "Infinity"),
    ("CAST(-1e300 AS real)", "-Infinity"),
    ("CAST(nan() AS real)", "NaN"),
    (
        "CAST('12151FD2-7586-11e9-8f9e-2a86e4085a59' AS uuid)",
        "12151fd2-7586-11e9-8f9e-2a86e4085a59",
    ),
    ("regexp_like(CAST(current_time AS varchar), '^..:..:..[.]...[+]00:00$')", "true"),
]
FAILURES = [
    # What DuckDB takes for a number, and Java does not.
    ("CAST('inf' AS double)", "INVALID_CAST_ARGUMENT: Cannot cast 'inf' to DOUBLE"),
    ("CAST('1_000' AS real)", "INVALID_CAST_ARGUMENT: Cannot cast '1_000' to REAL"),
    ("CAST('1_000' AS decimal(10,2))", "Value is not a number."),
    # Hive's names, and those of other databases.
    ("CAST(1 AS string)", "TYPE_NOT_FOUND: Unknown type: string"),
    ("TRY_CAST(1 AS text)", "Unknown type: text"),
    ("CAST(1 AS float)", "Unknown type: float"),
    ("CAST(NULL AS datetime)", "Unknown type: datetime"),
    ("CAST(1 AS int8)", "Unknown type: int8"),
    ("CAST(NULL AS array(string))", "Unknown type: array(string)"),
    ("CAST(NULL AS map<varchar, bool>)", "Unknown type: map(varchar, bool)"),
    # Types beyond the limits of Trino's.
    *(
        (f"CAST(NULL AS {kind})", f"INVALID_FUNCTION_ARGUMENT: {error}")
        for kind, error in (
            ("decimal(39)", "DECIMAL precision must be in range [1, 38]: 39"),
            ("decimal(0, 0)", "DECIMAL precision must be in range [1, 38]: 0"),
            ("map(varchar, decimal(2, 3))", "DECIMAL scale must be in range [0, precision (2)]: 3"),
            ("char(65537)", "CHAR length must be in range [0, 65536], got 65537"),
        )
    ),
    *(
        (f"CAST(NULL AS {kind})", f"TYPE_NOT_FOUND: Unknown type: {kind}")
        for kind in (
            *("decimal(1, 2, 3)", "decimal(a)", "decimal(5.5)", "char(a)", "varchar(1, 2)"),
            *("char(1, 2)", "timestamp(a)", "timestamp(1, 2)"),
        )
    ),
    ("CAST(NULL AS interval day to second)", "has no CAST to INTERVAL"),
    ("CAST('x' AS uuid)", "INVALID_CAST_ARGUMENT: Cannot cast value to UUID: x"),
    ("CAST('2020-02-30' AS date)", "Value cannot be cast to date: 2020-02-30"),
    ("CAST('25:00' AS time)", "Value cannot be cast to time: 25:00"),
    (
        "CAST(JSON '\"abcde\"' AS varchar(4))",
        "INVALID_CAST_ARGUMENT: Cannot cast '\"abcde\"' to varchar(4)",
    ),
    # Types between which there is no cast.
    ("CAST(X'61' AS varchar)", "Cannot cast varbinary to varchar"),
    ("CAST(ARRAY[1] AS varchar)", "Cannot cast array(integer) to varchar"),
    ("CAST(ROW(1) AS varchar)", "Cannot cast row(integer) to varchar"),
    ("CAST(ROW(1) AS ROW(a integer, b integer))", "Cannot cast row(integer) to row("),
    ("CAST(DATE '2020-01-01' AS integer)", "Cannot cast date to integer"),
    ("CAST(now() AS bigint)", "Cannot cast timestamp(3) with time zone to bigint"),
    ("TRY_CAST(1 AS date)", "Cannot cast integer to date"),
    ("CAST('a' AS array(varchar))", "Cannot cast varchar(1) to array(varchar)"),
    ("CAST(JSON '1' AS date)", "Cannot cast json to date"),
    ("CAST(uuid() AS json)", "Cannot cast uuid to json"),
    ("CAST('1.5' AS integer)", "INVALID_CAST_ARGUMENT: Cannot cast '1.5' to INT"),
    ("CAST('1e3' AS bigint)", "INVALID_CAST_ARGUMENT: Cannot cast '1e3' to BIGINT"),
    ("CAST('9999999999' AS integer)", "INVALID_CAST_ARGUMENT: Cannot cast '9999999999' to INT"),
    ("CAST('300' AS tinyint)", "INVALID_CAST_ARGUMENT: Cannot cast '300' to TINYINT"),
    ("CAST('x' AS real)", "INVALID_CAST_ARGUMENT: Cannot cast 'x' to REAL"),
    ("CAST(40000 AS smallint)", "NUMERIC_VALUE_OUT_OF_RANGE: Out of range for smallint: 40000"),
    ("CAST(1e10 AS integer)", "NUMERIC_VALUE_OUT_OF_RANGE: Out of range for integer: 1.0E10"),
    ("CAST(1e20 AS bigint)", "INVALID_CAST_ARGUMENT: Unable to cast 1.0E20 to bigint"),
    ("CAST(nan() AS tinyint)", "INVALID_CAST_ARGUMENT: Cannot cast double NaN to tinyint"),
    (
        "CAST('x' AS decimal(5,2))",
        "INVALID_CAST_ARGUMENT: Cannot cast VARCHAR 'x' to DECIMAL(5, 2). Value is not a number.",
    ),
    ("CAST('1234' AS decimal(5,2))", "to DECIMAL(5, 2). Value too large."),
    ("CAST(1234 AS decimal(5,2))", "Cannot cast INTEGER '1234' to DECIMAL(5, 2)"),
    ("CAST(1e9 AS decimal(5,2))", "Cannot cast DOUBLE '1.0E9' to DECIMAL(5, 2)"),
    (
        "CAST(DECIMAL '1234.5' AS decimal(5,2))",
        "INVALID_CAST_ARGUMENT: Cannot cast DECIMAL '1234.5' to DECIMAL(5, 2)",
    ),
    (
        "CAST(DECIMAL '12345.67' AS tinyint)",
        "INVALID_CAST_ARGUMENT: Cannot cast '12346' to TINYINT",
    ),
    ("CAST('yes' AS boolean)", "INVALID_CAST_ARGUMENT: Cannot cast 'yes' to BOOLEAN"),
    (
        "CAST('2024/01/01' AS date)",
        "INVALID_CAST_ARGUMENT: Value cannot be cast to date: 2024/01/01",
    ),
    (
        "CAST('2024-01-01 10:00:00' AS date)",
        "INVALID_CAST_ARGUMENT: Value cannot be cast to date: 2024-01-01 10:00:00",
    ),
    (
        "CAST('2024-01-01T10:00:00' AS timestamp)",
        "INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: 2024-01-01T10:00:00",
    ),
    ("CAST(12345 AS varchar(3))", "cannot be represented as varchar(3)"),
    ("CAST('2024-01-01 10:60 UTC' AS timestamp)", "cannot be cast to timestamp: 2024-01-01 10:60"),
]


@pytest.mark.parametrize(("call", "value"), CALLS)
def test_value(shared_lake: Lake, call: str, value: str | None) -> None:
    assert shared_lake.value(f"SELECT {call}") == value


@pytest.mark.parametrize(("call", "error"), FAILURES)
def test_failure(shared_lake: Lake, call: str, error: str) -> None:
    assert error in shared_lake.error(f"SELECT {call}")


def test_nothing_of_duckdbs_follows_the_reason(shared_lake: Lake) -> None:
    assert shared_lake.error("SELECT CAST('x' AS decimal)").endswith("Value is not a number.")

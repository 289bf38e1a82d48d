"""Forms of queries that Trino's grammar has and DuckDB's has not, or means otherwise."""

import re

import pytest

from tests.sandbox.athena.conftest import BUCKET, Lake

ROW = "CAST(ROW('x', 1) AS ROW(n VARCHAR, a INTEGER))"
USING = "(VALUES (1, 2)) a(x, k) JOIN (VALUES (BIGINT '2', 3)) b(k, y)"
OUTER = USING.replace("JOIN", "FULL JOIN").replace("'2'", "'7'")


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT count(*) * 100.0 / 3 FROM (VALUES 1, 2) t(x)", [["66.66666666666667"]]),
        ("SELECT X'68 65', x'', 'X''68 65'''", [["68 65", "", "X'68 65'"]]),
        ("SELECT 1/0.0, 1/-0.0, 0/0.0", [["Infinity", "-Infinity", "NaN"]]),
        (
            "SELECT * FROM (VALUES ROW ('a', 1), ROW ('b', 2)) t (x, y)",
            [["a", "1"], ["b", "2"]],
        ),
        (
            "SELECT a.x, b.y FROM ((SELECT 1 x) a LEFT JOIN (SELECT 1 x, 2 y) b ON (a.x = b.x))",
            [["1", "2"]],
        ),
        (
            (
                "SELECT a.x, b.y, c.z FROM (((SELECT 1 x) a JOIN (SELECT 1 x, 2 y) b ON a.x = b.x) "
                "JOIN (VALUES (1, 3)) c (x, z) ON c.x = a.x)"
            ),
            [["1", "2", "3"]],
        ),
        ("SELECT t.x FROM ((SELECT 1 x)) t", [["1"]]),
        ("SELECT x, count(*) FROM (VALUES 1) t(x) GROUP BY ALL x", [["1", "1"]]),
        (
            "SELECT x NOT LIKE p ESCAPE '\\' FROM (VALUES ('a%', 'a\\%'), ('b', NULL)) t(x, p)",
            [["false"], [None]],
        ),
        ("SELECT * FROM TABLE(sequence(1, 3))", [["1"], ["2"], ["3"]]),
        (
            "SELECT s.sequential_number FROM TABLE(sequence(start => 5, stop => 1, step => -2)) s",
            [["5"], ["3"], ["1"]],
        ),
        (
            "SELECT count(*) FROM TABLE(sequence(start => 1, stop => 20000))",
            [["20000"]],
        ),
        (
            "SELECT x FROM (VALUES 1, 2, 2) t(x) ORDER BY x DESC FETCH FIRST 1 ROW WITH TIES",
            [["2"], ["2"]],
        ),
        (
            (
                "SELECT x AS y, count(*) FROM (VALUES 1, 2, 3, 3) t(x) GROUP BY x ORDER BY 2 "
                "FETCH FIRST 1 ROW WITH TIES"
            ),
            [["1", "1"], ["2", "1"]],
        ),
        (
            "SELECT x FROM (VALUES 1, 2, 2, 3) t(x) ORDER BY x OFFSET 1 FETCH NEXT 1 ROW WITH TIES",
            [["2"], ["2"]],
        ),
        ("SELECT x FROM (VALUES 1, 2) t(x) ORDER BY x FETCH FIRST 1 ROW ONLY", [["1"]]),
        (f"SELECT r, r.n FROM UNNEST(ARRAY[{ROW}]) AS t (r)", [["{n=x, a=1}", "x"]]),
        (f"SELECT n, b FROM UNNEST(ARRAY[{ROW}]) AS t (n, b)", [["x", "1"]]),
        (f"SELECT n, a FROM UNNEST(ARRAY[{ROW}])", [["x", "1"]]),
        (
            f"SELECT r.n, i FROM UNNEST(ARRAY[{ROW}, NULL]) WITH ORDINALITY AS t (r, i)",
            [["x", "1"], [None, "2"]],
        ),
        (
            "SELECT k, v FROM (SELECT MAP(ARRAY['a'], ARRAY[1]) m) CROSS JOIN UNNEST(m) AS t (k, v)",
            [["a", "1"]],
        ),
        (
            (
                "SELECT if(NULL, 2, 3), CASE x WHEN 1 THEN 2 END, NOT NULL, m['k'], sum(NULL) "
                "FROM (VALUES (1, MAP(ARRAY['k'], ARRAY[4]))) t(x, m) GROUP BY x, m"
            ),
            [["3", "2", None, "4", None]],
        ),
        (
            "SELECT d, x FROM (UNNEST(sequence(1, 3)) t (d) JOIN (VALUES 2) u(x) ON x < d)",
            [["3", "2"]],
        ),
        # The columns of USING stand once and first, and under no table's name.
        (f"SELECT *, typeof(k) FROM {USING} USING (k)", [["2", "1", "3", "bigint"]]),
        (f"SELECT a.*, b.* FROM {USING} USING (k)", [["1", "3"]]),
        (
            f"SELECT * FROM {USING} USING (k) LEFT JOIN (VALUES (3, 'z')) c(y, z) USING (y)",
            [["3", "2", "1", "z"]],
        ),
        (
            f"SELECT * FROM {USING} USING (k) JOIN (VALUES ('z', 2)) c(z, k) USING (k) ORDER BY 2",
            [["2", "1", "3", "z"]],
        ),
        (
            f"SELECT * FROM {OUTER} USING (k) ORDER BY 1",
            [["2", "1", None], ["7", None, "3"]],
        ),
        ("SELECT current_schema, current_catalog", [["lake", "awsdatacatalog"]]),
        # An outer join with LATERAL or UNNEST is one for each row of the left side.
        (
            "SELECT a, b FROM (SELECT 1 WHERE false) t(a) RIGHT JOIN UNNEST(ARRAY[2]) u(b) ON TRUE",
            [],
        ),
        (
            "SELECT b FROM (VALUES ARRAY[1], ARRAY[]) t(a) FULL JOIN UNNEST(a) u(b) ON TRUE",
            [["1"], [None]],
        ),
        (
            "SELECT b FROM (VALUES 1) t(a) FULL JOIN LATERAL (SELECT 2 WHERE false) u(b) ON TRUE",
            [[None]],
        ),
        *(
            (
                f"SELECT {items} FROM (VALUES ROW(CAST(ROW(7, ROW(8, 'x')) AS ROW(q int, s ROW(int, varchar))))) t(r)",
                rows,
            )
            for items, rows in (
                ("r.*", [["7", "{field0=8, field1=x}"]]),
                ("t.r.q, t.r.s.*", [["7", "8", "x"]]),
                ("(ROW(1, 'a')).*, CAST(NULL AS ROW(a int)).*", [["1", "a", None]]),
                (
                    "t.*, r[1], transform(ARRAY[r], x -> x[1] + 1)",
                    [["{q=7, s={field0=8, field1=x}}", "7", "[8]"]],
                ),
            )
        ),
        (
            (
                "SELECT x, row_number() OVER (ORDER BY x DESC) FROM (VALUES IPADDRESS '9.0.0.0', "
                "IPADDRESS '10.0.0.0', IPADDRESS '::1') t(x) ORDER BY x"
            ),
            [["::1", "3"], ["9.0.0.0", "2"], ["10.0.0.0", "1"]],
        ),
        # USING gives its column a type of both.
        (
            "SELECT *, k, typeof(k) FROM (VALUES (1, 2)) x(k, b) JOIN (VALUES (1e0, 3)) y(k, c) USING (k)",
            [["1.0", "2", "3", "1.0", "double"]],
        ),
        (
            "SELECT K, count(*) FROM (VALUES 1) x(k) LEFT JOIN (VALUES 1e0) y(k) USING (k) GROUP BY k ORDER BY k",
            [["1.0", "1"]],
        ),
        (
            (
                "SELECT cardinality(filter(a, x -> x > 0)), count(*) FROM (VALUES ARRAY[1, 2], ARRAY[0, 3], ARRAY[4]) "
                "t(a) GROUP BY cardinality(filter(a, y -> y > 0)) ORDER BY 1"
            ),
            [["1", "2"], ["2", "1"]],
        ),
        *(
            (f"SELECT {value}", [[expected]])
            for value, expected in (
                ("MAP(ARRAY[1, 3], ARRAY[2, 4]) = MAP(ARRAY[3, 1], ARRAY[4, 2])", "true"),
                ("MAP(ARRAY[1, 3], ARRAY[2, 4]) <> MAP(ARRAY[3, 1], ARRAY[4, 2])", "false"),
                (
                    "MAP(ARRAY['k', 'p'], ARRAY[NULL, 3]) = MAP(ARRAY['k', 'p'], ARRAY[NULL, 3])",
                    None,
                ),
                (
                    "MAP(ARRAY['k', 'p'], ARRAY[3, 4]) = MAP(ARRAY['k', 'p'], ARRAY[NULL, 3])",
                    "false",
                ),
                ("MAP(ARRAY[1], ARRAY[2]) = MAP(ARRAY[1, 2], ARRAY[2, 2])", "false"),
                ("MAP() = MAP()", "true"),
                (
                    "MAP(ARRAY[1], ARRAY[1]) IN (MAP(ARRAY[2], ARRAY[1]), MAP(ARRAY[1], ARRAY[1]))",
                    "true",
                ),
                ("ROW(MAP(ARRAY[1, 3], ARRAY[2, 4])) = ROW(MAP(ARRAY[3, 1], ARRAY[4, 2]))", "true"),
                ("nan() BETWEEN nan() AND nan()", "false"),
                ("1e0 BETWEEN 1 AND nan()", "false"),
                ("typeof(CAST('bar' AS char)) || CAST('bar' AS char)", "char(1)b"),
                ("CAST(REAL '3.14' AS JSON)", "3.14"),
                ("IPADDRESS '::1' < IPADDRESS '1.2.3.5'", "true"),
                (
                    "IPADDRESS '10.9.1.2' BETWEEN IPADDRESS '10.10.0.0' AND IPADDRESS '10.255.0.0'",
                    "false",
                ),
                ("IPADDRESS '10.9.1.2' >= CAST(NULL AS ipaddress)", None),
                (
                    "CAST(X'12151fd2758611e98f9e2a86e4085a59' AS UUID)",
                    "12151fd2-7586-11e9-8f9e-2a86e4085a59",
                ),
                (
                    "to_hex(CAST(UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59' AS VARBINARY))",
                    "12151FD2758611E98F9E2A86E4085A59",
                ),
                ("CAST(MAP(ARRAY[nan(), 1e10], ARRAY[1, 2]) AS JSON)", '{"1.0E10":2,"NaN":1}'),
            )
        ),
        *(
            (f"WITH RECURSIVE {query}", rows)
            for query, rows in (
                # Ten steps after the first are allowed.
                (
                    "t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 11) SELECT max(n) FROM t",
                    [["11"]],
                ),
                (
                    "t(n) AS (VALUES 1, 1, 10 UNION SELECT n + 2 FROM t WHERE n < 4) SELECT n FROM t ORDER BY 1",
                    [["1"], ["3"], ["5"], ["10"]],
                ),
                (
                    (
                        "T(N) AS (SELECT BIGINT '1' UNION ALL SELECT CAST(n + 1 AS integer) FROM t WHERE n < 2) "
                        "SELECT n, typeof(n) FROM t ORDER BY 1"
                    ),
                    [["1", "bigint"], ["2", "bigint"]],
                ),
                (
                    (
                        "t(n) AS (SELECT 1 UNION ALL SELECT * FROM (WITH t(n) AS (SELECT 5) SELECT n + 1 FROM t)) "
                        "SELECT n FROM t ORDER BY 1"
                    ),
                    [["1"], ["6"]],
                ),
                (
                    (
                        "e(id, boss) AS (VALUES (1, NULL), (2, 1), (3, 2)), u(id, path) AS (SELECT id, CAST(id AS "
                        "varchar) FROM e WHERE boss IS NULL UNION ALL SELECT e.id, u.path || '/' || CAST(e.id AS "
                        "varchar) FROM e JOIN u ON e.boss = u.id) SELECT path FROM u ORDER BY id"
                    ),
                    [["1"], ["1/2"], ["1/2/3"]],
                ),
            )
        ),
    ],
)
def test_rows(shared_lake: Lake, query: str, rows: list[list[str | None]]) -> None:
    got = shared_lake.rows(query)
    assert (got if "FETCH" not in query else sorted(got, key=str)) == rows


@pytest.mark.parametrize(
    ("query", "error"),
    [
        (
            "SELECT * FROM t MATCH_RECOGNIZE (ORDER BY id PATTERN (A) DEFINE A AS true) AS m",
            "NOT_SUPPORTED: The embedded Athena has no MATCH_RECOGNIZE",
        ),
        (
            "SELECT * FROM t FOR TIMESTAMP AS OF TIMESTAMP '2020-01-01 00:00:00 UTC'",
            "they need Iceberg tables",
        ),
        (
            "SELECT x FROM (VALUES 1) t(x) FETCH FIRST 1 ROW WITH TIES",
            "MISSING_ORDER_BY",
        ),
        # DuckDB takes numbers and texts for true and false.
        *(
            (
                f"SELECT {expression} FROM (VALUES 1) t(x)",
                f"{what} must evaluate to a boolean (actual",
            )
            for expression, what in (
                ("if(x, 2, 3)", "IF condition"),
                ("CASE WHEN x THEN 2 END", "CASE WHEN clause"),
                ("NOT 'true'", "Value of logical NOT expression"),
                ("x = 1 OR x", "line 1:17: Logical expression term"),
                ("count(*) FILTER (WHERE x)", "Filter expression"),
            )
        ),
        (
            "SELECT 1 FROM (VALUES 1) t(x) JOIN (VALUES 1) u(y) ON x",
            "JOIN ON clause must evaluate to a boolean: actual type integer",
        ),
        ("SELECT x FROM (VALUES 1) t(x) GROUP BY x HAVING x", "HAVING clause must evaluate to a"),
        # And much else for what it could be cast to.
        *(
            (
                f"SELECT {call}",
                f"Unexpected parameters ({kind}) for function {call.partition('(')[0]}.",
            )
            for call, kind in (
                ("sum(true)", "boolean"),
                ("avg(DATE '2020-01-01')", "date"),
                ("stddev(true)", "boolean"),
                ("count_if(1)", "integer"),
                ("now(1)", "integer"),
                ("md5('a')", "varchar(1)"),
                ("to_hex('a')", "varchar(1)"),
                ("from_utf8('a')", "varchar(1)"),
                ("date_add('day', 1.5, current_date)", "varchar(3), double, date"),
                ("sequence(1.5, 3)", "double, integer"),
                ("substr('abc', '2')", "varchar(3), varchar(1)"),
                ("repeat('a', DECIMAL '2')", "varchar(1), decimal(1,0)"),
                ("concat(ARRAY[], ARRAY[1])", "array(unknown), array(integer)"),
                ("concat_ws(',', 1)", "varchar(1), integer"),
                ("concat_ws(',', ARRAY[1])", "varchar(1), array(integer)"),
                ("json_format('{}')", "varchar(2)"),
                ("max(MAP())", "map(unknown, unknown)"),
                ("element_at(ARRAY[1], '1')", "array(integer), varchar(1)"),
                # Under their own names, whatever they are made of.
                ("upper(1)", "integer"),
                ("upper(ARRAY['a'])", "array(varchar(1))"),
                ("replace('a', 1)", "varchar(1), integer"),
                ("substr(123, 1)", "integer, integer"),
                ("trim(1)", "integer"),
                ("split('a', ',', '1')", "varchar(1), varchar(1), varchar(1)"),
                ("regexp_extract(1, '1')", "integer, varchar(1)"),
                ("regexp_like('1', 1)", "varchar(1), integer"),
                ("url_extract_host(1)", "integer"),
                ("json_parse(1)", "integer"),
                ("json_extract(ROW(1), '$.a')", "row(integer), varchar(3)"),
                ("from_iso8601_date(1)", "integer"),
                ("date_parse(2020, '%Y')", "integer, varchar(2)"),
                ("day_of_week('2020-01-01')", "varchar(10)"),
                ("to_unixtime('2020-01-01')", "varchar(10)"),
                ("filter(ARRAY[1], x -> 1)", "array(integer), integer"),
                ("none_match(ARRAY[1], x -> 'a')", "array(integer), varchar(1)"),
                (
                    "map_filter(MAP(ARRAY[1], ARRAY[2]), (k, v) -> k)",
                    "map(integer, integer), integer",
                ),
            )
        ),
        (
            "SELECT INTERVAL '1' DAY + INTERVAL '1' MONTH",
            "Cannot apply operator: interval day to second + interval year to month",
        ),
        ("SELECT INTERVAL '1' DAY < INTERVAL '1' MONTH", "Cannot apply operator: interval day"),
        (
            "SELECT JSON '1' < JSON '2'",
            "TYPE_MISMATCH: line 1:17: Cannot apply operator: json < json",
        ),
        (
            "SELECT x FROM (VALUES MAP(ARRAY[1], ARRAY[1])) t(x) ORDER BY x",
            "Type map(integer, integer) is not orderable, and therefore cannot be used in ORDER BY",
        ),
        ("SELECT ARRAY[1]['1']", "Cannot use varchar(1) for subscript of array(integer)"),
        ("SELECT MAP(ARRAY[1], ARRAY[2])['1']", "Cannot use varchar(1) for subscript of map("),
        ("SELECT 'abc'[1]", "Cannot use integer for subscript of varchar(3)"),
        ("SELECT timestamp('2020-01-01')", "FUNCTION_NOT_FOUND: line 1:8: Function 'timestamp'"),
        (
            "SELECT 1 LIKE '1'",
            "line 1:8: Left side of LIKE expression must evaluate to a varchar (actual: integer)",
        ),
        ("SELECT 'a' LIKE 1", "line 1:17: Pattern for LIKE expression must evaluate to a varchar"),
        ("SELECT listagg('a', ',')", "Unexpected parameters for function listagg"),
        ("WITH a AS MATERIALIZED (SELECT 1) TABLE a", "mismatched input 'MATERIALIZED'"),
        (
            "SELECT count(DISTINCT x, y) FROM (VALUES (1, 'a')) t(x, y)",
            "Unexpected parameters (integer, varchar(1)) for function count.",
        ),
        ("SELECT * FROM TABLE(other(1))", "FUNCTION_NOT_FOUND"),
        (
            "SELECT x FROM (VALUES 'a') t(a) CROSS JOIN UNNEST(a) u(x)",
            "INVALID_FUNCTION_ARGUMENT: Cannot unnest type: varchar",
        ),
        (
            "SELECT * FROM UNNEST(ROW(1, 2)) t(x)",
            "Cannot unnest type: row(integer, integer)",
        ),
        (f"SELECT a.k FROM {USING} USING (k)", "COLUMN_NOT_FOUND: line 1:8: Column 'a.k' cannot"),
        (f"SELECT * FROM {USING} USING (k) CROSS JOIN (VALUES 5) c(k)", "no * where a column of"),
        ("SELECT x, count(*) FROM (VALUES 1) t(x) GROUP BY ALL", "mismatched input 'ALL'"),
        (
            "SELECT x FROM (VALUES 1) t(x) GROUP BY DISTINCT ROLLUP(x)",
            "NOT_SUPPORTED: The embedded Athena has no GROUP BY DISTINCT",
        ),
        *(
            (f"WITH RECURSIVE t(n) AS ({query}) SELECT * FROM t", error)
            for query, error in (
                (
                    "SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 12",
                    "Recursion depth limit exceeded (10)",
                ),
                (
                    "SELECT 1 UNION SELECT n FROM t",
                    "GENERIC_USER_ERROR: Recursion depth limit exceeded",
                ),
                (
                    "SELECT 1 UNION ALL SELECT n + 1e0 FROM t",
                    "output type (double) is not coercible",
                ),
                (
                    "SELECT 'a' UNION ALL SELECT n || 'b' FROM t",
                    "base relation output type (varchar(1)) at",
                ),
                ("SELECT 1 UNION ALL SELECT n, n FROM t", "different number of fields: 1, 2"),
                ("SELECT 1 UNION ALL SELECT a.n FROM t a, t b", "multiple recursive references in"),
                ("SELECT n FROM t UNION ALL SELECT 1", "is referenced in the base relation"),
            )
        ),
        (
            "SELECT * FROM (VALUES 1) t(a) RIGHT JOIN LATERAL (SELECT 2) u(b) ON a < b",
            "RIGHT JOIN LATERAL with condition ON TRUE only",
        ),
        (
            "SELECT * FROM (VALUES ARRAY[1]) t(a) JOIN UNNEST(a) u(b) ON b = 5",
            "INNER JOIN involving UNNEST is only supported with condition ON TRUE",
        ),
        *(
            (
                f"SELECT array_agg(a) OVER (ORDER BY a DESC {frame}) FROM (VALUES (1, 1), (2, NULL)) t(a, x)",
                "INVALID_WINDOW_FRAME: Window frame offset value must not be negative or null",
            )
            for frame in ("GROUPS x PRECEDING", "RANGE BETWEEN 1 PRECEDING AND x FOLLOWING")
        ),
        (
            "SELECT x.* FROM (VALUES 1) t(y)",
            "TABLE_NOT_FOUND: line 1:8: Unable to resolve reference x",
        ),
        (
            "SELECT y.* FROM (VALUES 1) t(y)",
            "TYPE_MISMATCH: line 1:8: Expected expression of type Row, but",
        ),
        *(
            (
                f"SELECT {select} FROM (VALUES '9.0.0.0', '10.0.0.0') t(x)",
                "NOT_SUPPORTED: line 1:8: The embedded Athena orders an IPADDRESS by an expression in",
            )
            for select in (
                "max(CAST(x AS ipaddress))",
                "min_by(x, CAST(x AS ipaddress))",
                "greatest(CAST(x AS ipaddress), IPADDRESS '::1')",
                "array_sort(ARRAY[CAST(x AS ipaddress)])",
            )
        ),
        *(
            (
                f"SELECT CAST(x AS ipaddress) y FROM (VALUES '::1') t(x) ORDER BY {key}",
                "orders an IPADDRESS by",
            )
            for key in ("1", "y")
        ),
        (
            "SELECT CAST(IPADDRESS '::1' AS VARBINARY)",
            "NOT_SUPPORTED: The embedded Athena has no cast of an IPADDRESS to VARBINARY",
        ),
        ("WITH RECURSIVE t AS (SELECT 1 n) SELECT n FROM t", "missing column aliases in recursive"),
        (
            "SELECT CAST(X'f000001100' AS UUID)",
            "INVALID_CAST_ARGUMENT: Invalid UUID binary length: 5",
        ),
        (
            "SELECT a, a * -1 AS A FROM (VALUES -1, 2) t(a) ORDER BY a",
            "AMBIGUOUS_NAME: line 1:57: Column 'a' is ambiguous",
        ),
        ("SELECT 'a' LIKE 'a' ESCAPE 'ab'", "Escape string must be a single character"),
        *(
            (f"SELECT {call}", "Escape character must be followed by '%', '_' or the escape")
            for call in (
                "'a' LIKE 'x#y' ESCAPE '#'",
                "'a' LIKE 'a#' ESCAPE '#'",
                "x LIKE p ESCAPE '\\' FROM (VALUES ('a', 'a\\b')) t(x, p)",
            )
        ),
    ],
)
def test_failures(shared_lake: Lake, query: str, error: str) -> None:
    assert error in shared_lake.error(query)


def test_lengths_of_texts_are_precisions(shared_lake: Lake) -> None:
    columns = shared_lake.run("SELECT CAST('a' AS VARCHAR(10)), CAST('a' AS CHAR(3)), 'ab'").columns
    assert [(column.type, column.precision) for column in columns] == [
        ("varchar", 10),
        ("char", 3),
        ("varchar", 2),
    ]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT array_sort(1)",
        "SELECT array_max(1)",
        "SELECT cardinality('a')",
        "SELECT split(1, 'a')",
        "SELECT regexp_like(1, 'a')",
        "SELECT array_union(1, 2)",
        "SELECT date_format('x', 1)",
        "SELECT map_keys(1)",
        "SELECT element_at('abc', 1)",
        "SELECT slice('abc', 1, 2)",
        "SELECT abs('5')",
    ],
)
def test_errors_do_not_show_what_duckdb_calls_things(shared_lake: Lake, query: str) -> None:
    error = shared_lake.error(query)
    words = set(re.findall(r"\w+", error))
    assert not [
        word for word in words if word.startswith(("list_", "athena_", "python_", "duckdb"))
    ]
    assert "memory" not in words


def test_partitions_have_the_types_of_their_keys(shared_lake: Lake) -> None:
    lake = shared_lake
    lake.rows(
        "CREATE EXTERNAL TABLE p (a string) PARTITIONED BY (y int, d date) "
        f"LOCATION 's3://{BUCKET}/p/'"
    )
    lake.rows("ALTER TABLE p ADD PARTITION (y='2024', d='2024-01-02')")
    assert lake.rows('SELECT y + 1, year(d) FROM "p$partitions"') == [["2025", "2024"]]
    assert lake.types('SELECT * FROM "p$partitions"') == ["integer", "date"]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (
            (
                "SELECT k, TRY(100 / sum(x)), TRY(k + sum(x) FILTER (WHERE x > 1)) "
                "FROM (VALUES (1, 0), (2, 5), (2, NULL)) t(k, x) GROUP BY k ORDER BY TRY(100 / sum(x))"
            ),
            [["2", "20", "7"], ["1", None, None]],
        ),
        (
            (
                "SELECT TRY(TRY(max(x) / 0) + 1), TRY(array_agg(x)[5]), TRY(CAST(max(y) AS int)), "
                "typeof(TRY(sum(x))), TRY(listagg(y, ',') WITHIN GROUP (ORDER BY y)) "
                "FROM (VALUES (1, 'a')) t(x, y)"
            ),
            [[None, None, None, "bigint", "a"]],
        ),
        (
            "SELECT x, TRY(1 / lag(x) OVER (ORDER BY x)) FROM (VALUES 0, 2, 3) t(x) ORDER BY x",
            [["0", None], ["2", None], ["3", "0"]],
        ),
        (
            (
                "SELECT TRY(x IN (SELECT 1)), TRY(x = ANY (SELECT 1)), TRY(EXISTS (SELECT 1)), "
                "TRY((SELECT y FROM (VALUES 5) u(y) WHERE y > x) / 0) FROM (VALUES 1) t(x)"
            ),
            [["true", "true", "true", None]],
        ),
        (
            "SELECT TRY(random() / 0) IS NULL, TRY(length(CAST(uuid() AS varchar)))",
            [["false", "36"]],
        ),
        ("SELECT count(*) FROM (VALUES 1) t(x) HAVING TRY(sum(x) / 0) IS NULL", [["1"]]),
        (
            (
                "SELECT TRY_CAST(max(x) AS int), TRY_CAST(ROW(min(x), count(*)) AS ROW(a int, b int)), "
                "TRY(TRY_CAST(max(x) AS int) / count(*)), TRY_CAST((SELECT '5') AS int), "
                "typeof(TRY_CAST(min(x) AS bigint)) FROM (VALUES '1', 'a') t(x)"
            ),
            [[None, "{a=1, b=2}", None, "5", "bigint"]],
        ),
    ],
)
def test_try_of_aggregates_and_of_what_is_known_before_it(
    shared_lake: Lake, query: str, rows: list[list[str | None]]
) -> None:
    assert shared_lake.rows(query) == rows


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELECT TRY(sum(1 / x)) FROM (VALUES 0) t(x)", "DIVISION_BY_ZERO"),
        ("SELECT TRY((SELECT x FROM (VALUES 1, 2) t(x)))", "SUBQUERY_MULTIPLE_ROWS"),
        (
            "SELECT TRY(y / sum(x)) FROM (VALUES (1, 2)) t(x, y)",
            "'y' must be an aggregate",
        ),
        (
            "SELECT TRY(transform(ARRAY[1], x -> x * random()))",
            "NOT_SUPPORTED: The embedded Athena has no random values in a lambda expression within TRY",
        ),
    ],
)
def test_try_hides_no_failure_of_what_is_known_before_it(
    shared_lake: Lake, query: str, error: str
) -> None:
    assert error in shared_lake.error(query)


def test_names_of_columns_in_brackets_and_of_rows(shared_lake: Lake) -> None:
    rows = "(VALUES (1, CAST(ROW(7, 8) AS ROW(p int, q int)))) t(a, r)"
    assert shared_lake.names(f"SELECT DISTINCT(a), ((r.p)), (a + 1), r.* FROM {rows}") == [
        "a",
        "p",
        "_col2",
        "p",
        "q",
    ]

import pytest

from tests.sandbox.athena.conftest import Lake

QUERIES: list[tuple[str, list[list[str | None]]]] = [
    (
        "SELECT array_agg(x), array_agg(DISTINCT x), array_agg(x ORDER BY x DESC), array_agg(x) FILTER (WHERE x > 1) FROM (VALUES 3,1,3,2) t(x)",
        [["[3, 1, 3, 2]", "[3, 1, 2]", "[3, 3, 2, 1]", "[3, 3, 2]"]],
    ),
    (
        "SELECT array_agg(x), count(x), sum(x), max(x), avg(x) FROM (VALUES 1) t(x) WHERE x > 5",
        [[None, "0", None, None, None]],
    ),
    ("SELECT array_agg(x) FROM (VALUES 1, NULL, 2) t(x)", [["[1, null, 2]"]]),
    (
        "SELECT approx_distinct(x), approx_percentile(x, 0.5), approx_percentile(x, ARRAY[0.5, 0.9]), approx_percentile(x, w, 0.5) FROM (VALUES (1,10),(2,1),(3,1)) t(x,w)",
        [["3", "2", "[2, 3]", "1"]],
    ),
    (
        "SELECT arbitrary(x), any_value(x), bool_and(x > 0), bool_or(x > 5), every(x > 0), count_if(x > 1), count(*), count(DISTINCT x) FROM (VALUES 1,2) t(x)",
        [["1", "1", "true", "false", "true", "1", "2", "2"]],
    ),
    (
        "SELECT avg(x), avg(CAST(x AS DECIMAL(5,2))), sum(CAST(x AS DECIMAL(5,2))), sum(x), avg(CAST(x AS REAL)), geometric_mean(x), stddev(x), stddev_pop(x), variance(x), var_pop(x) FROM (VALUES 1,2,4) t(x)",
        [
            [
                "2.3333333333333335",
                "2.33",
                "7.00",
                "7",
                "2.3333333",
                "2.0",
                "1.5275252316519465",
                "1.247219128924647",
                "2.333333333333333",
                "1.5555555555555554",
            ]
        ],
    ),
    # Halves of decimals round up, and no digit is lost.
    (
        "SELECT avg(x), avg(y), avg(y) FILTER (WHERE y > 1), avg(DISTINCT y), avg(CAST(NULL AS decimal(3,1))) FROM (VALUES (DECIMAL '12345678901234567890.12', DECIMAL '1.00'), (DECIMAL '12345678901234567890.14', DECIMAL '1.01')) t(x,y)",
        [["12345678901234567890.13", "1.01", "1.01", "1.01", None]],
    ),
    (
        "SELECT avg(x) OVER (ORDER BY x), avg(x) FILTER (WHERE x > 1) OVER () FROM (VALUES DECIMAL '1.00', DECIMAL '1.01') t(x) ORDER BY x",
        [["1.00", "1.01"], ["1.01", "1.01"]],
    ),
    (
        "SELECT skewness(x), kurtosis(x) FROM (VALUES 1,2,5,9) t(x)",
        [["0.5130239584603057", "-0.5818938605619169"]],
    ),
    (
        "SELECT corr(y,x), covar_pop(y,x), covar_samp(y,x), regr_slope(y,x), regr_intercept(y,x) FROM (VALUES (1.0,2.0),(2.0,4.0),(3.0,6.5)) t(x,y)",
        [["0.9979487157886733", "1.5", "2.25", "2.25", "-0.33333333333333304"]],
    ),
    # Of what is no DOUBLE they are REAL, and open where one does not vary.
    (
        "SELECT corr(x,y), typeof(covar_samp(x,d)), regr_slope(CAST(x AS REAL),y), typeof(corr(x,1e0)), typeof(geometric_mean(d)), typeof(geometric_mean(x)) FROM (VALUES (1,2,DECIMAL '1.5'),(2,3,DECIMAL '2.5'),(4,3,DECIMAL '2.5')) t(x,y,d)",
        [["0.75592893", "real", "2.0", "double", "real", "double"]],
    ),
    (
        "SELECT corr(x,y), regr_slope(x,y), regr_intercept(x,y), corr(y,x) FILTER (WHERE x = 1) FROM (VALUES (1e0,2e0),(3e0,2e0)) t(x,y)",
        [[None, None, None, None]],
    ),
    (
        "SELECT approx_percentile(d,0.5), approx_percentile(d,ARRAY[0.1,0.9]), approx_percentile(d,2,0.5), typeof(approx_percentile(d,0.5)), typeof(approx_percentile(x,0.5)) FROM (VALUES (1,DECIMAL '1.50')) t(x,d)",
        [["1.5", "[1.5, 1.5]", "1.5", "real", "bigint"]],
    ),
    (
        "SELECT bitwise_and_agg(x), bitwise_or_agg(x), bitwise_xor_agg(x) FROM (VALUES 7,3) t(x)",
        [["3", "7", "4"]],
    ),
    (
        "SELECT histogram(x), map_agg(x, y), multimap_agg(x, y), map_union(MAP(ARRAY[x], ARRAY[y])) FROM (VALUES ('a',1),('b',2),('a',3)) t(x,y)",
        [["{a=2, b=1}", "{a=1, b=2}", "{a=[1, 3], b=[2]}", "{a=1, b=2}"]],
    ),
    (
        "SELECT entropy(x), stddev_samp(x), var_samp(x) FROM (VALUES 1, 1, 1, 1) t(x)",
        [["2.0", "0.0", "0.0"]],
    ),
    (
        "SELECT listagg(x, ',') WITHIN GROUP (ORDER BY x), listagg(x) WITHIN GROUP (ORDER BY x DESC) FROM (VALUES 'a','c','b') t(x)",
        [["a,b,c", "cba"]],
    ),
    (
        "SELECT max(x, 2), min(x, 2), max_by(x, y), min_by(x, y), max_by(x, y, 2), min_by(x, y, 2) FROM (VALUES ('a',1),('b',3),('c',2)) t(x,y)",
        [["[c, b]", "[a, b]", "b", "a", "[b, c]", "[a, c]"]],
    ),
    ("SELECT max_by(x, y) FROM (VALUES ('a',1),(NULL,3),('c',NULL)) t(x,y)", [[None]]),
    (
        "SELECT x, sum(x) OVER (ORDER BY x), avg(CAST(x AS DECIMAL(5,2))) OVER (), array_agg(x) OVER (ORDER BY x), row_number() OVER (ORDER BY x DESC), map_agg(x, x) OVER (ORDER BY x) FROM (VALUES 1,2) t(x) ORDER BY x",
        [["1", "1", "1.50", "[1]", "2", "{1=1}"], ["2", "3", "1.50", "[1, 2]", "1", "{1=1, 2=2}"]],
    ),
    ("SELECT sum(x) FILTER (WHERE x > 1) OVER () FROM (VALUES 1,2) t(x) LIMIT 1", [["2"]]),
    (
        "SELECT lag(x, 1, 2.5) OVER (), lag(d, 1, DECIMAL '2.55') OVER () FROM (VALUES (1, DECIMAL '1.5')) t(x, d)",
        [["2.5", "2.55"]],
    ),
    (
        "SELECT x, rank() OVER (ORDER BY x), dense_rank() OVER (ORDER BY x), percent_rank() OVER (ORDER BY x), cume_dist() OVER (ORDER BY x), ntile(2) OVER (ORDER BY x), lag(x) OVER (ORDER BY x), lead(x, 1, 9) OVER (ORDER BY x), first_value(x) OVER (ORDER BY x), nth_value(x, 2) OVER (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM (VALUES 1,1,2) t(x) ORDER BY x, 8",
        [
            ["1", "1", "1", "0.0", "0.6666666666666666", "1", None, "1", "1", "1"],
            ["1", "1", "1", "0.0", "0.6666666666666666", "1", "1", "2", "1", "1"],
            ["2", "3", "2", "1.0", "1.0", "2", "1", "9", "1", "1"],
        ],
    ),
    (
        "SELECT last_value(x) IGNORE NULLS OVER (ORDER BY y ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM (VALUES (1,1),(NULL,2)) t(x,y)",
        [["1"], ["1"]],
    ),
    ("SELECT count(*) * 100.0 / 3 FROM (VALUES 1,2) t(x)", [["66.66666666666667"]]),
    (
        "SELECT grouping(x), count(*) FROM (VALUES 1,2) t(x) GROUP BY GROUPING SETS ((x),()) ORDER BY 1, 2",
        [["0", "1"], ["0", "1"], ["1", "2"]],
    ),
    (
        "SELECT reduce_agg(x, 0, (a, b) -> a + b, (a, b) -> a + b) FROM (VALUES 1, 3, 4) t(x)",
        [["8"]],
    ),
]


@pytest.mark.parametrize(("query", "rows"), QUERIES)
def test_rows(shared_lake: Lake, query: str, rows: list[list[str | None]]) -> None:
    assert shared_lake.rows(query) == rows


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("lag(x, -1) OVER (ORDER BY x)", "Offset must be at least 0"),
        ("nth_value(x, 0) OVER (ORDER BY x)", "Offset must be at least 1"),
        ("count(DISTINCT x) OVER ()", "DISTINCT in window function parameters not yet supported"),
        ("array_agg(x ORDER BY x) OVER ()", "Window function with ORDER BY is not supported"),
        (
            "listagg('a') WITHIN GROUP (ORDER BY x) OVER ()",
            "Window function with ORDER BY is not supported",
        ),
        ("approx_percentile(DATE '2020-01-01', 0.5)", "Unexpected parameters (date, double) for"),
        ("corr('1', x)", "Unexpected parameters (varchar(1), integer) for function corr."),
        ("approx_percentile(x, -0.5)", "Percentile must be between 0 and 1"),
        ("approx_percentile(x, ARRAY[0.5, 1.5])", "Percentile must be between 0 and 1"),
    ],
)
def test_what_trino_refuses_of_calls(shared_lake: Lake, call: str, error: str) -> None:
    assert error in shared_lake.error(f"SELECT {call} FROM (VALUES 1) t(x)")

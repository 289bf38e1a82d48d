"""Athena's functions in DuckDB: which exist, under which name, and the macros for the rest.

Names and meanings follow the function reference of Athena engine version 3 (Trino).
"""

# Functions that DuckDB has under the same name and with the same meaning.
_SAME = """
abs acos all any any_value array array_agg asin at_timezone atan atan2 avg bool_and
bool_or cardinality cast cbrt ceil ceiling char chr coalesce concat concat_ws corr cos
cosh count covar_pop covar_samp cume_dist current_catalog current_date current_schema
current_timestamp current_user date date_add date_diff date_trunc day decimal degrees
dense_rank element_at entropy exists exp extract filter first_value flatten floor greatest
grouping histogram hour if in interval json json_array json_exists json_object json_query
json_value kurtosis lag last_value lead least length listagg ln localtimestamp log log10
log2 lower lpad ltrim map map_concat map_entries map_from_entries map_keys map_values max
min minute mod month not now nth_value ntile nullif percent_rank pi position pow power
quarter radians rank reduce regr_intercept regr_slope replace reverse round row row_number
rpad rtrim second sign sin sinh skewness some sqrt starts_with stddev stddev_pop
stddev_samp strpos sum tan tanh time timestamp transform translate trim
try try_cast typeof unhex unnest upper url_decode url_encode user var_pop var_samp varchar
variance week year
"""

# Functions that DuckDB has with the same meaning, by Trino's name to DuckDB's.
RENAMED: dict[str, str] = {
    **{name: name for name in _SAME.split()},
    "arbitrary": "any_value",
    "array_distinct": "list_distinct",
    "array_except": "list_except",
    "array_intersect": "list_intersect",
    "array_max": "list_max",
    "array_min": "list_min",
    "array_sort": "list_sort",
    "arrays_overlap": "list_has_any",
    "bitwise_and_agg": "bit_and",
    "bitwise_or_agg": "bit_or",
    "bitwise_xor_agg": "bit_xor",
    "contains": "list_contains",
    "day_of_month": "day",
    "day_of_week": "isodow",
    "day_of_year": "dayofyear",
    "dow": "isodow",
    "doy": "dayofyear",
    "every": "bool_and",
    "format": "printf",
    "geometric_mean": "geomean",
    "hamming_distance": "hamming",
    "is_finite": "isfinite",
    "is_infinite": "isinf",
    "is_nan": "isnan",
    "last_day_of_month": "last_day",
    "levenshtein_distance": "levenshtein",
    "max_by": "arg_max",
    "min_by": "arg_min",
    "normalize": "nfc_normalize",
    "split": "string_split",
    "truncate": "trunc",
    "to_utf8": "encode",
    "week_of_year": "week",
    "year_of_week": "isoyear",
    "yow": "isoyear",
    "zip": "list_zip",
}

_HOST = r"^[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]*)"

# A position that the text doesn't have gives no character; left keeps NULL what is NULL.
_SUBSTR = [
    ("s, i", "CASE WHEN i = 0 OR -i > length(s) THEN left(s, 0) ELSE substr(s, i) END"),
    ("s, i, n", "CASE WHEN i = 0 THEN left(s, 0) ELSE substr(s, i, n) END"),
]

# Trino name to the macro's parameter lists and bodies.
MACROS: dict[str, list[tuple[str, str]]] = {
    "approx_distinct": [("x", "count(DISTINCT x)"), ("x, e", "count(DISTINCT x)")],
    "approx_percentile": [("x, p", "quantile_disc(x, p)")],
    "array_join": [
        ("a, d", "array_to_string(a, d)"),
        ("a, d, n", "array_to_string(list_transform(a, lambda x: coalesce(x::VARCHAR, n)), d)"),
    ],
    "array_position": [("a, x", "CAST(coalesce(list_position(a, x), 0) AS BIGINT)")],
    "array_remove": [("a, v", "list_filter(a, lambda x: x IS NULL OR x <> v)")],
    "array_reverse": [("a", "list_reverse(a)")],
    "array_union": [("a, b", "list_distinct(list_concat(a, b))")],
    "bit_count": [("x, b", "CAST(bit_count(CAST(x AS BIGINT)) AS BIGINT)")],
    "bitwise_and": [("a, b", "CAST(CAST(a AS BIGINT) & CAST(b AS BIGINT) AS BIGINT)")],
    "bitwise_left_shift": [("a, b", "a << b")],
    "bitwise_not": [("a", "~a")],
    "bitwise_or": [("a, b", "CAST(CAST(a AS BIGINT) | CAST(b AS BIGINT) AS BIGINT)")],
    "bitwise_right_shift": [("a, b", "a >> b")],
    "bitwise_xor": [("a, b", "CAST(xor(CAST(a AS BIGINT), CAST(b AS BIGINT)) AS BIGINT)")],
    "checksum": [("x", "unhex(lpad(hex(bit_xor(hash(x))), 16, '0'))")],
    "codepoint": [("s", "unicode(s)")],
    "count_if": [("x", "CAST(count(*) FILTER (WHERE x) AS BIGINT)")],
    "date_format": [("t, f", "strftime(CAST(t AS TIMESTAMP), f)")],
    "date_parse": [("s, f", "strptime(s, f)")],
    "e": [("", "exp(1)")],
    "ends_with": [("s, t", "suffix(s, t)")],
    "format_datetime": [("t, f", "strftime(CAST(t AS TIMESTAMP), f)")],
    "from_base": [
        (
            "s, r",
            (
                "CAST(list_sum(list_transform(string_split(reverse(lower(s)), ''), lambda c, i: "
                "(strpos('0123456789abcdefghijklmnopqrstuvwxyz', c) - 1) * pow(r, i - 1))) AS BIGINT)"
            ),
        )
    ],
    "from_base64": [("s", "from_base64(s)")],
    "from_hex": [("s", "unhex(s)")],
    "from_iso8601_date": [("s", "CAST(s AS DATE)")],
    "from_iso8601_timestamp": [("s", "CAST(s AS TIMESTAMPTZ)")],
    "from_unixtime": [
        ("x", "to_timestamp(CAST(x AS DOUBLE))"),
        ("x, z", "to_timestamp(CAST(x AS DOUBLE)) AT TIME ZONE z"),
    ],
    "from_unixtime_nanos": [("x", "to_timestamp(x / 1e9)")],
    "from_utf8": [("b", "decode(b)")],
    "infinity": [("", "CAST('infinity' AS DOUBLE)")],
    "is_json_scalar": [("j", "json_type(j) NOT IN ('OBJECT', 'ARRAY')")],
    "json_array_contains": [("j, v", "json_contains(j, to_json(v))")],
    "json_array_get": [("j, i", "json_extract(j, CAST(i AS BIGINT))")],
    "json_array_length": [("j", "CAST(json_array_length(j) AS BIGINT)")],
    "json_extract": [
        ("j, p", "CASE WHEN json_valid(CAST(j AS VARCHAR)) THEN json_extract(j, p) END")
    ],
    "json_extract_scalar": [
        (
            "j, p",
            (
                "CASE WHEN NOT json_valid(CAST(j AS VARCHAR)) THEN NULL "
                "WHEN json_type(j, p) IN ('OBJECT', 'ARRAY', 'NULL') THEN NULL "
                "ELSE json_extract_string(j, p) END"
            ),
        )
    ],
    "json_format": [("j", "CAST(j AS VARCHAR)")],
    "json_parse": [("s", "CAST(s AS JSON)")],
    "json_size": [
        (
            "j, p",
            (
                "CASE json_type(j, p) WHEN 'ARRAY' THEN CAST(json_array_length(j, p) AS BIGINT) "
                "WHEN 'OBJECT' THEN CAST(len(json_keys(j, p)) AS BIGINT) ELSE 0 END"
            ),
        )
    ],
    "map_agg": [("k, v", "map_from_entries(list({'k': k, 'v': v}) FILTER (WHERE k IS NOT NULL))")],
    "md5": [("b", "unhex(md5(b))")],
    "millisecond": [("t", "CAST(millisecond(t) % 1000 AS BIGINT)")],
    "nan": [("", "CAST('nan' AS DOUBLE)")],
    "ngrams": [("a, n", "list_transform(range(1, len(a) - n + 2), lambda i: a[i:i + n - 1])")],
    "parse_datetime": [("s, f", "CAST(strptime(s, f) AS TIMESTAMPTZ)")],
    "rand": [("", "random()"), ("n", "CAST(floor(random() * n) AS BIGINT)")],
    "random": [
        ("", "random()"),
        ("n", "CAST(floor(random() * n) AS BIGINT)"),
        ("m, n", "CAST(m + floor(random() * (n - m)) AS BIGINT)"),
    ],
    "regexp_count": [("s, p", "CAST(len(regexp_extract_all(s, p)) AS BIGINT)")],
    "regexp_extract": [
        ("s, p", "CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p) END"),
        ("s, p, g", "CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p, g) END"),
    ],
    "regexp_extract_all": [
        ("s, p", "regexp_extract_all(s, p)"),
        ("s, p, g", "regexp_extract_all(s, p, g)"),
    ],
    "regexp_like": [("s, p", "regexp_matches(s, p)")],
    "regexp_position": [
        (
            "s, p",
            "CASE WHEN regexp_matches(s, p) THEN strpos(s, regexp_extract(s, p)) ELSE -1 END",
        )
    ],
    "regexp_replace": [
        ("s, p", "regexp_replace(s, p, '', 'g')"),
        ("s, p, r", r"regexp_replace(s, p, regexp_replace(r, '\$(\d)', '\\\1', 'g'), 'g')"),
    ],
    "regexp_split": [("s, p", "regexp_split_to_array(s, p)")],
    "repeat": [("x, n", "list_transform(range(n), lambda i: x)")],
    "sequence": [
        ("a, b", "CASE WHEN a <= b THEN generate_series(a, b) ELSE generate_series(a, b, -1) END"),
        ("a, b, c", "generate_series(a, b, c)"),
    ],
    "sha1": [("b", "unhex(sha1(b))")],
    "sha256": [("b", "unhex(sha256(b))")],
    "slice": [
        (
            "a, s, n",
            (
                "list_slice(a, CASE WHEN s < 0 THEN len(a) + s + 1 ELSE s END, "
                "CASE WHEN s < 0 THEN len(a) + s + n ELSE s + n - 1 END)"
            ),
        )
    ],
    "split_part": [("s, d, i", "list_extract(string_split(s, d), i)")],
    "split_to_map": [
        (
            "s, e, k",
            (
                "map_from_entries(list_transform(string_split(s, e), lambda x: "
                "{'k': list_extract(string_split(x, k), 1), 'v': list_extract(string_split(x, k), 2)}))"
            ),
        )
    ],
    "substr": _SUBSTR,
    "substring": _SUBSTR,
    "to_base": [("n, r", "lower(to_base(n, r))")],
    "to_base64": [("b", "base64(b)")],
    "to_hex": [("b", "hex(b)")],
    "to_unixtime": [("t", "epoch(t)")],
    "url_extract_fragment": [("u", "regexp_extract(u, '#(.*)$', 1)")],
    "url_extract_host": [("u", f"nullif(regexp_extract(u, '{_HOST}', 1), '')")],
    "url_extract_parameter": [
        (
            "u, n",
            (
                "CASE WHEN regexp_matches(u, '[?&]' || n || '=') "
                "THEN url_decode(regexp_extract(u, '[?&]' || n || '=([^&#]*)', 1)) END"
            ),
        )
    ],
    "url_extract_path": [
        ("u", "regexp_extract(u, '^[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*([^?#]*)', 1)")
    ],
    "url_extract_port": [
        ("u", "TRY_CAST(nullif(regexp_extract(u, '://[^/?#]*:(\\d+)', 1), '') AS BIGINT)")
    ],
    "url_extract_protocol": [("u", "regexp_extract(u, '^([a-zA-Z][a-zA-Z0-9+.-]*):', 1)")],
    "url_extract_query": [("u", "regexp_extract(u, '\\?([^#]*)', 1)")],
    "trim_array": [("a, n", "list_slice(a, 1, len(a) - n)")],
    "uuid": [("", "CAST(gen_random_uuid() AS VARCHAR)")],
    "width_bucket": [
        (
            "x, a, b, n",
            (
                "CAST(CASE WHEN x < a THEN 0 WHEN x >= b THEN n + 1 "
                "ELSE floor((x - a) / (b - a) * n) + 1 END AS BIGINT)"
            ),
        )
    ],
    "date": [("x", "CAST(x AS DATE)")],
}

# Written anew where they stand, since a macro can't say them (see rewrite.py).
REWRITTEN = {
    "at_timezone",
    "cardinality",
    "concat",
    "date_add",
    "date_diff",
    "date_trunc",
    "element_at",
    "filter",
    "to_iso8601",
    "greatest",
    "least",
    "map_filter",
    "reduce",
    "transform",
    "transform_keys",
    "transform_values",
    "typeof",
    "zip_with",
    "all_match",
    "any_match",
    "none_match",
    "with_timezone",
}

MACRO_PREFIX = "athena_"

# CAST(double AS VARCHAR) is always scientific: the fewest digits that read back as the number.
DOUBLE_TEXT = f"{MACRO_PREFIX}double_text"
_DOUBLE_TEXT = f"""
CREATE OR REPLACE MACRO {DOUBLE_TEXT}(x) AS (
    CASE
        WHEN isnan(x) THEN 'NaN'
        WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END
        ELSE list_transform(
            [list_filter(
                list_transform(range(18), lambda n: printf('%.' || n || 'e', x)),
                lambda s: CAST(s AS DOUBLE) = x
            )[1]],
            lambda s: split_part(s, 'e', 1)
                || CASE WHEN contains(s, '.') THEN 'E' ELSE '.0E' END
                || CAST(CAST(split_part(s, 'e', 2) AS INTEGER) AS VARCHAR)
        )[1]
    END
)
"""

KNOWN = frozenset(RENAMED) | frozenset(MACROS) | REWRITTEN

# Athena has these, the sandbox does not.
UNSUPPORTED = frozenset(
    [
        "approx_most_frequent",
        "approx_set",
        "combinations",
        "contains_sequence",
        "cosine_similarity",
        "crc32",
        "current_groups",
        "current_time",
        "current_timezone",
        "empty_approx_set",
        "format_number",
        "from_big_endian_32",
        "from_big_endian_64",
        "from_ieee754_32",
        "from_ieee754_64",
        "hash_counts",
        "hmac_md5",
        "hmac_sha1",
        "hmac_sha256",
        "hmac_sha512",
        "human_readable_seconds",
        "intersection_cardinality",
        "inverse_beta_cdf",
        "inverse_normal_cdf",
        "beta_cdf",
        "normal_cdf",
        "jaccard_index",
        "localtime",
        "luhn_check",
        "map_union",
        "map_zip_with",
        "merge",
        "multimap_agg",
        "multimap_from_entries",
        "murmur3",
        "numeric_histogram",
        "parse_data_size",
        "parse_duration",
        "parse_presto_data_size",
        "qdigest_agg",
        "reduce_agg",
        "sha512",
        "shuffle",
        "soundex",
        "spooky_hash_v2_32",
        "spooky_hash_v2_64",
        "st_area",
        "st_astext",
        "st_buffer",
        "st_contains",
        "st_distance",
        "st_geometryfromtext",
        "st_intersects",
        "st_point",
        "st_polygon",
        "st_within",
        "tdigest_agg",
        "timezone_hour",
        "timezone_minute",
        "to_big_endian_32",
        "to_big_endian_64",
        "to_char",
        "to_date",
        "to_ieee754_32",
        "to_ieee754_64",
        "to_milliseconds",
        "to_timestamp",
        "value_at_quantile",
        "values_at_quantiles",
        "wilson_interval_lower",
        "wilson_interval_upper",
        "word_stem",
        "xxhash64",
    ]
)

AGGREGATES = frozenset(
    [
        "approx_distinct",
        "approx_percentile",
        "arbitrary",
        "any_value",
        "array_agg",
        "avg",
        "bitwise_and_agg",
        "bitwise_or_agg",
        "bitwise_xor_agg",
        "bool_and",
        "bool_or",
        "checksum",
        "corr",
        "count",
        "count_if",
        "covar_pop",
        "covar_samp",
        "entropy",
        "every",
        "geometric_mean",
        "histogram",
        "kurtosis",
        "listagg",
        "map_agg",
        "max",
        "max_by",
        "min",
        "min_by",
        "regr_intercept",
        "regr_slope",
        "skewness",
        "stddev",
        "stddev_pop",
        "stddev_samp",
        "sum",
        "var_pop",
        "var_samp",
        "variance",
    ]
)


def macro_statements() -> list[str]:
    """Give the statements that define the macros in a DuckDB database."""
    return [
        _DOUBLE_TEXT,
        *(
            f"CREATE OR REPLACE MACRO {MACRO_PREFIX}{name}"
            + ", ".join(f"({parameters}) AS ({body})" for parameters, body in bodies)
            for name, bodies in MACROS.items()
        ),
    ]

"""Tables of every kind, read through the whole engine."""

import bz2
import gzip
import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.orc as po
import pyarrow.parquet as pq
import pytest

from sandbox.athena.sql import duck
from tests.sandbox.athena.conftest import BUCKET, CSV, LAZY, OPENX, ORC, PARQUET, REGEX, Lake


def parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def test_names_with_an_underscore_or_dot_in_front_are_no_data(lake: Lake) -> None:
    lake.table("t", "a int")
    lake.put("t/one.json", '{"a": 1}\n')
    lake.put("t/sub/deep/two.json", '{"a": 2}')
    for hidden in ("_SUCCESS", ".crc", "_temporary/x.json", "sub/.hidden/y.json"):
        lake.put(f"t/{hidden}", "no json at all {")
    lake.put("t/sub/", "")
    lake.put("t_other/three.json", '{"a": 3}')
    assert lake.rows("SELECT a FROM t ORDER BY a") == [["1"], ["2"]]


def test_an_empty_table_has_no_rows(lake: Lake) -> None:
    lake.table("t", "a int; b array<string>", keys="p date")
    assert lake.rows('SELECT *, "$path" FROM t') == []
    assert lake.value("SELECT count(*) FROM t") == "0"
    assert lake.types('SELECT *, "$path", "$file_modified_time" FROM t') == [
        *("integer", "array", "date", "varchar", "timestamp with time zone")
    ]


def test_compressed_files(lake: Lake) -> None:
    lake.table("t", "a int")
    lake.put("t/1.json.gz", gzip.compress(b'{"a": 1}\n') + gzip.compress(b'{"a": 2}\n'))
    lake.put("t/2.json.bz2", bz2.compress(b'{"a": 3}\n'))
    lake.put("t/3.json.zst", pa.compress(b'{"a": 4}\n', "zstd", asbytes=True))
    assert lake.value("SELECT array_join(array_agg(a ORDER BY a), ',') FROM t") == "1,2,3,4"
    lake.put("t/4.json.gz", b"no gzip")
    assert "HIVE_CURSOR_ERROR: Failed to read file at s3://athena-data/t/4.json.gz" in lake.error(
        "SELECT count(*) FROM t"
    )


def test_a_bad_value_fails_only_queries_of_its_column(lake: Lake) -> None:
    lake.table("t", "a int; b string", lines=[{"a": 1, "b": "x"}, {"a": "bad", "b": "y"}])
    assert lake.rows("SELECT b FROM t ORDER BY b") == [["x"], ["y"]]
    assert lake.value("SELECT count(*) FROM t") == "2"
    for sql in ("SELECT a FROM t", "SELECT * FROM t", "SELECT b FROM t WHERE a > 0"):
        assert lake.error(sql).startswith(
            "HIVE_BAD_DATA: Error parsing field value 'bad' for field 0"
        )


def test_a_malformed_line_fails_every_query_unless_ignored(lake: Lake) -> None:
    lake.table("strict", "a int")
    lake.put("strict/x.json", '{"a": 1}\n{oops\n')
    assert "s3://athena-data/strict/x.json" in lake.error("SELECT count(*) FROM strict")
    lake.table("lenient", "a int", properties={"ignore.malformed.json": "true"})
    lake.put("lenient/x.json", '{"a": 1}\n{oops\n')
    assert lake.rows("SELECT count(*), count(a) FROM lenient") == [["2", "1"]]


def test_delimited_text(lake: Lake) -> None:
    lake.table(
        "t",
        "a int; b string; tags array<string>; m map<string,int>; s struct<x:int,y:string>",
        serde=LAZY,
        properties={
            "field.delim": "|",
            "colelction.delim": ",",
            "mapkey.delim": ":",
            "escape.delim": "\\",
        },
        parameters={"skip.header.line.count": "1"},
    )
    lake.put("t/x.txt", "a|b|tags|m|s\n1|p\\|q|x,y|k:1,l:2|5,z\nbad|\\N|||\n3\n")
    assert lake.rows("SELECT * FROM t") == [
        ["1", "p|q", "[x, y]", "{k=1, l=2}", "{x=5, y=z}"],
        [None, None, "[]", "{}", "{x=null, y=null}"],
        ["3", None, None, None, None],
    ]


def test_delimited_text_in_hives_own_separators(lake: Lake) -> None:
    lake.table(
        "t", "a string; b bigint; c boolean; d date; e timestamp; f decimal(5,2)", serde=LAZY
    )
    lake.put(
        "t/x",
        "x\x01-5\x01TRUE\x012020-01-02\x012020-01-02 03:04:05.678\x011.005\n\x01\x01\x01\x01\x01\n",
    )
    assert lake.rows("SELECT * FROM t") == [
        ["x", "-5", "true", "2020-01-02", "2020-01-02 03:04:05.678", "1.01"],
        ["", None, None, None, None, None],
    ]


def test_quoted_csv(lake: Lake) -> None:
    lake.table(
        "t",
        "a int; b string; c double; d date; e timestamp",
        serde=CSV,
        parameters={"skip.header.line.count": "1"},
    )
    lake.put("t/x.csv", 'a,b,c,d,e\r\n"1","x, ""y""",1.5,1,1000\r\n2,,2,0,0\r\n')
    assert lake.rows("SELECT * FROM t") == [
        ["1", 'x, "y"', "1.5", "1970-01-02", "1970-01-01 00:00:01.000"],
        ["2", "", "2.0", "1970-01-01", "1970-01-01 00:00:00.000"],
    ]
    lake.put("t/y.csv", "a,b,c,d,e\n1,x,,1,1\n")
    assert "HIVE_BAD_DATA: Error parsing field value '' for field 2: For input string: \"\"" in (
        lake.error("SELECT c FROM t")
    )
    assert lake.value("SELECT count(*) FROM t") == "3"


def test_csv_with_other_characters(lake: Lake) -> None:
    lake.table(
        "t",
        "a string; b string",
        serde=CSV,
        properties={"separatorChar": ";", "quoteChar": "'", "escapeChar": "\\"},
    )
    lake.put("t/x.csv", "'a;\\'b';c\n")
    assert lake.rows("SELECT * FROM t") == [["a;'b", "c"]]


def test_regular_expressions(lake: Lake) -> None:
    lake.table(
        "t", "host string; code int", serde=REGEX, properties={"input.regex": "(\\S+) (\\d+)"}
    )
    lake.put("t/x.log", "a.b 200\nnothing\n")
    assert lake.rows("SELECT * FROM t") == [["a.b", "200"], [None, None]]
    lake.table("few", "a string; b string", serde=REGEX, properties={"input.regex": "(.*)"})
    lake.put("few/x.log", "a\n")
    assert "HIVE_CURSOR_ERROR: Number of matching groups" in lake.error("SELECT * FROM few")
    lake.table("none", "a string", serde=REGEX)
    lake.put("none/x.log", "a\n")
    assert 'does not have serde property "input.regex"' in lake.error("SELECT * FROM none")


def test_parquet_by_name_and_in_the_declared_types(lake: Lake) -> None:
    lake.table("t", "a bigint; b string; c double; gone int; s struct<x:int>", serde=PARQUET)
    table = pa.table(
        {
            "B": ["x"],
            "A": pa.array([1], pa.int32()),
            "c": pa.array([1.5], pa.float32()),
            "s": pa.array([{"X": 7}], pa.struct([("X", pa.int32())])),
            "extra": [0],
        }
    )
    lake.put("t/x.parquet", parquet(table))
    assert lake.rows("SELECT * FROM t") == [["1", "x", "1.5", None, "{x=7}"]]


@pytest.mark.parametrize(
    ("declared", "value", "physical"),
    [
        ("string", pa.array([1], pa.int64()), "INT64"),
        ("bigint", pa.array(["x"]), "BINARY"),
        ("int", pa.array([1.5]), "DOUBLE"),
        ("double", pa.array([1], pa.int32()), "INT32"),
        ("boolean", pa.array([1.5]), "DOUBLE"),
    ],
)
def test_parquet_of_another_type(lake: Lake, declared: str, value: pa.Array, physical: str) -> None:
    lake.table("t", f"a {declared}; b int", serde=PARQUET)
    table = pa.table({"a": value, "b": pa.array([1], pa.int32())})
    lake.put("t/x.parquet", parquet(table))
    assert lake.value("SELECT count(b) FROM t") == "1"
    assert lake.error("SELECT a FROM t").startswith(
        f"HIVE_BAD_DATA: Field a's type {physical} in parquet file s3://athena-data/t/x.parquet is "
        "incompatible with type"
    )


def test_parquet_bills_the_columns_that_are_read(lake: Lake) -> None:
    lake.table("t", "a bigint; b string", serde=PARQUET)
    table = pa.table({"a": list(range(1000)), "b": [str(n) * 20 for n in range(1000)]})
    lake.put("t/x.parquet", parquet(table))
    none, one, both = (
        lake.run(f"SELECT {what} FROM t").scanned
        for what in ("count(*)", "max(a)", "max(a), max(b)")
    )
    assert none == 0 < one < both
    assert both < lake.s3.head_object(Bucket=BUCKET, Key="t/x.parquet")["ContentLength"]


def test_what_is_no_parquet(lake: Lake) -> None:
    lake.table("t", "a bigint", serde=PARQUET)
    lake.put("t/x.parquet", b"PAR")
    assert "is not a valid Parquet File" in lake.error("SELECT * FROM t")


def test_parquet_times_and_nested_values(lake: Lake) -> None:
    lake.table(
        "t",
        "ts timestamp; d date; l array<struct<p:int>>; m map<string,int>; e decimal(10,2)",
        serde=PARQUET,
    )
    table = pa.table(
        {
            "ts": pa.array([1_577_934_245_678], pa.timestamp("ms", "UTC")),
            "d": pa.array([1], pa.date32()),
            "l": [[{"P": 1}]],
            "m": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int32())),
            "e": pa.array(["1.5"]).cast(pa.decimal128(5, 1)),
        }
    )
    table = table.set_column(
        2, "l", pa.array([[{"P": 1}]], pa.list_(pa.struct([("P", pa.int32())])))
    )
    lake.put("t/x.parquet", parquet(table))
    assert lake.rows("SELECT * FROM t") == [
        ["2020-01-02 03:04:05.678", "1970-01-02", "[{p=1}]", "{k=1}", "1.50"]
    ]


def test_times_of_tables_are_rounded_to_milliseconds(lake: Lake) -> None:
    lake.table("t", "ts timestamp; l array<struct<ts:timestamp,s:string>>", serde=PARQUET)
    fine = pa.array([1_577_934_245_678_500, None, -500], pa.timestamp("us"))
    kind = pa.list_(pa.struct([("ts", fine.type), ("s", pa.string())]))
    nested = pa.array(
        [[{"ts": value, "s": "x"}] if value else None for value in fine.to_pylist()], kind
    )
    lake.put("t/x.parquet", parquet(pa.table({"ts": fine, "l": nested})))
    assert lake.rows("SELECT * FROM t ORDER BY ts") == [
        ["1970-01-01 00:00:00.000", "[{ts=1970-01-01 00:00:00.000, s=x}]"],
        ["2020-01-02 03:04:05.679", "[{ts=2020-01-02 03:04:05.679, s=x}]"],
        [None, None],
    ]
    assert lake.value("SELECT count(*) FROM t WHERE ts = l[1].ts") == "2"
    assert lake.value("SELECT CAST(max(ts) AS timestamp(6)) FROM t") == "2020-01-02 03:04:05.679000"


def test_orc(lake: Lake) -> None:
    lake.table("t", "a bigint; b string", serde=ORC)
    sink = io.BytesIO()
    po.write_table(pa.table({"a": [1, 2], "b": ["x", "y"]}), sink)
    lake.put("t/x.orc", sink.getvalue())
    assert lake.rows("SELECT * FROM t ORDER BY a DESC") == [["2", "y"], ["1", "x"]]
    assert lake.value("SELECT count(*) FROM t") == "2"


def test_partitions_of_the_catalog(lake: Lake) -> None:
    lake.table("t", "a int", keys="day date; n int")
    for day, number in (("2020-01-01", "1"), ("2020-01-02", "2")):
        folder = f"t/day={day}/n={number}"
        lake.put(f"{folder}/x.json", f'{{"a": {number}}}\n')
        lake.glue.create_partition(
            DatabaseName="lake",
            TableName="t",
            PartitionInput={
                "Values": [day, number],
                "StorageDescriptor": {
                    "Location": f"s3://{BUCKET}/{folder}/",
                    "SerdeInfo": {"SerializationLibrary": OPENX},
                },
            },
        )
    lake.put("t/day=2020-01-03/n=3/x.json", '{"a": 3}\n')  # not in the catalog
    assert lake.rows("SELECT * FROM t ORDER BY a") == [
        ["1", "2020-01-01", "1"],
        ["2", "2020-01-02", "2"],
    ]
    assert lake.rows("SELECT a FROM t WHERE day > DATE '2020-01-01' AND n = 2") == [["2"]]
    assert lake.rows('SELECT "$partition" FROM t WHERE n = 1') == [["day=2020-01-01/n=1"]]
    assert lake.rows('SELECT n FROM "t$partitions" ORDER BY n') == [["1"], ["2"]]
    one = lake.run("SELECT a FROM t WHERE n = 2")
    assert one.scanned == 9


def test_a_serde_that_is_not_read(lake: Lake) -> None:
    lake.table("t", "a int", serde="org.apache.hadoop.hive.serde2.avro.AvroSerDe")
    lake.put("t/x.avro", b"x")
    assert "HIVE_UNSUPPORTED_FORMAT" in lake.error("SELECT * FROM t")


def test_a_bucket_that_is_gone(lake: Lake) -> None:
    lake.table("t", "a int")
    table = lake.glue.get_table(DatabaseName="lake", Name="t")["Table"]
    changed: dict[str, Any] = {k: table[k] for k in ("Name", "TableType", "StorageDescriptor")}
    changed["StorageDescriptor"]["Location"] = "s3://no-such-bucket/t/"
    lake.glue.update_table(DatabaseName="lake", TableInput=changed)
    assert "NoSuchBucket" in lake.error("SELECT * FROM t")


def test_a_column_type_that_is_none(lake: Lake) -> None:
    lake.table("t", "a strin")
    assert "HIVE_INVALID_METADATA: 'strin' is not a valid Hive column type" in lake.error(
        "SELECT * FROM t"
    )


def test_a_scan_can_be_limited_and_stopped(lake: Lake) -> None:
    lake.table("t", "a int", lines=[{"a": n} for n in range(100)])
    from sandbox.athena.errors import QueryCancelledError

    with pytest.raises(QueryCancelledError, match="Bytes scanned limit was exceeded"):
        lake.rows("SELECT * FROM t", scan_limit=10)

    def stop() -> None:
        raise QueryCancelledError("Query cancelled by user")

    with pytest.raises(QueryCancelledError):
        lake.rows("SELECT * FROM t", check=stop)


def test_big_files_are_read_in_blocks(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.athena.storage.cache._BLOCK", 64)
    lake.table("t", "a int; b string", parameters={"skip.header.line.count": "2"})
    lines = [f'{{"a": {n}, "b": "{"x" * (n % 90)}"}}' for n in range(200)]
    lake.put("t/x.json", "\n".join(lines))
    assert lake.rows("SELECT count(*), sum(a), min(a) FROM t") == [["198", "19899", "2"]]


def test_a_table_without_a_row_format_splits_at_the_first_control_character(lake: Lake) -> None:
    lake.put("d/a", "1\x01x1\n")
    for name, clause in (
        ("d", ""),
        ("o", "ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\001'"),
        ("u", "ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\u0001'"),
        ("n", "ROW FORMAT DELIMITED FIELDS TERMINATED BY '1'"),
    ):
        lake.rows(
            f"CREATE EXTERNAL TABLE {name} (a string, b string) {clause} "
            f"LOCATION 's3://{BUCKET}/d/'"
        )
        assert lake.rows(f"SELECT * FROM {name}") == [["1", "x1"]], name


def test_binary_in_text_is_base64_where_it_is_that(lake: Lake) -> None:
    lake.put("b/a", "MTIz\nno base64!\n")
    lake.rows(f"CREATE EXTERNAL TABLE b (x binary) LOCATION 's3://{BUCKET}/b/'")
    assert lake.rows("SELECT from_utf8(x) FROM b") == [["123"], ["no base64!"]]


@pytest.mark.parametrize(
    "row_format",
    [
        "SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'",
        "SERDE 'com.amazon.emr.hive.serde.CloudTrailSerde'",
    ],
)
def test_cloudtrail_logs(lake: Lake, row_format: str) -> None:
    records = [
        {"eventName": "A", "userIdentity": {"type": "Root"}, "requestParameters": {"k": [1]}},
        {"eventName": "B", "resources": [{"ARN": "x"}]},
    ]
    lake.put("ct/x.json.gz", gzip.compress(json.dumps({"Records": records}).encode()))
    lake.rows(
        "CREATE EXTERNAL TABLE ct (eventname string, useridentity struct<type:string>, "
        "requestparameters string, resources array<struct<arn:string>>) "
        f"ROW FORMAT {row_format} STORED AS "
        "INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat' "
        "OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat' "
        f"LOCATION 's3://{BUCKET}/ct/'"
    )
    assert lake.rows("SELECT eventname, useridentity.type, requestparameters FROM ct") == [
        ["A", "Root", '{"k":[1]}'],
        ["B", None, None],
    ]
    assert lake.rows("SELECT r.arn FROM ct CROSS JOIN UNNEST(resources) AS t(r)") == [["x"]]


def test_what_is_not_a_cloudtrail_log(lake: Lake) -> None:
    lake.put("ct/x.json", "{}")
    lake.table("ct", "eventname string", serde="com.amazon.emr.hive.serde.CloudTrailSerde")
    assert "ct/x.json: it is not a CloudTrail log" in lake.error("SELECT * FROM ct")


def test_grok(lake: Lake) -> None:
    line = '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326'
    lake.put("g/a", f"{line}\nnot a log\n")
    grok = "com.amazonaws.glue.serde.GrokSerDe"
    lake.table(
        "g",
        "verb string; clientip string; bytes int; timestamp string",
        serde=grok,
        properties={"input.format": "%{COMMONAPACHELOG}"},
    )
    assert lake.rows("SELECT * FROM g") == [
        ["GET", "127.0.0.1", "2326", "10/Oct/2000:13:55:36 -0700"],
        [None, None, None, None],
    ]
    lake.put("own/a", "42 rest of it\n")
    lake.table(
        "own",
        "a string; b string",
        serde=grok,
        properties={
            "input.format": "^%{TWO:x} %{GREEDYDATA:y}$",
            "input.grokCustomPatterns": "TWO \\d\\d",
        },
    )
    assert lake.rows("SELECT * FROM own") == [["42", "rest of it"]]
    lake.put("bad/a", "x\n")
    lake.table("bad", "a string", serde=grok, properties={"input.format": "%{NOPE:a}"})
    assert "Grok pattern 'NOPE' is not known" in lake.error("SELECT * FROM bad")


def test_an_iceberg_table_of_the_catalog_is_refused(lake: Lake) -> None:
    lake.table("i", "a int", parameters={"table_type": "ICEBERG"})
    assert "NOT_SUPPORTED: line 1:15: The embedded Athena has no Iceberg tables: 'lake.i'" in (
        lake.error("SELECT * FROM i")
    )


@pytest.mark.parametrize(
    ("parameters", "input_format", "name"),
    [
        ({"table_type": "delta"}, "", "Delta Lake"),
        ({"spark.sql.sources.provider": "hudi"}, "", "Hudi"),
        ({}, "org.apache.hudi.hadoop.HoodieParquetInputFormat", "Hudi"),
        ({}, "org.apache.hudi.hadoop.realtime.HoodieParquetRealtimeInputFormat", "Hudi"),
        ({}, "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat", "symlink"),
    ],
)
def test_a_table_whose_rows_its_own_metadata_tells_is_refused_and_not_read_as_files(
    lake: Lake, parameters: dict[str, str], input_format: str, name: str
) -> None:
    lake.table("f", "a int", serde=PARQUET, parameters=parameters, input_format=input_format)
    refusal = f"The embedded Athena has no {name} tables: 'lake.f' is one"
    assert refusal in lake.error("SELECT * FROM f")
    assert refusal in lake.error("INSERT INTO f VALUES (1)")


@pytest.mark.parametrize("declared", ["tinyint", "smallint", "int"])
def test_parquet_of_a_wider_whole_number_is_read_as_far_as_it_fits(
    lake: Lake, declared: str
) -> None:
    lake.table("t", f"c {declared}", serde=PARQUET)
    lake.put("t/a.parquet", parquet(pa.table({"c": pa.array([7], pa.int64())})))
    assert lake.rows("SELECT c FROM t") == [["7"]]
    lake.put("t/b.parquet", parquet(pa.table({"c": pa.array([1 << 40], pa.int64())})))
    assert "HIVE_BAD_DATA: A value of column c in file s3://athena-data/t/b.parquet is out of" in (
        lake.error("SELECT c FROM t")
    )


def test_a_mapping_holds_at_every_level(lake: Lake) -> None:
    lines = [{"my:top": n, "item": {"my:f": "v", "list": [{"my:f": "w"}]}} for n in range(3)]
    lake.table(
        "m",
        "top int; item struct<f:string,list:array<struct<f:string>>>",
        properties={"mapping.f": "my:f", "mapping.top": "my:top"},
        lines=lines,
    )
    assert lake.rows("SELECT top, item.f, item.list[1].f FROM m LIMIT 1") == [["0", "v", "w"]]


def test_a_query_too_large_for_memory_fails_alone(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duck, "_MEMORY_LIMIT", "60MB")
    lake.table("n", "n bigint", lines=[{"n": number} for number in range(3000)])
    failure = lake.error("SELECT cardinality(array_agg(a.n * b.n)) FROM n a CROSS JOIN n b")
    assert failure.startswith("EXCEEDED_LOCAL_MEMORY_LIMIT: Query exhausted resources")
    assert lake.value("SELECT count(*) FROM n") == "3000"

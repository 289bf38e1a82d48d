"""The gs_* modules: what Glue Studio's newer nodes call as methods of a frame."""

from datetime import datetime
from importlib import import_module
from typing import Any

import pytest


def value(frame: Any, name: str) -> Any:
    return frame.toDF().collect()[0][name]


def test_now(lake: Any) -> None:
    import_module("gs_now")

    frame = lake.frame([{"a": 1}], "a int")
    assert frame.gs_now(colName="at").toDF().dtypes[1] == ("at", "timestamp")
    day = value(frame.gs_now(colName="at", dateFormat="%Y-%m-%d"), "at")
    assert datetime.fromisoformat(day).year >= 2024
    assert len(value(frame.gs_now(colName="at", dateFormat="yyyyMMddHHmmss"), "at")) == 14
    assert frame.gs_now().toDF().columns == ["a", "timestamp"]
    assert "at" in frame.toDF().gs_now(colName="at").columns


def test_derived_and_null_rows(lake: Any) -> None:
    import_module("gs_derived")
    import_module("gs_null_rows")

    data: list[tuple[Any, ...]] = [
        (1, "x", None),
        (None, " ", []),
        (None, "", []),
        (None, None, []),
        (None, None, [None]),
        (None, None, None),
    ]
    frame = lake.frame([dict(zip("abl", row, strict=True)) for row in data], "a int, b string, l array<int>")  # fmt: skip
    assert value(frame.gs_derived(colName="c", expr="a * 2 + length(b)"), "c") == 3
    # As Spark's withColumn, which finds a column in any case.
    assert frame.gs_derived(colName="A", expr="a + 1").toDF().columns == ["A", "b", "l"]
    assert frame.gs_null_rows().count() == 5
    kept = frame.gs_null_rows(extended=True).toDF().collect()
    assert [tuple(row) for row in kept] == [data[0], data[1], data[4]]


def test_a_choice_is_refused_and_a_frame_of_nothing_stays(lake: Any) -> None:
    import_module("gs_derived")
    from awsglue.dynamicframe import DynamicFrame

    at_the_top, inside = ([{"k": 1}, {"k": "x"}], [{"s": {"k": 1}}, {"s": {"k": "x"}}])
    for rows in (at_the_top, inside):
        folder = lake.folder()
        lake.put(folder + "a.json", rows)
        read = lake.context.create_dynamic_frame.from_options("s3", {"paths": [folder]}, "json")
        with pytest.raises(ValueError, match="resolve the pending DynamicFrame choices"):
            read.gs_derived(colName="c", expr="1")
    empty = DynamicFrame.fromDF(lake.spark.createDataFrame([], "struct<>"), lake.context, "empty")
    assert empty.gs_derived(colName="c", expr="no_such_column") is empty
    assert empty.toDF().gs_derived(colName="c", expr="no_such_column").columns == []


def test_text_and_arrays(lake: Any, rows: Any) -> None:
    import_module("gs_array_to_cols")
    import_module("gs_concat")
    import_module("gs_regex_extract")
    import_module("gs_split")

    frame = lake.frame([{"t": "2024-01 x"}], "t string")
    split = frame.gs_split(colName="t", pattern="[- ]", newColName="parts")
    columns = split.gs_array_to_cols(colName="parts", colList="y, m, d, none")
    assert rows(columns.drop_fields(["parts"])) == [
        {"t": "2024-01 x", "y": "2024", "m": "01", "d": "x", "none": None}
    ]
    picked = split.gs_array_to_cols(colName="`parts`", colList="m", indexes="2")
    assert value(picked, "m") == "01"
    assert value(columns.gs_concat(colName="c", colList=["m", "y"], spacer="/"), "c") == "01/2024"
    found = frame.gs_regex_extract(colName="t", regex=r"(\d+)-(\d+)", newCols="a,b")
    assert (value(found, "a"), value(found, "b")) == ("2024", "01")
    whole = frame.gs_regex_extract(colName="t", regex=r"^[^(\s]*", newCols="w")
    assert value(whole, "w") == "2024-01"
    second = frame.gs_regex_extract(colName="t", regex=r"(?<y>\d+)-(?:0*)(\d+)", newCols=", m")
    assert second.toDF().columns == ["t", "m"]
    assert value(second, "m") == "1"
    texts = lake.frame([{"t": "none"}, {"t": None}], "t string")
    missed = texts.gs_regex_extract(colName="t", regex=r"\d", newCols="d")
    assert [row.d for row in missed.toDF().collect()] == ["", None]
    with pytest.raises(Exception, match="1 columns for the 2 groups"):
        frame.gs_regex_extract(colName="t", regex="(.)(.)", newCols="a")
    holes = lake.frame([{"a": "x", "b": None, "c": "z"}], "a string, b string, c string")
    assert value(holes.gs_concat(colName="d", colList=["a", "b", "c"], spacer="-"), "d") == "x--z"
    with pytest.raises(Exception, match="2 columns for 1 indexes"):
        split.gs_array_to_cols(colName="parts", colList="a,b", indexes="1")
    with pytest.raises(Exception, match="no column 'none'"):
        frame.gs_split(colName="none")


def test_shapes(lake: Any, rows: Any) -> None:
    import_module("gs_explode")
    import_module("gs_flatten")
    import_module("gs_parse_json")
    import_module("gs_pivot")

    frame = lake.frame([{"id": 1, "a": [1, 2]}, {"id": 2, "a": None}], "id int, a array<int>")
    assert rows(frame.gs_explode(colName="a", newCol="x").select_fields(["id", "x"])) == [
        {"id": 1, "x": 1},
        {"id": 1, "x": 2},
    ]
    assert frame.gs_explode(colName="a", newCol="a", outer=True).count() == 3
    mapped = lake.frame([{"m": {"k": 1}}], "m map<string,int>").gs_explode(colName="m")
    assert mapped.toDF().columns == ["m", "key", "value"]
    entries = lake.frame([{"m": {"k": 1}}], "m map<string,int>")
    assert rows(entries.gs_explode(colName="m", newCol="a, b").select_fields(["a", "b"])) == [
        {"a": "k", "b": 1}
    ]
    with pytest.raises(Exception, match="a map becomes two columns"):
        entries.gs_explode(colName="m", newCol="a")
    deep = lake.frame([{"s": ((1,), 2)}], "s struct<o:struct<i:int>,p:int>")
    assert deep.gs_flatten().toDF().columns == ["s.o.i", "s.p"]
    assert deep.gs_flatten(maxLevels=1, separator="_").toDF().columns == ["s_o", "s_p"]
    parsed = lake.frame([{"j": '{"a": 1}'}], "j string").gs_parse_json(colName="j")
    assert parsed.toDF().dtypes == [("j", "struct<a:bigint>")]
    with pytest.raises(Exception, match="arrays in j need a schema"):
        lake.frame([{"j": "[1]"}], "j string").gs_parse_json(colName="j")
    scores = lake.frame(
        [{"k": "x", "m": "p", "n": 1.0}, {"k": "x", "m": "q", "n": 3.0}],
        "k string, m string, n double",
    )
    assert rows(scores.gs_pivot(aggCol="n", aggFunction="mean", colList=["m"])) == [
        {"k": "x", "p": 1.0, "q": 3.0}
    ]


def test_times_partitions_and_identifiers(lake: Any) -> None:
    import_module("gs_common")
    import_module("gs_format_timestamp")
    import_module("gs_repartition")
    import_module("gs_to_timestamp")
    import_module("gs_uuid")

    for text, kind in (
        ("1700000000", "autodetect"),
        ("1700000000000", "autodetect"),
        ("1700000000000000", "autodetect"),
        ("1700000000", "seconds"),
        ("2023-11-14 22:13:20", "autodetect"),
        ("2023-11-14T22:13:20Z", "iso"),
    ):
        frame = lake.frame([{"t": text}], "t string").gs_to_timestamp(colName="t", colType=kind)
        shown = frame.gs_format_timestamp(colName="t", dateFormat="%Y/%m/%d %H:%M:%S")
        assert value(shown, "t") == "2023/11/14 22:13:20", text
    frame = lake.frame([{"t": "1"}], "t string")
    with pytest.raises(Exception, match="is not a kind of time"):
        frame.gs_to_timestamp(colName="t", colType="lunar")
    assert frame.gs_repartition(numPartitionsStr="3").getNumPartitions() == 3
    assert len(value(frame.gs_uuid(), "uuid")) == 36
    at = lake.frame([{"t": datetime(2023, 11, 14, 22, 13, 20)}], "t timestamp")  # noqa: DTZ001 -- Spark's
    shown = at.gs_format_timestamp(colName="t", dateFormat="%a %d %b %j %%")
    assert value(shown, "t") == "Tue 14 Nov 318 %"
    with pytest.raises(KeyError):
        at.gs_format_timestamp(colName="t", dateFormat="%q")

"""Sources and targets that name S3 paths, and the catalog that targets keep up to date."""

import json
from typing import Any

import pytest

ROWS = [{"id": 1, "day": "mon"}, {"id": 2, "day": "tue"}]
SCHEMA = "id int, day string"


def test_json_csv_and_parquet_go_out_and_come_back(lake: Any, rows: Any) -> None:
    context, frame = lake.context, lake.frame(ROWS, SCHEMA)
    for kind, options, types in (
        ("json", {}, ["bigint", "string"]),
        ("csv", {"withHeader": True, "separator": ","}, ["string", "string"]),
        ("parquet", {}, ["int", "string"]),
        ("glueparquet", {"compression": "snappy"}, ["int", "string"]),
        ("orc", {}, ["int", "string"]),
    ):
        folder = lake.folder()
        context.write_dynamic_frame.from_options(
            frame=frame, connection_type="s3", format=kind, connection_options={"path": folder}
        )
        assert lake.keys(folder), kind
        assert not [key for key in lake.keys(folder) if "_SUCCESS" in key or key.endswith(".crc")]
        back = context.create_dynamic_frame.from_options(
            connection_type="s3",
            format=kind,
            format_options=options,
            connection_options={"paths": [folder], "recurse": True},
        )
        named = dict(back.toDF().dtypes)
        assert [named["id"], named["day"]] == types, kind
        assert [str(row["id"]) for row in rows(back)] == ["1", "2"]


def test_compression_and_csv_options_are_kept(lake: Any) -> None:
    folder = lake.folder()
    lake.context.write_dynamic_frame.from_options(
        frame=lake.frame(ROWS, SCHEMA).coalesce(1),
        connection_type="s3",
        format="csv",
        format_options={"separator": "|", "writeHeader": False},
        connection_options={"path": folder},
    )
    (key,) = lake.keys(folder)
    assert lake.text(folder, key) == "1|mon\n2|tue\n"
    packed = lake.folder()
    lake.context.write_dynamic_frame.from_options(
        frame=lake.frame(ROWS, SCHEMA),
        connection_type="s3",
        format="json",
        connection_options={"path": packed, "compression": "gzip"},
    )
    assert all(key.endswith(".json.gz") for key in lake.keys(packed))


def test_csv_without_header_has_numbered_columns(lake: Any, rows: Any) -> None:
    folder = lake.folder()
    lake.put(folder + "a.csv", "1;'x;y'\n2;\n")
    back = lake.context.create_dynamic_frame.from_options(
        "s3",
        {"paths": [folder]},
        "csv",
        {"quoteChar": "'", "withHeader": False, "separator": ";", "optimizePerformance": False},
    )
    assert rows(back) == [{"col0": "1", "col1": "x;y"}, {"col0": "2", "col1": ""}]


def test_json_of_many_lines_and_inner_paths(lake: Any, rows: Any) -> None:
    folder = lake.folder()
    lake.put(folder + "a.json", json.dumps({"data": {"items": [{"a": 1}, {"a": 2}]}}, indent=2))
    create = lake.context.create_dynamic_frame.from_options
    whole = create("s3", {"paths": [folder]}, "json", {"multiLine": "true"})
    assert whole.count() == 1
    inner = create(
        "s3", {"paths": [folder]}, "json", {"multiLine": True, "jsonPath": "$.data.items[*]"}
    )
    assert rows(inner) == [{"a": 1}, {"a": 2}]
    with pytest.raises(Exception, match="there is no 'nothing'"):
        create("s3", {"paths": [folder]}, "json", {"multiLine": True, "jsonPath": "$.nothing"})


def test_broken_lines_and_exclusions(lake: Any, rows: Any) -> None:
    folder = lake.folder()
    lake.put(folder + "sub/a.json", '{"a": 1}\nbroken\n')
    lake.put(folder + "skip/b.json", '{"a": 9}\n')
    create = lake.context.create_dynamic_frame.from_options
    frame = create("s3", {"paths": [folder], "exclusions": '["**/skip/**"]'}, "json")
    assert rows(frame) == [{"a": 1}]
    assert frame.errorsCount() == 1
    assert create("s3", {"paths": [lake.folder()]}, "json").count() == 0


def test_partition_folders_become_columns(lake: Any, rows: Any) -> None:
    folder = lake.folder()
    lake.context.write_dynamic_frame.from_options(
        lake.frame(ROWS, SCHEMA),
        "s3",
        {"path": folder, "partitionKeys": ["day"]},
        "parquet",
    )
    assert {key.split("/")[0] for key in lake.keys(folder)} == {"day=mon", "day=tue"}
    create = lake.context.create_dynamic_frame.from_options
    assert rows(create("s3", {"paths": [folder]}, "parquet")) == ROWS
    monday = create("s3", {"paths": [folder]}, "parquet", push_down_predicate="day = 'mon'")
    assert rows(monday) == ROWS[:1]
    with pytest.raises(Exception, match="Partition column nothing is not in the frame"):
        lake.context.write_dynamic_frame.from_options(
            lake.frame(ROWS, SCHEMA), "s3", {"path": folder, "partitionKeys": ["nothing"]}, "json"
        )


def test_a_source_and_a_sink_by_their_own_objects(lake: Any, rows: Any) -> None:
    folder = lake.folder()
    sink = lake.context.getSink("s3", path=folder)
    sink.setFormat("json")
    sink.setAccumulableSize(10)
    sink.write(lake.frame(ROWS, SCHEMA).split_fields(["id"], "ids", "days"))
    assert {key.split("/")[0] for key in lake.keys(folder)} == {"ids", "days"}
    source = lake.context.getSource("s3", paths=[folder + "ids/"])
    source.setFormat("json")
    assert rows(source.getFrame()) == [{"id": 1}, {"id": 2}]
    assert source.getSampleFrame(1).count() == 1
    assert rows(source.getDataFrame()) == [{"id": 1}, {"id": 2}]
    with pytest.raises(TypeError, match="DynamicFrameCollection"):
        sink.write("text")


def make_sink(lake: Any, folder: str, table: str, **options: Any) -> Any:
    sink = lake.context.getSink(
        path=folder,
        connection_type="s3",
        partitionKeys=["day"],
        enableUpdateCatalog=True,
        **{"updateBehavior": "UPDATE_IN_DATABASE", **options},
    )
    sink.setCatalogInfo(catalogDatabase="db", catalogTableName=table)
    sink.setFormat("glueparquet", compression="snappy")
    return sink


def test_a_sink_makes_its_table_and_keeps_it_up_to_date(lake: Any, rows: Any) -> None:
    folder = lake.folder()
    make_sink(lake, folder, "made").writeFrame(lake.frame(ROWS, SCHEMA))
    table = lake.glue.get_table(DatabaseName="db", Name="made")["Table"]
    assert [column["Name"] for column in table["StorageDescriptor"]["Columns"]] == ["id"]
    assert table["PartitionKeys"] == [{"Name": "day", "Type": "string"}]
    assert rows(lake.read("made")) == ROWS
    wider = lake.frame([{"id": 3, "day": "wed", "more": 1.5}], "id int, day string, more double")
    make_sink(lake, folder, "made").writeFrame(wider)
    assert {row["id"]: row["more"] for row in rows(lake.read("made"))} == {1: None, 2: None, 3: 1.5}
    with pytest.raises(Exception, match="UPDATE_IN_DATABASE or LOG"):
        make_sink(lake, folder, "made", updateBehavior="GUESS").writeFrame(wider)


def test_a_catalog_target_writes_the_tables_own_format(lake: Any, rows: Any) -> None:
    for kind, ending in (("parquet", ".snappy.parquet"), ("json", ".json"), ("orc", ".snappy.orc")):
        table = lake.table("id int", kind=kind, keys="day string")
        lake.context.write_dynamic_frame.from_catalog(
            frame=lake.frame(ROWS, SCHEMA), database="db", table_name=table
        )
        assert all(key.endswith(ending) for key in lake.keys(lake.location(table)))
        assert rows(lake.read(table)) == ROWS
    packed = lake.table("ID int; day string", kind="json", compressionType="gzip")
    lake.context.write_data_frame.from_catalog(
        lake.frame(ROWS, SCHEMA).toDF(), database="db", table_name=packed
    )
    assert all(key.endswith(".gz") for key in lake.keys(lake.location(packed)))
    delimited = lake.table("id int; day string", kind="csv", serde={"field.delim": "|"})
    frame = lake.frame(ROWS, SCHEMA).coalesce(1)
    lake.context.write_dynamic_frame.from_catalog(frame, "db", delimited)
    assert rows(lake.read(delimited)) == ROWS
    (key,) = lake.keys(lake.location(delimited))
    assert lake.text(lake.location(delimited), key) == "1|mon\n2|tue\n"


def test_a_catalog_target_appends_and_a_purge_empties(lake: Any) -> None:
    table = lake.table("id int; day string", kind="parquet")
    for expected in (2, 4):
        lake.context.write_dynamic_frame.from_catalog(
            frame=lake.frame(ROWS, SCHEMA), database="db", table_name=table
        )
        assert lake.read(table).count() == expected
    lake.context.purge_table("db", table)  # the default keeps a week
    assert lake.read(table).count() == 4
    lake.context.purge_table("db", table, options={"retentionPeriod": 0})
    assert lake.keys(lake.location(table)) == []
    assert lake.read(table).count() == 0


def test_one_partition_is_purged_and_a_manifest_written(lake: Any, rows: Any) -> None:
    table = lake.table("id int", kind="parquet", keys="day string")
    lake.context.write_dynamic_frame.from_catalog(
        frame=lake.frame(ROWS, SCHEMA), database="db", table_name=table
    )
    manifests = lake.folder()
    lake.context.purge_table(
        "db",
        table,
        {"partitionPredicate": "day = 'mon'", "retentionPeriod": 0, "manifestFilePath": manifests},
    )
    assert rows(lake.read(table)) == ROWS[1:]
    assert "day=mon" in lake.text(manifests, "Success.csv")


def test_a_path_is_purged(lake: Any) -> None:
    folder = lake.folder()
    lake.put(folder + "a/b.txt", "x")
    lake.context.purge_s3_path(folder, {"retentionPeriod": 0})
    assert lake.keys(folder) == []


def test_objects_put_while_the_job_runs_are_seen(lake: Any, rows: Any) -> None:
    table = lake.table("id int")
    location = lake.location(table)
    lake.put(location + "a.json", [{"id": 1}])
    assert rows(lake.read(table)) == [{"id": 1}]
    lake.put(location + "a.json", [{"id": 2}])
    lake.put(location + "b.json", [{"id": 3}])
    assert rows(lake.read(table)) == [{"id": 2}, {"id": 3}]
    lake.s3.delete_object(Bucket="lake", Key=location.removeprefix("s3://lake/") + "a.json")
    assert rows(lake.read(table)) == [{"id": 3}]


@pytest.mark.parametrize(
    ("connection", "options", "kind", "message"),
    [
        ("mysql", {}, None, "The source 'mysql' is not in the sandbox"),
        ("kafka", {}, None, "streaming source 'kafka'"),
        ("s3", {"paths": ["s3://lake/x/"]}, None, "needs a format"),
        ("s3", {}, "json", "needs connection_options with paths"),
        ("s3", {"paths": ["http://x"]}, "json", "is not an S3 path"),
        ("s3", {"paths": ["s3://lake/a/../b"]}, "json", "a dotted folder name"),
    ],
)
def test_bad_sources_say_so(
    lake: Any, connection: str, options: dict[str, Any], kind: str | None, message: str
) -> None:
    with pytest.raises(Exception, match=message):
        lake.context.create_dynamic_frame.from_options(connection, options, kind)


def test_bad_targets_say_so(lake: Any) -> None:
    frame = lake.frame(ROWS, SCHEMA)
    write = lake.context.write_dynamic_frame.from_options
    for connection, options, kind, message in (
        ("redshift", {}, None, "The target 'redshift' is not in the sandbox"),
        ("s3", {}, "json", "needs a path"),
        ("s3", {"path": "s3://lake/x/"}, None, "needs a format"),
        ("s3", {"path": "s3://lake/x/"}, "avro", "Writing the format 'avro'"),
    ):
        with pytest.raises(Exception, match=message):
            write(frame, connection, options, kind)
    for name, *arguments in (
        ("transition_table", "db", "t", "GLACIER"),
        ("transition_s3_path", "s3://lake/", "GLACIER"),
        ("write_from_jdbc_conf", frame, "connection"),
        ("forEachBatch", frame, print),
        ("start_transaction", False),
        ("getStreamingSource", "kinesis"),
    ):
        with pytest.raises(Exception, match="is not in the sandbox"):
            getattr(lake.context, name)(*arguments)

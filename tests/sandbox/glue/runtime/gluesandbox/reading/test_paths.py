"""Sources and targets that name S3 paths, and the catalog that targets keep up to date."""

import json
from typing import Any

import pytest

ROWS = [{"id": 1, "day": "mon"}, {"id": 2, "day": "tue"}]
SCHEMA = "id int, day string"


def test_json_csv_and_parquet_go_out_and_come_back(lake: Any, rows: Any) -> None:
    context, frame = lake.context, lake.frame(ROWS, SCHEMA)
    for kind, options, types in (
        ("json", {}, ["int", "string"]),
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
    none = create("s3", {"paths": [folder]}, "json", {"multiLine": True, "jsonPath": "$.nothing"})
    assert none.count() == 0
    with pytest.raises(Exception, match="jsonPath '\\$\\.\\.a' is not in the sandbox"):
        create("s3", {"paths": [folder]}, "json", {"jsonPath": "$..a"})


def test_broken_lines_and_exclusions(
    lake: Any, rows: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = lake.folder()
    lake.put(folder + "sub/a.json", '{"a": 1}\nbroken\n')
    lake.put(folder + "skip/b.json", '{"a": 9}\n')
    create = lake.context.create_dynamic_frame.from_options
    flat = create("s3", {"paths": [folder]}, "json")
    assert flat.count() == 0
    assert "2 files in folders below" in capsys.readouterr().out
    options = {"paths": [folder], "exclusions": '["**/skip/**"]', "recurse": True}
    frame = create("s3", options, "json")
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

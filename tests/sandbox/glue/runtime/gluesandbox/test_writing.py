"""Targets: what a job leaves in S3 and in the Data Catalog, and what a purge takes away."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

ROWS = [{"id": 1, "day": "mon"}, {"id": 2, "day": "tue"}]
SCHEMA = "id int, day string"


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


def test_no_row_of_a_csv_file_of_one_column_is_left_out(lake: Any, rows: Any) -> None:
    frame = lake.frame([{"a": "x"}, {"a": None}, {"a": ""}], "a string").coalesce(1)

    def write(**options: Any) -> str:
        folder: str = lake.folder()
        lake.context.write_dynamic_frame.from_options(
            frame=frame,
            connection_type="s3",
            format="csv",
            format_options=options,
            connection_options={"path": folder},
        )
        return folder

    folder = write()
    assert [lake.text(folder, key) for key in lake.keys(folder)] == ['a\nx\n""\n""\n']
    again = lake.context.create_dynamic_frame.from_options(
        "s3", {"paths": [folder]}, "csv", {"withHeader": True}
    )
    assert sorted(row["a"] for row in rows(again)) == ["", "", "x"]
    with pytest.raises(Exception, match="cannot hold an empty value"):
        write(quoteChar="-1")
    frame = lake.frame([{"a": "x"}], "a string")
    write(quoteChar="-1")


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


def test_a_value_is_the_same_json_beside_a_choice_as_without_one(lake: Any) -> None:
    read, alone, beside = lake.folder(), lake.folder(), lake.folder()
    records: list[dict[str, Any]] = [
        {"id": 1, "c": 1, "s": {"c": 1, "C": 2, "none": {}}, "l": [1, "é", None, {"q": 1}]},
        {"id": 2, "c": '"\n', "s": {"c": "x", "none": {}}, "l": []},
    ]
    lake.put(read + "a.json", records)
    frame = lake.context.create_dynamic_frame.from_options("s3", {"paths": [read]}, "json")
    values = {
        "day": date(2024, 1, 2),
        "at": datetime(2024, 1, 2, 3, 4, 5, 6000),  # noqa: DTZ001 -- as Spark has it
        "price": Decimal("1.50"),
        "raw": b"ab",
        "big": 1e20,
    }
    frame = frame.map(f=lambda record: {**record, **values})
    write = lake.context.write_dynamic_frame.from_options
    write(frame, "s3", {"path": beside}, "json")
    write(frame.drop_fields(["c", "s", "l"]), "s3", {"path": alone}, "json")

    def written(folder: str) -> list[Any]:
        lines = [line for key in lake.keys(folder) for line in lake.text(folder, key).splitlines()]
        return sorted((json.loads(line) for line in lines), key=lambda row: int(row["id"]))

    plain = written(alone)
    assert plain[0]["price"] == 1.5
    assert written(beside) == [{**mine, **row} for mine, row in zip(records, plain, strict=True)]

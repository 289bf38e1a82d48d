"""Tables of the Data Catalog as frames: declared columns and types, whatever the files say."""

from decimal import Decimal
from typing import Any

import pytest


def test_json_keys_are_read_whatever_their_case(lake: Any, rows: Any) -> None:
    table = lake.table("customername string; registrationdate bigint; consent bigint")
    lake.put(
        lake.location(table) + "a.json",
        [
            {"customerName": "A", "registrationDate": 1, "consent": 5},
            {"customerName": "B", "registrationDate": 2},
        ],
    )
    frame = lake.read(table)
    assert rows(frame) == [
        {"customername": "A", "registrationdate": 1, "consent": 5},
        {"customername": "B", "registrationdate": 2, "consent": None},
    ]
    assert frame.errorsCount() == 0
    assert frame.count() == 2


def test_one_key_in_two_spellings_is_one_column(lake: Any, rows: Any) -> None:
    table = lake.table("user string; x double")
    lake.put(lake.location(table) + "a.json", [{"user": "a", "x": 1.5}, {"User": "b", "X": 2.5}])
    lake.put(lake.location(table) + "b.json", '{"USER": "c", "x": 3.5}\nbroken {\n')
    frame = lake.read(table)
    assert rows(frame) == [
        {"user": "a", "x": 1.5},
        {"user": "b", "x": 2.5},
        {"user": "c", "x": 3.5},
    ]
    assert frame.errorsCount() == 1


def test_malformed_lines_are_error_records_and_no_rows(lake: Any, rows: Any) -> None:
    table = lake.table("id int; name string", serde={"ignore.malformed.json": "true"})
    good = '{"id": 1, "name": "ok"}\n'
    lake.put(
        lake.location(table) + "a.json", good + '{"id": 2, "name"\n\n"text"\nnot json\n' + good
    )
    frame = lake.read(table)
    assert frame.count() == 2
    assert rows(frame) == [{"id": 1, "name": "ok"}] * 2
    assert [row["error"] for row in rows(frame.errorsAsDynamicFrame())] == [
        '"text"',
        "not json",
        '{"id": 2, "name"',
    ]
    assert frame.errorsCount() == 3
    with pytest.raises(Exception, match="3 error records"):
        frame.assertErrorThreshold()


def test_a_value_of_another_type_is_converted_or_makes_a_choice(lake: Any, rows: Any) -> None:
    table = lake.table("n bigint; d double; s string; b boolean; day date")
    lake.put(
        lake.location(table) + "a.json",
        [
            {"n": "12", "d": 1, "s": 7, "b": "true", "day": "2024-01-31"},
            {"n": "x", "d": "2.5", "s": {"a": 1}, "b": False, "day": "soon"},
            {"n": 1.5, "d": None},
        ],
    )
    frame = lake.read(table)
    assert frame.toDF().dtypes == [
        ("n", "struct<long:bigint,string:string>"),
        ("d", "double"),
        ("s", "string"),
        ("b", "boolean"),
        ("day", "struct<date:date,string:string>"),
    ]
    found = rows(frame.resolveChoice(choice="cast:string"))
    assert sorted(tuple(row[name] for name in ("n", "d", "s", "b", "day")) for row in found) == [
        ("1.5", None, None, None, None),
        ("12", 1.0, "7", True, "2024-01-31"),
        ("x", 2.5, '{"a":1}', False, "soon"),
    ]
    assert rows(frame.filter(lambda row: row["n"] == "x").select_fields(["d"])) == [{"d": 2.5}]
    assert frame.filter(lambda row: "day" not in row).count() == 1
    # For Spark a value that does not fit is NULL.
    data = lake.context.create_data_frame.from_catalog(database="db", table_name=table)
    assert sorted(str(row["n"]) for row in data.collect()) == ["12", "None", "None"]


def test_nested_types_mappings_and_decimals(lake: Any, rows: Any) -> None:
    table = lake.table(
        "at bigint; tags array<string>; who struct<name:string,age:int>; price decimal(10,2)",
        serde={"mapping.at": "timestamp"},
    )
    lake.put(
        lake.location(table) + "a.json",
        [{"timestamp": 9, "tags": ["a"], "who": {"name": "n", "age": 3}, "price": 1.25}],
    )
    assert rows(lake.read(table)) == [
        {"at": 9, "tags": ["a"], "who": {"name": "n", "age": 3}, "price": Decimal("1.25")}
    ]


def test_gzipped_json_is_read_by_its_own_keys(lake: Any, rows: Any) -> None:
    import gzip

    table = lake.table("username string")
    lake.put(lake.location(table) + "a.json.gz", gzip.compress(b'{"userName": "z"}\n'))
    assert rows(lake.read(table)) == [{"username": "z"}]


@pytest.mark.parametrize("codec", ["snappy", "bzip2", "deflate"])
def test_packed_json_is_read_by_its_own_keys(lake: Any, rows: Any, codec: str) -> None:
    folder = lake.folder()
    frame = lake.frame([{"userName": "z", "n": 1}], "userName string, n int")
    lake.context.write_dynamic_frame.from_options(
        frame, "s3", {"path": folder, "compression": codec}, "json"
    )
    table = lake.table("username string; n int", location=folder)
    assert rows(lake.read(table)) == [{"username": "z", "n": 1}]
    by_path = lake.context.create_dynamic_frame.from_options("s3", {"paths": [folder]}, "json")
    assert rows(by_path) == [{"userName": "z", "n": 1}]


def test_names_of_folders_are_texts(lake: Any, rows: Any) -> None:
    for kind in ("json", "csv", "parquet", "orc"):
        table = lake.table(
            "id int", kind=kind, keys="month string; n int", serde={"field.delim": ","}
        )
        frame = lake.frame([{"id": 1, "month": "04", "n": 7}], "id int, month string, n int")
        lake.context.write_dynamic_frame.from_catalog(frame, "db", table)
        assert rows(lake.read(table)) == [{"id": 1, "month": "04", "n": 7}], kind
        assert [key.split("/")[:2] for key in lake.keys(lake.location(table))] == [
            ["month=04", "n=7"]
        ]
        assert lake.read(table, push_down_predicate="month = '04'").count() == 1
        source = {"paths": [lake.location(table)], "recurse": True}
        by_path = lake.context.create_dynamic_frame.from_options("s3", source, kind)
        assert rows(by_path.select_fields(["month", "n"])) == [{"month": "04", "n": "7"}]


def test_csv_skips_its_header_and_casts(lake: Any, rows: Any) -> None:
    table = lake.table(
        "id int; name string; day date",
        kind="csv",
        serde={"field.delim": ","},
        **{"skip.header.line.count": "1"},
    )
    text = 'id,name,day\n1,"Smith, J",2024-01-31\nx,,\n'
    lake.put(lake.location(table) + "a.csv", text)
    frame = lake.read(table)
    assert frame.toDF().dtypes[0] == ("id", "struct<int:int,string:string>")
    found = rows(frame.resolveChoice(specs=[("id", "cast:int")]))
    assert [(row["id"], row["name"], str(row["day"])) for row in found] == [
        (1, "Smith, J", "2024-01-31"),
        (None, "", "None"),
    ]
    columns = frame.resolveChoice(specs=[("id", "make_cols")]).select_fields(
        ["id_int", "id_string"]
    )
    assert rows(columns) == [{"id_int": 1, "id_string": None}, {"id_int": None, "id_string": "x"}]
    lake.put(lake.location(table) + "a.csv", "id,name,day\n1,a,\n,b,\n")
    assert lake.read(table).toDF().dtypes[0] == ("id", "int")


def test_open_csv_has_its_own_characters(lake: Any, rows: Any) -> None:
    table = lake.table(
        "a string; b bigint", kind="opencsv", serde={"separatorChar": ";", "quoteChar": "'"}
    )
    lake.put(lake.location(table) + "a.csv", "'x;y';5\n")
    assert rows(lake.read(table)) == [{"a": "x;y", "b": 5}]


@pytest.mark.parametrize("kind", ["parquet", "orc"])
def test_columnar_files_are_read_by_name_in_the_declared_types(
    lake: Any, rows: Any, kind: str
) -> None:
    table = lake.table("id bigint; missing string; name string", kind=kind)
    written = lake.spark.createDataFrame([("n", 1)], "Name string, ID int")
    written.write.mode("append").format(kind).save(lake.location(table))
    assert rows(lake.read(table)) == [{"id": 1, "missing": None, "name": "n"}]


def test_an_empty_location_has_the_declared_columns(lake: Any) -> None:
    frame = lake.read(lake.table("id bigint; at timestamp", kind="parquet"))
    assert frame.count() == 0
    assert frame.toDF().dtypes == [("id", "bigint"), ("at", "timestamp")]


def test_partitions_come_from_the_catalog_and_the_predicate_picks_some(
    lake: Any, rows: Any
) -> None:
    table = lake.table("n int", keys="day string; hour int")
    base = lake.location(table)
    for day, hour, n in (("mon", 1, 1), ("mon", 2, 2), ("tue", 1, 3), ("wed", 1, 4)):
        lake.put(f"{base}day={day}/hour={hour}/a.json", [{"n": n}])
        if day != "wed":  # a folder that nobody registered is not read
            lake.glue.create_partition(
                DatabaseName="db",
                TableName=table,
                PartitionInput={
                    "Values": [day, str(hour)],
                    "StorageDescriptor": {"Location": f"{base}day={day}/hour={hour}/"},
                },
            )
    assert [row["n"] for row in rows(lake.read(table))] == [1, 2, 3]
    picked = lake.read(table, push_down_predicate="day = 'mon' AND hour > 1")
    assert rows(picked) == [{"n": 2, "day": "mon", "hour": 2}]
    server_side = lake.read(table, additional_options={"catalogPartitionPredicate": "day='tue'"})
    assert [row["n"] for row in rows(server_side)] == [3]


def test_partitions_in_folders_of_other_names(lake: Any, rows: Any) -> None:
    table = lake.table("n int", keys="day string")
    other = lake.folder()
    lake.put(f"{other}x/a.json", [{"n": 1}])
    lake.glue.create_partition(
        DatabaseName="db",
        TableName=table,
        PartitionInput={"Values": ["mon"], "StorageDescriptor": {"Location": f"{other}x/"}},
    )
    assert rows(lake.read(table)) == [{"n": 1, "day": "mon"}]


def test_what_cannot_be_read_says_so(lake: Any) -> None:
    with pytest.raises(Exception, match=r"EntityNotFoundException.*db\.nowhere"):
        lake.read("nowhere")
    avro = lake.table("a string", kind="avro")
    lake.put(lake.location(avro) + "a.avro", "x")
    with pytest.raises(Exception, match="'avro' of the table .* is not in the sandbox"):
        lake.read(avro)
    with pytest.raises(Exception, match=r"bucket of s3://elsewhere/x/ does not exist"):
        lake.read(lake.table("a string", location="s3://elsewhere/x/"))
    with pytest.raises(Exception, match="whose data is not in S3, is not in the sandbox"):
        lake.read(lake.table("a string", location="dev.public.sales"))
    with pytest.raises(Exception, match="the ICEBERG table .* is not in the sandbox"):
        lake.read(lake.table("a string", table_type="ICEBERG"))
    with pytest.raises(Exception, match="Parameter table_name is missing"):
        lake.context.create_dynamic_frame.from_catalog(database="db")


def test_data_frames_come_the_same_way(lake: Any, rows: Any) -> None:
    table = lake.table("a int")
    lake.put(lake.location(table) + "a.json", [{"a": 1}, {"a": 2}])
    frame = lake.context.create_data_frame.from_catalog(database="db", table_name=table)
    assert rows(frame) == [{"a": 1}, {"a": 2}]
    schema = lake.context.get_catalog_schema_as_spark_schema("db", table)
    assert schema.simpleString() == "struct<a:int>"
    sample = lake.context.create_sample_dynamic_frame_from_catalog("db", table, num=1)
    assert sample.count() == 1

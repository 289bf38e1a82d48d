"""The methods of DynamicFrame and the transforms that call them."""

from decimal import Decimal
from typing import Any

import pytest

PEOPLE = [
    {"name": "ann", "age": 30, "city": "Oslo"},
    {"name": "bob", "age": None, "city": "Rome"},
    {"name": "cyd", "age": 50, "city": None},
]
SCHEMA = "name string, age int, city string"
NESTED = "id int, who struct<first:string,last:string>, tags array<struct<k:string,v:int>>"
NESTED_ROWS: list[dict[str, Any]] = [
    {"id": 1, "who": ("a", "b"), "tags": [("x", 1), ("y", 2)]},
    {"id": 2, "who": ("c", None), "tags": None},
]


@pytest.fixture
def people(lake: Any) -> Any:
    return lake.frame(PEOPLE, SCHEMA)


@pytest.fixture
def nested(lake: Any) -> Any:
    return lake.frame(NESTED_ROWS, NESTED)


def names(frame: Any) -> list[str]:
    return sorted(row["name"] for row in frame.toDF().collect())


def test_filter_drops_and_counts_records_on_which_the_function_fails(people: Any) -> None:
    from awsglue.transforms import Filter

    older = Filter.apply(frame=people, f=lambda row: row["age"] >= 40, transformation_ctx="x")
    assert names(older) == ["cyd"]
    assert older.errorsCount() == 1
    assert older.stageErrorsCount() == 1
    assert names(people.filter(lambda row: row["age"] != 30)) == ["bob", "cyd"]  # NULL is kept
    with pytest.raises(Exception, match="More than 1 records failed"):
        people.filter(lambda row: row["nothing"], stageThreshold=1)


def test_records_are_dictionaries_with_attributes(nested: Any) -> None:
    kept = nested.filter(lambda row: row.who.first == "a" and row["tags"][1]["v"] == 2)
    assert [row["id"] for row in kept.toDF().collect()] == [1]


def test_map_gives_what_the_function_gives(people: Any, rows: Any) -> None:
    from awsglue.transforms import Map

    def change(record: Any) -> Any:
        record["age"] = record["age"] + 0.5
        record["extra"] = {"list": [1, None], "none": None}
        del record["city"]
        return record

    mapped = Map.apply(frame=people, f=change)
    assert rows(mapped) == [
        {"name": "ann", "age": 30.5, "extra": {"list": [1, None], "none": None}},
        {"name": "cyd", "age": 50.5, "extra": {"list": [1, None], "none": None}},
    ]
    assert mapped.errorsCount() == 1
    none_left = people.map(lambda record: record["nothing"])
    assert none_left.count() == 0
    assert none_left.toDF().columns == ["name", "age", "city"]


def test_partitions_are_mapped_as_a_whole(people: Any) -> None:
    def firsts(records: Any) -> Any:
        return [{"names": len(list(records))}]

    counted = people.coalesce(1).mapPartitions(firsts)
    assert [row["names"] for row in counted.toDF().collect()] == [3]
    assert people.repartition(3).getNumPartitions() == 3
    assert people.coalesce(2, shuffle=True).getNumPartitions() == 2


def test_apply_mapping_renames_casts_nests_and_leaves_out(people: Any, rows: Any) -> None:
    from awsglue.transforms import ApplyMapping

    mapped = ApplyMapping.apply(
        frame=people,
        mappings=[
            ("NAME", "string", "who.name", "string"),
            ("age", "int", "who.age", "long"),
            ("age", "int", "age_text", "string"),
            ("age", "int", "price", "decimal"),  # as Glue Studio writes it; DecimalType's defaults
            ("nothing", "string", "nothing", "string"),
        ],
    )
    assert mapped.toDF().dtypes == [
        ("who", "struct<name:string,age:bigint>"),
        ("age_text", "string"),
        ("price", "decimal(10,2)"),
    ]
    assert rows(mapped)[0] == {
        "who": {"name": "ann", "age": 30},
        "age_text": "30",
        "price": Decimal("30.00"),
    }
    exact = people.apply_mapping([("NAME", "x"), ("age", "y", "double")], case_sensitive=True)
    assert exact.toDF().dtypes == [("y", "double")]
    with pytest.raises(ValueError, match="2, 3 or 4 parts"):
        people.apply_mapping([("a",)])


def test_mapping_reads_nested_fields_and_keeps_shapeless_types(nested: Any) -> None:
    mapped = nested.apply_mapping(
        [
            ("who.first", "string", "first", "string"),
            ("tags", "array", "tags", "array"),
            ("id", "int", "`id.dotted`", "smallint"),
        ]
    )
    assert mapped.toDF().dtypes == [
        ("first", "string"),
        ("tags", "array<struct<k:string,v:int>>"),
        ("id.dotted", "smallint"),
    ]


def test_fields_are_selected_dropped_and_renamed_also_inside_structs(nested: Any) -> None:
    from awsglue.transforms import DropFields, RenameField, SelectFields

    assert SelectFields.apply(frame=nested, paths=["who.last", "id"]).toDF().dtypes == [
        ("who", "struct<last:string>"),
        ("id", "int"),
    ]
    assert DropFields.apply(frame=nested, paths=["who.first", "tags", "none"]).toDF().dtypes == [
        ("id", "int"),
        ("who", "struct<last:string>"),
    ]
    renamed = RenameField.apply(frame=nested, old_name="who.first", new_name="who.given")
    assert renamed.toDF().dtypes[1] == ("who", "struct<last:string,given:string>")
    lifted = nested.rename_field("who.first", "first").drop_fields(["tags", "who"])
    assert [tuple(row) for row in lifted.toDF().collect()] == [(1, "a"), (2, "c")]
    assert nested.rename_field("id", "`a.b`").toDF().columns[0] == "a.b"
    assert nested.rename_field("none", "some").toDF().columns == ["id", "who", "tags"]
    dotted = nested.rename_field("id", "`a.b`")
    assert dotted.select_fields(["`a.b`"]).toDF().columns == ["a.b"]
    assert dotted.select_fields(["a.b"]).toDF().columns == ["a.b"]


def test_join_marks_the_names_that_both_sides_have(lake: Any, people: Any, rows: Any) -> None:
    from awsglue.transforms import Join

    cities = lake.frame(
        [{"city": "Oslo", "name": "big", "x": 1}, {"city": "Oslo", "name": "old", "x": 2}],
        "city string, name string, x int",
    )
    joined = Join.apply(frame1=people, frame2=cities, keys1=["city"], keys2=["city"])
    assert joined.toDF().columns == ["name", "age", "city", ".city", ".name", "x"]
    assert [row[".name"] for row in rows(joined)] == ["big", "old"]
    assert joined.drop_fields(["`.city`", "`.name`"]).toDF().columns == ["name", "age", "city", "x"]
    with pytest.raises(Exception, match="no field 'nothing'"):
        people.join(["nothing"], ["city"], cities)
    with pytest.raises(Exception, match="as many keys"):
        people.join(["name", "age"], ["city"], cities)


def test_a_frame_joined_with_itself(people: Any) -> None:
    assert people.join(["name"], ["name"], people).count() == 3


def test_split_by_fields_and_by_rows(people: Any) -> None:
    from awsglue.transforms import SelectFromCollection, SplitFields, SplitRows

    halves = SplitFields.apply(people, ["age"], "numbers", "texts")
    assert list(halves.keys()) == ["numbers", "texts"]
    assert SelectFromCollection.apply(dfc=halves, key="texts").toDF().columns == ["name", "city"]
    parts = SplitRows.apply(people, {"age": {">": 20, "<=": 30}}, "in", "out")
    assert names(parts["in"]) == ["ann"]
    assert names(parts["out"]) == ["bob", "cyd"]  # NULL meets no comparison
    with pytest.raises(Exception, match="is not a comparison"):
        people.split_rows({"age": {"~": 1}}, "a", "b")


def test_collections_are_mapped(people: Any) -> None:
    from awsglue.dynamicframe import DynamicFrameCollection
    from awsglue.transforms import FlatMap, MapToCollection, SelectFields

    pair = DynamicFrameCollection({"a": people, "b": people}, people.glue_ctx)
    assert len(pair) == 2
    seen: list[str] = []

    def note(frame: Any, ctx: str) -> Any:
        seen.append(ctx)
        return frame

    MapToCollection.apply(dfc=pair, callable=note, transformation_ctx="t")
    assert seen == ["ta", "tb"]
    flat = FlatMap.apply(pair, SelectFields, "frame", "t", paths=["age"])
    assert flat["b"].toDF().columns == ["age"]
    nested = pair.flatmap(lambda frame, ctx: frame.split_fields(["age"], "x", "y"))
    assert list(nested.keys()) == ["a_x", "a_y", "b_x", "b_y"]
    named = DynamicFrameCollection([people], people.glue_ctx)
    assert list(named.keys()) == ["frame"]


def test_resolve_choice_casts(lake: Any, people: Any, nested: Any) -> None:
    from awsglue.dynamicframe import ResolveOption
    from awsglue.transforms import ResolveChoice

    cast = ResolveChoice.apply(
        people, specs=[("age", "cast:long"), ("city", "make_cols"), ("none", "cast:int")]
    )
    assert cast.toDF().dtypes[1] == ("age", "bigint")
    assert people.resolveChoice(choice="cast:string").toDF().dtypes[1] == ("age", "string")
    table = lake.table("name string; age double")
    matched = people.resolveChoice(choice="match_catalog", database="db", table_name=table)
    assert matched.toDF().dtypes[1] == ("age", "double")
    inner = nested.resolveChoice(specs=[("who.first", "project:int")])
    assert inner.toDF().dtypes[1] == ("who", "struct<first:int,last:string>")
    assert people.toDF([ResolveOption("age", "Project", "float")]).dtypes[1] == ("age", "float")
    with pytest.raises(Exception, match="cannot do 'guess'"):
        people.resolveChoice(specs=[("age", "guess")])
    with pytest.raises(ValueError, match="specs or a choice"):
        people.resolveChoice(specs=[("age", "cast:int")], choice="make_cols")


def test_nested_data_made_flat(nested: Any, rows: Any) -> None:
    from awsglue.transforms import Relationalize, UnnestFrame

    assert UnnestFrame.apply(nested).toDF().columns == ["id", "who.first", "who.last", "tags"]
    tables = Relationalize.apply(frame=nested, staging_path="s3://lake/tmp", name="root")
    assert list(tables.keys()) == ["root", "root_tags"]
    root = {row["id"]: row for row in rows(tables["root"])}
    assert root[2]["tags"] is None
    assert rows(tables["root_tags"]) == [
        {"id": root[1]["tags"], "index": 0, "tags.val.k": "x", "tags.val.v": 1},
        {"id": root[1]["tags"], "index": 1, "tags.val.k": "y", "tags.val.v": 2},
    ]


def test_maps_and_arrays_of_arrays_are_relationalized(lake: Any, rows: Any) -> None:
    frame = lake.frame(
        [{"m": {"k": 1}, "a": [[1, 2], [3]]}], "m map<string,int>, a array<array<int>>"
    )
    tables = frame.relationalize("r", "")
    assert [row["m.val"] for row in rows(tables["r_m"])] == [1]
    assert sorted(row["a.val.val"] for row in rows(tables["r_a_a.val"])) == [1, 2, 3]


def test_text_is_unboxed(lake: Any, rows: Any) -> None:
    from awsglue.transforms import Unbox

    frame = lake.frame([{"j": '{"a": 1}'}, {"j": '{"b": "x"}'}], "j string")
    assert rows(Unbox.apply(frame, "j", "json")) == [
        {"j": {"a": 1, "b": None}},
        {"j": {"a": None, "b": "x"}},
    ]
    typed = frame.unbox("j", "json", schema="struct<a:string>")
    assert typed.toDF().dtypes == [("j", "struct<a:string>")]
    with pytest.raises(Exception, match="'avro' is not in the sandbox"):
        frame.unbox("j", "avro")


def test_union_merge_and_null_columns(lake: Any, people: Any, rows: Any) -> None:
    from awsglue.transforms import DropNullFields, ErrorsAsDynamicFrame, Union

    assert Union.apply(people, people).count() == 6
    staged = lake.frame([{"name": "ann", "age": 31, "city": "Bern"}], SCHEMA)
    merged = people.mergeDynamicFrame(staged, ["name"])
    assert {row["name"]: row["age"] for row in rows(merged)} == {"ann": 31, "bob": None, "cyd": 50}
    empty = lake.frame([{"a": 1, "b": None, "c": None}], "a int, b string, c void")
    assert DropNullFields.apply(frame=empty).toDF().columns == ["a"]
    assert ErrorsAsDynamicFrame.apply(people).count() == 0
    people.assertErrorThreshold()


def test_schemas_print_as_trees(nested: Any, capsys: pytest.CaptureFixture[str]) -> None:
    nested.printSchema()
    assert capsys.readouterr().out == (
        "root\n"
        "|-- id: int\n"
        "|-- who: struct\n"
        "|    |-- first: string\n"
        "|    |-- last: string\n"
        "|-- tags: array\n"
        "|    |-- element: struct\n"
        "|    |    |-- k: string\n"
        "|    |    |-- v: int\n\n"
    )
    nested.select_fields(["id"]).show(1)
    assert capsys.readouterr().out == '{"id":1}\n'
    from awsglue.gluetypes import Field, LongType, StructType

    typed = nested.with_frame_schema(StructType([Field("id", LongType())]))
    assert typed.schema() == StructType([Field("id", LongType())])


def test_frames_of_dictionaries_rows_and_tuples(lake: Any, rows: Any) -> None:
    from awsglue.gluetypes import Field, IntegerType, StringType, StructType

    sc = lake.spark.sparkContext
    create = lake.context.create_dynamic_frame
    mixed = create.from_rdd(sc.parallelize([{"a": 1}, {"a": "x", "b": [1.5]}]), "mixed")
    assert rows(mixed) == [{"a": "1", "b": None}, {"a": "x", "b": [1.5]}]
    schema = StructType([Field("n", IntegerType()), Field("s", StringType())])
    assert rows(create.from_rdd(sc.parallelize([(1, "x")]), "t", schema)) == [{"n": 1, "s": "x"}]


def test_a_spigot_leaves_a_sample(lake: Any, people: Any) -> None:
    from awsglue.transforms import Spigot

    folder = lake.folder()
    through = Spigot.apply(people, folder, {"topk": 2, "prob": 1.0})
    assert through.count() == 3
    lines = "".join(lake.text(folder, key) for key in lake.keys(folder))
    assert len(lines.splitlines()) == 2


def test_what_is_not_here_says_so(people: Any) -> None:
    for call in (people.simplify_ddb_json, people.unnest_ddb_json):
        with pytest.raises(Exception, match="is not in the sandbox"):
            call()

"""The methods of DynamicFrame and the transforms that call them."""

import json
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


def test_filter_leaves_out_records_on_which_the_function_fails(people: Any) -> None:
    """As AWS's own: KeyError, ValueError and TypeError are a no, any other error is counted."""
    from awsglue.transforms import Filter

    older = Filter.apply(frame=people, f=lambda row: row["age"] >= 40, transformation_ctx="x")
    assert names(older) == ["cyd"]
    assert older.errorsCount() == 0
    assert names(people.filter(lambda row: row["age"] != 30)) == ["bob", "cyd"]  # NULL is kept
    assert names(people.filter(lambda row: not row["nothing"])) == []
    assert names(people.filter(lambda row: int(row["name"]))) == []
    failing = people.filter(lambda row: row["age"].nothing)
    assert names(failing) == []
    assert failing.errorsCount() == 3
    assert failing.stageErrorsCount() == 3
    with pytest.raises(Exception, match="More than 1 records failed"):
        people.filter(lambda row: 1 / 0, stageThreshold=1)


def is_not_zero(name: str) -> Any:
    return lambda row: not (row[name] == 0)  # noqa: SIM201 -- as scripts write it


def test_what_a_record_lacks_is_not_null(lake: Any, rows: Any) -> None:
    """`not (0 == row["share"])` keeps a NULL and drops a record that has no share."""
    folder = lake.folder()
    lines = '{"id": 1, "share": 0}\n{"id": 2, "share": 5}\n{"id": 3, "share": null}\n{"id": 4}\n'
    lake.put(folder + "a.json", lines)
    table = lake.table("id int; share bigint; who struct<name:string>", location=folder)
    by_path = lake.context.create_dynamic_frame.from_options("s3", {"paths": [folder]}, "json")

    def kept(frame: Any, f: Any = None) -> list[int]:
        return sorted(row["id"] for row in rows(frame.filter(f or is_not_zero("share"))))

    for frame in (by_path, lake.read(table)):
        assert kept(frame) == [2, 3]
        assert kept(frame.drop_fields(["none"])) == [2, 3]
        assert kept(frame, lambda row: row.share is None) == [3]
        mapped = frame.apply_mapping([("id", "int", "id", "int"), ("share", "long", "s", "long")])
        assert kept(mapped, is_not_zero("s")) == [2, 3]
        renamed = frame.rename_field("share", "s").select_fields(["id", "s"])
        assert kept(renamed, is_not_zero("s")) == [2, 3]
        joined = frame.join(["id"], ["other"], frame.rename_field("id", "other"))
        assert kept(joined, is_not_zero(".share")) == [2, 3]
        whole = frame.map(lambda row: {**row, "has": "share" in row})
        assert {row["id"]: row["has"] for row in rows(whole)} == {
            1: True,
            2: True,
            3: True,
            4: False,
        }
        assert kept(whole) == [2, 3]
        assert kept(frame.union(whole)) == [2, 2, 3, 3]
    assert kept(by_path.union(lake.frame([{"id": 5}], "id int"))) == [2, 3]
    # What went through a DataFrame has a value, if only NULL, in each column.
    assert kept(lake.frame([{"id": 1, "share": None}], "id int, share int")) == [1]


def test_nested_fields_may_be_lacking_too(lake: Any, rows: Any) -> None:
    folder = lake.folder()
    lake.put(
        folder + "a.json",
        [
            {"id": 1, "who": {"name": "a", "age": None}, "list": [{"x": 1}]},
            {"id": 2, "who": {"age": 3}, "list": [{"y": 1}]},
        ],
    )
    table = lake.table("id int; who struct<name:string,age:int>", location=folder)
    frame = lake.context.create_dynamic_frame.from_options("s3", {"paths": [folder]}, "json")
    for one in (frame, lake.read(table)):
        seen = one.map(lambda row: {"id": row["id"], "keys": sorted(row["who"])})
        assert rows(seen) == [{"id": 1, "keys": ["age", "name"]}, {"id": 2, "keys": ["age"]}]
    assert rows(frame.filter(lambda row: "x" in row["list"][0]).select_fields(["id"])) == [
        {"id": 1}
    ]
    flat = frame.unnest().filter(lambda row: row["who.name"] or True)
    assert [row["id"] for row in rows(flat)] == [1]


def test_what_a_record_lacks_follows_fields_that_move(lake: Any, rows: Any) -> None:
    folder = lake.folder()
    lake.put(folder + "a.json", [{"id": 1, "s": {"x": 5}, "n": None}, {"id": 2}])
    frame = lake.context.create_dynamic_frame.from_options("s3", {"paths": [folder]}, "json")

    def fields(one: Any) -> list[dict[str, Any]]:
        return [item["record"] for item in one._rdd.collect()]

    moved = frame.rename_field("s.x", "x").select_fields(["id", "x"])
    assert fields(moved) == [{"id": 1, "x": 5}, {"id": 2}]
    nested = frame.apply_mapping([("id", "int", "id", "int"), ("s.x", "int", "to.x", "int")])
    assert fields(nested) == [{"id": 1, "to": {"x": 5}}, {"id": 2}]
    assert [row["to"] for row in rows(nested)] == [{"x": 5}, None]
    # What the second frame lacked before its field was dropped says nothing of the first's.
    lake.put(folder + "b.json", [{"id": 2, "n": 7, "other": 1}])
    joined = frame.filter(lambda row: "n" not in row).drop_fields(["n", "s"])
    whole = lake.context.create_dynamic_frame.from_options("s3", {"paths": [folder]}, "json")
    [both] = fields(whole.filter(lambda row: row["n"] == 7).join(["id"], ["id"], joined))
    assert both == {"id": 2, "n": 7, "other": 1, ".id": 2}


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
    assert people.map(lambda record: None).errorsCount() == 3
    none_left = people.map(lambda record: record["nothing"])
    assert none_left.count() == 0
    assert none_left.toDF().columns == ["name", "age", "city"]


def test_partitions_are_mapped_as_a_whole(people: Any) -> None:
    def firsts(items: Any) -> Any:
        return [{"record": {"names": len([item["record"]["name"] for item in items])}}]

    counted = people.coalesce(1).mapPartitions(firsts)
    assert [row["names"] for row in counted.toDF().collect()] == [3]
    assert people.repartition(3).getNumPartitions() == 3
    assert people.coalesce(2, shuffle=True).getNumPartitions() == 2


@pytest.mark.parametrize(
    ("second", "fields"),
    [
        (("name", "string", "a", "string"), "'a' of 'name' and 'a' of 'age'"),
        (("age", "int", "a", "string"), "'a' of 'age' and 'a' of 'age'"),
        (("name", "string", "a.b", "string"), "'a.b' of 'name' and 'a' of 'age'"),
    ],
)
def test_two_mappings_to_one_field_are_refused(
    people: Any, second: tuple[str, ...], fields: str
) -> None:
    from gluesandbox.messages import GlueException

    first = ("age", "int", "a", "int")
    with pytest.raises(GlueException, match=f"ApplyMapping makes {fields}"):
        people.apply_mapping([first, second]).toDF()
    assert people.apply_mapping([first, first, ("lacking", "a")]).toDF().columns == ["a"]


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
    assert seen == ["t:a", "t:b"]
    flat = FlatMap.apply(pair, SelectFields, "frame", "t", paths=["age"])
    assert flat["frame"].toDF().columns == ["age"]
    nested = pair.flatmap(lambda frame, ctx: frame.split_fields(["age"], "x", "y"))
    assert list(nested.keys()) == ["x", "y"]
    named = DynamicFrameCollection([people], people.glue_ctx)
    assert list(named.keys()) == ["frame"]
    assert named.select("other").count() == 0
    with pytest.raises(TypeError, match="must be list or dict"):
        DynamicFrameCollection("frame", people.glue_ctx)
    with pytest.raises(TypeError, match="callable must return a DynamicFrame"):
        named.map(lambda frame, ctx: None)


def test_resolve_choice_casts(lake: Any, people: Any, nested: Any) -> None:
    from awsglue.dynamicframe import ResolveOption
    from awsglue.gluetypes import FloatType
    from awsglue.transforms import ResolveChoice

    cast = ResolveChoice.apply(
        people, specs=[("age", "cast:long"), ("city", "make_cols"), ("none", "cast:int")]
    )
    assert cast.toDF().dtypes[1] == ("age", "bigint")
    # A single resolution is for choices, and this frame has none.
    assert people.resolveChoice(choice="cast:string").toDF().dtypes[1] == ("age", "int")
    table = lake.table("name string; age double")
    matched = people.resolveChoice(choice="MATCH_CATALOG", database="db", table_name=table)
    assert matched.toDF().dtypes[1] == ("age", "int")
    inner = nested.resolveChoice(specs=[("who.first", "project:int")])
    assert inner.toDF().dtypes[1] == ("who", "struct<first:int,last:string>")
    option = ResolveOption("age", "Project", FloatType())
    assert people.toDF([option]).dtypes[1] == ("age", "float")
    assert people.toDF([ResolveOption("age", "KeepAsStruct")]).dtypes[1] == ("age", "int")
    with pytest.raises(Exception, match="Missing target type"):
        people.toDF([ResolveOption("age", "Project")])
    with pytest.raises(ValueError, match="Invalid resolve action Cast"):
        people.toDF([ResolveOption("age", "Cast", FloatType())])
    with pytest.raises(Exception, match="cannot do 'guess'"):
        people.resolveChoice(specs=[("age", "guess")])
    with pytest.raises(Exception, match="both specified, choose one"):
        people.resolveChoice(specs=[("age", "cast:int")], choice="make_cols")
    with pytest.raises(Exception, match="both missing, add one"):
        people.resolveChoice()


MIXED = [
    {"id": 1, "price": 10, "in": {"v": 1}, "list": [{"p": 1}], "n": 1},
    {"id": 2, "price": "n/a", "in": {"v": "x"}, "list": [{"p": "y"}], "n": 2.5},
    {"id": 3, "price": None, "in": None, "list": [], "n": 3_000_000_000},
    {"id": 4},
]


@pytest.fixture
def mixed(lake: Any) -> Any:
    folder = lake.folder()
    lake.put(folder + "a.json", MIXED)
    return lake.context.create_dynamic_frame.from_options("s3", {"paths": [folder]}, "json")


def test_records_of_several_types_are_choices(
    mixed: Any, rows: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from awsglue.gluetypes import ChoiceType

    mixed.printSchema()
    assert capsys.readouterr().out == (
        "root\n|-- id: int\n"
        "|-- price: choice\n|    |-- int\n|    |-- string\n"
        "|-- in: struct\n|    |-- v: choice\n|    |    |-- int\n|    |    |-- string\n"
        "|-- list: array\n|    |-- element: struct\n"
        "|    |    |-- p: choice\n|    |    |    |-- int\n|    |    |    |-- string\n"
        "|-- n: choice\n|    |-- double\n|    |-- int\n|    |-- long\n\n"
    )
    assert isinstance(mixed.schema().getField("price").dataType, ChoiceType)
    assert mixed.toDF().dtypes[1] == ("price", "struct<int:int,string:string>")
    assert [row["price"] for row in rows(mixed)][:2] == [
        {"int": 10, "string": None},
        {"int": None, "string": "n/a"},
    ]
    # A function of the script sees the values.
    assert rows(mixed.filter(lambda row: row["price"] == "n/a").select_fields(["id"])) == [
        {"id": 2}
    ]
    assert rows(mixed.filter(lambda row: row["in"]["v"] == 1).select_fields(["id"])) == [{"id": 1}]


@pytest.mark.parametrize(
    ("how", "dtypes"),
    [
        ({"choice": "make_cols"}, "refused"),
        ({"specs": [("price", "make_cols")]}, {"price_int": "int", "price_string": "string"}),
        ({"specs": [("in.v", "make_cols")]}, {"in": "struct<v_int:int,v_string:string>"}),
        ({"specs": [("price", "make_struct")]}, {"price": "struct<int:int,string:string>"}),
        ({"specs": [("price", "cast:int")]}, {"price": "int"}),
        ({"specs": [("price", "project:string"), ("n", "cast:double")]}, {"price": "string", "n": "double"}),
        ({"choice": "cast:string"}, {"price": "string", "in": "struct<v:string>", "n": "string", "id": "int"}),
        ({"specs": [("list[].p", "cast:int")]}, {"list": "array<struct<p:int>>"}),
        ({"specs": [("list.p", "make_struct")]}, {"list": "array<struct<p:struct<int:int,string:string>>>"}),
    ],
)  # fmt: skip
def test_choices_are_resolved(mixed: Any, how: Any, dtypes: Any) -> None:
    if dtypes == "refused":
        with pytest.raises(Exception, match="which is in a list"):
            mixed.resolveChoice(**how)
        return
    found = dict(mixed.resolveChoice(**how).toDF().dtypes)
    assert {name: found[name] for name in dtypes} == dtypes


def test_resolved_choices_hold_their_values(lake: Any, mixed: Any, rows: Any) -> None:
    frame = mixed.select_fields(["id", "price", "n"])
    cols = frame.resolveChoice(choice="make_cols")
    assert cols.toDF().columns == ["id", "price_int", "price_string", "n_double", "n_int", "n_long"]
    assert rows(cols.filter(lambda row: row["price_int"] is not None).select_fields(["id"])) == [
        {"id": 1}
    ]
    note = [("id", "int", "id", "int"), ("price_int", "int", "p", "int"), ("price_string", "string", "note", "string")]  # fmt: skip
    assert rows(cols.apply_mapping(note))[:2] == [
        {"id": 1, "p": 10, "note": None},
        {"id": 2, "p": None, "note": "n/a"},
    ]
    strings = rows(frame.resolveChoice(choice="cast:string"))
    assert [row["price"] for row in strings] == ["10", "n/a", None, None]
    doubles = rows(frame.resolveChoice(specs=[("price", "cast:double"), ("n", "cast:double")]))
    assert [(row["price"], row["n"]) for row in doubles] == [(10.0, 1.0), (None, 2.5), (None, 3e9), (None, None)]  # fmt: skip
    table = lake.table("price bigint; n double")
    matched = frame.resolveChoice(choice="match_catalog", database="db", table_name=table)
    assert matched.toDF().dtypes[1:] == [("price", "bigint"), ("n", "double")]
    mapped = frame.apply_mapping(
        [("price", "string", "price", "string"), ("n", "int", "n", "long")]
    )
    assert rows(mapped)[0] == {"price": "10", "n": 1}
    parts = frame.split_rows({"price": {">": 5}}, "in", "out")
    assert parts["in"].count() == 1
    assert frame.join(["price"], ["price"], frame).count() == 2


def test_choices_are_written_as_each_format_can(lake: Any, mixed: Any, rows: Any) -> None:
    frame = mixed.select_fields(["id", "price"]).filter(lambda row: row["id"] < 3)
    for kind, wanted in (
        ("json", ['{"id": 1, "price": 10}', '{"id": 2, "price": "n/a"}']),
        ("csv", ['"1","10"', '"2","n/a"', '"id","price"']),
    ):
        folder = lake.folder()
        lake.context.write_dynamic_frame.from_options(frame, "s3", {"path": folder}, kind)
        text = "".join(lake.text(folder, key) for key in lake.keys(folder))
        lines = {line.replace('"', "").replace(" ", "") for line in text.splitlines()}
        assert lines == {line.replace('"', "").replace(" ", "") for line in wanted}
    folder = lake.folder()
    lake.context.write_dynamic_frame.from_options(frame, "s3", {"path": folder}, "parquet")
    read = lake.spark.read.parquet(folder)
    assert read.dtypes == [("id", "int"), ("price", "struct<int:int,string:string>")]


def test_json_files_hold_what_records_hold(lake: Any) -> None:
    folder, target = lake.folder(), lake.folder()
    rows = [
        {"a": 1, "A": 2, "s": {"x": None, "y": 1}, "e": {}},
        {"a": "z", "l": [None, {"x": None}]},
    ]
    lake.put(folder + "a.json", rows)
    frame = lake.context.create_dynamic_frame.from_options("s3", {"paths": [folder]}, "json")
    lake.context.write_dynamic_frame.from_options(frame, "s3", {"path": target}, "json")
    lines = [line for key in lake.keys(target) for line in lake.text(target, key).splitlines()]
    assert sorted(map(json.loads, lines), key=str) == [
        {"a": "z", "l": [None, {}]},
        {"a": 1, "A": 2, "s": {"y": 1}, "e": {}},
    ]


def test_a_field_that_is_null_in_every_record_is_null_by_type(lake: Any) -> None:
    from awsglue.transforms import DropNullFields

    folder = lake.folder()
    lake.put(folder + "a.json", [{"a": 1, "none": None, "s": {"none": None}, "l": []}])
    frame = lake.context.create_dynamic_frame.from_options("s3", {"paths": [folder]}, "json")
    assert [(f.name, f.dataType.typeName()) for f in frame.schema().fields][:2] == [
        ("a", "int"),
        ("none", "null"),
    ]
    assert "none" not in DropNullFields.apply(frame=frame).toDF().columns
    for kind, columns in (("parquet", ["a", "s", "l"]), ("csv", ["a", "none"])):
        target = lake.folder()
        wanted = frame if kind == "parquet" else frame.select_fields(["a", "none"])
        lake.context.write_dynamic_frame.from_options(wanted, "s3", {"path": target}, kind)
        read = lake.spark.read.format(kind).option("header", True).load(target)
        assert (read.columns, read.count()) == (columns, 1)


def test_unions_of_other_types_are_choices(lake: Any, rows: Any) -> None:
    both = lake.frame([{"a": 1}], "a int").union(
        lake.frame([{"a": "x", "b": 2}], "a string, b int")
    )
    assert both.toDF().dtypes == [("a", "struct<int:int,string:string>"), ("b", "int")]
    assert rows(both.resolveChoice(choice="cast:string")) == [
        {"a": "1", "b": None},
        {"a": "x", "b": 2},
    ]


def test_names_that_differ_by_case_are_two_fields(lake: Any, rows: Any) -> None:
    from awsglue.transforms import DropFields, Join

    left = lake.frame([{"Id": 1, "name": "a"}], "Id int, name string")
    right = lake.frame([{"ID": 1, "name": "b", "x": 5}], "ID int, name string, x int")
    joined = Join.apply(left, right, ["Id"], ["ID"])
    assert joined.toDF().columns == ["Id", "name", "ID", ".name", "x"]
    assert joined.filter(lambda row: row["Id"] == row["ID"] == 1).count() == 1
    assert DropFields.apply(joined, ["ID", ".name"]).toDF().columns == ["Id", "name", "x"]
    assert joined.apply_mapping([("ID", "a"), ("Id", "b"), ("`.name`", "c")]).toDF().columns == [
        "a",
        "b",
        "c",
    ]
    twice = Join.apply(joined, right, ["Id"], ["ID"])
    assert len(set(twice.toDF().columns)) == len(twice.toDF().columns) == 8
    thrice = Join.apply(twice, twice, ["x"], ["x"])
    assert len(set(thrice.toDF().columns)) == 16
    assert thrice.count() == 1


def test_a_record_has_a_field_of_a_name_once(
    lake: Any, rows: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from awsglue.dynamicframe import DynamicFrame

    a = lake.frame([{"cat": "x", "english": "beauty"}], "cat string, english string").toDF()
    b = lake.frame(
        [{"id": "p1", "cat": "x"}, {"id": "p2", "cat": "y"}], "id string, cat string"
    ).toDF()
    for how in ("right", "outer", "inner", "left"):
        frame = DynamicFrame.fromDF(a.join(b, a["cat"] == b["cat"], how), lake.context, "j")
        assert frame.toDF().columns == ["cat", "english", "id"]
        mapped = frame.apply_mapping(
            [("id", "string", "id", "string"), ("cat", "string", "cat", "string")]
        )
        assert {"id": "p1", "cat": "x"} in rows(mapped)
        folder = lake.folder()
        lake.context.write_dynamic_frame.from_options(frame, "s3", {"path": folder}, "json")
        assert lake.keys(folder)
    assert "of cat the last column is kept" in capsys.readouterr().out


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
    # As AWS's own, by Spark's createDataFrame: the first record tells the types.
    same = create.from_rdd(sc.parallelize([{"a": 1}, {"a": 2, "b": [1.5]}]), "same")
    assert rows(same) == [{"a": 1}, {"a": 2}]
    mixed = create.from_rdd(sc.parallelize([{"a": 1}, {"a": "x"}]), "mixed")
    assert rows(mixed) == [{"a": 1}, {"a": None}]
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

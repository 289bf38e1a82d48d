"""What else a GlueContext, a Job and the small modules give."""

from typing import Any

import pytest


def test_a_job_starts_and_commits(lake: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from awsglue.job import Job

    job = Job(lake.context)
    assert not job.isInitialized()
    job.init("name", {"job_bookmark_option": "job-bookmark-enable"})
    assert job.isInitialized()
    assert "keeps no job bookmarks" in capsys.readouterr().out
    job.commit()
    Job(lake.spark).init("name")
    with pytest.raises(Exception, match="GlueContext or a SparkSession"):
        Job("text")


def test_the_logger_writes_to_the_runs_log(lake: Any, capsys: pytest.CaptureFixture[str]) -> None:
    logger = lake.context.get_logger()
    for level in ("info", "warn", "error", "debug"):
        getattr(logger, level)(f"said {level}")
    shown = capsys.readouterr().err
    assert [level in shown for level in ("said info", "said warn", "said error", "said debug")] == [
        True,
        True,
        True,
        False,
    ]


def test_ingestion_columns_go_down_to_the_granularity(lake: Any) -> None:
    frame = lake.frame([{"a": 1}], "a int").toDF()
    day = lake.context.add_ingestion_time_columns(frame, "day")
    assert day.columns == ["a", "ingest_year", "ingest_month", "ingest_day"]
    with pytest.raises(Exception, match="day, hour or minute"):
        lake.context.add_ingestion_time_columns(frame, "year")
    assert lake.context.currentTimeMillis() > 1_700_000_000_000


def test_connections_are_read_from_the_catalog(lake: Any) -> None:
    lake.glue.create_connection(
        ConnectionInput={
            "Name": "c",
            "ConnectionType": "JDBC",
            "ConnectionProperties": {
                "JDBC_CONNECTION_URL": "jdbc:mysql://host:3306/shop",
                "USERNAME": "u",
                "PASSWORD": "p",
            },
        }
    )
    found = lake.context.extract_jdbc_conf("c")
    assert (found["vendor"], found["url"]) == ("mysql", "jdbc:mysql://host:3306")
    with pytest.raises(Exception, match="'none' cannot be read"):
        lake.context.extract_jdbc_conf("none")


def test_the_catalog_is_one_accounts_own(lake: Any) -> None:
    own, other = "123456789012", "999999999999"
    context: Any = lake.context
    table = lake.table("a int")
    frame = lake.frame([{"a": 1}], "a int")
    assert lake.read(table, catalog_id=own).count() == 0
    sink = context.getSink("s3", path=lake.folder())
    calls: tuple[Any, ...] = (
        lambda: lake.read(table, catalog_id=other),
        lambda: context.create_data_frame.from_catalog("db", table, catalog_id=other),
        lambda: context.get_catalog_schema_as_spark_schema("db", table, other),
        lambda: context.write_dynamic_frame.from_catalog(frame, "db", table, catalog_id=other),
        lambda: context.purge_table("db", table, catalog_id=other),
        lambda: sink.setCatalogInfo("db", "t", other),
        lambda: frame.resolveChoice(
            choice="match_catalog", database="db", table_name=table, catalog_id=other
        ),
    )
    for call in calls:
        with pytest.raises(Exception, match=f"'{other}' of another account is not in the sandbox"):
            call()


def test_a_predicate_is_asked_of_sources_too(lake: Any, rows: Any) -> None:
    path = lake.folder()
    lake.put(path + "day=1/a.json", [{"a": 1}])
    lake.put(path + "day=2/a.json", [{"a": 2}])
    options = {"paths": [path], "recurse": True}
    source = lake.context.getSource("s3", "json", push_down_predicate="day = '2'", **options)
    assert rows(source.getFrame()) == [{"a": 2, "day": "2"}]


def test_column_functions(lake: Any, rows: Any) -> None:
    from awsglue.functions import explodeWithIndex, namedStruct, replaceArrayElement
    from pyspark.sql import functions as sf

    frame = lake.frame([{"a": [5, 6]}], "a array<int>").toDF()
    assert rows(frame.select(explodeWithIndex(sf.col("a")))) == [
        {"index": 0, "val": 5},
        {"index": 1, "val": 6},
    ]
    assert rows(frame.select(replaceArrayElement(sf.col("a"), sf.lit(9), 1).alias("a"))) == [
        {"a": [5, 9]}
    ]
    assert rows(frame.select(namedStruct(sf.lit("x"), sf.lit(1)).alias("s"))) == [{"s": {"x": 1}}]


def test_dataframes_are_mapped_too(lake: Any) -> None:
    from awsglue.dataframe_transforms import ApplyMapping

    frame = lake.frame([{"a": 1}], "a int").toDF()
    assert ApplyMapping.apply(frame, ("a", "int", "b", "long")).dtypes == [("b", "bigint")]


def test_types_speak_glue_hive_and_spark(lake: Any) -> None:
    from awsglue import gluetypes
    from gluesandbox.types import data_types

    for name, spark in (
        ("long", "bigint"),
        ("varchar(20)", "string"),
        ("array<long>", "array<bigint>"),
        ("struct<long:int,b:short>", "struct<long:int,b:smallint>"),
        ("decimal(5,1)", "decimal(5,1)"),
        ("null", "void"),
        ("map<string,timestamp>", "map<string,timestamp>"),
    ):
        parsed = data_types.parse(name)
        assert parsed is not None
        assert parsed.simpleString() == spark
        glue = gluetypes._of_spark(parsed)
        assert gluetypes._deserialize_json_string(gluetypes._serialize_schema(glue)) == glue
        assert gluetypes._to_spark(glue) == parsed
    assert data_types.parse("array") is None
    choice = gluetypes.ChoiceType([gluetypes.LongType(), gluetypes.StringType()])
    assert gluetypes._to_spark(choice).simpleString() == "string"


def test_merged_types_become_choices() -> None:
    from awsglue.gluetypes import (
        ArrayType,
        ChoiceType,
        DecimalType,
        DynamicRecord,
        EnumType,
        Field,
        LongType,
        MapType,
        NullType,
        SetType,
        StringType,
        StructType,
        mergeDataTypes,
    )

    left = StructType([Field("a", LongType()), Field("b", NullType())])
    right = StructType([Field("a", StringType()), Field("c", LongType())])
    merged = mergeDataTypes(left, right)
    assert merged.getField("a").dataType == ChoiceType([LongType(), StringType()])
    assert [field.name for field in merged] == ["a", "b", "c"]
    assert ChoiceType.fromJsonValue(merged.getField("a").dataType.jsonValue()).choices.keys() == {
        "long",
        "string",
    }
    assert mergeDataTypes(ArrayType(NullType()), ArrayType(LongType())) == ArrayType(LongType())
    assert mergeDataTypes(MapType(LongType()), MapType(LongType())) == MapType(LongType())
    assert mergeDataTypes(EnumType(["a"]), EnumType(["b"])).options == ["a", "b"]
    assert "ChoiceType([LongType({}),StringType({})], {})" in repr(merged)
    for kind in (DecimalType(5, 1), SetType(LongType()), MapType(LongType())):
        assert type(kind).fromJsonValue(kind.jsonValue()) == kind
        assert repr(kind).startswith(type(kind).__name__)
    with pytest.raises(ValueError, match="already"):
        ChoiceType([LongType(), LongType()])
    record = DynamicRecord(a=1)
    record.b = 2
    assert (record.a, record["b"]) == (1, 2)


def test_jobs_are_managed_from_notebooks(lake: Any, tmp_path: Any) -> None:
    from awsglue.devutils import Command, GlueJobUtils, Job

    script = tmp_path / "s.py"
    script.write_text("print(1)")
    job = Job()
    job.name, job.role = "made", "arn:aws:iam::123456789012:role/r"
    job.command = Command("glueetl", "s3://lake/scripts/s.py")
    utils = GlueJobUtils(lake.context)
    utils.create_job(job, str(script))
    assert utils.get_job("made").command.scriptLocation == "s3://lake/scripts/s.py"
    assert [found.name for found in utils.get_jobs()] == ["made"]
    assert job.as_job_update_dict()["JobName"] == "made"
    utils.delete_job("made")
    assert utils.get_jobs() == []


def test_options_are_resolved_as_on_glue() -> None:
    from awsglue.utils import GlueArgumentError, getResolvedOptions, makeOptions

    argv = ["script", "--JOB_NAME", "j", "--day-of", "mon", "--TempDir", "s3://t/", "--other", "x"]
    options = getResolvedOptions(argv, ["JOB_NAME", "day-of", "TempDir"])
    assert (options["JOB_NAME"], options["day_of"], options["RedshiftTempDir"]) == (
        "j",
        "mon",
        "s3://t/",
    )
    assert options["job_bookmark_option"] == "job-bookmark-disable"
    assert "other" not in options
    for continuation in ("continuation-enabled", "continuation-readonly"):
        old = getResolvedOptions(["s", "--continuation-option", continuation], [])
        assert old["job_bookmark_option"] in {"job-bookmark-enable", "job-bookmark-pause"}
    with pytest.raises(GlueArgumentError, match="required: --x"):
        getResolvedOptions(["s"], ["x"])
    for reserved in ("job-bookmark-option", "continuation-option", "job-bookmark-from"):
        with pytest.raises(RuntimeError, match="reserved"):
            getResolvedOptions(["s"], [reserved])
    with pytest.raises(RuntimeError, match="Missing option"):
        getResolvedOptions(
            ["s", "--job-bookmark-option", "job-bookmark-pause", "--job-bookmark-from", "1"], []
        )
    with pytest.raises(RuntimeError, match="Invalid option"):
        getResolvedOptions(["s", "--job-bookmark-from", "1", "--job-bookmark-to", "2"], [])
    assert makeOptions(None, {"a": 1}) == '{"a": 1}'
    with pytest.raises(TypeError):
        makeOptions(None, 1)

"""The three shapes of a job file, and every way in which one can be none of them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glue_studio import FormatError, GlueStudioError, GraphError, Job, generate_script, load
from glue_studio.formats import Shape, read, shape_of, to_console, to_git, write
from glue_studio.formats.json_text import MAX_BYTES, dump_like_jackson
from glue_studio.model import dump_nodes

_NODE = {"CatalogSource": {"Name": "Orders", "Database": "shop", "Table": "orders"}}
_API: dict[str, Any] = {
    "Name": "orders",
    "JobMode": "VISUAL",
    "Command": {
        "Name": "glueetl",
        "PythonVersion": "3",
        "ScriptLocation": "s3://b/scripts/orders.py",
    },
    "DefaultArguments": {"--TempDir": "s3://b/temporary/", "--job-language": "python"},
    "CodeGenConfigurationNodes": {"node-1": _NODE},
}
_CONSOLE_NODES: dict[str, dict[str, Any]] = {
    "node-1": {
        "nodeId": "node-1",
        "dataPreview": False,
        "previewAmount": 0,
        "inputs": [],
        "name": "Amazon S3",
        "generatedNodeName": "AmazonS3_node1",
        "classification": "DataSource",
        "type": "S3",
        "isCatalog": False,
        "format": "csv",
        "paths": ["s3://raw/orders/"],
        "compressionType": None,
        "exclusions": [],
        "recurse": True,
        "quoteChar": '"',
        "separator": "\t",
        "withHeader": True,
        "additionalOptions": {
            "boundedSize": None,
            "enableSamplePath": False,
            "boundedOption": None,
        },
        "outputSchemas": [
            [
                {
                    "key": "id",
                    "fullPath": ["id"],
                    "type": "string",
                    "glueStudioType": None,
                    "children": None,
                }
            ]
        ],
        "calculatedType": "",
        "codeGenVersion": 2,
    },
    "node-2": {
        "classification": "Transform",
        "type": "RenameField",
        "name": "Rename",
        "inputs": ["node-1"],
        "sourcePath": "sum(id)",
        "targetPath": "total.sum",
        "codeGenVersion": 2,
    },
    "node-3": {
        "classification": "Transform",
        "type": "Join",
        "name": "Join",
        "inputs": ["node-1", "node-2"],
        "joinType": "left",
        "columns": [{"from": "node-1", "keys": ["a"]}, {"from": "node-2", "keys": ["b", "c.d"]}],
        "columnConditions": ["=", "<"],
    },
    "node-4": {
        "classification": "DataSink",
        "type": "S3",
        "name": "Out",
        "inputs": ["node-3"],
        "format": "glueparquet",
        "compression": "snappy",
        "path": "s3://clean/",
        "partitionKeys": ["day", "a.b"],
        "schemaChangePolicy": {"enableUpdateCatalog": False, "database": None},
        "updateCatalogOptions": "none",
        "autoDataQuality": {"isEnabled": False, "evaluationContext": None},
    },
}
_CONSOLE: dict[str, Any] = {
    "jobConfig": {
        "name": "orders",
        "description": "",
        "role": "arn:aws:iam::123456789012:role/glue",
        "command": "glueetl",
        "version": "5.0",
        "runtime": None,
        "workerType": "G.1X",
        "numberOfWorkers": 2,
        "maxCapacity": 2,
        "maxRetries": 0,
        "timeout": 2880,
        "maxConcurrentRuns": 1,
        "security": "none",
        "scriptName": "orders.py",
        "scriptLocation": "s3://b/scripts/",
        "language": "python-3",
        "spark": True,
        "jobParameters": [{"key": "--mine", "value": "1"}],
        "tags": [],
        "jobMode": "VISUAL_MODE",
        "createdOn": "2025-07-31T13:11:07.022Z",
        "developerMode": False,
        "connectionsList": ["aurora"],
        "temporaryDirectory": "s3://b/temporary/",
        "metrics": True,
        "bookmark": "job-bookmark-disable",
        "sparkPath": "s3://b/sparkHistoryLogs/",
        "flexExecution": False,
        "somethingNew": 7,
    },
    "dag": _CONSOLE_NODES,
    "hasBeenSaved": False,
    "usageProfileName": None,
}


@pytest.mark.parametrize(
    ("content", "cut"),
    [
        ('{"Name": "a', True),
        ('{"Name": "a"', True),
        ('{"Name": "a"}}', False),
        ('{"Name": "a"}\0', False),
        ('{"Name": a}', False),
    ],
)
def test_only_a_file_that_ends_too_early_looks_cut_off(content: str, *, cut: bool) -> None:
    with pytest.raises(FormatError, match="is not JSON") as raised:
        load(content)
    assert ("looks cut off" in str(raised.value)) is cut
    assert " at at " not in str(raised.value)


def test_the_graph_s_own_text_is_named_where_it_is_broken() -> None:
    content = '{"name": "a", "codeGenConfigurationNodes": "{not json"}'
    with pytest.raises(FormatError, match="^codeGenConfigurationNodes, .* not JSON"):
        load(content)


def test_the_api_shape_is_read() -> None:
    job = load(json.dumps(_API))
    assert job.name == "orders"
    assert job.nodes["node-1"].type == "CatalogSource"
    assert set(job.settings) == {"JobMode", "Command", "DefaultArguments"}


@pytest.mark.parametrize(
    "wrapped",
    [
        {"Job": {**_API, "CreatedOn": "2025-01-01", "LastModifiedOn": "2025-01-02"}},
        {
            "JobName": "orders",
            "JobUpdate": {key: value for key, value in _API.items() if key != "Name"},
        },
        {"Jobs": [{**_API, "CreatedOn": "2025-01-01"}], "NextToken": "x"},
        {"jobs": [_API]},
    ],
)
def test_the_answers_and_requests_of_the_api_are_read(wrapped: dict[str, Any]) -> None:
    assert load(json.dumps(wrapped)) == load(json.dumps(_API))


def test_what_glue_answers_and_no_one_sets_is_said() -> None:
    loaded = read(json.dumps({"Job": {**_API, "CreatedOn": "2025-01-01"}}))
    assert loaded.notes == ("CreatedOn is what Glue answers, not a setting; it was left out.",)


def test_the_git_shape_is_one_string_and_comes_last_but_for_source_control() -> None:
    job = load(json.dumps({**_API, "SourceControlDetails": {"Provider": "GITHUB"}}))
    text = to_git(job).text()
    lines = text.splitlines()
    assert lines[1] == '  "name" : "orders",'
    assert '    "scriptLocation" : "s3://b/scripts/orders.py"' in lines
    graph = '"{\\"node-1\\":{\\"CatalogSource\\":{\\"Database\\":\\"shop\\",\\"Name\\":\\"Orders\\",\\"Table\\":\\"orders\\"}}}"'
    assert f'  "codeGenConfigurationNodes" : {graph},' in lines
    assert lines[-4:] == ['  "sourceControlDetails" : {', '    "provider" : "GITHUB"', "  }", "}"]
    assert '"--TempDir" : ' in text  # the user's own keys stay
    assert read(text).job == job


def test_jackson_style() -> None:
    value = {"a": {}, "b": [1, "é"], "c": {"d": None, "e": True}, "f": []}
    assert dump_like_jackson(value) == (
        '{\n  "a" : { },\n  "b" : [ 1, "é" ],\n  "c" : {\n    "d" : null,\n    "e" : true\n  },\n'
        '  "f" : [ ]\n}'
    )


def test_the_console_shape_is_read() -> None:
    loaded = read(json.dumps(_CONSOLE, indent="\t"))
    assert loaded.shape is Shape.CONSOLE
    settings_ = loaded.job.settings
    assert settings_["Command"] == {
        "Name": "glueetl",
        "ScriptLocation": "s3://b/scripts/orders.py",
        "PythonVersion": "3",
    }
    assert settings_["DefaultArguments"] == {
        "--enable-spark-ui": "true",
        "--enable-metrics": "true",
        "--TempDir": "s3://b/temporary/",
        "--job-bookmark-option": "job-bookmark-disable",
        "--spark-event-logs-path": "s3://b/sparkHistoryLogs/",
        "--job-language": "python",
        "--mine": "1",
    }
    assert settings_["JobMode"] == "VISUAL"
    assert settings_["ExecutionClass"] == "STANDARD"
    assert settings_["Connections"] == {"Connections": ["aurora"]}
    assert "MaxCapacity" not in settings_
    assert dump_nodes(loaded.job.nodes) == {
        "node-1": {
            "S3CsvSource": {
                "Name": "Amazon S3",
                "Paths": ["s3://raw/orders/"],
                "Exclusions": [],
                "Recurse": True,
                "QuoteChar": "quote",
                "Separator": "tab",
                "WithHeader": True,
                "OptimizePerformance": False,
                "AdditionalOptions": {"EnableSamplePath": False},
                "OutputSchemas": [{"Columns": [{"Name": "id", "Type": "string"}]}],
            }
        },
        "node-2": {
            "RenameField": {
                "Name": "Rename",
                "Inputs": ["node-1"],
                "SourcePath": ["sum(id)"],
                "TargetPath": ["total", "sum"],
            }
        },
        "node-3": {
            "Join": {
                "Name": "Join",
                "Inputs": ["node-1", "node-2"],
                "JoinType": "left",
                "Columns": [
                    {"From": "node-1", "Keys": [["a"]]},
                    {"From": "node-2", "Keys": [["b"], ["c", "d"]]},
                ],
            }
        },
        "node-4": {
            "S3GlueParquetTarget": {
                "Name": "Out",
                "Inputs": ["node-3"],
                "Compression": "snappy",
                "Path": "s3://clean/",
                "PartitionKeys": [["day"], ["a", "b"]],
                "SchemaChangePolicy": {"EnableUpdateCatalog": False},
                "AutoDataQuality": {"IsEnabled": False},
            }
        },
    }
    assert [note.split(" ")[0] for note in loaded.notes] == [
        "node",
        "maxCapacity",
        "jobConfig.somethingNew",
    ]


def test_the_console_shape_keeps_its_own_fields() -> None:
    job = load(json.dumps(_CONSOLE))
    again = json.loads(to_console(job).text())
    config = _CONSOLE["jobConfig"]
    changed = {"maxCapacity", "createdOn", "somethingNew", "runtime"}
    assert {key: again["jobConfig"][key] for key in set(config) - changed} == {
        key: value for key, value in config.items() if key not in changed
    }
    node = again["dag"]["node-1"]
    for key in ("type", "classification", "format", "isCatalog", "paths", "quoteChar", "separator"):
        assert node[key] == _CONSOLE_NODES["node-1"][key]
    assert node["generatedNodeName"] == "AmazonS3_node1"
    assert again["dag"]["node-2"]["sourcePath"] == "sum(id)"
    assert again["dag"]["node-4"]["partitionKeys"] == ["day", "a.b"]
    assert load(json.dumps(again)) == job


def test_fields_that_the_api_does_not_know_are_left_out_and_said() -> None:
    node = {
        **_CONSOLE_NODES["node-4"],
        "additionalOptions": {},
        "schemaChangePolicy": {"enableUpdateCatalog": False, "invented": 1},
        "shiny": True,
    }
    loaded = read(json.dumps({**_CONSOLE, "dag": {"node-4": node}}))
    settings_ = loaded.job.nodes["node-4"].settings
    assert settings_["SchemaChangePolicy"] == {"EnableUpdateCatalog": False}
    assert not {"AdditionalOptions", "Shiny"} & set(settings_)
    assert [note for note in loaded.notes if note.startswith("node")] == [
        "node node-4: SchemaChangePolicy.Invented has no counterpart in the API; it was left out.",
        "node node-4: Shiny has no counterpart in the API; it was left out.",
    ]


def test_a_script_job_keeps_its_graph_with_a_warning() -> None:
    config = {**_CONSOLE["jobConfig"], "jobMode": "DEVELOPER_MODE"}
    loaded = read(json.dumps({**_CONSOLE, "jobConfig": config, "script": "import sys"}))
    assert loaded.job.settings["JobMode"] == "SCRIPT"
    assert loaded.job.nodes
    assert (
        "The job runs a script of its own; the graph beside it may be out of date." in loaded.notes
    )
    assert any("script was left out" in note for note in loaded.notes)


def test_what_the_console_cannot_hold_is_said() -> None:
    settings_ = {
        "NotificationProperty": {"NotifyDelayAfter": 3},
        "Command": {"Name": "glueetl", "PythonVersion": "3", "ScriptLocation": "orders.py"},
    }
    notes = to_console(Job("orders", settings_, {})).notes
    assert len(notes) == 4
    assert any(note.startswith("NotificationProperty") for note in notes)
    assert any("ScriptLocation" in note for note in notes)
    assert any("JobMode" in note for note in notes)
    assert any("--job-language" in note for note in notes)


@pytest.mark.parametrize(
    ("node_type", "console_type", "role"),
    [
        ("S3CatalogSource", "S3", "DataSource"),
        ("S3CatalogTarget", "Catalog", "DataSink"),
        ("CatalogTarget", "Catalog", "DataSink"),
        ("MySQLCatalogSource", "MySQLCatalogSource", "DataSource"),
        ("MySQLCatalogTarget", "MySQLCatalogTarget", "DataSink"),
    ],
)
def test_node_types_come_back_from_the_console(
    node_type: str, console_type: str, role: str
) -> None:
    graph = {"node-1": {node_type: {"Name": "n", "Database": "d", "Table": "t"}}}
    job = load(json.dumps({**_API, "CodeGenConfigurationNodes": graph}))
    content = to_console(job).content
    assert content["dag"]["node-1"]["type"] == console_type
    assert content["dag"]["node-1"]["classification"] == role
    assert load(json.dumps(content)).nodes == job.nodes


@pytest.mark.parametrize(
    ("data_format", "node_type"),
    [("json", "S3JsonSource"), ("delta", "S3DeltaSource"), ("excel", "S3ExcelSource")],
)
def test_formats_of_console_sources(data_format: str, node_type: str) -> None:
    node = {**_CONSOLE_NODES["node-1"], "format": data_format}
    assert load(json.dumps({**_CONSOLE, "dag": {"node-1": node}})).nodes["node-1"].type == node_type


@pytest.mark.parametrize(
    ("data_format", "node_type"),
    [
        ("csv", "S3DirectTarget"),
        ("iceberg", "S3IcebergDirectTarget"),
        ("hudi", "S3HudiDirectTarget"),
    ],
)
def test_formats_of_console_targets(data_format: str, node_type: str) -> None:
    node = {**_CONSOLE_NODES["node-4"], "format": data_format}
    assert load(json.dumps({**_CONSOLE, "dag": {"node-4": node}})).nodes["node-4"].type == node_type


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (json.dumps(_API)[:-20].encode(), "cut off"),
        (b'{"Name": "a", "Command": ', "cut off"),
        (b'{"Name": "a",, }', "not JSON"),
        (json.dumps(_API).encode("utf-16"), "UTF-16"),
        (json.dumps(_API).encode("utf-16-le"), "UTF-16"),
        (json.dumps(_API).encode("utf-32"), "UTF-32"),
        ('{"Name": "é"}'.encode("latin-1"), "byte 10 is 0xe9"),
        (b'{"Name": "a", "Name": "b"}', "'Name' is twice"),
        (b'{"Name": "a", "Timeout": NaN}', "NaN"),
        (b'{"Name": "a", "Timeout": ' + b"9" * 5000 + b"}", "number"),
        (b"[" * 200_000, "too deep"),
        (b"[]", "a list of 0"),
        (b"null", "null"),
        (b'"job"', "holds a text"),
        (b"12", "holds a number;"),
        (b"true", "holds a truth value"),
        (b'{"Name": "a", "Timeout": ' + b"9" * 5000 + b"}", "thousands of digits"),
        (b"{}", "not a Glue job"),
        (b'{"AWSTemplateFormatVersion": "2010-09-09"}', "not a Glue job"),
        (b'{"Jobs": [{"Name": "a"}, {"Name": "b"}]}', "Jobs hold 2 jobs"),
        (b'{"jobs": {"Name": "a"}}', "something other than jobs"),
        (b'{"Name": ""}', "no Name"),
        (b'{"Job": {"Role": "r"}}', "no Name"),
        (b'{"name": 7, "command": {}}', "no name"),
        (b'{"jobConfig": {}, "dag": {}}', "no name"),
        (b'{"jobConfig": []}', "no jobConfig"),
        (b'{"jobConfig": {"name": "a", "tags": ["x"]}}', "jobConfig.tags"),
        (b'{"Name": "a", "CodeGenConfigurationNodes": []}', "not an object"),
        (b'{"name": "a", "codeGenConfigurationNodes": "{\\"node-1\\":"}', "cut off"),
    ],
)
def test_a_broken_file_is_told_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said) as raised:
        load(content)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        ({"node-1": {}}, "this one has none"),
        ({"node-1": {**_NODE, "Filter": {}}}, "CatalogSource, Filter"),
        ({"node-1": []}, "one key"),
        ({"node-1": {"Filter": []}}, "not an object"),
        ({"node-1": {"Filter": {}}}, "no Name"),
        ({"node-1": {"Filter": {"Name": 7}}}, "no Name"),
        ({"node-1": {"Filter": {"Name": "a\nb"}}}, "line break"),
        ({"node-1": {"Filter": {"Name": "a\ud800"}}}, "no file can hold"),
        ({"node-1": {"Filter": {"Name": "a", "Inputs": "node-2"}}}, "Inputs"),
        ({"node 1": _NODE}, "an id holds only"),
        ({"": _NODE}, "an id holds only"),
    ],
)
def test_a_broken_node_is_named(graph: dict[str, Any], said: str) -> None:
    with pytest.raises(GraphError, match=said) as raised:
        load(json.dumps({**_API, "CodeGenConfigurationNodes": graph}))
    assert str(raised.value).startswith("node ")


@pytest.mark.parametrize(
    "node",
    [
        7,
        {"name": "a"},
        {"name": "a", "type": ""},
        {"name": "a", "type": "S3", "classification": "DataSource", "format": ["csv"]},
        {"name": "a", "type": "S3", "classification": "DataSink", "format": {}},
    ],
)
def test_a_broken_console_node_is_named(node: Any) -> None:
    with pytest.raises(GraphError, match="node node-1"):
        load(json.dumps({**_CONSOLE, "dag": {"node-1": node}}))


def test_an_odd_language_of_the_console_is_none() -> None:
    config = {**_CONSOLE["jobConfig"], "language": {}}
    job = load(json.dumps({**_CONSOLE, "jobConfig": config}))
    assert "--job-language" not in job.settings["DefaultArguments"]


def test_null_types_of_a_node_are_no_types() -> None:
    graph = {"node-1": {**_NODE, "Filter": None}}
    assert (
        load(json.dumps({**_API, "CodeGenConfigurationNodes": graph})).nodes["node-1"].name
        == "Orders"
    )


def test_a_byte_order_mark_of_utf_8_is_no_fault() -> None:
    assert load(json.dumps(_API).encode("utf-8-sig")).name == "orders"
    assert load("\ufeff" + json.dumps(_API)).name == "orders"


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "orders.json"
    path.write_text(json.dumps(_API))
    assert load(path) == load(json.dumps(_API))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"none\.json cannot be read"):
        load(tmp_path / "none.json")
    with pytest.raises(FormatError, match="cannot be read"):
        load(tmp_path)


def test_a_file_of_100_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)  # sparse: nothing is written
    with pytest.raises(FormatError, match="more than 20 MB"):
        load(path)
    with pytest.raises(FormatError, match="more than 20 MB"):
        load(Path("/dev/zero"))  # has no end
    with pytest.raises(FormatError, match="MB"):
        load("x" * (MAX_BYTES + 1))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Name",
                    "name",
                    "jobConfig",
                    "dag",
                    "command",
                    "Command",
                    "DefaultArguments",
                    "Tags",
                    "tags",
                    "inputs",
                    "Inputs",
                    "type",
                    "classification",
                    "format",
                    "Filter",
                    "SparkSQL",
                    "S3CsvSource",
                    "CodeGenConfigurationNodes",
                    "codeGenConfigurationNodes",
                    "outputSchemas",
                    "OutputSchemas",
                    "Columns",
                    "columns",
                    "paths",
                    "Paths",
                    "node-1",
                    "additionalOptions",
                    "partitionKeys",
                    "jobParameters",
                    "language",
                    "scriptLocation",
                    "Connections",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=14,
)


@settings(max_examples=200, deadline=None)
@given(_JSON)
def test_any_json_is_a_job_or_a_clear_error(value: Any) -> None:
    try:
        job = load(json.dumps(value))
        for shape in Shape:
            assert write(job, shape).text().endswith("\n")
    except GlueStudioError as error:
        assert str(error).strip()  # noqa: PT017 - either outcome is right


@given(st.binary(max_size=60))
def test_any_bytes_are_a_job_or_a_clear_error(content: bytes) -> None:
    with pytest.raises(GlueStudioError):
        load(content)


def test_shape_of_says_what_it_found() -> None:
    with pytest.raises(FormatError, match="it has no key"):
        shape_of({})


_NODES: dict[str, Any] = {
    "node-1": {"CatalogSource": {"Name": "a", "Database": "d", "Table": "t"}},
    "Join": {"CatalogTarget": {"Name": "b", "Inputs": ["node-1"], "Database": "d", "Table": "u"}},
}


@pytest.mark.parametrize("content", [_NODES, {"CodeGenConfigurationNodes": _NODES}])
def test_a_graph_alone_is_a_job_named_after_its_file(
    content: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "orders.daily.json"
    path.write_text(json.dumps(content))
    job = load(path)
    assert (job.name, job.settings) == ("orders.daily", {"JobMode": "VISUAL"})
    assert dump_nodes(job.nodes) == _NODES
    assert load(path.read_bytes(), "given").name == "given"
    assert load(path.read_bytes()).name == "job"


def test_a_broken_node_of_a_graph_alone_is_named() -> None:
    broken = {**_NODES, "node-2": {"Filter": {}, "Join": {}}}
    with pytest.raises(GraphError, match="node-2: a node has exactly one type"):
        load(json.dumps(broken))


@pytest.mark.parametrize(("said", "set_to"), [({}, False), ({"optimizePerformance": True}, True)])
def test_a_csv_source_of_the_console_says_how_it_is_read(
    said: dict[str, Any], set_to: bool
) -> None:
    node = {
        "classification": "DataSource",
        "type": "S3",
        "name": "csv",
        "format": "csv",
        "paths": ["s3://a/b/"],
        "quoteChar": '"',
        "separator": ",",
        **said,
    }
    job = load(json.dumps({"jobConfig": {"name": "j"}, "dag": {"node-1": node}}))
    assert job.nodes["node-1"].settings["OptimizePerformance"] is set_to
    assert f'"optimizePerformance": {set_to}' in generate_script(job)


@pytest.mark.parametrize(
    ("node_type", "settings"),
    [
        (
            "Recipe",
            {
                "Inputs": ["b"],
                "RecipeSteps": [
                    {"Action": {"Operation": "X", "Parameters": {"SourceColumn": "a"}}}
                ],
            },
        ),
        (
            "ConnectorDataSource",
            {"ConnectionType": "c", "Data": {"ConnectionName": "c", "key": "v"}},
        ),
        ("JDBCConnectorSource", {"AdditionalOptions": {"DataTypeMapping": {"ARRAY": "STRING"}}}),
        ("S3HudiSource", {"AdditionalHudiOptions": {"Own.key": "v"}}),
        ("SparkConnectorSource", {"AdditionalOptions": {"Key": "v"}}),
    ],
)
def test_keys_of_the_user_s_own_stay_in_every_shape(
    node_type: str, settings: dict[str, Any]
) -> None:
    nodes = {"a": {node_type: {"Name": "a", **settings}}}
    job = load(json.dumps({"Name": "j", "CodeGenConfigurationNodes": nodes}))
    for shape in Shape:
        assert dump_nodes(load(write(job, shape).text()).nodes) == nodes

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glue_studio import GlueStudioError, Job, Node, parse_nodes
from glue_studio.access import TableRef
from glue_studio.check import CODES, Severity, check_job
from glue_studio.check.tables import read_tables
from glue_studio.cli import ExitCode, main
from glue_studio.nodes import KINDS
from glue_studio.permissions import Deployment, permissions_of
from glue_studio.pictures import draw_pipeline

_ROOT = Path(__file__).parents[3]


def _source(name: str = "s", **more: Any) -> dict[str, Any]:
    return {"CatalogSource": {"Name": name, "Database": "d", "Table": name, **more}}


def _node(type_: str, *inputs: str, **more: Any) -> dict[str, Any]:
    return {type_: {"Name": type_, "Inputs": list(inputs), **more}}


def _target(*inputs: str, table: str = "o") -> dict[str, Any]:
    return _node("CatalogTarget", *inputs, Database="d", Table=table, PartitionKeys=[])


def _found(graph: dict[str, Any], **job_settings: Any) -> list[tuple[str, str]]:
    """Code and node id of each finding, without the warning about appending."""
    job = Job("j", job_settings, parse_nodes(graph))
    return [
        (finding.code, finding.node.id if finding.node else "")
        for finding in check_job(job)
        if finding.code != "GS403"
    ]


def test_this_project_s_jobs_have_no_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--project", str(_ROOT)]) == ExitCode.DONE
    assert capsys.readouterr().out == "5 jobs checked: 0 errors, 0 warnings.\n"


def test_a_circle_is_told_once_with_its_way() -> None:
    graph = {
        "a": _source(),
        "b": _node("Union", "a", "d", UnionType="ALL"),
        "c": _node("DropDuplicates", "b"),
        "d": _node("DropDuplicates", "c"),
        "e": _target("d"),
    }
    job = Job("j", {}, parse_nodes(graph))
    circles = [finding for finding in check_job(job) if finding.code == "GS101"]
    assert len(circles) == 1
    way = circles[0].reason.partition(": ")[2].rstrip(".").split(" → ")
    assert way[0] == way[-1]
    assert sorted(way[1:]) == ["DropDuplicates", "DropDuplicates", "Union"]


def test_two_circles_and_a_node_that_reads_itself() -> None:
    graph = {
        "a": _node("DropDuplicates", "b"),
        "b": _node("DropDuplicates", "a"),
        "c": _node("DropDuplicates", "c"),
        "d": _target("c"),
    }
    assert [found for found in _found(graph) if found[0] == "GS101"] == [
        ("GS101", "b"),
        ("GS101", "c"),
    ]


def test_what_is_behind_a_missing_input_is_no_circle() -> None:
    graph = {"a": _node("DropDuplicates", "gone"), "b": _target("a")}
    assert _found(graph) == [("GS102", "a")]


def test_quality_and_code_may_end_a_graph() -> None:
    graph = {
        "a": _source(),
        "b": _node("EvaluateDataQualityMultiFrame", "a", Ruleset="Rules = [ RowCount > 0 ]"),
        "c": _node("CustomCode", "a", ClassName="c", Code="return dfc"),
    }
    assert _found(graph) == []


def test_route_has_its_groups_and_the_default_one() -> None:
    groups = [{"GroupName": "big", "LogicalOperator": "AND", "Filters": []}]
    for index, expected in ((0, []), (1, []), (2, [("GS108", "c")])):
        graph = {
            "a": _source(),
            "b": _node("Route", "a", GroupFiltersList=groups),
            "c": _node("SelectFromCollection", "b", Index=index),
            "d": _target("c"),
        }
        assert [found for found in _found(graph) if found[0] == "GS108"] == expected


@pytest.mark.parametrize("name", ["big", "default_group", "small"])
def test_what_is_picked_from_route_is_named_after_a_group(name: str) -> None:
    groups = [{"GroupName": "big", "LogicalOperator": "AND", "Filters": []}]
    graph = {
        "a": _source(),
        "b": _node("Route", "a", GroupFiltersList=groups),
        "c": _node("SelectFromCollection", "b", Index=0, Name=name),
        "d": _target("c"),
    }
    found = [code for code, _ in _found(graph) if code == "GS110"]
    assert found == (["GS110"] if name == "small" else [])


def test_a_target_that_custom_code_empties_does_not_append() -> None:
    graph = {
        "a": _source(),
        "b": _node("CustomCode", "a", ClassName="c", Code='glueContext.purge_table("d", "o")\nreturn dfc'),
        "c": _node("SelectFromCollection", "b", Index=0),
        "d": _target("c"),
        "e": _target("a", table="p"),
    }  # fmt: skip
    job = Job("j", {}, parse_nodes(graph))
    appending = [f.node.id for f in check_job(job) if f.code == "GS403" and f.node]
    assert appending == ["e"]


def test_one_place_written_twice_however_it_is_spelt() -> None:
    policy = {"EnableUpdateCatalog": False}
    targets = {
        "b": _node(
            "S3DirectTarget", "a", Path="s3://b/x", Format="json", SchemaChangePolicy=policy
        ),
        "c": _node("S3DirectTarget", "a", Path="s3a://b/x/", Format="json"),
    }
    assert ("GS405", "c") in _found({"a": _source(), **targets})


def test_an_s3_source_of_a_table_that_another_job_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = {"EnableUpdateCatalog": True, "Database": "d", "Table": "t"}
    writer = {
        "a": _source(),
        "b": _node(
            "S3DirectTarget", "a", Path="s3://b/zone/", Format="json", SchemaChangePolicy=policy
        ),
    }
    reader = {
        "a": {"S3JsonSource": {"Name": "r", "Paths": ["s3://b/zone"]}},
        "b": _target("a", table="x"),
    }
    folder = tmp_path / "glue_studio_json"
    folder.mkdir()
    for name, graph in (("writer", writer), ("reader", reader)):
        document = {"Name": name, "CodeGenConfigurationNodes": graph}
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    main(["check", "reader", "--project", str(tmp_path)])
    assert "where the table d.t has its files." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("jobs", "said"), [("ab", "so does the job b."), ("abc", "so do the jobs b, c.")]
)
def test_the_other_jobs_that_write_a_table_are_told(
    jobs: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in jobs:
        graph = {"a": _source(), "b": _target("a")}
        document = {"Name": name, "CodeGenConfigurationNodes": graph}
        (tmp_path / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    main(["check", *(str(tmp_path / f"{name}.json") for name in jobs)])
    assert said in capsys.readouterr().out


def test_a_finding_names_its_node_once_and_stands_at_it() -> None:
    graph = {
        "a": {
            "S3JsonSource": {"Name": "in", "Paths": ["s3://lake-123456789012/a/"], "MaxBand": 1.5}
        },
        "b": {"S3HudiDirectTarget": {"Name": "out", "Inputs": ["a"]}},
        "1": {"CatalogSource": {"Name": "1", "Database": "d", "Table": "t"}},
    }
    for more in ({}, {"b": _target("a")}):
        findings = check_job(Job("j", {}, parse_nodes({**graph, **more})))
        told = [finding for finding in findings if finding.code in {"GS004", "GS006", "GS007"}]
        assert len(told) == (2 if more else 3)  # the first graph has a type without known text
        for finding in told:
            assert finding.node is not None
            assert "node " not in finding.reason.split(" that ")[0]


def test_shapes_find_missing_wrong_and_unknown_settings() -> None:
    graph = {
        "a": _source(Table=3),
        "b": _node("CatalogTarget", "a", Database="d", Table="o", PartitionKeys=[], Colour="red"),
    }
    job = Job("j", {"Timeout": "soon", "Novelty": 1}, parse_nodes(graph))
    reasons = [finding.reason for finding in check_job(job) if finding.code == "GS002"]
    assert len(reasons) == 4
    assert any("Table, value: 3" in reason for reason in reasons)
    assert any('"Colour"' in reason for reason in reasons)
    assert any("Timeout" in reason for reason in reasons)
    assert any('"Novelty"' in reason for reason in reasons)


def test_an_unknown_node_type_is_told() -> None:
    findings = _found({"a": {"MagicSource": {"Name": "m"}}, "b": _target("a")})
    assert ("GS002", "a") in findings


def test_findings_are_ordered_errors_first_then_by_node() -> None:
    graph = {
        "a": _source(),
        "b": _source("t"),
        "c": _node("CustomCode", "a", ClassName="c", Code="return ("),
        "d": _target("gone"),
    }
    findings = check_job(Job("j", {}, parse_nodes(graph)))
    severities = [finding.severity for finding in findings]
    assert severities == sorted(severities, key=lambda severity: severity is Severity.WARNING)
    assert [f.node.id for f in findings if f.node and f.severity is Severity.ERROR] == ["c", "d"]


def _written(tmp_path: Path, document: Any) -> Path:
    path = tmp_path / "job with space.json"
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return path


_BROKEN = {
    "Name": "evil \x1b[31m",
    "CodeGenConfigurationNodes": {
        "node-1": _source("na\x1bme\u202e"),
        "node-2": _node("DropDuplicates", "node-7"),
    },
}


def test_text_json_and_sarif_tell_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _written(tmp_path, _BROKEN)
    common = ["check", str(path), "--project", str(tmp_path)]
    assert main(common) == ExitCode.FOUND
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert f"{path}:11: error GS102 missing-input: node node-2 (DropDuplicates" in text
    assert text.endswith("1 job checked: 1 error, 3 warnings.\n")

    assert main([*common, "--format", "json"]) == ExitCode.FOUND
    report = json.loads(capsys.readouterr().out)
    assert (report["version"], report["jobs"], report["errors"], report["warnings"]) == (1, 1, 1, 3)
    assert [finding["code"] for finding in report["findings"]] == [
        "GS102",
        "GS105",
        "GS104",
        "GS104",
    ]
    assert report["findings"][0] == {
        "code": "GS102",
        "name": "missing-input",
        "severity": "error",
        "file": path.as_posix(),
        "line": 11,
        "job": "evil \x1b[31m",
        "node": "node-2",
        "node_name": "DropDuplicates",
        "node_type": "DropDuplicates",
        "text_line": None,
        "reason": "It reads node-7, and there is no such node.",
        "remedy": "Connect it to a node of the graph, or remove the input.",
    }

    assert main([*common, "--format", "sarif", "--output", str(tmp_path / "o.sarif")]) == (
        ExitCode.FOUND
    )
    sarif = json.loads((tmp_path / "o.sarif").read_text(encoding="utf-8"))
    assert sarif["version"] == "2.1.0"
    (run,) = sarif["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(CODES)
    result = run["results"][0]
    assert result["ruleId"] == "GS102"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "GS102"
    assert result["level"] == "error"
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"].endswith("/job%20with%20space.json")
    assert physical["region"] == {"startLine": 11}
    assert not set(json.dumps(run["results"], ensure_ascii=False)) & {"\x1b", "\u202e"}
    assert "\\u001b" not in json.dumps(run["results"])


def test_warnings_alone_are_exit_code_0(tmp_path: Path) -> None:
    graph = {"node-1": _source(), "node-2": _target("node-1")}
    path = _written(tmp_path, {"Name": "j", "CodeGenConfigurationNodes": graph})
    assert main(["check", str(path), "--project", str(tmp_path)]) == ExitCode.DONE


def test_a_file_that_cannot_be_read_does_not_hide_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"Name": ', encoding="utf-8")
    other = _written(tmp_path, _BROKEN)
    assert main(["check", str(broken), str(other), "--project", str(tmp_path)]) == ExitCode.FOUND
    text = capsys.readouterr().out
    assert f"{broken}:1: error GS001 unreadable: " in text
    assert "GS102" in text
    assert "2 jobs checked: 2 errors" in text


def test_table_definitions_are_used_and_held_to_their_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aliases = [{"Alias": "s", "From": "node-1"}]
    query = _node("SparkSQL", "node-1", SqlAliases=aliases, SqlQuery="select nope, p from s")
    graph = {"node-1": _source(), "node-2": query, "node-3": _target("node-2")}
    path = _written(tmp_path, {"Name": "j", "CodeGenConfigurationNodes": graph})
    tables = tmp_path / "tables"
    tables.mkdir()
    definition = {"columns": [{"name": "id"}], "partition_keys": [{"name": "p"}]}
    (tables / "s.json").write_text(json.dumps(definition), encoding="utf-8")
    common = ["check", str(path), "--project", str(tmp_path), "--tables"]
    assert main([*common, str(tables)]) == ExitCode.FOUND
    assert "uses column nope" in capsys.readouterr().out

    (tables / "s.json").write_text('{"columns": "id"}', encoding="utf-8")
    assert main([*common, str(tables)]) == ExitCode.UNABLE
    assert "s.json is not a table definition" in capsys.readouterr().err
    assert main([*common, str(tmp_path / "none")]) == ExitCode.UNABLE
    assert "There is no folder" in capsys.readouterr().err


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 5) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
_KEYS = [
    "Paths",
    "Columns",
    "Groups",
    "Aggs",
    "Mapping",
    "Filters",
    "GroupFiltersList",
    "SqlAliases",
    "SqlQuery",
    "Code",
    "ClassName",
    "Ruleset",
    "AdditionalDataSources",
    "OutputSchemas",
    "JoinType",
    "SourcePath",
    "TargetPath",
    "Path",
    "Database",
    "Table",
    "Index",
    "SchemaChangePolicy",
    "PartitionKeys",
    "AutoDataQuality",
    "PublishingOptions",
    "Data",
    "StreamingOptions",
    "ConnectionName",
    "ConnectionOptions",
    "RecipeReference",
]
_TYPES = [*KINDS, "Unheard", "UnheardSource", "UnheardTarget"]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(_TYPES),
            st.lists(st.sampled_from(["node-0", "node-1", "node-2", "gone"]), max_size=3),
            st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=6),
        ),
        max_size=4,
    ),
    st.dictionaries(
        st.sampled_from(
            ["DefaultArguments", "Command", "Role", "JobMode", "WorkerType", "Tags", "Connections"]
        ),
        _VALUES,
    ),
)
def test_no_settings_however_odd_end_a_check(
    drawn: list[tuple[str, list[str], dict[str, Any]]], of_job: dict[str, Any]
) -> None:
    nodes = {
        f"node-{number}": Node(
            f"node-{number}", type_, {**more, "Name": f"n {number}", "Inputs": inputs}
        )
        for number, (type_, inputs, more) in enumerate(drawn)
    }
    try:
        findings = check_job(Job("j", of_job, nodes))
        permissions_of(Job("j", of_job, nodes), Deployment())
        draw_pipeline("p", [Job("j", of_job, nodes)])
    except GlueStudioError as error:  # pragma: no cover - would be a fault
        pytest.fail(f"a check ended with {error!r}")
    assert all(finding.code in CODES for finding in findings)


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        (
            _node("Union", "a", UnionType="ALL"),
            "It has 1 input(s), and its type takes 2.",
        ),
        (_node("DropDuplicates"), "It has 0 input(s), and its type takes 1."),
        (_node("DropDuplicates", "a", "a"), "It has 2 input(s), and its type takes 1."),
        ({"DropDuplicates": {"Name": "x"}}, "It has no input."),
        (
            _node("CustomCode", ClassName="c", Code="return dfc"),
            "It has 0 input(s), and its type takes 1 or more.",
        ),
    ],
)
def test_a_wrong_number_of_inputs_is_told_once(node: dict[str, Any], reason: str) -> None:
    job = Job("j", {}, parse_nodes({"a": _source(), "b": node}))
    about = [
        f for f in check_job(job) if f.node and f.node.id == "b" and f.severity is Severity.ERROR
    ]
    assert [finding.reason for finding in about] == [reason]


def test_every_node_whose_text_is_not_known_is_told() -> None:
    graph = {
        "a": {"S3HudiSource": {"Name": "in", "Paths": ["s3://a/"]}},
        "b": {"FillMissingValues": {"Name": "f", "Inputs": ["a"], "ImputedPath": "x"}},
        "c": {
            "S3CsvSource": {"Name": "csv", "Paths": [], "QuoteChar": "quote", "Separator": "ctrla"}
        },
        "d": {"S3HudiDirectTarget": {"Name": "out", "Inputs": ["b"]}},
    }
    for more in ({}, {"d": {"CatalogSource": {"Name": "1", "Database": "d", "Table": "t"}}}):
        findings = check_job(Job("j", {}, parse_nodes({**graph, **more})))
        told = {f.node.id for f in findings if f.code == "GS006" and f.node is not None}
        # Where variables cannot be named, texts of known types cannot be tried.
        assert told == ({"a", "b"} if more else {"a", "b", "c", "d"})


@pytest.mark.parametrize(("second", "codes"), [("return dfc", set()), ("pass", {"GS109"})])
def test_one_function_of_two_nodes_is_an_error_where_its_text_differs(
    second: str, codes: set[str]
) -> None:
    graph: dict[str, Any] = {"a": {"CatalogSource": {"Name": "a", "Database": "d", "Table": "t"}}}
    for node_id, code in (("b", "return dfc"), ("c", second)):
        custom = {"Name": node_id, "Inputs": ["a"], "ClassName": "tidy", "Code": code}
        graph[node_id] = {"CustomCode": custom}
    findings = check_job(Job("j", {}, parse_nodes(graph)))
    assert {finding.code for finding in findings} == codes


def test_a_streaming_job_is_told_once_by_its_command_or_its_sources() -> None:
    streams = {
        node_id: {"DirectKafkaSource": {"Name": node_id, "StreamingOptions": {"TopicName": "t"}}}
        for node_id in ("a", "b")
    }
    for job_settings, nodes, node in (
        ({}, streams, "a"),
        ({"Command": {"Name": "gluestreaming"}}, {}, None),
    ):
        findings = check_job(Job("j", job_settings, parse_nodes(nodes)))
        told = [finding for finding in findings if finding.code == "GS008"]
        assert [finding.node.id if finding.node else None for finding in told] == [node]


def test_table_definitions_in_a_folder_are_of_the_folder_s_database(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "orders.json").write_text('{"columns": [{"name": "id"}]}')
    (tmp_path / "people.json").write_text('{"columns": [{"name": "email"}]}')
    tables = read_tables(tmp_path)
    assert tables[TableRef("shop", "orders")] == ("id",)
    assert TableRef("other", "orders") not in tables
    assert tables[TableRef("other", "people")] == ("email",)

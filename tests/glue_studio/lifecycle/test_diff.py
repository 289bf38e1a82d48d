import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glue_studio import Job, Node
from glue_studio.cli import ExitCode, main
from glue_studio.lifecycle.diff import ABSENT, Change, diff_jobs, diff_settings, render


def _job(*nodes: Node, **settings: Any) -> Job:
    return Job("j", settings, {node.id: node for node in nodes})


def _sql(query: str, name: str = "q") -> Node:
    return Node("node-1", "SparkSQL", {"Name": name, "SqlQuery": query})


def test_equal_jobs_have_no_difference() -> None:
    assert not diff_jobs(_job(_sql("a")), _job(_sql("a")))
    assert render(diff_jobs(_job(_sql("a")), _job(_sql("a")))) == []


@pytest.mark.parametrize("empty", [None, "", [], {}, {"a": None}])
def test_empty_is_absent(empty: Any) -> None:
    assert diff_settings({"a": empty}, {}) == ()
    assert diff_settings({}, {"a": empty}) == ()


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ({"a": 1}, {"a": 1.0}, ()),
        ({"a": 1}, {"a": True}, (Change("a", 1, True),)),
        ({"a": False}, {"a": None}, (Change("a", False, ABSENT),)),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, (Change("a.b", 1, 2),)),
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, (Change("a[1].b", 2, 3),)),
        ({"a": [1]}, {"a": [1, 2]}, (Change("a", [1], [1, 2]),)),
        ({"a": [{"x": 1, "y": None}]}, {"a": [{"x": 1}]}, ()),
        ({"a": {"b": 1}}, {"a": 3}, (Change("a", {"b": 1}, 3),)),
    ],
)
def test_changes_by_path(before: Any, after: Any, changes: tuple[Change, ...]) -> None:
    assert diff_settings(before, after) == changes


def test_sql_is_a_text_diff_and_other_values_stand_on_one_line() -> None:
    before = _job(_sql("SELECT a\nFROM t\nWHERE x"), Timeout=1)
    after = _job(_sql("SELECT b\nFROM t\nWHERE x", name="r"), Timeout=2)
    assert render(diff_jobs(before, after)) == [
        "Timeout: 1 → 2",
        "~ SparkSQL “r” (node-1)",
        '    Name: "q" → "r"',
        "    SqlQuery:",
        "      @@ -1,3 +1,3 @@",
        "      -SELECT a",
        "      +SELECT b",
        "       FROM t",
        "       WHERE x",
    ]


def test_only_line_endings_differ_is_said() -> None:
    lines = render(diff_jobs(_job(_sql("a\nb")), _job(_sql("a\r\nb"))))
    assert lines[-1] == "    SqlQuery: only line endings differ"


def test_another_type_under_one_id() -> None:
    before = _job(Node("node-1", "Filter", {"Name": "f"}))
    after = _job(Node("node-1", "SparkSQL", {"Name": "f"}))
    assert render(diff_jobs(before, after)) == [
        "~ SparkSQL “f” (node-1)",
        "    type: Filter → SparkSQL",
    ]


def test_text_from_a_file_cannot_steer_the_terminal() -> None:
    evil = "x\x1b[2J\u202e\x07\u2028y"
    lines = render(
        diff_jobs(
            _job(),
            _job(_sql(f"a\n{evil}", name=evil), **{evil: evil}),
        )
    )
    text = "\n".join(lines)
    assert "\\x1b[2J\\u202e\\x07\\u2028y" in text
    assert not set(text) & set("\x1b\u202e\x07\u2028")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab\n", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3),
)


@given(st.dictionaries(st.text("abc"), _JSON), st.dictionaries(st.text("abc"), _JSON))
def test_a_difference_is_found_in_both_directions_or_in_none(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    there = diff_settings(before, after)
    back = diff_settings(after, before)
    assert [(c.path, c.after, c.before) for c in back] == [
        (c.path, c.before, c.after) for c in there
    ]
    assert diff_settings(before, before) == ()


def test_the_command_compares_files_of_any_shape(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "glue_studio_json" / "orders.json"
    console = tmp_path / "console.json"
    main(
        ["export", "orders", "--project", str(project), "--to", "console", "--output", str(console)]
    )
    capsys.readouterr()
    assert main(["diff", str(path), str(console)]) == ExitCode.DONE
    assert capsys.readouterr().out == "No difference.\n"

    document = json.loads(path.read_text(encoding="utf-8"))
    document["Timeout"] = 31
    other = tmp_path / "other.json"
    other.write_text(json.dumps(document), encoding="utf-8")
    assert main(["diff", str(path), str(other)]) == ExitCode.FOUND
    assert capsys.readouterr().out == "Timeout: 30 → 31\n"

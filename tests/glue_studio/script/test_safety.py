"""Text of a job file never becomes code of the script, whatever it holds."""

import ast
import contextlib
import re
import warnings
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from glue_studio import GraphError, Node, generate_script, parse_nodes, recover
from tests.glue_studio.graphs import graphs

_MANY = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_ATTACKS = st.one_of(
    st.text(min_size=1, max_size=12),
    st.sampled_from(
        [
            '"); import os; os.system("id") #',
            '"\nimport os\nx = "',
            "'''\nimport os\n'''",
            '"""\nimport os\n"""',
            "\\",
            '\\"',
            "\\\\'",
            "\\N{LATIN SMALL LETTER A}",
            "\\N{x}",
            "\\x",
            "\\u12",
            "{__import__('os')}",
            "%s",
            "\r\nimport os\r\n",
            "\x0cimport os",
            "\u2028import os",
            "\x00",
            "\ud800",
            '"' * 3,
            "'" * 4,
            "1); import os; (1",
        ]
    ),
)
# Texts that are names or choices of the service have tests of their own; Code is code.
_NOT_TEXTS = {
    "Code",
    "ClassName",
    "FunctionName",
    "Type",
    "ListType",
    "From",
    "Inputs",
    "Name",
    "Operation",
    "LogicalOperator",
    "JoinType",
    "QuoteChar",
    "Separator",
    "Format",
    "NumberTargetPartitions",
    "StopJobOnFailureTiming",
}


def shape(script: str) -> str:
    """The script's syntax tree with every text and number taken out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(script)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and not isinstance(node.value, bool):
            node.value = ""
            node.kind = None
    return ast.dump(tree)


def _replaced(value: Any, attack: str, key: str = "") -> Any:
    if key in _NOT_TEXTS:
        return value
    if isinstance(value, str):
        return attack
    if isinstance(value, Mapping):
        return {name: _replaced(item, attack, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, attack, key) for item in value]
    return value


@_MANY
@given(graphs(max_nodes=5), st.data(), _ATTACKS)
def test_a_text_changes_no_code(nodes: dict[str, Node], data: st.DataObject, attack: str) -> None:
    victim = nodes[data.draw(st.sampled_from(sorted(nodes)))]
    changed = Node(victim.id, victim.type, _replaced(dict(victim.settings), attack))
    assume(changed != victim)
    assume(not re.fullmatch(r"-[0-9.eE+-]+", attack))  # a constant `-1` of a filter is a number
    try:
        script = generate_script({**nodes, victim.id: changed})
    except GraphError as error:
        assert (error.node_id, error.node_type) == (victim.id, victim.type)  # noqa: PT017 - fine too
        return
    script.encode()
    assert shape(script) == shape(_benign(nodes, victim))
    assert "import os\n" not in {line + "\n" for line in _code_lines(script)}


def _benign(nodes: dict[str, Node], victim: Node) -> str:
    """The script with a harmless text in the place of each of the victim's."""
    for text in ("x1", "1"):  # where a parameter is a number, nothing else is taken
        settings = _replaced(dict(victim.settings), text)
        with contextlib.suppress(GraphError):
            return generate_script({**nodes, victim.id: Node(victim.id, victim.type, settings)})
    return reject()  # true or false, of which no third one can be told


def _code_lines(script: str) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(script)
    return [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Import)]


@_MANY
@given(graphs(max_nodes=4), st.data(), _ATTACKS)
def test_a_name_changes_no_code(nodes: dict[str, Node], data: st.DataObject, attack: str) -> None:
    victim = nodes[data.draw(st.sampled_from(sorted(nodes)))]
    graph = {node.id: {node.type: dict(node.settings)} for node in nodes.values()}
    graph[victim.id][victim.type]["Name"] = attack
    try:
        script = generate_script(parse_nodes(graph))
    except GraphError as error:
        assert error.node_id == victim.id  # noqa: PT017 - either outcome is right
        return
    script.encode()
    assert recover(script).nodes[victim.id].name == attack
    assert not [line for line in _code_lines(script) if line == "import os"]


@pytest.mark.parametrize("attack", ["x; import os", "a b", "", "class", "é", "f()", "x\n"])
@pytest.mark.parametrize(
    ("node_type", "key"), [("CustomCode", "ClassName"), ("DynamicTransform", "FunctionName")]
)
def test_a_name_of_a_function_is_a_python_name(attack: str, node_type: str, key: str) -> None:
    settings_ = {"Name": "n", "Inputs": ["a"], "Code": "return dfc", "ClassName": "f", key: attack}
    graph = {
        "a": {"CatalogSource": {"Name": "a", "Database": "d", "Table": "t"}},
        "b": {node_type: settings_},
    }
    with pytest.raises(GraphError, match=key):
        generate_script(parse_nodes(graph))


@pytest.mark.parametrize("name", ["1. Source", "9lives"])
def test_a_name_that_starts_with_a_digit_has_no_variable(name: str) -> None:
    graph = {"node-1": {"CatalogSource": {"Name": name, "Database": "d", "Table": "t"}}}
    with pytest.raises(GraphError, match="start the node's name with a letter"):
        generate_script(parse_nodes(graph))


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("§§ !", "_node1"),
        ("Größe (m²)", "Grem_node1"),
        ("表", "_node1"),
        ("", "_node1"),
    ],
)
def test_names_of_symbols_and_other_scripts(name: str, variable: str) -> None:
    graph = {"node-1": {"CatalogSource": {"Name": name, "Database": "d", "Table": "t"}}}
    script = generate_script(parse_nodes(graph))
    assert f"# Script generated for node {name}\n{variable} = " in script


def test_two_nodes_never_share_a_variable() -> None:
    source = {"CatalogSource": {"Name": "a", "Database": "d", "Table": "t"}}
    with pytest.raises(GraphError, match="rename one"):
        generate_script(parse_nodes({"node-1": source, "node1": source}))

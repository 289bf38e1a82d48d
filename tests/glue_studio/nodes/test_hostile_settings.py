"""Settings of any JSON value: a script that compiles, or an error that names the node."""

import ast
import json
import warnings
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from glue_studio import GraphError, generate_script, parse_nodes

_GRAPHS = {
    path.stem: json.loads(path.read_text())
    for path in sorted((Path(__file__).parent / "golden").glob("*.json"))
}
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a JSON value."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    found = [(*path, key) for key, _ in inner]
    for key, item in inner:
        found += _places(item, (*path, key))
    return found


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(sorted(_GRAPHS)), st.data())
def test_any_value_in_any_place(name: str, data: st.DataObject) -> None:
    graph = json.loads(json.dumps(_GRAPHS[name]))
    places = [place for place in _places(graph) if len(place) > 2]
    place = data.draw(st.sampled_from(places))
    inner = graph
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = data.draw(_JSON)
    try:
        script = generate_script(parse_nodes(graph))
    except GraphError as error:
        assert error.node_id in str(error)  # noqa: PT017 - either outcome is right
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `\d` in a text is the user's
        ast.parse(script)

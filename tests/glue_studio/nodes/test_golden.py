"""Each node type's text against a golden script: `golden/<NodeType>[-variant].json` and `.py.txt`.

RENEW_GOLDEN=1 writes the scripts anew; look at the difference before you commit it.
"""

import json
import os
import warnings
from pathlib import Path

import pytest

from glue_studio import generate_script, parse_nodes, recover_with_notes
from glue_studio.nodes import KINDS

_GOLDEN = Path(__file__).parent / "golden"
_GRAPHS = sorted(_GOLDEN.glob("*.json"))
# A script does not show these: which of two types has the text, columns that were dropped,
# and what a merge was made of.
_NOT_SHOWN = {"S3CatalogSource", "ApplyMapping-dropped", "AmazonRedshiftTarget-merge"}


def test_every_node_type_has_a_golden_text() -> None:
    written = {kind.type for kind in KINDS.values() if kind.emit is not None}
    assert {path.stem.partition("-")[0] for path in _GRAPHS} == written


@pytest.mark.parametrize("path", _GRAPHS, ids=lambda path: path.stem)
def test_the_script_is_the_golden_one(path: Path) -> None:
    script = generate_script(parse_nodes(json.loads(path.read_text())))
    golden = path.with_suffix(".py.txt")
    if os.environ.get("RENEW_GOLDEN"):
        golden.write_text(script)
    assert script == golden.read_text()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `\d` in a pattern is the user's
        compile(script, path.stem, "exec")


@pytest.mark.parametrize("path", _GRAPHS, ids=lambda path: path.stem)
def test_the_golden_script_gives_the_graph_back(path: Path) -> None:
    nodes = parse_nodes(json.loads(path.read_text()))
    recovery = recover_with_notes(path.with_suffix(".py.txt").read_text())
    assert recovery.exact
    assert (recovery.job.nodes == nodes) is (path.stem not in _NOT_SHOWN)

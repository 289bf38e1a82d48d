"""Random visual jobs on random records: what each node of the generated script gives, beside a model."""

import random
from collections import Counter
from itertools import count
from typing import Any

import pytest

from glue_studio import generate_script, parse_nodes
from glue_studio.nodes import KINDS
from tests.sandbox.glue.runtime.awsglue.random_graphs import graph as graphs
from tests.sandbox.glue.runtime.awsglue.random_graphs import studio, targets
from tests.sandbox.glue.runtime.awsglue.random_graphs.model import spelled
from tests.sandbox.glue.runtime.conftest import RUNTIME

REFUSED = {
    "AmazonRedshiftSource": "Redshift",
    "AmazonRedshiftTarget": "Redshift",
    "CatalogIcebergSource": "Iceberg",
    "DirectJDBCSource": "databases over JDBC",
    "DynamoDBELTConnectorSource": "DynamoDB",
    "RedshiftSource": "Redshift",
    "RedshiftTarget": "Redshift",
    "SnowflakeSource": "Snowflake",
    "SnowflakeTarget": "Snowflake",
}
"""Node types whose script the sandbox refuses to run, and what of AWS it does not have."""


def with_targets(graph: graphs.Graph, lake: Any) -> list[targets.Target]:
    """Targets of two nodes."""
    found: list[targets.Target] = []
    while len(found) < 2:
        node = graph.chance.choice(list(graph.models))
        if target := targets.drawn(lake, graph.models[node], graph.chance):
            graph.add(target.kind, {"Inputs": [node], **target.settings})
            found.append(target)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_each_node_gives_what_the_model_gives(in_this_process: Any, seed: int) -> None:
    lake, chance = in_this_process, random.Random(seed)  # noqa: S311 -- the same jobs every time
    graph = graphs.drawn(lake, chance, 9)
    written = with_targets(graph, lake)
    script = generate_script(parse_nodes(graph.nodes))
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(script, "job", "exec"), names)  # noqa: S102 -- a job is its script
    for node, model in graph.models.items():
        [variable] = [name for name in names if name.endswith("_" + node.replace("-", "")) and not name.endswith("DF")]  # fmt: skip
        found = [item["record"] for item in names[variable]._rdd.collect()]
        assert sorted(map(spelled, found)) == sorted(map(spelled, model.rows)), graph.nodes[node]
    for target in written:
        target.check(lake)


class NoLake:
    """Takes what sources and targets put into a lake, and keeps nothing."""

    def __init__(self) -> None:
        self._numbers = count()

    def folder(self) -> str:
        return f"s3://lake/data{next(self._numbers)}/"

    def table(self, *_: Any, **__: Any) -> str:
        return f"table{next(self._numbers)}"

    def location(self, table: str) -> str:
        return f"s3://lake/{table}/"

    def put(self, *_: Any) -> None:
        pass

    def partition(self, *_: Any) -> None:
        pass


def test_every_node_type_is_drawn_or_refused() -> None:
    chance, lake = random.Random(0), NoLake()  # noqa: S311 -- the same jobs every time
    drawn: Counter[str] = Counter()
    for _ in range(200):
        graph = graphs.drawn(lake, chance, 9)
        with_targets(graph, lake)
        for node in graph.nodes.values():
            [(kind, settings)] = node.items()
            drawn[kind] += 1
            drawn[settings.get("FunctionName", "")] += 1
    with_text = {kind.type for kind in KINDS.values() if kind.emit is not None}
    modules = {path.stem for path in RUNTIME.glob("gs_*.py")} - {"gs_common"}
    named = {*REFUSED, *studio.NOT_DRAWN}
    assert named.isdisjoint(drawn)
    assert (with_text | modules) - {*drawn} == named

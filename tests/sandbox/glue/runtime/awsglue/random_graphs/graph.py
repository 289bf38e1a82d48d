"""A graph that grows at random, and the model of each node's frame."""

import random
from dataclasses import dataclass, field
from typing import Any

from tests.sandbox.glue.runtime.awsglue.random_graphs.model import Model, Settings, data_frame
from tests.sandbox.glue.runtime.awsglue.random_graphs.sources import SOURCES
from tests.sandbox.glue.runtime.awsglue.random_graphs.transforms import (
    BY_CODE,
    ONE,
    conditions,
    joined,
    leaves,
    united,
)

QUALITY = {
    "AdditionalDataSources": {},
    "Ruleset": "Rules = [\n    RowCount >= 0\n]",
    "PublishingOptions": {
        "EvaluationContext": "N",
        "CloudWatchMetricsEnabled": True,
        "ResultsPublishingEnabled": True,
    },
    "AdditionalOptions": {},
}
# Of visual transforms there are many, of each other type one.
TRANSFORMS = (
    *ONE,
    *["DynamicTransform"] * 4,
    "CustomCode",
    "Route",
    "EvaluateDataQualityMultiFrame",
    "Join",
    "Union",
)


@dataclass
class Graph:
    """A graph that grows, and the model of each node's frame."""

    chance: random.Random
    nodes: dict[str, Any] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)

    def add(
        self, kind: str, settings: Settings, model: Model | None = None, name: str = "N"
    ) -> str:
        node = f"node-{len(self.nodes) + 1}"
        self.nodes[node] = {kind: {"Name": name, **settings}}
        if model is not None:
            self.models[node] = model
        return node

    def grow(self, kind: str) -> None:
        """Add a node of that kind, if there is one that fits a node so far."""
        source, other = (self.chance.choice(list(self.models)) for _ in range(2))
        model = self.models[source]
        match kind:
            case "CustomCode":
                self._custom(source, model)
            case "Route" if leaves(model):
                self._route(source, model)
            case "EvaluateDataQualityMultiFrame" if not model.by_case:
                quality = self.add(kind, {"Inputs": [source], **QUALITY})
                self.select(quality, 0, data_frame(model), "originalData")
            case "Join" if source != other:
                self._two(kind, source, other, joined(model, self.models[other], self.chance))
            case "Union":
                self._two(kind, source, other, united(model, self.models[other], self.chance))
            case _ if kind in ONE:
                if drawn := self.chance.choice(ONE[kind])(model, self.chance):
                    aliases = [{"Alias": "it", "From": source}]
                    extra = {"SqlAliases": aliases} if kind == "SparkSQL" else {}
                    self.add(kind, {"Inputs": [source], **extra, **drawn[0]}, drawn[1])

    def select(self, collection: str, index: int, model: Model, name: str = "N") -> None:
        settings = {"Inputs": [collection], "Index": index}
        self.add("SelectFromCollection", settings, model, name)

    def _custom(self, source: str, model: Model) -> None:
        if made := self.chance.choice(BY_CODE)(model, self.chance):
            code, result = made
            text = (
                f"frame = dfc.select(list(dfc.keys())[0])\n{code}\n"
                'return DynamicFrameCollection({"made": frame}, glueContext)'
            )
            settings = {"Inputs": [source], "ClassName": f"made_{len(self.nodes)}", "Code": text}
            self.select(self.add("CustomCode", settings), 0, result)

    def _route(self, source: str, model: Model) -> None:
        groups = [(name, *conditions(model, self.chance)) for name in ("one", "two")]
        listed = [{"GroupName": name, **condition} for name, condition, _ in groups]
        route = self.add("Route", {"Inputs": [source], "GroupFiltersList": listed})
        for index, (name, _, kept) in enumerate(groups):
            rows = [row for row in model.rows if kept(row)]
            self.select(route, index, Model(rows, model.shape), name)

    def _two(
        self, kind: str, first: str, second: str, drawn: tuple[Settings, Model] | None
    ) -> None:
        if drawn and len(drawn[1].rows) < 200:  # joins of joins grow fast
            settings, result = drawn
            for node, side in zip((first, second), settings.get("Columns", ()), strict=False):
                side["From"] = node
            self.add(kind, {"Inputs": [first, second], **settings}, result)


def drawn(lake: Any, chance: random.Random, size: int) -> Graph:
    """A graph of two sources, and transforms until there are this many frames."""
    graph = Graph(chance)
    for source in chance.sample(SOURCES, 2):
        graph.add(*source(lake, chance))
    while len(graph.models) < size:
        graph.grow(chance.choice(TRANSFORMS))
    return graph

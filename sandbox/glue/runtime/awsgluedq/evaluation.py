"""What one evaluation of rules shares: the data, the figures taken of it, the instant.

Each rule type is a function that asks an `Evaluation` for the figures it needs and returns another,
to be called once they are there, that judges them: so all rules share the passes over the data.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyspark.sql import DataFrame

from awsgluedq.conditions import UnsupportedRuleError, utc_now
from awsgluedq.measures import Measures


@dataclass(frozen=True)
class Verdict:
    """What a rule type says of the data; a failure has its reason."""

    failure: str | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)


Judge = Callable[[], Verdict]


class Evaluation:
    """One evaluation: the checked data, the other sources by alias, and one `now()`."""

    def __init__(self, data: DataFrame, sources: Mapping[str, DataFrame]) -> None:
        self.data = data
        self.sources = sources
        self.now = utc_now()
        self.measures = Measures(data)

    def source(self, alias: str) -> DataFrame:
        """Another source by its alias."""
        if alias not in self.sources:
            raise UnsupportedRuleError(
                f"there is no data source {alias!r}; there "
                f"{'are ' + ', '.join(sorted(self.sources)) if self.sources else 'is none'}"
            )
        return self.sources[alias]

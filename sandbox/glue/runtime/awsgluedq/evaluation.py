"""What one evaluation of rules shares: the data, the instant, and the figures taken of the data.

Each rule type is a function that asks an `Evaluation` for the figures it needs and returns another,
to be called once they are there, that judges them: so all rules share the passes over the data.
`Measures.take` runs one aggregation for all figures that were asked for; those that depend on how
often each value occurs take one grouping a column, and all of these are one more job.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from gluesandbox.types import fields
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as sf

from awsgluedq.conditions import UnsupportedRuleError, utc_now
from glue_studio.dqdl import Rule


@dataclass(frozen=True)
class Frequencies:
    """How often the values of a column (or the tuples of some) occur; rows of NULLs alone are not counted."""

    rows: int
    distinct: int
    once: int
    entropy: float


class Measures:
    """Collect aggregations over one DataFrame."""

    def __init__(self, data: DataFrame) -> None:
        self._data = data
        self._columns: list[Column] = []
        self._by_text: dict[str, int] = {}
        self._groups: list[tuple[tuple[str, ...], str | None]] = []
        self._values: list[Any] = []
        self._frequencies: list[Any] = []

    def ask(self, aggregate: Column) -> int:
        """Add an aggregation; the handle is for `number`."""
        text = str(aggregate)
        if text not in self._by_text:
            self._by_text[text] = len(self._columns)
            self._columns.append(aggregate)
        return self._by_text[text]

    def ask_frequencies(self, columns: Sequence[str], where: str | None) -> int:
        """Add a grouping; the handle is for `frequencies`."""
        group = (tuple(columns), where)
        if group not in self._groups:
            self._groups.append(group)
        return self._groups.index(group)

    def take(self) -> None:
        """Run what was asked for; an error is told by the handle that it belongs to."""
        handles = range(len(self._columns))
        try:
            self._values = self._aggregated(handles)
        except PySparkException:
            # One of them cannot be evaluated, such as a where clause with a misspelt column.
            self._values = [_or_error(self._aggregated, handle) for handle in handles]
        handles = range(len(self._groups))
        try:
            self._frequencies = self._counted(handles)
        except PySparkException:
            self._frequencies = [_or_error(self._counted, handle) for handle in handles]

    def number(self, handle: int) -> float:
        """The value of an aggregation; not a number where there was nothing to aggregate."""
        value = _raised(self._values[handle])
        return float("nan") if value is None else float(value)

    def count(self, handle: int) -> int:
        """The value of an aggregation that counts."""
        return int(self.number(handle))

    def frequencies(self, handle: int) -> Frequencies:
        """What `ask_frequencies` asked for."""
        found: Frequencies = _raised(self._frequencies[handle])
        return found

    def _aggregated(self, handles: Sequence[int]) -> list[Any]:
        if not handles:
            return []
        named = [self._columns[handle].alias(f"m{handle}") for handle in handles]
        return list(self._data.agg(*named).collect()[0])

    def _counted(self, handles: Sequence[int]) -> list[Any]:
        if not handles:
            return []
        rows = reduce(DataFrame.unionAll, [self._grouped(handle) for handle in handles]).collect()
        by_handle = {row[0]: Frequencies(row[1] or 0, row[2], row[3], row[4]) for row in rows}
        return [by_handle[handle] for handle in handles]

    def _grouped(self, index: int) -> DataFrame:
        columns, where = self._groups[index]
        data = self._data.filter(where) if where else self._data
        names = [fields.quote(name) for name in columns]
        data = data.filter(reduce(or_, (sf.col(name).isNotNull() for name in names)))
        counts = data.groupBy(*(sf.col(name) for name in names)).agg(sf.count("*").alias("n"))
        total = sf.sum("n")
        # H = ln N - (sum of n ln n) / N
        entropy = sf.log(total) - sf.sum(sf.col("n") * sf.log("n")) / total
        return counts.agg(
            sf.lit(index).alias("i"),
            total.alias("rows"),
            sf.count("*").alias("distinct"),
            sf.coalesce(sf.sum((sf.col("n") == 1).cast("long")), sf.lit(0)).alias("once"),
            sf.coalesce(entropy, sf.lit(0.0)).alias("entropy"),
        )


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

    @staticmethod
    def within(rule: Rule) -> Column:
        """Whether a row is one of those that the rule's `where` lets in: true or false."""
        return sf.coalesce(sf.expr(rule.where), sf.lit(False)) if rule.where else sf.lit(True)

    def source(self, alias: str) -> DataFrame:
        """Another source by its alias."""
        if alias not in self.sources:
            raise UnsupportedRuleError(
                f"there is no data source {alias!r}; there "
                f"{'are ' + ', '.join(sorted(self.sources)) if self.sources else 'is none'}"
            )
        return self.sources[alias]


def _or_error(take: Callable[[Sequence[int]], list[Any]], handle: int) -> Any:
    try:
        return take([handle])[0]
    except PySparkException as error:
        return error


def _raised(value: Any) -> Any:
    if isinstance(value, PySparkException):
        raise value
    return value

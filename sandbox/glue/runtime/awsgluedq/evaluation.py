"""Evaluating the rules of a ruleset on a DataFrame.

Each rule type is a function that asks for the figures it needs and returns another, to be called
once they are there, that judges them: so all rules share the passes over the data.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame

from awsgluedq.conditions import UnsupportedRuleError, utc_now
from awsgluedq.measures import Measures
from glue_studio.dqdl import Composite, Rule, Ruleset


@dataclass(frozen=True)
class Outcome:
    """One rule's result.

    Attributes:
        rule: As written.
        passed: Whether the data meet it.
        failure_reason: Why not, in a sentence; None when it passed.
        metrics: Figures by name, such as `Column.email.Completeness`.
    """

    rule: str
    passed: bool
    failure_reason: str | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)


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

    def outcomes(self, ruleset: Ruleset) -> list[Outcome]:
        """An outcome a rule, in their order; a rule that cannot be evaluated has failed."""
        judges = [(rule, self._judge(rule)) for rule in ruleset.rules]
        self.measures.take()
        return [_outcome(rule, judge) for rule, judge in judges]

    def source(self, alias: str) -> DataFrame:
        """Another source by its alias."""
        if alias not in self.sources:
            raise UnsupportedRuleError(
                f"there is no data source {alias!r}; there "
                f"{'are ' + ', '.join(sorted(self.sources)) if self.sources else 'is none'}"
            )
        return self.sources[alias]

    def _judge(self, rule: Rule | Composite) -> Judge:
        from awsgluedq import column_rules, dataset_rules  # noqa: PLC0415 -- they need this module

        if isinstance(rule, Composite):
            return _joined(rule, [self._judge(part) for part in rule.rules])
        prepare = {**column_rules.RULES, **dataset_rules.RULES}.get(rule.type)
        if prepare is None:
            return _refusing(f"{rule.type} is not evaluated in the sandbox")
        try:
            return _guarded(prepare(self, rule))
        except (UnsupportedRuleError, PySparkException) as error:
            return _refusing(_plain(error))


def _outcome(rule: Rule | Composite, judge: Judge) -> Outcome:
    verdict = judge()
    return Outcome(rule.text, verdict.failure is None, verdict.failure, verdict.metrics)


def _joined(rule: Composite, judges: list[Judge]) -> Judge:
    def judge() -> Verdict:
        verdicts = [part() for part in judges]
        metrics = {name: value for verdict in verdicts for name, value in verdict.metrics.items()}
        reasons = [verdict.failure for verdict in verdicts if verdict.failure is not None]
        failed = bool(reasons) if rule.operator == "and" else len(reasons) == len(verdicts)
        return Verdict(" ".join(reasons) if failed else None, metrics)

    return judge


def _guarded(judge: Judge) -> Judge:
    def guarded() -> Verdict:
        try:
            return judge()
        except (UnsupportedRuleError, PySparkException) as error:
            return Verdict(_plain(error))

    return guarded


def _refusing(reason: str) -> Judge:
    return lambda: Verdict(f"The rule was not evaluated: {reason}.")


def _plain(error: Exception) -> str:
    return str(error).split("\n", 1)[0].rstrip(".;")

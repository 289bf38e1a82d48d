"""Evaluating the rules of a ruleset on a DataFrame."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyspark.errors import PySparkException

from awsgluedq import column_rules, dataset_rules
from awsgluedq.conditions import UnsupportedRuleError
from awsgluedq.evaluation import Evaluation, Judge, Verdict
from glue_studio.dqdl import Composite, Rule, Ruleset

_RULES = {**column_rules.RULES, **dataset_rules.RULES}


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


def outcomes_of(ruleset: Ruleset, evaluation: Evaluation) -> list[Outcome]:
    """An outcome a rule, in their order; a rule that cannot be evaluated has failed."""
    judges = [(rule, _judge(rule, evaluation)) for rule in ruleset.rules]
    evaluation.measures.take()
    return [_outcome(rule, judge) for rule, judge in judges]


def _judge(rule: Rule | Composite, evaluation: Evaluation) -> Judge:
    if isinstance(rule, Composite):
        return _joined(rule, [_judge(part, evaluation) for part in rule.rules])
    prepare = _RULES.get(rule.type)
    if prepare is None:
        return _refusing(f"{rule.type} is not evaluated in the sandbox")
    try:
        return _guarded(prepare(evaluation, rule))
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

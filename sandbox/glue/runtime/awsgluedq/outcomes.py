"""Evaluating the rules of a ruleset on a DataFrame: an outcome a rule, and each row's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as sf

from awsgluedq import column_rules, dataset_rules
from awsgluedq.conditions import UnsupportedRuleError
from awsgluedq.evaluation import Evaluation, Judge, Verdict
from glue_studio.dqdl import Composite, Rule, Ruleset

_RULES = {**column_rules.RULES, **dataset_rules.RULES}
_BY_KEY = {"IsUnique", "IsPrimaryKey"}


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


def with_outcomes(data: DataFrame, sources: Mapping[str, DataFrame], ruleset: Ruleset) -> DataFrame:
    """The data with the columns that Glue adds; nothing is computed before they are read.

    DataQualityRulesPass, DataQualityRulesFail and DataQualityRulesSkip hold the rules as written;
    DataQualityEvaluationResult is Passed or Failed. A rule about the whole data is skipped.
    """
    evaluation = Evaluation(data, sources)
    passed, failed, skipped = [], [], []
    for rule in ruleset.rules:
        text = sf.lit(rule.text)
        test = _test(evaluation, rule) if isinstance(rule, Rule) else None
        if test is None:
            skipped.append(text)
            continue
        within = sf.expr(rule.where) if isinstance(rule, Rule) and rule.where else sf.lit(True)
        met = sf.coalesce(test, sf.lit(False)) | ~sf.coalesce(within, sf.lit(False))
        passed.append(sf.when(met, text))
        failed.append(sf.when(~met, text))
    frame = data.withColumn("DataQualityRulesPass", _present(passed))
    frame = frame.withColumn("DataQualityRulesFail", _present(failed))
    frame = frame.withColumn("DataQualityRulesSkip", _present(skipped))
    result = sf.when(sf.size("DataQualityRulesFail") == 0, "Passed").otherwise("Failed")
    return frame.withColumn("DataQualityEvaluationResult", result)


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


def _test(evaluation: Evaluation, rule: Rule) -> Column | None:
    try:
        if rule.type in _BY_KEY:
            keys = [column_rules.column(evaluation.data, name)[0] for name in rule.parameters]
            test: Column | None = sf.count("*").over(Window.partitionBy(*keys)) == 1
        else:
            test = column_rules.row_test(evaluation, rule)
        if rule.where:
            evaluation.data.filter(rule.where)  # Spark looks at once whether it can be read
    except (UnsupportedRuleError, PySparkException):
        return None  # its outcome has told the reason
    return test


def _present(texts: list[Column]) -> Column:
    if not texts:
        return sf.array().cast("array<string>")
    return sf.filter(sf.array(*texts), lambda text: text.isNotNull())

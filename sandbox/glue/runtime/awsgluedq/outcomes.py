"""Evaluating the rules of a ruleset on a DataFrame: an outcome a rule, and each row's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import and_, or_

from gluesandbox.types import fields
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as sf

from awsgluedq import column_rules, dataset_rules
from awsgluedq.conditions import UnsupportedRuleError
from awsgluedq.evaluation import Evaluation, Judge, Verdict
from glue_studio.dqdl import Composite, Rule, Ruleset

_RULES = {**column_rules.RULES, **dataset_rules.RULES}
# Their condition is about a share of the rows, so a row alone does not tell (as in awslabs/dqdl).
_SHARES = {"Completeness", "ReferentialIntegrity", "UniqueValueRatio", "Uniqueness"}


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


def outcomes_of(
    ruleset: Ruleset, evaluation: Evaluation, *, composites_by_row: bool = False
) -> list[Outcome]:
    """An outcome a rule, in their order; a rule that cannot be evaluated has failed.

    Args:
        ruleset: The rules.
        evaluation: The data and what they share.
        composites_by_row: Whether `and` and `or` join the outcomes of each row, where all parts
            have one, before all rows are asked; else those of the whole data.
    """
    judges = [(rule, _judge(rule, evaluation, composites_by_row)) for rule in ruleset.rules]
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
        test = _row_test(evaluation, rule)
        if test is None:
            skipped.append(text)
            continue
        passed.append(sf.when(test, text))
        failed.append(sf.when(~test, text))
    added = {
        "DataQualityRulesPass": _present(passed),
        "DataQualityRulesFail": _present(failed),
        "DataQualityRulesSkip": _present(skipped),
    }
    frame = evaluation.data.select("*", *(value.alias(name) for name, value in added.items()))
    result = sf.when(sf.size("DataQualityRulesFail") == 0, "Passed").otherwise("Failed")
    return frame.withColumn("DataQualityEvaluationResult", result).select(
        *(sf.col(fields.quote(name)) for name in data.columns),
        *added,
        "DataQualityEvaluationResult",
    )


def _judge(rule: Rule | Composite, evaluation: Evaluation, composites_by_row: bool) -> Judge:
    if isinstance(rule, Composite):
        by_row = _judge_by_row(rule, evaluation) if composites_by_row else None
        parts = (_judge(part, evaluation, composites_by_row) for part in rule.rules)
        return by_row or _joined(rule, list(parts))
    prepare = _RULES.get(rule.type)
    if prepare is None:
        return _refusing(f"{rule.type} is not evaluated in the sandbox")
    try:
        _refuse_options(rule)
        return _guarded(prepare(evaluation, rule))
    except (UnsupportedRuleError, PySparkException) as error:
        return _refusing(_plain(error))


def _refuse_options(rule: Rule) -> None:
    """No option (`with ignoreCase = "true"`) may be passed over: the rule would mean another."""
    if rule.tags:
        raise UnsupportedRuleError(f"`with {rule.tags[0].name}` is not in the sandbox")
    of_one_figure = rule.type == "RowCount" or (rule.type == "CustomSql" and rule.condition)
    if rule.threshold is not None and of_one_figure:
        raise UnsupportedRuleError(
            f"`with threshold` is about a share of the rows, and {rule.type} with a condition has "
            "one figure"
        )


def _judge_by_row(rule: Composite, evaluation: Evaluation) -> Judge | None:
    if any(part.type in _SHARES for part in Ruleset((rule,), (), ()).every_rule()):
        return None
    apart = Evaluation(evaluation.data, evaluation.sources)
    test = _row_test(apart, rule)
    if test is None:
        return None
    marked = apart.data.select(test.alias("met"))

    def judge() -> Verdict:
        (counts,) = marked.agg(sf.count(sf.when(sf.col("met"), 1)), sf.count("*")).collect()
        good, total = counts
        if not total:
            return Verdict(column_rules.NO_ROWS)
        return Verdict(
            f"{total - good} of {total} rows do not meet the rule." if good < total else None
        )

    return _guarded(judge)


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


def _row_test(evaluation: Evaluation, rule: Rule | Composite) -> Column | None:
    """Whether a row meets the rule, or None if that is not a question to ask of a row.

    A row that the rule's `where` leaves out meets it. A composite is asked of a row if all of its
    parts are.
    """
    if isinstance(rule, Composite):
        tests = [_row_test(evaluation, part) for part in rule.rules]
        known = [test for test in tests if test is not None]
        if len(known) < len(tests):
            return None
        return reduce(and_ if rule.operator == "and" else or_, known)
    try:
        _refuse_options(rule)
        within = evaluation.within(rule)
        evaluation.data.filter(within)  # Spark looks at once whether it can be read
        test = _single_row_test(evaluation, rule, within)
    except (UnsupportedRuleError, PySparkException):
        return None  # its outcome has told the reason
    return None if test is None else test | ~within


def _single_row_test(evaluation: Evaluation, rule: Rule, within: Column) -> Column | None:
    match rule.type:
        case "IsUnique" | "Uniqueness" | "UniqueValueRatio" | "IsPrimaryKey":
            keys = [column_rules.column(evaluation.data, name)[0] for name in rule.parameters]
            alone = sf.count(sf.when(within, 1)).over(Window.partitionBy(*keys)) == 1
            if rule.type == "IsPrimaryKey":
                alone = reduce(and_, (key.isNotNull() for key in keys), alone)
            return alone
        case "CustomSql" if rule.condition is None:
            return _joined_mark(evaluation, dataset_rules.selected_rows(evaluation, rule))
        case "ReferentialIntegrity":
            whole = replace(rule, where=None)
            return _joined_mark(evaluation, dataset_rules.referring_rows(evaluation, whole))
        case _:
            return column_rules.row_test(evaluation, rule)


def _joined_mark(evaluation: Evaluation, marked: tuple[DataFrame, Column]) -> Column:
    """The mark under a name of its own, in the data of the evaluation from now on."""
    frame, mark = marked
    name = f"__mark_{len(frame.columns)}"
    evaluation.data = frame.withColumn(name, mark).drop(dataset_rules.MARK)
    return sf.col(name)


def _present(texts: list[Column]) -> Column:
    if not texts:
        return sf.array().cast("array<string>")
    return sf.filter(sf.array(*texts), lambda text: text.isNotNull())

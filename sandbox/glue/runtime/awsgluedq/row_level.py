"""The checked rows with each row's own outcomes: what `rowLevelOutcomes` holds."""

from collections.abc import Mapping

from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as sf

from awsgluedq import column_rules
from awsgluedq.conditions import UnsupportedRuleError
from awsgluedq.evaluation import Evaluation
from glue_studio.dqdl import Rule, Ruleset

_BY_KEY = {"IsUnique", "IsPrimaryKey"}


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


def _test(evaluation: Evaluation, rule: Rule) -> Column | None:
    try:
        if rule.type in _BY_KEY:
            keys = [column_rules.column(evaluation.data, name)[0] for name in rule.parameters]
            test = sf.count("*").over(Window.partitionBy(*keys)) == 1
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

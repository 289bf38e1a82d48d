"""The transform that Glue Studio's data quality nodes call."""

from collections.abc import Mapping
from typing import Any

from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection
from awsglue.transforms import GlueTransform
from gluesandbox.messages import GlueException
from pyspark.sql import DataFrame
from pyspark.sql import types as st

from awsgluedq import publishing
from awsgluedq.evaluation import Evaluation
from awsgluedq.outcomes import Outcome, outcomes_of, with_outcomes
from glue_studio.dqdl import DqdlError, parse

_OUTCOMES = st.StructType(
    [
        st.StructField("Rule", st.StringType()),
        st.StructField("Outcome", st.StringType()),
        st.StructField("FailureReason", st.StringType()),
        st.StructField("EvaluatedMetrics", st.MapType(st.StringType(), st.DoubleType())),
        st.StructField("EvaluatedRule", st.StringType()),
    ]
)


# Rule types that look at the columns alone.
_WITHOUT_ROWS = {"ColumnCount", "ColumnExists", "ColumnNamesMatchPattern", "SchemaMatch"}


class EvaluateDataQuality(GlueTransform):  # type: ignore[misc]
    """Evaluate a DQDL ruleset on a frame."""

    ORIGINAL_DATA_KEY = "originalData"
    DATA_QUALITY_RULE_OUTCOMES_KEY = "ruleOutcomes"
    ROW_LEVEL_OUTCOMES_KEY = "rowLevelOutcomes"

    def __call__(
        self,
        frame: DynamicFrame,
        ruleset: str,
        publishing_options: Mapping[str, Any] = {},
        additional_options: Mapping[str, Any] = {},
    ) -> DynamicFrame:
        """The outcomes alone, a record a rule."""
        collection = self.process_rows(frame, ruleset, publishing_options, additional_options)
        return collection[self.DATA_QUALITY_RULE_OUTCOMES_KEY]

    def process_rows(
        self,
        frame: DynamicFrame | Mapping[str, DynamicFrame],
        ruleset: str,
        publishing_options: Mapping[str, Any] = {},
        additional_options: Mapping[str, Any] = {},
        additional_data_sources: Mapping[str, DynamicFrame] = {},
    ) -> DynamicFrameCollection:
        """The frame itself, the outcomes, and the frame with its outcomes row by row.

        Args:
            frame: What is checked; a mapping names the checked frame `primary` and others.
            ruleset: DQDL.
            publishing_options: `dataQualityEvaluationContext` names the run's results;
                `resultsS3Prefix` gets a copy of them.
            additional_options: `compositeRuleEvaluation.method` is DATASET or ROW; the others
                tune AWS's machines.
            additional_data_sources: Other frames that rules name, by alias.
        """
        sources = dict(additional_data_sources)
        if isinstance(frame, Mapping):
            sources = {**frame, **sources}
            frame = sources.pop("primary")
        try:
            rules = parse(ruleset)
        except DqdlError as error:
            raise GlueException(f"The ruleset is not DQDL: {error}") from error
        glue_context = frame.glue_ctx
        data = frame.toDF()
        if not {rule.type for rule in rules.every_rule()} <= _WITHOUT_ROWS:
            # Rules, the row count and the target all read it; computing it once is enough.
            data = data.cache()
        others: dict[str, DataFrame] = {alias: other.toDF() for alias, other in sources.items()}
        started = publishing.now()
        method = str(additional_options.get("compositeRuleEvaluation.method", "DATASET"))
        outcomes = outcomes_of(
            rules, Evaluation(data, others), composites_by_row=method.upper() == "ROW"
        )
        context = str(publishing_options.get("dataQualityEvaluationContext", frame.name))
        publishing.publish(outcomes, context, started, publishing_options)
        _print(context, outcomes)
        rows = [_row(outcome) for outcome in outcomes]
        rule_outcomes = DynamicFrame._of_rows(rows, _OUTCOMES, glue_context, "ruleOutcomes")  # noqa: SLF001
        return DynamicFrameCollection(
            {
                self.ORIGINAL_DATA_KEY: frame._derived(lambda _: data, name=self.ORIGINAL_DATA_KEY),  # noqa: SLF001
                self.DATA_QUALITY_RULE_OUTCOMES_KEY: rule_outcomes,
                self.ROW_LEVEL_OUTCOMES_KEY: DynamicFrame._lazily(  # noqa: SLF001
                    lambda: with_outcomes(data, others, rules),
                    glue_context,
                    self.ROW_LEVEL_OUTCOMES_KEY,
                ),
            },
            glue_context,
        )


def _row(outcome: Outcome) -> tuple[Any, ...]:
    return (
        outcome.rule,
        "Passed" if outcome.passed else "Failed",
        outcome.failure_reason,
        dict(outcome.metrics),
        outcome.rule,
    )


def _print(context: str, outcomes: list[Outcome]) -> None:
    failed = [outcome for outcome in outcomes if not outcome.passed]
    print(
        f"Data quality of {context}: {len(outcomes) - len(failed)} of {len(outcomes)} rules passed."
    )
    for outcome in failed:
        print(f"  Failed: {outcome.rule}: {outcome.failure_reason}")

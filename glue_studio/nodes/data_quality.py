"""Evaluate Data Quality."""

from collections.abc import Mapping

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.values import block, literal_dict, mapping, quoted, refuse, text

IMPORT = "from awsgluedq.transforms import EvaluateDataQuality"


def _emit(node: Node, scope: Scope) -> Text:
    if mapping(node, "AdditionalDataSources") or len(node.inputs) > 1:
        raise refuse(
            node,
            "the text that Glue Studio writes for additional data sources is not known; "
            "evaluate one source a node.",
        )
    variable, frame = scope.variable(node), scope.frame(node)
    ruleset = "".join(f"    {line}\n" if line else "\n" for line in _lines(text(node, "Ruleset")))
    options = mapping(node, "AdditionalOptions")
    if not all(isinstance(value, str) for value in options.values()):
        raise refuse(node, "its AdditionalOptions holds something other than texts.")
    body = (
        f"{variable}_ruleset = {block(node, 'Ruleset', chr(34) * 3, chr(10) + ruleset)}\n\n"
        f"{variable} = EvaluateDataQuality().process_rows(frame={frame}, "
        f"ruleset={variable}_ruleset, "
        f"publishing_options={_publishing(node, variable)}, "
        f"additional_options={literal_dict(options)})"
    )
    if mapping(node, "StopJobOnFailureOptions"):
        body += (
            f"\n\nassert {variable}[EvaluateDataQuality.DATA_QUALITY_RULE_OUTCOMES_KEY]"
            '.filter(lambda x: x["Outcome"] == "Failed").count() == 0, '
            f'"The job failed due to failing DQ rules for node: {frame}"'
        )
    return Text(body, imports=(IMPORT,))


def _publishing(node: Node, variable: str) -> str:
    options = mapping(node, "PublishingOptions")
    prefix = options.get("ResultsS3Prefix")
    parts = [
        f'"dataQualityEvaluationContext": {quoted(variable)}',
        f'"enableDataQualityCloudWatchMetrics": {_on(node, options, "CloudWatchMetricsEnabled")}',
        f'"enableDataQualityResultsPublishing": {_on(node, options, "ResultsPublishingEnabled")}',
    ]
    if prefix:
        parts.append(f'"resultsS3Prefix": {quoted(str(prefix))}')
    return "{" + ", ".join(parts) + "}"


def _on(node: Node, options: Mapping[str, object], key: str) -> bool:
    value = options.get(key)
    if value is not None and not isinstance(value, bool):
        raise refuse(node, f"its PublishingOptions.{key} is not true or false.")
    return bool(value)


def _lines(ruleset: str) -> list[str]:
    return ruleset.split("\n")


KINDS = (Kind("EvaluateDataQualityMultiFrame", _emit),)

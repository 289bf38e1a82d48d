"""Evaluate Data Quality, of one or several frames, and the check that targets do by themselves."""

from collections.abc import Mapping
from typing import Any

from glue_studio.model import Node, texts_at
from glue_studio.nodes.access import Access
from glue_studio.nodes.kind import Columns, Kind, Scope, Text
from glue_studio.nodes.reading import Block, Unread, boolean_of, string_of
from glue_studio.nodes.settings import (
    boolean,
    indented,
    mapping,
    not_known,
    outdented,
    quoted,
    quoted_block,
    refuse,
    text,
)

IMPORT = "from awsgluedq.transforms import EvaluateDataQuality"
MEMBERS = ("originalData", "ruleOutcomes", "rowLevelOutcomes")
_WITHOUT_ASSERTION = 2


def _emit(node: Node, scope: Scope) -> Text:
    if mapping(node, "AdditionalDataSources") or len(node.inputs) > 1:
        raise not_known(node, "for additional data sources", "evaluate one source a node")
    variable, frame = scope.variable(node), scope.frame(node)
    ruleset = quoted_block(node, "Ruleset", '"""', f"\n{indented(text(node, 'Ruleset'))}\n")
    options = ",".join(
        f"{quoted(node, 'AdditionalOptions', key)}:{_option(node, value)}"
        for key, value in mapping(node, "AdditionalOptions").items()
    )
    body = (
        f"{variable}_ruleset = {ruleset}\n\n"
        f"{variable} = EvaluateDataQuality().process_rows(frame={frame}, "
        f"ruleset={variable}_ruleset, publishing_options={_publishing(node, variable)}, "
        f"additional_options={{{options}}})"
    )
    stop = mapping(node, "StopJobOnFailureOptions").get("StopJobOnFailureTiming")
    if stop not in (None, "Immediate"):
        raise not_known(node, f"for StopJobOnFailureTiming {stop!r}", "use 'Immediate'")
    if mapping(node, "StopJobOnFailureOptions"):
        body += (
            f"\n\nassert {variable}[EvaluateDataQuality.DATA_QUALITY_RULE_OUTCOMES_KEY]"
            '.filter(lambda x: x["Outcome"] == "Failed").count() == 0, '
            f'"The job failed due to failing DQ rules for node: {frame}"'
        )
    return Text(body, imports=(IMPORT,))


def _option(node: Node, value: Any) -> str:
    if not isinstance(value, str):
        raise refuse(node, "its AdditionalOptions holds something other than texts.")
    return quoted(node, "AdditionalOptions", value)


def _publishing(node: Node, variable: str) -> str:
    options = mapping(node, "PublishingOptions")
    parts = [
        f'"dataQualityEvaluationContext": "{variable}"',
        f'"enableDataQualityCloudWatchMetrics": {_on(node, options, "CloudWatchMetricsEnabled")}',
        f'"enableDataQualityResultsPublishing": {_on(node, options, "ResultsPublishingEnabled")}',
    ]
    prefix = options.get("ResultsS3Prefix")
    if prefix:
        parts.append(f'"resultsS3Prefix": {quoted(node, "PublishingOptions", str(prefix))}')
    return "{" + ", ".join(parts) + "}"


def _on(node: Node, options: Mapping[str, Any], key: str) -> bool:
    return boolean(node, f"PublishingOptions.{key}", options.get(key) or False)


def _recognise(block: Block) -> dict[str, Any]:
    rules = block.raw_block(block.value(0, f"{block.variable}_ruleset"))
    call = block.assigned(1, block.variable)
    if rules[:1] != "\n" or rules[-1:] != "\n" or len(rules) < 2:  # noqa: PLR2004
        raise Unread
    publishing = call.entries("publishing_options")
    options: dict[str, Any] = {
        "EvaluationContext": block.raw(publishing.get("dataQualityEvaluationContext")),
        "CloudWatchMetricsEnabled": boolean_of(
            publishing.get("enableDataQualityCloudWatchMetrics")
        ),
        "ResultsPublishingEnabled": boolean_of(
            publishing.get("enableDataQualityResultsPublishing")
        ),
    }
    if "resultsS3Prefix" in publishing:
        options["ResultsS3Prefix"] = block.raw(publishing["resultsS3Prefix"])
    ruleset = outdented(rules[1:-1])
    if ruleset is None:
        raise Unread
    settings = {
        "Inputs": [call.input("frame")],
        "AdditionalDataSources": {},
        "Ruleset": ruleset,
        "PublishingOptions": options,
        "AdditionalOptions": {
            key: string_of(value) for key, value in call.entries("additional_options").items()
        },
    }
    if len(block.statements) > _WITHOUT_ASSERTION:
        settings["StopJobOnFailureOptions"] = {"StopJobOnFailureTiming": "Immediate"}
    return settings


def target_check(node: Node, scope: Scope) -> str:
    """The line before a target that evaluates the default ruleset, empty where it is off."""
    options = mapping(node, "AutoDataQuality")
    if not boolean(node, "AutoDataQuality.IsEnabled", options.get("IsEnabled") or False):
        return ""
    context = options.get("EvaluationContext")
    if not isinstance(context, str):
        raise refuse(node, "its AutoDataQuality has no EvaluationContext; give it one.")
    return (
        f"EvaluateDataQuality().process_rows(frame={scope.frame(node)}, "
        "ruleset=DEFAULT_DATA_QUALITY_RULESET, publishing_options="
        f'{{"dataQualityEvaluationContext": {quoted(node, "AutoDataQuality", context)}, '
        '"enableDataQualityResultsPublishing": True}, additional_options='
        '{"dataQualityResultsPublishing.strategy": "BEST_EFFORT", "observations.scope": "ALL"})\n'
    )


def recognise_target_check(block: Block) -> tuple[dict[str, Any], int]:
    """The AutoDataQuality setting of a target's block, and how many statements it took."""
    try:
        call = block.called(0)
    except Unread:
        return {}, 0
    publishing = call.entries("publishing_options")
    context = block.raw(publishing.get("dataQualityEvaluationContext"))
    return {"AutoDataQuality": {"IsEnabled": True, "EvaluationContext": context}}, 1


def _publishes(node: Node) -> Access:
    prefix = texts_at(node.settings, "PublishingOptions.ResultsS3Prefix")
    return Access(paths_written=prefix, evaluates_quality=True)


def _of_output(node: Node, inputs: list[Columns]) -> Columns:
    return inputs[0] if node.settings.get("Output") == "PrimaryInput" else None


KINDS = (
    Kind(
        "EvaluateDataQualityMultiFrame",
        emit=_emit,
        recognise=_recognise,
        access=_publishes,
        collection=True,
        members=lambda _: MEMBERS,
        acts=True,
        has_ruleset=True,
    ),
    Kind("EvaluateDataQuality", access=_publishes, acts=True, has_ruleset=True, columns=_of_output),
)

"""Texts in a language of their own: custom code, read as Python and never run, and rulesets."""

import re
from collections.abc import Iterator

from glue_studio import dqdl
from glue_studio.check.context import Context
from glue_studio.check.findings import Finding
from glue_studio.model import Node, section
from glue_studio.nodes import kind_of
from glue_studio.nodes.custom import definition_text
from glue_studio.nodes.reading import parse_python


def find(context: Context) -> Iterator[Finding]:
    """Every finding about rulesets, custom code and custom visual transforms."""
    yield from _rulesets(context)
    yield from _code(context)


def _rulesets(context: Context) -> Iterator[Finding]:
    """Every finding about a ruleset."""
    for node in context.nodes.values():
        if not kind_of(node).has_ruleset:
            continue
        try:
            ruleset = dqdl.parse(str(node.settings.get("Ruleset", "")))
        except dqdl.DqdlError as error:
            yield Finding(
                "GS501",
                f"Its ruleset is not DQDL: {error}",
                "Correct the ruleset.",
                node,
                error.line,
            )
            continue
        if not ruleset.rules and not ruleset.analyzers:
            yield Finding(
                "GS504", "Its ruleset has no rule.", "Write a rule, or remove the node.", node
            )
        yield from _columns(node, ruleset, context)
        yield from _datasets(node, ruleset)


def _columns(node: Node, ruleset: dqdl.Ruleset, context: Context) -> Iterator[Finding]:
    columns = context.columns.get(node.inputs[0]) if node.inputs else None
    if columns is None:
        return
    code = "GS502" if context.is_certain(node.inputs[0]) else "GS304"
    known = {name.lower() for name in columns}
    rules: list[dqdl.Rule | dqdl.Analyzer] = [*ruleset.every_rule(), *ruleset.analyzers]
    for rule in rules:
        rule_type = dqdl.RULE_TYPES[rule.type]
        for name in rule.parameters[: rule_type.columns]:
            if name.strip("`").lower() not in known:
                yield Finding(
                    code,
                    f"The rule {rule.text} is about a column that does not flow in.",
                    f"Use one of: {', '.join(columns)}.",
                    node,
                    rule.line,
                )


def _datasets(node: Node, ruleset: dqdl.Ruleset) -> Iterator[Finding]:
    known = {str(alias) for alias in section(node.settings, "AdditionalDataSources").values()}
    for rule in ruleset.every_rule():
        name = _reference(rule)
        if name and name not in known:
            listed = ", ".join(sorted(known)) or "none"
            yield Finding(
                "GS503",
                f"The rule {rule.text} compares with data set {name!r}; the node has: {listed}.",
                "Add the data set as an input with that alias, or correct the name.",
                node,
                rule.line,
            )


def _reference(rule: dqdl.Rule) -> str:
    """The alias of the other data set that a rule names, empty where it names none."""
    if rule.type in ("DatasetMatch", "RowCountMatch", "SchemaMatch"):
        return rule.parameters[0]
    if rule.type == "ReferentialIntegrity":
        return rule.parameters[1].partition(".")[0]
    if rule.type == "AggregateMatch":
        inside = re.search(r"\(\s*([A-Za-z0-9_]+)\.", rule.parameters[1])
        return inside[1] if inside else ""
    return ""


def _code(context: Context) -> Iterator[Finding]:
    """Every finding about custom code and custom visual transforms."""
    for node in context.nodes.values():
        if node.type == "CustomCode":
            yield from _syntax(node)
        elif node.type == "DynamicTransform":
            yield from _file(node, context)


def _syntax(node: Node) -> Iterator[Finding]:
    code = str(node.settings.get("Code", ""))
    try:
        parse_python(definition_text("transform", code))
    except SyntaxError as error:
        line = max((error.lineno or 1) - 1, 1)
        yield Finding(
            "GS601",
            f"Line {line} of its code is not Python: {error.msg}.",
            "Correct the code; it is the body of a function.",
            node,
            line,
        )
    except (ValueError, RecursionError, MemoryError) as error:
        yield Finding("GS601", f"Its code is not Python: {error}.", "Correct the code.", node)


def _file(node: Node, context: Context) -> Iterator[Finding]:
    path = str(node.settings.get("Path", ""))
    arguments = section(context.job.settings, "DefaultArguments")
    loaded = [item.strip() for item in str(arguments.get("--extra-py-files", "")).split(",")]
    if path and path not in loaded:
        yield Finding(
            "GS602",
            f"Its file {path} is not among the job's --extra-py-files.",
            "Add it to DefaultArguments, or the run ends with an import error.",
            node,
        )

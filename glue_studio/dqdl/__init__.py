"""DQDL, the Data Quality Definition Language of AWS Glue: its syntax tree, rule types and parser.

Needs the standard library only, so the sandbox evaluates rulesets with it inside Spark. Gives
`parse(text) -> Ruleset`. Written from the public DQDL reference and its grammar (awslabs/dqdl).
"""

from glue_studio.dqdl.parser import parse
from glue_studio.dqdl.rule_types import RULE_TYPES, ConditionKind, RuleType
from glue_studio.dqdl.tree import (
    Analyzer,
    Arithmetic,
    Call,
    Composite,
    Condition,
    DqdlError,
    Duration,
    Keyword,
    Label,
    Now,
    Number,
    Offset,
    Rule,
    Ruleset,
    Size,
    Tag,
    Text,
    Value,
)

__all__ = [
    "RULE_TYPES",
    "Analyzer",
    "Arithmetic",
    "Call",
    "Composite",
    "Condition",
    "ConditionKind",
    "DqdlError",
    "Duration",
    "Keyword",
    "Label",
    "Now",
    "Number",
    "Offset",
    "Rule",
    "RuleType",
    "Ruleset",
    "Size",
    "Tag",
    "Text",
    "Value",
    "parse",
]

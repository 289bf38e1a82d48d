"""The syntax tree of a ruleset: plain frozen data, with no idea of how a rule is evaluated."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from glue_studio.errors import GlueStudioError


class DqdlError(GlueStudioError):
    """A ruleset is not DQDL: the message tells line and column, and what was expected there."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.line = line
        self.column = column


@dataclass(frozen=True)
class Number:
    """A decimal number, exactly as written."""

    value: Decimal


@dataclass(frozen=True)
class Text:
    """A quoted string without its quotes; also a date (`"2024-01-31"`) or time (`"9:30 AM"`)."""

    value: str


@dataclass(frozen=True)
class Keyword:
    """What a string column may hold that no literal can say."""

    name: Literal["NULL", "EMPTY", "WHITESPACES_ONLY"]


@dataclass(frozen=True)
class Duration:
    """A length of time."""

    amount: Decimal
    unit: Literal["minutes", "hours", "days"]


@dataclass(frozen=True)
class Size:
    """The size of a file; the units are powers of 1024 bytes."""

    amount: Decimal
    unit: Literal["B", "KB", "MB", "GB", "TB"]


@dataclass(frozen=True)
class Now:
    """`now()`: the instant of the evaluation."""


@dataclass(frozen=True)
class Offset:
    """`(now() - 3 days)`: an instant beside the evaluation's own."""

    sign: Literal["+", "-"]
    duration: Duration


@dataclass(frozen=True)
class Call:
    """A function of a dynamic rule: `last(10)`, or `avg(last(10))` with a call as its argument."""

    function: str
    arguments: tuple["Value", ...]


@dataclass(frozen=True)
class Arithmetic:
    """`avg(last(5)) - 2 * std(last(5))`: two numeric values and what connects them."""

    operator: Literal["+", "-", "*", "/"]
    left: "Value"
    right: "Value"


Value = Number | Text | Keyword | Duration | Size | Now | Offset | Call | Arithmetic

Operator = Literal[
    "=", "!=", ">", ">=", "<", "<=",
    "between", "not between", "in", "not in", "matches", "not matches",
]  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """What a rule's figure is compared with.

    Attributes:
        operator: `between` excludes its ends, `not between` includes them.
        operands: one value; two for (not) between; any number for (not) in.
    """

    operator: Operator
    operands: tuple[Value, ...]


@dataclass(frozen=True)
class Tag:
    """`with name = value`, other than the threshold: options of the file rules."""

    name: str
    condition: Condition


@dataclass(frozen=True)
class Label:
    """`"team"="finance"`: a mark on a rule's outcome."""

    key: str
    value: str


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        type: for example `IsComplete`; a key of `RULE_TYPES`.
        parameters: without quotes; constants already replaced by what they stand for.
        condition: none for the rules that are true or false by themselves.
        where: a Spark SQL condition that selects the rows the rule looks at.
        threshold: the share of rows that must fulfil the rule, from 0 to 1.
        tags: the other `with` options.
        labels: the rule's own, without the ruleset's.
        text: the rule as written, with white space run together: what Glue reports as the rule.
        line: line of the ruleset that it starts on, from 1.
    """

    type: str
    parameters: tuple[str, ...]
    condition: Condition | None
    where: str | None
    threshold: Condition | None
    tags: tuple[Tag, ...]
    labels: tuple[Label, ...]
    text: str
    line: int


@dataclass(frozen=True)
class Composite:
    """Two or more rules joined by one operator; text, labels and line as those of a `Rule`."""

    operator: Literal["and", "or"]
    rules: tuple["Rule | Composite", ...]
    labels: tuple[Label, ...]
    text: str
    line: int


@dataclass(frozen=True)
class Analyzer:
    """A figure that is recorded and not judged."""

    type: str
    parameters: tuple[str, ...]
    tags: tuple[Tag, ...]
    text: str
    line: int


@dataclass(frozen=True)
class Ruleset:
    """A DQDL document."""

    rules: tuple[Rule | Composite, ...]
    analyzers: tuple[Analyzer, ...]
    default_labels: tuple[Label, ...]

    def every_rule(self) -> Iterator[Rule]:
        """Each single rule, also those inside composites, in the order of the text."""
        for rule in self.rules:
            yield from _single(rule)


def _single(rule: Rule | Composite) -> Iterator[Rule]:
    if isinstance(rule, Rule):
        yield rule
    else:
        for part in rule.rules:
            yield from _single(part)

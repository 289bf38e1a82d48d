"""Every rule type of the DQDL reference, and what each one takes."""

from dataclasses import dataclass
from enum import Enum


class ConditionKind(Enum):
    """Whether a condition follows the parameters."""

    NONE = "takes no condition"
    REQUIRED = "needs a condition"
    OPTIONAL = "takes a condition or none"


@dataclass(frozen=True)
class RuleType:
    """What the reference says of one rule type.

    Attributes:
        name: case matters.
        least, most: numbers of parameters; most is None where any number may follow.
        columns: how many of the first parameters are names of columns of the checked data; None
            where all are.
        condition: whether a condition follows.
        threshold: whether `with threshold` may follow.
        where: whether `where` may follow.
        rule, analyzer: which lists of a ruleset it may stand in.
    """

    name: str
    least: int
    most: int | None
    columns: int | None = 0
    condition: ConditionKind = ConditionKind.REQUIRED
    threshold: bool = False
    where: bool = True
    rule: bool = True
    analyzer: bool = False


_NONE = ConditionKind.NONE
_OPTIONAL = ConditionKind.OPTIONAL

_TYPES = (
    RuleType("AggregateMatch", 2, 2, where=False),
    RuleType("AllStatistics", 1, 1, columns=1, condition=_NONE, where=False, rule=False, analyzer=True),
    RuleType("ColumnCorrelation", 2, 2, columns=2, analyzer=True),
    RuleType("ColumnCount", 0, 0, where=False, analyzer=True),
    RuleType("ColumnDataType", 1, 1, columns=1, threshold=True),
    RuleType("ColumnExists", 1, 1, condition=_NONE, where=False),
    RuleType("ColumnLength", 1, 1, columns=1, threshold=True, analyzer=True),
    RuleType("ColumnNamesMatchPattern", 1, 1, condition=_NONE, where=False),
    RuleType("ColumnValues", 1, 1, columns=1, threshold=True, analyzer=True),
    RuleType("Completeness", 1, 1, columns=1, analyzer=True),
    # Without a condition the statement selects the rows that pass, and a threshold judges them.
    RuleType("CustomSql", 1, 1, condition=_OPTIONAL, threshold=True, analyzer=True),
    RuleType("DataFreshness", 1, 1, columns=1),
    RuleType("DatasetMatch", 2, 3),
    RuleType("DetectAnomalies", 1, None, condition=_NONE, where=False),
    RuleType("DistinctValuesCount", 1, 1, columns=1, analyzer=True),
    RuleType("Distribution", 1, 1, columns=1, condition=_NONE, where=False, rule=False, analyzer=True),
    RuleType("Entropy", 1, 1, columns=1, analyzer=True),
    # Without a path the file rules look at the files that the frame was read from.
    RuleType("FileFreshness", 0, 1, threshold=True, where=False),
    RuleType("FileMatch", 0, 2, condition=_OPTIONAL, threshold=True, where=False),
    RuleType("FileSize", 0, 1, threshold=True, where=False),
    RuleType("FileUniqueness", 0, 1, threshold=True, where=False),
    RuleType("IsComplete", 1, 1, columns=1, condition=_NONE),
    RuleType("IsPrimaryKey", 1, None, columns=None, condition=_NONE),
    RuleType("IsUnique", 1, None, columns=None, condition=_NONE),
    RuleType("Mean", 1, 1, columns=1, analyzer=True),
    RuleType("ReferentialIntegrity", 2, 2),
    # The reference's own example of a composite gives RowCount a column, which changes nothing.
    RuleType("RowCount", 0, 1, threshold=True, analyzer=True),
    RuleType("RowCountMatch", 1, 1),
    RuleType("SchemaMatch", 1, 1, where=False),
    RuleType("StandardDeviation", 1, 1, columns=1, analyzer=True),
    RuleType("Sum", 1, 1, columns=1, analyzer=True),
    RuleType("UniqueValueRatio", 1, 1, columns=1, analyzer=True),
    RuleType("Variance", 1, 1, columns=1, analyzer=True),
    RuleType("Uniqueness", 1, None, columns=None, analyzer=True),
)  # fmt: skip

RULE_TYPES: dict[str, RuleType] = {rule_type.name: rule_type for rule_type in _TYPES}
"""Name of each rule type to what it takes, from the DQDL rule type reference."""

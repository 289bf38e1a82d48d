"""Why a query fails, in Athena's words.

Names and texts are those of Athena engine version 3 (Trino's StandardErrorCode and HiveErrorCode);
categories and types are those of the Athena error catalog in the Athena user guide.
"""

from dataclasses import dataclass

USER_ERROR = 2
SYSTEM_ERROR = 1

# The error catalog groups its types coarsely; these are the ones our errors fall in.
_TYPES = {
    "": 1003,  # DDL task failed
    # The catalog tells less of these: what AWS answers was recorded by others.
    "DIVISION_BY_ZERO": 1001,
    "TYPE_MISMATCH": 1002,
    "INVALID_CAST_ARGUMENT": 1100,
    "INVALID_PARAMETER_USAGE": 1100,
    "NUMERIC_VALUE_OUT_OF_RANGE": 1100,
    "INVALID_FUNCTION_ARGUMENT": 1106,
    "NOT_SUPPORTED": 1200,
    "SCHEMA_NOT_FOUND": 1301,
    "TABLE_NOT_FOUND": 1301,
    "FUNCTION_NOT_FOUND": 1303,
    "HIVE_BAD_DATA": 1001,  # data error
    "HIVE_CANNOT_OPEN_SPLIT": 1001,
    "HIVE_CURSOR_ERROR": 1001,
    "GENERIC_INTERNAL_ERROR": 200,  # query engine had an internal error
    "EXCEEDED_LOCAL_MEMORY_LIMIT": 0,  # query exhausted resources at this scale factor
}
_GENERIC_USER_TYPE = 1006  # the type of a query whose text is at fault


@dataclass(frozen=True)
class Position:
    """A place in the text of a query; both numbers count from 1."""

    line: int
    column: int

    @classmethod
    def of_offset(cls, text: str, offset: int) -> "Position":
        """Tell the place of the character at `offset` (counted from 0) of `text`."""
        before = text[:offset]
        return cls(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


class QueryError(Exception):
    """A query fails; `str()` is what Athena shows as the reason of the state change.

    Args:
        name: the error's name, such as COLUMN_NOT_FOUND.
        detail: one sentence.
        position: where in the query, if the error has a place.
        category: 1 system, 2 user, 3 other.
        retryable: whether the same query might work later.
    """

    def __init__(
        self,
        name: str,
        detail: str,
        position: Position | None = None,
        *,
        category: int = USER_ERROR,
        retryable: bool = False,
    ) -> None:
        place = f"line {position.line}:{position.column}: " if position else ""
        super().__init__(f"{name}: {place}{detail}" if name else f"{place}{detail}")
        self.name = name
        self.detail = detail
        self.position = position
        self.category = category
        self.error_type = _TYPES.get(name, _GENERIC_USER_TYPE)
        self.retryable = retryable


class MalformedQueryError(QueryError):
    """The text is not a statement of Athena's: StartQueryExecution itself refuses it."""

    def __init__(self, detail: str, position: Position | None = None) -> None:
        super().__init__("", detail, position)


class QueryCancelledError(Exception):
    """The query was stopped by StopQueryExecution."""

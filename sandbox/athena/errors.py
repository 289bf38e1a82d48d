"""Why a query fails, in Athena's words.

Names and texts are those of Athena engine version 3 (Trino's StandardErrorCode and HiveErrorCode);
categories and types are those of the Athena error catalog in the Athena user guide, and where it says
less those that AWS answered (recorded in aoyagikouhei/athena-local, docs/dev/measurements).
"""

from dataclasses import dataclass

USER_ERROR = 2
SYSTEM_ERROR = 1

# The error catalog groups its types coarsely; these are the ones our errors fall in.
_TYPES = {
    "DIVISION_BY_ZERO": 1001,
    "TYPE_MISMATCH": 1002,
    "INVALID_CAST_ARGUMENT": 1100,
    "INVALID_PARAMETER_USAGE": 1100,
    "MISSING_COLUMN_NAME": 1100,
    "NUMERIC_VALUE_OUT_OF_RANGE": 1100,
    "INVALID_FUNCTION_ARGUMENT": 1106,
    "TABLE_ALREADY_EXISTS": 1110,
    "NOT_SUPPORTED": 1200,
    "NOT_FOUND": 1300,
    "SCHEMA_NOT_FOUND": 1301,
    "TABLE_NOT_FOUND": 1301,
    "FUNCTION_NOT_FOUND": 1303,
    "HIVE_BAD_DATA": 1001,  # data error
    "HIVE_CANNOT_OPEN_SPLIT": 1001,
    "HIVE_CURSOR_ERROR": 1001,
    "GENERIC_INTERNAL_ERROR": 200,  # query engine had an internal error
    "EXCEEDED_LOCAL_MEMORY_LIMIT": 0,  # query exhausted resources at this scale factor
}
GENERIC_USER_TYPE = 1006  # the type of a query whose text is at fault
_DDL_TASK_FAILED = 1003
_CATALOG_FAILED = 1502


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
        error_type: of the error catalog, if it does not follow from the name.
        retryable: whether the same query might work later.
        told: what the AthenaError says, if not the reason.
    """

    def __init__(
        self,
        name: str,
        detail: str,
        position: Position | None = None,
        *,
        category: int = USER_ERROR,
        error_type: int | None = None,
        retryable: bool = False,
        told: str = "",
    ) -> None:
        place = f"line {position.line}:{position.column}: " if position else ""
        super().__init__(f"{name}: {place}{detail}" if name else f"{place}{detail}")
        self.name = name
        self.detail = detail
        self.position = position
        self.category = category
        self.error_type = error_type or _TYPES.get(name, GENERIC_USER_TYPE)
        self.retryable = retryable
        self.told = told


def bad_argument(message: str) -> QueryError:
    """The error of a function, or a type, that gets a wrong value."""
    return QueryError("INVALID_FUNCTION_ARGUMENT", message)


class HiveError(QueryError):
    """A statement fails in Hive, which runs the definitions: its result file holds the reason.

    Args:
        detail: the reason, without the FAILED before it.
        error_type: of the error catalog.
        category: 1 system, 2 user.
        told: what the AthenaError says, if not the reason.
    """

    def __init__(
        self,
        detail: str,
        error_type: int = _DDL_TASK_FAILED,
        *,
        category: int = USER_ERROR,
        told: str = "",
    ) -> None:
        detail = f"FAILED: {detail}"
        super().__init__("", detail, category=category, error_type=error_type, told=told)


def task_failed(detail: str) -> str:
    """Hive's words for the failure of a task that it had begun."""
    return f"Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. {detail}"


def database_not_found(name: str) -> HiveError:
    """Hive's error for a database that is not there."""
    reason = f"SemanticException [Error 10072]: Database does not exist: {name}"
    return HiveError(
        reason,
        _CATALOG_FAILED,
        category=SYSTEM_ERROR,
        told=f"com.facebook.presto.spi.PrestoException: Database {name} not found.",
    )


def table_not_found(database: str, name: str, error_type: int = 1301, told: str = "") -> HiveError:
    """Hive's error for a table that is not there."""
    reason = f"SemanticException [Error 10001]: Table not found {database}.{name}"
    return HiveError(reason, error_type, told=told)


def catalog_failed(detail: str) -> HiveError:
    """Hive's error for what the Data Catalog refuses."""
    return HiveError(task_failed(detail), _CATALOG_FAILED, category=SYSTEM_ERROR)


class MalformedQueryError(QueryError):
    """StartQueryExecution itself refuses the text; `code` is its AthenaErrorCode."""

    def __init__(
        self, detail: str, position: Position | None = None, code: str = "MALFORMED_QUERY"
    ) -> None:
        super().__init__("", detail, position)
        self.code = code


class QueryCancelledError(Exception):
    """The query was stopped by StopQueryExecution."""

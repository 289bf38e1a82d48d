"""The DuckDB that runs the queries: one in-memory database, locked down, a connection a query."""

import inspect
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling

from sandbox.athena.errors import SYSTEM_ERROR, QueryCancelledError, QueryError
from sandbox.athena.sql import casts, functions
from sandbox.athena.sql.functions.base import Helper
from sandbox.athena.sql.range_errors import INTEGERS, range_error
from sandbox.athena.sql.types import athena_type

_MEMORY_LIMIT = "3GB"  # beyond it DuckDB spills to disk
_THREADS = 2


class Duck:
    """Makes connections on which Athena's functions exist and no file but the cache can be read."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._lock = threading.Lock()
        self._database: duckdb.DuckDBPyConnection | None = None

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open a connection for one query."""
        with self._lock:
            if self._database is None:
                self._database = self._open()
            try:
                return self._database.cursor()
            except duckdb.Error:
                self._database = self._open()  # a fatal error had closed it
                return self._database.cursor()

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _open(self) -> duckdb.DuckDBPyConnection:
        spill = self._cache / "spill"
        database = duckdb.connect(
            ":memory:",
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "threads": str(_THREADS),
                "memory_limit": _MEMORY_LIMIT,
                "temp_directory": str(spill),
            },
        )
        database.execute("SET GLOBAL TimeZone = 'UTC'")
        for helper in functions.HELPERS:
            database.create_function(
                f"{functions.HELPER_PREFIX}{helper.name}",
                _with_parameters(helper),
                list(helper.parameters),
                helper.result,
                null_handling=FunctionNullHandling.SPECIAL,
            )
        for statement in (*casts.MACROS, *functions.macro_statements()):
            database.execute(statement)
        folder = str(self._cache).replace("'", "''")
        database.execute("SET GLOBAL python_enable_replacements = false")
        database.execute(f"SET GLOBAL allowed_directories = ['{folder}']")
        database.execute("SET GLOBAL enable_external_access = false")
        database.execute("SET GLOBAL lock_configuration = true")
        return database


def _with_parameters(helper: Helper) -> Callable[..., Any]:
    """The helper as DuckDB wants a function: with as many parameters as it has types."""

    def called(*values: object) -> object:
        return None if None in values else helper.call(*values)

    names = (f"value{index}" for index in range(len(helper.parameters)))
    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in names]
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return called


def query_error(error: duckdb.Error | OSError) -> QueryError | QueryCancelledError:  # noqa: C901, PLR0912 - a table of cases
    """Tell DuckDB's error, or pyarrow's that stands for one, in Athena's words."""
    if isinstance(error, OSError):
        # Its text begins with the name of DuckDB's class: "Out of Range Error: …".
        name = str(error).partition(" Error: ")[0].title().replace(" ", "")
        error = getattr(duckdb, f"{name}Exception", duckdb.Error)(str(error))
    text = str(error).split("\n\nLINE")[0].strip()
    message = text.split(": ", 1)[-1].splitlines()[0] if text else "unknown error"
    if isinstance(error, duckdb.InterruptException):
        return QueryCancelledError("Query cancelled by user")
    if isinstance(error, duckdb.OutOfMemoryException):
        return QueryError(
            "EXCEEDED_LOCAL_MEMORY_LIMIT", "Query exhausted resources at this scale factor"
        )
    if "ivision by zero" in text:
        return QueryError("DIVISION_BY_ZERO", "Division by zero")
    # What a function's own check says, by way of a cast that fails or an exception of Python's.
    own = re.search(r"(UDF: \w+: |['\"])([A-Z]{2,}(?:_[A-Z]+)+): (.*)", text, re.DOTALL)
    if own:
        return QueryError(own[2], own[3] if own[1].startswith("UDF") else _CAST_END.sub("", own[3]))
    if malformed := re.search(r'Malformed JSON .* Input: "(.*)"', text, re.DOTALL):
        return QueryError("INVALID_CAST_ARGUMENT", f"Cannot cast what is no JSON: {malformed[1]}")
    if "Map keys must be unique" in text:
        return QueryError("INVALID_FUNCTION_ARGUMENT", "Duplicate map keys are not allowed")
    if out_of_range := range_error(message):
        return out_of_range
    if isinstance(error, duckdb.ConversionException):
        found = re.match(r"Could not convert string '(.*)' to (\w+)", message, re.DOTALL)
        if found:
            spelt = {**INTEGERS, "INT32": "int", "BOOL": "boolean", "FLOAT": "real"}
            kind = spelt.get(found[2]) or athena_type(found[2])
            return QueryError(
                "INVALID_CAST_ARGUMENT", f"Cannot cast '{found[1]}' to {kind.upper()}"
            )
        if found := re.match(r'(date|timestamp|time) field value out of range: "(.*?)"', message):
            message = f"Value cannot be cast to {found[1]}: {found[2]}"
        return QueryError("INVALID_CAST_ARGUMENT", message)
    if isinstance(error, duckdb.OutOfRangeException):
        return QueryError("NUMERIC_VALUE_OUT_OF_RANGE", message)
    if "More than one row returned by a subquery" in text:
        return QueryError("SUBQUERY_MULTIPLE_ROWS", "Scalar sub-query has returned multiple rows")
    grouped = re.search(r'column "?([^"]+?)"? must appear in the GROUP BY clause', text)
    if grouped:
        return QueryError(
            "EXPRESSION_NOT_AGGREGATE",
            f"'{grouped[1]}' must be an aggregate expression or appear in GROUP BY clause",
        )
    call = re.search(r"(?:argument types|function call) ['\"]([\w\"]+)\((.*?)\)['\"]", text)
    if call:
        name = call[1].strip('"').removeprefix(functions.PREFIX)
        kinds = ", ".join(athena_type(_plain(kind)) for kind in call[2].split(", ") if kind)
        known = functions.athena_name(name)
        what = f"function {known}." if known else "a function."
        return QueryError("FUNCTION_NOT_FOUND", f"Unexpected parameters ({kinds}) for {what}")
    if macro := re.search(rf"Macro {functions.PREFIX}(\w+)\(\) does not support", text):
        return QueryError("FUNCTION_NOT_FOUND", f"Unexpected parameters for function {macro[1]}.")
    unknown = re.search(r"Type with name (\S+) does not exist", text)
    if unknown:
        return QueryError("TYPE_NOT_FOUND", f"Unknown type: {unknown[1].lower()}")
    if isinstance(error, duckdb.BinderException):
        return QueryError("TYPE_MISMATCH", message)
    if isinstance(error, duckdb.InvalidInputException):
        return QueryError("INVALID_FUNCTION_ARGUMENT", message)
    if isinstance(error, duckdb.ParserException | duckdb.NotImplementedException):
        return QueryError("NOT_SUPPORTED", f"The embedded Athena can't run this: {message}")
    return QueryError("GENERIC_INTERNAL_ERROR", message, category=SYSTEM_ERROR, retryable=True)


# What DuckDB says after the text that it cannot cast.
_CAST_END = re.compile(
    r"""['"](?: to [A-Z]+\d*(?:\([\d,]+\))?(?: when casting .*)?|, expected .*)$""", re.DOTALL
)


def _plain(kind: str) -> str:
    return {"INTEGER_LITERAL": "INTEGER", "STRING_LITERAL": "VARCHAR"}.get(kind, kind)

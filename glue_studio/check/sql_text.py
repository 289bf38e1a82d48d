"""Reading the SQL of a node, with sqlglot's Spark dialect."""

import logging
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot import exp


@dataclass(frozen=True)
class Query:
    """A query, or why there is none.

    Attributes:
        tree: sqlglot's tree; None where the text is not one query.
        problem: why not, in one sentence without a full stop.
        line: where, from 1; 0 where it is not known.
        several: whether the reason is that it is something other than one query.
    """

    tree: "exp.Query | None"
    problem: str = ""
    line: int = 0
    several: bool = False


# How sqlglot shows a token in a message.
_TOKEN = re.compile(r"<Token token_type: .*?, text: (.*?), line: .*>?")


@lru_cache(maxsize=4096)
def read_query(text: str) -> Query:
    """Parse one query of Spark SQL."""
    import sqlglot  # noqa: PLC0415 - takes longer to load than most checks to run
    from sqlglot import exp  # noqa: PLC0415
    from sqlglot.errors import ParseError, SqlglotError  # noqa: PLC0415

    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it tells of fallbacks on stderr
    try:
        statements = [tree for tree in sqlglot.parse(text, dialect="spark") if tree is not None]
    except ParseError as error:
        first: dict[str, Any] = error.errors[0] if error.errors else {}
        reason = " ".join(str(first.get("description") or error).split()).rstrip(".")
        reason = _TOKEN.sub(r"'\1'", reason)
        near = str(first.get("highlight") or "").strip()
        problem = f"{reason}, near {near!r}" if near else reason
        return Query(None, problem, int(first.get("line") or 0))
    except SqlglotError as error:
        return Query(None, " ".join(str(error).split()).rstrip("."))
    except RecursionError:
        return Query(None, "it nests too deep to be read")
    if not statements:
        return Query(None, "it is empty", several=True)
    if len(statements) > 1:
        return Query(None, f"it holds {len(statements)} statements", several=True)
    tree = statements[0]
    if isinstance(tree, exp.Query):
        return Query(tree)
    if isinstance(tree, exp.DML | exp.DDL | exp.Drop | exp.Alter | exp.TruncateTable):
        kind = tree.key.upper().removesuffix("TABLE")
        return Query(None, f"it is a statement ({kind}), not a query", several=True)
    named = isinstance(tree, exp.Alias) and tree.this.name.lower() != "table"  # TABLE orders
    if named or isinstance(tree, exp.Condition):
        return Query(None, "it is an expression, not a query", several=True)
    return Query(None)  # VALUES, TABLE, SHOW …: it gives rows, and is not looked into


def tables_read(query: "exp.Query") -> "Iterator[exp.Table]":
    """The tables that a query names, without those it defines itself (WITH)."""
    from sqlglot import exp  # noqa: PLC0415

    defined = {cte.alias_or_name.lower() for cte in query.find_all(exp.CTE)}
    for table in query.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            continue  # a table function
        if not table.db and table.name.lower() in defined:
            continue
        yield table


def unquoted_columns(query: Query) -> "Iterator[str]":
    """The columns that a query uses without backticks, and those whose names hold a dot."""
    from sqlglot import exp  # noqa: PLC0415

    if query.tree is None:
        return
    for column in query.tree.find_all(exp.Column):
        name = column.this
        if isinstance(name, exp.Identifier) and (not name.quoted or "." in name.name):
            yield name.name

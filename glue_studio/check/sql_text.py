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

    for table in query.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            continue  # a table function
        if table.db or not _is_defined(table):
            yield table


def _is_defined(table: "exp.Table") -> bool:
    """Whether a WITH defines the table's name where the table stands: before it, or around it."""
    from sqlglot import exp  # noqa: PLC0415

    below: Any = table
    for above in _above(table):
        seen: list[exp.CTE] = []
        if isinstance(above, exp.With):
            place = next(n for n, cte in enumerate(above.expressions) if cte is below)
            seen = above.expressions[: place + bool(above.recursive)]
        elif isinstance(above, exp.Query) and not isinstance(below, exp.With):
            seen = above.ctes
        if any(cte.alias_or_name.lower() == table.name.lower() for cte in seen):
            return True
        below = above
    return False


def source_of(column: "exp.Column") -> "exp.Expression | None":
    """What the qualifier of a column names: a source of the nearest SELECT that has one so named.

    None where no SELECT around it has one, or one has several.
    """
    from sqlglot import exp  # noqa: PLC0415

    for above in _above(column):
        if not isinstance(above, exp.Select):
            continue
        named = [
            source
            for source in _sources(above)
            if source.alias_or_name.lower() == column.table.lower()
        ]
        if named:
            return named[0] if len(named) == 1 else None
    return None


def _sources(select: "exp.Select") -> "Iterator[exp.Expression]":
    """The sources of a SELECT, with those of its joins and lateral views."""
    from sqlglot import exp  # noqa: PLC0415

    from_ = select.args.get("from_") or select.args.get("from")
    left = [from_.this] if from_ else []
    left += select.args.get("laterals") or ()
    left += (join.this for join in select.args.get("joins") or ())
    while left:
        source = left.pop()
        yield source
        left += (join.this for join in source.args.get("joins") or ())
        if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Table):
            left.append(source.this)  # in parentheses, with joins of its own


def _above(node: Any) -> "Iterator[exp.Expression]":
    while node.parent is not None:
        node = node.parent
        yield node


def unquoted_columns(query: Query) -> "Iterator[str]":
    """The columns that a query uses without backticks, and those whose names hold a dot."""
    from sqlglot import exp  # noqa: PLC0415

    if query.tree is None:
        return
    for column in query.tree.find_all(exp.Column):
        name = column.this
        if isinstance(name, exp.Identifier) and (not name.quoted or "." in name.name):
            yield name.name

"""From the text of a query to its tree, in Athena's dialect and with its messages."""

import re
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.parsers.trino import TrinoParser
from sqlglot.tokenizer_core import Token, TokenType

from sandbox.athena.errors import MalformedQueryError, Position, QueryError
from sandbox.athena.sql import functions, types

_KEPT = functions.SYNTAX.keys()
_WHOLE_NUMBER = exp.DataType.build("decimal(38, 0)", dialect="trino")


class _Parser(TrinoParser):
    # Calls stay as they are written, but for those with a syntax of their own.
    FUNCTIONS: ClassVar = {
        name: make for name, make in TrinoParser.FUNCTIONS.items() if name.lower() in _KEPT
    }
    FUNCTION_PARSERS: ClassVar = {
        name: parse for name, parse in TrinoParser.FUNCTION_PARSERS.items() if name.lower() in _KEPT
    }
    TYPE_LITERAL_PARSERS: ClassVar = {
        **TrinoParser.TYPE_LITERAL_PARSERS,
        exp.DType.DECIMAL: lambda self, text, _: self.expression(
            exp.Cast(this=text, to=exp.DataType.build(types.of_digits(text.name), dialect="trino"))
        ),
    }
    TYPE_CONVERTERS: ClassVar = {
        **TrinoParser.TYPE_CONVERTERS,
        exp.DType.DECIMAL: lambda kind: kind if kind.expressions else _WHOLE_NUMBER.copy(),
    }


class AthenaDialect(Trino):
    """Trino's SQL whose function calls stay as they are written."""

    INDEX_OFFSET = 0
    Parser = _Parser


_STATEMENTS = (
    "'ALTER', 'ANALYZE', 'CALL', 'COMMENT', 'COMMIT', 'CREATE', 'DEALLOCATE', 'DELETE', 'DENY', "
    "'DESC', 'DESCRIBE', 'DROP', 'EXECUTE', 'EXPLAIN', 'GRANT', 'INSERT', 'MERGE', 'PREPARE', "
    "'REFRESH', 'RESET', 'REVOKE', 'ROLLBACK', 'SET', 'SHOW', 'START', 'TRUNCATE', 'UPDATE', "
    "'USE', <query>"
)


def parse_query(sql: str) -> exp.Expr:
    """Parse a SELECT (or WITH, VALUES, TABLE) of Athena's.

    Raises:
        MalformedQueryError: it is none; with the place and the token that is wrong.
    """
    tokens = _tokens(sql)
    _refuse_foreign_syntax(tokens, sql)
    try:
        trees = [tree for tree in sqlglot.parse(sql, read=AthenaDialect) if tree is not None]
    except ParseError as error:
        raise _mismatch(error, tokens, sql) from error
    except SqlglotError as error:
        raise MalformedQueryError(f"mismatched input: {error}", Position(1, 1)) from error
    if len(trees) != 1:
        raise MalformedQueryError("Only one sql statement is allowed. Got: " + sql.strip(), None)
    tree = trees[0]
    if not isinstance(tree, exp.Query | exp.Values):
        raise unexpected_start(sql)
    _check_tree(tree, sql)
    return tree


def unexpected_start(sql: str) -> MalformedQueryError:
    """Make the error of a text that begins like no statement."""
    stripped = sql.lstrip()
    word = re.match(r"\w+|\S|$", stripped)
    found = word[0] if word and word[0] else "<EOF>"
    return MalformedQueryError(
        f"mismatched input '{found}'. Expecting: {_STATEMENTS}",
        Position.of_offset(sql, len(sql) - len(stripped)),
    )


def _tokens(sql: str) -> list[Token]:
    try:
        return list(sqlglot.tokenize(sql, read=AthenaDialect))
    except SqlglotError as error:
        quote = sql.find("`")
        if quote >= 0:
            raise _backquote(sql, quote) from error
        for mark in ("'", '"'):
            # An odd one is never closed.
            if sql.count(mark) % 2:
                raise _mismatched(sql, sql.rfind(mark), len(sql)) from error
        raise MalformedQueryError(
            f"mismatched input: {str(error).splitlines()[0]}", Position(1, 1)
        ) from error


def _backquote(sql: str, offset: int) -> MalformedQueryError:
    return MalformedQueryError(
        "backquoted identifiers are not supported; use double quotes to quote identifiers",
        Position.of_offset(sql, offset),
    )


# What sqlglot takes from other databases and Athena does not.
_FOREIGN = {
    TokenType.DCOLON: "::",
    TokenType.QUALIFY: "QUALIFY",
    TokenType.ILIKE: "ILIKE",
    TokenType.RLIKE: "RLIKE",
    TokenType.DIV: "DIV",
    TokenType.TOP: "TOP",
}


def _refuse_foreign_syntax(tokens: list[Token], sql: str) -> None:
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.text == "`":
            raise _backquote(sql, token.start)
        if (
            token.token_type == TokenType.STAR
            and tokens[index - 1].token_type in {TokenType.SELECT, TokenType.COMMA, TokenType.DOT}
            and following is not None
            and following.token_type in {TokenType.VAR, TokenType.ALIAS, TokenType.IDENTIFIER}
        ):
            raise _mismatched(sql, following.start, following.end)
        wrong = token.token_type in _FOREIGN and not (
            following is None or following.token_type in {TokenType.COMMA, TokenType.FROM}
        )
        trailing = token.token_type == TokenType.COMMA and (
            following is not None and following.token_type in {TokenType.FROM, TokenType.R_PAREN}
        )
        if trailing and following is not None:
            raise _mismatched(sql, following.start, following.end)
        if wrong or (token.text == "==" and token.token_type == TokenType.EQ):
            raise _mismatched(sql, token.start, token.end)


def _mismatched(sql: str, start: int, end: int) -> MalformedQueryError:
    return MalformedQueryError(
        f"mismatched input '{sql[start : end + 1]}'. Expecting: <expression>",
        Position.of_offset(sql, start),
    )


def _mismatch(error: ParseError, tokens: list[Token], sql: str) -> QueryError:
    if tokens and tokens[0].token_type not in {
        TokenType.SELECT,
        TokenType.WITH,
        TokenType.VALUES,
        TokenType.L_PAREN,
        TokenType.TABLE,
    }:
        return unexpected_start(sql)
    details: dict[str, Any] = error.errors[0] if error.errors else {}
    if "number of provided arguments" in str(details.get("description", "")):
        return QueryError("FUNCTION_NOT_FOUND", "Unexpected parameters for a function: too many")
    line, column = details.get("line"), details.get("col")
    for index, token in enumerate(tokens):
        if (token.line, token.col) != (line, column):
            continue
        description = str(details.get("description", ""))
        if description.startswith(("Required keyword", "Expected")) or index + 1 == len(tokens):
            # sqlglot names the last token that fitted; Athena the first that did not.
            if index + 1 < len(tokens):
                token = tokens[index + 1]  # noqa: PLW2901 - the one that is meant
            elif description.startswith(("Required keyword", "Expect")):
                break
        return _mismatched(sql, token.start, token.end)
    return MalformedQueryError(
        "mismatched input '<EOF>'. Expecting: <expression>",
        Position.of_offset(sql, len(sql.rstrip())),
    )


_FOREIGN_CLAUSES: dict[type[exp.Expr], str] = {
    exp.Into: "INTO",
    exp.Pivot: "PIVOT",
    exp.Lock: "FOR",
    exp.Qualify: "QUALIFY",
    exp.Cluster: "CLUSTER",
    exp.Distribute: "DISTRIBUTE",
    exp.Sort: "SORT",
    exp.Prior: "PRIOR",
    exp.Connect: "CONNECT",
}


def _check_tree(tree: exp.Expr, sql: str) -> None:
    for node in tree.walk():
        if type(node) in _FOREIGN_CLAUSES:
            word = _FOREIGN_CLAUSES[type(node)]
            found = re.search(rf"\b(UN)?{word}\b", sql, re.IGNORECASE)
            raise _mismatched(sql, *((found.start(), found.end() - 1) if found else (0, len(sql))))
        if isinstance(node, exp.Star) and (node.args.get("except_") or node.args.get("replace")):
            raise _mismatched(sql, (node._meta or {}).get("end", 0) + 1, len(sql))  # noqa: SLF001
        if isinstance(node, exp.Distinct) and node.args.get("on"):
            raise MalformedQueryError("mismatched input 'ON'. Expecting: <expression>", None)
        if isinstance(node, exp.Select) and not node.expressions:
            source = node.args.get("from_") or node.args.get("from")
            at = sql.lower().find("from") if source is not None else len(sql.rstrip())
            raise _mismatched(sql, at, at + 3)

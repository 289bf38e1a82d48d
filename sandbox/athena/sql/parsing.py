"""From the text of a query to its tree, in Athena's dialect and with its messages."""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.helper import seq_get
from sqlglot.parsers.trino import TrinoParser
from sqlglot.tokenizer_core import Token, TokenType

from sandbox.athena.errors import MalformedQueryError, Position, QueryError
from sandbox.athena.sql import functions, types
from sandbox.athena.sql.casts import zone_of_literal

_KEPT = functions.SYNTAX.keys()
_WHOLE_NUMBER = exp.DataType.build("decimal(38, 0)", dialect="trino")


def _only(table: Mapping[TokenType, Any], *kinds: TokenType) -> dict[TokenType, Any]:
    return {kind: table[kind] for kind in kinds}


class _Parser(TrinoParser):
    # Calls stay as they are written, but for those with a syntax of their own.
    FUNCTIONS: ClassVar = {
        name: make for name, make in TrinoParser.FUNCTIONS.items() if name.lower() in _KEPT
    }
    FUNCTION_PARSERS: ClassVar = {
        name: parse for name, parse in TrinoParser.FUNCTION_PARSERS.items() if name.lower() in _KEPT
    }
    # Trino's joins alone: DuckDB would run ASOF, SEMI, ANTI and POSITIONAL ones.
    JOIN_METHODS: ClassVar = {TokenType.NATURAL}
    JOIN_KINDS: ClassVar = {TokenType.INNER, TokenType.CROSS, TokenType.OUTER}
    # Trino's operators and predicates alone.
    EQUALITY: ClassVar = _only(TrinoParser.EQUALITY, TokenType.EQ, TokenType.NEQ)
    TERM: ClassVar = _only(TrinoParser.TERM, TokenType.PLUS, TokenType.DASH)
    RANGE_PARSERS: ClassVar = _only(
        TrinoParser.RANGE_PARSERS,
        *(TokenType.BETWEEN, TokenType.IN, TokenType.IS, TokenType.LIKE),
    )
    COLUMN_OPERATORS: ClassVar = _only(TrinoParser.COLUMN_OPERATORS, TokenType.DOT)
    # `list[1]` is a column's element here, not a list.
    ARRAY_CONSTRUCTORS: ClassVar = {"ARRAY": exp.Array}
    TYPE_LITERAL_PARSERS: ClassVar = {
        **TrinoParser.TYPE_LITERAL_PARSERS,
        exp.DType.DECIMAL: lambda self, text, _: self.expression(
            exp.Cast(this=text, to=exp.DataType.build(types.of_digits(text.name), dialect="trino"))
        ),
        # sqlglot sees a zone after a time of day alone.
        exp.DType.TIMESTAMP: lambda self, text, kind: TrinoParser.TYPE_LITERAL_PARSERS[
            exp.DType.TIMESTAMP
        ](self, text, exp.DType.TIMESTAMPTZ.into_expr() if zone_of_literal(text.name) else kind),
    }
    TYPE_CONVERTERS: ClassVar = {
        **TrinoParser.TYPE_CONVERTERS,
        exp.DType.DECIMAL: lambda kind: kind if kind.expressions else _WHOLE_NUMBER.copy(),
    }

    def _parse_wrapped_select(self, table: bool = False) -> exp.Expr | None:
        """Brackets around a join; sqlglot takes none that begins with UNNEST or LATERAL."""
        this = super()._parse_wrapped_select(table)
        if isinstance(this, exp.Unnest | exp.Lateral) and (joins := list(self._parse_joins())):
            return exp.Subquery(this=this, joins=joins)
        return this

    def _parse_extract(self) -> exp.Extract | exp.Anonymous:
        """EXTRACT(field FROM time); other databases take a comma for FROM."""
        if self._next and self._next.token_type == TokenType.COMMA:
            self.raise_error("No comma", self._next)
        return super()._parse_extract()

    def _parse_position(self, haystack_first: bool = False) -> exp.StrPosition:  # noqa: ARG002
        """POSITION(part IN text); with a comma it is the call of a function, which Trino has not."""
        name = self._tokens[self._index - 2]
        part = self._parse_bitwise()
        if not self._match(TokenType.IN):
            raise QueryError(
                "FUNCTION_NOT_FOUND",
                "Function 'position' not registered",
                Position.of_offset(self.sql, name.start),
            )
        return self.expression(exp.StrPosition(this=self._parse_bitwise(), substr=part))

    def _parse_bracket(self, this: exp.Expr | None = None) -> exp.Expr | None:
        """An element of what stands before; a list is written ARRAY[...]."""
        if this is None and self._match(TokenType.L_BRACKET, advance=False):
            self.raise_error("No list", self._curr)
        return super()._parse_bracket(this)

    def _parse_limit(
        self, this: exp.Expr | None = None, top: bool = False, skip_limit_token: bool = False
    ) -> exp.Expr | None:
        """How many rows; how many are left out stands before it."""
        limit = super()._parse_limit(this, top, skip_limit_token)
        if limit is not this and self._match(TokenType.OFFSET, advance=False):
            self.raise_error("Too late", self._curr)
        if isinstance(limit, exp.Limit) and limit.args.get("offset"):
            self.raise_error("No comma", self._tokens[self._index - 2])
        return limit


# Of the words that sqlglot takes for types, those that are Trino's types or no types.
_WORDS = {
    *re.findall(
        r"\w+",
        "ARRAY BIGINT BOOLEAN CHAR DATE DECIMAL DOUBLE INT INTEGER INTERVAL IPADDRESS IPPREFIX JSON "
        "MAP NULL RANGE REAL ROW SMALLINT TIME TIMESTAMP TINYINT UNION UUID VARBINARY VARCHAR",
    ),
    "DOUBLE PRECISION",
}


class AthenaDialect(Trino):
    """Trino's SQL whose function calls stay as they are written."""

    INDEX_OFFSET = 0
    SUPPORTS_USER_DEFINED_TYPES = True  # to tell their names
    Parser = _Parser

    class Tokenizer(Trino.Tokenizer):
        """Trino's, whose types have no other names: a string is a VARCHAR, a float a REAL."""

        KEYWORDS: ClassVar = {
            word: kind
            for word, kind in Trino.Tokenizer.KEYWORDS.items()
            if kind not in TrinoParser.TYPE_TOKENS or word in _WORDS
        }


_STATEMENTS = (
    "'ALTER', 'ANALYZE', 'CALL', 'COMMENT', 'COMMIT', 'CREATE', 'DEALLOCATE', 'DELETE', 'DENY', "
    "'DESC', 'DESCRIBE', 'DROP', 'EXECUTE', 'EXPLAIN', 'GRANT', 'INSERT', 'MERGE', 'PREPARE', "
    "'REFRESH', 'RESET', 'REVOKE', 'ROLLBACK', 'SET', 'SHOW', 'START', 'TRUNCATE', "
    "'UNLOAD', 'UPDATE', 'USE', <query>"
)


def parse_query(sql: str) -> exp.Expr:
    """Parse a SELECT (or WITH, VALUES, TABLE) of Athena's.

    Raises:
        MalformedQueryError: it is none; with the place and the token that is wrong.
    """
    sql = _HEX.sub(_without_blanks, sql)
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
    return _normalized(tree)


# Binary literals may hold blanks; strings, names and comments may hold what looks like them.
_HEX = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|\b[xX]'(?P<hex>[\dA-Fa-f\s]*)'""",
    re.DOTALL,
)


def _without_blanks(found: re.Match[str]) -> str:
    if found["hex"] is None:
        return found[0]
    # As long as before, so that places in the text stay the same.
    return f"X'{''.join(found['hex'].split())}'".ljust(len(found[0]))


def _normalized(tree: exp.Expr) -> exp.Expr:
    """Bring forms that mean the same to one form."""
    for node in list(tree.walk()):
        if isinstance(node, exp.Values):
            _open_rows(node)
        elif isinstance(node, exp.Table) and isinstance(node.this, exp.Anonymous):
            _open_table_function(node)
        elif isinstance(node, exp.Group):
            _open_group(node)
        elif isinstance(node, exp.In | exp.Binary):
            _open_subquery(node)
        elif isinstance(node, exp.Column) and node.sql().lower() == "current_schema":
            node.replace(exp.CurrentSchema())
    return tree


def _open_rows(values: exp.Values) -> None:
    """`VALUES ROW (1, 2)` is `VALUES (1, 2)`."""
    for row in values.expressions:
        if isinstance(row, exp.Tuple) and len(row.expressions) == 1:
            (item,) = row.expressions
            if isinstance(item, exp.Struct):
                row.set("expressions", item.expressions)


def _open_group(group: exp.Group) -> None:
    """`GROUP BY ALL a` is `GROUP BY a`; without columns it is DuckDB's own."""
    every = group.args.get("all")
    if every is False:
        raise QueryError("NOT_SUPPORTED", "The embedded Athena has no GROUP BY DISTINCT")
    if every and not any(value for key, value in group.args.items() if key != "all"):
        raise MalformedQueryError("mismatched input 'ALL'. Expecting: <expression>", None)
    group.set("all", None)


_QUANTIFIERS = {"all": exp.All, "any": exp.Any, "some": exp.Any}


def _open_subquery(node: exp.Expr) -> None:
    """VALUES in the place of a subquery is one; a quantifier that is written like a call is none."""
    if isinstance(node, exp.In):
        if len(node.expressions) == 1 and isinstance(node.expressions[0], exp.Values):
            node.set("query", exp.Subquery(this=node.expressions[0]))
            node.set("expressions", None)
        return
    right = node.args.get("expression")
    if isinstance(right, exp.Anonymous) and right.name.lower() in _QUANTIFIERS:
        right = _QUANTIFIERS[right.name.lower()](this=seq_get(right.expressions, 0))
        node.set("expression", right)
    if isinstance(right, exp.Any | exp.All):
        query = right.this.unnest() if isinstance(right.this, exp.Expr) else None
        if not isinstance(query, exp.Query | exp.Values):
            raise MalformedQueryError(
                f"mismatched input '{right.this}'. Expecting: <query>: {right.key.upper()} takes a "
                "subquery",
                None,
            )
        right.set("this", exp.Subquery(this=query))


def _open_table_function(table: exp.Table) -> None:
    """`TABLE(sequence(1, 3))` is the rows of a series; no other table function is known."""
    inner = table.this.expressions[0] if table.this.expressions else None
    if table.this.name.upper() != "TABLE" or not isinstance(inner, exp.Anonymous):
        return
    if inner.name.lower() != "sequence":
        return
    named = {item.name.lower(): item.expression for item in inner.find_all(exp.Kwarg)}
    plain = [item for item in inner.expressions if not isinstance(item, exp.Kwarg)]
    series = {**dict(zip(("start", "stop", "step"), plain, strict=False)), **named}
    alias = table.args.get("alias") or exp.TableAlias()
    if not alias.columns:
        alias.set("columns", [exp.to_identifier("sequential_number")])
    if not alias.this:
        alias.set("this", exp.to_identifier("sequence"))
    rows = exp.GenerateSeries(
        start=series.get("start") or exp.Literal.number(0),
        end=series.get("stop"),
        step=series.get("step") or exp.Literal.number(1),
    )
    table.replace(exp.Unnest(expressions=[rows], alias=alias))


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


_END = Token(TokenType.SEMICOLON, "")
_BRACKETS = (TokenType.L_BRACKET, TokenType.L_PAREN)
# What sqlglot takes from other databases and Athena does not.
_FOREIGN = {
    TokenType.DCOLON: "::",
    TokenType.QUALIFY: "QUALIFY",
    TokenType.ILIKE: "ILIKE",
    TokenType.RLIKE: "RLIKE",
    TokenType.DIV: "DIV",
    TokenType.TOP: "TOP",
}
# The signs of Trino's grammar; those of its row patterns are in what is refused as a whole.
_SIGNS = frozenset("()[],.;?:=<>+-*/%") | {"<>", "!=", "<=", ">=", "||", "->", "=>"}
_TEXTS = (TokenType.STRING, TokenType.UNICODE_STRING)
_OPERANDS = (*_TEXTS, TokenType.NUMBER, TokenType.VAR, TokenType.IDENTIFIER, TokenType.R_PAREN)
_CALLED = (TokenType.CURRENT_DATE, TokenType.CURRENT_USER, TokenType.CURRENT_CATALOG)


def _refuse_foreign_tokens(tokens: list[Token], index: int, sql: str) -> None:
    """Refuse operators and literals of other databases, which DuckDB may well run."""
    token, following = tokens[index], tokens[index + 1] if index + 1 < len(tokens) else _END
    kinds = token.token_type, following.token_type
    sign = sql[token.start : token.end + 1]
    is_sign = not (sign[0].isalnum() or sign[0] in "_'\"`")
    if (is_sign and sign not in _SIGNS) or kinds[0] == TokenType.NATIONAL_STRING:
        raise _mismatched(sql, token.start, token.end)
    if (
        (kinds[0] in (*_TEXTS, TokenType.ALIAS) and kinds[1] in _TEXTS)
        or (kinds[0] in _CALLED and kinds[1] == TokenType.L_PAREN)
        or kinds in {(TokenType.LT, TokenType.LT), (TokenType.STAR, TokenType.STAR)}
        or (kinds[0] in _OPERANDS and kinds[1] in {TokenType.ISNULL, TokenType.NOTNULL})
    ):
        raise _mismatched(sql, following.start, following.end)
    if kinds[1] == TokenType.R_PAREN and token.text.upper() == "NULLS":
        treatment = tokens[index - 1]
        if treatment.text.upper() in {"IGNORE", "RESPECT"}:  # they stand after the call
            raise _mismatched(sql, treatment.start, treatment.end)
    glued = following.start == token.end + 1 and re.match(r"\w", sql[following.start])
    if (kinds[0] == TokenType.NUMBER and glued) or (
        kinds[0] == TokenType.HEX_STRING and sign[0] == "0"
    ):
        raise MalformedQueryError(
            "identifiers must not start with a digit; surround the identifier with double quotes",
            Position.of_offset(sql, token.start),
        )


_INTERVAL_FIELDS = ("DAY", "HOUR", "MINUTE", "MONTH", "SECOND", "YEAR")


def _refuse_interval(tokens: list[Token], index: int, sql: str) -> None:
    """Refuse other intervals than `INTERVAL '1' DAY`: of numbers, with other units or with none."""
    at = index + 1
    signed = at < len(tokens) and tokens[at].token_type in {TokenType.DASH, TokenType.PLUS}
    at += signed
    value = tokens[at].token_type if at < len(tokens) else None
    if value == TokenType.NUMBER and not signed:
        raise _mismatched(sql, tokens[at].start, tokens[at].end)
    if value != TokenType.STRING:
        return  # a column of that name
    unit = tokens[at + 1] if at + 1 < len(tokens) else None
    if unit is None or unit.text.upper() not in _INTERVAL_FIELDS:
        found = "<EOF>" if unit is None else unit.text
        raise MalformedQueryError(
            f"mismatched input '{found}'. Expecting: '" + "', '".join(_INTERVAL_FIELDS) + "'",
            Position.of_offset(sql, len(sql.rstrip()) if unit is None else unit.start),
        )


def _refuse_slices(tokens: list[Token], sql: str) -> None:
    brackets = ""
    for token in tokens:
        if token.token_type in _BRACKETS:
            brackets += token.text
        elif token.token_type in {TokenType.R_BRACKET, TokenType.R_PAREN}:
            brackets = brackets[:-1]
        elif token.token_type == TokenType.COLON and brackets.endswith("["):
            raise _mismatched(sql, token.start, token.end)


def _refuse_foreign_syntax(tokens: list[Token], sql: str) -> None:
    _refuse_slices(tokens, sql)
    in_patterns = any(token.token_type == TokenType.MATCH_RECOGNIZE for token in tokens)
    for index, token in enumerate(tokens):
        if token.token_type == TokenType.INTERVAL:
            _refuse_interval(tokens, index, sql)
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.text == "`":
            raise _backquote(sql, token.start)
        if not in_patterns:
            _refuse_foreign_tokens(tokens, index, sql)
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
        if wrong:
            raise _mismatched(sql, token.start, token.end)


def _mismatched(sql: str, start: int, end: int) -> MalformedQueryError:
    return MalformedQueryError(
        f"mismatched input '{sql[start : end + 1] or '<EOF>'}'. Expecting: <expression>",
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


def _in_limit(node: exp.Expr) -> bool:
    return not isinstance(node.args["expression"], exp.Literal | exp.Placeholder | exp.Var)


def _has(*arguments: str) -> Callable[[exp.Expr], object]:
    """Tell the forms that have one of these parts."""
    return lambda node: any(node.args.get(name) for name in arguments)


# What sqlglot takes of other databases: of which nodes, and the word (or sign) at fault.
_FOREIGN_FORMS: dict[type[exp.Expr], tuple[Callable[[exp.Expr], object], str]] = {
    **{
        kind: (lambda _: True, rf"\b((?:UN)?{word})\b")
        for kind, word in (
            (exp.Into, "INTO"),
            (exp.Pivot, "PIVOT"),
            (exp.Lock, "FOR"),
            (exp.Qualify, "QUALIFY"),
            (exp.Cluster, "CLUSTER"),
            (exp.Distribute, "DISTRIBUTE"),
            (exp.Sort, "SORT"),
            (exp.Prior, "PRIOR"),
            (exp.Connect, "CONNECT"),
        )
    },
    **{
        kind: (lambda node: not isinstance(node.parent, exp.Window), r"\b(NULLS)\b")
        for kind in (exp.IgnoreNulls, exp.RespectNulls)
    },
    **{
        kind: (_has("by_name"), r"\b(BY)\s+NAME\b")
        for kind in (exp.Union, exp.Intersect, exp.Except)
    },
    exp.BitwiseRightShift: (lambda _: True, r">\s*(>)"),
    exp.Is: (
        lambda node: not isinstance(node.args["expression"], exp.Null),
        r"\bIS\s+(?:NOT\s+)?(?!NULL\b|NOT\b|DISTINCT\b)(\w+)",
    ),
    exp.Between: (_has("symmetric"), r"\b(A?SYMMETRIC)\b"),
    exp.In: (
        lambda node: not (node.expressions or node.args.get("query")),
        r"\bIN\s*(?:\(\s*)?(\w+|\))",
    ),
    exp.TableSample: (
        lambda node: str(node.args.get("method")).upper() not in {"BERNOULLI", "SYSTEM"},
        r"\bUSING\s+(SAMPLE)\b|\bTABLESAMPLE\s*(\S)",
    ),
    exp.WindowSpec: (_has("exclude"), r"\b(EXCLUDE)\b"),
    exp.LimitOptions: (_has("percent"), r"\b(PERCENT)\b"),
    exp.Limit: (_in_limit, r"\bLIMIT\s+(?:\d+\s*)?(\S)"),
    exp.Table: (_has("rows_from"), r"\bROWS\s+(FROM)\b"),
    exp.Lateral: (
        lambda node: node.args.get("view") or node.args.get("cross_apply") is not None,
        r"\b(VIEW|APPLY)\b",
    ),
    exp.Distinct: (_has("on"), r"\b(ON)\b"),
    exp.CTE: (
        lambda node: node.args.get("materialized") is not None,
        r"\bAS\s+(?:NOT\s+)?(MATERIALIZED)\b",
    ),
    exp.Star: (_has("except_", "replace"), r"\*\s*(\w+)"),
}


# What Athena has and the sandbox has not.
_ABSENT: dict[type[exp.Expr], str] = {
    exp.MatchRecognize: "MATCH_RECOGNIZE (row pattern recognition)",
    exp.Version: "FOR TIMESTAMP AS OF and FOR VERSION AS OF: they need Iceberg tables",
}


def _check_tree(tree: exp.Expr, sql: str) -> None:
    for node in tree.walk():
        if type(node) in _ABSENT:
            raise QueryError("NOT_SUPPORTED", f"The embedded Athena has no {_ABSENT[type(node)]}")
        is_foreign, pattern = _FOREIGN_FORMS.get(type(node), (None, ""))
        if is_foreign and is_foreign(node):
            found = re.search(pattern, sql, re.IGNORECASE)
            start, end = found.span(found.lastindex or 0) if found else (0, len(sql))
            raise _mismatched(sql, start, end - 1)
        if isinstance(node, exp.Join):
            _check_join(node)
        if isinstance(node, exp.Select) and not node.expressions:
            source = node.args.get("from_") or node.args.get("from")
            at = sql.lower().find("from") if source is not None else len(sql.rstrip())
            raise _mismatched(sql, at, at + 3)


def _check_join(join: exp.Join) -> None:
    if join.method == "NATURAL":
        raise QueryError("NOT_SUPPORTED", "Natural join not supported")
    if join.kind == "OUTER" and not join.side:
        raise MalformedQueryError("mismatched input 'OUTER'. Expecting: <expression>", None)
    # A comma's join has no pivots. Where ON is forgotten sqlglot takes JOIN for a comma.
    comma = "pivots" not in join.args
    criteria = bool(join.args.get("on") or join.args.get("using"))
    if join.kind == "CROSS" and criteria:
        raise MalformedQueryError("mismatched input: a CROSS JOIN has no criteria", None)
    if not (comma or criteria or join.kind == "CROSS"):
        raise MalformedQueryError(
            "mismatched input: a JOIN has no criteria. Expecting: 'ON', 'USING'", None
        )

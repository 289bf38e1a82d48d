"""The door: a text becomes one statement, parsed once, that travels on as a typed value."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from sandbox.athena.errors import SYSTEM_ERROR, HiveError, MalformedQueryError, Position, QueryError
from sandbox.athena.hive.ddl import parse_definition
from sandbox.athena.hive.model import AlterTable, Definition, Show
from sandbox.athena.sql.parsing import parse_query, unexpected_start
from sandbox.athena.tokens import Token, Tokens

_PARTS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|.""", re.DOTALL)
_QUERY_WORDS = frozenset({"SELECT", "WITH", "VALUES", "TABLE", "("})

# First words of Hive's definitions, with the statement types of the API.
_DEFINITIONS: tuple[tuple[str, str, str], ...] = (
    ("CREATE EXTERNAL TABLE", "DDL", "CREATE_TABLE"),
    ("CREATE TABLE", "DDL", "CREATE_TABLE"),
    ("CREATE DATABASE", "DDL", "CREATE_DATABASE"),
    ("CREATE SCHEMA", "DDL", "CREATE_DATABASE"),
    ("DROP DATABASE", "DDL", "DROP_DATABASE"),
    ("DROP SCHEMA", "DDL", "DROP_DATABASE"),
    ("DROP TABLE", "DDL", "DROP_TABLE"),
    ("DROP VIEW", "DDL", "DROP_VIEW"),
    ("ALTER TABLE", "DDL", "ALTER_TABLE"),
    ("ALTER DATABASE", "DDL", "ALTER_DATABASE"),
    ("ALTER SCHEMA", "DDL", "ALTER_DATABASE"),
    ("MSCK REPAIR TABLE", "DDL", "MSCK_REPAIR"),
    ("SHOW DATABASES", "UTILITY", "SHOW_DATABASES"),
    ("SHOW SCHEMAS", "UTILITY", "SHOW_DATABASES"),
    ("SHOW TABLES", "UTILITY", "SHOW_TABLES"),
    ("SHOW VIEWS", "UTILITY", "SHOW_VIEWS"),
    ("SHOW COLUMNS", "UTILITY", "SHOW_COLUMNS"),
    ("SHOW PARTITIONS", "UTILITY", "SHOW_PARTITIONS"),
    ("SHOW TBLPROPERTIES", "UTILITY", "SHOW_TABLE_PROPERTIES"),
    ("SHOW CREATE TABLE", "UTILITY", "SHOW_CREATE_TABLE"),
    ("SHOW CREATE VIEW", "UTILITY", "SHOW_CREATE_VIEW"),
    ("DESCRIBE", "UTILITY", "DESCRIBE_TABLE"),
    ("DESC", "UTILITY", "DESCRIBE_TABLE"),
)
# What of ALTER TABLE and MSCK REPAIR TABLE is called so, as recorded on AWS (aoyagikouhei/athena-local,
# docs/dev/measurements/result-files.md): what renames a partition is not.
_ALTERATIONS = {
    "add_columns": "ALTER_TABLE_ADD_COLUMN",
    "add_partitions": "ALTER_TABLE_ADD_PARTITION",
    "change_column": "ALTER_TABLE_CHANGE_COLUMN",
    "drop_column": "ALTER_TABLE_DROP_COLUMN",
    "drop_partitions": "ALTER_TABLE_DROP_PARTITION",
    "rename": "ALTER_TABLE_RENAME",
    "replace_columns": "ALTER_TABLE_REPLACE_COLUMN",
    "set_location": "ALTER_TABLE_SET_LOCATION",
    "set_properties": "ALTER_TABLE_PROPERTIES",
}
# What Hive itself reads: in these it takes no block comment.
_WITHOUT_COMMENTS = frozenset(
    {
        "ALTER_TABLE_ADD_COLUMN",
        "ALTER_TABLE_CHANGE_COLUMN",
        "ALTER_TABLE_REPLACE_COLUMN",
        "DESCRIBE_TABLE",
        "MSCK_REPAIR",
        "SHOW_CREATE_TABLE",
    }
)
_UNSUPPORTED = re.compile(
    r"(?i)(alter|call|comment|commit|deallocate|delete|deny|execute|grant|insert|merge|prepare|"
    r"refresh|reset|revoke|rollback|set|show|start|truncate|update|use|analyze|optimize|vacuum|"
    r"create|drop|unload|explain)\b"
)


_DATA_CLAUSE = re.compile(r"(?i)\bwith\s+(?P<no>no\s+)?data\s*$")
_OF_ICEBERG = re.compile(r"(?i)(delete|merge|optimize|update|vacuum)\b")
Options = dict[str, str | list[str]]


@dataclass(frozen=True)
class Query:
    """A query.

    Attributes:
        text: with blanks for what stands before it in its statement, so that places stay the same.
        tree: as parsed; to run the query uses it up.
    """

    text: str
    tree: exp.Expr


@dataclass(frozen=True)
class CreateTableAsSelect:
    """CREATE TABLE ... WITH (options) AS query."""

    name: tuple[str, ...]
    query: Query
    options: Options
    if_not_exists: bool
    with_data: bool = True


@dataclass(frozen=True)
class CreateView:
    """CREATE VIEW ... AS query."""

    name: tuple[str, ...]
    query: Query
    replace: bool


@dataclass(frozen=True)
class Insert:
    """INSERT INTO name (columns) query; without columns it means all."""

    name: tuple[str, ...]
    columns: tuple[str, ...]
    query: Query


@dataclass(frozen=True)
class Unload:
    """UNLOAD (query) TO 'target' WITH (options)."""

    query: Query
    target: str
    options: Options


@dataclass(frozen=True)
class Explain:
    """EXPLAIN query; with TYPE VALIDATE it only tells that the query is valid."""

    query: Query
    is_validated: bool = False


@dataclass(frozen=True)
class Prepare:
    """PREPARE name FROM text, which is well-formed; it is parsed anew for each run."""

    name: str
    text: str


@dataclass(frozen=True)
class Execute:
    """EXECUTE name, with SQL literals for its question marks."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Deallocate:
    """DEALLOCATE PREPARE name."""

    name: str


@dataclass(frozen=True)
class Refused:
    """A well-formed statement that fails when it runs."""

    error: QueryError


Body = (
    Query
    | CreateTableAsSelect
    | CreateView
    | Insert
    | Unload
    | Explain
    | Prepare
    | Execute
    | Deallocate
    | Definition
    | Refused
)


@dataclass(frozen=True)
class Statement:
    """One statement.

    Attributes:
        kind: what GetQueryExecution calls SubstatementType: SELECT, CREATE_TABLE, ...
        type: what it calls StatementType: DDL, DML or UTILITY.
        text: without comments before it and after it.
        body: what the statement says.
        sql: as GetQueryExecution shows it, without blanks and semicolons around it.
    """

    kind: str
    type: str
    text: str
    body: Body
    sql: str = ""


def parse_statement(sql: str, parameters: Sequence[str] = ()) -> Statement:
    """Parse a text, the one time that it is parsed.

    Args:
        sql: one statement of Athena's.
        parameters: values for its question marks, or for those of the statement that it executes.

    Raises:
        MalformedQueryError: it is not a statement of Athena's.
    """
    sql = _only_statement(sql)
    # Blanks instead of leading comments: the places in the text stay the same.
    start = Tokens(sql).peek().start
    text = _blank(sql, start) + sql[start : _end(sql)]
    if not text.strip():
        raise MalformedQueryError("mismatched input '<EOF>'", Position.of_offset(sql, len(sql)))
    tokens = Tokens(text)
    refusal: QueryError | None = None
    if not tokens.has("EXECUTE") and not tokens.has("PREPARE") and ("?" in text or parameters):
        try:
            text = bind(text, parameters)
        except QueryError as error:
            refusal = error
    statement = replace(_StatementReader(text, parameters).read(), sql=sql)
    if statement.kind in _WITHOUT_COMMENTS and (failure := _failure_of_comments(sql)):
        body = statement.body
        if isinstance(body, Show) and body.what == "describe":
            return replace(statement, body=replace(body, refusal=body.refusal or failure))
        refusal = refusal or failure
    # As on AWS it is the query that fails, not its start.
    return replace(statement, body=Refused(refusal)) if refusal else statement


def _failure_of_comments(sql: str) -> QueryError | None:
    """Hive's error for a block comment, which it does not know.

    Recorded on AWS with other words for each place of the comment (aoyagikouhei/athena-local,
    docs/dev/measurements/statements.md); these are those of the first.
    """
    found = next((part for part in _PARTS.finditer(sql) if part[0].startswith("/*")), None)
    if found is None:
        return None
    place = Position.of_offset(sql, found.start())
    word = Tokens(found[0][2:]).peek().text
    return HiveError(
        f"ParseException line {place.line}:{place.column - 1} cannot recognize input near "
        f"'/' '*' '{word}'",
        category=SYSTEM_ERROR,
    )


def _only_statement(sql: str) -> str:
    """The one statement of a text, without the blanks and semicolons around it.

    As recorded on AWS: places are counted from its begin, and a comment after a semicolon is a
    second statement (aoyagikouhei/athena-local, docs/dev/measurements/statements.md).
    """
    ends = [part.start() for part in _PARTS.finditer(sql) if part[0] == ";"]
    pieces = itertools.pairwise([-1, *ends, len(sql)])
    statements = [piece for begin, end in pieces if (piece := sql[begin + 1 : end].strip())]
    if len(statements) > 1:
        raise MalformedQueryError(f"Only one sql statement is allowed. Got: {sql.rstrip()}")
    if ends and not statements:
        raise MalformedQueryError(f"Empty sql statement: {sql.rstrip()}")
    return statements[0] if statements else ""


class _StatementReader(Tokens):
    def __init__(self, text: str, parameters: Sequence[str]) -> None:
        super().__init__(text)
        self._parameters = parameters

    def read(self) -> Statement:
        if self.peek().upper in _QUERY_WORDS:
            return self._made("SELECT", "DML", self._query(self.peek()))
        if self._takes_view():
            return self._view()
        if self.take("INSERT", "INTO"):
            return self._insert()
        if self.take("UNLOAD"):
            return self._unload()
        if self.take("EXPLAIN"):
            return self._explain()
        if self.take("PREPARE"):
            return self._prepare()
        if self.take("EXECUTE"):
            return self._execute()
        if self.take("DEALLOCATE", "PREPARE"):
            return self._made("DEALLOCATE", "UTILITY", Deallocate(self._plain_name()))
        return self._create_table_as() or self._definition()

    def _made(self, kind: str, kind_type: str, body: Body) -> Statement:
        return Statement(kind, kind_type, self.sql, body)

    def _query(self, first: Token, end: int | None = None) -> Query | Refused:
        text = _blank(self.sql, first.start) + self.sql[first.start : end]
        try:
            return Query(text, parse_query(text))
        except MalformedQueryError as error:
            if re.search(r"(?i)\bfrom\s*$", text):  # so on AWS, for whatever reason
                raise MalformedQueryError("Queries of this type are not supported") from error
            raise
        except QueryError as error:
            return Refused(error)

    def _takes_view(self) -> bool:
        if self.has("CREATE", "OR", "REPLACE") and self.peek(3).upper != "VIEW":
            raise MalformedQueryError(
                f"mismatched input '{self.peek(3).text}'. Expecting: 'VIEW'",
                Position.of_offset(self.sql, self.peek(3).start),
            )
        return self.has("CREATE", "VIEW") or self.has("CREATE", "OR", "REPLACE", "VIEW")

    def _view(self) -> Statement:
        self.expect("CREATE")
        replace = self.take("OR", "REPLACE")
        self.expect("VIEW")
        name = self.name()
        if self.take("COMMENT"):
            self.string()
        if self.take("SECURITY"):
            self.next()
        self.expect("AS")
        query = self._query(self.peek())
        body = CreateView(name, query, replace) if isinstance(query, Query) else query
        return self._made("CREATE_VIEW", "DDL", body)

    def _create_table_as(self) -> Statement | None:
        head = Tokens(self.sql)
        if not head.take("CREATE", "TABLE"):
            return None
        exists = head.take("IF", "NOT", "EXISTS")
        try:
            name = head.name()
            options = _options(head) if head.take("WITH") else {}
        except MalformedQueryError:
            return None  # Hive's reader tells what is wrong
        if not head.take("AS"):
            return None
        first = head.peek()
        tail = _DATA_CLAUSE.search(self.sql, first.start)
        query = self._query(first, tail.start() if tail else None)
        with_data = tail is None or tail["no"] is None
        body = (
            CreateTableAsSelect(name, query, options, exists, with_data)
            if isinstance(query, Query)
            else query
        )
        return self._made("CREATE_TABLE_AS_SELECT", "DDL", body)

    def _insert(self) -> Statement:
        name = self.name()
        columns: list[str] = []
        if self.peek().text == "(" and self.peek(1).upper not in _QUERY_WORDS:
            self.next()
            columns.append(self.identifier())
            while self.take(","):
                columns.append(self.identifier())
            self.expect(")")
        query = self._query(self.peek())
        body = Insert(name, tuple(columns), query) if isinstance(query, Query) else query
        return self._made("INSERT", "DML", body)

    def _unload(self) -> Statement:
        self.expect("(")
        first = self.peek()
        end = _closing(self.sql, first.start)
        rest = Tokens(_blank(self.sql, end) + self.sql[end:])
        rest.expect(")", "TO")
        target = rest.string()
        options = _options(rest) if rest.take("WITH") else {}
        rest.finish()
        query = self._query(first, end)
        body = Unload(query, target, options) if isinstance(query, Query) else query
        return self._made("UNLOAD", "DML", body)

    def _explain(self) -> Statement:
        if self.take("ANALYZE"):
            self.take("VERBOSE")
        options: list[str] = []
        if self.peek().text == "(" and self.peek(1).upper in {"TYPE", "FORMAT"}:
            while not self.take(")"):
                options.append(self.next().upper)
        other = {"IO", "JSON", "GRAPHVIZ"}.intersection(options)
        query = self._query(self.peek())
        if other:
            refusal = f"The embedded Athena shows no plan as {other.pop()}, but as text"
            query = Refused(QueryError("NOT_SUPPORTED", refusal))
        body = Explain(query, "VALIDATE" in options) if isinstance(query, Query) else query
        return self._made("EXPLAIN", "DML", body)

    def _prepare(self) -> Statement:
        name = self._plain_name()
        self.expect("FROM")
        text = _blank(self.sql, self.peek().start) + self.sql[self.peek().start :]
        _StatementReader(text, ()).read()
        return self._made("PREPARE", "UTILITY", Prepare(name, text))

    def _execute(self) -> Statement:
        name = self._plain_name()
        arguments: tuple[str, ...] = ()
        if self.take("USING"):
            arguments = tuple(_split_arguments(self.sql[self.peek().start :]))
        else:
            self.finish()
        return self._made("EXECUTE", "DML", Execute(name, arguments or tuple(self._parameters)))

    def _plain_name(self) -> str:
        token = self.next()
        if token.kind == "end":
            self.fail(token)
        return token.text.strip('"`')

    def _definition(self) -> Statement:
        body = self.sql.lstrip()
        for words, kind_type, kind in _DEFINITIONS:
            if self.has(*words.split()):
                try:
                    made: Body = parse_definition(self.sql)
                except MalformedQueryError:
                    raise
                except QueryError as error:
                    made = Refused(error)
                if isinstance(made, AlterTable):
                    kind = _ALTERATIONS.get(made.action, kind)  # noqa: PLW2901 - the same, closer
                return Statement(kind, kind_type, body, made)
        if _UNSUPPORTED.match(body):
            named = " ".join(body.split()[:2])
            why = ""
            if _OF_ICEBERG.match(body):
                why = ", which needs an Iceberg table: the embedded Athena has none"
            raise MalformedQueryError(f"Queries of this type are not supported: {named}{why}")
        raise unexpected_start(self.sql)


def _options(tokens: Tokens) -> Options:
    """Read `(name = 'value', name = ARRAY['a', 'b'])`; names become lower case."""
    tokens.expect("(")
    options: Options = {}
    while True:
        name = tokens.identifier()
        tokens.expect("=")
        if tokens.take("ARRAY"):
            tokens.expect("[")
            items: list[str] = []
            while not tokens.take("]"):
                items.append(tokens.string())
                tokens.take(",")
            options[name] = items
        else:
            options[name] = (
                tokens.string() if tokens.peek().kind == "string" else tokens.next().text
            )
        if tokens.take(")"):
            return options
        tokens.expect(",")


def _blank(sql: str, end: int) -> str:
    return re.sub(r"[^\n]", " ", sql[:end])


def _closing(sql: str, start: int) -> int:
    """Tell where the bracket stands that closes the one open at `start`; the end if none does."""
    depth = 0
    for part in _PARTS.finditer(sql, start):
        depth += {"(": 1, ")": -1}.get(part[0], 0)
        if depth < 0:
            return part.start()
    return len(sql)


def _end(sql: str) -> int:
    """Tell where the statement ends: before the blanks, comments and semicolons that close it."""
    end = 0
    for part in _PARTS.finditer(sql):
        if not part[0].isspace() and part[0] != ";" and not part[0].startswith(("--", "/*")):
            end = part.end()
    return end


def bind(sql: str, parameters: Sequence[str]) -> str:
    """Put values in the place of the question marks; each value is an SQL literal.

    A value that is not a literal is taken as a text, as Athena does for execution parameters that
    aren't quoted.

    Raises:
        QueryError: their numbers differ.
    """
    parts = re.split(
        r"""('(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/)""", sql, flags=re.DOTALL
    )
    values = list(parameters)
    needed = sum(part.count("?") for part in parts[::2])
    if needed != len(values):
        raise QueryError(
            "INVALID_PARAMETER_USAGE",
            f"Incorrect number of parameters: expected {needed} but found {len(values)}",
            Position(1, 1),
        )
    for index in range(0, len(parts), 2):
        first, *rest = parts[index].split("?")
        parts[index] = first + "".join(_literal(values.pop(0)) + piece for piece in rest)
    return "".join(parts)


def _literal(value: str) -> str:
    text = value.strip()
    number = r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?"
    typed = r"(?i)(date|timestamp|decimal|interval|array|cast)\b.*"
    if re.fullmatch(rf"'(?:[^']|'')*'|{number}|true|false|null", text, re.IGNORECASE):
        return text
    if re.fullmatch(typed, text, re.DOTALL) and ("'" in text or "(" in text or "[" in text):
        return text
    return "'" + text.replace("'", "''") + "'"


def _split_arguments(text: str) -> list[str]:
    parts, depth, quoted = [""], 0, False
    for char in text:
        if char == "'":
            quoted = not quoted
        depth += 0 if quoted else {"(": 1, "[": 1, ")": -1, "]": -1}.get(char, 0)
        if char == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip()]

"""Which kind of statement a text is, and the parts that its kind names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sandbox.athena.errors import MalformedQueryError, Position
from sandbox.athena.sql.parsing import parse_query, unexpected_start

_SKIPPED = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
_PARTS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|.""", re.DOTALL)
_QUERY = re.compile(r"(?i)(select|with|values|table)\b|\(")
_CTAS = re.compile(
    r"""(?isx) create \s+ table \s+ (?P<exists>if\s+not\s+exists\s+)?
    (?P<name>[\w."`-]+) \s* (?:with \s* \( (?P<with>.*?) \) \s*)? as \s+ (?P<query>[(\s]*(?:select|with|values|table)\b.*)"""
)
_INSERT = re.compile(
    r'(?is)insert\s+into\s+(?P<name>[\w."`$-]+)\s*(?P<columns>\((?!\s*(?:select|with|values)\b)[^()]*\))?\s*(?P<query>.+)'
)
_UNLOAD = re.compile(
    r"(?is)unload\s*\((?P<query>.*)\)\s*to\s*'(?P<to>[^']*)'\s*(?:with\s*\((?P<with>.*)\))?\s*$"
)
_VIEW = re.compile(
    r'(?is)create\s+(?P<replace>or\s+replace\s+)?view\s+(?P<name>[\w."`-]+)\s*'
    r"(?:comment\s+'[^']*'\s*)?(?:security\s+\w+\s+)?as\s+(?P<query>.+)"
)
_EXECUTE = re.compile(r"(?is)execute\s+(?P<name>\S+?)(?:\s+using\s+(?P<arguments>.+))?\s*$")
_PREPARE = re.compile(r"(?is)prepare\s+(?P<name>\S+)\s+from\s+(?P<query>.+)")
_DEALLOCATE = re.compile(r"(?is)deallocate\s+prepare\s+(?P<name>\S+)\s*$")
_EXPLAIN = re.compile(
    r"(?is)explain\s+(?P<analyze>analyze\s+)?(?P<options>\([^)]*\)\s*)?(?P<query>.+)"
)

# First words of what the module `definitions` runs, with the statement types of the API.
_DEFINITIONS: tuple[tuple[str, str, str], ...] = (
    (r"create\s+external\s+table\b", "DDL", "CREATE_TABLE"),
    (r"create\s+table\b", "DDL", "CREATE_TABLE"),
    (r"create\s+(database|schema)\b", "DDL", "CREATE_DATABASE"),
    (r"drop\s+(database|schema)\b", "DDL", "DROP_DATABASE"),
    (r"drop\s+table\b", "DDL", "DROP_TABLE"),
    (r"drop\s+view\b", "DDL", "DROP_VIEW"),
    (r"alter\s+table\b", "DDL", "ALTER_TABLE"),
    (r"msck\s+repair\s+table\b", "DDL", "MSCK_REPAIR"),
    (r"show\s+(databases|schemas)\b", "UTILITY", "SHOW_DATABASES"),
    (r"show\s+tables\b", "UTILITY", "SHOW_TABLES"),
    (r"show\s+views\b", "UTILITY", "SHOW_VIEWS"),
    (r"show\s+columns\b", "UTILITY", "SHOW_COLUMNS"),
    (r"show\s+partitions\b", "UTILITY", "SHOW_PARTITIONS"),
    (r"show\s+tblproperties\b", "UTILITY", "SHOW_TBLPROPERTIES"),
    (r"show\s+create\s+table\b", "UTILITY", "SHOW_CREATE_TABLE"),
    (r"show\s+create\s+view\b", "UTILITY", "SHOW_CREATE_VIEW"),
    (r"(describe|desc)\b", "UTILITY", "DESCRIBE_TABLE"),
)
HIVE_KINDS = frozenset(kind for _, _, kind in _DEFINITIONS)

_UNSUPPORTED = re.compile(
    r"(?i)(alter|call|comment|commit|deallocate|delete|deny|execute|grant|insert|merge|prepare|"
    r"refresh|reset|revoke|rollback|set|show|start|truncate|update|use|analyze|optimize|vacuum|"
    r"create|drop|unload|explain)\b"
)


@dataclass(frozen=True)
class Statement:
    """One statement.

    Attributes:
        kind: SELECT, INSERT, CREATE_TABLE_AS_SELECT, UNLOAD, EXECUTE or a definition's.
        type: what GetQueryExecution calls StatementType: DDL, DML or UTILITY.
        text: without comments before it and semicolon after it.
        name: of the table, view or prepared statement, as written, where the kind has one.
        query: the query inside, where the kind has one.
        options: the text inside WITH (...) of CTAS and UNLOAD.
        target: where UNLOAD writes.
        columns: that INSERT names.
        arguments: of EXECUTE, as SQL literals.
        replace: CREATE OR REPLACE.
        if_not_exists: CREATE TABLE IF NOT EXISTS.
    """

    kind: str
    type: str
    text: str
    name: str = ""
    query: str = ""
    options: str = ""
    target: str = ""
    columns: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    replace: bool = False
    if_not_exists: bool = False


def classify(sql: str) -> Statement:
    """Tell what a text is; queries are parsed, definitions only looked at.

    Raises:
        MalformedQueryError: it is no statement of Athena's.
    """
    # Blanks instead of leading comments: the places in the text stay the same.
    skipped = _SKIPPED.match(sql)
    start = skipped.end() if skipped else 0
    text = re.sub(r"[^\n]", " ", sql[:start]) + sql[start : _end(sql)]
    body = text[start:]
    if not body:
        raise MalformedQueryError("mismatched input '<EOF>'", Position(1, 1))
    if _QUERY.match(body):
        parse_query(text)
        return Statement("SELECT", "DML", text, query=text)
    made = _with_query(body)
    if made is not None:
        if made.query:
            # As above: an error in the query tells its place in the whole statement.
            before = text[: len(text) - len(body) + body.rfind(made.query)]
            made = replace(made, query=re.sub(r"[^\n]", " ", before) + made.query)
            if made.kind != "EXPLAIN":
                parse_query(made.query)
        return made
    for pattern, kind, substatement in _DEFINITIONS:
        if re.match(f"(?i){pattern}", body):
            return Statement(substatement, kind, text.strip())
    if _UNSUPPORTED.match(body):
        raise MalformedQueryError(
            f"Queries of this type are not supported: {' '.join(body.split()[:2])}"
        )
    raise unexpected_start(text)


def _end(sql: str) -> int:
    """Tell where the statement ends: before the blanks, comments and semicolons that close it."""
    end = 0
    for part in _PARTS.finditer(sql):
        if not part[0].isspace() and part[0] != ";" and not part[0].startswith(("--", "/*")):
            end = part.end()
    return end


def _with_query(body: str) -> Statement | None:
    if match := _CTAS.fullmatch(body):
        return Statement(
            "CREATE_TABLE_AS_SELECT",
            "DDL",
            body,
            match["name"],
            match["query"],
            match["with"] or "",
            if_not_exists=bool(match["exists"]),
        )
    if match := _VIEW.fullmatch(body):
        return Statement(
            "CREATE_VIEW",
            "DDL",
            body,
            match["name"],
            match["query"],
            replace=bool(match["replace"]),
        )
    if match := _INSERT.fullmatch(body):
        names = (match["columns"] or "()")[1:-1].split(",")
        columns = tuple(name.strip().strip('"').lower() for name in names if name.strip())
        return Statement("INSERT", "DML", body, match["name"], match["query"], columns=columns)
    if match := _UNLOAD.fullmatch(body):
        return Statement(
            "UNLOAD",
            "DML",
            body,
            query=match["query"],
            options=match["with"] or "",
            target=match["to"],
        )
    if match := _EXPLAIN.fullmatch(body):
        classify(match["query"])
        return Statement("EXPLAIN", "UTILITY", body, query=match["query"])
    if match := _EXECUTE.fullmatch(body):
        arguments = tuple(_split_arguments(match["arguments"] or ""))
        return Statement("EXECUTE", "DML", body, match["name"], arguments=arguments)
    if match := _PREPARE.fullmatch(body):
        return Statement("PREPARE", "UTILITY", body, match["name"], match["query"])
    if match := _DEALLOCATE.fullmatch(body):
        return Statement("DEALLOCATE", "UTILITY", body, match["name"])
    return None


def bind(sql: str, parameters: Sequence[str]) -> str:
    """Put values in the place of the question marks; each value is an SQL literal.

    A value that is no literal is taken as a text, as Athena does for execution parameters that
    aren't quoted.

    Raises:
        MalformedQueryError: their numbers differ.
    """
    parts = re.split(
        r"""('(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/)""", sql, flags=re.DOTALL
    )
    values = list(parameters)
    needed = sum(part.count("?") for part in parts[::2])
    if needed != len(values):
        raise MalformedQueryError(
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

"""Hive's data definition language, as Athena takes it, read into plain data."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from sandbox.athena.errors import MalformedQueryError, Position, QueryError
from sandbox.athena.hive.model import (
    LAZY_SIMPLE,
    RESERVED,
    STORED_AS,
    TEXT_INPUT,
    TEXT_OUTPUT,
    AlterTable,
    ColumnDefinition,
    CreateDatabase,
    CreateTable,
    Definition,
    Drop,
    PartitionSpec,
    Show,
)
from sandbox.athena.hive.types import parse_hive_type

if TYPE_CHECKING:
    from collections.abc import Callable

_TOKEN = re.compile(
    r"""(?P<skip>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<string>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*")
    |(?P<quoted>`(?:[^`]|``)*`)
    |(?P<word>[A-Za-z0-9_$.{}-]*[A-Za-z_$][\w$.{}-]*)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<symbol>[<>!]=|<>|[^\s])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "'": "'", '"': '"', "\\": "\\"}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int

    @property
    def upper(self) -> str:
        return self.text.upper() if self.kind == "word" else self.text


def parse_definition(sql: str) -> Definition:
    """Read one statement of Hive's DDL.

    Raises:
        MalformedQueryError: it isn't written as Hive wants it; with the place.
        QueryError: it is, but asks for what Athena refuses.
    """
    return _Parser(sql).statement()


class _Parser:
    def __init__(self, sql: str) -> None:
        self._sql = sql
        self._tokens = [
            _Token(match.lastgroup or "", match[0], match.start())
            for match in _TOKEN.finditer(sql)
            if match.lastgroup != "skip"
        ]
        self._at = 0

    # Tokens

    def _peek(self, ahead: int = 0) -> _Token:
        at = self._at + ahead
        if at < len(self._tokens):
            return self._tokens[at]
        return _Token("end", "<EOF>", len(self._sql))

    def _next(self) -> _Token:
        token = self._peek()
        self._at += 1
        return token

    def _fail(self, token: _Token | None = None, expecting: str = "") -> NoReturn:
        token = token or self._peek()
        place = Position.of_offset(self._sql, token.start)
        if expecting:
            raise MalformedQueryError(
                f"mismatched input '{token.text}' expecting {expecting}", place
            )
        upto = self._sql[: token.start + len(token.text) if token.kind != "end" else None]
        raise MalformedQueryError(f"no viable alternative at input '{upto.lstrip()}'", place)

    def _has(self, *words: str) -> bool:
        return all(self._peek(index).upper == word for index, word in enumerate(words))

    def _take(self, *words: str) -> bool:
        if not self._has(*words):
            return False
        self._at += len(words)
        return True

    def _expect(self, *words: str) -> None:
        for word in words:
            if self._peek().upper != word:
                self._fail(expecting=f"'{word}'")
            self._at += 1

    def _string(self) -> str:
        token = self._next()
        if token.kind != "string":
            self._fail(token, "STRING")
        body = token.text[1:-1].replace("''", "'") if token.text[0] == "'" else token.text[1:-1]
        return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], "\\" + m[1]), body, flags=re.DOTALL)

    def _identifier(self, *, reserved: bool = False) -> str:
        token = self._next()
        if token.kind == "quoted":
            return token.text[1:-1].replace("``", "`").lower()
        if token.kind == "string" and token.text.startswith('"'):
            return token.text[1:-1].lower()
        if token.kind not in {"word", "number"}:
            self._fail(token)
        if not reserved and token.text.lower() in RESERVED:
            self._fail(token)
        return token.text.lower()

    def _name(self) -> tuple[str, ...]:
        parts: list[str] = []
        while True:
            token = self._peek()
            if token.kind == "word" and "." in token.text:
                self._at += 1
                parts += [part for part in token.text.lower().split(".") if part]
                if token.text.endswith("."):
                    continue
            else:
                parts.append(self._identifier(reserved=True))
            follower = self._peek()
            if follower.text == ".":
                self._at += 1
                continue
            if follower.kind == "word" and follower.text.startswith("."):
                continue
            return tuple(parts)

    def _end(self) -> None:
        if self._peek().kind != "end":
            self._fail(expecting="<EOF>")

    # Statements

    def statement(self) -> Definition:
        made: Definition
        if self._take("CREATE"):
            made = self._create()
        elif self._take("DROP"):
            made = self._drop()
        elif self._take("ALTER", "TABLE"):
            made = self._alter()
        elif self._take("MSCK"):
            self._expect("REPAIR", "TABLE")
            made = AlterTable(self._name(), "repair")
        elif self._take("SHOW"):
            made = self._show()
        elif self._take("DESCRIBE") or self._take("DESC"):
            made = self._describe()
        else:
            self._fail()
        self._end()
        return made

    def _create(self) -> Definition:
        if self._take("DATABASE") or self._take("SCHEMA"):
            return self._create_database()
        external = self._take("EXTERNAL")
        if not self._has("TABLE"):
            self._fail()
        self._at += 1
        missing = self._take("IF", "NOT", "EXISTS")
        name = self._name()
        columns: tuple[ColumnDefinition, ...] = ()
        if self._peek().text == "(":
            columns = self._columns()
        table = self._clauses(name, columns, if_not_exists=missing)
        iceberg = table.parameters.get("table_type", "").upper() == "ICEBERG"
        if not external and not iceberg:
            raise QueryError(
                "",
                "FAILED: SemanticException Only external table creation is supported; "
                "write CREATE EXTERNAL TABLE.",
            )
        if iceberg:
            raise QueryError("NOT_SUPPORTED", "The embedded Athena has no Iceberg tables")
        if not table.location:
            raise QueryError(
                "", "FAILED: SemanticException table is external but location is not specified"
            )
        if not table.location.startswith("s3://"):
            raise QueryError(
                "",
                f"FAILED: SemanticException '{table.location}' is no location in Amazon S3; it "
                "must begin with s3://",
            )
        return table

    def _columns(self) -> tuple[ColumnDefinition, ...]:
        self._expect("(")
        columns: list[ColumnDefinition] = []
        while True:
            name = self._identifier()
            kind = self._type()
            comment = self._string() if self._take("COMMENT") else ""
            columns.append(ColumnDefinition(name, kind, comment))
            token = self._next()
            if token.text == ")":
                break
            if token.text != ",":
                self._fail(token)
        seen: set[str] = set()
        for column in columns:
            if column.name in seen:
                raise QueryError(
                    "",
                    f"FAILED: SemanticException [Error 10036]: Duplicate column name: {column.name}",
                )
            seen.add(column.name)
        return tuple(columns)

    def _type(self) -> str:
        # The words up to the comma, bracket or COMMENT that ends the type.
        start = self._peek()
        pieces: list[str] = []
        depth = 0
        while True:
            token = self._peek()
            if token.kind == "end":
                self._fail()
            if depth == 0 and (
                token.text in {",", ")"} or token.upper == "COMMENT" or token.kind == "string"
            ):
                break
            depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(token.text, 0)
            pieces.append(token.text if token.kind == "quoted" else token.text.lower())
            self._at += 1
            if depth == 0 and self._peek().text not in {"<", "(", ",", ")"}:
                break
        if not pieces:
            self._fail(start)
        try:
            return str(parse_hive_type("".join(pieces)))
        except QueryError:
            self._fail(start)

    def _clauses(  # noqa: C901 - one case a clause
        self, name: tuple[str, ...], columns: tuple[ColumnDefinition, ...], *, if_not_exists: bool
    ) -> CreateTable:
        comment = location = serde = ""
        formats = ("", "")
        keys: tuple[ColumnDefinition, ...] = ()
        serde_parameters: dict[str, str] = {}
        parameters: dict[str, str] = {}
        buckets: tuple[tuple[str, ...], int] = ((), -1)
        stored_serde = ""
        while self._peek().kind != "end":
            if self._take("COMMENT"):
                comment = self._string()
            elif self._take("PARTITIONED", "BY"):
                keys = self._columns()
            elif self._take("CLUSTERED", "BY"):
                buckets = self._buckets()
            elif self._take("ROW", "FORMAT"):
                serde, more = self._row_format()
                serde_parameters |= more
            elif self._take("WITH", "SERDEPROPERTIES"):
                serde_parameters |= self._properties()
            elif self._take("STORED", "AS"):
                formats, stored_serde = self._stored_as()
            elif self._take("LOCATION"):
                location = self._string()
            elif self._take("TBLPROPERTIES"):
                parameters |= self._properties()
            else:
                self._fail()
        serde = serde or stored_serde or LAZY_SIMPLE
        formats = formats if formats[0] else (TEXT_INPUT, TEXT_OUTPUT)
        if any(key.name in {column.name for column in columns} for key in keys):
            raise QueryError(
                "",
                "FAILED: SemanticException [Error 10035]: Column repeated in partitioning columns",
            )
        if "serialization.format" not in serde_parameters:
            serde_parameters["serialization.format"] = serde_parameters.get("field.delim", "1")
        return CreateTable(
            name,
            columns,
            keys,
            location,
            formats[0],
            formats[1],
            serde,
            serde_parameters,
            parameters,
            comment,
            if_not_exists,
            buckets[0],
            buckets[1],
        )

    def _buckets(self) -> tuple[tuple[str, ...], int]:
        self._expect("(")
        names = [self._identifier()]
        while self._take(","):
            names.append(self._identifier())
        self._expect(")", "INTO")
        number = self._next()
        if number.kind != "number":
            self._fail(number)
        self._expect("BUCKETS")
        return tuple(names), int(number.text)

    def _row_format(self) -> tuple[str, dict[str, str]]:
        if self._take("SERDE"):
            serde = self._string()
            parameters = self._properties() if self._take("WITH", "SERDEPROPERTIES") else {}
            return serde, parameters
        self._expect("DELIMITED")
        found: dict[str, str] = {}
        while True:
            if self._take("FIELDS", "TERMINATED", "BY"):
                found["field.delim"] = self._string()
                if self._take("ESCAPED", "BY"):
                    found["escape.delim"] = self._string()
            elif self._take("ESCAPED", "BY"):
                found["escape.delim"] = self._string()
            elif self._take("COLLECTION", "ITEMS", "TERMINATED", "BY"):
                # Misspelt in Hive itself, and so in the catalog.
                found["colelction.delim"] = self._string()
            elif self._take("MAP", "KEYS", "TERMINATED", "BY"):
                found["mapkey.delim"] = self._string()
            elif self._take("LINES", "TERMINATED", "BY"):
                found["line.delim"] = self._string()
            elif self._take("NULL", "DEFINED", "AS"):
                found["serialization.null.format"] = self._string()
            else:
                return LAZY_SIMPLE, found

    def _stored_as(self) -> tuple[tuple[str, str], str]:
        if self._take("INPUTFORMAT"):
            input_format = self._string()
            self._expect("OUTPUTFORMAT")
            output = self._string()
            serde = next((s for i, _, s in STORED_AS.values() if i == input_format), "")
            return (input_format, output), serde if input_format != TEXT_INPUT else ""
        token = self._next()
        kind = STORED_AS.get(token.upper)
        if kind is None:
            self._fail(token)
        return kind[:2], kind[2]

    def _properties(self) -> dict[str, str]:
        self._expect("(")
        found: dict[str, str] = {}
        while True:
            name = self._string()
            self._expect("=")
            found[name] = self._string()
            token = self._next()
            if token.text == ")":
                return found
            if token.text != ",":
                self._fail(token)

    def _create_database(self) -> CreateDatabase:
        missing = self._take("IF", "NOT", "EXISTS")
        name = self._identifier(reserved=True)
        comment = location = ""
        parameters: dict[str, str] = {}
        while self._peek().kind != "end":
            if self._take("COMMENT"):
                comment = self._string()
            elif self._take("LOCATION"):
                location = self._string()
            elif self._take("WITH", "DBPROPERTIES"):
                parameters = self._properties()
            else:
                self._fail()
        return CreateDatabase(name, comment, location, parameters, missing)

    def _drop(self) -> Drop:
        token = self._next()
        kind = {"DATABASE": "database", "SCHEMA": "database", "TABLE": "table", "VIEW": "view"}.get(
            token.upper
        )
        if kind is None:
            self._fail(token)
        exists = self._take("IF", "EXISTS")
        name = self._name()
        cascade = self._take("CASCADE")
        if not cascade:
            self._take("RESTRICT")
        return Drop(kind, name, exists, cascade)

    def _show(self) -> Show:  # noqa: C901 - one case a statement
        if self._take("DATABASES") or self._take("SCHEMAS"):
            return Show("databases", (), self._like())
        if self._take("CREATE", "TABLE"):
            return Show("create_table", self._name())
        if self._take("CREATE", "VIEW"):
            return Show("create_view", self._name())
        if self._take("TBLPROPERTIES"):
            name = self._name()
            pattern = ""
            if self._take("("):
                pattern = self._string()
                self._expect(")")
            return Show("tblproperties", name, pattern)
        for word, what in (("TABLES", "tables"), ("VIEWS", "views")):
            if self._take(word):
                name = self._name() if self._take("IN") or self._take("FROM") else ()
                return Show(what, name, self._like())
        if self._take("PARTITIONS"):
            return Show("partitions", self._name())
        self._expect("COLUMNS")
        if not (self._take("IN") or self._take("FROM")):
            self._fail(expecting="{'FROM', 'IN'}")
        name = self._name()
        if self._take("IN") or self._take("FROM"):
            name = (*self._name(), *name)
        return Show("columns", name)

    def _like(self) -> str:
        self._take("LIKE")
        return self._string() if self._peek().kind == "string" else ""

    def _describe(self) -> Show:
        extended = self._take("EXTENDED") or self._take("FORMATTED")
        self._take("TABLE")
        if self._take("DATABASE") or self._take("SCHEMA"):
            self._fail()
        return Show("describe", self._name(), extended=extended)

    def _alter(self) -> AlterTable:  # noqa: RET503 - _fail never returns
        name = self._name()
        actions: dict[tuple[str, ...], Callable[[], AlterTable]] = {
            ("ADD", "COLUMNS"): lambda: AlterTable(name, "add_columns", columns=self._columns()),
            ("REPLACE", "COLUMNS"): lambda: AlterTable(
                name, "replace_columns", columns=self._columns()
            ),
            ("SET", "TBLPROPERTIES"): lambda: AlterTable(
                name, "set_properties", parameters=self._properties()
            ),
            ("SET", "LOCATION"): lambda: AlterTable(name, "set_location", location=self._string()),
        }
        for words, make in actions.items():
            if self._take(*words):
                return make()
        if self._take("ADD"):
            lenient = self._take("IF", "NOT", "EXISTS")
            found = [self._partition()]
            while self._has("PARTITION"):
                found.append(self._partition())
            return AlterTable(name, "add_partitions", tuple(found), lenient=lenient)
        if self._take("DROP"):
            lenient = self._take("IF", "EXISTS")
            found = [self._partition()]
            while self._take(","):
                found.append(self._partition())
            return AlterTable(name, "drop_partitions", tuple(found), lenient=lenient)
        self._fail()

    def _partition(self) -> PartitionSpec:
        self._expect("PARTITION", "(")
        values: dict[str, str] = {}
        while True:
            key = self._identifier(reserved=True)
            self._expect("=")
            token = self._peek()
            values[key] = self._string() if token.kind == "string" else self._next().text
            token = self._next()
            if token.text == ")":
                break
            if token.text != ",":
                self._fail(token)
        location = self._string() if self._take("LOCATION") else ""
        return PartitionSpec(values, location)

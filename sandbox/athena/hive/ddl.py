"""Hive's data definition language, as Athena takes it, read into plain data."""

import re
from typing import TYPE_CHECKING

from common.s3 import S3Uri, S3UriError
from sandbox.athena.errors import (
    GENERIC_USER_TYPE,
    HiveError,
    MalformedQueryError,
    Position,
    QueryError,
)
from sandbox.athena.hive.model import (
    LAZY_SIMPLE,
    OPENX,
    OPENX_OUTPUT,
    RESERVED,
    STORED_AS,
    TEXT_INPUT,
    TEXT_OUTPUT,
    AlterDatabase,
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
from sandbox.athena.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable


_ICEBERG = re.compile(r"""['"]table_type['"]\s*=\s*['"]iceberg['"]""", re.IGNORECASE)


def parse_definition(sql: str) -> Definition:
    """Read one statement of Hive's DDL.

    Raises:
        MalformedQueryError: it isn't written as Hive wants it; with the place.
        QueryError: it is, but asks for what Athena refuses.
    """
    return DefinitionReader(sql).read()


class DefinitionReader(Tokens):
    """Reads a definition from its tokens."""

    def read(self) -> Definition:
        """Read the whole statement."""
        made: Definition
        if self.take("CREATE"):
            made = self._create()
        elif self.take("DROP"):
            made = self._drop()
        elif self.take("ALTER", "DATABASE") or self.take("ALTER", "SCHEMA"):
            made = self._alter_database()
        elif self.take("ALTER", "TABLE"):
            made = self._alter()
        elif self.take("MSCK"):
            self.expect("REPAIR", "TABLE")
            made = AlterTable(self.name(), "repair")
        elif self.take("SHOW"):
            made = self._show()
        elif self.take("DESCRIBE") or self.take("DESC"):
            made = self._describe()
        else:
            self.fail()
        self.finish()
        return made

    def name(self) -> tuple[str, ...]:
        """The parts of the name of a table, which Hive takes in backticks, not in double quotes."""
        begin = self._at
        parts = super().name()
        if error := self._quoted(begin):
            raise error
        return parts

    def _quoted(self, begin: int) -> MalformedQueryError | None:
        read = self._tokens[begin : self._at]
        return next((self.unexpected(token) for token in read if token.kind == "string"), None)

    def _create(self) -> Definition:
        if self.take("DATABASE") or self.take("SCHEMA"):
            return self._create_database()
        external = self.take("EXTERNAL")
        if not self.has("TABLE"):
            self.fail()
        self.next()
        if not external and _ICEBERG.search(self.sql):
            # Before its clauses: partitions are transforms there.
            raise QueryError(
                "NOT_SUPPORTED", "The embedded Athena has no Iceberg tables: CREATE TABLE makes one"
            )
        missing = self.take("IF", "NOT", "EXISTS")
        name = self.name()
        columns: tuple[ColumnDefinition, ...] = ()
        if self.peek().text == "(":
            columns = self._columns()
        table = self._clauses(name, columns, if_not_exists=missing)
        # Both as recorded on AWS (aoyagikouhei/athena-local, docs/dev/measurements/statements.md), as
        # are the names and the forms of ALTER TABLE that are refused here.
        if not external and table.location:
            raise MalformedQueryError("External keyword required for table type HIVE")
        if not external:
            raise MalformedQueryError(
                "No location was specified for table. An S3 location must be specified"
            )
        if not table.location:
            raise HiveError("SemanticException table is external but location is not specified")
        try:
            S3Uri.parse(table.location)
        except S3UriError as error:
            raise HiveError(
                f"SemanticException '{table.location}' is not a location in Amazon S3; it "
                "must begin with s3://",
            ) from error
        return table

    def _columns(self) -> tuple[ColumnDefinition, ...]:
        self.expect("(")
        columns: list[ColumnDefinition] = []
        while True:
            name = self.identifier(RESERVED)
            kind = self._type()
            comment = self.string() if self.take("COMMENT") else ""
            columns.append(ColumnDefinition(name, kind, comment))
            token = self.next()
            if token.text == ")":
                break
            if token.text != ",":
                self.fail(token)
        seen: set[str] = set()
        for column in columns:
            if column.name in seen:
                raise HiveError(
                    f"SemanticException [Error 10036]: Duplicate column name: {column.name}",
                )
            seen.add(column.name)
        return tuple(columns)

    def _type(self) -> str:
        # The words up to the comma, bracket or COMMENT that ends the type.
        start = self.peek()
        pieces: list[str] = []
        depth = 0
        while True:
            token = self.peek()
            if token.kind == "end":
                self.fail()
            if depth == 0 and (
                token.text in {",", ")"} or token.upper == "COMMENT" or token.kind == "string"
            ):
                break
            depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(token.text, 0)
            pieces.append(token.text if token.kind == "quoted" else token.text.lower())
            self.next()
            if depth == 0 and self.peek().text not in {"<", "(", ",", ")"}:
                break
        if not pieces:
            self.fail(start)
        try:
            return str(parse_hive_type("".join(pieces)))
        except QueryError:
            self.fail(start)

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
        while self.peek().kind != "end":
            if self.take("COMMENT"):
                comment = self.string()
            elif self.take("PARTITIONED", "BY"):
                keys = self._columns()
            elif self.take("CLUSTERED", "BY"):
                buckets = self._buckets()
            elif self.take("ROW", "FORMAT"):
                serde, more = self._row_format()
                serde_parameters |= more
            elif self.take("WITH", "SERDEPROPERTIES"):
                serde_parameters |= self._properties()
            elif self.take("STORED", "AS"):
                formats, stored_serde = self._stored_as()
            elif self.take("LOCATION"):
                location = _without_last_slash(self.string())
            elif self.take("TBLPROPERTIES"):
                parameters |= self._properties()
            else:
                self.fail()
        serde = serde or stored_serde or LAZY_SIMPLE
        text = (TEXT_INPUT, OPENX_OUTPUT if serde == OPENX else TEXT_OUTPUT)
        formats = formats if formats[0] else text
        if any(key.name in {column.name for column in columns} for key in keys):
            raise HiveError(
                "SemanticException [Error 10035]: Column repeated in partitioning columns",
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
        self.expect("(")
        names = [self.identifier(RESERVED)]
        while self.take(","):
            names.append(self.identifier(RESERVED))
        self.expect(")", "INTO")
        number = self.next()
        if number.kind != "number":
            self.fail(number)
        self.expect("BUCKETS")
        return tuple(names), int(number.text)

    def _row_format(self) -> tuple[str, dict[str, str]]:
        if self.take("SERDE"):
            serde = self.string()
            parameters = self._properties() if self.take("WITH", "SERDEPROPERTIES") else {}
            return serde, parameters
        self.expect("DELIMITED")
        found: dict[str, str] = {}
        while True:
            if self.take("FIELDS", "TERMINATED", "BY"):
                found["field.delim"] = self.string()
                if self.take("ESCAPED", "BY"):
                    found["escape.delim"] = self.string()
            elif self.take("ESCAPED", "BY"):
                found["escape.delim"] = self.string()
            elif self.take("COLLECTION", "ITEMS", "TERMINATED", "BY"):
                # Misspelt in Hive itself, and so in the catalog.
                found["colelction.delim"] = self.string()
            elif self.take("MAP", "KEYS", "TERMINATED", "BY"):
                found["mapkey.delim"] = self.string()
            elif self.take("LINES", "TERMINATED", "BY"):
                found["line.delim"] = self.string()
            elif self.take("NULL", "DEFINED", "AS"):
                found["serialization.null.format"] = self.string()
            else:
                return LAZY_SIMPLE, found

    def _stored_as(self) -> tuple[tuple[str, str], str]:
        if self.take("INPUTFORMAT"):
            input_format = self.string()
            self.expect("OUTPUTFORMAT")
            output = self.string()
            serde = next((s for i, _, s in STORED_AS.values() if i == input_format), "")
            return (input_format, output), serde if input_format != TEXT_INPUT else ""
        token = self.next()
        kind = STORED_AS.get(token.upper)
        if kind is None:
            self.fail(token)
        return kind[:2], kind[2]

    def _properties(self) -> dict[str, str]:
        self.expect("(")
        found: dict[str, str] = {}
        while True:
            name = self.string()
            self.expect("=")
            found[name] = self.string()
            token = self.next()
            if token.text == ")":
                return found
            if token.text != ",":
                self.fail(token)

    def _create_database(self) -> CreateDatabase:
        missing = self.take("IF", "NOT", "EXISTS")
        name = self.identifier()
        comment = location = ""
        parameters: dict[str, str] = {}
        while self.peek().kind != "end":
            if self.take("COMMENT"):
                comment = self.string()
            elif self.take("LOCATION"):
                location = self.string()
            elif self.take("WITH", "DBPROPERTIES"):
                parameters = self._properties()
            else:
                self.fail()
        return CreateDatabase(name, comment, location, parameters, missing)

    def _drop(self) -> Drop:
        token = self.next()
        kind = {"DATABASE": "database", "SCHEMA": "database", "TABLE": "table", "VIEW": "view"}.get(
            token.upper
        )
        if kind is None:
            self.fail(token)
        exists = self.take("IF", "EXISTS")
        name = self.name() if kind == "table" else super().name()
        cascade = self.take("CASCADE")
        if not cascade:
            self.take("RESTRICT")
        return Drop(kind, name, exists, cascade)

    def _show(self) -> Show:  # noqa: C901 - one case a statement
        if self.take("DATABASES") or self.take("SCHEMAS"):
            return Show("databases", (), self._like())
        if self.take("CREATE", "TABLE"):
            return Show("create_table", self.name())
        if self.take("CREATE", "VIEW"):
            return Show("create_view", super().name())
        if self.take("TBLPROPERTIES"):
            name = self.name()
            pattern = ""
            if self.take("("):
                pattern = self.string()
                self.expect(")")
            return Show("tblproperties", name, pattern)
        for word, what, read in (
            ("TABLES", "tables", self.name),
            ("VIEWS", "views", super().name),
        ):
            if self.take(word):
                name = read() if self.take("IN") or self.take("FROM") else ()
                return Show(what, name, self._like())
        if self.take("PARTITIONS"):
            return Show("partitions", self.name())
        self.expect("COLUMNS")
        if not (self.take("IN") or self.take("FROM")):
            self.fail(expecting="{'FROM', 'IN'}")
        begin = self._at
        name = super().name()
        if self.take("IN") or self.take("FROM"):
            name = (*super().name(), *name)
        return Show("columns", name, refusal=self._quoted(begin))

    def _like(self) -> str:
        self.take("LIKE")
        return self.string() if self.peek().kind == "string" else ""

    def _describe(self) -> Show:
        detail = next((word for word in ("EXTENDED", "FORMATTED") if self.take(word)), "")
        if not self.take("TABLE"):
            self.take("VIEW")
        if self.take("DATABASE") or self.take("SCHEMA"):
            self.fail()
        begin = self._at
        name = super().name()
        quoted = self._quoted(begin)
        partition = self._partition() if self.has("PARTITION") else None
        path = "" if self.peek().kind == "end" else self.next().text
        while path.endswith(".") or self.peek().text.startswith("."):
            path += self.next().text
        # Hive's names of what is in arrays and maps stand in quotes: a.'$elem$'
        column = tuple(part.strip("'`").lower() for part in path.split(".")) if path else ()
        return Show(
            "describe", name, detail=detail, partition=partition, column=column, refusal=quoted
        )

    def _alter(self) -> AlterTable:
        name = self.name()
        if self.has("PARTITION"):
            return self._alter_partition(name)
        if self.take("SET", "TBLPROPERTIES"):
            return AlterTable(name, "set_properties", parameters=self._properties())
        if made := self._alter_storage(name, ()):
            return made
        if self.has("UNSET", "TBLPROPERTIES"):
            raise QueryError(
                "NOT_SUPPORTED",
                "The embedded Athena has no Iceberg tables, which alone have ALTER TABLE ... "
                "UNSET TBLPROPERTIES",
            )
        if self.take("SET"):
            self.fail()
        if self.take("RENAME"):
            return self._rename(name)
        return self._alter_partitions(name)

    def _alter_partitions(self, name: tuple[str, ...]) -> AlterTable:  # noqa: RET503 - as above
        if self.take("ADD"):
            if self.has("COLUMN"):
                self.fail()
            lenient = self.take("IF", "NOT", "EXISTS")
            found = [self._partition()]
            while self.has("PARTITION"):
                found.append(self._partition())
            return AlterTable(name, "add_partitions", tuple(found), lenient=lenient)
        if self.take("DROP"):
            if self.has("COLUMN"):
                return self._drop_column(name)
            lenient = self.take("IF", "EXISTS")
            found = [self._partition()]
            while self.take(","):
                found.append(self._partition())
            return AlterTable(name, "drop_partitions", tuple(found), lenient=lenient)
        self.fail()

    def _rename(self, name: tuple[str, ...]) -> AlterTable:
        if not self.take("TO"):
            place = Position.of_offset(self.sql, self.peek().start)
            raise MalformedQueryError(f"missing 'TO' at '{self.peek().text}'", place)
        self.name()
        return AlterTable(name, "rename")

    def _drop_column(self, name: tuple[str, ...]) -> AlterTable:
        word = self.next()
        self.identifier()
        self.finish()
        place = Position.of_offset(self.sql, word.start)
        failure = HiveError(
            f"ParseException line {place.line}:{place.column - 1} mismatched input '{word.text}' "
            "expecting PARTITION near 'DROP' in drop partition statement",
            GENERIC_USER_TYPE,
            told=f"line {place.line}:{place.column}: mismatched input '{word.text}' "
            "expecting 'PARTITION'",
        )
        return AlterTable(name, "drop_column", failure=failure)

    def _alter_partition(self, name: tuple[str, ...]) -> AlterTable:
        old = self._partition()
        if made := self._alter_storage(name, (old,)):
            return made
        self.expect("RENAME", "TO")
        return AlterTable(name, "rename_partition", (old, self._partition()))

    def _alter_storage(
        self, name: tuple[str, ...], partitions: tuple[PartitionSpec, ...]
    ) -> AlterTable | None:
        """What is said of a table or of one of its partitions alike."""
        actions: dict[tuple[str, ...], Callable[[], AlterTable]] = {
            ("ADD", "COLUMNS"): lambda: AlterTable(
                name, "add_columns", partitions, columns=self._columns()
            ),
            ("REPLACE", "COLUMNS"): lambda: AlterTable(
                name, "replace_columns", partitions, columns=self._columns()
            ),
            ("CHANGE",): lambda: self._change_column(name, partitions),
            ("SET", "LOCATION"): lambda: AlterTable(
                name, "set_location", partitions, location=self.string()
            ),
        }
        return next((make() for words, make in actions.items() if self.take(*words)), None)

    def _change_column(
        self, name: tuple[str, ...], partitions: tuple[PartitionSpec, ...]
    ) -> AlterTable:
        self.take("COLUMN")
        old = self.identifier()
        new, kind = self.identifier(RESERVED), self._type()
        comment = self.string() if self.take("COMMENT") else ""
        place = "" if self.take("FIRST") else self.identifier() if self.take("AFTER") else None
        column = ColumnDefinition(new, kind, comment)
        return AlterTable(
            name, "change_column", partitions, columns=(column,), changed=old, place=place
        )

    def _alter_database(self) -> AlterDatabase:
        name = self.identifier()
        self.expect("SET", "DBPROPERTIES")
        return AlterDatabase(name, self._properties())

    def _partition(self) -> PartitionSpec:
        self.expect("PARTITION", "(")
        values: dict[str, str] = {}
        while True:
            key = self.identifier()
            self.expect("=")
            token = self.peek()
            values[key] = self.string() if token.kind == "string" else self.next().text
            token = self.next()
            if token.text == ")":
                break
            if token.text != ",":
                self.fail(token)
        location = self.string() if self.take("LOCATION") else ""
        return PartitionSpec(values, location)


def _without_last_slash(location: str) -> str:
    """A location as Hive keeps it: a path, of which only a bucket's root ends with a slash."""
    path = location.rstrip("/")
    return path if path.count("/") > 2 else location  # noqa: PLR2004 - s3://bucket

"""Hive's column types, as the Data Catalog holds them, and what they are elsewhere."""

import re
from dataclasses import dataclass, field

import pyarrow as pa

from sandbox.athena.errors import QueryError

_TOKEN = re.compile(r"\s*([A-Za-z_$][\w$.\-]*(?: +precision)?|`[^`]*`|\d[\w.\-]*|[<>(),:])\s*")

_ALIASES = {
    "integer": "int",
    "long": "bigint",
    "short": "smallint",
    "byte": "tinyint",
    "real": "float",
    "bool": "boolean",
    "dec": "decimal",
    "numeric": "decimal",
    "double precision": "double",
    "varbinary": "binary",
}

_ARROW: dict[str, pa.DataType] = {
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "string": pa.string(),
    "varchar": pa.string(),
    "char": pa.string(),
    "binary": pa.binary(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}

_ATHENA = {
    "int": "integer",
    "float": "real",
    "string": "varchar",
    "binary": "varbinary",
    "timestamp": "timestamp(3)",
}

_DUCKDB = {
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "float": "REAL",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "string": "VARCHAR",
    "varchar": "VARCHAR",
    "char": "VARCHAR",
    "binary": "BLOB",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


@dataclass(frozen=True)
class HiveType:
    """One Hive type: `array<struct<a:int>>` has kind array, one child, and so on.

    Attributes:
        kind: the lower-case base name in Hive's spelling (int, bigint, string, array, ...).
        parameters: (precision, scale) of a decimal, (length,) of a varchar or char.
        children: element of an array; key and value of a map; fields of a struct.
        names: the field names of a struct, lower case.
    """

    kind: str
    parameters: tuple[int, ...] = ()
    children: tuple["HiveType", ...] = ()
    names: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        if self.kind == "struct":
            inner = ",".join(f"{n}:{c}" for n, c in zip(self.names, self.children, strict=True))
            return f"struct<{inner}>"
        if self.children:
            return f"{self.kind}<{','.join(map(str, self.children))}>"
        if self.parameters:
            return f"{self.kind}({','.join(map(str, self.parameters))})"
        return self.kind

    def arrow(self) -> pa.DataType:
        """Give the Arrow type that holds this type's values."""
        if self.kind == "decimal":
            return pa.decimal128(*self.parameters)
        if self.kind == "array":
            return pa.list_(self.children[0].arrow())
        if self.kind == "map":
            return pa.map_(self.children[0].arrow(), self.children[1].arrow())
        if self.kind == "struct":
            fields = zip(self.names, self.children, strict=True)
            return pa.struct([pa.field(name, child.arrow()) for name, child in fields])
        return _ARROW[self.kind]

    def athena(self) -> str:
        """Name the type as Athena's SQL does: `row(a integer, b varchar)`."""
        if self.kind == "struct":
            fields = zip(self.names, self.children, strict=True)
            return f"row({', '.join(f'{name} {child.athena()}' for name, child in fields)})"
        if self.children:
            return f"{self.kind}({', '.join(child.athena() for child in self.children)})"
        if self.parameters:
            return f"{self.kind}({','.join(map(str, self.parameters))})"
        return _ATHENA.get(self.kind, self.kind)

    def duckdb(self) -> str:
        """Name the type in DuckDB's SQL."""
        if self.kind == "decimal":
            return f"DECIMAL({self.parameters[0]}, {self.parameters[1]})"
        if self.kind == "array":
            return f"{self.children[0].duckdb()}[]"
        if self.kind == "map":
            return f"MAP({self.children[0].duckdb()}, {self.children[1].duckdb()})"
        if self.kind == "struct":
            fields = zip(self.names, self.children, strict=True)
            quoted = (f'"{name}" {child.duckdb()}' for name, child in fields)
            return f"STRUCT({', '.join(quoted)})"
        return _DUCKDB[self.kind]


@dataclass(frozen=True)
class Column:
    """One declared column; the name is lower case."""

    name: str
    type: HiveType
    comment: str = ""


def parse_hive_type(text: str) -> HiveType:
    """Read a type as the Data Catalog spells it.

    Raises:
        QueryError: the text is not a Hive type (HIVE_INVALID_METADATA, as Athena calls it).
    """
    tokens: list[str] = []
    at = 0
    stripped = text.strip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None:
            raise _invalid(text)
        tokens.append(match[1])
        at = match.end()
    parsed, rest = _parse(tokens, text)
    if rest:
        raise _invalid(text)
    return parsed


def _invalid(text: str) -> QueryError:
    return QueryError("HIVE_INVALID_METADATA", f"'{text}' is not a valid Hive column type.")


def _parse(tokens: list[str], text: str) -> tuple[HiveType, list[str]]:
    if not tokens:
        raise _invalid(text)
    kind = re.sub(r"\s+", " ", tokens[0].lower())
    kind = _ALIASES.get(kind, kind)
    rest = tokens[1:]
    if kind in {"array", "map", "struct"}:
        return _parse_nested(kind, rest, text)
    if kind == "decimal":
        parameters, rest = _parse_parameters(rest, text)
        precision, scale = (*parameters, 0)[:2] if parameters else (10, 0)
        if not 1 <= precision <= 38 or scale > precision:  # noqa: PLR2004 - Hive's own limits
            raise _invalid(text)
        return HiveType("decimal", (precision, scale)), rest
    if kind not in _ARROW:
        raise _invalid(text)
    parameters, rest = _parse_parameters(rest, text)
    return HiveType(kind, parameters if kind in {"varchar", "char"} else ()), rest


def _parse_parameters(tokens: list[str], text: str) -> tuple[tuple[int, ...], list[str]]:
    if not tokens or tokens[0] != "(":
        return (), tokens
    if ")" not in tokens:
        raise _invalid(text)
    end = tokens.index(")")
    numbers = [item for item in tokens[1:end] if item != ","]
    if not all(number.isdigit() for number in numbers):
        raise _invalid(text)
    return tuple(map(int, numbers)), tokens[end + 1 :]


def _parse_nested(kind: str, tokens: list[str], text: str) -> tuple[HiveType, list[str]]:
    if not tokens or tokens[0] != "<":
        raise _invalid(text)
    rest = tokens[1:]
    names: list[str] = []
    children: list[HiveType] = []
    while True:
        if kind == "struct":
            if len(rest) < 2 or rest[1] != ":":  # noqa: PLR2004 - a name and its colon
                raise _invalid(text)
            names.append(rest[0].strip("`").lower())
            rest = rest[2:]
        child, rest = _parse(rest, text)
        children.append(child)
        if not rest or rest[0] not in {",", ">"}:
            raise _invalid(text)
        ends, rest = rest[0] == ">", rest[1:]
        if ends:
            break
    expected = {"array": 1, "map": 2}.get(kind, len(children))
    if len(children) != expected:
        raise _invalid(text)
    return HiveType(kind, (), tuple(children), tuple(names)), rest


def split_top_level(text: str) -> list[str]:
    """Split at the commas that stand in no bracket."""
    parts, depth = [""], 0
    for char in text:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]

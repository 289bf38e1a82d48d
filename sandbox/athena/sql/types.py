"""Athena's SQL types by name, and the few rules of theirs that differ from DuckDB's."""

import re
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from sandbox.athena.hive.types import split_top_level

INTEGERS = ("tinyint", "smallint", "integer", "bigint")
_DECIMAL_DIGITS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}
_MAX_PRECISION = 38


def decimal_of(kind: str | None) -> tuple[int, int] | None:
    """Give (precision, scale) of a decimal or integer type, else None."""
    if kind in _DECIMAL_DIGITS:
        return _DECIMAL_DIGITS[kind], 0
    match = re.fullmatch(r"decimal\((\d+),\s*(\d+)\)", kind or "")
    return (int(match[1]), int(match[2])) if match else None


def is_decimal(kind: str | None) -> bool:
    """Tell a decimal type."""
    return kind is not None and kind.startswith("decimal")


def family(kind: str | None) -> str | None:
    """Name what a type compares with; None where nothing is known."""
    if kind is None or kind == "unknown":
        return None
    base = kind.split("(")[0].split(" ")[0]
    if base in {*INTEGERS, "decimal", "double", "real"}:
        return "number"
    if base in {"varchar", "char"}:
        return "text"
    # A date and a timestamp compare; so do all timestamps.
    if base in {"date", "timestamp"}:
        return "time"
    if base in {"boolean", "varbinary", "json", "interval", "uuid"}:
        return base
    return None


def of_digits(text: str) -> str:
    """Name the decimal type of a literal, `1.50` or `-1.50`."""
    whole, _, fraction = text.strip().lstrip("+-").partition(".")
    digits = len(whole.lstrip("0")) + len(fraction)
    return f"decimal({max(digits, 1)},{len(fraction)})"


def arithmetic(operator: str, left: str | None, right: str | None) -> str | None:
    """Tell the type of `left operator right`; None where it isn't known."""
    if left is None or right is None:
        return None
    families = {family(left), family(right)}
    if "time" in families and families <= {"time", "interval", None}:
        if left == "date" or right == "date":
            return "date" if "interval" in families else None
        return left if family(left) == "time" else right
    if families != {"number"}:
        return None
    if "double" in {left, right}:
        return "double"
    if "real" in {left, right}:
        return "real"
    if left in INTEGERS and right in INTEGERS:
        return max(left, right, key=INTEGERS.index)
    return _decimal_result(operator, left, right)


def _decimal_result(operator: str, left: str, right: str) -> str | None:
    first, second = decimal_of(left), decimal_of(right)
    if first is None or second is None:
        return None
    (p1, s1), (p2, s2) = first, second
    if operator == "*":
        precision, scale = p1 + p2, s1 + s2
    elif operator == "/":
        precision, scale = p1 + s2 + max(0, s2 - s1), max(s1, s2)
    elif operator == "%":
        precision, scale = min(p2 - s2, p1 - s1) + max(s1, s2), max(s1, s2)
    else:
        scale = max(s1, s2)
        precision = max(p1 - s1, p2 - s2) + scale + 1
    return f"decimal({min(_MAX_PRECISION, precision)},{scale})"


def common(kinds: list[str | None]) -> str | None:
    """Tell the type that all of these are coerced to; None where it isn't known."""
    known = [kind for kind in kinds if kind != "unknown"]
    if not known:
        return "unknown"
    result = known[0]
    for kind in known[1:]:
        if result is None or kind is None:
            return None
        if kind == result:
            continue
        if family(kind) == family(result) == "number":
            result = arithmetic("+", result, kind)
            if is_decimal(result):
                precision, scale = decimal_of(result) or (_MAX_PRECISION, 0)
                result = f"decimal({max(precision - 1, 1)},{scale})"
        elif family(kind) == family(result) == "text":
            result = "varchar"
        else:
            return None
    return result


_DATA_TYPES = {
    "INT": "integer",
    "FLOAT": "real",
    "TEXT": "varchar",
    "TIMESTAMPTZ": "timestamp(3) with time zone",
    "TIMESTAMP": "timestamp(3)",
    "TIMESTAMPNTZ": "timestamp(3)",
    "STRUCT": "row",
}


def of_data_type(kind: exp.DataType) -> str | None:
    """Name a type as written in a CAST."""
    if isinstance(kind.this, str) or kind.this is None:
        return None
    name = str(kind.this.name)
    if name == "DECIMAL":
        numbers = [item.name for item in kind.expressions]
        precision, scale = (*numbers, "0")[:2] if numbers else ("38", "0")
        return f"decimal({precision},{scale})"
    if name in {"VARCHAR", "CHAR"} and kind.expressions:
        return f"{name.lower()}({kind.expressions[0].name})"
    if name == "ARRAY" and kind.expressions:
        element = of_data_type(kind.expressions[0])
        return f"array({element})" if element else None
    if name in {"ARRAY", "MAP", "STRUCT"}:
        return None
    return _DATA_TYPES.get(name, name.lower())


def element_of(kind: str | None) -> str | None:
    """Tell the element type of an array type."""
    if kind and kind.startswith("array(") and kind.endswith(")"):
        return kind[len("array(") : -1]
    return None


def item_of(kind: str | None) -> str | None:
    """Tell what `[...]` takes out of an array or a map."""
    if kind and kind.startswith("map("):
        return [*parts_of(kind), ""][1] or None
    return element_of(kind)


def parts_of(kind: str | None) -> list[str]:
    """Split `map(k, v)` or `row(a t, b u)` into what stands between its commas."""
    if not kind or "(" not in kind or not kind.endswith(")"):
        return []
    return split_top_level(kind[kind.index("(") + 1 : -1])


def field_of(kind: str | None, name: str) -> str | None:
    """Tell the type of a row's field."""
    if not kind or not kind.startswith("row("):
        return None
    for part in parts_of(kind):
        field, _, field_type = part.partition(" ")
        if field.strip('"').lower() == name.lower():
            return field_type
    return None


_PRECISIONS = {
    "tinyint": 3,
    "smallint": 5,
    "integer": 10,
    "bigint": 19,
    "float": 17,
    "double": 17,
    "varchar": 2147483647,
    "varbinary": 1073741824,
    "timestamp": 3,
    "timestamp with time zone": 3,
}


@dataclass(frozen=True)
class ResultColumn:
    """One column of a result: its name and Athena's name of its type, such as `decimal`."""

    name: str
    type: str
    precision: int = 0
    scale: int = 0

    def info(self) -> dict[str, Any]:
        """Describe the column as ResultSetMetadata does."""
        return {
            "CatalogName": "hive",
            "SchemaName": "",
            "TableName": "",
            "Name": self.name,
            "Label": self.name,
            "Type": self.type,
            "Precision": self.precision,
            "Scale": self.scale,
            "Nullable": "UNKNOWN",
            "CaseSensitive": self.type in {"varchar", "char"},
        }


_SIMPLE = {
    "TINYINT": "tinyint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "HUGEINT": "bigint",
    "UBIGINT": "bigint",
    "UINTEGER": "bigint",
    "USMALLINT": "integer",
    "UTINYINT": "smallint",
    "UHUGEINT": "bigint",
    "FLOAT": "float",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "VARCHAR": "varchar",
    "BLOB": "varbinary",
    "DATE": "date",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "JSON": "json",
    "UUID": "uuid",
    "INTERVAL": "interval day to second",
    '"NULL"': "unknown",
    "NULL": "unknown",
}


def result_column(name: str, duckdb_type: str) -> ResultColumn:
    """Describe a column of DuckDB's as Athena would."""
    decimal = re.fullmatch(r"DECIMAL\((\d+), ?(\d+)\)", duckdb_type)
    if decimal:
        return ResultColumn(name, "decimal", int(decimal[1]), int(decimal[2]))
    kind = _SIMPLE.get(duckdb_type)
    if kind is None:
        kind = "varchar"
        if duckdb_type.endswith("]"):
            kind = "array"
        elif duckdb_type.startswith("MAP("):
            kind = "map"
        elif duckdb_type.startswith(("STRUCT(", "TUPLE(")):
            kind = "row"
    return ResultColumn(name, kind, _PRECISIONS.get(kind, 0))


def athena_type(duckdb_type: str) -> str:
    """Name a DuckDB type as Athena's SQL does, nested ones whole: `array(integer)`."""
    if duckdb_type.endswith("[]"):
        return f"array({athena_type(duckdb_type[:-2])})"
    nested = re.fullmatch(r"(MAP|STRUCT|TUPLE)\((.*)\)", duckdb_type, re.DOTALL)
    if nested is None:
        column = result_column("", duckdb_type)
        if column.type == "decimal":
            return f"decimal({column.precision},{column.scale})"
        renamed = {
            "float": "real",
            "timestamp": "timestamp(3)",
            "timestamp with time zone": "timestamp(3) with time zone",
        }
        return renamed.get(column.type, column.type)
    parts = split_top_level(nested[2])
    if nested[1] == "MAP":
        return f"map({', '.join(athena_type(part) for part in parts)})"
    if nested[1] == "TUPLE":
        named = (f"field{index} {athena_type(part)}" for index, part in enumerate(parts))
        return f"row({', '.join(named)})"
    fields = []
    for part in parts:
        field = re.match(r'("(?:[^"]|"")*"|\S+)\s+(.*)', part, re.DOTALL)
        if field is None:
            fields.append(athena_type(part))
        else:
            fields.append(f"{field[1].strip(chr(34))} {athena_type(field[2])}")
    return f"row({', '.join(fields)})"

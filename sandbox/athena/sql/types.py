"""Athena's SQL types by name, and the few rules of theirs that differ from DuckDB's."""

import re

from sqlglot import exp

from sandbox.athena.sql.values import split_top_level

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

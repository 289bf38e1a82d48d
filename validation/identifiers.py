import re

# What the Data Catalog, Athena and this project agree on: lower case, no quoting needed.
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,254}")


def is_identifier(text: str) -> bool:
    """Whether `text` may stand as a table or column name in SQL of this package."""
    return _IDENTIFIER.fullmatch(text) is not None


def quoted(name: str) -> str:
    """`name` as a quoted Athena identifier.

    Raises:
        ValueError: the name is not one that may stand in SQL.
    """
    if not is_identifier(name):
        raise ValueError(f"{name!r} is not a name that may stand in SQL")
    return f'"{name}"'

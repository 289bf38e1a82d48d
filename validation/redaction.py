"""Redaction of what AWS says: it may quote a table's values, which are not for everybody's eyes."""

import re

_ADDRESS = re.compile(r"[^\s'\"<>()\[\]{},;:=]+@[^\s'\"<>()\[\]{},;:=]+")
# As Athena and Spark quote what they cannot read: field value 'x', input string: "x", cast 'x'.
_QUOTED = re.compile(r"""\b(value|string:|cast) (?:'[^'\n]*'|"[^"\n]*")""", re.IGNORECASE)


def redacted(text: str) -> str:
    """The text without the addresses and the quoted values in it."""
    return _ADDRESS.sub("(address withheld)", _QUOTED.sub(r"\1 (withheld)", text))

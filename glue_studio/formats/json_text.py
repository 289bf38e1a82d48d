"""Job files as bytes, text and JSON, read strictly and told clearly."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from glue_studio.errors import FormatError

MAX_BYTES = 20 * 1024 * 1024  # a graph of 500 nodes takes about 1 MB
_WIDE = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def read_text(source: str | bytes | Path) -> str:
    """The text of a job file.

    Raises:
        FormatError: it cannot be read, is too large for a job, or is not UTF-8.
    """
    if isinstance(source, Path):
        source = _read_bytes(source)
    if len(source) > MAX_BYTES:
        raise _too_large()
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    for mark, encoding in _WIDE.items():
        if source.startswith(mark):
            raise FormatError(f"The job file is {encoding}; save it as UTF-8.")
    if b"\0" in source[:4]:
        raise FormatError("The job file is UTF-16, UTF-32 or not text; save it as UTF-8.")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(
            f"The job file is not UTF-8: byte {error.start} is 0x{source[error.start]:02x}; "
            "save it as UTF-8."
        ) from None


def parse_json(text: str) -> Any:
    """The JSON value of a text.

    Raises:
        FormatError: it is cut off or otherwise not JSON, has a key twice, or nests too deep.
    """
    if not text.strip():
        raise FormatError("The job file is empty.")
    try:
        return json.loads(text, object_pairs_hook=_object_of, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        at_end = error.pos >= len(text.rstrip()) - 1 and error.msg != "Extra data"
        unclosed = error.msg.startswith("Unterminated string")
        cut = " (the file looks cut off)" if at_end or unclosed else ""
        raise FormatError(
            f"The job file is not JSON: {error.msg.removesuffix(' at')} at line {error.lineno}, "
            f"column {error.colno}{cut}."
        ) from None
    except RecursionError:
        raise FormatError("The job file nests too deep to be a job.") from None
    except ValueError:
        raise FormatError("The job file holds a number of thousands of digits.") from None


def dump_like_jackson(value: Any, indent: str = "") -> str:
    """JSON as Jackson's default pretty printer writes it: `"name" : "x"`, lists on one line."""
    if isinstance(value, Mapping):
        if not value:
            return "{ }"
        inner = indent + "  "
        entries = [
            f"{inner}{_scalar(str(key))} : {dump_like_jackson(item, inner)}"
            for key, item in value.items()
        ]
        return "{\n" + ",\n".join(entries) + f"\n{indent}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(["[", *_listed(value, indent), "]"])
    return _scalar(value)


def _listed(values: Sequence[Any], indent: str) -> list[str]:
    items = [dump_like_jackson(value, indent) for value in values]
    return [", ".join(items)] if items else []


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _read_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)  # more is told as too large
    except OSError as error:
        raise FormatError(f"{path} cannot be read: {error.strerror}.") from None


def _too_large() -> FormatError:
    return FormatError(
        f"The job file has more than {MAX_BYTES // 1024 // 1024} MB, and a job has a few at most; "
        "give the file of one job."
    )


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise FormatError(f"The key {key!r} is twice in one object; remove one.")
        found[key] = value
    return found


def _refuse_constant(name: str) -> Any:
    raise FormatError(f"The job file holds {name}, which is not a JSON number.")

"""Functions of text: what they are in DuckDB."""

import re
import struct
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, localcontext

from sqlglot import exp

from sandbox.athena.errors import QueryError, bad_argument
from sandbox.athena.numbers import java_double
from sandbox.athena.sql import types
from sandbox.athena.sql.casts import check_cast, to_text
from sandbox.athena.sql.functions.base import (
    HELPER_PREFIX,
    Arguments,
    Function,
    Helper,
    Kind,
    call,
    fail,
    first,
    joined,
    macro,
    macro_call,
    missing,
    raw,
    rewritten,
    same,
    string,
    syntax,
    taking,
    text_of,
)
from sandbox.athena.sql.relations import type_of

# What Java calls white space.
_SPACE = "' \t\n\x0b\f\r\x1c\x1d\x1e\x1f\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000'"

# A position that the text doesn't have gives no character; left keeps NULL what is NULL.
_SUBSTR = (
    ("s, i", "CASE WHEN i = 0 OR -i > length(s) THEN left(s, 0) ELSE substr(s, i) END"),
    (
        "s, i, n",
        "CASE WHEN i = 0 OR -i > length(s) OR n <= 0 THEN left(s, 0) ELSE substr(s, i, n) END",
    ),
)


_SUBSTR_OF_BINARY = (
    "CASE WHEN i = 0 OR -i > octet_length(b){cut} THEN ''::BLOB ELSE "
    "unhex(substr(hex(b), CASE WHEN i > 0 THEN 2 * i - 1 ELSE 2 * i END{of})) END"
)


def _padded(name: str, length: str, value: str, padding: str) -> str:
    message = (
        "'INVALID_FUNCTION_ARGUMENT: ' || CASE WHEN n BETWEEN 0 AND 2147483647 THEN "
        "'Padding string must not be empty' ELSE "
        "'Target length must be in the range [0..2147483647]' END"
    )
    return (
        f"CASE WHEN n IS NULL OR p IS NULL OR (n BETWEEN 0 AND 2147483647 AND {padding} <> '') "
        f"THEN {name}({value}, CAST({length} AS INTEGER), {padding}) ELSE {fail(message, 's')} END"
    )


_EMPTY_DELIMITER = fail(
    "'INVALID_FUNCTION_ARGUMENT: The delimiter may not be the empty string'", "d"
)
_LETTERS = "string_split(s, '')"
_SPLIT = f"CASE WHEN d <> '' THEN string_split(s, d) ELSE {_EMPTY_DELIMITER} END"
# `a=1,b=2` as pairs; the separator may also end the text.
_PAIRS = (
    "list_transform(CASE WHEN s = '' THEN [] ELSE "
    "string_split(CASE WHEN suffix(s, e) THEN left(s, length(s) - length(e)) ELSE s END, e) END, "
    "lambda __p: CASE WHEN len(string_split(__p, k)) = 2 "
    "THEN row(string_split(__p, k)[1], string_split(__p, k)[2]) ELSE "
    + fail(
        "'INVALID_FUNCTION_ARGUMENT: Key-value delimiter must appear exactly once in each entry. "
        "Bad input: ''' || __p || ''''"
    )
    + " END)"
)


def _length(arguments: Arguments) -> exp.Expr:
    (value,) = arguments
    is_binary = type_of(value) == "varbinary"
    return call("octet_length" if is_binary else "length", value)


def _reverse(arguments: Arguments) -> exp.Expr:
    (value,) = arguments
    is_list = (type_of(value) or "").startswith("array(")
    if type_of(value) == "varbinary":
        return macro_call("reverse_binary", value)
    return call("list_reverse" if is_list else "reverse", value)


def _codepoint(arguments: Arguments) -> exp.Expr:
    """Of one character, which its type says: no text of another length is cut to one."""
    (text,) = arguments
    if type_of(text) not in {None, "unknown", "varchar(1)", "char(1)"}:
        raise ValueError
    return call("unicode", text)


def _of_binary_too(name: str) -> Function:
    def make(arguments: Arguments) -> exp.Expr:
        is_binary = type_of(arguments[0]) == "varbinary"
        return macro_call(f"{name}_binary" if is_binary else name, *arguments)

    return rewritten(name, make, _text_or_binary)


def _text_or_binary(kinds: list[Kind]) -> Kind:
    return "varbinary" if first(kinds) == "varbinary" else "varchar"


def _concat_ws(arguments: Arguments) -> exp.Expr:
    if len(arguments) == 2 and (type_of(arguments[1]) or "").startswith("array("):  # noqa: PLR2004
        separator, parts = map(text_of, arguments)
        return raw(
            f"CASE WHEN {separator} IS NOT NULL THEN coalesce({joined(parts, separator)}, '') END"
        )
    return call("concat_ws", *arguments)


def _type_of_joined(kinds: list[Kind]) -> Kind:
    """DuckDB joins values of any type."""
    for kind in kinds:
        if kind not in {None, "unknown"} and types.family(types.element_of(kind) or kind) != "text":
            raise QueryError("TYPE_MISMATCH", str(kind))
    return "varchar"


def _format(arguments: Arguments) -> exp.Expr:
    template, *values = arguments
    for value in values:
        check_cast(type_of(value), "varchar")
        if "zone" in (type_of(value) or ""):
            raise QueryError(
                "NOT_SUPPORTED", "The embedded Athena has no format of a time with a zone"
            )
    texts = ", ".join(
        to_text(text_of(value), kind)
        if (kind := type_of(value) or "").startswith("interval")
        else f"CAST({text_of(value)} AS VARCHAR)"
        for value in values
    )
    kinds = ",".join((type_of(value) or "varchar").split("(")[0] for value in values)
    return call(f"{HELPER_PREFIX}format", template, raw(f"[{texts}]::VARCHAR[]"), string(kinds))


def _read_utf8(arguments: Arguments) -> exp.Expr:
    data = text_of(arguments[0])
    if len(arguments) == 1:
        plain = f"{HELPER_PREFIX}from_utf8({data}, chr(65533))"
        return raw(f"coalesce(TRY(decode({data})), {plain})")
    other = text_of(arguments[1])
    is_sign = types.family(type_of(arguments[1])) == "text"
    return raw(f"{HELPER_PREFIX}from_utf8({data}, {other if is_sign else f'chr({other})'})")


def trim(node: exp.Trim) -> exp.Expr:
    """TRIM with its words, `TRIM(BOTH 'x' FROM s)`."""
    name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position")), "trim")
    characters = node.args.get("expression")
    return call(name, node.this, characters) if characters else macro_call(name, node.this)


def normalize(node: exp.Normalize) -> exp.Expr:
    """NORMALIZE(text, form)."""
    form = node.args.get("form")
    return call(f"{HELPER_PREFIX}normalize", node.this, string(form.name if form else "NFC"))


def _soundex(text: str) -> str:
    if not all(letter.isascii() for letter in text):
        raise bad_argument("Soundex cannot be applied to text that is not ASCII")
    codes = dict(zip("BFPVCGJKQSXZDTLMNR", "111122222222334556", strict=True))
    letters = [letter for letter in text.upper() if letter.isalpha()]
    if not letters:
        return ""
    result, before = letters[0], codes.get(letters[0], "0")
    for letter in letters[1:]:
        if letter in "HW":
            continue
        code = codes.get(letter, "0")
        if code not in {"0", before}:
            result += code
        before = code
    return (result + "000")[:4]


def _luhn_check(text: str) -> bool:
    if not (text.isascii() and text.isdigit()):
        if text == "":
            return False
        raise bad_argument("Input contains non-digit character")
    total = 0
    for index, digit in enumerate(map(int, reversed(text))):
        doubled = digit * 2 if index % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 - the sum of its digits
    return total % 10 == 0


_DIRECTIVE = re.compile(r"%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])")
_WHOLE = frozenset({"tinyint", "smallint", "integer", "bigint"})


def _java_format(template: str, values: list[str | None], kinds: str) -> str:
    """Java's String.format of values that are texts of these types."""
    types_of = kinds.split(",")
    following = 0

    def one(found: re.Match[str]) -> str:
        nonlocal following
        index, flags, width, precision, letter = found.groups()
        if letter == "%":
            return "%"
        if letter == "n":
            return "\n"
        at = int(index) - 1 if index else following
        following += 0 if index else 1
        if at >= len(values):
            raise bad_argument(f"Invalid format string: {template} (Format specifier '{found[0]}')")
        text = _directive(letter, flags, precision, values[at], types_of[at])
        size = int(width or 0)
        if "-" in flags:
            return text.ljust(size)
        sign = text[0] if text[:1] in {"+", "-", "(", " "} else ""
        if "0" in flags and letter in "dfeExXo" and text[len(sign) :][:1] not in {"n", "N", "I"}:
            return sign + text[len(sign) :].rjust(size - len(sign), "0")
        return text.rjust(size)

    if "%" in _DIRECTIVE.sub("", template):
        raise bad_argument(f"Invalid format string: {template}")
    return _DIRECTIVE.sub(one, template)


def _directive(letter: str, flags: str, precision: str | None, value: str | None, kind: str) -> str:
    if letter in "sSbB" or value is None:
        shown = {"b": "false", "B": "false"}.get(letter, "null") if value is None else ""
        if value is not None:
            shown = _java_text(value, kind) if letter in "sS" or kind == "boolean" else "true"
        text = shown[: int(precision)] if precision else shown
        return text.upper() if letter.isupper() else text
    if letter in "dxXo" and kind in _WHOLE:
        # Trino hands every whole number over as a long.
        number = int(value) if letter == "d" else int(value) % (1 << 64)
        text = format(number, "," if letter == "d" and "," in flags else letter)
    elif letter in "feE" and kind in {"double", "real", "decimal"}:
        text = _of_fraction(letter, "," in flags, int(precision or 6), value, kind)
    else:
        raise bad_argument(f"Invalid format string: %{letter} of a value of type {kind}")
    if letter in "xXo":
        return {"x": "0x", "X": "0X", "o": "0"}[letter] + text if "#" in flags else text
    if text.startswith("-"):
        return f"({text[1:]})" if "(" in flags else text
    return ("+" if "+" in flags else " " if " " in flags else "") + text


def _of_fraction(letter: str, grouped: bool, places: int, value: str, kind: str) -> str:
    exact = Decimal(value)
    if not exact.is_finite():
        return java_double(float(value))
    if kind == "real":  # Java writes it as the double that it is
        (single,) = struct.unpack("f", struct.pack("f", float(value)))
        exact = Decimal(repr(single))
    if letter == "f":
        rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        return f"{rounded:,f}" if grouped else f"{rounded:f}"
    with localcontext(rounding=ROUND_HALF_UP):
        text = f"{exact or 0.0:.{places}{letter}}"
    return re.sub(r"(?<=[+-])(\d)$", r"0\1", text)


def _java_text(value: str, kind: str) -> str:
    """A value that is written as DuckDB writes it, as its class in Java writes itself."""
    if kind in {"double", "real"}:
        return java_double(float(value), single=kind == "real")
    if kind == "decimal":
        return str(Decimal(value))
    if kind in {"timestamp", "time"}:
        day, _, time = value.rpartition(" ")
        clock, _, fraction = time.partition(".")
        digits = fraction.rstrip("0")
        if digits:
            clock += "." + digits.ljust(3 if len(digits) <= 3 else 6, "0")  # noqa: PLR2004 - milliseconds
        else:
            clock = clock.removesuffix(":00") if clock.count(":") > 1 else clock
        return f"{day}T{clock}" if day else clock
    return value


def _concatenated(kinds: list[Kind]) -> Kind:
    result = first(kinds)
    for kind in kinds[1:]:
        result = types.concatenated(result, kind)
    return result


def _concat(arguments: Arguments) -> exp.Expr:
    if len(arguments) < 2:  # noqa: PLR2004 - concat wants two
        raise ValueError
    result = arguments[0]
    kind = type_of(result)
    for item in arguments[1:]:
        result = concatenation(result, item, kind)
        kind = types.concatenated(kind, type_of(item))
    return exp.Paren(this=result)


def concatenation(left: exp.Expr, right: exp.Expr, left_kind: Kind) -> exp.Expr:
    """`left || right`, of texts, binaries, arrays, or an array and an element."""
    whole = types.concatenated(left_kind, type_of(right))
    element = types.element_of(whole)
    if element is not None and left_kind is not None and not types.fits(left_kind, whole):
        return _with_element("list_prepend", left, right)
    if element is not None and type_of(right) is not None and not types.fits(type_of(right), whole):
        return _with_element("list_append", left, right)
    return exp.DPipe(this=wrapped_pipe(left), expression=wrapped_pipe(right))


def _with_element(name: str, left: exp.Expr, right: exp.Expr) -> exp.Expr:
    # An element that is NULL makes NULL of the array, as an array does; DuckDB would take either in.
    there = f"({text_of(left)}) IS NOT NULL AND ({text_of(right)}) IS NOT NULL"
    made = call(name, left, right).sql(dialect="duckdb")
    return raw(f"CASE WHEN {there} THEN {made} END")


def wrapped_pipe(node: exp.Expr) -> exp.Expr:
    """A piece in brackets, if it is weaker than `||`."""
    return exp.Paren(this=node) if isinstance(node, exp.Binary | exp.Case) else node


_FUNCTIONS: list[Function] = [
    *same("chr lower translate", "varchar"),
    # Java has no capital for this one letter alone.
    macro(
        "upper",
        (
            "s",
            (
                "CASE WHEN contains(s, 'ß') THEN array_to_string(list_transform(string_split(s, 'ß'), "
                "lambda __p: upper(__p)), 'ß') ELSE upper(s) END"
            ),
        ),
        kind="varchar",
    ),
    *same("starts_with", "boolean"),
    # DuckDB's count the bytes of UTF-8, Trino's the characters.
    macro(
        "hamming_distance",
        (
            "s, t",
            (
                "CAST(CASE WHEN length(s) = length(t) THEN len(list_filter(list_zip("
                "string_split(s, ''), string_split(t, '')), lambda __p: __p[1] <> __p[2])) ELSE "
                + fail(
                    "'INVALID_FUNCTION_ARGUMENT: The input strings to hamming_distance function must "
                    "have the same length'",
                    "s || t",
                )
                + " END AS BIGINT)"
            ),
        ),
        kind="bigint",
    ),
    macro(
        "levenshtein_distance",
        (
            "s, t",
            (
                "CASE WHEN strlen(s) = length(s) AND strlen(t) = length(t) THEN levenshtein(s, t) "
                "ELSE python_levenshtein(s, t) END"
            ),
        ),
        kind="bigint",
    ),
    rewritten("codepoint", _codepoint, "integer"),
    rewritten("concat", _concat, _concatenated),
    rewritten("concat_ws", _concat_ws, _type_of_joined),
    macro("ends_with", ("s, t", "suffix(s, t)"), kind="boolean"),
    rewritten("format", _format, "varchar"),
    *taking(
        "text varbinary",
        [
            rewritten("length", _length, "bigint"),
            *map(_of_binary_too, ("lpad", "rpad", "substr")),
            syntax("substring", exp.Substring, kind=_text_or_binary),
        ],
    ),
    macro("ltrim", ("s", f"ltrim(s, {_SPACE})"), ("s, c", "ltrim(s, c)"), kind="varchar"),
    macro("rtrim", ("s", f"rtrim(s, {_SPACE})"), ("s, c", "rtrim(s, c)"), kind="varchar"),
    macro("trim", ("s", f"trim(s, {_SPACE})"), ("s, c", "trim(s, c)"), kind="varchar"),
    syntax("trim", exp.Trim, kind="varchar"),
    macro("luhn_check", ("s", "python_luhn_check(s)"), kind="boolean"),
    syntax("normalize", exp.Normalize, kind="varchar"),
    syntax("position", exp.StrPosition, kind="bigint"),
    macro(
        "replace",
        ("s, f", "replace(s, f, '')"),
        (
            "s, f, t",
            (
                f"CASE WHEN f = '' THEN t || {joined(_LETTERS, 't')} || "
                "CASE WHEN s = '' THEN '' ELSE t END ELSE replace(s, f, t) END"
            ),
        ),
        kind="varchar",
    ),
    *taking("text varbinary array", [rewritten("reverse", _reverse, first)]),
    macro("soundex", ("s", "python_soundex(s)"), kind="varchar"),
    macro(
        "split",
        ("s, d", _SPLIT),
        (
            "s, d, n",
            (
                "CASE WHEN n <= 0 THEN "
                + fail("'INVALID_FUNCTION_ARGUMENT: Limit must be positive'", "s || d")
                + f" WHEN len({_SPLIT}) <= n THEN string_split(s, d) ELSE "
                "list_append(list_slice(string_split(s, d), 1, n - 1), "
                + joined("list_slice(string_split(s, d), n, len(string_split(s, d)))", "d")
                + ") END"
            ),
        ),
        kind="array(varchar)",
    ),
    macro(
        "split_part",
        (
            "s, d, i",
            (
                "CASE WHEN i > 0 THEN list_extract(string_split(s, d), i) ELSE "
                + fail(
                    "'INVALID_FUNCTION_ARGUMENT: Index must be greater than zero'", "s || d || i"
                )
                + " END"
            ),
        ),
        kind="varchar",
    ),
    macro(
        "split_to_map",
        ("s, e, k", f"map_from_entries({_PAIRS})"),
        kind="map(varchar, varchar)",
    ),
    macro(
        "split_to_multimap",
        ("s, e, k", f"athena_multimap_from_entries({_PAIRS})"),
        kind="map(varchar, array(varchar))",
    ),
    macro(
        "strpos",
        ("s, t", "strpos(s, t)"),
        ("s, t, n", "python_strpos(s, t, CAST(n AS BIGINT))"),
        kind="bigint",
    ),
    macro("to_utf8", ("s", "encode(s)"), kind="varbinary"),
    *taking("varbinary", [rewritten("from_utf8", _read_utf8, "varchar")]),
    *missing("word_stem"),
    *missing("char2hexint index", "a function of Teradata's"),
]
FUNCTIONS = taking("text", _FUNCTIONS, "chr", "concat", "concat_ws", "format")


def _strpos(text: str, part: str, instance: int) -> int:
    if instance == 0:
        raise bad_argument("'instance' must be a positive or negative number.")
    if part == "":
        return 1
    at = -1 if instance > 0 else len(text)
    for _ in range(abs(instance)):
        at = (
            text.find(part, at + 1)
            if instance > 0
            else text.rfind(part, 0, max(at - 1, 0) + len(part))
        )
        if at < 0:
            return 0
    return at + 1


def _from_utf8(data: bytes, replacement: str) -> str:
    return data.decode("utf-8", errors="replace").replace("\ufffd", replacement)


def _levenshtein(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, found in enumerate(other, start=1):
            changed = before + (letter != found)
            before, row[j] = row[j], min(changed, row[j] + 1, row[j - 1] + 1)
    return row[-1]


# Of binaries by their hexadecimal digits, two a byte.
MACROS: list[Function] = [
    macro("substr", *_SUBSTR),
    macro(
        "substr_binary",
        ("b, i", _SUBSTR_OF_BINARY.format(cut="", of="")),
        ("b, i, n", _SUBSTR_OF_BINARY.format(cut=" OR n <= 0", of=", 2 * CAST(n AS BIGINT)")),
    ),
    macro(
        "reverse_binary",
        ("b", "unhex(array_to_string(list_reverse(regexp_extract_all(hex(b), '..')), ''))"),
    ),
    *(macro(name, ("s, n, p", _padded(name, "n", "s", "p"))) for name in ("lpad", "rpad")),
    *(
        macro(f"{name}_binary", ("s, n, p", f"unhex({_padded(name, '2 * n', 'hex(s)', 'hex(p)')})"))
        for name in ("lpad", "rpad")
    ),
]

HELPERS = [
    Helper("levenshtein", _levenshtein, ("VARCHAR", "VARCHAR"), "BIGINT"),
    Helper("format", _java_format, ("VARCHAR", "VARCHAR[]", "VARCHAR"), "VARCHAR"),
    Helper("from_utf8", _from_utf8, ("BLOB", "VARCHAR"), "VARCHAR"),
    Helper("luhn_check", _luhn_check, ("VARCHAR",), "BOOLEAN"),
    Helper(
        "normalize",
        lambda text, form: unicodedata.normalize(form, text),
        ("VARCHAR", "VARCHAR"),
        "VARCHAR",
    ),
    Helper("soundex", _soundex, ("VARCHAR",), "VARCHAR"),
    Helper("strpos", _strpos, ("VARCHAR", "VARCHAR", "BIGINT"), "BIGINT"),
]

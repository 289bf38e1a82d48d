"""What a SQL statement reads and changes, as Spark's own parser sees it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pyspark.sql import SparkSession

_LOGICAL = "org.apache.spark.sql.catalyst.plans.logical."
# Commands that know nothing of a metastore.
_OWN_BUSINESS = {
    "SetCommand", "ResetCommand", "ExplainCommand", "CreateViewCommand", "AddJarsCommand",
    "CreateFunctionCommand", "SetCatalogCommand", "ShowCurrentNamespaceCommand", "ClearCacheCommand",
}  # fmt: skip
# Above these a relation can have an alias that it was not given: `FROM db.t` is `t`.
_WITHOUT_ALIAS = {
    None, "SubqueryAlias", "Sample", "RelationTimeTravel", "InsertIntoStatement",
    "CreateTableAsSelect", "CreateViewCommand", "WithCTE", "UnresolvedWith",
}  # fmt: skip
_LITERAL = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_CREATE = re.compile(r"\s*CREATE\s+(?:EXTERNAL\s+)?TABLE\b", re.IGNORECASE)
_EXTERNAL = re.compile(r"(\s*CREATE\s+)EXTERNAL\s+(TABLE)", re.IGNORECASE)
_USING = re.compile(r"\bUSING\b", re.IGNORECASE)
_CLAUSE = re.compile(r"\s(?:COMMENT|PARTITIONED|CLUSTERED|LOCATION|TBLPROPERTIES|OPTIONS|AS)\b", re.IGNORECASE)  # fmt: skip
_SEPARATOR = re.compile(r"FIELDS\s+TERMINATED\s+BY\s+('[^']*'|\"[^\"]*\")", re.IGNORECASE)
_HIVE_SEPARATOR = r"'\u0001'"
_HIVE_CLAUSES = tuple(
    re.compile(text, re.IGNORECASE)
    for text in (
        r"\bROW\s+FORMAT\s+SERDE\s+'[^']*'(?:\s+WITH\s+SERDEPROPERTIES\s*\([^)]*\))?",
        r"\bROW\s+FORMAT\s+DELIMITED(?:\s+(?:FIELDS|LINES|COLLECTION\s+ITEMS|MAP\s+KEYS)\s+TERMINATED\s+BY\s+'[^']*'|\s+ESCAPED\s+BY\s+'[^']*'|\s+NULL\s+DEFINED\s+AS\s+'[^']*')*",
        r"\bSTORED\s+AS\s+INPUTFORMAT\s+'[^']*'\s+OUTPUTFORMAT\s+'[^']*'",
        r"\bSTORED\s+AS\s+(?!INPUTFORMAT)\w+",
    )
)
_IS_TEXT = re.compile(r"(?:row format (?:delimited.*?|serde '[^']*(?:csv|lazysimple)[^']*'.*?))?\s?(?:stored as (?:textfile|inputformat .*textinputformat.*))?")  # fmt: skip
_NAMES = {"UnresolvedTable", "UnresolvedTableOrView", "UnresolvedIdentifier", "UnresolvedRelation"}


@dataclass(frozen=True)
class Mention:
    """A relation that a statement reads.

    Attributes:
        names: Its name in parts, as written.
        start: Where the name begins in the text.
        stop: Where its last character is.
        may_be_aliased: Whether an alias may follow it.
    """

    names: tuple[str, ...]
    start: int
    stop: int
    may_be_aliased: bool


@dataclass(frozen=True)
class Statement:
    """A parsed statement.

    Attributes:
        kind: Its class in Spark.
        is_command: Whether it asks or changes the metastore.
        reads: The relations that it reads, but for the names that it defines itself.
        targets: The names of tables that it is about, in parts.
    """

    kind: str
    is_command: bool
    reads: tuple[Mention, ...]
    targets: tuple[tuple[str, ...], ...]


def parse(spark: SparkSession, text: str) -> Statement:
    """The statement of a text; an error of Spark if it is not one."""
    session = spark._jsparkSession  # noqa: SLF001 -- its only door
    plan = session.sessionState().sqlParser().parsePlan(text)
    kind = _kind(plan)
    command = any(_is_a(spark, plan, name) for name in ("Command", "ParsedStatement"))
    return Statement(
        kind,
        command and kind not in _OWN_BUSINESS,
        tuple(_reads(plan, frozenset(), None)),
        tuple(_targets(plan)) if command else (),
    )


def replaced(text: str, mentions: list[tuple[Mention, str]]) -> str:
    """The text with other names in the place of some mentions; `db.t.column` becomes `t.column`."""
    parts: list[str] = []
    end = 0
    for mention, name in sorted(mentions, key=lambda item: item[0].start):
        alias = f" AS `{mention.names[-1]}`" if mention.may_be_aliased else ""
        parts += [text[end : mention.start], name + alias]
        end = mention.stop + 1
    parts.append(text[end:])
    for mention, _ in mentions:
        if len(mention.names) > 1:
            parts[::2] = [_with_short_owner(part, mention.names) for part in parts[::2]]
    return "".join(parts)


def without_hive(text: str) -> str:
    """CREATE TABLE in Hive's words in those of Spark's own tables, which need no Hive.

    `STORED AS PARQUET` is `USING parquet`, delimited text is CSV, and a SerDe its format.
    """
    masked = re.sub(_LITERAL, lambda match: "'" + "x" * (len(match[0]) - 2) + "'", text)
    start = _CREATE.match(masked)
    found = [match for pattern in _HIVE_CLAUSES for match in pattern.finditer(masked)]
    if start is None or not found or _USING.search(masked):
        return text
    clauses = " ".join(text[match.start() : match.end()] for match in found).lower()
    kinds = ("parquet", "orc", "json", "csv")
    kind = next((kind for kind in kinds if kind in clauses), "csv")
    if kind == "csv" and not _IS_TEXT.fullmatch(" ".join(clauses.split())):
        return text  # Spark says that it needs Hive
    using = f" USING {kind}"
    if kind == "csv":
        separator = _SEPARATOR.search(text)
        using += f" OPTIONS (sep {separator[1] if separator else _HIVE_SEPARATOR})"
    for match in sorted(found, key=lambda match: -match.start()):
        text = text[: match.start()] + text[match.end() :]
        masked = masked[: match.start()] + masked[match.end() :]
    place = _after_columns(masked, start.end())
    text = text[:place] + using + text[place:]
    return _EXTERNAL.sub(r"\1\2", text, count=1)


def _after_columns(masked: str, start: int) -> int:
    """Where the first clause after a table's name and columns begins."""
    depth = 0
    for place in range(start, len(masked)):
        depth += {"(": 1, ")": -1}.get(masked[place], 0)
        if not depth and _CLAUSE.match(masked, place):
            return place
    return len(masked)


def _with_short_owner(text: str, names: tuple[str, ...]) -> str:
    """A piece of SQL in which columns of `db.t` are columns of `t`; literals stay."""
    quoted = r"\s*\.\s*".join(rf"`?{re.escape(name)}`?" for name in names)
    pattern = re.compile(rf"{_LITERAL}|(?<![\w.`])({quoted})(?=\s*\.)", re.IGNORECASE)
    return pattern.sub(lambda match: f"`{names[-1]}`" if match[1] else match[0], text)


def _reads(plan: Any, defined: frozenset[str], above: str | None) -> Iterator[Mention]:
    kind = _kind(plan)
    if above in {"CacheTable", "UncacheTable"}:
        return  # it names a table, and reads it when it is asked for
    if kind == "UnresolvedRelation":
        names = tuple(_items(plan.multipartIdentifier()))
        origin = plan.origin()
        start, stop = origin.startIndex(), origin.stopIndex()
        known = len(names) == 1 and names[0].lower() in defined
        if not known and start.isDefined() and stop.isDefined():
            yield Mention(names, start.get(), stop.get(), above not in _WITHOUT_ALIAS)
        return
    if kind == "UnresolvedWith":
        for pair in _items(plan.cteRelations()):
            name, query = pair.productElement(0), pair.productElement(1)
            yield from _reads(query, defined, kind)
            defined |= {name.lower()}
    for child in _items(plan.children()):
        yield from _reads(child, defined, kind)
    for query in _items(plan.subqueries()):
        yield from _reads(query, defined, kind)


def _targets(plan: Any) -> Iterator[tuple[str, ...]]:
    if _kind(plan) == "InsertIntoStatement":
        yield from _named(plan.table())
        return
    for child in _items(plan.children()):
        yield from _named(child)


def _named(plan: Any) -> Iterator[tuple[str, ...]]:
    kind = _kind(plan)
    if kind in _NAMES:
        parts: Callable[[], Any] = getattr(
            plan, "nameParts" if kind == "UnresolvedIdentifier" else "multipartIdentifier"
        )
        yield tuple(_items(parts()))


def _items(sequence: Any) -> Iterator[Any]:
    for place in range(sequence.size()):
        yield sequence.apply(place)


def _kind(plan: Any) -> str:
    return str(plan.getClass().getSimpleName())


def _is_a(spark: SparkSession, plan: Any, name: str) -> bool:
    jvm: Any = spark.sparkContext._jvm  # noqa: SLF001 -- its only door
    loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
    return bool(loader.loadClass(_LOGICAL + name).isInstance(plan))

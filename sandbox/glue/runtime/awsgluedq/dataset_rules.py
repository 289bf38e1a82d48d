"""Rule types about the checked data as a whole, and about them beside other sources."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from gluesandbox.types import fields
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as sf
from pyspark.sql import types as st

from awsgluedq.column_rules import NO_ROWS, column, judged
from awsgluedq.conditions import UnsupportedRuleError
from awsgluedq.evaluation import Evaluation, Judge, Verdict
from glue_studio.dqdl import Rule

MARK = "__is_there"
"""The column that says whether another frame has the row too."""

_AGGREGATE = re.compile(r"\s*(sum|avg)\s*\(\s*(?:([^()]+)\.)?([^.()]+?)\s*\)\s*\Z", re.IGNORECASE)


def _row_count(evaluation: Evaluation, rule: Rule) -> Judge:
    handle = evaluation.measures.ask(sf.count(sf.when(evaluation.within(rule), 1)))
    name = "Dataset.*.RowCount"
    return lambda: judged(name, evaluation.measures.number(handle), rule.condition)


def _column_count(evaluation: Evaluation, rule: Rule) -> Judge:
    count = float(len(evaluation.data.columns))
    return lambda: judged("Dataset.*.ColumnCount", count, rule.condition)


def _column_names(evaluation: Evaluation, rule: Rule) -> Judge:
    jvm: Any = evaluation.data.sparkSession._jvm  # noqa: SLF001 -- Glue's patterns are Java's
    pattern = jvm.java.util.regex.Pattern.compile(rule.parameters[0])
    odd = [name for name in evaluation.data.columns if not pattern.matcher(name).find()]
    share = 1 - len(odd) / len(evaluation.data.columns) if evaluation.data.columns else 1.0
    metrics = {"Dataset.*.ColumnNamesPatternMatchRatio": share}
    reason = f"Columns that do not match the pattern: {', '.join(odd)}" if odd else None
    return lambda: Verdict(reason, metrics)


def _custom_sql(evaluation: Evaluation, rule: Rule) -> Judge:
    def judge() -> Verdict:
        name = "Dataset.*.CustomSQL"
        if rule.condition is not None:
            rows = _sql(evaluation, rule).limit(2).collect()
            if len(rows) != 1 or len(rows[0]) != 1:
                return Verdict("The statement must give one value, and it does not.")
            value = rows[0][0]
            return judged(name, float("nan") if value is None else float(value), rule.condition)
        good, total = _marked_counts(selected_rows(evaluation, rule))
        if not total:
            return Verdict(NO_ROWS)
        share = good / total
        verdict = judged(f"{name}.Compliance", share, rule.threshold)
        if rule.threshold is None and good < total:
            return Verdict(f"The statement gives {good} of {total} rows.", verdict.metrics)
        return verdict

    return judge


def selected_rows(evaluation: Evaluation, rule: Rule) -> tuple[DataFrame, Column]:
    """The checked rows, and of each whether the rule's statement selects it.

    Rows are known by the columns that the statement gives, which must all be the data's own.
    """
    result = _sql(evaluation, rule)
    found = {name: fields.find(evaluation.data.schema, name) for name in result.columns}
    strange = [name for name, field in found.items() if field is None]
    if strange or not found:
        raise UnsupportedRuleError(
            f"the statement gives the column {', '.join(strange)}, which the data do not have"
        )
    own = [field.name for field in found.values() if field is not None]
    return _marked(evaluation.data, own, result, result.columns, nulls_are_equal=True)


def referring_rows(evaluation: Evaluation, rule: Rule) -> tuple[DataFrame, Column]:
    """The checked rows, and of each whether its key is in the other source; NULL never is."""
    own = _names(rule.parameters[0])
    alias, _, theirs = rule.parameters[1].partition(".")
    other_names = _names(theirs.strip("{} "))
    if len(own) != len(other_names):
        raise UnsupportedRuleError("ReferentialIntegrity needs as many columns on either side")
    data = evaluation.data.filter(rule.where) if rule.where else evaluation.data
    other = evaluation.source(alias)
    return _marked(data, own, other, other_names, nulls_are_equal=False)


def _marked(
    data: DataFrame,
    own: Sequence[str],
    other: DataFrame,
    theirs: Sequence[str],
    *,
    nulls_are_equal: bool,
) -> tuple[DataFrame, Column]:
    """The data joined with a mark on each row that the other frame has too."""
    keys = [f"__key_{index}" for index in range(len(own))]
    marks = _keyed(other, theirs, keys).distinct().withColumn(MARK, sf.lit(True))
    condition = sf.lit(True)
    for name, key in zip(own, keys, strict=True):
        value = column(data, name)[0]
        same = value.eqNullSafe(sf.col(key)) if nulls_are_equal else value == sf.col(key)
        condition = condition & same
    joined = data.join(marks, condition, "left").drop(*keys)
    return joined, sf.coalesce(sf.col(MARK), sf.lit(False))


def _marked_counts(marked: tuple[DataFrame, Column]) -> tuple[int, int]:
    frame, mark = marked
    (counts,) = frame.agg(sf.count(sf.when(mark, 1)), sf.count("*")).collect()
    return counts[0], counts[1]


def _sql(evaluation: Evaluation, rule: Rule) -> DataFrame:
    primary = evaluation.data.filter(rule.where) if rule.where else evaluation.data
    primary.createOrReplaceTempView("primary")
    for alias, frame in evaluation.sources.items():
        frame.createOrReplaceTempView(alias)
    return evaluation.data.sparkSession.sql(rule.parameters[0])


def _referential_integrity(evaluation: Evaluation, rule: Rule) -> Judge:
    marked = referring_rows(evaluation, rule)

    def judge() -> Verdict:
        found, total = _marked_counts(marked)
        if not total:
            return Verdict(NO_ROWS)
        name = f"Column.{rule.parameters[1].partition('.')[0]}.ReferentialIntegrity"
        return judged(name, found / total, rule.condition)

    return judge


def _row_count_match(evaluation: Evaluation, rule: Rule) -> Judge:
    other = evaluation.source(rule.parameters[0])

    def judge() -> Verdict:
        data = evaluation.data.filter(rule.where) if rule.where else evaluation.data
        mine, theirs = data.count(), other.count()
        # Nothing over nothing is no figure, which meets no condition.
        ratio = mine / theirs if theirs else float("inf" if mine else "nan")
        return judged(f"Dataset.{rule.parameters[0]}.RowCountMatch", ratio, rule.condition)

    return judge


def _schema_match(evaluation: Evaluation, rule: Rule) -> Judge:
    def columns(frame: DataFrame) -> set[tuple[str, st.DataType]]:
        return {(item.name, item.dataType) for item in frame.schema.fields}

    mine, theirs = columns(evaluation.data), columns(evaluation.source(rule.parameters[0]))
    name = f"Dataset.{rule.parameters[0]}.SchemaMatch"
    if len(mine) != len(theirs) or not mine:
        reason = f"The data have {len(mine)} columns and {rule.parameters[0]} has {len(theirs)}."
        return lambda: Verdict(reason, {name: 0.0})
    share = len(mine & theirs) / len(mine)
    return lambda: judged(name, share, rule.condition)


def _aggregate_match(evaluation: Evaluation, rule: Rule) -> Judge:
    aggregates = [_aggregate(evaluation, text) for text in rule.parameters]
    names = ",".join(dict.fromkeys(name for _, _, name in aggregates))
    name = f"Column.{names}.AggregateMatch"

    def judge() -> Verdict:
        mine, theirs = (_number(frame, value) for frame, value, _ in aggregates)
        ratio = mine / theirs if theirs else float(mine == 0)
        return judged(name, ratio, rule.condition)

    return judge


def _aggregate(evaluation: Evaluation, text: str) -> tuple[DataFrame, Column, str]:
    """The frame, the aggregation of it, and the name of its column."""
    match = _AGGREGATE.match(text)
    if match is None:
        raise UnsupportedRuleError(
            f"{text!r} is neither sum(…) nor avg(…), such as avg(reference.price)"
        )
    function, alias, name = match.groups()
    frame = evaluation.data if alias in {None, "primary"} else evaluation.source(alias.strip())
    aggregate = sf.sum if function.lower() == "sum" else sf.avg
    return frame, aggregate(column(frame, name.strip())[0]).cast("double"), name.strip()


def _number(frame: DataFrame, value: Column) -> float:
    (row,) = frame.select(value).collect()
    return float("nan") if row[0] is None else float(row[0])


def _dataset_match(evaluation: Evaluation, rule: Rule) -> Judge:
    """The share of rows that the other source has too, by keys and then by the other columns."""
    other = evaluation.source(rule.parameters[0])
    keys = _pairs(rule.parameters[1])
    if len(rule.parameters) > 2:  # noqa: PLR2004 -- the third names the columns
        matched = _pairs(rule.parameters[2])
    else:
        own_keys = {own.lower() for own, _ in keys}
        matched = [(name, name) for name in evaluation.data.columns if name.lower() not in own_keys]

    def judge() -> Verdict:
        data = evaluation.data.filter(rule.where) if rule.where else evaluation.data
        own = [*(own for own, _ in keys), *(own for own, _ in matched)]
        their = [*(their for _, their in keys), *(their for _, their in matched)]
        names = [f"__match_{index}" for index in range(len(own))]
        left, right = _keyed(data, own, names), _keyed(other, their, names)
        if not (_is_key(left, names[: len(keys)]) and _is_key(right, names[: len(keys)])):
            return Verdict(
                "Provided key map not suitable for given data frames: "
                "the keys must be unique and not NULL in both."
            )
        # NULL equals NULL here: two rows that both lack a value agree in it.
        mine = left.groupBy(*names).agg(sf.count("*").alias("n1"))
        yours = right.groupBy(*names).agg(sf.count("*").alias("n2"))
        renamed = yours.toDF(*(f"{name}_2" for name in names), "n2")
        condition = sf.lit(True)
        for name in names:
            condition = condition & sf.col(name).eqNullSafe(sf.col(f"{name}_2"))
        both = mine.join(renamed, condition).agg(sf.sum(sf.least("n1", "n2"))).collect()[0][0] or 0
        total = left.count()
        if not total:
            return Verdict(NO_ROWS)
        return judged(f"Dataset.{rule.parameters[0]}.DatasetMatch", both / total, rule.condition)

    return judge


def _is_key(frame: DataFrame, names: Sequence[str]) -> bool:
    missing = reduce(or_, (sf.col(name).isNull() for name in names))
    repeated = frame.groupBy(*names).count().filter(missing | (sf.col("count") > 1))
    return repeated.isEmpty()


def _keyed(frame: DataFrame, names: Sequence[str], keys: Sequence[str]) -> DataFrame:
    columns = []
    for name, key in zip(names, keys, strict=True):
        way = fields.resolve(frame.schema, name)
        if way is None:
            raise UnsupportedRuleError(f"there is no column {name!r}")
        columns.append(fields.column(way).alias(key))
    return frame.select(*columns)


def _names(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _pairs(text: str) -> list[tuple[str, str]]:
    """`"id,price->cost"`: own name and the other's."""
    pairs = []
    for part in _names(text):
        own, arrow, theirs = part.partition("->")
        pairs.append((own.strip(), theirs.strip() if arrow else own.strip()))
    return pairs


RULES: Mapping[str, Callable[[Evaluation, Rule], Judge]] = {
    "AggregateMatch": _aggregate_match,
    "ColumnCount": _column_count,
    "ColumnNamesMatchPattern": _column_names,
    "CustomSql": _custom_sql,
    "DatasetMatch": _dataset_match,
    "ReferentialIntegrity": _referential_integrity,
    "RowCount": _row_count,
    "RowCountMatch": _row_count_match,
    "SchemaMatch": _schema_match,
}
"""Rule type to the function that prepares it."""

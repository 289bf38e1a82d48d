"""Rule types about columns of the checked data."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from gluesandbox.types import fields
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as sf
from pyspark.sql import types as st

from awsgluedq import conditions
from awsgluedq.conditions import UnsupportedRuleError
from awsgluedq.evaluation import Evaluation, Frequencies, Judge, Verdict
from glue_studio.dqdl import Condition, Number, Rule, Text

_DATA_TYPES = {
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "integer": "int",
    "long": "bigint",
    "float": "float",
    "double": "double",
}
_DECIMAL = re.compile(r"decimal\(\d+,\s*\d+\)")


NO_ROWS = "There are no rows to evaluate the rule on."
"""Why a rule about rows fails on none, as Deequ's analyzers do on an empty state."""
_NULL_UNMET = "Value: NULL does not meet the constraint requirement!"
_OF_ROWS = {
    "IsComplete", "Completeness", "ColumnValues", "ColumnLength", "ColumnDataType", "DataFreshness",
}  # fmt: skip


def unmet(value: float) -> str:
    """Why a rule with a figure fails."""
    return f"Value: {value:g} does not meet the constraint requirement!"


def judged(name: str, value: float, condition: Condition | None) -> Verdict:
    """A figure's verdict; without a condition it must be 1."""
    met = conditions.holds(condition, value) if condition else value == 1.0
    return Verdict(None if met else unmet(value), {name: float(value)})


def column(data: DataFrame, name: str) -> tuple[Column, st.DataType]:
    """A column by its name, case aside, and its type."""
    way = fields.resolve(data.schema, name)
    if way is None:
        raise UnsupportedRuleError(f"the data have no column {name!r}")
    return fields.column(way), way[-1].dataType


def row_test(evaluation: Evaluation, rule: Rule) -> Column | None:
    """Whether a row meets the rule (never NULL), for the rule types that look at single rows."""
    if rule.type not in _OF_ROWS:
        return None
    value, kind = column(evaluation.data, rule.parameters[0])
    if rule.type in {"IsComplete", "Completeness"}:
        return value.isNotNull()
    if rule.condition is None:
        raise UnsupportedRuleError(f"{rule.type} needs a condition")
    match rule.type:
        case "ColumnValues":
            return conditions.row_condition(value, kind, rule.condition, evaluation.now)
        case "ColumnLength":
            if not isinstance(kind, st.StringType):
                raise _wrong_type(rule, kind, "a string column")
            length = sf.coalesce(sf.length(value), sf.lit(0))  # NULL is a text of length 0
            return conditions.row_condition(
                length, st.IntegerType(), rule.condition, evaluation.now
            )
        case "ColumnDataType":
            return _fits(value, rule)
        case _:
            return _fresh(value, rule.condition, evaluation)


def _wrong_type(rule: Rule, kind: st.DataType, wanted: str) -> UnsupportedRuleError:
    name = rule.parameters[0]
    return UnsupportedRuleError(f"{rule.type} needs {wanted}, and {name!r} is a {kind.typeName()}")


def _fresh(value: Column, condition: Condition, evaluation: Evaluation) -> Column:
    """The age in hours, with two decimals as Deequ compares it; NULL is never fresh."""
    age_in_seconds = sf.lit(int(evaluation.now.timestamp())) - value.cast("timestamp").cast("long")
    hours = tuple(
        Number(round(Decimal(conditions.seconds(operand)) / 3600, 4))
        for operand in condition.operands
    )
    age = sf.round(age_in_seconds / 3600, 2)
    met = conditions.row_condition(
        age, st.DoubleType(), Condition(condition.operator, hours), evaluation.now
    )
    return value.isNotNull() & met


def _fits(value: Column, rule: Rule) -> Column:
    """Whether Spark can read the value as the type; NULL fits no type."""
    condition = rule.condition
    if condition is None or condition.operator not in {"=", "!="}:
        raise UnsupportedRuleError("ColumnDataType knows = and !=")
    (operand,) = condition.operands
    name = operand.value.lower() if isinstance(operand, Text) else ""
    kind = name if _DECIMAL.fullmatch(name) else _DATA_TYPES.get(name)
    if kind is None:
        raise UnsupportedRuleError(
            f"ColumnDataType knows {', '.join(sorted(_DATA_TYPES))} and decimal(p, s), in quotes"
        )
    fits = value.cast(kind).isNotNull()
    return fits if condition.operator == "=" else ~fits


def _share_of_rows(evaluation: Evaluation, rule: Rule) -> Judge:
    """Rules that hold for a share of the rows, which the threshold names, or else for all."""
    test = row_test(evaluation, rule)
    if test is None:
        raise UnsupportedRuleError(f"{rule.type} has no test of a row")
    value, _ = column(evaluation.data, rule.parameters[0])
    within = evaluation.within(rule)
    rows = evaluation.measures.ask(sf.count(sf.when(within, 1)))
    met = evaluation.measures.ask(sf.count(sf.when(within & test, 1)))
    unmet_nulls = evaluation.measures.ask(sf.count(sf.when(within & ~test & value.isNull(), 1)))
    name = f"Column.{rule.parameters[0]}.{rule.type}.Compliance"

    def judge() -> Verdict:
        total, good = evaluation.measures.count(rows), evaluation.measures.count(met)
        if not total:
            return Verdict(NO_ROWS)
        share = good / total
        verdict = judged(name, share, rule.threshold)
        if rule.threshold is None and good < total:
            verdict = Verdict(
                f"{total - good} of {total} rows do not meet the rule.", {name: share}
            )
        if verdict.failure and evaluation.measures.count(unmet_nulls):
            return Verdict(f"{verdict.failure} {_NULL_UNMET}", verdict.metrics)
        return verdict

    return judge


def _completeness(evaluation: Evaluation, rule: Rule) -> Judge:
    value, _ = column(evaluation.data, rule.parameters[0])
    within = evaluation.within(rule)
    rows = evaluation.measures.ask(sf.count(sf.when(within, 1)))
    present = evaluation.measures.ask(sf.count(sf.when(within & value.isNotNull(), 1)))
    name = f"Column.{rule.parameters[0]}.Completeness"

    def judge() -> Verdict:
        total = evaluation.measures.count(rows)
        if not total:
            return Verdict(NO_ROWS)
        return judged(name, evaluation.measures.count(present) / total, rule.condition)

    return judge


def _frequency(figure: Callable[[Frequencies], float], name: str) -> Callable[..., Judge]:
    def prepare(evaluation: Evaluation, rule: Rule) -> Judge:
        for parameter in rule.parameters:
            column(evaluation.data, parameter)
        handle = evaluation.measures.ask_frequencies(rule.parameters, rule.where)
        entity = "Column" if len(rule.parameters) == 1 else "Multicolumn"

        def judge() -> Verdict:
            found = evaluation.measures.frequencies(handle)
            if not found.rows:
                return Verdict(NO_ROWS)
            full_name = f"{entity}.{','.join(rule.parameters)}.{name}"
            return judged(full_name, figure(found), rule.condition)

        return judge

    return prepare


def _distinct_values(evaluation: Evaluation, rule: Rule) -> Judge:
    """The number of different values, NULL one of them, as in Deequ's histogram."""
    value, _ = column(evaluation.data, rule.parameters[0])
    handle = evaluation.measures.ask_frequencies(rule.parameters, rule.where)
    missing = sf.count(sf.when(evaluation.within(rule) & value.isNull(), 1))
    nulls = evaluation.measures.ask(missing)

    def judge() -> Verdict:
        count = evaluation.measures.frequencies(handle).distinct
        count += evaluation.measures.count(nulls) > 0
        name = f"Column.{rule.parameters[0]}.DistinctValuesCount"
        return judged(name, count, rule.condition)

    return judge


def _is_primary_key(evaluation: Evaluation, rule: Rule) -> Judge:
    values = [column(evaluation.data, name)[0] for name in rule.parameters]
    within = evaluation.within(rule)
    complete = sf.lit(True)
    for value in values:
        complete = complete & value.isNotNull()
    rows = evaluation.measures.ask(sf.count(sf.when(within, 1)))
    whole = evaluation.measures.ask(sf.count(sf.when(within & complete, 1)))
    handle = evaluation.measures.ask_frequencies(rule.parameters, rule.where)

    def judge() -> Verdict:
        total, present = evaluation.measures.count(rows), evaluation.measures.count(whole)
        if not total:
            return Verdict(NO_ROWS)
        found = evaluation.measures.frequencies(handle)
        names = ",".join(rule.parameters)
        metrics = {
            f"Column.{names}.Completeness": present / total,
            f"Column.{names}.Uniqueness": found.once / found.rows if found.rows else 0.0,
        }
        if present < total:
            return Verdict(f"{total - present} of {total} rows have a NULL in the key.", metrics)
        if found.distinct < found.rows:
            return Verdict(f"{found.rows} rows have only {found.distinct} different keys.", metrics)
        return Verdict(None, metrics)

    return judge


def _aggregate(function: Callable[[Column], Column], name: str) -> Callable[..., Judge]:
    def prepare(evaluation: Evaluation, rule: Rule) -> Judge:
        value = _numeric(evaluation, rule, rule.parameters[0])
        within = sf.when(evaluation.within(rule), value.cast("double"))
        handle = evaluation.measures.ask(function(within))
        full_name = f"Column.{rule.parameters[0]}.{name}"
        return lambda: judged(full_name, evaluation.measures.number(handle), rule.condition)

    return prepare


def _numeric(evaluation: Evaluation, rule: Rule, name: str) -> Column:
    value, kind = column(evaluation.data, name)
    if not isinstance(kind, st.NumericType):
        raise _wrong_type(rule, kind, "a numeric column")
    return value


def _correlation(evaluation: Evaluation, rule: Rule) -> Judge:
    first, second = (_numeric(evaluation, rule, name) for name in rule.parameters)
    within = evaluation.within(rule)
    handle = evaluation.measures.ask(
        sf.corr(sf.when(within, first.cast("double")), sf.when(within, second.cast("double")))
    )
    name = f"Multicolumn.{','.join(rule.parameters)}.ColumnCorrelation"
    return lambda: judged(name, evaluation.measures.number(handle), rule.condition)


def _column_exists(evaluation: Evaluation, rule: Rule) -> Judge:
    name = rule.parameters[0]
    exists = fields.resolve(evaluation.data.schema, name) is not None
    return lambda: Verdict(None if exists else f"The data have no column {name!r}.")


RULES: Mapping[str, Callable[[Evaluation, Rule], Judge]] = {
    "ColumnCorrelation": _correlation,
    "ColumnDataType": _share_of_rows,
    "ColumnExists": _column_exists,
    "ColumnLength": _share_of_rows,
    "ColumnValues": _share_of_rows,
    "Completeness": _completeness,
    "DataFreshness": _share_of_rows,
    "DistinctValuesCount": _distinct_values,
    "Entropy": _frequency(lambda found: found.entropy, "Entropy"),
    "IsComplete": _completeness,
    "IsPrimaryKey": _is_primary_key,
    "IsUnique": _frequency(lambda found: found.once / found.rows, "Uniqueness"),
    "Mean": _aggregate(sf.avg, "Mean"),
    "StandardDeviation": _aggregate(sf.stddev_pop, "StandardDeviation"),
    "Sum": _aggregate(sf.sum, "Sum"),
    "Variance": _aggregate(sf.var_pop, "Variance"),
    "UniqueValueRatio": _frequency(lambda found: found.once / found.distinct, "UniqueValueRatio"),
    "Uniqueness": _frequency(lambda found: found.once / found.rows, "Uniqueness"),
}
"""Rule type to the function that prepares it."""

"""Rule types about columns of the checked data."""

from collections.abc import Callable, Mapping

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
    "int": "int",
    "long": "bigint",
    "bigint": "bigint",
    "float": "float",
    "double": "double",
    "decimal": "decimal(38,18)",
    "string": "string",
}


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
    """Whether a row meets the rule, for the rule types that look at one row at a time."""
    if rule.type not in {"IsComplete", "Completeness", "ColumnValues", "ColumnLength", "ColumnDataType", "DataFreshness"}:  # fmt: skip
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
            length = sf.length(value.cast("string"))
            return conditions.row_condition(
                length, st.IntegerType(), rule.condition, evaluation.now
            )
        case "ColumnDataType":
            return _fits(value, kind, rule.condition)
        case _:
            seconds = sf.lit(evaluation.now.timestamp()) - value.cast("timestamp").cast("double")
            limit = Condition(
                rule.condition.operator,
                tuple(_seconds(operand) for operand in rule.condition.operands),
            )
            return conditions.row_condition(seconds, st.DoubleType(), limit, evaluation.now)


def _seconds(operand: object) -> Number:
    from decimal import Decimal  # noqa: PLC0415

    return Number(Decimal(conditions.number(operand)))  # type: ignore[arg-type]


def _fits(value: Column, kind: st.DataType, condition: Condition) -> Column:
    """Whether the value is of the type, or a text that reads as it."""
    wanted = []
    for operand in condition.operands:
        if not isinstance(operand, Text) or operand.value.lower() not in _DATA_TYPES:
            raise UnsupportedRuleError(
                f"ColumnDataType knows {', '.join(sorted(_DATA_TYPES))}, in quotes"
            )
        wanted.append(_DATA_TYPES[operand.value.lower()])
    met = sf.lit(False)
    for name in wanted:
        if isinstance(kind, st.StringType):
            text = sf.trim(value)
            fits = text.cast(name).isNotNull()
            if name in {"int", "bigint"}:
                fits = fits & text.rlike(r"^[+-]?\d+$")
            met = met | fits
        else:
            met = met | sf.lit(_same_kind(kind, name))
    if condition.operator in {"!=", "not in"}:
        met = ~met
    return value.isNull() | met


def _same_kind(kind: st.DataType, name: str) -> bool:
    wider = {
        "bigint": {"tinyint", "smallint", "int", "bigint"},
        "int": {"tinyint", "smallint", "int"},
        "double": {"float", "double"},
    }
    simple = kind.simpleString().split("(")[0]
    return simple in wider.get(name, {name.split("(", maxsplit=1)[0]})


def _share_of_rows(evaluation: Evaluation, rule: Rule) -> Judge:
    """Rules that hold for a share of the rows, which the threshold names, or else for all."""
    test = row_test(evaluation, rule)
    if test is None:
        raise UnsupportedRuleError(f"{rule.type} has no test of a row")
    within = _within(rule)
    rows = evaluation.measures.ask(sf.count(sf.when(within, 1)))
    met = evaluation.measures.ask(sf.count(sf.when(within & test, 1)))
    name = f"Column.{rule.parameters[0]}.{rule.type}.Compliance"

    def judge() -> Verdict:
        total, good = evaluation.measures.count(rows), evaluation.measures.count(met)
        share = good / total if total else 1.0
        if rule.threshold is not None:
            return judged(name, share, rule.threshold)
        if good == total:
            return Verdict(None, {name: share})
        return Verdict(f"{total - good} of {total} rows do not meet the rule.", {name: share})

    return judge


def _completeness(evaluation: Evaluation, rule: Rule) -> Judge:
    value, _ = column(evaluation.data, rule.parameters[0])
    within = _within(rule)
    rows = evaluation.measures.ask(sf.count(sf.when(within, 1)))
    present = evaluation.measures.ask(sf.count(sf.when(within & value.isNotNull(), 1)))
    name = f"Column.{rule.parameters[0]}.Completeness"

    def judge() -> Verdict:
        total = evaluation.measures.count(rows)
        share = evaluation.measures.count(present) / total if total else 1.0
        return judged(name, share, rule.condition)

    return judge


def _frequency(figure: Callable[[Frequencies], float], name: str) -> Callable[..., Judge]:
    def prepare(evaluation: Evaluation, rule: Rule) -> Judge:
        column(evaluation.data, rule.parameters[0])
        handle = evaluation.measures.ask_frequencies(rule.parameters[:1], rule.where)

        def judge() -> Verdict:
            found = evaluation.measures.frequencies(handle)
            value = figure(found)
            return judged(f"Column.{rule.parameters[0]}.{name}", value, rule.condition)

        return judge

    return prepare


def _is_primary_key(evaluation: Evaluation, rule: Rule) -> Judge:
    values = [column(evaluation.data, name)[0] for name in rule.parameters]
    within = _within(rule)
    complete = sf.lit(True)
    for value in values:
        complete = complete & value.isNotNull()
    rows = evaluation.measures.ask(sf.count(sf.when(within, 1)))
    whole = evaluation.measures.ask(sf.count(sf.when(within & complete, 1)))
    handle = evaluation.measures.ask_frequencies(rule.parameters, rule.where)

    def judge() -> Verdict:
        total, present = evaluation.measures.count(rows), evaluation.measures.count(whole)
        found = evaluation.measures.frequencies(handle)
        names = ",".join(rule.parameters)
        metrics = {
            f"Column.{names}.Completeness": present / total if total else 1.0,
            f"Column.{names}.Uniqueness": found.once / found.rows if found.rows else 1.0,
        }
        if present < total:
            return Verdict(f"{total - present} of {total} rows have a NULL in the key.", metrics)
        if found.distinct < found.rows:
            return Verdict(f"{found.rows} rows have only {found.distinct} different keys.", metrics)
        return Verdict(None, metrics)

    return judge


def _aggregate(function: Callable[[Column], Column], name: str) -> Callable[..., Judge]:
    def prepare(evaluation: Evaluation, rule: Rule) -> Judge:
        value, _ = column(evaluation.data, rule.parameters[0])
        within = sf.when(_within(rule), value.cast("double"))
        handle = evaluation.measures.ask(function(within))
        full_name = f"Column.{rule.parameters[0]}.{name}"
        return lambda: judged(full_name, evaluation.measures.number(handle), rule.condition)

    return prepare


def _correlation(evaluation: Evaluation, rule: Rule) -> Judge:
    first, second = (column(evaluation.data, name)[0] for name in rule.parameters)
    within = _within(rule)
    handle = evaluation.measures.ask(
        sf.corr(sf.when(within, first.cast("double")), sf.when(within, second.cast("double")))
    )
    name = f"Multicolumn.{','.join(rule.parameters)}.ColumnCorrelation"
    return lambda: judged(name, evaluation.measures.number(handle), rule.condition)


def _column_exists(evaluation: Evaluation, rule: Rule) -> Judge:
    name = rule.parameters[0]
    exists = fields.resolve(evaluation.data.schema, name) is not None
    return lambda: Verdict(None if exists else f"The data have no column {name!r}.")


def _within(rule: Rule) -> Column:
    return sf.expr(rule.where) if rule.where else sf.lit(True)


RULES: Mapping[str, Callable[[Evaluation, Rule], Judge]] = {
    "ColumnCorrelation": _correlation,
    "ColumnDataType": _share_of_rows,
    "ColumnExists": _column_exists,
    "ColumnLength": _share_of_rows,
    "ColumnValues": _share_of_rows,
    "Completeness": _completeness,
    "DataFreshness": _share_of_rows,
    "DistinctValuesCount": _frequency(lambda found: found.distinct, "DistinctValuesCount"),
    "Entropy": _frequency(lambda found: found.entropy, "Entropy"),
    "IsComplete": _completeness,
    "IsPrimaryKey": _is_primary_key,
    "IsUnique": _frequency(
        lambda found: found.once / found.rows if found.rows else 1.0, "Uniqueness"
    ),
    "Mean": _aggregate(sf.avg, "Mean"),
    "StandardDeviation": _aggregate(sf.stddev_pop, "StandardDeviation"),
    "Sum": _aggregate(sf.sum, "Sum"),
    "UniqueValueRatio": _frequency(
        lambda found: found.once / found.distinct if found.distinct else 1.0,
        "UniqueValueRatio",
    ),
    "Uniqueness": _frequency(
        lambda found: found.once / found.rows if found.rows else 1.0, "Uniqueness"
    ),
}
"""Rule type to the function that prepares it."""

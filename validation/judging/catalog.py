"""The Data Catalog as deployed against what Terraform and athena_sql declare."""

from collections.abc import Iterator, Mapping, Sequence

from validation.expectations import Expectations
from validation.fact import Fact
from validation.facts.catalog import CatalogTable
from validation.model import CheckResult, Outcome, Severity
from validation.pipeline import Column, DeclaredTable, DeclaredView, Pipeline, plain_query

_WHY = (
    "Queries and jobs read a table by its definition: one changed by hand reads other data, or "
    "none at all."
)
_REMEDY = "Run `terraform apply`, which owns the definition; a change that is wanted is made there."
_PRIVACY_WHY = "These tables must not tell who somebody is: personal columns end before them."
# The SerDe of each format, by the end of the class name.
_SERDES = {"json": "jsonserde", "parquet": "parquethiveserde"}


def judge(
    catalog: Fact[Mapping[str, CatalogTable]],
    declared: Pipeline,
    locations: Mapping[str, str],
    expectations: Expectations,
) -> tuple[CheckResult, ...]:
    """`catalog.<table>` for each declared table and view, and `privacy.columns`.

    `locations` are Terraform's, by table; a table without one is not compared in that.
    """
    results = []
    for name in (*declared.tables, *declared.views):
        if catalog.reason:
            results.append(_result(name, Fact(reason=catalog.reason)))
            continue
        found = catalog.value.get(name)
        if found is None:
            differences = ["it does not exist"]
        elif name in declared.views:
            differences = list(_view_differences(found, declared.views[name]))
        else:
            differences = list(
                _table_differences(found, declared.tables[name], locations.get(name))
            )
        results.append(_result(name, Fact(differences)))
    return (*results, _privacy(catalog, expectations))


def _result(name: str, differences: Fact[list[str]]) -> CheckResult:
    if differences.reason:
        outcome, message = Outcome.NOT_EVALUATED, differences.reason
    elif differences.value:
        outcome, message = Outcome.FAILED, f"{_sentence(differences.value)}."
    else:
        outcome, message = Outcome.PASSED, "Deployed as declared."
    return CheckResult(
        id=f"catalog.{name}",
        title=f"{name} is defined as declared",
        severity=Severity.ERROR,
        outcome=outcome,
        why=_WHY,
        message=message,
        expected="as declared",
        actual=None if differences.reason else "; ".join(differences.value) or "as declared",
        remedy=_REMEDY if outcome is Outcome.FAILED else None,
        tables=(name,),
    )


def _sentence(differences: Sequence[str]) -> str:
    text = "; ".join(differences)
    return text[:1].upper() + text[1:]


def _table_differences(
    found: CatalogTable, declared: DeclaredTable, location: str | None
) -> Iterator[str]:
    if found.is_view:
        yield "it is a view, but is declared as a table"
        return
    yield from _column_differences(found.columns, declared.columns, "declared")
    if declared.ddl_columns is not None:
        yield from _column_differences(found.columns, declared.ddl_columns, "in athena_sql")
    if found.partition_keys:
        yield f"it is partitioned by {', '.join(found.partition_keys)}, but is declared without partitions"
    serde = (found.serde or "none").rsplit(".", 1)[-1]
    if serde.lower() != _SERDES.get(declared.format):
        yield f"its SerDe is {serde}, but the declared format is {declared.format}"
    for name, value in declared.serde_parameters.items():
        if found.serde_parameters.get(name) != value:
            yield (
                f"its SerDe's {name} is {found.serde_parameters.get(name, 'none')}, "
                f"in athena_sql {value}"
            )
    if (found.classification or "none") != declared.format:
        yield f"its classification is {found.classification or 'none'}, declared {declared.format}"
    if location and (found.location or "").rstrip("/") != location.rstrip("/"):
        yield f"its location is {found.location or 'none'}, declared {location}"


def _view_differences(found: CatalogTable, declared: DeclaredView) -> Iterator[str]:
    if found.view_sql is None:
        yield "it is a table, but is declared as a view"
        return
    if plain_query(found.view_sql) != plain_query(declared.sql):
        yield "its query is not the declared one"


def _column_differences(
    found: Sequence[Column], declared: Sequence[Column], where: str
) -> Iterator[str]:
    found_types, declared_types = dict(found), dict(declared)
    for name, hive_type in declared_types.items():
        if name not in found_types:
            yield f"the column {name} is missing"
        elif found_types[name] != hive_type:
            yield f"the column {name} is {found_types[name]}, {where} {hive_type}"
    for name in found_types.keys() - declared_types.keys():
        yield f"the column {name} is not {'there' if where != 'declared' else 'declared'}"
    if set(found) == set(declared) and tuple(found) != tuple(declared):
        yield f"the columns are in another order than {where}"


def _privacy(catalog: Fact[Mapping[str, CatalogTable]], expectations: Expectations) -> CheckResult:
    tables = expectations.tables_without_personal_columns
    personal = set(expectations.personal_columns)

    def result(
        outcome: Outcome, message: str, actual: int | None, examples: tuple[str, ...] = ()
    ) -> CheckResult:
        return CheckResult(
            id="privacy.columns",
            title="No personal column where there must be none",
            severity=Severity.ERROR,
            outcome=outcome,
            why=_PRIVACY_WHY,
            message=message,
            expected=0,
            actual=actual,
            remedy="Take the column out of the job and the table, then run the workflow again."
            if outcome is Outcome.FAILED
            else None,
            examples=examples,
            tables=tables,
        )

    if catalog.reason:
        return result(Outcome.NOT_EVALUATED, catalog.reason, None)
    missing = [name for name in tables if name not in catalog.value]
    found = tuple(
        f"{name}.{column}"
        for name in tables
        if name in catalog.value
        for column, _ in catalog.value[name].columns
        if column in personal
    )
    if found:
        return result(Outcome.FAILED, f"Personal: {', '.join(found)}.", len(found), found)
    if missing or not tables:
        what = f"{', '.join(missing)} does not exist" if missing else "no table is named"
        return result(Outcome.NOT_EVALUATED, f"Not all was looked at: {what}.", None)
    return result(Outcome.PASSED, f"None in {', '.join(tables)}.", 0)
